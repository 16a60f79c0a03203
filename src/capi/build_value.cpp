// Py_BuildValue: Python values from C values, told by a format.
#include <cstdarg>
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace krait;

namespace {

// Walks the format; `ssize` tells that '#' sizes are Py_ssize_t (they must be).
class Builder {
 public:
  Builder(const char* format, va_list* args, bool ssize) : at_(format), args_(args), ssize_(ssize) {}

  // The whole format: None, one value, or a tuple of several.
  PyObject* whole() {
    Py_ssize_t count = countItems('\0');
    if (count < 0) return nullptr;
    if (count == 0) return none().leak();
    return count == 1 ? one() : tuple('\0', count);
  }
  PyObject* tuple(char end, Py_ssize_t count) {
    auto made = tupleNew(count);
    if (made.failed()) return drain(end, count);
    auto held = std::move(made).take();
    for (Py_ssize_t i = 0; i < count; i++) {
      if (!(held->ob_item[i] = one())) {
        fillRest(held.get(), i, count);
        return nullptr;
      }
    }
    return closes(end) ? std::move(held).leak() : nullptr;
  }
  // Items up to `end` at the current place; -1 with SystemError when the format is unbalanced.
  Py_ssize_t countItems(char end);

 private:
  static bool isBlank(char c) { return c == ',' || c == ':' || c == ' ' || c == '\t'; }
  bool closes(char end) {
    while (isBlank(*at_)) at_++;
    if (*at_ != end) return (void)raise(PyExc_SystemError, "Unmatched paren in format"), false;
    if (end) at_++;
    return true;
  }
  // After a failure the remaining arguments are still read, so that 'N' references are dropped.
  void fillRest(TupleObject* tuple, Py_ssize_t from, Py_ssize_t count) {
    PendingSaved saved;
    for (Py_ssize_t i = from; i < count; i++) {
      PyObject* value = i == from ? nullptr : one();
      if (!value) clearPending();
      tuple->ob_item[i] = value ? value : none().leak();
    }
  }
  PyObject* drain(char, Py_ssize_t count) {
    PendingSaved saved;
    for (Py_ssize_t i = 0; i < count; i++) {
      PyObject* value = one();
      if (!value) clearPending();
      xdecref(value);
    }
    return nullptr;
  }

  PyObject* one();
  PyObject* group(char open);
  PyObject* list(Py_ssize_t count);
  PyObject* dict(Py_ssize_t count);
  PyObject* integer(char code);
  PyObject* text(char code);
  PyObject* object(char code);
  Py_ssize_t sizeSuffix(bool* ok);

  const char* at_;
  va_list* args_;
  bool ssize_;
};

Py_ssize_t Builder::countItems(char end) {
  Py_ssize_t count = 0;
  int level = 0;
  for (const char* p = at_; level > 0 || *p != end; p++) {
    switch (*p) {
      case '\0': return (void)raise(PyExc_SystemError, "unmatched paren in format"), -1;
      case '(':
      case '[':
      case '{':
        if (level++ == 0) count++;
        break;
      case ')':
      case ']':
      case '}': level--; break;
      case '#':
      case '&':
      case ',':
      case ':':
      case ' ':
      case '\t': break;
      default:
        if (level == 0) count++;
    }
  }
  return count;
}

PyObject* Builder::list(Py_ssize_t count) {
  auto made = listNew();
  if (made.failed()) return drain(']', count);
  auto held = std::move(made).take();
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject* value = one();
    if (!value) return drain(']', count - i - 1);
    if (listAppend(held.get(), steal(value)).failed()) return nullptr;
  }
  return closes(']') ? std::move(held).leak() : nullptr;
}

PyObject* Builder::dict(Py_ssize_t count) {
  if (count % 2) return (void)raise(PyExc_SystemError, "Bad dict format"), nullptr;
  auto made = dictNew();
  if (made.failed()) return drain('}', count);
  auto held = std::move(made).take();
  for (Py_ssize_t i = 0; i < count; i += 2) {
    auto key = MaybeRef<>::steal(one());
    auto value = MaybeRef<>::steal(key ? one() : nullptr);
    if (!key || !value || dictSet(held.get(), key.get(), value.get()).failed()) return drain('}', count - i - 2);
  }
  return closes('}') ? std::move(held).leak() : nullptr;
}

PyObject* Builder::group(char open) {
  char end = open == '(' ? ')' : open == '[' ? ']' : '}';
  Py_ssize_t count = countItems(end);
  if (count < 0) return nullptr;
  return open == '(' ? tuple(end, count) : open == '[' ? list(count) : dict(count);
}

PyObject* Builder::integer(char code) {
  switch (code) {
    case 'b':
    case 'B':
    case 'h':
    case 'i': return toC(intFromLong(va_arg(*args_, int)));
    case 'H': return toC(intFromLong(static_cast<unsigned short>(va_arg(*args_, int))));
    case 'I': return toC(intFromUnsignedLong(va_arg(*args_, unsigned)));
    case 'k':
    case 'K': return toC(intFromUnsignedLong(va_arg(*args_, unsigned long)));
    default: return toC(intFromLong(va_arg(*args_, long)));  // n, l, L
  }
}

// The size behind '#'; -1 without one.
Py_ssize_t Builder::sizeSuffix(bool* ok) {
  *ok = true;
  if (*at_ != '#') return -1;
  at_++;
  if (ssize_) return va_arg(*args_, Py_ssize_t);
  *ok = false;
  (void)raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
  return -1;
}

PyObject* Builder::text(char code) {
  auto* pointer = va_arg(*args_, const void*);
  bool ok;
  Py_ssize_t size = sizeSuffix(&ok);
  if (!ok) return nullptr;
  if (!pointer) return none().leak();
  if (code == 'u') return toC(strFromWide(static_cast<const wchar_t*>(pointer), size));
  auto* chars = static_cast<const char*>(pointer);
  std::string_view view(chars, size < 0 ? std::strlen(chars) : static_cast<size_t>(size));
  return code == 'y' ? toC(bytesFrom(view)) : toC(strFromUtf8(view));
}

PyObject* Builder::object(char code) {
  if (*at_ == '&') {
    at_++;
    auto convert = va_arg(*args_, PyObject* (*)(void*));
    return convert(va_arg(*args_, void*));
  }
  PyObject* value = va_arg(*args_, PyObject*);
  if (value) return code == 'N' ? value : share(value).leak();
  if (!exceptionPending()) (void)raise(PyExc_SystemError, "NULL object passed to Py_BuildValue");
  return nullptr;
}

PyObject* Builder::one() {
  while (isBlank(*at_)) at_++;
  char code = *at_++;
  switch (code) {
    case '(':
    case '[':
    case '{': return group(code);
    case 'b':
    case 'B':
    case 'h':
    case 'i':
    case 'H':
    case 'I':
    case 'n':
    case 'l':
    case 'k':
    case 'L':
    case 'K': return integer(code);
    case 'd':
    case 'f': return toC(floatNew(va_arg(*args_, double)));
    case 'D': {
      auto* value = va_arg(*args_, ComplexValue*);
      return toC(complexNew(value->real, value->imag));
    }
    case 'c': {
      char byte = static_cast<char>(va_arg(*args_, int));
      return toC(bytesFrom({&byte, 1}));
    }
    case 'C': return toC(strFromChar(static_cast<Py_UCS4>(va_arg(*args_, int))));
    case 'u':
    case 's':
    case 'z':
    case 'U':
    case 'y': return text(code);
    case 'O':
    case 'S':
    case 'N': return object(code);
    default: return (void)raise(PyExc_SystemError, "bad format char passed to Py_BuildValue"), nullptr;
  }
}

PyObject* buildValue(const char* format, va_list args, bool ssize) {
  va_list copy;
  va_copy(copy, args);
  PyObject* built = Builder(format, &copy, ssize).whole();
  va_end(copy);
  return built;
}

}  // namespace

KR_EXPORT PyObject* Py_VaBuildValue(const char* format, va_list args) { return buildValue(format, args, false); }
KR_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list args) { return buildValue(format, args, true); }
KR_EXPORT PyObject* Py_BuildValue(const char* format, ...) {
  va_list args;
  va_start(args, format);
  PyObject* built = buildValue(format, args, false);
  va_end(args);
  return built;
}
KR_EXPORT PyObject* _Py_BuildValue_SizeT(const char* format, ...) {
  va_list args;
  va_start(args, format);
  PyObject* built = buildValue(format, args, true);
  va_end(args);
  return built;
}
