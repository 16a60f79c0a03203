// time
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/c_args.h"
#include "modules/datetime/datetime.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/hash_bytes.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

void dealloc(TimeObject* self) {
  if (self->has_tzinfo) clearField(self->tz);
  objectFreeMemory(self);
}

constexpr size_t kStateSize = 6;

// The high bit of the hour carries the fold.
Result<Ref<>> fromState(PyTypeObject* type, std::string_view data, Opt<> tzinfo) {
  if (tzinfo && !isTzInfo(tzinfo.get()) && tzinfo.get() != Py_None) {
    return raise(PyExc_TypeError, "bad tzinfo state arg");
  }
  Ref<TimeObject> self = TRY(typeAlloc<TimeObject>(type));
  std::memcpy(self->data, data.data(), kStateSize);
  self->hash = -1;
  self->fold = (self->data[0] & 0x80) != 0;
  self->data[0] &= 0x7f;
  self->has_tzinfo = tzinfo && tzinfo.get() != Py_None;
  if (self->has_tzinfo) self->tz = share(tzinfo.get()).leak();
  return self;
}

bool isState(std::string_view data) { return data.size() == kStateSize && (data[0] & 0x7f) < 24; }

Result<MaybeRef<>> tryState(PyTypeObject* type, PyObject* first, Opt<> tzinfo) {
  if (isBytes(first) && isState(cast<BytesObject>(first)->view())) {
    return MaybeRef<>(TRY(fromState(type, cast<BytesObject>(first)->view(), tzinfo)));
  }
  if (!isStr(first) || cast<StrObject>(first)->size() != static_cast<Py_ssize_t>(kStateSize))
    return MaybeRef<>();
  auto* text = cast<StrObject>(first);
  if ((text->at(0) & 0x7f) >= 24) return MaybeRef<>();
  char data[kStateSize];
  for (size_t i = 0; i < kStateSize; i++) {
    if (text->at(static_cast<Py_ssize_t>(i)) > 0xff) {
      return raise(PyExc_ValueError,
                   "Failed to encode latin1 string when unpickling a time object. "
                   "pickle.load(data, encoding='latin1') is assumed.");
    }
    data[i] = static_cast<char>(text->at(static_cast<Py_ssize_t>(i)));
  }
  return MaybeRef<>(TRY(fromState(type, {data, kStateSize}, tzinfo)));
}

Result<Ref<>> fromFields(PyTypeObject* type, CInt hour, CInt minute, CInt second, CInt microsecond,
                         PyObject* tzinfo, CInt fold) {
  TRY(checkClock({hour, minute, second, microsecond}, fold));
  TRY(checkTzInfo(tzinfo));
  return timeNew({hour, minute, second, microsecond}, tzinfo, fold, type);
}

Result<Ref<>> construct(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  auto* values = cast<TupleObject>(args);
  if (values->size() >= 1 && values->size() <= 2) {
    Opt<> tzinfo = values->size() == 2 ? Opt<>(values->at(1)) : Opt<>();
    MaybeRef<> state = TRY(tryState(type, values->at(0), tzinfo));
    if (state) return std::move(state).take();
  }
  return Result<Ref<>>::fromC(
      parsedNewEntry<"(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", fromFields>(
          type, args, kwargs.get()));
}

// Through the constructor of subclasses, which know no fold argument there.
Result<Ref<>> newOf(PyTypeObject* type, const ClockTime& clock, PyObject* tzinfo, int fold) {
  if (type == &kTimeType) {
    TRY(checkClock(clock, fold));
    TRY(checkTzInfo(tzinfo));
    return timeNew(clock, tzinfo, fold);
  }
  Ref<IntObject> hour = TRY(intFromLong(clock.hour)), minute = TRY(intFromLong(clock.minute));
  Ref<IntObject> second = TRY(intFromLong(clock.second)), micro = TRY(intFromLong(clock.microsecond));
  Ref<> made = TRY(call(type, hour.get(), minute.get(), second.get(), micro.get(), tzinfo));
  if (isTime(made.get())) cast<TimeObject>(made.get())->fold = static_cast<uint8_t>(fold);
  return made;
}

// --- text ---

Result<Ref<>> repr(TimeObject* self) {
  ClockTime c = self->clock();
  std::string text = "(" + std::to_string(c.hour) + ", " + std::to_string(c.minute);
  if (c.second != 0 || c.microsecond != 0) text += ", " + std::to_string(c.second);
  if (c.microsecond != 0) text += ", " + std::to_string(c.microsecond);
  const char* fold = self->fold != 0 ? ", fold=1" : "";
  if (!self->has_tzinfo) return strFormat("%s%s%s)", typeName(self), text.c_str(), fold);
  return strFormat("%s%s, tzinfo=%R%s)", typeName(self), text.c_str(), self->tz, fold);
}

Result<Ref<>> isoFormatMethod(TimeObject* self, std::optional<CText> timespec) {
  std::string_view spec = "auto";
  if (timespec) spec = timespec->text;
  std::string text;
  if (!appendClock(text, self->clock(), spec)) return raise(PyExc_ValueError, "Unknown timespec value");
  TRY(appendOffset(text, ":", self->tzinfo(), Py_None));
  return strFromAscii(text);
}
Result<Ref<>> strSlot(TimeObject* self) { return callMethod(self, name<"isoformat">()); }

Result<Ref<>> strftimeMethod(TimeObject* self, PyObject* format) {
  if (!isStr(format)) {
    return raise(PyExc_TypeError, "strftime() argument 1 must be str, not %.50s",
                 format == Py_None ? "None" : typeName(format));
  }
  ClockTime c = self->clock();
  // A tuple whose date is some day, as time.strftime() wants one.
  int values[] = {1900, 1, 1, c.hour, c.minute, c.second, 0, 1, -1};
  Ref<TupleObject> tuple = TRY(tupleNew(9));
  for (int i = 0; i < 9; i++) tuple->ob_item[i] = TRY(intFromLong(values[i])).leak();
  return strftimeWrap(self, cast<StrObject>(format), tuple, self->tzinfo(), Py_None, c.microsecond);
}

Result<Ref<>> fromIsoFormatMethod(PyTypeObject* type, PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "fromisoformat: argument must be str");
  std::string_view bytes = TRY(isoBytes(cast<StrObject>(text), text));
  std::string_view view = bytes;
  if (view.starts_with('T')) view.remove_prefix(1);
  IsoTime iso;
  if (!parseIsoTime(view, &iso)) return badIsoFormat(text);
  Ref<> zone = iso.has_zone ? TRY(zoneOfSeconds(iso.offset_seconds, iso.offset_micros)) : none();
  return newOf(type, iso.clock, zone, 0);
}

// --- comparison ---

int64_t microsOfDay(const ClockTime& c) { return secondOfDay(c) * kMicrosPerSecond + c.microsecond; }

Result<Ref<>> compareSlot(TimeObject* self, PyObject* other_object, int op) {
  if (!isTime(other_object)) return notImplemented();
  auto* other = cast<TimeObject>(other_object);
  auto bytewise = [&] {
    return boolObject(compareTruth(op, std::memcmp(self->data, other->data, kStateSize)) != 0);
  };
  if (self->tzinfo() == other->tzinfo()) return bytewise();
  MaybeRef<DeltaObject> a = TRY(zoneUtcOffset(self->tzinfo(), Py_None)),
                        b = TRY(zoneUtcOffset(other->tzinfo(), Py_None));
  bool same = (!a && !b) || (a && b && deltaCompare(a.get(), b.get()) == 0);
  if (same) return bytewise();
  if (a && b) {
    __int128 x = microsOfDay(self->clock()) - a->totalMicros(),
             y = microsOfDay(other->clock()) - b->totalMicros();
    return boolObject(compareValues(x, y, op));
  }
  if (op == Py_EQ || op == Py_NE) return boolObject(op == Py_NE);
  return raise(PyExc_TypeError, "can't compare offset-naive and offset-aware times");
}

Result<Py_hash_t> hashSlot(TimeObject* self) {
  if (self->hash != -1) return self->hash;
  Ref<> unfolded = self->fold != 0 ? TRY(timeNew(self->clock(), self->tzinfo(), 0)) : Ref<>(share(self));
  auto* plain = cast<TimeObject>(unfolded.get());
  MaybeRef<DeltaObject> offset = TRY(zoneUtcOffset(plain->tzinfo(), Py_None));
  if (!offset) {
    self->hash = hashBytes(self->data, kStateSize);
  } else {
    Ref<DeltaObject> utc = TRY(deltaFromMicros(microsOfDay(self->clock()) - offset->totalMicros()));
    self->hash = TRY(objectHash(utc));
  }
  return self->hash;
}

// --- parts ---

Result<Ref<>> hourGetter(TimeObject* self) { return intFromLong(self->clock().hour); }
Result<Ref<>> minuteGetter(TimeObject* self) { return intFromLong(self->clock().minute); }
Result<Ref<>> secondGetter(TimeObject* self) { return intFromLong(self->clock().second); }
Result<Ref<>> microsecondGetter(TimeObject* self) { return intFromLong(self->clock().microsecond); }
Result<Ref<>> tzinfoGetter(TimeObject* self) { return share(self->tzinfo()); }
Result<Ref<>> foldGetter(TimeObject* self) { return intFromLong(self->fold); }

Result<Ref<>> utcOffsetMethod(TimeObject* self) {
  MaybeRef<DeltaObject> offset = TRY(zoneUtcOffset(self->tzinfo(), Py_None));
  if (!offset) return none();
  return std::move(offset).take();
}
Result<Ref<>> dstMethod(TimeObject* self) { return zoneDst(self->tzinfo(), Py_None); }
Result<Ref<>> tznameMethod(TimeObject* self) { return zoneName(self->tzinfo(), Py_None); }

Result<Ref<>> replaceMethod(TimeObject* self, std::optional<CInt> hour, std::optional<CInt> minute,
                            std::optional<CInt> second, std::optional<CInt> microsecond, Opt<> tzinfo,
                            std::optional<CInt> fold) {
  ClockTime old = self->clock();
  ClockTime c{hour.value_or(old.hour), minute.value_or(old.minute), second.value_or(old.second),
              microsecond.value_or(old.microsecond)};
  int new_fold = fold.value_or(self->fold);
  if (new_fold != 0 && new_fold != 1) return raise(PyExc_ValueError, "fold must be either 0 or 1");
  return newOf(typeOf(self), c, tzinfo.orElse(self->tzinfo()), new_fold);
}

Result<Ref<>> reduceEx(TimeObject* self, CInt protocol) {
  char data[kStateSize];
  std::memcpy(data, self->data, kStateSize);
  if (protocol > 3 && self->fold != 0) data[0] = static_cast<char>(data[0] | 0x80);
  Ref<BytesObject> state = TRY(bytesFrom({data, kStateSize}));
  Ref<TupleObject> args =
      TRY(self->has_tzinfo ? tupleOf(static_cast<PyObject*>(state.get()), self->tz) : tupleOf(state.get()));
  return tupleOf(static_cast<PyObject*>(typeOf(self)), args.get());
}
Result<Ref<>> reduceMethod(TimeObject* self) { return reduceEx(self, 2); }

constinit PyMethodDef kMethods[] = {
    method<"!%%isoformat($self, timespec='auto')", isoFormatMethod, "Return string in ISO 8601 format.">,
    method<"!strftime($self, format)", strftimeMethod, "format -> strftime() style string.">,
    method<"!%%__format__($self, format, /)", dateFormatMethod, "Formats self with strftime.">,
    method<"!utcoffset($self, /)", utcOffsetMethod, "Return self.tzinfo.utcoffset(self).">,
    method<"!tzname($self, /)", tznameMethod, "Return self.tzinfo.tzname(self).">,
    method<"!dst($self, /)", dstMethod, "Return self.tzinfo.dst(self).">,
    method<"!%%replace($self, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, "
           "microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
           replaceMethod, "Return time with new specified fields.">,
    classMethod<"!fromisoformat($type, string, /)", fromIsoFormatMethod,
                "string -> time from a string in ISO 8601 format">,
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

}  // namespace

Status checkClock(const ClockTime& clock, int fold) {
  if (clock.hour < 0 || clock.hour > 23) return raise(PyExc_ValueError, "hour must be in 0..23");
  if (clock.minute < 0 || clock.minute > 59) return raise(PyExc_ValueError, "minute must be in 0..59");
  if (clock.second < 0 || clock.second > 59) return raise(PyExc_ValueError, "second must be in 0..59");
  if (clock.microsecond < 0 || clock.microsecond > 999999) {
    return raise(PyExc_ValueError, "microsecond must be in 0..999999");
  }
  if (fold != 0 && fold != 1) return raise(PyExc_ValueError, "fold must be either 0 or 1");
  return {};
}

void packClock(uint8_t* data, const ClockTime& clock) {
  data[0] = static_cast<uint8_t>(clock.hour);
  data[1] = static_cast<uint8_t>(clock.minute);
  data[2] = static_cast<uint8_t>(clock.second);
  data[3] = static_cast<uint8_t>(clock.microsecond >> 16);
  data[4] = static_cast<uint8_t>(clock.microsecond >> 8);
  data[5] = static_cast<uint8_t>(clock.microsecond);
}

Result<Ref<>> timeNew(const ClockTime& clock, PyObject* tzinfo, int fold, PyTypeObject* type) {
  TRY(checkClock(clock, fold));
  TRY(checkTzInfo(tzinfo));
  Ref<TimeObject> self = TRY(typeAlloc<TimeObject>(type));
  self->hash = -1;
  self->has_tzinfo = tzinfo != Py_None;
  packClock(self->data, clock);
  self->fold = static_cast<uint8_t>(fold);
  if (self->has_tzinfo) self->tz = share(tzinfo).leak();
  return self;
}

bool appendClock(std::string& out, const ClockTime& c, std::string_view timespec) {
  static constexpr std::string_view kSpecs[] = {"hours", "minutes", "seconds", "milliseconds",
                                                "microseconds"};
  int level = -1;
  if (timespec == "auto") level = c.microsecond != 0 ? 4 : 2;
  for (int i = 0; i < 5; i++) {
    if (timespec == kSpecs[i]) level = i;
  }
  if (level < 0) return false;
  char text[32];
  int size = std::snprintf(text, sizeof text, "%02d", c.hour);
  if (level >= 1) size += std::snprintf(text + size, sizeof text - size, ":%02d", c.minute);
  if (level >= 2) size += std::snprintf(text + size, sizeof text - size, ":%02d", c.second);
  if (level == 3) size += std::snprintf(text + size, sizeof text - size, ".%03d", c.microsecond / 1000);
  if (level == 4) size += std::snprintf(text + size, sizeof text - size, ".%06d", c.microsecond);
  out.append(text, static_cast<size_t>(size));
  return true;
}

constinit PyTypeObject kTimeType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.time",
    .tp_basicsize = sizeof(TimeObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<repr>,
    .tp_hash = slot<hashSlot>,
    .tp_str = slot<strSlot>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\n"
        "All arguments are optional. tzinfo may be None, or an instance of\n"
        "a tzinfo subclass. The remaining arguments may be ints.",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_new = slot<construct>,
    .tp_free = objectFree,
};

}  // namespace krait::modules
