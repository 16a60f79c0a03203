// The bits of Thread::eval_breaker: why the evaluation loop of a thread has to look up from its work.
//
// Any thread (and, for kEvalSignals, a signal handler) may set a bit; only the owner, holding the GIL, clears
// it and acts. The loop calls evalBreak() when the word is not zero.
#pragma once

#include "core/thread.h"

namespace krait {

enum EvalReason : uint32_t {
  kEvalDropGil = 1,         // somebody has waited a switch interval for the GIL
  kEvalSignals = 2,         // a signal arrived (main thread)
  kEvalPendingCalls = 4,    // Py_AddPendingCall (main thread)
  kEvalAsyncException = 8,  // PyThreadState_SetAsyncExc
  kEvalDeallocate = 16,     // objects wait whose deallocation would have nested too deeply (core/gc.h)
  kEvalLegacyStrings = 32,  // an extension has made strings to be filled in (types/str_legacy.h)
};

inline void evalBreakerSet(Thread* thread, uint32_t bits) {
  thread->eval_breaker.fetch_or(bits, std::memory_order_relaxed);
}
inline void evalBreakerClear(Thread* thread, uint32_t bits) {
  thread->eval_breaker.fetch_and(~bits, std::memory_order_relaxed);
}

// Handles everything that is pending, in CPython's order: signals, pending calls, GIL hand-over, async
// exception. Fails when a handler raised. core/eval_breaker.cpp
Status evalBreak(Thread* thread);

}  // namespace krait
