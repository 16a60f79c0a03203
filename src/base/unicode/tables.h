// The record types of the generated tables, and the tables themselves. Private to this folder.
#pragma once

#include "base/unicode/database.h"

namespace krait::unicode {

struct PropertyRecord {
  uint8_t category;       // index into kCategoryNames
  uint8_t bidirectional;  // index into kBidirectionalNames
  uint8_t combining;
  uint8_t width;  // index into kWidthNames
  uint8_t mirrored;
  uint8_t quick_check;  // two bits per Form, in the order of the enum
  uint8_t numeric;      // index into kNumericValues
};
struct Composition {
  char32_t first, second, composed;
};
struct Range {
  char32_t first, last;
};
struct Delta {  // a property value that 3.2.0 had for these characters
  char32_t first, last;
  uint32_t value;
};

#include "unicode_tables.inc"

inline uint32_t twoLevel(const uint16_t* blocks, const uint16_t* rows, char32_t c) {
  return rows[(uint32_t{blocks[c >> kBlockShift]} << kBlockShift) + (c & ((1u << kBlockShift) - 1))];
}

inline const PropertyRecord& propertyRecord(char32_t c) {
  return kPropertyRecords[c > kMaxCodePoint ? 0 : twoLevel(kPropertyBlocks, kPropertyRows, c)];
}

template <class Entry, size_t n>
const Entry* findRange(const Entry (&entries)[n], char32_t c) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (entries[middle].last < c)
      low = middle + 1;
    else
      high = middle;
  }
  return low < n && entries[low].first <= c ? &entries[low] : nullptr;
}

inline bool isOldAssigned(char32_t c) { return findRange(kOldAssigned, c) != nullptr; }

// A decomposition without recursion: the tag's index and the mapped code points, none if the character has
// none.
struct DecompositionView {
  uint32_t tag = 0;
  std::u32string_view chars;
};
inline DecompositionView decompositionOf(char32_t c) {
  uint32_t offset = c > kMaxCodePoint ? 0 : twoLevel(kDecompositionBlocks, kDecompositionRows, c);
  if (offset == 0) return {};
  const char32_t* data = kDecompositionData + offset;
  return {static_cast<uint32_t>(*data & 0xFF), std::u32string_view(data + 1, *data >> 8)};
}

inline constexpr char32_t kHangulFirst = 0xAC00, kHangulCount = 11172;
inline constexpr char32_t kLeadFirst = 0x1100, kVowelFirst = 0x1161, kTrailFirst = 0x11A7;
inline constexpr char32_t kLeads = 19, kVowels = 21, kTrails = 28;
inline bool isHangulSyllable(char32_t c) { return c - kHangulFirst < kHangulCount; }

}  // namespace krait::unicode
