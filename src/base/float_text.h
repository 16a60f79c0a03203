// Text of binary64 numbers: exact parsing, shortest and fixed-precision formatting, hexadecimal form, packed
// forms.
//
// Independent of the C locale; always correctly rounded (half to even).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/inline_buffer.h"

namespace krait {

using CharBuffer = InlineBuffer<char, 128>;

struct ParsedDouble {
  double value;
  const char* end;  // first unread character; the start when there is no number
  bool overflow;    // the text is finite, the value is not (value is then a signed infinity)
};
// [sign] (digits [. digits] | . digits) [e [sign] digits] | inf | infinity | nan, any case, no surrounding
// blanks.
ParsedDouble doubleParse(const char* begin, const char* end);

struct DoubleFormat {
  char type = 'r';                // 'r' shortest that reads back, 'e', 'f', 'g'
  int precision = 0;              // of 'e', 'f', 'g'
  bool upper = false;             // exponent letter, INF and NAN
  bool plus_sign = false;         // '+' before non-negative values
  bool dot_zero = false;          // ".0" after integers that need no exponent
  bool alternate = false;         // keep the point and the zeros of 'g'
  bool no_negative_zero = false;  // results that round to zero lose their sign
};
// Appends to out; false when there is no memory for the zeros that a precision beyond 1,100 asks for.
bool doubleToText(CharBuffer& out, double value, const DoubleFormat& format);
// repr(): shortest, with ".0".
void doubleRepr(CharBuffer& out, double value);

// The form of float.hex(): -0x1.8000000000000p+1, inf, nan.
void doubleToHex(CharBuffer& out, double value);
enum class HexStatus { kOk, kInvalid, kOverflow };
// [sign] [0x] hexdigits [. hexdigits] [p [sign] digits] or inf/nan; must fill the whole range.
HexStatus doubleFromHex(const char* begin, const char* end, double* out);

// binary16 in the low bits; false when the finite value is too large.
bool doubleToHalf(double value, uint16_t* out);
double doubleFromHalf(uint16_t half);
// binary32; false when a finite value overflows. NaN payloads are kept.
bool doubleToSingle(double value, uint32_t* out);
double doubleFromSingle(uint32_t single);

}  // namespace krait
