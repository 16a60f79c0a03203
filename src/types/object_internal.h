// Shared by object.cpp and object_reduce.cpp.
#pragma once

#include "core/native.h"

namespace krait {

Result<Ref<>> objectReduce(PyObject* self);
Result<Ref<>> objectReduceEx(PyObject* self, int protocol);
Result<Ref<>> objectGetState(PyObject* self);

}  // namespace krait
