// Zeroing and copying a few words without a call to the C library. Short ones take two moves that may
// overlap.
#pragma once

#include <cstddef>
#include <cstring>

#include "base/macros.h"

namespace krait {

template <size_t count>
struct Words {
  void* word[count];
};

template <size_t step>
KR_ALWAYS_INLINE void zeroOverlapping(void** at, size_t count) {
  std::memset(at, 0, step * sizeof(void*));
  std::memset(at + count - step, 0, step * sizeof(void*));
}
KR_ALWAYS_INLINE void zeroWords(void* at, size_t count) {
  auto* words = static_cast<void**>(at);
  if (count > 8)
    std::memset(words, 0, count * sizeof(void*));
  else if (count >= 4)
    zeroOverlapping<4>(words, count);
  else if (count >= 2)
    zeroOverlapping<2>(words, count);
  else if (count == 1)
    *words = nullptr;
}

template <size_t step>
KR_ALWAYS_INLINE void copyOverlapping(void** to, void* const* from, size_t count) {
  Words<step> first, last;
  std::memcpy(&first, from, sizeof first);
  std::memcpy(&last, from + count - step, sizeof last);
  std::memcpy(to, &first, sizeof first);
  std::memcpy(to + count - step, &last, sizeof last);
}
KR_ALWAYS_INLINE void copyWords(void* to, const void* from, size_t count) {
  auto* target = static_cast<void**>(to);
  auto* source = static_cast<void* const*>(from);
  if (count > 8)
    std::memcpy(target, source, count * sizeof(void*));
  else if (count >= 4)
    copyOverlapping<4>(target, source, count);
  else if (count >= 2)
    copyOverlapping<2>(target, source, count);
  else if (count == 1)
    *target = *source;
}

}  // namespace krait
