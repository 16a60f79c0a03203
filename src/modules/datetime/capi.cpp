// The module and the capsule through which extensions reach its types and constructors.
#include "core/errors.h"
#include "modules/datetime/datetime.h"
#include "modules/modules.h"
#include "types/dict.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait::modules {
namespace {

struct DateTimeCapi {
  PyTypeObject *date_type, *datetime_type, *time_type, *delta_type, *tzinfo_type;
  PyObject* utc;
  PyObject* (*date)(int, int, int, PyTypeObject*);
  PyObject* (*datetime)(int, int, int, int, int, int, int, PyObject*, PyTypeObject*);
  PyObject* (*time)(int, int, int, int, PyObject*, PyTypeObject*);
  PyObject* (*delta)(int, int, int, int, PyTypeObject*);
  PyObject* (*zone)(PyObject*, PyObject*);
  PyObject* (*datetime_from_timestamp)(PyObject*, PyObject*, PyObject*);
  PyObject* (*date_from_timestamp)(PyObject*, PyObject*);
  PyObject* (*datetime_fold)(int, int, int, int, int, int, int, PyObject*, int, PyTypeObject*);
  PyObject* (*time_fold)(int, int, int, int, PyObject*, int, PyTypeObject*);
};
static_assert(sizeof(DateTimeCapi) == 120);

PyObject* newDate(int year, int month, int day, PyTypeObject* type) {
  return dateNew({year, month, day}, type).toC();
}

PyObject* newDateTimeFold(int year, int month, int day, int hour, int minute, int second, int micro,
                          PyObject* tzinfo, int fold, PyTypeObject* type) {
  return Result<Ref<>>(datetimeNew({{year, month, day}, {hour, minute, second, micro}, tzinfo, fold}, type))
      .toC();
}
PyObject* newDateTime(int year, int month, int day, int hour, int minute, int second, int micro,
                      PyObject* tzinfo, PyTypeObject* type) {
  return newDateTimeFold(year, month, day, hour, minute, second, micro, tzinfo, 0, type);
}
PyObject* newTimeFold(int hour, int minute, int second, int micro, PyObject* tzinfo, int fold,
                      PyTypeObject* type) {
  return timeNew({hour, minute, second, micro}, tzinfo, fold, type).toC();
}
PyObject* newTime(int hour, int minute, int second, int micro, PyObject* tzinfo, PyTypeObject* type) {
  return newTimeFold(hour, minute, second, micro, tzinfo, 0, type);
}

PyObject* newDelta(int days, int seconds, int micros, int normalize, PyTypeObject* type) {
  if (!normalize) return Result<Ref<>>(deltaNew(days, seconds, micros, type)).toC();
  __int128 total = (__int128{days} * kSecondsPerDay + seconds) * kMicrosPerSecond + micros;
  return Result<Ref<>>(deltaFromMicros(total, type)).toC();
}

PyObject* newZone(PyObject* offset, PyObject* zone_name) {
  return zoneNew(cast<DeltaObject>(offset), Opt<>(zone_name)).toC();
}

Result<Ref<>> fromTimestampArgs(PyObject* type, PyObject* args, Opt<> kwargs) {
  PyObject* bound[3] = {};
  TRY(bindTupleDict(SignatureOf<"fromtimestamp(timestamp, tz=None)">::runtime, args, kwargs.get(), bound));
  return datetimeFromTimestamp(reinterpret_cast<PyTypeObject*>(type), bound[0],
                               bound[1] ? bound[1] : Py_None);
}
PyObject* newDateTimeFromTimestamp(PyObject* type, PyObject* args, PyObject* kwargs) {
  return fromTimestampArgs(type, args, kwargs).toC();
}

Result<Ref<>> dateFromTimestampArgs(PyObject* type, PyObject* args) {
  PyObject* bound[2] = {};
  TRY(bindTupleDict(SignatureOf<"fromtimestamp(timestamp, /)">::runtime, args, nullptr, bound));
  return dateFromTimestamp(reinterpret_cast<PyTypeObject*>(type), bound[0]);
}
PyObject* newDateFromTimestamp(PyObject* type, PyObject* args) {
  return dateFromTimestampArgs(type, args).toC();
}

constinit DateTimeCapi capi = {
    .date_type = &kDateType,
    .datetime_type = &kDateTimeType,
    .time_type = &kTimeType,
    .delta_type = &kDeltaType,
    .tzinfo_type = &kTzInfoType,
    .utc = nullptr,
    .date = newDate,
    .datetime = newDateTime,
    .time = newTime,
    .delta = newDelta,
    .zone = newZone,
    .datetime_from_timestamp = newDateTimeFromTimestamp,
    .date_from_timestamp = newDateFromTimestamp,
    .datetime_fold = newDateTimeFold,
    .time_fold = newTimeFold,
};

Status addConstant(PyTypeObject* type, const char* constant_name, Result<Ref<>> value) {
  Ref<> made = TRY(std::move(value));
  return dictSet(cast<DictObject>(type->tp_dict), constant_name, made);
}

Status addTypeConstants() {
  constexpr ClockTime kLast{23, 59, 59, 999999};
  TRY(addConstant(&kDeltaType, "resolution", deltaNew(0, 0, 1)));
  TRY(addConstant(&kDeltaType, "min", deltaNew(-999999999, 0, 0)));
  TRY(addConstant(&kDeltaType, "max", deltaNew(999999999, 86399, 999999)));
  TRY(addConstant(&kDateType, "min", dateNew({1, 1, 1})));
  TRY(addConstant(&kDateType, "max", dateNew({kMaxYear, 12, 31})));
  TRY(addConstant(&kDateType, "resolution", deltaNew(1, 0, 0)));
  TRY(addConstant(&kTimeType, "min", timeNew({}, Py_None, 0)));
  TRY(addConstant(&kTimeType, "max", timeNew(kLast, Py_None, 0)));
  TRY(addConstant(&kTimeType, "resolution", deltaNew(0, 0, 1)));
  TRY(addConstant(&kDateTimeType, "min", datetimeNew({{1, 1, 1}, {}, Py_None, 0})));
  TRY(addConstant(&kDateTimeType, "max", datetimeNew({{kMaxYear, 12, 31}, kLast, Py_None, 0})));
  return addConstant(&kDateTimeType, "resolution", deltaNew(0, 0, 1));
}

Status addZones() {
  if (!zone_utc) {
    Ref<DeltaObject> zero = TRY(deltaNew(0, 0, 0));
    zone_utc = cast<ZoneObject>(TRY(zoneNew(zero, nullptr)).leak());
  }
  TRY(addConstant(&kZoneType, "utc", share(zone_utc)));
  // The bounds keep to whole minutes.
  Ref<DeltaObject> least = TRY(deltaNew(-1, 60, 0)), most = TRY(deltaNew(0, (23 * 60 + 59) * 60, 0));
  TRY(addConstant(&kZoneType, "min", zoneNew(least, nullptr)));
  TRY(addConstant(&kZoneType, "max", zoneNew(most, nullptr)));
  datetime_epoch = TRY(datetimeNew({{1970, 1, 1}, {}, zone_utc, 0})).leak();
  return {};
}

Status datetimeExec(PyObject* module) {
  TRY(typeReady(&kIsoCalendarType));
  for (PyTypeObject* type : {&kDateType, &kDateTimeType, &kTimeType, &kDeltaType, &kTzInfoType, &kZoneType}) {
    TRY(moduleAddType(module, type));
  }
  TRY(addTypeConstants());
  TRY(addZones());
  capi.utc = zone_utc;
  TRY(moduleAddInt(module, "MINYEAR", kMinYear));
  TRY(moduleAddInt(module, "MAXYEAR", kMaxYear));
  TRY(moduleAdd(module, "datetime_CAPI", TRY(capsuleNew(&capi, "datetime.datetime_CAPI", nullptr))));
  return moduleAdd(module, "UTC", share<PyObject>(zone_utc));
}

constinit PyModuleDef kModule =
    singlePhaseModule<"_datetime">(nullptr, "Fast implementation of the datetime type.", -1);

}  // namespace

PyObject* initDatetime() { return singlePhaseInit(&kModule, datetimeExec); }

}  // namespace krait::modules
