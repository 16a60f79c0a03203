// Expression rules of the diagnoser, from lists of expressions down to primaries.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

namespace {

template <class T>
T* asNode(Arena& arena, T node) {
  return arena.make<T>(node);
}

}  // namespace

Expr* Diagnoser::expressions() {
  Start from = start();
  Expr* first = expression();
  if (!first) return nullptr;
  std::vector<Expr*> items{first};
  bool comma = false;
  many([&] {
    if (!take(Tok::Comma)) return false;
    Expr* item = expression();
    if (item) items.push_back(item);
    return item != nullptr;
  });
  comma = alt([&] { return take(Tok::Comma); });
  if (raised_) return nullptr;
  return items.size() == 1 && !comma ? first : sequence(Kind::Tuple, from, items);
}

Expr* Diagnoser::starExpressions() {
  Start from = start();
  Expr* first = starExpression();
  if (!first) return nullptr;
  std::vector<Expr*> items{first};
  many([&] {
    if (!take(Tok::Comma)) return false;
    Expr* item = starExpression();
    if (item) items.push_back(item);
    return item != nullptr;
  });
  bool comma = alt([&] { return take(Tok::Comma); });
  if (raised_) return nullptr;
  return items.size() == 1 && !comma ? first : sequence(Kind::Tuple, from, items);
}

Expr* Diagnoser::starExpression() {
  return memo(Rule::StarExpression, [&]() -> Expr* {
    Start from = start();
    Expr* value = nullptr;
    if (alt([&] { return take(Tok::Star) && (value = bitwiseOr()); })) {
      return asNode(tree_.arena(), Starred{{{Kind::Starred, spanFrom(from)}}, value, Context::Load});
    }
    return expression();
  });
}

Expr* Diagnoser::starredExpression() {
  Start from = start();
  Expr* value = nullptr;
  if (!alt([&] { return take(Tok::Star) && (value = expression()); })) return nullptr;
  return asNode(tree_.arena(), Starred{{{Kind::Starred, spanFrom(from)}}, value, Context::Load});
}

bool Diagnoser::starNamedExpressions(std::vector<Expr*>* items) {
  auto item = [&] {
    Expr* node = starNamedExpression();
    if (node && items) items->push_back(node);
    return node != nullptr;
  };
  return gather(item) && opt([&] { return take(Tok::Comma); });
}

Expr* Diagnoser::starNamedExpression() {
  Start from = start();
  Expr* value = nullptr;
  if (alt([&] { return take(Tok::Star) && (value = bitwiseOr()); })) {
    return asNode(tree_.arena(), Starred{{{Kind::Starred, spanFrom(from)}}, value, Context::Load});
  }
  return namedExpression();
}

Expr* Diagnoser::assignmentExpression() {
  Start from = start();
  if (!alt([&] { return take(Tok::Name) && take(Tok::ColonEqual); })) return nullptr;
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  size_t begin = mark_ - 2;
  if (!expression()) return mark_ = begin, nullptr;
  checkVersion(8, "Assignment expressions are");
  return shape(Kind::NamedExpr, from);
}

Expr* Diagnoser::namedExpression() {
  size_t begin = mark_;
  if (Expr* node = assignmentExpression()) return node;
  // A cut: NAME ':=' without an expression after it fails the assignment alone, the next choices still run.
  errors([&] { invalidNamedExpression(); });
  return alt([&]() -> Expr* {
    mark_ = begin;
    Expr* node = expression();
    return node && notNext(Tok::ColonEqual) ? node : nullptr;
  });
}

Expr* Diagnoser::invalidNamedExpression() {
  return memo(Rule::InvalidNamed, [&]() -> Expr* {
    Expr *left = nullptr, *right = nullptr;
    if (alt([&] { return (left = expression()) && take(Tok::ColonEqual) && expression(); })) {
      raiseNode(left, std::string("cannot use assignment expressions with ") + expressionName(left));
      return nullptr;
    }
    auto no_second = [&] { return notNext(Tok::Equal) && notNext(Tok::ColonEqual); };
    if (alt([&] {
          return (left = at(Tok::Name)) && take(Tok::Equal) && (right = bitwiseOr()) && no_second();
        })) {
      raiseRange(left, right, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
      return nullptr;
    }
    auto excluded = [&] {
      return listDisplay() || tuple() || genexp() || take(Tok::KTrue) || take(Tok::KNone) ||
             take(Tok::KFalse);
    };
    if (notAhead(excluded) &&
        alt([&] { return (left = bitwiseOr()) && take(Tok::Equal) && bitwiseOr() && no_second(); })) {
      raiseNode(left, std::string("cannot assign to ") + expressionName(left) +
                          " here. Maybe you meant '==' instead of '='?");
    }
    return nullptr;
  });
}

Expr* Diagnoser::yieldExpr() {
  Start from = start();
  if (alt([&] { return take(Tok::KYield) && take(Tok::KFrom) && expression(); }))
    return shape(Kind::YieldFrom, from);
  if (alt([&] { return take(Tok::KYield) && opt([&] { return starExpressions(); }); }))
    return shape(Kind::Yield, from);
  return nullptr;
}

Expr* Diagnoser::expression() {
  return memo(Rule::Expression, [&]() -> Expr* {
    Nest nest(*this, 1);
    if (!nest) return nullptr;
    errors([&] { invalidExpression(); });
    errors([&] { invalidLegacyExpression(); });
    return expressionBody();
  });
}

Expr* Diagnoser::expressionBody() {
  Start from = start();
  Expr* body = nullptr;
  if (alt([&] {
        return (body = disjunction()) && take(Tok::KIf) && disjunction() && take(Tok::KElse) && expression();
      })) {
    return shape(Kind::IfExp, from);
  }
  if ((body = disjunction())) return body;
  return lambda();
}

// The same without the error rules below it; what they would have said stays unsaid in the shared memory too.
Expr* Diagnoser::expressionWithoutInvalid() {
  bool saved = error_rules_;
  error_rules_ = false;
  Expr* node = expressionBody();
  error_rules_ = saved;
  return node;
}

bool Diagnoser::isLegacyName(const Expr* expr) {
  if (expr->kind != Kind::Name) return false;
  auto* name = static_cast<const Name*>(expr);
  return name->id->text == "print" || name->id->text == "exec";
}

// CPython compares only as many characters as the name has: `c` and `ma` pass for soft keywords.
bool Diagnoser::isSoftPrefix() {
  if (type() != Tok::Name) return false;
  for (std::string_view word : {"_", "case", "match"})
    if (word.substr(0, now().length) == now().text()) return true;
  return false;
}

void Diagnoser::invalidExpression() {
  auto excluded = [&] { return alt([&] { return take(Tok::Name) && take(Tok::String); }) || isSoftPrefix(); };
  Expr *left = nullptr, *right = nullptr;
  if (notAhead(excluded) &&
      alt([&] { return (left = disjunction()) && (right = expressionWithoutInvalid()); })) {
    if (!isLegacyName(left) && lexer_.fetched(mark_ - 1).level > 0) {
      raiseRange(left, right, "invalid syntax. Perhaps you forgot a comma?");
    }
    return;
  }
  if (alt([&] {
        return (left = disjunction()) && take(Tok::KIf) && (right = disjunction()) && notNext(Tok::KElse) &&
               notNext(Tok::Colon);
      })) {
    raiseRange(left, right, "expected 'else' after 'if' expression");
  }
}

void Diagnoser::invalidLegacyExpression() {
  Expr *name = nullptr, *rest = nullptr;
  if (!alt([&] { return (name = nameAtom()) && notNext(Tok::LPar) && (rest = starExpressions()); })) return;
  if (!isLegacyName(name)) return;
  std::string word(name->as<Name>()->id->text);
  raiseRange(name, rest, "Missing parentheses in call to '" + word + "'. Did you mean " + word + "(...)?");
}

Expr* Diagnoser::lambda() {
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  Start from = start();
  bool saved = lambda_;
  bool found = alt([&] {
    if (!take(Tok::KLambda)) return false;
    opt([&] { return params(true); });
    lambda_ = saved;
    return take(Tok::Colon) && expression();
  });
  lambda_ = saved;
  return found ? shape(Kind::Lambda, from) : nullptr;
}

Expr* Diagnoser::disjunction() {
  return memo(Rule::Disjunction, [&]() -> Expr* {
    Start from = start();
    Expr* first = conjunction();
    if (!first) return nullptr;
    if (many1([&] { return take(Tok::KOr) && conjunction(); })) return shape(Kind::BoolOp, from);
    return raised_ ? nullptr : first;
  });
}

Expr* Diagnoser::conjunction() {
  return memo(Rule::Conjunction, [&]() -> Expr* {
    Start from = start();
    Expr* first = inversion();
    if (!first) return nullptr;
    if (many1([&] { return take(Tok::KAnd) && inversion(); })) return shape(Kind::BoolOp, from);
    return raised_ ? nullptr : first;
  });
}

Expr* Diagnoser::inversion() {
  return memo(Rule::Inversion, [&]() -> Expr* {
    Nest nest(*this, 1);
    if (!nest) return nullptr;
    Start from = start();
    if (alt([&] { return take(Tok::KNot) && inversion(); })) return shape(Kind::UnaryOp, from);
    return comparison();
  });
}

bool Diagnoser::comparisonOperator(CompareOperator* op) {
  *op = CompareOperator::Eq;
  switch (type()) {
    case Tok::EqEqual:
    case Tok::LessEqual:
    case Tok::Less:
    case Tok::GreaterEqual:
    case Tok::Greater: return take(type());
    case Tok::KIn: *op = CompareOperator::In; return take(Tok::KIn);
    case Tok::NotEqual: {
      bool old_spelling = now().text()[0] == '<';
      if (options_.barry_as_flufl && !old_spelling) {
        mark_++;
        raiseHere("with Barry as BDFL, use '<>' instead of '!='");
        return false;
      }
      return old_spelling == options_.barry_as_flufl && take(Tok::NotEqual);
    }
    case Tok::KNot: return alt([&] { return take(Tok::KNot) && take(Tok::KIn); });
    case Tok::KIs: return take(Tok::KIs) && opt([&] { return take(Tok::KNot); });
    default: return false;
  }
}

Expr* Diagnoser::comparison() {
  Start from = start();
  Expr* left = bitwiseOr();
  if (!left) return nullptr;
  CompareOperator first_op = CompareOperator::Eq;
  int count = 0;
  many([&] {
    CompareOperator op;
    // `is not x` must not be read as `is` (not x).
    bool matched = comparisonOperator(&op) && bitwiseOr();
    if (matched && count++ == 0) first_op = op;
    return matched;
  });
  if (raised_) return nullptr;
  if (count == 0) return left;
  Seq<CompareOperator> ops = tree_.arena().copySeq(&first_op, 1);
  return asNode(tree_.arena(), Compare{{{Kind::Compare, spanFrom(from)}}, left, ops, {}});
}

Expr* Diagnoser::bitwiseOr() {
  return memo(Rule::BitwiseOr, [&] { return binary(1); });
}

namespace {

int precedenceOf(Tok type) {
  switch (type) {
    case Tok::VBar: return 1;
    case Tok::Circumflex: return 2;
    case Tok::Amper: return 3;
    case Tok::LeftShift:
    case Tok::RightShift: return 4;
    case Tok::Plus:
    case Tok::Minus: return 5;
    case Tok::Star:
    case Tok::Slash:
    case Tok::DoubleSlash:
    case Tok::Percent:
    case Tok::At: return 6;
    default: return 0;
  }
}

}  // namespace

Expr* Diagnoser::binary(int min_precedence) {
  Start from = start();
  Expr* left = factor();
  while (left) {
    Tok op = type();
    int precedence = precedenceOf(op);
    if (precedence == 0 || precedence < min_precedence) return raised_ ? nullptr : left;
    if (!alt([&] { return take(op) && binary(precedence + 1); })) return raised_ ? nullptr : left;
    if (op == Tok::At) checkVersion(5, "The '@' operator is");
    left = shape(Kind::BinOp, from);
  }
  return left;
}

Expr* Diagnoser::factor() {
  return memo(Rule::Factor, [&]() -> Expr* {
    Nest nest(*this, 1);
    if (!nest) return nullptr;
    Start from = start();
    Tok op = type();
    bool sign = op == Tok::Plus || op == Tok::Minus || op == Tok::Tilde;
    if (sign) return alt([&] { return take(op) && factor(); }) ? shape(Kind::UnaryOp, from) : nullptr;
    return power();
  });
}

Expr* Diagnoser::power() {
  Start from = start();
  Expr* base = awaitPrimary();
  if (!base) return nullptr;
  if (alt([&] { return take(Tok::DoubleStar) && factor(); })) return shape(Kind::BinOp, from);
  return raised_ ? nullptr : base;
}

Expr* Diagnoser::awaitPrimary() {
  return memo(Rule::AwaitPrimary, [&]() -> Expr* {
    Start from = start();
    if (alt([&] { return take(Tok::Await) && primary(); })) {
      checkVersion(5, "Await expressions are");
      return shape(Kind::Await, from);
    }
    return primary();
  });
}

Expr* Diagnoser::primary() {
  return memo(Rule::Primary, [&]() -> Expr* {
    Start from = start();
    Expr* value = atom();
    while (value && !raised_) {
      if (alt([&] { return take(Tok::Dot) && take(Tok::Name); })) {
        value = shape(Kind::Attribute, from);
      } else if (genexp()) {
        value = shape(Kind::Call, from);
      } else if (alt([&] {
                   return take(Tok::LPar) && opt([&] { return arguments(); }) && take(Tok::RPar);
                 })) {
        value = shape(Kind::Call, from);
      } else if (alt([&] { return take(Tok::LSqb) && slices() && take(Tok::RSqb); })) {
        value = shape(Kind::Subscript, from);
      } else {
        break;
      }
    }
    return raised_ ? nullptr : value;
  });
}

Expr* Diagnoser::slices() {
  Nest nest(*this, 28);
  if (!nest) return nullptr;
  Expr* single = alt([&]() -> Expr* {
    Expr* node = slice();
    return node && notNext(Tok::Comma) ? node : nullptr;
  });
  if (single) return single;
  bool several = alt([&] {
    return gather([&] { return slice() || starredExpression(); }) && opt([&] { return take(Tok::Comma); });
  });
  return several ? yes() : nullptr;
}

Expr* Diagnoser::slice() {
  auto part = [&] { return opt([&] { return expression(); }); };
  bool colons = alt([&] {
    return part() && take(Tok::Colon) && part() && opt([&] { return take(Tok::Colon) && part(); });
  });
  if (colons) return yes();
  return namedExpression();
}

}  // namespace krait::parser
