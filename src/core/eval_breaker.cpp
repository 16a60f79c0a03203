#include "core/eval_breaker.h"

#include <mutex>

#include "core/errors.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/signals.h"
#include "types/str_legacy.h"

namespace krait {

std::atomic<bool> signals_tripped;
Status (*runSignalHandlers)();
int (*simulateSignal)(int signum);

namespace {

struct PendingCall {
  int (*function)(void*);
  void* arg;
};
constexpr size_t kMaxPendingCalls = 32;
std::mutex pending_mutex;
PendingCall pending_calls[kMaxPendingCalls];
size_t pending_first, pending_count;
bool running_pending;
std::atomic<int (*)(void*)> signal_call;
std::atomic<void*> signal_call_arg;

bool takePendingCall(PendingCall* out) {
  std::lock_guard lock(pending_mutex);
  if (pending_count == 0) return false;
  *out = pending_calls[pending_first];
  pending_first = (pending_first + 1) % kMaxPendingCalls;
  pending_count--;
  return true;
}

Status raiseAsyncException(Thread* thread) {
  evalBreakerClear(thread, kEvalAsyncException);
  PyObject* exception = std::exchange(thread->async_exc, nullptr);
  if (!exception) return {};
  auto owned = steal(exception);
  return raiseNone(exception);
}

}  // namespace

bool mayHandleSignals() { return onMainThread() && &interpreter() == &mainInterpreter(); }

void signalsTrip() {
  signals_tripped.store(true);
  if (Thread* main = mainThread()) evalBreakerSet(main, kEvalSignals);
}

Status checkSignals() {
  if (!mayHandleSignals()) return {};
  if (!signals_tripped.exchange(false)) return {};
  if (Thread* main = mainThread()) evalBreakerClear(main, kEvalSignals);
  if (!runSignalHandlers) return {};
  Status status = runSignalHandlers();
  if (status.failed()) signalsTrip();  // further signals may wait
  return status;
}

int pendingCallAdd(int (*function)(void*), void* arg) {
  {
    std::lock_guard lock(pending_mutex);
    if (pending_count == kMaxPendingCalls) return -1;
    pending_calls[(pending_first + pending_count++) % kMaxPendingCalls] = {function, arg};
  }
  if (Thread* main = mainThread()) evalBreakerSet(main, kEvalPendingCalls);
  return 0;
}

void pendingCallFromSignal(int (*function)(void*), void* arg) {
  signal_call_arg.store(arg);
  signal_call.store(function);
  if (Thread* main = mainThread()) evalBreakerSet(main, kEvalPendingCalls);
}

// A call that adds another one does not keep us here for ever: only those present now are run.
Status pendingCallsRun() {
  if (!onMainThread() || running_pending) return {};
  running_pending = true;
  evalBreakerClear(mainThread(), kEvalPendingCalls);
  if (auto function = signal_call.exchange(nullptr)) function(signal_call_arg.load());
  PendingCall next;
  for (size_t i = 0; i < kMaxPendingCalls && takePendingCall(&next); i++) {
    if (next.function(next.arg) == 0) continue;
    running_pending = false;
    evalBreakerSet(mainThread(), kEvalPendingCalls);
    return Raised{};
  }
  running_pending = false;
  return {};
}

Status evalBreak(Thread* thread) {
  uint32_t reasons = thread->eval_breaker.load(std::memory_order_relaxed);
  if (reasons & kEvalDeallocate) {
    evalBreakerClear(thread, kEvalDeallocate);
    deallocRunLate();
  }
  if ((reasons & kEvalSignals) && mayHandleSignals()) {
    evalBreakerClear(thread, kEvalSignals);
    TRY(checkSignals());
  }
  if ((reasons & kEvalPendingCalls) && onMainThread()) TRY(pendingCallsRun());
  if (reasons & kEvalDropGil) gilYield(thread);
  if (reasons & kEvalLegacyStrings) {
    evalBreakerClear(thread, kEvalLegacyStrings);
    TRY(strReadyAll());
  }
  if (thread->async_exc) return raiseAsyncException(thread);
  evalBreakerClear(thread, kEvalAsyncException);
  return {};
}

}  // namespace krait
