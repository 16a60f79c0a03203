// slice and index arithmetic
#pragma once

#include "core/result.h"

namespace krait {

struct SliceObject : PyObject {
  PyObject *start, *stop, *step;
};
inline bool isSlice(const PyObject* o) { return isExact(o, &PySlice_Type); }
Result<Ref<SliceObject>> sliceNew(Opt<> start, Opt<> stop, Opt<> step);  // absent: None

struct SliceBounds {
  Py_ssize_t start, stop, step;
};
Result<SliceBounds> sliceUnpack(SliceObject* slice);                 // clipped to Py_ssize_t; step 0: ValueError
Py_ssize_t sliceAdjust(SliceBounds& bounds, Py_ssize_t length);      // makes them concrete; number of items
Result<bool> sliceIndex(PyObject* value, Py_ssize_t* index);         // "slice indices must be integers or None ..."

}  // namespace krait
