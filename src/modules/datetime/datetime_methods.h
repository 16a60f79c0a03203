// The class methods of datetime, implemented in datetime_new.cpp.
#pragma once

#include "modules/datetime/datetime.h"

namespace krait::modules {

Result<Ref<>> datetimeConstruct(PyTypeObject* type, PyObject* args, Opt<> kwargs);
Result<Ref<>> datetimeNow(PyTypeObject* type, PyObject* tzinfo);
Result<Ref<>> datetimeUtcNow(PyTypeObject* type);
Result<Ref<>> datetimeUtcFromTimestamp(PyTypeObject* type, PyObject* timestamp);
Result<Ref<>> datetimeCombine(PyTypeObject* type, CallArgs args);
Result<Ref<>> datetimeFromIsoFormat(PyTypeObject* type, PyObject* text);
Result<Ref<>> datetimeStrptime(PyTypeObject* type, StrObject* text, StrObject* format);

}  // namespace krait::modules
