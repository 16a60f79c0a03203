// UTF-8, one code point at a time; the bulk loops are the callers'.
#pragma once

#include <sys/types.h>
#include <cstdint>

namespace krait::text {

// How a sequence that starts with a non-ASCII byte reads.
struct Utf8Step {
  uint32_t code;  // valid when `problem` is kNone
  int length;     // bytes of the character, or of the ill-formed part
  enum Problem : uint8_t { kNone, kBadStart, kBadContinuation, kTruncated } problem;
};

inline bool isContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// Reads one character; surrogates are ill-formed unless allowed. The ill-formed part is the maximal subpart
// of a well-formed sequence (Unicode's recommendation): what `replace` turns into one U+FFFD. kTruncated: the
// input ends inside a sequence that was well-formed so far. readIllFormedUtf8 is the general form (it also
// reads four-byte characters), out of line.
Utf8Step readIllFormedUtf8(const uint8_t* p, const uint8_t* end, bool allow_surrogates);

inline Utf8Step readUtf8(const uint8_t* p, const uint8_t* end, bool allow_surrogates = false) {
  uint32_t first = *p;
  if (first < 0x80) return {first, 1, Utf8Step::kNone};
  if (first < 0xE0 && first >= 0xC2 && end - p >= 2 && isContinuation(p[1]))
    return {(first & 0x1F) << 6 | (p[1] & 0x3Fu), 2, Utf8Step::kNone};
  if (first >= 0xE0 && first < 0xF0 && end - p >= 3 && isContinuation(p[1]) && isContinuation(p[2])) {
    uint32_t code = (first & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    if (code >= 0x800 && (allow_surrogates || (code & 0xF800) != 0xD800)) return {code, 3, Utf8Step::kNone};
  }
  return readIllFormedUtf8(p, end, allow_surrogates);
}

// The next character of text that is known to be well-formed (surrogates included); moves p behind it.
inline uint32_t takeUtf8(const uint8_t*& p) {
  uint32_t first = *p++;
  if (first < 0x80) return first;
  uint32_t second = *p++ & 0x3F;
  if (first < 0xE0) return (first & 0x1F) << 6 | second;
  uint32_t third = *p++ & 0x3F;
  if (first < 0xF0) return (first & 0x0F) << 12 | second << 6 | third;
  return (first & 0x07) << 18 | second << 12 | third << 6 | (*p++ & 0x3F);
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
inline uint32_t joinSurrogates(uint32_t high, uint32_t low) {
  return 0x10000 + ((high & 0x3FF) << 10 | (low & 0x3FF));
}

}  // namespace krait::text
