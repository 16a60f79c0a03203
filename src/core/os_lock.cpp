#include "core/os_lock.h"

#include <time.h>

#include <cerrno>

#include "core/errors.h"
#include "core/thread.h"

namespace krait {
namespace {

constexpr int64_t kSecond = 1000000000;

int64_t monotonicNow() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

}  // namespace

LockStatus OsLock::acquire(int64_t nanoseconds, bool interruptible) {
  timespec deadline{};
  if (nanoseconds > 0) {
    int64_t at;
    if (__builtin_add_overflow(monotonicNow(), nanoseconds, &at)) at = INT64_MAX;
    deadline = {at / kSecond, at % kSecond};
  }
  for (;;) {
    int status = nanoseconds > 0   ? sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &deadline)
                 : nanoseconds < 0 ? sem_wait(&semaphore_)
                                   : sem_trywait(&semaphore_);
    if (status == 0) return LockStatus::kAcquired;
    if (errno == EINTR && interruptible) return LockStatus::kInterrupted;
    if (errno != EINTR) return LockStatus::kFailed;
  }
}

Result<bool> lockAcquire(OsLock& lock, int64_t nanoseconds) {
  if (lock.acquire(0, false) == LockStatus::kAcquired) return true;
  if (nanoseconds == 0) return false;
  int64_t deadline = nanoseconds > 0 ? monotonicNow() + nanoseconds : 0;
  for (;;) {
    LockStatus status;
    {
      WithoutGil released;
      status = lock.acquire(nanoseconds, true);
    }
    if (status != LockStatus::kInterrupted) return status == LockStatus::kAcquired;
    TRY(checkSignals());
    TRY(pendingCallsRun());
    if (nanoseconds > 0 && (nanoseconds = deadline - monotonicNow()) <= 0) return false;
  }
}

}  // namespace krait
