// Exports of compile.h that concern single instructions.
#include "bytecode/stack_effect.h"
#include "capi/capi.h"

using namespace krait;

namespace {

int effectOf(int opcode, int oparg, JumpTaken jump) {
  // The compiler's own opcodes have negative numbers outside.
  int number = opcode >= 0 ? opcode : opcode > -kOpCount ? kFirstPseudoOp - 1 - opcode : -1;
  bool known = opExists(number) && (opcode < 0 || number < kFirstPseudoOp);
  return known ? stackEffect(static_cast<Op>(number), oparg, jump) : kInvalidStackEffect;
}

}  // namespace

// PY_INVALID_STACK_EFFECT (INT_MAX) for what is no opcode. jump: 0 not taken, 1 taken, else the larger
// effect.
KR_EXPORT int PyCompile_OpcodeStackEffectWithJump(int opcode, int oparg, int jump) {
  return effectOf(opcode, oparg,
                  jump == 0   ? JumpTaken::kNo
                  : jump == 1 ? JumpTaken::kYes
                              : JumpTaken::kEither);
}
KR_EXPORT int PyCompile_OpcodeStackEffect(int opcode, int oparg) {
  return effectOf(opcode, oparg, JumpTaken::kEither);
}
