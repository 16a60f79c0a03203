// Arithmetic on constants at compile time, within limits that keep results small.
#pragma once

#include "core/result.h"
#include "parser/ast.h"

namespace krait::compiler {

// Absent: not folded (the operation failed, or its result would be too large). Raises KeyboardInterrupt only.
Result<MaybeRef<>> foldUnary(ast::UnaryOperator op, PyObject* operand);
Result<MaybeRef<>> foldBinary(ast::Operator op, PyObject* left, PyObject* right);
Result<MaybeRef<>> foldSubscript(PyObject* container, PyObject* index);

}  // namespace krait::compiler
