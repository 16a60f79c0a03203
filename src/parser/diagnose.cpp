// The driver of the diagnoser: two passes, the generic errors, positions and source lines of errors.
#include "parser/diagnose.h"

#include <cstring>

#include "parser/diagnoser.h"
#include "parser/script_text.h"
#include "parser/utf8_text.h"

namespace krait::parser {

using namespace ast;

namespace {
constexpr int kMaxDepth = 5980;
}  // namespace

Diagnostic diagnose(const DiagnoseInput& input) { return Diagnoser(input).run(); }

Diagnoser::Diagnoser(const DiagnoseInput& input)
    : lexer_(input.lexer),
      literals_(input.literals),
      options_(input.options),
      tree_(input.literals.tree),
      start_rule_(input.start),
      encoding_(input.encoding) {}

Diagnoser::Nest::Nest(Diagnoser& d, int w) : diagnoser(d), weight(w) {
  d.depth_ += w;
  ok = d.depth_ < kMaxDepth && __builtin_frame_address(0) > d.options_.stack_limit && !d.raised_;
  if (!ok && !d.raised_) {
    d.raised_ = true;
    d.error_ = {};
    d.error_.kind = ErrorKind::MemoryError;
    d.error_.has_location = false;
  }
}

Expr* Diagnoser::yes() {
  static Expr node{{Kind::Constant, {}}};
  return &node;
}

Diagnostic Diagnoser::run() {
  lexer_.at(0);
  pass(false);
  if (lexer_.hasReadError()) {
    error_ = {};
    error_.kind = ErrorKind::CallbackError;
    error_.has_location = false;
    return error_;
  }
  if (options_.allow_incomplete_input && start_rule_ != StartRule::FString && fill_ > 0 &&
      lexer_.endsInput(fill_ - 1)) {
    raised_ = false;
    raiseHere("incomplete input");
    error_.kind = ErrorKind::IncompleteInput;
    return error_;
  }
  if (raised_ && error_.kind == ErrorKind::MemoryError)
    return lexer_.bracketsRunTooDeep() ? lexer_.error() : error_;
  if (accepted_ && start_rule_ == StartRule::Single) {
    raiseHere("multiple statements found while compiling a single statement");
    return error_;
  }
  size_t last = fill_ > 0 ? fill_ - 1 : 0;
  lexer_.stopReading();
  if (!raised_) pass(true);
  if (raised_) {
    if (error_.kind == ErrorKind::SystemError) return error_;
    bool is_unexplained = lexer_.failure() == LexFailure::Unexplained;
    if (is_unexplained) lexer_.resume();
    bool lexer_ok = is_unexplained || (!lexer_stopped_ && !lexer_.endsInput(fill_ - 1));
    if (lexer_ok) checkRestOfSource();
  } else {
    genericError(last);
  }
  return error_;
}

void Diagnoser::pass(bool with_error_rules) {
  mark_ = 0;
  memory_.clear();
  memory_arena_.clear();
  error_rules_ = with_error_rules;
  accepted_ = startRule() && !raised_;
}

bool Diagnoser::startRule() {
  auto end = [&] { return many([&] { return take(Tok::Newline); }) && take(Tok::EndMarker); };
  switch (start_rule_) {
    case StartRule::File: return opt([&] { return statements(); }) && take(Tok::EndMarker);
    case StartRule::Eval: return expressions() && end();
    case StartRule::Single: {
      bool compound_ok = alt([&] { return compound() && take(Tok::Newline); });
      return compound_ok || simpleStmts() || take(Tok::Newline);
    }
    case StartRule::FuncType: functionTypeRule(); return false;
    case StartRule::FString: return starExpressions();
  }
  return false;
}

// '(' [types] ')' '->' expression
void Diagnoser::functionTypeRule() {
  auto plain = [&] { return expression() != nullptr; };
  auto starred = [&] { return take(Tok::Star) && expression(); };
  auto double_starred = [&] { return take(Tok::DoubleStar) && expression(); };
  auto types = [&] {
    bool any = gather(plain);
    bool more = !any || take(Tok::Comma);
    if (any && !more) return true;
    if (alt(starred)) return opt([&] { return take(Tok::Comma) && double_starred(); });
    return alt(double_starred) || any;
  };
  (void)(take(Tok::LPar) && opt(types) && take(Tok::RPar) && take(Tok::RArrow) && expression() &&
         many([&] { return take(Tok::Newline); }) && take(Tok::EndMarker));
}

const Token& Diagnoser::token(size_t index) {
  if (index >= fill_) {
    fill_ = index + 1;
    if (lexer_.at(index).type == Tok::Error && !raised_) lexerError();
  }
  return lexer_.at(index);
}

Expr* Diagnoser::at(Tok wanted) {
  if (type() != wanted) return nullptr;
  const Token& found = now();
  Expr* node =
      shapeOver(Kind::Constant, {found.lineno, found.col_offset, found.end_lineno, found.end_col_offset});
  mark_++;
  return node;
}

bool Diagnoser::force(Tok wanted) {
  if (take(wanted)) return true;
  if (raised_) return false;
  const Token& found = now();
  if (raised_) return false;
  raiseSpan({found.lineno, found.col_offset, found.end_lineno, found.end_col_offset},
            std::string("expected '") + tokenText(wanted) + "'");
  return false;
}

bool Diagnoser::soft(Soft word) {
  if (type() != Tok::Name || now().soft != word) return false;
  mark_++;
  return true;
}

Expr* Diagnoser::softAt(Soft word) {
  if (type() != Tok::Name || now().soft != word) return nullptr;
  return at(Tok::Name);
}

Span Diagnoser::spanFrom(Start start) const {
  size_t i = mark_ > 0 ? mark_ - 1 : 0;
  while (i > 0) {
    Tok kind = lexer_.fetched(i).type;
    if (kind != Tok::EndMarker && (kind < Tok::Newline || kind > Tok::Dedent)) break;
    i--;
  }
  const Token& last = lexer_.fetched(i);
  return {start.lineno, start.col_offset, last.end_lineno, last.end_col_offset};
}

Expr* Diagnoser::shapeOver(Kind kind, const Span& span) {
  return tree_.arena().make<Expr>(Expr{{kind, span}});
}
Expr* Diagnoser::shape(Kind kind, Start start) { return shapeOver(kind, spanFrom(start)); }

Expr* Diagnoser::sequence(Kind kind, Start start, const std::vector<Expr*>& items) {
  Seq<Expr*> elements = tree_.arena().copySeq(items.data(), items.size());
  if (kind == Kind::List)
    return tree_.arena().make<List>(List{{{kind, spanFrom(start)}}, elements, Context::Load});
  return tree_.arena().make<Tuple>(Tuple{{{Kind::Tuple, spanFrom(start)}}, elements, Context::Load});
}

// Errors of the lexer

// A script's line that cannot be read, where no place is named.
static Diagnostic unplacedError(const ReadFailure& failure) {
  Diagnostic error;
  if (failure.kind != ReadFailure::Kind::Plain) error.kind = ErrorKind::ReadError;
  error.message = failure.message;
  error.has_location = false;
  return error;
}

void Diagnoser::unclosedBracket() {
  const Lexer::Bracket& open = lexer_.innermost();
  raiseAt(ErrorKind::SyntaxError, open.lineno, open.col_offset + 1, open.lineno, 0,
          std::string("'") + open.kind + "' was never closed");
}

// No token has begun on the line: a reader of files has thrown its line away then, and knows no column.
bool Diagnoser::onlyContinuation() const {
  auto [begin, end] = lexer_.joinedLines(lexer_.fetched(fill_ - 1).lineno);
  return std::string_view(begin, static_cast<size_t>(end - begin)).find_first_not_of(" \t\f\\\n") ==
         std::string_view::npos;
}

void Diagnoser::unreadableLine() {
  const ReadFailure& failure = lexer_.readFailure();
  if (failure.kind == ReadFailure::Kind::Located) {
    raiseAt(ErrorKind::SyntaxError, lexer_.lineno(), 0, lexer_.lineno(), -1, failure.message);
    return;
  }
  raised_ = true;
  error_ = unplacedError(failure);
}

void Diagnoser::lexerError() {
  lexer_stopped_ = true;
  int lineno = lexer_.lineno() + lexer_.options().first_lineno - 1;
  switch (lexer_.failure()) {
    case LexFailure::Raised:
      error_ = lexer_.error();
      raised_ = true;
      break;
    case LexFailure::Eof:
      if (lexer_.depth() > 0) {
        unclosedBracket();
      } else if (options_.from_file && onlyContinuation()) {
        int last_line = lexer_.fetched(fill_ - 1).lineno;
        raiseAt(ErrorKind::SyntaxError, last_line, 0, last_line, -1, "unexpected EOF while parsing");
      } else {
        raiseHere("unexpected EOF while parsing");
      }
      break;
    case LexFailure::Dedent:
      raiseHere("unindent does not match any outer indentation level", ErrorKind::IndentationError);
      break;
    case LexFailure::TabSpace:
      raiseAt(ErrorKind::TabError, lineno, 1, lineno, 0,
              "inconsistent use of tabs and spaces in indentation");
      break;
    case LexFailure::TooDeep:
      raiseAt(ErrorKind::IndentationError, lineno, 1, lineno, 0, "too many levels of indentation");
      break;
    case LexFailure::LineContinuation: {
      auto joined = lexer_.joinedLines(lineno);
      raiseAt(ErrorKind::SyntaxError, lineno, static_cast<int>(lexer_.cursor() - joined.first), lineno, 0,
              "unexpected character after line continuation character");
      break;
    }
    case LexFailure::Decode: raiseHere("(unicode error) " + lexer_.error().message); break;
    case LexFailure::Unreadable: unreadableLine(); break;
    case LexFailure::Unexplained:
      raiseAt(ErrorKind::SyntaxError, lineno, 1, lineno, 0, "unknown parsing error");
      break;
    case LexFailure::Stopped: break;
    case LexFailure::None:
    case LexFailure::Interrupted: raised_ = true; break;
  }
}

// An error of a literal, found while its tokens were turned into a node.
void Diagnoser::literalError() {
  if (raised_) return;
  LiteralError& found = literals_.error;
  std::string message = std::move(found.diagnostic.message);
  const Token& where = found.token;
  switch (found.where) {
    case LiteralError::Where::LastToken: raiseHere(std::move(message)); break;
    case LiteralError::Where::TokenLine:
      raiseAt(ErrorKind::SyntaxError, where.lineno, 0, where.end_lineno, 0, std::move(message));
      break;
    case LiteralError::Where::Diagnostic:
      found.diagnostic.message = std::move(message);
      error_ = std::move(found.diagnostic);
      raised_ = true;
      break;
  }
  found = {};
}

void Diagnoser::genericError(size_t last) {
  const Token& token = lexer_.at(last);
  if (token.type == Tok::Indent || token.type == Tok::Dedent) {
    raiseHere(token.type == Tok::Indent ? "unexpected indent" : "unexpected unindent",
              ErrorKind::IndentationError);
    return;
  }
  raiseSpan({token.lineno, token.col_offset, token.end_lineno, token.end_col_offset}, "invalid syntax");
  checkRestOfSource();
}

// A lexical error later in the source is more telling than a parse error, and so is a bracket left open
// earlier.
void Diagnoser::checkRestOfSource() {
  if (lexer_.isInteractive()) return;
  int error_line = lexer_.fetched(fill_ - 1).lineno;
  size_t i = fill_;
  for (;; i++) {
    Tok type = lexer_.at(i).type;
    if (type == Tok::EndMarker) return;
    if (type == Tok::Error) break;
  }
  if (lexer_.failure() == LexFailure::Raised) {
    error_ = lexer_.error();
    return;
  }
  if (lexer_.failure() == LexFailure::Unreadable) {
    error_ = unplacedError(lexer_.readFailure());
    return;
  }
  if (lexer_.failure() == LexFailure::Decode) {
    // Here, the decoder's own exception is left as it is.
    error_.kind = ErrorKind::UnicodeDecodeError;
    error_.message = lexer_.error().text.value_or("");
    return;
  }
  if (lexer_.depth() == 0 || error_line <= lexer_.innermost().lineno) return;
  fill_ = i + 1;
  raised_ = false;
  unclosedBracket();
}

// Raising

void Diagnoser::raiseAt(ErrorKind kind, int lineno, int column, int end_lineno, int end_column,
                        std::string message) {
  if (raised_) return;
  raised_ = true;
  error_ = {};
  error_.kind = kind;
  error_.message = start_rule_ == StartRule::FString ? "f-string: " + message : std::move(message);
  error_.lineno = lineno;
  error_.end_lineno = end_lineno;
  std::string text = errorText(lineno);
  if (start_rule_ == StartRule::FString) {
    column -= lexer_.options().first_col_offset;
    end_column -= lexer_.options().first_col_offset;
  }
  error_.offset = !encoding_.empty() ? characterColumn(text, column) : column;
  error_.end_offset = !encoding_.empty() && end_column > 0 ? characterColumn(text, end_column) : end_column;
  error_.text = std::move(text);
}

int Diagnoser::characterColumn(const std::string& text, int column) const {
  if (column < 0) return column;
  size_t size = std::min(text.size(), text.find('\0'));
  size_t length = std::min(static_cast<size_t>(column), size);
  int clamped = column > static_cast<int>(size) ? 1 : 0;  // CPython's limit is one past the text
  return utf8Length({text.data(), length}) + clamped;
}

namespace {

std::string_view nthLine(std::string_view text, int number) {
  for (; number > 1; number--) {
    size_t newline = text.find('\n');
    if (newline == text.npos) break;
    text.remove_prefix(newline + 1);
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string Diagnoser::errorText(int lineno) {
  const ScriptText* script = lexer_.options().script;
  if (script && options_.from_stdin) return utf8Replace(nthLine(script->shown, lineno));
  if (start_rule_ == StartRule::File && options_.file_line) {
    if (auto text = options_.file_line(lineno, encoding_)) return *text;
  }
  const Token& last = lexer_.fetched(fill_ > 0 ? fill_ - 1 : 0);
  bool on_lexer_line = last.end_lineno <= lineno && !lexer_.isInteractive();
  if (lineno <= 0) return {};
  if (on_lexer_line) {
    auto [begin, end] = lexer_.joinedLines(last.end_lineno);
    return utf8Replace({begin, static_cast<size_t>(end - begin)});
  }
  if (script) return {};  // the lines read before are gone
  return utf8Replace(lexer_.line(lineno));
}

void Diagnoser::raiseSpan(const Span& span, std::string message) {
  raiseAt(ErrorKind::SyntaxError, span.lineno, span.col_offset + 1, span.end_lineno, span.end_col_offset + 1,
          std::move(message));
}

void Diagnoser::raiseRange(const Expr* first, const Expr* last, std::string message) {
  raiseSpan({first->span.lineno, first->span.col_offset, last->span.end_lineno, last->span.end_col_offset},
            std::move(message));
}

namespace {

// The column at which CPython's tokenizer stands after a token.
int cursorColumn(const Lexer& lexer, const Token& token) {
  if (token.col_offset == -1) return static_cast<int>(token.length);
  const char* end = token.end();
  const char* line = end;
  while (line > lexer.textBegin() && line[-1] != '\n') line--;
  int column = static_cast<int>(end - line);
  return token.type == Tok::Newline && *end == '\n' ? column + 1 : column;
}

}  // namespace

void Diagnoser::raiseFrom(const Expr* first, std::string message) {
  const Token& last = lexer_.fetched(fill_ - 1);
  raiseAt(ErrorKind::SyntaxError, first->span.lineno, first->span.col_offset + 1, last.end_lineno,
          cursorColumn(lexer_, last), std::move(message));
}

void Diagnoser::raiseHere(std::string message, ErrorKind kind) {
  const Token& last = lexer_.fetched(fill_ - 1);
  int column = last.col_offset == -1 ? cursorColumn(lexer_, last) : last.col_offset + 1;
  bool is_past_end = last.col_offset == -1 && last.type != Tok::Error && lexer_.atEnd();
  if (is_past_end && options_.from_file) column = 0;  // the tokenizer's buffer is empty then
  int end_column = last.end_col_offset == -1 ? -1 : last.end_col_offset + 1;
  raiseAt(kind, last.lineno, column, last.end_lineno, end_column, std::move(message));
}

void Diagnoser::raiseIndent(const std::string& what, const Expr* keyword) {
  raiseHere("expected an indented block after " + what + " on line " + std::to_string(keyword->span.lineno),
            ErrorKind::IndentationError);
}

void Diagnoser::checkVersion(int minor, const char* what) {
  if (options_.feature_version >= minor) return;
  raiseHere(std::string(what) + " only supported in Python 3." + std::to_string(minor) + " and greater");
}

void Diagnoser::raiseInvalidTarget(Expr* target, int targets) {
  Expr* invalid = invalidTarget(target, targets);
  if (!invalid) return;
  raiseNode(invalid, std::string(targets == kDelTargets ? "cannot delete " : "cannot assign to ") +
                         expressionName(invalid));
}

Expr* invalidTarget(Expr* expr, int targets) {
  auto visit = [targets](const Seq<Expr*>& items) -> Expr* {
    for (Expr* item : items)
      if (Expr* invalid = invalidTarget(item, targets)) return invalid;
    return nullptr;
  };
  switch (expr->kind) {
    case ExprKind::List: return visit(expr->as<List>()->elts);
    case ExprKind::Tuple: return visit(expr->as<Tuple>()->elts);
    case ExprKind::Starred:
      return targets == kDelTargets ? expr : invalidTarget(expr->as<Starred>()->value, targets);
    case ExprKind::Compare: {
      if (targets != kForTargets) return expr;
      auto* compare = expr->as<Compare>();
      return compare->ops[0] == CompareOperator::In ? invalidTarget(compare->left, targets) : nullptr;
    }
    case ExprKind::Name:
    case ExprKind::Subscript:
    case ExprKind::Attribute: return nullptr;
    default: return expr;
  }
}

const char* expressionName(const Expr* expr) {
  switch (expr->kind) {
    case ExprKind::Attribute: return "attribute";
    case ExprKind::Subscript: return "subscript";
    case ExprKind::Starred: return "starred";
    case ExprKind::Name: return "name";
    case ExprKind::List: return "list";
    case ExprKind::Tuple: return "tuple";
    case ExprKind::Lambda: return "lambda";
    case ExprKind::Call: return "function call";
    case ExprKind::BoolOp:
    case ExprKind::BinOp:
    case ExprKind::UnaryOp: return "expression";
    case ExprKind::GeneratorExp: return "generator expression";
    case ExprKind::Yield:
    case ExprKind::YieldFrom: return "yield expression";
    case ExprKind::Await: return "await expression";
    case ExprKind::ListComp: return "list comprehension";
    case ExprKind::SetComp: return "set comprehension";
    case ExprKind::DictComp: return "dict comprehension";
    case ExprKind::Dict: return "dict literal";
    case ExprKind::Set: return "set display";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "f-string expression";
    case ExprKind::Compare: return "comparison";
    case ExprKind::IfExp: return "conditional expression";
    case ExprKind::NamedExpr: return "named expression";
    case ExprKind::Slice: return "slice";
    case ExprKind::Constant: break;
  }
  switch (expr->as<Constant>()->value.kind) {
    case ConstantKind::None: return "None";
    case ConstantKind::True: return "True";
    case ConstantKind::False: return "False";
    case ConstantKind::Ellipsis: return "ellipsis";
    default: return "literal";
  }
}

}  // namespace krait::parser
