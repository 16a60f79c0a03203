// time
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>
#include <ctime>

#include "core/call.h"
#include "core/import.h"
#include "core/memory.h"
#include "core/native.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/struct_seq.h"
#include "types/time_value.h"

namespace krait::modules {
namespace {

PyTypeObject* g_struct_time = nullptr;

// --- clocks ------------------------------------------------------------------------------------------------

Result<Ref<>> secondsOf(TimeNs ns) { return floatObject(timeAsDouble(ns)); }
Result<Ref<>> nsOf(TimeNs ns) { return Ref<>(TRY(intFromLong(ns))); }

template <clockid_t Clock>
Result<Ref<>> clockSeconds() {
  return secondsOf(timeOf(Clock));
}
template <clockid_t Clock>
Result<Ref<>> clockNs() {
  return nsOf(timeOf(Clock));
}

Result<TimeNs> readClock(int clock) {
  timespec t;
  if (clock_gettime(clock, &t) != 0) return raiseErrno(errno);
  return timeFromTimespec(t);
}
Result<Ref<>> timeClockGettime(CInt clock) { return secondsOf(TRY(readClock(clock))); }
// The functions for nanoseconds name their siblings where arguments are wanting.
Result<Ref<>> timeClockGettimeNs(CallArgs args) {
  if (args.count != 1)
    return raise(PyExc_TypeError, "clock_gettime() takes exactly 1 argument (%zd given)", args.count);
  return nsOf(TRY(readClock(TRY(asCInt(args.values[0])))));
}
Status setClock(int clock, TimeNs ns) {
  timespec t = timeAsTimespec(ns);
  if (clock_settime(clock, &t) != 0) return raiseErrno(errno);
  return {};
}
Status timeClockSettime(CInt clock, PyObject* seconds) {
  return setClock(clock, TRY(timeFromSeconds(seconds, TimeRound::kFloor)));
}
Status timeClockSettimeNs(CallArgs args) {
  if (args.count != 2)
    return raise(PyExc_TypeError, "clock_settime() takes exactly 2 arguments (%zd given)", args.count);
  int clock = TRY(asCInt(args.values[0]));
  PyObject* ns = args.values[1];
  if (!isInt(ns)) return raise(PyExc_TypeError, "expect int, got %s", typeName(ns));
  return setClock(clock, TRY(timeFromUnits(ns, 1, TimeRound::kFloor)));
}

double secondsFromTimespec(const timespec& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

Result<Ref<>> timeClockGetres(CInt clock) {
  timespec t;
  if (clock_getres(clock, &t) != 0) return raiseErrno(errno);
  return floatObject(secondsFromTimespec(t));
}
Result<long> timePthreadClock(PyObject* thread_id) {
  clockid_t clock;
  int error = pthread_getcpuclockid(TRY(asUnsignedLong(thread_id)), &clock);
  if (error) return raiseErrno(error);
  return clock;
}

struct ClockInfo {
  const char *name, *implementation;
  clockid_t clock;
  bool monotonic, adjustable;
};
constexpr ClockInfo kClocks[] = {
    {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
    {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
    {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false}};

Result<Ref<>> timeGetClockInfo(CText clock_name) {
  for (const ClockInfo& info : kClocks) {
    if (std::string_view(clock_name.text) != info.name) continue;
    timespec t;
    clock_getres(info.clock, &t);
    Ref<DictObject> dict = TRY(dictNew());
    TRY(dictSet(dict, "implementation", TRY(strLiteral(info.implementation)).get()));
    TRY(dictSet(dict, "monotonic", boolRef(info.monotonic).get()));
    TRY(dictSet(dict, "adjustable", boolRef(info.adjustable).get()));
    TRY(dictSet(dict, "resolution", TRY(floatNew(secondsFromTimespec(t))).get()));
    return namespaceNew(dict.get());
  }
  return raise(PyExc_ValueError, "unknown clock");
}

// --- sleep -------------------------------------------------------------------------------------------------

Status timeSleep(PyObject* seconds) {
  TimeNs duration = TRY(timeFromSeconds(seconds, TimeRound::kTimeout));
  if (duration < 0) return raise(PyExc_ValueError, "sleep length must be non-negative");
  timespec deadline = timeAsTimespec(timeOf(CLOCK_MONOTONIC) + duration);
  for (;;) {
    int error;
    {
      WithoutGil released;
      error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr);
    }
    if (error == 0) return {};
    if (error != EINTR) return raiseErrno(error);
    TRY(checkSignals());
  }
}

// --- struct_time -------------------------------------------------------------------------------------------

PyStructSequence_Field kTimeFields[] = {
    {"tm_year", "year, for example, 1993"},
    {"tm_mon", "month of year, range [1, 12]"},
    {"tm_mday", "day of month, range [1, 31]"},
    {"tm_hour", "hours, range [0, 23]"},
    {"tm_min", "minutes, range [0, 59]"},
    {"tm_sec", "seconds, range [0, 61])"},
    {"tm_wday", "day of week, range [0, 6], Monday is 0"},
    {"tm_yday", "day of year, range [1, 366]"},
    {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
    {"tm_zone", "abbreviation of timezone name"},
    {"tm_gmtoff", "offset from UTC in seconds"},
    {nullptr, nullptr}};
PyStructSequence_Desc kTimeDesc{"time.struct_time", "A point in time, broken down.", kTimeFields, 9};

Result<Ref<>> structTime(const tm& t) {
  Ref<TupleObject> out = TRY(structSeqNew(g_struct_time));
  const long fields[] = {t.tm_year + 1900L, t.tm_mon + 1L,       t.tm_mday,      t.tm_hour, t.tm_min,
                         t.tm_sec,          (t.tm_wday + 6) % 7, t.tm_yday + 1L, t.tm_isdst};
  for (int i = 0; i < 9; i++) structSeqSet(out, i, Ref<>(TRY(intFromLong(fields[i]))));
  structSeqSet(out, 9, Ref<>(TRY(fsDecode(t.tm_zone ? t.tm_zone : ""))));
  structSeqSet(out, 10, Ref<>(TRY(intFromLong(t.tm_gmtoff))));
  return out;
}

Result<time_t> secondsArgument(Opt<> seconds) {
  if (!seconds || seconds.get() == Py_None) return std::time(nullptr);
  return timeToTimeT(seconds.get(), TimeRound::kFloor);
}
Result<tm> breakDown(time_t when, tm* (*convert)(const time_t*, tm*)) {
  tm out;
  errno = 0;
  if (!convert(&when, &out)) return raiseErrno(errno ? errno : EINVAL);
  return out;
}
Result<Ref<>> timeGmtime(Opt<> seconds) {
  return structTime(TRY(breakDown(TRY(secondsArgument(seconds)), gmtime_r)));
}
Result<Ref<>> timeLocaltime(Opt<> seconds) {
  return structTime(TRY(breakDown(TRY(secondsArgument(seconds)), localtime_r)));
}

// A time tuple given by the user to `function`.
Result<tm> tupleToTm(const char* function, PyObject* tuple) {
  if (!isTuple(tuple)) return raise(PyExc_TypeError, "Tuple or struct_time argument required");
  auto* t = cast<TupleObject>(tuple);
  bool own = isExact(tuple, g_struct_time);
  if (t->size() != 9) return raise(PyExc_TypeError, "%s(): illegal time tuple argument", function);
  int v[9];
  for (int i = 0; i < 9; i++) v[i] = TRY(asInt(t->at(i)));
  if (v[0] < INT_MIN + 1900) return raise(PyExc_OverflowError, "year out of range");
  tm out{};
  out.tm_year = v[0] - 1900, out.tm_mon = v[1] - 1, out.tm_mday = v[2], out.tm_hour = v[3], out.tm_min = v[4];
  out.tm_sec = v[5], out.tm_wday = (v[6] + 1) % 7, out.tm_yday = v[7] - 1, out.tm_isdst = v[8];
  if (own && t->ob_item[10] && t->ob_item[10] != Py_None) out.tm_gmtoff = TRY(asLong(t->ob_item[10]));
  if (own && t->ob_item[9] && isStr(t->ob_item[9]))
    out.tm_zone = TRY(strUtf8(cast<StrObject>(t->ob_item[9]))).data();
  return out;
}

// Zero stands for the first month, day and day of year; anything else out of range is an error.
Status checkBounds(tm& t) {
  if (t.tm_mon == -1)
    t.tm_mon = 0;
  else if (t.tm_mon < 0 || t.tm_mon > 11)
    return raise(PyExc_ValueError, "month out of range");
  if (t.tm_mday == 0)
    t.tm_mday = 1;
  else if (t.tm_mday < 0 || t.tm_mday > 31)
    return raise(PyExc_ValueError, "day of month out of range");
  if (t.tm_hour < 0 || t.tm_hour > 23) return raise(PyExc_ValueError, "hour out of range");
  if (t.tm_min < 0 || t.tm_min > 59) return raise(PyExc_ValueError, "minute out of range");
  if (t.tm_sec < 0 || t.tm_sec > 61) return raise(PyExc_ValueError, "seconds out of range");
  if (t.tm_wday < 0) return raise(PyExc_ValueError, "day of week out of range");
  if (t.tm_yday == -1)
    t.tm_yday = 0;
  else if (t.tm_yday < 0 || t.tm_yday > 365)
    return raise(PyExc_ValueError, "day of year out of range");
  return {};
}

Result<tm> tmArgument(const char* function, Opt<> tuple) {
  if (!tuple) return breakDown(std::time(nullptr), localtime_r);
  tm t = TRY(tupleToTm(function, tuple.get()));
  TRY(checkBounds(t));
  return t;
}

Result<Ref<>> ascText(const tm& t) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[96];
  std::snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %d", kDays[t.tm_wday % 7], kMonths[t.tm_mon],
                t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, 1900 + t.tm_year);
  return Ref<>(TRY(strFromUtf8(text)));
}
Result<Ref<>> timeAsctime(Opt<> tuple) { return ascText(TRY(tmArgument("asctime", tuple))); }
Result<Ref<>> timeCtime(Opt<> seconds) {
  return ascText(TRY(breakDown(TRY(secondsArgument(seconds)), localtime_r)));
}

Result<Ref<>> timeMktime(PyObject* tuple) {
  tm t = TRY(tupleToTm("mktime", tuple));
  t.tm_wday = -1;  // stays -1 when mktime fails
  time_t when = mktime(&t);
  if (when == static_cast<time_t>(-1) && t.tm_wday == -1)
    return raise(PyExc_OverflowError, "mktime argument out of range");
  return floatObject(static_cast<double>(when));
}

Result<Ref<>> timeStrftime(StrObject* format, Opt<> tuple) {
  tm t = TRY(tmArgument("strftime", tuple));
  t.tm_isdst = t.tm_isdst < 0 ? -1 : t.tm_isdst > 0;
  std::string pattern = TRY(fsEncode(format));
  if (pattern.empty()) return Ref<>(emptyStr());
  for (size_t size = std::max<size_t>(256, pattern.size() * 4);; size *= 2) {
    auto out = TRY(MemArray<char>::make(size));
    size_t n = strftime(out.get(), size, pattern.c_str(), &t);
    // Zero may be a full buffer or an empty result (such as "%p" in some locales).
    if (n > 0 || size >= 256 * pattern.size()) return Ref<>(TRY(fsDecode({out.get(), n})));
  }
}

Result<Ref<>> timeStrptime(CallArgs args) {
  Ref<> function = TRY(importAttr("_strptime", "_strptime_time"));
  return callVector(function, args.values, static_cast<size_t>(args.count), args.names);
}

// --- time zone ---------------------------------------------------------------------------------------------

struct Zone {
  std::string name;
  long offset;  // seconds west of UTC
};
Zone zoneAt(time_t when) {
  tm t;
  localtime_r(&when, &t);
  return {t.tm_zone ? t.tm_zone : "   ", -t.tm_gmtoff};
}

// Standard and summer time are told apart by January and July of this year.
Status addZone(PyObject* module) {
  constexpr time_t kYear = (365 * 24 + 6) * 3600;
  time_t start = std::time(nullptr) / kYear * kYear;
  Zone january = zoneAt(start), july = zoneAt(start + kYear / 2);
  bool north = january.offset >= july.offset;
  const Zone& standard = north ? january : july;
  const Zone& summer = north ? july : january;
  TRY(moduleAddInt(module, "timezone", standard.offset));
  TRY(moduleAddInt(module, "altzone", summer.offset));
  TRY(moduleAddInt(module, "daylight", january.offset != july.offset));
  Ref<StrObject> first = TRY(fsDecode(standard.name)), second = TRY(fsDecode(summer.name));
  return moduleAdd(module, "tzname", Ref<>(TRY(tupleOf(first.get(), second.get()))));
}

Status timeTzset(PyObject* module) {
  tzset();
  return addZone(module);
}

constinit PyMethodDef kTimeMethods[] = {
    function<"!time()", clockSeconds<CLOCK_REALTIME>,
             "time() -> floating point number\n\nSeconds since the epoch.">,
    function<"!time_ns()", clockNs<CLOCK_REALTIME>, "time_ns() -> int\n\nNanoseconds since the epoch.">,
    function<"!%%clock_gettime(clk_id, /)", timeClockGettime,
             "clock_gettime(clk_id) -> float\n\nTime of a clock.">,
    function<"!%clock_gettime_ns(*args)", timeClockGettimeNs,
             "clock_gettime_ns(clk_id) -> int\n\nTime of a clock in nanoseconds.">,
    function<"!%%clock_settime(clk_id, time, /)", timeClockSettime,
             "clock_settime(clk_id, time)\n\nSet a clock.">,
    function<"!%clock_settime_ns(*args)", timeClockSettimeNs,
             "clock_settime_ns(clk_id, time)\n\nSet a clock in nanoseconds.">,
    function<"!%%clock_getres(clk_id, /)", timeClockGetres,
             "clock_getres(clk_id) -> floating point number\n\nResolution of a clock.">,
    function<"!%%pthread_getcpuclockid(thread_id, /)", timePthreadClock,
             "pthread_getcpuclockid(thread_id) -> int\n\nThe CPU clock of a thread.">,
    function<"!sleep(seconds, /)", timeSleep, "sleep(seconds)\n\nDo nothing for a while.">,
    function<"!%%gmtime(seconds=<unrepresentable>, /)", timeGmtime,
             "gmtime([seconds]) -> struct_time\n\nUTC of a time stamp.">,
    function<"!%%localtime(seconds=<unrepresentable>, /)", timeLocaltime,
             "localtime([seconds]) -> struct_time\n\nLocal time of a time stamp.">,
    function<"!%asctime(tuple=<unrepresentable>, /)", timeAsctime,
             "asctime([tuple]) -> string\n\nA time as 'Sat Jun 06 16:26:11 1998'.">,
    function<"!%%ctime(seconds=<unrepresentable>, /)", timeCtime,
             "ctime(seconds) -> string\n\nA time stamp as local time text.">,
    function<"!mktime(tuple, /)", timeMktime,
             "mktime(tuple) -> floating point number\n\nTime stamp of a local time.">,
    function<"!%%strftime(format, tuple=<unrepresentable>, /)", timeStrftime,
             "strftime(format[, tuple]) -> string\n\nA time as the format says.">,
    function<"!%%strptime(*args)", timeStrptime,
             "strptime(string, format) -> struct_time\n\nRead a time as the format says.">,
    moduleFunction<"!tzset($module)", timeTzset, "tzset()\n\nRead the TZ variable again.">,
    function<"!monotonic()", clockSeconds<CLOCK_MONOTONIC>,
             "monotonic() -> float\n\nA clock that never goes backward.">,
    function<"!monotonic_ns()", clockNs<CLOCK_MONOTONIC>,
             "monotonic_ns() -> int\n\nA clock that never goes backward, in nanoseconds.">,
    function<"!process_time()", clockSeconds<CLOCK_PROCESS_CPUTIME_ID>,
             "process_time() -> float\n\nCPU time of the process.">,
    function<"!process_time_ns()", clockNs<CLOCK_PROCESS_CPUTIME_ID>,
             "process_time() -> int\n\nCPU time of the process in nanoseconds.">,
    function<"!thread_time()", clockSeconds<CLOCK_THREAD_CPUTIME_ID>,
             "thread_time() -> float\n\nCPU time of the thread.">,
    function<"!thread_time_ns()", clockNs<CLOCK_THREAD_CPUTIME_ID>,
             "thread_time() -> int\n\nCPU time of the thread in nanoseconds.">,
    function<"!perf_counter()", clockSeconds<CLOCK_MONOTONIC>,
             "perf_counter() -> float\n\nA clock for measuring.">,
    function<"!perf_counter_ns()", clockNs<CLOCK_MONOTONIC>,
             "perf_counter_ns() -> int\n\nA clock for measuring, in nanoseconds.">,
    function<"!%%get_clock_info(name, /)", timeGetClockInfo,
             "get_clock_info(name: str) -> dict\n\nFacts about a clock.">,
    {}};

Status timeExec(PyObject* module) {
  const std::pair<const char*, long> clocks[] = {{"CLOCK_REALTIME", CLOCK_REALTIME},
                                                 {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
                                                 {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
                                                 {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
                                                 {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
                                                 {"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
                                                 {"CLOCK_TAI", CLOCK_TAI}};
  tzset();
  TRY(addZone(module));
  for (auto [clock_name, id] : clocks) TRY(moduleAddInt(module, clock_name, id));
  if (!g_struct_time) g_struct_time = TRY(structSeqTypeNew(&kTimeDesc)).leak();
  TRY(moduleAddInt(module, "_STRUCT_TM_ITEMS", 11));
  return moduleAdd(module, "struct_time", share<PyObject>(g_struct_time));
}

constinit PyModuleDef kTimeModule =
    moduleDef<"time", timeExec>(kTimeMethods, "Clocks, sleeping, and times broken down.");

}  // namespace

PyObject* initTime() { return moduleDefInit(&kTimeModule); }

}  // namespace krait::modules
