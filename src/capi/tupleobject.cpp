// Exports of tupleobject.h.
#include <algorithm>

#include "capi/capi.h"
#include "core/gc.h"
#include "types/tuple.h"

using namespace krait;

namespace {

TupleObject* tupleArg(PyObject* o) { return castOrBadCall<TupleObject>(o, &PyTuple_Type); }

}  // namespace

KR_EXPORT PyObject* PyTuple_New(Py_ssize_t size) {
  return size < 0 ? ((void)raiseBadInternalCall(), nullptr) : toC(tupleNew(size));
}
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
    if (tuple)
      (void)raise(PyExc_IndexError, "tuple assignment index out of range");
    else
      (void)raiseBadInternalCall();
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
  for (Py_ssize_t i = 0; i < std::min(size, old->size()); i++)
    fresh->ob_item[i] = std::exchange(old->ob_item[i], nullptr);
  *slot = std::move(fresh).leak();
  decref(old);
  return 0;
}
