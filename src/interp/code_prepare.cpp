// Quickening byte code that has been verified.
#include "interp/code_prepare.h"

#include "interp/inline_cache.h"

namespace krait {
namespace {

// A LOAD_FAST that runs together with the one or two instructions behind it; CACHE: none of these.
Op fusedLoad(const Unit* at, const Unit* end) {
  if (end - at < 3 || unitOp(at[0]) != Op::LOAD_FAST) return Op::CACHE;
  Op second = unitOp(at[1]), third = unitOp(at[2]);
  if (second == Op::LOAD_ATTR) return Op::LOAD_FAST__LOAD_ATTR;
  if (second == Op::STORE_ATTR) return Op::LOAD_FAST__STORE_ATTR;
  bool fast = second == Op::LOAD_FAST;
  if (!fast && second != Op::LOAD_CONST) return Op::CACHE;
  if (third == Op::BINARY_OP)
    return fast ? Op::LOAD_FAST__LOAD_FAST__BINARY_OP : Op::LOAD_FAST__LOAD_CONST__BINARY_OP;
  if (third != Op::COMPARE_OP) return Op::CACHE;
  return fast ? Op::LOAD_FAST__LOAD_FAST__COMPARE_OP : Op::LOAD_FAST__LOAD_CONST__COMPARE_OP;
}

bool mayBeginPair(Op op) { return op == Op::LOAD_FAST || op == Op::LOAD_CONST || op == Op::STORE_FAST; }

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
    } else if (next < units && next == unit + 1 && mayBeginPair(op)) {
      // The second half stays whole, and may begin a pair of its own: it may be a jump target.
      Op fused = superInstruction(code_units + unit, code_units + units);
      if (fused != Op::CACHE) setOpcode(code_units + unit, fused);
    }
    unit = next;
  }
}

}  // namespace

Status codePrepare(CodeObject* code) {
  if (const char* wrong = codeVerify(code)) {
    return raise(PyExc_SystemError, "invalid byte code in %R: %s", code, wrong);
  }
  quicken(code);
  code->co_warmup = 0;
  return {};
}

}  // namespace krait
