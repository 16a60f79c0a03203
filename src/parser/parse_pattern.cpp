// Patterns of `case`.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

namespace {
constexpr const Identifier* kNoName = nullptr;
constexpr Pattern* kNoPattern = nullptr;
}  // namespace

// A pattern, or an unparenthesised sequence of them.
Pattern* Parser::patterns() {
  Start start = here();
  bool starred = type() == Tok::Star;
  Pattern* first = KR_PARSE(starOrPattern());
  if (type() != Tok::Comma) return starred ? nullptr : first;
  List<Pattern*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (type() == Tok::Colon || type() == Tok::KIf) break;
    items.push(KR_PARSE(starOrPattern()));
  }
  return make<MatchSequence>(spanFrom(start), items.finish());
}

Pattern* Parser::starOrPattern() {
  if (type() != Tok::Star) return pattern();
  Start start = here();
  position_++;
  if (isSoft(Soft::Underscore)) {
    position_++;
    return make<MatchStar>(spanFrom(start), kNoName);
  }
  const Identifier* bound = KR_PARSE(name());
  if (type() == Tok::Dot || type() == Tok::LPar || type() == Tok::Equal) return nullptr;
  return make<MatchStar>(spanFrom(start), bound);
}

Pattern* Parser::pattern() {
  Start start = here();
  Pattern* inner = KR_PARSE(orPattern());
  if (!accept(Tok::KAs)) return inner;
  if (isSoft(Soft::Underscore)) return nullptr;
  const Identifier* bound = KR_PARSE(name());
  if (type() == Tok::Dot || type() == Tok::LPar || type() == Tok::Equal) return nullptr;
  return make<MatchAs>(spanFrom(start), inner, bound);
}

Pattern* Parser::orPattern() {
  Nest nest(*this, 8);
  if (!nest) return nullptr;
  Start start = here();
  Pattern* first = KR_PARSE(closedPattern());
  if (type() != Tok::VBar) return first;
  List<Pattern*> alternatives(*this);
  alternatives.push(first);
  while (accept(Tok::VBar)) alternatives.push(KR_PARSE(closedPattern()));
  return make<MatchOr>(spanFrom(start), alternatives.finish());
}

Pattern* Parser::closedPattern() {
  switch (type()) {
    case Tok::Name: return namePattern();
    case Tok::LPar:
    case Tok::LSqb: return sequencePattern(type() == Tok::LPar ? Tok::RPar : Tok::RSqb);
    case Tok::LBrace: return mappingPattern();
    default: return literalPattern();
  }
}

Pattern* Parser::literalPattern() {
  Start start = here();
  ConstantKind kind = type() == Tok::KNone   ? ConstantKind::None
                      : type() == Tok::KTrue ? ConstantKind::True
                                             : ConstantKind::False;
  switch (type()) {
    case Tok::KNone:
    case Tok::KTrue:
    case Tok::KFalse:
      return make<MatchSingleton>(tokenSpan(peek()), constantAtom(kind)->as<Constant>()->value);
    case Tok::String: {
      Expr* value = KR_PARSE(stringAtom());
      return make<MatchValue>(spanFrom(start), value);
    }
    case Tok::Number:
    case Tok::Minus: {
      Expr* value = KR_PARSE(patternNumber());
      return make<MatchValue>(spanFrom(start), value);
    }
    default: return nullptr;
  }
}

namespace {

bool isComplexNumber(const Expr* expr) {
  if (expr->is<UnaryOp>()) expr = expr->as<UnaryOp>()->operand;
  return expr->as<Constant>()->value.kind == ConstantKind::Complex;
}

}  // namespace

// ['-'] NUMBER [('+' | '-') NUMBER]: a real number, alone or with an imaginary part.
Expr* Parser::patternNumber() {
  Start start = here();
  bool negative = accept(Tok::Minus);
  KR_PARSE(type() == Tok::Number);
  Expr* value = KR_PARSE(numberAtom());
  if (negative) value = make<UnaryOp>(spanFrom(start), UnaryOperator::USub, value);
  if (type() != Tok::Plus && type() != Tok::Minus) return value;
  Operator op = type() == Tok::Plus ? Operator::Add : Operator::Sub;
  position_++;
  KR_PARSE(type() == Tok::Number);
  Expr* imaginary = KR_PARSE(numberAtom());
  if (isComplexNumber(value) || !isComplexNumber(imaginary)) return nullptr;
  return make<BinOp>(spanFrom(start), value, op, imaginary);
}

// NAME ('.' NAME)*
Expr* Parser::dottedNameExpr() {
  Start start = here();
  Expr* value = KR_PARSE(atom());
  while (accept(Tok::Dot)) {
    const Identifier* attr = KR_PARSE(name());
    value = make<Attribute>(spanFrom(start), value, attr, Context::Load);
  }
  return value;
}

// A capture, the wildcard, a dotted value or a class pattern.
Pattern* Parser::namePattern() {
  Start start = here();
  bool wildcard = isSoft(Soft::Underscore);
  Expr* value = KR_PARSE(dottedNameExpr());
  if (type() == Tok::LPar) return classPattern(value);
  if (value->is<Attribute>())
    return type() == Tok::Equal ? nullptr : make<MatchValue>(spanFrom(start), value);
  if (wildcard) return make<MatchAs>(spanFrom(start), kNoPattern, kNoName);
  if (type() == Tok::Equal) return nullptr;
  return make<MatchAs>(spanFrom(start), kNoPattern, value->as<Name>()->id);
}

Pattern* Parser::classPattern(Expr* cls) {
  Start start = startOf(cls->span);
  position_++;
  List<Pattern*> positional(*this);
  Seq<Pattern*> positional_patterns;
  List<const Identifier*, 1> names(*this);
  bool saw_keyword = false;
  do {
    if (type() == Tok::RPar) break;
    bool keyword = type() == Tok::Name && typeAt(1) == Tok::Equal;
    if (saw_keyword && !keyword) return nullptr;
    if (keyword) {
      if (!saw_keyword) positional_patterns = positional.finish();
      saw_keyword = true;
      names.push(name());
      position_++;
    }
    positional.push(KR_PARSE(pattern()));
  } while (accept(Tok::Comma));
  bool empty_start = positional.size() == 0 && lexer_.fetched(position_ - 1).type == Tok::Comma;
  if (empty_start || !accept(Tok::RPar)) return nullptr;
  Seq<Pattern*> all = positional.finish();
  if (!saw_keyword) positional_patterns = all;
  uint32_t skip = positional_patterns.size();
  Seq<Pattern*> keyword_patterns(all.data() + skip, all.size() - skip);
  return make<MatchClass>(spanFrom(start), cls, positional_patterns, names.finish(), keyword_patterns);
}

// '[' ... ']' or '(' ... ')'; one pattern in parentheses without a comma is a group.
Pattern* Parser::sequencePattern(Tok close) {
  Start start = here();
  position_++;
  List<Pattern*> items(*this);
  bool comma = false;
  bool starred = type() == Tok::Star;
  while (type() != close) {
    items.push(KR_PARSE(starOrPattern()));
    if (!accept(Tok::Comma)) break;
    comma = true;
  }
  KR_PARSE(accept(close));
  Seq<Pattern*> list = items.finish();
  if (close == Tok::RPar && list.size() == 1 && !comma) return starred ? nullptr : list[0];
  return make<MatchSequence>(spanFrom(start), list);
}

Expr* Parser::mappingKey() {
  switch (type()) {
    case Tok::KNone: return constantAtom(ConstantKind::None);
    case Tok::KTrue: return constantAtom(ConstantKind::True);
    case Tok::KFalse: return constantAtom(ConstantKind::False);
    case Tok::String: return stringAtom();
    case Tok::Number:
    case Tok::Minus: return patternNumber();
    case Tok::Name: {
      Expr* value = KR_PARSE(dottedNameExpr());
      return value->is<Attribute>() ? value : nullptr;
    }
    default: return nullptr;
  }
}

Pattern* Parser::mappingPattern() {
  Start start = here();
  position_++;
  List<Expr*> keys(*this);
  List<Pattern*, 1> values(*this);
  const Identifier* rest = nullptr;
  while (type() != Tok::RBrace) {
    if (accept(Tok::DoubleStar)) {
      if (isSoft(Soft::Underscore)) return nullptr;
      rest = KR_PARSE(name());
      accept(Tok::Comma);
      break;
    }
    keys.push(KR_PARSE(mappingKey()));
    KR_PARSE(accept(Tok::Colon));
    values.push(KR_PARSE(pattern()));
    if (!accept(Tok::Comma)) break;
  }
  KR_PARSE(accept(Tok::RBrace));
  return make<MatchMapping>(spanFrom(start), keys.finish(), values.finish(), rest);
}

}  // namespace krait::parser
