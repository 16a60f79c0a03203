// Allocation of Python objects and the cycle collector.
//
// Objects of a type with Py_TPFLAGS_HAVE_GC carry a 16-byte collector header before the object (and, for
// types with Py_TPFLAGS_MANAGED_DICT, 16 bytes before that). Nobody outside core/gc.cpp and core/memory.cpp
// relies on its form. A new object is untracked; track it when its fields are valid. tp_dealloc untracks
// first.
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
PyObject* objectInit(PyObject* object, PyTypeObject* type);  // PyObject_Init: refcount 1, type set
// For PyObject_GC_New / _NewVar and _PyObject_GC_NewWithExtraData: header prepared, untracked, not zeroed.
PyObject* gcNewWithSize(PyTypeObject* type, size_t bytes);
// Frees memory through type->tp_free; a heap type's reference is dropped by the type's own dealloc (see
// types/type.h).
void objectFreeMemory(PyObject* object);
// tp_free implementations.
void gcFree(void* object);

bool gcIsTracked(const PyObject* object);
void gcTrack(PyObject* object);    // must not be tracked
void gcUntrack(PyObject* object);  // no effect when untracked
bool isGcObject(const PyObject* object);
// Resizes a GC-carrying variable-size object that nobody else refers to and that is untracked
// (PyObject_GC_Resize).
PyObject* gcResize(PyVarObject* object, Py_ssize_t nitems);

// Returns the number of unreachable objects, running the gc.callbacks; 0 while another collection runs. Keeps
// the pending exception of the caller. Errors of finalizers and callbacks are unraisable.
Py_ssize_t gcCollect(int generation);
Py_ssize_t gcCollectAtExit();  // a full collection without callbacks, for interpreter shutdown
void gcReportUncollectable();  // shutdown's ResourceWarning "gc: N uncollectable objects at shutdown"
bool gcFinalized(const PyObject* object);
void gcSetFinalized(PyObject* object);
bool gcEnable();  // returns what it was before
bool gcDisable();
bool gcEnabled();
// Calls visit for every tracked object of all generations until it answers 0.
void gcVisitObjects(int (*visit)(PyObject* object, void* arg), void* arg);

// Runs tp_finalize once for an object whose count reached 0 (PyObject_CallFinalizerFromDealloc).
// Returns false when the object was resurrected: the caller must return at once.
bool finalizeFromDealloc(PyObject* object);

// tp_dealloc of container types: bounds C recursion of destructor chains (the trashcan).
//   void listDealloc(PyObject* self) { gcUntrack(self); DeallocGuard guard(self); if (guard.deferred())
//   return; ... }
// Guards of one object nest (a subclass's dealloc calls its base's): only the outermost one counts and may
// defer.
class DeallocGuard {
 public:
  explicit DeallocGuard(PyObject* object);
  ~DeallocGuard();
  bool deferred() const { return mode_ == Mode::kDeferred; }
  DeallocGuard(const DeallocGuard&) = delete;

 private:
  enum class Mode : uint8_t { kOuter, kNested, kDeferred };
  PyObject* previous_;  // the object whose dealloc is running around this one
  Mode mode_;
};

// In a tp_traverse: `return visitAll(visit, arg, self->a, self->b);` skips nulls, stops at the first
// non-zero.
template <class... T>
int visitAll(visitproc visit, void* arg, T*... fields) {
  int status = 0;
  (void)((!fields || (status = visit(static_cast<PyObject*>(fields), arg)) == 0) && ...);
  return status;
}

}  // namespace krait
