// break, continue and return: leaving loops, try and with blocks on the way.
#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

namespace {
constexpr size_t kMaxFrameBlocks = 20;
}  // namespace

Status CodeGen::pushBlock(FrameBlock block) {
  if (unit_->frame_blocks.size() >= kMaxFrameBlocks) return error("too many statically nested blocks");
  unit_->frame_blocks.push_back(block);
  return {};
}

// preserve_top: the value to be returned is on top of the stack and has to stay there.
Status CodeGen::unwind(FrameBlock block, bool preserve_top) {
  auto keep_top = [&]() -> Status { return preserve_top ? op(Op::SWAP, 2) : Status(); };
  switch (block.type) {
    case FrameBlockType::kWhileLoop:
    case FrameBlockType::kExceptionHandler:
    case FrameBlockType::kExceptionGroupHandler:
    case FrameBlockType::kAsyncComprehension: return {};
    case FrameBlockType::kForLoop:
    case FrameBlockType::kPopValue: TRY(keep_top()); return op(Op::POP_TOP);
    case FrameBlockType::kTryExcept: return op(Op::POP_BLOCK);
    case FrameBlockType::kFinallyTry:
      TRY(op(Op::POP_BLOCK));
      if (preserve_top) TRY(pushBlock({.type = FrameBlockType::kPopValue}));
      TRY(stmts(*block.finally_body));
      if (preserve_top) popBlock();
      // What follows belongs to the unwinding statement, which ran before the finally block.
      clearLoc();
      return {};
    case FrameBlockType::kFinallyEnd:
      TRY(keep_top());
      TRY(op(Op::POP_TOP));
      TRY(keep_top());
      TRY(op(Op::POP_BLOCK));
      return op(Op::POP_EXCEPT);
    case FrameBlockType::kWith:
    case FrameBlockType::kAsyncWith:
      setLoc(block.with_span);
      TRY(op(Op::POP_BLOCK));
      TRY(keep_top());
      TRY(callExitWithNones());
      if (block.type == FrameBlockType::kAsyncWith) TRY(await(2));
      TRY(op(Op::POP_TOP));
      clearLoc();
      return {};
    case FrameBlockType::kHandlerCleanup:
      if (block.handler_name) TRY(op(Op::POP_BLOCK));
      TRY(keep_top());
      TRY(op(Op::POP_BLOCK));
      TRY(op(Op::POP_EXCEPT));
      return block.handler_name ? clearHandlerName(block.handler_name) : Status();
  }
  return {};
}

Status CodeGen::unwindStack(bool preserve_top, std::optional<FrameBlock>* loop) {
  auto& blocks = unit_->frame_blocks;
  if (blocks.empty()) return {};
  FrameBlock top = blocks.back();
  if (top.type == FrameBlockType::kExceptionGroupHandler) {
    return error("'break', 'continue' and 'return' cannot appear in an except* block");
  }
  if (loop && (top.type == FrameBlockType::kWhileLoop || top.type == FrameBlockType::kForLoop)) {
    *loop = top;
    return {};
  }
  // While its own unwinding code is compiled the block is not there.
  blocks.pop_back();
  TRY(unwind(top, preserve_top));
  TRY(unwindStack(preserve_top, loop));
  unit_->frame_blocks.push_back(top);
  return {};
}

Status CodeGen::returnStmt(Return* s) {
  bool preserve_top = s->value && !s->value->is<Constant>();
  if (!unit_->isFunctionBlock()) return error("'return' outside function");
  if (s->value && unit_->scope->is_coroutine && unit_->scope->is_generator) {
    return error("'return' with value in async generator");
  }
  if (preserve_top) {
    TRY(visit(s->value));
  } else if (s->value) {
    setLoc(s->value->span);
    TRY(op(Op::NOP));
  }
  if (!s->value || s->value->span.lineno != s->span.lineno) {
    setLoc(s->span);
    TRY(op(Op::NOP));
  }
  TRY(unwindStack(preserve_top, nullptr));
  if (!s->value) {
    TRY(loadConst(Py_None));
  } else if (!preserve_top) {
    TRY(constant(s->value->as<Constant>()));
  }
  return op(Op::RETURN_VALUE);
}

Status CodeGen::breakStmt() {
  Span statement = unit_->loc;
  TRY(op(Op::NOP));
  std::optional<FrameBlock> loop;
  TRY(unwindStack(false, &loop));
  if (!loop) {
    setLoc(statement);
    return error("'break' outside loop");
  }
  TRY(unwind(*loop, false));
  return jump(Op::JUMP, loop->exit);
}

Status CodeGen::continueStmt() {
  Span statement = unit_->loc;
  TRY(op(Op::NOP));
  std::optional<FrameBlock> loop;
  TRY(unwindStack(false, &loop));
  if (!loop) {
    setLoc(statement);
    return error("'continue' not properly in loop");
  }
  return jump(Op::JUMP, loop->block);
}

}  // namespace krait::compiler
