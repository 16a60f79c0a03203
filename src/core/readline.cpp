#include "core/readline.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "core/errors.h"
#include "core/memory.h"
#include "core/scratch.h"
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

enum class ReadStatus { kDone, kInterrupted, kFull };

// One line with getc, without the GIL, as far as there is room. Stops at EINTR so that signal handlers can
// run.
ReadStatus readStdioLine(std::string& line) {
  WithoutGil released;
  if (PyOS_InputHook) PyOS_InputHook();
  while (line.size() < line.capacity()) {
    errno = 0;
    int c = std::fgetc(stdin);
    if (c == EOF) {
      if (std::ferror(stdin) && errno == EINTR) {
        std::clearerr(stdin);
        return ReadStatus::kInterrupted;
      }
      std::clearerr(stdin);
      return ReadStatus::kDone;
    }
    line += static_cast<char>(c);
    if (c == '\n') return ReadStatus::kDone;
  }
  return ReadStatus::kFull;
}

Result<std::string> readThroughStdio(const std::string& prompt) {
  std::fflush(stdout);
  std::fputs(prompt.c_str(), stderr);
  std::fflush(stderr);
  std::string line;
  for (;;) {
    switch (readStdioLine(line)) {
      case ReadStatus::kDone: return line;
      case ReadStatus::kInterrupted: TRY(checkSignals()); break;
      case ReadStatus::kFull: TRY(reserveMore(line, 1000)); break;
    }
  }
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
  Result<std::string> line = scratchText(text);
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
