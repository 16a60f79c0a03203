// Exports of pylifecycle.h, pydebug.h, intrcheck.h and osmodule.h: the process, its flags and signals.
#include "capi/lifecycle.h"

#include <csignal>
#include <cstdlib>
#include <string>

#include "capi/capi.h"
#include "capi/locale_codec.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/signals.h"
#include "core/thread.h"
#include "modules/import_lock.h"
#include "modules/posix/fork_hooks.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace krait;

// clang-format off
#define KR_FLAGS(F) \
  F(Py_DebugFlag, debug) F(Py_VerboseFlag, verbose) F(Py_QuietFlag, quiet) \
  F(Py_InteractiveFlag, interactive) F(Py_InspectFlag, inspect) F(Py_OptimizeFlag, optimize) \
  F(Py_NoSiteFlag, no_site) F(Py_BytesWarningFlag, bytes_warning) \
  F(Py_IgnoreEnvironmentFlag, ignore_environment) F(Py_DontWriteBytecodeFlag, dont_write_bytecode) \
  F(Py_NoUserSiteDirectory, no_user_site) F(Py_UnbufferedStdioFlag, unbuffered) \
  F(Py_IsolatedFlag, isolated) F(Py_UTF8Mode, utf8_mode)
// clang-format on

#define KR_DEFINE_FLAG(symbol, field) \
  KR_EXPORT int symbol;               \
  int symbol = 0;
KR_FLAGS(KR_DEFINE_FLAG)
KR_DEFINE_FLAG(Py_FrozenFlag, none)
KR_DEFINE_FLAG(Py_HashRandomizationFlag, none)
#undef KR_DEFINE_FLAG
KR_EXPORT const unsigned long Py_Version;
const unsigned long Py_Version = 0x030b02f0;
extern "C" const char *Py_FileSystemDefaultEncoding, *Py_FileSystemDefaultEncodeErrors;

namespace {

constexpr int kMaxExitFunctions = 32;
void (*exit_functions[kMaxExitFunctions])();
int exit_function_count = 0;

// sys.NAME as UTF-8 that lives as long as the object in sys does.
const char* sysText(const char* attr) {
  Opt<> found = sysGet(attr);
  if (!found || !isStr(found.get())) return "";
  auto utf8 = strUtf8(static_cast<StrObject*>(found.get()));
  if (utf8.failed()) return clearPending(), "";
  return std::move(utf8).take().data();
}

// Wide texts that are handed out once and kept for the life of the process.
const wchar_t* keepWide(std::wstring& slot, const std::string& text) {
  if (slot.empty()) slot = localeDecode(text.c_str(), false, LocaleErrors::kSurrogateEscape).text;
  return slot.c_str();
}

struct WideTexts {
  std::wstring program_name, full_path, prefix, exec_prefix, path, home;
  std::vector<std::wstring> argv;
  std::vector<wchar_t*> argv_pointers;
};
WideTexts& wideTexts() {
  static auto* texts = new WideTexts;
  return *texts;
}

using SignalHandler = void (*)(int);

std::string betweenBrackets(std::string_view version, char open, char close) {
  size_t begin = version.find(open), end = version.rfind(close);
  if (begin == std::string_view::npos || end == std::string_view::npos) return "";
  return std::string(version.substr(begin, end - begin + 1));
}

std::string joinedPath() {
  std::string joined;
  Opt<> path = sysGet("path");
  if (!path) return joined;
  auto items = sequenceTuple(path.get());
  if (items.failed()) return clearPending(), joined;
  auto held = std::move(items).take();
  for (Py_ssize_t i = 0; i < held->size(); i++) {
    if (!isStr(held->at(i))) continue;
    auto text = fsEncode(static_cast<StrObject*>(held->at(i)));
    if (text.failed()) return clearPending(), joined;
    joined += (i ? ":" : "") + std::move(text).take();
  }
  return joined;
}

}  // namespace

void krait::flagsPublish() {
  const Config& config = interpreter().config;
#define KR_PUBLISH(symbol, field) symbol = config.field;
  KR_FLAGS(KR_PUBLISH)
#undef KR_PUBLISH
  Py_HashRandomizationFlag = !config.use_hash_seed || config.hash_seed != 0;
  Py_FileSystemDefaultEncoding = config.fs_encoding.c_str();
  Py_FileSystemDefaultEncodeErrors = config.fs_errors.c_str();
}

KR_EXPORT void _PyPathConfig_ClearGlobal() {
  WideTexts& texts = wideTexts();
  for (std::wstring* text :
       {&texts.program_name, &texts.full_path, &texts.prefix, &texts.exec_prefix, &texts.path, &texts.home}) {
    text->clear();
  }
}

void krait::exitFunctionsRun() {
  while (exit_function_count > 0) exit_functions[--exit_function_count]();
}

// --- facts about the program ---

KR_EXPORT const char* Py_GetVersion() { return sysText("version"); }
KR_EXPORT const char* Py_GetPlatform() { return "linux"; }
KR_EXPORT const char* Py_GetCopyright() { return sysText("copyright"); }
KR_EXPORT const char* Py_GetCompiler() {
  static std::string text = betweenBrackets(sysText("version"), '[', ']');
  return text.c_str();
}
KR_EXPORT const char* Py_GetBuildInfo() {
  static std::string text = [] {
    std::string inside = betweenBrackets(sysText("version"), '(', ')');
    return inside.size() > 2 ? inside.substr(1, inside.size() - 2) : inside;
  }();
  return text.c_str();
}
KR_EXPORT const wchar_t* Py_GetProgramName() {
  const Config& config = interpreter().config;
  return keepWide(wideTexts().program_name,
                  config.orig_argv.empty() ? config.executable : config.orig_argv[0]);
}
KR_EXPORT const wchar_t* Py_GetProgramFullPath() {
  return keepWide(wideTexts().full_path, interpreter().config.executable);
}
KR_EXPORT const wchar_t* Py_GetPrefix() { return keepWide(wideTexts().prefix, interpreter().config.prefix); }
KR_EXPORT const wchar_t* Py_GetExecPrefix() {
  return keepWide(wideTexts().exec_prefix, interpreter().config.exec_prefix);
}
KR_EXPORT const wchar_t* Py_GetPath() { return keepWide(wideTexts().path, joinedPath()); }
KR_EXPORT const wchar_t* Py_GetPythonHome() {
  const std::string& home = interpreter().config.home;
  return home.empty() ? nullptr : keepWide(wideTexts().home, home);
}
// What is set after start-up only changes what the getters answer.
KR_EXPORT void Py_SetProgramName(const wchar_t* text) { wideTexts().program_name = text ? text : L""; }
KR_EXPORT void Py_SetPythonHome(const wchar_t* text) { wideTexts().home = text ? text : L""; }
KR_EXPORT void Py_GetArgcArgv(int* count, wchar_t*** values) {
  WideTexts& texts = wideTexts();
  if (texts.argv.empty()) {
    for (const std::string& arg : interpreter().config.orig_argv) {
      texts.argv.push_back(localeDecode(arg.c_str(), false, LocaleErrors::kSurrogateEscape).text);
    }
    for (std::wstring& arg : texts.argv) texts.argv_pointers.push_back(arg.data());
    texts.argv_pointers.push_back(nullptr);
  }
  *count = static_cast<int>(texts.argv.size());
  *values = texts.argv_pointers.data();
}
// An environment variable, unless -E says to ignore them.
KR_EXPORT char* Py_GETENV(const char* variable) {
  return interpreter().config.ignore_environment ? nullptr : std::getenv(variable);
}

// --- beginning and end ---

// The runtime is up whenever an extension can call these.
KR_EXPORT void Py_InitializeEx(int) {
  if (!interpreter().core_ready)
    fatalError("Py_Initialize", "the runtime is started by the krait program only");
}
KR_EXPORT void Py_Initialize() { Py_InitializeEx(1); }
// Code of the program that is running would go on afterwards: only leaving the process ends the runtime.
KR_EXPORT int Py_FinalizeEx() { fatalError("Py_FinalizeEx", "the runtime ends with its process only"); }
KR_EXPORT void Py_Finalize() { Py_FinalizeEx(); }
KR_EXPORT void Py_Exit(int status) {
  if (exitProcess) exitProcess(status);
  std::exit(status);
}
// -1: no room for another one.
KR_EXPORT int Py_AtExit(void (*function)()) {
  if (exit_function_count == kMaxExitFunctions) return -1;
  exit_functions[exit_function_count++] = function;
  return 0;
}
// The program starts itself; nobody can start a second one inside of it.
KR_EXPORT int Py_Main(int, wchar_t**) { fatalError("Py_Main", "the krait program is running already"); }
KR_EXPORT int Py_BytesMain(int, char**) {
  fatalError("Py_BytesMain", "the krait program is running already");
}
KR_EXPORT int Py_RunMain() { fatalError("Py_RunMain", "the krait program is running already"); }
KR_EXPORT void Py_FatalError(const char* message) { fatalError("<unknown>", message); }

// --- signals and fork ---

KR_EXPORT SignalHandler PyOS_getsig(int number) {
  struct sigaction action;
  return sigaction(number, nullptr, &action) == 0 ? action.sa_handler : SIG_ERR;
}
KR_EXPORT SignalHandler PyOS_setsig(int number, SignalHandler handler) {
  struct sigaction action{}, old;
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}
KR_EXPORT int PyErr_SetInterruptEx(int number) { return simulateSignal ? simulateSignal(number) : -1; }
KR_EXPORT void PyErr_SetInterrupt() { PyErr_SetInterruptEx(SIGINT); }
KR_EXPORT int PyOS_InterruptOccurred() {
  if (!onMainThread() || !signals_tripped) return 0;
  if (!checkSignals().failed()) return 0;
  clearPending();
  return 1;
}
KR_EXPORT void _Py_RestoreSignals() {
  PyOS_setsig(SIGPIPE, SIG_DFL);
  PyOS_setsig(SIGXFSZ, SIG_DFL);
}

KR_EXPORT void PyOS_BeforeFork() {
  modules::posix::runBeforeFork();
  modules::importLockAcquire();
}
KR_EXPORT void PyOS_AfterFork_Parent() {
  modules::importLockRelease();
  modules::posix::runForkHooks(false);
}
KR_EXPORT void PyOS_AfterFork_Child() {
  modules::importLockAfterFork();
  threadAfterFork();
  modules::importLockRelease();
  modules::posix::runForkHooks(true);
}
KR_EXPORT void PyOS_AfterFork() { PyOS_AfterFork_Child(); }
KR_EXPORT PyObject* PyOS_FSPath(PyObject* path) { return toC(fsPathObject(path)); }
