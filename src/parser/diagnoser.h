// The slow parser that explains errors: ordered choice with backtracking and memory, in the order in which
// CPython tries its rules, because that order decides which of several possible messages is shown.
//
// It runs twice: without the error rules, to find the furthest token looked at (where a plain "invalid
// syntax" is reported), then with them. Rules answer a node (or true) or nothing, leaving the position where
// it was; a raised error makes every rule fail. Nodes are shapes: kind and span, with fields only where a
// rule looks at them.
#pragma once

#include <string>
#include <vector>

#include "parser/diagnose.h"

namespace krait::parser {

class Diagnoser {
 public:
  explicit Diagnoser(const DiagnoseInput& input);
  Diagnostic run();

 private:
  using Expr = ast::Expr;
  using Kind = ast::ExprKind;
  using Span = ast::Span;
  struct Start {
    int lineno;
    int col_offset;
  };

  // Driver: diagnose.cpp
  void pass(bool with_error_rules);
  bool startRule();
  void functionTypeRule();
  void genericError(size_t last);
  void checkRestOfSource();
  void lexerError();
  void unreadableLine();
  void unclosedBracket();
  bool onlyContinuation() const;
  void literalError();

  // Raising. Columns are 0-based byte offsets; raiseSpan adds one to both.
  void raiseAt(ErrorKind kind, int lineno, int column, int end_lineno, int end_column, std::string message);
  void raiseSpan(const Span& span, std::string message);
  void raiseNode(const Expr* node, std::string message) { raiseSpan(node->span, std::move(message)); }
  void raiseRange(const Expr* first, const Expr* last, std::string message);
  void raiseFrom(const Expr* first, std::string message);  // up to where the lexer stands
  void raiseHere(std::string message, ErrorKind kind = ErrorKind::SyntaxError);  // at the last token fetched
  void raiseIndent(const std::string& what, const Expr* keyword);
  void raiseInvalidTarget(Expr* target, int targets);
  void checkVersion(int minor, const char* what);
  std::string errorText(int lineno);
  int characterColumn(const std::string& text, int column) const;

  // Tokens
  const Token& token(size_t index);
  const Token& now() { return token(mark_); }
  Tok type() { return raised_ ? Tok::Error : now().type; }
  bool take(Tok wanted) {
    if (raised_ || now().type != wanted || raised_) return false;
    mark_++;
    return true;
  }
  Expr* at(Tok wanted);    // the token as a shape
  bool force(Tok wanted);  // "expected ':'" when it is not there
  bool soft(Soft word);
  Expr* softAt(Soft word);
  Start start() {
    const Token& first = now();
    return {first.lineno, first.col_offset};
  }
  Span spanFrom(Start start) const;
  Expr* shape(Kind kind, Start start);
  Expr* shapeOver(Kind kind, const Span& span);
  Expr* sequence(Kind kind, Start start, const std::vector<Expr*>& items);

  // Combinators
  template <class F>
  auto alt(F rule) -> decltype(rule()) {
    if (raised_) return {};
    size_t begin = mark_;
    auto result = rule();
    if (result && !raised_) return result;
    mark_ = begin;
    return {};
  }
  template <class F>
  bool ahead(F rule) {
    if (raised_) return false;
    size_t begin = mark_;
    bool result = static_cast<bool>(rule());
    mark_ = begin;
    return result && !raised_;
  }
  template <class F>
  bool notAhead(F rule) {
    if (raised_) return false;
    size_t begin = mark_;
    bool result = static_cast<bool>(rule());
    mark_ = begin;
    return !result && !raised_;
  }
  bool notNext(Tok wanted) { return type() != wanted && !raised_; }
  template <class F>
  bool opt(F rule) {
    alt(rule);
    return !raised_;
  }
  template <class F>
  bool many(F rule) {  // zero or more
    while (alt(rule)) {
    }
    return !raised_;
  }
  template <class F>
  bool many1(F rule) {
    return alt(rule) && many(rule);
  }
  template <class F>
  bool gather(F rule) {  // one or more, separated by commas
    return alt(rule) && many([&] { return take(Tok::Comma) && rule(); });
  }
  // An error rule: tried only in the second pass, never consumes.
  template <class F>
  void errors(F rule) {
    if (!error_rules_ || raised_) return;
    size_t begin = mark_;
    rule();
    mark_ = begin;
  }

  enum class Rule : uint8_t {
    SimpleStmt,
    Block,
    StarExpression,
    Expression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    Factor,
    AwaitPrimary,
    Primary,
    TPrimary,
    Strings,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    ClosedPattern,
    StarPattern,
    InvalidNamed,
  };
  // What the rules answered, per position.
  struct Memory {
    Expr* node;
    size_t end;
    Rule rule;
    Memory* next;
  };
  template <class F>
  Expr* memo(Rule rule, F body) {
    if (raised_) return nullptr;
    if (mark_ >= memory_.size()) memory_.resize(mark_ + 64);
    for (Memory* found = memory_[mark_]; found; found = found->next) {
      if (found->rule != rule) continue;
      mark_ = found->end;
      return found->node;
    }
    size_t begin = mark_;
    Expr* node = body();
    if (raised_) return nullptr;
    if (!node) mark_ = begin;
    memory_[begin] = memory_arena_.make<Memory>(node, mark_, rule, memory_[begin]);
    return node;
  }
  struct Nest {
    Diagnoser& diagnoser;
    int weight;
    bool ok;
    Nest(Diagnoser& d, int w);
    ~Nest() { diagnoser.depth_ -= weight; }
    explicit operator bool() const { return ok; }
  };
  static Expr* yes();  // a node that stands for "matched"

  // Statements: diagnose_stmt.cpp
  bool statements();
  bool statement();
  bool compound();
  bool simpleStmts();
  bool simpleStmt();
  bool assignment();
  void invalidAssignment();
  Expr* annotationTarget();
  bool annotatedRest();
  bool augAssign();
  bool yieldOrStar() { return yieldExpr() || starExpressions(); }
  bool delStmt();
  bool importName();
  bool importFrom();
  bool importTargets();
  bool importAsName();
  bool dottedName();
  bool block();
  bool missingBlock(const Expr* keyword, const std::string& what);
  bool elseBlock();
  bool ifStmt(Tok keyword);
  bool whileStmt();
  bool forStmt();
  bool forHeader();
  void invalidForTarget();
  bool withStmt();
  bool withItem();
  bool looseWithItems(bool parenthesised);
  void invalidWithIndent();
  void invalidWith();
  bool tryStmt();
  void invalidTry();
  bool exceptBlock();
  bool exceptStarBlock();
  void invalidExcept();
  bool finallyBlock();
  bool functionOrClass();
  bool functionDef();
  void invalidDef();
  bool functionTypeComment();
  bool classDef();
  bool classArguments();
  bool matchStmt();
  bool subjectExpr();
  bool caseBlock();
  bool guard();
  bool matchName(const char* text);

  // Parameters: diagnose_params.cpp
  bool params(bool is_lambda);
  bool parameters();
  bool slashNoDefault();
  bool slashWithDefault();
  bool starEtc();
  void invalidStarEtc();
  bool kwds();
  void invalidKwds();
  void invalidParameters();
  Expr* param(bool star_annotation = false);
  Expr* paramEnd(Expr* param);
  Expr* paramNoDefault(bool star_annotation = false);
  bool paramWithDefault();
  bool paramMaybeDefault();
  bool defaultValue();
  bool closesParams() { return type() == (lambda_ ? Tok::Colon : Tok::RPar); }

  // Patterns: diagnose_pattern.cpp
  bool patterns();
  Expr* pattern();
  bool asPattern();
  bool orPattern();
  Expr* closedPattern();
  bool literalPattern();
  bool literalExpr() { return literalPattern(); }
  bool complexNumber();
  bool captureTarget();
  bool attr();
  bool nameOrAttr();
  bool openSequence();
  bool maybeSequence();
  bool maybeStarPattern();
  bool starPattern();
  bool mappingPattern();
  bool keyValuePattern();
  bool doubleStarPattern();
  bool classPattern();
  void invalidClassPattern();
  bool keywordPattern();

  // Expressions: diagnose_expr.cpp
  Expr* expressions();
  Expr* expression();
  void invalidExpression();
  void invalidLegacyExpression();
  Expr* expressionWithoutInvalid();
  Expr* expressionBody();
  Expr* lambda();
  Expr* yieldExpr();
  Expr* starExpressions();
  Expr* starExpression();
  bool starNamedExpressions(std::vector<Expr*>* items);
  Expr* starNamedExpression();
  Expr* assignmentExpression();
  Expr* namedExpression();
  Expr* invalidNamedExpression();
  Expr* disjunction();
  Expr* conjunction();
  Expr* inversion();
  Expr* comparison();
  bool comparisonOperator(ast::CompareOperator* op);
  Expr* bitwiseOr();
  Expr* binary(int min_precedence);
  Expr* factor();
  Expr* power();
  Expr* awaitPrimary();
  Expr* primary();
  Expr* slices();
  Expr* slice();
  Expr* starredExpression();
  bool isLegacyName(const Expr* expr);
  bool isSoftPrefix();

  // Atoms: diagnose_atom.cpp
  Expr* atom();
  Expr* nameAtom();
  Expr* strings();
  Expr* number();
  Expr* tuple();
  Expr* group();
  Expr* genexp();
  Expr* listDisplay();
  Expr* listComp();
  Expr* dictDisplay();
  void invalidDoubleStarredPairs();
  void invalidPair();
  bool doubleStarredPair();
  Expr* setDisplay();
  Expr* dictComp();
  Expr* setComp();
  void invalidComprehension();
  struct Clauses {
    Expr* last_target = nullptr;
    Expr* last_item = nullptr;  // the last condition, or the iterable
  };
  bool forIfClauses(Clauses* clauses);
  bool forIfClause(Clauses* clauses);

  // Calls: diagnose_call.cpp
  struct Args {
    Expr* node = nullptr;
    std::vector<Expr*> positional;
    bool saw_double_star = false;
  };
  Expr* arguments();
  void invalidArguments();
  bool args(Args* out);
  bool kwargs(Args* out);
  bool positionalArg(Args* out);
  bool kwargOrStarred(Args* out);
  bool kwargOrDoubleStarred(Args* out);
  void invalidKwarg();

  // Targets: diagnose_target.cpp
  bool starTargets();
  Expr* starTarget();
  Expr* targetWithStarAtom();
  bool starAtom();
  bool singleTarget();
  bool singleSubscriptAttribute();
  Expr* tPrimary();
  bool tLookahead();
  bool delTargets();
  Expr* delTarget();
  bool delAtom();
  bool trailerTarget();

  Lexer& lexer_;
  LiteralContext& literals_;
  const Options& options_;
  ast::Tree& tree_;
  StartRule start_rule_;
  std::string_view encoding_;
  size_t mark_ = 0;
  size_t fill_ = 0;
  bool error_rules_ = false;
  bool raised_ = false;
  bool accepted_ = false;
  bool lexer_stopped_ = false;  // the error is the lexer's own: nothing after it can matter
  bool lambda_ = false;         // the parameter rules work on a lambda
  int depth_ = 0;
  Diagnostic error_;
  Arena memory_arena_;
  std::vector<Memory*> memory_;
};

// "function call", "literal" ...: how messages name an expression.
const char* expressionName(const ast::Expr* expr);
enum TargetsKind { kStarTargets, kDelTargets, kForTargets };
// The part of a would-be target that cannot be one, or null.
ast::Expr* invalidTarget(ast::Expr* expr, int targets);

}  // namespace krait::parser
