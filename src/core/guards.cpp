// RecursionGuard and ReprGuard.
#include <cstdlib>

#include "core/c_stack.h"
#include "core/errors.h"
#include "core/frame_hooks.h"
#include "core/memory.h"
#include "core/thread.h"

namespace krait {

FrameHooks frameHooks;

namespace {

constexpr int kRecoveryDepth = 50;  // how far the handling of a RecursionError may recurse itself

bool marginIsUsedUp(Thread* thread) {
  char* end = thread->c_stack_limit - cStackMargin(ownCStack()) / 2;
  return static_cast<char*>(__builtin_frame_address(0)) < end;
}

// False: go on. The making of the RecursionError itself may use half of the stack's margin.
KR_NEVER_INLINE bool raiseTooDeep(Thread* thread, const char* where, bool stack_exhausted) {
  if (thread->recursion_headroom && !(stack_exhausted && marginIsUsedUp(thread))) {
    if (thread->recursion_remaining < -kRecoveryDepth)
      fatalError("_Py_CheckRecursiveCall", "Cannot recover from stack overflow.");
    return false;
  }
  thread->recursion_headroom++;
  (void)raise(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
  thread->recursion_headroom--;
  return true;
}

}  // namespace

bool raiseStackIsLow(const char* where) { return raiseTooDeep(currentThread(), where, true); }

bool cStackIsLow() { return static_cast<char*>(__builtin_frame_address(0)) < currentThread()->c_stack_limit; }

Status checkCStack(const char* where) {
  if (cStackIsLow() && raiseStackIsLow(where)) [[unlikely]]
    return Raised{};
  return {};
}

Result<RecursionGuard> RecursionGuard::enter(const char* where) {
  Thread* thread = currentThread();
  bool too_low = cStackIsLow();
  recursionTrim(thread);
  bool used_up = thread->recursion_remaining-- <= 0 && !recursionExtend(thread);
  if (used_up || too_low) [[unlikely]] {
    if (raiseTooDeep(thread, where, too_low)) {
      thread->recursion_remaining++;
      return Raised{};
    }
  }
  return RecursionGuard(thread);
}

namespace {

// Objects whose repr is running, one list per thread; freed with the thread.
struct ReprList {
  size_t size, capacity;
  PyObject* items[1];
};

ReprList* reprListOf(Thread* thread) { return static_cast<ReprList*>(thread->repr_list); }

bool reprListPush(Thread* thread, PyObject* object) {
  ReprList* list = reprListOf(thread);
  if (!list || list->size == list->capacity) {
    size_t capacity = list ? list->capacity * 2 : 16;
    void* grown = rawRealloc(list, sizeof(ReprList) + capacity * sizeof(PyObject*));
    if (!grown) return false;
    bool fresh = !list;
    list = static_cast<ReprList*>(grown);
    if (fresh) list->size = 0;
    list->capacity = capacity;
    thread->repr_list = list;
  }
  list->items[list->size++] = object;
  return true;
}

}  // namespace

void reprLeave(PyObject* object);  // Py_ReprLeave; also declared in capi/object.cpp

Result<ReprGuard> ReprGuard::enter(PyObject* object) {
  Thread* thread = currentThread();
  if (ReprList* list = reprListOf(thread))
    for (size_t i = 0; i < list->size; i++)
      if (list->items[i] == object) return ReprGuard(nullptr, true);
  if (!reprListPush(thread, object)) return raiseNoMemory();
  return ReprGuard(object, false);
}

ReprGuard::~ReprGuard() {
  if (object_) reprLeave(object_);
}

void reprLeave(PyObject* object) {
  ReprList* list = reprListOf(currentThread());
  for (size_t i = list ? list->size : 0; i-- > 0;) {
    if (list->items[i] != object) continue;
    for (size_t j = i + 1; j < list->size; j++) list->items[j - 1] = list->items[j];
    list->size--;
    return;
  }
}

}  // namespace krait
