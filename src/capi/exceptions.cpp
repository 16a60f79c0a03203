// Exports of pyerrors.h that concern the attributes of UnicodeDecodeError, UnicodeEncodeError and
// UnicodeTranslateError.
#include "types/exceptions.h"

#include "capi/capi.h"
#include "core/call.h"
#include "types/bytes.h"
#include "types/int.h"

using namespace krait;

namespace {

// The length of the text or bytes that the error is about; TypeError when the attribute is something else.
Result<Py_ssize_t> subjectSize(UnicodeErrorObject* error, PyTypeObject* kind) {
  PyObject* object = error->object;
  if (!object) return raise(PyExc_TypeError, "object attribute not set");
  if (kind == &PyBytes_Type) {
    if (!isBytes(object)) return raise(PyExc_TypeError, "object attribute must be bytes");
    return static_cast<BytesObject*>(object)->size();
  }
  if (!isStr(object)) return raise(PyExc_TypeError, "object attribute must be unicode");
  return static_cast<StrObject*>(object)->size();
}

UnicodeErrorObject* errorArg(PyObject* error) { return static_cast<UnicodeErrorObject*>(error); }

PyObject* textField(PyObject* value, const char* attr) {
  if (value && isStr(value)) return share(value).leak();
  (void)raise(PyExc_TypeError, value ? "%s attribute must be unicode" : "%s attribute not set", attr);
  return nullptr;
}

PyObject* subject(PyObject* error, PyTypeObject* kind) {
  if (subjectSize(errorArg(error), kind).failed()) return nullptr;
  return share(errorArg(error)->object).leak();
}

// Inside the subject, whatever somebody stored.
int clippedStart(PyObject* error, PyTypeObject* kind, Py_ssize_t* out) {
  auto size = subjectSize(errorArg(error), kind);
  if (size.failed()) return -1;
  Py_ssize_t last = std::move(size).take() - 1;
  *out = std::max<Py_ssize_t>(std::min(errorArg(error)->start, last), 0);
  return 0;
}

int clippedEnd(PyObject* error, PyTypeObject* kind, Py_ssize_t* out) {
  auto size = subjectSize(errorArg(error), kind);
  if (size.failed()) return -1;
  Py_ssize_t end = std::max<Py_ssize_t>(errorArg(error)->end, 1);
  *out = std::min(end, std::move(size).take());
  return 0;
}

int setReason(PyObject* error, const char* reason) {
  auto text = strFromUtf8(reason);
  if (text.failed()) return -1;
  PyObject* old = std::exchange(errorArg(error)->reason, std::move(text).take().leak());
  xdecref(old);
  return 0;
}

Result<Ref<>> decodeError(const char* encoding, std::string_view bytes, Py_ssize_t start, Py_ssize_t end,
                          const char* reason) {
  Ref<StrObject> name_text = TRY(strFromUtf8(encoding));
  Ref<BytesObject> object = TRY(bytesFrom(bytes));
  Ref<IntObject> first = TRY(intFromLong(start)), last = TRY(intFromLong(end));
  Ref<StrObject> text = TRY(strFromUtf8(reason));
  return call(PyExc_UnicodeDecodeError, name_text.get(), object.get(), first.get(), last.get(), text.get());
}

Result<Ref<>> translateError(PyObject* object, Py_ssize_t start, Py_ssize_t end, const char* reason) {
  Ref<IntObject> first = TRY(intFromLong(start)), last = TRY(intFromLong(end));
  Ref<StrObject> text = TRY(strFromUtf8(reason));
  return call(PyExc_UnicodeTranslateError, object, first.get(), last.get(), text.get());
}

}  // namespace

#define KR_UNICODE_ERROR(prefix, kind)                                                                      \
  KR_EXPORT PyObject* prefix##_GetObject(PyObject* error) { return subject(error, &kind); }                 \
  KR_EXPORT int prefix##_GetStart(PyObject* error, Py_ssize_t* out) {                                       \
    return clippedStart(error, &kind, out);                                                                 \
  }                                                                                                         \
  KR_EXPORT int prefix##_GetEnd(PyObject* error, Py_ssize_t* out) { return clippedEnd(error, &kind, out); } \
  KR_EXPORT int prefix##_SetStart(PyObject* error, Py_ssize_t value) {                                      \
    errorArg(error)->start = value;                                                                         \
    return 0;                                                                                               \
  }                                                                                                         \
  KR_EXPORT int prefix##_SetEnd(PyObject* error, Py_ssize_t value) {                                        \
    errorArg(error)->end = value;                                                                           \
    return 0;                                                                                               \
  }                                                                                                         \
  KR_EXPORT PyObject* prefix##_GetReason(PyObject* error) {                                                 \
    return textField(errorArg(error)->reason, "reason");                                                    \
  }                                                                                                         \
  KR_EXPORT int prefix##_SetReason(PyObject* error, const char* reason) { return setReason(error, reason); }
KR_UNICODE_ERROR(PyUnicodeDecodeError, PyBytes_Type)
KR_UNICODE_ERROR(PyUnicodeEncodeError, PyUnicode_Type)
KR_UNICODE_ERROR(PyUnicodeTranslateError, PyUnicode_Type)
#undef KR_UNICODE_ERROR

KR_EXPORT PyObject* PyUnicodeDecodeError_GetEncoding(PyObject* error) {
  return textField(errorArg(error)->encoding, "encoding");
}
KR_EXPORT PyObject* PyUnicodeEncodeError_GetEncoding(PyObject* error) {
  return textField(errorArg(error)->encoding, "encoding");
}
KR_EXPORT PyObject* PyUnicodeDecodeError_Create(const char* encoding, const char* bytes, Py_ssize_t size,
                                                Py_ssize_t start, Py_ssize_t end, const char* reason) {
  return toC(decodeError(encoding, {bytes, static_cast<size_t>(size)}, start, end, reason));
}
KR_EXPORT PyObject* _PyUnicodeTranslateError_Create(PyObject* object, Py_ssize_t start, Py_ssize_t end,
                                                    const char* reason) {
  return toC(translateError(object, start, end, reason));
}
