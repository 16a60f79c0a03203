// Exports of bytesobject.h and bytearrayobject.h.
#include "types/bytes.h"

#include <cstring>

#include "capi/capi.h"

using namespace krait;

KR_EXPORT PyObject* PyBytes_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0) return (void)raise(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize"), nullptr;
  return text ? toC(bytesFrom({text, static_cast<size_t>(size)})) : toC(bytesNew(size));
}
KR_EXPORT PyObject* PyBytes_FromString(const char* text) { return toC(bytesFrom(text)); }
KR_EXPORT PyObject* PyBytes_FromObject(PyObject* o) { return toC(bytesFromObject(o)); }
KR_EXPORT Py_ssize_t PyBytes_Size(PyObject* o) {
  if (!isBytes(o)) return (void)raise(PyExc_TypeError, "expected bytes, %.200s found", typeOf(o)->tp_name), -1;
  return static_cast<BytesObject*>(o)->size();
}
KR_EXPORT char* PyBytes_AsString(PyObject* o) {
  if (!isBytes(o)) return (void)raise(PyExc_TypeError, "expected bytes, %.200s found", typeOf(o)->tp_name), nullptr;
  return static_cast<BytesObject*>(o)->data();
}
KR_EXPORT int PyBytes_AsStringAndSize(PyObject* o, char** text, Py_ssize_t* size) {
  if (!text) return (void)raiseBadInternalCall(), -1;
  *text = PyBytes_AsString(o);
  if (!*text) return -1;
  Py_ssize_t length = static_cast<BytesObject*>(o)->size();
  if (size) *size = length;
  else if (std::strlen(*text) != static_cast<size_t>(length)) return (void)raise(PyExc_ValueError, "embedded null byte"), -1;
  return 0;
}
KR_EXPORT int _PyBytes_Resize(PyObject** slot, Py_ssize_t size) {
  PyObject* old = *slot;
  *slot = nullptr;
  if (!isBytes(old) || size < 0) {
    decref(old);
    return (void)raiseBadInternalCall(), -1;
  }
  auto resized = bytesResize(steal(static_cast<BytesObject*>(old)), size);
  if (resized.failed()) return -1;
  *slot = std::move(resized).take().leak();
  return 0;
}
KR_EXPORT void PyBytes_Concat(PyObject** left, PyObject* right) {
  if (!*left) return;
  PyObject* joined = right ? toC(bytesConcat(*left, right)) : nullptr;
  PyObject* old = std::exchange(*left, joined);
  decref(old);
}
KR_EXPORT void PyBytes_ConcatAndDel(PyObject** left, PyObject* right) {
  PyBytes_Concat(left, right);
  xdecref(right);
}
KR_EXPORT PyObject* PyBytes_Repr(PyObject* o, int smart_quotes) { return toC(bytesRepr(static_cast<BytesObject*>(o)->view(), smart_quotes)); }

KR_EXPORT PyObject* PyByteArray_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0) return (void)raise(PyExc_SystemError, "Negative size passed to PyByteArray_FromStringAndSize"), nullptr;
  if (text) return toC(byteArrayNew({text, static_cast<size_t>(size)}));
  auto made = byteArrayNew("");
  if (made.failed()) return nullptr;
  Ref<ByteArrayObject> array = std::move(made).take();
  if (byteArrayResize(array, size).failed()) return nullptr;
  return std::move(array).leak();
}
KR_EXPORT Py_ssize_t PyByteArray_Size(PyObject* o) { return static_cast<PyVarObject*>(o)->ob_size; }
extern "C" char _PyByteArray_empty_string[];
KR_EXPORT char* PyByteArray_AsString(PyObject* o) {
  auto* array = static_cast<ByteArrayObject*>(o);
  return array->ob_size ? array->ob_start : _PyByteArray_empty_string;
}
KR_EXPORT int PyByteArray_Resize(PyObject* o, Py_ssize_t size) { return toC(byteArrayResize(static_cast<ByteArrayObject*>(o), size)); }
