// Compound statements of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

bool Diagnoser::compound() {
  switch (type()) {
    case Tok::KDef:
    case Tok::At:
    case Tok::KClass: return functionOrClass();
    case Tok::KIf: return ifStmt(Tok::KIf);
    case Tok::KWith: return withStmt();
    case Tok::KFor: return forStmt();
    case Tok::KTry: return tryStmt();
    case Tok::KWhile: return whileStmt();
    case Tok::Async: return functionOrClass() || withStmt() || forStmt();
    default: return matchStmt();
  }
}

// After a statement's head: ':' NEWLINE without an INDENT.
bool Diagnoser::missingBlock(const Expr* keyword, const std::string& what) {
  if (!take(Tok::Colon) || !take(Tok::Newline) || !notNext(Tok::Indent)) return false;
  raiseIndent(what, keyword);
  return true;
}

bool Diagnoser::elseBlock() {
  errors([&] {
    Expr* keyword = at(Tok::KElse);
    if (keyword) missingBlock(keyword, "'else' statement");
  });
  return alt([&] { return take(Tok::KElse) && force(Tok::Colon) && block(); });
}

bool Diagnoser::ifStmt(Tok word) {
  Nest nest(*this, 1);
  if (!nest) return false;
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return take(word) && namedExpression() && take(Tok::Newline); })) {
      raiseHere("expected ':'");
      return;
    }
    std::string what = std::string("'") + tokenText(word) + "' statement";
    alt([&] { return (keyword = at(word)) && namedExpression() && missingBlock(keyword, what); });
  });
  auto rest = [&] { return ifStmt(Tok::KElif) || opt([&] { return elseBlock(); }); };
  return alt([&] { return take(word) && namedExpression() && take(Tok::Colon) && block() && rest(); });
}

bool Diagnoser::whileStmt() {
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return take(Tok::KWhile) && namedExpression() && take(Tok::Newline); })) {
      raiseHere("expected ':'");
      return;
    }
    alt([&] {
      return (keyword = at(Tok::KWhile)) && namedExpression() && missingBlock(keyword, "'while' statement");
    });
  });
  return alt([&] {
    return take(Tok::KWhile) && namedExpression() && take(Tok::Colon) && block() &&
           opt([&] { return elseBlock(); });
  });
}

bool Diagnoser::forStmt() {
  auto async = [&] { return opt([&] { return take(Tok::Async); }); };
  auto head = [&] { return starTargets() && take(Tok::KIn) && starExpressions(); };
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return async() && take(Tok::KFor) && head() && take(Tok::Newline); })) {
      raiseHere("expected ':'");
      return;
    }
    alt([&] {
      return async() && (keyword = at(Tok::KFor)) && head() && missingBlock(keyword, "'for' statement");
    });
  });
  bool committed = false;
  auto body = [&](bool is_async) {
    if ((is_async && !take(Tok::Async)) || !take(Tok::KFor) || !starTargets() || !take(Tok::KIn))
      return false;
    committed = true;
    bool ok = starExpressions() && take(Tok::Colon) && opt([&] { return take(Tok::TypeComment); }) &&
              block() && opt([&] { return elseBlock(); });
    if (ok && is_async) checkVersion(5, "Async for loops are");
    return ok;
  };
  if (alt([&] { return body(false); })) return true;
  if (!committed && alt([&] { return body(true); })) return true;
  if (!committed) errors([&] { invalidForTarget(); });
  return false;
}

void Diagnoser::invalidForTarget() {
  Expr* node = nullptr;
  opt([&] { return take(Tok::Async); });
  if (take(Tok::KFor) && (node = starExpressions())) raiseInvalidTarget(node, kForTargets);
}

bool Diagnoser::looseWithItems(bool parenthesised) {
  auto target = [&] { return opt([&] { return take(Tok::KAs) && starTarget(); }); };
  if (!parenthesised) return gather([&] { return expression() && target(); });
  return take(Tok::LPar) && gather([&] { return expressions() && target(); }) &&
         opt([&] { return take(Tok::Comma); }) && take(Tok::RPar);
}

void Diagnoser::invalidWithIndent() {
  for (bool parenthesised : {false, true}) {
    Expr* keyword = nullptr;
    opt([&] {
      return opt([&] { return take(Tok::Async); }) && (keyword = at(Tok::KWith)) &&
             looseWithItems(parenthesised) && missingBlock(keyword, "'with' statement");
    });
    if (raised_) return;
  }
}

void Diagnoser::invalidWith() {
  for (bool parenthesised : {false, true}) {
    bool found = alt([&] {
      return opt([&] { return take(Tok::Async); }) && take(Tok::KWith) && looseWithItems(parenthesised) &&
             take(Tok::Newline);
    });
    if (found) return raiseHere("expected ':'");
  }
}

bool Diagnoser::withItem() {
  auto end = [&] { return type() == Tok::Comma || type() == Tok::RPar || type() == Tok::Colon; };
  if (alt([&] { return expression() && take(Tok::KAs) && starTarget() && end(); })) return true;
  errors([&] {
    Expr* node = nullptr;
    if (expression() && take(Tok::KAs) && (node = expression()) && end())
      raiseInvalidTarget(node, kStarTargets);
  });
  return expression() != nullptr;
}

bool Diagnoser::withStmt() {
  errors([&] { invalidWithIndent(); });
  auto items = [&] { return gather([&] { return withItem(); }); };
  auto comment = [&] { return opt([&] { return take(Tok::TypeComment); }); };
  for (bool is_async : {false, true}) {
    auto head = [&] { return (!is_async || take(Tok::Async)) && take(Tok::KWith); };
    if (alt([&] {
          return head() && take(Tok::LPar) && items() && opt([&] { return take(Tok::Comma); }) &&
                 take(Tok::RPar) && take(Tok::Colon) && block();
        })) {
      checkVersion(9, "Parenthesized context managers are");
      return !raised_;
    }
    if (alt([&] { return head() && items() && take(Tok::Colon) && comment() && block(); })) {
      if (is_async) checkVersion(5, "Async with statements are");
      return !raised_;
    }
  }
  errors([&] { invalidWith(); });
  return false;
}

void Diagnoser::invalidTry() {
  Expr *keyword = nullptr, *star = nullptr;
  alt([&] { return (keyword = at(Tok::KTry)) && missingBlock(keyword, "'try' statement"); });
  if (raised_) return;
  auto head = [&] { return take(Tok::KTry) && take(Tok::Colon); };
  if (alt([&] { return head() && block() && notNext(Tok::KExcept) && notNext(Tok::KFinally); })) {
    raiseHere("expected 'except' or 'finally' block");
    return;
  }
  auto blocks = [&] { return many([&] { return block(); }); };
  auto name = [&] { return opt([&] { return take(Tok::KAs) && take(Tok::Name); }); };
  if (alt([&] {
        return head() && blocks() && many1([&] { return exceptBlock(); }) && (keyword = at(Tok::KExcept)) &&
               (star = at(Tok::Star)) && expression() && name() && take(Tok::Colon);
      })) {
    raiseRange(keyword, star, "cannot have both 'except' and 'except*' on the same 'try'");
    return;
  }
  if (alt([&] {
        return head() && blocks() && many1([&] { return exceptStarBlock(); }) &&
               (keyword = at(Tok::KExcept)) && opt([&] { return expression() && name(); }) &&
               take(Tok::Colon);
      })) {
    raiseNode(keyword, "cannot have both 'except' and 'except*' on the same 'try'");
  }
}

bool Diagnoser::tryStmt() {
  errors([&] { invalidTry(); });
  auto head = [&] { return take(Tok::KTry) && force(Tok::Colon) && block(); };
  auto tail = [&] { return opt([&] { return elseBlock(); }) && opt([&] { return finallyBlock(); }); };
  if (alt([&] { return head() && finallyBlock(); })) return true;
  if (alt([&] { return head() && many1([&] { return exceptBlock(); }) && tail(); })) return true;
  if (!alt([&] { return head() && many1([&] { return exceptStarBlock(); }) && tail(); })) return false;
  checkVersion(11, "Exception groups are");
  return !raised_;
}

bool Diagnoser::exceptBlock() {
  auto name = [&] { return opt([&] { return take(Tok::KAs) && take(Tok::Name); }); };
  errors([&] {
    Expr* keyword = nullptr;
    alt([&] {
      return (keyword = at(Tok::KExcept)) && expression() && name() &&
             missingBlock(keyword, "'except' statement");
    });
    if (!raised_)
      alt([&] { return (keyword = at(Tok::KExcept)) && missingBlock(keyword, "'except' statement"); });
  });
  if (alt([&] { return take(Tok::KExcept) && expression() && name() && take(Tok::Colon) && block(); }))
    return true;
  if (alt([&] { return take(Tok::KExcept) && take(Tok::Colon) && block(); })) return true;
  errors([&] { invalidExcept(); });
  return false;
}

bool Diagnoser::exceptStarBlock() {
  auto name = [&] { return opt([&] { return take(Tok::KAs) && take(Tok::Name); }); };
  errors([&] {
    Expr* keyword = nullptr;
    alt([&] {
      return (keyword = at(Tok::KExcept)) && take(Tok::Star) && expression() && name() &&
             missingBlock(keyword, "'except*' statement");
    });
  });
  if (alt([&] {
        return take(Tok::KExcept) && take(Tok::Star) && expression() && name() && take(Tok::Colon) && block();
      })) {
    return true;
  }
  errors([&] { invalidExcept(); });
  return false;
}

void Diagnoser::invalidExcept() {
  Expr* node = nullptr;
  auto star = [&] { return opt([&] { return take(Tok::Star); }); };
  auto name = [&] { return opt([&] { return take(Tok::KAs) && take(Tok::Name); }); };
  if (alt([&] {
        return take(Tok::KExcept) && star() && (node = expression()) && take(Tok::Comma) && expressions() &&
               name() && take(Tok::Colon);
      })) {
    raiseFrom(node, "multiple exception types must be parenthesized");
    return;
  }
  if (alt([&] { return take(Tok::KExcept) && star() && expression() && name() && take(Tok::Newline); }) ||
      alt([&] { return take(Tok::KExcept) && take(Tok::Newline); })) {
    raiseHere("expected ':'");
    return;
  }
  if (alt([&] {
        return take(Tok::KExcept) && take(Tok::Star) && (take(Tok::Newline) || take(Tok::Colon));
      })) {
    raiseHere("expected one or more exception types");
  }
}

bool Diagnoser::finallyBlock() {
  errors([&] {
    Expr* keyword = at(Tok::KFinally);
    if (keyword) missingBlock(keyword, "'finally' statement");
  });
  return alt([&] { return take(Tok::KFinally) && force(Tok::Colon) && block(); });
}

bool Diagnoser::functionOrClass() {
  auto decorators = [&] {
    return many([&] { return take(Tok::At) && namedExpression() && take(Tok::Newline); });
  };
  return alt([&] { return decorators() && (functionDef() || classDef()); });
}

void Diagnoser::invalidDef() {
  Expr* keyword = nullptr;
  opt([&] { return take(Tok::Async); });
  bool head = (keyword = at(Tok::KDef)) && take(Tok::Name) && take(Tok::LPar) &&
              opt([&] { return params(false); }) && take(Tok::RPar) &&
              opt([&] { return take(Tok::RArrow) && expression(); });
  if (head) missingBlock(keyword, "function definition");
}

bool Diagnoser::functionDef() {
  errors([&] { invalidDef(); });
  for (bool is_async : {false, true}) {
    bool found = alt([&] {
      if (is_async && !take(Tok::Async)) return false;
      return take(Tok::KDef) && take(Tok::Name) && force(Tok::LPar) && opt([&] { return params(false); }) &&
             take(Tok::RPar) && opt([&] { return take(Tok::RArrow) && expression(); }) && force(Tok::Colon) &&
             opt([&] { return functionTypeComment(); }) && block();
    });
    if (found && is_async) checkVersion(5, "Async functions are");
    if (found) return !raised_;
  }
  return false;
}

bool Diagnoser::functionTypeComment() {
  auto body = [&] { return take(Tok::Newline) && take(Tok::Indent); };
  if (alt([&] { return take(Tok::Newline) && take(Tok::TypeComment) && ahead(body); })) return true;
  errors([&] {
    if (take(Tok::TypeComment) && take(Tok::Newline) && take(Tok::TypeComment) && body()) {
      raiseHere("Cannot have two type comments on def");
    }
  });
  return take(Tok::TypeComment);
}

bool Diagnoser::classArguments() {
  return opt([&] { return take(Tok::LPar) && opt([&] { return arguments(); }) && take(Tok::RPar); });
}

bool Diagnoser::classDef() {
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return take(Tok::KClass) && take(Tok::Name) && classArguments() && take(Tok::Newline); })) {
      raiseHere("expected ':'");
      return;
    }
    alt([&] {
      return (keyword = at(Tok::KClass)) && take(Tok::Name) && classArguments() &&
             missingBlock(keyword, "class definition");
    });
  });
  return alt([&] {
    return take(Tok::KClass) && take(Tok::Name) && classArguments() && take(Tok::Colon) && block();
  });
}

bool Diagnoser::subjectExpr() {
  if (alt([&] {
        return starNamedExpression() && take(Tok::Comma) &&
               opt([&] { return starNamedExpressions(nullptr); });
      })) {
    return true;
  }
  return namedExpression() != nullptr;
}

bool Diagnoser::matchStmt() {
  if (alt([&] {
        return soft(Soft::Match) && subjectExpr() && take(Tok::Colon) && take(Tok::Newline) &&
               take(Tok::Indent) && many1([&] { return caseBlock(); }) && take(Tok::Dedent);
      })) {
    checkVersion(10, "Pattern matching is");
    return !raised_;
  }
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return soft(Soft::Match) && subjectExpr() && take(Tok::Newline); })) {
      checkVersion(10, "Pattern matching is");
      raiseHere("expected ':'");
      return;
    }
    alt([&] {
      return (keyword = softAt(Soft::Match)) && subjectExpr() && missingBlock(keyword, "'match' statement");
    });
  });
  return false;
}

bool Diagnoser::guard() {
  return opt([&] { return take(Tok::KIf) && namedExpression(); });
}

bool Diagnoser::caseBlock() {
  errors([&] {
    Expr* keyword = nullptr;
    if (alt([&] { return soft(Soft::Case) && patterns() && guard() && take(Tok::Newline); })) {
      raiseHere("expected ':'");
      return;
    }
    alt([&] {
      return (keyword = softAt(Soft::Case)) && patterns() && guard() &&
             missingBlock(keyword, "'case' statement");
    });
  });
  return alt([&] { return soft(Soft::Case) && patterns() && guard() && take(Tok::Colon) && block(); });
}

}  // namespace krait::parser
