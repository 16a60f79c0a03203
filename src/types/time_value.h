// Durations and time stamps as 64-bit nanoseconds (CPython's _PyTime_t), and their conversion from Python
// numbers.
#pragma once

#include <ctime>

#include "core/object.h"

namespace krait {

using TimeNs = int64_t;
constexpr TimeNs kNsPerSecond = 1'000'000'000;

enum class TimeRound {
  kFloor = 0,
  kCeiling = 1,
  kHalfEven = 2,
  kUp = 3,
  kTimeout = kUp
};  // kUp: away from zero

// int or float seconds. ValueError for NaN, OverflowError "timestamp too large to convert to C _PyTime_t".
Result<TimeNs> timeFromSeconds(PyObject* object, TimeRound round);
// The same of a number of units, each unit_ns long.
Result<TimeNs> timeFromUnits(PyObject* object, TimeNs unit_ns, TimeRound round);
// Seconds for time_t based calls: "timestamp out of range for platform time_t".
Result<time_t> timeToTimeT(PyObject* object, TimeRound round);
struct TimeParts {
  time_t seconds;
  long fraction;  // in [0, per_second)
};
Result<TimeParts> timeToParts(PyObject* object, long per_second, TimeRound round);
double timeAsDouble(TimeNs ns);
TimeNs timeOf(clockid_t clock);
timespec timeAsTimespec(TimeNs ns);
inline TimeNs timeFromTimespec(const timespec& t) {
  return static_cast<TimeNs>(t.tv_sec) * kNsPerSecond + t.tv_nsec;
}
// ns / unit, rounded (unit: 1000 for microseconds, ...).
int64_t timeDivide(TimeNs ns, int64_t unit, TimeRound round);

}  // namespace krait
