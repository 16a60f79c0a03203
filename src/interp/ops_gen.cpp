// Generators, coroutines, async iteration.
#include "core/call.h"
#include "core/gc.h"
#include "interp/call_frame.h"
#include "interp/gen_frame.h"
#include "interp/inline_cache.h"
#include "interp/trace.h"
#include "types/int.h"
#include "types/type.h"

namespace krait {
namespace {

// Moves the running frame into a new generator, which is answered.
Result<Ref<GenObject>> makeGenerator(Frame* frame, PyObject** top) {
  if (frame->owner != kFrameOwnedByThread)
    return raise(PyExc_SystemError, "RETURN_GENERATOR in a generator's frame");
  Ref<GenObject> gen = TRY(genNewFor(frame->func));
  Frame* own = gen->frame();
  frame->stacktop = static_cast<int>(top - frame->localsplus);
  frameCopy(frame, own);
  own->owner = kFrameOwnedByGenerator;
  own->previous = nullptr;
  if (own->frame_obj) own->frame_obj->f_frame = own;
  gen->gi_frame_state = kGenCreated;
  gcTrack(gen.get());
  return gen;
}

}  // namespace

OP_HANDLER(RETURN_GENERATOR) {
  frame->prev_instr = const_cast<Unit*>(ip);
  PyObject* gen = makeGenerator(frame, top).toC();
  if (!gen) [[unlikely]]
    [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
  thread->recursion_remaining++;
  if (frame->entry == kEntryNative) {
    // The caller clears the record: leave it one that owns nothing but function and code.
    frame->stacktop = 0;
    frame->locals = nullptr;
    frame->frame_obj = nullptr;
    incref(frame->func);
    incref(frame->code);
    return gen;
  }
  Frame* caller = frame->previous;
  bool is_init = frame->entry == kEntryInit;
  dataStackPop(thread, reinterpret_cast<PyObject**>(frame));
  thread->cframe->current_frame = caller;
  frame = caller;
  top = frame->localsplus + frame->stacktop;
  frame->stacktop = -1;
  if (is_init) {
    (void)raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", typeName(gen));
    *top++ = gen;
    [[clang::musttail]] return unwind(frame->prev_instr, top, frame, thread, 0);
  }
  *top++ = gen;
  OP_DISPATCH(frame->prev_instr + 1, top);
}

OP_HANDLER(YIELD_VALUE) {
  frame->prev_instr = const_cast<Unit*>(ip);
  if (frame->owner != kFrameOwnedByGenerator) [[unlikely]] {
    (void)raise(PyExc_SystemError, "YIELD_VALUE outside a generator");
    [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
  }
  GenObject* gen = genOfFrame(frame);
  PyObject* value = *--top;
  // A debugger may have moved `ip` away from the YIELD_VALUE.
  gen->gi_frame_state = unitOp(*ip) == Op::YIELD_VALUE ? kGenSuspended : kGenJumped;
  genLeaveHandled(thread, gen);
  frame->stacktop = static_cast<int>(top - frame->localsplus);
  thread->recursion_remaining++;
  if (frame->entry == kEntryNative) return value;
  Frame* caller = frame->previous;
  frame->previous = nullptr;
  thread->cframe->current_frame = caller;
  frame = caller;
  top = frame->localsplus + frame->stacktop;
  frame->stacktop = -1;
  *top++ = value;
  OP_DISPATCH(frame->prev_instr + 1, top);
}

namespace {

// One step of any awaitable or iterator; the sent value is borrowed. A tracer sees the StopIteration at the
// end, so that one has to be made for it.
PySendResult sendTo(Thread* thread, Frame* frame, PyObject* receiver, PyObject* sent, PyObject** value) {
  bool traced = thread->c_tracefunc && isTracing(thread);
  if ((isGen(receiver) || isCoro(receiver)) && !traced) return iterSend(receiver, sent, value);
  if (sent == Py_None && isIterator(receiver)) {
    *value = typeOf(receiver)->tp_iternext(receiver);
  } else {
    *value = callMethod(receiver, name<"send">(), sent).toC();
  }
  if (*value) return PYGEN_NEXT;
  if (traced && pendingMatches(PyExc_StopIteration)) traceException(thread, frame);
  auto stop = genFetchStopValue();
  if (stop.failed()) return PYGEN_ERROR;
  *value = std::move(stop).toC();
  return PYGEN_RETURN;
}

}  // namespace

OP_BODY(SEND) {
  PyObject* receiver = sp.peek(1);
  if ((isGen(receiver) || isCoro(receiver)) && oparg < UINT16_MAX && !thread->c_tracefunc) {
    auto* gen = static_cast<GenObject*>(receiver);
    if (gen->gi_frame_state == kGenSuspended ||
        (gen->gi_frame_state == kGenCreated && sp.peek(0) == Py_None)) {
      return genEnter(ip, sp, frame, thread, gen, sp.popRaw(), kEntrySend, oparg + 1);
    }
  }
  PyObject* value = nullptr;
  PySendResult result = sendTo(thread, frame, receiver, sp.peek(0), &value);
  if (result == PYGEN_ERROR) return Step::kRaised;
  PyObject* sent = sp.popRaw();
  if (result == PYGEN_NEXT) {
    sp.push(value);
    decref(sent);
    return Step::kNext;
  }
  sp.peek(0) = value;
  decref(sent);
  decref(receiver);
  ip += 1 + oparg;
  return Step::kJump;
}

OP_BODY(ASYNC_GEN_WRAP) {
  sp.replaceTop(OP_TRY(asyncGenWrapValue(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(GET_AWAITABLE) {
  PyObject* awaited = sp.peek(0);
  auto made = coroGetAwaitable(awaited);
  if (made.failed()) {
    PyTypeObject* type = typeOf(awaited);
    if (oparg && (!type->tp_as_async || !type->tp_as_async->am_await)) {
      clearPending();
      const char* method_name = oparg == 1 ? "__aenter__" : "__aexit__";
      (void)raise(PyExc_TypeError,
                  "'async with' received an object from %s that does not implement __await__: %.100s",
                  method_name, type->tp_name);
    }
    return Step::kRaised;
  }
  Ref<> iterator = std::move(made).take();
  if (isCoro(iterator.get())) {
    if (MaybeRef<> awaiting = genYieldFrom(static_cast<GenObject*>(iterator.get()))) {
      (void)raise(PyExc_RuntimeError, "coroutine is being awaited already");
      return Step::kRaised;
    }
  }
  sp.replaceTop(std::move(iterator));
  return Step::kNext;
}

namespace {

Result<Ref<>> asyncIterOf(PyObject* object) {
  PyAsyncMethods* methods = typeOf(object)->tp_as_async;
  if (!methods || !methods->am_aiter) {
    return raise(PyExc_TypeError, "'async for' requires an object with __aiter__ method, got %.100s",
                 typeName(object));
  }
  Ref<> iterator = TRY(Result<Ref<>>::fromC(methods->am_aiter(object)));
  PyAsyncMethods* its = typeOf(iterator.get())->tp_as_async;
  if (!its || !its->am_anext) {
    return raise(PyExc_TypeError,
                 "'async for' received an object from __aiter__ that does not implement __anext__: %.100s",
                 typeName(iterator.get()));
  }
  return iterator;
}

Result<Ref<>> asyncNextOf(PyObject* iterator) {
  PyAsyncMethods* methods = typeOf(iterator)->tp_as_async;
  if (isAsyncGen(iterator)) return Result<Ref<>>::fromC(methods->am_anext(iterator));
  if (!methods || !methods->am_anext) {
    return raise(PyExc_TypeError, "'async for' requires an iterator with __anext__ method, got %.100s",
                 typeName(iterator));
  }
  Ref<> next = TRY(Result<Ref<>>::fromC(methods->am_anext(iterator)));
  auto awaitable = coroGetAwaitable(next.get());
  if (awaitable.failed()) {
    return raiseFromCause(PyExc_TypeError, "'async for' received an invalid object from __anext__: %.100s",
                          typeName(next.get()));
  }
  return std::move(awaitable).take();
}

}  // namespace

OP_BODY(GET_AITER) {
  sp.replaceTop(OP_TRY(asyncIterOf(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(GET_ANEXT) {
  sp.push(OP_TRY(asyncNextOf(sp.peek(0))));
  return Step::kNext;
}

OP_HANDLER(END_ASYNC_FOR) {
  frame->prev_instr = const_cast<Unit*>(ip);
  PyObject* exception = top[-1];
  if (!exceptionMatches(exception, PyExc_StopAsyncIteration)) {
    top--;
    (void)raiseException(Ref<>::steal(exception));
    [[clang::musttail]] return unwindAgain(ip, top, frame, thread, oparg);
  }
  decref(*--top);
  decref(*--top);
  OP_DISPATCH(ip + 1, top);
}

}  // namespace krait
