// A GMP integer that owns its memory, and the bridge between 30-bit digits and 64-bit limbs.
#pragma once

#include <gmp.h>

#include "base/digits.h"
#include "base/inline_buffer.h"

namespace krait {

static_assert(GMP_LIMB_BITS == 64 && GMP_NAIL_BITS == 0);

using LimbBuffer = InlineBuffer<mp_limb_t, 64>;

inline constexpr size_t limbsForDigits(size_t count) { return (count * kDigitBits + 63) / 64; }
inline constexpr size_t digitsForLimbs(size_t count) { return (count * 64 + kDigitBits - 1) / kDigitBits; }
// Returns the normalised number of limbs; limbs: limbsForDigits(value.size()).
size_t limbsFromDigits(mp_limb_t* limbs, DigitSpan value);
// Writes at most `capacity` digits (higher ones must be zero), returns the normalised number.
size_t digitsFromLimbs(Digit* out, size_t capacity, const mp_limb_t* limbs, size_t count);

class BigInt {
 public:
  BigInt() { mpz_init(value_); }
  BigInt(DigitSpan magnitude, bool negative);
  BigInt(const BigInt&) = delete;
  BigInt& operator=(const BigInt&) = delete;
  ~BigInt() { mpz_clear(value_); }

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  bool isNegative() const { return mpz_sgn(value_) < 0; }
  // Digits that store() writes.
  size_t digitCount() const {
    return (mpz_sgn(value_) == 0) ? 0 : (mpz_sizeinbase(value_, 2) + 29) / kDigitBits;
  }
  void store(Digit* out) const;

 private:
  mpz_t value_;
};

}  // namespace krait
