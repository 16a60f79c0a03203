// Compound statements, except functions (parse_function.cpp) and patterns (parse_pattern.cpp).
#include <vector>

#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

// NEWLINE INDENT statements DEDENT, or simple statements on the same line. The colon is consumed already.
bool Parser::block(Seq<Stmt*>* out) {
  Nest nest(*this, 6);
  if (!nest) return false;
  List<Stmt*> body(*this);
  if (accept(Tok::Newline)) {
    KR_PARSE(accept(Tok::Indent));
    KR_PARSE(statement(body));
    if (!statements(body, Tok::Dedent)) return false;
  } else if (!simpleStatements(body)) {
    return false;
  }
  *out = body.finish();
  return true;
}

bool Parser::optionalElse(Seq<Stmt*>* out) {
  if (!accept(Tok::KElse)) return true;
  return accept(Tok::Colon) && block(out);
}

Stmt* Parser::ifStatement() {
  struct Branch {
    Start start;
    Expr* test;
    Seq<Stmt*> body;
  };
  std::vector<Branch> elifs;  // without elif: never allocates
  Branch first{here(), nullptr, {}};
  Branch* branch = &first;
  for (;;) {
    position_++;
    branch->test = KR_PARSE(namedExpression());
    KR_PARSE(accept(Tok::Colon));
    KR_PARSE(block(&branch->body));
    if (type() != Tok::KElif) break;
    elifs.push_back({here(), nullptr, {}});
    branch = &elifs.back();
    if (static_cast<int>(elifs.size()) + depth_ > kMaxDepth) {
      too_deep_ = true;
      return nullptr;
    }
  }
  Seq<Stmt*> orelse;
  KR_PARSE(optionalElse(&orelse));
  for (size_t i = elifs.size(); i-- > 0;) {
    Stmt* nested = make<If>(spanFrom(elifs[i].start), elifs[i].test, elifs[i].body, orelse);
    orelse = arena_.copySeq(&nested, 1);
  }
  return make<If>(spanFrom(first.start), first.test, first.body, orelse);
}

Stmt* Parser::whileStatement() {
  Start start = here();
  position_++;
  Expr* test = KR_PARSE(namedExpression());
  KR_PARSE(accept(Tok::Colon));
  Seq<Stmt*> body, orelse;
  if (!block(&body) || !optionalElse(&orelse)) return nullptr;
  return make<While>(spanFrom(start), test, body, orelse);
}

Stmt* Parser::forStatement(Start start, bool is_async) {
  position_++;
  Expr* target = KR_PARSE(starTargets());
  KR_PARSE(accept(Tok::KIn));
  Expr* iter = KR_PARSE(starExpressions());
  KR_PARSE(accept(Tok::Colon));
  std::string_view comment = typeComment();
  Seq<Stmt*> body, orelse;
  if (!block(&body) || !optionalElse(&orelse)) return nullptr;
  Span span = spanFrom(start);
  if (is_async) return make<AsyncFor>(span, target, iter, body, orelse, comment);
  return make<For>(span, target, iter, body, orelse, comment);
}

Stmt* Parser::withStatement(Start start, bool is_async) {
  position_++;
  Seq<WithItem*> items;
  std::string_view comment;
  size_t begin = position_, warnings = literals_.warnings.mark();
  if (type() != Tok::LPar || !parenthesisedWithItems(&items)) {
    position_ = begin;
    literals_.warnings.dropReparsed(warnings);
    List<WithItem*> list(*this);
    do {
      list.push(KR_PARSE(withItem()));
    } while (accept(Tok::Comma));
    KR_PARSE(accept(Tok::Colon));
    comment = typeComment();
    items = list.finish();
  } else if (options_.feature_version < 9) {
    return nullptr;
  }
  Seq<Stmt*> body;
  KR_PARSE(block(&body));
  Span span = spanFrom(start);
  if (is_async) return make<AsyncWith>(span, items, body, comment);
  return make<With>(span, items, body, comment);
}

// '(' item, ... [','] ')' ':' as a whole, or nothing.
bool Parser::parenthesisedWithItems(Seq<WithItem*>* items) {
  position_++;
  List<WithItem*> list(*this);
  do {
    if (list.size() > 0 && type() == Tok::RPar) break;
    list.push(KR_PARSE(withItem()));
  } while (accept(Tok::Comma));
  if (!accept(Tok::RPar) || !accept(Tok::Colon)) return false;
  *items = list.finish();
  return true;
}

WithItem* Parser::withItem() {
  Expr* context = KR_PARSE(expression());
  Expr* target = nullptr;
  if (accept(Tok::KAs)) {
    target = KR_PARSE(starTarget());
    KR_PARSE(type() == Tok::Comma || type() == Tok::RPar || type() == Tok::Colon);
  }
  return make<WithItem>(Span{}, context, target);
}

Stmt* Parser::tryStatement() {
  Start start = here();
  position_++;
  KR_PARSE(accept(Tok::Colon));
  Seq<Stmt*> body, orelse, finalbody;
  KR_PARSE(block(&body));
  List<ExceptHandler*> handlers(*this);
  bool star = false;
  while (type() == Tok::KExcept) {
    bool this_star = false;
    handlers.push(KR_PARSE(exceptHandler(&this_star)));
    if (handlers.size() > 1 && this_star != star) return nullptr;
    star = this_star;
  }
  if (handlers.size() > 0) KR_PARSE(optionalElse(&orelse));
  if (accept(Tok::KFinally)) {
    KR_PARSE(accept(Tok::Colon));
    KR_PARSE(block(&finalbody));
  } else if (handlers.size() == 0) {
    return nullptr;
  }
  Span span = spanFrom(start);
  if (!star) return make<Try>(span, body, handlers.finish(), orelse, finalbody);
  if (options_.feature_version < 11) return nullptr;
  return make<TryStar>(span, body, handlers.finish(), orelse, finalbody);
}

ExceptHandler* Parser::exceptHandler(bool* is_star) {
  Start start = here();
  position_++;
  *is_star = accept(Tok::Star);
  Expr* type_expr = nullptr;
  const Identifier* bound = nullptr;
  if (*is_star || type() != Tok::Colon) {
    type_expr = KR_PARSE(expression());
    if (accept(Tok::KAs)) bound = KR_PARSE(name());
  }
  KR_PARSE(accept(Tok::Colon));
  Seq<Stmt*> body;
  KR_PARSE(block(&body));
  return make<ExceptHandler>(spanFrom(start), type_expr, bound, body);
}

Stmt* Parser::asyncStatement(Seq<Expr*> decorators) {
  Start start = here();
  if (options_.feature_version < 5) return nullptr;
  position_++;
  switch (type()) {
    case Tok::KDef: return functionDefinition(start, true, decorators);
    case Tok::KFor: return decorators.empty() ? forStatement(start, true) : nullptr;
    case Tok::KWith: return decorators.empty() ? withStatement(start, true) : nullptr;
    default: return nullptr;
  }
}

// [decorators] def, async def or class.
Stmt* Parser::decorated() {
  List<Expr*> decorators(*this);
  while (accept(Tok::At)) {
    decorators.push(KR_PARSE(namedExpression()));
    KR_PARSE(accept(Tok::Newline));
  }
  Seq<Expr*> list = decorators.finish();
  switch (type()) {
    case Tok::KDef: return functionDefinition(here(), false, list);
    case Tok::KClass: return classDefinition(here(), list);
    case Tok::Async: return typeAt(1) == Tok::KDef ? asyncStatement(list) : nullptr;
    default: return nullptr;
  }
}

Stmt* Parser::classDefinition(Start start, Seq<Expr*> decorators) {
  position_++;
  const Identifier* class_name = KR_PARSE(name());
  Seq<Expr*> bases;
  Seq<Keyword*> keywords;
  Start open = here();
  if (accept(Tok::LPar)) {
    KR_PARSE(arguments(&bases, &keywords));
    bool generator = bases.size() == 1 && bases[0]->is<GeneratorExp>();
    if (generator && bases[0]->span.lineno == open.lineno && bases[0]->span.col_offset == open.col_offset)
      return nullptr;
  }
  KR_PARSE(accept(Tok::Colon));
  Seq<Stmt*> body;
  KR_PARSE(block(&body));
  return make<ClassDef>(spanFrom(start), class_name, bases, keywords, body, decorators);
}

// match: a soft keyword, so a null answer leaves the position where the statement began.
Stmt* Parser::matchStatement() {
  Start start = here();
  size_t begin = position_, warnings = literals_.warnings.mark();
  position_++;
  Expr* subject = matchSubject();
  bool is_match =
      subject && accept(Tok::Colon) && accept(Tok::Newline) && accept(Tok::Indent) && isSoft(Soft::Case);
  if (!is_match) {
    position_ = begin;
    literals_.warnings.dropReparsed(warnings);
    return nullptr;
  }
  if (options_.feature_version < 10) return nullptr;
  Nest nest(*this, 8);
  if (!nest) return nullptr;
  List<MatchCase*> cases(*this);
  while (isSoft(Soft::Case)) cases.push(KR_PARSE(matchCase()));
  KR_PARSE(accept(Tok::Dedent));
  return make<Match>(spanFrom(start), subject, cases.finish());
}

Expr* Parser::matchSubject() {
  Start start = here();
  bool starred = type() == Tok::Star;
  Expr* first = KR_PARSE(starNamedExpression());
  if (type() != Tok::Comma) return starred ? nullptr : first;
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (type() == Tok::Colon) break;
    items.push(KR_PARSE(starNamedExpression()));
  }
  return make<Tuple>(spanFrom(start), items.finish(), Context::Load);
}

MatchCase* Parser::matchCase() {
  position_++;
  Pattern* matched = KR_PARSE(patterns());
  Expr* guard = nullptr;
  if (accept(Tok::KIf)) guard = KR_PARSE(namedExpression());
  KR_PARSE(accept(Tok::Colon));
  Seq<Stmt*> body;
  KR_PARSE(block(&body));
  return make<MatchCase>(Span{}, matched, guard, body);
}

}  // namespace krait::parser
