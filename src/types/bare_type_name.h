// How messages name a type that they name without its module.
#pragma once

#include <cstring>

#include "core/object.h"

namespace krait {

// Part of the argument: "BytesIO" of "_io.BytesIO".
inline const char* afterLastDot(const char* full_name) {
  const char* dot = std::strrchr(full_name, '.');
  return dot ? dot + 1 : full_name;
}

// Borrowed from the type.
inline const char* bareTypeName(const PyTypeObject* type) { return afterLastDot(type->tp_name); }
inline const char* bareTypeName(PyObject* object) { return afterLastDot(typeName(object)); }

}  // namespace krait
