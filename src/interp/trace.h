// sys.settrace and sys.setprofile: events and the dispatch table that leads to them.
//
// While any thread traces, every entry of dispatch_table is traceStep, which reports and then runs the true
// handler.
#pragma once

#include "interp/dispatch.h"

namespace krait {

inline bool isTracing(Thread* thread) { return thread->cframe->use_tracing != 0; }

enum TraceEvent : int {
  kTraceCall = 0,
  kTraceException = 1,
  kTraceLine = 2,
  kTraceReturn = 3,
  kTraceCCall = 4,
  kTraceCException = 5,
  kTraceCReturn = 6,
  kTraceOpcode = 7,
};

// The events of a frame. Callers have checked isTracing().
Status traceEnter(Thread* thread, Frame* frame);
Status traceLeave(Thread* thread, Frame* frame, PyObject* value);
// A frame entered with an exception thrown into it; false: the tracer raised, in place of that exception.
bool traceEnterThrown(Thread* thread, Frame* frame);
void traceUnwind(Thread* thread, Frame* frame);     // keeps the pending exception unless the tracer raises
void traceException(Thread* thread, Frame* frame);  // the pending exception was raised in `frame`
// A call of a native function with c_call, c_return or c_exception around it; profile functions see those.
Result<Ref<>> traceNativeCall(Thread* thread, PyObject* callable, PyObject* const* args, size_t nargsf,
                              Opt<TupleObject> names);
Result<Ref<>> traceNativeCallTuple(Thread* thread, PyObject* callable, TupleObject* args,
                                   Opt<DictObject> kwargs);
void traceThreadDeleted(Thread* thread);

}  // namespace krait
