#include "base/text/search.h"

#include <emmintrin.h>

namespace krait::text {

ssize_t asciiPrefix(const uint8_t* text, ssize_t size) {
  ssize_t i = 0;
  for (; i + 16 <= size; i += 16) {
    auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    int high = _mm_movemask_epi8(block);
    if (high) return i + __builtin_ctz(static_cast<unsigned>(high));
  }
  while (i < size && text[i] < 128) i++;
  return i;
}

}  // namespace krait::text
