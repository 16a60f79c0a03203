// Where the standard library and the running binary are.
#pragma once

#include "core/interpreter.h"

namespace krait {

// Sets the executable and what a ._pth file beside it says; before the environment is read.
void locateExecutable(Config& config, const char* program);
// Sets the prefixes and the places of the library. False: there is no standard library; one line was printed.
bool locateStdlib(Config& config);

}  // namespace krait
