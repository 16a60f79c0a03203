#include <cstring>
#include <cwchar>
#include <string>

#include "capi/getargs.h"
#include "core/buffer.h"
#include "core/memory.h"
#include "core/number.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/complex.h"
#include "types/int.h"
#include "types/str.h"

extern "C" const wchar_t* PyUnicode_AsUnicodeAndSize(PyObject* text, Py_ssize_t* size);

namespace krait {

namespace {

constexpr const char* kPending = "(unspecified)";  // an exception says more
constexpr int kCleanupSupported = 0x20000;

void releaseView(void* item, void*) { bufferRelease(static_cast<Py_buffer*>(item)); }
void freeMemory(void* item, void*) {
  memFree(*static_cast<void**>(item));
  *static_cast<void**>(item) = nullptr;
}
void runConverterCleanup(void* item, void* extra) {
  reinterpret_cast<int (*)(PyObject*, void*)>(extra)(nullptr, item);
}

// The bytes of a read-only exporter whose memory stays when the buffer is given back at once.
const char* borrowBytes(PyObject* object, const void** data, Py_ssize_t* size) {
  PyBufferProcs* buffer = typeOf(object)->tp_as_buffer;
  if (buffer && buffer->bf_releasebuffer) return "read-only bytes-like object";
  Py_buffer view;
  if (bufferGet(object, &view, PyBUF_SIMPLE).failed()) return kPending;
  *data = view.buf;
  *size = view.len;
  bufferRelease(&view);
  return nullptr;
}

// A contiguous view; null: done, else what was expected.
const char* contiguousView(PyObject* object, Py_buffer* view) {
  if (bufferGet(object, view, PyBUF_SIMPLE).failed()) return kPending;
  if (bufferIsContiguous(view, 'C')) return nullptr;
  bufferRelease(view);
  return "contiguous buffer";
}

template <class T>
const char* ranged(PyObject* value, long least, long most, const char* low, const char* high, T* out) {
  auto wide = asLong(value);
  if (wide.failed()) return kPending;
  long number = std::move(wide).take();
  if (number < least || number > most) {
    (void)raise(PyExc_OverflowError, "%s", number < least ? low : high);
    return kPending;
  }
  *out = static_cast<T>(number);
  return nullptr;
}

template <class T>
const char* masked(PyObject* value, T* out) {
  bool failed = false;
  unsigned long bits = asUnsignedLongMask(value, &failed);
  if (failed) return kPending;
  *out = static_cast<T>(bits);
  return nullptr;
}

}  // namespace

ArgConverter::~ArgConverter() {
  if (cleanups_.empty()) return;
  PendingSaved saved;
  for (CleanupRow& row : cleanups_) row.run(row.item, row.extra);
}

const char* ArgConverter::wanted(const char* expected, PyObject* given) {
  if (expected[0] == '(') return expected;
  std::snprintf(message_, sizeof message_, "must be %.50s, not %.50s", expected,
                given == Py_None ? "None" : typeName(given));
  return message_;
}

bool ArgConverter::sizesAllowed() {
  if (ssize_) return true;
  (void)raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
  return false;
}

const char* ArgConverter::integer(char code, PyObject* value) {
  switch (code) {
    case 'b':
      return ranged(value, 0, UINT8_MAX, "unsigned byte integer is less than minimum",
                    "unsigned byte integer is greater than maximum", va_arg(*args_, unsigned char*));
    case 'h':
      return ranged(value, INT16_MIN, INT16_MAX, "signed short integer is less than minimum",
                    "signed short integer is greater than maximum", va_arg(*args_, short*));
    case 'i':
      return ranged(value, INT32_MIN, INT32_MAX, "signed integer is less than minimum",
                    "signed integer is greater than maximum", va_arg(*args_, int*));
    case 'B': return masked(value, va_arg(*args_, unsigned char*));
    case 'H': return masked(value, va_arg(*args_, unsigned short*));
    case 'I': return masked(value, va_arg(*args_, unsigned*));
    case 'k':
    case 'K': {
      auto* out = va_arg(*args_, unsigned long*);
      if (!isInt(value)) return wanted("int", value);
      return masked(value, out);
    }
    case 'n': {
      auto* out = va_arg(*args_, Py_ssize_t*);
      auto index = numberIndex(value);
      if (index.failed()) return kPending;
      auto number = intAsSsize(std::move(index).take().get());
      if (number.failed()) return kPending;
      *out = std::move(number).take();
      return nullptr;
    }
    default: {  // l, L
      auto* out = va_arg(*args_, long*);
      auto number = asLong(value);
      if (number.failed()) return kPending;
      *out = std::move(number).take();
      return nullptr;
    }
  }
}

const char* ArgConverter::character(char code, PyObject* value) {
  if (code == 'C') {
    auto* out = va_arg(*args_, int*);
    if (!isStr(value) || cast<StrObject>(value)->size() != 1) return wanted("a unicode character", value);
    *out = static_cast<int>(cast<StrObject>(value)->at(0));
    return nullptr;
  }
  auto* out = va_arg(*args_, char*);
  if (isBytes(value) && cast<BytesObject>(value)->size() == 1)
    *out = *cast<BytesObject>(value)->data();
  else if (isByteArray(value) && cast<ByteArrayObject>(value)->ob_size == 1)
    *out = *cast<ByteArrayObject>(value)->ob_start;
  else
    return wanted("a byte string of length 1", value);
  return nullptr;
}

// y, y*, y#
const char* ArgConverter::bytesLike(PyObject* value) {
  auto* slot = va_arg(*args_, void*);
  if (take('*')) {
    auto* view = static_cast<Py_buffer*>(slot);
    if (const char* problem = contiguousView(value, view)) return wanted(problem, value);
    cleanups_.append({view, nullptr, releaseView});
    return nullptr;
  }
  const void* data;
  Py_ssize_t size;
  if (const char* problem = borrowBytes(value, &data, &size)) return wanted(problem, value);
  *static_cast<const void**>(slot) = data;
  if (take('#')) {
    if (!sizesAllowed()) return kPending;
    store<Py_ssize_t>(size);
    return nullptr;
  }
  if (std::strlen(static_cast<const char*>(data)) == static_cast<size_t>(size)) return nullptr;
  (void)raise(PyExc_ValueError, "embedded null byte");
  return kPending;
}

// s* and z*
const char* ArgConverter::textView(char code, PyObject* value) {
  auto* view = va_arg(*args_, Py_buffer*);
  if (code == 'z' && value == Py_None) {
    (void)bufferFillInfo(view, nullptr, nullptr, 0, true, 0).failed();
  } else if (isStr(value)) {
    auto utf8 = strUtf8(cast<StrObject>(value));
    if (utf8.failed()) return kPending;
    std::string_view chars = std::move(utf8).take();
    if (bufferFillInfo(view, value, const_cast<char*>(chars.data()), static_cast<Py_ssize_t>(chars.size()),
                       true, 0)
            .failed()) {
      return kPending;
    }
  } else if (const char* problem = contiguousView(value, view)) {
    return wanted(problem, value);
  }
  cleanups_.append({view, nullptr, releaseView});
  return nullptr;
}

// s# and z#
const char* ArgConverter::textSized(char code, PyObject* value) {
  auto** out = va_arg(*args_, const void**);
  auto* size = va_arg(*args_, Py_ssize_t*);
  if (!sizesAllowed()) return kPending;
  if (code == 'z' && value == Py_None) {
    *out = nullptr;
    *size = 0;
    return nullptr;
  }
  if (!isStr(value)) {
    const char* problem = borrowBytes(value, out, size);
    return problem ? wanted(problem, value) : nullptr;
  }
  auto utf8 = strUtf8(cast<StrObject>(value));
  if (utf8.failed()) return kPending;
  std::string_view chars = std::move(utf8).take();
  *out = chars.data();
  *size = static_cast<Py_ssize_t>(chars.size());
  return nullptr;
}

const char* ArgConverter::text(char code, PyObject* value) {
  if (take('*')) return textView(code, value);
  if (take('#')) return textSized(code, value);
  auto** out = va_arg(*args_, const char**);
  if (code == 'z' && value == Py_None) return *out = nullptr;
  if (!isStr(value)) return wanted(code == 'z' ? "str or None" : "str", value);
  auto utf8 = strUtf8(cast<StrObject>(value));
  if (utf8.failed()) return kPending;
  std::string_view chars = std::move(utf8).take();
  *out = chars.data();
  if (std::strlen(chars.data()) == chars.size()) return nullptr;
  (void)raise(PyExc_ValueError, "embedded null character");
  return kPending;
}

// es, et, es#, et#: encoded text in memory of ours or of the caller's.
const char* ArgConverter::encoded(PyObject* value) {
  auto* encoding = va_arg(*args_, const char*);
  bool bytes_pass = *at == 't';
  if (*at != 's' && *at != 't') return "(unknown parser marker combination)";
  at++;
  auto** out = va_arg(*args_, char**);
  if (!out) return "(buffer is NULL)";
  Ref<> data = none();
  if (bytes_pass && (isBytes(value) || isByteArray(value))) {
    auto copy = isBytes(value) ? Result<Ref<BytesObject>>(share(cast<BytesObject>(value)))
                               : bytesFrom({cast<ByteArrayObject>(value)->ob_start,
                                            static_cast<size_t>(cast<ByteArrayObject>(value)->ob_size)});
    if (copy.failed()) return kPending;
    data = std::move(copy).take();
  } else if (isStr(value)) {
    auto made = strEncode(cast<StrObject>(value), encoding, nullptr);
    if (made.failed()) return kPending;
    data = std::move(made).take();
    if (!isBytes(data.get())) return "(encoder failed to return bytes)";
  } else {
    return wanted(bytes_pass ? "str, bytes or bytearray" : "str", value);
  }
  std::string_view bytes = cast<BytesObject>(data.get())->view();
  Py_ssize_t* size = nullptr;
  if (take('#')) {
    if (!sizesAllowed()) return kPending;
    size = va_arg(*args_, Py_ssize_t*);
  } else if (bytes.find('\0') != bytes.npos) {
    return wanted("encoded string without null bytes", value);
  }
  if (!size || !*out) {
    *out = static_cast<char*>(memAlloc(bytes.size() + 1));
    if (!*out) return (void)raiseNoMemory(), kPending;
    cleanups_.append({out, nullptr, freeMemory});
  } else if (static_cast<Py_ssize_t>(bytes.size()) + 1 > *size) {
    (void)raise(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)",
                static_cast<Py_ssize_t>(bytes.size()), *size - 1);
    return kPending;
  }
  std::memcpy(*out, bytes.data(), bytes.size());
  (*out)[bytes.size()] = 0;
  if (size) *size = static_cast<Py_ssize_t>(bytes.size());
  return nullptr;
}

// u, u#, Z, Z#: wide characters that the str object keeps.
const char* ArgConverter::wideText(char code, PyObject* value) {
  auto** out = va_arg(*args_, const wchar_t**);
  bool sized = take('#');
  if (warn(PyExc_DeprecationWarning, 1, "getargs: The '%c' format is deprecated. Use 'U' instead.", code)
          .failed())
    return kPending;
  Py_ssize_t length = 0;
  auto* size = sized ? va_arg(*args_, Py_ssize_t*) : &length;
  if (sized && !sizesAllowed()) return kPending;
  *size = 0;
  if (code == 'Z' && value == Py_None) return *out = nullptr, nullptr;
  if (!isStr(value)) return wanted(code == 'Z' ? "str or None" : "str", value);
  *out = PyUnicode_AsUnicodeAndSize(value, size);
  if (!*out) return kPending;
  if (sized || std::wcslen(*out) == static_cast<size_t>(length)) return nullptr;
  (void)raise(PyExc_ValueError, "embedded null character");
  return kPending;
}

const char* ArgConverter::object(PyObject* value) {
  if (take('!')) {
    auto* type = va_arg(*args_, PyTypeObject*);
    auto** out = va_arg(*args_, PyObject**);
    if (!isInstanceOf(value, type)) return wanted(type->tp_name, value);
    *out = value;
  } else if (take('&')) {
    auto convert = va_arg(*args_, int (*)(PyObject*, void*));
    auto* out = va_arg(*args_, void*);
    int status = convert(value, out);
    if (status == 0) return kPending;
    if (status == kCleanupSupported)
      cleanups_.append({out, reinterpret_cast<void*>(convert), runConverterCleanup});
  } else {
    store<PyObject*>(value);
  }
  return nullptr;
}

const char* ArgConverter::writable(PyObject* value) {
  if (!take('*')) return "(impossible<bad format char>)";
  auto* view = va_arg(*args_, Py_buffer*);
  if (bufferGet(value, view, PyBUF_WRITABLE).failed()) {
    clearPending();
    return wanted("read-write bytes-like object", value);
  }
  if (!bufferIsContiguous(view, 'C')) {
    bufferRelease(view);
    return wanted("contiguous buffer", value);
  }
  cleanups_.append({view, nullptr, releaseView});
  return nullptr;
}

const char* ArgConverter::simple(PyObject* value) {
  char code = *at++;
  switch (code) {
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'i':
    case 'I':
    case 'n':
    case 'l':
    case 'k':
    case 'L':
    case 'K': return integer(code, value);
    case 'f':
    case 'd': {
      auto number = asDouble(value);
      if (number.failed()) return kPending;
      double real = std::move(number).take();
      if (code == 'f')
        store<float>(static_cast<float>(real));
      else
        store<double>(real);
      return nullptr;
    }
    case 'D': {
      auto number = asComplex(value);
      if (number.failed()) return kPending;
      store<ComplexValue>(std::move(number).take());
      return nullptr;
    }
    case 'c':
    case 'C': return character(code, value);
    case 'p': {
      auto truth = objectIsTrue(value);
      if (truth.failed()) return kPending;
      store<int>(std::move(truth).take());
      return nullptr;
    }
    case 'y': return bytesLike(value);
    case 's':
    case 'z': return text(code, value);
    case 'u':
    case 'Z': return wideText(code, value);
    case 'e': return encoded(value);
    case 'S': return isBytes(value) ? (store(value), nullptr) : wanted("bytes", value);
    case 'Y': return isByteArray(value) ? (store(value), nullptr) : wanted("bytearray", value);
    case 'U': return isStr(value) ? (store(value), nullptr) : wanted("str", value);
    case 'O': return object(value);
    case 'w': return writable(value);
    default: return "(impossible<bad format char>)";
  }
}

// A parenthesised group takes a sequence apart. Its items stay alive through the sequence, as the callers
// rely on.
const char* ArgConverter::nested(PyObject* value) {
  const char* start = at;
  Py_ssize_t wanted_count = 0;
  int level = 0;
  for (const char* p = at;; p++) {
    if (*p == '(' && level++ == 0)
      wanted_count++;
    else if (*p == ')') {
      if (level-- == 0) break;
    } else if (*p == ':' || *p == ';' || !*p) {
      break;
    } else if (level == 0 && ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') &&
               !(*p == 's' && p > start && p[-1] == 'e') && !(*p == 't' && p > start && p[-1] == 'e')) {
      wanted_count++;
    }
  }
  if (!isSequence(value) || isBytes(value)) {
    std::snprintf(message_, sizeof message_, "must be %d-item sequence, not %.50s",
                  static_cast<int>(wanted_count), value == Py_None ? "None" : typeName(value));
    levels_[depth_] = 0;
    return message_;
  }
  auto length = sequenceLength(value);
  if (length.failed()) return kPending;
  Py_ssize_t given = std::move(length).take();
  if (given != wanted_count) {
    std::snprintf(message_, sizeof message_, "must be sequence of length %d, not %zd",
                  static_cast<int>(wanted_count), given);
    levels_[depth_] = 0;
    return message_;
  }
  for (Py_ssize_t i = 0; i < given; i++) {
    auto item = sequenceGet(value, i);
    if (item.failed()) {
      clearPending();
      levels_[depth_] = static_cast<int>(i) + 1;
      return "is not retrievable";
    }
    auto held = std::move(item).take();
    int own = depth_;
    levels_[own] = static_cast<int>(i) + 1;
    if (depth_ < 14) depth_++;
    const char* problem = convert(held.get());
    if (problem) return problem;
    depth_ = own;
  }
  if (!take(')')) return "(unmatched paren in format)";
  return nullptr;
}

const char* ArgConverter::convert(PyObject* value) {
  if (take('(')) return nested(value);
  const char* problem = simple(value);
  if (problem) levels_[depth_] = 0;
  return problem;
}

bool ArgConverter::skip() {
  char code = *at++;
  switch (code) {
    case 'e':
      (void)va_arg(*args_, void*);
      if (*at) at++;
      break;
    case '(':
      while (*at && *at != ')') {
        if (!skip()) return false;
      }
      return take(')');
    default: break;
  }
  (void)va_arg(*args_, void*);
  if (take('#'))
    (void)va_arg(*args_, void*);
  else if (take('*'))
    return true;
  else if (code == 'O' && (take('!') || take('&')))
    (void)va_arg(*args_, void*);
  return true;
}

void ArgConverter::fail(int position, const char* problem, const char* function, const char* custom) {
  if (exceptionPending()) return;
  if (custom) return (void)raise(PyExc_TypeError, "%s", custom);
  std::string where;
  if (function) where.append(function, strnlen(function, 200)).append("() ");
  where += "argument";
  if (position) where += " " + std::to_string(position);
  for (int i = 0; position && i < 16 && levels_[i] > 0; i++)
    where += ", item " + std::to_string(levels_[i] - 1);
  (void)raise(problem[0] == '(' ? PyExc_SystemError : PyExc_TypeError, "%s %.256s", where.c_str(), problem);
}

FormatShape readFormat(const char* format) {
  FormatShape shape;
  int level = 0;
  bool optional = false;
  for (const char* p = format; *p; p++) {
    if (*p == ':' && level == 0)
      return shape.function = p + 1, optional ? shape : (shape.least = shape.most, shape);
    if (*p == ';' && level == 0)
      return shape.message = p + 1, optional ? shape : (shape.least = shape.most, shape);
    if (*p == '(' && level++ == 0)
      shape.most++;
    else if (*p == ')')
      level--;
    else if (*p == '|' && level == 0) {
      optional = true;
      shape.least = shape.most;
    } else if (level == 0 && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z'))) {
      if (*p == 'e' && p[1]) p++;
      shape.most++;
    }
  }
  if (!optional) shape.least = shape.most;
  shape.bad = level != 0;
  return shape;
}

}  // namespace krait
