// The meeting point of signal handlers, the evaluation loop and the `signal` module.
#pragma once

#include <atomic>

#include "core/result.h"

namespace krait {

extern std::atomic<bool> signals_tripped;
// Runs the Python handlers of the signals that arrived; set by modules/signal. Main thread, GIL held.
extern Status (*runSignalHandlers)();
// Handlers run on the main thread, and only while the main interpreter runs there.
bool mayHandleSignals();
// From a C signal handler: have the main thread look. Async-signal-safe.
void signalsTrip();

// From a C signal handler: has `function` called among the pending calls. One waits at a time.
void pendingCallFromSignal(int (*function)(void*), void* arg);

// Acts as if the signal had arrived (PyErr_SetInterruptEx); set by modules/signal. -1: no such signal.
extern int (*simulateSignal)(int signum);

}  // namespace krait
