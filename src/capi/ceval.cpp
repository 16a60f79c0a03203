// Exports of ceval.h, pystate.h, pythread.h: the GIL, threads, recursion, evaluation.
#include <pthread.h>

#include <cstdio>

#include "capi/capi.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "interp/eval.h"

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
KR_EXPORT void PyEval_InitThreads() {}
KR_EXPORT int PyEval_ThreadsInitialized() { return 1; }
KR_EXPORT int PyGILState_Ensure() { return static_cast<int>(gilStateEnsure()); }
KR_EXPORT void PyGILState_Release(int state) { gilStateRelease(static_cast<GilState>(state)); }
KR_EXPORT int PyGILState_Check() { return currentThread() && gilHeldBy(currentThread()) && gilStateThisThread() == currentThread(); }
KR_EXPORT PyThreadState* PyGILState_GetThisThreadState() { return gilStateThisThread(); }
KR_EXPORT PyThreadState* PyThreadState_Get() { return currentThread(); }
KR_EXPORT PyThreadState* _PyThreadState_UncheckedGet() { return currentThread(); }
KR_EXPORT PyThreadState* PyThreadState_Swap(PyThreadState* thread) { return threadSwap(static_cast<Thread*>(thread)); }
KR_EXPORT PyInterpreterState* PyInterpreterState_Get() { return currentThread()->interp; }
KR_EXPORT PyInterpreterState* PyInterpreterState_Main() { return mainThread()->interp; }
KR_EXPORT PyInterpreterState* PyThreadState_GetInterpreter(PyThreadState* thread) { return thread->interp; }
KR_EXPORT int64_t PyInterpreterState_GetID(PyInterpreterState*) { return 0; }
KR_EXPORT uint64_t PyThreadState_GetID(PyThreadState* thread) { return thread->id; }
KR_EXPORT int PyThreadState_SetAsyncExc(unsigned long id, PyObject* error) { return threadSetAsyncException(id, error); }
KR_EXPORT PyObject* PyThreadState_GetDict() {
  Thread* thread = currentThread();
  if (!thread) return nullptr;
  if (!thread->dict) {
    auto made = dictNew();
    if (made.failed()) return clearPending(), nullptr;
    thread->dict = std::move(made).take().leak();
  }
  return thread->dict;
}
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
KR_EXPORT PyFrameObject* PyThreadState_GetFrame(PyThreadState* thread) {
  Frame* frame = currentFrame(static_cast<Thread*>(thread));
  if (!frame) return nullptr;
  auto object = frameObjectOf(frame);
  if (object.failed()) return clearPending(), nullptr;
  return std::move(object).take().leak();
}
KR_EXPORT void PyEval_SetTrace(Py_tracefunc function, PyObject* arg) {
  if (traceSetNative(function, arg).failed()) writeUnraisable(nullptr);
}
KR_EXPORT void PyEval_SetProfile(Py_tracefunc function, PyObject* arg) {
  if (profileSetNative(function, arg).failed()) writeUnraisable(nullptr);
}
KR_EXPORT int _PyEval_SetProfile(PyThreadState*, Py_tracefunc function, PyObject* arg) { return toC(profileSetNative(function, arg)); }
KR_EXPORT int _PyEval_SetTrace(PyThreadState*, Py_tracefunc function, PyObject* arg) { return toC(traceSetNative(function, arg)); }
