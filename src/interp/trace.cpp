// Trace and profile functions: when they are called and how.
#include "interp/trace.h"

#include "core/call.h"
#include "interp/eval.h"
#include "interp/inline_cache.h"
#include "types/code_iter.h"
#include "types/descr.h"
#include "types/exceptions.h"
#include "types/method.h"
#include "types/traceback.h"

namespace krait {
namespace {

int tracing_threads;  // threads with a trace or profile function; the table leads to traceStep while there
                      // are any

KR_CC PyObject* traceStep(OP_PARAMETERS);

void setTable(bool tracing) {
  for (int i = 0; i < 256; i++) dispatch_table[i] = tracing ? &traceStep : kHandlers[i];
}

bool hasTracer(Thread* thread) { return thread->c_tracefunc || thread->c_profilefunc; }

void tracersChanged(Thread* thread, bool before) {
  bool now = hasTracer(thread);
  thread->cframe->use_tracing = now && thread->tracing <= 0 ? 255 : 0;
  if (now == before) return;
  tracing_threads += now ? 1 : -1;
  if (tracing_threads == (now ? 1 : 0)) setTable(now);
}

// Calls one tracer for an event; nothing is traced meanwhile.
Status callTracer(Thread* thread, Frame* frame, Py_tracefunc function, PyObject* self, int event,
                  PyObject* arg) {
  if (thread->tracing) return {};
  Ref<FrameObject> object = TRY(frameObjectOf(frame));
  int old_what = std::exchange(thread->tracing_what, event);
  TupleObject* keywords = takeCallKeywords(thread);
  thread->tracing++;
  thread->cframe->use_tracing = 0;
  object->f_lineno = frameLine(frame);
  Ref<> held = share(self ? self : Py_None);
  int status = function(self, object.get(), event, arg);
  object->f_lineno = 0;
  thread->tracing--;
  thread->cframe->use_tracing = thread->tracing <= 0 && hasTracer(thread) ? 255 : 0;
  thread->tracing_what = old_what;
  callKeywords(thread) = keywords;
  return Status::fromC(status);
}

Status callBoth(Thread* thread, Frame* frame, int event, PyObject* arg) {
  if (thread->c_tracefunc)
    TRY(callTracer(thread, frame, thread->c_tracefunc, thread->c_traceobj, event, arg));
  if (thread->c_profilefunc)
    TRY(callTracer(thread, frame, thread->c_profilefunc, thread->c_profileobj, event, arg));
  return {};
}

// Keeps the pending exception over an event unless the tracer raises (false).
template <class F>
bool keepingPending(F&& report) {
  PendingTriple saved = fetchPending();
  if (report().failed()) {
    xdecref(saved.type), xdecref(saved.value), xdecref(saved.traceback);
    return false;
  }
  restorePending(saved);
  return true;
}

// Line and opcode events before the instruction at frame->prev_instr; `previous` is the unit executed before
// it.
Status lineEvents(Thread* thread, Frame* frame, int previous) {
  Ref<FrameObject> object = TRY(frameObjectOf(frame));
  if (!object->f_trace_lines && !object->f_trace_opcodes) return {};
  CodeObject* code = frame->code;
  codeKeepLines(code);
  int last_line = previous <= code->_co_firsttraceable ? -1 : codeLineAt(code, previous * 2);
  int unit = frame->lastUnit();
  int line = codeLineAt(code, unit * 2);
  if (line != -1 && object->f_trace_lines) {
    bool backwards = unit < previous && opGeneric(unitOp(*frame->prev_instr)) != Op::SEND;
    if (line != last_line || backwards) {
      TRY(callTracer(thread, frame, thread->c_tracefunc, thread->c_traceobj, kTraceLine, Py_None));
    }
  }
  if (object->f_trace_opcodes && thread->c_tracefunc) {
    TRY(callTracer(thread, frame, thread->c_tracefunc, thread->c_traceobj, kTraceOpcode, Py_None));
  }
  return {};
}

// What is to be done at `ip`: run `op`, or unwind.
struct Traced {
  const Unit* ip;
  PyObject** top;
  Op op;
  bool raised;
};

// A tracer may move the point of execution while the stack can be seen in the frame.
template <class F>
Traced tracedMovable(PyObject** top, Frame* frame, F&& report) {
  frame->stacktop = static_cast<int>(top - frame->localsplus);
  bool raised = report().failed();
  top = frame->localsplus + std::exchange(frame->stacktop, -1);
  return {frame->prev_instr, top, opGeneric(unitOp(*frame->prev_instr)), raised};
}

// The generator goes on where the tracer of its return event wants; the yielded value is not on its stack.
Traced traceYield(PyObject** top, Frame* frame, Thread* thread) {
  PyObject* value = *--top;
  Traced traced = tracedMovable(top, frame, [&] { return traceLeave(thread, frame, value); });
  *traced.top++ = value;
  traced.op = Op::YIELD_VALUE;
  return traced;
}

KR_NEVER_INLINE Traced traceInstruction(const Unit* ip, PyObject** top, Frame* frame, Thread* thread) {
  Traced traced{ip, top, opGeneric(unitOp(*ip)), false};
  if (ip < frame->firstInstr() + frame->code->_co_firsttraceable) return traced;  // on the way to RESUME
  int previous = frame->lastUnit();
  frame->prev_instr = const_cast<Unit*>(ip);
  if (traced.op == Op::RESUME) {
    traced.raised = unitArg(*ip) < 2 && breakRequested(thread) && evalBreak(thread).failed();
    if (!traced.raised && isTracing(thread)) traced.raised = traceEnter(thread, frame).failed();
    return traced;
  }
  if (thread->c_tracefunc && !thread->tracing) {
    traced = tracedMovable(top, frame, [&] { return lineEvents(thread, frame, previous); });
    if (traced.raised) return {ip, traced.top, traced.op, true};
  }
  if (!isTracing(thread)) return traced;
  if (traced.op == Op::YIELD_VALUE) return traceYield(traced.top, frame, thread);
  if (traced.op == Op::RETURN_VALUE) traced.raised = traceLeave(thread, frame, traced.top[-1]).failed();
  return traced;
}

KR_CC PyObject* traceStep(OP_PARAMETERS) {
  if (!isTracing(thread)) [[clang::musttail]]
    return kHandlers[*ip & 255](ip, top, frame, thread, oparg);
  Traced traced = traceInstruction(ip, top, frame, thread);
  ip = traced.ip;
  if (traced.raised) [[clang::musttail]]
    return unwind(ip, traced.top, frame, thread, 0);
  [[clang::musttail]] return kHandlers[static_cast<int>(traced.op)](ip, traced.top, frame, thread, *ip >> 8);
}

}  // namespace

Status traceEnter(Thread* thread, Frame* frame) { return callBoth(thread, frame, kTraceCall, Py_None); }

Status traceLeave(Thread* thread, Frame* frame, PyObject* value) {
  Ref<> held = share(value);
  return callBoth(thread, frame, kTraceReturn, value);
}

bool traceEnterThrown(Thread* thread, Frame* frame) {
  return keepingPending([&] { return traceEnter(thread, frame); });
}

void traceUnwind(Thread* thread, Frame* frame) {
  if (frameIsIncomplete(frame)) return;
  keepingPending([&] { return callBoth(thread, frame, kTraceReturn, nullptr); });
}

void traceException(Thread* thread, Frame* frame) {
  PendingTriple triple = fetchPending();
  if (!triple.type) return;
  normalizePending(triple);
  auto report = [&]() -> Status {
    PyObject* value = triple.value ? triple.value : Py_None;
    PyObject* traceback = triple.traceback ? triple.traceback : Py_None;
    Ref<TupleObject> arg = TRY(tupleOf(triple.type, value, traceback));
    return callTracer(thread, frame, thread->c_tracefunc, thread->c_traceobj, kTraceException, arg.get());
  };
  if (report().failed()) {
    xdecref(triple.type), xdecref(triple.value), xdecref(triple.traceback);
  } else {
    restorePending(triple);
  }
}

namespace {

bool isNative(PyObject* callable) { return isCFunction(callable) || isExact(callable, &PyMethodDescr_Type); }

// A method descriptor is shown to profilers as the bound built-in method.
Result<Ref<>> shownCallable(PyObject* callable, PyObject* const* args, Py_ssize_t count) {
  if (!isExact(callable, &PyMethodDescr_Type) || count < 1) return share(callable);
  return Result<Ref<>>::fromC(typeOf(callable)->tp_descr_get(callable, args[0], typeOf(args[0])));
}

template <class F>
Result<Ref<>> aroundNative(Thread* thread, PyObject* shown, F&& run) {
  Frame* frame = thread->cframe->current_frame;
  Py_tracefunc function = thread->c_profilefunc;
  auto report = [&](int event) -> Status {
    if (!thread->c_profilefunc) return {};
    return callTracer(thread, frame, thread->c_profilefunc, thread->c_profileobj, event, shown);
  };
  if (function) TRY(report(kTraceCCall));
  auto result = run();
  if (!thread->c_profilefunc) return result;
  if (result.failed()) {
    keepingPending([&] { return report(kTraceCException); });
    return result;
  }
  Ref<> value = std::move(result).take();
  TRY(report(kTraceCReturn));
  return value;
}

}  // namespace

Result<Ref<>> traceNativeCall(Thread* thread, PyObject* callable, PyObject* const* args, size_t nargsf,
                              Opt<TupleObject> names) {
  auto run = [&] { return callVector(callable, args, nargsf, names); };
  if (!isNative(callable) || !thread->c_profilefunc) return run();
  Ref<> shown = TRY(shownCallable(callable, args, vectorcallCount(nargsf)));
  return aroundNative(thread, shown.get(), run);
}

Result<Ref<>> traceNativeCallTuple(Thread* thread, PyObject* callable, TupleObject* args,
                                   Opt<DictObject> kwargs) {
  auto run = [&] { return callTupleDict(callable, args, kwargs); };
  if (!isNative(callable) || !thread->c_profilefunc) return run();
  Ref<> shown = TRY(shownCallable(callable, args->items(), args->size()));
  return aroundNative(thread, shown.get(), run);
}

// --- installing ---

namespace {

StrObject* eventName(int event) {
  StrObject* const names[] = {name<"call">(),   name<"exception">(),   name<"line">(),     name<"return">(),
                              name<"c_call">(), name<"c_exception">(), name<"c_return">(), name<"opcode">()};
  return names[event];
}

Result<Ref<>> callPythonTracer(PyObject* callback, FrameObject* frame, int event, PyObject* arg) {
  Ref<> held = share(callback);
  auto result = call(callback, static_cast<PyObject*>(frame), static_cast<PyObject*>(eventName(event)),
                     arg ? arg : Py_None);
  frameObjectLocalsToFast(frame, true);
  if (result.failed()) (void)tracebackAddHere(frame).failed();
  return result;
}

int traceTrampoline(PyObject* self, FrameObject* frame, int event, PyObject* arg) {
  PyObject* callback = event == kTraceCall ? self : frame->f_trace;
  if (!callback) return 0;
  auto result = callPythonTracer(callback, frame, event, arg);
  if (result.failed()) {
    PendingSaved saved;
    if (traceSetNative(nullptr, nullptr).failed()) clearPending();
    clearField(frame->f_trace);
    return -1;
  }
  Ref<> next = std::move(result).take();
  if (next.get() == Py_None) return 0;
  PyObject* old = std::exchange(frame->f_trace, std::move(next).leak());
  xdecref(old);
  return 0;
}

int profileTrampoline(PyObject* self, FrameObject* frame, int event, PyObject* arg) {
  if (!callPythonTracer(self, frame, event, arg).failed()) return 0;
  PendingSaved saved;
  if (profileSetNative(nullptr, nullptr).failed()) clearPending();
  return -1;
}

}  // namespace

namespace {

// One of the two functions of a thread that are told about events.
struct Tracer {
  Py_tracefunc& function;
  PyObject*& object;
};

// The old function goes first. Its destructor may run Python, which may not install another one.
void install(Thread* thread, Tracer tracer, Py_tracefunc function, Opt<> argument) {
  bool before = hasTracer(thread);
  tracer.function = nullptr;
  tracersChanged(thread, before);
  clearField(tracer.object);
  before = hasTracer(thread);
  tracer.object = MaybeRef<>::share(argument.get()).leak();
  tracer.function = function;
  tracersChanged(thread, before);
}

}  // namespace

Status traceSetNative(Py_tracefunc function, Opt<> argument) {
  static bool busy = false;
  if (busy) {
    return raise(PyExc_RuntimeError,
                 "Cannot install a trace function while another trace function is being installed");
  }
  TRY(audit("sys.settrace"));
  Thread* thread = currentThread();
  busy = true;
  install(thread, {thread->c_tracefunc, thread->c_traceobj}, function, argument);
  busy = false;
  return {};
}

Status profileSetNative(Py_tracefunc function, Opt<> argument) {
  static bool busy = false;
  if (busy) {
    return raise(PyExc_RuntimeError,
                 "Cannot install a profile function while another profile function is being installed");
  }
  TRY(audit("sys.setprofile"));
  Thread* thread = currentThread();
  busy = true;
  install(thread, {thread->c_profilefunc, thread->c_profileobj}, function, argument);
  busy = false;
  return {};
}

Status traceSet(Opt<> function) { return traceSetNative(function ? traceTrampoline : nullptr, function); }
Status profileSet(Opt<> function) {
  return profileSetNative(function ? profileTrampoline : nullptr, function);
}

void traceThreadDeleted(Thread* thread) {
  if (!hasTracer(thread)) return;
  thread->c_tracefunc = thread->c_profilefunc = nullptr;
  if (--tracing_threads == 0) setTable(false);
  clearField(thread->c_traceobj);
  clearField(thread->c_profileobj);
}

}  // namespace krait
