// From flow graph to code object: prefix instructions, offsets of cells and jumps, byte code, tables.
#include <algorithm>

#include "bytecode/code_flags.h"
#include "bytecode/exception_table.h"
#include "bytecode/location_table.h"
#include "compiler/unit.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/tuple.h"

namespace krait::compiler {
namespace {

int extendedArgs(int oparg) { return (oparg > 0xffffff) + (oparg > 0xffff) + (oparg > 0xff); }
int instrUnits(const Instr& instr) { return extendedArgs(instr.oparg) + 1 + opCacheUnits(instr.op); }

bool usesCellOffset(Op op) {
  switch (op) {
    case Op::MAKE_CELL:
    case Op::LOAD_CLOSURE:
    case Op::LOAD_DEREF:
    case Op::STORE_DEREF:
    case Op::DELETE_DEREF:
    case Op::LOAD_CLASSDEREF: return true;
    default: return false;
  }
}

class Assembler {
 public:
  Assembler(Context& context, Unit& unit, int flags) : context_(context), unit_(unit), flags_(flags) {}
  Result<Compiled> run(bool add_none);

 private:
  Status finishLastBlock(bool add_none);
  void placeCells();
  void addPrefix();
  void applyCellOffsets();
  void trimConsts();
  void computeOffsets();
  void emitBlocks();
  void emit(const Instr& instr);
  void emitExceptionTable();
  void appendHandlerRange(int start, int end, const Block* handler);

  Result<Ref<>> names(const std::vector<Name>& list);
  Result<Ref<>> constTuple();
  Result<Ref<>> localNames();
  Result<Ref<BytesObject>> localKinds();
  Result<Ref<>> shared(Ref<> object) { return unit_.consts.cache().mergeWhole(std::move(object)); }
  // Of its own: a single byte is not the one that all others share.
  static Result<Ref<BytesObject>> ownBytes(const std::vector<uint8_t>& bytes) {
    Ref<BytesObject> made = TRY(bytesNew(static_cast<Py_ssize_t>(bytes.size())));
    std::ranges::copy(bytes, made->data());
    return made;
  }
  Result<Ref<>> sharedBytes(const std::vector<uint8_t>& bytes) { return shared(TRY(ownBytes(bytes))); }
  Result<Ref<>> makeCode();

  Context& context_;
  Unit& unit_;
  int flags_;
  int stack_size_ = 0;
  std::vector<int> cell_slots_;  // place in localsplus of each cell, then of each free variable
  int slot_count_ = 0;
  std::vector<uint8_t> code_, locations_, handlers_;
};

// Running off the end returns None.
Status Assembler::finishLastBlock(bool add_none) {
  const Instr* last = unit_.graph.current()->last();
  if (last && last->op == Op::RETURN_VALUE) return {};
  if (add_none) unit_.graph.emit(Op::LOAD_CONST, TRY(unit_.consts.add(none())), nullptr, kNoLocation);
  unit_.graph.emit(Op::RETURN_VALUE, 0, nullptr, kNoLocation);
  return {};
}

// Cells and free variables follow the locals; a parameter that is a cell stays where it is.
void Assembler::placeCells() {
  int next = unit_.varnames.size();
  for (Name name : unit_.cellvars.names()) {
    int param = unit_.varnames.find(name);
    cell_slots_.push_back(param == NameMap::kAbsent ? next++ : param);
  }
  for (int i = 0; i < unit_.freevars.size(); i++) cell_slots_.push_back(next++);
  slot_count_ = next;
}

void Assembler::addPrefix() {
  std::vector<Instr> prefix;
  auto add = [&prefix](Op op, int oparg, const ast::Span& loc) {
    prefix.push_back({.op = op, .oparg = oparg, .loc = loc});
  };
  if (unit_.freevars.size() > 0) add(Op::COPY_FREE_VARS, unit_.freevars.size(), kNoLocation);
  std::vector<int> cells;
  for (int i = 0; i < unit_.cellvars.size(); i++) cells.push_back(i);
  std::sort(cells.begin(), cells.end(), [this](int a, int b) {
    return cell_slots_[static_cast<size_t>(a)] < cell_slots_[static_cast<size_t>(b)];
  });
  for (int cell : cells) add(Op::MAKE_CELL, cell, kNoLocation);
  if (flags_ & (kCoGenerator | kCoCoroutine | kCoAsyncGenerator)) {
    add(Op::RETURN_GENERATOR, 0, {unit_.first_line, -1, unit_.first_line, -1});
    add(Op::POP_TOP, 0, kNoLocation);
  }
  auto& entry = unit_.graph.entry()->instrs;
  entry.insert(entry.begin(), prefix.begin(), prefix.end());
}

void Assembler::applyCellOffsets() {
  for (Block* b : unit_.graph.blocksInOrder()) {
    for (Instr& instr : b->instrs) {
      if (usesCellOffset(instr.op)) instr.oparg = cell_slots_[static_cast<size_t>(instr.oparg)];
    }
  }
}

// Drops constants at the end that folding left unused. The first one stays: it may be the docstring.
void Assembler::trimConsts() {
  int last = 0;
  for (Block* b : unit_.graph.blocksInOrder()) {
    for (const Instr& instr : b->instrs) {
      if (opHas(instr.op, OpFlag::kConst)) last = std::max(last, instr.oparg);
    }
  }
  unit_.consts.truncate(last + 1);
}

// A longer oparg moves what follows, which may need longer opargs: repeat until nothing grows.
void Assembler::computeOffsets() {
  std::vector<Block*> blocks = unit_.graph.blocksInOrder();
  bool again;
  do {
    int total = 0;
    for (Block* b : blocks) {
      b->offset = total;
      for (const Instr& instr : b->instrs) total += instrUnits(instr);
    }
    again = false;
    for (Block* b : blocks) {
      int after = b->offset;
      for (Instr& instr : b->instrs) {
        int units = instrUnits(instr);
        after += units;  // distances count from the next instruction
        if (!instr.isJump()) continue;
        instr.oparg = std::abs(instr.target->offset - after);
        if (instrUnits(instr) != units) again = true;
      }
    }
  } while (again);
}

void Assembler::emit(const Instr& instr) {
  for (int i = extendedArgs(instr.oparg); i > 0; i--) {
    code_.push_back(static_cast<uint8_t>(Op::EXTENDED_ARG));
    code_.push_back(static_cast<uint8_t>(instr.oparg >> (8 * i)));
  }
  code_.push_back(static_cast<uint8_t>(instr.op));
  code_.push_back(static_cast<uint8_t>(instr.oparg));
  code_.insert(code_.end(), static_cast<size_t>(opCacheUnits(instr.op)) * 2, 0);
}

void Assembler::emitBlocks() {
  LocationWriter locations(unit_.first_line);
  for (Block* b : unit_.graph.blocksInOrder()) {
    for (const Instr& instr : b->instrs) {
      const ast::Span& at = instr.loc;
      locations.append({at.lineno, at.end_lineno, at.col_offset, at.end_col_offset}, instrUnits(instr));
      emit(instr);
    }
  }
  locations_ = std::move(locations).take();
}

void Assembler::appendHandlerRange(int start, int end, const Block* handler) {
  int depth = handler->start_depth - 1 - (handler->preserve_lasti ? 1 : 0);
  exceptionEntryAppend(handlers_, {start, end, handler->offset, depth, handler->preserve_lasti});
}

void Assembler::emitExceptionTable() {
  const Block* handler = nullptr;
  int start = 0, at = 0;
  for (Block* b : unit_.graph.blocksInOrder()) {
    for (const Instr& instr : b->instrs) {
      if (instr.handler != handler) {
        if (handler) appendHandlerRange(start, at, handler);
        start = at;
        handler = instr.handler;
      }
      at += instrUnits(instr);
    }
  }
  if (handler) appendHandlerRange(start, at, handler);
}

Result<Ref<>> Assembler::names(const std::vector<Name>& list) {
  Ref<TupleObject> tuple = TRY(tupleNew(static_cast<Py_ssize_t>(list.size())));
  for (size_t i = 0; i < list.size(); i++)
    tuple->ob_item[i] = share<PyObject>(TRY(context_.text(list[i]))).leak();
  return shared(std::move(tuple));
}

Result<Ref<>> Assembler::constTuple() {
  Ref<TupleObject> tuple = TRY(tupleNew(unit_.consts.size()));
  for (int i = 0; i < unit_.consts.size(); i++) tuple->ob_item[i] = share(unit_.consts.at(i)).leak();
  return shared(std::move(tuple));
}

Result<Ref<>> Assembler::localNames() {
  std::vector<Name> all = unit_.varnames.names();
  for (Name name : unit_.cellvars.names()) {
    if (!unit_.varnames.contains(name)) all.push_back(name);
  }
  for (Name name : unit_.freevars.names()) all.push_back(name);
  return names(all);
}

Result<Ref<BytesObject>> Assembler::localKinds() {
  std::vector<uint8_t> kinds;
  for (Name name : unit_.varnames.names()) {
    kinds.push_back(kLocalKindLocal | (unit_.cellvars.contains(name) ? kLocalKindCell : 0));
  }
  size_t cells = static_cast<size_t>(slot_count_ - unit_.freevars.size());
  kinds.resize(cells, kLocalKindCell);
  kinds.resize(static_cast<size_t>(slot_count_), kLocalKindFree);
  return ownBytes(kinds);
}

Result<Ref<>> Assembler::makeCode() {
  Ref<> code = TRY(sharedBytes(code_));
  Ref<> linetable = TRY(sharedBytes(locations_));
  Ref<> exceptiontable = TRY(sharedBytes(handlers_));
  Ref<> consts = TRY(constTuple());
  Ref<> co_names = TRY(names(unit_.names.names()));
  Ref<> local_names = TRY(localNames());
  Ref<BytesObject> local_kinds = TRY(localKinds());
  StrObject* name = TRY(unitName(context_, unit_));
  CodeParts parts{};
  parts.filename = context_.filename();
  parts.name = name;
  parts.qualname = unit_.qualname ? unit_.qualname.get() : name;
  parts.flags = flags_;
  parts.code = code.get();
  parts.firstlineno = unit_.first_line;
  parts.linetable = linetable.get();
  parts.consts = consts.get();
  parts.names = co_names.get();
  parts.localsplusnames = local_names.get();
  parts.localspluskinds = local_kinds.get();
  parts.argcount = unit_.posonlyargcount + unit_.argcount;
  parts.posonlyargcount = unit_.posonlyargcount;
  parts.kwonlyargcount = unit_.kwonlyargcount;
  parts.stacksize = stack_size_;
  parts.exceptiontable = exceptiontable.get();
  Ref<CodeObject> made = TRY(codeNew(parts));
  return Ref<>(std::move(made));
}

Result<Compiled> Assembler::run(bool add_none) {
  FlowGraph& graph = unit_.graph;
  TRY(finishLastBlock(add_none));
  TRY(graph.normalize());
  placeCells();
  addPrefix();
  applyCellOffsets();
  TRY(graph.optimize(unit_.consts));
  trimConsts();
  graph.duplicateExitsWithoutLine();
  graph.propagateLines();
  graph.guaranteeLinesForExits(unit_.first_line);
  bool is_generator = unit_.scope->is_generator || unit_.scope->is_coroutine;
  stack_size_ = TRY(graph.stackDepth(is_generator));
  graph.labelHandlers();
  graph.dropHandlerMarks();
  graph.resolveJumpDirections();
  computeOffsets();
  emitBlocks();
  emitExceptionTable();
  Ref<> code = TRY(makeCode());
  return Compiled{std::move(code), unit_.freevars.names()};
}

}  // namespace

Result<Compiled> assemble(Context& context, Unit& unit, int flags, bool add_none) {
  return Assembler(context, unit, flags).run(add_none);
}

}  // namespace krait::compiler
