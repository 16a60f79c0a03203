// Sets of signals given as iterables of numbers.
#pragma once

#include <signal.h>

#include "core/result.h"

namespace krait::modules {

Result<sigset_t> signalSet(PyObject* signals);  // signal.cpp

}  // namespace krait::modules
