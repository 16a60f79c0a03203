// Stack depth, exception handlers and the final form of jumps.
#include <algorithm>
#include <climits>

#include "bytecode/stack_effect.h"
#include "compiler/flow_graph.h"
#include "core/errors.h"

namespace krait::compiler {
namespace {

bool endsStraightLine(const Instr& instr) { return instr.isUnconditionalJump() || instr.isScopeExit(); }

class DepthWalk {
 public:
  void push(Block* block, int depth) {
    if (block->start_depth >= 0) return;
    block->start_depth = depth;
    todo_.push_back(block);
  }
  int run() {
    while (!todo_.empty()) {
      Block* block = todo_.back();
      todo_.pop_back();
      walk(block);
    }
    return deepest_;
  }

 private:
  void walk(Block* block) {
    int depth = block->start_depth;
    for (const Instr& instr : block->instrs) {
      int after = depth + stackEffect(instr.op, instr.oparg, JumpTaken::kNo);
      deepest_ = std::max(deepest_, after);
      if (instr.target) {
        int at_target = depth + stackEffect(instr.op, instr.oparg, JumpTaken::kYes);
        deepest_ = std::max(deepest_, at_target);
        push(instr.target, at_target);
      }
      depth = after;
      if (endsStraightLine(instr)) return;
    }
    if (block->next) push(block->next, depth);
  }

  std::vector<Block*> todo_;
  int deepest_ = 0;
};

using HandlerStack = std::vector<Block*>;

Block* top(const HandlerStack& stack) { return stack.empty() ? nullptr : stack.back(); }

class HandlerWalk {
 public:
  explicit HandlerWalk(size_t block_count) { stacks_.reserve(block_count); }
  void reach(Block* block, const HandlerStack& stack) {
    if (block->visited) return;
    block->visited = true;
    stacks_.push_back(stack);
    todo_.push_back({block, stacks_.size() - 1});
  }
  void run() {
    while (!todo_.empty()) {
      auto [block, index] = todo_.back();
      todo_.pop_back();
      walk(block, std::move(stacks_[index]));
    }
  }

 private:
  void walk(Block* block, HandlerStack stack) {
    for (Instr& instr : block->instrs) {
      if (instr.isBlockPush()) {
        reach(instr.target, stack);
        if (instr.op != Op::SETUP_FINALLY) instr.target->preserve_lasti = true;
        stack.push_back(instr.target);
      } else if (instr.op == Op::POP_BLOCK) {
        KR_ASSERT(!stack.empty(), "POP_BLOCK closes a SETUP");
        stack.pop_back();
      } else {
        instr.handler = top(stack);
        if (instr.isJump()) reach(instr.target, stack);
      }
    }
    if (block->falls_through && block->next) reach(block->next, stack);
  }

  std::vector<HandlerStack> stacks_;
  std::vector<std::pair<Block*, size_t>> todo_;
};

Op directed(Op op, bool forward) {
  switch (op) {
    case Op::JUMP: return forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD;
    case Op::JUMP_NO_INTERRUPT: return forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD_NO_INTERRUPT;
    case Op::POP_JUMP_IF_FALSE:
      return forward ? Op::POP_JUMP_FORWARD_IF_FALSE : Op::POP_JUMP_BACKWARD_IF_FALSE;
    case Op::POP_JUMP_IF_TRUE: return forward ? Op::POP_JUMP_FORWARD_IF_TRUE : Op::POP_JUMP_BACKWARD_IF_TRUE;
    case Op::POP_JUMP_IF_NONE: return forward ? Op::POP_JUMP_FORWARD_IF_NONE : Op::POP_JUMP_BACKWARD_IF_NONE;
    case Op::POP_JUMP_IF_NOT_NONE:
      return forward ? Op::POP_JUMP_FORWARD_IF_NOT_NONE : Op::POP_JUMP_BACKWARD_IF_NOT_NONE;
    default: KR_ASSERT(forward, "these opcodes only jump forward"); return op;
  }
}

}  // namespace

// The deepest the value stack gets; every block learns its depth at entry.
Result<int> FlowGraph::stackDepth(bool is_generator) {
  DepthWalk walk;
  walk.push(entry_, is_generator ? 1 : 0);
  int depth = walk.run();
  if (depth < 0 || depth > INT_MAX / 16) return raise(PyExc_SystemError, "stack depth out of range");
  return depth;
}

void FlowGraph::labelHandlers() {
  for (Block* b = entry_; b; b = b->next) b->visited = false;
  HandlerWalk walk(blocks_.size());
  walk.reach(entry_, {});
  walk.run();
}

// Handlers are labelled: SETUP_* and POP_BLOCK have done their work.
void FlowGraph::dropHandlerMarks() {
  for (Block* b = entry_; b; b = b->next) {
    for (Instr& instr : b->instrs) {
      if (instr.isBlockPush() || instr.op == Op::POP_BLOCK) instr.clear();
    }
  }
  for (Block* b = entry_; b; b = b->next) removeNops(b);
}

void FlowGraph::resolveJumpDirections() {
  for (Block* b = entry_; b; b = b->next) b->visited = false;
  for (Block* b = entry_; b; b = b->next) {
    b->visited = true;
    Instr* last = b->last();
    if (last && last->isJump()) last->op = directed(last->op, !last->target->visited);
  }
}

}  // namespace krait::compiler
