// The cmath module.
#include <cerrno>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/errors.h"
#include "core/native.h"
#include "modules/cmath_functions.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait {
template <>
struct ArgFrom<ComplexValue> {
  static Result<ComplexValue> from(PyObject* o, const ArgContext&) { return asComplex(o); }
};
}  // namespace krait

namespace krait::modules {
namespace {

Status checkErrno() {
  if (errno == EDOM) return raise(PyExc_ValueError, "math domain error");
  if (errno == ERANGE) return raise(PyExc_OverflowError, "math range error");
  return {};
}

template <ComplexValue (*kFunction)(ComplexValue)>
Result<Ref<>> elementary(ComplexValue z) {
  errno = 0;
  ComplexValue r = kFunction(z);
  TRY(checkErrno());
  return complexNew(r.real, r.imag);
}

Result<Ref<>> logFunction(ComplexValue z, std::optional<ComplexValue> base) {
  errno = 0;
  ComplexValue r = complexLog(z);
  if (base) {
    ComplexValue divisor = complexLog(*base);
    r = complexDivide(r, divisor);
  }
  TRY(checkErrno());
  return complexNew(r.real, r.imag);
}

Result<double> phaseFunction(ComplexValue z) {
  errno = 0;
  double angle = std::atan2(z.imag, z.real);
  TRY(checkErrno());
  return angle;
}

Result<Ref<>> polarFunction(ComplexValue z) {
  errno = 0;
  double angle = std::atan2(z.imag, z.real);
  double length = complexAbs(z);
  TRY(checkErrno());
  Ref<FloatObject> first = TRY(floatNew(length)), second = TRY(floatNew(angle));
  return tupleOf(first.get(), second.get());
}

// Infinite lengths in a definite direction keep the signs of that direction.
ComplexValue rectSpecial(double r, double phi) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity(),
                   kNan = std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
    double x = std::copysign(kInfinity, std::cos(phi)), y = std::copysign(kInfinity, std::sin(phi));
    return r > 0 ? ComplexValue{x, y} : ComplexValue{-x, -y};
  }
  if (std::isinf(r) && phi == 0.0) return {r, r > 0 ? phi : -phi};
  if (r == 0.0) return {0.0, 0.0};
  if (std::isinf(r)) return {kInfinity, kNan};
  if (std::isnan(r) && phi == 0.0) return {kNan, 0.0};
  return {kNan, kNan};
}

Result<Ref<>> rectFunction(double r, double phi) {
  errno = 0;
  ComplexValue z;
  if (!std::isfinite(r) || !std::isfinite(phi)) {
    z = rectSpecial(r, phi);
    if (r != 0.0 && !std::isnan(r) && std::isinf(phi))
      errno = EDOM;
    else
      errno = 0;
  } else if (phi == 0.0) {
    z = {r, r * phi};
  } else {
    z = {r * std::cos(phi), r * std::sin(phi)};
    errno = 0;
  }
  TRY(checkErrno());
  return complexNew(z.real, z.imag);
}

bool isFiniteFunction(ComplexValue z) { return std::isfinite(z.real) && std::isfinite(z.imag); }
bool isNanFunction(ComplexValue z) { return std::isnan(z.real) || std::isnan(z.imag); }
bool isInfFunction(ComplexValue z) { return std::isinf(z.real) || std::isinf(z.imag); }

Result<bool> isCloseFunction(ComplexValue a, ComplexValue b, std::optional<double> relative,
                             std::optional<double> absolute) {
  double rel = relative.value_or(1e-9), abs = absolute.value_or(0.0);
  if (rel < 0.0 || abs < 0.0) return raise(PyExc_ValueError, "tolerances must be non-negative");
  if (a.real == b.real && a.imag == b.imag) return true;
  if (isInfFunction(a) || isInfFunction(b)) return false;
  double difference = complexAbs({a.real - b.real, a.imag - b.imag});
  return difference <= rel * complexAbs(b) || difference <= rel * complexAbs(a) || difference <= abs;
}

constinit PyMethodDef kMethods[] = {
    function<"acos($module, z, /)", elementary<complexAcos>, "Return the arc cosine of z.">,
    function<"acosh($module, z, /)", elementary<complexAcosh>, "Return the inverse hyperbolic cosine of z.">,
    function<"asin($module, z, /)", elementary<complexAsin>, "Return the arc sine of z.">,
    function<"asinh($module, z, /)", elementary<complexAsinh>, "Return the inverse hyperbolic sine of z.">,
    function<"atan($module, z, /)", elementary<complexAtan>, "Return the arc tangent of z.">,
    function<"atanh($module, z, /)", elementary<complexAtanh>, "Return the inverse hyperbolic tangent of z.">,
    function<"cos($module, z, /)", elementary<complexCos>, "Return the cosine of z.">,
    function<"cosh($module, z, /)", elementary<complexCosh>, "Return the hyperbolic cosine of z.">,
    function<"exp($module, z, /)", elementary<complexExp>, "Return the exponential value e**z.">,
    function<"isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", isCloseFunction,
             "Determine whether two complex numbers are close in value.">,
    function<"isfinite($module, z, /)", isFiniteFunction, "True if both parts of z are finite.">,
    function<"isinf($module, z, /)", isInfFunction, "True if a part of z is infinite.">,
    function<"isnan($module, z, /)", isNanFunction, "True if a part of z is not a number.">,
    function<"log($module, z, base=<unrepresentable>, /)", logFunction,
             "log(z[, base]) -> the logarithm of z.">,
    function<"log10($module, z, /)", elementary<complexLog10>, "Return the base-10 logarithm of z.">,
    function<"phase($module, z, /)", phaseFunction, "Return argument, also known as the phase angle, of z.">,
    function<"polar($module, z, /)", polarFunction, "Length and angle of z.">,
    function<"rect($module, r, phi, /)", rectFunction, "The number with this length and angle.">,
    function<"sin($module, z, /)", elementary<complexSin>, "Return the sine of z.">,
    function<"sinh($module, z, /)", elementary<complexSinh>, "Return the hyperbolic sine of z.">,
    function<"sqrt($module, z, /)", elementary<complexSqrt>, "Return the square root of z.">,
    function<"tan($module, z, /)", elementary<complexTan>, "Return the tangent of z.">,
    function<"tanh($module, z, /)", elementary<complexTanh>, "Return the hyperbolic tangent of z.">,
    {}};

Status cmathExec(PyObject* module) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity(),
                   kNan = std::numeric_limits<double>::quiet_NaN();
  TRY(moduleAdd(module, "pi", TRY(floatNew(std::numbers::pi))));
  TRY(moduleAdd(module, "e", TRY(floatNew(std::numbers::e))));
  TRY(moduleAdd(module, "tau", TRY(floatNew(2 * std::numbers::pi))));
  TRY(moduleAdd(module, "inf", TRY(floatNew(kInfinity))));
  TRY(moduleAdd(module, "infj", TRY(complexNew(0.0, kInfinity))));
  TRY(moduleAdd(module, "nan", TRY(floatNew(kNan))));
  return moduleAdd(module, "nanj", TRY(complexNew(0.0, kNan)));
}

constinit PyModuleDef kModule =
    moduleDef<"cmath", cmathExec>(kMethods, "Mathematical functions of complex numbers.");

}  // namespace

PyObject* initCmath() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
