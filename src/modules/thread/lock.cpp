// _thread.lock and _thread.RLock.
#include <pthread.h>

#include <climits>
#include <new>

#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/thread/thread_types.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/time_value.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {
namespace {

// acquire's arguments as nanoseconds: -1 for ever, 0 only try.
Result<int64_t> acquireTimeout(bool blocking, Opt<> timeout) {
  int64_t nanoseconds = timeout ? TRY(timeFromSeconds(timeout.get(), TimeRound::kTimeout)) : -1000000000;
  bool given = nanoseconds != -1000000000;
  if (!blocking && given) return raise(PyExc_ValueError, "can't specify a timeout for a non-blocking call");
  if (given && nanoseconds < 0) return raise(PyExc_ValueError, "timeout value must be positive");
  if (!blocking) return 0;
  return given ? nanoseconds : -1;
}

// --- lock --------------------------------------------------------------------------------------------------

Result<bool> lockAcquireMethod(LockObject* self, modules::CInt blocking, Opt<> timeout) {
  int64_t nanoseconds = TRY(acquireTimeout(blocking, timeout));
  if (!TRY(lockAcquire(*self->lock, nanoseconds))) return false;
  self->locked = true;
  return true;
}

Status lockRelease(LockObject* self) {
  if (!self->locked) return raise(PyExc_RuntimeError, "release unlocked lock");
  lockReleaseUnchecked(self);
  return {};
}
Status lockExit(LockObject* self, CallArgs) { return lockRelease(self); }
bool lockIsLocked(LockObject* self) { return self->locked; }

Status lockReinit(LockObject* self) {
  self->lock->~OsLock();
  new (self->lock) OsLock;
  self->locked = false;
  return {};
}

Result<Ref<StrObject>> lockRepr(LockObject* self) {
  return strFormat("<%s %s object at %p>", self->locked ? "locked" : "unlocked", typeName(self), self);
}

int lockTraverse(PyObject* self, visitproc visit, void* arg) { return visitAll(visit, arg, typeOf(self)); }

void lockDealloc(PyObject* object) {
  gcUntrack(object);
  auto* self = cast<LockObject>(object);
  clearWeakRefs(object);
  delete self->lock;
  heapInstanceFree(object);
}

constinit PyMethodDef kLockMethods[] = {
    method<"!acquire_lock($self, /, blocking=1, timeout=-1)", lockAcquireMethod, "Lock the lock.">,
    method<"!acquire($self, /, blocking=1, timeout=-1)", lockAcquireMethod, "Lock the lock.">,
    method<"!release_lock($self, /)", lockRelease, "Release the lock.">,
    method<"!release($self, /)", lockRelease, "Release the lock.">,
    method<"!locked_lock($self, /)", lockIsLocked, "Whether the lock is locked.">,
    method<"!locked($self, /)", lockIsLocked, "Whether the lock is locked.">,
    method<"!__enter__($self, /, blocking=1, timeout=-1)", lockAcquireMethod, "Lock the lock.">,
    method<"!%__exit__($self, *args)", lockExit, "Release the lock.">,
    method<"!_at_fork_reinit($self, /)", lockReinit>,
    {}};

// --- RLock -------------------------------------------------------------------------------------------------

struct RLockObject : PyObject {
  OsLock* lock;
  unsigned long owner, count;
  PyObject* weakreflist;
};
static_assert(sizeof(RLockObject) == 48);

unsigned long thisThread() { return pthread_self(); }
bool ownedByThis(RLockObject* self) { return self->count > 0 && self->owner == thisThread(); }
Raised raiseNotOwned() { return raise(PyExc_RuntimeError, "cannot release un-acquired lock"); }

Result<Ref<>> rlockNew(PyTypeObject* type, PyObject*, Opt<>) {
  TRY(checkMemory());
  Ref<RLockObject> self = TRY(typeAlloc<RLockObject>(type));
  self->lock = new OsLock;
  return self;
}

Result<bool> rlockAcquire(RLockObject* self, modules::CInt blocking, Opt<> timeout) {
  int64_t nanoseconds = TRY(acquireTimeout(blocking, timeout));
  if (ownedByThis(self)) {
    if (self->count == ULONG_MAX) return raise(PyExc_OverflowError, "Internal lock count overflowed");
    self->count++;
    return true;
  }
  if (!TRY(lockAcquire(*self->lock, nanoseconds))) return false;
  self->owner = thisThread();
  self->count = 1;
  return true;
}
Status rlockRelease(RLockObject* self) {
  if (!ownedByThis(self)) return raiseNotOwned();
  if (--self->count > 0) return {};
  self->owner = 0;
  self->lock->release();
  return {};
}
Status rlockExit(RLockObject* self, CallArgs) { return rlockRelease(self); }
bool rlockIsOwned(RLockObject* self) { return ownedByThis(self); }

Result<Ref<>> rlockReleaseSave(RLockObject* self) {
  if (self->count == 0) return raiseNotOwned();
  Ref<IntObject> count = TRY(intFromUnsignedLong(self->count)), owner = TRY(intFromUnsignedLong(self->owner));
  Ref<TupleObject> saved = TRY(tupleOf(count.get(), owner.get()));
  self->count = self->owner = 0;
  self->lock->release();
  return saved;
}

Result<unsigned long> savedNumber(PyObject* saved, Py_ssize_t index) {
  Ref<> item = TRY(sequenceGet(saved, index));
  if (!isInt(item))
    return raise(PyExc_TypeError, "_acquire_restore() argument 1, item %zd must be int, not %.50s", index,
                 item.get() == Py_None ? "None" : typeName(item.get()));
  bool failed;
  unsigned long number = asUnsignedLongMask(item.get(), &failed);
  if (failed) return Raised{};
  return number;
}

Status rlockAcquireRestore(RLockObject* self, PyObject* saved) {
  if (!isSequence(saved) || isBytes(saved))
    return raise(PyExc_TypeError, "_acquire_restore() argument 1 must be 2-item sequence, not %.50s",
                 saved == Py_None ? "None" : typeName(saved));
  Py_ssize_t size = TRY(sequenceLength(saved));
  if (size != 2)
    return raise(PyExc_TypeError, "_acquire_restore() argument 1 must be sequence of length 2, not %zd",
                 size);
  unsigned long count = TRY(savedNumber(saved, 0)), owner = TRY(savedNumber(saved, 1));
  TRY(lockAcquire(*self->lock, -1));
  self->owner = owner;
  self->count = count;
  return {};
}

Status rlockReinit(RLockObject* self) {
  self->lock->~OsLock();
  new (self->lock) OsLock;
  self->owner = self->count = 0;
  return {};
}

Result<Ref<StrObject>> rlockRepr(RLockObject* self) {
  return strFormat("<%s %s object owner=%ld count=%lu at %p>", self->count ? "locked" : "unlocked",
                   typeName(self), static_cast<long>(self->owner), self->count, self);
}

void rlockDealloc(PyObject* object) {
  gcUntrack(object);
  clearWeakRefs(object);
  delete cast<RLockObject>(object)->lock;
  heapInstanceFree(object);
}

constinit PyMethodDef kRLockMethods[] = {
    method<"!acquire($self, /, blocking=1, timeout=-1)", rlockAcquire,
           "Lock the lock; the owner may lock it again.">,
    method<"!release($self, /)", rlockRelease, "Release the lock once.">,
    method<"!_is_owned($self, /)", rlockIsOwned, "Does this thread hold the lock?">,
    method<"!%%_acquire_restore($self, state, /)", rlockAcquireRestore,
           "Take the lock in a state that _release_save() answered.">,
    method<"!_release_save($self, /)", rlockReleaseSave, "Give the lock up entirely; answers its state.">,
    method<"!__enter__($self, /, blocking=1, timeout=-1)", rlockAcquire, "Lock the lock.">,
    method<"!%__exit__($self, *args)", rlockExit, "Release the lock.">,
    method<"!_at_fork_reinit($self, /)", rlockReinit>,
    {}};

}  // namespace

Result<Ref<LockObject>> lockNew() {
  TRY(checkMemory());
  Ref<LockObject> self = TRY(typeAlloc<LockObject>(lock_type));
  self->lock = new OsLock;
  return self;
}

void lockReleaseUnchecked(LockObject* self) {
  self->locked = false;
  self->lock->release();
}

PyTypeObject *lock_type = nullptr, *rlock_type = nullptr;

namespace {
constinit PyMemberDef kLockMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(LockObject, weakreflist), READONLY, nullptr}, {}};
constinit PyMemberDef kRLockMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(RLockObject, weakreflist), READONLY, nullptr}, {}};
}  // namespace

constexpr PyTypeObject kLockDescription = {
    .tp_name = "_thread.lock",
    .tp_basicsize = sizeof(LockObject),
    .tp_dealloc = lockDealloc,
    .tp_repr = slot<lockRepr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "A lock: made by allocate_lock(), locked by acquire(), released by release().",
    .tp_traverse = lockTraverse,
    .tp_methods = kLockMethods,
    .tp_members = kLockMembers,
};
constexpr PyTypeObject kRLockDescription = {
    .tp_name = "_thread.RLock",
    .tp_basicsize = sizeof(RLockObject),
    .tp_dealloc = rlockDealloc,
    .tp_repr = slot<rlockRepr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE,
    .tp_traverse = lockTraverse,
    .tp_methods = kRLockMethods,
    .tp_members = kRLockMembers,
    .tp_new = slot<rlockNew>,
};

}  // namespace krait
