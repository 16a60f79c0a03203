#include "base/digits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/bigint.h"

namespace krait {
namespace {

// Where GMP with its two conversions overtakes the loops below.
constexpr size_t kMultiplyCutoff = 20;
constexpr size_t kDivideCutoff = 16;

int topBits(Digit digit) { return std::bit_width(digit); }

size_t multiplySmallSizes(Digit* out, DigitSpan left, DigitSpan right) {
  std::fill_n(out, left.size() + right.size(), 0);
  for (size_t i = 0; i < left.size(); i++) {
    TwoDigits factor = left[i], carry = 0;
    Digit* at = out + i;
    for (Digit digit : right) {
      carry += *at + factor * digit;
      *at++ = static_cast<Digit>(carry) & kDigitMask;
      carry >>= kDigitBits;
    }
    *at = static_cast<Digit>(carry);
  }
  return digitsNormalized(out, left.size() + right.size());
}

size_t multiplyLimbs(Digit* out, DigitSpan left, DigitSpan right) {
  LimbBuffer a(limbsForDigits(left.size())), b;
  size_t a_size = limbsFromDigits(a.data(), left);
  bool square = left.data() == right.data() && left.size() == right.size();
  size_t b_size = a_size;
  if (!square) {
    b.resize(limbsForDigits(right.size()));
    b_size = limbsFromDigits(b.data(), right);
  }
  LimbBuffer product(a_size + b_size);
  if (square) {
    mpn_sqr(product.data(), a.data(), a_size);
  } else if (a_size >= b_size) {
    mpn_mul(product.data(), a.data(), a_size, b.data(), b_size);
  } else {
    mpn_mul(product.data(), b.data(), b_size, a.data(), a_size);
  }
  return digitsFromLimbs(out, left.size() + right.size(), product.data(), a_size + b_size);
}

// One step of long division: the top of `window` (divisor.size() + 1 digits) by `divisor`, whose top bit is
// set. Leaves the remainder in the window and returns the quotient digit.
Digit divideStep(Digit* window, DigitSpan divisor) {
  size_t n = divisor.size();
  TwoDigits top = (TwoDigits{window[n]} << kDigitBits) | window[n - 1];
  TwoDigits guess = top / divisor[n - 1];
  TwoDigits rest = top % divisor[n - 1];
  while (guess > kDigitMask || guess * divisor[n - 2] > ((rest << kDigitBits) | window[n - 2])) {
    guess--;
    rest += divisor[n - 1];
    if (rest > kDigitMask) break;
  }
  int64_t borrow = 0;
  for (size_t i = 0; i < n; i++) {
    int64_t difference = int64_t{window[i]} + borrow - static_cast<int64_t>(guess * divisor[i]);
    window[i] = static_cast<Digit>(difference) & kDigitMask;
    borrow = difference >> kDigitBits;
  }
  if (int64_t{window[n]} + borrow >= 0) {
    window[n] = 0;
    return static_cast<Digit>(guess);
  }
  Digit carry = 0;
  for (size_t i = 0; i < n; i++) {
    carry += window[i] + divisor[i];
    window[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  window[n] = 0;
  return static_cast<Digit>(guess - 1);
}

QuotientSizes divideDigits(Digit* quotient, Digit* remainder, DigitSpan left, DigitSpan right) {
  int shift = kDigitBits - topBits(right.back());
  InlineBuffer<Digit, 96> divisor(right.size() + 1), window(left.size() + 2);
  size_t divisor_size = digitsShiftLeft(divisor.data(), right, shift);
  std::fill_n(window.data() + left.size(), 2, 0);
  digitsShiftLeft(window.data(), left, shift);
  DigitSpan normal(divisor.data(), divisor_size);
  size_t count = left.size() - right.size() + 1;
  for (size_t i = count; i-- > 0;) quotient[i] = divideStep(window.data() + i, normal);
  bool lost;
  size_t window_size = digitsNormalized(window.data(), right.size());
  size_t rest = digitsShiftRight(remainder, {window.data(), window_size}, shift, &lost);
  return {digitsNormalized(quotient, count), rest};
}

QuotientSizes divideLimbs(Digit* quotient, Digit* remainder, DigitSpan left, DigitSpan right) {
  LimbBuffer a(limbsForDigits(left.size())), b(limbsForDigits(right.size()));
  size_t a_size = limbsFromDigits(a.data(), left);
  size_t b_size = limbsFromDigits(b.data(), right);
  LimbBuffer q(a_size - b_size + 1), r(b_size);
  mpn_tdiv_qr(q.data(), r.data(), 0, a.data(), a_size, b.data(), b_size);
  return {digitsFromLimbs(quotient, left.size() - right.size() + 1, q.data(), q.size()),
          digitsFromLimbs(remainder, right.size(), r.data(), r.size())};
}

// Streams the two's complement digits of a signed magnitude (or, applied to such digits, the magnitude).
class Complement {
 public:
  explicit Complement(bool negative) : flip_(negative ? kDigitMask : 0), carry_(negative ? 1 : 0) {}
  Digit next(Digit digit) {
    carry_ += digit ^ flip_;
    Digit result = carry_ & kDigitMask;
    carry_ >>= kDigitBits;
    return result;
  }

 private:
  Digit flip_, carry_;
};

template <class T>
T bitwise(BitwiseOp op, T left, T right) {
  switch (op) {
    case BitwiseOp::kAnd: return left & right;
    case BitwiseOp::kOr: return left | right;
    case BitwiseOp::kXor: return left ^ right;
  }
  __builtin_unreachable();
}

}  // namespace

size_t digitsNormalized(const Digit* digits, size_t size) {
  while (size > 0 && digits[size - 1] == 0) size--;
  return size;
}

int digitsCompare(DigitSpan left, DigitSpan right) {
  if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
  for (size_t i = left.size(); i-- > 0;) {
    if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
  }
  return 0;
}

uint64_t digitsBitLength(DigitSpan value) {
  return value.empty() ? 0 : (value.size() - 1) * uint64_t{kDigitBits} + topBits(value.back());
}

uint64_t digitsBitCount(DigitSpan value) {
  uint64_t count = 0;
  for (Digit digit : value) count += std::popcount(digit);
  return count;
}

size_t digitsAdd(Digit* out, DigitSpan left, DigitSpan right) {
  if (left.size() < right.size()) std::swap(left, right);
  Digit carry = 0;
  size_t i = 0;
  for (; i < right.size(); i++) {
    carry += left[i] + right[i];
    out[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  for (; i < left.size(); i++) {
    carry += left[i];
    out[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  out[i] = carry;
  return i + carry;
}

size_t digitsSubtract(Digit* out, DigitSpan left, DigitSpan right) {
  Digit borrow = 0;
  size_t i = 0;
  for (; i < right.size(); i++) {
    borrow = left[i] - right[i] - borrow;
    out[i] = borrow & kDigitMask;
    borrow >>= 31;
  }
  for (; i < left.size(); i++) {
    borrow = left[i] - borrow;
    out[i] = borrow & kDigitMask;
    borrow >>= 31;
  }
  return digitsNormalized(out, left.size());
}

size_t digitsMultiply(Digit* out, DigitSpan left, DigitSpan right) {
  if (left.empty() || right.empty()) return 0;
  if (left.size() > right.size()) std::swap(left, right);
  if (left.size() < kMultiplyCutoff) return multiplySmallSizes(out, left, right);
  return multiplyLimbs(out, left, right);
}

Digit digitsDivideSmall(Digit* out, DigitSpan value, Digit divisor) {
  TwoDigits rest = 0;
  for (size_t i = value.size(); i-- > 0;) {
    rest = (rest << kDigitBits) | value[i];
    out[i] = static_cast<Digit>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<Digit>(rest);
}

Digit digitsRemainderSmall(DigitSpan value, Digit divisor) {
  TwoDigits rest = 0;
  for (size_t i = value.size(); i-- > 0;) rest = ((rest << kDigitBits) | value[i]) % divisor;
  return static_cast<Digit>(rest);
}

QuotientSizes digitsDivide(Digit* quotient, Digit* remainder, DigitSpan left, DigitSpan right) {
  if (right.size() < kDivideCutoff || left.size() - right.size() < 4) {
    return divideDigits(quotient, remainder, left, right);
  }
  return divideLimbs(quotient, remainder, left, right);
}

size_t digitsShiftLeft(Digit* out, DigitSpan value, uint64_t bits) {
  if (value.empty()) return 0;
  size_t whole = bits / kDigitBits;
  int part = static_cast<int>(bits % kDigitBits);
  std::fill_n(out, whole, 0);
  TwoDigits carry = 0;
  size_t at = whole;
  for (Digit digit : value) {
    carry |= TwoDigits{digit} << part;
    out[at++] = static_cast<Digit>(carry) & kDigitMask;
    carry >>= kDigitBits;
  }
  if (carry != 0) out[at++] = static_cast<Digit>(carry);
  return at;
}

size_t digitsShiftRight(Digit* out, DigitSpan value, uint64_t bits, bool* any_lost) {
  uint64_t whole = bits / kDigitBits;
  int part = static_cast<int>(bits % kDigitBits);
  *any_lost = !value.empty();
  if (whole >= value.size()) return 0;
  *any_lost = (value[whole] & ((Digit{1} << part) - 1)) != 0;
  for (size_t i = 0; i < whole && !*any_lost; i++) *any_lost = value[i] != 0;
  size_t size = value.size() - whole;
  for (size_t i = 0; i < size; i++) {
    TwoDigits pair = value[whole + i];
    if (i + 1 < size) pair |= TwoDigits{value[whole + i + 1]} << kDigitBits;
    out[i] = static_cast<Digit>(pair >> part) & kDigitMask;
  }
  return digitsNormalized(out, size);
}

SignedSize digitsBitwise(BitwiseOp op, Digit* out, DigitSpan left, bool left_negative, DigitSpan right,
                         bool right_negative) {
  bool negative = bitwise(op, left_negative, right_negative);
  Complement left_bits(left_negative), right_bits(right_negative), result_bits(negative);
  size_t size = std::max(left.size(), right.size()) + 1;
  for (size_t i = 0; i < size; i++) {
    Digit a = left_bits.next(i < left.size() ? left[i] : 0);
    Digit b = right_bits.next(i < right.size() ? right[i] : 0);
    out[i] = result_bits.next(bitwise(op, a, b));
  }
  return {digitsNormalized(out, size), negative};
}

size_t digitsGcd(Digit* out, DigitSpan left, DigitSpan right) {
  if (left.size() <= 2 && right.size() <= 2) {
    auto word = [](DigitSpan v) { return v[0] | (v.size() > 1 ? TwoDigits{v[1]} << kDigitBits : 0); };
    TwoDigits a = word(left), b = word(right);
    while (b != 0) a = std::exchange(b, a % b);
    return digitsFromUint64(out, a);
  }
  BigInt a(left, false), b(right, false);
  mpz_gcd(a.get(), a.get(), b.get());
  a.store(out);
  return a.digitCount();
}

size_t digitsSquareRoot(Digit* out, DigitSpan value) {
  if (value.empty()) return 0;
  LimbBuffer limbs(limbsForDigits(value.size()));
  size_t size = limbsFromDigits(limbs.data(), value);
  LimbBuffer root((size + 1) / 2);
  mpn_sqrtrem(root.data(), nullptr, limbs.data(), size);
  return digitsFromLimbs(out, (value.size() + 1) / 2, root.data(), root.size());
}

double digitsFrexp(DigitSpan value, int64_t* exponent) {
  uint64_t length = digitsBitLength(value);
  // The top 64 bits (left-aligned), with the last one sticky.
  uint64_t top = 0;
  int filled = 0;
  size_t i = value.size();
  while (i > 0 && filled < 64) {
    int width = filled == 0 ? topBits(value[i - 1]) : kDigitBits;
    int room = std::min(width, 64 - filled);
    top |= static_cast<uint64_t>(value[i - 1] >> (width - room)) << (64 - filled - room);
    if (room < width && (value[i - 1] & ((Digit{1} << (width - room)) - 1)) != 0) top |= 1;
    filled += room;
    i--;
  }
  for (; i > 0 && (top & 1) == 0; i--) top |= value[i - 1] != 0;
  uint64_t mantissa = top >> 11, tail = top & 0x7ff;
  if (tail > 0x400 || (tail == 0x400 && (mantissa & 1) != 0)) mantissa++;
  *exponent = static_cast<int64_t>(length);
  double fraction = std::ldexp(static_cast<double>(mantissa), -53);
  if (fraction == 1.0) {
    fraction = 0.5;
    ++*exponent;
  }
  return fraction;
}

bool digitsToDouble(DigitSpan value, double* out) {
  if (value.size() <= 1) {
    *out = value.empty() ? 0.0 : value[0];
    return true;
  }
  int64_t exponent;
  double fraction = digitsFrexp(value, &exponent);
  if (exponent > 1024) return false;
  *out = std::ldexp(fraction, static_cast<int>(exponent));
  return true;
}

SignedSize digitsFromBytes(Digit* out, const unsigned char* bytes, size_t count, ByteOrder order,
                           bool is_signed) {
  auto at = [&](size_t i) { return order == ByteOrder::kLittle ? bytes[i] : bytes[count - 1 - i]; };
  bool negative = is_signed && count > 0 && (at(count - 1) & 0x80) != 0;
  TwoDigits pending = 0;
  int bits = 0;
  unsigned carry = negative ? 1 : 0;
  size_t size = 0;
  for (size_t i = 0; i < count; i++) {
    unsigned byte = at(i);
    if (negative) {
      carry += byte ^ 0xff;
      byte = carry & 0xff;
      carry >>= 8;
    }
    pending |= TwoDigits{byte} << bits;
    bits += 8;
    if (bits >= kDigitBits) {
      out[size++] = static_cast<Digit>(pending) & kDigitMask;
      pending >>= kDigitBits;
      bits -= kDigitBits;
    }
  }
  for (; pending != 0; pending >>= kDigitBits) out[size++] = static_cast<Digit>(pending) & kDigitMask;
  return {digitsNormalized(out, size), negative};
}

bool digitsToBytes(unsigned char* bytes, size_t count, ByteOrder order, bool is_signed, DigitSpan value,
                   bool negative) {
  Complement complement(negative);
  TwoDigits pending = 0;
  int bits = 0;
  size_t next = 0;
  for (size_t i = 0; i < count; i++) {
    if (bits < 8) {
      Digit digit = complement.next(next < value.size() ? value[next] : 0);
      next++;
      pending |= TwoDigits{digit} << bits;
      bits += kDigitBits;
    }
    bytes[order == ByteOrder::kLittle ? i : count - 1 - i] = static_cast<unsigned char>(pending);
    pending >>= 8;
    bits -= 8;
  }
  uint64_t length = digitsBitLength(value);
  uint64_t room = uint64_t{count} * 8;
  if (!is_signed) return length <= room;
  if (length < room || value.empty()) return true;
  // -2**(room - 1) still fits; -1 is all sign, so no bytes at all hold it.
  if (!negative || length > (room == 0 ? 1 : room)) return false;
  return digitsBitCount(value) == 1;
}

size_t digitsTextCapacity(DigitSpan value, int base) {
  auto bits = static_cast<double>(digitsBitLength(value));
  return static_cast<size_t>(bits / std::log2(base) * 1.0000001) + 3;
}

size_t digitsToText(char* out, DigitSpan value, int base) {
  static constexpr char kDigitChars[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  if (value.size() <= 2) {
    TwoDigits word = value.empty() ? 0 : value[0];
    if (value.size() > 1) word |= TwoDigits{value[1]} << kDigitBits;
    char reversed[64];
    size_t count = 0;
    do {
      reversed[count++] = kDigitChars[word % base];
      word /= base;
    } while (word != 0);
    std::reverse_copy(reversed, reversed + count, out);
    return count;
  }
  LimbBuffer limbs(limbsForDigits(value.size()));
  size_t size = limbsFromDigits(limbs.data(), value);
  auto* text = reinterpret_cast<unsigned char*>(out);
  size_t count = mpn_get_str(text, base, limbs.data(), size);
  size_t zeros = 0;
  while (zeros + 1 < count && text[zeros] == 0) zeros++;
  for (size_t i = zeros; i < count; i++) out[i - zeros] = kDigitChars[text[i]];
  return count - zeros;
}

size_t digitsForText(size_t count, int base) {
  return static_cast<size_t>(static_cast<double>(count) * std::log2(base) * 1.0000001 / kDigitBits) + 4;
}

size_t digitsFromText(Digit* out, const unsigned char* values, size_t count, int base) {
  while (count > 0 && *values == 0) values++, count--;
  if (count == 0) return 0;
  if (count <= 12) {
    uint64_t word = 0;
    for (size_t i = 0; i < count; i++) word = word * base + values[i];
    return digitsFromUint64(out, word);
  }
  LimbBuffer limbs(static_cast<size_t>(static_cast<double>(count) * std::log2(base) * 1.0000001 / 64) + 3);
  size_t size = mpn_set_str(limbs.data(), values, count, base);
  return digitsFromLimbs(out, digitsForText(count, base), limbs.data(), size);
}

}  // namespace krait
