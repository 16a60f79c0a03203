// tzinfo and timezone, and asking a tzinfo about a time.
#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/datetime/datetime.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait::modules {

ZoneObject* zone_utc = nullptr;

namespace {

// --- asking ---

bool isExactZone(PyObject* tzinfo) { return isExact(tzinfo, &kZoneType); }

bool offsetInRange(const DeltaObject* offset) {
  __int128 micros = offset->totalMicros();
  return micros > -__int128{kMicrosPerDay} && micros < __int128{kMicrosPerDay};
}

Result<MaybeRef<DeltaObject>> askDelta(PyObject* tzinfo, StrObject* method_name, const char* label,
                                       PyObject* about) {
  if (tzinfo == Py_None) return MaybeRef<DeltaObject>();
  Ref<> answer = TRY(callMethod(tzinfo, method_name, about));
  if (answer.get() == Py_None) return MaybeRef<DeltaObject>();
  if (!isDelta(answer.get())) {
    return raise(PyExc_TypeError, "tzinfo.%s() must return None or timedelta, not '%.200s'", label,
                 typeName(answer));
  }
  if (!offsetInRange(cast<DeltaObject>(answer.get()))) {
    return raise(PyExc_ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).");
  }
  return MaybeRef<DeltaObject>(std::move(answer).as<DeltaObject>());
}

Result<Ref<>> orNone(MaybeRef<DeltaObject> value) {
  if (!value) return none();
  return std::move(value).take();
}

// --- tzinfo ---

Result<Ref<>> mustImplement(const char* method_name) {
  return raise(PyExc_NotImplementedError, "a tzinfo subclass must implement %s()", method_name);
}
Result<Ref<>> tzinfoName(PyObject*, PyObject*) { return mustImplement("tzname"); }
Result<Ref<>> tzinfoUtcOffset(PyObject*, PyObject*) { return mustImplement("utcoffset"); }
Result<Ref<>> tzinfoDst(PyObject*, PyObject*) { return mustImplement("dst"); }

Result<DateTimeObject*> checkFromUtc(PyObject* self, PyObject* value) {
  if (!isDateTime(value)) return raise(PyExc_TypeError, "fromutc: argument must be a datetime");
  auto* dt = cast<DateTimeObject>(value);
  if (dt->tzinfo() != self) return raise(PyExc_ValueError, "fromutc: dt.tzinfo is not self");
  return dt;
}

// The default algorithm: standard offset first, then the dst in effect there.
Result<Ref<>> tzinfoFromUtc(PyObject* self, PyObject* value) {
  DateTimeObject* dt = TRY(checkFromUtc(self, value));
  MaybeRef<DeltaObject> offset = TRY(zoneUtcOffset(self, dt));
  if (!offset) return raise(PyExc_ValueError, "fromutc: non-None utcoffset() result required");
  MaybeRef<DeltaObject> dst = TRY(askDelta(self, name<"dst">(), "dst", dt));
  if (!dst) return raise(PyExc_ValueError, "fromutc: non-None dst() result required");
  Ref<> result = TRY(datetimeAddMicros(dt, offset->totalMicros() - dst->totalMicros(), typeOf(dt)));
  dst = TRY(askDelta(self, name<"dst">(), "dst", result));
  if (!dst) {
    return raise(PyExc_ValueError, "fromutc: tz.dst() gave inconsistent results; cannot convert");
  }
  if (dst->totalMicros() == 0) return result;
  auto* standard = cast<DateTimeObject>(result.get());
  return datetimeAddMicros(standard, dst->totalMicros(), typeOf(standard));
}

Result<Ref<>> tzinfoReduce(PyObject* self) {
  MaybeRef<> get_args = TRY(attrLookup(self, name<"__getinitargs__">()));
  Ref<> args = get_args ? TRY(call(get_args.get())) : Ref<>(emptyTuple());
  Ref<> state = TRY(callMethod(self, name<"__getstate__">()));
  return tupleOf(static_cast<PyObject*>(typeOf(self)), args.get(), state.get());
}

void tzinfoDealloc(PyObject* self) { objectFreeMemory(self); }

constinit PyMethodDef kTzInfoMethods[] = {
    method<"!tzname($self, dt, /)", tzinfoName, "datetime -> string name of time zone.">,
    method<"!utcoffset($self, dt, /)", tzinfoUtcOffset,
           "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC">,
    method<"!dst($self, dt, /)", tzinfoDst, "datetime -> DST offset as timedelta positive east of UTC.">,
    method<"!fromutc($self, dt, /)", tzinfoFromUtc, "datetime in UTC -> datetime in local time.">,
    method<"!__reduce__($self, /)", tzinfoReduce, "-> (cls, state)">,
    {}};

// --- timezone ---

void zoneDealloc(ZoneObject* self) {
  clearField(self->offset);
  clearField(self->name);
  objectFreeMemory(self);
}

DeltaObject* offsetOf(ZoneObject* self) { return cast<DeltaObject>(self->offset); }

Result<Ref<>> make(DeltaObject* offset, Opt<> zone_name) {
  Ref<ZoneObject> self = TRY(typeAlloc<ZoneObject>(&kZoneType));
  self->offset = share<PyObject>(offset).leak();
  self->name = zone_name ? share(zone_name.get()).leak() : nullptr;
  return self;
}

struct OffsetArg {
  DeltaObject* delta;  // borrowed
};
Result<Ref<>> construct(PyTypeObject*, OffsetArg offset, Opt<StrObject> zone_name) {
  return zoneNew(offset.delta, Opt<>(zone_name.get()));
}

Status checkAbout(PyObject* about, const char* method_name) {
  if (about == Py_None || isDateTime(about)) return {};
  return raise(PyExc_TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s",
               method_name, typeName(about));
}

// "UTC", "UTC+01:00", "UTC-00:59:54.999993"
Result<Ref<>> defaultName(DeltaObject* offset) {
  __int128 micros = offset->totalMicros();
  if (micros == 0) return strFromAscii("UTC");
  char sign = micros < 0 ? '-' : '+';
  auto magnitude = static_cast<int64_t>(micros < 0 ? -micros : micros);
  int64_t seconds = magnitude / kMicrosPerSecond;
  char text[48];
  int size = std::snprintf(text, sizeof text, "UTC%c%02d:%02d", sign, static_cast<int>(seconds / 3600),
                           static_cast<int>(seconds / 60 % 60));
  auto rest = static_cast<int>(magnitude % kMicrosPerSecond);
  if (seconds % 60 != 0 || rest != 0) {
    size += std::snprintf(text + size, sizeof text - size, ":%02d", static_cast<int>(seconds % 60));
  }
  if (rest != 0) size += std::snprintf(text + size, sizeof text - size, ".%06d", rest);
  return strFromAscii({text, static_cast<size_t>(size)});
}

Result<Ref<>> str(ZoneObject* self) {
  if (self->name) return share(self->name);
  return defaultName(offsetOf(self));
}

Result<Ref<>> repr(ZoneObject* self) {
  if (self == zone_utc) return strFormat("%s.utc", typeName(self));
  if (!self->name) return strFormat("%s(%R)", typeName(self), self->offset);
  return strFormat("%s(%R, %R)", typeName(self), self->offset, self->name);
}

Result<Ref<>> nameMethod(ZoneObject* self, PyObject* about) {
  TRY(checkAbout(about, "tzname"));
  return str(self);
}
Result<Ref<>> utcOffsetMethod(ZoneObject* self, PyObject* about) {
  TRY(checkAbout(about, "utcoffset"));
  return share(self->offset);
}
Result<Ref<>> dstMethod(ZoneObject*, PyObject* about) {
  TRY(checkAbout(about, "dst"));
  return none();
}
Result<Ref<>> fromUtcMethod(ZoneObject* self, PyObject* value) {
  DateTimeObject* dt = TRY(checkFromUtc(self, value));
  return datetimeAddMicros(dt, offsetOf(self)->totalMicros(), typeOf(dt));
}
Result<Ref<>> initArgs(ZoneObject* self) {
  if (!self->name) return tupleOf(self->offset);
  return tupleOf(self->offset, self->name);
}

Result<Ref<>> compareSlot(ZoneObject* self, PyObject* other, int op) {
  if (op != Py_EQ && op != Py_NE) return notImplemented();
  if (!isInstanceOf(other, &kZoneType)) return notImplemented();
  bool equal = deltaCompare(offsetOf(self), offsetOf(cast<ZoneObject>(other))) == 0;
  return boolObject(equal == (op == Py_EQ));
}
Result<Py_hash_t> hashSlot(ZoneObject* self) { return objectHash(self->offset); }

constinit PyMethodDef kZoneMethods[] = {
    method<"!tzname($self, dt, /)", nameMethod,
           "If name is specified when timezone is created, returns the name.  Otherwise returns offset as "
           "'UTC(+|-)HH:MM'.">,
    method<"!utcoffset($self, dt, /)", utcOffsetMethod, "Return fixed offset.">,
    method<"!dst($self, dt, /)", dstMethod, "Return None.">,
    method<"!fromutc($self, dt, /)", fromUtcMethod, "datetime in UTC -> datetime in local time.">,
    method<"!__getinitargs__($self, /)", initArgs, "pickle support">,
    {}};

}  // namespace

Status checkTzInfo(PyObject* tzinfo) {
  if (tzinfo == Py_None || isTzInfo(tzinfo)) return {};
  return raise(PyExc_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
               typeName(tzinfo));
}

Result<MaybeRef<DeltaObject>> zoneUtcOffset(PyObject* tzinfo, PyObject* about) {
  if (isExactZone(tzinfo)) return MaybeRef<DeltaObject>(share(offsetOf(cast<ZoneObject>(tzinfo))));
  return askDelta(tzinfo, name<"utcoffset">(), "utcoffset", about);
}

Result<Ref<>> zoneDst(PyObject* tzinfo, PyObject* about) {
  return orNone(TRY(askDelta(tzinfo, name<"dst">(), "dst", about)));
}

Result<Ref<>> zoneName(PyObject* tzinfo, PyObject* about) {
  if (tzinfo == Py_None) return none();
  Ref<> answer = TRY(callMethod(tzinfo, name<"tzname">(), about));
  if (answer.get() == Py_None || isStr(answer.get())) return answer;
  return raise(PyExc_TypeError, "tzinfo.tzname() must return None or a string, not '%s'", typeName(answer));
}

Result<Ref<>> zoneNew(DeltaObject* offset, Opt<> zone_name) {
  if (!zone_name && offset->totalMicros() == 0 && zone_utc) return share(zone_utc);
  if (!offsetInRange(offset)) {
    return raise(
        PyExc_ValueError,
        "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.",
        offset);
  }
  return make(offset, zone_name);
}

Result<Ref<>> zoneOfSeconds(int64_t seconds, int64_t microseconds) {
  // Less than a second from UTC counts as UTC.
  if (seconds == 0) return share(zone_utc);
  Ref<DeltaObject> offset = TRY(deltaFromMicros(__int128{seconds} * kMicrosPerSecond + microseconds));
  return zoneNew(offset, nullptr);
}

Status appendOffset(std::string& out, std::string_view separator, PyObject* tzinfo, PyObject* about) {
  MaybeRef<DeltaObject> offset = TRY(zoneUtcOffset(tzinfo, about));
  if (!offset) return {};
  __int128 micros = offset->totalMicros();
  out += micros < 0 ? '-' : '+';
  auto magnitude = static_cast<int64_t>(micros < 0 ? -micros : micros);
  int64_t seconds = magnitude / kMicrosPerSecond;
  char text[16];
  auto two = [&](int64_t value) {
    std::snprintf(text, sizeof text, "%02d", static_cast<int>(value));
    out += text;
  };
  two(seconds / 3600);
  out += separator;
  two(seconds / 60 % 60);
  if (seconds % 60 == 0 && magnitude % kMicrosPerSecond == 0) return {};
  out += separator;
  two(seconds % 60);
  if (magnitude % kMicrosPerSecond != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(magnitude % kMicrosPerSecond));
    out += text;
  }
  return {};
}

// Any arguments are welcome: subclasses' __init__ has them.
Result<Ref<>> tzinfoNew(PyTypeObject* type, PyObject*, Opt<>) { return typeAlloc<PyObject>(type); }

}  // namespace krait::modules

namespace krait {

template <>
struct ArgFrom<modules::OffsetArg> {
  static Result<modules::OffsetArg> from(PyObject* o, const ArgContext& where) {
    if (!modules::isDelta(o)) return raiseBadArgument(where, "datetime.timedelta", o);
    return modules::OffsetArg{cast<modules::DeltaObject>(o)};
  }
};

}  // namespace krait

namespace krait::modules {

constinit PyTypeObject kTzInfoType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.tzinfo",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = slot<tzinfoDealloc>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = "Abstract base class for time zone info objects.",
    .tp_methods = kTzInfoMethods,
    .tp_new = slot<tzinfoNew>,
    .tp_free = objectFree,
};

constinit PyTypeObject kZoneType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.timezone",
    .tp_basicsize = sizeof(ZoneObject),
    .tp_dealloc = slot<zoneDealloc>,
    .tp_repr = slot<repr>,
    .tp_hash = slot<hashSlot>,
    .tp_str = slot<str>,
    .tp_flags = 0,
    .tp_doc = "Fixed offset from UTC implementation of tzinfo.",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kZoneMethods,
    .tp_base = &kTzInfoType,
    .tp_new = parsedNewSlot<"!%%timezone(offset, name=<unrepresentable>)", construct>,
    .tp_free = objectFree,
};

}  // namespace krait::modules
