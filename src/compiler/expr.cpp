// Expressions other than calls, displays and comprehensions; conditions as jumps.
#include <algorithm>

#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

namespace {

BinaryOp binaryOp(Operator op) {
  switch (op) {
    case Operator::Add: return BinaryOp::kAdd;
    case Operator::Sub: return BinaryOp::kSubtract;
    case Operator::Mult: return BinaryOp::kMultiply;
    case Operator::MatMult: return BinaryOp::kMatrixMultiply;
    case Operator::Div: return BinaryOp::kTrueDivide;
    case Operator::Mod: return BinaryOp::kRemainder;
    case Operator::Pow: return BinaryOp::kPower;
    case Operator::LShift: return BinaryOp::kLshift;
    case Operator::RShift: return BinaryOp::kRshift;
    case Operator::BitOr: return BinaryOp::kOr;
    case Operator::BitXor: return BinaryOp::kXor;
    case Operator::BitAnd: return BinaryOp::kAnd;
    case Operator::FloorDiv: return BinaryOp::kFloorDivide;
  }
  return BinaryOp::kAdd;
}

Op unaryOp(UnaryOperator op) {
  switch (op) {
    case UnaryOperator::Invert: return Op::UNARY_INVERT;
    case UnaryOperator::Not: return Op::UNARY_NOT;
    case UnaryOperator::UAdd: return Op::UNARY_POSITIVE;
    case UnaryOperator::USub: return Op::UNARY_NEGATIVE;
  }
  return Op::UNARY_NOT;
}

// Length of UTF-8 text in characters.
int characterCount(std::string_view utf8) {
  return static_cast<int>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

Status CodeGen::exprs(const Seq<Expr*>& seq) {
  for (Expr* e : seq) TRY(visit(e));
  return {};
}

Status CodeGen::visit(Expr* e) {
  TRY(context_.checkStack());
  Span outer = unit_->loc;
  setLoc(e->span);
  TRY(visitKind(e));
  setLoc(outer);
  return {};
}

Status CodeGen::visitKind(Expr* e) {
  switch (e->kind) {
    case ExprKind::NamedExpr:
      TRY(visit(e->as<NamedExpr>()->value));
      TRY(op(Op::COPY, 1));
      return visit(e->as<NamedExpr>()->target);
    case ExprKind::BoolOp: return boolOp(e->as<ast::BoolOp>());
    case ExprKind::BinOp:
      TRY(visit(e->as<BinOp>()->left));
      TRY(visit(e->as<BinOp>()->right));
      return op(Op::BINARY_OP, static_cast<int>(binaryOp(e->as<BinOp>()->op)));
    case ExprKind::UnaryOp: TRY(visit(e->as<UnaryOp>()->operand)); return op(unaryOp(e->as<UnaryOp>()->op));
    case ExprKind::Lambda: return lambda(e->as<Lambda>());
    case ExprKind::IfExp: return ifExp(e->as<IfExp>());
    case ExprKind::Dict: return dict(e->as<Dict>());
    case ExprKind::Set:
      return sequence(e->as<Set>()->elts, 0, {Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE, false});
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::DictComp:
    case ExprKind::GeneratorExp: return comprehensionExpr(e);
    case ExprKind::Yield: return yieldExpr(e->as<Yield>());
    case ExprKind::YieldFrom: return yieldFromExpr(e->as<YieldFrom>());
    case ExprKind::Await: return awaitExpr(e->as<Await>());
    case ExprKind::Compare: return compare(e->as<Compare>());
    case ExprKind::Call: return call(e->as<Call>());
    case ExprKind::Constant: return constant(e->as<Constant>());
    case ExprKind::JoinedStr: return joinedStr(e->as<JoinedStr>());
    case ExprKind::FormattedValue: return formattedValue(e->as<FormattedValue>());
    case ExprKind::Attribute: return attribute(e->as<Attribute>());
    case ExprKind::Subscript: return subscript(e->as<Subscript>());
    case ExprKind::Starred:
      if (e->as<Starred>()->ctx == ast::Context::Store) {
        return error("starred assignment target must be in a list or tuple");
      }
      return error("can't use starred expression here");
    case ExprKind::Slice: return op(Op::BUILD_SLICE, TRY(slice(e->as<Slice>())));
    case ExprKind::Name: return nameOp(e->as<ast::Name>()->id, useOf(e->as<ast::Name>()->ctx));
    case ExprKind::List: return list(e->as<List>());
    case ExprKind::Tuple: return tuple(e->as<Tuple>());
  }
  return {};
}

Status CodeGen::boolOp(ast::BoolOp* e) {
  Op code = e->op == BoolOperator::And ? Op::JUMP_IF_FALSE_OR_POP : Op::JUMP_IF_TRUE_OR_POP;
  Block* end = newBlock();
  for (uint32_t i = 0; i + 1 < e->values.size(); i++) {
    TRY(visit(e->values[i]));
    TRY(jump(code, end));
  }
  TRY(visit(e->values.back()));
  use(end);
  return {};
}

Status CodeGen::ifExp(IfExp* e) {
  Block* end = newBlock();
  Block* next = newBlock();
  TRY(jumpIf(e->test, next, false));
  TRY(visit(e->body));
  TRY(jumpNoLine(Op::JUMP, end));
  use(next);
  TRY(visit(e->orelse));
  use(end);
  return {};
}

Status CodeGen::compareOp(CompareOperator compare) {
  switch (compare) {
    case CompareOperator::Eq: return op(Op::COMPARE_OP, Py_EQ);
    case CompareOperator::NotEq: return op(Op::COMPARE_OP, Py_NE);
    case CompareOperator::Lt: return op(Op::COMPARE_OP, Py_LT);
    case CompareOperator::LtE: return op(Op::COMPARE_OP, Py_LE);
    case CompareOperator::Gt: return op(Op::COMPARE_OP, Py_GT);
    case CompareOperator::GtE: return op(Op::COMPARE_OP, Py_GE);
    case CompareOperator::Is: return op(Op::IS_OP, 0);
    case CompareOperator::IsNot: return op(Op::IS_OP, 1);
    case CompareOperator::In: return op(Op::CONTAINS_OP, 0);
    case CompareOperator::NotIn: return op(Op::CONTAINS_OP, 1);
  }
  return {};
}

Status CodeGen::compare(Compare* e) {
  TRY(checkCompare(e));
  TRY(visit(e->left));
  uint32_t last = e->ops.size() - 1;
  if (last == 0) {
    TRY(visit(e->comparators[0]));
    return compareOp(e->ops[0]);
  }
  Block* cleanup = newBlock();
  for (uint32_t i = 0; i < last; i++) {
    TRY(visit(e->comparators[i]));
    TRY(op(Op::SWAP, 2));
    TRY(op(Op::COPY, 2));
    TRY(compareOp(e->ops[i]));
    TRY(jump(Op::JUMP_IF_FALSE_OR_POP, cleanup));
  }
  TRY(visit(e->comparators[last]));
  TRY(compareOp(e->ops[last]));
  Block* end = newBlock();
  TRY(jumpNoLine(Op::JUMP, end));
  use(cleanup);
  TRY(op(Op::SWAP, 2));
  TRY(op(Op::POP_TOP));
  use(end);
  return {};
}

// Jumps to `next` when the truth of `e` equals `condition`, without making a bool.
Status CodeGen::jumpIf(Expr* e, Block* next, bool condition) {
  TRY(context_.checkStack());
  if (auto* unary = e->asIf<UnaryOp>(); unary && unary->op == UnaryOperator::Not) {
    return jumpIf(unary->operand, next, !condition);
  }
  if (auto* bool_op = e->asIf<ast::BoolOp>()) {
    bool inner = bool_op->op == BoolOperator::Or;
    Block* inner_next = inner == condition ? next : newBlock();
    uint32_t last = bool_op->values.size() - 1;
    for (uint32_t i = 0; i < last; i++) TRY(jumpIf(bool_op->values[i], inner_next, inner));
    TRY(jumpIf(bool_op->values[last], next, condition));
    if (inner_next != next) use(inner_next);
    return {};
  }
  if (auto* if_exp = e->asIf<IfExp>()) {
    Block* end = newBlock();
    Block* orelse = newBlock();
    TRY(jumpIf(if_exp->test, orelse, false));
    TRY(jumpIf(if_exp->body, next, condition));
    TRY(jumpNoLine(Op::JUMP, end));
    use(orelse);
    TRY(jumpIf(if_exp->orelse, next, condition));
    use(end);
    return {};
  }
  if (auto* comparison = e->asIf<Compare>()) {
    setLoc(e->span);
    if (comparison->ops.size() > 1) return jumpIfCompare(comparison, next, condition);
  }
  TRY(visit(e));
  return jump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, next);
}

Status CodeGen::jumpIfCompare(Compare* e, Block* next, bool condition) {
  TRY(checkCompare(e));
  Block* cleanup = newBlock();
  TRY(visit(e->left));
  uint32_t last = e->ops.size() - 1;
  for (uint32_t i = 0; i < last; i++) {
    TRY(visit(e->comparators[i]));
    TRY(op(Op::SWAP, 2));
    TRY(op(Op::COPY, 2));
    TRY(compareOp(e->ops[i]));
    TRY(jump(Op::POP_JUMP_IF_FALSE, cleanup));
  }
  TRY(visit(e->comparators[last]));
  TRY(compareOp(e->ops[last]));
  TRY(jump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, next));
  Block* end = newBlock();
  TRY(jumpNoLine(Op::JUMP, end));
  use(cleanup);
  TRY(op(Op::POP_TOP));
  if (!condition) TRY(jumpNoLine(Op::JUMP, next));
  use(end);
  return {};
}

// In an attribute access that spans lines, the access itself is where the attribute's name stands.
void CodeGen::startAtAttribute(Attribute* e) {
  Span& loc = unit_->loc;
  if (loc.lineno == e->span.end_lineno) return;
  loc.lineno = e->span.end_lineno;
  int length = characterCount(e->attr->text);
  if (length <= e->span.end_col_offset) {
    loc.col_offset = e->span.end_col_offset - length;
  } else {  // a hand-made tree
    loc.col_offset = -1;
    loc.end_col_offset = -1;
  }
  loc.end_lineno = std::max(loc.lineno, loc.end_lineno);
}

Status CodeGen::attribute(Attribute* e) {
  TRY(visit(e->value));
  startAtAttribute(e);
  switch (e->ctx) {
    case ast::Context::Load: return opName(Op::LOAD_ATTR, e->attr);
    case ast::Context::Store:
      TRY(forbidName(e->attr, NameUse::kStore));
      return opName(Op::STORE_ATTR, e->attr);
    case ast::Context::Del: return opName(Op::DELETE_ATTR, e->attr);
  }
  return {};
}

Status CodeGen::subscript(Subscript* e) {
  if (e->ctx == ast::Context::Load) {
    TRY(checkSubscripter(e->value));
    TRY(checkIndex(e->value, e->slice));
  }
  TRY(visit(e->value));
  TRY(visit(e->slice));
  static constexpr Op kOps[] = {Op::BINARY_SUBSCR, Op::STORE_SUBSCR, Op::DELETE_SUBSCR};
  return op(kOps[static_cast<size_t>(e->ctx)]);
}

// Pushes the parts of a slice; answers how many.
Result<int> CodeGen::slice(Slice* e) {
  TRY(e->lower ? visit(e->lower) : loadConst(Py_None));
  TRY(e->upper ? visit(e->upper) : loadConst(Py_None));
  if (!e->step) return 2;
  TRY(visit(e->step));
  return 3;
}

Status CodeGen::yieldValue() {
  if (unit_->scope->is_generator && unit_->scope->is_coroutine) TRY(op(Op::ASYNC_GEN_WRAP));
  TRY(op(Op::YIELD_VALUE));
  return op(Op::RESUME, kResumeYield);
}

Status CodeGen::yieldExpr(Yield* e) {
  if (!unit_->isFunctionBlock()) return error("'yield' outside function");
  TRY(e->value ? visit(e->value) : loadConst(Py_None));
  return yieldValue();
}

Status CodeGen::yieldFromExpr(YieldFrom* e) {
  if (!unit_->isFunctionBlock()) return error("'yield' outside function");
  if (unit_->type == UnitType::kAsyncFunction) return error("'yield from' inside async function");
  TRY(visit(e->value));
  TRY(op(Op::GET_YIELD_FROM_ITER));
  TRY(loadConst(Py_None));
  return yieldFrom(false);
}

Status CodeGen::awaitExpr(Await* e) {
  if (!isTopLevelAwait()) {
    if (!unit_->isFunctionBlock()) return error("'await' outside function");
    if (unit_->type != UnitType::kAsyncFunction && unit_->type != UnitType::kComprehension) {
      return error("'await' outside async function");
    }
  }
  TRY(visit(e->value));
  return await(0);
}

Status CodeGen::joinedStr(JoinedStr* e) {
  int count = static_cast<int>(e->values.size());
  if (e->values.size() > kStackUseGuideline) {
    TRY(loadConst(Ref<>(emptyStr())));
    TRY(opName(Op::LOAD_METHOD, intern("join")));
    TRY(op(Op::BUILD_LIST, 0));
    for (Expr* value : e->values) {
      TRY(visit(value));
      TRY(op(Op::LIST_APPEND, 1));
    }
    return emitCall(1);
  }
  TRY(exprs(e->values));
  return count == 1 ? Status() : op(Op::BUILD_STRING, count);
}

Status CodeGen::formattedValue(FormattedValue* e) {
  TRY(visit(e->value));
  int oparg;
  switch (e->conversion) {
    case 's': oparg = kFvcStr; break;
    case 'r': oparg = kFvcRepr; break;
    case 'a': oparg = kFvcAscii; break;
    case -1: oparg = kFvcNone; break;
    default: return raise(PyExc_SystemError, "Unrecognized conversion character %d", e->conversion);
  }
  if (e->format_spec) {
    TRY(visit(e->format_spec));
    oparg |= kFvsHaveSpec;
  }
  return op(Op::FORMAT_VALUE, oparg);
}

}  // namespace krait::compiler
