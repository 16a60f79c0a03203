#include "modules/datetime/calendar.h"

namespace krait::modules {
namespace {

constexpr int kDaysInMonth[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int kDaysBefore[] = {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

int daysBeforeYear(int year) {
  int y = year - 1;
  return y * 365 + y / 4 - y / 100 + y / 400;
}

// Ordinal of the Monday that starts week 1: the week of the year's first Thursday.
int firstIsoMonday(int year) {
  int first = ordinalOf({year, 1, 1});
  int weekday = (first + 6) % 7;
  return first - weekday + (weekday > 3 ? 7 : 0);
}

}  // namespace

bool isLeapYear(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int daysInMonth(int year, int month) { return month == 2 && isLeapYear(year) ? 29 : kDaysInMonth[month]; }
int daysBeforeMonth(int year, int month) { return kDaysBefore[month] + (month > 2 && isLeapYear(year)); }
int ordinalOf(CivilDate date) {
  return daysBeforeYear(date.year) + daysBeforeMonth(date.year, date.month) + date.day;
}

CivilDate dateOfOrdinal(int ordinal) {
  constexpr int kDays400 = 146097, kDays100 = 36524, kDays4 = 1461;
  int rest = ordinal - 1;
  int year = rest / kDays400 * 400 + 1;
  rest %= kDays400;
  int centuries = rest / kDays100;
  rest %= kDays100;
  int fours = rest / kDays4;
  rest %= kDays4;
  int years = rest / 365;
  rest %= 365;
  year += centuries * 100 + fours * 4 + years;
  // The last day of a leap year or of a 400-year cycle.
  if (years == 4 || centuries == 4) return {year - 1, 12, 31};
  int month = (rest + 50) >> 5;
  if (daysBeforeMonth(year, month) > rest) month--;
  return {year, month, rest - daysBeforeMonth(year, month) + 1};
}

int weekdayOf(CivilDate date) { return (ordinalOf(date) + 6) % 7; }

IsoWeek isoWeekOf(CivilDate date) {
  int year = date.year, today = ordinalOf(date);
  int monday = firstIsoMonday(year);
  if (today < monday) {
    monday = firstIsoMonday(--year);
  } else if (today - monday >= 52 * 7 && today >= firstIsoMonday(year + 1)) {
    monday = firstIsoMonday(++year);
  }
  return {year, (today - monday) / 7 + 1, (today - monday) % 7 + 1};
}

int dateOfIsoWeek(IsoWeek iso, CivilDate* out) {
  if (iso.year < kMinYear || iso.year > kMaxYear) return -4;
  if (iso.week <= 0 || iso.week >= 53) {
    bool valid = false;
    if (iso.week == 53) {
      // Years that start on a Thursday, or leap years on a Wednesday, have 53 weeks.
      int first = weekdayOf({iso.year, 1, 1});
      valid = first == 3 || (first == 2 && isLeapYear(iso.year));
    }
    if (!valid) return -2;
  }
  if (iso.weekday <= 0 || iso.weekday >= 8) return -3;
  int ordinal = firstIsoMonday(iso.year) + (iso.week - 1) * 7 + iso.weekday - 1;
  *out = ordinal < 1 ? CivilDate{0, 12, 31} : dateOfOrdinal(ordinal);
  return 0;
}

int64_t secondsOf(CivilDate date, const ClockTime& clock) {
  return int64_t{ordinalOf(date)} * kSecondsPerDay + secondOfDay(clock);
}

}  // namespace krait::modules
