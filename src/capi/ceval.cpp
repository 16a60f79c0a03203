// Exports of ceval.h: the GIL, recursion, evaluation.
#include <pthread.h>

#include <cstdio>

#include "capi/capi.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "types/method.h"

using namespace krait;

KR_EXPORT PyThreadState* PyEval_SaveThread() {
  Thread* thread = currentThread();
  gilDrop(thread);
  return thread;
}
KR_EXPORT void PyEval_RestoreThread(PyThreadState* thread) {
  int saved = errno;
  gilTake(static_cast<Thread*>(thread));
  errno = saved;
}
KR_EXPORT void PyEval_AcquireThread(PyThreadState* thread) { gilTake(static_cast<Thread*>(thread)); }
KR_EXPORT void PyEval_ReleaseThread(PyThreadState* thread) { gilDrop(static_cast<Thread*>(thread)); }
KR_EXPORT void PyEval_AcquireLock() { gilTake(gilStateThisThread()); }
KR_EXPORT void PyEval_ReleaseLock() { gilDrop(currentThread()); }
KR_EXPORT void PyEval_InitThreads() {}
KR_EXPORT int PyEval_ThreadsInitialized() { return 1; }
KR_EXPORT int Py_AddPendingCall(int (*function)(void*), void* arg) { return pendingCallAdd(function, arg); }
KR_EXPORT int Py_MakePendingCalls() { return toC(pendingCallsRun()); }
KR_EXPORT int Py_IsInitialized() { return interpreter().core_ready; }
KR_EXPORT int _Py_IsFinalizing() { return interpreter().finalizing; }

namespace {
// PyThreadState's recursion_remaining is counted here as compiled code counts it inline.
int enterRecursion(const char* where) {
  auto guard = RecursionGuard::enter(where);
  if (guard.failed()) return -1;
  auto held = std::move(guard).take();
  currentThread()->recursion_remaining--;  // kept beyond the guard
  return 0;
}
}  // namespace
KR_EXPORT int Py_EnterRecursiveCall(const char* where) { return enterRecursion(where); }
KR_EXPORT void Py_LeaveRecursiveCall() { currentThread()->recursion_remaining++; }
// Called by code that found recursion_remaining used up after its own decrement.
KR_EXPORT int _Py_CheckRecursiveCall(PyThreadState* thread, const char* where) {
  thread->recursion_remaining++;
  int status = enterRecursion(where);
  if (status < 0) return status;
  return 0;
}
KR_EXPORT int Py_GetRecursionLimit() { return threadRecursionLimit(); }
KR_EXPORT void Py_SetRecursionLimit(int limit) { threadSetRecursionLimit(limit); }

KR_EXPORT PyObject* PyEval_GetBuiltins() {
  Opt<> builtins = currentBuiltins();
  return builtins ? builtins.get() : interpreter().builtins;
}
KR_EXPORT PyObject* PyEval_GetGlobals() { return currentGlobals().get(); }
KR_EXPORT PyObject* PyEval_GetLocals() {
  auto locals = currentLocals();
  if (locals.failed()) return nullptr;
  MaybeRef<> held = std::move(locals).take();
  return held.get();  // the frame keeps it
}
KR_EXPORT PyObject* PyEval_EvalCode(PyObject* code, PyObject* globals, PyObject* locals) {
  return toC(evalCode(static_cast<CodeObject*>(code), globals, locals ? locals : globals));
}
KR_EXPORT PyFrameObject* PyEval_GetFrame() {
  Frame* frame = currentFrame(currentThread());
  if (!frame) return nullptr;
  auto object = frameObjectOf(frame);
  if (object.failed()) return clearPending(), nullptr;
  auto held = std::move(object).take();
  return held.get();  // the frame record keeps it
}
KR_EXPORT void PyEval_SetTrace(Py_tracefunc function, PyObject* arg) {
  if (traceSetNative(function, arg).failed()) writeUnraisable(nullptr);
}
KR_EXPORT void PyEval_SetProfile(Py_tracefunc function, PyObject* arg) {
  if (profileSetNative(function, arg).failed()) writeUnraisable(nullptr);
}
KR_EXPORT int _PyEval_SetProfile(PyThreadState*, Py_tracefunc function, PyObject* arg) {
  return toC(profileSetNative(function, arg));
}
KR_EXPORT int _PyEval_SetTrace(PyThreadState*, Py_tracefunc function, PyObject* arg) {
  return toC(traceSetNative(function, arg));
}

// --- calls with everything given (PyEval_EvalCodeEx), and how tracebacks name what is called ---

KR_EXPORT PyObject* PyEval_EvalCodeEx(PyObject* code, PyObject* globals, PyObject* locals,
                                      PyObject* const* args, int arg_count, PyObject* const* kwargs,
                                      int kwarg_pairs, PyObject* const* defaults, int default_count,
                                      PyObject* kw_defaults, PyObject* closure) {
  return toC(evalCodeEx(static_cast<CodeObject*>(code), globals, locals, args, arg_count, kwargs, kwarg_pairs,
                        defaults, default_count, static_cast<DictObject*>(kw_defaults),
                        static_cast<TupleObject*>(closure)));
}
KR_EXPORT PyObject* PyEval_EvalFrameEx(PyFrameObject* frame, int raising) {
  return evalFrame(currentThread(), frame->f_frame, raising != 0);
}
KR_EXPORT PyObject* PyEval_EvalFrame(PyFrameObject* frame) { return PyEval_EvalFrameEx(frame, 0); }
KR_EXPORT const char* PyEval_GetFuncName(PyObject* function) {
  if (isExact(function, &PyMethod_Type))
    return PyEval_GetFuncName(static_cast<MethodObject*>(function)->im_func);
  if (isFunction(function)) {
    auto text = strUtf8(static_cast<StrObject*>(static_cast<FunctionObject*>(function)->func_name));
    return text.failed() ? nullptr : std::move(text).take().data();
  }
  if (isInstanceOf(function, &PyCFunction_Type))
    return static_cast<CFunctionObject*>(function)->m_ml->ml_name;
  return typeName(function);
}
KR_EXPORT const char* PyEval_GetFuncDesc(PyObject* function) {
  bool called =
      isExact(function, &PyMethod_Type) || isFunction(function) || isInstanceOf(function, &PyCFunction_Type);
  return called ? "()" : " object";
}
KR_EXPORT unsigned long _PyEval_GetSwitchInterval() { return gilSwitchInterval(); }
KR_EXPORT void _PyEval_SetSwitchInterval(unsigned long microseconds) { gilSetSwitchInterval(microseconds); }
