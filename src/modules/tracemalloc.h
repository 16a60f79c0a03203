// Tracing of memory blocks: also for extensions (PyTraceMalloc_Track).
#pragma once

#include <cstdint>

#include "core/result.h"

namespace krait::modules {

// Domain 0 is Python's own memory. Answers: 0 done, -1 no memory, -2 tracing is off. Need the GIL.
int tracemallocTrack(unsigned domain, uintptr_t address, size_t size);
int tracemallocUntrack(unsigned domain, uintptr_t address);
Result<Ref<>> tracemallocTracebackOf(unsigned domain,
                                     uintptr_t address);  // tuple of (filename, line), or None

}  // namespace krait::modules
