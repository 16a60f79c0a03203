#include "modules/math_special.h"

#include <cerrno>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numbers>

namespace krait::modules {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// The rational form of Lanczos' approximation with 13 terms, g = 6.02468...
constexpr int kTerms = 13;
constexpr double kG = 6.024680040776729583740234375, kGMinusHalf = 5.524680040776729583740234375;
constexpr double kNumerator[kTerms] = {
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408};
constexpr double kDenominator[kTerms] = {0.0,        39916800.0, 120543840.0, 150917976.0, 105258076.0,
                                         45995730.0, 13339535.0, 2637558.0,   357423.0,    32670.0,
                                         1925.0,     66.0,       1.0};

constexpr int kFactorialCount = 23;
constexpr auto kFactorials = [] {
  struct {
    double at[kFactorialCount];
  } table{};
  double value = 1;
  for (int i = 0; i < kFactorialCount; i++) {
    table.at[i] = value;
    value *= i + 1;
  }
  return table;
}();

// Evaluated from the end that keeps the terms small.
double lanczosSum(double x) {
  double numerator = 0.0, denominator = 0.0;
  if (x < 5.0) {
    for (int i = kTerms; --i >= 0;) {
      numerator = numerator * x + kNumerator[i];
      denominator = denominator * x + kDenominator[i];
    }
  } else {
    for (int i = 0; i < kTerms; i++) {
      numerator = numerator / x + kNumerator[i];
      denominator = denominator / x + kDenominator[i];
    }
  }
  return numerator / denominator;
}

// sin(pi * x) without the error of the product.
double sinPi(double x) {
  double y = std::fmod(std::fabs(x), 2.0), result = 0.0;
  switch (static_cast<int>(std::round(2.0 * y))) {
    case 0: result = std::sin(kPi * y); break;
    case 1: result = std::cos(kPi * (y - 0.5)); break;
    case 2: result = std::sin(kPi * (1.0 - y)); break;
    case 3: result = -std::cos(kPi * (y - 1.5)); break;
    default: result = std::sin(kPi * (y - 2.0)); break;
  }
  return std::copysign(1.0, x) * result;
}

double gammaLarge(double x) {
  if (x < 0.0) return 0.0 / sinPi(x);
  errno = ERANGE;
  return kInfinity;
}

double gammaGeneral(double x) {
  double magnitude = std::fabs(x);
  if (magnitude > 200.0) return gammaLarge(x);
  double y = magnitude + kGMinusHalf;
  // z corrects for the rounding of y.
  double z = magnitude > kGMinusHalf ? (y - magnitude) - kGMinusHalf : (y - kGMinusHalf) - magnitude;
  z = z * kG / y;
  double result;
  bool split = magnitude >= 140.0;
  double power = split ? std::pow(y, magnitude / 2.0 - 0.25) : std::pow(y, magnitude - 0.5);
  if (x < 0.0) {
    result = -kPi / sinPi(magnitude) / magnitude * std::exp(y) / lanczosSum(magnitude);
    result -= z * result;
    result /= power;
    if (split) result /= power;
  } else {
    result = lanczosSum(magnitude) / std::exp(y);
    result += z * result;
    result *= power;
    if (split) result *= power;
  }
  if (std::isinf(result)) errno = ERANGE;
  return result;
}

double domainError(double value) {
  errno = EDOM;
  return value;
}

// hi + lo is exactly the product or sum.
struct Pair {
  double hi, lo;
};
Pair exactProduct(double x, double y) {
  double hi = x * y;
  return {hi, std::fma(x, y, -hi)};
}
Pair exactSum(double larger, double smaller) {
  double hi = larger + smaller;
  return {hi, (larger - hi) + smaller};
}

}  // namespace

double gammaFunction(double x) {
  errno = 0;
  if (!std::isfinite(x)) return std::isnan(x) || x > 0.0 ? x : domainError(kNan);
  if (x == 0.0) return domainError(std::copysign(kInfinity, x));
  if (x == std::floor(x)) {
    if (x < 0.0) return domainError(kNan);
    if (x <= kFactorialCount) return kFactorials.at[static_cast<int>(x) - 1];
  }
  if (std::fabs(x) < 1e-20) {
    double result = 1.0 / x;
    if (std::isinf(result)) errno = ERANGE;
    return result;
  }
  return gammaGeneral(x);
}

double logGammaFunction(double x) {
  constexpr double kLogPi = 1.144729885849400174143427351353058711647;
  errno = 0;
  if (!std::isfinite(x)) return std::isnan(x) ? x : kInfinity;
  if (x == std::floor(x) && x <= 2.0) return x <= 0.0 ? domainError(kInfinity) : 0.0;
  double magnitude = std::fabs(x);
  if (magnitude < 1e-20) return -std::log(magnitude);
  double result = std::log(lanczosSum(magnitude)) - kG;
  result += (magnitude - 0.5) * (std::log(magnitude + kG - 0.5) - 1);
  if (x < 0.0) result = kLogPi - std::log(std::fabs(sinPi(magnitude))) - std::log(magnitude) - result;
  if (std::isinf(result)) errno = ERANGE;
  return result;
}

double vectorNorm(double* vector, size_t size, double max, bool found_nan) {
  if (std::isinf(max)) return max;
  if (found_nan) return kNan;
  if (max == 0.0 || size <= 1) return max;
  int exponent;
  std::frexp(max, &exponent);
  if (exponent < -1023) {
    for (size_t i = 0; i < size; i++) vector[i] /= DBL_MIN;
    return DBL_MIN * vectorNorm(vector, size, max / DBL_MIN, found_nan);
  }
  // Squares summed in double length around 1.0, then one correction step of the root.
  double scale = std::ldexp(1.0, -exponent), sum = 1.0, low_products = 0.0, low_sums = 0.0;
  auto accumulate = [&](Pair product) {
    Pair next = exactSum(sum, product.hi);
    sum = next.hi;
    low_products += product.lo;
    low_sums += next.lo;
  };
  for (size_t i = 0; i < size; i++) {
    double x = vector[i] * scale;
    accumulate(exactProduct(x, x));
  }
  double root = std::sqrt(sum - 1.0 + (low_products + low_sums));
  accumulate(exactProduct(-root, root));
  double rest = sum - 1.0 + (low_products + low_sums);
  root += rest / (2.0 * root);
  return root / scale;
}

}  // namespace krait::modules
