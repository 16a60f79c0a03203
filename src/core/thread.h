// The running thread. `Thread` is PyThreadState plus Krait's own fields behind it; the current one (holder of
// the GIL) stands in the exported _PyRuntime, so that reaching it is one load.
#pragma once

#include <atomic>

#include "abi/runtime.h"
#include "core/result.h"

namespace krait {

struct Interpreter;

struct Thread : PyThreadState {
  // Set asynchronously when the evaluation loop has to look up from its work (signals, GIL request, pending
  // calls, async exceptions, GC). Polled at back edges and calls. See interp/eval_breaker.h.
  std::atomic<uint32_t> eval_breaker;
  // Lowest stack address that C recursion may reach; checked by RecursionGuard.
  char* c_stack_limit;
  uint32_t no_python_depth;  // NoPython scopes that are open (debug)
  void* repr_list;           // objects whose repr is running (core/repr_guard.cpp)
  void* interp_data;         // the interpreter's per-thread record (src/interp)
  PyObject* dealloc_object;  // whose tp_dealloc is running, innermost; compared only (DeallocGuard)
  bool daemon_stopped;       // the interpreter finalises: this thread must not take the GIL any more
};

KR_ALWAYS_INLINE Thread* currentThread() { return static_cast<Thread*>(_PyRuntime.tstate_current); }

// --- threads (core/thread.cpp) -----------------------------------------------------------------------------
//
// A thread state is created by any thread that holds the GIL (or before anybody does), made current by
// attaching the calling OS thread to it, and deleted after its fields were cleared. The list of all is
// guarded by its own mutex.
Thread* threadNew();               // null: no memory
void threadClear(Thread* thread);  // drops everything it refers to; the GIL is held
// Frees it; must not be current, or (current) the GIL is released for good
void threadDelete(Thread* thread);
Thread* threadSwap(Thread* thread);  // makes it current without touching the GIL; returns the former one
Thread* mainThread();
bool onMainThread();    // the calling OS thread is the main one
Thread* firstThread();  // newest first, linked by `next`
inline Thread* nextThread(Thread* thread) { return static_cast<Thread*>(thread->next); }
class ThreadListLock {
 public:
  ThreadListLock();
  ~ThreadListLock();
  ThreadListLock(const ThreadListLock&) = delete;
};
// Creates the main thread state, its C stack limit, and takes the GIL.
Thread* threadStartMain();
void threadInitStack(Thread* thread);  // c_stack_limit from the calling OS thread's stack
void threadAfterFork();                // in the child: GIL and locks anew, other threads' states dropped
int threadRecursionLimit();
void threadSetRecursionLimit(int limit);
// Sets an exception to be raised in the thread with this id (PyThreadState_SetAsyncExc); number of threads
// changed.
int threadSetAsyncException(unsigned long id, Opt<> exception);

// What upper layers attach to a thread state; run with the GIL held, `deleted` after threadClear().
struct ThreadHooks {
  void (*created)(Thread* thread) = nullptr;
  void (*cleared)(Thread* thread) = nullptr;
  void (*deleted)(Thread* thread) = nullptr;
};
extern ThreadHooks threadHooks;

// --- the GIL (core/gil.cpp) --------------------------------------------------------------------------------
// Blocks; thread becomes current. Ends the OS thread when the interpreter finalises
void gilTake(Thread* thread);
void gilDrop(Thread* thread);   // thread stops being current
void gilYield(Thread* thread);  // answers a drop request
bool gilHeldBy(const Thread* thread);
unsigned long gilSwitchInterval();  // microseconds
void gilSetSwitchInterval(unsigned long microseconds);

// PyGILState: a thread state for any OS thread, created on first use.
enum class GilState { kLocked = 0, kUnlocked = 1 };
GilState gilStateEnsure();
void gilStateRelease(GilState former);
Thread* gilStateThisThread();       // null: this OS thread has none
void gilStateBind(Thread* thread);  // the calling OS thread's own state

// Calls to be made by the main thread soon (Py_AddPendingCall). -1: the queue is full. Callable from any
// thread.
int pendingCallAdd(int (*function)(void*), void* arg);
Status pendingCallsRun();

// The recursion limit is handed to a thread in instalments: thread->recursion_limit is what was handed out so
// far (limit - remaining is the depth at all times), threadRecursionLimit() what it may grow to. Extensions
// count recursion_remaining inline and ask (_Py_CheckRecursiveCall) only when it is used up, so an instalment
// bounds how much of the C stack they use between two looks at it.
constexpr int kRecursionInstalment = 128;  // 1 KiB a level is half of the stack's margin
// recursion_remaining is used up: true when there was more to hand out.
[[gnu::cold]] bool recursionExtend(Thread* thread);
// Takes back what exceeds an instalment.
inline void recursionTrim(Thread* thread) {
  int excess = thread->recursion_remaining - kRecursionInstalment;
  if (excess <= 0) return;
  thread->recursion_remaining -= excess;
  thread->recursion_limit -= excess;
}

// Counts a C-level recursion (repr, compare, call of a native function ...). Fails with RecursionError
// "maximum recursion depth exceeded{where}" when the Python limit or the C stack is exhausted.
//   auto guard = TRY(RecursionGuard::enter(" while calling a Python object"));
class [[nodiscard]] RecursionGuard {
 public:
  static Result<RecursionGuard> enter(const char* where);
  RecursionGuard(RecursionGuard&& other) noexcept : thread_(std::exchange(other.thread_, nullptr)) {}
  ~RecursionGuard() {
    if (thread_) thread_->recursion_remaining++;
  }

 private:
  explicit RecursionGuard(Thread* thread) : thread_(thread) {}
  Thread* thread_;
};

// Marks the object as "its repr is running" (Py_ReprEnter/Leave). isRecursive(): it already was.
class [[nodiscard]] ReprGuard {
 public:
  static Result<ReprGuard> enter(PyObject* object);
  ReprGuard(ReprGuard&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), recursive_(other.recursive_) {}
  ~ReprGuard();
  bool isRecursive() const { return recursive_; }

 private:
  ReprGuard(PyObject* object, bool recursive) : object_(object), recursive_(recursive) {}
  PyObject* object_;  // null when nothing has to be left
  bool recursive_;
};

// Microseconds after which a waiting thread asks the holder to yield.
unsigned long gilSwitchInterval();
void gilSetSwitchInterval(unsigned long microseconds);

// Releases the GIL for the lifetime of the scope (around blocking system calls). Implemented in core/gil.cpp.
class WithoutGil {
 public:
  WithoutGil();
  ~WithoutGil();
  WithoutGil(const WithoutGil&) = delete;

 private:
  Thread* thread_;
  int saved_errno_ = 0;
};

}  // namespace krait
