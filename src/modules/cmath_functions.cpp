// After W. Kahan, "Branch cuts for complex elementary functions". Infinite and NaN arguments follow Annex G
// of the C standard, which the C library's complex functions implement.
#include "modules/cmath_functions.h"

#include <cerrno>
#include <cfloat>
#include <cmath>
#include <limits>
#include <numbers>

using CComplex = double _Complex;
extern "C" {
CComplex cacos(CComplex);
CComplex cacosh(CComplex);
CComplex casinh(CComplex);
CComplex catanh(CComplex);
CComplex ccosh(CComplex);
CComplex cexp(CComplex);
CComplex clog(CComplex);
CComplex csinh(CComplex);
CComplex csqrt(CComplex);
CComplex ctanh(CComplex);
}

namespace krait::modules {
namespace {

constexpr double kLarge = DBL_MAX / 4.0, kLn2 = std::numbers::ln2, kLn10 = std::numbers::ln10;
const double kSqrtLarge = std::sqrt(kLarge), kLogLarge = std::log(kLarge), kSqrtMin = std::sqrt(DBL_MIN);
constexpr int kScaleUp = 53, kScaleDown = -27;

// Where Annex G leaves a sign open, each function chooses first what the cmath module always has.
constexpr double kInfinity = std::numeric_limits<double>::infinity(),
                 kNan = std::numeric_limits<double>::quiet_NaN();

bool isFinite(ComplexValue z) { return std::isfinite(z.real) && std::isfinite(z.imag); }
bool isLarge(ComplexValue z) { return std::fabs(z.real) > kLarge || std::fabs(z.imag) > kLarge; }

template <CComplex (*kFunction)(CComplex)>
ComplexValue special(ComplexValue z) {
  CComplex argument = __builtin_complex(z.real, z.imag);
  CComplex result = kFunction(argument);
  errno = 0;
  return {__real__ result, __imag__ result};
}

// i * z before, -i * f after: what turns sinh into sin, and so on.
template <ComplexValue (*kFunction)(ComplexValue)>
ComplexValue rotated(ComplexValue z) {
  ComplexValue r = kFunction({-z.imag, z.real});
  return {r.imag, -r.real};
}

double logHalfHypot(ComplexValue z) { return std::log(std::hypot(z.real / 2.0, z.imag / 2.0)) + kLn2 * 2.0; }

// Results that may overflow; underflows, which the C library flags too, are none of our errors.
ComplexValue flagged(ComplexValue z) {
  errno = std::isinf(z.real) || std::isinf(z.imag) ? ERANGE : 0;
  return z;
}

ComplexValue cannotFail(ComplexValue z) {
  errno = 0;
  return z;
}

double logOfModulus(double x, double y) {
  if (x > kLarge || y > kLarge) return std::log(std::hypot(x / 2.0, y / 2.0)) + kLn2;
  if (x < DBL_MIN && y < DBL_MIN) {
    return std::log(std::hypot(std::ldexp(x, DBL_MANT_DIG), std::ldexp(y, DBL_MANT_DIG))) -
           DBL_MANT_DIG * kLn2;
  }
  double length = std::hypot(x, y);
  if (length < 0.71 || length > 1.73) return std::log(length);
  double larger = std::fmax(x, y), smaller = std::fmin(x, y);
  return std::log1p((larger - 1) * (larger + 1) + smaller * smaller) / 2.0;
}

}  // namespace

ComplexValue complexAcos(ComplexValue z) {
  if (std::isinf(z.real) && std::isnan(z.imag)) return {kNan, kInfinity};
  if (!isFinite(z)) return special<cacos>(z);
  if (isLarge(z)) {
    double size = logHalfHypot(z);
    return cannotFail({std::atan2(std::fabs(z.imag), z.real),
                       z.real < 0.0 ? -std::copysign(size, z.imag) : std::copysign(size, -z.imag)});
  }
  ComplexValue s1 = complexSqrt({1.0 - z.real, -z.imag}), s2 = complexSqrt({1.0 + z.real, z.imag});
  return cannotFail({2.0 * std::atan2(s1.real, s2.real), std::asinh(s2.real * s1.imag - s2.imag * s1.real)});
}

ComplexValue complexAcosh(ComplexValue z) {
  if (z.real == 0.0 && std::isnan(z.imag)) return {kNan, kNan};
  if (!isFinite(z)) return special<cacosh>(z);
  if (isLarge(z)) return cannotFail({logHalfHypot(z), std::atan2(z.imag, z.real)});
  ComplexValue s1 = complexSqrt({z.real - 1.0, z.imag}), s2 = complexSqrt({z.real + 1.0, z.imag});
  return cannotFail({std::asinh(s1.real * s2.real + s1.imag * s2.imag), 2.0 * std::atan2(s1.imag, s2.real)});
}

ComplexValue complexAsin(ComplexValue z) { return rotated<complexAsinh>(z); }

ComplexValue complexAsinh(ComplexValue z) {
  if (std::isnan(z.real) && std::isinf(z.imag)) return {kInfinity, kNan};
  if (!isFinite(z)) return special<casinh>(z);
  if (isLarge(z)) {
    double size = logHalfHypot(z);
    return cannotFail({z.imag >= 0.0 ? std::copysign(size, z.real) : -std::copysign(size, -z.real),
                       std::atan2(z.imag, std::fabs(z.real))});
  }
  ComplexValue s1 = complexSqrt({1.0 + z.imag, -z.real}), s2 = complexSqrt({1.0 - z.imag, z.real});
  return cannotFail({std::asinh(s1.real * s2.imag - s2.real * s1.imag),
                     std::atan2(z.imag, s1.real * s2.real - s1.imag * s2.imag)});
}

ComplexValue complexAtan(ComplexValue z) { return rotated<complexAtanh>(z); }

ComplexValue complexAtanh(ComplexValue z) {
  if (std::isnan(z.real) && std::isinf(z.imag)) return {0.0, std::copysign(std::numbers::pi / 2.0, z.imag)};
  if (!isFinite(z)) return special<catanh>(z);
  if (std::signbit(z.real)) {
    ComplexValue r = complexAtanh({-z.real, -z.imag});
    return {-r.real, -r.imag};
  }
  double ay = std::fabs(z.imag);
  if (z.real > kSqrtLarge || ay > kSqrtLarge) {
    double length = std::hypot(z.real / 2.0, z.imag / 2.0);
    return cannotFail({z.real / 4.0 / length / length, -std::copysign(std::numbers::pi / 2.0, -z.imag)});
  }
  if (z.real == 1.0 && ay < kSqrtMin) {
    if (ay == 0.0) {
      errno = EDOM;
      return {std::numeric_limits<double>::infinity(), z.imag};
    }
    return cannotFail({-std::log(std::sqrt(ay) / std::sqrt(std::hypot(ay, 2.0))),
                       std::copysign(std::atan2(2.0, -ay) / 2, z.imag)});
  }
  return cannotFail({std::log1p(4.0 * z.real / ((1 - z.real) * (1 - z.real) + ay * ay)) / 4.0,
                     -std::atan2(-2.0 * z.imag, (1 - z.real) * (1 + z.real) - ay * ay) / 2.0});
}

ComplexValue complexCos(ComplexValue z) { return complexCosh({-z.imag, z.real}); }

ComplexValue complexCosh(ComplexValue z) {
  if (std::isnan(z.real) && z.imag == 0.0) return {kNan, 0.0};
  if (!isFinite(z)) {
    ComplexValue r = special<ccosh>(z);
    if (std::isinf(z.imag) && !std::isnan(z.real)) errno = EDOM;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge) {
    double reduced = z.real - std::copysign(1.0, z.real);
    return flagged({std::cos(z.imag) * std::cosh(reduced) * std::numbers::e,
                    std::sin(z.imag) * std::sinh(reduced) * std::numbers::e});
  }
  return flagged({std::cos(z.imag) * std::cosh(z.real), std::sin(z.imag) * std::sinh(z.real)});
}

ComplexValue complexExp(ComplexValue z) {
  if (!isFinite(z)) {
    if (std::isinf(z.real) && z.real < 0 && !std::isfinite(z.imag)) return {0.0, 0.0};
    ComplexValue r = special<cexp>(z);
    bool undefined = std::isinf(z.imag) && (std::isfinite(z.real) || (std::isinf(z.real) && z.real > 0));
    if (undefined) errno = EDOM;
    return r;
  }
  if (z.real > kLogLarge) {
    double length = std::exp(z.real - 1.0);
    return flagged(
        {length * std::cos(z.imag) * std::numbers::e, length * std::sin(z.imag) * std::numbers::e});
  }
  double length = std::exp(z.real);
  return flagged({length * std::cos(z.imag), length * std::sin(z.imag)});
}

ComplexValue complexLog(ComplexValue z) {
  if (!isFinite(z)) return special<clog>(z);
  double ax = std::fabs(z.real), ay = std::fabs(z.imag);
  if (ax == 0.0 && ay == 0.0) {
    errno = EDOM;
    return {-std::numeric_limits<double>::infinity(), std::atan2(z.imag, z.real)};
  }
  return cannotFail({logOfModulus(ax, ay), std::atan2(z.imag, z.real)});
}

ComplexValue complexLog10(ComplexValue z) {
  ComplexValue r = complexLog(z);
  return {r.real / kLn10, r.imag / kLn10};
}

ComplexValue complexSin(ComplexValue z) { return rotated<complexSinh>(z); }

ComplexValue complexSinh(ComplexValue z) {
  if (z.real == 0.0 && std::isnan(z.imag)) return {0.0, kNan};
  if (!isFinite(z)) {
    ComplexValue r = special<csinh>(z);
    if (std::isinf(z.imag) && !std::isnan(z.real)) errno = EDOM;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge) {
    double reduced = z.real - std::copysign(1.0, z.real);
    return flagged({std::cos(z.imag) * std::sinh(reduced) * std::numbers::e,
                    std::sin(z.imag) * std::cosh(reduced) * std::numbers::e});
  }
  return flagged({std::cos(z.imag) * std::sinh(z.real), std::sin(z.imag) * std::cosh(z.real)});
}

ComplexValue complexSqrt(ComplexValue z) {
  if (!isFinite(z)) return special<csqrt>(z);
  if (z.real == 0.0 && z.imag == 0.0) return cannotFail({0.0, z.imag});
  double ax = std::fabs(z.real), ay = std::fabs(z.imag), s;
  if (ax < DBL_MIN && ay < DBL_MIN) {
    ax = std::ldexp(ax, kScaleUp);
    s = std::ldexp(std::sqrt(ax + std::hypot(ax, std::ldexp(ay, kScaleUp))), kScaleDown);
  } else {
    ax /= 8.0;
    s = 2.0 * std::sqrt(ax + std::hypot(ax, ay / 8.0));
  }
  double d = ay / (2.0 * s);
  if (z.real >= 0.0) return cannotFail({s, std::copysign(d, z.imag)});
  return cannotFail({d, std::copysign(s, z.imag)});
}

ComplexValue complexTan(ComplexValue z) { return rotated<complexTanh>(z); }

ComplexValue complexTanh(ComplexValue z) {
  if (std::isinf(z.real) && std::isinf(z.imag)) return {std::copysign(1.0, z.real), 0.0};
  if (z.real == 0.0 && std::isnan(z.imag)) return {kNan, kNan};
  if (!isFinite(z)) {
    ComplexValue r = special<ctanh>(z);
    if (std::isinf(z.imag) && std::isfinite(z.real)) errno = EDOM;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge) {
    return cannotFail({std::copysign(1.0, z.real),
                       4.0 * std::sin(z.imag) * std::cos(z.imag) * std::exp(-2.0 * std::fabs(z.real))});
  }
  double tx = std::tanh(z.real), ty = std::tan(z.imag), cx = 1.0 / std::cosh(z.real);
  double product = tx * ty, scale = 1.0 + product * product;
  return cannotFail({tx * (1.0 + ty * ty) / scale, ((ty / scale) * cx) * cx});
}

}  // namespace krait::modules
