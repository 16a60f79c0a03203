// Expressions from star_expressions down to primaries.
#include "parser/parser.h"

namespace krait::parser {

using namespace ast;

const Identifier* Parser::identifier(const Token& token) { return internName(literals_, token.text()); }

const Identifier* Parser::name() {
  const Token& token = peek();
  if (token.type != Tok::Name) return nullptr;
  position_++;
  return internName(literals_, token.text());
}

Span Parser::spanFrom(Start start) const {
  size_t i = position_ - 1;
  while (i > 0) {
    Tok type = lexer_.fetched(i).type;
    if (type != Tok::EndMarker && (type < Tok::Newline || type > Tok::Dedent)) break;
    i--;
  }
  const Token& last = lexer_.fetched(i);
  return {start.lineno, start.col_offset, last.end_lineno, last.end_col_offset};
}

namespace {

// Whether a token can only come after a complete list of expressions (so a comma before it was a trailing
// one).
bool endsExpressionList(Tok type) {
  switch (type) {
    case Tok::Newline:
    case Tok::EndMarker:
    case Tok::Equal:
    case Tok::RPar:
    case Tok::RSqb:
    case Tok::RBrace:
    case Tok::Colon:
    case Tok::Semi:
    case Tok::TypeComment: return true;
    default:
      return type >= Tok::PlusEqual && type <= Tok::DoubleStarEqual
                 ? true
                 : type == Tok::DoubleSlashEqual || type == Tok::AtEqual;
  }
}

}  // namespace

Expr* Parser::starExpressions() { return expressionList(&Parser::starExpression); }
Expr* Parser::expressions() { return expressionList(&Parser::expression); }

Expr* Parser::expressionList(Expr* (Parser::*item)()) {
  Start start = here();
  Expr* first = KR_PARSE((this->*item)());
  if (type() != Tok::Comma) return first;
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (endsExpressionList(type())) break;
    items.push(KR_PARSE((this->*item)()));
  }
  return make<Tuple>(spanFrom(start), items.finish(), Context::Load);
}

Expr* Parser::starExpression() {
  if (type() != Tok::Star) return expression();
  Start start = here();
  position_++;
  Expr* value = KR_PARSE(bitwiseOr());
  return make<Starred>(spanFrom(start), value, Context::Load);
}

Expr* Parser::starNamedExpression() { return type() == Tok::Star ? starExpression() : namedExpression(); }

Expr* Parser::namedExpression() {
  size_t begin = position_;
  Expr* value = KR_PARSE(expression());
  if (type() != Tok::ColonEqual) return value;
  if (!value->is<Name>() || position_ != begin + 1 || options_.feature_version < 8) return nullptr;
  position_++;
  Expr* assigned = KR_PARSE(expression());
  value->as<Name>()->ctx = Context::Store;
  return make<NamedExpr>(spanFrom(startOf(value->span)), value, assigned);
}

Expr* Parser::yieldOrStarExpressions() {
  return type() == Tok::KYield ? yieldExpression() : starExpressions();
}

Expr* Parser::yieldExpression() {
  Start start = here();
  position_++;
  if (accept(Tok::KFrom)) {
    Expr* value = KR_PARSE(expression());
    return make<YieldFrom>(spanFrom(start), value);
  }
  Expr* value = nullptr;
  if (!endsExpressionList(type())) value = KR_PARSE(starExpressions());
  return make<Yield>(spanFrom(start), value);
}

Expr* Parser::expression() {
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  if (type() == Tok::KLambda) return lambda();
  Start start = here();
  Expr* body = KR_PARSE(disjunction());
  if (type() != Tok::KIf) return body;
  position_++;
  Expr* test = KR_PARSE(disjunction());
  KR_PARSE(accept(Tok::KElse));
  Expr* orelse = KR_PARSE(expression());
  return make<IfExp>(spanFrom(start), test, body, orelse);
}

Expr* Parser::lambda() {
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  Arguments* args = KR_PARSE(parameters(true));
  KR_PARSE(accept(Tok::Colon));
  Expr* body = KR_PARSE(expression());
  return make<Lambda>(spanFrom(start), args, body);
}

Expr* Parser::disjunction() {
  Start start = here();
  Expr* first = KR_PARSE(conjunction());
  if (type() != Tok::KOr) return first;
  List<Expr*> values(*this);
  values.push(first);
  while (accept(Tok::KOr)) values.push(KR_PARSE(conjunction()));
  return make<BoolOp>(spanFrom(start), BoolOperator::Or, values.finish());
}

Expr* Parser::conjunction() {
  Start start = here();
  Expr* first = KR_PARSE(inversion());
  if (type() != Tok::KAnd) return first;
  List<Expr*> values(*this);
  values.push(first);
  while (accept(Tok::KAnd)) values.push(KR_PARSE(inversion()));
  return make<BoolOp>(spanFrom(start), BoolOperator::And, values.finish());
}

Expr* Parser::inversion() {
  if (type() != Tok::KNot) return comparison();
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  Expr* operand = KR_PARSE(inversion());
  return make<UnaryOp>(spanFrom(start), UnaryOperator::Not, operand);
}

namespace {

// The comparison starting at a token; tokens: how many it has, 0 when there is none.
CompareOperator comparisonAt(Tok first, Tok second, int* tokens) {
  *tokens = 1;
  switch (first) {
    case Tok::EqEqual: return CompareOperator::Eq;
    case Tok::NotEqual: return CompareOperator::NotEq;
    case Tok::Less: return CompareOperator::Lt;
    case Tok::LessEqual: return CompareOperator::LtE;
    case Tok::Greater: return CompareOperator::Gt;
    case Tok::GreaterEqual: return CompareOperator::GtE;
    case Tok::KIn: return CompareOperator::In;
    case Tok::KIs:
      *tokens = second == Tok::KNot ? 2 : 1;
      return second == Tok::KNot ? CompareOperator::IsNot : CompareOperator::Is;
    case Tok::KNot: *tokens = second == Tok::KIn ? 2 : 0; return CompareOperator::NotIn;
    default: *tokens = 0; return CompareOperator::Eq;
  }
}

}  // namespace

Expr* Parser::comparison() {
  Start start = here();
  Expr* left = KR_PARSE(bitwiseOr());
  if (type() != Tok::KIn && type() != Tok::KIs && type() != Tok::KNot &&
      (type() < Tok::Less || type() > Tok::GreaterEqual)) {
    return left;
  }
  List<CompareOperator> ops(*this);
  List<Expr*, 1> comparators(*this);
  for (;;) {
    int tokens;
    bool two = type() == Tok::KIs || type() == Tok::KNot;
    CompareOperator op = comparisonAt(type(), two ? typeAt(1) : Tok::Op, &tokens);
    if (tokens == 0) break;
    if (type() == Tok::NotEqual && (peek().text()[0] == '<') != options_.barry_as_flufl) return nullptr;
    position_ += tokens;
    ops.push(op);
    comparators.push(KR_PARSE(bitwiseOr()));
  }
  if (ops.size() == 0) return left;
  return make<Compare>(spanFrom(start), left, ops.finish(), comparators.finish());
}

namespace {

struct BinaryRow {
  uint8_t precedence = 0;
  Operator op = Operator::Add;
};

constexpr std::array<BinaryRow, 64> makeBinaryRows() {
  std::array<BinaryRow, 64> rows{};
  auto set = [&rows](Tok type, uint8_t precedence, Operator op) {
    rows[static_cast<int>(type)] = {precedence, op};
  };
  set(Tok::VBar, 1, Operator::BitOr);
  set(Tok::Circumflex, 2, Operator::BitXor);
  set(Tok::Amper, 3, Operator::BitAnd);
  set(Tok::LeftShift, 4, Operator::LShift);
  set(Tok::RightShift, 4, Operator::RShift);
  set(Tok::Plus, 5, Operator::Add);
  set(Tok::Minus, 5, Operator::Sub);
  set(Tok::Star, 6, Operator::Mult);
  set(Tok::Slash, 6, Operator::Div);
  set(Tok::DoubleSlash, 6, Operator::FloorDiv);
  set(Tok::Percent, 6, Operator::Mod);
  set(Tok::At, 6, Operator::MatMult);
  return rows;
}
constexpr std::array<BinaryRow, 64> kBinaryRows = makeBinaryRows();

}  // namespace

Expr* Parser::binary(int min_precedence) {
  Start start = here();
  Expr* left = KR_PARSE(factor());
  for (;;) {
    auto index = static_cast<size_t>(type());
    if (index >= kBinaryRows.size()) return left;
    BinaryRow row = kBinaryRows[index];
    if (row.precedence == 0 || row.precedence < min_precedence) return left;
    if (row.op == Operator::MatMult && options_.feature_version < 5) return nullptr;
    position_++;
    Expr* right = KR_PARSE(binary(row.precedence + 1));
    left = make<BinOp>(spanFrom(start), left, row.op, right);
  }
}

Expr* Parser::factor() {
  UnaryOperator op;
  switch (type()) {
    case Tok::Plus: op = UnaryOperator::UAdd; break;
    case Tok::Minus: op = UnaryOperator::USub; break;
    case Tok::Tilde: op = UnaryOperator::Invert; break;
    default: return power();
  }
  Nest nest(*this, 1);
  if (!nest) return nullptr;
  Start start = here();
  position_++;
  Expr* operand = KR_PARSE(factor());
  return make<UnaryOp>(spanFrom(start), op, operand);
}

Expr* Parser::power() {
  Start start = here();
  Expr* base;
  if (accept(Tok::Await)) {
    Expr* value = KR_PARSE(primary());
    if (options_.feature_version < 5) return nullptr;
    base = make<Await>(spanFrom(start), value);
  } else {
    base = KR_PARSE(primary());
  }
  if (type() != Tok::DoubleStar) return base;
  Nest nest(*this, 2);
  if (!nest) return nullptr;
  position_++;
  Expr* exponent = KR_PARSE(factor());
  return make<BinOp>(spanFrom(start), base, Operator::Pow, exponent);
}

Expr* Parser::primary() {
  Start start = here();
  Expr* value = KR_PARSE(atom());
  for (;;) {
    switch (type()) {
      case Tok::Dot: {
        position_++;
        const Identifier* attr = KR_PARSE(name());
        value = make<Attribute>(spanFrom(start), value, attr, Context::Load);
        break;
      }
      case Tok::LPar: {
        position_++;
        Seq<Expr*> args;
        Seq<Keyword*> keywords;
        Nest nest(*this, 28);
        if (!nest || !arguments(&args, &keywords)) return nullptr;
        value = make<Call>(spanFrom(start), value, args, keywords);
        break;
      }
      case Tok::LSqb: {
        position_++;
        Nest nest(*this, 28);
        if (!nest) return nullptr;
        Expr* index = KR_PARSE(slices());
        KR_PARSE(accept(Tok::RSqb));
        value = make<Subscript>(spanFrom(start), value, index, Context::Load);
        break;
      }
      default: return value;
    }
  }
}

Expr* Parser::slices() {
  Start start = here();
  bool starred = type() == Tok::Star;
  Expr* first = KR_PARSE(slice());
  if (type() != Tok::Comma && !starred) return first;
  List<Expr*> items(*this);
  items.push(first);
  while (accept(Tok::Comma)) {
    if (type() == Tok::RSqb) break;
    items.push(KR_PARSE(slice()));
  }
  return make<Tuple>(spanFrom(start), items.finish(), Context::Load);
}

Expr* Parser::slice() {
  Start start = here();
  if (accept(Tok::Star)) {
    Expr* value = KR_PARSE(expression());
    return make<Starred>(spanFrom(start), value, Context::Load);
  }
  Expr* parts[3] = {nullptr, nullptr, nullptr};
  if (type() != Tok::Colon) {
    parts[0] = KR_PARSE(namedExpression());
    if (type() != Tok::Colon) return parts[0];
    bool bare = parts[0]->span.lineno == start.lineno && parts[0]->span.col_offset == start.col_offset;
    if (parts[0]->is<NamedExpr>() && bare) return nullptr;
  }
  for (int i = 1; i < 3 && accept(Tok::Colon); i++) {
    Tok next = type();
    if (next != Tok::Colon && next != Tok::Comma && next != Tok::RSqb) parts[i] = KR_PARSE(expression());
  }
  return make<Slice>(spanFrom(start), parts[0], parts[1], parts[2]);
}

}  // namespace krait::parser
