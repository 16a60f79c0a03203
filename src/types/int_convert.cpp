// ints as C values, and comparison with doubles.
#include <cmath>

#include "base/hash.h"
#include "core/errors.h"
#include "types/int.h"

namespace krait {
namespace {

// The magnitude when it fits in 64 bits.
bool magnitudeAsUint64(const IntObject* v, uint64_t* out) {
  size_t size = v->digitCount();
  if (size > 3 || (size == 3 && v->digits[2] > 0xf)) return false;
  uint64_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << kDigitBits | v->digits[i];
  *out = value;
  return true;
}

}  // namespace

bool intFitsLong(const IntObject* v, long* out) {
  if (v->isCompact()) {
    *out = v->compactValue();
    return true;
  }
  uint64_t magnitude;
  if (!magnitudeAsUint64(v, &magnitude)) return false;
  constexpr uint64_t kLimit = uint64_t{1} << 63;
  if (magnitude > kLimit || (magnitude == kLimit && !v->isNegative())) return false;
  *out = v->isNegative() ? static_cast<long>(0 - magnitude) : static_cast<long>(magnitude);
  return true;
}

long intAsLongAndOverflow(IntObject* v, int* overflow) {
  long value = -1;
  *overflow = intFitsLong(v, &value) ? 0 : v->isNegative() ? -1 : 1;
  return *overflow == 0 ? value : -1;
}

Result<long> intAsLong(IntObject* v) {
  long value;
  if (intFitsLong(v, &value)) return value;
  return raise(PyExc_OverflowError, "Python int too large to convert to C long");
}

Result<Py_ssize_t> intAsSsize(IntObject* v) {
  long value;
  if (intFitsLong(v, &value)) return value;
  return raise(PyExc_OverflowError, "Python int too large to convert to C ssize_t");
}

Result<unsigned long> intAsUnsignedLong(IntObject* v) {
  if (v->isNegative()) return raise(PyExc_OverflowError, "can't convert negative value to unsigned int");
  uint64_t value;
  if (magnitudeAsUint64(v, &value)) return value;
  return raise(PyExc_OverflowError, "Python int too large to convert to C unsigned long");
}

unsigned long intAsUnsignedLongMask(IntObject* v) {
  uint64_t value = 0;
  for (size_t i = v->digitCount(); i-- > 0;) value = value << kDigitBits | v->digits[i];
  return v->isNegative() ? 0 - value : value;
}

Result<double> intAsDouble(IntObject* v) {
  if (v->isCompact()) return static_cast<double>(v->compactValue());
  double value;
  if (!digitsToDouble(v->magnitude(), &value)) {
    return raise(PyExc_OverflowError, "int too large to convert to float");
  }
  return v->isNegative() ? -value : value;
}

double intFrexp(const IntObject* v, int64_t* exponent) {
  *exponent = 0;
  if (v->isZero()) return 0.0;
  double fraction = digitsFrexp(v->magnitude(), exponent);
  return v->isNegative() ? -fraction : fraction;
}

int intSign(const IntObject* v) { return (v->ob_size > 0) - (v->ob_size < 0); }

size_t intBitCount(const IntObject* v) { return digitsBitLength(v->magnitude()); }

Py_hash_t intHash(const IntObject* v) {
  if (v->isCompact()) {
    long value = v->compactValue();
    return value == -1 ? -2 : value;
  }
  return hashDigits(v->digits, v->digitCount(), v->isNegative());
}

int intCompare(const IntObject* a, const IntObject* b) {
  if (a->isCompact() && b->isCompact()) {
    long x = a->compactValue(), y = b->compactValue();
    return x < y ? -1 : x > y;
  }
  if (a->ob_size != b->ob_size) return a->ob_size < b->ob_size ? -1 : 1;
  int order = digitsCompare(a->magnitude(), b->magnitude());
  return a->isNegative() ? -order : order;
}

int intCompareDouble(const IntObject* a, double b) {
  if (std::isinf(b)) return b > 0 ? -1 : 1;
  long value;
  if (intFitsLong(a, &value) && std::labs(value) <= long{1} << 53) {
    auto exact = static_cast<double>(value);
    return exact < b ? -1 : exact > b;
  }
  int sign = intSign(a), other = b > 0 ? 1 : b < 0 ? -1 : 0;
  if (sign != other) return sign < other ? -1 : 1;
  int exponent;
  double fraction = std::frexp(std::fabs(b), &exponent);
  auto bits = static_cast<int64_t>(intBitCount(a));
  if (bits != exponent) return bits < exponent ? -sign : sign;
  // Same size: the integer part of b decides, then whether something is left of it. bits > 53 here.
  Digit mantissa[3], shifted[40];
  size_t size = digitsFromUint64(mantissa, static_cast<uint64_t>(std::ldexp(fraction, 53)));
  size = digitsShiftLeft(shifted, {mantissa, size}, exponent - 53);
  return sign * digitsCompare(a->magnitude(), {shifted, size});
}

Status intToBytes(IntObject* v, uint8_t* out, size_t size, bool little_endian, bool is_signed) {
  if (v->isNegative() && !is_signed) {
    return raise(PyExc_OverflowError, "can't convert negative int to unsigned");
  }
  auto order = little_endian ? ByteOrder::kLittle : ByteOrder::kBig;
  if (!digitsToBytes(out, size, order, is_signed, v->magnitude(), v->isNegative())) {
    return raise(PyExc_OverflowError, "int too big to convert");
  }
  return {};
}

}  // namespace krait
