// When two constants of code objects are the same: same type and value, all the way down (1, 1.0 and True
// differ, 0.0 and -0.0 differ, a nan is only itself); code objects compare by their contents, anything else
// by identity. Runs no Python code. What is nested deeper than the C stack is a
// RecursionError (constCompare, codeHash) or not the same (constEquals).
#pragma once

#include <cstddef>

#include "core/result.h"

namespace krait {

struct CodeObject;

Result<bool> constCompare(PyObject* a, PyObject* b);
bool constEquals(PyObject* a, PyObject* b);
size_t constHash(PyObject* object);
Result<bool> codeEquals(CodeObject* a, CodeObject* b);  // code.__eq__
Result<Py_hash_t> codeHash(CodeObject* code);           // code.__hash__

struct ConstHash {
  size_t operator()(PyObject* object) const { return constHash(object); }
};
struct ConstEquals {
  bool operator()(PyObject* a, PyObject* b) const { return constEquals(a, b); }
};

}  // namespace krait
