#include "core/thread.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <new>

#include "core/c_stack.h"
#include "core/errors.h"
#include "core/eval_breaker.h"
#include "core/gc.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/memory.h"

namespace krait {

ThreadHooks threadHooks;

namespace {

std::mutex* list_mutex = new std::mutex;  // never destroyed: daemon threads outlive static destructors
Thread* head_thread;
Thread* main_thread;
pthread_t main_os_thread;
uint64_t next_id = 1;
thread_local Thread* this_os_thread;

void link(Thread* thread) {
  std::lock_guard lock(*list_mutex);
  thread->id = next_id++;
  thread->prev = nullptr;
  thread->next = head_thread;
  if (head_thread) head_thread->prev = thread;
  head_thread = thread;
}

void unlink(Thread* thread) {
  std::lock_guard lock(*list_mutex);
  if (thread->prev)
    thread->prev->next = thread->next;
  else
    head_thread = static_cast<Thread*>(thread->next);
  if (thread->next) thread->next->prev = thread->prev;
}

}  // namespace

void threadInitStack(Thread* thread) {
  CStack stack = ownCStack();
  thread->c_stack_limit = stack.low + cStackMargin(stack);
}

Thread* threadNew() {
  void* memory = rawCalloc(1, sizeof(Thread));
  if (!memory) return nullptr;
  auto* thread = new (memory) Thread{};
  thread->interp = interpreterHandle(&interpreter());
  thread->_initialized = 1;
  thread->recursion_limit = thread->recursion_remaining = interpreter().recursion_limit;
  thread->cframe = &thread->root_cframe;
  thread->exc_info = &thread->exc_state;
  thread->gilstate_counter = 1;
  thread->context_ver = 1;
  thread->thread_id = pthread_self();
  thread->native_thread_id = syscall(SYS_gettid);
  threadInitStack(thread);
  link(thread);
  if (threadHooks.created) threadHooks.created(thread);
  return thread;
}

void threadClear(Thread* thread) {
  deallocRunLate();
  if (threadHooks.cleared) threadHooks.cleared(thread);
  PyObject** fields[] = {&thread->dict,
                         &thread->async_exc,
                         &thread->curexc_type,
                         &thread->curexc_value,
                         &thread->curexc_traceback,
                         &thread->exc_state.exc_value,
                         &thread->async_gen_firstiter,
                         &thread->async_gen_finalizer,
                         &thread->context};
  thread->c_profilefunc = thread->c_tracefunc = nullptr;
  thread->cframe->use_tracing = 0;
  clearField(thread->c_profileobj);
  clearField(thread->c_traceobj);
  for (PyObject** field : fields) clearField(*field);
  if (thread->on_delete) thread->on_delete(thread->on_delete_data);
  thread->on_delete = nullptr;
}

void threadDelete(Thread* thread) {
  if (this_os_thread == thread) this_os_thread = nullptr;
  unlink(thread);
  if (threadHooks.deleted) threadHooks.deleted(thread);
  if (currentThread() == thread) gilDrop(thread);
  rawFree(thread->repr_list);
  if (thread != main_thread) rawFree(thread);
}

Thread* mainThread() { return main_thread; }
bool onMainThread() { return pthread_equal(pthread_self(), main_os_thread); }
Thread* firstThread() { return head_thread; }
Thread* gilStateThisThread() { return this_os_thread; }
void gilStateBind(Thread* thread) {
  if (!this_os_thread) this_os_thread = thread;
}

ThreadListLock::ThreadListLock() { list_mutex->lock(); }
ThreadListLock::~ThreadListLock() { list_mutex->unlock(); }

Thread* threadStartMain() {
  main_os_thread = pthread_self();
  Thread* thread = threadNew();
  KR_CHECK(thread, "memory for the main thread");
  main_thread = thread;
  this_os_thread = thread;
  gilTake(thread);
  return thread;
}

int threadRecursionLimit() { return interpreter().recursion_limit; }

void threadSetRecursionLimit(int limit) {
  Interpreter& own = interpreter();
  own.recursion_limit = limit;
  ThreadListLock lock;
  for (Thread* t = head_thread; t; t = nextThread(t)) {
    if (interpreterOf(t->interp) != &own) continue;
    t->recursion_remaining += limit - t->recursion_limit;
    t->recursion_limit = limit;
  }
}

bool recursionExtend(Thread* thread) {
  int limit = interpreterOf(thread->interp)->recursion_limit;
  int more = std::min(limit - thread->recursion_limit, kRecursionInstalment);
  if (more <= 0) return false;
  thread->recursion_limit += more;
  thread->recursion_remaining += more;
  return true;
}

int threadSetAsyncException(unsigned long id, Opt<> exception) {
  PyObject* old = nullptr;
  Thread* found = nullptr;
  {
    ThreadListLock lock;
    for (found = head_thread; found && found->thread_id != id; found = nextThread(found)) {
    }
    if (found) {
      xincref(exception.get());
      old = std::exchange(found->async_exc, exception.get());
    }
  }
  if (!found) return 0;
  xdecref(old);
  evalBreakerSet(found, kEvalAsyncException);
  return 1;
}

// --- PyGILState --------------------------------------------------------------------------------------------

GilState gilStateEnsure() {
  Thread* thread = this_os_thread;
  bool held = thread && thread == currentThread();
  if (!thread) {
    thread = threadNew();
    KR_CHECK(thread, "memory for a thread state");
    thread->gilstate_counter = 0;  // deleted with the release that matches this call
    this_os_thread = thread;
  }
  if (!held) gilTake(thread);
  thread->gilstate_counter++;
  return held ? GilState::kLocked : GilState::kUnlocked;
}

void gilStateRelease(GilState former) {
  Thread* thread = this_os_thread;
  KR_CHECK(thread && thread == currentThread(), "PyGILState_Release by a thread that holds the GIL");
  if (--thread->gilstate_counter == 0) {
    thread->gilstate_counter++;  // destructors below may use PyGILState themselves
    threadClear(thread);
    thread->gilstate_counter--;
    threadDelete(thread);
  } else if (former == GilState::kUnlocked) {
    gilDrop(thread);
  }
}

void gilReinitAfterFork(Thread* thread);  // core/gil.cpp

void threadAfterFork() {
  Thread* self = currentThread();
  list_mutex = new std::mutex;  // the old one may be held by a thread that is gone
  gilReinitAfterFork(self);
  main_os_thread = pthread_self();
  main_thread = self;
  self->native_thread_id = syscall(SYS_gettid);
  Thread* others = head_thread;
  head_thread = self;
  Thread *before = static_cast<Thread*>(self->prev), *after = nextThread(self);
  if (before) before->next = after;
  if (after) after->prev = before;
  self->prev = self->next = nullptr;
  for (Thread* t = others == self ? after : others; t;) {
    Thread* next = nextThread(t);
    threadClear(t);
    if (threadHooks.deleted) threadHooks.deleted(t);
    rawFree(t);
    t = next;
  }
}

}  // namespace krait
