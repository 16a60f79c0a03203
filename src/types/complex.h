// complex
#pragma once

#include "core/result.h"

namespace krait {

struct ComplexObject : PyObject {
  double real, imag;
};
inline bool isComplex(const PyObject* o) { return isInstanceOf(o, &PyComplex_Type); }
Result<Ref<ComplexObject>> complexNew(double real, double imag);
struct ComplexValue {
  double real, imag;
};
Result<ComplexValue> asComplex(PyObject* object);  // complex, __complex__, __float__, __index__

}  // namespace krait
