// Verifying and quickening byte code.
#include "interp/code_prepare.h"

#include <vector>

#include "bytecode/code_flags.h"
#include "bytecode/exception_table.h"
#include "bytecode/stack_effect.h"
#include "interp/inline_cache.h"

namespace krait {
namespace {

struct Instruction {
  int unit;  // of the opcode itself, behind its EXTENDED_ARGs
  Op op;
  int oparg;
  int next;  // first unit behind its caches
};

class Verifier {
 public:
  explicit Verifier(CodeObject* code) : code_(code), units_(static_cast<int>(code->unitCount())) {}
  const char* run();

 private:
  bool decode(int unit, Instruction& instruction) const;
  const char* checkOperand(const Instruction& instruction) const;
  const char* checkCallShape(const Instruction& instruction) const;
  const char* checkLocal(const Instruction& instruction) const;
  const char* checkCells() const;
  bool isCell(int index) const;
  const char* step(const Instruction& instruction, int depth);
  const char* enter(int unit, int depth);
  const char* seedHandlers();

  CodeObject* code_;
  int units_;
  std::vector<int> depth_;  // per unit: stack depth on entry, -1 not reached yet
  std::vector<int> work_;
};

bool Verifier::decode(int unit, Instruction& instruction) const {
  int oparg = 0;
  for (int i = 0; i < 4; i++, unit++) {
    if (unit >= units_) return false;
    CodeUnit word = code_->co_code_adaptive[unit];
    oparg = oparg << 8 | unitArg(word);
    if (unitOp(word) == Op::EXTENDED_ARG) continue;
    instruction = {unit, opGeneric(unitOp(word)), oparg, 0};
    if (!opExists(static_cast<int>(unitOp(word)))) return false;
    instruction.next = unit + 1 + opCacheUnits(instruction.op);
    return instruction.next <= units_ && oparg >= 0;
  }
  return false;
}

const char* Verifier::checkOperand(const Instruction& in) const {
  if (opHas(in.op, OpFlag::kConst) && in.oparg >= code_->consts()->size())
    return "constant index out of range";
  int name_index = in.op == Op::LOAD_GLOBAL ? in.oparg >> 1 : in.oparg;
  if (opHas(in.op, OpFlag::kName) && name_index >= code_->names()->size()) return "name index out of range";
  if (const char* wrong = checkLocal(in)) return wrong;
  if (in.op == Op::COPY_FREE_VARS && in.oparg > code_->co_nfreevars) return "too many free variables";
  if (in.op == Op::COMPARE_OP && in.oparg > Py_GE) return "comparison operator out of range";
  if (in.op == Op::BINARY_OP && in.oparg >= kBinaryOpCount) return "binary operator out of range";
  if ((in.op == Op::COPY || in.op == Op::SWAP) && in.oparg < 1) return "COPY or SWAP of nothing";
  if (in.op == Op::RAISE_VARARGS && in.oparg > 2) return "bad RAISE_VARARGS oparg";
  if (in.op == Op::KW_NAMES) return checkCallShape(in);
  return nullptr;
}

bool Verifier::isCell(int index) const {
  auto* kinds = static_cast<BytesObject*>(code_->co_localspluskinds);
  return (static_cast<uint8_t>(kinds->data()[index]) & (kLocalKindCell | kLocalKindFree)) != 0;
}

// Slots of cells hold cells from the prologue on; nothing else is stored there.
const char* Verifier::checkLocal(const Instruction& in) const {
  if (!opHas(in.op, OpFlag::kLocal | OpFlag::kFree)) return nullptr;
  if (in.oparg >= code_->co_nlocalsplus) return "local index out of range";
  bool cell = isCell(in.oparg);
  if (opHas(in.op, OpFlag::kFree) && !cell && in.op != Op::LOAD_CLOSURE)
    return "a cell operation on a plain local";
  if (cell && (in.op == Op::STORE_FAST || in.op == Op::DELETE_FAST)) return "a cell is overwritten";
  return nullptr;
}

// Before the first RESUME (or at the start) every cell is made and every free variable copied.
const char* Verifier::checkCells() const {
  int cells = 0, frees = 0;
  Instruction in;
  for (int unit = 0; unit < units_ && decode(unit, in) && in.op != Op::RESUME; unit = in.next) {
    if (in.op == Op::MAKE_CELL) cells++;
    if (in.op == Op::COPY_FREE_VARS) frees += in.oparg;
    if (opIsJump(in.op)) break;
  }
  return cells < code_->co_ncellvars || frees < code_->co_nfreevars ? "cells are not made at the start"
                                                                    : nullptr;
}

// KW_NAMES is followed by PRECALL and CALL with at least that many arguments.
const char* Verifier::checkCallShape(const Instruction& in) const {
  PyObject* names = code_->consts()->at(in.oparg);
  Instruction precall, call;
  if (!isExactTuple(names)) return "KW_NAMES needs a tuple";
  if (!decode(in.next, precall) || precall.op != Op::PRECALL) return "KW_NAMES without PRECALL";
  if (!decode(precall.next, call) || call.op != Op::CALL) return "PRECALL without CALL";
  if (cast<TupleObject>(names)->size() > precall.oparg || precall.oparg != call.oparg)
    return "more keywords than arguments";
  return nullptr;
}

const char* Verifier::enter(int unit, int depth) {
  if (unit < 0 || unit >= units_) return "jump out of the code";
  if (depth < 0 || depth > code_->co_stacksize) return "stack depth out of range";
  if (depth_[unit] == -1) {
    depth_[unit] = depth;
    work_.push_back(unit);
  } else if (depth_[unit] != depth) {
    return "stack depth differs between ways to an instruction";
  }
  return nullptr;
}

// Values that an instruction takes or looks at.
int operandsOf(const Instruction& in) {
  switch (in.op) {
    case Op::COPY:
    case Op::SWAP:
    case Op::BUILD_TUPLE:
    case Op::BUILD_LIST:
    case Op::BUILD_SET:
    case Op::BUILD_STRING:
      return in.oparg;
    case Op::BUILD_MAP:
      return 2 * in.oparg;
    case Op::PRECALL:
    case Op::CALL:
      return in.oparg + 2;
    case Op::BUILD_CONST_KEY_MAP:
      return in.oparg + 1;
    case Op::LIST_APPEND:
    case Op::SET_ADD:
    case Op::LIST_EXTEND:
    case Op::SET_UPDATE:
    case Op::DICT_UPDATE:
      return in.oparg + 1;
    case Op::DICT_MERGE:
      return in.oparg + 3;
    case Op::MAP_ADD:
      return in.oparg + 2;
    case Op::RERAISE:
      return in.oparg ? in.oparg + 1 : 1;
    case Op::RAISE_VARARGS:
      return in.oparg;
    default:
      return opInfo(in.op).pops > 0 ? opInfo(in.op).pops : 0;
  }
}

// Unlike stack_effect(), PRECALL leaves the arguments to CALL, and a new generator finds a first sent value.
int effectOf(const Instruction& in, JumpTaken jump) {
  if (in.op == Op::PRECALL) return 0;
  if (in.op == Op::CALL) return -in.oparg - 1;
  if (in.op == Op::RETURN_GENERATOR) return 1;
  return stackEffect(in.op, in.oparg, jump);
}

const char* Verifier::step(const Instruction& in, int depth) {
  if (const char* wrong = checkOperand(in)) return wrong;
  if (operandsOf(in) > depth) return "stack underflow";
  bool jumps = opHas(in.op, OpFlag::kForward) || opHas(in.op, OpFlag::kBackward);
  if (jumps) {
    int target = opHas(in.op, OpFlag::kBackward) ? in.next - in.oparg : in.next + in.oparg;
    if (const char* wrong = enter(target, depth + effectOf(in, JumpTaken::kYes))) return wrong;
  }
  if (opHas(in.op, OpFlag::kNoFall)) return nullptr;
  return enter(in.next, depth + effectOf(in, JumpTaken::kNo));
}

// Handlers of reached instructions: the stack is cut to the entry's depth there.
const char* Verifier::seedHandlers() {
  BytesObject* table = code_->exceptionTable();
  ExceptionTableReader reader(
      {reinterpret_cast<const uint8_t*>(table->data()), static_cast<size_t>(table->size())});
  ExceptionEntry entry;
  while (reader.next(entry)) {
    int lowest = -1;
    for (int unit = entry.start; unit < entry.end && unit < units_; unit++) {
      if (depth_[unit] >= 0 && (lowest < 0 || depth_[unit] < lowest)) lowest = depth_[unit];
    }
    if (lowest < 0) continue;
    if (entry.depth > lowest) return "handler deeper than the protected code";
    if (const char* wrong = enter(entry.target, entry.depth + (entry.push_lasti ? 1 : 0) + 1)) return wrong;
  }
  return nullptr;
}

const char* Verifier::run() {
  if (units_ == 0) return "no instructions";
  depth_.assign(static_cast<size_t>(units_), -1);
  if (const char* wrong = checkCells()) return wrong;
  if (const char* wrong = enter(0, 0)) return wrong;
  do {
    while (!work_.empty()) {
      int unit = work_.back();
      work_.pop_back();
      Instruction in;
      if (!decode(unit, in)) return "bad instruction";
      for (int i = unit + 1; i <= in.unit; i++) {
        if (depth_[i] < 0) depth_[i] = depth_[unit];
      }
      if (const char* wrong = step(in, depth_[unit])) return wrong;
    }
    if (const char* wrong = seedHandlers()) return wrong;
  } while (!work_.empty());
  return nullptr;
}

// A LOAD_FAST that runs together with the one or two instructions behind it; CACHE: none of these.
Op fusedLoad(const Unit* at, const Unit* end) {
  if (end - at < 3 || unitOp(at[0]) != Op::LOAD_FAST) return Op::CACHE;
  Op second = unitOp(at[1]), third = unitOp(at[2]);
  if (second == Op::LOAD_ATTR) return Op::LOAD_FAST__LOAD_ATTR;
  if (second == Op::STORE_ATTR) return Op::LOAD_FAST__STORE_ATTR;
  bool fast = second == Op::LOAD_FAST;
  if (!fast && second != Op::LOAD_CONST) return Op::CACHE;
  if (third == Op::BINARY_OP) return fast ? Op::LOAD_FAST__LOAD_FAST__BINARY_OP : Op::LOAD_FAST__LOAD_CONST__BINARY_OP;
  if (third != Op::COMPARE_OP) return Op::CACHE;
  return fast ? Op::LOAD_FAST__LOAD_FAST__COMPARE_OP : Op::LOAD_FAST__LOAD_CONST__COMPARE_OP;
}

Op superInstruction(const Unit* at, const Unit* end) {
  if (Op fused = fusedLoad(at, end); fused != Op::CACHE) return fused;
  if (fusedLoad(at + 1, end) != Op::CACHE) return Op::CACHE;  // better together with what follows it
  Op first = unitOp(at[0]), second = unitOp(at[1]);
  if (first == Op::LOAD_FAST && second == Op::LOAD_FAST) return Op::LOAD_FAST__LOAD_FAST;
  if (first == Op::LOAD_FAST && second == Op::LOAD_CONST) return Op::LOAD_FAST__LOAD_CONST;
  if (first == Op::LOAD_CONST && second == Op::LOAD_FAST) return Op::LOAD_CONST__LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::LOAD_FAST) return Op::STORE_FAST__LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::STORE_FAST) return Op::STORE_FAST__STORE_FAST;
  return Op::CACHE;
}

void quicken(CodeObject* code) {
  int units = static_cast<int>(code->unitCount());
  Unit* code_units = code->co_code_adaptive;
  for (int unit = 0; unit < units;) {
    Op op = unitOp(code_units[unit]);
    int next = unit + 1 + opCacheUnits(opGeneric(op));
    if (Op adaptive = opAdaptive(op); adaptive != Op::CACHE) {
      setOpcode(code_units + unit, adaptive);
      code_units[unit + 1] = kWarmup;
    } else if (op == Op::RESUME) {
      setOpcode(code_units + unit, Op::RESUME_QUICK);
    } else if (op == Op::JUMP_BACKWARD) {
      setOpcode(code_units + unit, Op::JUMP_BACKWARD_QUICK);
    } else if (next < units && next == unit + 1) {
      // The second half stays whole, and may begin a pair of its own: it may be a jump target.
      Op fused = superInstruction(code_units + unit, code_units + units);
      if (fused != Op::CACHE) setOpcode(code_units + unit, fused);
    }
    unit = next;
  }
}

}  // namespace

const char* codeVerify(CodeObject* code) { return Verifier(code).run(); }

Status codePrepare(CodeObject* code) {
  if (const char* wrong = codeVerify(code)) {
    return raise(PyExc_SystemError, "invalid byte code in %R: %s", code, wrong);
  }
  quicken(code);
  code->co_warmup = 0;
  return {};
}

}  // namespace krait
