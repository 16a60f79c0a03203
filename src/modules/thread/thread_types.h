// The types of the _thread module.
#pragma once

#include "core/os_lock.h"
#include "core/result.h"

extern "C" PyTypeObject _KrThread_LockType, _KrThread_RLockType, _KrThread_LocalType;

namespace krait {

struct LockObject : PyObject {
  OsLock* lock;  // owned
  PyObject* weakreflist;
  bool locked;
};

Result<Ref<LockObject>> lockNew();
void lockReleaseUnchecked(LockObject* lock);  // it is locked
Status localTypesReady();
size_t threadStackSize();              // of new threads; 0: the system's
bool threadSetStackSize(size_t size);  // false: not a size the system takes

}  // namespace krait
