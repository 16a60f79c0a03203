// The types of the _thread module.
#pragma once

#include "core/os_lock.h"
#include "core/result.h"

namespace krait {

// Made when the module is executed first.
extern PyTypeObject *lock_type, *rlock_type, *local_type;
extern const PyTypeObject kLockDescription, kRLockDescription, kLocalDescription, kLocalGuardDescription;

struct LockObject : PyObject {
  OsLock* lock;  // owned
  PyObject* weakreflist;
  bool locked;
};

Result<Ref<LockObject>> lockNew();
void lockReleaseUnchecked(LockObject* lock);  // it is locked
extern PyTypeObject* local_guard_type;
size_t threadStackSize();              // of new threads; 0: the system's
bool threadSetStackSize(size_t size);  // false: not a size the system takes

}  // namespace krait
