// Between syntax trees and the objects of the `ast` module. Implemented in modules/_ast, which owns the
// types; the compiler only names these because compile() takes and gives both.
#pragma once

#include "compiler/compile.h"
#include "compiler/const_value.h"

namespace krait::compiler {

Result<Ref<>> astToObject(ast::Mod* mod);
// Checks the types of fields as it goes: TypeError 'required field "lineno" missing from stmt' and the like.
Result<ast::Mod*> astFromObject(PyObject* object, CompileMode mode, ast::Tree& tree, ConstPool& pool);
// Whether a hand-made tree could have come from source: ValueError, TypeError. (ast_validate.cpp)
Status astValidate(ast::Mod* mod);

}  // namespace krait::compiler
