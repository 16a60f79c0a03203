// Exports of moduleobject.h, and the module functions of modsupport.h.
#include "types/module.h"

#include "capi/capi.h"
#include "core/native.h"
#include "types/str.h"
#include "types/type.h"

using namespace krait;

namespace {

ModuleObject* moduleOrBadCall(PyObject* object) {
  return castOrBadCall<ModuleObject>(object, &PyModule_Type);
}

ModuleObject* moduleOrTypeError(PyObject* object, const char* function) {
  if (object && isModule(object)) return static_cast<ModuleObject*>(object);
  (void)raise(PyExc_TypeError, "%s() first argument must be a module", function);
  return nullptr;
}

Result<Ref<>> textAttribute(ModuleObject* m, StrObject* key, const char* failure) {
  Opt<> found = dictGetStr(m->dict(), key);
  if (found && isStr(found.get())) return share(found.get());
  return raise(PyExc_SystemError, "%s", failure);
}

// The text is borrowed from the module's dict.
const char* borrowedText(PyObject* owned) {
  if (!owned) return nullptr;
  auto held = steal(owned);
  auto utf8 = strUtf8(static_cast<StrObject*>(held.get()));
  return utf8.failed() ? nullptr : std::move(utf8).take().data();
}

}  // namespace

KR_EXPORT PyObject* PyModule_NewObject(PyObject* name) {
  return toC(moduleNew(static_cast<StrObject*>(name)));
}
KR_EXPORT PyObject* PyModule_New(const char* name) {
  auto text = strFromUtf8(name);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return toC(moduleNew(held.get()));
}

KR_EXPORT PyObject* PyModule_GetDict(PyObject* object) {
  ModuleObject* m = moduleOrBadCall(object);
  return m ? m->md_dict : nullptr;
}
KR_EXPORT PyObject* PyModule_GetNameObject(PyObject* object) {
  if (!object || !isModule(object))
    return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), nullptr;
  return toC(textAttribute(static_cast<ModuleObject*>(object), name<"__name__">(), "nameless module"));
}
KR_EXPORT const char* PyModule_GetName(PyObject* object) {
  return borrowedText(PyModule_GetNameObject(object));
}
KR_EXPORT PyObject* PyModule_GetFilenameObject(PyObject* object) {
  if (!object || !isModule(object))
    return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), nullptr;
  return toC(
      textAttribute(static_cast<ModuleObject*>(object), name<"__file__">(), "module filename missing"));
}
KR_EXPORT const char* PyModule_GetFilename(PyObject* object) {
  return borrowedText(PyModule_GetFilenameObject(object));
}
KR_EXPORT PyModuleDef* PyModule_GetDef(PyObject* object) {
  if (object && isModule(object)) return static_cast<ModuleObject*>(object)->md_def;
  (void)raise(PyExc_TypeError, "bad argument type for built-in operation");
  return nullptr;
}
KR_EXPORT void* PyModule_GetState(PyObject* object) {
  if (object && isModule(object)) return static_cast<ModuleObject*>(object)->md_state;
  (void)raise(PyExc_TypeError, "bad argument type for built-in operation");
  return nullptr;
}

KR_EXPORT PyObject* PyModuleDef_Init(PyModuleDef* def) { return moduleDefInit(def); }
KR_EXPORT PyObject* PyModule_Create2(PyModuleDef* def, int) { return toC(moduleCreate(def)); }
KR_EXPORT PyObject* PyModule_FromDefAndSpec2(PyModuleDef* def, PyObject* spec, int) {
  return toC(moduleFromDefAndSpec(def, spec));
}
KR_EXPORT int PyModule_ExecDef(PyObject* module, PyModuleDef* def) { return toC(moduleExec(module, def)); }
KR_EXPORT int PyModule_SetDocString(PyObject* module, const char* doc) {
  auto text = strFromUtf8(doc);
  if (text.failed()) return -1;
  auto held = std::move(text).take();
  return toC(attrSet(module, "__doc__", held.get()));
}

KR_EXPORT int PyModule_AddFunctions(PyObject* module, PyMethodDef* functions) {
  return toC(moduleAddFunctions(module, functions));
}
KR_EXPORT int PyModule_AddObjectRef(PyObject* module, const char* attr, PyObject* value) {
  if (!moduleOrTypeError(module, "PyModule_AddObjectRef")) return -1;
  if (value) return toC(moduleAdd(module, attr, share(value)));
  if (!exceptionPending()) {
    (void)raise(PyExc_SystemError,
                "PyModule_AddObjectRef() must be called with an exception raised if value is NULL");
  }
  return -1;
}
// Takes the reference over, when it succeeds only.
KR_EXPORT int PyModule_AddObject(PyObject* module, const char* attr, PyObject* value) {
  int status = PyModule_AddObjectRef(module, attr, value);
  if (status == 0) decref(value);
  return status;
}
KR_EXPORT int PyModule_AddIntConstant(PyObject* module, const char* attr, long value) {
  return toC(moduleAddInt(module, attr, value));
}
KR_EXPORT int PyModule_AddStringConstant(PyObject* module, const char* attr, const char* value) {
  return toC(moduleAddStr(module, attr, value));
}
KR_EXPORT int PyModule_AddType(PyObject* module, PyTypeObject* type) {
  return toC(moduleAddType(module, type));
}
