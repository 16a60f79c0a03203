#include "main/run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "compiler/compile.h"
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/scratch.h"
#include "interp/eval.h"
#include "main/stdio.h"
#include "modules/marshal.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/list.h"
#include "types/module.h"

namespace krait {
namespace {

bool g_interrupted = false;

Config& config() { return interpreter().config; }

// Held: the program may take __main__ out of sys.modules.
Result<Ref<DictObject>> mainDict() {
  Opt<> main = importedModule("__main__");
  if (!main || !isModule(main.get())) return raise(PyExc_RuntimeError, "can't find the __main__ module");
  return share(cast<ModuleObject>(main.get())->dict());
}

std::string directoryOf(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash ? slash : 1);
}

std::string currentDirectory() {
  char buffer[PATH_MAX];
  return getcwd(buffer, sizeof buffer) ? buffer : "";
}

std::string absolutePath(const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  std::string cwd = currentDirectory();
  return cwd.empty() ? path : cwd + "/" + (path.rfind("./", 0) == 0 ? path.substr(2) : path);
}

// A script's folder, through symbolic links.
std::string scriptFolder(const std::string& script) {
  char resolved[PATH_MAX];
  return directoryOf(realpath(script.c_str(), resolved) ? resolved : script);
}

Status prependPath(const std::string& entry) {
  Opt<> path = sysGet("path");
  if (!path || !isList(path.get())) return {};
  Ref<StrObject> text = TRY(fsDecode(entry));
  return listInsert(cast<ListObject>(path.get()), 0, text);
}

Status setupPath0() {
  const Config& c = config();
  if (c.safe_path) return {};
  if (!c.module.empty()) return prependPath(currentDirectory());
  if (c.file.empty()) return prependPath("");
  return prependPath(scriptFolder(c.file));
}

// --- the kinds of programs ---------------------------------------------------------------------------------

Status execute(std::string_view source, const char* filename, CompileOptions options) {
  Ref<StrObject> name_text = TRY(fsDecode(filename));
  std::vector<Ref<>> constants;
  options.constants = &constants;
  Ref<CodeObject> code = TRY(compileSource(source, name_text, options));
  Ref<DictObject> dict = TRY(mainDict());
  TRY(evalCode(code, dict, dict));
  return {};
}

Status runCommand() {
  Ref<StrObject> text = TRY(fsDecode(config().command));
  TRY(audit("cpython.run_command", "O", text.get()));
  auto utf8 = strUtf8(text);
  if (utf8.failed()) {
    std::fprintf(stderr, "Unable to decode the command from the command line:\n");
    return Raised{};
  }
  return execute(std::move(utf8).take(), "<string>", {.flags = kCfIgnoreCookie});
}

Status runModule(const char* module_name, bool set_argv0) {
  Ref<StrObject> text = TRY(fsDecode(module_name));
  TRY(audit("cpython.run_module", "O", text.get()));
  Ref<> runpy = TRY(importModule("runpy"));
  Ref<> run = TRY(attrGet(runpy, "_run_module_as_main"));
  TRY(call(run.get(), text.get(), boolRef(set_argv0).get()));
  return {};
}

struct Script {
  std::string text;
  bool can_seek = true;  // a file, no pipe
};

// False when reading fails, with errno.
Result<bool> readAll(int fd, Script& script) {
  char buffer[65536];
  ssize_t got;
  script.can_seek = lseek(fd, 0, SEEK_CUR) >= 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    TRY(appendMore(script.text, {buffer, static_cast<size_t>(got)}));
  return got == 0;
}

Status setMainFile(DictObject* dict, StrObject* path, const char* loader_class) {
  TRY(dictSet(dict, "__file__", path));
  TRY(dictSet(dict, "__cached__", Py_None));
  Ref<> external = TRY(attrGet(interpreter().importlib, "_bootstrap_external"));
  Ref<> loader_type = TRY(attrGet(external, loader_class));
  Ref<StrObject> main_name = TRY(strLiteral("__main__"));
  Ref<> loader = TRY(call(loader_type.get(), main_name.get(), path));
  return dictSet(dict, "__loader__", loader);
}

Status runPyc(std::string_view data) {
  uint32_t magic = 0;
  if (data.size() >= 4) std::memcpy(&magic, data.data(), 4);
  if (magic != (3495u | 0x0a0d0000u)) return raise(PyExc_RuntimeError, "Bad magic number in .pyc file");
  if (data.size() < 16) return raise(PyExc_EOFError, "EOF read where not expected");
  Ref<> code = TRY(modules::marshalLoads(data.substr(16)));
  if (!isCode(code)) return raise(PyExc_RuntimeError, "Bad code object in .pyc file");
  Ref<DictObject> dict = TRY(mainDict());
  TRY(evalCode(cast<CodeObject>(code.get()), dict, dict));
  return {};
}

bool isPyc(const std::string& path, std::string_view data) {
  if (path.size() > 4 && path.ends_with(".pyc")) return true;
  return data.size() >= 4 && std::memcmp(data.data(), "\xa7\x0d\x0d\x0a", 4) == 0;
}

// -x: the first line is not Python (it keeps its place, so that line numbers stay).
void blankFirstLine(std::string& source) {
  size_t end = std::min(source.find('\n'), source.size());
  source.erase(0, end);
}

// After a program's end, whatever it was; its exception, if any, is left pending, and its output comes before
// the report.
void forgetMainFile(DictObject* dict) {
  flushQuietly();
  PendingSaved saved;
  for (const char* key : {"__file__", "__cached__"}) {
    auto forget = [&]() -> Status { return TRY(dictDiscard(dict, TRY(strInternUtf8(key)).get())), Status(); };
    if (forget().failed()) clearPending();
  }
}

Status runFileText(const std::string& path, Script& script) {
  Ref<StrObject> name_text = TRY(fsDecode(path));
  TRY(audit("cpython.run_file", "O", name_text.get()));
  Ref<DictObject> dict = TRY(mainDict());
  bool compiled = isPyc(path, script.text);
  TRY(setMainFile(dict, name_text, compiled ? "SourcelessFileLoader" : "SourceFileLoader"));
  if (config().skip_first_line) blankFirstLine(script.text);
  CompileOptions options{.from_file = true, .can_seek = script.can_seek};
  Status done = compiled ? runPyc(script.text) : execute(script.text, path.c_str(), options);
  forgetMainFile(dict);
  return done;
}

Status runStdinText(const Script& script) {
  Ref<DictObject> dict = TRY(mainDict());
  Ref<StrObject> name_text = TRY(strLiteral("<stdin>"));
  TRY(dictSet(dict, "__file__", name_text));
  TRY(dictSet(dict, "__cached__", Py_None));
  CompileOptions options{.from_file = true, .from_stdin = true, .can_seek = script.can_seek};
  Status done = execute(script.text, "<stdin>", options);
  forgetMainFile(dict);
  return done;
}

// A folder or zip file with a __main__.py: it goes on sys.path and runs as a module. Absent: no importer
// takes it.
Result<bool> isImportablePath(const std::string& path) {
  Ref<StrObject> text = TRY(fsDecode(path));
  Ref<> external = TRY(attrGet(interpreter().importlib, "_bootstrap_external"));
  Ref<> finder = TRY(attrGet(external, "PathFinder"));
  Ref<> importer = TRY(callMethod(finder.get(), name<"_path_importer_cache">(), text.get()));
  return importer.get() != Py_None;
}

int cannotOpen(const std::string& path, int error) {
  std::fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", config().orig_argv[0].c_str(),
               absolutePath(path).c_str(), error, std::strerror(error));
  return 2;
}

int runScript() {
  const std::string& path = config().file;
  struct stat st;
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return cannotOpen(path, errno);
  if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
    close(fd);
    std::fprintf(stderr, "%s: '%s' is a directory, cannot continue\n", config().orig_argv[0].c_str(),
                 absolutePath(path).c_str());
    return 1;
  }
  Script script;
  Result<bool> read_all = readAll(fd, script);
  int error = errno;
  close(fd);
  if (read_all.failed()) return reportPending();
  if (!std::move(read_all).take()) return cannotOpen(path, error);
  return runFileText(absolutePath(path), script).failed() ? reportPending() : 0;
}

int runStdin() {
  if (isatty(0) || config().interactive) {
    int status = 0;
    config().inspect = 0;
    runInteractive(true, &status);
    return status;
  }
  Script script;
  if (readAll(0, script).failed()) return reportPending();
  if (config().skip_first_line) blankFirstLine(script.text);
  return runStdinText(script).failed() ? reportPending() : 0;
}

void printHeader() {
  const Config& c = config();
  bool interactive = c.interactive || (c.file.empty() && c.module.empty() && !c.has_command && isatty(0));
  if (c.quiet || !interactive || !(c.verbose || (c.file.empty() && c.module.empty() && !c.has_command)))
    return;
  Opt<> version = sysGet("version");
  if (!version || !isStr(version.get())) return;
  auto text = strUtf8(cast<StrObject>(version.get()));
  if (text.failed()) return clearPending();
  std::fprintf(stderr, "Python %s on linux\n", std::string(std::move(text).take()).c_str());
  if (!c.no_site)
    std::fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", stderr);
}

// Line editing and history for the prompt; -I does without.
void importReadline() {
  const Config& c = config();
  bool prompts = c.inspect || (c.file.empty() && c.module.empty() && !c.has_command);
  if (c.isolated || !prompts || !isatty(0)) return;
  if (importModule("readline").failed()) clearPending();
}

Result<bool> preparePaths() {
  std::string& file = interpreter().config.file;
  if (file == ".") file = currentDirectory();
  bool importable = !file.empty() && TRY(isImportablePath(absolutePath(file)));
  if (importable)
    TRY(prependPath(absolutePath(file)));
  else
    TRY(setupPath0());
  return importable;
}

int runProgram() {
  auto prepared = preparePaths();
  if (prepared.failed()) return reportPending();
  bool importable = std::move(prepared).take();
  printHeader();
  importReadline();
  const Config& c = config();
  if (c.has_command) return runCommand().failed() ? reportPending() : 0;
  if (!c.module.empty()) return runModule(c.module.c_str(), true).failed() ? reportPending() : 0;
  if (importable) return runModule("__main__", false).failed() ? reportPending() : 0;
  if (!c.file.empty()) return runScript();
  return runStdin();
}

}  // namespace

bool endedByInterrupt() { return g_interrupted; }

int reportPending() {
  if (pendingMatches(PyExc_SystemExit) && !config().inspect) return handleSystemExit();
  g_interrupted = pendingMatches(PyExc_KeyboardInterrupt);
  printPending(true);
  return 1;
}

int runMain() {
  int status = runProgram();
  // PYTHONINSPECT may have been set by the program itself.
  const char* late = config().ignore_environment ? nullptr : std::getenv("PYTHONINSPECT");
  if ((late && *late) || config().inspect) {
    config().inspect = 0;
    bool terminal = isatty(0) || config().interactive;
    if (terminal) {
      int exit_status = 0;
      runInteractive(false, &exit_status);
      return exit_status;
    }
  }
  return status;
}

}  // namespace krait
