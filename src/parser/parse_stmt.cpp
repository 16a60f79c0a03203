// Statement lists and simple statements.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

Mod* Parser::file() {
  List<Stmt*> body(*this);
  if (!statements(body, Tok::EndMarker)) return nullptr;
  List<TypeIgnore*, 1> ignores(*this);
  for (const TypeIgnoreComment& ignore : lexer_.typeIgnores()) {
    ignores.push(make<TypeIgnore>(Span{}, ignore.lineno, arena_.copyText(ignore.tag)));
  }
  return make<Module>(Span{}, body.finish(), ignores.finish());
}

Mod* Parser::eval() {
  Expr* body = KR_PARSE(expressions());
  while (accept(Tok::Newline)) {
  }
  KR_PARSE(type() == Tok::EndMarker);
  return make<Expression>(Span{}, body);
}

namespace {

bool isCompound(StmtKind kind) {
  switch (kind) {
    case StmtKind::If:
    case StmtKind::While:
    case StmtKind::For:
    case StmtKind::AsyncFor:
    case StmtKind::With:
    case StmtKind::AsyncWith:
    case StmtKind::Try:
    case StmtKind::TryStar:
    case StmtKind::FunctionDef:
    case StmtKind::AsyncFunctionDef:
    case StmtKind::ClassDef:
    case StmtKind::Match: return true;
    default: return false;
  }
}

}  // namespace

Mod* Parser::interactive() {
  List<Stmt*> body(*this);
  if (type() == Tok::Newline) {
    Span span = tokenSpan(peek());
    position_++;
    body.push(make<Pass>(span));
    return make<Interactive>(Span{}, body.finish());
  }
  if (type() == Tok::EndMarker || !statement(body)) return nullptr;
  Seq<Stmt*> made = body.finish();
  if (made.size() == 1 && isCompound(made[0]->kind)) KR_PARSE(accept(Tok::Newline));
  return make<Interactive>(Span{}, made);
}

// (type, ...) -> type, where * and ** may mark two of the types.
Mod* Parser::functionType() {
  KR_PARSE(accept(Tok::LPar));
  List<Expr*> types(*this);
  int stage = 0;
  if (type() != Tok::RPar) {
    do {
      bool star = type() == Tok::Star, double_star = type() == Tok::DoubleStar;
      int rank = star ? 1 : double_star ? 2 : 0;
      if (stage > 0 && rank <= stage) return nullptr;
      if (rank) position_++;
      stage = rank;
      types.push(KR_PARSE(expression()));
    } while (accept(Tok::Comma));
  }
  KR_PARSE(accept(Tok::RPar));
  KR_PARSE(accept(Tok::RArrow));
  Expr* returns = KR_PARSE(expression());
  while (accept(Tok::Newline)) {
  }
  KR_PARSE(type() == Tok::EndMarker);
  return make<FunctionType>(Span{}, types.finish(), returns);
}

bool Parser::statements(List<Stmt*>& out, Tok until) {
  while (type() != until) KR_PARSE(statement(out));
  position_++;
  return true;
}

bool Parser::statement(List<Stmt*>& out) {
  Stmt* compound;
  switch (type()) {
    case Tok::KIf: compound = ifStatement(); break;
    case Tok::KDef:
    case Tok::At:
    case Tok::KClass: compound = decorated(); break;
    case Tok::KFor: compound = forStatement(here(), false); break;
    case Tok::KTry: compound = tryStatement(); break;
    case Tok::KWith: compound = withStatement(here(), false); break;
    case Tok::KWhile: compound = whileStatement(); break;
    case Tok::Async: compound = asyncStatement({}); break;
    case Tok::Name: {
      if (peek().soft != Soft::Match) return simpleStatements(out);
      size_t begin = position_;
      compound = matchStatement();
      if (!compound) return position_ == begin && simpleStatements(out);
      break;
    }
    default: return simpleStatements(out);
  }
  out.push(KR_PARSE(compound));
  return true;
}

bool Parser::simpleStatements(List<Stmt*>& out) {
  out.push(KR_PARSE(simpleStatement()));
  while (accept(Tok::Semi)) {
    if (type() == Tok::Newline) break;
    out.push(KR_PARSE(simpleStatement()));
  }
  return accept(Tok::Newline);
}

Stmt* Parser::simpleStatement() {
  Start start = here();
  switch (type()) {
    case Tok::KReturn: return returnStatement();
    case Tok::KImport: return importStatement();
    case Tok::KFrom: return fromImportStatement();
    case Tok::KRaise: return raiseStatement();
    case Tok::KPass: position_++; return make<Pass>(spanFrom(start));
    case Tok::KBreak: position_++; return make<Break>(spanFrom(start));
    case Tok::KContinue: position_++; return make<Continue>(spanFrom(start));
    case Tok::KDel: return deleteStatement();
    case Tok::KAssert: return assertStatement();
    case Tok::KGlobal:
    case Tok::KNonlocal: return scopeStatement();
    default: return expressionStatement();
  }
}

Stmt* Parser::expressionStatement() {
  Start start = here();
  bool is_name = type() == Tok::Name;
  size_t begin = position_;
  bool is_yield = type() == Tok::KYield;
  Expr* value = KR_PARSE(yieldOrStarExpressions());
  Tok next = type();
  if (next == Tok::Newline || next == Tok::Semi) return make<ExprStmt>(spanFrom(start), value);
  if (is_yield) return nullptr;
  if (next == Tok::Equal) return assignment(start, value);
  if (next == Tok::Colon) {
    bool simple = is_name && position_ == begin + 1;
    bool parenthesised = lexer_.fetched(begin).type == Tok::LPar;
    if (!makeSingleTarget(value, Context::Store) || (value->is<Name>() && !simple && !parenthesised))
      return nullptr;
    return annotatedAssignment(start, value, simple);
  }
  return augmentedAssignment(start, value);
}

Stmt* Parser::annotatedAssignment(Start start, Expr* target, bool simple) {
  if (options_.feature_version < 6) return nullptr;
  position_++;
  Expr* annotation = KR_PARSE(expression());
  Expr* value = nullptr;
  if (accept(Tok::Equal)) value = KR_PARSE(yieldOrStarExpressions());
  KR_PARSE(type() == Tok::Newline || type() == Tok::Semi);
  return make<AnnAssign>(spanFrom(start), target, annotation, value, static_cast<int>(simple));
}

std::string_view Parser::typeComment() {
  if (type() != Tok::TypeComment) return {};
  std::string_view text = peek().text();
  position_++;
  return arena_.copyText(text);
}

Stmt* Parser::assignment(Start start, Expr* first) {
  List<Expr*> targets(*this);
  Expr* value = first;
  bool is_yield = false;
  while (type() == Tok::Equal) {
    if (is_yield || !makeTarget(value)) return nullptr;
    position_++;
    targets.push(value);
    is_yield = type() == Tok::KYield;
    value = KR_PARSE(yieldOrStarExpressions());
  }
  std::string_view comment = typeComment();
  KR_PARSE(type() == Tok::Newline || type() == Tok::Semi);
  return make<Assign>(spanFrom(start), targets.finish(), value, comment);
}

namespace {

bool augmentedOperator(Tok type, Operator* op) {
  switch (type) {
    case Tok::PlusEqual: *op = Operator::Add; return true;
    case Tok::MinEqual: *op = Operator::Sub; return true;
    case Tok::StarEqual: *op = Operator::Mult; return true;
    case Tok::AtEqual: *op = Operator::MatMult; return true;
    case Tok::SlashEqual: *op = Operator::Div; return true;
    case Tok::PercentEqual: *op = Operator::Mod; return true;
    case Tok::AmperEqual: *op = Operator::BitAnd; return true;
    case Tok::VBarEqual: *op = Operator::BitOr; return true;
    case Tok::CircumflexEqual: *op = Operator::BitXor; return true;
    case Tok::LeftShiftEqual: *op = Operator::LShift; return true;
    case Tok::RightShiftEqual: *op = Operator::RShift; return true;
    case Tok::DoubleStarEqual: *op = Operator::Pow; return true;
    case Tok::DoubleSlashEqual: *op = Operator::FloorDiv; return true;
    default: return false;
  }
}

}  // namespace

Stmt* Parser::augmentedAssignment(Start start, Expr* target) {
  Operator op;
  if (!augmentedOperator(type(), &op) || !makeSingleTarget(target, Context::Store)) return nullptr;
  if (op == Operator::MatMult && options_.feature_version < 5) return nullptr;
  position_++;
  Expr* value = KR_PARSE(yieldOrStarExpressions());
  return make<AugAssign>(spanFrom(start), target, op, value);
}

Stmt* Parser::returnStatement() {
  Start start = here();
  position_++;
  Expr* value = nullptr;
  if (type() != Tok::Newline && type() != Tok::Semi) value = KR_PARSE(starExpressions());
  return make<Return>(spanFrom(start), value);
}

Stmt* Parser::raiseStatement() {
  Start start = here();
  position_++;
  Expr* exc = nullptr;
  Expr* cause = nullptr;
  if (type() != Tok::Newline && type() != Tok::Semi) {
    exc = KR_PARSE(expression());
    if (accept(Tok::KFrom)) cause = KR_PARSE(expression());
  }
  return make<Raise>(spanFrom(start), exc, cause);
}

Stmt* Parser::deleteStatement() {
  Start start = here();
  position_++;
  List<Expr*> targets(*this);
  do {
    if (targets.size() > 0 && (type() == Tok::Newline || type() == Tok::Semi)) break;
    Expr* target = KR_PARSE(primary());
    KR_PARSE(makeDeleteTarget(target));
    targets.push(target);
  } while (accept(Tok::Comma));
  KR_PARSE(type() == Tok::Newline || type() == Tok::Semi);
  return make<Delete>(spanFrom(start), targets.finish());
}

Stmt* Parser::assertStatement() {
  Start start = here();
  position_++;
  Expr* test = KR_PARSE(expression());
  Expr* message = nullptr;
  if (accept(Tok::Comma)) message = KR_PARSE(expression());
  return make<Assert>(spanFrom(start), test, message);
}

Stmt* Parser::scopeStatement() {
  Start start = here();
  bool is_global = type() == Tok::KGlobal;
  position_++;
  List<const Identifier*> names(*this);
  do {
    names.push(KR_PARSE(name()));
  } while (accept(Tok::Comma));
  Seq<const Identifier*> list = names.finish();
  if (is_global) return make<Global>(spanFrom(start), list);
  return make<Nonlocal>(spanFrom(start), list);
}

}  // namespace krait::parser
