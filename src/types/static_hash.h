// object.__hash__ of objects that are part of the program itself.
#pragma once

#include "core/object.h"

namespace krait {

// Whether the object lies in the program's image, as built-in types and singletons do.
bool isInImage(const void* object);
// Its hash, the same in every build.
Py_hash_t staticObjectHash(PyObject* object);

}  // namespace krait
