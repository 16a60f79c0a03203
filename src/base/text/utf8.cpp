#include "base/text/utf8.h"

namespace krait::text {

Utf8Step readIllFormedUtf8(const uint8_t* p, const uint8_t* end, bool allow_surrogates) {
  uint8_t first = *p;
  if (first < 0xC2 || first > 0xF4) return {0, 1, Utf8Step::kBadStart};
  int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  uint8_t high = first == 0xED && !allow_surrogates ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  uint32_t code = first & (0xFF >> (length + 1));
  for (int i = 1; i < length; i++) {
    if (p + i >= end) return {0, i, Utf8Step::kTruncated};
    if (p[i] < low || p[i] > high) return {0, i, Utf8Step::kBadContinuation};
    code = code << 6 | (p[i] & 0x3F);
    low = 0x80;
    high = 0xBF;
  }
  return {code, length, Utf8Step::kNone};
}

}  // namespace krait::text
