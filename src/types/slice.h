// slice and index arithmetic
#pragma once

#include "core/native.h"

namespace krait {

struct SliceObject : PyObject {
  PyObject *start, *stop, *step;
};
inline bool isSlice(const PyObject* o) { return isExact(o, &PySlice_Type); }
Result<Ref<SliceObject>> sliceNew(Opt<> start, Opt<> stop, Opt<> step);  // absent: None

struct SliceBounds {
  Py_ssize_t start, stop, step;
};
Result<SliceBounds> sliceUnpack(SliceObject* slice);             // clipped to Py_ssize_t; step 0: ValueError
Py_ssize_t sliceAdjust(SliceBounds& bounds, Py_ssize_t length);  // makes them concrete; number of items
Result<bool> sliceIndex(PyObject* value, Py_ssize_t* index);  // "slice indices must be integers or None ..."
                                                              // false: None, *index stays as it was
Result<Py_ssize_t> sliceIndexNotNone(PyObject* value);

// Concrete bounds for a length that may exceed Py_ssize_t; all exact ints.
struct LongBounds {
  Ref<> start, stop, step;
};
Result<LongBounds> sliceLongIndices(SliceObject* slice, PyObject* length);

// A parameter that takes what a slice bound takes, None excepted (start and stop of index()).
struct SliceIndex {
  Py_ssize_t value;
  // The position meant in a sequence of that length: negative ones count from the end, never below 0.
  Py_ssize_t from(Py_ssize_t length) const {
    return value >= 0 ? value : value + length < 0 ? 0 : value + length;
  }
};
template <>
struct ArgFrom<SliceIndex> {
  static Result<SliceIndex> from(PyObject* o, const ArgContext&) {
    return SliceIndex{TRY(sliceIndexNotNone(o))};
  }
  template <Text D>
  static SliceIndex fallback() {
    return {parseDefaultInteger(D.view())};
  }
};

}  // namespace krait
