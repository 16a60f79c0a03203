// Py_BuildValue, and calls whose arguments are described by such a format.
#include <climits>
#include <cstdarg>
#include <cstring>

#include "capi/capi.h"
#include "core/call.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

using namespace krait;

struct _Py_Identifier;

namespace {

// Walks a build format and its values. After a failure the walk goes on, so that "N" references are not lost.
class ValueBuilder {
 public:
  ValueBuilder(const char* format, va_list values, bool clean) : at_(format), clean_(clean) {
    va_copy(values_, values);
  }
  ~ValueBuilder() { va_end(values_); }
  ValueBuilder(const ValueBuilder&) = delete;

  // Units up to the closing character, at this nesting level; -1 with SystemError for unmatched brackets.
  Py_ssize_t count(char close);
  Result<Ref<>> value();
  Result<Ref<TupleObject>> tuple(char close, Py_ssize_t size);

 private:
  Result<Ref<>> list();
  Result<Ref<>> dict();
  Result<Ref<>> number(char unit);
  Result<Ref<>> text(char unit);
  Result<Ref<>> wide();
  Result<Ref<>> object(char unit);
  Status closing(char close);
  Result<Py_ssize_t> length();

  const char* at_;
  bool clean_;
  va_list values_;
};

Py_ssize_t ValueBuilder::count(char close) {
  Py_ssize_t count = 0;
  int nesting = 0;
  for (const char* p = at_; nesting > 0 || *p != close; p++) {
    if (!*p) return (void)raise(PyExc_SystemError, "unmatched paren in format"), -1;
    if (strchr("([{", *p)) {
      if (nesting++ == 0) count++;
    } else if (strchr(")]}", *p)) {
      nesting--;
    } else if (nesting == 0 && !strchr("#&,: \t", *p)) {
      count++;
    }
  }
  return count;
}

Status ValueBuilder::closing(char close) {
  while (*at_ == ',' || *at_ == ':' || *at_ == ' ' || *at_ == '\t') at_++;
  if (*at_ != close) return raise(PyExc_SystemError, "Unmatched paren in format");
  if (close) at_++;
  return {};
}

Result<Ref<TupleObject>> ValueBuilder::tuple(char close, Py_ssize_t size) {
  if (size < 0) return Raised{};
  Ref<TupleObject> made = TRY(tupleNew(size));
  MaybeRef<> failure = nullptr;
  for (Py_ssize_t i = 0; i < size; i++) {
    auto item = value();
    if (item.failed()) {
      MaybeRef<> raised = takePending();
      if (!failure) failure = std::move(raised);
      made->items()[i] = none().leak();
    } else {
      made->items()[i] = std::move(item).take().leak();
    }
  }
  if (failure) return setPending(std::move(failure).take()), Raised{};
  TRY(closing(close));
  return made;
}

Result<Ref<>> ValueBuilder::list() {
  Ref<TupleObject> items = TRY(tuple(']', count(']')));
  return TRY(listFromItems(items->items(), items->size()));
}

Result<Ref<>> ValueBuilder::dict() {
  Py_ssize_t size = count('}');
  if (size % 2) return raise(PyExc_SystemError, "Bad dict format");
  Ref<TupleObject> items = TRY(tuple('}', size));
  Ref<DictObject> made = TRY(dictNew());
  for (Py_ssize_t i = 0; i + 1 < size; i += 2) TRY(dictSet(made.get(), items->at(i), items->at(i + 1)));
  return made;
}

// The size of a counted text, -1 when it ends with a NUL.
Result<Py_ssize_t> ValueBuilder::length() {
  if (*at_ != '#') return Py_ssize_t{-1};
  at_++;
  if (!clean_) {
    (void)va_arg(values_, int);
    return raise(PyExc_SystemError, "PY_SSIZE_T_CLEAN macro must be defined for '#' formats");
  }
  return va_arg(values_, Py_ssize_t);
}

Result<Ref<>> ValueBuilder::text(char unit) {
  auto* chars = va_arg(values_, const char*);
  Py_ssize_t size = TRY(length());
  if (!chars) return none();
  std::string_view view(chars, size < 0 ? strlen(chars) : static_cast<size_t>(size));
  if (unit == 'y') return TRY(bytesFrom(view));
  return TRY(strFromUtf8(view));
}

Result<Ref<>> ValueBuilder::wide() {
  auto* chars = va_arg(values_, const wchar_t*);
  Py_ssize_t size = TRY(length());
  if (!chars) return none();
  return TRY(strFromWide(chars, size));
}

Result<Ref<>> ValueBuilder::number(char unit) {
  switch (unit) {
    case 'H': return TRY(intFromLong(static_cast<unsigned short>(va_arg(values_, int))));
    case 'I': return TRY(intFromUnsignedLong(va_arg(values_, unsigned int)));
    case 'n':
    case 'l':
    case 'L': return TRY(intFromLong(va_arg(values_, long)));
    case 'k':
    case 'K': return TRY(intFromUnsignedLong(va_arg(values_, unsigned long)));
    case 'd':
    case 'f': return TRY(floatNew(va_arg(values_, double)));
    case 'D': {
      auto* number = va_arg(values_, const ComplexValue*);
      return TRY(complexNew(number->real, number->imag));
    }
    default: return TRY(intFromLong(va_arg(values_, int)));
  }
}

Result<Ref<>> ValueBuilder::object(char unit) {
  if (*at_ == '&') {
    at_++;
    auto converter = va_arg(values_, PyObject * (*)(void*));
    return Result<Ref<>>::fromC(converter(va_arg(values_, void*)));
  }
  auto* value = va_arg(values_, PyObject*);
  if (value) return unit == 'N' ? steal(value) : share(value);
  if (!exceptionPending()) return raise(PyExc_SystemError, "NULL object passed to Py_BuildValue");
  return Raised{};
}

Result<Ref<>> ValueBuilder::value() {
  for (;;) {
    char unit = *at_++;
    switch (unit) {
      case '(': return tuple(')', count(')'));
      case '[': return list();
      case '{': return dict();
      case 'b':
      case 'B':
      case 'h':
      case 'i':
      case 'H':
      case 'I':
      case 'n':
      case 'l':
      case 'L':
      case 'k':
      case 'K':
      case 'd':
      case 'f':
      case 'D': return number(unit);
      case 'c': {
        char byte = static_cast<char>(va_arg(values_, int));
        return TRY(bytesFrom({&byte, 1}));
      }
      case 'C': {
        int ch = va_arg(values_, int);
        if (ch < 0 || ch > 0x10ffff) return raise(PyExc_ValueError, "chr() arg not in range(0x110000)");
        return TRY(strFromChar(static_cast<Py_UCS4>(ch)));
      }
      case 's':
      case 'z':
      case 'U':
      case 'y': return text(unit);
      case 'u': return wide();
      case 'N':
      case 'S':
      case 'O': return object(unit);
      case ',':
      case ':':
      case ' ':
      case '\t': break;
      default: at_--; return raise(PyExc_SystemError, "bad format char passed to Py_BuildValue");
    }
  }
}

Result<Ref<>> buildValue(const char* format, va_list values, bool clean) {
  ValueBuilder builder(format, values, clean);
  Py_ssize_t size = builder.count('\0');
  if (size < 0) return Raised{};
  if (size == 0) return none();
  if (size == 1) return builder.value();
  return builder.tuple('\0', size);
}

}  // namespace

#define ANSWER_WITH(...)               \
  va_list values;                      \
  va_start(values, format);            \
  PyObject* answer = toC(__VA_ARGS__); \
  va_end(values);                      \
  return answer

KR_EXPORT PyObject* Py_BuildValue(const char* format, ...) { ANSWER_WITH(buildValue(format, values, false)); }
KR_EXPORT PyObject* _Py_BuildValue_SizeT(const char* format, ...) {
  ANSWER_WITH(buildValue(format, values, true));
}
KR_EXPORT PyObject* Py_VaBuildValue(const char* format, va_list values) {
  return toC(buildValue(format, values, false));
}
KR_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list values) {
  return toC(buildValue(format, values, true));
}
