// Patterns of the diagnoser.
#include "parser/diagnoser.h"

namespace krait::parser {

using namespace ast;

bool Diagnoser::patterns() { return openSequence() || pattern(); }

Expr* Diagnoser::pattern() {
  Nest nest(*this, 8);
  if (!nest) return nullptr;
  Start from = start();
  if (asPattern() || orPattern()) return shape(Kind::Name, from);
  return nullptr;
}

bool Diagnoser::asPattern() {
  if (alt([&] { return orPattern() && take(Tok::KAs) && captureTarget(); })) return true;
  errors([&] {
    Expr* node = nullptr;
    if (alt([&] { return orPattern() && take(Tok::KAs) && (node = softAt(Soft::Underscore)); })) {
      raiseNode(node, "cannot use '_' as a target");
    } else if (alt([&] {
                 return orPattern() && take(Tok::KAs) && notNext(Tok::Name) && (node = expression());
               })) {
      raiseNode(node, "invalid pattern target");
    }
  });
  return false;
}

bool Diagnoser::orPattern() {
  return alt([&] { return closedPattern() && many([&] { return take(Tok::VBar) && closedPattern(); }); });
}

Expr* Diagnoser::closedPattern() {
  return memo(Rule::ClosedPattern, [&]() -> Expr* {
    auto value = [&] { return attr() && notNext(Tok::Dot) && notNext(Tok::LPar) && notNext(Tok::Equal); };
    auto group = [&] { return take(Tok::LPar) && pattern() && take(Tok::RPar); };
    auto list = [&] { return take(Tok::LSqb) && opt([&] { return maybeSequence(); }) && take(Tok::RSqb); };
    auto tuple = [&] { return take(Tok::LPar) && opt([&] { return openSequence(); }) && take(Tok::RPar); };
    bool found = literalPattern() || captureTarget() || soft(Soft::Underscore) || alt(value) || alt(group) ||
                 alt(list) || alt(tuple) || mappingPattern() || classPattern();
    return found ? yes() : nullptr;
  });
}

bool Diagnoser::literalPattern() {
  auto signed_number = [&] { return opt([&] { return take(Tok::Minus); }) && number(); };
  if (alt([&] { return signed_number() && notNext(Tok::Plus) && notNext(Tok::Minus); })) return true;
  return complexNumber() || strings() || take(Tok::KNone) || take(Tok::KTrue) || take(Tok::KFalse);
}

bool Diagnoser::complexNumber() {
  auto part = [&](bool imaginary) {
    Expr* node = number();
    if (!node) return false;
    bool is_complex = node->as<Constant>()->value.kind == ConstantKind::Complex;
    if (is_complex == imaginary) return true;
    raiseNode(node, imaginary ? "imaginary number required in complex literal"
                              : "real number required in complex literal");
    return false;
  };
  auto real = [&] { return opt([&] { return take(Tok::Minus); }) && part(false); };
  return alt([&] { return real() && take(Tok::Plus) && part(true); }) ||
         alt([&] { return real() && take(Tok::Minus) && part(true); });
}

bool Diagnoser::captureTarget() {
  return alt([&] {
    if (type() != Tok::Name || now().soft == Soft::Underscore) return false;
    return take(Tok::Name) && notNext(Tok::Dot) && notNext(Tok::LPar) && notNext(Tok::Equal);
  });
}

// NAME ('.' NAME)+
bool Diagnoser::attr() {
  return alt([&] { return take(Tok::Name) && many1([&] { return take(Tok::Dot) && take(Tok::Name); }); });
}

bool Diagnoser::nameOrAttr() { return attr() || take(Tok::Name); }

bool Diagnoser::openSequence() {
  return alt([&] { return maybeStarPattern() && take(Tok::Comma) && opt([&] { return maybeSequence(); }); });
}

bool Diagnoser::maybeSequence() {
  return alt(
      [&] { return gather([&] { return maybeStarPattern(); }) && opt([&] { return take(Tok::Comma); }); });
}

bool Diagnoser::maybeStarPattern() { return starPattern() || pattern(); }

bool Diagnoser::starPattern() {
  return memo(Rule::StarPattern, [&]() -> Expr* {
    bool found = alt([&] { return take(Tok::Star) && captureTarget(); }) ||
                 alt([&] { return take(Tok::Star) && soft(Soft::Underscore); });
    return found ? yes() : nullptr;
  });
}

bool Diagnoser::mappingPattern() {
  auto comma = [&] { return opt([&] { return take(Tok::Comma); }); };
  auto items = [&] { return gather([&] { return keyValuePattern(); }); };
  auto rest = [&] { return doubleStarPattern() && comma() && take(Tok::RBrace); };
  if (type() != Tok::LBrace) return false;
  return alt([&] { return take(Tok::LBrace) && take(Tok::RBrace); }) ||
         alt([&] { return take(Tok::LBrace) && rest(); }) ||
         alt([&] { return take(Tok::LBrace) && items() && take(Tok::Comma) && rest(); }) ||
         alt([&] { return take(Tok::LBrace) && items() && comma() && take(Tok::RBrace); });
}

bool Diagnoser::keyValuePattern() {
  return alt([&] { return (literalExpr() || attr()) && take(Tok::Colon) && pattern(); });
}

bool Diagnoser::doubleStarPattern() {
  return alt([&] { return take(Tok::DoubleStar) && captureTarget(); });
}

bool Diagnoser::keywordPattern() {
  return alt([&] { return take(Tok::Name) && take(Tok::Equal) && pattern(); });
}

bool Diagnoser::classPattern() {
  auto head = [&] { return nameOrAttr() && take(Tok::LPar); };
  auto positional = [&] { return gather([&] { return pattern(); }); };
  auto keywords = [&] { return gather([&] { return keywordPattern(); }); };
  auto end = [&] { return opt([&] { return take(Tok::Comma); }) && take(Tok::RPar); };
  if (alt([&] { return head() && take(Tok::RPar); }) ||
      alt([&] { return head() && positional() && end(); }) ||
      alt([&] { return head() && keywords() && end(); }) ||
      alt([&] { return head() && positional() && take(Tok::Comma) && keywords() && end(); })) {
    return true;
  }
  errors([&] { invalidClassPattern(); });
  return false;
}

void Diagnoser::invalidClassPattern() {
  if (!nameOrAttr() || !take(Tok::LPar)) return;
  opt([&] { return gather([&] { return pattern(); }) && take(Tok::Comma); });
  if (!gather([&] { return keywordPattern(); }) || !take(Tok::Comma)) return;
  std::vector<Expr*> items;
  gather([&] {
    Expr* node = pattern();
    if (node) items.push_back(node);
    return node != nullptr;
  });
  if (!items.empty()) raiseRange(items.front(), items.back(), "positional patterns follow keyword patterns");
}

}  // namespace krait::parser
