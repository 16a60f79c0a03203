// Exports of pystrtod.h, and of longobject.h's number parsers that work like C's.
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>

#include "base/float_text.h"
#include "capi/capi.h"
#include "core/memory.h"

using namespace krait;

namespace {

// Bits of PyOS_double_to_string's flags, and the kinds of numbers it tells apart.
constexpr int kSign = 1, kDotZero = 2, kAlternate = 4, kNoNegativeZero = 8;
constexpr int kFinite = 0, kInfinite = 1, kNan = 2;

bool isDoubleCode(char code, int precision) {
  return code == 'r' ? precision == 0 : code && std::strchr("eEfFgG", code);
}

char* copyOf(const CharBuffer& text) {
  auto* copy = static_cast<char*>(memAlloc(text.size() + 1));
  if (!copy) return (void)raiseNoMemory(), nullptr;
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return copy;
}

int digitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 37;
}

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int baseOfPrefix(char letter) {
  switch (letter | 0x20) {
    case 'x': return 16;
    case 'o': return 8;
    case 'b': return 2;
    default: return 0;
  }
}

// Skips a prefix that fits the base (0: any), which it sets. False: the text is a zero, or malformed, that
// ends at *text.
bool skipPrefix(const char** text, int* base) {
  if (**text != '0') {
    if (*base == 0) *base = 10;
    return true;
  }
  int named = baseOfPrefix((*text)[1]);
  if (named && (*base == 0 || *base == named)) {
    if (digitValue((*text)[2]) >= named) return ++*text, false;
    *base = named, *text += 2;
    return true;
  }
  if (*base != 0) return true;
  while (**text == '0') ++*text;
  while (isSpace(**text)) ++*text;
  return false;
}

}  // namespace

// `end` null: the whole text must be a number. Too large: the given exception, or without one a signed
// HUGE_VAL.
KR_EXPORT double PyOS_string_to_double(const char* text, char** end, PyObject* overflow_error) {
  ParsedDouble parsed = doubleParse(text, text + std::strlen(text));
  double answer = -1.0;
  if (parsed.end == text || (!end && *parsed.end)) {
    (void)raise(PyExc_ValueError, "could not convert string to float: '%.200s'", text);
  } else if (parsed.overflow && overflow_error) {
    (void)raise(overflow_error, "value too large to convert to float: '%.200s'", text);
  } else {
    answer = parsed.value;
  }
  if (end) *end = const_cast<char*>(parsed.end);
  return answer;
}

KR_EXPORT char* PyOS_double_to_string(double value, char code, int precision, int flags, int* kind) {
  if (!isDoubleCode(code, precision)) return (void)raiseBadInternalCall(), nullptr;
  DoubleFormat format;
  format.upper = code >= 'E' && code <= 'G';
  format.type = static_cast<char>(code | 0x20);
  format.precision = precision;
  format.plus_sign = (flags & kSign) != 0;
  format.dot_zero = (flags & kDotZero) != 0;
  format.alternate = (flags & kAlternate) != 0;
  format.no_negative_zero = (flags & kNoNegativeZero) != 0;
  if (kind) *kind = std::isnan(value) ? kNan : std::isinf(value) ? kInfinite : kFinite;
  CharBuffer text;
  if (!doubleToText(text, value, format)) return (void)raiseNoMemory(), nullptr;
  return copyOf(text);
}

// Overflow: ULONG_MAX with errno ERANGE.
KR_EXPORT unsigned long PyOS_strtoul(const char* text, char** end, int base) {
  while (*text && isSpace(*text)) text++;
  unsigned long value = 0;
  bool overflow = false;
  if (base != 0 && (base < 2 || base > 36)) {
    if (end) *end = const_cast<char*>(text);
    return 0;
  }
  if (skipPrefix(&text, &base)) {
    for (; digitValue(*text) < base; text++) {
      overflow |= __builtin_mul_overflow(value, static_cast<unsigned long>(base), &value);
      overflow |= __builtin_add_overflow(value, static_cast<unsigned long>(digitValue(*text)), &value);
    }
  }
  if (end) *end = const_cast<char*>(text);
  if (!overflow) return value;
  errno = ERANGE;
  return ULONG_MAX;
}
KR_EXPORT long PyOS_strtol(const char* text, char** end, int base) {
  while (*text && isSpace(*text)) text++;
  bool negative = *text == '-';
  if (*text == '+' || *text == '-') text++;
  unsigned long magnitude = PyOS_strtoul(text, end, base);
  if (magnitude <= static_cast<unsigned long>(LONG_MAX)) {
    return negative ? -static_cast<long>(magnitude) : static_cast<long>(magnitude);
  }
  if (negative && magnitude == static_cast<unsigned long>(LONG_MAX) + 1) return LONG_MIN;
  errno = ERANGE;
  return LONG_MAX;
}
