#include "modules/dynload.h"

#include <dlfcn.h>

#include <string>
#include <unordered_map>

#include "base/punycode.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "modules/modules.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/module_context.h"

namespace krait::modules {
namespace {

using InitFunction = PyObject* (*)();

// Single-phase modules by (path, name), built-in ones by their name twice: a second import gives a copy of
// the dictionary as it was, or what the init function makes of it.
std::unordered_map<std::string, PyModuleDef*>& loadedDefinitions() {
  static auto* map = new std::unordered_map<std::string, PyModuleDef*>;
  return *map;
}

Result<std::string> definitionKey(StrObject* name, StrObject* path) {
  std::string key = TRY(scratchText(TRY(strUtf8(path))));
  TRY(pushMore(key, '\n'));
  TRY(appendMore(key, TRY(strUtf8(name))));
  return key;
}

// PyInit_name, or PyInitU_ with the punycode of a name outside ASCII.
Result<std::string> initSymbol(StrObject* full_name) {
  std::string_view text = TRY(strUtf8(full_name));
  std::string_view last = text.substr(text.rfind('.') + 1);
  constexpr size_t kBytesToEncode =
      16;  // per byte: its code point in a growing vector, and what becomes of it
  TRY(askForRoom(last.size() * kBytesToEncode));
  if (full_name->isAscii()) return std::string("PyInit_").append(last);
  std::string encoded = punycodeEncode(last);
  for (char& c : encoded) {
    if (c == '-') c = '_';
  }
  return "PyInitU_" + encoded;
}

Raised raiseImport(Result<Ref<StrObject>> text, PyObject* name, PyObject* path) {
  if (text.failed()) return Raised{};
  Ref<StrObject> held = std::move(text).take();
  auto error = call(PyExc_ImportError, held.get());
  if (error.failed()) return Raised{};
  Ref<> exception = std::move(error).take();
  if (attrSet(exception, "name", name).failed() || attrSet(exception, "path", path).failed()) return Raised{};
  return raiseException(std::move(exception));
}

Result<InitFunction> openLibrary(StrObject* name, StrObject* path) {
  std::string symbol = TRY(initSymbol(name));
  std::string file = TRY(fsEncode(path));
  TRY(reserveMore(file, 2));
  if (file.find('/') == std::string::npos) file.insert(0, "./");
  void* handle = dlopen(file.c_str(), interpreter().dlopen_flags);
  if (!handle) {
    const char* reason = dlerror();
    return raiseImport(strFromUtf8(reason ? reason : "unknown dlopen() error"), name, path);
  }
  auto init = reinterpret_cast<InitFunction>(dlsym(handle, symbol.c_str()));
  if (init) return init;
  return raiseImport(strFormat("dynamic module does not define module export function (%s)", symbol.c_str()),
                     name, path);
}

// Runs an init function that may take the module's full name from the context.
PyObject* initIn(InitFunction init, StrObject* name) {
  auto text = strUtf8(name);
  if (text.failed()) return nullptr;
  auto full_name = scratchText(std::move(text).take());
  if (full_name.failed()) return nullptr;
  std::string held = std::move(full_name).take();
  const char* outer = std::exchange(module_package_context, held.c_str());
  PyObject* made = init();
  module_package_context = outer;
  return made;
}

// A finished module of the single-phase kind: remember its definition for later imports.
Status adoptSinglePhase(ModuleObject* module, InitFunction init, StrObject* name, Opt<> path) {
  if (module->md_def) {
    module->md_def->m_init = init;
    TRY(moduleSetByDefinition(module->md_def, module));
    if (module->md_def->m_size == -1) TRY(moduleKeepCopy(module));
  }
  if (path) TRY(dictSet(module->dict(), "__file__", path.get()));
  StrObject* origin = path ? cast<StrObject>(path.get()) : name;
  loadedDefinitions()[TRY(definitionKey(name, origin))] = module->md_def;
  return {};
}

Result<Ref<ModuleObject>> moduleThereOrNew(StrObject* name) {
  Opt<> there = TRY(dictGet(interpreter().modules, name));
  if (there && isModule(there.get())) return share(cast<ModuleObject>(there.get()));
  return moduleNew(name);
}

// A single-phase module that was imported before: its dictionary again, or its init function again.
Result<MaybeRef<>> reimport(StrObject* name, StrObject* path) {
  auto found = loadedDefinitions().find(TRY(definitionKey(name, path)));
  if (found == loadedDefinitions().end() || !found->second) return MaybeRef<>();
  PyModuleDef* def = found->second;
  if (def->m_size == -1) {
    if (!def->m_copy) return MaybeRef<>();
    Ref<ModuleObject> module = TRY(moduleThereOrNew(name));
    TRY(dictUpdate(module->dict(), def->m_copy));
    TRY(moduleSetByDefinition(def, module.get()));
    return MaybeRef<>(std::move(module));
  }
  Ref<> module = TRY(Result<Ref<>>::fromC(initIn(def->m_init, name)));
  if (isModule(module)) TRY(moduleSetByDefinition(def, module.get()));
  return MaybeRef<>(std::move(module));
}

}  // namespace

Result<Ref<>> moduleFromInit(InitFunction init, StrObject* name, PyObject* spec, Opt<> path) {
  PyObject* raw = initIn(init, name);
  if (!raw) {
    if (exceptionPending()) return Raised{};
    return raise(PyExc_SystemError, "initialization of %U failed without raising an exception", name);
  }
  if (exceptionPending()) {
    return raiseFromCause(PyExc_SystemError, "initialization of %U raised unreported exception", name);
  }
  if (!typeOf(raw))
    return raise(PyExc_SystemError, "init function of %U returned uninitialized object", name);
  if (isExact(raw, &PyModuleDef_Type)) return moduleFromDefAndSpec(static_cast<PyModuleDef*>(raw), spec);
  Ref<> module = steal(raw);
  if (!isModule(raw))
    return raise(PyExc_SystemError, "initialization of %U did not return an extension module", name);
  TRY(adoptSinglePhase(cast<ModuleObject>(raw), init, name, path));
  return module;
}

Result<Ref<>> loadBuiltinModule(const NativeModule& native, StrObject* name, PyObject* spec) {
  MaybeRef<> again = TRY(reimport(name, name));
  if (again) return std::move(again).take();
  return moduleFromInit(native.init, name, spec, nullptr);
}

Result<Ref<>> loadDynamicModule(PyObject* spec) {
  Ref<> name = TRY(attrGet(spec, krait::name<"name">()));
  Ref<> path = TRY(attrGet(spec, krait::name<"origin">()));
  if (!isStr(name) || !isStr(path)) return raise(PyExc_TypeError, "spec name and origin must be str");
  auto* name_text = cast<StrObject>(name.get());
  auto* path_text = cast<StrObject>(path.get());
  TRY(audit("import", "OOOOO", name.get(), path.get(), sysGet("path").orElse(Py_None),
            sysGet("meta_path").orElse(Py_None), sysGet("path_hooks").orElse(Py_None)));
  MaybeRef<> again = TRY(reimport(name_text, path_text));
  if (again) return std::move(again).take();
  InitFunction init = TRY(openLibrary(name_text, path_text));
  return moduleFromInit(init, name_text, spec, path.get());
}

Result<long> execModule(PyObject* module) {
  if (!isModule(module)) return 0;
  auto* m = cast<ModuleObject>(module);
  if (!m->md_def || m->md_state) return 0;
  TRY(moduleExec(module, m->md_def));
  return 0;
}

}  // namespace krait::modules
