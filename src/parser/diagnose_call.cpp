// Call arguments of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

Expr* Diagnoser::arguments() {
  return memo(Rule::Arguments, [&]() -> Expr* {
    Nest nest(*this, 6);
    if (!nest) return nullptr;
    Args found;
    auto comma = [&] { return opt([&] { return take(Tok::Comma); }); };
    if (alt([&] { return args(&found) && comma() && type() == Tok::RPar; })) return yes();
    errors([&] { invalidArguments(); });
    return nullptr;
  });
}

void Diagnoser::invalidArguments() {
  Args found;
  if (alt([&] { return args(&found) && take(Tok::Comma) && take(Tok::Star); })) {
    raiseNode(found.node, "iterable argument unpacking follows keyword argument unpacking");
    return;
  }
  Expr *node = nullptr, *sign = nullptr;
  Clauses clauses;
  auto more = [&] {
    Args ignored;
    return args(&ignored) || alt([&] { return expression() && forIfClauses(nullptr); });
  };
  if (alt([&] { return (node = expression()) && forIfClauses(&clauses) && take(Tok::Comma) && opt(more); })) {
    raiseRange(node, clauses.last_item, "Generator expression must be parenthesized");
    return;
  }
  if (alt([&] {
        return (node = at(Tok::Name)) && (sign = at(Tok::Equal)) && expression() && forIfClauses(nullptr);
      })) {
    raiseRange(node, sign, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    return;
  }
  Args all;
  if (alt([&] { return args(&all) && forIfClauses(&clauses); })) {
    if (all.positional.size() > 1) {
      raiseRange(all.positional.back(), clauses.last_item, "Generator expression must be parenthesized");
    }
    return;
  }
  Args ignored;
  if (alt([&] {
        return args(&ignored) && take(Tok::Comma) && (node = expression()) && forIfClauses(&clauses);
      })) {
    raiseRange(node, clauses.last_item, "Generator expression must be parenthesized");
    return;
  }
  Args first, second;
  if (alt([&] { return args(&first) && take(Tok::Comma) && args(&second); })) {
    raiseHere(first.saw_double_star ? "positional argument follows keyword argument unpacking"
                                    : "positional argument follows keyword argument");
  }
}

bool Diagnoser::positionalArg(Args* out) {
  Expr* node = starredExpression();
  if (!node) {
    node = alt([&]() -> Expr* {
      Expr* value = assignmentExpression();
      if (!value) {
        value = alt([&]() -> Expr* {
          Expr* plain = expression();
          return plain && notNext(Tok::ColonEqual) ? plain : nullptr;
        });
      }
      return value && notNext(Tok::Equal) ? value : nullptr;
    });
  }
  if (node) out->positional.push_back(node);
  return node != nullptr;
}

bool Diagnoser::args(Args* out) {
  *out = {};
  Start from = start();
  if (gather([&] { return positionalArg(out); })) {
    Args keywords;
    if (alt([&] { return take(Tok::Comma) && kwargs(&keywords); })) {
      out->positional.insert(out->positional.end(), keywords.positional.begin(), keywords.positional.end());
      out->saw_double_star = keywords.saw_double_star;
    }
    if (raised_) return false;
    out->node = shape(Kind::Call, from);
    return true;
  }
  *out = {};
  if (raised_ || !kwargs(out)) return false;
  out->node = shape(Kind::Call, from);
  return true;
}

bool Diagnoser::kwargs(Args* out) {
  auto attempt = [&](auto rule) {
    *out = {};
    return alt(rule);
  };
  auto starred = [&] { return gather([&] { return kwargOrStarred(out); }); };
  auto double_starred = [&] { return gather([&] { return kwargOrDoubleStarred(out); }); };
  return attempt([&] { return starred() && take(Tok::Comma) && double_starred(); }) || attempt(starred) ||
         attempt(double_starred);
}

bool Diagnoser::kwargOrStarred(Args* out) {
  errors([&] { invalidKwarg(); });
  if (alt([&] { return take(Tok::Name) && take(Tok::Equal) && expression(); })) return true;
  Expr* node = starredExpression();
  if (node) out->positional.push_back(node);
  return node != nullptr;
}

bool Diagnoser::kwargOrDoubleStarred(Args* out) {
  errors([&] { invalidKwarg(); });
  if (alt([&] { return take(Tok::Name) && take(Tok::Equal) && expression(); })) return true;
  if (!alt([&] { return take(Tok::DoubleStar) && expression(); })) return false;
  out->saw_double_star = true;
  return true;
}

void Diagnoser::invalidKwarg() {
  Expr *node = nullptr, *sign = nullptr;
  Tok word = type();
  if (word == Tok::KTrue || word == Tok::KFalse || word == Tok::KNone) {
    if (alt([&] { return (node = at(word)) && (sign = at(Tok::Equal)); })) {
      raiseRange(node, sign, std::string("cannot assign to ") + tokenText(word));
      return;
    }
  }
  if (alt([&] {
        return (node = at(Tok::Name)) && (sign = at(Tok::Equal)) && expression() && forIfClauses(nullptr);
      })) {
    raiseRange(node, sign, "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    return;
  }
  auto keyword = [&] { return take(Tok::Name) && take(Tok::Equal); };
  if (notAhead(keyword) && alt([&] { return (node = expression()) && (sign = at(Tok::Equal)); })) {
    raiseRange(node, sign, "expression cannot contain assignment, perhaps you meant \"==\"?");
  }
}

}  // namespace krait::parser
