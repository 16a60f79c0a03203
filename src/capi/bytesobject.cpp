// Exports of bytesobject.h.
#include "types/bytes.h"

#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "capi/capi.h"
#include "core/call.h"
#include "types/byte_builder.h"
#include "types/codecs.h"

using namespace krait;

namespace {

// One conversion of PyBytes_FromFormat: flags and sizes of printf's numbers, %c, %s with a precision, %p.
class BytesFormat {
 public:
  BytesFormat(const char* format, va_list values) : at_(format) { va_copy(values_, values); }
  ~BytesFormat() { va_end(values_); }
  BytesFormat(const BytesFormat&) = delete;

  Result<Ref<BytesObject>> run();

 private:
  Status conversion();
  void number(char unit, int longs, bool is_size);
  void text(int precision);
  void pointer();
  template <class... T>
  void print(const char* format, T... value);

  const char* at_;
  ByteBuilder out_;
  va_list values_;
};

template <class... T>
void BytesFormat::print(const char* format, T... value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value...);
  out_.append(std::string_view(buffer));
}

void BytesFormat::number(char unit, int longs, bool is_size) {
  if (unit == 'x') return print("%x", va_arg(values_, int));
  bool is_long = longs > 0 || is_size;
  if (unit == 'u')
    return is_long ? print("%lu", va_arg(values_, unsigned long)) : print("%u", va_arg(values_, unsigned));
  is_long ? print("%ld", va_arg(values_, long)) : print("%d", va_arg(values_, int));
}

void BytesFormat::text(int precision) {
  auto* chars = va_arg(values_, const char*);
  size_t size = precision < 0 ? std::strlen(chars) : strnlen(chars, static_cast<size_t>(precision));
  out_.append(std::string_view(chars, size));
}

void BytesFormat::pointer() {
  auto* value = va_arg(values_, void*);
  print(value ? "%p" : "0x(nil)", value);
}

// A letter that is no conversion: the rest of the format is copied as it stands.
Status BytesFormat::conversion() {
  const char* begin = at_++;
  while (*at_ >= '0' && *at_ <= '9') at_++;
  int precision = -1;
  if (*at_ == '.') {
    precision = 0;
    for (at_++; *at_ >= '0' && *at_ <= '9'; at_++)
      precision = std::min(precision * 10 + (*at_ - '0'), INT_MAX / 16);
  }
  while (*at_ && *at_ != '%' && !((*at_ | 0x20) >= 'a' && (*at_ | 0x20) <= 'z')) at_++;
  int longs = 0;
  bool is_size = *at_ == 'z';
  if (is_size) at_++;
  while (*at_ == 'l') longs++, at_++;
  switch (char unit = *at_) {
    case 'd':
    case 'i':
    case 'u':
    case 'x': number(unit, longs, is_size); break;
    case 's': text(precision); break;
    case 'p': pointer(); break;
    case '%': out_.append('%'); break;
    case 'c': {
      int byte = va_arg(values_, int);
      if (byte < 0 || byte > 255) {
        return raise(PyExc_OverflowError,
                     "PyBytes_FromFormatV(): %%c format expects an integer in range [0; 255]");
      }
      out_.append(static_cast<char>(byte));
      break;
    }
    default:
      out_.append(std::string_view(begin));
      at_ = begin + std::strlen(begin);
      return {};
  }
  at_++;
  return {};
}

Result<Ref<BytesObject>> BytesFormat::run() {
  while (*at_) {
    if (*at_ == '%')
      TRY(conversion());
    else
      out_.append(*at_++);
  }
  return out_.finish();
}

Result<Ref<BytesObject>> bytesFormat(const char* format, va_list values) {
  return BytesFormat(format, values).run();
}

}  // namespace

KR_EXPORT PyObject* PyBytes_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0)
    return (void)raise(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize"), nullptr;
  return text ? toC(bytesFrom({text, static_cast<size_t>(size)})) : toC(bytesNew(size));
}
KR_EXPORT PyObject* PyBytes_FromString(const char* text) { return toC(bytesFrom(text)); }
KR_EXPORT PyObject* PyBytes_FromObject(PyObject* o) { return toC(bytesFromObject(o)); }
KR_EXPORT Py_ssize_t PyBytes_Size(PyObject* o) {
  if (!isBytes(o))
    return (void)raise(PyExc_TypeError, "expected bytes, %.200s found", typeOf(o)->tp_name), -1;
  return static_cast<BytesObject*>(o)->size();
}
KR_EXPORT char* PyBytes_AsString(PyObject* o) {
  if (!isBytes(o))
    return (void)raise(PyExc_TypeError, "expected bytes, %.200s found", typeOf(o)->tp_name), nullptr;
  return static_cast<BytesObject*>(o)->data();
}
KR_EXPORT int PyBytes_AsStringAndSize(PyObject* o, char** text, Py_ssize_t* size) {
  if (!text) return (void)raiseBadInternalCall(), -1;
  *text = PyBytes_AsString(o);
  if (!*text) return -1;
  Py_ssize_t length = static_cast<BytesObject*>(o)->size();
  if (size)
    *size = length;
  else if (std::strlen(*text) != static_cast<size_t>(length))
    return (void)raise(PyExc_ValueError, "embedded null byte"), -1;
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
KR_EXPORT PyObject* PyBytes_Repr(PyObject* o, int smart_quotes) {
  return toC(bytesRepr(static_cast<BytesObject*>(o)->view(), smart_quotes));
}
KR_EXPORT PyObject* PyBytes_DecodeEscape(const char* text, Py_ssize_t size, const char* errors, Py_ssize_t,
                                         const char*) {
  return toC(decodeBytesEscape({text, static_cast<size_t>(size)}, errors));
}
KR_EXPORT PyObject* _PyBytes_DecodeEscape(const char* text, Py_ssize_t size, const char* errors,
                                          const char** invalid) {
  std::string_view view(text, static_cast<size_t>(size));
  Py_ssize_t at = -1;
  auto decoded = decodeBytesEscape(view, errors, &at);
  if (invalid) *invalid = at < 0 ? nullptr : text + at;
  return toC(std::move(decoded));
}
KR_EXPORT PyObject* _PyBytes_Join(PyObject* separator, PyObject* iterable) {
  return toC(callMethod(separator, name<"join">(), iterable));
}
KR_EXPORT PyObject* PyBytes_FromFormatV(const char* format, va_list args) {
  return toC(bytesFormat(format, args));
}
KR_EXPORT PyObject* PyBytes_FromFormat(const char* format, ...) {
  va_list args;
  va_start(args, format);
  PyObject* made = PyBytes_FromFormatV(format, args);
  va_end(args);
  return made;
}
