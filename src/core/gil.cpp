// The global interpreter lock. A waiter asks the holder for it after one switch interval (kEvalDropGil in the
// holder's eval breaker); who gave it away on request waits until somebody else had it.
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <new>

#include "core/eval_breaker.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/thread.h"

namespace krait {
namespace {

struct Gil {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t released, taken;
  Thread* holder = nullptr;
  Thread* last_holder = nullptr;
  unsigned long switches = 0;
  unsigned long interval = 5000;  // microseconds

  Gil() {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&released, &attributes);
    pthread_cond_init(&taken, &attributes);
    pthread_condattr_destroy(&attributes);
  }
};

alignas(Gil) char gil_memory[sizeof(Gil)];
Gil& gil() {
  static Gil* instance = new (gil_memory) Gil;
  return *instance;
}

timespec deadlineAfter(unsigned long microseconds) {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  t.tv_sec += microseconds / 1000000;
  t.tv_nsec += microseconds % 1000000 * 1000;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  return t;
}

// The interpreter is going away: nobody but the finalising thread may run Python again.
void stopIfFinalizing(Thread* thread) {
  if (!mainInterpreter().finalizing || thread == mainThread()) return;
  for (;;) pause();
}

}  // namespace

void gilTake(Thread* thread) {
  int saved_errno = errno;
  stopIfFinalizing(thread);
  Gil& g = gil();
  pthread_mutex_lock(&g.mutex);
  while (g.holder) {
    unsigned long switches = g.switches;
    timespec deadline = deadlineAfter(g.interval ? g.interval : 1);
    int status = pthread_cond_timedwait(&g.released, &g.mutex, &deadline);
    if (status == ETIMEDOUT && g.holder && g.switches == switches) evalBreakerSet(g.holder, kEvalDropGil);
  }
  g.holder = thread;
  if (g.last_holder != thread) {
    g.last_holder = thread;
    g.switches++;
  }
  evalBreakerClear(thread, kEvalDropGil);
  _PyRuntime.tstate_current = thread;
  gc::interpreterRuns(interpreterOf(thread->interp));
  pthread_cond_broadcast(&g.taken);
  pthread_mutex_unlock(&g.mutex);
  if (mainInterpreter().finalizing && thread != mainThread()) {
    gilDrop(thread);
    stopIfFinalizing(thread);
  }
  errno = saved_errno;
}

void gilDrop(Thread* thread) {
  Gil& g = gil();
  pthread_mutex_lock(&g.mutex);
  KR_ASSERT(g.holder == thread, "only the holder drops the GIL");
  g.last_holder = thread;
  g.holder = nullptr;
  _PyRuntime.tstate_current = nullptr;
  pthread_cond_signal(&g.released);
  pthread_mutex_unlock(&g.mutex);
}

// A thread state may be run by any OS thread: its stack limit is that of the one that swaps it in.
// While no thread state is current the GIL counts as the main thread's: the former holder may be freed.
Thread* threadSwap(Thread* thread) {
  Thread* old = currentThread();
  Thread* own = gilStateThisThread();
  if (thread && own)
    thread->c_stack_limit = own->c_stack_limit;
  else if (thread)
    threadInitStack(thread);
  Gil& g = gil();
  pthread_mutex_lock(&g.mutex);
  if (g.holder) g.holder = thread ? thread : mainThread();
  _PyRuntime.tstate_current = thread;
  if (thread) gc::interpreterRuns(interpreterOf(thread->interp));
  pthread_mutex_unlock(&g.mutex);
  return old;
}

void gilYield(Thread* thread) {
  evalBreakerClear(thread, kEvalDropGil);
  gilDrop(thread);
  Gil& g = gil();
  pthread_mutex_lock(&g.mutex);
  timespec deadline = deadlineAfter(1000000);
  while (!g.holder && g.last_holder == thread)
    if (pthread_cond_timedwait(&g.taken, &g.mutex, &deadline) == ETIMEDOUT) break;
  pthread_mutex_unlock(&g.mutex);
  gilTake(thread);
}

bool gilHeldBy(const Thread* thread) { return gil().holder == thread; }
unsigned long gilSwitchInterval() { return gil().interval; }
void gilSetSwitchInterval(unsigned long microseconds) { gil().interval = microseconds; }

void gilReinitAfterFork(Thread* thread) {
  gil();
  unsigned long interval = gil().interval;
  Gil* fresh = new (gil_memory) Gil;
  fresh->interval = interval;
  fresh->holder = fresh->last_holder = thread;
}

WithoutGil::WithoutGil() : thread_(currentThread()) { gilDrop(thread_); }
WithoutGil::~WithoutGil() {
  saved_errno_ = errno;
  gilTake(thread_);
  errno = saved_errno_;
}

}  // namespace krait
