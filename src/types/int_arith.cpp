// Arithmetic, shifts and bitwise operations of ints.
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/errors.h"
#include "types/float.h"
#include "types/int_inline.h"
#include "types/int_room.h"

namespace krait {
namespace {

DigitSpan magnitudeOf(const IntObject* v) { return v->magnitude(); }

// |a| + |b| or |a| - |b| with the sign that a + (negate_b ? -b : b) asks for.
Result<Ref<>> addSigned(IntObject* a, IntObject* b, bool negate_b) {
  bool a_negative = a->isNegative(), b_negative = b->isNegative() != negate_b;
  DigitSpan x = magnitudeOf(a), y = magnitudeOf(b);
  if (a_negative == b_negative) {
    Ref<IntObject> sum = TRY(intNew(static_cast<Py_ssize_t>(std::max(x.size(), y.size()) + 1)));
    size_t size = digitsAdd(sum->digits, x, y);
    return intFinish(std::move(sum), size, a_negative);
  }
  int order = digitsCompare(x, y);
  if (order == 0) return share(smallInt(0));
  if (order < 0) {
    std::swap(x, y);
    a_negative = !a_negative;
  }
  Ref<IntObject> difference = TRY(intNew(static_cast<Py_ssize_t>(x.size())));
  size_t size = digitsSubtract(difference->digits, x, y);
  return intFinish(std::move(difference), size, a_negative);
}

struct RawDivision {
  Ref<IntObject> quotient, remainder;
};

// Truncating division; b is not zero.
Result<RawDivision> divideTruncated(IntObject* a, IntObject* b) {
  DigitSpan x = magnitudeOf(a), y = magnitudeOf(b);
  bool negative = a->isNegative() != b->isNegative();
  if (digitsCompare(x, y) < 0) {
    Ref<IntObject> rest = TRY(intExact(a));
    return RawDivision{share(smallInt(0)), std::move(rest)};
  }
  if (y.size() == 1) {
    Ref<IntObject> quotient = TRY(intNew(static_cast<Py_ssize_t>(x.size())));
    long rest = digitsDivideSmall(quotient->digits, x, y[0]);
    size_t size = digitsNormalized(quotient->digits, x.size());
    Ref<IntObject> remainder = TRY(intFromLong(a->isNegative() ? -rest : rest));
    return RawDivision{TRY(intFinish(std::move(quotient), size, negative)), std::move(remainder)};
  }
  Ref<IntObject> quotient = TRY(intNew(static_cast<Py_ssize_t>(x.size() - y.size() + 1)));
  Ref<IntObject> remainder = TRY(intNew(static_cast<Py_ssize_t>(y.size())));
  TRY(roomForDigits(x.size()));
  QuotientSizes sizes = digitsDivide(quotient->digits, remainder->digits, x, y);
  Ref<IntObject> q = TRY(intFinish(std::move(quotient), sizes.quotient, negative));
  return RawDivision{std::move(q), TRY(intFinish(std::move(remainder), sizes.remainder, a->isNegative()))};
}

long floorQuotient(long a, long b) {
  long quotient = a / b;
  return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

long floorRemainder(long a, long b) {
  long rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

Raised raiseDivisionByZero() { return raise(PyExc_ZeroDivisionError, "integer division or modulo by zero"); }

// A quotient's numerator shifted to `shift` fewer bits (more when negative); any_lost: ones fell out.
Result<Ref<IntObject>> shiftedMagnitude(IntObject* v, int64_t shift, bool* any_lost) {
  DigitSpan digits = magnitudeOf(v);
  *any_lost = false;
  if (shift <= 0) {
    Ref<IntObject> out = TRY(intNew(static_cast<Py_ssize_t>(digits.size()) - shift / kDigitBits + 1));
    size_t size = digitsShiftLeft(out->digits, digits, -shift);
    return intFinish(std::move(out), size, false);
  }
  Ref<IntObject> out = TRY(intNew(v->digitCount()));
  size_t size = digitsShiftRight(out->digits, digits, shift, any_lost);
  return intFinish(std::move(out), size, false);
}

// Both magnitudes are integers below 2**53: the division of doubles is exactly rounded.
bool bothExactDoubles(IntObject* a, IntObject* b, long* x, long* y) {
  constexpr long kLimit = long{1} << 53;
  return intFitsLong(a, x) && intFitsLong(b, y) && *x <= kLimit && *x >= -kLimit && *y <= kLimit &&
         *y >= -kLimit;
}

Result<double> divideRounded(IntObject* a, IntObject* b) {
  auto a_bits = static_cast<int64_t>(intBitCount(a)), b_bits = static_cast<int64_t>(intBitCount(b));
  int64_t difference = a_bits - b_bits;
  if (difference > 1024) return raise(PyExc_OverflowError, "integer division result too large for a float");
  if (difference < -1075) return 0.0;
  // The quotient gets 55 or 56 bits (fewer for subnormal results), the last of them sticky.
  int64_t shift = std::max<int64_t>(difference, -1021) - 55;
  bool inexact;
  Ref<IntObject> numerator = TRY(shiftedMagnitude(a, shift, &inexact));
  bool ignored;
  Ref<IntObject> denominator = TRY(shiftedMagnitude(b, 0, &ignored));
  RawDivision division = TRY(divideTruncated(numerator, denominator));
  uint64_t quotient = intAsUnsignedLongMask(division.quotient);
  if (inexact || !division.remainder->isZero()) quotient |= 1;
  if (quotient == 0) return 0.0;
  int64_t bits = std::bit_width(quotient);
  int64_t extra = std::max<int64_t>(bits, -1021 - shift) - 53;
  uint64_t unit = uint64_t{1} << extra, half = unit >> 1, tail = quotient & (unit - 1);
  quotient -= tail;
  if (tail > half || (tail == half && (quotient & unit) != 0)) quotient += unit;
  double result = std::ldexp(static_cast<double>(quotient), static_cast<int>(shift));
  if (std::isinf(result)) return raise(PyExc_OverflowError, "integer division result too large for a float");
  return result;
}

// The shift count; larger counts than fit a long answer LONG_MAX.
Result<long> shiftCount(IntObject* b) {
  if (b->isNegative()) return raise(PyExc_ValueError, "negative shift count");
  long count;
  return intFitsLong(b, &count) ? count : PY_SSIZE_T_MAX;
}

template <BitwiseOp kOp>
Result<Ref<>> bitwise(IntObject* a, IntObject* b) {
  if (intFitsWord(a) && intFitsWord(b)) {
    long x = intWord(a), y = intWord(b);
    return intFromLong(kOp == BitwiseOp::kAnd ? x & y : kOp == BitwiseOp::kOr ? x | y : x ^ y);
  }
  Ref<IntObject> out = TRY(intNew(std::max(a->digitCount(), b->digitCount()) + 1));
  SignedSize size =
      digitsBitwise(kOp, out->digits, magnitudeOf(a), a->isNegative(), magnitudeOf(b), b->isNegative());
  return intFinish(std::move(out), size.size, size.negative);
}

}  // namespace

Result<Ref<>> intAdd(IntObject* a, IntObject* b) {
  if (intFitsWord(a) && intFitsWord(b)) return intFromLong(intWord(a) + intWord(b));
  return addSigned(a, b, false);
}

Result<Ref<>> intSubtract(IntObject* a, IntObject* b) {
  if (intFitsWord(a) && intFitsWord(b)) return intFromLong(intWord(a) - intWord(b));
  return addSigned(a, b, true);
}

Result<Ref<>> intMultiply(IntObject* a, IntObject* b) {
  long product_word;
  if (intFitsWord(a) && intFitsWord(b) && !__builtin_mul_overflow(intWord(a), intWord(b), &product_word)) {
    return intFromLong(product_word);
  }
  if (a->isZero() || b->isZero()) return share(smallInt(0));
  Ref<IntObject> product = TRY(intNew(a->digitCount() + b->digitCount()));
  TRY(roomForDigits(static_cast<size_t>(product->digitCount())));
  size_t size = digitsMultiply(product->digits, magnitudeOf(a), magnitudeOf(b));
  return intFinish(std::move(product), size, a->isNegative() != b->isNegative());
}

Result<IntPair> intDivmod(IntObject* a, IntObject* b) {
  if (b->isZero()) return raiseDivisionByZero();
  if (a->isCompact() && b->isCompact()) {
    long x = a->compactValue(), y = b->compactValue();
    Ref<> quotient = TRY(intFromLong(floorQuotient(x, y)));
    return IntPair{std::move(quotient), TRY(intFromLong(floorRemainder(x, y)))};
  }
  RawDivision raw = TRY(divideTruncated(a, b));
  if (raw.remainder->isZero() || raw.remainder->isNegative() == b->isNegative()) {
    return IntPair{std::move(raw.quotient), std::move(raw.remainder)};
  }
  Ref<> quotient = TRY(intSubtract(raw.quotient, smallInt(1)));
  return IntPair{std::move(quotient), TRY(intAdd(raw.remainder, b))};
}

Result<Ref<>> intFloorDivide(IntObject* a, IntObject* b) {
  if (intFitsWord(a) && intFitsWord(b) && !b->isZero()) {
    return intFromLong(floorQuotient(intWord(a), intWord(b)));
  }
  return TRY(intDivmod(a, b)).quotient.clone();
}

Result<Ref<>> intRemainder(IntObject* a, IntObject* b) {
  if (b->isZero()) return raise(PyExc_ZeroDivisionError, "integer modulo by zero");
  if (intFitsWord(a) && intFitsWord(b)) return intFromLong(floorRemainder(intWord(a), intWord(b)));
  if (b->isCompact()) {
    long divisor = b->compactValue();
    long rest = digitsRemainderSmall(magnitudeOf(a), static_cast<Digit>(std::labs(divisor)));
    return intFromLong(floorRemainder(a->isNegative() ? -rest : rest, divisor));
  }
  return TRY(intDivmod(a, b)).remainder.clone();
}

Result<IntPair> intDivmodNear(IntObject* a, IntObject* b) {
  if (b->isZero()) return raiseDivisionByZero();
  IntPair floor = TRY(intDivmod(a, b));
  // The remainder has b's sign: compare its double with b.
  auto* rest = cast<IntObject>(floor.remainder.get());
  Ref<> twice = TRY(intAdd(rest, rest));
  int order = digitsCompare(magnitudeOf(cast<IntObject>(twice.get())), magnitudeOf(b));
  bool odd = !cast<IntObject>(floor.quotient.get())->isZero() &&
             (cast<IntObject>(floor.quotient.get())->digits[0] & 1) != 0;
  if (order < 0 || (order == 0 && !odd)) return floor;
  Ref<> quotient = TRY(intAdd(cast<IntObject>(floor.quotient.get()), smallInt(1)));
  return IntPair{std::move(quotient), TRY(intSubtract(rest, b))};
}

Result<Ref<>> intTrueDivide(IntObject* a, IntObject* b) {
  if (b->isZero()) return raise(PyExc_ZeroDivisionError, "division by zero");
  long x, y;
  double result;
  if (bothExactDoubles(a, b, &x, &y)) {
    // An integer zero over a negative number is minus zero here too.
    result = static_cast<double>(x) / static_cast<double>(y);
  } else {
    result = TRY(divideRounded(a, b));
    if (a->isNegative() != b->isNegative()) result = -result;
  }
  return floatNew(result);
}

Result<Ref<>> intLshiftBy(IntObject* a, size_t bits) {
  if (a->isZero()) return share(smallInt(0));
  if (a->isCompact() && bits < 32) return intFromLong(a->compactValue() << bits);
  size_t digits = a->digitCount() + bits / kDigitBits + 1;
  Ref<IntObject> out = TRY(intNew(static_cast<Py_ssize_t>(digits)));
  size_t size = digitsShiftLeft(out->digits, magnitudeOf(a), bits);
  return intFinish(std::move(out), size, a->isNegative());
}

Result<Ref<>> intRshiftBy(IntObject* a, size_t bits) {
  if (intFitsWord(a)) return intFromLong(intWord(a) >> std::min<size_t>(bits, 63));
  Ref<IntObject> out = TRY(intNew(a->digitCount() + 1));
  bool lost;
  size_t size = digitsShiftRight(out->digits, magnitudeOf(a), bits, &lost);
  if (a->isNegative() && lost) {
    Digit one = 1;
    size = digitsAdd(out->digits, {out->digits, size}, {&one, 1});
  }
  return intFinish(std::move(out), size, a->isNegative());
}

Result<Ref<>> intLshift(IntObject* a, IntObject* b) {
  long count = TRY(shiftCount(b));
  if (a->isZero()) return share(smallInt(0));
  if (count == PY_SSIZE_T_MAX) {
    if (intBitCount(b) > 68) return raise(PyExc_OverflowError, "too many digits in integer");
    return raiseNoMemory();
  }
  return intLshiftBy(a, count);
}

Result<Ref<>> intRshift(IntObject* a, IntObject* b) { return intRshiftBy(a, TRY(shiftCount(b))); }

Result<Ref<>> intAnd(IntObject* a, IntObject* b) { return bitwise<BitwiseOp::kAnd>(a, b); }
Result<Ref<>> intOr(IntObject* a, IntObject* b) { return bitwise<BitwiseOp::kOr>(a, b); }
Result<Ref<>> intXor(IntObject* a, IntObject* b) { return bitwise<BitwiseOp::kXor>(a, b); }

Result<Ref<>> intNegative(IntObject* v) {
  if (v->isCompact()) return intFromLong(-v->compactValue());
  return intFromDigits(magnitudeOf(v), !v->isNegative());
}

Result<Ref<>> intAbsolute(IntObject* v) {
  if (!v->isNegative()) return intExact(v);
  return intNegative(v);
}

Result<Ref<>> intInvert(IntObject* v) {
  if (v->isCompact()) return intFromLong(~v->compactValue());
  Ref<> plus_one = TRY(intAdd(v, smallInt(1)));
  return intNegative(cast<IntObject>(plus_one.get()));
}

Result<Ref<>> intGcd(IntObject* a, IntObject* b) {
  if (a->isZero()) return intAbsolute(b);
  if (b->isZero()) return intAbsolute(a);
  Ref<IntObject> out = TRY(intNew(std::max(a->digitCount(), b->digitCount()) + 1));
  TRY(roomForDigits(static_cast<size_t>(a->digitCount() + b->digitCount())));
  size_t size = digitsGcd(out->digits, magnitudeOf(a), magnitudeOf(b));
  return intFinish(std::move(out), size, false);
}

Result<Ref<>> intSquareRoot(IntObject* v) {
  Ref<IntObject> out = TRY(intNew((v->digitCount() + 1) / 2));
  TRY(roomForDigits(static_cast<size_t>(v->digitCount())));
  size_t size = digitsSquareRoot(out->digits, magnitudeOf(v));
  return intFinish(std::move(out), size, false);
}

}  // namespace krait
