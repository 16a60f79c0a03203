// The parts of the _functools module.
#pragma once

#include "core/native.h"

namespace krait::modules {

Status addPartial(PyObject* module);   // partial.cpp
Status addLruCache(PyObject* module);  // lru_cache.cpp

}  // namespace krait::modules
