// Real functions of the math module whose results CPython defines itself instead of taking the C library's.
// Errors are flagged through errno: EDOM, ERANGE.
#pragma once

#include <cstddef>

namespace krait::modules {

double gammaFunction(double x);
double logGammaFunction(double x);
// Euclidean length; `max` is the largest absolute value. The vector may be scaled in place.
double vectorNorm(double* vector, size_t size, double max, bool found_nan);

}  // namespace krait::modules
