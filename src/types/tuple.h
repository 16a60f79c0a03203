// tuple
#pragma once

#include "core/result.h"

namespace krait {

struct TupleObject : PyVarObject {
  PyObject* ob_item[1];

  Py_ssize_t size() const { return ob_size; }
  PyObject* at(Py_ssize_t i) const { return ob_item[i]; }
  PyObject** items() { return ob_item; }
};

inline bool isTuple(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_TUPLE_SUBCLASS); }
inline bool isExactTuple(const PyObject* o) { return isExact(o, &PyTuple_Type); }

Ref<TupleObject> emptyTuple();
Result<Ref<TupleObject>> tupleNew(Py_ssize_t size);  // items null; tracked: fill before running Python
Result<Ref<TupleObject>> tupleFromItems(PyObject* const* borrowed, Py_ssize_t size);
Result<Ref<TupleObject>> tupleFromOwned(PyObject** owned,
                                        Py_ssize_t size);  // takes over the references (also on failure)
Result<Ref<TupleObject>> tupleSlice(TupleObject* tuple, Py_ssize_t start, Py_ssize_t stop);
Result<Ref<TupleObject>> tupleConcat(TupleObject* a, TupleObject* b);
template <class... T>
Result<Ref<TupleObject>> tupleOf(T*... borrowed) {
  PyObject* items[] = {static_cast<PyObject*>(borrowed)...};
  return tupleFromItems(items, sizeof...(T));
}

}  // namespace krait
