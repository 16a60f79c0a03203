// Making datetimes: constructors, class methods, parsing.
#include <cstring>
#include <ctime>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/import.h"
#include "modules/c_args.h"
#include "modules/datetime/datetime_methods.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

constexpr size_t kStateSize = 10;

// The high bit of the month carries the fold.
bool isState(std::string_view data) {
  return data.size() == kStateSize && (data[2] & 0x7f) >= 1 && (data[2] & 0x7f) <= 12;
}

Result<Ref<>> fromState(PyTypeObject* type, std::string_view data, Opt<> tzinfo) {
  if (tzinfo && tzinfo.get() != Py_None && !isTzInfo(tzinfo.get())) {
    return raise(PyExc_TypeError, "bad tzinfo state arg");
  }
  Ref<DateTimeObject> self = TRY(typeAlloc<DateTimeObject>(type));
  std::memcpy(self->data, data.data(), kStateSize);
  self->hash = -1;
  self->fold = (self->data[2] & 0x80) != 0;
  self->data[2] &= 0x7f;
  self->has_tzinfo = tzinfo && tzinfo.get() != Py_None;
  if (self->has_tzinfo) self->tz = share(tzinfo.get()).leak();
  return self;
}

Result<MaybeRef<>> tryState(PyTypeObject* type, PyObject* first, Opt<> tzinfo) {
  if (isBytes(first) && isState(cast<BytesObject>(first)->view())) {
    return MaybeRef<>(TRY(fromState(type, cast<BytesObject>(first)->view(), tzinfo)));
  }
  if (!isStr(first) || cast<StrObject>(first)->size() != static_cast<Py_ssize_t>(kStateSize))
    return MaybeRef<>();
  auto* text = cast<StrObject>(first);
  Py_UCS4 month = text->at(2) & 0x7f;
  if (month < 1 || month > 12) return MaybeRef<>();
  char data[kStateSize];
  for (size_t i = 0; i < kStateSize; i++) {
    if (text->at(static_cast<Py_ssize_t>(i)) > 0xff) {
      return raise(PyExc_ValueError,
                   "Failed to encode latin1 string when unpickling a datetime object. "
                   "pickle.load(data, encoding='latin1') is assumed.");
    }
    data[i] = static_cast<char>(text->at(static_cast<Py_ssize_t>(i)));
  }
  return MaybeRef<>(TRY(fromState(type, {data, kStateSize}, tzinfo)));
}

Result<Ref<>> fromFields(PyTypeObject* type, CInt year, CInt month, CInt day, CInt hour, CInt minute,
                         CInt second, CInt microsecond, PyObject* tzinfo, CInt fold) {
  return datetimeNew({{year, month, day}, {hour, minute, second, microsecond}, tzinfo, fold}, type);
}

Result<Ref<>> secondsNow(PyTypeObject* type, bool local, PyObject* tzinfo) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  TimeStamp stamp{now.tv_sec, static_cast<int>(now.tv_nsec / 1000)};
  DateTimeParts parts = TRY(local ? localParts(stamp) : utcParts(stamp));
  parts.tzinfo = tzinfo;
  // An aware time has no fold of its own: its zone decides.
  if (tzinfo != Py_None) parts.fold = 0;
  return datetimeNewOf(type, parts);
}

Result<Ref<>> throughZone(PyObject* tzinfo, Ref<> utc) {
  if (tzinfo == Py_None) return utc;
  return callMethod(tzinfo, name<"fromutc">(), utc.get());
}

}  // namespace

Result<Ref<>> datetimeConstruct(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  auto* values = cast<TupleObject>(args);
  if (values->size() >= 1 && values->size() <= 2) {
    Opt<> tzinfo = values->size() == 2 ? Opt<>(values->at(1)) : Opt<>();
    MaybeRef<> state = TRY(tryState(type, values->at(0), tzinfo));
    if (state) return std::move(state).take();
  }
  constexpr Text kSignature =
      "(year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)";
  return Result<Ref<>>::fromC(parsedNewEntry<kSignature, fromFields>(type, args, kwargs.get()));
}

Result<Ref<DateTimeObject>> datetimeNew(const DateTimeParts& parts, PyTypeObject* type) {
  TRY(checkDate(parts.date));
  TRY(checkClock(parts.clock, parts.fold));
  TRY(checkTzInfo(parts.tzinfo));
  Ref<DateTimeObject> self = TRY(typeAlloc<DateTimeObject>(type));
  self->hash = -1;
  self->has_tzinfo = parts.tzinfo != Py_None;
  self->data[0] = static_cast<uint8_t>(parts.date.year >> 8);
  self->data[1] = static_cast<uint8_t>(parts.date.year);
  self->data[2] = static_cast<uint8_t>(parts.date.month);
  self->data[3] = static_cast<uint8_t>(parts.date.day);
  packClock(self->data + 4, parts.clock);
  self->fold = static_cast<uint8_t>(parts.fold);
  if (self->has_tzinfo) self->tz = share(parts.tzinfo).leak();
  return self;
}

Result<Ref<>> datetimeNewOf(PyTypeObject* type, const DateTimeParts& parts) {
  if (type == &kDateTimeType) return datetimeNew(parts);
  const ClockTime& c = parts.clock;
  int values[] = {parts.date.year, parts.date.month, parts.date.day, c.hour,
                  c.minute,        c.second,         c.microsecond};
  Ref<TupleObject> args = TRY(tupleNew(8));
  for (int i = 0; i < 7; i++) args->ob_item[i] = TRY(intFromLong(values[i])).leak();
  args->ob_item[7] = share(parts.tzinfo).leak();
  Ref<> made = TRY(callTupleDict(type, args, nullptr));
  if (isDateTime(made.get())) cast<DateTimeObject>(made.get())->fold = static_cast<uint8_t>(parts.fold);
  return made;
}

Result<Ref<>> datetimeFromTimestamp(PyTypeObject* type, PyObject* timestamp, PyObject* tzinfo) {
  TRY(checkTzInfo(tzinfo));
  TimeStamp stamp = TRY(timestampOf(timestamp));
  DateTimeParts parts = TRY(tzinfo == Py_None ? localParts(stamp) : utcParts(stamp));
  parts.tzinfo = tzinfo;
  return throughZone(tzinfo, TRY(datetimeNewOf(type, parts)));
}

Result<Ref<>> datetimeNow(PyTypeObject* type, PyObject* tzinfo) {
  TRY(checkTzInfo(tzinfo));
  return throughZone(tzinfo, TRY(secondsNow(type, tzinfo == Py_None, tzinfo)));
}

Result<Ref<>> datetimeUtcNow(PyTypeObject* type) { return secondsNow(type, false, Py_None); }

Result<Ref<>> datetimeUtcFromTimestamp(PyTypeObject* type, PyObject* timestamp) {
  return datetimeNewOf(type, TRY(utcParts(TRY(timestampOf(timestamp)))));
}

struct DateArg {
  DateObject* date;
};
struct TimeArg {
  TimeObject* time;
};

}  // namespace krait::modules

namespace krait {

template <>
struct ArgFrom<modules::DateArg> {
  static Result<modules::DateArg> from(PyObject* o, const ArgContext& where) {
    if (!modules::isDate(o)) return raiseBadArgument(where, "datetime.date", o);
    return modules::DateArg{cast<modules::DateObject>(o)};
  }
};
template <>
struct ArgFrom<modules::TimeArg> {
  static Result<modules::TimeArg> from(PyObject* o, const ArgContext& where) {
    if (!modules::isTime(o)) return raiseBadArgument(where, "datetime.time", o);
    return modules::TimeArg{cast<modules::TimeObject>(o)};
  }
};

}  // namespace krait

namespace krait::modules {
namespace {

Result<Ref<>> combine(PyTypeObject* type, DateArg date, TimeArg time, Opt<> tzinfo) {
  TimeObject* clock = time.time;
  PyObject* zone = tzinfo.orElse(clock->tzinfo());
  TRY(checkTzInfo(zone));
  return datetimeNewOf(type, {date.date->date(), clock->clock(), zone, clock->fold});
}

}  // namespace

Result<Ref<>> datetimeCombine(PyTypeObject* type, CallArgs args) {
  PackedArgs packed = TRY(packArgs(args));
  return Result<Ref<>>::fromC(parsedNewEntry<"%%combine(date, time, tzinfo=<unrepresentable>)", combine>(
      type, packed.values.get(), packed.keywords.get()));
}

Result<Ref<>> datetimeFromIsoFormat(PyTypeObject* type, PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "fromisoformat: argument must be str");
  Ref<StrObject> plain = TRY(isoWithPlainSeparator(cast<StrObject>(text)));
  std::string_view bytes = TRY(isoBytes(plain, text));
  if (bytes.size() < 7) return badIsoFormat(text);
  size_t separator = isoSeparator(bytes);
  DateTimeParts parts;
  if (separator == bytes.npos || !parseIsoDate(bytes.substr(0, separator), &parts.date))
    return badIsoFormat(text);
  IsoTime iso;
  if (separator < bytes.size()) {
    size_t clock = separator + 1;  // a separator may be any character
    while (clock < bytes.size() && (bytes[clock] & 0xc0) == 0x80) clock++;
    if (!parseIsoTime(bytes.substr(clock), &iso)) return badIsoFormat(text);
  }
  Ref<> zone = iso.has_zone ? TRY(zoneOfSeconds(iso.offset_seconds, iso.offset_micros)) : none();
  parts.clock = iso.clock;
  parts.tzinfo = zone.get();
  return datetimeNewOf(type, parts);
}

Result<Ref<>> datetimeStrptime(PyTypeObject* type, StrObject* text, StrObject* format) {
  Ref<> parse = TRY(importAttr("_strptime", "_strptime_datetime"));
  return call(parse.get(), static_cast<PyObject*>(type), text, format);
}

}  // namespace krait::modules
