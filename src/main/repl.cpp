// The interactive prompt.
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "compiler/compile.h"
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/readline.h"
#include "interp/eval.h"
#include "main/run.h"
#include "main/stdio.h"
#include "types/module.h"

namespace krait {
namespace {

// sys.ps1 / sys.ps2 as text; anything that cannot be shown is left out.
std::string promptText(const char* attribute) {
  Opt<> prompt = sysGet(attribute);
  if (!prompt) return "";
  Ref<> held = share(prompt.get());
  auto text = objectStr(held);
  if (text.failed()) return clearPending(), "";
  Ref<StrObject> str = std::move(text).take();
  auto utf8 = strUtf8(str);
  if (utf8.failed()) return clearPending(), "";
  return std::string(std::move(utf8).take());
}

struct TerminalInput final : InteractiveInput {
  Result<std::string> readLine(bool continuation) override {
    auto read = readTerminalLine(promptText(continuation ? "ps2" : "ps1"));
    if (read.failed()) return std::fputc('\n', stderr), Raised{};
    std::string line = std::move(read).take();
    if (line.empty())
      std::fputc('\n', stderr);  // the end of the input, or an interrupt, leaves the prompt's line
    return line;
  }
};

Status defaultPrompt(const char* attribute, const char* text) {
  if (sysGet(attribute)) return {};
  Ref<StrObject> value = TRY(strLiteral(text));
  return sysSet(attribute, value.get());
}

enum class Outcome { kRan, kEnd };

Result<Outcome> runOne(TerminalInput& input, CompileOptions& options) {
  Ref<StrObject> filename = TRY(strLiteral("<stdin>"));
  std::vector<Ref<>> constants;
  options.constants = &constants;
  auto compiled = compileInteractive(input, filename, options);
  options.constants = nullptr;
  MaybeRef<CodeObject> code = TRY(std::move(compiled));
  if (!code) return Outcome::kEnd;
  Opt<> main = importedModule("__main__");
  if (!main) return raise(PyExc_RuntimeError, "lost __main__");
  DictObject* dict = cast<ModuleObject>(main.get())->dict();
  TRY(evalCode(code.get(), dict, dict));
  return Outcome::kRan;
}

Status runStartupFile() {
  const char* path = interpreter().config.ignore_environment ? nullptr : std::getenv("PYTHONSTARTUP");
  if (!path || !*path) return {};
  Ref<StrObject> filename = TRY(fsDecode(path));
  std::FILE* file = std::fopen(path, "rb");
  if (!file) {
    int reason = errno;
    std::fprintf(stderr, "Could not open PYTHONSTARTUP\n");
    return raiseErrno(reason, filename.get());
  }
  std::string text;
  char buffer[4096];
  while (size_t got = std::fread(buffer, 1, sizeof buffer, file)) text.append(buffer, got);
  std::fclose(file);
  std::vector<Ref<>> constants;
  Ref<CodeObject> code = TRY(compileSource(text, filename, {.from_file = true, .constants = &constants}));
  Opt<> main = importedModule("__main__");
  DictObject* dict = cast<ModuleObject>(main.get())->dict();
  TRY(evalCode(code, dict, dict));
  return {};
}

Status runInteractiveHook() {
  Opt<> hook = sysGet("__interactivehook__");
  if (!hook) return {};
  Ref<> held = share(hook.get());
  auto done = call(held.get());
  if (done.failed()) std::fprintf(stderr, "Failed calling sys.__interactivehook__\n");
  TRY(std::move(done));
  return {};
}

}  // namespace

// So many in a row end the prompt: nothing can be read any more.
constexpr int kMaxMemoryErrors = 16;

// PYTHONSTARTUP is for a session of its own, not for a look around after a program.
void runInteractive(bool with_startup_file, int* exit_status) {
  if (with_startup_file && runStartupFile().failed()) printPending(true);
  if (runInteractiveHook().failed()) printPending(true);
  if (defaultPrompt("ps1", ">>> ").failed() || defaultPrompt("ps2", "... ").failed()) clearPending();
  TerminalInput input;
  CompileOptions options;
  options.mode = CompileMode::kSingle;
  int memory_errors = 0;
  for (;;) {
    auto outcome = runOne(input, options);
    if (outcome.failed()) {
      if (pendingMatches(PyExc_SystemExit)) {
        *exit_status = reportPending();
        return;
      }
      bool no_memory = pendingMatches(PyExc_MemoryError);
      printPending(true);
      flushQuietly();
      memory_errors = no_memory ? memory_errors + 1 : 0;
      if (memory_errors <= kMaxMemoryErrors) continue;
      *exit_status = 1;
      return;
    }
    memory_errors = 0;
    if (std::move(outcome).take() == Outcome::kEnd) return;
    flushQuietly();
  }
}

}  // namespace krait
