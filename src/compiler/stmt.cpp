// Statements other than definitions, imports, try, with and match.
#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

Status CodeGen::stmts(const Seq<Stmt*>& stmts, uint32_t from) {
  for (uint32_t i = from; i < stmts.size(); i++) TRY(visit(stmts[i]));
  return {};
}

Status CodeGen::visit(Stmt* s) {
  TRY(context_.checkStack());
  setLoc(s->span);
  switch (s->kind) {
    case StmtKind::FunctionDef: return function(s->as<FunctionDef>(), UnitType::kFunction);
    case StmtKind::AsyncFunctionDef: return function(s->as<AsyncFunctionDef>(), UnitType::kAsyncFunction);
    case StmtKind::ClassDef: return classDef(s->as<ClassDef>());
    case StmtKind::Return: return returnStmt(s->as<Return>());
    case StmtKind::Delete: return exprs(s->as<Delete>()->targets);
    case StmtKind::Assign: return assign(s->as<Assign>());
    case StmtKind::AugAssign: return augAssign(s->as<AugAssign>());
    case StmtKind::AnnAssign: return annAssign(s->as<AnnAssign>());
    case StmtKind::For: return forStmt(s->as<For>());
    case StmtKind::AsyncFor: return asyncFor(s->as<AsyncFor>());
    case StmtKind::While: return whileStmt(s->as<While>());
    case StmtKind::If: return ifStmt(s->as<If>());
    case StmtKind::With: return with(s->as<With>(), 0);
    case StmtKind::AsyncWith: return asyncWith(s->as<AsyncWith>(), 0);
    case StmtKind::Match: return match(s->as<Match>());
    case StmtKind::Raise: return raiseStmt(s->as<Raise>());
    case StmtKind::Try: return tryStmt(s->as<Try>(), &CodeGen::tryExcept);
    case StmtKind::TryStar: return tryStmt(s->as<TryStar>(), &CodeGen::tryStar);
    case StmtKind::Assert: return assertStmt(s->as<Assert>());
    case StmtKind::Import: return import(s->as<Import>());
    case StmtKind::ImportFrom: return importFrom(s->as<ImportFrom>());
    case StmtKind::Global:
    case StmtKind::Nonlocal: return {};
    case StmtKind::ExprStmt: return exprStmt(s->as<ExprStmt>()->value);
    case StmtKind::Pass: return op(Op::NOP);
    case StmtKind::Break: return breakStmt();
    case StmtKind::Continue: return continueStmt();
  }
  return {};
}

Status CodeGen::exprStmt(Expr* value) {
  if (settings_.interactive && nest_level_ <= 1) {
    TRY(visit(value));
    return op(Op::PRINT_EXPR);
  }
  if (value->is<Constant>()) return op(Op::NOP);  // only its line matters
  TRY(visit(value));
  clearLoc();
  return op(Op::POP_TOP);
}

Status CodeGen::assign(Assign* s) {
  TRY(visit(s->value));
  for (uint32_t i = 0; i < s->targets.size(); i++) {
    if (i + 1 < s->targets.size()) TRY(op(Op::COPY, 1));
    TRY(visit(s->targets[i]));
  }
  return {};
}

namespace {

BinaryOp inPlaceOp(Operator op) {
  switch (op) {
    case Operator::Add: return BinaryOp::kInplaceAdd;
    case Operator::Sub: return BinaryOp::kInplaceSubtract;
    case Operator::Mult: return BinaryOp::kInplaceMultiply;
    case Operator::MatMult: return BinaryOp::kInplaceMatrixMultiply;
    case Operator::Div: return BinaryOp::kInplaceTrueDivide;
    case Operator::Mod: return BinaryOp::kInplaceRemainder;
    case Operator::Pow: return BinaryOp::kInplacePower;
    case Operator::LShift: return BinaryOp::kInplaceLshift;
    case Operator::RShift: return BinaryOp::kInplaceRshift;
    case Operator::BitOr: return BinaryOp::kInplaceOr;
    case Operator::BitXor: return BinaryOp::kInplaceXor;
    case Operator::BitAnd: return BinaryOp::kInplaceAnd;
    case Operator::FloorDiv: return BinaryOp::kInplaceFloorDivide;
  }
  return BinaryOp::kInplaceAdd;
}

}  // namespace

Status CodeGen::augAssign(AugAssign* s) {
  Expr* target = s->target;
  Span statement = unit_->loc;
  setLoc(target->span);
  if (auto* attr = target->asIf<Attribute>()) {
    TRY(visit(attr->value));
    TRY(op(Op::COPY, 1));
    startAtAttribute(attr);
    TRY(opName(Op::LOAD_ATTR, attr->attr));
  } else if (auto* item = target->asIf<Subscript>()) {
    TRY(visit(item->value));
    TRY(visit(item->slice));
    TRY(op(Op::COPY, 2));
    TRY(op(Op::COPY, 2));
    TRY(op(Op::BINARY_SUBSCR));
  } else if (auto* name = target->asIf<ast::Name>()) {
    TRY(nameOp(name->id, NameUse::kLoad));
  } else {
    return raise(PyExc_SystemError, "invalid node type (%d) for augmented assignment",
                 static_cast<int>(target->kind) + 1);
  }
  setLoc(statement);
  TRY(visit(s->value));
  TRY(op(Op::BINARY_OP, static_cast<int>(inPlaceOp(s->op))));
  setLoc(target->span);
  if (auto* attr = target->asIf<Attribute>()) {
    startAtAttribute(attr);
    TRY(op(Op::SWAP, 2));
    return opName(Op::STORE_ATTR, attr->attr);
  }
  if (target->is<Subscript>()) {
    TRY(op(Op::SWAP, 3));
    TRY(op(Op::SWAP, 2));
    return op(Op::STORE_SUBSCR);
  }
  return nameOp(target->as<ast::Name>()->id, NameUse::kStore);
}

Status CodeGen::evalAnnotation(Expr* e) {
  TRY(visit(e));
  return op(Op::POP_TOP);
}

Status CodeGen::evalAnnotationSubscript(Expr* e) {
  if (auto* slice = e->asIf<Slice>()) {
    if (slice->lower) TRY(evalAnnotation(slice->lower));
    if (slice->upper) TRY(evalAnnotation(slice->upper));
    return slice->step ? evalAnnotation(slice->step) : Status();
  }
  if (auto* tuple = e->asIf<Tuple>()) {
    for (Expr* elt : tuple->elts) TRY(evalAnnotationSubscript(elt));
    return {};
  }
  return evalAnnotation(e);
}

Status CodeGen::annAssign(AnnAssign* s) {
  Expr* target = s->target;
  bool as_text = settings_.future_flags & kCoFutureAnnotations;
  bool recorded = unit_->type == UnitType::kModule || unit_->type == UnitType::kClass;
  if (s->value) {
    TRY(visit(s->value));
    TRY(visit(target));
  }
  if (auto* name = target->asIf<ast::Name>()) {
    TRY(forbidName(name->id, NameUse::kStore));
    if (s->simple && recorded) {
      TRY(annotationValue(s->annotation));
      TRY(opName(Op::LOAD_NAME, intern("__annotations__")));
      TRY(loadName(mangle(name->id)));
      TRY(op(Op::STORE_SUBSCR));
    }
  } else if (auto* attr = target->asIf<Attribute>()) {
    TRY(forbidName(attr->attr, NameUse::kStore));
    if (!s->value) TRY(evalAnnotation(attr->value));
  } else if (auto* item = target->asIf<Subscript>()) {
    if (!s->value) {
      TRY(evalAnnotation(item->value));
      TRY(evalAnnotationSubscript(item->slice));
    }
  } else {
    return raise(PyExc_SystemError, "invalid node type (%d) for annotated assignment",
                 static_cast<int>(target->kind) + 1);
  }
  // Annotations of other targets are evaluated for their effects only.
  if (s->simple || as_text || !recorded) return {};
  return evalAnnotation(s->annotation);
}

Status CodeGen::ifStmt(If* s) {
  Block* end = newBlock();
  Block* next = s->orelse.empty() ? end : newBlock();
  TRY(jumpIf(s->test, next, false));
  TRY(stmts(s->body));
  if (!s->orelse.empty()) {
    TRY(jumpNoLine(Op::JUMP, end));
    use(next);
    TRY(stmts(s->orelse));
  }
  use(end);
  return {};
}

// The test stands twice: before the loop and, with the opposite jump, at its end.
Status CodeGen::whileStmt(While* s) {
  Block* loop = newBlock();
  Block* body = newBlock();
  Block* anchor = newBlock();
  Block* end = newBlock();
  use(loop);
  TRY(pushBlock({.type = FrameBlockType::kWhileLoop, .block = loop, .exit = end}));
  TRY(jumpIf(s->test, anchor, false));
  use(body);
  TRY(stmts(s->body));
  setLoc(s->span);
  TRY(jumpIf(s->test, body, true));
  popBlock();
  use(anchor);
  TRY(stmts(s->orelse));
  use(end);
  return {};
}

Status CodeGen::forStmt(For* s) {
  Block* start = newBlock();
  Block* body = newBlock();
  Block* cleanup = newBlock();
  Block* end = newBlock();
  TRY(pushBlock({.type = FrameBlockType::kForLoop, .block = start, .exit = end}));
  TRY(visit(s->iter));
  TRY(op(Op::GET_ITER));
  use(start);
  TRY(jump(Op::FOR_ITER, cleanup));
  use(body);
  TRY(visit(s->target));
  TRY(stmts(s->body));
  clearLoc();
  TRY(jump(Op::JUMP, start));
  use(cleanup);
  popBlock();
  TRY(stmts(s->orelse));
  use(end);
  return {};
}

Status CodeGen::asyncFor(AsyncFor* s) {
  if (isTopLevelAwait()) {
    unit_->scope->is_coroutine = true;
  } else if (unit_->type != UnitType::kAsyncFunction) {
    return error("'async for' outside async function");
  }
  Block* start = newBlock();
  Block* except = newBlock();
  Block* end = newBlock();
  TRY(visit(s->iter));
  TRY(op(Op::GET_AITER));
  use(start);
  TRY(pushBlock({.type = FrameBlockType::kForLoop, .block = start, .exit = end}));
  TRY(jump(Op::SETUP_FINALLY, except));
  TRY(op(Op::GET_ANEXT));
  TRY(loadConst(Py_None));
  TRY(yieldFrom(true));
  TRY(op(Op::POP_BLOCK));
  TRY(visit(s->target));
  TRY(stmts(s->body));
  clearLoc();
  TRY(jump(Op::JUMP, start));
  popBlock();
  use(except);
  setLoc(s->iter->span);
  TRY(op(Op::END_ASYNC_FOR));
  TRY(stmts(s->orelse));
  use(end);
  return {};
}

Status CodeGen::assertStmt(Assert* s) {
  auto* tuple = s->test->asIf<Tuple>();
  auto* constant = s->test->asIf<Constant>();
  bool always_true = tuple && !tuple->elts.empty();
  if (constant && isTupleValue(constant->value)) {
    always_true = static_cast<TupleObject*>(TRY(pool_.object(constant->value)))->size() > 0;
  }
  if (always_true) TRY(warn("assertion is always true, perhaps remove parentheses?"));
  if (settings_.optimize > 0) return {};
  Block* end = newBlock();
  TRY(jumpIf(s->test, end, true));
  TRY(op(Op::LOAD_ASSERTION_ERROR));
  if (s->msg) {
    TRY(visit(s->msg));
    TRY(emitCall(0));
  }
  TRY(op(Op::RAISE_VARARGS, 1));
  use(end);
  return {};
}

Status CodeGen::raiseStmt(Raise* s) {
  int count = 0;
  if (s->exc) {
    TRY(visit(s->exc));
    count++;
    if (s->cause) {
      TRY(visit(s->cause));
      count++;
    }
  }
  return op(Op::RAISE_VARARGS, count);
}

}  // namespace krait::compiler
