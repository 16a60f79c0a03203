// The parser with Python around it: codecs, warnings and exceptions.
#pragma once

#include "compiler/compile.h"
#include "parser/ast.h"

namespace krait::compiler {

// Parses into `tree`; what is wrong becomes a pending exception.
Result<ast::Mod*> parseSource(std::string_view source, StrObject* filename, const CompileOptions& options,
                              ast::Tree& tree);
// One interactive statement; null at end of file.
Result<ast::Mod*> parseInteractive(InteractiveInput& input, StrObject* filename,
                                   const CompileOptions& options, ast::Tree& tree);

}  // namespace krait::compiler
