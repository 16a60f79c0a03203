// generator, coroutine and async_generator: one layout, the frame record at its end.
#pragma once

#include "interp/frame.h"

namespace krait {

enum GenState : int8_t {
  kGenJumped = -3,  // suspended, but a debugger moved it: the next instruction takes no sent value
  kGenCreated = -2,
  kGenSuspended = -1,
  kGenExecuting = 0,
  kGenCompleted = 1,
  kGenCleared = 4,
};

struct GenObject : PyObject {
  CodeObject* gi_code;  // owned while the frame exists and after
  PyObject *gi_weakreflist, *gi_name, *gi_qualname;
  _PyErr_StackItem gi_exc_state;
  PyObject* gi_origin_or_finalizer;  // coroutine: cr_origin; async generator: finaliser hook
  char gi_hooks_inited, gi_closed, gi_running_async;
  int8_t gi_frame_state;
  PyObject* gi_iframe[1];

  Frame* frame() { return reinterpret_cast<Frame*>(gi_iframe); }
};
static_assert(offsetof(GenObject, gi_iframe) == 80);

inline GenObject* genOfFrame(Frame* frame) {
  return reinterpret_cast<GenObject*>(reinterpret_cast<char*>(frame) - offsetof(GenObject, gi_iframe));
}
inline bool isGen(const PyObject* o) { return isExact(o, &PyGen_Type); }
inline bool isCoro(const PyObject* o) { return isExact(o, &PyCoro_Type); }
inline bool isAsyncGen(const PyObject* o) { return isExact(o, &PyAsyncGen_Type); }

// A new generator of the kind that the function's code flags say; its frame record is filled by the caller.
Result<Ref<GenObject>> genNewFor(FunctionObject* function);
// gen.send(value); value absent: like next(). kNext: *result is what was yielded.
PySendResult genSend(GenObject* gen, Opt<> value, PyObject** result);
Result<Ref<>> genThrow(GenObject* gen, PyObject* type, Opt<> value, Opt<> traceback);
Result<Ref<>> genClose(PyObject* gen);
// The object a suspended generator delegates to, if any.
MaybeRef<> genYieldFrom(GenObject* gen);
// Clears what a finished generator's frame holds.
void genFrameCleared(GenObject* gen);
// Takes StopIteration off the thread: its value; StopIteration absent: None when nothing is pending.
Result<Ref<>> genFetchStopValue();
Status genSetStopValue(PyObject* value);
// PyIter_Send: generators, am_send, tp_iternext, send().
PySendResult iterSend(PyObject* iterator, PyObject* value, PyObject** result);

// await: the iterator of an awaitable (GET_AWAITABLE).
Result<Ref<>> coroGetAwaitable(PyObject* object);
Result<Ref<>> asyncGenWrapValue(PyObject* value);  // ASYNC_GEN_WRAP
Result<Ref<>> anextAwaitableNew(PyObject* awaitable, PyObject* fallback);

Result<Ref<>> asyncGenInitHooksAndAnext(GenObject* gen);
bool isAsyncGenWrapped(const PyObject* o);

}  // namespace krait

extern "C" PyTypeObject _PyCoroWrapper_Type, _PyAsyncGenASend_Type, _PyAsyncGenAThrow_Type,
    _PyAsyncGenWrappedValue_Type, _PyAnextAwaitable_Type;
