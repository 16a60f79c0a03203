// Simple statements and blocks of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

bool Diagnoser::statements() {
  return many1([&] { return statement(); });
}

bool Diagnoser::statement() { return compound() || simpleStmts(); }

bool Diagnoser::simpleStmts() {
  if (alt([&] { return simpleStmt() && notNext(Tok::Semi) && take(Tok::Newline); })) return true;
  return alt([&] {
    return simpleStmt() && many([&] { return take(Tok::Semi) && simpleStmt(); }) &&
           opt([&] { return take(Tok::Semi); }) && take(Tok::Newline);
  });
}

bool Diagnoser::simpleStmt() {
  return memo(Rule::SimpleStmt, [&]() -> Expr* {
    if (alt([&] { return assignment(); })) return yes();
    if (starExpressions()) return yes();
    auto names = [&] { return gather([&] { return take(Tok::Name); }); };
    bool found = false;
    switch (type()) {
      case Tok::KReturn: found = take(Tok::KReturn) && opt([&] { return starExpressions(); }); break;
      case Tok::KImport: found = importName(); break;
      case Tok::KFrom: found = importFrom(); break;
      case Tok::KRaise:
        found = alt([&] {
                  return take(Tok::KRaise) && expression() &&
                         opt([&] { return take(Tok::KFrom) && expression(); });
                }) ||
                take(Tok::KRaise);
        break;
      case Tok::KPass:
      case Tok::KBreak:
      case Tok::KContinue: found = take(type()); break;
      case Tok::KDel: found = delStmt(); break;
      case Tok::KYield: found = yieldExpr() != nullptr; break;
      case Tok::KAssert:
        found = alt([&] {
          return take(Tok::KAssert) && expression() && opt([&] { return take(Tok::Comma) && expression(); });
        });
        break;
      case Tok::KGlobal:
      case Tok::KNonlocal: found = alt([&] { return take(type()) && names(); }); break;
      default: break;
    }
    return found && !raised_ ? yes() : nullptr;
  });
}

// ':' annotation ['=' value]
bool Diagnoser::annotatedRest() {
  if (!take(Tok::Colon) || !expression() || !opt([&] { return take(Tok::Equal) && yieldOrStar(); }))
    return false;
  checkVersion(6, "Variable annotation syntax is");
  return !raised_;
}

bool Diagnoser::augAssign() {
  Tok op = type();
  bool found = (op >= Tok::PlusEqual && op <= Tok::DoubleStarEqual) || op == Tok::DoubleSlashEqual ||
               op == Tok::AtEqual;
  if (!found || !take(op)) return false;
  if (op == Tok::AtEqual) checkVersion(5, "The '@' operator is");
  return !raised_;
}

bool Diagnoser::assignment() {
  if (alt([&] { return take(Tok::Name) && annotatedRest(); })) return true;
  auto target = [&] {
    return alt([&] { return take(Tok::LPar) && singleTarget() && take(Tok::RPar); }) ||
           singleSubscriptAttribute();
  };
  if (alt([&] { return target() && annotatedRest(); })) return true;
  if (alt([&] {
        return many1([&] { return starTargets() && take(Tok::Equal); }) && yieldOrStar() &&
               notNext(Tok::Equal) && opt([&] { return take(Tok::TypeComment); });
      })) {
    return true;
  }
  bool committed = false;
  if (alt([&] { return singleTarget() && augAssign() && (committed = true) && yieldOrStar(); })) return true;
  if (!committed) errors([&] { invalidAssignment(); });
  return false;
}

Expr* Diagnoser::annotationTarget() {
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  if (Expr* node = listDisplay()) return node;
  if (Expr* node = tuple()) return node;
  Expr* inner = nullptr;
  alt([&] { return take(Tok::LPar) && (inner = annotationTarget()) && take(Tok::RPar); }) ||
      (inner = nullptr);
  return inner;
}

void Diagnoser::invalidAssignment() {
  Expr* node = nullptr;
  if (alt([&] { return (node = annotationTarget()) && take(Tok::Colon) && expression(); })) {
    raiseNode(node, std::string("only single target (not ") + expressionName(node) + ") can be annotated");
    return;
  }
  if (alt([&] {
        return (node = starNamedExpression()) && take(Tok::Comma) &&
               many([&] { return starNamedExpressions(nullptr); }) && take(Tok::Colon) && expression();
      })) {
    raiseNode(node, "only single target (not tuple) can be annotated");
    return;
  }
  if (alt([&] { return (node = expression()) && take(Tok::Colon) && expression(); })) {
    raiseNode(node, "illegal target for annotation");
    return;
  }
  auto targets = [&] { return many([&] { return starTargets() && take(Tok::Equal); }); };
  if (alt([&] { return targets() && (node = starExpressions()) && take(Tok::Equal); })) {
    raiseInvalidTarget(node, kStarTargets);
    return;
  }
  if (alt([&] { return targets() && (node = yieldExpr()) && take(Tok::Equal); })) {
    raiseNode(node, "assignment to yield expression not possible");
    return;
  }
  if (alt([&] { return (node = starExpressions()) && augAssign() && yieldOrStar(); })) {
    raiseNode(node, std::string("'") + expressionName(node) +
                        "' is an illegal expression for augmented assignment");
  }
}

bool Diagnoser::delStmt() {
  auto end = [&] { return type() == Tok::Semi || type() == Tok::Newline; };
  if (alt([&] { return take(Tok::KDel) && delTargets() && end(); })) return true;
  errors([&] {
    Expr* node = nullptr;
    if (take(Tok::KDel) && (node = starExpressions())) raiseInvalidTarget(node, kDelTargets);
  });
  return false;
}

bool Diagnoser::dottedName() {
  return alt([&] { return take(Tok::Name) && many([&] { return take(Tok::Dot) && take(Tok::Name); }); });
}

bool Diagnoser::importName() {
  auto one = [&] { return dottedName() && opt([&] { return take(Tok::KAs) && take(Tok::Name); }); };
  return alt([&] { return take(Tok::KImport) && gather(one); });
}

bool Diagnoser::importAsName() {
  return alt([&] { return take(Tok::Name) && opt([&] { return take(Tok::KAs) && take(Tok::Name); }); });
}

bool Diagnoser::importFrom() {
  auto dot = [&] { return take(Tok::Dot) || take(Tok::Ellipsis); };
  if (alt([&] {
        return take(Tok::KFrom) && many(dot) && dottedName() && take(Tok::KImport) && importTargets();
      })) {
    return true;
  }
  return alt([&] { return take(Tok::KFrom) && many1(dot) && take(Tok::KImport) && importTargets(); });
}

bool Diagnoser::importTargets() {
  auto names = [&] { return gather([&] { return importAsName(); }); };
  if (alt([&] {
        return take(Tok::LPar) && names() && opt([&] { return take(Tok::Comma); }) && take(Tok::RPar);
      })) {
    return true;
  }
  if (alt([&] { return names() && notNext(Tok::Comma); })) return true;
  if (take(Tok::Star)) return true;
  errors([&] {
    if (names() && take(Tok::Comma) && take(Tok::Newline)) {
      raiseHere("trailing comma not allowed without surrounding parentheses");
    }
  });
  return false;
}

bool Diagnoser::block() {
  return memo(Rule::Block, [&]() -> Expr* {
    Nest nest(*this, 6);
    if (!nest) return nullptr;
    if (alt([&] { return take(Tok::Newline) && take(Tok::Indent) && statements() && take(Tok::Dedent); }))
      return yes();
    if (simpleStmts()) return yes();
    errors([&] {
      if (take(Tok::Newline) && notNext(Tok::Indent)) {
        raiseHere("expected an indented block", ErrorKind::IndentationError);
      }
    });
    return nullptr;
  });
}

}  // namespace krait::parser
