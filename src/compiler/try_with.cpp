// try, except*, finally and with.
#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

template <class TryStmt>
Status CodeGen::tryStmt(TryStmt* s, Status (CodeGen::*handled)(TryStmt*)) {
  return s->finalbody.empty() ? (this->*handled)(s) : tryFinally(s, handled);
}
template Status CodeGen::tryStmt(Try*, Status (CodeGen::*)(Try*));
template Status CodeGen::tryStmt(TryStar*, Status (CodeGen::*)(TryStar*));

// The finally body stands twice: once after the try body, once as an exception handler (and at every early
// exit).
template <class TryStmt>
Status CodeGen::tryFinally(TryStmt* s, Status (CodeGen::*handled)(TryStmt*)) {
  Block* body = newBlock();
  Block* end = newBlock();
  Block* exit = newBlock();
  Block* cleanup = newBlock();
  TRY(jump(Op::SETUP_FINALLY, end));
  use(body);
  TRY(pushBlock(
      {.type = FrameBlockType::kFinallyTry, .block = body, .exit = end, .finally_body = &s->finalbody}));
  if (s->handlers.empty()) {
    TRY(stmts(s->body));
  } else {
    TRY((this->*handled)(s));
  }
  TRY(opNoLine(Op::POP_BLOCK));
  popBlock();
  TRY(stmts(s->finalbody));
  TRY(jumpNoLine(Op::JUMP, exit));

  use(end);
  TRY(pushBlock({.type = FrameBlockType::kFinallyEnd, .block = end}));
  clearLoc();
  TRY(jump(Op::SETUP_CLEANUP, cleanup));
  TRY(op(Op::PUSH_EXC_INFO));
  TRY(stmts(s->finalbody));
  TRY(op(Op::RERAISE, 0));
  popBlock();
  use(cleanup);
  TRY(popExceptAndReraise());
  use(exit);
  return {};
}

Status CodeGen::popExceptAndReraise() {
  TRY(op(Op::COPY, 3));
  TRY(op(Op::POP_EXCEPT));
  return op(Op::RERAISE, 1);
}

Status CodeGen::clearHandlerName(compiler::Name name) {
  TRY(loadConst(Py_None));
  TRY(nameOp(name, NameUse::kStore));
  return nameOp(name, NameUse::kDelete);
}

Status CodeGen::tryExcept(Try* s) {
  Block* body = newBlock();
  Block* except = newBlock();
  Block* end = newBlock();
  Block* cleanup = newBlock();
  TRY(jump(Op::SETUP_FINALLY, except));
  use(body);
  TRY(pushBlock({.type = FrameBlockType::kTryExcept, .block = body}));
  TRY(stmts(s->body));
  popBlock();
  TRY(opNoLine(Op::POP_BLOCK));
  TRY(stmts(s->orelse));
  TRY(jumpNoLine(Op::JUMP, end));

  use(except);
  clearLoc();
  TRY(jump(Op::SETUP_CLEANUP, cleanup));
  TRY(op(Op::PUSH_EXC_INFO));
  TRY(pushBlock({.type = FrameBlockType::kExceptionHandler}));
  for (uint32_t i = 0; i < s->handlers.size(); i++) {
    ExceptHandler* handler = s->handlers[i];
    setLoc(handler->span);
    if (!handler->type && i + 1 < s->handlers.size()) return error("default 'except:' must be last");
    except = newBlock();
    if (handler->type) {
      TRY(visit(handler->type));
      TRY(op(Op::CHECK_EXC_MATCH));
      TRY(jump(Op::POP_JUMP_IF_FALSE, except));
    }
    TRY(exceptHandler(handler, end));
    use(except);
  }
  TRY(op(Op::RERAISE, 0));
  popBlock();
  use(cleanup);
  clearLoc();
  TRY(popExceptAndReraise());
  use(end);
  return {};
}

Status CodeGen::exceptHandler(ExceptHandler* handler, Block* end) {
  Block* cleanup_end = handler->name ? newBlock() : nullptr;
  Block* cleanup_body = newBlock();
  if (handler->name) {
    TRY(nameOp(handler->name, NameUse::kStore));
    TRY(jump(Op::SETUP_CLEANUP, cleanup_end));
  } else {
    TRY(op(Op::POP_TOP));
  }
  use(cleanup_body);
  TRY(pushBlock(
      {.type = FrameBlockType::kHandlerCleanup, .block = cleanup_body, .handler_name = handler->name}));
  TRY(stmts(handler->body));
  popBlock();
  clearLoc();
  if (handler->name) TRY(op(Op::POP_BLOCK));
  TRY(op(Op::POP_BLOCK));
  TRY(op(Op::POP_EXCEPT));
  if (handler->name) TRY(clearHandlerName(handler->name));
  TRY(jump(Op::JUMP, end));
  if (!handler->name) return {};

  use(cleanup_end);
  clearLoc();
  TRY(clearHandlerName(handler->name));
  return op(Op::RERAISE, 1);
}

// Each handler takes its part of the exception group; what handlers raise is collected in a list, and what is
// left over is appended last. PREP_RERAISE_STAR turns the list into what has to be raised, if anything.
Status CodeGen::tryStar(TryStar* s) {
  Block* body = newBlock();
  Block* except = newBlock();
  Block* orelse = newBlock();
  Block* end = newBlock();
  Block* cleanup = newBlock();
  Block* reraise_star = newBlock();
  TRY(jump(Op::SETUP_FINALLY, except));
  use(body);
  TRY(pushBlock({.type = FrameBlockType::kTryExcept, .block = body}));
  TRY(stmts(s->body));
  popBlock();
  TRY(opNoLine(Op::POP_BLOCK));
  TRY(jumpNoLine(Op::JUMP, orelse));

  use(except);
  clearLoc();
  TRY(jump(Op::SETUP_CLEANUP, cleanup));
  TRY(op(Op::PUSH_EXC_INFO));
  TRY(pushBlock({.type = FrameBlockType::kExceptionGroupHandler}));
  for (uint32_t i = 0; i < s->handlers.size(); i++) {
    ExceptHandler* handler = s->handlers[i];
    setLoc(handler->span);
    if (i == 0) {
      TRY(op(Op::COPY, 1));
      TRY(op(Op::BUILD_LIST, 0));
      TRY(op(Op::SWAP, 2));
    }
    Block* next = newBlock();
    TRY(starHandler(handler, next));
    use(next);
    if (i + 1 == s->handlers.size()) {
      TRY(op(Op::LIST_APPEND, 1));
      TRY(jump(Op::JUMP, reraise_star));
    }
  }
  popBlock();

  Block* reraise = newBlock();
  use(reraise_star);
  TRY(op(Op::PREP_RERAISE_STAR));
  TRY(op(Op::COPY, 1));
  TRY(jump(Op::POP_JUMP_IF_NOT_NONE, reraise));
  TRY(op(Op::POP_TOP));
  TRY(op(Op::POP_BLOCK));
  TRY(op(Op::POP_EXCEPT));
  TRY(jump(Op::JUMP, end));
  use(reraise);
  TRY(op(Op::POP_BLOCK));
  TRY(op(Op::SWAP, 2));
  TRY(op(Op::POP_EXCEPT));
  TRY(op(Op::RERAISE, 0));
  use(cleanup);
  TRY(popExceptAndReraise());
  use(orelse);
  TRY(stmts(s->orelse));
  use(end);
  return {};
}

Status CodeGen::starHandler(ExceptHandler* handler, Block* next) {
  Block* handle_match = newBlock();
  if (handler->type) {
    TRY(visit(handler->type));
    TRY(op(Op::CHECK_EG_MATCH));
    TRY(op(Op::COPY, 1));
    TRY(jump(Op::POP_JUMP_IF_NOT_NONE, handle_match));
    TRY(op(Op::POP_TOP));
    TRY(jump(Op::JUMP, next));
  }
  use(handle_match);
  Block* cleanup_end = newBlock();
  Block* cleanup_body = newBlock();
  if (handler->name) {
    TRY(nameOp(handler->name, NameUse::kStore));
  } else {
    TRY(op(Op::POP_TOP));
  }
  TRY(jump(Op::SETUP_CLEANUP, cleanup_end));
  use(cleanup_body);
  TRY(pushBlock(
      {.type = FrameBlockType::kHandlerCleanup, .block = cleanup_body, .handler_name = handler->name}));
  TRY(stmts(handler->body));
  popBlock();
  clearLoc();
  TRY(op(Op::POP_BLOCK));
  if (handler->name) TRY(clearHandlerName(handler->name));
  TRY(jump(Op::JUMP, next));

  use(cleanup_end);
  clearLoc();
  if (handler->name) TRY(clearHandlerName(handler->name));
  TRY(op(Op::LIST_APPEND, 3));
  TRY(op(Op::POP_TOP));
  return jump(Op::JUMP, next);
}

// --- with

Status CodeGen::callExitWithNones() {
  TRY(loadConst(Py_None));
  TRY(loadConst(Py_None));
  TRY(loadConst(Py_None));
  return emitCall(2);
}

// where: GET_AWAITABLE's hint for its error message: 1 after __aenter__, 2 after __aexit__.
Status CodeGen::await(int where) {
  TRY(op(Op::GET_AWAITABLE, where));
  TRY(loadConst(Py_None));
  return yieldFrom(true);
}

Status CodeGen::yieldFrom(bool is_await) {
  Block* start = newBlock();
  Block* resume = newBlock();
  Block* exit = newBlock();
  use(start);
  TRY(jump(Op::SEND, exit));
  use(resume);
  TRY(op(Op::YIELD_VALUE));
  TRY(op(Op::RESUME, is_await ? kResumeAwait : kResumeYieldFrom));
  TRY(jump(Op::JUMP_NO_INTERRUPT, start));
  use(exit);
  return {};
}

Status CodeGen::withExceptFinish(Block* cleanup) {
  Block* suppress = newBlock();
  TRY(jump(Op::POP_JUMP_IF_TRUE, suppress));
  TRY(op(Op::RERAISE, 2));
  use(cleanup);
  clearLoc();
  TRY(popExceptAndReraise());
  use(suppress);
  TRY(op(Op::POP_TOP));
  TRY(op(Op::POP_BLOCK));
  TRY(op(Op::POP_EXCEPT));
  TRY(op(Op::POP_TOP));
  return op(Op::POP_TOP);
}

Status CodeGen::with(With* s, uint32_t item) {
  Block* block = newBlock();
  Block* final = newBlock();
  Block* exit = newBlock();
  Block* cleanup = newBlock();
  TRY(visit(s->items[item]->context_expr));
  TRY(op(Op::BEFORE_WITH));
  TRY(jump(Op::SETUP_WITH, final));
  use(block);
  TRY(pushBlock({.type = FrameBlockType::kWith, .block = block, .exit = final, .with_span = s->span}));
  if (Expr* target = s->items[item]->optional_vars) {
    TRY(visit(target));
  } else {
    TRY(op(Op::POP_TOP));
  }
  if (item + 1 == s->items.size()) {
    TRY(stmts(s->body));
  } else {
    TRY(with(s, item + 1));
  }
  clearLoc();
  TRY(op(Op::POP_BLOCK));
  popBlock();

  setLoc(s->span);
  TRY(callExitWithNones());
  TRY(op(Op::POP_TOP));
  TRY(jump(Op::JUMP, exit));

  use(final);
  TRY(jump(Op::SETUP_CLEANUP, cleanup));
  TRY(op(Op::PUSH_EXC_INFO));
  TRY(op(Op::WITH_EXCEPT_START));
  TRY(withExceptFinish(cleanup));
  use(exit);
  return {};
}

Status CodeGen::asyncWith(AsyncWith* s, uint32_t item) {
  Block* block = newBlock();
  Block* final = newBlock();
  Block* exit = newBlock();
  Block* cleanup = newBlock();
  if (isTopLevelAwait()) {
    unit_->scope->is_coroutine = true;
  } else if (unit_->type != UnitType::kAsyncFunction) {
    return error("'async with' outside async function");
  }
  TRY(visit(s->items[item]->context_expr));
  TRY(op(Op::BEFORE_ASYNC_WITH));
  TRY(await(1));
  TRY(jump(Op::SETUP_WITH, final));
  use(block);
  TRY(pushBlock({.type = FrameBlockType::kAsyncWith, .block = block, .exit = final, .with_span = s->span}));
  if (Expr* target = s->items[item]->optional_vars) {
    TRY(visit(target));
  } else {
    TRY(op(Op::POP_TOP));
  }
  if (item + 1 == s->items.size()) {
    TRY(stmts(s->body));
  } else {
    TRY(asyncWith(s, item + 1));
  }
  popBlock();
  TRY(op(Op::POP_BLOCK));

  setLoc(s->span);
  TRY(callExitWithNones());
  TRY(await(2));
  TRY(op(Op::POP_TOP));
  TRY(jump(Op::JUMP, exit));

  use(final);
  TRY(jump(Op::SETUP_CLEANUP, cleanup));
  TRY(op(Op::PUSH_EXC_INFO));
  TRY(op(Op::WITH_EXCEPT_START));
  TRY(await(2));
  TRY(withExceptFinish(cleanup));
  use(exit);
  return {};
}

}  // namespace krait::compiler
