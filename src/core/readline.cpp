#include "core/readline.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/errors.h"
#include "core/memory.h"
#include "core/thread.h"

extern "C" {
__attribute__((visibility("default"))) char* (*PyOS_ReadlineFunctionPointer)(FILE*, FILE*,
                                                                             const char*) = nullptr;
__attribute__((visibility("default"))) int (*PyOS_InputHook)() = nullptr;
// The thread state that waits in a readline call: the readline module takes the GIL back through it.
__attribute__((visibility("default"))) PyThreadState* _PyOS_ReadlineTState = nullptr;
}

namespace krait {
namespace {

enum class ReadStatus { kLine, kEnd, kInterrupted };

// One line with getc, without the GIL. Stops at EINTR so that signal handlers can run.
ReadStatus readStdioLine(std::string& line) {
  WithoutGil released;
  if (PyOS_InputHook) PyOS_InputHook();
  for (;;) {
    errno = 0;
    int c = std::fgetc(stdin);
    if (c == EOF) {
      if (std::ferror(stdin) && errno == EINTR) {
        std::clearerr(stdin);
        return ReadStatus::kInterrupted;
      }
      std::clearerr(stdin);
      return line.empty() ? ReadStatus::kEnd : ReadStatus::kLine;
    }
    line += static_cast<char>(c);
    if (c == '\n') return ReadStatus::kLine;
  }
}

Result<std::string> readThroughStdio(const std::string& prompt) {
  std::fflush(stdout);
  std::fputs(prompt.c_str(), stderr);
  std::fflush(stderr);
  std::string line;
  while (readStdioLine(line) == ReadStatus::kInterrupted) TRY(checkSignals());
  return line;
}

Result<std::string> readThroughLibrary(const std::string& prompt) {
  _PyOS_ReadlineTState = currentThread();
  char* text;
  {
    WithoutGil released;
    text = PyOS_ReadlineFunctionPointer(stdin, stdout, prompt.c_str());
  }
  _PyOS_ReadlineTState = nullptr;
  if (!text) {
    TRY(checkSignals());
    if (!exceptionPending()) return raiseNone(PyExc_KeyboardInterrupt);
    return Raised{};
  }
  std::string line = text;
  rawFree(text);
  return line;
}

}  // namespace

Result<std::string> readTerminalLine(const std::string& prompt) {
  bool terminal = isatty(fileno(stdin)) && isatty(fileno(stdout));
  if (terminal && PyOS_ReadlineFunctionPointer) return readThroughLibrary(prompt);
  return readThroughStdio(prompt);
}

}  // namespace krait
