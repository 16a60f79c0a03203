// pow() of ints, with and without a modulus, and rounding to powers of ten.
#include <cstdlib>

#include "core/errors.h"
#include "core/number.h"
#include "types/float.h"
#include "types/int.h"

namespace krait {
namespace {

// GMP ends the process when memory runs out: ask beforehand for what it is going to need.
Status ensureMemory(double bits) {
  constexpr double kMaxBits = 1e11;
  void* probe = bits < kMaxBits ? std::malloc(static_cast<size_t>(bits / 8) * 3 + 64) : nullptr;
  if (!probe) return raiseNoMemory();
  std::free(probe);
  return {};
}

// The power as long as it fits 63 bits.
bool powerFitsLong(long base, unsigned long exponent, long* out) {
  long result = 1;
  while (true) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(result, base, &result)) return false;
    exponent >>= 1;
    if (exponent == 0) break;
    if (__builtin_mul_overflow(base, base, &base)) return false;
  }
  *out = result;
  return true;
}

Result<Ref<>> powerPlain(IntObject* base, IntObject* exponent) {
  if (exponent->isNegative()) {
    double x = TRY(intAsDouble(base)), y = TRY(intAsDouble(exponent));
    Ref<FloatObject> left = TRY(floatNew(x)), right = TRY(floatNew(y));
    return numberPower(left, right, Py_None);
  }
  if (exponent->isZero()) return share(smallInt(1));
  if (base->isZero()) return share(smallInt(0));
  if (base->isCompact() && base->digits[0] == 1) {
    return share(smallInt(base->isNegative() && (exponent->digits[0] & 1) != 0 ? -1 : 1));
  }
  long count, value;
  if (!intFitsLong(exponent, &count)) return raiseNoMemory();
  if (base->isCompact() && powerFitsLong(base->compactValue(), count, &value)) return intFromLong(value);
  if (base->isCompact() && base->digits[0] == 2) {
    Ref<> power = TRY(intLshiftBy(smallInt(1), count));
    return base->isNegative() && (count & 1) != 0 ? intNegative(cast<IntObject>(power.get()))
                                                  : Result<Ref<>>(std::move(power));
  }
  TRY(ensureMemory(static_cast<double>(intBitCount(base)) * static_cast<double>(count)));
  BigInt result(base->magnitude(), base->isNegative());
  mpz_pow_ui(result.get(), result.get(), static_cast<unsigned long>(count));
  return intFromBigInt(result);
}

uint64_t powerModulo(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1 % modulus;
  base %= modulus;
  for (; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0)
      result = static_cast<uint64_t>(static_cast<unsigned __int128>(result) * base % modulus);
    base = static_cast<uint64_t>(static_cast<unsigned __int128>(base) * base % modulus);
  }
  return result;
}

// Exactly sized operands of one machine word.
bool powerModuloSmall(IntObject* base, IntObject* exponent, IntObject* modulus, long* out) {
  long b, e, m;
  if (!intFitsLong(base, &b) || !intFitsLong(exponent, &e) || !intFitsLong(modulus, &m) || e < 0 || m <= 0)
    return false;
  long reduced = b % m;
  if (reduced < 0) reduced += m;
  *out = static_cast<long>(
      powerModulo(static_cast<uint64_t>(reduced), static_cast<uint64_t>(e), static_cast<uint64_t>(m)));
  return true;
}

Result<Ref<>> powerModular(IntObject* base, IntObject* exponent, IntObject* modulus) {
  if (modulus->isZero()) return raise(PyExc_ValueError, "pow() 3rd argument cannot be 0");
  if (modulus->isCompact() && modulus->digits[0] == 1) return share(smallInt(0));
  long small;
  if (powerModuloSmall(base, exponent, modulus, &small)) return intFromLong(small);
  BigInt b(base->magnitude(), base->isNegative()), e(exponent->magnitude(), false),
      m(modulus->magnitude(), false);
  mpz_fdiv_r(b.get(), b.get(), m.get());
  if (exponent->isNegative() && mpz_invert(b.get(), b.get(), m.get()) == 0) {
    return raise(PyExc_ValueError, "base is not invertible for the given modulus");
  }
  mpz_powm(b.get(), b.get(), e.get(), m.get());
  if (modulus->isNegative() && mpz_sgn(b.get()) != 0) mpz_sub(b.get(), b.get(), m.get());
  return intFromBigInt(b);
}

}  // namespace

Result<Ref<>> intPower(IntObject* base, IntObject* exponent, Opt<IntObject> modulus) {
  return modulus ? powerModular(base, exponent, modulus.get()) : powerPlain(base, exponent);
}

Result<Ref<>> intRound(IntObject* v, Opt<> digits) {
  if (!digits) return intExact(v);
  Ref<IntObject> places = TRY(numberIndex(digits.get()));
  if (!places->isNegative()) return intExact(v);
  long count;
  // Rounding to a power of ten above twice the value leaves nothing.
  bool beyond = !intFitsLong(places, &count) || -static_cast<double>(count) > intBitCount(v) * 0.30103 + 2;
  if (beyond) return share(smallInt(0));
  Ref<IntObject> positive = TRY(intFromLong(-count));
  Ref<> power = TRY(intPower(smallInt(10), positive, nullptr));
  IntPair near = TRY(intDivmodNear(v, cast<IntObject>(power.get())));
  return intSubtract(v, cast<IntObject>(near.remainder.get()));
}

}  // namespace krait
