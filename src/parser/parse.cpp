#include "parser/parse.h"

#include <utility>

#include "parser/diagnose.h"
#include "parser/lexer.h"
#include "parser/parser.h"
#include "parser/script_text.h"
#include "parser/source.h"

namespace krait::parser {

using namespace ast;

namespace {

LexerOptions lexerOptions(const Options& options, WarningList& warnings) {
  LexerOptions result;
  result.warnings = &warnings;
  result.type_comments = options.type_comments;
  result.async_hacks = options.feature_version < 7;
  result.single = options.mode == Mode::Single;
  result.dont_imply_dedent = options.dont_imply_dedent;
  return result;
}

Mod* run(Parser& parser, Mode mode) {
  switch (mode) {
    case Mode::Exec: return parser.file();
    case Mode::Eval: return parser.eval();
    case Mode::Single: return parser.interactive();
    case Mode::FuncType: return parser.functionType();
  }
  return nullptr;
}

// What parsing takes at most, measured, in bytes: for each byte of source; where that is not to be had, for
// each byte of its copies and each token; and for each token again where an error is looked for.
constexpr size_t kBytesPerByte = 110, kBytesPerCopy = 14, kBytesPerToken = 110, kBytesToDiagnose = 640;

bool isWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c < 0;
}

// At least as many as the text has. Strings count as if their words were tokens.
size_t tokensAtMost(std::string_view text) {
  size_t count = 2;
  bool in_word = false, in_comment = false;
  char former = '\n';
  for (char c : text) {
    if (former == '\n') in_comment = false, count += 2;  // an indentation and its end
    if (c == '#') in_comment = true;
    bool word = isWordByte(c), blank = c == ' ' || c == '\t';
    if (!in_comment && !blank && !(word && in_word)) count++;
    in_word = word;
    former = c;
  }
  return count;
}

bool hasRoom(const Options& options, size_t bytes) {
  return !options.callbacks || !options.callbacks->has_room || options.callbacks->has_room(bytes);
}
bool hasRoomToParse(const Options& options, std::string_view source) {
  return hasRoom(options, source.size() * kBytesPerByte) || hasRoom(options, bytesToParse(source));
}

Diagnostic noMemory() {
  Diagnostic error;
  error.kind = ErrorKind::MemoryError;
  error.has_location = false;
  return error;
}

ParseResult failed(Diagnostic error) {
  ParseResult result;
  result.error = std::move(error);
  return result;
}

// After one interactive statement nothing but blanks and comments may follow.
bool hasMoreStatements(const Lexer& lexer) {
  for (const char* p = lexer.cursor(); *p;) {
    if (*p == '#') {
      while (*p && *p != '\n') p++;
    } else if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f') {
      p++;
    } else {
      return true;
    }
  }
  return false;
}

Expr* parseFstringExpression(LiteralContext& literals, std::string_view text, int lineno, int col_offset) {
  LexerOptions lexer_options;
  lexer_options.async_hacks = literals.options.feature_version < 7;
  lexer_options.first_lineno = lineno;
  lexer_options.first_col_offset = col_offset;
  lexer_options.warnings = &literals.warnings;
  lexer_options.is_source = false;
  Lexer lexer(text, lexer_options);
  Lexer* outer = std::exchange(literals.lexer, &lexer);
  size_t mark = literals.warnings.mark();
  Parser parser(lexer, literals.tree, literals.options, literals);
  Expr* result = parser.fstringExpression();
  if (!result) {
    literals.warnings.dropReparsed(mark);
    Diagnostic error = diagnose({lexer, literals, literals.options, StartRule::FString, {}});
    literals.fail({}, LiteralError::Where::Diagnostic);
    literals.error.diagnostic = std::move(error);
  }
  literals.lexer = outer;
  return result;
}

ParseResult parseText(Lexer& lexer, WarningList& warnings, const Options& options, Tree& tree,
                      std::string_view encoding) {
  ParseResult result;
  LiteralContext literals{tree, options, {}, warnings, &lexer, false, parseFstringExpression};
  Parser parser(lexer, tree, options, literals);
  result.mod = run(parser, options.mode);
  bool too_many =
      result.mod && options.mode == Mode::Single && !lexer.isInteractive() && hasMoreStatements(lexer);
  if (parser.tooDeep()) {
    result.mod = nullptr;
    if (lexer.bracketsRunTooDeep()) {
      result.error = lexer.error();
    } else {
      result.error = noMemory();
    }
  } else if (!result.mod || too_many) {
    auto start = static_cast<StartRule>(options.mode);
    warnings.dropReparsed(0);
    result.at_eof = lexer.isInteractive() && lexer.count() > 0 && lexer.fetched(0).type == Tok::EndMarker;
    if (!literals.callback_raised)
      result.error = hasRoom(options, lexer.count() * kBytesToDiagnose)
                         ? diagnose({lexer, literals, options, start, encoding})
                         : noMemory();
    result.mod = nullptr;
  }
  if (literals.callback_raised) {
    result.mod = nullptr;
    result.at_eof = false;
    result.error.kind = ErrorKind::CallbackError;
  }
  result.warnings = warnings.take();
  return result;
}

}  // namespace

size_t bytesToParse(std::string_view source) {
  return source.size() * kBytesPerCopy + tokensAtMost(source) * kBytesPerToken;
}

namespace {

ParseResult parseScript(std::string_view bytes, const Options& options, Tree& tree) {
  ScriptText script = readScript(bytes, options);
  if (script.text.size() > bytes.size() && !hasRoomToParse(options, script.text)) return failed(noMemory());
  WarningList warnings;
  LexerOptions lexer_options = lexerOptions(options, warnings);
  lexer_options.script = &script;
  Lexer lexer(script.text, lexer_options);
  return parseText(lexer, warnings, options, tree, script.encoding);
}

ParseResult parseWhole(std::string_view source, const Options& options, Tree& tree) {
  DecodedSource decoded = decodeSource(source, options);
  if (!decoded.ok) return failed(std::move(decoded.error));
  if (decoded.text.size() > source.size() && !hasRoomToParse(options, decoded.text))
    return failed(noMemory());
  WarningList warnings;
  Lexer lexer(decoded.text, lexerOptions(options, warnings));
  return parseText(lexer, warnings, options, tree, decoded.encoding);
}

}  // namespace

ParseResult parse(std::string_view source, const Options& options, Tree& tree) {
  if (options.mode == Mode::Single && options.callbacks && options.callbacks->readline) {
    WarningList warnings;
    Lexer lexer(std::string_view(""), lexerOptions(options, warnings));
    lexer.readLinesFrom(options.callbacks);
    return parseText(lexer, warnings, options, tree, "utf-8");
  }
  if (!hasRoomToParse(options, source)) return failed(noMemory());
  return options.from_file ? parseScript(source, options, tree) : parseWhole(source, options, tree);
}

}  // namespace krait::parser
