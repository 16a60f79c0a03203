// _imp: what importlib needs from the interpreter.
#include <pthread.h>

#include "base/hash.h"
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "modules/c_args.h"
#include "modules/dynload.h"
#include "modules/frozen.h"
#include "modules/import_lock.h"
#include "modules/marshal.h"
#include "modules/modules.h"
#include "types/bool.h"
#include "types/list.h"
#include "types/misc_objects.h"

namespace krait::modules {
namespace {

int g_frozen_override = 0;  // _override_frozen_modules_for_tests: <0 off, >0 on

bool frozenInUse(const FrozenModule& module) {
  bool bootstrap = &module - kFrozenModules < 3;
  if (bootstrap) return true;
  return g_frozen_override ? g_frozen_override > 0 : interpreter().config.frozen_modules;
}

// The UTF-8 form of a module name; empty when it has none (lone surrogates): no native module has such a
// name.
std::string_view plainName(StrObject* name) {
  auto text = strUtf8(name);
  if (!text.failed()) return std::move(text).take();
  clearPending();
  return {};
}

Result<const FrozenModule*> lookupFrozen(StrObject* name) {
  const FrozenModule* module = findFrozen(plainName(name));
  return module && frozenInUse(*module) ? module : nullptr;
}

Raised raiseFrozen(const char* format, StrObject* name) {
  auto raised = [&]() -> Status {
    Ref<StrObject> message = TRY(strFormat(format, name));
    Ref<> exception = TRY(call(PyExc_ImportError, message.get()));
    TRY(attrSet(exception, "name", name));
    return raiseException(std::move(exception));
  };
  (void)raised().failed();
  return Raised{};
}
Raised raiseNoFrozen(StrObject* name) { return raiseFrozen("No such frozen object named %R", name); }

Result<Ref<>> impExtensionSuffixes() {
  Ref<ListObject> list = TRY(listNew());
  for (const char* suffix : {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}) {
    TRY(listAppend(list, Ref<>(TRY(strLiteral(suffix)))));
  }
  return list;
}

bool impLockHeld() { return importLockHeld(); }
Status impAcquireLock() {
  importLockAcquire();
  return {};
}
Status impReleaseLock() {
  if (!importLockRelease()) return raise(PyExc_RuntimeError, "not holding the import lock");
  return {};
}

Result<Ref<>> impFindFrozen(StrObject* name, bool withdata) {
  const FrozenModule* module = TRY(lookupFrozen(name));
  if (!module) return none();
  Ref<> data = none();
  if (withdata) {
    Ref<> code = TRY(frozenCode(*module));
    Ref<BytesObject> bytes = TRY(marshalDumps(code, 4));
    data = TRY(memoryViewFromObject(bytes));
  }
  Ref<> origin = module->origin ? Ref<>(TRY(strFromUtf8(module->origin))) : none();
  return Ref<>(TRY(tupleOf(data.get(), boolRef(module->is_package).get(), origin.get())));
}

// What CPython makes of data that cannot be read: it calls ImportError for an error of its own while the
// reader's is pending, and the call is found to have returned a result beside an exception.
Raised raiseImportErrorMadeAmiss() {
  return raiseFromCause(PyExc_SystemError, "%R returned a result with an exception set", PyExc_ImportError);
}

Result<Ref<>> codeOfFrozenData(StrObject* name, PyObject* data) {
  if (!typeOf(data)->tp_as_buffer || !typeOf(data)->tp_as_buffer->bf_getbuffer)
    return raise(PyExc_TypeError, "get_frozen_object() argument 2 must be bytes, not %.50s", typeName(data));
  Buffer buffer = TRY(Buffer::acquire(data));
  if (buffer.size() == 0) return raiseFrozen("Frozen object named %R is invalid", name);
  auto code =
      marshalLoads({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())});
  if (code.failed()) return raiseImportErrorMadeAmiss();
  Ref<> object = std::move(code).take();
  if (isCode(object)) return object;
  return raise(PyExc_TypeError, "frozen object %R is not a code object", name);
}

Result<Ref<>> impGetFrozenObject(StrObject* name, PyObject* data) {
  if (data != Py_None) return codeOfFrozenData(name, data);
  const FrozenModule* module = TRY(lookupFrozen(name));
  if (!module) return raiseNoFrozen(name);
  return frozenCode(*module);
}

Result<bool> impIsFrozen(StrObject* name) { return TRY(lookupFrozen(name)) != nullptr; }
Result<bool> impIsFrozenPackage(StrObject* name) {
  const FrozenModule* module = TRY(lookupFrozen(name));
  if (!module) return raiseNoFrozen(name);
  return module->is_package;
}

Result<Ref<>> impInitFrozen(StrObject* name) {
  const FrozenModule* frozen = TRY(lookupFrozen(name));
  if (!frozen) return none();
  Ref<> code = TRY(frozenCode(*frozen));
  Ref<ModuleObject> module = TRY(moduleNew(name));
  TRY(dictSet(interpreter().modules, name, module));
  TRY(dictSet(module->dict(), "__builtins__", interpreter().builtins));
  Ref<> origin = frozen->origin ? Ref<>(TRY(strFromUtf8(frozen->origin))) : none();
  TRY(dictSet(module->dict(), "__origname__", origin));
  if (frozen->is_package) TRY(dictSet(module->dict(), "__path__", TRY(listNew()).get()));
  TRY(evalCode(cast<CodeObject>(code.get()), module->dict(), module->dict()));
  return module;
}

Result<Ref<>> impFrozenModuleNames() {
  Ref<ListObject> list = TRY(listNew());
  for (const FrozenModule& module : kFrozenModules)
    TRY(listAppend(list, Ref<>(TRY(strFromUtf8(module.name)))));
  return list;
}

Status impOverrideFrozen(int override_value) {
  g_frozen_override = override_value;
  return {};
}

Result<Ref<>> impCreateBuiltin(PyObject* spec) {
  Ref<> name = TRY(attrGet(spec, krait::name<"name">()));
  if (!isStr(name)) return raise(PyExc_TypeError, "spec.name must be str");
  auto* text = cast<StrObject>(name.get());
  if (strEqualsAscii(text, "sys") || strEqualsAscii(text, "builtins")) {
    Opt<> loaded = TRY(dictGet(interpreter().modules, text));
    if (loaded) return share(loaded.get());
  }
  const NativeModule* native = findNativeModule(plainName(text));
  if (!native) return none();
  return loadBuiltinModule(*native, text, spec);
}

Result<long> impIsBuiltin(StrObject* name) {
  std::string_view text = plainName(name);
  if (text == "sys" || text == "builtins") return -1;
  return findNativeModule(text) ? 1 : 0;
}

Result<Ref<>> impCreateDynamic(PyObject* spec, Opt<>) { return loadDynamicModule(spec); }

Status impFixCoFilename(PyObject* code, PyObject* path) {
  if (!isCode(code)) {
    return raise(PyExc_TypeError, "_fix_co_filename() argument 1 must be code, not %.50s",
                 code == Py_None ? "None" : typeName(code));
  }
  if (!isStr(path)) {
    return raise(PyExc_TypeError, "_fix_co_filename() argument 2 must be str, not %.50s",
                 path == Py_None ? "None" : typeName(path));
  }
  return codeSetFilename(cast<CodeObject>(code), cast<StrObject>(path));
}

// SipHash-1-3 of a source file with the given key, little endian: what hash-based .pyc files store.
Result<Ref<>> impSourceHash(CLong key, Buffer source) {
  uint64_t hash =
      siphash13(static_cast<uint64_t>(key.value), 0, source.data(), static_cast<size_t>(source.size()));
  return Ref<>(TRY(bytesFrom({reinterpret_cast<const char*>(&hash), 8})));
}

constinit PyMethodDef kImpMethods[] = {
    function<"extension_suffixes($module, /)", impExtensionSuffixes,
             "File name endings of extension modules.">,
    function<"lock_held($module, /)", impLockHeld, "Whether the import lock is held.">,
    function<"acquire_lock($module, /)", impAcquireLock, "Acquire the global import lock.">,
    function<"release_lock($module, /)", impReleaseLock, "Release the global import lock.">,
    function<"find_frozen($module, name, /, *, withdata=False)", impFindFrozen,
             "Data, package flag and origin of a frozen module, or None.">,
    function<"get_frozen_object($module, name, data=None, /)", impGetFrozenObject,
             "Code object of a frozen module.">,
    function<"is_frozen_package($module, name, /)", impIsFrozenPackage,
             "Whether the frozen module is a package.">,
    function<"create_builtin($module, spec, /)", impCreateBuiltin, "Make a built-in module.">,
    function<"init_frozen($module, name, /)", impInitFrozen, "Run a frozen module.">,
    function<"is_builtin($module, name, /)", impIsBuiltin,
             "-1: cannot be made anew, 0: not built in, 1: built in.">,
    function<"is_frozen($module, name, /)", impIsFrozen, "Whether the name is a frozen module.">,
    function<"_frozen_module_names($module, /)", impFrozenModuleNames, "Names of the frozen modules.">,
    function<"_override_frozen_modules_for_tests($module, override, /)", impOverrideFrozen,
             "Switch frozen modules on (>0) or off (<0).">,
    function<"create_dynamic($module, spec, file=<unrepresentable>, /)", impCreateDynamic,
             "Load an extension module.">,
    function<"exec_dynamic($module, mod, /)", execModule, "Run an extension module's initialisation.">,
    function<"exec_builtin($module, mod, /)", execModule, "Run a built-in module's initialisation.">,
    function<"_fix_co_filename($module, code, path, /)", impFixCoFilename,
             "Change the file name of a code object and those inside it.">,
    function<"source_hash($module, /, key, source)", impSourceHash>,
    {}};

Status impExec(PyObject* module) {
  return moduleAddStr(module, "check_hash_based_pycs", interpreter().config.check_pycs.c_str());
}

constinit PyModuleDef kImpModule =
    moduleDef<"_imp", impExec>(kImpMethods, "Parts of the import system that need the interpreter.");

}  // namespace

PyObject* initImp() { return moduleDefInit(&kImpModule); }

}  // namespace krait::modules
