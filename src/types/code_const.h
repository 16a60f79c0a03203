// When two constants of code objects are the same: same type and value, all the way down (1, 1.0 and True
// differ, 0.0 and -0.0 differ, a nan is only itself); code objects compare by their contents, anything else
// by identity. Runs no Python code.
#pragma once

#include <cstddef>

#include "core/ref.h"

namespace krait {

struct CodeObject;

bool constEquals(PyObject* a, PyObject* b);
size_t constHash(PyObject* object);
bool codeEquals(CodeObject* a, CodeObject* b);  // code.__eq__

struct ConstHash {
  size_t operator()(PyObject* object) const { return constHash(object); }
};
struct ConstEquals {
  bool operator()(PyObject* a, PyObject* b) const { return constEquals(a, b); }
};

}  // namespace krait
