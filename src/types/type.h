// type: readying static types, making heap types, the MRO, slots, the method cache and version tags.
#pragma once

#include "core/object.h"
#include "types/dict.h"
#include "types/tuple.h"

namespace krait {

inline bool isType(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_TYPE_SUBCLASS); }

Status typeReady(PyTypeObject* type);  // PyType_Ready; no effect when done
// A heap type from a PyType_Spec (PyType_FromModuleAndSpec).
Result<Ref<PyTypeObject>> typeFromSpec(PyType_Spec* spec, Opt<> bases, Opt<> module);
void* typeGetSlot(PyTypeObject* type, int slot_id);  // PyType_GetSlot
// type(...): an instance, or the class of the one argument.
Result<Ref<>> typeCall(PyTypeObject* metatype, PyObject* args, PyObject* kwargs);
// Calling the class only allocates and runs a Python __init__ (no own __new__, not abstract): callers may
// inline it.
bool classNeedsOnlyInit(PyTypeObject* type);
// T.name of a type whose metaclass does not override __getattribute__; absent instead of AttributeError.
Result<MaybeRef<>> typeLookupAttr(PyTypeObject* type, PyObject* name);
void typeCacheClear();                  // sys._clear_type_cache
void typeModified(PyTypeObject* type);  // after any change of its dict or slots: new version, subclasses too
bool typeAssignVersion(PyTypeObject* type);             // true: tp_version_tag is valid now
Result<Ref<StrObject>> typeNameOf(PyTypeObject* type);  // __name__
Result<Ref<StrObject>> typeQualname(PyTypeObject* type);
Result<Ref<>> typeModule(PyTypeObject* type);             // __module__
Result<Ref<StrObject>> typeFullName(PyTypeObject* type);  // module.qualname, "builtins." left out
Result<PyTypeObject*> bestMetatype(PyTypeObject* metatype, TupleObject* bases);
Opt<> typeLookupId(PyTypeObject* type, StrObject* name);  // == typeLookup

struct HeapType : PyHeapTypeObject {};
inline HeapType* heapType(PyTypeObject* type) {
  return static_cast<HeapType*>(static_cast<PyHeapTypeObject*>(type));
}

// tp_new/tp_init of object, reusable.
PyObject* objectNewSlot(PyTypeObject* type, PyObject* args, PyObject* kwargs);
// For tp_dealloc of heap types' instances made from a spec: frees memory and drops the type.
void heapInstanceFree(PyObject* object);

}  // namespace krait
