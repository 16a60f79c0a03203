// Atoms and comprehensions of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

Expr* Diagnoser::nameAtom() {
  if (type() != Tok::Name) return nullptr;
  const Token& found = now();
  Span span{found.lineno, found.col_offset, found.end_lineno, found.end_col_offset};
  const Identifier* id = internName(literals_, found.text());
  mark_++;
  return tree_.arena().make<Name>(Name{{{Kind::Name, span}}, id, Context::Load});
}

Expr* Diagnoser::number() {
  if (type() != Tok::Number) return nullptr;
  Token found = now();
  mark_++;
  ConstantValue value;
  if (!numberValue(literals_, found, &value)) return literalError(), nullptr;
  Span span{found.lineno, found.col_offset, found.end_lineno, found.end_col_offset};
  return tree_.arena().make<Constant>(Constant{{{Kind::Constant, span}}, value, {}});
}

Expr* Diagnoser::strings() {
  return memo(Rule::Strings, [&]() -> Expr* {
    size_t begin = mark_;
    while (take(Tok::String)) {
    }
    if (raised_ || mark_ == begin) return nullptr;
    Expr* node = stringValue(literals_, &lexer_.fetched(begin), mark_ - begin);
    if (!node) literalError();
    return node;
  });
}

Expr* Diagnoser::atom() {
  auto constant = [&](ConstantKind kind) -> Expr* {
    Expr* token = at(type());
    ConstantValue value;
    value.kind = kind;
    return tree_.arena().make<Constant>(Constant{{{Kind::Constant, token->span}}, value, {}});
  };
  auto either = [](Expr* node) { return node; };
  switch (type()) {
    case Tok::Name: return nameAtom();
    case Tok::KTrue: return constant(ConstantKind::True);
    case Tok::KFalse: return constant(ConstantKind::False);
    case Tok::KNone: return constant(ConstantKind::None);
    case Tok::Ellipsis: return constant(ConstantKind::Ellipsis);
    case Tok::String: return strings();
    case Tok::Number: return number();
    case Tok::LPar:
    case Tok::LSqb:
    case Tok::LBrace: break;
    default: return nullptr;
  }
  Nest nest(*this, 27);
  if (!nest) return nullptr;
  Tok open = type();
  Expr* node;
  if (open == Tok::LPar) {
    if ((node = tuple()) || (node = group())) return either(node);
    return genexp();
  }
  if (open == Tok::LSqb) return (node = listDisplay()) ? node : listComp();
  if ((node = dictDisplay()) || (node = setDisplay()) || (node = dictComp())) return node;
  return setComp();
}

Expr* Diagnoser::tuple() {
  Start from = start();
  std::vector<Expr*> items;
  bool found = alt([&] {
    if (!take(Tok::LPar)) return false;
    alt([&] {
      Expr* first = starNamedExpression();
      if (!first || !take(Tok::Comma)) return false;
      items.push_back(first);
      return opt([&] { return starNamedExpressions(&items); });
    });
    return take(Tok::RPar);
  });
  return found ? sequence(Kind::Tuple, from, items) : nullptr;
}

Expr* Diagnoser::group() {
  Expr* inner = nullptr;
  auto body = [&] {
    inner = yieldExpr();
    if (!inner) inner = namedExpression();
    return inner != nullptr;
  };
  if (alt([&] { return take(Tok::LPar) && body() && take(Tok::RPar); })) return inner;
  errors([&] {
    Expr* node = nullptr;
    if (alt([&] { return take(Tok::LPar) && (node = starredExpression()) && take(Tok::RPar); })) {
      raiseNode(node, "cannot use starred expression here");
    } else if (alt([&] {
                 return take(Tok::LPar) && (node = at(Tok::DoubleStar)) && expression() && take(Tok::RPar);
               })) {
      raiseNode(node, "cannot use double starred expression here");
    }
  });
  return nullptr;
}

Expr* Diagnoser::genexp() {
  Start from = start();
  auto element = [&] {
    return assignmentExpression() || alt([&] { return expression() && notNext(Tok::ColonEqual); });
  };
  if (alt([&] { return take(Tok::LPar) && element() && forIfClauses(nullptr) && take(Tok::RPar); })) {
    return shape(Kind::GeneratorExp, from);
  }
  errors([&] { invalidComprehension(); });
  return nullptr;
}

Expr* Diagnoser::listDisplay() {
  Start from = start();
  std::vector<Expr*> items;
  bool found = alt([&] {
    if (!take(Tok::LSqb)) return false;
    return opt([&] { return starNamedExpressions(&items); }) && take(Tok::RSqb);
  });
  return found ? sequence(Kind::List, from, items) : nullptr;
}

Expr* Diagnoser::listComp() {
  Start from = start();
  if (alt([&] { return take(Tok::LSqb) && namedExpression() && forIfClauses(nullptr) && take(Tok::RSqb); })) {
    return shape(Kind::ListComp, from);
  }
  errors([&] { invalidComprehension(); });
  return nullptr;
}

Expr* Diagnoser::setComp() {
  Start from = start();
  if (alt([&] {
        return take(Tok::LBrace) && namedExpression() && forIfClauses(nullptr) && take(Tok::RBrace);
      })) {
    return shape(Kind::SetComp, from);
  }
  errors([&] { invalidComprehension(); });
  return nullptr;
}

Expr* Diagnoser::setDisplay() {
  Start from = start();
  if (alt([&] { return take(Tok::LBrace) && starNamedExpressions(nullptr) && take(Tok::RBrace); })) {
    return shape(Kind::Set, from);
  }
  return nullptr;
}

bool Diagnoser::doubleStarredPair() {
  return alt([&] { return take(Tok::DoubleStar) && bitwiseOr(); }) ||
         alt([&] { return expression() && take(Tok::Colon) && expression(); });
}

Expr* Diagnoser::dictDisplay() {
  Start from = start();
  auto pairs = [&] {
    return gather([&] { return doubleStarredPair(); }) && opt([&] { return take(Tok::Comma); });
  };
  if (alt([&] { return take(Tok::LBrace) && opt(pairs) && take(Tok::RBrace); }))
    return shape(Kind::Dict, from);
  // CPython tries this error rule in its first pass too.
  size_t begin = mark_;
  if (take(Tok::LBrace)) invalidDoubleStarredPairs();
  mark_ = begin;
  return nullptr;
}

void Diagnoser::invalidDoubleStarredPairs() {
  size_t begin = mark_;
  if (alt([&] { return gather([&] { return doubleStarredPair(); }) && take(Tok::Comma); })) {
    size_t after = mark_;
    invalidPair();
    if (raised_) return;
    mark_ = after;
  }
  mark_ = begin;
  Expr* node = nullptr;
  if (alt([&] { return expression() && take(Tok::Colon) && (node = at(Tok::Star)) && bitwiseOr(); })) {
    raiseFrom(node, "cannot use a starred expression in a dictionary value");
    return;
  }
  auto ends = [&] { return type() == Tok::RBrace || type() == Tok::Comma; };
  if (alt([&] { return expression() && (node = at(Tok::Colon)) && ends(); })) {
    raiseNode(node, "expression expected after dictionary key and ':'");
  }
}

void Diagnoser::invalidPair() {
  Expr* node = nullptr;
  if (alt([&] { return (node = expression()) && notNext(Tok::Colon); })) {
    raiseAt(ErrorKind::SyntaxError, node->span.lineno, node->span.end_col_offset, node->span.end_lineno, 0,
            "':' expected after dictionary key");
    return;
  }
  if (alt([&] { return expression() && take(Tok::Colon) && (node = at(Tok::Star)) && bitwiseOr(); })) {
    raiseFrom(node, "cannot use a starred expression in a dictionary value");
    return;
  }
  auto ends = [&] { return type() == Tok::RBrace || type() == Tok::Comma; };
  if (alt([&] { return expression() && (node = at(Tok::Colon)) && ends(); })) {
    raiseNode(node, "expression expected after dictionary key and ':'");
  }
}

Expr* Diagnoser::dictComp() {
  Start from = start();
  auto pair = [&] { return expression() && take(Tok::Colon) && expression(); };
  if (alt([&] { return take(Tok::LBrace) && pair() && forIfClauses(nullptr) && take(Tok::RBrace); })) {
    return shape(Kind::DictComp, from);
  }
  errors([&] {
    Expr* node = nullptr;
    if (take(Tok::LBrace) && (node = at(Tok::DoubleStar)) && bitwiseOr() && forIfClauses(nullptr) &&
        take(Tok::RBrace)) {
      raiseNode(node, "dict unpacking cannot be used in dict comprehension");
    }
  });
  return nullptr;
}

void Diagnoser::invalidComprehension() {
  Expr* node = nullptr;
  auto open = [&](bool parenthesis) {
    return take(Tok::LSqb) || (parenthesis && take(Tok::LPar)) || take(Tok::LBrace);
  };
  if (alt([&] { return open(true) && (node = starredExpression()) && forIfClauses(nullptr); })) {
    raiseNode(node, "iterable unpacking cannot be used in comprehension");
    return;
  }
  std::vector<Expr*> rest;
  if (alt([&] {
        return open(false) && (node = starNamedExpression()) && take(Tok::Comma) &&
               starNamedExpressions(&rest) && forIfClauses(nullptr);
      })) {
    raiseRange(node, rest.back(), "did you forget parentheses around the comprehension target?");
    return;
  }
  Expr* comma = nullptr;
  if (alt([&] {
        return open(false) && (node = starNamedExpression()) && (comma = at(Tok::Comma)) &&
               forIfClauses(nullptr);
      })) {
    raiseRange(node, comma, "did you forget parentheses around the comprehension target?");
  }
}

bool Diagnoser::forIfClauses(Clauses* clauses) {
  return many1([&] { return forIfClause(clauses); });
}

bool Diagnoser::forIfClause(Clauses* clauses) {
  size_t begin = mark_;
  bool committed = false;
  Expr* last = nullptr;
  auto clause = [&](bool is_async) {
    if (is_async && !take(Tok::Async)) return false;
    if (!take(Tok::KFor) || !starTargets() || !take(Tok::KIn)) return false;
    committed = true;
    if (!(last = disjunction())) return false;
    bool ok = many([&] {
      Expr* condition = nullptr;
      if (!take(Tok::KIf) || !(condition = disjunction())) return false;
      last = condition;
      return true;
    });
    if (ok && is_async) checkVersion(6, "Async comprehensions are");
    if (ok && clauses) clauses->last_item = last;
    return ok;
  };
  if (alt([&] { return clause(true); })) return true;
  if (!committed && alt([&] { return clause(false); })) return true;
  if (!committed) errors([&] { invalidForTarget(); });
  mark_ = begin;
  return false;
}

}  // namespace krait::parser
