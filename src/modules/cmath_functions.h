// Complex elementary functions. Errors are flagged through errno (EDOM, ERANGE), which callers clear
// beforehand.
#pragma once

#include "types/complex.h"

namespace krait::modules {

ComplexValue complexAcos(ComplexValue z);
ComplexValue complexAcosh(ComplexValue z);
ComplexValue complexAsin(ComplexValue z);
ComplexValue complexAsinh(ComplexValue z);
ComplexValue complexAtan(ComplexValue z);
ComplexValue complexAtanh(ComplexValue z);
ComplexValue complexCos(ComplexValue z);
ComplexValue complexCosh(ComplexValue z);
ComplexValue complexExp(ComplexValue z);
ComplexValue complexLog(ComplexValue z);
ComplexValue complexLog10(ComplexValue z);
ComplexValue complexSin(ComplexValue z);
ComplexValue complexSinh(ComplexValue z);
ComplexValue complexSqrt(ComplexValue z);
ComplexValue complexTan(ComplexValue z);
ComplexValue complexTanh(ComplexValue z);

}  // namespace krait::modules
