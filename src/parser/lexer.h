// Source text to tokens, lazily: indentation, line joining, brackets, numbers, strings, comments, type
// comments.
//
// Holds: the source is NUL-terminated (that of a script may have nulls inside), newlines are '\n'. Tokens
// live in one growing array: an index is stable, a reference dies at the next fetch. After an Error token
// every further fetch returns that token; `error` says why. The lexer state visible after a fetch (line,
// paren stack) is what CPython's tokenizer has at that point.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "parser/parse.h"
#include "parser/token.h"
#include "parser/warning_list.h"

namespace krait::parser {

// What stopped the lexer, in the terms that decide how the parser reports it.
enum class LexFailure : uint8_t {
  None,
  Raised,  // a complete SyntaxError: `error` holds it
  Eof,     // end of input inside brackets or after a backslash
  Dedent,
  TabSpace,
  TooDeep,
  LineContinuation,
  Decode,       // a name that is not UTF-8: error.message is the codec's, error.text the name
  Interrupted,  // a callback failed
  Stopped,      // more lines would be needed, but reading was stopped: no error of its own
  Unreadable,   // the next line of a script cannot be read: readFailure() says why
  Unexplained,  // nulls in a script made the lexer fail without a reason
};

struct TypeIgnoreComment {
  int lineno;
  std::string_view tag;
};

struct ScriptText;
struct ReadFailure;

struct LexerOptions {
  bool type_comments = false;
  bool async_hacks = false;  // feature_version < 7
  bool single = false;       // Mode::Single: a NEWLINE before the first ENDMARKER
  bool dont_imply_dedent = false;
  int first_lineno = 1;                // of the text in its file (f-string expressions start inside one)
  int first_col_offset = 0;            // added to columns on the first line
  WarningList* warnings = nullptr;     // where warnings about numbers go
  bool is_source = true;               // false: an f-string expression
  const ScriptText* script = nullptr;  // whose text it is; the lexer meets its gaps and its failure
};

class Lexer {
 public:
  // `text` must be followed by a NUL byte and outlive the lexer.
  Lexer(std::string_view text, const LexerOptions& options);
  ~Lexer();
  Lexer(const Lexer&) = delete;
  Lexer& operator=(const Lexer&) = delete;

  // Makes the lexer pull its lines from readline; the text grows in a buffer of the lexer.
  void readLinesFrom(const Callbacks* callbacks);

  const Token& at(size_t index) {
    while (index >= count_) fetch();
    return tokens_[index];
  }
  size_t count() const { return count_; }
  const Token& fetched(size_t index) const { return tokens_[index]; }

  // State after the last fetch.
  LexFailure failure() const { return failure_; }
  const Diagnostic& error() const { return error_; }
  int depth() const { return depth_; }
  // Brackets are nested nearly as deep as allowed and those that follow exceed it (reads on to see): error()
  // comes before the parser's own limit then.
  bool bracketsRunTooDeep();
  struct Bracket {
    char kind;
    int lineno;
    int col_offset;
  };
  const Bracket& innermost() const { return brackets_[depth_ - 1]; }
  int lineno() const { return lineno_; }
  const char* cursor() const { return cur_; }
  const char* lineStart() const { return line_start_; }
  const char* textBegin() const { return text_; }
  bool atEnd() const { return cur_ >= text_end_; }
  // Whether more text could have changed the token at `index` or what follows it.
  bool endsInput(size_t index) const;
  bool isInteractive() const { return callbacks_ != nullptr; }
  const ReadFailure& readFailure() const;
  bool hasReadError() const { return failure_ == LexFailure::Interrupted; }
  void stopReading() { stop_reading_ = true; }
  // After an unexplained failure: goes on with the tokens behind it.
  void resume() { failure_ = LexFailure::None; }

  // Where the text shown for an error on the lexer's line `lineno` begins: lines joined inside one token
  // belong together. Returns the start of the line when it was not joined to its predecessor.
  std::pair<const char*, const char*> joinedLines(int lineno) const;
  // The physical line (relative numbering from first_lineno), without its newline.
  std::string_view line(int lineno) const;
  int relativeLine(int lineno) const { return lineno - options_.first_lineno + 1; }

  const std::vector<TypeIgnoreComment>& typeIgnores() const { return type_ignores_; }
  const LexerOptions& options() const { return options_; }

 private:
  friend class NumberLexer;
  void fetch();
  Tok next(Token& token);
  bool readIndentation(bool* blank_line);
  Tok applyIndentation(int col, int alt_col);
  Tok readName(Token& token);
  Tok readNumber(Token& token);
  Tok readString(Token& token, const char* quote);
  Tok readOperator(Token& token);
  Tok readComment(Token& token, bool blank_line);
  Tok openBracket(char c);
  Tok closeBracket(char c);
  bool verifyName(const char* start);
  Tok finish(Token& token, Tok type, const char* end);
  Tok endOfText();
  bool continuationLine();
  bool isAsyncDef();
  Tok legacyAsync(Tok type);

  // Reads a character; -1 at the end. Moves to the next line when the current one is used up.
  int nextChar();
  bool nextLine();
  bool pullLine();
  bool isCutOff() const;
  void meetGap();
  void endLines();
  void backUp(int c) {
    if (c >= 0) cur_--;
  }
  Tok fail(LexFailure failure);
  Tok raise(std::string message);
  Tok raiseRange(std::string message, int col_offset, int end_offset);
  Diagnostic diagnosticHere(std::string message) const;
  void warnNumber(const char* kind);
  void grow();

  LexerOptions options_;
  const char* text_;
  const char* text_end_;
  const char* cur_;
  const char* inp_;            // end of the current line
  const char* gap_ = nullptr;  // where the script's next gap is
  size_t gaps_met_ = 0;
  const char* line_start_;
  const char* token_start_ = nullptr;
  int lineno_ = 0;  // 0 before the first line, relative to the text
  bool at_line_begin_ = true;
  bool eof_ = false;
  bool unterminated_string_ = false;
  size_t eof_index_ = SIZE_MAX;  // the first token that was made knowing that the text ends
  bool started_ = false;
  int pending_ = 0;  // INDENTs (> 0) or DEDENTs (< 0) to hand out
  int indent_ = 0;
  int depth_ = 0;
  bool in_async_def_ = false;
  bool async_def_newline_ = false;
  int async_def_indent_ = 0;
  bool stop_reading_ = false;
  const char* string_line_start_ = nullptr;
  int string_lineno_ = 0;

  Token* tokens_;
  size_t count_ = 0;
  size_t capacity_;
  LexFailure failure_ = LexFailure::None;
  Diagnostic error_;
  static constexpr int kMaxIndent = 100;
  static constexpr int kMaxDepth = 200;
  int indents_[kMaxIndent];
  int alt_indents_[kMaxIndent];
  Bracket brackets_[kMaxDepth];

  struct JoinedLine {
    int lineno;
    const char* begin;
  };
  std::vector<JoinedLine> joined_;
  const char* buffer_begin_;
  std::vector<TypeIgnoreComment> type_ignores_;
  const Callbacks* callbacks_ = nullptr;
  std::string pulled_;  // interactive text, in one reserved block
};

}  // namespace krait::parser
