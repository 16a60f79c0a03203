// Exports of listobject.h.
#include "capi/capi.h"
#include "core/object.h"
#include "types/list.h"

using namespace krait;

namespace {

ListObject* listArg(PyObject* o) { return castOrBadCall<ListObject>(o, &PyList_Type); }

}  // namespace

KR_EXPORT PyObject* PyList_New(Py_ssize_t size) {
  return size < 0 ? ((void)raiseBadInternalCall(), nullptr) : toC(listNew(size));
}
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
