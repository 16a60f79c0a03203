// Exports of initconfig.h and pycore_initconfig.h: the configuration as a PyConfig, as a dict, and back.
//
// The running interpreter's PyConfig is made from krait's own Config when somebody first asks; setting one
// changes both.
#include <cwchar>
#include <string>

#include "abi/config.h"
#include "capi/capi.h"
#include "capi/lifecycle.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "modules/sys/sys.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"

using namespace krait;

namespace {

enum class Kind : uint8_t { kNumber, kSeed, kText, kOptionalText, kTexts };
struct Field {
  const char* name;
  size_t offset;
  Kind kind;
};
#define KR_FIELD(kind, field) {#field, offsetof(PyConfig, field), Kind::kind}
constexpr Field kFields[] = {
    KR_FIELD(kNumber, _config_init),
    KR_FIELD(kNumber, isolated),
    KR_FIELD(kNumber, use_environment),
    KR_FIELD(kNumber, dev_mode),
    KR_FIELD(kNumber, install_signal_handlers),
    KR_FIELD(kNumber, use_hash_seed),
    KR_FIELD(kSeed, hash_seed),
    KR_FIELD(kNumber, faulthandler),
    KR_FIELD(kNumber, tracemalloc),
    KR_FIELD(kNumber, import_time),
    KR_FIELD(kNumber, code_debug_ranges),
    KR_FIELD(kNumber, show_ref_count),
    KR_FIELD(kNumber, dump_refs),
    KR_FIELD(kNumber, malloc_stats),
    KR_FIELD(kText, filesystem_encoding),
    KR_FIELD(kText, filesystem_errors),
    KR_FIELD(kOptionalText, pycache_prefix),
    KR_FIELD(kText, program_name),
    KR_FIELD(kNumber, parse_argv),
    KR_FIELD(kTexts, argv),
    KR_FIELD(kTexts, xoptions),
    KR_FIELD(kTexts, warnoptions),
    KR_FIELD(kOptionalText, pythonpath_env),
    KR_FIELD(kOptionalText, home),
    KR_FIELD(kNumber, module_search_paths_set),
    KR_FIELD(kTexts, module_search_paths),
    KR_FIELD(kOptionalText, stdlib_dir),
    KR_FIELD(kOptionalText, executable),
    KR_FIELD(kOptionalText, base_executable),
    KR_FIELD(kOptionalText, prefix),
    KR_FIELD(kOptionalText, base_prefix),
    KR_FIELD(kOptionalText, exec_prefix),
    KR_FIELD(kOptionalText, base_exec_prefix),
    KR_FIELD(kText, platlibdir),
    KR_FIELD(kNumber, site_import),
    KR_FIELD(kNumber, bytes_warning),
    KR_FIELD(kNumber, warn_default_encoding),
    KR_FIELD(kNumber, inspect),
    KR_FIELD(kNumber, interactive),
    KR_FIELD(kNumber, optimization_level),
    KR_FIELD(kNumber, parser_debug),
    KR_FIELD(kNumber, write_bytecode),
    KR_FIELD(kNumber, verbose),
    KR_FIELD(kNumber, quiet),
    KR_FIELD(kNumber, user_site_directory),
    KR_FIELD(kNumber, configure_c_stdio),
    KR_FIELD(kNumber, buffered_stdio),
    KR_FIELD(kText, stdio_encoding),
    KR_FIELD(kText, stdio_errors),
    KR_FIELD(kNumber, skip_source_first_line),
    KR_FIELD(kOptionalText, run_command),
    KR_FIELD(kOptionalText, run_module),
    KR_FIELD(kOptionalText, run_filename),
    KR_FIELD(kNumber, _install_importlib),
    KR_FIELD(kText, check_hash_pycs_mode),
    KR_FIELD(kNumber, pathconfig_warnings),
    KR_FIELD(kNumber, _init_main),
    KR_FIELD(kNumber, _isolated_interpreter),
    KR_FIELD(kTexts, orig_argv),
    KR_FIELD(kNumber, use_frozen_modules),
    KR_FIELD(kNumber, safe_path),
    KR_FIELD(kNumber, _is_python_build),
};
#undef KR_FIELD
constexpr int kInitCompat = 1, kInitPython = 2, kInitIsolated = 3;
constexpr unsigned long kMaxHashSeed = 0xffffffff;

template <class T>
T& at(PyConfig* config, const Field& field) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(config) + field.offset);
}
template <class T>
const T& at(const PyConfig* config, const Field& field) {
  return at<T>(const_cast<PyConfig*>(config), field);
}

// --- memory ---

wchar_t* copyWide(const wchar_t* text) {
  if (!text) return nullptr;
  size_t size = (std::wcslen(text) + 1) * sizeof(wchar_t);
  auto* copy = static_cast<wchar_t*>(rawAlloc(size));
  KR_CHECK(copy, "memory for a configuration text");
  __builtin_memcpy(copy, text, size);
  return copy;
}

void setText(wchar_t*& slot, const wchar_t* text) {
  wchar_t* old = std::exchange(slot, copyWide(text));
  rawFree(old);
}

void clearList(PyWideStringList& list) {
  for (Py_ssize_t i = 0; i < list.length; i++) rawFree(list.items[i]);
  rawFree(list.items);
  list = {0, nullptr};
}

void appendTo(PyWideStringList& list, const wchar_t* text) {
  auto* grown =
      static_cast<wchar_t**>(rawRealloc(list.items, sizeof(wchar_t*) * static_cast<size_t>(list.length + 1)));
  KR_CHECK(grown, "memory for a configuration list");
  list.items = grown;
  list.items[list.length++] = copyWide(text);
}

void copyList(PyWideStringList& to, const PyWideStringList& from) {
  clearList(to);
  for (Py_ssize_t i = 0; i < from.length; i++) appendTo(to, from.items[i]);
}

void clearConfig(PyConfig* config) {
  for (const Field& field : kFields) {
    if (field.kind == Kind::kTexts) clearList(at<PyWideStringList>(config, field));
    if (field.kind == Kind::kText || field.kind == Kind::kOptionalText)
      setText(at<wchar_t*>(config, field), nullptr);
  }
}

void copyConfig(PyConfig* to, const PyConfig* from) {
  for (const Field& field : kFields) {
    switch (field.kind) {
      case Kind::kNumber: at<int>(to, field) = at<int>(from, field); break;
      case Kind::kSeed: at<unsigned long>(to, field) = at<unsigned long>(from, field); break;
      case Kind::kTexts: copyList(at<PyWideStringList>(to, field), at<PyWideStringList>(from, field)); break;
      default: setText(at<wchar_t*>(to, field), at<wchar_t*>(from, field));
    }
  }
}

// --- from and to Python ---

Result<Ref<>> wideObject(const wchar_t* text) {
  if (!text) return none();
  return TRY(strFromWide(text, -1));
}

Result<Ref<>> fieldObject(const PyConfig* config, const Field& field) {
  if (field.kind == Kind::kNumber) return TRY(intFromLong(at<int>(config, field)));
  if (field.kind == Kind::kSeed) return TRY(intFromUnsignedLong(at<unsigned long>(config, field)));
  if (field.kind != Kind::kTexts) return wideObject(at<wchar_t*>(config, field));
  const auto& texts = at<PyWideStringList>(config, field);
  Ref<ListObject> list = TRY(listNew());
  for (Py_ssize_t i = 0; i < texts.length; i++) TRY(listAppend(list, TRY(wideObject(texts.items[i]))));
  return Ref<>(std::move(list));
}

Result<Ref<DictObject>> configDict(const PyConfig* config) {
  Ref<DictObject> dict = TRY(dictNew());
  for (const Field& field : kFields) TRY(dictSet(dict, field.name, TRY(fieldObject(config, field)).get()));
  return dict;
}

Raised badValue(const Field& field) {
  return raise(PyExc_ValueError, "invalid config value: %s", field.name);
}
Raised badType(const Field& field) { return raise(PyExc_TypeError, "invalid config type: %s", field.name); }

Result<std::wstring> wideText(StrObject* text, const Field& field) {
  std::wstring wide;
  for (Py_ssize_t i = 0; i < text->size(); i++) wide += static_cast<wchar_t>(text->at(i));
  if (wide.find(L'\0') != std::wstring::npos) return badValue(field);
  return wide;
}

Status setNumber(PyConfig* config, const Field& field, PyObject* value) {
  if (!isInt(value)) return badType(field);
  long number;
  if (!intFitsLong(static_cast<IntObject*>(value), &number) || number < 0) return badValue(field);
  bool is_seed = field.kind == Kind::kSeed;
  if (static_cast<unsigned long>(number) > (is_seed ? kMaxHashSeed : 0x7fffffff)) return badValue(field);
  if (is_seed)
    at<unsigned long>(config, field) = static_cast<unsigned long>(number);
  else
    at<int>(config, field) = static_cast<int>(number);
  return {};
}

Status setTextFrom(PyConfig* config, const Field& field, PyObject* value) {
  if (value == Py_None) {
    if (field.kind == Kind::kText) return badValue(field);
    setText(at<wchar_t*>(config, field), nullptr);
    return {};
  }
  if (!isStr(value)) return badType(field);
  std::wstring text = TRY(wideText(static_cast<StrObject*>(value), field));
  setText(at<wchar_t*>(config, field), text.c_str());
  return {};
}

Status setTexts(PyConfig* config, const Field& field, PyObject* value) {
  if (!isList(value) && !isTuple(value)) return badType(field);
  auto& list = at<PyWideStringList>(config, field);
  clearList(list);
  for (Py_ssize_t i = 0; i < fastSize(value); i++) {
    PyObject* item = fastItems(value)[i];
    if (item == Py_None) return badValue(field);
    if (!isStr(item)) return badType(field);
    appendTo(list, TRY(wideText(static_cast<StrObject*>(item), field)).c_str());
  }
  return {};
}

Status configFromDict(PyConfig* config, DictObject* dict) {
  for (const Field& field : kFields) {
    Ref<StrObject> key = TRY(strInternUtf8(field.name));
    Opt<> value = TRY(dictGet(dict, key));
    if (!value) return raise(PyExc_ValueError, "missing config key: %s", field.name);
    if (field.kind == Kind::kNumber || field.kind == Kind::kSeed)
      TRY(setNumber(config, field, value.get()));
    else if (field.kind == Kind::kTexts)
      TRY(setTexts(config, field, value.get()));
    else
      TRY(setTextFrom(config, field, value.get()));
  }
  if (config->_config_init < kInitCompat || config->_config_init > kInitIsolated) return badValue(kFields[0]);
  return {};
}

// --- from and to krait's own configuration ---

// UTF-8 with surrogateescape, which is how Config holds what came from the command line.
std::wstring wideOf(const std::string& text) {
  auto decoded = fsDecode(text);
  if (decoded.failed()) return clearPending(), std::wstring();
  auto held = std::move(decoded).take();
  std::wstring wide;
  for (Py_ssize_t i = 0; i < held->size(); i++) wide += static_cast<wchar_t>(held->at(i));
  return wide;
}

std::string narrowOf(const wchar_t* text) {
  if (!text) return "";
  auto str = strFromWide(text, -1);
  if (str.failed()) return clearPending(), std::string();
  auto held = std::move(str).take();
  auto encoded = fsEncode(held);
  if (encoded.failed()) return clearPending(), std::string();
  return std::move(encoded).take();
}

std::vector<std::string> narrowList(const PyWideStringList& list) {
  std::vector<std::string> texts;
  for (Py_ssize_t i = 0; i < list.length; i++) texts.push_back(narrowOf(list.items[i]));
  return texts;
}

void setList(PyWideStringList& list, const std::vector<std::string>& texts) {
  clearList(list);
  for (const std::string& text : texts) appendTo(list, wideOf(text).c_str());
}

// clang-format off
#define KR_SAME_NUMBERS(F) \
  F(isolated, isolated) F(dev_mode, dev_mode) F(install_signal_handlers, install_signal_handlers) \
  F(use_hash_seed, use_hash_seed) F(hash_seed, hash_seed) F(faulthandler, faulthandler) \
  F(tracemalloc, tracemalloc) F(import_time, import_time) F(code_debug_ranges, code_debug_ranges) \
  F(show_ref_count, show_ref_count) F(bytes_warning, bytes_warning) \
  F(warn_default_encoding, warn_default_encoding) F(inspect, inspect) F(interactive, interactive) \
  F(optimization_level, optimize) F(parser_debug, debug) F(verbose, verbose) F(quiet, quiet) \
  F(skip_source_first_line, skip_first_line) F(safe_path, safe_path)
#define KR_OPPOSITE_NUMBERS(F) \
  F(use_environment, ignore_environment) F(site_import, no_site) F(write_bytecode, dont_write_bytecode) \
  F(user_site_directory, no_user_site) F(buffered_stdio, unbuffered)
#define KR_SAME_LISTS(F) \
  F(orig_argv, orig_argv) F(argv, argv) F(xoptions, x_options) F(warnoptions, warn_options)
#define KR_SAME_TEXTS(F) \
  F(filesystem_encoding, fs_encoding) F(filesystem_errors, fs_errors) F(stdio_encoding, stdio_encoding) \
  F(stdio_errors, stdio_errors) F(check_hash_pycs_mode, check_pycs) F(stdlib_dir, stdlib) \
  F(executable, executable) F(base_executable, executable) F(prefix, prefix) F(base_prefix, prefix) \
  F(exec_prefix, exec_prefix) F(base_exec_prefix, exec_prefix)
// clang-format on

void setOptional(wchar_t*& slot, const std::string& text) {
  setText(slot, text.empty() ? nullptr : wideOf(text).c_str());
}

void initCurrent(PyConfig* c) {
  const Config& config = interpreter().config;
  c->_config_init = kInitPython;
#define KR_COPY(field, own) c->field = config.own;
  KR_SAME_NUMBERS(KR_COPY)
#undef KR_COPY
#define KR_COPY(field, own) c->field = !config.own;
  KR_OPPOSITE_NUMBERS(KR_COPY)
#undef KR_COPY
#define KR_COPY(field, own) setList(c->field, config.own);
  KR_SAME_LISTS(KR_COPY)
#undef KR_COPY
#define KR_COPY(field, own) setText(c->field, wideOf(config.own).c_str());
  KR_SAME_TEXTS(KR_COPY)
#undef KR_COPY
  setOptional(c->pycache_prefix, config.pycache_prefix), setOptional(c->home, config.home);
  setOptional(c->pythonpath_env, config.python_path), setOptional(c->run_module, config.module);
  setOptional(c->run_filename, config.file);
  if (config.has_command) setText(c->run_command, wideOf(config.command + "\n").c_str());
  setText(c->program_name,
          wideOf(config.orig_argv.empty() ? config.executable : config.orig_argv[0]).c_str());
  setText(c->platlibdir, wideOf(config.platlibdir).c_str());
  c->parse_argv = 2, c->module_search_paths_set = 1;
  setList(c->module_search_paths, {config.stdlib_zip, config.stdlib, config.dynload});
  c->configure_c_stdio = c->_install_importlib = c->pathconfig_warnings = c->_init_main =
      c->use_frozen_modules = 1;
}

PyConfig* currentConfig() {
  static PyConfig* current = [] {
    auto* made = static_cast<PyConfig*>(rawCalloc(1, sizeof(PyConfig)));
    KR_CHECK(made, "memory for the configuration");
    initCurrent(made);
    return made;
  }();
  return current;
}

// sys attributes that Config has no field for.
Status setSysPaths(const PyConfig* c) {
  struct Row {
    const char* name;
    const wchar_t *text, *otherwise;
  };
  const Row rows[] = {
      {"executable", c->executable, nullptr},   {"_base_executable", c->base_executable, c->executable},
      {"prefix", c->prefix, nullptr},           {"base_prefix", c->base_prefix, c->prefix},
      {"exec_prefix", c->exec_prefix, nullptr}, {"base_exec_prefix", c->base_exec_prefix, c->exec_prefix},
      {"platlibdir", c->platlibdir, nullptr}};
  for (const Row& row : rows)
    TRY(sysSet(row.name, TRY(wideObject(row.text ? row.text : row.otherwise)).get()));
  if (!c->module_search_paths_set) return {};
  Ref<ListObject> paths = TRY(listNew());
  for (Py_ssize_t i = 0; i < c->module_search_paths.length; i++) {
    TRY(listAppend(paths, TRY(wideObject(c->module_search_paths.items[i]))));
  }
  return sysSet("path", paths.get());
}

Status applyConfig(const PyConfig* c) {
  Config& config = interpreter().config;
#define KR_COPY(field, own) config.own = c->field;
  KR_SAME_NUMBERS(KR_COPY)
#undef KR_COPY
#define KR_COPY(field, own) config.own = !c->field;
  KR_OPPOSITE_NUMBERS(KR_COPY)
#undef KR_COPY
#define KR_COPY(field, own) config.own = narrowList(c->field);
  KR_SAME_LISTS(KR_COPY)
#undef KR_COPY
  if (config.argv.empty()) config.argv.push_back("");
  config.pycache_prefix = narrowOf(c->pycache_prefix);
  TRY(modules::sysConfigure());
  flagsPublish();
  return setSysPaths(c);
}

Status put(DictObject* dict, const char* key, long value) {
  return dictSet(dict, key, TRY(intFromLong(value)).get());
}

// clang-format off
#define KR_GLOBAL_FLAGS(F) \
  F(Py_UTF8Mode) F(Py_DebugFlag) F(Py_VerboseFlag) F(Py_QuietFlag) F(Py_InteractiveFlag) \
  F(Py_InspectFlag) F(Py_OptimizeFlag) F(Py_NoSiteFlag) F(Py_BytesWarningFlag) F(Py_FrozenFlag) \
  F(Py_IgnoreEnvironmentFlag) F(Py_DontWriteBytecodeFlag) F(Py_NoUserSiteDirectory) \
  F(Py_UnbufferedStdioFlag) F(Py_HashRandomizationFlag) F(Py_IsolatedFlag)
// clang-format on
#define KR_DECLARE(symbol) extern "C" int symbol;
KR_GLOBAL_FLAGS(KR_DECLARE)
#undef KR_DECLARE
extern "C" const char *Py_FileSystemDefaultEncoding, *Py_FileSystemDefaultEncodeErrors;
extern "C" int Py_HasFileSystemDefaultEncoding;

Result<Ref<DictObject>> globalConfigDict() {
  Ref<DictObject> dict = TRY(dictNew());
  TRY(dictSet(dict, "Py_FileSystemDefaultEncoding", TRY(strFromUtf8(Py_FileSystemDefaultEncoding)).get()));
  TRY(put(dict, "Py_HasFileSystemDefaultEncoding", Py_HasFileSystemDefaultEncoding));
  TRY(dictSet(dict, "Py_FileSystemDefaultEncodeErrors",
              TRY(strFromUtf8(Py_FileSystemDefaultEncodeErrors)).get()));
  TRY(put(dict, "_Py_HasFileSystemDefaultEncodeErrors", 0));
#define KR_PUT(symbol) TRY(put(dict, #symbol, symbol));
  KR_GLOBAL_FLAGS(KR_PUT)
#undef KR_PUT
  return dict;
}

Result<Ref<DictObject>> preConfigDict() {
  const Config& c = interpreter().config;
  Ref<DictObject> dict = TRY(dictNew());
  const std::pair<const char*, long> rows[] = {
      {"_config_init", kInitPython}, {"parse_argv", 1},
      {"isolated", c.isolated},      {"use_environment", !c.ignore_environment},
      {"configure_locale", 1},       {"coerce_c_locale", 0},
      {"coerce_c_locale_warn", 0},   {"utf8_mode", c.utf8_mode},
      {"dev_mode", c.dev_mode},      {"allocator", 0}};
  for (auto& [key, value] : rows) TRY(put(dict, key, value));
  return dict;
}

Result<Ref<DictObject>> allConfigs() {
  Ref<DictObject> dict = TRY(dictNew());
  TRY(dictSet(dict, "global_config", TRY(globalConfigDict()).get()));
  TRY(dictSet(dict, "pre_config", TRY(preConfigDict()).get()));
  TRY(dictSet(dict, "config", TRY(configDict(currentConfig())).get()));
  return dict;
}

// What all three kinds of initial configurations have in common.
void initConfig(PyConfig* c, int kind) {
  *c = PyConfig{};
  c->_config_init = kind;
  c->code_debug_ranges = c->use_environment = c->install_signal_handlers = c->site_import =
      c->write_bytecode = 1;
  c->user_site_directory = c->buffered_stdio = c->pathconfig_warnings = c->_install_importlib =
      c->_init_main = 1;
  c->use_frozen_modules = 1;
  if (kind == kInitPython) c->parse_argv = c->configure_c_stdio = 1;
  if (kind != kInitIsolated) return;
  c->isolated = c->safe_path = 1;
  c->use_environment = c->user_site_directory = c->install_signal_handlers = c->pathconfig_warnings = 0;
}

// What functions of this header answer, in memory since it is larger than two words.
struct PyStatus {
  int type;  // 0: fine, 1: error, 2: exit
  const char *func, *err_msg;
  int exitcode;
};
static_assert(sizeof(PyStatus) == 32);
enum StatusType : int { kStatusOk = 0, kStatusError = 1, kStatusExit = 2 };

}  // namespace

KR_EXPORT PyStatus PyStatus_Ok() { return {}; }
KR_EXPORT PyStatus PyStatus_Error(const char* message) { return {kStatusError, nullptr, message, 0}; }
KR_EXPORT PyStatus PyStatus_NoMemory() { return PyStatus_Error("memory allocation failed"); }
KR_EXPORT PyStatus PyStatus_Exit(int code) { return {kStatusExit, nullptr, nullptr, code}; }
KR_EXPORT int PyStatus_IsError(PyStatus status) { return status.type == kStatusError; }
KR_EXPORT int PyStatus_IsExit(PyStatus status) { return status.type == kStatusExit; }
KR_EXPORT int PyStatus_Exception(PyStatus status) { return status.type != kStatusOk; }

KR_EXPORT PyStatus PyWideStringList_Append(PyWideStringList* list, const wchar_t* text) {
  appendTo(*list, text);
  return {};
}
KR_EXPORT PyStatus PyWideStringList_Insert(PyWideStringList* list, Py_ssize_t index, const wchar_t* text) {
  if (index < 0) return PyStatus_Error("PyWideStringList_Insert index must be >= 0");
  appendTo(*list, text);
  for (Py_ssize_t i = list->length - 1; i > index; i--) std::swap(list->items[i], list->items[i - 1]);
  return {};
}
KR_EXPORT PyStatus PyConfig_SetString(PyConfig*, wchar_t** slot, const wchar_t* text) {
  setText(*slot, text);
  return {};
}
KR_EXPORT PyStatus PyConfig_SetWideStringList(PyConfig*, PyWideStringList* list, Py_ssize_t count,
                                              wchar_t** texts) {
  PyWideStringList given{count, texts};
  copyList(*list, given);
  return {};
}

KR_EXPORT void PyConfig_InitIsolatedConfig(PyConfig* config) { initConfig(config, kInitIsolated); }
KR_EXPORT void PyConfig_InitPythonConfig(PyConfig* config) { initConfig(config, kInitPython); }
KR_EXPORT void _PyConfig_InitCompatConfig(PyConfig* config) { initConfig(config, kInitCompat); }
KR_EXPORT void PyConfig_Clear(PyConfig* config) { clearConfig(config); }
KR_EXPORT PyObject* _PyConfig_AsDict(const PyConfig* config) { return toC(configDict(config)); }
KR_EXPORT int _PyConfig_FromDict(PyConfig* config, PyObject* dict) {
  if (!isDict(dict)) return (void)raise(PyExc_TypeError, "dict expected"), -1;
  return toC(configFromDict(config, static_cast<DictObject*>(dict)));
}
KR_EXPORT PyObject* _Py_GetConfigsAsDict() { return toC(allConfigs()); }
KR_EXPORT int _PyInterpreterState_GetConfigCopy(PyConfig* out) { return copyConfig(out, currentConfig()), 0; }
KR_EXPORT const PyConfig* _PyInterpreterState_GetConfig(PyInterpreterState*) { return currentConfig(); }
KR_EXPORT const PyConfig* _Py_GetConfig() { return currentConfig(); }
KR_EXPORT int _PyInterpreterState_SetConfig(const PyConfig* config) {
  copyConfig(currentConfig(), config);
  return toC(applyConfig(currentConfig()));
}
