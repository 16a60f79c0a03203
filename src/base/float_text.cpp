#include "base/float_text.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace krait {
namespace {

// A binary64 has at most 767 significant digits and 1074 decimals: what is asked beyond is zeros.
constexpr int kExactPrecision = 1100;

bool startsWithIgnoringCase(const char* begin, const char* end, std::string_view word) {
  if (static_cast<size_t>(end - begin) < word.size()) return false;
  for (size_t i = 0; i < word.size(); i++) {
    if ((begin[i] | 0x20) != word[i]) return false;
  }
  return true;
}

// inf, infinity, nan; the sign has been read. A failed parse leaves end at `begin`.
ParsedDouble parseSpecial(const char* begin, const char* end) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (startsWithIgnoringCase(begin, end, "infinity")) return {kInfinity, begin + 8, false};
  if (startsWithIgnoringCase(begin, end, "inf")) return {kInfinity, begin + 3, false};
  if (startsWithIgnoringCase(begin, end, "nan")) {
    return {std::numeric_limits<double>::quiet_NaN(), begin + 3, false};
  }
  return {0.0, begin, false};
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Significant decimal digits and the position of the point: 0.d1d2d3... * 10**point.
struct Decimal {
  CharBuffer digits;
  int point = 0;
};

void readScientific(Decimal& decimal, const char* begin, const char* end) {
  const char* at = begin;
  for (; at < end && *at != 'e'; at++) {
    if (*at != '.') decimal.digits.append(*at);
  }
  int exponent = 0;
  const char* digits = at + 2;
  for (const char* p = digits; p < end; p++) exponent = exponent * 10 + (*p - '0');
  decimal.point = (at[1] == '-' ? -exponent : exponent) + 1;
}

void decimalShortest(Decimal& decimal, double magnitude) {
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific);
  readScientific(decimal, text, end);
}

void decimalRounded(Decimal& decimal, double magnitude, int digits) {
  InlineBuffer<char, 64> text(std::min(digits, kExactPrecision) + 16);
  auto [end, error] = std::to_chars(text.begin(), text.end(), magnitude, std::chars_format::scientific,
                                    std::min(digits, kExactPrecision) - 1);
  readScientific(decimal, text.begin(), end);
}

void stripZeros(Decimal& decimal) {
  size_t count = decimal.digits.size();
  while (count > 1 && decimal.digits[count - 1] == '0') count--;
  decimal.digits.resize(count);
}

void appendExponent(CharBuffer& out, int exponent, bool upper) {
  out.append(upper ? 'E' : 'e');
  out.append(exponent < 0 ? '-' : '+');
  exponent = std::abs(exponent);
  if (exponent >= 100) out.append(static_cast<char>('0' + exponent / 100));
  out.append(static_cast<char>('0' + exponent / 10 % 10));
  out.append(static_cast<char>('0' + exponent % 10));
}

// Digits with the point at `point`, zeros filled in, at least `decimals` after the point.
void appendPositional(CharBuffer& out, const Decimal& decimal, int point, int decimals, bool keep_point) {
  int count = static_cast<int>(decimal.digits.size());
  if (point <= 0) {
    out.append('0');
  } else {
    out.append(decimal.digits.data(), std::min(point, count));
    if (point > count) out.appendFill(point - count, '0');
  }
  int available = std::max(count - point, 0);
  if (available == 0 && decimals <= 0 && !keep_point) return;
  out.append('.');
  int leading = std::min(point < 0 ? -point : 0, available);
  out.appendFill(leading, '0');
  int first = std::max(point, 0);
  if (count > first) out.append(decimal.digits.data() + first, count - first);
  if (decimals > available) out.appendFill(decimals - available, '0');
}

void formatFixed(CharBuffer& out, double magnitude, const DoubleFormat& format) {
  int exact = std::min(format.precision, kExactPrecision);
  size_t at = out.size();
  out.resize(at + exact + 320);
  auto [end, error] = std::to_chars(out.begin() + at, out.end(), magnitude, std::chars_format::fixed, exact);
  out.resize(end - out.begin());
  if (format.precision == 0 && format.alternate) out.append('.');
  out.appendFill(format.precision - exact, '0');
}

// The digit before the point makes the largest precision wrap around: as if none were asked for.
int scientificDecimals(int precision) { return precision == std::numeric_limits<int>::max() ? 0 : precision; }

void formatScientific(CharBuffer& out, double magnitude, const DoubleFormat& format) {
  Decimal decimal;
  int decimals = scientificDecimals(format.precision);
  decimalRounded(decimal, magnitude, decimals + 1);
  appendPositional(out, decimal, 1, decimals, format.alternate);
  appendExponent(out, decimal.point - 1, format.upper);
}

void formatGeneral(CharBuffer& out, double magnitude, const DoubleFormat& format) {
  int precision = std::max(format.precision, 1);
  Decimal decimal;
  decimalRounded(decimal, magnitude, precision);
  stripZeros(decimal);
  bool exponent = decimal.point <= -4 || decimal.point > precision - (format.dot_zero ? 1 : 0);
  int point = exponent ? 1 : decimal.point;
  int decimals = format.alternate ? precision - point : 0;
  if (!exponent && format.dot_zero) decimals = std::max(decimals, 1);
  appendPositional(out, decimal, point, decimals, format.alternate);
  if (exponent) appendExponent(out, decimal.point - 1, format.upper);
}

void formatShortest(CharBuffer& out, double magnitude, const DoubleFormat& format) {
  Decimal decimal;
  decimalShortest(decimal, magnitude);
  bool exponent = decimal.point <= -4 || decimal.point > 16;
  int point = exponent ? 1 : decimal.point;
  appendPositional(out, decimal, point, !exponent && format.dot_zero ? 1 : 0, format.alternate);
  if (exponent) appendExponent(out, decimal.point - 1, format.upper);
}

void formatMagnitude(CharBuffer& out, double magnitude, const DoubleFormat& format) {
  switch (format.type) {
    case 'e': return formatScientific(out, magnitude, format);
    case 'f': return formatFixed(out, magnitude, format);
    case 'g': return formatGeneral(out, magnitude, format);
    default: return formatShortest(out, magnitude, format);
  }
}

// Digits that a double does not have are zeros, as many as the program likes: they may not fit into memory.
bool reserveZeros(CharBuffer& out, const DoubleFormat& format) {
  bool written = format.type == 'g' ? format.alternate : format.type != 'r';
  int decimals = format.type == 'e' ? scientificDecimals(format.precision) : format.precision;
  if (!written || decimals <= kExactPrecision) return true;
  constexpr size_t kRest = 400;  // sign, digits before the point, exponent
  return out.tryReserve(out.size() + static_cast<size_t>(decimals) + kRest);
}

bool isZeroText(const CharBuffer& out, size_t from) {
  for (size_t i = from; i < out.size() && (out[i] | 0x20) != 'e'; i++) {
    if (out[i] >= '1' && out[i] <= '9') return false;
  }
  return true;
}

int hexValue(char c) {
  if (isDigit(c)) return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The value mantissa (+ something below one unit when sticky) * 2**exponent, rounded half to even.
HexStatus scaleRounded(uint64_t mantissa, bool sticky, int64_t exponent, double* out) {
  *out = 0.0;
  if (mantissa == 0) return HexStatus::kOk;
  int lead = std::countl_zero(mantissa);
  mantissa <<= lead;
  exponent -= lead;
  int64_t top = exponent + 64;  // the value lies in [2**(top-1), 2**top)
  if (top > 1024) return HexStatus::kOverflow;
  int64_t kept = top >= -1021 ? 53 : 53 - (-1021 - top);
  if (kept < 0) return HexStatus::kOk;
  uint64_t high = kept == 0 ? 0 : mantissa >> (64 - kept);
  uint64_t tail = kept == 0 ? mantissa : mantissa << kept;
  constexpr uint64_t kHalf = uint64_t{1} << 63;
  if (tail > kHalf || (tail == kHalf && (sticky || (high & 1) != 0))) high++;
  double value = std::ldexp(static_cast<double>(high), static_cast<int>(top - kept));
  if (std::isinf(value)) return HexStatus::kOverflow;
  *out = value;
  return HexStatus::kOk;
}

struct HexDigits {
  uint64_t mantissa = 0;
  bool sticky = false;
  bool any = false;
  int64_t exponent = 0;  // of the mantissa's unit

  void add(int value, bool after_point) {
    any = true;
    if (mantissa >> 60 != 0) {
      sticky |= value != 0;
      if (!after_point) exponent += 4;
      return;
    }
    mantissa = mantissa << 4 | static_cast<uint64_t>(value);
    if (after_point) exponent -= 4;
  }
};

// Reads the optional binary exponent; saturates far outside of the range of doubles.
bool readBinaryExponent(const char*& at, const char* end, int64_t* exponent) {
  *exponent = 0;
  if (at == end || (*at | 0x20) != 'p') return true;
  at++;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end || !isDigit(*at)) return false;
  constexpr int64_t kSaturated = int64_t{1} << 59;
  for (; at < end && isDigit(*at); at++) *exponent = std::min(*exponent * 10 + (*at - '0'), kSaturated);
  if (negative) *exponent = -*exponent;
  return true;
}

}  // namespace

ParsedDouble doubleParse(const char* begin, const char* end) {
  const char* at = begin;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  bool numeric = at < end && (isDigit(*at) || (*at == '.' && at + 1 < end && isDigit(at[1])));
  if (!numeric) {
    ParsedDouble special = parseSpecial(at, end);
    if (special.end == at) return {0.0, begin, false};
    if (negative) special.value = -special.value;
    return special;
  }
  double value = 0.0;
  auto result = fast_float::from_chars(at, end, value);
  return {negative ? -value : value, result.ptr, std::isinf(value)};
}

bool doubleToText(CharBuffer& out, double value, const DoubleFormat& format) {
  if (std::isnan(value)) {
    if (format.plus_sign) out.append('+');
    out.append(format.upper ? "NAN" : "nan", 3);
    return true;
  }
  size_t start = out.size();
  bool negative = std::signbit(value);
  if (negative) out.append('-');
  if (!negative && format.plus_sign) out.append('+');
  if (std::isinf(value)) {
    out.append(format.upper ? "INF" : "inf", 3);
    return true;
  }
  if (!reserveZeros(out, format)) return false;
  size_t digits = out.size();
  formatMagnitude(out, std::fabs(value), format);
  if (!negative || !format.no_negative_zero || !isZeroText(out, digits)) return true;
  if (format.plus_sign) {
    out[start] = '+';
    return true;
  }
  std::memmove(out.begin() + start, out.begin() + digits, out.size() - digits);
  out.resize(out.size() - 1);
  return true;
}

void doubleRepr(CharBuffer& out, double value) { doubleToText(out, value, {.type = 'r', .dot_zero = true}); }

void doubleToHex(CharBuffer& out, double value) {
  if (!std::isfinite(value)) return doubleRepr(out, value);
  static constexpr char kHexDigits[] = "0123456789abcdef";
  if (std::signbit(value)) out.append('-');
  out.append("0x", 2);
  if (value == 0) {
    out.append("0.0p+0", 6);
    return;
  }
  uint64_t bits;
  std::memcpy(&bits, &value, 8);
  int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  out.append(exponent == 0 ? '0' : '1');
  out.append('.');
  for (int shift = 48; shift >= 0; shift -= 4) out.append(kHexDigits[bits >> shift & 15]);
  exponent = exponent == 0 ? -1022 : exponent - 1023;
  out.append('p');
  out.append(exponent < 0 ? '-' : '+');
  char text[8];
  auto [end, error] = std::to_chars(text, text + sizeof text, std::abs(exponent));
  out.append(text, end - text);
}

HexStatus doubleFromHex(const char* begin, const char* end, double* out) {
  const char* at = begin;
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  ParsedDouble special = parseSpecial(at, end);
  if (special.end != at) {
    *out = negative ? -special.value : special.value;
    return special.end == end ? HexStatus::kOk : HexStatus::kInvalid;
  }
  if (end - at >= 2 && at[0] == '0' && (at[1] | 0x20) == 'x') at += 2;
  HexDigits digits;
  for (; at < end && hexValue(*at) >= 0; at++) digits.add(hexValue(*at), false);
  if (at < end && *at == '.') {
    for (at++; at < end && hexValue(*at) >= 0; at++) digits.add(hexValue(*at), true);
  }
  int64_t exponent;
  if (!digits.any || !readBinaryExponent(at, end, &exponent)) return HexStatus::kInvalid;
  HexStatus status = scaleRounded(digits.mantissa, digits.sticky, digits.exponent + exponent, out);
  if (at != end && status == HexStatus::kOk) return HexStatus::kInvalid;  // overflow is noticed first
  if (negative) *out = -*out;
  return status;
}

bool doubleToHalf(double value, uint16_t* out) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value) || std::isinf(value)) {
    *out = sign | (std::isnan(value) ? 0x7e00 : 0x7c00);
    return true;
  }
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);
  if (fraction == 0) {
    *out = sign;
    return true;
  }
  if (exponent > 16) return false;
  // Units of the result: 2**-24 for subnormals, else 11 significant bits; nearbyint rounds half to even.
  int unit = std::max(exponent - 11, -24);
  auto mantissa = static_cast<uint32_t>(std::nearbyint(std::ldexp(fraction, exponent - unit)));
  uint32_t bits = exponent - 11 <= -24 ? mantissa : mantissa + (static_cast<uint32_t>(unit + 24) << 10);
  if (bits >= 0x7c00) return false;
  *out = static_cast<uint16_t>(sign | bits);
  return true;
}

double doubleFromHalf(uint16_t half) {
  int exponent = half >> 10 & 0x1f;
  int mantissa = half & 0x3ff;
  double magnitude;
  if (exponent == 0x1f) {
    magnitude =
        mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
  }
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

bool doubleToSingle(double value, uint32_t* out) {
  auto single = static_cast<float>(value);
  if (std::isinf(single) && !std::isinf(value)) return false;
  std::memcpy(out, &single, 4);
  return true;
}

double doubleFromSingle(uint32_t single) {
  float value;
  std::memcpy(&value, &single, 4);
  return value;
}

}  // namespace krait
