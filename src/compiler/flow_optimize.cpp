// The optimiser of the flow graph. Every rule, and the order in which they run, is CPython 3.11's, because
// the code object has to come out equal.
#include <algorithm>

#include "compiler/flow_graph.h"
#include "core/object.h"
#include "types/tuple.h"

namespace krait::compiler {
namespace {

constexpr size_t kMaxInlinedExit = 4;

Block* skipEmpty(Block* block) {
  while (block->empty() && block->next) block = block->next;
  return block;
}

Op opAt(const Block& block, size_t at) { return at < block.instrs.size() ? block.instrs[at].op : Op::CACHE; }

// A jump to an unconditional jump goes to the final place at once, unless the line would no longer be seen.
bool threadJump(Instr& jump, const Instr& target, Op new_op) {
  if (jump.loc.lineno != target.loc.lineno || jump.target == target.target) return false;
  jump.target = target.target;
  jump.op = new_op;
  return true;
}

// `a and b or c`: the first test already decides the second one, which then only needs passing by.
bool passOppositeTest(Instr& jump, const Instr& target, Op popping) {
  if (jump.loc.lineno != target.loc.lineno) return false;
  jump.op = popping;
  jump.target = jump.target->next;
  return true;
}

// Answers whether the instruction changed and has to be looked at again.
bool threadConditional(Instr& jump, const Instr& target, Op or_pop, Op opposite_or_pop, Op popping,
                       Op opposite_popping) {
  if (target.op == popping) return threadJump(jump, target, popping);
  if (target.op == Op::JUMP || target.op == or_pop) return threadJump(jump, target, or_pop);
  if (target.op == opposite_or_pop || target.op == opposite_popping)
    return passOppositeTest(jump, target, popping);
  return false;
}

bool threadAnyJump(Instr& jump, const Instr& target) {
  switch (jump.op) {
    case Op::JUMP_IF_FALSE_OR_POP:
      return threadConditional(jump, target, Op::JUMP_IF_FALSE_OR_POP, Op::JUMP_IF_TRUE_OR_POP,
                               Op::POP_JUMP_IF_FALSE, Op::POP_JUMP_IF_TRUE);
    case Op::JUMP_IF_TRUE_OR_POP:
      return threadConditional(jump, target, Op::JUMP_IF_TRUE_OR_POP, Op::JUMP_IF_FALSE_OR_POP,
                               Op::POP_JUMP_IF_TRUE, Op::POP_JUMP_IF_FALSE);
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::POP_JUMP_IF_NONE:
    case Op::POP_JUMP_IF_NOT_NONE:
    case Op::JUMP: return target.op == Op::JUMP && threadJump(jump, target, jump.op);
    default: return false;
  }
}

// LOAD_CONST followed by a test of it: the outcome is known.
Status decideConstTest(Block* block, size_t at, ConstTable& consts) {
  Instr& load = block->instrs[at];
  Instr& test = block->instrs[at + 1];
  bool pops = test.op == Op::POP_JUMP_IF_FALSE || test.op == Op::POP_JUMP_IF_TRUE;
  bool jump_if = test.op == Op::POP_JUMP_IF_TRUE || test.op == Op::JUMP_IF_TRUE_OR_POP;
  bool jumps = TRY(objectIsTrue(consts.at(load.oparg))) == jump_if;
  if (pops || !jumps) load.clear();
  if (jumps) {
    test.op = Op::JUMP;
    block->falls_through = false;
  } else {
    test.clear();
  }
  return {};
}

// `x is None` and `x is not None` as conditions have jumps of their own.
void useNoneJump(Block* block, size_t at, ConstTable& consts) {
  if (consts.at(block->instrs[at].oparg) != Py_None) return;
  Op jump = opAt(*block, at + 2);
  if (jump != Op::POP_JUMP_IF_FALSE && jump != Op::POP_JUMP_IF_TRUE) return;
  bool inverted = block->instrs[at + 1].oparg == 1;
  block->instrs[at].clear();
  block->instrs[at + 1].clear();
  bool not_none = inverted != (jump == Op::POP_JUMP_IF_FALSE);
  block->instrs[at + 2].op = not_none ? Op::POP_JUMP_IF_NOT_NONE : Op::POP_JUMP_IF_NONE;
}

Status simplifyLoadConst(Block* block, size_t at, ConstTable& consts) {
  switch (opAt(*block, at + 1)) {
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::JUMP_IF_FALSE_OR_POP:
    case Op::JUMP_IF_TRUE_OR_POP: return decideConstTest(block, at, consts);
    case Op::IS_OP: useNoneJump(block, at, consts); return {};
    default: return {};
  }
}

// BUILD_TUPLE n, UNPACK_SEQUENCE n only reorders the stack for n up to 3.
bool unpackBuiltTuple(Block* block, size_t at) {
  Instr& build = block->instrs[at];
  if (opAt(*block, at + 1) != Op::UNPACK_SEQUENCE || block->instrs[at + 1].oparg != build.oparg) return false;
  if (build.oparg < 1 || build.oparg > 3) return false;
  block->instrs[at + 1].op = build.oparg == 1 ? Op::NOP : Op::SWAP;
  build.clear();
  return true;
}

// LOAD_GLOBAL can push the NULL below a callable itself.
void pushNullWithGlobal(Block* block, size_t at) {
  if (opAt(*block, at + 1) != Op::LOAD_GLOBAL || (block->instrs[at + 1].oparg & 1)) return;
  block->instrs[at].clear();
  block->instrs[at + 1].oparg |= 1;
}

constexpr int kVisited = -1;

// Writes the permutation `stack` as the fewest SWAPs, backwards from `end`; answers how many slots were left
// unused.
size_t writeSwaps(Instr* run, size_t length, std::vector<int>& stack) {
  size_t current = length;
  for (int i = 0; i < static_cast<int>(stack.size()); i++) {
    if (stack[i] == kVisited || stack[i] == i) continue;
    for (int j = i;;) {
      if (j != 0) {
        KR_ASSERT(current > 0, "a run of swaps never grows");
        run[--current].op = Op::SWAP;
        run[current].oparg = j + 1;
      }
      if (stack[j] == kVisited) break;
      j = std::exchange(stack[j], kVisited);
    }
  }
  return current;
}

// Replaces a run of SWAPs (with NOPs between) by an optimal one; answers the index of the run's last
// instruction.
size_t optimizeSwapRun(Block* block, size_t at) {
  Instr* run = &block->instrs[at];
  size_t limit = block->instrs.size() - at;
  int depth = run[0].oparg;
  size_t length = 1;
  bool more = false;
  for (; length < limit; length++) {
    if (run[length].op == Op::SWAP) {
      depth = std::max(depth, run[length].oparg);
      more = true;
    } else if (run[length].op != Op::NOP) {
      break;
    }
  }
  if (!more) return at;
  std::vector<int> stack(static_cast<size_t>(depth));
  for (int i = 0; i < depth; i++) stack[i] = i;
  for (size_t i = 0; i < length; i++) {
    if (run[i].op == Op::SWAP) std::swap(stack[0], stack[run[i].oparg - 1]);
  }
  size_t unused = writeSwaps(run, length, stack);
  while (unused > 0) run[--unused].clear();
  return at + length - 1;
}

// Stores and pops touch nothing but the top of the stack, so they may trade places instead of their values.
bool isSwappable(Op op) { return op == Op::STORE_FAST || op == Op::POP_TOP; }

constexpr size_t kNowhere = static_cast<size_t>(-1);

size_t nextSwappable(const Block* block, size_t at, int line) {
  while (++at < block->instrs.size()) {
    const Instr& instr = block->instrs[at];
    if (line >= 0 && instr.loc.lineno != line) return kNowhere;
    if (instr.op == Op::NOP) continue;
    return isSwappable(instr.op) ? at : kNowhere;
  }
  return kNowhere;
}

void applyStaticSwaps(Block* block, size_t at) {
  for (size_t i = at + 1; i-- > 0;) {
    Instr& swap = block->instrs[i];
    if (swap.op == Op::NOP || isSwappable(swap.op)) continue;
    if (swap.op != Op::SWAP) return;
    size_t first = nextSwappable(block, i, -1);
    if (first == kNowhere) return;
    int line = block->instrs[first].loc.lineno;
    size_t last = first;
    for (int count = swap.oparg - 1; count > 0; count--) {
      last = nextSwappable(block, last, line);
      if (last == kNowhere) return;
    }
    swap.clear();
    std::swap(block->instrs[first], block->instrs[last]);
  }
}

}  // namespace

// Marks how each block ends and makes jumps go to non-empty blocks.
Status FlowGraph::normalize() {
  for (Block* b = newest_; b; b = b->older) {
    for (Instr& instr : b->instrs) {
      if (instr.isScopeExit()) b->exits = true;
      if (instr.isScopeExit() || instr.isUnconditionalJump()) b->falls_through = false;
      if (instr.isJump()) instr.target = skipEmpty(instr.target);
    }
  }
  return {};
}

Status FlowGraph::foldTuple(Block* block, size_t at, int count, ConstTable& consts) {
  if (at < static_cast<size_t>(count)) return {};
  Instr* first = &block->instrs[at - static_cast<size_t>(count)];
  for (int i = 0; i < count; i++) {
    if (first[i].op != Op::LOAD_CONST) return {};
  }
  Ref<TupleObject> tuple = TRY(tupleNew(count));
  for (int i = 0; i < count; i++) tuple->ob_item[i] = share(consts.at(first[i].oparg)).leak();
  int index = TRY(consts.addByIdentity(TRY(consts.cache().mergeWhole(std::move(tuple)))));
  for (int i = 0; i < count; i++) first[i].clear();
  first[count].op = Op::LOAD_CONST;
  first[count].oparg = index;
  return {};
}

Status FlowGraph::optimizeBlock(Block* block, ConstTable& consts) {
  static constexpr Instr kNop{};
  for (size_t i = 0; i < block->instrs.size(); i++) {
    Instr& instr = block->instrs[i];
    const Instr* target = &kNop;
    if (instr.isJump() || instr.isBlockPush()) {
      instr.target = skipEmpty(instr.target);
      if (!instr.target->empty()) target = &instr.target->instrs[0];
    }
    switch (instr.op) {
      case Op::LOAD_CONST: TRY(simplifyLoadConst(block, i, consts)); break;
      case Op::BUILD_TUPLE:
        if (!unpackBuiltTuple(block, i)) TRY(foldTuple(block, i, instr.oparg, consts));
        break;
      case Op::PUSH_NULL: pushNullWithGlobal(block, i); break;
      case Op::SWAP:
        i = optimizeSwapRun(block, i);
        applyStaticSwaps(block, i);
        break;
      default:
        if (threadAnyJump(instr, *target)) i--;
        break;
    }
  }
  return {};
}

// A jump to a short block that leaves the function and has no line of its own becomes a copy of that block.
void FlowGraph::inlineSmallExit(Block* block) {
  Instr* last = block->last();
  if (!last || last->op != Op::JUMP) return;
  Block* exit = last->target;
  if (!exit->isExitWithoutLine() || exit->instrs.size() > kMaxInlinedExit) return;
  last->clear();
  for (size_t i = 0; i < exit->instrs.size(); i++) {
    Instr copied = exit->instrs[i];
    block->instrs.push_back(copied);
  }
  block->exits = true;
}

void FlowGraph::markReachable() {
  std::vector<Block*> todo{entry_};
  entry_->predecessors = 1;
  auto reach = [&todo](Block* block) {
    if (block->predecessors++ == 0) todo.push_back(block);
  };
  while (!todo.empty()) {
    Block* b = todo.back();
    todo.pop_back();
    if (b->next && b->falls_through) reach(b->next);
    for (Instr& instr : b->instrs) {
      if (instr.target) reach(instr.target);
    }
  }
}

void FlowGraph::removeUnreachable() {
  for (Block* b = entry_; b; b = b->next) {
    if (b->predecessors > 0) continue;
    b->instrs.clear();
    b->falls_through = true;
  }
}

// Drops NOPs whose line is seen anyway within the block or at the start of the next one.
void FlowGraph::removeNops(Block* block) {
  std::vector<Instr>& instrs = block->instrs;
  int previous_line = -1;
  size_t kept = 0;
  for (size_t i = 0; i < instrs.size(); i++) {
    int line = instrs[i].loc.lineno;
    if (instrs[i].op == Op::NOP) {
      if (line < 0 || previous_line == line) continue;
      if (i + 1 < instrs.size()) {
        int next_line = instrs[i + 1].loc.lineno;
        if (next_line < 0) instrs[i + 1].loc = instrs[i].loc;
        if (next_line < 0 || next_line == line) continue;
      } else {
        Block* next = block->next;
        while (next && next->empty()) next = next->next;
        if (next && line == next->instrs[0].loc.lineno) continue;
      }
    }
    if (kept != i) instrs[kept] = instrs[i];
    previous_line = line;
    kept++;
  }
  instrs.resize(kept);
}

void FlowGraph::removeEmptyBlocks() {
  for (Block* b = entry_; b; b = b->next) {
    if (b->next) b->next = skipEmpty(b->next);
  }
  for (Block* b = entry_; b; b = b->next) {
    for (Instr& instr : b->instrs) {
      if (instr.target) instr.target = skipEmpty(instr.target);
    }
  }
}

// A jump to the block that follows anyway.
void FlowGraph::removeRedundantJumps() {
  bool removed = false;
  for (Block* b = entry_; b; b = b->next) {
    Instr* last = b->last();
    if (!last || !last->isUnconditionalJump() || last->target != b->next) continue;
    b->falls_through = true;
    last->clear();
    removed = true;
  }
  if (removed) removeEmptyBlocks();
}

Status FlowGraph::optimize(ConstTable& consts) {
  for (Block* b = newest_; b; b = b->older) inlineSmallExit(b);
  for (Block* b = entry_; b; b = b->next) {
    TRY(optimizeBlock(b, consts));
    removeNops(b);
  }
  for (Block* b = newest_; b; b = b->older) inlineSmallExit(b);
  markReachable();
  removeUnreachable();
  for (Block* b = entry_; b; b = b->next) removeNops(b);
  removeEmptyBlocks();
  removeRedundantJumps();
  return {};
}

}  // namespace krait::compiler
