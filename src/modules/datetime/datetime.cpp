// datetime: arithmetic, comparison, time zones, text.
#include "modules/datetime/datetime.h"
#include "modules/c_args.h"

#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/datetime/datetime_methods.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/hash_bytes.h"
#include "types/tuple.h"

namespace krait::modules {

PyObject* datetime_epoch = nullptr;

namespace {

constexpr size_t kStateSize = 10;

void dealloc(DateTimeObject* self) {
  if (self->has_tzinfo) clearField(self->tz);
  objectFreeMemory(self);
}

Result<MaybeRef<DeltaObject>> offsetOf(DateTimeObject* self) { return zoneUtcOffset(self->tzinfo(), self); }

// --- arithmetic ---

Result<Ref<>> add(PyObject* left, PyObject* right) {
  if (isDateTime(left) && isDelta(right)) {
    auto* self = cast<DateTimeObject>(left);
    return datetimeAddMicros(self, cast<DeltaObject>(right)->totalMicros(), typeOf(self));
  }
  if (isDelta(left) && isDateTime(right)) {
    auto* self = cast<DateTimeObject>(right);
    return datetimeAddMicros(self, cast<DeltaObject>(left)->totalMicros(), typeOf(self));
  }
  return notImplemented();
}

Result<Ref<>> difference(DateTimeObject* left, DateTimeObject* right) {
  __int128 micros = microsOf(left) - microsOf(right);
  if (left->tzinfo() == right->tzinfo()) return deltaFromMicros(micros);
  MaybeRef<DeltaObject> a = TRY(offsetOf(left)), b = TRY(offsetOf(right));
  if (static_cast<bool>(a) != static_cast<bool>(b)) {
    return raise(PyExc_TypeError, "can't subtract offset-naive and offset-aware datetimes");
  }
  if (a) micros += b->totalMicros() - a->totalMicros();
  return deltaFromMicros(micros);
}

Result<Ref<>> subtract(PyObject* left, PyObject* right) {
  if (!isDateTime(left)) return notImplemented();
  auto* self = cast<DateTimeObject>(left);
  if (isDateTime(right)) return difference(self, cast<DateTimeObject>(right));
  if (!isDelta(right)) return notImplemented();
  return datetimeAddMicros(self, -cast<DeltaObject>(right)->totalMicros(), typeOf(self));
}

// --- comparison ---

// The same wall time with the other fold has another offset: the time is ambiguous or skipped, and never
// equal to one of another zone.
Result<bool> isProblematic(DateTimeObject* self, Opt<DeltaObject> offset) {
  DateTimeParts parts = partsOf(self);
  parts.fold = parts.fold == 0 ? 1 : 0;
  Ref<DateTimeObject> flipped = TRY(datetimeNew(parts));
  MaybeRef<DeltaObject> other = TRY(offsetOf(flipped));
  if (!offset || !other) return static_cast<bool>(offset) != static_cast<bool>(other);
  return deltaCompare(offset.get(), other.get()) != 0;
}

Result<Ref<>> answer(DateTimeObject* self, DateTimeObject* other, Opt<DeltaObject> a, Opt<DeltaObject> b,
                     int order, int op) {
  if ((op == Py_EQ || op == Py_NE) && order == 0) {
    if (TRY(isProblematic(self, a)) || TRY(isProblematic(other, b))) order = 1;
  }
  return boolObject(compareTruth(op, order) != 0);
}

Result<Ref<>> compareSlot(DateTimeObject* self, PyObject* other_object, int op) {
  if (!isDateTime(other_object)) {
    if (!isDate(other_object)) return notImplemented();
    if (op == Py_EQ || op == Py_NE) return boolObject(op == Py_NE);
    return raise(PyExc_TypeError, "can't compare %s to %s", typeName(self), typeName(other_object));
  }
  auto* other = cast<DateTimeObject>(other_object);
  int bytewise = std::memcmp(self->data, other->data, kStateSize);
  if (self->tzinfo() == other->tzinfo()) return boolObject(compareTruth(op, bytewise) != 0);
  MaybeRef<DeltaObject> a = TRY(offsetOf(self)), b = TRY(offsetOf(other));
  bool same = (!a && !b) || (a && b && deltaCompare(a.get(), b.get()) == 0);
  if (same) return answer(self, other, a.opt(), b.opt(), bytewise, op);
  if (a && b) {
    __int128 x = microsOf(self) - a->totalMicros(), y = microsOf(other) - b->totalMicros();
    return answer(self, other, a.opt(), b.opt(), x < y ? -1 : x > y, op);
  }
  if (op == Py_EQ || op == Py_NE) return boolObject(op == Py_NE);
  return raise(PyExc_TypeError, "can't compare offset-naive and offset-aware datetimes");
}

Result<Py_hash_t> hashSlot(DateTimeObject* self) {
  if (self->hash != -1) return self->hash;
  DateTimeParts parts = partsOf(self);
  parts.fold = 0;
  Ref<DateTimeObject> plain = self->fold != 0 ? TRY(datetimeNew(parts)) : share(self);
  MaybeRef<DeltaObject> offset = TRY(offsetOf(plain));
  if (!offset) {
    self->hash = hashBytes(self->data, kStateSize);
  } else {
    Ref<DeltaObject> utc = TRY(deltaFromMicros(microsOf(self) - offset->totalMicros()));
    self->hash = TRY(objectHash(utc));
  }
  return self->hash;
}

// --- text ---

Result<Ref<>> repr(DateTimeObject* self) {
  CivilDate d = self->date();
  ClockTime c = self->clock();
  std::string text = "(" + std::to_string(d.year) + ", " + std::to_string(d.month) + ", " +
                     std::to_string(d.day) + ", " + std::to_string(c.hour) + ", " + std::to_string(c.minute);
  if (c.second != 0 || c.microsecond != 0) text += ", " + std::to_string(c.second);
  if (c.microsecond != 0) text += ", " + std::to_string(c.microsecond);
  if (self->fold != 0) text += ", fold=1";
  if (!self->has_tzinfo) return strFormat("%s%s)", typeName(self), text.c_str());
  return strFormat("%s%s, tzinfo=%R)", typeName(self), text.c_str(), self->tz);
}

Result<Ref<>> isoFormat(DateTimeObject* self, Py_UCS4 separator, std::string_view timespec) {
  std::string clock;
  if (!appendClock(clock, self->clock(), timespec)) return raise(PyExc_ValueError, "Unknown timespec value");
  TRY(appendOffset(clock, ":", self->tzinfo(), self));
  CivilDate d = self->date();
  return strFormat("%04d-%02d-%02d%c%s", d.year, d.month, d.day, static_cast<int>(separator), clock.c_str());
}

Result<Ref<>> isoFormatMethod(DateTimeObject* self, std::optional<char32_t> sep,
                              std::optional<CText> timespec) {
  Py_UCS4 separator = sep.value_or('T');
  std::string_view spec = "auto";
  if (timespec) spec = timespec->text;
  return isoFormat(self, separator, spec);
}

Result<Ref<>> strSlot(DateTimeObject* self) {
  Ref<StrObject> space = TRY(strFromAscii(" "));
  return callMethod(self, name<"isoformat">(), space.get());
}
Result<Ref<>> ctimeMethod(DateTimeObject* self) { return dateCtime(self->date(), self->clock()); }

// --- time zones ---

Result<Ref<>> localZoneOf(DateTimeObject* self) {
  int64_t utc = TRY(localToSeconds(partsOf(self)));
  return localZoneAt(utc - kUnixEpochSeconds);
}

int64_t floorDivide(__int128 a, int64_t b) {
  __int128 q = a / b;
  return static_cast<int64_t>(q - (a % b < 0));
}

Result<Ref<>> astimezoneMethod(DateTimeObject* self, PyObject* tzinfo) {
  TRY(checkTzInfo(tzinfo));
  Ref<> own = self->has_tzinfo ? share(self->tz) : TRY(localZoneOf(self));
  // Its own zone already: nothing to do.
  if (own.get() == tzinfo) return share(self);
  MaybeRef<DeltaObject> offset = TRY(zoneUtcOffset(own, self));
  if (!offset) {
    // A zone that does not know: taken as local time.
    own = TRY(localZoneOf(self));
    if (own.get() == tzinfo) return share(self);
    offset = TRY(zoneUtcOffset(own, self));
  }
  Ref<> shifted = TRY(datetimeAddMicros(self, -offset->totalMicros(), typeOf(self)));
  auto* utc = cast<DateTimeObject>(shifted.get());
  Ref<> target = share(tzinfo);
  if (tzinfo == Py_None) {
    int64_t seconds = floorDivide(microsOf(utc), kMicrosPerSecond);
    target = TRY(localZoneAt(seconds - kUnixEpochSeconds));
  }
  DateTimeParts parts = partsOf(utc);
  parts.tzinfo = target.get();
  parts.fold = 0;
  Ref<> aware = TRY(datetimeNewOf(typeOf(self), parts));
  return callMethod(target.get(), name<"fromutc">(), aware.get());
}

Result<Ref<>> timestampMethod(DateTimeObject* self) {
  if (self->has_tzinfo) {
    Ref<> since = TRY(difference(self, cast<DateTimeObject>(datetime_epoch)));
    return callMethod(since.get(), name<"total_seconds">());
  }
  int64_t seconds = TRY(localToSeconds(partsOf(self)));
  return floatNew(static_cast<double>(seconds - kUnixEpochSeconds) + self->clock().microsecond / 1e6);
}

Result<Ref<>> utcOffsetMethod(DateTimeObject* self) {
  MaybeRef<DeltaObject> offset = TRY(offsetOf(self));
  if (!offset) return none();
  return std::move(offset).take();
}
Result<Ref<>> dstMethod(DateTimeObject* self) { return zoneDst(self->tzinfo(), self); }
Result<Ref<>> tznameMethod(DateTimeObject* self) { return zoneName(self->tzinfo(), self); }

Result<Ref<>> timetupleMethod(DateTimeObject* self) {
  int flag = -1;
  if (self->has_tzinfo) {
    Ref<> dst = TRY(zoneDst(self->tz, self));
    if (dst.get() != Py_None) flag = cast<DeltaObject>(dst.get())->totalMicros() != 0;
  }
  return timetupleNew(self->date(), self->clock(), flag);
}

Result<Ref<>> utcTimetupleMethod(DateTimeObject* self) {
  MaybeRef<DeltaObject> offset = TRY(offsetOf(self));
  if (!offset || offset->totalMicros() == 0) return timetupleNew(self->date(), self->clock(), 0);
  DateTimeParts parts = partsOf(self);
  parts.tzinfo = Py_None;
  Ref<DateTimeObject> naive = TRY(datetimeNew(parts));
  Ref<> utc = TRY(datetimeAddMicros(naive, -offset->totalMicros(), &kDateTimeType));
  auto* moved = cast<DateTimeObject>(utc.get());
  return timetupleNew(moved->date(), moved->clock(), 0);
}

// --- parts ---

Result<Ref<>> hourGetter(DateTimeObject* self) { return intFromLong(self->clock().hour); }
Result<Ref<>> minuteGetter(DateTimeObject* self) { return intFromLong(self->clock().minute); }
Result<Ref<>> secondGetter(DateTimeObject* self) { return intFromLong(self->clock().second); }
Result<Ref<>> microsecondGetter(DateTimeObject* self) { return intFromLong(self->clock().microsecond); }
Result<Ref<>> tzinfoGetter(DateTimeObject* self) { return share(self->tzinfo()); }
Result<Ref<>> foldGetter(DateTimeObject* self) { return intFromLong(self->fold); }
Result<Ref<>> dateMethod(DateTimeObject* self) { return dateNew(self->date()); }
Result<Ref<>> timeMethod(DateTimeObject* self) { return timeNew(self->clock(), Py_None, self->fold); }
Result<Ref<>> timetzMethod(DateTimeObject* self) {
  return timeNew(self->clock(), self->tzinfo(), self->fold);
}

Result<Ref<>> replaceMethod(DateTimeObject* self, std::optional<CInt> year, std::optional<CInt> month,
                            std::optional<CInt> day, std::optional<CInt> hour, std::optional<CInt> minute,
                            std::optional<CInt> second, std::optional<CInt> microsecond, Opt<> tzinfo,
                            std::optional<CInt> fold) {
  DateTimeParts old = partsOf(self);
  DateTimeParts parts{
      {year.value_or(old.date.year), month.value_or(old.date.month), day.value_or(old.date.day)},
      {hour.value_or(old.clock.hour), minute.value_or(old.clock.minute), second.value_or(old.clock.second),
       microsecond.value_or(old.clock.microsecond)},
      tzinfo.orElse(old.tzinfo),
      fold.value_or(old.fold)};
  if (parts.fold != 0 && parts.fold != 1) return raise(PyExc_ValueError, "fold must be either 0 or 1");
  return datetimeNewOf(typeOf(self), parts);
}

Result<Ref<>> reduceEx(DateTimeObject* self, CInt protocol) {
  char data[kStateSize];
  std::memcpy(data, self->data, kStateSize);
  if (protocol > 3 && self->fold != 0) data[2] = static_cast<char>(data[2] | 0x80);
  Ref<BytesObject> state = TRY(bytesFrom({data, kStateSize}));
  Ref<TupleObject> args =
      TRY(self->has_tzinfo ? tupleOf(static_cast<PyObject*>(state.get()), self->tz) : tupleOf(state.get()));
  return tupleOf(static_cast<PyObject*>(typeOf(self)), args.get());
}
Result<Ref<>> reduceMethod(DateTimeObject* self) { return reduceEx(self, 2); }

constinit PyMethodDef kMethods[] = {
    classMethod<"now($type, /, tz=None)", datetimeNow,
                "Current time in a zone, or local and naive without one.">,
    classMethod<"!utcnow($type, /)", datetimeUtcNow, "Return a new datetime representing UTC day and time.">,
    classMethod<"!fromtimestamp($type, timestamp, tz=None)", datetimeFromTimestamp,
                "timestamp[, tz] -> tz's local time from POSIX timestamp.">,
    classMethod<"!%%utcfromtimestamp($type, timestamp, /)", datetimeUtcFromTimestamp,
                "Construct a naive UTC datetime from a POSIX timestamp.">,
    classMethod<"!%%strptime($type, date_string, format, /)", datetimeStrptime,
                "string, format -> new datetime parsed from a string (like time.strptime()).">,
    classMethod<"!combine($type, *args, **kwargs)", datetimeCombine,
                "date, time -> datetime with same date and time fields">,
    classMethod<"!fromisoformat($type, string, /)", datetimeFromIsoFormat,
                "string -> datetime from a string in most ISO 8601 formats">,
    method<"!date($self, /)", dateMethod, "Return date object with same year, month and day.">,
    method<"!time($self, /)", timeMethod, "Return time object with same time but with tzinfo=None.">,
    method<"!timetz($self, /)", timetzMethod, "Return time object with same time and tzinfo.">,
    method<"!ctime($self, /)", ctimeMethod, "Return ctime() style string.">,
    method<"!timetuple($self, /)", timetupleMethod, "Return time tuple, compatible with time.localtime().">,
    method<"!timestamp($self, /)", timestampMethod, "Return POSIX timestamp as float.">,
    method<"!utctimetuple($self, /)", utcTimetupleMethod,
           "Return UTC time tuple, compatible with time.localtime().">,
    method<"!%%isoformat($self, sep='T', timespec='auto')", isoFormatMethod,
           "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].">,
    method<"!utcoffset($self, /)", utcOffsetMethod, "Return self.tzinfo.utcoffset(self).">,
    method<"!tzname($self, /)", tznameMethod, "Return self.tzinfo.tzname(self).">,
    method<"!dst($self, /)", dstMethod, "Return self.tzinfo.dst(self).">,
    method<"!%%replace($self, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, "
           "hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, "
           "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
           replaceMethod, "Return datetime with new specified fields.">,
    method<"!astimezone($self, tz=None)", astimezoneMethod, "tz -> convert to local time in new timezone tz">,
    method<"!%__reduce_ex__($self, protocol, /)", reduceEx, "__reduce_ex__(proto) -> (cls, state)">,
    method<"!__reduce__($self, /)", reduceMethod, "__reduce__() -> (cls, state)">,
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"hour", hourGetter>,
                                   getset<"minute", minuteGetter>,
                                   getset<"second", secondGetter>,
                                   getset<"microsecond", microsecondGetter>,
                                   getset<"tzinfo", tzinfoGetter>,
                                   getset<"fold", foldGetter>,
                                   {}};
constinit PyNumberMethods kNumber = {.nb_add = slot<add>, .nb_subtract = slot<subtract>};

}  // namespace

__int128 microsOf(const DateTimeObject* v) {
  return __int128{secondsOf(v->date(), v->clock())} * kMicrosPerSecond + v->clock().microsecond;
}

Result<Ref<>> datetimeAddMicros(DateTimeObject* self, __int128 micros, PyTypeObject* type) {
  __int128 sum = microsOf(self) + micros;
  __int128 ordinal = sum / kMicrosPerDay;
  if (sum < kMicrosPerDay || ordinal > kMaxOrdinal)
    return raise(PyExc_OverflowError, "date value out of range");
  auto rest = static_cast<int64_t>(sum % kMicrosPerDay);
  auto seconds = static_cast<int>(rest / kMicrosPerSecond);
  ClockTime clock{seconds / 3600, seconds / 60 % 60, seconds % 60, static_cast<int>(rest % kMicrosPerSecond)};
  return datetimeNewOf(type, {dateOfOrdinal(static_cast<int>(ordinal)), clock, self->tzinfo(), 0});
}

constinit PyTypeObject kDateTimeType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.datetime",
    .tp_basicsize = sizeof(DateTimeObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<repr>,
    .tp_as_number = &kNumber,
    .tp_hash = slot<hashSlot>,
    .tp_str = slot<strSlot>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\n"
        "The year, month and day arguments are required. tzinfo may be None, or an\n"
        "instance of a tzinfo subclass. The remaining arguments may be ints.",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_base = &kDateType,
    .tp_new = slot<datetimeConstruct>,
    .tp_free = objectFree,
};

}  // namespace krait::modules
