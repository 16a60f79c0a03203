// The control flow graph of one code object: basic blocks of instructions, made by the code generator,
// improved by flow_*.cpp, laid out by assemble.cpp.
//
// Holds: a block is entered at its first instruction only; jumps and returns end it. `next` is the textual
// order, `older` the reverse order of creation; several passes depend on which of the two they walk.
// Ownership: blocks live in the graph's arena; instruction arrays are plain vectors freed with the graph.
#pragma once

#include <deque>
#include <vector>

#include "bytecode/opcode.h"
#include "compiler/const_table.h"
#include "parser/ast.h"

namespace krait::compiler {

constexpr ast::Span kNoLocation{-1, -1, -1, -1};

struct Block;

struct Instr {
  Op op = Op::NOP;
  int oparg = 0;
  Block* target = nullptr;   // of jumps and SETUP_*
  Block* handler = nullptr;  // where an exception raised here goes; set by labelHandlers
  ast::Span loc = kNoLocation;

  bool isBlockPush() const {
    return op == Op::SETUP_FINALLY || op == Op::SETUP_CLEANUP || op == Op::SETUP_WITH;
  }
  bool isJump() const { return opIsJump(op) && !isBlockPush(); }
  bool isScopeExit() const { return op == Op::RETURN_VALUE || op == Op::RAISE_VARARGS || op == Op::RERAISE; }
  bool isUnconditionalJump() const { return op == Op::JUMP || op == Op::JUMP_NO_INTERRUPT; }
  void clear() {
    op = Op::NOP;
    oparg = 0;
    target = nullptr;
  }
};

struct Block {
  std::vector<Instr> instrs;
  Block* next = nullptr;
  Block* older = nullptr;
  int predecessors = 0;
  int start_depth = -1;
  int offset = 0;               // in code units
  bool exits = false;           // returns or raises
  bool falls_through = true;    // may continue with `next`
  bool preserve_lasti = false;  // as a handler: the stack holds lasti below the exception
  bool visited = false;

  bool empty() const { return instrs.empty(); }
  Instr* last() { return instrs.empty() ? nullptr : &instrs.back(); }
  bool isExitWithoutLine() const;
};

class FlowGraph {
 public:
  FlowGraph();
  FlowGraph(const FlowGraph&) = delete;
  FlowGraph& operator=(const FlowGraph&) = delete;

  Block* newBlock();
  // Makes `block` follow the current one and continues there.
  void useNext(Block* block);
  void emit(Op op, int oparg, Block* target, const ast::Span& loc);

  Block* entry() const { return entry_; }
  Block* newest() const { return newest_; }
  Block* current() const { return current_; }
  std::vector<Block*> blocksInOrder() const;

  // The passes, in the order that finish() runs them; see the .cpp files.
  Status normalize();                         // flow_optimize.cpp
  Status optimize(ConstTable& consts);        // flow_optimize.cpp
  void duplicateExitsWithoutLine();           // flow_lines.cpp
  void propagateLines();                      // flow_lines.cpp
  void guaranteeLinesForExits(int line);      // flow_lines.cpp
  Result<int> stackDepth(bool is_generator);  // flow_stack.cpp
  void labelHandlers();                       // flow_stack.cpp
  void dropHandlerMarks();                    // flow_stack.cpp
  void resolveJumpDirections();               // flow_stack.cpp

  void removeNops(Block* block);
  void removeEmptyBlocks();

 private:
  Status optimizeBlock(Block* block, ConstTable& consts);
  Status foldTuple(Block* block, size_t at, int count, ConstTable& consts);
  void inlineSmallExit(Block* block);
  void markReachable();
  void removeUnreachable();
  void removeRedundantJumps();
  Block* copyExit(Block* block);

  std::deque<Block> blocks_;
  Block* entry_;
  Block* current_;
  Block* newest_ = nullptr;
};

}  // namespace krait::compiler
