// What the files of `int` share and nobody else includes.
#pragma once

#include "types/int.h"

namespace krait {

void intDealloc(IntObject* v);
// int.__new__ for bool's sake: the value of int(x) or int(x, base).
Result<Ref<>> intConstruct(PyTypeObject* type, Opt<> x, Opt<> base);

}  // namespace krait
