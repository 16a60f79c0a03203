// Whether this is an instrumented build (the asan preset).
//
// AddressSanitizer sees what happens to a block of the C library's allocator only. An instrumented build
// therefore keeps nothing back: no pools unless PYTHONMALLOC=pymalloc asks for them, and empty free lists.
#pragma once

namespace krait {

#if __has_feature(address_sanitizer)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif

}  // namespace krait
