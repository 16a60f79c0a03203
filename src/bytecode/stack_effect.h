// How an instruction changes the depth of the value stack.
#pragma once

#include "bytecode/opcode.h"

namespace krait {

enum class JumpTaken : int8_t { kNo, kYes, kEither };  // kEither: the larger of both

constexpr int kInvalidStackEffect = 0x7fffffff;

// kInvalidStackEffect for a number that is no generic opcode. An exception handler block (SETUP_*) counts,
// when the jump is taken, the values the unwinder pushes.
int stackEffect(Op op, int oparg, JumpTaken jump);

}  // namespace krait
