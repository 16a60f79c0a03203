// UTF-8, one code point at a time; the bulk loops are the callers'.
#pragma once

#include <cstdint>
#include <sys/types.h>

namespace krait::text {

// How a sequence that starts with a non-ASCII byte reads.
struct Utf8Step {
  uint32_t code;   // valid when `problem` is kNone
  int length;      // bytes of the character, or of the ill-formed part
  enum Problem : uint8_t { kNone, kBadStart, kBadContinuation, kTruncated } problem;
};

inline bool isContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Reads one character; surrogates are ill-formed unless allowed. The ill-formed part is the maximal subpart of
// a well-formed sequence (Unicode's recommendation): what `replace` turns into one U+FFFD. kTruncated: the input
// ends inside a sequence that was well-formed so far.
inline Utf8Step readUtf8(const uint8_t* p, const uint8_t* end, bool allow_surrogates = false) {
  uint8_t first = *p;
  if (first < 0x80) return {first, 1, Utf8Step::kNone};
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

// Writes one character (surrogates included) and returns the end.
inline uint8_t* writeUtf8(uint8_t* out, uint32_t c) {
  if (c < 0x80) {
    *out++ = static_cast<uint8_t>(c);
  } else if (c < 0x800) {
    *out++ = static_cast<uint8_t>(0xC0 | c >> 6);
    *out++ = static_cast<uint8_t>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    *out++ = static_cast<uint8_t>(0xE0 | c >> 12);
    *out++ = static_cast<uint8_t>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | (c & 0x3F));
  } else {
    *out++ = static_cast<uint8_t>(0xF0 | c >> 18);
    *out++ = static_cast<uint8_t>(0x80 | (c >> 12 & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | (c >> 6 & 0x3F));
    *out++ = static_cast<uint8_t>(0x80 | (c & 0x3F));
  }
  return out;
}

inline bool isSurrogate(uint32_t c) { return c >= 0xD800 && c <= 0xDFFF; }
inline bool isHighSurrogate(uint32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
inline bool isLowSurrogate(uint32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }
inline uint32_t joinSurrogates(uint32_t high, uint32_t low) { return 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF)); }

}  // namespace krait::text
