// The few macros of the project. Everything else is a function or a template.
//
// KR_ASSERT states an invariant in debug builds; KR_CHECK is always on, for memory safety at cold boundaries.
// Neither is ever used on user input: bad input raises a Python exception.
#pragma once

namespace krait {
[[noreturn]] void checkFailed(const char* condition, const char* message, const char* file, int line);
}  // namespace krait

#define KR_CHECK(cond, message)                                 \
  do {                                                          \
    if (!(cond)) [[unlikely]]                                   \
      ::krait::checkFailed(#cond, message, __FILE__, __LINE__); \
  } while (0)

#ifdef KR_DEBUG
#define KR_ASSERT(cond, message) KR_CHECK(cond, message)
#else
#define KR_ASSERT(cond, message) \
  do {                           \
    if (false) (void)(cond);     \
  } while (0)
#endif

#define KR_LIKELY(x) __builtin_expect(!!(x), 1)
#define KR_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define KR_ALWAYS_INLINE [[gnu::always_inline]] inline
#define KR_NEVER_INLINE [[gnu::noinline]]
// Symbols that extension modules import; everything else is hidden.
#define KR_EXPORT extern "C" __attribute__((visibility("default")))
