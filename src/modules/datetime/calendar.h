// Arithmetic of the proleptic Gregorian calendar. Ordinal 1 is 0001-01-01. Knows no Python.
#pragma once

#include <cstdint>

namespace krait::modules {

constexpr int kMinYear = 1, kMaxYear = 9999, kMaxOrdinal = 3652059;
constexpr int kSecondsPerDay = 86400;
constexpr int64_t kMicrosPerSecond = 1'000'000, kMicrosPerDay = kMicrosPerSecond * kSecondsPerDay;

struct CivilDate {
  int year, month, day;
};
struct ClockTime {
  int hour = 0, minute = 0, second = 0, microsecond = 0;
};

bool isLeapYear(int year);
int daysInMonth(int year, int month);
int daysBeforeMonth(int year, int month);
int ordinalOf(CivilDate date);
CivilDate dateOfOrdinal(int ordinal);
int weekdayOf(CivilDate date);  // Monday 0
struct IsoWeek {
  int year, week, weekday;  // Monday 1
};
IsoWeek isoWeekOf(CivilDate date);
// 0: done; -2: bad week, -3: bad weekday, -4: bad year.
int dateOfIsoWeek(IsoWeek iso, CivilDate* out);
// Seconds since 0001-01-01 00:00:00 shifted by one day, as the local time arithmetic counts them.
int64_t secondsOf(CivilDate date, const ClockTime& clock);
inline int secondOfDay(const ClockTime& clock) {
  return clock.hour * 3600 + clock.minute * 60 + clock.second;
}
constexpr int64_t kUnixEpochSeconds = int64_t{719163} * kSecondsPerDay;

}  // namespace krait::modules
