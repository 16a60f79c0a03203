#include "core/os_lock.h"

#include <time.h>

#include <cerrno>
#include <cmath>

#include "core/errors.h"
#include "core/number.h"
#include "core/thread.h"
#include "types/float.h"

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

Result<int64_t> nanosecondsFromSeconds(PyObject* seconds) {
  constexpr const char* kTooLarge = "timestamp too large to convert to C _PyTime_t";
  if (isFloat(seconds)) {
    double value = cast<FloatObject>(seconds)->value;
    if (std::isnan(value)) return raise(PyExc_ValueError, "Invalid value NaN (not a number)");
    value *= static_cast<double>(kSecond);
    value = value >= 0 ? std::ceil(value) : std::floor(value);
    if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0))
      return raise(PyExc_OverflowError, kTooLarge);
    return static_cast<int64_t>(value);
  }
  auto whole = asLong(seconds);
  if (whole.failed()) {
    if (pendingMatches(PyExc_OverflowError)) return raise(PyExc_OverflowError, kTooLarge);
    return Raised{};
  }
  int64_t result;
  if (__builtin_mul_overflow(std::move(whole).take(), kSecond, &result))
    return raise(PyExc_OverflowError, kTooLarge);
  return result;
}

}  // namespace krait
