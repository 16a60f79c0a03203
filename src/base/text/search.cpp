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

namespace {

// A mask with two bits set for each of 8 units equal to `wanted`.
unsigned equalMask(const uint16_t* text, __m128i wanted) {
  auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi16(block, wanted)));
}

}  // namespace

ssize_t findUnit16(const uint16_t* text, ssize_t size, uint16_t unit) {
  auto wanted = _mm_set1_epi16(static_cast<short>(unit));
  ssize_t i = 0;
  for (; i + 8 <= size; i += 8)
    if (unsigned mask = equalMask(text + i, wanted)) return i + __builtin_ctz(mask) / 2;
  for (; i < size; i++)
    if (text[i] == unit) return i;
  return -1;
}

ssize_t rfindUnit16(const uint16_t* text, ssize_t size, uint16_t unit) {
  auto wanted = _mm_set1_epi16(static_cast<short>(unit));
  ssize_t end = size;
  for (; end >= 8; end -= 8)
    if (unsigned mask = equalMask(text + end - 8, wanted)) return end - 8 + (31 - __builtin_clz(mask)) / 2;
  while (end-- > 0)
    if (text[end] == unit) return end;
  return -1;
}

}  // namespace krait::text
