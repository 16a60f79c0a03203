// The callables of the _operator module: itemgetter, attrgetter, methodcaller.
#pragma once

#include "core/native.h"

namespace krait::modules {

Status addGetters(PyObject* module);

}  // namespace krait::modules
