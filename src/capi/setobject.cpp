// Exports of setobject.h.
#include "capi/capi.h"
#include "types/set.h"

using namespace krait;

namespace {

SetObject* setArg(PyObject* o) {
  if (o && isAnySet(o)) return static_cast<SetObject*>(o);
  (void)raiseBadInternalCall();
  return nullptr;
}

// For changes: a frozenset is filled while nobody else has it, and no more than that.
SetObject* mutableSetArg(PyObject* o) {
  if (o && isSet(o)) return static_cast<SetObject*>(o);
  (void)raiseBadInternalCall();
  return nullptr;
}

}  // namespace

KR_EXPORT PyObject* PySet_New(PyObject* iterable) { return toC(setNew(iterable)); }
KR_EXPORT PyObject* PyFrozenSet_New(PyObject* iterable) { return toC(frozenSetNew(iterable)); }
KR_EXPORT Py_ssize_t PySet_Size(PyObject* o) {
  auto* set = setArg(o);
  return set ? set->size() : -1;
}
KR_EXPORT int PySet_Contains(PyObject* o, PyObject* key) {
  auto* set = setArg(o);
  return set ? toC(setContains(set, key)) : -1;
}
KR_EXPORT int PySet_Add(PyObject* o, PyObject* key) {
  auto* set = o && isFrozenSet(o) && o->ob_refcnt == 1 ? static_cast<SetObject*>(o) : mutableSetArg(o);
  return set ? toC(setAdd(set, key)) : -1;
}
KR_EXPORT int PySet_Discard(PyObject* o, PyObject* key) {
  auto* set = mutableSetArg(o);
  return set ? toC(setDiscard(set, key)) : -1;
}
KR_EXPORT PyObject* PySet_Pop(PyObject* o) {
  auto* set = mutableSetArg(o);
  return set ? toC(setPop(set)) : nullptr;
}
KR_EXPORT int PySet_Clear(PyObject* o) {
  auto* set = mutableSetArg(o);
  if (!set) return -1;
  setClear(set);
  return 0;
}
KR_EXPORT int _PySet_Update(PyObject* o, PyObject* iterable) {
  auto* set = mutableSetArg(o);
  return set ? toC(setUpdate(set, iterable)) : -1;
}
KR_EXPORT int _PySet_NextEntry(PyObject* o, Py_ssize_t* position, PyObject** key, Py_hash_t* hash) {
  auto* set = setArg(o);
  return set ? setNext(set, position, key, hash) : -1;
}
