// complex
#pragma once

#include "core/result.h"
#include "types/str.h"

namespace krait {

struct ComplexObject : PyObject {
  double real, imag;
};
inline bool isComplex(const PyObject* o) { return isInstanceOf(o, &PyComplex_Type); }
Result<Ref<ComplexObject>> complexNew(double real, double imag);
struct ComplexValue {
  double real, imag;
};
// The operators. Errors are flagged through errno as C's functions do (EDOM, ERANGE).
ComplexValue complexMultiply(ComplexValue a, ComplexValue b);
ComplexValue complexDivide(ComplexValue a, ComplexValue b);  // errno = EDOM when b is zero
ComplexValue complexPower(ComplexValue a,
                          ComplexValue b);  // errno = EDOM for 0 to a negative or complex power
double complexAbs(ComplexValue z);          // errno = ERANGE on overflow
Result<Ref<StrObject>> complexFormat(ComplexObject* v, StrObject* spec);
Result<ComplexValue> asComplex(PyObject* object);  // complex, __complex__, __float__, __index__

}  // namespace krait
