// A lock of the operating system that any thread may release, with timeouts; it knows nothing of the GIL.
#pragma once

#include <semaphore.h>

#include <cstdint>

#include "core/result.h"

namespace krait {

enum class LockStatus { kFailed = 0, kAcquired = 1, kInterrupted = 2 };

class OsLock {
 public:
  OsLock() { sem_init(&semaphore_, 0, 1); }
  ~OsLock() { sem_destroy(&semaphore_); }
  OsLock(const OsLock&) = delete;
  // nanoseconds < 0: for ever; 0: only try. Interrupted by signals when `interruptible`.
  LockStatus acquire(int64_t nanoseconds, bool interruptible);
  void release() { sem_post(&semaphore_); }

 private:
  sem_t semaphore_;
};

// With the GIL held: lets others run while it waits, runs signal handlers meanwhile. true: acquired, false:
// timed out.
Result<bool> lockAcquire(OsLock& lock, int64_t nanoseconds);

}  // namespace krait
