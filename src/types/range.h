// range, and its iterator over machine integers.
#pragma once

#include "core/result.h"

namespace krait {

struct RangeObject : PyObject {
  PyObject *start, *stop, *step, *length;  // exact ints
};
static_assert(sizeof(RangeObject) == 48);

// Item i is start + i * step; all items fit a long.
struct RangeIterObject : PyObject {
  long index, start, step, length;
};
static_assert(sizeof(RangeIterObject) == 48);

Result<Ref<RangeObject>> rangeNew(PyObject* start, PyObject* stop, PyObject* step);  // ints; step not 0

}  // namespace krait

extern "C" {
extern PyTypeObject PyRangeIter_Type, PyLongRangeIter_Type;
}
