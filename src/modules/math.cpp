// The math module: real functions. Integer functions are in math_integer.cpp.
#include <cerrno>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/call.h"
#include "core/native.h"
#include "core/scratch.h"
#include "modules/heap_type.h"
#include "modules/math_integer.h"
#include "modules/math_special.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

Raised domainError() { return raise(PyExc_ValueError, "math domain error"); }
Raised rangeError() { return raise(PyExc_OverflowError, "math range error"); }

// A C function whose special cases follow IEEE 754: errors are read off the result.
template <double (*kFunction)(double), bool kCanOverflow = false>
Result<double> real(double x) {
  double result = kFunction(x);
  if (std::isnan(result) && !std::isnan(x)) return domainError();
  if (std::isinf(result) && std::isfinite(x)) return kCanOverflow ? rangeError() : domainError();
  return result;
}

// A function that flags its errors; an underflow to something small is none.
template <double (*kFunction)(double)>
Result<double> flagged(double x) {
  errno = 0;
  double result = kFunction(x);
  if (errno == EDOM) return domainError();
  if (errno == ERANGE && std::fabs(result) >= 1.5) return rangeError();
  return result;
}

double plainErf(double x) { return std::erf(x); }
double plainErfc(double x) { return std::erfc(x); }

// --- two arguments ---

double atan2Function(double y, double x) { return std::atan2(y, x); }
double copysignFunction(double x, double y) { return std::copysign(x, y); }
double nextafterFunction(double x, double y) { return std::nextafter(x, y); }

Result<double> fmodFunction(double x, double y) {
  if (std::isinf(y) && std::isfinite(x)) return x;
  double result = std::fmod(x, y);
  if (std::isnan(result) && !std::isnan(x) && !std::isnan(y)) return domainError();
  return result;
}

// The remainder with respect to the nearest multiple; ties go to the even one. A zero has the sign of x.
double nearestRemainder(double x, double y) {
  double size = std::fabs(x), step = std::fabs(y);
  double low = std::fmod(size, step), high = step - low;
  double rest = low < high ? low : low > high ? -high : low - 2.0 * std::fmod(0.5 * (size - low), step);
  return std::copysign(1.0, x) * rest;
}

Result<double> remainderFunction(double x, double y) {
  if (std::isnan(x)) return x;
  if (std::isnan(y)) return y;
  if (std::isinf(x) || y == 0.0) return domainError();
  return std::isinf(y) ? x : nearestRemainder(x, y);
}

Result<double> powFunction(double x, double y) {
  double result = std::pow(x, y);
  if (!std::isfinite(x) || !std::isfinite(y)) return result;
  if (std::isnan(result)) return domainError();
  if (std::isinf(result)) return x == 0.0 ? domainError() : rangeError();
  return result;
}

Result<double> ldexpFunction(double x, PyObject* exponent) {
  if (!isInt(exponent)) return raise(PyExc_TypeError, "Expected an int as second argument to ldexp.");
  int overflow;
  long shift = intAsLongAndOverflow(cast<IntObject>(exponent), &overflow);
  if (overflow != 0)
    shift = overflow < 0 ? std::numeric_limits<long>::min() : std::numeric_limits<long>::max();
  if (x == 0.0 || !std::isfinite(x)) return x;
  if (shift > INT_MAX) return rangeError();
  if (shift < INT_MIN) return std::copysign(0.0, x);
  double result = std::ldexp(x, static_cast<int>(shift));
  if (std::isinf(result)) return rangeError();
  return result;
}

Result<Ref<>> pairOf(Result<Ref<>> first, Result<Ref<>> second) {
  Ref<> a = TRY(std::move(first));
  Ref<> b = TRY(std::move(second));
  return tupleOf(a.get(), b.get());
}

Result<Ref<>> frexpFunction(double x) {
  int exponent = 0;
  double fraction = std::isfinite(x) ? std::frexp(x, &exponent) : x;
  return pairOf(floatNew(fraction), intFromLong(exponent));
}

Result<Ref<>> modfFunction(double x) {
  if (std::isinf(x)) return pairOf(floatNew(std::copysign(0.0, x)), floatNew(x));
  double whole;
  double fraction = std::modf(x, &whole);
  return pairOf(floatNew(fraction), floatNew(whole));
}

// --- logarithms ---

Result<double> logOf(double x, double (*function)(double)) {
  if (std::isfinite(x) && x <= 0.0) return domainError();
  if (std::isinf(x) && x < 0) return domainError();
  return function(x);
}

// Ints may be far larger than any double.
Result<double> logAny(PyObject* x, double (*function)(double)) {
  if (!isInt(x)) return logOf(TRY(asDouble(x)), function);
  auto* value = cast<IntObject>(x);
  if (intSign(value) <= 0) return domainError();
  double converted;
  if (digitsToDouble(value->magnitude(), &converted)) return function(converted);
  int64_t exponent;
  double fraction = intFrexp(value, &exponent);
  return function(fraction) + function(2.0) * static_cast<double>(exponent);
}

double plainLog(double x) { return std::log(x); }
double plainLog2(double x) { return std::log2(x); }
double plainLog10(double x) { return std::log10(x); }

Result<double> logFunction(CallArgs args) {
  TRY(refuseKeywords(args, "math.log"));
  if (args.count < 1 || args.count > 2) return raise(PyExc_TypeError, "math.log requires 1 to 2 arguments");
  double numerator = TRY(logAny(args.values[0], plainLog));
  if (args.count == 1) return numerator;
  double denominator = TRY(logAny(args.values[1], plainLog));
  if (denominator == 0.0) return raise(PyExc_ZeroDivisionError, "float division by zero");
  return numerator / denominator;
}

Result<double> log2Function(PyObject* x) { return logAny(x, plainLog2); }
Result<double> log10Function(PyObject* x) { return logAny(x, plainLog10); }
double plainLog1p(double x) { return x == 0.0 ? x : std::log1p(x); }

// --- rounding ---

template <Text kMethod, double (*kRound)(double)>
Result<Ref<>> roundWith(PyObject* x) {
  if (!isExactFloat(x)) {
    MaybeRef<> method = TRY(lookupSpecial(x, name<kMethod>()));
    if (method) return call(method.get());
  }
  return intFromDouble(kRound(TRY(asDouble(x))));
}
double plainCeil(double x) { return std::ceil(x); }
double plainFloor(double x) { return std::floor(x); }

Result<Ref<>> truncFunction(PyObject* x) {
  if (isExactFloat(x)) return intFromDouble(cast<FloatObject>(x)->value);
  MaybeRef<> method = TRY(lookupSpecial(x, name<"__trunc__">()));
  if (method) return call(method.get());
  return raise(PyExc_TypeError, "type %.100s doesn't define __trunc__ method", typeName(x));
}

// --- predicates and units ---

bool isFiniteFunction(double x) { return std::isfinite(x); }
bool isInfFunction(double x) { return std::isinf(x); }
bool isNanFunction(double x) { return std::isnan(x); }
double degreesFunction(double x) { return x * (180.0 / std::numbers::pi); }
double radiansFunction(double x) { return x * (std::numbers::pi / 180.0); }

double ulpFunction(double x) {
  if (std::isnan(x)) return x;
  x = std::fabs(x);
  if (std::isinf(x)) return x;
  double above = std::nextafter(x, std::numeric_limits<double>::infinity());
  return std::isinf(above) ? x - std::nextafter(x, 0.0) : above - x;
}

Result<bool> isCloseFunction(double a, double b, std::optional<double> relative,
                             std::optional<double> absolute) {
  double rel = relative.value_or(1e-9), abs = absolute.value_or(0.0);
  if (rel < 0.0 || abs < 0.0) return raise(PyExc_ValueError, "tolerances must be non-negative");
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  double difference = std::fabs(b - a);
  return difference <= std::fabs(rel * b) || difference <= std::fabs(rel * a) || difference <= abs;
}

// --- vectors ---

using Vector = InlineBuffer<double, 32>;

// Collects absolute values with what vectorNorm() wants to know about them.
struct Coordinates {
  Vector values;
  double max = 0.0;
  bool found_nan = false;

  void add(double x) {
    x = std::fabs(x);
    values.append(x);
    found_nan |= std::isnan(x);
    if (x > max) max = x;
  }
  double norm() { return vectorNorm(values.data(), values.size(), max, found_nan); }
};

Result<double> hypotFunction(CallArgs args) {
  TRY(refuseKeywords(args, "math.hypot"));
  Coordinates coordinates;
  TRY(reserveScratch(coordinates.values, static_cast<size_t>(args.count)));
  for (Py_ssize_t i = 0; i < args.count; i++) coordinates.add(TRY(asDouble(args.values[i])));
  return coordinates.norm();
}

Result<double> distFunction(PyObject* p, PyObject* q) {
  Ref<TupleObject> from = TRY(sequenceTuple(p)), to = TRY(sequenceTuple(q));
  if (from->size() != to->size()) {
    return raise(PyExc_ValueError, "both points must have the same number of dimensions");
  }
  Coordinates coordinates;
  TRY(reserveScratch(coordinates.values, static_cast<size_t>(from->size())));
  for (Py_ssize_t i = 0; i < from->size(); i++) {
    double a = TRY(asDouble(from->at(i)));
    coordinates.add(a - TRY(asDouble(to->at(i))));
  }
  return coordinates.norm();
}

// The exact running sum as non-overlapping doubles of increasing size (Shewchuk).
class ExactSum {
 public:
  Status add(double x) {
    double original = x;
    size_t kept = 0;
    for (double y : partials_) {
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      double hi = x + y, lo = y - (hi - x);
      if (lo != 0.0) partials_[kept++] = lo;
      x = hi;
    }
    partials_.resize(kept);
    if (x == 0.0) return {};
    if (std::isfinite(x)) {
      partials_.push_back(x);
      return {};
    }
    if (std::isfinite(original)) return raise(PyExc_OverflowError, "intermediate overflow in fsum");
    if (std::isinf(original)) infinite_sum_ += original;
    special_sum_ += original;
    partials_.clear();
    return {};
  }

  Result<double> total() {
    if (special_sum_ != 0.0) {
      if (std::isnan(infinite_sum_)) return raise(PyExc_ValueError, "-inf + inf in fsum");
      return special_sum_;
    }
    double hi = 0.0, lo = 0.0;
    size_t n = partials_.size();
    if (n > 0) hi = partials_[--n];
    while (n > 0 && lo == 0.0) {
      double x = hi, y = partials_[--n];
      hi = x + y;
      lo = y - (hi - x);
    }
    // Half-way cases round to even only if nothing of the same sign remains below.
    if (n > 0 && ((lo < 0.0 && partials_[n - 1] < 0.0) || (lo > 0.0 && partials_[n - 1] > 0.0))) {
      double y = lo * 2.0, x = hi + y;
      if (y == x - hi) hi = x;
    }
    return hi;
  }

 private:
  std::vector<double> partials_;
  double special_sum_ = 0.0, infinite_sum_ = 0.0;
};

Result<double> fsumFunction(PyObject* seq) {
  ExactSum sum;
  TRY(forEach(seq, [&](Ref<> item) -> Status { return sum.add(TRY(asDouble(item))); }));
  return sum.total();
}

Result<Ref<>> prodFunction(PyObject* iterable, Opt<> start) {
  Ref<> product = start ? share(start.get()) : Ref<>(share(smallInt(1)));
  TRY(forEach(iterable, [&](Ref<> item) -> Status {
    product = TRY(numberMultiply(product, item));
    return {};
  }));
  return product;
}

constexpr double (*kAcos)(double) = std::acos, (*kAcosh)(double) = std::acosh, (*kAsin)(double) = std::asin,
                 (*kAsinh)(double) = std::asinh, (*kAtan)(double) = std::atan, (*kAtanh)(double) = std::atanh,
                 (*kCbrt)(double) = std::cbrt, (*kCos)(double) = std::cos, (*kCosh)(double) = std::cosh,
                 (*kExp)(double) = std::exp, (*kExp2)(double) = std::exp2, (*kExpm1)(double) = std::expm1,
                 (*kFabs)(double) = std::fabs, (*kSin)(double) = std::sin, (*kSinh)(double) = std::sinh,
                 (*kSqrt)(double) = std::sqrt, (*kTan)(double) = std::tan, (*kTanh)(double) = std::tanh;

constinit PyMethodDef kMathMethods[] = {
    function<"acos($module, x, /)", real<kAcos>, "Arc cosine, in radians.">,
    function<"acosh($module, x, /)", real<kAcosh>, "Inverse hyperbolic cosine.">,
    function<"asin($module, x, /)", real<kAsin>, "Arc sine, in radians.">,
    function<"asinh($module, x, /)", real<kAsinh>, "Inverse hyperbolic sine.">,
    function<"atan($module, x, /)", real<kAtan>, "Arc tangent, in radians.">,
    function<"atan2($module, y, x, /)", atan2Function, "Arc tangent of y/x, in the right quadrant.">,
    function<"atanh($module, x, /)", real<kAtanh>, "Inverse hyperbolic tangent.">,
    function<"cbrt($module, x, /)", real<kCbrt>, "Cube root.">,
    function<"ceil($module, x, /)", roundWith<"__ceil__", plainCeil>, "The smallest integer >= x.">,
    function<"copysign($module, x, y, /)", copysignFunction, "The size of x with the sign of y.">,
    function<"cos($module, x, /)", real<kCos>, "Cosine of x radians.">,
    function<"cosh($module, x, /)", real<kCosh, true>, "Hyperbolic cosine.">,
    function<"degrees($module, x, /)", degreesFunction, "Radians as degrees.">,
    function<"dist($module, p, q, /)", distFunction, "Euclidean distance of two points.">,
    function<"erf($module, x, /)", plainErf, "Error function.">,
    function<"erfc($module, x, /)", plainErfc, "Complementary error function.">,
    function<"exp($module, x, /)", real<kExp, true>, "e raised to x.">,
    function<"exp2($module, x, /)", real<kExp2, true>, "2 raised to x.">,
    function<"expm1($module, x, /)", real<kExpm1, true>, "exp(x)-1, precise near zero.">,
    function<"fabs($module, x, /)", real<kFabs>, "Absolute value as a float.">,
    function<"factorial($module, n, /)", factorialFunction, "n!">,
    function<"floor($module, x, /)", roundWith<"__floor__", plainFloor>, "The largest integer <= x.">,
    function<"fmod($module, x, y, /)", fmodFunction, "C's fmod: the sign is that of x.">,
    function<"frexp($module, x, /)", frexpFunction, "Mantissa and exponent: x == m * 2.**e.">,
    function<"fsum($module, seq, /)", fsumFunction, "Exactly rounded sum.">,
    function<"gamma($module, x, /)", flagged<gammaFunction>, "Gamma function.">,
    function<"gcd($module, *integers)", gcdFunction, "Greatest common divisor.">,
    function<"!hypot($module, *coordinates)", hypotFunction,
             "hypot(*coordinates) -> value\n\nEuclidean length of a vector.">,
    function<"isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", isCloseFunction,
             "Whether two numbers are close in value.">,
    function<"isfinite($module, x, /)", isFiniteFunction, "Neither infinite nor NaN.">,
    function<"isinf($module, x, /)", isInfFunction, "An infinity of either sign.">,
    function<"isnan($module, x, /)", isNanFunction, "Not a number.">,
    function<"isqrt($module, n, /)", isqrtFunction, "Integer part of the square root.">,
    function<"lcm($module, *integers)", lcmFunction, "Least common multiple.">,
    function<"ldexp($module, x, i, /)", ldexpFunction, "x * (2**i)">,
    function<"lgamma($module, x, /)", flagged<logGammaFunction>, "Logarithm of the gamma function's size.">,
    function<"!%log($module, x, base=<unrepresentable>, /)", logFunction,
             "log(x, [base=math.e])\nThe logarithm of x, natural unless a base is given.">,
    function<"log1p($module, x, /)", real<plainLog1p>, "log(1+x), precise near zero.">,
    function<"log10($module, x, /)", log10Function, "Logarithm to base 10.">,
    function<"log2($module, x, /)", log2Function, "Logarithm to base 2.">,
    function<"modf($module, x, /)", modfFunction, "Fractional and integer parts, with the sign of x.">,
    function<"pow($module, x, y, /)", powFunction, "x**y in floats.">,
    function<"radians($module, x, /)", radiansFunction, "Degrees as radians.">,
    function<"remainder($module, x, y, /)", remainderFunction, "IEEE 754 remainder of x with respect to y.">,
    function<"sin($module, x, /)", real<kSin>, "Sine of x radians.">,
    function<"sinh($module, x, /)", real<kSinh, true>, "Hyperbolic sine.">,
    function<"sqrt($module, x, /)", real<kSqrt>, "Square root.">,
    function<"tan($module, x, /)", real<kTan>, "Tangent of x radians.">,
    function<"tanh($module, x, /)", real<kTanh>, "Hyperbolic tangent.">,
    function<"trunc($module, x, /)", truncFunction, "The integer part, through __trunc__.">,
    function<"prod($module, iterable, /, *, start=1)", prodFunction,
             "Product of the items and the start value.">,
    function<"perm($module, n, k=None, /)", permFunction, "Number of ways to choose k of n items, ordered.">,
    function<"comb($module, n, k, /)", combFunction, "Number of ways to choose k of n items, unordered.">,
    function<"nextafter($module, x, y, /)", nextafterFunction, "The float after x towards y.">,
    function<"ulp($module, x, /)", ulpFunction, "The value of the last bit of x.">,
    {}};

Status mathExec(PyObject* module) {
  TRY(moduleAdd(module, "pi", TRY(floatNew(std::numbers::pi))));
  TRY(moduleAdd(module, "e", TRY(floatNew(std::numbers::e))));
  TRY(moduleAdd(module, "tau", TRY(floatNew(2 * std::numbers::pi))));
  TRY(moduleAdd(module, "inf", TRY(floatNew(std::numeric_limits<double>::infinity()))));
  return moduleAdd(module, "nan", TRY(floatNew(std::numeric_limits<double>::quiet_NaN())));
}

constinit PyModuleDef kMathModule = moduleDef<"math", mathExec>(
    kMathMethods, "Mathematical functions of real numbers, as the C standard defines them.");

}  // namespace

PyObject* initMath() { return moduleDefInit(&kMathModule); }

}  // namespace krait::modules
