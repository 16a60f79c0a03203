#include "compiler/flow_graph.h"

namespace krait::compiler {

bool Block::isExitWithoutLine() const {
  if (!exits) return false;
  for (const Instr& instr : instrs) {
    if (instr.loc.lineno >= 0) return false;
  }
  return true;
}

FlowGraph::FlowGraph() { entry_ = current_ = newBlock(); }

Block* FlowGraph::newBlock() {
  Block* block = &blocks_.emplace_back();
  block->older = newest_;
  newest_ = block;
  return block;
}

void FlowGraph::useNext(Block* block) {
  KR_ASSERT(block && !block->next && block != current_, "a block is placed once");
  current_->next = block;
  current_ = block;
}

void FlowGraph::emit(Op op, int oparg, Block* target, const ast::Span& loc) {
  if (Instr* last = current_->last(); last && (last->isJump() || last->isScopeExit())) useNext(newBlock());
  Instr& made = current_->instrs.emplace_back();
  made.op = op;
  made.oparg = oparg;
  made.target = target;
  made.loc = loc;
}

std::vector<Block*> FlowGraph::blocksInOrder() const {
  std::vector<Block*> all;
  for (Block* b = entry_; b; b = b->next) all.push_back(b);
  return all;
}

}  // namespace krait::compiler
