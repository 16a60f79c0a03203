// Atoms: names, literals, displays, comprehensions; and call arguments.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

Expr* Parser::atom() {
  const Token& token = peek();
  switch (token.type) {
    case Tok::Name: {
      Span span = tokenSpan(token);
      return make<Name>(span, name(), Context::Load);
    }
    case Tok::Number: return numberAtom();
    case Tok::String: return stringAtom();
    case Tok::LPar: return parenthesised();
    case Tok::LSqb: return listDisplay();
    case Tok::LBrace: return braceDisplay();
    case Tok::KNone: return constantAtom(ConstantKind::None);
    case Tok::KTrue: return constantAtom(ConstantKind::True);
    case Tok::KFalse: return constantAtom(ConstantKind::False);
    case Tok::Ellipsis: return constantAtom(ConstantKind::Ellipsis);
    default: return nullptr;
  }
}

Expr* Parser::constantAtom(ConstantKind kind) {
  Span span = tokenSpan(peek());
  position_++;
  ConstantValue value;
  value.kind = kind;
  return make<Constant>(span, value, std::string_view{});
}

Expr* Parser::numberAtom() {
  const Token& token = peek();
  ConstantValue value;
  if (!numberValue(literals_, token, &value)) return nullptr;
  Span span = tokenSpan(token);
  position_++;
  return make<Constant>(span, value, std::string_view{});
}

Expr* Parser::stringAtom() {
  size_t begin = position_;
  while (type() == Tok::String) position_++;
  Nest nest(*this, 28);
  if (!nest) return nullptr;
  return stringValue(literals_, &lexer_.fetched(begin), position_ - begin);
}

// The items after the first one and a comma, up to `close`, which is consumed.
Expr* Parser::tupleRest(Start start, Expr* first, Tok close) {
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (type() == close) break;
    items.push(KR_PARSE(starNamedExpression()));
  }
  KR_PARSE(accept(close));
  Seq<Expr*> elements = items.finish();
  if (close == Tok::RPar) return make<Tuple>(spanFrom(start), elements, Context::Load);
  return make<ast::List>(spanFrom(start), elements, Context::Load);
}

Expr* Parser::parenthesised() {
  Nest nest(*this, 28);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  if (accept(Tok::RPar)) return make<Tuple>(spanFrom(start), Seq<Expr*>{}, Context::Load);
  if (type() == Tok::KYield) {
    Expr* inner = KR_PARSE(yieldExpression());
    KR_PARSE(accept(Tok::RPar));
    return inner;
  }
  bool starred = type() == Tok::Star;
  Expr* first = KR_PARSE(starNamedExpression());
  if (type() == Tok::Comma) return tupleRest(start, first, Tok::RPar);
  if (starred) return nullptr;
  if (accept(Tok::RPar)) return first;
  Seq<Comprehension*> clauses;
  if (!comprehensionFollows() || !forClauses(&clauses)) return nullptr;
  KR_PARSE(accept(Tok::RPar));
  return make<GeneratorExp>(spanFrom(start), first, clauses);
}

Expr* Parser::listDisplay() {
  Nest nest(*this, 28);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  if (accept(Tok::RSqb)) return make<ast::List>(spanFrom(start), Seq<Expr*>{}, Context::Load);
  bool starred = type() == Tok::Star;
  Expr* first = KR_PARSE(starNamedExpression());
  if (starred || !comprehensionFollows()) return tupleRest(start, first, Tok::RSqb);
  Seq<Comprehension*> clauses;
  if (!forClauses(&clauses)) return nullptr;
  KR_PARSE(accept(Tok::RSqb));
  return make<ListComp>(spanFrom(start), first, clauses);
}

Expr* Parser::braceDisplay() {
  Nest nest(*this, 28);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  if (accept(Tok::RBrace)) return make<Dict>(spanFrom(start), Seq<Expr*>{}, Seq<Expr*>{});
  if (type() == Tok::DoubleStar) return dictDisplay(start);
  if (type() == Tok::Star) return setDisplay(start);
  size_t begin = position_;
  Expr* first = KR_PARSE(namedExpression());
  bool is_dict = type() == Tok::Colon;
  if (is_dict && first->is<NamedExpr>() && lexer_.fetched(begin).type != Tok::LPar) return nullptr;
  List<Expr*> keys(*this);
  List<Expr*, 1> values(*this);
  keys.push(first);
  if (is_dict) {
    position_++;
    values.push(KR_PARSE(expression()));
  }
  if (comprehensionFollows()) {
    Seq<Comprehension*> clauses;
    if (!forClauses(&clauses) || !accept(Tok::RBrace)) return nullptr;
    if (!is_dict) return make<SetComp>(spanFrom(start), first, clauses);
    return make<DictComp>(spanFrom(start), first, values.finish()[0], clauses);
  }
  while (accept(Tok::Comma)) {
    if (type() == Tok::RBrace) break;
    if (!is_dict) {
      keys.push(KR_PARSE(starNamedExpression()));
    } else if (!dictItem(keys, values)) {
      return nullptr;
    }
  }
  KR_PARSE(accept(Tok::RBrace));
  if (!is_dict) return make<Set>(spanFrom(start), keys.finish());
  return make<Dict>(spanFrom(start), keys.finish(), values.finish());
}

// {**mapping, ...}
Expr* Parser::dictDisplay(Start start) {
  List<Expr*> keys(*this);
  List<Expr*, 1> values(*this);
  do {
    if (type() == Tok::RBrace) break;
    if (!dictItem(keys, values)) return nullptr;
  } while (accept(Tok::Comma));
  KR_PARSE(accept(Tok::RBrace));
  return make<Dict>(spanFrom(start), keys.finish(), values.finish());
}

// {*iterable, ...}
Expr* Parser::setDisplay(Start start) {
  List<Expr*> items(*this);
  do {
    if (type() == Tok::RBrace) break;
    items.push(KR_PARSE(starNamedExpression()));
  } while (accept(Tok::Comma));
  KR_PARSE(accept(Tok::RBrace));
  return make<Set>(spanFrom(start), items.finish());
}

bool Parser::dictItem(List<Expr*>& keys, List<Expr*, 1>& values) {
  if (accept(Tok::DoubleStar)) {
    keys.push(nullptr);
    values.push(KR_PARSE(bitwiseOr()));
    return true;
  }
  keys.push(KR_PARSE(expression()));
  KR_PARSE(accept(Tok::Colon));
  values.push(KR_PARSE(expression()));
  return true;
}

bool Parser::forClauses(Seq<Comprehension*>* out) {
  List<Comprehension*> clauses(*this);
  while (comprehensionFollows()) {
    bool is_async = accept(Tok::Async);
    if (is_async && options_.feature_version < 6) return false;
    KR_PARSE(accept(Tok::KFor));
    Expr* target = KR_PARSE(starTargets());
    KR_PARSE(accept(Tok::KIn));
    Expr* iter = KR_PARSE(disjunction());
    List<Expr*, 1> conditions(*this);
    while (accept(Tok::KIf)) conditions.push(KR_PARSE(disjunction()));
    clauses.push(make<Comprehension>(Span{}, target, iter, conditions.finish(), static_cast<int>(is_async)));
  }
  *out = clauses.finish();
  return true;
}

// The arguments of a call, the opening parenthesis consumed; consumes the closing one.
bool Parser::arguments(Seq<Expr*>* args, Seq<Keyword*>* keywords) {
  if (accept(Tok::RPar)) return true;
  List<Expr*> positional(*this);
  List<Keyword*, 1> named(*this);
  ArgumentStage stage = ArgumentStage::Positional;
  Start open{lexer_.fetched(position_ - 1).lineno, lexer_.fetched(position_ - 1).col_offset};
  do {
    if (type() == Tok::RPar) break;
    if (!argument(positional, named, &stage)) return false;
    if (comprehensionFollows()) {
      if (positional.size() != 1 || named.size() != 0 || lexer_.fetched(position_ - 1).type == Tok::Comma)
        return false;
      Expr* element = positional.finish()[0];
      if (element->is<Starred>()) return false;
      Seq<Comprehension*> clauses;
      if (!forClauses(&clauses) || !accept(Tok::RPar)) return false;
      Expr* generator = make<GeneratorExp>(spanFrom(open), element, clauses);
      *args = arena_.copySeq(&generator, 1);
      return true;
    }
  } while (accept(Tok::Comma));
  KR_PARSE(accept(Tok::RPar));
  *args = positional.finish();
  *keywords = named.finish();
  return true;
}

bool Parser::argument(List<Expr*>& args, List<Keyword*, 1>& keywords, ArgumentStage* stage) {
  if (type() == Tok::Star || type() == Tok::DoubleStar) return starArgument(args, keywords, stage);
  if (type() == Tok::Name && typeAt(1) == Tok::Equal) {
    Start start = here();
    const Identifier* arg = name();
    position_++;
    Expr* value = KR_PARSE(expression());
    keywords.push(make<Keyword>(spanFrom(start), arg, value));
    if (*stage == ArgumentStage::Positional) *stage = ArgumentStage::Keyword;
    return true;
  }
  if (*stage != ArgumentStage::Positional) return false;
  args.push(KR_PARSE(namedExpression()));
  return true;
}

bool Parser::starArgument(List<Expr*>& args, List<Keyword*, 1>& keywords, ArgumentStage* stage) {
  Start start = here();
  bool is_double = type() == Tok::DoubleStar;
  position_++;
  if (!is_double && *stage == ArgumentStage::DoubleStar) return false;
  Expr* value = KR_PARSE(expression());
  if (is_double) {
    keywords.push(make<Keyword>(spanFrom(start), static_cast<const Identifier*>(nullptr), value));
    *stage = ArgumentStage::DoubleStar;
  } else {
    args.push(make<Starred>(spanFrom(start), value, Context::Load));
  }
  return true;
}

}  // namespace krait::parser
