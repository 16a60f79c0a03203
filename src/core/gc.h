// Allocation of Python objects and the cycle collector.
//
// Objects of a type with Py_TPFLAGS_HAVE_GC carry a 16-byte collector header before the object (and, for types with
// Py_TPFLAGS_MANAGED_DICT, 16 bytes before that). Nobody outside core/gc.cpp and core/memory.cpp relies on its form.
// A new object is untracked; track it when its fields are valid. tp_dealloc untracks first.
#pragma once

#include "core/memory.h"

namespace krait {

// New uninitialised objects: refcount 1, type set (heap types are increfed), GC header prepared, untracked.
// For exact built-in types. `extra` is the number of bytes behind sizeof(T) (variable-size objects).
Result<Ref<>> objectNewRaw(PyTypeObject* type, size_t bytes);
template <class T>
Result<Ref<T>> objectNew(PyTypeObject* type, size_t extra = 0) {
  Ref<> object = TRY(objectNewRaw(type, sizeof(T) + extra));
  return std::move(object).template as<T>();
}

// tp_alloc of every type (PyType_GenericAlloc): zeroed, ob_size = nitems, tracked when the type is collected.
PyObject* genericAlloc(PyTypeObject* type, Py_ssize_t nitems);
// Through type->tp_alloc: honours subclasses.
template <class T>
Result<Ref<T>> typeAlloc(PyTypeObject* type, Py_ssize_t nitems = 0) {
  return Result<Ref<T>>::fromC(static_cast<T*>(type->tp_alloc(type, nitems)));
}
// Frees memory through type->tp_free; a heap type's reference is dropped by the type's own dealloc (see types/type.h).
void objectFreeMemory(PyObject* object);
// tp_free implementations.
void gcFree(void* object);

bool gcIsTracked(const PyObject* object);
void gcTrack(PyObject* object);     // must not be tracked
void gcUntrack(PyObject* object);   // no effect when untracked
bool isGcObject(const PyObject* object);
// Resizes a GC-carrying variable-size object that nobody else refers to and that is untracked (PyObject_GC_Resize).
PyObject* gcResize(PyVarObject* object, Py_ssize_t nitems);

Py_ssize_t gcCollect(int generation);  // returns the number of unreachable objects
bool gcFinalized(const PyObject* object);

// Runs tp_finalize once for an object whose count reached 0 (PyObject_CallFinalizerFromDealloc).
// Returns false when the object was resurrected: the caller must return at once.
bool finalizeFromDealloc(PyObject* object);

// tp_dealloc of container types: bounds C recursion of destructor chains (the trashcan).
//   void listDealloc(PyObject* self) { gcUntrack(self); DeallocGuard guard(self); if (guard.deferred()) return; ... }
class DeallocGuard {
 public:
  explicit DeallocGuard(PyObject* object);
  ~DeallocGuard();
  bool deferred() const { return deferred_; }
  DeallocGuard(const DeallocGuard&) = delete;

 private:
  bool deferred_;
};

// In a tp_traverse: `return visitAll(visit, arg, self->a, self->b);` skips nulls, stops at the first non-zero.
template <class... T>
int visitAll(visitproc visit, void* arg, T*... fields) {
  int status = 0;
  (void)((!fields || (status = visit(static_cast<PyObject*>(fields), arg)) == 0) && ...);
  return status;
}

}  // namespace krait
