// Text arguments for C functions: UTF-8 without NUL ("s" of argument parsing), or None ("z").
#pragma once

#include "core/native.h"
#include "types/str.h"

namespace krait::modules {

struct CText {
  const char* text;  // borrowed from the argument
};
struct OptionalCText {
  const char* text = nullptr;  // null: None or absent
};

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

}  // namespace krait
