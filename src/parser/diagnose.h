// Finds the error in a text that the fast parser refused.
#pragma once

#include "parser/lexer.h"
#include "parser/literal.h"
#include "parser/parse.h"

namespace krait::parser {

// What kind of text is parsed: the four modes, or an expression inside an f-string.
enum class StartRule : uint8_t { File, Eval, Single, FuncType, FString };

struct DiagnoseInput {
  Lexer& lexer;
  LiteralContext& literals;
  const Options& options;
  StartRule start;
  std::string_view encoding;  // of the source; empty: not known, and columns count bytes
};

Diagnostic diagnose(const DiagnoseInput& input);

}  // namespace krait::parser
