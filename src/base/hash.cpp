#include "base/hash.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace krait {
namespace {

struct SipState {
  uint64_t a, b, c, d;

  SipState(uint64_t k0, uint64_t k1)
      : a(k0 ^ 0x736f6d6570736575),
        b(k1 ^ 0x646f72616e646f6d),
        c(k0 ^ 0x6c7967656e657261),
        d(k1 ^ 0x7465646279746573) {}

  [[gnu::always_inline]] void round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32) + d;
    c += b;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }
};

uint64_t loadTail(const unsigned char* at, size_t count) {
  uint64_t word = 0;
  for (size_t i = 0; i < count; i++) word |= uint64_t{at[i]} << (8 * i);
  return word;
}

template <int kCompress, int kFinish>
uint64_t siphash(uint64_t k0, uint64_t k1, const void* bytes, size_t size) {
  SipState state(k0, k1);
  auto* at = static_cast<const unsigned char*>(bytes);
  auto absorb = [&](uint64_t word) {
    state.d ^= word;
    for (int i = 0; i < kCompress; i++) state.round();
    state.a ^= word;
  };
  for (size_t left = size / 8; left > 0; left--, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    absorb(word);
  }
  absorb(uint64_t{size} << 56 | loadTail(at, size % 8));
  state.c ^= 0xff;
  for (int i = 0; i < kFinish; i++) state.round();
  return (state.a ^ state.b) ^ (state.c ^ state.d);
}

// value * 2**bits modulo 2**61 - 1 is a rotation of the 61-bit word.
constexpr uint64_t rotateModulus(uint64_t value, int bits) {
  return bits == 0 ? value : ((value << bits) & kHashModulus) | (value >> (kHashBits - bits));
}

constexpr int64_t finishHash(uint64_t residue, bool negative) {
  int64_t hash = negative ? -static_cast<int64_t>(residue) : static_cast<int64_t>(residue);
  return hash == -1 ? -2 : hash;
}

}  // namespace

uint64_t siphash13(uint64_t k0, uint64_t k1, const void* bytes, size_t size) {
  return siphash<1, 3>(k0, k1, bytes, size);
}

uint64_t siphash24(uint64_t k0, uint64_t k1, const void* bytes, size_t size) {
  return siphash<2, 4>(k0, k1, bytes, size);
}

int64_t hashDouble(double value) {
  if (std::isinf(value)) return value > 0 ? kHashInf : -kHashInf;
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);
  // The 53-bit mantissa as an integer, which is below the modulus.
  auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, 53));
  if (mantissa == 0) return 0;
  int shift = (exponent - 53) % kHashBits;
  if (shift < 0) shift += kHashBits;
  return finishHash(rotateModulus(mantissa, shift), std::signbit(value));
}

int64_t hashDigits(const uint32_t* digits, size_t count, bool negative) {
  uint64_t residue = 0;
  for (size_t i = count; i-- > 0;) {
    residue = rotateModulus(residue, 30) + digits[i];
    if (residue >= kHashModulus) residue -= kHashModulus;
  }
  return finishHash(residue, negative);
}

}  // namespace krait
