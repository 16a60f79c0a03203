// date, and the named tuple of isocalendar().
#include <cstring>
#include <ctime>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/import.h"
#include "modules/c_args.h"
#include "modules/datetime/datetime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/hash_bytes.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

void dealloc(DateObject* self) { objectFreeMemory(self); }

// Pickled states are four bytes, or a str of as many characters from Python 2.
bool isState(std::string_view data) { return data.size() == 4 && data[2] >= 1 && data[2] <= 12; }

Result<Ref<>> fromState(PyTypeObject* type, std::string_view data) {
  Ref<DateObject> self = TRY(typeAlloc<DateObject>(type));
  self->hash = -1;
  std::memcpy(self->data, data.data(), 4);
  return self;
}

Result<MaybeRef<>> tryState(PyTypeObject* type, PyObject* first) {
  if (isBytes(first) && isState(cast<BytesObject>(first)->view())) {
    return MaybeRef<>(TRY(fromState(type, cast<BytesObject>(first)->view())));
  }
  if (!isStr(first) || cast<StrObject>(first)->size() != 4) return MaybeRef<>();
  auto* text = cast<StrObject>(first);
  if (text->at(2) < 1 || text->at(2) > 12) return MaybeRef<>();
  char data[4];
  for (int i = 0; i < 4; i++) {
    if (text->at(i) > 0xff) {
      return raise(PyExc_ValueError,
                   "Failed to encode latin1 string when unpickling a date object. "
                   "pickle.load(data, encoding='latin1') is assumed.");
    }
    data[i] = static_cast<char>(text->at(i));
  }
  return MaybeRef<>(TRY(fromState(type, {data, 4})));
}

Result<Ref<>> fromFields(PyTypeObject* type, CInt year, CInt month, CInt day) {
  return dateNew({year, month, day}, type);
}

Result<Ref<>> construct(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  auto* values = cast<TupleObject>(args);
  if (values->size() == 1) {
    MaybeRef<> state = TRY(tryState(type, values->at(0)));
    if (state) return std::move(state).take();
  }
  return Result<Ref<>>::fromC(parsedNewEntry<"(year, month, day)", fromFields>(type, args, kwargs.get()));
}

// --- class methods ---

Result<Ref<>> fromTimestampMethod(PyTypeObject* type, PyObject* timestamp) {
  return dateFromTimestamp(type, timestamp);
}

Result<Ref<>> todayMethod(PyTypeObject* type) {
  Ref<> time_module = TRY(importModule("time"));
  Ref<> now = TRY(callMethod(time_module.get(), name<"time">()));
  return callMethod(type, name<"fromtimestamp">(), now.get());
}

Result<Ref<>> fromOrdinalMethod(PyTypeObject* type, CInt ordinal) {
  if (ordinal < 1) return raise(PyExc_ValueError, "ordinal must be >= 1");
  return dateNewOf(type, dateOfOrdinal(ordinal));
}

Result<Ref<>> fromIsoFormatMethod(PyTypeObject* type, PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "fromisoformat: argument must be str");
  std::string_view bytes = TRY(isoBytes(cast<StrObject>(text), text));
  CivilDate date;
  bool size_ok = bytes.size() == 7 || bytes.size() == 8 || bytes.size() == 10;
  if (!size_ok || !parseIsoDate(bytes, &date)) return badIsoFormat(text);
  return dateNewOf(type, date);
}

Result<Ref<>> fromIsoCalendar(PyTypeObject* type, CInt year, CInt week, CInt day) {
  CivilDate date;
  switch (dateOfIsoWeek({year, week, day}, &date)) {
    case -4: return raise(PyExc_ValueError, "Year is out of range: %d", year.value);
    case -2: return raise(PyExc_ValueError, "Invalid week: %d", week.value);
    case -3: return raise(PyExc_ValueError, "Invalid day: %d (range is [1, 7])", day.value);
    default: return dateNewOf(type, date);
  }
}

// Numbers that fit no C int are out of range like others.
Result<Ref<>> fromIsoCalendarMethod(PyTypeObject* type, CallArgs args) {
  PackedArgs packed = TRY(packArgs(args));
  auto made = Result<Ref<>>::fromC(parsedNewEntry<"%%fromisocalendar(year, week, day)", fromIsoCalendar>(
      type, packed.values.get(), packed.keywords.get()));
  if (!made.failed() || !pendingMatches(PyExc_OverflowError)) return made;
  clearPending();
  return raise(PyExc_ValueError, "ISO calendar component out of range");
}

// --- arithmetic ---

Result<Ref<>> addDays(DateObject* self, int64_t days) {
  int64_t ordinal = ordinalOf(self->date()) + days;
  if (ordinal < 1 || ordinal > kMaxOrdinal) return raise(PyExc_OverflowError, "date value out of range");
  return dateNewOf(typeOf(self), dateOfOrdinal(static_cast<int>(ordinal)));
}

// Datetimes have operators of their own.
Result<Ref<>> add(PyObject* left, PyObject* right) {
  if (isDateTime(left) || isDateTime(right)) return notImplemented();
  if (isDate(left) && isDelta(right)) return addDays(cast<DateObject>(left), cast<DeltaObject>(right)->days);
  if (isDelta(left) && isDate(right)) return addDays(cast<DateObject>(right), cast<DeltaObject>(left)->days);
  return notImplemented();
}

Result<Ref<>> subtract(PyObject* left, PyObject* right) {
  if (isDateTime(left) || isDateTime(right) || !isDate(left)) return notImplemented();
  if (isDate(right)) {
    int days = ordinalOf(cast<DateObject>(left)->date()) - ordinalOf(cast<DateObject>(right)->date());
    return deltaNew(days, 0, 0);
  }
  if (isDelta(right)) return addDays(cast<DateObject>(left), -int64_t{cast<DeltaObject>(right)->days});
  return notImplemented();
}

Result<Ref<>> compareSlot(DateObject* self, PyObject* other, int op) {
  if (!isDate(other)) return notImplemented();
  return boolObject(compareTruth(op, std::memcmp(self->data, cast<DateObject>(other)->data, 4)) != 0);
}

Py_hash_t hashSlot(DateObject* self) {
  if (self->hash == -1) self->hash = hashBytes(self->data, 4);
  return self->hash;
}

// --- text ---

Result<Ref<>> repr(DateObject* self) {
  CivilDate d = self->date();
  return strFormat("%s(%d, %d, %d)", typeName(self), d.year, d.month, d.day);
}
Result<Ref<>> isoFormatMethod(DateObject* self) {
  CivilDate d = self->date();
  return strFormat("%04d-%02d-%02d", d.year, d.month, d.day);
}
Result<Ref<>> strSlot(DateObject* self) { return callMethod(self, name<"isoformat">()); }
Result<Ref<>> ctimeMethod(DateObject* self) { return dateCtime(self->date(), {}); }

Result<Ref<>> strftimeMethod(DateObject* self, PyObject* format) {
  if (!isStr(format)) {
    return raise(PyExc_TypeError, "strftime() argument 1 must be str, not %.50s",
                 format == Py_None ? "None" : typeName(format));
  }
  Ref<> tuple = TRY(callMethod(self, name<"timetuple">()));
  // A subclass may have a tzinfo of its own, asked with itself.
  bool aware = isDateTime(self);
  PyObject* tzinfo = aware ? cast<DateTimeObject>(static_cast<PyObject*>(self))->tzinfo() : Py_None;
  int micros = aware ? cast<DateTimeObject>(static_cast<PyObject*>(self))->clock().microsecond : 0;
  return strftimeWrap(self, cast<StrObject>(format), tuple, tzinfo, self, micros);
}

// --- parts ---

Result<Ref<>> yearGetter(DateObject* self) { return intFromLong(self->date().year); }
Result<Ref<>> monthGetter(DateObject* self) { return intFromLong(self->date().month); }
Result<Ref<>> dayGetter(DateObject* self) { return intFromLong(self->date().day); }
Result<Ref<>> weekdayMethod(DateObject* self) { return intFromLong(weekdayOf(self->date())); }
Result<Ref<>> isoWeekdayMethod(DateObject* self) { return intFromLong(weekdayOf(self->date()) + 1); }
Result<Ref<>> toOrdinalMethod(DateObject* self) { return intFromLong(ordinalOf(self->date())); }
Result<Ref<>> timetupleMethod(DateObject* self) { return timetupleNew(self->date(), {}, -1); }

Result<Ref<>> replaceMethod(DateObject* self, std::optional<CInt> year, std::optional<CInt> month,
                            std::optional<CInt> day) {
  CivilDate old = self->date();
  CivilDate d{year.value_or(old.year), month.value_or(old.month), day.value_or(old.day)};
  return dateNewOf(typeOf(self), d);
}

Result<Ref<>> reduceMethod(DateObject* self) {
  Ref<BytesObject> state = TRY(bytesFrom({reinterpret_cast<char*>(self->data), 4}));
  Ref<TupleObject> args = TRY(tupleOf(state.get()));
  return tupleOf(static_cast<PyObject*>(typeOf(self)), args.get());
}

Result<Ref<>> isoCalendarMethod(DateObject* self) {
  IsoWeek iso = isoWeekOf(self->date());
  Ref<IntObject> year = TRY(intFromLong(iso.year)), week = TRY(intFromLong(iso.week));
  Ref<IntObject> weekday = TRY(intFromLong(iso.weekday));
  Ref<TupleObject> result = TRY(typeAlloc<TupleObject>(&kIsoCalendarType, 3));
  result->ob_item[0] = std::move(year).leak();
  result->ob_item[1] = std::move(week).leak();
  result->ob_item[2] = std::move(weekday).leak();
  return result;
}

constinit PyMethodDef kMethods[] = {
    classMethod<"fromtimestamp($type, timestamp, /)", fromTimestampMethod,
                "The local date of a POSIX timestamp.">,
    classMethod<"!%%fromordinal($type, ordinal, /)", fromOrdinalMethod,
                "int -> date corresponding to a proleptic Gregorian ordinal.">,
    classMethod<"!fromisoformat($type, date_string, /)", fromIsoFormatMethod,
                "str -> Construct a date from a string in ISO 8601 format.">,
    classMethod<"!fromisocalendar($type, *args, **kwargs)", fromIsoCalendarMethod,
                "int, int, int -> Construct a date from the ISO year, week number and weekday.">,
    classMethod<"!today($type, /)", todayMethod,
                "Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).">,
    method<"!ctime($self, /)", ctimeMethod, "Return ctime() style string.">,
    method<"!strftime($self, format)", strftimeMethod, "format -> strftime() style string.">,
    method<"!%%__format__($self, format, /)", dateFormatMethod, "Formats self with strftime.">,
    method<"!timetuple($self, /)", timetupleMethod, "Return time tuple, compatible with time.localtime().">,
    method<"!isocalendar($self, /)", isoCalendarMethod,
           "Return a named tuple containing ISO year, week number, and weekday.">,
    method<"!isoformat($self, /)", isoFormatMethod, "Return string in ISO 8601 format, YYYY-MM-DD.">,
    method<"!isoweekday($self, /)", isoWeekdayMethod,
           "Return the day of the week: Monday == 1 ... Sunday == 7.">,
    method<"!toordinal($self, /)", toOrdinalMethod, "Return proleptic Gregorian ordinal.">,
    method<"!weekday($self, /)", weekdayMethod, "Return the day of the week: Monday == 0 ... Sunday == 6.">,
    method<"!%%replace($self, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
           replaceMethod, "Return date with new specified fields.">,
    method<"!__reduce__($self, /)", reduceMethod, "__reduce__() -> (cls, state)">,
    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"year", yearGetter>, getset<"month", monthGetter>, getset<"day", dayGetter>, {}};
constinit PyNumberMethods kNumber = {.nb_add = slot<add>, .nb_subtract = slot<subtract>};

// --- isocalendar()'s tuple ---

template <int kIndex>
Result<Ref<>> itemGetter(TupleObject* self) {
  return share(self->at(kIndex));
}

Result<Ref<>> isoRepr(TupleObject* self) {
  return strFormat("%.200s(year=%S, week=%S, weekday=%S)", typeName(self), self->at(0), self->at(1),
                   self->at(2));
}

// Pickles as a plain tuple.
Result<Ref<>> isoReduce(TupleObject* self) {
  Ref<TupleObject> plain = TRY(tupleFromItems(self->items(), self->size()));
  Ref<TupleObject> args = TRY(tupleOf(plain.get()));
  return tupleOf(static_cast<PyObject*>(&PyTuple_Type), args.get());
}

constinit PyMethodDef kIsoMethods[] = {
    method<"!__reduce__($self, /)", isoReduce, "__reduce__() -> (cls, state)">, {}};
constinit PyGetSetDef kIsoGetSet[] = {
    getset<"year", itemGetter<0>>, getset<"week", itemGetter<1>>, getset<"weekday", itemGetter<2>>, {}};

Result<Ref<>> isoNew(PyTypeObject* type, PyObject* year, PyObject* week, PyObject* weekday) {
  int values[] = {TRY(asInt(year)), TRY(asInt(week)), TRY(asInt(weekday))};
  Ref<TupleObject> result = TRY(typeAlloc<TupleObject>(type, 3));
  for (int i = 0; i < 3; i++) result->ob_item[i] = TRY(intFromLong(values[i])).leak();
  return result;
}

}  // namespace

const char* dayName(int weekday) {
  static constexpr const char* kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  return kNames[weekday];
}
const char* monthName(int month) {
  static constexpr const char* kNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return kNames[month - 1];
}

Result<Ref<>> dateCtime(CivilDate date, const ClockTime& clock) {
  return strFormat("%s %s %2d %02d:%02d:%02d %04d", dayName(weekdayOf(date)), monthName(date.month), date.day,
                   clock.hour, clock.minute, clock.second, date.year);
}

Result<PackedArgs> packArgs(CallArgs args) {
  PackedArgs packed{TRY(tupleFromItems(args.values, args.count)), TRY(dictNew())};
  for (Py_ssize_t i = 0; args.names && i < args.names->size(); i++)
    TRY(dictSet(packed.keywords, args.names->at(i), args.values[args.count + i]));
  return packed;
}

Raised badIsoFormat(PyObject* text) { return raise(PyExc_ValueError, "Invalid isoformat string: %R", text); }

Status checkDate(CivilDate date) {
  if (date.year < kMinYear || date.year > kMaxYear)
    return raise(PyExc_ValueError, "year %i is out of range", date.year);
  if (date.month < 1 || date.month > 12) return raise(PyExc_ValueError, "month must be in 1..12");
  if (date.day < 1 || date.day > daysInMonth(date.year, date.month)) {
    return raise(PyExc_ValueError, "day is out of range for month");
  }
  return {};
}

Result<Ref<>> dateNew(CivilDate date, PyTypeObject* type) {
  TRY(checkDate(date));
  Ref<DateObject> self = TRY(typeAlloc<DateObject>(type));
  self->hash = -1;
  self->data[0] = static_cast<uint8_t>(date.year >> 8);
  self->data[1] = static_cast<uint8_t>(date.year);
  self->data[2] = static_cast<uint8_t>(date.month);
  self->data[3] = static_cast<uint8_t>(date.day);
  return self;
}

Result<Ref<>> dateNewOf(PyTypeObject* type, CivilDate date) {
  if (type == &kDateType) return dateNew(date);
  if (type == &kDateTimeType) return datetimeNew({date, {}, Py_None, 0});
  Ref<IntObject> year = TRY(intFromLong(date.year)), month = TRY(intFromLong(date.month));
  Ref<IntObject> day = TRY(intFromLong(date.day));
  return call(type, year.get(), month.get(), day.get());
}

Result<Ref<>> dateFromTimestamp(PyTypeObject* type, PyObject* timestamp) {
  DateTimeParts parts = TRY(localParts({TRY(timestampFloor(timestamp)), 0}));
  return dateNewOf(type, parts.date);
}

Result<Ref<>> timetupleNew(CivilDate date, const ClockTime& clock, int dst) {
  int yearday = daysBeforeMonth(date.year, date.month) + date.day;
  int values[] = {date.year,    date.month,      date.day, clock.hour, clock.minute,
                  clock.second, weekdayOf(date), yearday,  dst};
  Ref<TupleObject> fields = TRY(tupleNew(9));
  for (int i = 0; i < 9; i++) fields->ob_item[i] = TRY(intFromLong(values[i])).leak();
  Ref<> struct_time = TRY(importAttr("time", "struct_time"));
  return call(struct_time.get(), fields.get());
}

constinit PyTypeObject kDateType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.date",
    .tp_basicsize = sizeof(DateObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<repr>,
    .tp_as_number = &kNumber,
    .tp_hash = slot<hashSlot>,
    .tp_str = slot<strSlot>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = "date(year, month, day) --> date object",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_new = slot<construct>,
    .tp_free = objectFree,
};

constinit PyTypeObject kIsoCalendarType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.IsoCalendarDate",
    .tp_basicsize = sizeof(TupleObject),
    .tp_itemsize = sizeof(PyObject*),
    .tp_repr = slot<isoRepr>,
    .tp_doc =
        "The result of date.isocalendar() or datetime.isocalendar()\n\n"
        "This object may be accessed either as a tuple of\n  ((year, week, weekday))\n"
        "or via the object attributes as named in the above tuple.",
    .tp_methods = kIsoMethods,
    .tp_getset = kIsoGetSet,
    .tp_base = &PyTuple_Type,
    .tp_new = newSlot<"!IsoCalendarDate(year, week, weekday)", isoNew>,
};

}  // namespace krait::modules
