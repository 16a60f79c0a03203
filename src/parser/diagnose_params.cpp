// Parameter lists of the diagnoser; one set of rules for def and lambda, told apart by lambda_.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

bool Diagnoser::params(bool is_lambda) {
  bool saved = lambda_;
  lambda_ = is_lambda;
  errors([&] { invalidParameters(); });
  bool found = parameters();
  lambda_ = saved;
  return found;
}

bool Diagnoser::parameters() {
  auto plain = [&] { return many([&] { return paramNoDefault(); }); };
  auto defaults = [&] { return many([&] { return paramWithDefault(); }); };
  auto rest = [&] { return opt([&] { return starEtc(); }); };
  bool found = alt([&] { return slashNoDefault() && plain() && defaults() && rest(); }) ||
               alt([&] { return slashWithDefault() && defaults() && rest(); });
  if (found) {
    checkVersion(8, "Positional-only parameters are");
    return !raised_;
  }
  return alt([&] { return many1([&] { return paramNoDefault(); }) && defaults() && rest(); }) ||
         alt([&] { return many1([&] { return paramWithDefault(); }) && rest(); }) || starEtc();
}

bool Diagnoser::slashNoDefault() {
  auto head = [&] { return many1([&] { return paramNoDefault(); }) && take(Tok::Slash); };
  return alt([&] { return head() && take(Tok::Comma); }) || alt([&] { return head() && closesParams(); });
}

bool Diagnoser::slashWithDefault() {
  auto head = [&] {
    return many([&] { return paramNoDefault(); }) && many1([&] { return paramWithDefault(); }) &&
           take(Tok::Slash);
  };
  return alt([&] { return head() && take(Tok::Comma); }) || alt([&] { return head() && closesParams(); });
}

bool Diagnoser::starEtc() {
  errors([&] { invalidStarEtc(); });
  auto rest = [&] { return many([&] { return paramMaybeDefault(); }) && opt([&] { return kwds(); }); };
  if (alt([&] { return take(Tok::Star) && paramNoDefault() && rest(); })) return true;
  if (!lambda_ && alt([&] { return take(Tok::Star) && paramNoDefault(true) && rest(); })) return true;
  if (alt([&] {
        return take(Tok::Star) && take(Tok::Comma) && many1([&] { return paramMaybeDefault(); }) &&
               opt([&] { return kwds(); });
      })) {
    return true;
  }
  return kwds();
}

bool Diagnoser::kwds() {
  errors([&] { invalidKwds(); });
  return alt([&] { return take(Tok::DoubleStar) && paramNoDefault(); });
}

Expr* Diagnoser::param(bool star_annotation) {
  Start from = start();
  bool lambda = lambda_;
  bool found = alt([&] {
    if (!take(Tok::Name)) return false;
    if (lambda) return true;
    auto annotation = [&] { return take(Tok::Colon) && (star_annotation ? starExpression() : expression()); };
    if (star_annotation) return alt(annotation);
    return opt(annotation);
  });
  lambda_ = lambda;
  return found ? shape(Kind::Name, from) : nullptr;
}

// What follows a parameter: a comma, or the end of the list.
Expr* Diagnoser::paramEnd(Expr* param) {
  auto comment = [&] { return lambda_ || opt([&] { return take(Tok::TypeComment); }); };
  if (alt([&] { return take(Tok::Comma) && comment(); })) return param;
  if (alt([&] { return comment() && closesParams(); })) return param;
  return nullptr;
}

Expr* Diagnoser::paramNoDefault(bool star_annotation) {
  return alt([&]() -> Expr* {
    Expr* node = param(star_annotation);
    return node ? paramEnd(node) : nullptr;
  });
}

bool Diagnoser::paramWithDefault() {
  return alt([&] {
    Expr* node = param();
    return node && defaultValue() && paramEnd(node);
  });
}

bool Diagnoser::paramMaybeDefault() {
  return alt([&] {
    Expr* node = param();
    return node && opt([&] { return defaultValue(); }) && paramEnd(node);
  });
}

bool Diagnoser::defaultValue() {
  bool lambda = lambda_;
  bool found = alt([&] { return take(Tok::Equal) && expression(); });
  lambda_ = lambda;
  if (found) return true;
  errors([&] {
    Expr* sign = at(Tok::Equal);
    if (sign && (type() == Tok::RPar || type() == Tok::Comma))
      raiseNode(sign, "expected default value expression");
  });
  return false;
}

void Diagnoser::invalidParameters() {
  Expr *node = nullptr, *close = nullptr;
  auto plain = [&] { return many([&] { return paramNoDefault(); }); };
  auto maybe = [&] { return many([&] { return paramMaybeDefault(); }); };
  auto slash = [&] { return slashNoDefault() || slashWithDefault(); };
  auto helper = [&] { return slashWithDefault() || many1([&] { return paramWithDefault(); }); };
  if (alt([&] { return plain() && helper() && (node = paramNoDefault()); })) {
    raiseNode(node, "non-default argument follows default argument");
    return;
  }
  auto inner = [&] {
    return lambda_ ? gather([&] { return param(); }) : many1([&] { return paramNoDefault(); });
  };
  if (alt([&] {
        return plain() && (node = at(Tok::LPar)) && inner() && opt([&] { return take(Tok::Comma); }) &&
               (close = at(Tok::RPar));
      })) {
    raiseRange(node, close,
               lambda_ ? "Lambda expression parameters cannot be parenthesized"
                       : "Function parameters cannot be parenthesized");
    return;
  }
  if (alt([&] { return (node = at(Tok::Slash)) && take(Tok::Comma); })) {
    raiseNode(node, "at least one argument must precede /");
    return;
  }
  if (alt([&] { return slash() && maybe() && (node = at(Tok::Slash)); })) {
    raiseNode(node, "/ may appear only once");
    return;
  }
  auto star = [&] { return take(Tok::Star) && (take(Tok::Comma) || paramNoDefault()); };
  if (alt([&] { return opt(slash) && maybe() && star() && maybe() && (node = at(Tok::Slash)); })) {
    raiseNode(node, "/ must be ahead of *");
    return;
  }
  if (alt([&] {
        return many1([&] { return paramMaybeDefault(); }) && take(Tok::Slash) && (node = at(Tok::Star));
      })) {
    raiseNode(node, "expected comma between / and *");
  }
}

void Diagnoser::invalidStarEtc() {
  Expr* node = nullptr;
  Tok close = lambda_ ? Tok::Colon : Tok::RPar;
  auto nothing = [&] {
    return take(close) || alt([&] { return take(Tok::Comma) && (take(close) || take(Tok::DoubleStar)); });
  };
  if (alt([&] { return (node = at(Tok::Star)) && nothing(); })) {
    if (lambda_) {
      raiseHere("named arguments must follow bare *");
    } else {
      raiseNode(node, "named arguments must follow bare *");
    }
    return;
  }
  if (!lambda_ && alt([&] { return take(Tok::Star) && take(Tok::Comma) && take(Tok::TypeComment); })) {
    raiseHere("bare * has associated type comment");
    return;
  }
  if (alt([&] { return take(Tok::Star) && param() && (node = at(Tok::Equal)); })) {
    raiseNode(node, "var-positional argument cannot have default value");
    return;
  }
  auto star_param = [&] { return paramNoDefault() || take(Tok::Comma); };
  if (alt([&] {
        return take(Tok::Star) && star_param() && many([&] { return paramMaybeDefault(); }) &&
               (node = at(Tok::Star)) && star_param();
      })) {
    raiseNode(node, "* argument may appear only once");
  }
}

void Diagnoser::invalidKwds() {
  Expr* node = nullptr;
  if (alt([&] { return take(Tok::DoubleStar) && param() && (node = at(Tok::Equal)); })) {
    raiseNode(node, "var-keyword argument cannot have default value");
    return;
  }
  auto after = [&] { return take(Tok::DoubleStar) && param() && take(Tok::Comma); };
  if (alt([&] { return after() && (node = param()); })) {
    raiseNode(node, "arguments cannot follow var-keyword argument");
    return;
  }
  auto marker = [&] {
    return (node = at(Tok::Star)) || (node = at(Tok::DoubleStar)) || (node = at(Tok::Slash));
  };
  if (alt([&] { return after() && marker(); }))
    raiseNode(node, "arguments cannot follow var-keyword argument");
}

}  // namespace krait::parser
