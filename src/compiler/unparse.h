// An expression as source text, as annotations appear under `from __future__ import annotations`.
#pragma once

#include "parser/ast.h"
#include "types/str.h"

namespace krait::compiler {

Result<Ref<StrObject>> exprAsText(const ast::Expr* e);

}  // namespace krait::compiler
