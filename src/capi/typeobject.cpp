// Exports of object.h that concern types.
#include "capi/capi.h"
#include "core/gc.h"
#include "types/bare_type_name.h"
#include "types/descr_wrapper.h"
#include "types/module.h"
#include "types/type.h"

using namespace krait;

namespace {

// The module of a heap type, or null with TypeError.
PyObject* moduleOfType(PyTypeObject* type, const char* function) {
  if (!hasFlag(type, Py_TPFLAGS_HEAPTYPE)) {
    (void)raise(PyExc_TypeError, "%s: Type '%s' is not a heap type", function, type->tp_name);
    return nullptr;
  }
  PyObject* module = heapType(type)->ht_module;
  if (!module)
    (void)raise(PyExc_TypeError, "%s: Type '%s' has no associated module", function, type->tp_name);
  return module;
}

}  // namespace

KR_EXPORT int PyType_Ready(PyTypeObject* type) { return toC(typeReady(type)); }
KR_EXPORT int PyType_IsSubtype(PyTypeObject* type, PyTypeObject* base) { return typeIsSubtype(type, base); }
KR_EXPORT void PyType_Modified(PyTypeObject* type) { typeModified(type); }
KR_EXPORT unsigned int PyType_ClearCache() {
  typeCacheClear();
  return 0;
}
KR_EXPORT unsigned long PyType_GetFlags(PyTypeObject* type) { return type->tp_flags; }
KR_EXPORT void* PyType_GetSlot(PyTypeObject* type, int slot) { return typeGetSlot(type, slot); }
KR_EXPORT PyObject* PyType_GetName(PyTypeObject* type) { return toC(typeNameOf(type)); }
KR_EXPORT PyObject* PyType_GetQualName(PyTypeObject* type) { return toC(typeQualname(type)); }

KR_EXPORT PyObject* PyType_GenericAlloc(PyTypeObject* type, Py_ssize_t nitems) {
  return genericAlloc(type, nitems);
}
KR_EXPORT PyObject* PyType_GenericNew(PyTypeObject* type, PyObject*, PyObject*) {
  return type->tp_alloc(type, 0);
}

KR_EXPORT PyObject* PyType_FromModuleAndSpec(PyObject* module, PyType_Spec* spec, PyObject* bases) {
  return toC(typeFromSpec(spec, bases, module));
}
KR_EXPORT PyObject* PyType_FromSpecWithBases(PyType_Spec* spec, PyObject* bases) {
  return toC(typeFromSpec(spec, bases, nullptr));
}
KR_EXPORT PyObject* PyType_FromSpec(PyType_Spec* spec) { return toC(typeFromSpec(spec, nullptr, nullptr)); }

KR_EXPORT PyObject* PyType_GetModule(PyTypeObject* type) { return moduleOfType(type, "PyType_GetModule"); }
KR_EXPORT void* PyType_GetModuleState(PyTypeObject* type) {
  PyObject* module = moduleOfType(type, "PyType_GetModule");
  return module ? moduleState<void>(module) : nullptr;
}

KR_EXPORT PyObject* PyType_GetModuleByDef(PyTypeObject* type, PyModuleDef* def) {
  auto* mro = static_cast<TupleObject*>(type->tp_mro);
  for (Py_ssize_t i = 0; mro && i < mro->size(); i++) {
    auto* base = static_cast<PyTypeObject*>(mro->at(i));
    if (!hasFlag(base, Py_TPFLAGS_HEAPTYPE)) continue;
    PyObject* module = heapType(base)->ht_module;
    if (module && isModule(module) && static_cast<ModuleObject*>(module)->md_def == def) return module;
  }
  (void)raise(PyExc_TypeError, "PyType_GetModuleByDef: No superclass of '%s' has the given module",
              type->tp_name);
  return nullptr;
}

KR_EXPORT PyObject* _PyType_Lookup(PyTypeObject* type, PyObject* attr) {
  return typeLookup(type, static_cast<StrObject*>(attr)).get();
}

KR_EXPORT const char* _PyType_Name(PyTypeObject* type) { return bareTypeName(type); }

KR_EXPORT PyTypeObject* _PyType_CalculateMetaclass(PyTypeObject* metatype, PyObject* bases) {
  auto best = bestMetatype(metatype, static_cast<TupleObject*>(bases));
  return best.failed() ? nullptr : std::move(best).take();
}

KR_EXPORT PyObject* _PyObject_NextNotImplemented(PyObject* self) { return nextNotImplemented(self); }
