#include "core/gc.h"

#include <cstring>

#include "base/words.h"
#include "core/errors.h"
#include "core/eval_breaker.h"
#include "core/gc_state.h"
#include "core/thread.h"
#include "types/dict_keys.h"
#include "types/str.h"

namespace krait {
namespace gc {

constinit State state{};

void ensureReady() {
  if (state.ready) return;
  constexpr int kThresholds[kGenerations] = {700, 10, 10};
  for (int i = 0; i < kGenerations; i++) {
    state.generations[i].ring.init();
    state.generations[i].threshold = kThresholds[i];
  }
  state.permanent.init();
  state.enabled = state.ready = true;
}

void unlink(Head* head) {
  Head* next = head->next();
  Head* prev = head->prev();
  prev->setNext(next);
  next->setPrev(prev);
}

void moveTo(Head* head, Ring& ring) {
  unlink(head);
  ring.append(head);
}

void Ring::takeAll(Ring& from) {
  if (from.empty()) return;
  Head* first = from.next();
  Head* last = from.prev();
  Head* tail = prev();
  tail->setNext(first);
  first->setPrev(tail);
  last->setNext(this);
  setPrev(last);
  from.init();
}

Py_ssize_t Ring::size() const {
  Py_ssize_t count = 0;
  for (Head* head = next(); head != this; head = head->next()) count++;
  return count;
}

}  // namespace gc

namespace {

using gc::Head;
using gc::headOf;

constexpr int kDeferLevel = 50;  // nesting of container deallocations from which on they are deferred

size_t headerSize(const PyTypeObject* type) {
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) return sizeof(Head) + sizeof(ManagedDict);
  return hasFlag(type, Py_TPFLAGS_HAVE_GC) ? sizeof(Head) : 0;
}

// The youngest generation grew by one: collect when it is due. Runs before the new object is visible to
// anybody.
void countAllocation() {
  gc::Generation& young = gc::state.generations[0];
  if (++young.count <= young.threshold) [[likely]]
    return;
  gc::ensureReady();
  Thread* thread = currentThread();
  if (!gc::state.enabled || young.threshold == 0 || gc::state.collecting || !thread || thread->curexc_type)
    return;
  if (young.count <= young.threshold) return;
  gc::collectByThresholds();
}

void setTypeAndCount(PyObject* object, PyTypeObject* type) {
  object->ob_refcnt = 1;
  object->ob_type = type;
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) incref(type);
}

// Memory with the type's headers before it, which are zeroed; the object's bytes are not.
PyObject* allocateWithHeader(PyTypeObject* type, size_t bytes) {
  if (!hasFlag(type, Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MANAGED_DICT))
    return static_cast<PyObject*>(objectMalloc(bytes));
  size_t header = headerSize(type);
  if (bytes > static_cast<size_t>(PY_SSIZE_T_MAX) - header) return nullptr;
  auto* memory = static_cast<char*>(objectMalloc(bytes + header));
  if (!memory) [[unlikely]]
    return nullptr;
  zeroWords(memory, header / sizeof(void*));
  return reinterpret_cast<PyObject*>(memory + header);
}

PyObject* allocateCounted(PyTypeObject* type, size_t bytes) {
  PyObject* object = allocateWithHeader(type, bytes);
  if (object && hasFlag(type, Py_TPFLAGS_HAVE_GC)) countAllocation();
  return object;
}

bool initManagedDict(PyObject* object, PyTypeObject* type) {
  return !hasFlag(type, Py_TPFLAGS_MANAGED_DICT) || !managedInit(object, type).failed();
}

}  // namespace

PyObject* objectInit(PyObject* object, PyTypeObject* type) {
  setTypeAndCount(object, type);
  return object;
}

Result<Ref<>> objectNewRaw(PyTypeObject* type, size_t bytes) {
  PyObject* object = allocateCounted(type, bytes);
  if (!object) [[unlikely]]
    return raiseNoMemory();
  setTypeAndCount(object, type);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) && !initManagedDict(object, type)) return Raised{};
  return steal(object);
}

PyObject* gcNewWithSize(PyTypeObject* type, size_t bytes) {
  PyObject* object = allocateCounted(type, bytes);
  if (!object) {
    (void)raiseNoMemory();
    return nullptr;
  }
  setTypeAndCount(object, type);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) && !initManagedDict(object, type)) return nullptr;
  return object;
}

// One item more than asked for, as CPython: a sentinel for variable-size types.
PyObject* genericAlloc(PyTypeObject* type, Py_ssize_t nitems) {
  size_t bytes = 0;
  bool overflow = __builtin_mul_overflow(static_cast<size_t>(nitems) + 1,
                                         static_cast<size_t>(type->tp_itemsize), &bytes) ||
                  __builtin_add_overflow(bytes, static_cast<size_t>(type->tp_basicsize) + 7, &bytes);
  bytes &= ~size_t{7};
  PyObject* object = overflow ? nullptr : allocateCounted(type, bytes);
  if (!object) {
    (void)raiseNoMemory();
    return nullptr;
  }
  zeroWords(object, bytes / sizeof(void*));
  setTypeAndCount(object, type);
  if (type->tp_itemsize) static_cast<PyVarObject*>(object)->ob_size = nitems;
  if (!initManagedDict(object, type)) {
    decref(object);
    return nullptr;
  }
  if (hasFlag(type, Py_TPFLAGS_HAVE_GC)) gcTrack(object);
  return object;
}

void objectFreeMemory(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  if (type->tp_free) [[likely]]
    type->tp_free(object);
  else if (hasFlag(type, Py_TPFLAGS_HAVE_GC))
    gcFree(object);  // at start-up, before the type is ready
  else
    objectFree(object);
}

void gcFree(void* p) {
  auto* object = static_cast<PyObject*>(p);
  Head* head = headOf(object);
  if (head->isTracked()) gc::unlink(head);
  if (gc::state.generations[0].count > 0) gc::state.generations[0].count--;
  objectFree(reinterpret_cast<char*>(object) - headerSize(typeOf(object)));
}

PyObject* gcResize(PyVarObject* object, Py_ssize_t nitems) {
  PyTypeObject* type = typeOf(object);
  KR_ASSERT(!gcIsTracked(object), "a tracked object does not move");
  size_t header = headerSize(type), bytes = 0;
  bool overflow =
      nitems < 0 ||
      __builtin_mul_overflow(static_cast<size_t>(nitems), static_cast<size_t>(type->tp_itemsize), &bytes) ||
      __builtin_add_overflow(bytes, static_cast<size_t>(type->tp_basicsize) + 7 + header, &bytes) ||
      bytes > static_cast<size_t>(PY_SSIZE_T_MAX);
  void* moved =
      overflow ? nullptr : objectRealloc(reinterpret_cast<char*>(object) - header, bytes & ~size_t{7});
  if (!moved) {
    (void)raiseNoMemory();
    return nullptr;
  }
  auto* resized = reinterpret_cast<PyVarObject*>(static_cast<char*>(moved) + header);
  resized->ob_size = nitems;
  return resized;
}

bool isGcObject(const PyObject* object) {
  PyTypeObject* type = typeOf(object);
  return hasFlag(type, Py_TPFLAGS_HAVE_GC) &&
         (!type->tp_is_gc || type->tp_is_gc(const_cast<PyObject*>(object)));
}

bool gcIsTracked(const PyObject* object) { return headOf(object)->isTracked(); }

void gcTrack(PyObject* object) {
  Head* head = headOf(object);
  KR_ASSERT(!head->isTracked(), "an object is tracked once");
  if (!gc::state.ready) [[unlikely]]
    gc::ensureReady();
  gc::state.generations[0].ring.append(head);
}

void gcUntrack(PyObject* object) {
  Head* head = headOf(object);
  if (!head->isTracked()) return;
  gc::unlink(head);
  head->next_bits = 0;
  head->prev_bits &= gc::kPrevFinalized;
}

bool gcFinalized(const PyObject* object) { return headOf(object)->isFinalized(); }
void gcSetFinalized(PyObject* object) { headOf(object)->prev_bits |= gc::kPrevFinalized; }

bool finalizeFromDealloc(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  if (!type->tp_finalize) return true;
  bool collected = isGcObject(object);
  if (collected && gcFinalized(object)) return true;
  KR_ASSERT(object->ob_refcnt == 0, "finalized when the last reference is gone");
  object->ob_refcnt = 1;
  type->tp_finalize(object);
  if (collected) gcSetFinalized(object);
  return --object->ob_refcnt == 0;
}

// --- deferred deallocation ---------------------------------------------------------------------------------

void deallocDefer(Thread* thread, PyObject* object) {
  Head* head = headOf(object);
  KR_ASSERT(!head->isTracked(), "tp_dealloc untracks before its guard");
  head->setPrev(thread->trash_delete_later ? headOf(thread->trash_delete_later) : nullptr);
  thread->trash_delete_later = object;
}

void deallocRunDeferred(Thread* thread) {
  while (PyObject* object = thread->trash_delete_later) {
    Head* head = headOf(object);
    Head* next = head->prev();
    thread->trash_delete_later = next ? gc::objectOf(next) : nullptr;
    head->setPrev(nullptr);
    thread->trash_delete_nesting++;
    typeOf(object)->tp_dealloc(object);
    thread->trash_delete_nesting--;
  }
}

// --- deallocation at the end of the C stack

namespace {

// Objects of all threads with a count of 0, under the GIL. Collector and gc module do not see them; those
// that were tracked are so again when their tp_dealloc runs.
struct Late {
  PyObject* object;
  bool tracked;
};
Late* late_objects;
size_t late_count, late_capacity;

bool lateReserve() {
  if (late_count < late_capacity) return true;
  size_t capacity = late_capacity ? late_capacity * 2 : 64;
  void* grown = rawRealloc(late_objects, capacity * sizeof(Late));
  if (!grown) return false;
  late_objects = static_cast<Late*>(grown);
  late_capacity = capacity;
  return true;
}

}  // namespace

// Not for a str: the table of interned ones would find it.
bool deallocateLater(Thread* thread, PyObject* object) {
  if (isStr(object) || !lateReserve()) return false;
  bool tracked = isGcObject(object) && gcIsTracked(object);
  if (tracked) gcUntrack(object);
  late_objects[late_count++] = {object, tracked};
  evalBreakerSet(thread, kEvalDeallocate);
  return true;
}

void deallocRunLate() {
  while (late_count > 0) {
    Late next = late_objects[--late_count];
    if (next.tracked) gcTrack(next.object);
    typeOf(next.object)->tp_dealloc(next.object);
  }
}

DeallocGuard::DeallocGuard(PyObject* object) {
  Thread* thread = currentThread();
  previous_ = thread->dealloc_object;
  if (previous_ == object) {
    mode_ = Mode::kNested;
    return;
  }
  if (thread->trash_delete_nesting >= kDeferLevel && isGcObject(object)) {
    mode_ = Mode::kDeferred;
    deallocDefer(thread, object);
    return;
  }
  mode_ = Mode::kOuter;
  thread->trash_delete_nesting++;
  thread->dealloc_object = object;
}

DeallocGuard::~DeallocGuard() {
  if (mode_ != Mode::kOuter) return;
  Thread* thread = currentThread();
  thread->dealloc_object = previous_;
  if (--thread->trash_delete_nesting <= 0 && thread->trash_delete_later) deallocRunDeferred(thread);
}

}  // namespace krait
