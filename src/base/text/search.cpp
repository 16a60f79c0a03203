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

// Sixteen places at a time: first and last byte must fit before the rest is compared. Too many false
// candidates turn it into memmem, which is linear.
ssize_t findBytes(const uint8_t* text, ssize_t size, const uint8_t* needle, ssize_t needle_size) {
  auto first = _mm_set1_epi8(static_cast<char>(needle[0]));
  auto last = _mm_set1_epi8(static_cast<char>(needle[needle_size - 1]));
  ssize_t places = size - needle_size + 1, at = 0, wasted = 0;
  for (; at + 16 <= places && wasted <= 4 * at + 1024; at += 16) {
    auto heads = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
    auto tails = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at + needle_size - 1));
    auto both = _mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last));
    for (auto mask = static_cast<unsigned>(_mm_movemask_epi8(both)); mask; mask &= mask - 1) {
      ssize_t place = at + __builtin_ctz(mask);
      if (std::memcmp(text + place + 1, needle + 1, static_cast<size_t>(needle_size - 2)) == 0) return place;
      wasted += needle_size;
    }
  }
  auto* found = static_cast<const uint8_t*>(
      memmem(text + at, static_cast<size_t>(size - at), needle, static_cast<size_t>(needle_size)));
  return found ? found - text : -1;
}

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
