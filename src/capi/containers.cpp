// Exports of listobject.h, tupleobject.h, setobject.h, sliceobject.h, cellobject and the iterators.
#include "capi/capi.h"
#include "core/gc.h"
#include "core/object.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/tuple.h"

using namespace krait;

namespace {
ListObject* listArg(PyObject* o) { return castOrBadCall<ListObject>(o, &PyList_Type); }
TupleObject* tupleArg(PyObject* o) { return castOrBadCall<TupleObject>(o, &PyTuple_Type); }
SetObject* setArg(PyObject* o) {
  if (o && isAnySet(o)) return static_cast<SetObject*>(o);
  (void)raiseBadInternalCall();
  return nullptr;
}
}  // namespace

KR_EXPORT PyObject* PyList_New(Py_ssize_t size) { return size < 0 ? ((void)raiseBadInternalCall(), nullptr) : toC(listNew(size)); }
KR_EXPORT Py_ssize_t PyList_Size(PyObject* o) {
  auto* list = listArg(o);
  return list ? list->size() : -1;
}
KR_EXPORT PyObject* PyList_GetItem(PyObject* o, Py_ssize_t i) {
  auto* list = listArg(o);
  if (!list) return nullptr;
  if (i < 0 || i >= list->size()) return (void)raise(PyExc_IndexError, "list index out of range"), nullptr;
  return list->at(i);
}
KR_EXPORT int PyList_SetItem(PyObject* o, Py_ssize_t i, PyObject* value) {
  auto* list = listArg(o);
  if (!list || i < 0 || i >= list->size()) {
    xdecref(value);
    if (list) (void)raise(PyExc_IndexError, "list assignment index out of range");
    return -1;
  }
  PyObject* old = std::exchange(list->ob_item[i], value);
  xdecref(old);
  return 0;
}
KR_EXPORT int PyList_Insert(PyObject* o, Py_ssize_t i, PyObject* value) {
  auto* list = listArg(o);
  return list ? toC(listInsert(list, i, value)) : -1;
}
KR_EXPORT int PyList_Append(PyObject* o, PyObject* value) {
  auto* list = listArg(o);
  return list ? toC(listAppend(list, value)) : -1;
}
KR_EXPORT PyObject* _PyList_Extend(PyObject* o, PyObject* iterable) {
  if (listExtend(static_cast<ListObject*>(o), iterable).failed()) return nullptr;
  return none().leak();
}
KR_EXPORT PyObject* PyList_GetSlice(PyObject* o, Py_ssize_t a, Py_ssize_t b) {
  auto* list = listArg(o);
  return list ? toC(listSlice(list, a, b)) : nullptr;
}
KR_EXPORT int PyList_SetSlice(PyObject* o, Py_ssize_t a, Py_ssize_t b, PyObject* values) {
  auto* list = listArg(o);
  return list ? toC(listSetSlice(list, a, b, values)) : -1;
}
KR_EXPORT int PyList_Sort(PyObject* o) {
  auto* list = listArg(o);
  return list ? toC(listSort(list, nullptr, false)) : -1;
}
KR_EXPORT int PyList_Reverse(PyObject* o) {
  auto* list = listArg(o);
  return list ? toC(listReverse(list)) : -1;
}
KR_EXPORT PyObject* PyList_AsTuple(PyObject* o) {
  auto* list = listArg(o);
  return list ? toC(listAsTuple(list)) : nullptr;
}

KR_EXPORT PyObject* PyTuple_New(Py_ssize_t size) { return size < 0 ? ((void)raiseBadInternalCall(), nullptr) : toC(tupleNew(size)); }
KR_EXPORT Py_ssize_t PyTuple_Size(PyObject* o) {
  auto* tuple = tupleArg(o);
  return tuple ? tuple->size() : -1;
}
KR_EXPORT PyObject* PyTuple_GetItem(PyObject* o, Py_ssize_t i) {
  auto* tuple = tupleArg(o);
  if (!tuple) return nullptr;
  if (i < 0 || i >= tuple->size()) return (void)raise(PyExc_IndexError, "tuple index out of range"), nullptr;
  return tuple->at(i);
}
KR_EXPORT int PyTuple_SetItem(PyObject* o, Py_ssize_t i, PyObject* value) {
  auto* tuple = o && isTuple(o) && o->ob_refcnt == 1 ? static_cast<TupleObject*>(o) : nullptr;
  if (!tuple || i < 0 || i >= tuple->size()) {
    xdecref(value);
    if (tuple) (void)raise(PyExc_IndexError, "tuple assignment index out of range");
    else (void)raiseBadInternalCall();
    return -1;
  }
  PyObject* old = std::exchange(tuple->ob_item[i], value);
  xdecref(old);
  return 0;
}
KR_EXPORT PyObject* PyTuple_GetSlice(PyObject* o, Py_ssize_t a, Py_ssize_t b) {
  auto* tuple = tupleArg(o);
  return tuple ? toC(tupleSlice(tuple, a, b)) : nullptr;
}
KR_EXPORT PyObject* PyTuple_Pack(Py_ssize_t count, ...) {
  auto made = tupleNew(count);
  if (made.failed()) return nullptr;
  Ref<TupleObject> tuple = std::move(made).take();
  va_list args;
  va_start(args, count);
  for (Py_ssize_t i = 0; i < count; i++) tuple->ob_item[i] = share(va_arg(args, PyObject*)).leak();
  va_end(args);
  return std::move(tuple).leak();
}
// Nobody else may know the tuple.
KR_EXPORT int _PyTuple_Resize(PyObject** slot, Py_ssize_t size) {
  auto* old = static_cast<TupleObject*>(*slot);
  auto made = tupleNew(size);
  if (made.failed()) {
    *slot = nullptr;
    decref(old);
    return -1;
  }
  Ref<TupleObject> fresh = std::move(made).take();
  for (Py_ssize_t i = 0; i < std::min(size, old->size()); i++) fresh->ob_item[i] = std::exchange(old->ob_item[i], nullptr);
  *slot = std::move(fresh).leak();
  decref(old);
  return 0;
}

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
  auto* set = setArg(o);
  return set ? toC(setAdd(set, key)) : -1;
}
KR_EXPORT int PySet_Discard(PyObject* o, PyObject* key) {
  auto* set = setArg(o);
  return set ? toC(setDiscard(set, key)) : -1;
}
KR_EXPORT PyObject* PySet_Pop(PyObject* o) {
  auto* set = setArg(o);
  return set ? toC(setPop(set)) : nullptr;
}
KR_EXPORT int PySet_Clear(PyObject* o) {
  auto* set = setArg(o);
  if (!set) return -1;
  setClear(set);
  return 0;
}
KR_EXPORT int _PySet_Update(PyObject* o, PyObject* iterable) {
  auto* set = setArg(o);
  return set ? toC(setUpdate(set, iterable)) : -1;
}
KR_EXPORT int _PySet_NextEntry(PyObject* o, Py_ssize_t* position, PyObject** key, Py_hash_t* hash) {
  auto* set = setArg(o);
  return set ? setNext(set, position, key, hash) : -1;
}

KR_EXPORT PyObject* PySlice_New(PyObject* start, PyObject* stop, PyObject* step) { return toC(sliceNew(start, stop, step)); }
KR_EXPORT int PySlice_Unpack(PyObject* o, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step) {
  auto unpacked = sliceUnpack(static_cast<SliceObject*>(o));
  if (unpacked.failed()) return -1;
  SliceBounds bounds = std::move(unpacked).take();
  *start = bounds.start, *stop = bounds.stop, *step = bounds.step;
  return 0;
}
KR_EXPORT Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t step) {
  SliceBounds bounds{*start, *stop, step};
  Py_ssize_t count = sliceAdjust(bounds, length);
  *start = bounds.start, *stop = bounds.stop;
  return count;
}
KR_EXPORT int PySlice_GetIndicesEx(PyObject* o, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step, Py_ssize_t* count) {
  if (PySlice_Unpack(o, start, stop, step) < 0) return -1;
  *count = PySlice_AdjustIndices(length, start, stop, *step);
  return 0;
}
// Without conversion of the bounds, and failing for those outside of the length.
KR_EXPORT int PySlice_GetIndices(PyObject* o, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step) {
  auto* slice = static_cast<SliceObject*>(o);
  auto bound = [&](PyObject* value, Py_ssize_t fallback, Py_ssize_t* out) {
    if (value == Py_None) return *out = fallback, true;
    if (!isInt(value)) return false;
    auto number = intAsSsize(static_cast<IntObject*>(value));
    if (number.failed()) return clearPending(), false;
    *out = std::move(number).take();
    return true;
  };
  if (!bound(slice->step, 1, step)) return -1;
  if (!bound(slice->start, *step < 0 ? length - 1 : 0, start)) return -1;
  if (slice->start != Py_None && *start < 0) *start += length;
  if (!bound(slice->stop, *step < 0 ? -1 : length, stop)) return -1;
  if (slice->stop != Py_None && *stop < 0) *stop += length;
  return *stop > length || *start >= length || *step == 0 ? -1 : 0;
}
KR_EXPORT int _PyEval_SliceIndexNotNone(PyObject* value, Py_ssize_t* index) {
  return sliceIndex(value, index).failed() ? 0 : 1;
}
KR_EXPORT int _PyEval_SliceIndex(PyObject* value, Py_ssize_t* index) {
  return value == Py_None ? 1 : _PyEval_SliceIndexNotNone(value, index);
}
KR_EXPORT PyObject* PySeqIter_New(PyObject* sequence) { return toC(seqIterNew(sequence)); }
KR_EXPORT PyObject* PyCallIter_New(PyObject* callable, PyObject* sentinel) { return toC(callIterNew(callable, sentinel)); }
