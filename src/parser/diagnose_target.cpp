// Target rules of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

bool Diagnoser::starTargets() {
  if (alt([&] { return starTarget() && notNext(Tok::Comma); })) return true;
  return alt([&] {
    return starTarget() && many([&] { return take(Tok::Comma) && starTarget(); }) &&
           opt([&] { return take(Tok::Comma); });
  });
}

Expr* Diagnoser::starTarget() {
  return memo(Rule::StarTarget, [&]() -> Expr* {
    Nest nest(*this, 4);
    if (!nest) return nullptr;
    if (alt([&] { return take(Tok::Star) && notNext(Tok::Star) && starTarget(); })) return yes();
    return targetWithStarAtom();
  });
}

// t_primary followed by an attribute or subscript that nothing extends.
bool Diagnoser::trailerTarget() {
  auto last = [&] { return notAhead([&] { return tLookahead(); }); };
  if (alt([&] { return tPrimary() && take(Tok::Dot) && take(Tok::Name) && last(); })) return true;
  return alt([&] { return tPrimary() && take(Tok::LSqb) && slices() && take(Tok::RSqb) && last(); });
}

Expr* Diagnoser::targetWithStarAtom() {
  return memo(Rule::TargetWithStarAtom,
              [&]() -> Expr* { return trailerTarget() || starAtom() ? yes() : nullptr; });
}

bool Diagnoser::starAtom() {
  if (take(Tok::Name)) return true;
  auto comma = [&] { return opt([&] { return take(Tok::Comma); }); };
  auto several = [&] {
    if (alt([&] {
          return starTarget() && many1([&] { return take(Tok::Comma) && starTarget(); }) && comma();
        })) {
      return true;
    }
    return alt([&] { return starTarget() && take(Tok::Comma); });
  };
  if (alt([&] { return take(Tok::LPar) && targetWithStarAtom() && take(Tok::RPar); })) return true;
  if (alt([&] { return take(Tok::LPar) && opt(several) && take(Tok::RPar); })) return true;
  auto list = [&] { return gather([&] { return starTarget(); }) && comma(); };
  return alt([&] { return take(Tok::LSqb) && opt(list) && take(Tok::RSqb); });
}

bool Diagnoser::singleTarget() {
  Nest nest(*this, 1);
  if (!nest) return false;
  return singleSubscriptAttribute() || take(Tok::Name) ||
         alt([&] { return take(Tok::LPar) && singleTarget() && take(Tok::RPar); });
}

bool Diagnoser::singleSubscriptAttribute() { return trailerTarget(); }

bool Diagnoser::tLookahead() { return take(Tok::LPar) || take(Tok::LSqb) || take(Tok::Dot); }

// A primary that something still extends.
Expr* Diagnoser::tPrimary() {
  return memo(Rule::TPrimary, [&]() -> Expr* {
    auto extended = [&] { return ahead([&] { return tLookahead(); }); };
    if (!alt([&] { return atom() && extended(); })) return nullptr;
    for (;;) {
      bool grown =
          alt([&] { return take(Tok::Dot) && take(Tok::Name) && extended(); }) ||
          alt([&] { return take(Tok::LSqb) && slices() && take(Tok::RSqb) && extended(); }) ||
          alt([&] { return genexp() && extended(); }) || alt([&] {
            return take(Tok::LPar) && opt([&] { return arguments(); }) && take(Tok::RPar) && extended();
          });
      if (!grown) return raised_ ? nullptr : yes();
    }
  });
}

bool Diagnoser::delTargets() {
  return alt([&] { return gather([&] { return delTarget(); }) && opt([&] { return take(Tok::Comma); }); });
}

Expr* Diagnoser::delTarget() {
  return memo(Rule::DelTarget, [&]() -> Expr* {
    Nest nest(*this, 3);
    if (!nest) return nullptr;
    return trailerTarget() || delAtom() ? yes() : nullptr;
  });
}

bool Diagnoser::delAtom() {
  if (take(Tok::Name)) return true;
  auto several = [&] { return opt([&] { return delTargets(); }); };
  return alt([&] { return take(Tok::LPar) && delTarget() && take(Tok::RPar); }) ||
         alt([&] { return take(Tok::LPar) && several() && take(Tok::RPar); }) ||
         alt([&] { return take(Tok::LSqb) && several() && take(Tok::RSqb); });
}

}  // namespace krait::parser
