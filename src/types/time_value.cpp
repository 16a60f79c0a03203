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

Raised raiseOutOfRange() { return raise(PyExc_OverflowError, "timestamp out of range for platform time_t"); }
Raised raiseNan() { return raise(PyExc_ValueError, "Invalid value NaN (not a number)"); }
bool fitsInt64(double x) { return x >= -9223372036854775808.0 && x < 9223372036854775808.0; }

}  // namespace

Result<TimeNs> timeFromUnits(PyObject* object, TimeNs unit_ns, TimeRound round) {
  if (isFloat(object)) {
    double units = cast<FloatObject>(object)->value;
    if (std::isnan(units)) return raiseNan();
    double ns = roundDouble(units * static_cast<double>(unit_ns), round);
    if (!fitsInt64(ns)) return raiseTooLarge();
    return static_cast<TimeNs>(ns);
  }
  if (!isInt(object)) {
    Ref<IntObject> number = TRY(numberIndex(object));
    return timeFromUnits(number, unit_ns, round);
  }
  int overflow;
  long units = intAsLongAndOverflow(cast<IntObject>(object), &overflow);
  TimeNs ns;
  if (overflow || __builtin_mul_overflow(units, unit_ns, &ns)) return raiseTooLarge();
  return ns;
}

Result<TimeNs> timeFromSeconds(PyObject* object, TimeRound round) {
  return timeFromUnits(object, kNsPerSecond, round);
}

Result<time_t> timeToTimeT(PyObject* object, TimeRound round) {
  if (isFloat(object)) {
    double seconds = cast<FloatObject>(object)->value;
    if (std::isnan(seconds)) return raiseNan();
    double whole = roundDouble(seconds, round);
    if (!fitsInt64(whole)) return raiseOutOfRange();
    return static_cast<time_t>(whole);
  }
  Ref<IntObject> number = TRY(numberIndex(object));
  int overflow;
  long seconds = intAsLongAndOverflow(number, &overflow);
  if (overflow) return raiseOutOfRange();
  return seconds;
}

Result<TimeParts> timeToParts(PyObject* object, long per_second, TimeRound round) {
  if (!isFloat(object)) return TimeParts{TRY(timeToTimeT(object, round)), 0};
  double value = cast<FloatObject>(object)->value;
  if (std::isnan(value)) return raiseNan();
  double whole, scale = static_cast<double>(per_second);
  double fraction = roundDouble(std::modf(value, &whole) * scale, round);
  if (fraction >= scale)
    fraction -= scale, whole += 1.0;
  else if (fraction < 0)
    fraction += scale, whole -= 1.0;
  if (!fitsInt64(whole)) return raiseOutOfRange();
  return TimeParts{static_cast<time_t>(whole), static_cast<long>(fraction)};
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
