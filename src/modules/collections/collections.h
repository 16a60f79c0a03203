// The parts of the _collections module.
#pragma once

#include "core/native.h"

namespace krait::modules {

Status addDeque(PyObject* module);  // deque.cpp
Status addDequeIterators(PyObject* module);
Status addDefaultDict(PyObject* module);  // defaultdict.cpp

}  // namespace krait::modules
