#include "modules/math_integer.h"

#include "base/bigint.h"
#include "core/errors.h"
#include "modules/heap_type.h"
#include "types/int.h"

namespace krait::modules {
namespace {

// n * (n - 1) * ... (count factors), by halves so that the factors stay balanced.
void fallingProduct(mpz_ptr out, mpz_srcptr n, unsigned long first, unsigned long count) {
  if (count <= 8) {
    mpz_sub_ui(out, n, first);
    BigInt factor;
    for (unsigned long i = 1; i < count; i++) {
      mpz_sub_ui(factor.get(), n, first + i);
      mpz_mul(out, out, factor.get());
    }
    return;
  }
  unsigned long half = count / 2;
  fallingProduct(out, n, first, half);
  BigInt right;
  fallingProduct(right.get(), n, first + half, count - half);
  mpz_mul(out, out, right.get());
}

Result<Ref<>> factorialOf(long n) {
  BigInt result;
  mpz_fac_ui(result.get(), static_cast<unsigned long>(n));
  return intFromBigInt(result);
}

struct Choice {
  Ref<IntObject> n, k;
};

Result<Choice> choiceOf(PyObject* n_object, PyObject* k_object) {
  Ref<IntObject> n = TRY(numberIndex(n_object));
  Ref<IntObject> k = TRY(numberIndex(k_object));
  if (n->isNegative()) return raise(PyExc_ValueError, "n must be a non-negative integer");
  if (k->isNegative()) return raise(PyExc_ValueError, "k must be a non-negative integer");
  return Choice{std::move(n), std::move(k)};
}

template <class Step>
Result<Ref<>> fold(CallArgs args, int start, Step step) {
  if (args.count == 0) return share(smallInt(start));
  Ref<IntObject> first = TRY(numberIndex(args.values[0]));
  Ref<> result = TRY(intAbsolute(first));
  for (Py_ssize_t i = 1; i < args.count; i++) {
    Ref<IntObject> next = TRY(numberIndex(args.values[i]));
    result = TRY(step(cast<IntObject>(result.get()), next.get()));
  }
  return result;
}

Result<Ref<>> lcmOf(IntObject* a, IntObject* b) {
  if (a->isZero() || b->isZero()) return share(smallInt(0));
  Ref<> gcd = TRY(intGcd(a, b));
  Ref<> part = TRY(intFloorDivide(a, cast<IntObject>(gcd.get())));
  Ref<> product = TRY(intMultiply(cast<IntObject>(part.get()), b));
  return intAbsolute(cast<IntObject>(product.get()));
}

}  // namespace

Result<Ref<>> factorialFunction(PyObject* n_object) {
  Ref<IntObject> n = TRY(numberIndex(n_object));
  if (n->isNegative()) return raise(PyExc_ValueError, "factorial() not defined for negative values");
  long value;
  if (!intFitsLong(n, &value)) {
    return raise(PyExc_OverflowError, "factorial() argument should not exceed %ld", PY_SSIZE_T_MAX);
  }
  // GMP would end the process: this many factors fit no memory.
  if (value > 2'000'000'000) return raiseNoMemory();
  return factorialOf(value);
}

Result<Ref<>> combFunction(PyObject* n_object, PyObject* k_object) {
  Choice choice = TRY(choiceOf(n_object, k_object));
  Ref<> rest = TRY(intSubtract(choice.n, choice.k));
  auto* other = cast<IntObject>(rest.get());
  if (other->isNegative()) return share(smallInt(0));
  IntObject* smaller = intCompare(choice.k, other) <= 0 ? choice.k.get() : other;
  long count;
  if (!intFitsLong(smaller, &count)) {
    return raise(PyExc_OverflowError, "min(n - k, k) must not exceed %lld",
                 static_cast<long long>(PY_SSIZE_T_MAX));
  }
  BigInt n(choice.n->magnitude(), false), result;
  mpz_bin_ui(result.get(), n.get(), static_cast<unsigned long>(count));
  return intFromBigInt(result);
}

Result<Ref<>> permFunction(PyObject* n_object, PyObject* k_object) {
  if (k_object == Py_None) return factorialFunction(n_object);
  Choice choice = TRY(choiceOf(n_object, k_object));
  if (intCompare(choice.n, choice.k) < 0) return share(smallInt(0));
  long count;
  if (!intFitsLong(choice.k, &count)) {
    return raise(PyExc_OverflowError, "k must not exceed %lld", static_cast<long long>(PY_SSIZE_T_MAX));
  }
  if (count == 0) return share(smallInt(1));
  BigInt n(choice.n->magnitude(), false), result;
  fallingProduct(result.get(), n.get(), 0, static_cast<unsigned long>(count));
  return intFromBigInt(result);
}

Result<Ref<>> gcdFunction(CallArgs args) {
  TRY(refuseKeywords(args, "math.gcd"));
  return fold(args, 0, intGcd);
}

Result<Ref<>> lcmFunction(CallArgs args) {
  TRY(refuseKeywords(args, "math.lcm"));
  return fold(args, 1, lcmOf);
}

Result<Ref<>> isqrtFunction(PyObject* n_object) {
  Ref<IntObject> n = TRY(numberIndex(n_object));
  if (n->isNegative()) return raise(PyExc_ValueError, "isqrt() argument must be nonnegative");
  return intSquareRoot(n);
}

}  // namespace krait::modules
