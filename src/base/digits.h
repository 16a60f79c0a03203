// Arithmetic on magnitudes of 30-bit digits, least significant first: the representation that compiled
// extensions see.
//
// Inputs are normalised (no leading zero digit; zero has no digits). Functions that fill `out` return the
// normalised number of digits written; `out` is large enough for the bound stated and, unless said otherwise,
// may not overlap an input. Small operands are handled here, larger ones go through GMP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace krait {

using Digit = uint32_t;
using TwoDigits = uint64_t;
using DigitSpan = std::span<const Digit>;

inline constexpr int kDigitBits = 30;
inline constexpr Digit kDigitMask = (Digit{1} << kDigitBits) - 1;

size_t digitsNormalized(const Digit* digits, size_t size);
int digitsCompare(DigitSpan left, DigitSpan right);
// Number of bits, 0 for zero.
uint64_t digitsBitLength(DigitSpan value);
uint64_t digitsBitCount(DigitSpan value);

// out: max(sizes) + 1; may be an input.
size_t digitsAdd(Digit* out, DigitSpan left, DigitSpan right);
// left >= right; out: left.size(); may be an input.
size_t digitsSubtract(Digit* out, DigitSpan left, DigitSpan right);
// out: sum of sizes.
size_t digitsMultiply(Digit* out, DigitSpan left, DigitSpan right);
// Returns the remainder; out: value.size() digits, all written; may be the input.
Digit digitsDivideSmall(Digit* out, DigitSpan value, Digit divisor);
Digit digitsRemainderSmall(DigitSpan value, Digit divisor);

struct QuotientSizes {
  size_t quotient, remainder;
};
// left >= right, right has two digits or more. quotient: left.size() - right.size() + 1 digits, remainder:
// right.size().
QuotientSizes digitsDivide(Digit* quotient, Digit* remainder, DigitSpan left, DigitSpan right);

// out: value.size() + bits / 30 + 1.
size_t digitsShiftLeft(Digit* out, DigitSpan value, uint64_t bits);
// Rounds towards zero; any_lost tells whether a one was shifted out. out: value.size().
size_t digitsShiftRight(Digit* out, DigitSpan value, uint64_t bits, bool* any_lost);

enum class BitwiseOp { kAnd, kOr, kXor };
struct SignedSize {
  size_t size;
  bool negative;
};
// Two's complement semantics with infinite sign extension. out: max(sizes) + 1; may be an input.
SignedSize digitsBitwise(BitwiseOp op, Digit* out, DigitSpan left, bool left_negative, DigitSpan right,
                         bool right_negative);

// Both positive; out: min(sizes).
size_t digitsGcd(Digit* out, DigitSpan left, DigitSpan right);
// Integer square root; out: (size + 1) / 2.
size_t digitsSquareRoot(Digit* out, DigitSpan value);

// value = fraction * 2**exponent, 0.5 <= fraction < 1, rounded half to even. value > 0.
double digitsFrexp(DigitSpan value, int64_t* exponent);
// True (and *out set) when the correctly rounded value is finite.
bool digitsToDouble(DigitSpan value, double* out);

enum class ByteOrder { kLittle, kBig };
// out: digitsForBytes(count).
inline constexpr size_t digitsForBytes(size_t count) { return (count * 8 + kDigitBits - 1) / kDigitBits + 1; }
SignedSize digitsFromBytes(Digit* out, const unsigned char* bytes, size_t count, ByteOrder order,
                           bool is_signed);
// False when the value does not fit; the bytes then hold its low part.
bool digitsToBytes(unsigned char* bytes, size_t count, ByteOrder order, bool is_signed, DigitSpan value,
                   bool negative);

// Upper bound of the characters that digitsToText writes (2 <= base <= 36).
size_t digitsTextCapacity(DigitSpan value, int base);
// Lower-case digits without prefix; "0" for zero. Returns the length.
size_t digitsToText(char* out, DigitSpan value, int base);
// values: digit values below base, most significant first. out: digitsForText(count, base).
size_t digitsForText(size_t count, int base);
size_t digitsFromText(Digit* out, const unsigned char* values, size_t count, int base);

// Writes a 64-bit value: at most three digits.
inline size_t digitsFromUint64(Digit* out, uint64_t value) {
  size_t size = 0;
  for (; value != 0; value >>= kDigitBits) out[size++] = static_cast<Digit>(value) & kDigitMask;
  return size;
}

}  // namespace krait
