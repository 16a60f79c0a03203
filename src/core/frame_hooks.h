// The seam between core and the evaluator: what core and types need from running frames (a hook struct filled by
// interp/eval.cpp through interpInit()), what the evaluator needs from core while it unwinds or looks up from its work.
#pragma once

#include "core/thread.h"

namespace krait {

struct DictObject;
struct CodeObject;

// Bits of Thread::eval_breaker. Anybody may set one (atomically); the evaluator polls at back edges and calls, clears
// the bits and does the work on the thread itself.
enum EvalBreakerBit : uint32_t {
  kBreakGilRequest = 1,    // somebody waits for the GIL: gilYield()
  kBreakSignals = 2,       // a signal arrived (main thread): checkSignals()
  kBreakPendingCalls = 4,  // Py_AddPendingCall: runPendingCalls()
  kBreakAsyncException = 8,  // thread->async_exc is set: raise it
};
inline void requestBreak(Thread* thread, uint32_t bits) { thread->eval_breaker.fetch_or(bits); }

// Provided by core (gil.cpp, pending_calls): called by the evaluator.
void gilYield(Thread* thread);  // gives the GIL up to whoever asked and takes it again
Status runPendingCalls();       // main thread only: runs the queue of Py_AddPendingCall

// Provided by types/traceback.cpp: puts an entry for `frame` (a PyFrameObject) in front of the pending exception's
// traceback (PyTraceBack_Here). An error while doing so chains to the pending exception.
Status tracebackAddFrame(PyFrameObject* frame, int lasti, int line);

// Filled by interp. `frame` is the thread's innermost complete frame unless said otherwise.
struct FrameHooks {
  MaybeRef<> (*current_frame)();                       // its PyFrameObject, made on demand; absent: no Python code runs
  MaybeRef<> (*frame_back)(PyFrameObject* frame);      // f_back
  CodeObject* (*frame_code)(PyFrameObject* frame);     // borrowed
  PyObject* (*frame_globals)(PyFrameObject* frame);    // borrowed
  int (*frame_line)(PyFrameObject* frame);             // -1: none
  int (*frame_lasti)(PyFrameObject* frame);            // in bytes
  Opt<> (*current_globals)();                          // borrowed, absent: no frame
  Opt<> (*current_builtins)();                         // borrowed dict; interpreter().builtins without a frame
  Result<MaybeRef<>> (*current_locals)();              // locals(); absent: no frame
  Opt<CodeObject> (*current_code)();
  // Frames of any thread (faulthandler, sys._current_frames): the innermost frame object of `thread`.
  MaybeRef<> (*thread_frame)(Thread* thread);
  // Frees the thread's data stack and other records of the evaluator when the thread state dies.
  void (*thread_delete)(Thread* thread);
  // Is `method` looked up on a type a Python function (types use it to pick the fast slot)? Never runs Python.
  bool (*is_python_function)(PyObject* object);
};
extern FrameHooks frame_hooks;  // core/frame_hooks.cpp

}  // namespace krait
