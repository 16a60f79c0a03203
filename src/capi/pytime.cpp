// Exports of pytime.h (cpython/pytime.h): what lib-dynload modules use for their time-outs.
#include <sys/time.h>

#include "capi/capi.h"
#include "core/native.h"
#include "types/int.h"
#include "types/time_value.h"

using namespace krait;

namespace {

// Seconds and their fraction in units of 1 / per_second, which is never negative.
int toParts(PyObject* object, long per_second, time_t* seconds, long* fraction, int round) {
  auto parts = timeToParts(object, per_second, static_cast<TimeRound>(round));
  if (parts.failed()) return -1;
  TimeParts value = std::move(parts).take();
  *seconds = value.seconds, *fraction = value.fraction;
  return 0;
}

}  // namespace

KR_EXPORT int _PyTime_FromSecondsObject(TimeNs* out, PyObject* seconds, int round) {
  auto value = timeFromSeconds(seconds, static_cast<TimeRound>(round));
  if (value.failed()) return -1;
  *out = std::move(value).take();
  return 0;
}
KR_EXPORT TimeNs _PyTime_FromSeconds(int seconds) { return seconds * kNsPerSecond; }
KR_EXPORT TimeNs _PyTime_FromNanoseconds(TimeNs ns) { return ns; }
KR_EXPORT int _PyTime_FromNanosecondsObject(TimeNs* out, PyObject* ns) {
  auto value = asLong(ns);
  if (value.failed()) return -1;
  *out = std::move(value).take();
  return 0;
}
KR_EXPORT double _PyTime_AsSecondsDouble(TimeNs ns) { return timeAsDouble(ns); }
KR_EXPORT PyObject* _PyTime_AsNanosecondsObject(TimeNs ns) { return toC(intObject(ns)); }
KR_EXPORT TimeNs _PyTime_AsMicroseconds(TimeNs ns, int round) {
  return timeDivide(ns, 1000, static_cast<TimeRound>(round));
}
KR_EXPORT TimeNs _PyTime_AsMilliseconds(TimeNs ns, int round) {
  return timeDivide(ns, 1000000, static_cast<TimeRound>(round));
}
KR_EXPORT int _PyTime_AsTimeval(TimeNs ns, timeval* out, int round) {
  int64_t us = timeDivide(ns, 1000, static_cast<TimeRound>(round));
  out->tv_sec = us / 1000000, out->tv_usec = us % 1000000;
  if (out->tv_usec < 0) out->tv_usec += 1000000, out->tv_sec--;
  return 0;
}
KR_EXPORT void _PyTime_AsTimeval_clamp(TimeNs ns, timeval* out, int round) {
  _PyTime_AsTimeval(ns, out, round);
}
KR_EXPORT int _PyTime_AsTimespec(TimeNs ns, timespec* out) {
  *out = timeAsTimespec(ns);
  return 0;
}
KR_EXPORT TimeNs _PyTime_Add(TimeNs a, TimeNs b) {
  TimeNs sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a > 0 ? INT64_MAX : INT64_MIN;
}
KR_EXPORT TimeNs _PyTime_GetMonotonicClock() { return timeOf(CLOCK_MONOTONIC); }
KR_EXPORT TimeNs _PyTime_GetPerfCounter() { return timeOf(CLOCK_MONOTONIC); }
KR_EXPORT TimeNs _PyTime_GetSystemClock() { return timeOf(CLOCK_REALTIME); }
KR_EXPORT TimeNs _PyDeadline_Init(TimeNs timeout) { return _PyTime_Add(timeOf(CLOCK_MONOTONIC), timeout); }
KR_EXPORT TimeNs _PyDeadline_Get(TimeNs deadline) { return deadline - timeOf(CLOCK_MONOTONIC); }
KR_EXPORT int _PyTime_ObjectToTime_t(PyObject* object, time_t* out, int round) {
  auto value = timeToTimeT(object, static_cast<TimeRound>(round));
  if (value.failed()) return -1;
  *out = std::move(value).take();
  return 0;
}
KR_EXPORT PyObject* _PyLong_FromTime_t(time_t value) { return toC(intFromLong(value)); }
KR_EXPORT time_t _PyLong_AsTime_t(PyObject* object) {
  auto value = timeToTimeT(object, TimeRound::kFloor);
  return value.failed() ? -1 : std::move(value).take();
}
KR_EXPORT int _PyTime_ObjectToTimespec(PyObject* object, time_t* seconds, long* ns, int round) {
  return toParts(object, kNsPerSecond, seconds, ns, round);
}
KR_EXPORT int _PyTime_ObjectToTimeval(PyObject* object, time_t* seconds, long* us, int round) {
  return toParts(object, 1000000, seconds, us, round);
}
KR_EXPORT void _PyTime_AsTimespec_clamp(TimeNs ns, timespec* out) { *out = timeAsTimespec(ns); }
KR_EXPORT TimeNs _PyTime_AsNanoseconds(TimeNs ns) { return ns; }
KR_EXPORT int _PyTime_FromMillisecondsObject(TimeNs* out, PyObject* object, int round) {
  auto value = timeFromUnits(object, 1000000, static_cast<TimeRound>(round));
  if (value.failed()) return -1;
  *out = std::move(value).take();
  return 0;
}
KR_EXPORT int _PyTime_FromTimespec(TimeNs* out, const timespec* value) {
  *out = timeFromTimespec(*value);
  return 0;
}
KR_EXPORT int _PyTime_FromTimeval(TimeNs* out, const timeval* value) {
  *out = value->tv_sec * kNsPerSecond + value->tv_usec * 1000;
  return 0;
}
