// Literals: number text to constants, string tokens (prefixes, escapes, f-strings) to Constant or JoinedStr
// nodes.
//
// Shared by the fast parser and the diagnoser. On failure the functions answer null and `error` in the
// context says what CPython would; its position is set by the caller unless `located` is true.
#pragma once

#include <string>
#include <vector>

#include "parser/ast.h"
#include "parser/parse.h"
#include "parser/token.h"
#include "parser/warning_list.h"

namespace krait::parser {

class Lexer;

struct LiteralError {
  enum class Where : uint8_t {
    LastToken,   // at the last token fetched
    TokenLine,   // on the line of `token`, column 0
    Diagnostic,  // `diagnostic` is complete (an error inside an f-string expression)
  };
  bool failed = false;
  Where where = Where::LastToken;
  Token token;
  Diagnostic diagnostic;
};

struct LiteralContext {
  ast::Tree& tree;
  const Options& options;
  LiteralError error;
  WarningList& warnings;
  Lexer* lexer;  // of the tokens that are evaluated now
  bool callback_raised = false;

  void fail(std::string message, LiteralError::Where where = LiteralError::Where::LastToken);
  // An unknown escape at `at`, the character after the backslash.
  void warnEscape(const Token& token, const char* at);
  // Called for an f-string expression: parses `text` (already in parentheses, NUL-terminated) whose first
  // character stands at the position given. Null on failure with `error` filled.
  ast::Expr* (*parse_fstring_expression)(LiteralContext&, std::string_view text, int lineno,
                                         int col_offset) = nullptr;
};

// A number token's value. False when a decimal literal has more digits than allowed (error filled).
bool numberValue(LiteralContext& context, const Token& token, ast::ConstantValue* out);

// The interned identifier of a name token, normalised to NFKC when it is not ASCII. Never null: where
// normalising raised (context.callback_raised) it is the name as it stands.
const ast::Identifier* internName(LiteralContext& context, std::string_view text);

// One or more adjacent string tokens as one node.
ast::Expr* stringValue(LiteralContext& context, const Token* tokens, size_t count);

// The parts of one string node while its tokens are read (string_literal.cpp, fstring.cpp).
struct StringParts {
  ast::Span span;       // of the whole node: all tokens
  ast::Span tail_span;  // of what is made at the end; in a format spec: its own token only
  bool is_format = false;
  bool is_unicode_kind = false;
  std::string text;  // literal text since the last expression
  std::vector<ast::Expr*> values;

  void flushText(LiteralContext& context, const ast::Span& at);
};
struct StringToken {
  const Token* token = nullptr;
  std::string_view body;  // between the quotes
  bool is_bytes = false;
  bool is_raw = false;
  bool is_format = false;
};
// Reads format text from *p up to the end of the body, or in a format spec (level > 0) up to its closing
// brace.
bool readFormat(LiteralContext& context, StringParts& parts, const StringToken& token, const char** p,
                int level);
// Decodes a stretch of literal text and appends it.
bool appendText(LiteralContext& context, std::string& out, const StringToken& token, std::string_view text,
                bool raw);
ast::Expr* finishString(LiteralContext& context, StringParts& parts);

// Escape decoding (escape.cpp). Failure: false with *message set to the codec's text. *bad_escape points at
// the first unknown escape's character, or stays null.
bool decodeTextEscapes(const Callbacks* callbacks, std::string_view body, std::string& out,
                       std::string* message, const char** bad_escape);
bool decodeBytesEscapes(std::string_view body, std::string& out, std::string* message,
                        const char** bad_escape);

}  // namespace krait::parser
