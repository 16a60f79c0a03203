// The format mini-language, shared by str, int, float and complex: parsing
// "[[fill]align][sign][z][#][0][width][,_]
// [.precision][type]", and laying out padded text and grouped numbers.
#pragma once

#include <string>
#include <string_view>

#include "types/str.h"
#include "types/str_builder.h"

namespace krait {

struct FormatSpec {
  Py_UCS4 fill = ' ';
  char align = '<';  // '<' '>' '=' '^'
  bool align_given = false;
  bool fill_given = false;
  bool alternate = false;                 // '#'
  bool no_negative_zero = false;          // 'z'
  Py_UCS4 sign = 0;                       // 0 when not given, or '+' '-' ' '
  char thousands = 0;                     // 0, ',' '_'
  Py_ssize_t width = -1, precision = -1;  // -1: not given
  Py_UCS4 type = 0;
};

// `value` is named in messages only. A spec without a type gets `default_type`.
Result<FormatSpec> formatSpecParse(StrObject* text, PyObject* value, char default_type, char default_align);
// ValueError "Unknown format code 'd' for object of type 'str'"
[[gnu::cold]] Raised raiseUnknownFormatCode(Py_UCS4 code, PyObject* value);

// Appends text padded to the width ('=' pads like '>').
void formatPadded(StrBuilder& out, const FormatSpec& spec, const StrObject* text);

// The pieces of a formatted number. Digits are grouped by spec.thousands, or by the locale when `use_locale`
// is set.
struct NumberText {
  bool negative = false;
  std::string_view prefix;  // "0x"
  std::string_view digits;  // integer part (or inf, nan, a 'c' character's stand-in)
  bool has_point = false;   // the decimal point follows the digits
  std::string_view rest;    // behind the point: fraction, exponent, percent sign
  bool use_locale = false;  // type 'n'
};
Status formatNumber(StrBuilder& out, const FormatSpec& spec, const NumberText& number);
// int's 'c': one character, padded; right-aligned by default as numbers are.
Status formatNumberChar(StrBuilder& out, const FormatSpec& spec, Py_UCS4 ch);

// str.__format__
Result<Ref<StrObject>> strFormatSpec(StrObject* self, StrObject* spec);

}  // namespace krait
