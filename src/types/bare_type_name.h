// How messages name a type that they name without its module.
#pragma once

#include <cstring>

#include "core/object.h"

namespace krait {

// Borrowed from the type of the object: "BytesIO" for _io.BytesIO.
inline const char* bareTypeName(PyObject* object) {
  const char* dot = std::strrchr(typeName(object), '.');
  return dot ? dot + 1 : typeName(object);
}

}  // namespace krait
