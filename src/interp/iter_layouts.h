// The built-in iterators that FOR_ITER advances itself, in CPython's layout.
#pragma once

#include "types/list.h"

extern "C" PyTypeObject PyListIter_Type, PyTupleIter_Type, PyRangeIter_Type;

namespace krait {

struct ListIterLayout : PyObject {
  Py_ssize_t it_index;
  ListObject* it_seq;  // null: exhausted
};
struct TupleIterLayout : PyObject {
  Py_ssize_t it_index;
  TupleObject* it_seq;
};

}  // namespace krait
