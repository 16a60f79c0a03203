// Exports of pystate.h: thread states, the one interpreter, modules by definition.
#include "capi/capi.h"
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "interp/trace.h"
#include "types/module.h"

using namespace krait;

using FrameEvalFunction = PyObject* (*)(PyThreadState*, _PyInterpreterFrame*, int);

namespace {

Thread* mine(PyThreadState* thread) { return static_cast<Thread*>(thread); }

PyObject* dictOf(PyThreadState* thread) {
  if (thread->dict) return thread->dict;
  auto made = dictNew();
  if (made.failed()) return clearPending(), nullptr;
  thread->dict = std::move(made).take().leak();
  return thread->dict;
}

}  // namespace

// --- thread states ---

KR_EXPORT PyThreadState* PyThreadState_New(PyInterpreterState* owner) {
  Thread* thread = threadNew();
  if (thread && owner) thread->interp = owner;
  return thread;
}
KR_EXPORT PyThreadState* _PyThreadState_Prealloc(PyInterpreterState* owner) {
  return PyThreadState_New(owner);
}
KR_EXPORT void _PyThreadState_Init(PyThreadState*) {}
KR_EXPORT void PyThreadState_Clear(PyThreadState* thread) { threadClear(mine(thread)); }
KR_EXPORT void PyThreadState_Delete(PyThreadState* thread) {
  if (thread == currentThread()) fatalError("PyThreadState_Delete", "tstate is still current");
  threadDelete(mine(thread));
}
// Releases the GIL.
KR_EXPORT void PyThreadState_DeleteCurrent() { threadDelete(currentThread()); }
// The next of the same interpreter.
KR_EXPORT PyThreadState* PyThreadState_Next(PyThreadState* thread) {
  ThreadListLock lock;
  PyThreadState* next = thread->next;
  while (next && next->interp != thread->interp) next = next->next;
  return next;
}
KR_EXPORT PyThreadState* PyThreadState_Get() {
  if (!currentThread()) {
    fatalError("PyThreadState_Get",
               "the function must be called with the GIL held, but the GIL is released "
               "(the current Python thread state is NULL)");
  }
  return currentThread();
}
KR_EXPORT PyThreadState* _PyThreadState_UncheckedGet() { return currentThread(); }
KR_EXPORT PyThreadState* PyThreadState_Swap(PyThreadState* thread) { return threadSwap(mine(thread)); }
KR_EXPORT PyInterpreterState* PyThreadState_GetInterpreter(PyThreadState* thread) { return thread->interp; }
KR_EXPORT uint64_t PyThreadState_GetID(PyThreadState* thread) { return thread->id; }
KR_EXPORT int PyThreadState_SetAsyncExc(unsigned long id, PyObject* error) {
  return threadSetAsyncException(id, error);
}
KR_EXPORT PyObject* _PyThreadState_GetDict(PyThreadState* thread) { return dictOf(thread); }
KR_EXPORT PyObject* PyThreadState_GetDict() { return currentThread() ? dictOf(currentThread()) : nullptr; }
// No events are reported in between.
KR_EXPORT void PyThreadState_EnterTracing(PyThreadState* thread) {
  thread->tracing++;
  thread->cframe->use_tracing = 0;
}
KR_EXPORT void PyThreadState_LeaveTracing(PyThreadState* thread) {
  bool traced = thread->c_tracefunc || thread->c_profilefunc;
  thread->tracing--;
  thread->cframe->use_tracing = traced ? 255 : 0;
}
KR_EXPORT PyFrameObject* PyThreadState_GetFrame(PyThreadState* thread) {
  Frame* frame = currentFrame(mine(thread));
  if (!frame) return nullptr;
  auto object = frameObjectOf(frame);
  if (object.failed()) return clearPending(), nullptr;
  return std::move(object).take().leak();
}
KR_EXPORT PyObject* _PyThread_CurrentFrames() {
  Opt<> function = sysGet("_current_frames");
  return function ? toC(call(function.get()))
                  : ((void)raise(PyExc_RuntimeError, "lost sys._current_frames"), nullptr);
}
KR_EXPORT PyObject* _PyThread_CurrentExceptions() {
  Opt<> function = sysGet("_current_exceptions");
  return function ? toC(call(function.get()))
                  : ((void)raise(PyExc_RuntimeError, "lost sys._current_exceptions"), nullptr);
}

// --- PyGILState ---

KR_EXPORT int PyGILState_Ensure() { return static_cast<int>(gilStateEnsure()); }
KR_EXPORT void PyGILState_Release(int state) { gilStateRelease(static_cast<GilState>(state)); }
KR_EXPORT int PyGILState_Check() {
  Thread* thread = currentThread();
  return thread && gilHeldBy(thread) && gilStateThisThread() == thread;
}
KR_EXPORT PyThreadState* PyGILState_GetThisThreadState() { return gilStateThisThread(); }

// --- interpreters ---

KR_EXPORT PyInterpreterState* PyInterpreterState_Get() { return PyThreadState_Get()->interp; }
KR_EXPORT PyInterpreterState* PyInterpreterState_New() { return nullptr; }
KR_EXPORT void PyInterpreterState_Clear(PyInterpreterState*) {
  fatalError("PyInterpreterState_Clear", "interpreters end with Py_EndInterpreter or the process");
}
KR_EXPORT void PyInterpreterState_Delete(PyInterpreterState*) {
  fatalError("PyInterpreterState_Delete", "interpreters end with Py_EndInterpreter or the process");
}
KR_EXPORT PyInterpreterState* PyInterpreterState_Main() { return interpreterHandle(&mainInterpreter()); }
KR_EXPORT PyInterpreterState* PyInterpreterState_Head() { return interpreterHandle(newestInterpreter()); }
KR_EXPORT PyInterpreterState* PyInterpreterState_Next(PyInterpreterState* state) {
  return interpreterHandle(interpreterOf(state)->older);
}
KR_EXPORT PyThreadState* PyInterpreterState_ThreadHead(PyInterpreterState* state) {
  ThreadListLock lock;
  Thread* thread = firstThread();
  while (thread && thread->interp != state) thread = nextThread(thread);
  return thread;
}
KR_EXPORT int64_t PyInterpreterState_GetID(PyInterpreterState* state) {
  if (state) return interpreterOf(state)->id;
  (void)raise(PyExc_RuntimeError, "no interpreter provided");
  return -1;
}
KR_EXPORT PyObject* PyInterpreterState_GetDict(PyInterpreterState* state) {
  PyObject*& dict = interpreterOf(state)->dict;
  if (!dict) {
    auto made = dictNew();
    if (made.failed()) return clearPending(), nullptr;
    dict = std::move(made).take().leak();
  }
  return dict;
}
KR_EXPORT PyObject* _PyInterpreterState_GetMainModule(PyInterpreterState* state) {
  DictObject* modules = interpreterOf(state)->modules;
  Opt<> main = modules ? dictGetStr(modules, name<"__main__">()) : nullptr;
  if (main) return share(main.get()).leak();
  (void)raise(PyExc_RuntimeError, "interpreter not initialized");
  return nullptr;
}

// --- frame evaluation (PEP 523): always the engine's own ---

KR_EXPORT PyObject* _PyEval_EvalFrameDefault(PyThreadState* thread, _PyInterpreterFrame* frame, int raising) {
  return evalFrame(mine(thread), frame, raising != 0);
}
KR_EXPORT FrameEvalFunction _PyInterpreterState_GetEvalFrameFunc(PyInterpreterState*) {
  return _PyEval_EvalFrameDefault;
}
KR_EXPORT void _PyInterpreterState_SetEvalFrameFunc(PyInterpreterState*, FrameEvalFunction function) {
  if (function == _PyEval_EvalFrameDefault) return;
  if (warn(PyExc_RuntimeWarning, 1, "custom frame evaluation functions are not supported").failed())
    writeUnraisable(nullptr);
}

// --- modules of the single-phase kind, by their definition ---

KR_EXPORT PyObject* PyState_FindModule(PyModuleDef* def) { return moduleByDefinition(def).get(); }
KR_EXPORT int _PyState_AddModule(PyThreadState*, PyObject* module, PyModuleDef* def) {
  if (!def) return (void)raiseBadInternalCall(), -1;
  if (def->m_slots) {
    (void)raise(PyExc_SystemError, "PyState_AddModule called on module with slots");
    return -1;
  }
  return toC(moduleSetByDefinition(def, module));
}
KR_EXPORT int PyState_AddModule(PyObject* module, PyModuleDef* def) {
  if (!def) fatalError("PyState_AddModule", "module definition is NULL");
  if (def->m_index > 0 && moduleByDefinition(def).get() == module) {
    fatalError("PyState_AddModule", "module already added");
  }
  return _PyState_AddModule(currentThread(), module, def);
}
KR_EXPORT int PyState_RemoveModule(PyModuleDef* def) {
  if (def->m_slots) {
    (void)raise(PyExc_SystemError, "PyState_RemoveModule called on module with slots");
    return -1;
  }
  if (def->m_index == 0) fatalError("PyState_RemoveModule", "invalid module index");
  return toC(moduleSetByDefinition(def, nullptr));
}
