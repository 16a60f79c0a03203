// Where the standard library and the running binary are.
#pragma once

#include "core/interpreter.h"

namespace krait {

// Sets executable, prefix and stdlib. False: there is no standard library; one line was printed.
bool locateStdlib(Config& config, const char* program);

}  // namespace krait
