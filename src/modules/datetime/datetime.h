// The objects of the datetime module, in CPython's layouts (extensions read them inline), and what its files
// share.
#pragma once

#include <optional>
#include <string>

#include "core/native.h"
#include "modules/datetime/calendar.h"
#include "types/int.h"
#include "types/str.h"

namespace krait::modules {

struct DeltaObject : PyObject {
  Py_hash_t hash;  // -1: not computed
  int days, seconds, microseconds;

  __int128 totalMicros() const {
    return (__int128{days} * kSecondsPerDay + seconds) * kMicrosPerSecond + microseconds;
  }
};

struct DateObject : PyObject {
  Py_hash_t hash;
  char has_tzinfo;
  uint8_t data[4];  // year (2), month, day

  CivilDate date() const { return {data[0] << 8 | data[1], data[2], data[3]}; }
};

struct TimeObject : PyObject {
  Py_hash_t hash;
  char has_tzinfo;
  uint8_t data[6];  // hour, minute, second, microsecond (3)
  uint8_t fold;
  PyObject* tz;  // valid when has_tzinfo

  ClockTime clock() const { return {data[0], data[1], data[2], data[3] << 16 | data[4] << 8 | data[5]}; }
  PyObject* tzinfo() const { return has_tzinfo ? tz : Py_None; }
};

struct DateTimeObject : PyObject {
  Py_hash_t hash;
  char has_tzinfo;
  uint8_t data[10];  // a date's data, then a time's
  uint8_t fold;
  PyObject* tz;

  CivilDate date() const { return {data[0] << 8 | data[1], data[2], data[3]}; }
  ClockTime clock() const { return {data[4], data[5], data[6], data[7] << 16 | data[8] << 8 | data[9]}; }
  PyObject* tzinfo() const { return has_tzinfo ? tz : Py_None; }
};

struct ZoneObject : PyObject {
  PyObject *offset, *name;  // timedelta; str or null
};

static_assert(sizeof(DeltaObject) == 40 && sizeof(DateObject) == 32 && sizeof(TimeObject) == 40 &&
              sizeof(DateTimeObject) == 48 && sizeof(ZoneObject) == 32);
static_assert(offsetof(DateTimeObject, data) == 25 && offsetof(TimeObject, fold) == 31 &&
              offsetof(DateTimeObject, tz) == 40);

extern PyTypeObject kDeltaType, kDateType, kTimeType, kDateTimeType, kTzInfoType, kZoneType, kIsoCalendarType;
extern ZoneObject* zone_utc;
extern PyObject* datetime_epoch;  // 1970-01-01 UTC, aware

inline bool isDelta(const PyObject* o) { return isInstanceOf(o, &kDeltaType); }
inline bool isDate(const PyObject* o) { return isInstanceOf(o, &kDateType); }
inline bool isTime(const PyObject* o) { return isInstanceOf(o, &kTimeType); }
inline bool isDateTime(const PyObject* o) { return isInstanceOf(o, &kDateTimeType); }
inline bool isTzInfo(const PyObject* o) { return isInstanceOf(o, &kTzInfoType); }

// --- timedelta (delta.cpp) ---
// Days in range, seconds and microseconds normalised already.
Result<Ref<DeltaObject>> deltaNew(int days, int seconds, int microseconds, PyTypeObject* type = &kDeltaType);
// Any microseconds; OverflowError when out of range.
Result<Ref<DeltaObject>> deltaFromMicros(__int128 micros, PyTypeObject* type = &kDeltaType);
int deltaCompare(const DeltaObject* a, const DeltaObject* b);

// --- date (date.cpp) ---
Result<Ref<>> dateNew(CivilDate date, PyTypeObject* type = &kDateType);  // ValueError when out of range
Result<Ref<>> dateNewOf(PyTypeObject* type, CivilDate date);  // through the constructor of subclasses
Status checkDate(CivilDate date);
Result<Ref<>> timetupleNew(CivilDate date, const ClockTime& clock, int dst);
Result<Ref<>> dateFormatMethod(PyObject* self, PyObject* format);  // __format__ of date and time
const char* dayName(int weekday);
const char* monthName(int month);
Raised badIsoFormat(PyObject* text);
Result<Ref<>> dateCtime(CivilDate date, const ClockTime& clock);

// --- time (time.cpp) ---
Status checkClock(const ClockTime& clock, int fold);
Result<Ref<>> timeNew(const ClockTime& clock, PyObject* tzinfo, int fold, PyTypeObject* type = &kTimeType);
// "HH:MM:SS.ffffff" as far as the timespec says; false: unknown timespec.
bool appendClock(std::string& out, const ClockTime& clock, std::string_view timespec);
void packClock(uint8_t* data, const ClockTime& clock);

// --- datetime (datetime.cpp) ---
struct DateTimeParts {
  CivilDate date;
  ClockTime clock;
  PyObject* tzinfo = Py_None;  // borrowed
  int fold = 0;
};
inline DateTimeParts partsOf(const DateTimeObject* v) {
  return {v->date(), v->clock(), v->tzinfo(), v->fold};
}
Result<Ref<DateTimeObject>> datetimeNew(const DateTimeParts& parts, PyTypeObject* type = &kDateTimeType);
Result<Ref<>> datetimeNewOf(PyTypeObject* type,
                            const DateTimeParts& parts);  // through the constructor of subclasses
Result<Ref<>> datetimeAddMicros(DateTimeObject* self, __int128 micros, PyTypeObject* type);
Result<Ref<>> datetimeFromTimestamp(PyTypeObject* type, PyObject* timestamp, PyObject* tzinfo);
Result<Ref<>> dateFromTimestamp(PyTypeObject* type, PyObject* timestamp);
__int128 microsOf(const DateTimeObject* v);  // since year 1, without the offset

// --- local time (localtime.cpp) ---
struct TimeStamp {
  int64_t seconds;
  int microseconds;
};
Result<TimeStamp> timestampOf(PyObject* number);  // rounds half to even
Result<int64_t> timestampFloor(PyObject* number);
Result<DateTimeParts> localParts(TimeStamp stamp);  // with fold
Result<DateTimeParts> utcParts(TimeStamp stamp);
Result<int64_t> localToSeconds(const DateTimeParts& parts);  // the local time as seconds of the UTC count
Result<Ref<>> localZoneAt(int64_t unix_seconds);             // timezone(offset, name)

// --- time zones (zone.cpp) ---
Status checkTzInfo(PyObject* tzinfo);  // None or a tzinfo
// What the tzinfo's method says about `about` (a datetime, or None), checked. Absent: None.
Result<MaybeRef<DeltaObject>> zoneUtcOffset(PyObject* tzinfo, PyObject* about);
Result<Ref<>> zoneDst(PyObject* tzinfo, PyObject* about);
Result<Ref<>> zoneName(PyObject* tzinfo, PyObject* about);
Result<Ref<>> zoneNew(DeltaObject* offset, Opt<> name);  // the UTC singleton for zero without a name
Result<Ref<>> zoneOfSeconds(int64_t seconds, int64_t microseconds);
// "+HH:MM[:SS[.ffffff]]", nothing when the offset is None.
Status appendOffset(std::string& out, std::string_view separator, PyObject* tzinfo, PyObject* about);

// --- text (isoformat.cpp, strftime.cpp) ---
bool parseIsoDate(std::string_view text, CivilDate* out);
struct IsoTime {
  ClockTime clock;
  bool has_zone = false;
  int64_t offset_seconds = 0, offset_micros = 0;
};
bool parseIsoTime(std::string_view text, IsoTime* out);
// Where the time's separator stands; npos: malformed.
size_t isoSeparator(std::string_view text);
// The arguments of a method that PyArg_ParseTupleAndKeywords takes apart, for parsedNewEntry.
struct PackedArgs {
  Ref<TupleObject> values;
  Ref<DictObject> keywords;
};
Result<PackedArgs> packArgs(CallArgs args);
// The text as UTF-8, borrowed from it; lone surrogates are an error about what was given.
Result<std::string_view> isoBytes(StrObject* text, PyObject* given);
// A surrogate where a datetime may have its separator becomes a T.
Result<Ref<StrObject>> isoWithPlainSeparator(StrObject* text);
Result<Ref<>> strftimeWrap(PyObject* self, StrObject* format, PyObject* timetuple, PyObject* tzinfo,
                           PyObject* about, int microsecond);

}  // namespace krait::modules
