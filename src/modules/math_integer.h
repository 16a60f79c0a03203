// The integer functions of the math module.
#pragma once

#include "core/native.h"

namespace krait::modules {

Result<Ref<>> factorialFunction(PyObject* n);
Result<Ref<>> combFunction(PyObject* n, PyObject* k);
Result<Ref<>> permFunction(PyObject* n, PyObject* k);
Result<Ref<>> gcdFunction(CallArgs args);
Result<Ref<>> lcmFunction(CallArgs args);
Result<Ref<>> isqrtFunction(PyObject* n);

}  // namespace krait::modules
