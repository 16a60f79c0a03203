#include "modules/sys/sys.h"

#include <unistd.h>

#include "core/native_order.h"
#include "modules/modules.h"
#include "types/bool.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/set.h"
#include "types/std_printer.h"

namespace krait {

namespace {

// The look-up of sysGet() for when there is no memory for a key.
Opt<> sysFind(DictObject* dict, const char* name) {
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(dict, &position, &key, &value)) {
    if (isStr(key) && strEqualsAscii(cast<StrObject>(key), name)) return value;
  }
  return nullptr;
}

}  // namespace

Opt<> sysGet(const char* name) {
  DictObject* dict = interpreter().sys_dict;
  if (!dict) return nullptr;
  PendingSaved saved;
  auto key = strInternUtf8(name);
  if (key.failed()) {
    clearPending();
    return sysFind(dict, name);
  }
  return dictGetStr(dict, std::move(key).take().get());
}

Status sysSet(const char* name, Opt<> value) {
  DictObject* dict = interpreter().sys_dict;
  Ref<StrObject> key = TRY(strInternUtf8(name));
  if (value) return dictSet(dict, key.get(), value.get());
  TRY(dictDiscard(dict, key.get()));
  return {};
}

namespace modules {
namespace {

constinit PyModuleDef kSysModule = [] {
  PyModuleDef def{};
  def.ob_refcnt = kImmortalRefcount;
  def.ob_type = &PyModuleDef_Type;
  def.m_name = "sys";
  def.m_doc =
      "Objects that the interpreter maintains and functions that work closely with it: arguments, module "
      "tables, "
      "standard streams, hooks, limits and version facts.";
  def.m_size = -1;
  return def;
}();

constexpr const char* kStdlibNames[] = {
#include "modules/sys/stdlib_names.inc"
};

Result<Ref<>> stdlibModuleNames() {
  Ref<SetObject> names = TRY(frozenSetNew());
  for (const char* name : kStdlibNames) {
    Ref<StrObject> text = TRY(strInternUtf8(name));
    TRY(setAdd(names, text.get()));
  }
  return names;
}

Result<Ref<ListObject>> listOfStrings(const std::vector<std::string>& strings) {
  Ref<ListObject> list = TRY(listNew());
  for (const std::string& s : strings) TRY(listAppend(list, Ref<>(TRY(fsDecode(s)))));
  return list;
}

Status putStr(DictObject* dict, const char* key, const std::string& value) {
  Ref<StrObject> text = TRY(fsDecode(value));
  return dictSet(dict, key, text.get());
}

// -X options: `name` alone means True, `name=value` the text.
Result<Ref<DictObject>> xOptions(const std::vector<std::string>& options) {
  Ref<DictObject> dict = TRY(dictNew());
  for (const std::string& option : options) {
    size_t equals = option.find('=');
    Ref<StrObject> key = TRY(fsDecode(option.substr(0, equals)));
    if (equals == std::string::npos) {
      TRY(dictSet(dict, key.get(), Py_True));
      continue;
    }
    Ref<StrObject> value = TRY(fsDecode(option.substr(equals + 1)));
    TRY(dictSet(dict, key.get(), value.get()));
  }
  return dict;
}

// Search path before site runs: PYTHONPATH, the zip of the stdlib, the stdlib, its lib-dynload.
std::vector<std::string> defaultPath(const Config& config) {
  if (!config.search_path.empty()) return config.search_path;
  std::vector<std::string> path;
  for (size_t at = 0; !config.python_path.empty() && at <= config.python_path.size();) {
    size_t colon = std::min(config.python_path.find(':', at), config.python_path.size());
    path.push_back(config.python_path.substr(at, colon - at));
    at = colon + 1;
  }
  path.insert(path.end(), {config.stdlib_zip, config.stdlib, config.dynload});
  return path;
}

// The functions of all files, in CPython's order.
PyMethodDef* allFunctions() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kSysInfoFunctions, kSysHookFunctions, kSysTraceFunctions},
      "addaudithook audit breakpointhook _clear_type_cache _current_frames _current_exceptions "
      "displayhook exception exc_info excepthook exit getdefaultencoding getdlopenflags "
      "getallocatedblocks getfilesystemencoding getfilesystemencodeerrors _getquickenedcount "
      "getrefcount getrecursionlimit getsizeof _getframe intern is_finalizing setswitchinterval "
      "getswitchinterval setdlopenflags setprofile getprofile setrecursionlimit settrace gettrace "
      "call_tracing _debugmallocstats set_coroutine_origin_tracking_depth "
      "get_coroutine_origin_tracking_depth set_asyncgen_hooks get_asyncgen_hooks unraisablehook "
      "get_int_max_str_digits set_int_max_str_digits");
  return all.data();
}

}  // namespace

Result<Ref<ModuleObject>> sysCreate() {
  kSysModule.m_methods = allFunctions();
  Ref<ModuleObject> sys = TRY(moduleCreate(&kSysModule));
  DictObject* dict = sys->dict();
  interpreter().sys_dict = share(dict).leak();
  TRY(dictSet(dict, "modules", interpreter().modules));
  Ref<> printer = TRY(stdPrinterNew(2));  // until there is an I/O stack
  TRY(dictSet(dict, "stderr", printer));
  TRY(dictSet(dict, "__stderr__", printer));
  for (const char* hook : {"displayhook", "excepthook", "breakpointhook", "unraisablehook"}) {
    Ref<> function = TRY(attrGet(sys, hook));
    TRY(dictSet(dict, ("__" + std::string(hook) + "__").c_str(), function));
  }
  TRY(sysAddLimits(dict));
  TRY(dictSet(dict, "builtin_module_names", TRY(builtinModuleNames()).get()));
  TRY(dictSet(dict, "stdlib_module_names", TRY(stdlibModuleNames()).get()));
  TRY(sysAddInfo(dict));
  TRY(dictSet(dict, "meta_path", TRY(listNew()).get()));
  TRY(dictSet(dict, "path_importer_cache", TRY(dictNew()).get()));
  TRY(dictSet(dict, "path_hooks", TRY(listNew()).get()));
  return sys;
}

Status sysConfigure() {
  const Config& config = interpreter().config;
  DictObject* dict = interpreter().sys_dict;
  TRY(dictSet(dict, "path", TRY(listOfStrings(defaultPath(config))).get()));
  TRY(putStr(dict, "executable", config.executable));
  TRY(putStr(dict, "_base_executable", config.base_executable));
  for (const char* key : {"prefix", "base_prefix"}) TRY(putStr(dict, key, config.prefix));
  for (const char* key : {"exec_prefix", "base_exec_prefix"}) TRY(putStr(dict, key, config.exec_prefix));
  TRY(putStr(dict, "platlibdir", config.platlibdir));
  if (config.pycache_prefix.empty())
    TRY(dictSet(dict, "pycache_prefix", Py_None));
  else
    TRY(putStr(dict, "pycache_prefix", config.pycache_prefix));
  TRY(dictSet(dict, "argv", TRY(listOfStrings(config.argv)).get()));
  TRY(dictSet(dict, "orig_argv", TRY(listOfStrings(config.orig_argv)).get()));
  TRY(dictSet(dict, "warnoptions", TRY(listOfStrings(config.warn_options)).get()));
  TRY(dictSet(dict, "_xoptions", TRY(xOptions(config.x_options)).get()));
  TRY(putStr(dict, "_stdlib_dir", config.stdlib));
  TRY(dictSet(dict, "dont_write_bytecode", boolRef(config.dont_write_bytecode != 0).get()));
  return sysSetFlags(dict);
}

}  // namespace modules
}  // namespace krait
