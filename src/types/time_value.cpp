#include "types/time_value.h"

#include <cmath>

#include "core/number.h"
#include "types/float.h"
#include "types/int.h"

namespace krait {
namespace {

double roundDouble(double x, TimeRound round) {
  switch (round) {
    case TimeRound::kFloor: return std::floor(x);
    case TimeRound::kCeiling: return std::ceil(x);
    case TimeRound::kHalfEven: return std::nearbyint(x);
    default: return x >= 0 ? std::ceil(x) : std::floor(x);
  }
}

Raised raiseTooLarge() { return raise(PyExc_OverflowError, "timestamp too large to convert to C _PyTime_t"); }

}  // namespace

Result<TimeNs> timeFromSeconds(PyObject* object, TimeRound round) {
  if (isFloat(object)) {
    double seconds = cast<FloatObject>(object)->value;
    if (std::isnan(seconds)) return raise(PyExc_ValueError, "Invalid value NaN (not a number)");
    double ns = roundDouble(seconds * 1e9, round);
    if (!(ns >= -9223372036854775808.0 && ns < 9223372036854775808.0)) return raiseTooLarge();
    return static_cast<TimeNs>(ns);
  }
  if (!isInt(object)) {
    Ref<IntObject> number = TRY(numberIndex(object));
    return timeFromSeconds(number, round);
  }
  int overflow;
  long seconds = intAsLongAndOverflow(cast<IntObject>(object), &overflow);
  TimeNs ns;
  if (overflow || __builtin_mul_overflow(seconds, kNsPerSecond, &ns)) return raiseTooLarge();
  return ns;
}

Result<time_t> timeToTimeT(PyObject* object, TimeRound round) {
  if (isFloat(object)) {
    double seconds = cast<FloatObject>(object)->value;
    if (std::isnan(seconds)) return raise(PyExc_ValueError, "Invalid value NaN (not a number)");
    double whole = roundDouble(seconds, round);
    if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) {
      return raise(PyExc_OverflowError, "timestamp out of range for platform time_t");
    }
    return static_cast<time_t>(whole);
  }
  Ref<IntObject> number = TRY(numberIndex(object));
  int overflow;
  long seconds = intAsLongAndOverflow(number, &overflow);
  if (overflow) return raise(PyExc_OverflowError, "timestamp out of range for platform time_t");
  return seconds;
}

double timeAsDouble(TimeNs ns) {
  if (ns % kNsPerSecond == 0) return static_cast<double>(ns / kNsPerSecond);
  return static_cast<double>(ns) / 1e9;
}

TimeNs timeOf(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return timeFromTimespec(t);
}

timespec timeAsTimespec(TimeNs ns) {
  timespec t;
  t.tv_sec = ns / kNsPerSecond;
  t.tv_nsec = ns % kNsPerSecond;
  if (t.tv_nsec < 0) t.tv_nsec += kNsPerSecond, t.tv_sec--;
  return t;
}

int64_t timeDivide(TimeNs ns, int64_t unit, TimeRound round) {
  int64_t quotient = ns / unit, rest = ns % unit;
  if (rest == 0) return quotient;
  bool negative = ns < 0;
  switch (round) {
    case TimeRound::kFloor: return negative ? quotient - 1 : quotient;
    case TimeRound::kCeiling: return negative ? quotient : quotient + 1;
    case TimeRound::kUp: return negative ? quotient - 1 : quotient + 1;
    default: break;
  }
  int64_t twice = (negative ? -rest : rest) * 2;
  bool away = twice > unit || (twice == unit && (quotient & 1));
  return away ? (negative ? quotient - 1 : quotient + 1) : quotient;
}

}  // namespace krait
