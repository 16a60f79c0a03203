// Arguments as the formats of C argument parsing read them: "s" and "z" texts, "i" and "I" numbers.
#pragma once

#include <climits>

#include "core/native.h"
#include "types/str.h"

namespace krait::modules {

struct CText {       // "s": UTF-8 without NUL
  const char* text;  // borrowed from the argument
};
struct OptionalCText {         // "z": or None
  const char* text = nullptr;  // null: None or absent
};
struct CInt {  // "i"
  int value = 0;
  constexpr CInt() = default;
  constexpr CInt(int given) : value(given) {}
  constexpr operator int() const { return value; }
};
struct CLong {  // "l"
  long value;
};
struct CMask {  // "I": the low 32 bits, unchecked
  unsigned value;
};

inline Result<int> asCInt(PyObject* o) {
  long value = TRY(asLong(o));
  if (value > INT_MAX) return raise(PyExc_OverflowError, "signed integer is greater than maximum");
  if (value < INT_MIN) return raise(PyExc_OverflowError, "signed integer is less than minimum");
  return static_cast<int>(value);
}
inline Result<unsigned> asCMask(PyObject* o) {
  bool failed;
  unsigned long value = asUnsignedLongMask(o, &failed);
  if (failed) return Raised{};
  return static_cast<unsigned>(value);
}

}  // namespace krait::modules

namespace krait {

template <>
struct ArgFrom<modules::CText> {
  static Result<modules::CText> from(PyObject* o, const ArgContext& where) {
    if (!isStr(o)) return raiseBadArgument(where, "str", o);
    return modules::CText{TRY(strUtf8NoNul(cast<StrObject>(o)))};
  }
};
template <>
struct ArgFrom<modules::OptionalCText> {
  static Result<modules::OptionalCText> from(PyObject* o, const ArgContext& where) {
    if (o == Py_None) return modules::OptionalCText{};
    if (!isStr(o)) return raiseBadArgument(where, "str or None", o);
    return modules::OptionalCText{TRY(strUtf8NoNul(cast<StrObject>(o)))};
  }
  template <Text D>
  static modules::OptionalCText fallback() {
    return {};
  }
};
template <>
struct ArgFrom<modules::CLong> {
  static Result<modules::CLong> from(PyObject* o, const ArgContext&) {
    return modules::CLong{TRY(asLong(o))};
  }
};
template <>
struct ArgFrom<modules::CInt> {
  static Result<modules::CInt> from(PyObject* o, const ArgContext&) {
    return modules::CInt{TRY(modules::asCInt(o))};
  }
  template <Text D>
  static modules::CInt fallback() {
    return {static_cast<int>(parseDefaultInteger(D.view()))};
  }
};
template <>
struct ArgFrom<modules::CMask> {
  static Result<modules::CMask> from(PyObject* o, const ArgContext&) {
    return modules::CMask{TRY(modules::asCMask(o))};
  }
  template <Text D>
  static modules::CMask fallback() {
    return {static_cast<unsigned>(parseDefaultInteger(D.view()))};
  }
};

}  // namespace krait
