#include "base/bigint.h"

namespace krait {

size_t limbsFromDigits(mp_limb_t* limbs, DigitSpan value) {
  unsigned __int128 pending = 0;
  int bits = 0;
  size_t count = 0;
  for (Digit digit : value) {
    pending |= static_cast<unsigned __int128>(digit) << bits;
    bits += kDigitBits;
    if (bits < 64) continue;
    limbs[count++] = static_cast<mp_limb_t>(pending);
    pending >>= 64;
    bits -= 64;
  }
  if (pending != 0) limbs[count++] = static_cast<mp_limb_t>(pending);
  while (count > 0 && limbs[count - 1] == 0) count--;
  return count;
}

size_t digitsFromLimbs(Digit* out, size_t capacity, const mp_limb_t* limbs, size_t count) {
  unsigned __int128 pending = 0;
  int bits = 0;
  size_t size = 0;
  for (size_t i = 0; i < count; i++) {
    pending |= static_cast<unsigned __int128>(limbs[i]) << bits;
    bits += 64;
    for (; bits >= kDigitBits && size < capacity; bits -= kDigitBits) {
      out[size++] = static_cast<Digit>(pending) & kDigitMask;
      pending >>= kDigitBits;
    }
  }
  if (pending != 0 && size < capacity) out[size++] = static_cast<Digit>(pending);
  return digitsNormalized(out, size);
}

BigInt::BigInt(DigitSpan magnitude, bool negative) {
  size_t limbs = limbsForDigits(magnitude.size());
  mpz_init2(value_, limbs * 64 + 64);
  if (magnitude.empty()) return;
  size_t used = limbsFromDigits(mpz_limbs_write(value_, limbs), magnitude);
  mpz_limbs_finish(value_, negative ? -static_cast<mp_size_t>(used) : static_cast<mp_size_t>(used));
}

void BigInt::store(Digit* out) const {
  digitsFromLimbs(out, digitCount(), mpz_limbs_read(value_), mpz_size(value_));
}

}  // namespace krait
