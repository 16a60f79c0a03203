// The running thread. `Thread` is PyThreadState plus Krait's own fields behind it; the current one (holder of the GIL)
// stands in the exported _PyRuntime, so that reaching it is one load.
#pragma once

#include <atomic>

#include "abi/runtime.h"
#include "core/result.h"

namespace krait {

struct Interpreter;

struct Thread : PyThreadState {
  // Set asynchronously when the evaluation loop has to look up from its work (signals, GIL request, pending calls,
  // async exceptions, GC). Polled at back edges and calls. See interp/eval_breaker.h.
  std::atomic<uint32_t> eval_breaker;
  // Lowest stack address that C recursion may reach; checked by RecursionGuard.
  char* c_stack_limit;
  uint32_t no_python_depth;  // NoPython scopes that are open (debug)
  void* repr_list;           // objects whose repr is running (core/repr_guard.cpp)
  void* interp_data;         // the interpreter's per-thread record (src/interp)
};

KR_ALWAYS_INLINE Thread* currentThread() { return static_cast<Thread*>(_PyRuntime.tstate_current); }

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
