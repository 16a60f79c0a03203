#include "bytecode/stack_effect.h"

#include <algorithm>

namespace krait {
namespace {

int bit(int oparg, int flag) { return (oparg & flag) ? 1 : 0; }

// Instructions whose effect follows from neither their row nor a branch.
int variableEffect(Op op, int oparg) {
  switch (op) {
    case Op::UNPACK_SEQUENCE: return oparg - 1;
    case Op::UNPACK_EX: return (oparg & 0xff) + (oparg >> 8);
    case Op::SWAP: return 0;
    case Op::COPY: return 1;
    case Op::BUILD_TUPLE:
    case Op::BUILD_LIST:
    case Op::BUILD_SET:
    case Op::BUILD_STRING: return 1 - oparg;
    case Op::BUILD_MAP: return 1 - 2 * oparg;
    case Op::BUILD_CONST_KEY_MAP:
    case Op::RAISE_VARARGS:
    case Op::PRECALL: return -oparg;
    case Op::CALL: return -1;  // PRECALL already counted the arguments
    case Op::LOAD_GLOBAL: return (oparg & 1) + 1;
    case Op::MAKE_FUNCTION: return -bit(oparg, 1) - bit(oparg, 2) - bit(oparg, 4) - bit(oparg, 8);
    case Op::BUILD_SLICE: return oparg == 3 ? -2 : -1;
    case Op::CALL_FUNCTION_EX: return -2 - bit(oparg, 1);
    case Op::FORMAT_VALUE: return (oparg & kFvsHaveSpec) == kFvsHaveSpec ? -1 : 0;
    default: return kInvalidStackEffect;
  }
}

// Instructions that leave a different depth at their target.
int targetEffect(Op op) {
  switch (op) {
    case Op::SETUP_FINALLY: return 1;  // the exception
    case Op::SETUP_CLEANUP: return 2;  // lasti and the exception
    case Op::SETUP_WITH: return 1;     // the same two, in place of __enter__'s result
    case Op::FOR_ITER: return -1;
    case Op::SEND: return -1;
    case Op::JUMP_IF_FALSE_OR_POP:
    case Op::JUMP_IF_TRUE_OR_POP: return 0;
    default: return kInvalidStackEffect;
  }
}

int fallThroughEffect(Op op, int oparg) {
  switch (op) {
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::POP_JUMP_IF_NONE:
    case Op::POP_JUMP_IF_NOT_NONE: return -1;
    default: break;
  }
  const OpInfo& info = opInfo(op);
  if (info.pops == kVarOperands || info.pushes == kVarOperands) return variableEffect(op, oparg);
  return info.pushes - info.pops;
}

}  // namespace

int stackEffect(Op op, int oparg, JumpTaken jump) {
  if (!opExists(static_cast<int>(op)) || opIsSpecialized(op)) return kInvalidStackEffect;
  int straight = fallThroughEffect(op, oparg);
  int target = targetEffect(op);
  if (jump == JumpTaken::kNo || target == kInvalidStackEffect) return straight;
  return jump == JumpTaken::kYes ? target : std::max(straight, target);
}

}  // namespace krait
