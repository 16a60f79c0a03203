// What the sanitizers of an instrumented build are told. Built in, because children started with an
// environment of their own need it too; ASAN_OPTIONS and UBSAN_OPTIONS override it.
#include "base/sanitizer.h"

#if __has_feature(address_sanitizer)

// Immortal objects, interned strings and static types stay until the end (docs/memory-and-gc.md); a request
// that cannot be met ends in MemoryError; and one of more than 8 GB is such, as the system could promise it
// and kill the process later.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=8192";
}

extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1"; }

#endif
