// Exports of complexobject.h.
#include "types/complex.h"

#include "capi/capi.h"
#include "core/number.h"

using namespace krait;

// Passed and returned by value, in two registers.
struct Py_complex {
  double real, imag;
};

namespace {

ComplexValue in(Py_complex v) { return {v.real, v.imag}; }
Py_complex out(ComplexValue v) { return {v.real, v.imag}; }

}  // namespace

KR_EXPORT PyObject* PyComplex_FromDoubles(double real, double imag) { return toC(complexNew(real, imag)); }
KR_EXPORT PyObject* PyComplex_FromCComplex(Py_complex v) { return toC(complexNew(v.real, v.imag)); }
KR_EXPORT Py_complex PyComplex_AsCComplex(PyObject* o) {
  auto value = asComplex(o);
  return value.failed() ? Py_complex{-1.0, 0.0} : out(std::move(value).take());
}
KR_EXPORT double PyComplex_RealAsDouble(PyObject* o) {
  if (isComplex(o)) return static_cast<ComplexObject*>(o)->real;
  auto value = asDouble(o);
  return value.failed() ? -1.0 : std::move(value).take();
}
KR_EXPORT double PyComplex_ImagAsDouble(PyObject* o) {
  return isComplex(o) ? static_cast<ComplexObject*>(o)->imag : 0.0;
}

KR_EXPORT Py_complex _Py_c_sum(Py_complex a, Py_complex b) { return {a.real + b.real, a.imag + b.imag}; }
KR_EXPORT Py_complex _Py_c_diff(Py_complex a, Py_complex b) { return {a.real - b.real, a.imag - b.imag}; }
KR_EXPORT Py_complex _Py_c_neg(Py_complex a) { return {-a.real, -a.imag}; }
KR_EXPORT Py_complex _Py_c_prod(Py_complex a, Py_complex b) { return out(complexMultiply(in(a), in(b))); }
KR_EXPORT Py_complex _Py_c_quot(Py_complex a, Py_complex b) { return out(complexDivide(in(a), in(b))); }
KR_EXPORT Py_complex _Py_c_pow(Py_complex a, Py_complex b) { return out(complexPower(in(a), in(b))); }
KR_EXPORT double _Py_c_abs(Py_complex a) { return complexAbs(in(a)); }
