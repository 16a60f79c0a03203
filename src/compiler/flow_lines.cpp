// Line numbers of artificial instructions: every exit of a function gets the line of the code that led to it.
#include "compiler/flow_graph.h"

namespace krait::compiler {
namespace {

void takeLocation(Instr& to, const Instr& from) { to.loc = from.loc; }

}  // namespace

Block* FlowGraph::copyExit(Block* block) {
  Block* copy = newBlock();
  copy->instrs = block->instrs;
  copy->exits = true;
  copy->falls_through = false;
  return copy;
}

void FlowGraph::duplicateExitsWithoutLine() {
  Block* newest = newest_;
  for (Block* b = newest; b; b = b->older) {
    Instr* last = b->last();
    if (!last || !last->isJump()) continue;
    Block* target = last->target;
    if (!target->isExitWithoutLine() || target->predecessors <= 1) continue;
    Block* copy = copyExit(target);
    takeLocation(copy->instrs[0], *last);
    last->target = copy;
    target->predecessors--;
    copy->predecessors = 1;
    copy->next = target->next;
    target->next = copy;
  }
  for (Block* b = newest_; b; b = b->older) {
    while (b->next && b->next->empty()) b->next = b->next->next;
  }
  // What is left is reached by falling through, from one place only.
  for (Block* b = newest_; b; b = b->older) {
    if (!b->falls_through || !b->next || b->empty() || !b->next->isExitWithoutLine()) continue;
    takeLocation(b->next->instrs[0], *b->last());
  }
}

void FlowGraph::propagateLines() {
  for (Block* b = entry_; b; b = b->next) {
    if (b->empty()) continue;
    Instr previous;
    for (Instr& instr : b->instrs) {
      if (instr.loc.lineno < 0) {
        instr.loc = previous.loc;
      } else {
        previous.loc = instr.loc;
      }
    }
    if (b->falls_through && b->next && b->next->predecessors == 1 && !b->next->empty()) {
      if (b->next->instrs[0].loc.lineno < 0) takeLocation(b->next->instrs[0], previous);
    }
    Instr* last = b->last();
    if (last->isJump() && last->target->predecessors == 1) {
      if (last->target->instrs[0].loc.lineno < 0) takeLocation(last->target->instrs[0], previous);
    }
  }
}

void FlowGraph::guaranteeLinesForExits(int line) {
  for (Block* b = entry_; b; b = b->next) {
    Instr* last = b->last();
    if (!last) continue;
    if (last->loc.lineno >= 0) {
      line = last->loc.lineno;
    } else if (last->op == Op::RETURN_VALUE) {
      for (Instr& instr : b->instrs) instr.loc.lineno = line;
    }
  }
}

}  // namespace krait::compiler
