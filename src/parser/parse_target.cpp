// Targets of assignments, for, with and del: parsed as primaries, then checked and given their context.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

// Name, attribute or subscript.
bool Parser::makeSingleTarget(Expr* expr, Context context) {
  switch (expr->kind) {
    case ExprKind::Name: expr->as<Name>()->ctx = context; return true;
    case ExprKind::Attribute: expr->as<Attribute>()->ctx = context; return true;
    case ExprKind::Subscript: expr->as<Subscript>()->ctx = context; return true;
    default: return false;
  }
}

bool Parser::makeTarget(Expr* expr) {
  switch (expr->kind) {
    case ExprKind::Starred: {
      auto* starred = expr->as<Starred>();
      starred->ctx = Context::Store;
      return makeTarget(starred->value);
    }
    case ExprKind::Tuple: {
      auto* tuple = expr->as<Tuple>();
      tuple->ctx = Context::Store;
      for (Expr* item : tuple->elts) KR_PARSE(makeTarget(item));
      return true;
    }
    case ExprKind::List: {
      auto* list = expr->as<ast::List>();
      list->ctx = Context::Store;
      for (Expr* item : list->elts) KR_PARSE(makeTarget(item));
      return true;
    }
    default: return makeSingleTarget(expr, Context::Store);
  }
}

bool Parser::makeDeleteTarget(Expr* expr) {
  switch (expr->kind) {
    case ExprKind::Tuple: {
      auto* tuple = expr->as<Tuple>();
      tuple->ctx = Context::Del;
      for (Expr* item : tuple->elts) KR_PARSE(makeDeleteTarget(item));
      return true;
    }
    case ExprKind::List: {
      auto* list = expr->as<ast::List>();
      list->ctx = Context::Del;
      for (Expr* item : list->elts) KR_PARSE(makeDeleteTarget(item));
      return true;
    }
    default: return makeSingleTarget(expr, Context::Del);
  }
}

// One target, possibly starred, as in `for` and after `as`.
Expr* Parser::starTarget() {
  Start start = here();
  bool starred = accept(Tok::Star);
  Expr* target = KR_PARSE(primary());
  KR_PARSE(makeTarget(target));
  return starred ? make<Starred>(spanFrom(start), target, Context::Store) : target;
}

Expr* Parser::starTargets() {
  Start start = here();
  Expr* first = KR_PARSE(starTarget());
  if (type() != Tok::Comma) return first;
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (type() == Tok::KIn || type() == Tok::Equal) break;
    items.push(KR_PARSE(starTarget()));
  }
  return make<Tuple>(spanFrom(start), items.finish(), Context::Store);
}

}  // namespace krait::parser
