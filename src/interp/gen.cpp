// generator: resuming, send, throw, close, finalisation; what coroutines and async generators share.
#include "interp/gen.h"

#include <cstring>

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "interp/eval.h"
#include "interp/gen_frame.h"
#include "interp/gen_methods.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/misc_objects.h"
#include "types/traceback.h"
#include "types/weakref.h"

namespace krait {
namespace {

const char* kindName(GenObject* gen) {
  return isCoro(gen) ? "coroutine" : isAsyncGen(gen) ? "async generator" : "generator";
}

PyTypeObject* typeForFlags(int flags) {
  if (flags & 0x80) return &PyCoro_Type;
  if (flags & 0x200) return &PyAsyncGen_Type;
  return &PyGen_Type;
}

void completed(GenObject* gen) {
  gen->gi_frame_state = kGenCompleted;
  clearField(gen->gi_exc_state.exc_value);
  frameClear(gen->frame());
  gen->frame()->previous = nullptr;
  gen->gi_frame_state = kGenCleared;
}

}  // namespace

Result<Ref<GenObject>> genNewFor(FunctionObject* function) {
  CodeObject* code = function->code();
  // The record follows the fixed part; the array member gi_iframe counts as its first word.
  size_t extra = (frameWords(code) - 1) * sizeof(PyObject*);
  Ref<GenObject> gen = TRY(objectNew<GenObject>(typeForFlags(code->co_flags), extra));
  GenObject* g = gen.get();
  std::memset(static_cast<void*>(reinterpret_cast<char*>(g) + sizeof(PyObject)), 0,
              sizeof(GenObject) + extra - sizeof(PyObject));
  g->gi_code = share(code).leak();
  g->gi_name = share(function->func_name).leak();
  g->gi_qualname = share(function->func_qualname).leak();
  g->gi_frame_state = kGenCleared;  // until the frame has moved in
  if (isCoro(g)) TRY(coroRecordOrigin(g));
  return gen;
}

void genConvertStop(GenObject* gen) {
  bool stop = pendingMatches(PyExc_StopIteration);
  bool async_stop = isAsyncGen(gen) && !stop && pendingMatches(PyExc_StopAsyncIteration);
  if (stop)
    (void)raiseFromCause(PyExc_RuntimeError, "%s raised StopIteration", kindName(gen));
  else if (async_stop)
    (void)raiseFromCause(PyExc_RuntimeError, "async generator raised StopAsyncIteration");
}

void genFrameRaised(Thread* thread, Frame* frame) {
  GenObject* gen = genOfFrame(frame);
  genLeaveHandled(thread, gen);
  genConvertStop(gen);
  PendingSaved saved;
  completed(gen);
}

void genFrameReturned(Thread* thread, Frame* frame) {
  GenObject* gen = genOfFrame(frame);
  genLeaveHandled(thread, gen);
  completed(gen);
}

namespace {

// A generator that cannot be resumed: running already, or finished. *result stays null.
PySendResult refuse(GenObject* gen, bool has_value, bool closing, PyObject** result) {
  if (gen->gi_frame_state == kGenExecuting) {
    const char* text = isCoro(gen)       ? "coroutine already executing"
                       : isAsyncGen(gen) ? "async generator already executing"
                                         : "generator already executing";
    (void)raise(PyExc_ValueError, "%s", text);
    return PYGEN_ERROR;
  }
  if (isCoro(gen) && !closing) {
    (void)raise(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
    return PYGEN_ERROR;
  }
  if (has_value) {
    *result = none().leak();
    return PYGEN_RETURN;
  }
  return PYGEN_ERROR;
}

// An exception thrown in happens while the generator's own handled one is: that becomes its context.
void chainThrown(Thread* thread) {
  PyObject* handled = thread->exc_info->exc_value;
  if (!handled || handled == Py_None) return;
  if (MaybeRef<> exception = takePending()) (void)raiseObject(typeOf(exception.get()), exception.get());
}

// Resumes the frame; `sent` absent and `raising` false: None is sent.
PySendResult resume(GenObject* gen, Opt<> sent, bool raising, bool closing, PyObject** result) {
  *result = nullptr;
  if (gen->gi_frame_state == kGenCreated && sent && sent.get() != Py_None) {
    (void)raise(PyExc_TypeError, "can't send non-None value to a just-started %s", kindName(gen));
    return PYGEN_ERROR;
  }
  if (gen->gi_frame_state >= kGenExecuting) return refuse(gen, sent && !raising, closing, result);
  Thread* thread = currentThread();
  Ref<GenObject> held = share(gen);
  Frame* frame = gen->frame();
  if (gen->gi_frame_state != kGenJumped) {
    frame->localsplus[frame->stacktop++] = share(sent.orElse(Py_None)).leak();
  } else if (!raising) {
    frame->prev_instr--;
  }
  gen->gi_exc_state.previous_item = thread->exc_info;
  thread->exc_info = &gen->gi_exc_state;
  gen->gi_frame_state = kGenExecuting;
  if (raising) chainThrown(thread);
  PyObject* value = evalFrame(thread, frame, raising);
  if (genIsSuspended(gen)) {
    frame->previous = nullptr;
    *result = value;
    return PYGEN_NEXT;
  }
  if (!value) {
    genFrameRaised(thread, frame);
    return PYGEN_ERROR;
  }
  genFrameReturned(thread, frame);
  *result = value;
  return PYGEN_RETURN;
}

// The value-or-StopIteration answer of send() and throw().
Result<Ref<>> answer(GenObject* gen, PySendResult status, PyObject* value) {
  if (status == PYGEN_NEXT) return Ref<>::steal(value);
  if (status == PYGEN_ERROR) {
    if (exceptionPending()) return Raised{};
    if (isAsyncGen(gen)) return raiseNone(PyExc_StopAsyncIteration);
    return raiseNone(PyExc_StopIteration);
  }
  Ref<> returned = Ref<>::steal(value);
  if (isAsyncGen(gen)) return raiseNone(PyExc_StopAsyncIteration);
  if (returned.get() == Py_None) return raiseNone(PyExc_StopIteration);
  TRY(genSetStopValue(returned.get()));
  return Raised{};
}

}  // namespace

PySendResult genSend(GenObject* gen, Opt<> value, PyObject** result) {
  return resume(gen, value, false, false, result);
}

// tp_iternext: the end without a value raises nothing.
Result<MaybeRef<>> genNext(GenObject* gen) {
  PyObject* value;
  PySendResult status = resume(gen, nullptr, false, false, &value);
  if (status == PYGEN_NEXT) return MaybeRef<>::steal(value);
  if (status == PYGEN_ERROR) {
    if (exceptionPending()) return Raised{};
    return MaybeRef<>();
  }
  MaybeRef<> returned = MaybeRef<>::steal(value);
  if (returned.get() != Py_None) {
    TRY(genSetStopValue(returned.get()));
    return Raised{};
  }
  return MaybeRef<>();
}

Result<Ref<>> genSendMethod(GenObject* gen, PyObject* sent) {
  PyObject* value;
  PySendResult status = resume(gen, sent, false, false, &value);
  return answer(gen, status, value);
}

Status genSetStopValue(PyObject* value) {
  if (!isTuple(value) && !isExceptionInstance(value)) return raiseObject(PyExc_StopIteration, value);
  // A tuple or exception would be taken for the arguments or the exception itself.
  Ref<> stop = TRY(call(PyExc_StopIteration, value));
  return raiseObject(PyExc_StopIteration, stop.get());
}

Result<Ref<>> genFetchStopValue() {
  if (!exceptionPending()) return none();
  if (!pendingMatches(PyExc_StopIteration)) return Raised{};
  MaybeRef<> exception = takePending();
  PyObject* value = static_cast<StopIterationObject*>(exception.get())->value;
  return share(value ? value : Py_None);
}

MaybeRef<> genYieldFrom(GenObject* gen) {
  if (gen->gi_frame_state != kGenSuspended) return {};
  Frame* frame = gen->frame();
  Unit next = frame->prev_instr[1];
  if (opGeneric(unitOp(next)) != Op::RESUME || unitArg(next) < kResumeYieldFrom) return {};
  if (frame->stacktop <= frame->code->co_nlocalsplus) return {};
  return MaybeRef<>::share(frame->localsplus[frame->stacktop - 1]);
}

PySendResult iterSend(PyObject* iterator, PyObject* value, PyObject** result) {
  PyAsyncMethods* methods = typeOf(iterator)->tp_as_async;
  if (methods && methods->am_send) return methods->am_send(iterator, value, result);
  if (value == Py_None && isIterator(iterator))
    *result = typeOf(iterator)->tp_iternext(iterator);
  else
    *result = callMethod(iterator, name<"send">(), value).toC();
  if (*result) return PYGEN_NEXT;
  auto stop = genFetchStopValue();
  if (stop.failed()) return PYGEN_ERROR;
  *result = std::move(stop).toC();
  return PYGEN_RETURN;
}

PySendResult genAmSend(PyObject* self, PyObject* value, PyObject** result) {
  PySendResult status = resume(static_cast<GenObject*>(self), value, false, false, result);
  if (status == PYGEN_ERROR && !exceptionPending()) {
    *result = none().leak();
    return PYGEN_RETURN;
  }
  return status;
}

// --- close and throw ---

namespace {

// Closes what a generator delegates to.
Status closeDelegate(PyObject* delegate) {
  if (isGen(delegate) || isCoro(delegate)) {
    TRY(genClose(delegate));
    return {};
  }
  auto found = attrLookup(delegate, name<"close">());
  if (found.failed()) {
    writeUnraisable(delegate);
    return {};
  }
  MaybeRef<> close = std::move(found).take();
  if (close) TRY(call(close.get()));
  return {};
}

}  // namespace

Result<Ref<>> genClose(PyObject* object) {
  auto* gen = static_cast<GenObject*>(object);
  if (gen->gi_frame_state >= kGenCompleted) return none();
  MaybeRef<> delegate = genYieldFrom(gen);
  bool failed = false;
  if (delegate) {
    int8_t state = std::exchange(gen->gi_frame_state, kGenExecuting);
    failed = closeDelegate(delegate.get()).failed();
    gen->gi_frame_state = state;
  }
  if (!failed) (void)raiseNone(PyExc_GeneratorExit);
  PyObject* value;
  PySendResult status = resume(gen, Py_None, true, true, &value);
  if (status == PYGEN_NEXT) {
    Ref<> yielded = Ref<>::steal(value);
    return raise(PyExc_RuntimeError, "%s ignored GeneratorExit", kindName(gen));
  }
  if (status == PYGEN_RETURN) {
    decref(value);
    return none();
  }
  if (pendingMatches(PyExc_StopIteration) || pendingMatches(PyExc_GeneratorExit)) {
    clearPending();
    return none();
  }
  if (exceptionPending()) return Raised{};
  return none();
}

namespace {

// Turns throw()'s arguments into the pending exception.
Status raiseThrown(PyObject* type, Opt<> value, Opt<> traceback) {
  if (traceback && traceback.get() == Py_None) traceback = nullptr;
  if (traceback && !isTraceback(traceback.get())) {
    return raise(PyExc_TypeError, "throw() third argument must be a traceback object");
  }
  if (isExceptionClass(type)) {
    PendingTriple triple{share(type).leak(), MaybeRef<>::share(value.get()).leak(),
                         MaybeRef<>::share(traceback.get()).leak()};
    normalizePending(triple);
    restorePending(triple);
    return Raised{};
  }
  if (!isExceptionInstance(type)) {
    return raise(PyExc_TypeError,
                 "exceptions must be classes or instances deriving from BaseException, not %s",
                 typeName(type));
  }
  if (value && value.get() != Py_None)
    return raise(PyExc_TypeError, "instance exception may not have a separate value");
  PyObject* shown = traceback ? traceback.get() : static_cast<ExceptionObject*>(type)->traceback;
  restorePending({share<PyObject>(typeOf(type)).leak(), share(type).leak(), MaybeRef<>::share(shown).leak()});
  return Raised{};
}

Result<Ref<>> throwHere(GenObject* gen, PyObject* type, Opt<> value, Opt<> traceback) {
  bool misuse = false;
  if (!isExceptionClass(type) && !isExceptionInstance(type)) misuse = true;
  if (isExceptionInstance(type) && value && value.get() != Py_None) misuse = true;
  if (traceback && traceback.get() != Py_None && !isTraceback(traceback.get())) misuse = true;
  (void)raiseThrown(type, value, traceback).failed();
  if (misuse) return Raised{};
  PyObject* out;
  PySendResult status = resume(gen, Py_None, true, false, &out);
  return answer(gen, status, out);
}

// Delegates a throw; absent: the delegate has no throw(), so the exception is raised in the generator itself.
Result<MaybeRef<>> throwInto(PyObject* delegate, bool close_on_exit, PyObject* type, Opt<> value,
                             Opt<> traceback) {
  if (isGen(delegate) || isCoro(delegate)) {
    return MaybeRef<>(
        TRY(genThrowImpl(static_cast<GenObject*>(delegate), close_on_exit, type, value, traceback)));
  }
  MaybeRef<> method = TRY(attrLookup(delegate, name<"throw">()));
  if (!method) return MaybeRef<>();
  PyObject* args[] = {type, value.get(), traceback.get()};
  size_t count = traceback ? 3 : value ? 2 : 1;
  if (count == 3 && !args[1]) args[1] = Py_None;
  return MaybeRef<>(TRY(callVector(method.get(), args, count, nullptr)));
}

}  // namespace

Result<Ref<>> genThrowImpl(GenObject* gen, bool close_on_exit, PyObject* type, Opt<> value, Opt<> traceback) {
  MaybeRef<> delegate = genYieldFrom(gen);
  if (!delegate) return throwHere(gen, type, value, traceback);
  Ref<GenObject> held = share(gen);
  Thread* thread = currentThread();
  Frame* frame = gen->frame();
  // While the delegate runs this generator counts as running, and its frame is on the chain.
  bool closes = close_on_exit && exceptionMatches(type, PyExc_GeneratorExit);
  int8_t state = std::exchange(gen->gi_frame_state, kGenExecuting);
  Frame* outer = thread->cframe->current_frame;
  frame->previous = outer;
  thread->cframe->current_frame = frame;
  bool close_failed = false;
  MaybeRef<> out;
  bool failed = false;
  if (closes) {
    close_failed = closeDelegate(delegate.get()).failed();
  } else {
    auto answered = throwInto(delegate.get(), close_on_exit, type, value, traceback);
    failed = answered.failed();
    if (!failed) out = std::move(answered).take();
  }
  thread->cframe->current_frame = outer;
  frame->previous = nullptr;
  gen->gi_frame_state = state;
  if (closes) {
    if (!close_failed) return throwHere(gen, type, value, traceback);
    PyObject* yielded;
    PySendResult status = resume(gen, Py_None, true, false, &yielded);
    return answer(gen, status, yielded);
  }
  if (out) return std::move(out).take();
  if (!failed) return throwHere(gen, type, value, traceback);
  // The delegate has ended: go on behind the SEND with its value, or raise here.
  PyObject* delegated = frame->localsplus[--frame->stacktop];
  frame->localsplus[frame->stacktop] = nullptr;
  decref(delegated);
  const Unit* send = frame->prev_instr - 1;
  frame->prev_instr = const_cast<Unit*>(send + unitArg(*send));
  auto stop = genFetchStopValue();
  PyObject* next;
  PySendResult status;
  if (stop.failed()) {
    status = resume(gen, Py_None, true, false, &next);
  } else {
    Ref<> stop_value = std::move(stop).take();
    status = resume(gen, stop_value.get(), false, false, &next);
  }
  return answer(gen, status, next);
}

Result<Ref<>> genThrow(GenObject* gen, PyObject* type, Opt<> value, Opt<> traceback) {
  return genThrowImpl(gen, true, type, value, traceback);
}

Result<Ref<>> genThrowMethod(GenObject* gen, CallArgs args) {
  if (args.names && args.names->size())
    return raise(PyExc_TypeError, "%s.throw() takes no keyword arguments", typeName(gen));
  if (args.count < 1)
    return raise(PyExc_TypeError, "throw expected at least 1 argument, got %zd", args.count);
  if (args.count > 3)
    return raise(PyExc_TypeError, "throw expected at most 3 arguments, got %zd", args.count);
  return genThrow(gen, args.values[0], args.count > 1 ? args.values[1] : nullptr,
                  args.count > 2 ? args.values[2] : nullptr);
}

// --- life and death ---

void genFinalize(PyObject* self) {
  auto* gen = static_cast<GenObject*>(self);
  if (gen->gi_frame_state >= kGenCompleted) return;
  if (isAsyncGen(self)) {
    PyObject* finalizer = gen->gi_origin_or_finalizer;
    if (finalizer && !gen->gi_closed) {
      PendingSaved saved;
      if (call(finalizer, self).failed()) writeUnraisable(self);
      return;
    }
  }
  PendingSaved saved;
  if (isCoro(self) && gen->gi_frame_state == kGenCreated) {
    coroWarnUnawaited(gen);
    return;
  }
  if (genClose(self).failed() && exceptionPending()) writeUnraisable(self);
}

void genDeallocSlot(PyObject* self) {
  auto* gen = static_cast<GenObject*>(self);
  gcUntrack(self);
  if (gen->gi_weakreflist) clearWeakRefs(self);
  gcTrack(self);
  if (!finalizeFromDealloc(self)) return;
  gcUntrack(self);
  if (gen->gi_frame_state < kGenCleared && gen->gi_frame_state != kGenCompleted) {
    gen->gi_frame_state = kGenCleared;
    gen->frame()->previous = nullptr;
    frameClear(gen->frame());
  }
  clearField(gen->gi_origin_or_finalizer);
  clearField(gen->gi_code);
  clearField(gen->gi_name);
  clearField(gen->gi_qualname);
  clearField(gen->gi_exc_state.exc_value);
  gcFree(self);
}

int genTraverseSlot(PyObject* self, visitproc visit, void* arg) {
  auto* gen = static_cast<GenObject*>(self);
  if (int status = visitAll(visit, arg, gen->gi_code, gen->gi_name, gen->gi_qualname,
                            gen->gi_origin_or_finalizer, gen->gi_exc_state.exc_value)) {
    return status;
  }
  return gen->gi_frame_state < kGenCompleted ? frameVisit(gen->frame(), visit, arg) : 0;
}

Result<Ref<StrObject>> genRepr(GenObject* gen) {
  const char* kind = isCoro(gen)       ? "coroutine object"
                     : isAsyncGen(gen) ? "async_generator object"
                                       : "generator object";
  return strFormat("<%s %S at %p>", kind, gen->gi_qualname, gen);
}

Ref<> genGetName(GenObject* gen) { return share(gen->gi_name); }
Status genSetName(GenObject* gen, Opt<> value) {
  if (!value || !isStr(value.get())) return raise(PyExc_TypeError, "__name__ must be set to a string object");
  setField(gen->gi_name, share(value.get()));
  return {};
}
Ref<> genGetQualname(GenObject* gen) { return share(gen->gi_qualname); }
Status genSetQualname(GenObject* gen, Opt<> value) {
  if (!value || !isStr(value.get()))
    return raise(PyExc_TypeError, "__qualname__ must be set to a string object");
  setField(gen->gi_qualname, share(value.get()));
  return {};
}
Result<Ref<>> genGetFrame(GenObject* gen) {
  if (gen->gi_frame_state >= kGenCompleted) return none();
  return Ref<>(TRY(frameObjectOf(gen->frame())));
}
Ref<> genGetYieldFrom(GenObject* gen) {
  MaybeRef<> delegate = genYieldFrom(gen);
  return delegate ? std::move(delegate).take() : none();
}
bool genIsRunning(GenObject* gen) { return gen->gi_frame_state == kGenExecuting; }
bool genIsSuspended(GenObject* gen) {
  return gen->gi_frame_state == kGenSuspended || gen->gi_frame_state == kGenJumped;
}
Py_ssize_t genSizeof(GenObject* gen) {
  return static_cast<Py_ssize_t>(offsetof(GenObject, gi_iframe) + offsetof(Frame, localsplus)) +
         static_cast<Py_ssize_t>(sizeof(PyObject*)) *
             (gen->gi_code->co_nlocalsplus + gen->gi_code->co_stacksize);
}

namespace {

constinit PyMethodDef kGenMethods[] = {
    method<"!send($self, arg, /)", genSendMethod, "Resume with a value; answers what is yielded next.">,
    method<"!throw($self, *args)", genThrowMethod, "Raise an exception where the generator waits.">,
    method<"!close($self)", genClose, "Raise GeneratorExit where the generator waits.">,
    method<"!__sizeof__($self)", genSizeof, "Size in memory, in bytes.">,
    {}};
constinit PyGetSetDef kGenGetSet[] = {
    getset<"__name__", genGetName, genSetName, "Name of the generator.">,
    getset<"__qualname__", genGetQualname, genSetQualname, "Qualified name.">,
    getset<"gi_yieldfrom", genGetYieldFrom, nullptr, "What it delegates to, or None.">,
    getset<"gi_running", genIsRunning>,
    getset<"gi_frame", genGetFrame>,
    getset<"gi_suspended", genIsSuspended>,
    {}};
constinit PyMemberDef kGenMembers[] = {
    {"gi_code", T_OBJECT, offsetof(GenObject, gi_code), READONLY | PY_AUDIT_READ, nullptr}, {}};
constinit PyAsyncMethods kGenAsync = {.am_send = genAmSend};

}  // namespace

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyGen_Type = {
    KR_TYPE_HEAD,
    .tp_name = "generator",
    .tp_basicsize = offsetof(GenObject, gi_iframe) + offsetof(Frame, localsplus),
    .tp_itemsize = sizeof(PyObject*),
    .tp_dealloc = genDeallocSlot,
    .tp_as_async = &kGenAsync,
    .tp_repr = slot<genRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = genTraverseSlot,
    .tp_weaklistoffset = offsetof(GenObject, gi_weakreflist),
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<genNext>,
    .tp_methods = kGenMethods,
    .tp_members = kGenMembers,
    .tp_getset = kGenGetSet,
    .tp_finalize = genFinalize,
};
