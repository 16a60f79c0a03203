// Iterators over bytes and bytearray.
#pragma once

#include "types/bytes.h"

namespace krait {

Result<Ref<>> bytesIter(PyObject* bytes);
Result<Ref<>> byteArrayIter(PyObject* array);

}  // namespace krait
