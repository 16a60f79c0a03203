// Jumps. Every backward jump polls the eval breaker and is a place where the JIT counts.
#include "interp/inline_cache.h"
#include "interp/jit_hooks.h"
#include "types/bool.h"

namespace krait {

OP_BODY(JUMP_FORWARD) {
  ip += 1 + oparg;
  return Step::kJump;
}

OP_BODY(JUMP_BACKWARD) {
  OP_CHECK_BREAKER();
  ip -= static_cast<Py_ssize_t>(oparg) - 1;
  return Step::kJump;
}
OP_BODY(JUMP_BACKWARD_QUICK) {
  if (breakRequested(thread)) [[unlikely]]
    return Step::kMiss;
  ip -= static_cast<Py_ssize_t>(oparg) - 1;
  return Step::kJump;
}

OP_BODY(JUMP_BACKWARD_NO_INTERRUPT) {
  ip -= static_cast<Py_ssize_t>(oparg) - 1;
  return Step::kJump;
}

namespace {

KR_ALWAYS_INLINE Step jumpIf(const Unit*& ip, Thread* thread, bool taken, Py_ssize_t distance,
                             bool backward) {
  ip += 1;
  if (!taken) return Step::kJump;
  if (backward) OP_CHECK_BREAKER();
  ip += backward ? -distance : distance;
  return Step::kJump;
}

// Pops the condition. Bools by identity, everything else through its truth.
KR_ALWAYS_INLINE Step popJumpIf(const Unit*& ip, Stack& sp, Thread* thread, uint32_t oparg, bool wanted,
                                bool backward) {
  PyObject* value = sp.peek(0);
  bool truth;
  if (value == Py_True || value == Py_False) [[likely]] {
    truth = value == Py_True;
  } else {
    truth = OP_TRY(objectIsTrue(value));
  }
  sp.drop();
  return jumpIf(ip, thread, truth == wanted, oparg, backward);
}

KR_ALWAYS_INLINE Step popJumpIfNone(const Unit*& ip, Stack& sp, Thread* thread, uint32_t oparg, bool wanted,
                                    bool backward) {
  bool is_none = sp.peek(0) == Py_None;
  sp.drop();
  return jumpIf(ip, thread, is_none == wanted, oparg, backward);
}

KR_ALWAYS_INLINE Step jumpIfOrPop(const Unit*& ip, Stack& sp, uint32_t oparg, bool wanted) {
  PyObject* value = sp.peek(0);
  bool truth = value == Py_True || (value != Py_False && OP_TRY(objectIsTrue(value)));
  ip += 1;
  if (truth == wanted)
    ip += oparg;
  else
    sp.drop();
  return Step::kJump;
}

}  // namespace

OP_BODY(POP_JUMP_FORWARD_IF_FALSE) { return popJumpIf(ip, sp, thread, oparg, false, false); }
OP_BODY(POP_JUMP_FORWARD_IF_TRUE) { return popJumpIf(ip, sp, thread, oparg, true, false); }
OP_BODY(POP_JUMP_BACKWARD_IF_FALSE) { return popJumpIf(ip, sp, thread, oparg, false, true); }
OP_BODY(POP_JUMP_BACKWARD_IF_TRUE) { return popJumpIf(ip, sp, thread, oparg, true, true); }
OP_BODY(POP_JUMP_FORWARD_IF_NONE) { return popJumpIfNone(ip, sp, thread, oparg, true, false); }
OP_BODY(POP_JUMP_FORWARD_IF_NOT_NONE) { return popJumpIfNone(ip, sp, thread, oparg, false, false); }
OP_BODY(POP_JUMP_BACKWARD_IF_NONE) { return popJumpIfNone(ip, sp, thread, oparg, true, true); }
OP_BODY(POP_JUMP_BACKWARD_IF_NOT_NONE) { return popJumpIfNone(ip, sp, thread, oparg, false, true); }
OP_BODY(JUMP_IF_FALSE_OR_POP) { return jumpIfOrPop(ip, sp, oparg, false); }
OP_BODY(JUMP_IF_TRUE_OR_POP) { return jumpIfOrPop(ip, sp, oparg, true); }

}  // namespace krait
