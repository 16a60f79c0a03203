// Exports of import.h.
#include "core/import.h"

#include "capi/capi.h"
#include "capi/identifier.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

using namespace krait;

KR_EXPORT PyObject* _PyUnicode_FromId(_Py_Identifier* id);

namespace {

Result<Ref<>> withName(const char* text, PyObject* (*function)(PyObject*)) {
  Ref<StrObject> name = TRY(strFromUtf8(text));
  return Result<Ref<>>::fromC(function(name));
}

// The module of this name in sys.modules, made when there is none.
Result<Ref<>> addModule(PyObject* name) {
  DictObject* modules = interpreter().modules;
  Opt<> found = TRY(dictGet(modules, name));
  if (found && isModule(found.get())) return share(found.get());
  Ref<ModuleObject> made = TRY(moduleNew(static_cast<StrObject*>(name)));
  TRY(dictSet(modules, name, made.get()));
  return made;
}

// The builtins' __import__ of the running code, as the import statement uses it; the module itself is the
// answer.
Result<Ref<>> importThrough(PyObject* name) {
  Ref<DictObject> scope = TRY(dictNew());
  TRY(dictSet(scope.get(), "__builtins__", interpreter().builtins));
  Ref<ListObject> from_list = TRY(listNew());
  (void)TRY(importName(name, scope.get(), scope.get(), from_list.get(), 0));
  Opt<> found = TRY(dictGet(interpreter().modules, name));
  if (found) return share(found.get());
  return raiseObject(PyExc_KeyError, name);
}

Result<Ref<>> execCode(PyObject* name, PyObject* code, Opt<> path, Opt<> cached) {
  Ref<> module = TRY(addModule(name));
  DictObject* dict = static_cast<ModuleObject*>(module.get())->dict();
  Ref<DictObject> held = share(dict);
  TRY(dictSet(dict, "__builtins__", interpreter().builtins));
  Ref<> external = TRY(importModule("_frozen_importlib_external"));
  Ref<> fix = TRY(attrGet(external, "_fix_up_module"));
  Ref<> source = path ? share(path.get()) : TRY(attrGet(code, "co_filename"));
  (void)TRY(call(fix.get(), dict, name, source.get(), cached ? cached.get() : Py_None));
  Ref<> exec = TRY(attrGet(interpreter().importlib, "_call_with_frames_removed"));
  PyObject* run = dictGetStr(interpreter().builtins, krait::name<"exec">()).get();
  if (!run) return raise(PyExc_RuntimeError, "lost exec");
  auto answer = call(exec.get(), run, code, dict);
  if (answer.failed()) {
    MaybeRef<> pending = takePending();
    (void)succeeded(dictDiscard(interpreter().modules, name));
    return setPending(std::move(pending).take()), Raised{};
  }
  Opt<> found = TRY(dictGet(interpreter().modules, name));
  if (found) return share(found.get());
  return raise(PyExc_ImportError, "Loaded module %R not found in sys.modules", name);
}

Result<Ref<>> execNamed(const char* name, PyObject* code, const char* path, const char* cached) {
  Ref<StrObject> text = TRY(strFromUtf8(name));
  MaybeRef<> source, compiled;
  if (path) source = TRY(fsDecode(path));
  if (cached) compiled = TRY(fsDecode(cached));
  return execCode(text, code, source.opt(), compiled.opt());
}

Result<Ref<>> importFrozen(PyObject* name) {
  Ref<> find = TRY(importAttr("_imp", "is_frozen"));
  Ref<> known = TRY(call(find.get(), name));
  if (!TRY(objectIsTrue(known))) return none();
  Ref<> get = TRY(importAttr("_imp", "get_frozen_object"));
  Ref<> code = TRY(call(get.get(), name));
  return execCode(name, code, nullptr, nullptr);
}

// 1: imported, 0: there is none.
int frozenStatus(Result<Ref<>> answer) {
  if (answer.failed()) return -1;
  return std::move(answer).take().get() != Py_None;
}

}  // namespace

KR_EXPORT long PyImport_GetMagicNumber() { return 0x0a0d0da7; }
KR_EXPORT const char* PyImport_GetMagicTag() { return "cpython-311"; }
KR_EXPORT PyObject* PyImport_GetModuleDict() { return interpreter().modules; }
KR_EXPORT PyObject* PyImport_GetModule(PyObject* name) {
  auto found = dictGet(interpreter().modules, name);
  if (found.failed()) return nullptr;
  PyObject* module = std::move(found).take().get();
  xincref(module);
  return module;
}
KR_EXPORT PyObject* _PyImport_GetModuleId(_Py_Identifier* id) {
  PyObject* name = _PyUnicode_FromId(id);
  return name ? PyImport_GetModule(name) : nullptr;
}
KR_EXPORT PyObject* PyImport_AddModuleObject(PyObject* name) {
  auto made = addModule(name);
  return made.failed() ? nullptr : std::move(made).take().get();
}
KR_EXPORT PyObject* PyImport_AddModule(const char* name) {
  auto text = strFromUtf8(name);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return PyImport_AddModuleObject(held);
}
KR_EXPORT PyObject* PyImport_Import(PyObject* name) { return toC(importThrough(name)); }
KR_EXPORT PyObject* PyImport_ImportModule(const char* name) { return toC(withName(name, PyImport_Import)); }
KR_EXPORT PyObject* PyImport_ImportModuleNoBlock(const char* name) { return PyImport_ImportModule(name); }
KR_EXPORT PyObject* PyImport_ImportModuleLevelObject(PyObject* name, PyObject* globals, PyObject*,
                                                     PyObject* from_list, int level) {
  if (!name) return (void)raise(PyExc_ValueError, "Empty module name"), nullptr;
  return toC(modules::importLevel(name, globals ? globals : Py_None, from_list ? from_list : Py_None, level));
}
KR_EXPORT PyObject* PyImport_ImportModuleLevel(const char* name, PyObject* globals, PyObject* locals,
                                               PyObject* from_list, int level) {
  auto text = strFromUtf8(name);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return PyImport_ImportModuleLevelObject(held, globals, locals, from_list, level);
}
KR_EXPORT PyObject* _PyImport_GetModuleAttr(PyObject* module, PyObject* attr) {
  auto imported = importThrough(module);
  if (imported.failed()) return nullptr;
  auto held = std::move(imported).take();
  return toC(attrGet(held.get(), attr));
}
KR_EXPORT PyObject* _PyImport_GetModuleAttrString(const char* module, const char* attr) {
  PyObject* imported = PyImport_ImportModule(module);
  if (!imported) return nullptr;
  auto held = steal(imported);
  return toC(attrGet(held, attr));
}
KR_EXPORT PyObject* PyImport_ReloadModule(PyObject* module) {
  auto reload = importAttr("importlib", "reload");
  if (reload.failed()) return nullptr;
  auto held = std::move(reload).take();
  return toC(call(held.get(), module));
}

KR_EXPORT PyObject* PyImport_ExecCodeModule(const char* name, PyObject* code) {
  return toC(execNamed(name, code, nullptr, nullptr));
}
KR_EXPORT PyObject* PyImport_ExecCodeModuleEx(const char* name, PyObject* code, const char* path) {
  return toC(execNamed(name, code, path, nullptr));
}
KR_EXPORT PyObject* PyImport_ExecCodeModuleWithPathnames(const char* name, PyObject* code, const char* path,
                                                         const char* cached) {
  return toC(execNamed(name, code, path, cached));
}
KR_EXPORT PyObject* PyImport_ExecCodeModuleObject(PyObject* name, PyObject* code, PyObject* path,
                                                  PyObject* cached) {
  return toC(execCode(name, code, path, cached));
}
KR_EXPORT int PyImport_ImportFrozenModuleObject(PyObject* name) { return frozenStatus(importFrozen(name)); }
KR_EXPORT int PyImport_ImportFrozenModule(const char* name) {
  auto text = strFromUtf8(name);
  if (text.failed()) return -1;
  auto held = std::move(text).take();
  return frozenStatus(importFrozen(held));
}
KR_EXPORT PyObject* PyImport_GetImporter(PyObject* path) {
  auto find = importAttr("pkgutil", "get_importer");
  if (find.failed()) return nullptr;
  auto held = std::move(find).take();
  return toC(call(held.get(), path));
}
// Modules that are compiled into the program; before start-up.
KR_EXPORT int PyImport_AppendInittab(const char* name, PyObject* (*init)()) {
  if (interpreter().core_ready) fatalError("PyImport_AppendInittab", "the runtime has started already");
  return toC(modules::appendNativeModule(name, init));
}
