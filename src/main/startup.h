// Bringing the runtime up and down. Order matters; each step says what it needs.
#pragma once

#include "core/result.h"

namespace krait {

// False: the runtime could not start; a message was printed.
bool startRuntime();
// The modules of a new interpreter, whose thread state is current.
Status startSubInterpreter();
// The other way round: what stopRuntime() does for one of several interpreters.
void stopSubInterpreter();
// Threads joined, atexit run, streams flushed, modules cleared. Returns the exit status, which a failed flush
// of stdout turns into 120.
int stopRuntime(int status);

}  // namespace krait
