// Sub-interpreters: their making and end, for extensions (Py_NewInterpreter, Py_EndInterpreter).
//
// They share types and the GIL with the main interpreter; modules, builtins, sys, exit functions, warning
// filters and the collector's objects and settings are their own. A new one's thread state is current when it
// is returned.
#include "core/errors.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "interp/frame.h"
#include "main/startup.h"

namespace krait {
namespace {

int threadsOf(const Interpreter* owner) {
  ThreadListLock lock;
  int count = 0;
  for (Thread* t = firstThread(); t; t = nextThread(t)) count += interpreterOf(t->interp) == owner;
  return count;
}

// The thread state is not current any more.
void forget(Interpreter* owner, Thread* thread) {
  threadDelete(thread);
  gc::interpreterEnded(owner);
  interpreterRemove(owner);
}

Thread* newInterpreter(bool isolated) {
  Thread* thread = threadNew();
  if (!thread) return nullptr;
  Interpreter* added = interpreterAdd();
  added->isolated = isolated;
  thread->interp = interpreterHandle(added);
  thread->recursion_limit = thread->recursion_remaining = added->recursion_limit;
  Thread* former = threadSwap(thread);
  if (!startSubInterpreter().failed()) return thread;
  printPending(true);
  threadClear(thread);
  threadSwap(former);
  forget(added, thread);
  return nullptr;
}

void endInterpreter(Thread* thread) {
  Interpreter* ended = interpreterOf(thread->interp);
  if (thread != currentThread()) fatalError("Py_EndInterpreter", "thread is not current");
  if (currentFrame(thread)) fatalError("Py_EndInterpreter", "thread still has a frame");
  stopSubInterpreter();
  if (threadsOf(ended) != 1) fatalError("Py_EndInterpreter", "not the last thread");
  threadSwap(nullptr);
  forget(ended, thread);
}

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT PyThreadState* _Py_NewInterpreter(int isolated) { return newInterpreter(isolated != 0); }
KR_EXPORT PyThreadState* Py_NewInterpreter() { return newInterpreter(false); }
KR_EXPORT void Py_EndInterpreter(PyThreadState* thread) { endInterpreter(static_cast<Thread*>(thread)); }
