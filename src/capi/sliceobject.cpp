// Exports of sliceobject.h, and the slice bounds of ceval.h.
#include "capi/capi.h"
#include "types/int.h"
#include "types/slice.h"

using namespace krait;

KR_EXPORT PyObject* PySlice_New(PyObject* start, PyObject* stop, PyObject* step) {
  return toC(sliceNew(start, stop, step));
}
KR_EXPORT int PySlice_Unpack(PyObject* o, Py_ssize_t* start, Py_ssize_t* stop, Py_ssize_t* step) {
  auto unpacked = sliceUnpack(static_cast<SliceObject*>(o));
  if (unpacked.failed()) return -1;
  SliceBounds bounds = std::move(unpacked).take();
  *start = bounds.start, *stop = bounds.stop, *step = bounds.step;
  return 0;
}
KR_EXPORT Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                           Py_ssize_t step) {
  SliceBounds bounds{*start, *stop, step};
  Py_ssize_t count = sliceAdjust(bounds, length);
  *start = bounds.start, *stop = bounds.stop;
  return count;
}
KR_EXPORT int PySlice_GetIndicesEx(PyObject* o, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                   Py_ssize_t* step, Py_ssize_t* count) {
  if (PySlice_Unpack(o, start, stop, step) < 0) return -1;
  *count = PySlice_AdjustIndices(length, start, stop, *step);
  return 0;
}
// Without conversion of the bounds, and failing for those outside of the length.
KR_EXPORT int PySlice_GetIndices(PyObject* o, Py_ssize_t length, Py_ssize_t* start, Py_ssize_t* stop,
                                 Py_ssize_t* step) {
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
