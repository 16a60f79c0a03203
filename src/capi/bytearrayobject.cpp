// Exports of bytearrayobject.h.
#include "capi/capi.h"
#include "core/buffer.h"
#include "core/call.h"
#include "types/bytes.h"

using namespace krait;

namespace {

Result<Ref<ByteArrayObject>> concatenated(PyObject* left, PyObject* right) {
  auto bytes_of = [](PyObject* o) { return Buffer::acquire(o); };
  auto first = bytes_of(left);
  auto second = first.failed() ? bytes_of(left) : bytes_of(right);
  if (first.failed() || second.failed()) {
    clearPending();
    return raise(PyExc_TypeError, "can't concat %.100s to %.100s", typeName(right), typeName(left));
  }
  Buffer a = std::move(first).take(), b = std::move(second).take();
  Ref<ByteArrayObject> joined = TRY(byteArrayNew(""));
  TRY(byteArrayResize(joined, a.size() + b.size()));
  std::copy(a.bytes().begin(), a.bytes().end(), joined->ob_start);
  std::copy(b.bytes().begin(), b.bytes().end(), joined->ob_start + a.size());
  return joined;
}

}  // namespace

KR_EXPORT PyObject* PyByteArray_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0)
    return (void)raise(PyExc_SystemError, "Negative size passed to PyByteArray_FromStringAndSize"), nullptr;
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
KR_EXPORT int PyByteArray_Resize(PyObject* o, Py_ssize_t size) {
  return toC(byteArrayResize(static_cast<ByteArrayObject*>(o), size));
}
KR_EXPORT PyObject* PyByteArray_FromObject(PyObject* object) {
  return toC(call(static_cast<PyObject*>(&PyByteArray_Type), object));
}
KR_EXPORT PyObject* PyByteArray_Concat(PyObject* left, PyObject* right) {
  return toC(concatenated(left, right));
}
