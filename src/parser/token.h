// Tokens as the lexer makes them: the type, the text in the source buffer, the position.
//
// Holds: columns are UTF-8 byte offsets; col_offset is -1 where the tokenizer of CPython gives no text to a
// token (INDENT, DEDENT, ENDMARKER, errors); its text is then the line up to where the lexer stood. A Token
// borrows from the lexer's buffer.
#pragma once

#include <cstdint>
#include <string_view>

namespace krait::parser {

enum class Tok : uint8_t {
#define KR_TOKEN(name, number, text) name = number,
#include "parser/token.def"
  FirstKeyword = 63,
#define KR_KEYWORD(name, text) K##name,
#include "parser/token.def"
};

// Soft keywords and the names that error messages know.
enum class Soft : uint8_t { None, Match, Case, Underscore };

struct Token {
  Tok type = Tok::EndMarker;
  Soft soft = Soft::None;
  uint8_t level = 0;  // bracket depth after the token
  int lineno = 0;
  int col_offset = -1;
  int end_lineno = 0;
  int end_col_offset = -1;
  uint32_t length = 0;
  const char* start = nullptr;
  std::string_view text() const { return {start, length}; }
  const char* end() const { return start + length; }
};
static_assert(sizeof(Token) == 32, "two tokens share a cache line");

// The keyword or soft keyword spelled by an ASCII name; Tok::Name when it is neither.
Tok keywordType(const char* text, uint32_t length, Soft* soft);
inline bool isKeyword(Tok type) { return type > Tok::FirstKeyword; }
// The number of a type in Python's token module (keywords are NAME).
inline int pythonTokenNumber(Tok type) { return isKeyword(type) ? 1 : static_cast<int>(type); }
const char* tokenText(Tok type);

}  // namespace krait::parser
