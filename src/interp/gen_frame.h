// Generators resumed by the evaluator itself (FOR_ITER, SEND): the bookkeeping around their frames.
#pragma once

#include "interp/dispatch.h"
#include "interp/gen.h"

namespace krait {

// Whether the evaluator can resume `gen` inline now: suspended or fresh, not running, not finished.
KR_ALWAYS_INLINE bool genCanResume(GenObject* gen) {
  return gen->gi_frame_state == kGenSuspended || gen->gi_frame_state == kGenCreated;
}

// Makes gen's frame the running one, `sent` (owned) being the value of its yield expression. The caller's
// stack keeps the generator alive until it is done.
KR_ALWAYS_INLINE Step genEnter(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread, GenObject* gen,
                               PyObject* sent, FrameEntry entry, uint32_t return_offset) {
  Frame* callee = gen->frame();
  if (thread->recursion_remaining-- <= 0 && !recursionExtend(thread)) [[unlikely]] {
    decref(sent);
    (void)raiseFrameRecursion(thread);
    return Step::kRaised;
  }
  callee->localsplus[callee->stacktop] = sent;
  gen->gi_exc_state.previous_item = thread->exc_info;
  thread->exc_info = &gen->gi_exc_state;
  gen->gi_frame_state = kGenExecuting;
  callee->entry = entry;
  frame->return_offset = static_cast<uint16_t>(return_offset);
  frame->stacktop = static_cast<int>(sp.top - frame->localsplus);
  callee->previous = frame;
  thread->cframe->current_frame = callee;
  frame = callee;
  ip = callee->prev_instr + 1;
  sp.top = callee->localsplus + callee->stacktop + 1;
  callee->stacktop = -1;
  return Step::kJump;
}

// A generator entered inline ended with the pending exception: it is completed, its frame cleared,
// StopIteration turned into RuntimeError. current_frame is the caller's business.
void genFrameRaised(Thread* thread, Frame* frame);
// ... ended with a return: completed and cleared.
void genFrameReturned(Thread* thread, Frame* frame);
// Pops its exception state.
KR_ALWAYS_INLINE void genLeaveHandled(Thread* thread, GenObject* gen) {
  thread->exc_info = gen->gi_exc_state.previous_item;
  gen->gi_exc_state.previous_item = nullptr;
}
// Turns a pending StopIteration (or StopAsyncIteration) that escapes a generator body into RuntimeError.
void genConvertStop(GenObject* gen);

}  // namespace krait
