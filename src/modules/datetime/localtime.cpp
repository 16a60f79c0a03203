// Time stamps and the local time zone.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <ctime>

#include "core/errors.h"
#include "modules/datetime/datetime.h"
#include "types/float.h"

namespace krait::modules {
namespace {

constexpr int64_t kMaxFoldSeconds = 24 * 3600;

Raised outOfRange() { return raise(PyExc_OverflowError, "timestamp out of range for platform time_t"); }

Result<int64_t> wholeOf(double whole) {
  if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) return outOfRange();
  return static_cast<int64_t>(whole);
}

Result<int64_t> integerStamp(PyObject* number) {
  Ref<IntObject> integer = TRY(numberIndex(number));
  long value;
  if (!intFitsLong(integer, &value)) return outOfRange();
  return value;
}

Result<tm> brokenDown(int64_t seconds, bool local) {
  auto stamp = static_cast<time_t>(seconds);
  tm result;
  errno = 0;
  if (local ? localtime_r(&stamp, &result) : gmtime_r(&stamp, &result)) return result;
  return raiseErrno(errno == 0 ? EINVAL : errno);
}

DateTimeParts partsOfTm(const tm& t, int microseconds) {
  // Leap seconds are beyond this calendar.
  return {{t.tm_year + 1900, t.tm_mon + 1, t.tm_mday},
          {t.tm_hour, t.tm_min, std::min(t.tm_sec, 59), microseconds}};
}

Result<int64_t> secondsChecked(const DateTimeParts& parts) {
  if (parts.date.year < kMinYear || parts.date.year > kMaxYear) {
    return raise(PyExc_ValueError, "year %i is out of range", parts.date.year);
  }
  return secondsOf(parts.date, parts.clock);
}

// A UTC count as the local clock shows it.
Result<int64_t> localSeconds(int64_t utc) {
  tm t = TRY(brokenDown(utc - kUnixEpochSeconds, true));
  return secondsChecked(partsOfTm(t, 0));
}

}  // namespace

Result<TimeStamp> timestampOf(PyObject* number) {
  if (!isFloat(number)) return TimeStamp{TRY(integerStamp(number)), 0};
  double value = cast<FloatObject>(number)->value;
  if (std::isnan(value)) return raise(PyExc_ValueError, "Invalid value NaN (not a number)");
  double whole;
  double micros = std::nearbyint(std::modf(value, &whole) * 1e6);
  if (micros >= 1e6) {
    micros -= 1e6;
    whole += 1.0;
  } else if (micros < 0) {
    micros += 1e6;
    whole -= 1.0;
  }
  return TimeStamp{TRY(wholeOf(whole)), static_cast<int>(micros)};
}

Result<int64_t> timestampFloor(PyObject* number) {
  if (!isFloat(number)) return integerStamp(number);
  double value = cast<FloatObject>(number)->value;
  if (std::isnan(value)) return raise(PyExc_ValueError, "Invalid value NaN (not a number)");
  return wholeOf(std::floor(value));
}

Result<DateTimeParts> utcParts(TimeStamp stamp) {
  return partsOfTm(TRY(brokenDown(stamp.seconds, false)), stamp.microseconds);
}

Result<DateTimeParts> localParts(TimeStamp stamp) {
  DateTimeParts parts = partsOfTm(TRY(brokenDown(stamp.seconds, true)), stamp.microseconds);
  if (stamp.seconds <= kMaxFoldSeconds) return parts;
  // A clock that stood at the same time less than a day before has been set back: this is the second pass.
  int64_t shown = TRY(secondsChecked(parts));
  int64_t probe = TRY(localSeconds(kUnixEpochSeconds + stamp.seconds - kMaxFoldSeconds));
  int64_t transition = shown - probe - kMaxFoldSeconds;
  if (transition < 0) {
    int64_t earlier = TRY(localSeconds(kUnixEpochSeconds + stamp.seconds + transition));
    if (earlier == shown) parts.fold = 1;
  }
  return parts;
}

Result<int64_t> localToSeconds(const DateTimeParts& parts) {
  int64_t target = TRY(secondsChecked(parts));
  int64_t offset = TRY(localSeconds(target)) - target;
  int64_t first = target - offset;
  int64_t shown = TRY(localSeconds(first));
  int64_t other_offset;
  if (shown == target) {
    // One solution; on the other side of a change there may be another with its own offset.
    int64_t probe = parts.fold != 0 ? first + kMaxFoldSeconds : first - kMaxFoldSeconds;
    other_offset = TRY(localSeconds(probe)) - probe;
    if (other_offset == offset) return first;
  } else {
    other_offset = shown - first;
  }
  int64_t second = target - other_offset;
  if (TRY(localSeconds(second)) == target) return second;
  if (shown == target) return first;
  // The time was skipped by the clocks.
  return parts.fold != 0 ? std::min(first, second) : std::max(first, second);
}

Result<Ref<>> localZoneAt(int64_t unix_seconds) {
  tm t = TRY(brokenDown(unix_seconds, true));
  Ref<DeltaObject> offset = TRY(deltaFromMicros(__int128{t.tm_gmtoff} * kMicrosPerSecond));
  Ref<StrObject> zone_name = TRY(fsDecode(t.tm_zone ? t.tm_zone : ""));
  return zoneNew(offset, static_cast<PyObject*>(zone_name.get()));
}

}  // namespace krait::modules
