// '%s and %r' % (a, b) as an f-string, when every unit is a plain %s, %r or %a.
#pragma once

#include "compiler/const_value.h"
#include "types/str.h"

namespace krait::compiler {

// The JoinedStr, or null when the format has anything else or does not match the items.
Result<ast::Expr*> percentAsJoinedStr(ast::Tree& tree, ConstPool& pool, StrObject* format,
                                      const Seq<ast::Expr*>& items, const ast::Span& span);

}  // namespace krait::compiler
