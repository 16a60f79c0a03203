// The fast parser: predictive recursive descent over the lexer's tokens, straight to the tree.
//
// It only accepts or rejects: every function returns null (or false) when the text is not valid, and the
// caller gives up; diagnose.h then finds out what to say. Backtracking exists in two places (parenthesised
// `with`, soft `match`). Ownership: nodes go into the Tree's arena. The parser borrows lexer, tree and
// options.
#pragma once

#include <array>
#include <type_traits>
#include <vector>

#include "parser/ast.h"
#include "parser/lexer.h"
#include "parser/literal.h"
#include "parser/parse.h"

// Leaves the function with a null result when expr is null or false.
#define KR_PARSE(expr)         \
  ({                           \
    auto parsed_ = (expr);     \
    if (!parsed_) [[unlikely]] \
      return {};               \
    parsed_;                   \
  })

namespace krait::parser {

class Parser {
 public:
  Parser(Lexer& lexer, ast::Tree& tree, const Options& options, LiteralContext& literals)
      : lexer_(lexer), tree_(tree), arena_(tree.arena()), options_(options), literals_(literals) {}

  ast::Mod* file();
  ast::Mod* eval();
  ast::Mod* interactive();
  ast::Mod* functionType();
  // The expression inside an f-string's braces, wrapped in parentheses.
  ast::Expr* fstringExpression() { return starExpressions(); }
  bool tooDeep() const { return too_deep_; }
  size_t position() const { return position_; }

 private:
  using Span = ast::Span;
  using Expr = ast::Expr;
  using Stmt = ast::Stmt;
  using Pattern = ast::Pattern;

  // Tokens
  const Token& peek(size_t ahead = 0) { return lexer_.at(position_ + ahead); }
  Tok type() { return lexer_.at(position_).type; }
  Tok typeAt(size_t ahead) { return lexer_.at(position_ + ahead).type; }
  bool accept(Tok wanted) {
    if (type() != wanted) return false;
    position_++;
    return true;
  }
  bool isSoft(Soft word) {
    const Token& token = peek();
    return token.type == Tok::Name && token.soft == word;
  }
  const ast::Identifier* name();
  const ast::Identifier* identifier(const Token& token);
  std::string_view typeComment();

  // Positions
  struct Start {
    int lineno;
    int col_offset;
  };
  Start here() {
    const Token& token = peek();
    return {token.lineno, token.col_offset};
  }
  static Start startOf(const Span& span) { return {span.lineno, span.col_offset}; }
  Span spanFrom(Start start) const;
  Span tokenSpan(const Token& token) const {
    return {token.lineno, token.col_offset, token.end_lineno, token.end_col_offset};
  }
  template <class T, class... Fields>
  T* make(Span span, Fields... fields) {
    if constexpr (requires { T::kKind; }) {
      if constexpr (std::is_base_of_v<Expr, T> || std::is_base_of_v<Stmt, T> ||
                    std::is_base_of_v<Pattern, T> || std::is_base_of_v<ast::Mod, T>) {
        return new (arena_.allocate(sizeof(T))) T{{{T::kKind, span}}, fields...};
      } else {
        return new (arena_.allocate(sizeof(T))) T{{T::kKind, span}, fields...};
      }
    } else {
      return new (arena_.allocate(sizeof(T))) T{span, fields...};
    }
  }

  // Collects a sequence on a shared stack, then copies it to the arena. Two lists filled in turn need two
  // stacks.
  template <class T, int kStack = 0>
  class List {
   public:
    explicit List(Parser& parser) : parser_(parser), base_(parser.scratch_[kStack].size()) {}
    ~List() { parser_.scratch_[kStack].resize(base_); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    void push(T item) {
      if constexpr (std::is_pointer_v<T>) {
        parser_.scratch_[kStack].push_back(reinterpret_cast<uintptr_t>(item));
      } else {
        parser_.scratch_[kStack].push_back(static_cast<uintptr_t>(item));
      }
    }
    size_t size() const { return parser_.scratch_[kStack].size() - base_; }
    Seq<T> finish() {
      size_t count = size();
      if (count == 0) return {};
      T* data = parser_.arena_.template makeArray<T>(count);
      for (size_t i = 0; i < count; i++) data[i] = (T)parser_.scratch_[kStack][base_ + i];
      return Seq<T>(data, static_cast<uint32_t>(count));
    }

   private:
    Parser& parser_;
    size_t base_;
  };

  // Counts nesting as CPython's parser counts rule calls, and looks at the stack; too much is a MemoryError,
  // never a crash.
  class Nest {
   public:
    Nest(Parser& parser, int weight) : parser_(parser), weight_(weight) {
      parser_.depth_ += weight;
      ok_ = parser_.depth_ < kMaxDepth && __builtin_frame_address(0) > parser_.options_.stack_limit;
      if (!ok_) parser_.too_deep_ = true;
    }
    ~Nest() { parser_.depth_ -= weight_; }
    explicit operator bool() const { return ok_; }

   private:
    Parser& parser_;
    int weight_;
    bool ok_;
  };
  static constexpr int kMaxDepth = 5980;

  // Statements: parse_stmt.cpp, parse_compound.cpp, parse_function.cpp, parse_import.cpp
  bool statements(List<Stmt*>& out, Tok until);
  bool statement(List<Stmt*>& out);
  bool simpleStatements(List<Stmt*>& out);
  Stmt* simpleStatement();
  Stmt* expressionStatement();
  Stmt* annotatedAssignment(Start start, Expr* target, bool simple);
  Stmt* assignment(Start start, Expr* first);
  Stmt* augmentedAssignment(Start start, Expr* target);
  Stmt* returnStatement();
  Stmt* raiseStatement();
  Stmt* deleteStatement();
  Stmt* assertStatement();
  Stmt* scopeStatement();
  Stmt* importStatement();
  Stmt* fromImportStatement();
  ast::Alias* importAlias();
  ast::Alias* fromImportAlias();
  const ast::Identifier* dottedName();
  bool block(Seq<Stmt*>* out);
  bool optionalElse(Seq<Stmt*>* out);
  Stmt* compoundStatement();
  Stmt* ifStatement();
  Stmt* whileStatement();
  Stmt* forStatement(Start start, bool is_async);
  Stmt* withStatement(Start start, bool is_async);
  bool parenthesisedWithItems(Seq<ast::WithItem*>* items);
  ast::WithItem* withItem();
  Stmt* tryStatement();
  ast::ExceptHandler* exceptHandler(bool* is_star);
  Stmt* asyncStatement(Seq<Expr*> decorators);
  Stmt* decorated();
  Stmt* functionDefinition(Start start, bool is_async, Seq<Expr*> decorators);
  Stmt* classDefinition(Start start, Seq<Expr*> decorators);
  bool functionTypeComment(std::string_view* comment);
  Stmt* matchStatement();
  Expr* matchSubject();
  ast::MatchCase* matchCase();

  // Parameters: parse_function.cpp
  struct Parameters;
  ast::Arguments* parameters(bool is_lambda);
  bool parameter(Parameters& list, bool is_lambda);
  bool starParameter(Parameters& list, bool is_lambda);
  bool plainParameter(Parameters& list, bool is_lambda);
  ast::Arg* parameterName(bool is_lambda, bool star_annotation);
  bool parameterSeparator(ast::Arg* arg, bool is_lambda);

  // Patterns: parse_pattern.cpp
  Pattern* patterns();
  Pattern* pattern();
  Pattern* orPattern();
  Pattern* closedPattern();
  Pattern* starOrPattern();
  Pattern* literalPattern();
  Pattern* namePattern();
  Pattern* classPattern(Expr* cls);
  Pattern* sequencePattern(Tok close);
  Pattern* mappingPattern();
  Expr* patternNumber();
  Expr* dottedNameExpr();
  Expr* mappingKey();

  // Expressions: parse_expr.cpp
  Expr* starExpressions();
  Expr* expressions();  // the same without stars
  Expr* expressionList(Expr* (Parser::*item)());
  Expr* starExpression();
  Expr* expression();
  Expr* namedExpression();
  Expr* starNamedExpression();
  Expr* yieldOrStarExpressions();
  Expr* yieldExpression();
  Expr* lambda();
  Expr* disjunction();
  Expr* conjunction();
  Expr* inversion();
  Expr* comparison();
  Expr* bitwiseOr() { return binary(1); }
  Expr* binary(int min_precedence);
  Expr* factor();
  Expr* power();
  Expr* primary();
  Expr* slices();
  Expr* slice();

  // Atoms: parse_atom.cpp
  Expr* atom();
  Expr* constantAtom(ast::ConstantKind kind);
  Expr* numberAtom();
  Expr* stringAtom();
  Expr* parenthesised();
  Expr* listDisplay();
  Expr* braceDisplay();
  Expr* dictDisplay(Start start);
  Expr* setDisplay(Start start);
  bool dictItem(List<Expr*>& keys, List<Expr*, 1>& values);
  Expr* tupleRest(Start start, Expr* first, Tok close);
  bool comprehensionFollows() { return type() == Tok::KFor || type() == Tok::Async; }
  bool forClauses(Seq<ast::Comprehension*>* out);
  // What a call has seen so far decides what may follow: positionals, then name=value, then **mapping.
  enum class ArgumentStage : uint8_t { Positional, Keyword, DoubleStar };
  bool arguments(Seq<Expr*>* args, Seq<ast::Keyword*>* keywords);
  bool argument(List<Expr*>& args, List<ast::Keyword*, 1>& keywords, ArgumentStage* stage);
  bool starArgument(List<Expr*>& args, List<ast::Keyword*, 1>& keywords, ArgumentStage* stage);
  Expr* positionalArgument();

  // Targets: parse_target.cpp
  Expr* starTargets();
  Expr* starTarget();
  bool makeTarget(Expr* expr);
  bool makeSingleTarget(Expr* expr, ast::Context context);
  bool makeDeleteTarget(Expr* expr);

  Lexer& lexer_;
  ast::Tree& tree_;
  Arena& arena_;
  const Options& options_;
  LiteralContext& literals_;
  size_t position_ = 0;
  int depth_ = 0;
  bool too_deep_ = false;
  std::vector<uintptr_t> scratch_[2];
};

}  // namespace krait::parser
