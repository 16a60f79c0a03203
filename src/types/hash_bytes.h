// The keyed hash of raw bytes that str, bytes and memoryview share.
#pragma once

#include "abi/object.h"

namespace krait {

// 0 for no bytes, never -1 (_Py_HashBytes).
Py_hash_t hashBytes(const void* bytes, Py_ssize_t size);

}  // namespace krait
