// What a type answers for __basicsize__ and, through sys.getsizeof, what its instances seem to weigh.
#pragma once

#include "core/object.h"

namespace krait {

// CPython's number where Krait's own struct is smaller: the difference is allocated, and never used.
template <class T>
consteval Py_ssize_t reportedSize(Py_ssize_t size) {
  if (static_cast<Py_ssize_t>(sizeof(T)) > size) __builtin_unreachable();
  return size;
}

}  // namespace krait
