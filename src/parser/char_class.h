// Byte classes of the lexer.
#pragma once

#include <array>
#include <cstdint>

namespace krait::parser {

enum ByteClass : uint8_t { kNameStart = 1, kNameChar = 2, kDigitChar = 4, kHexChar = 8, kBlank = 16 };

constexpr std::array<uint8_t, 256> makeByteClasses() {
  std::array<uint8_t, 256> table{};
  for (int c = 0; c < 256; c++) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    bool digit = c >= '0' && c <= '9';
    bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    bool blank = c == ' ' || c == '\t' || c == '\f';
    table[c] =
        static_cast<uint8_t>((letter ? kNameStart | kNameChar : 0) | (digit ? kDigitChar | kNameChar : 0) |
                             (hex ? kHexChar : 0) | (blank ? kBlank : 0));
  }
  return table;
}
inline constexpr std::array<uint8_t, 256> kByteClasses = makeByteClasses();

inline bool isNameStart(int c) { return c >= 0 && (kByteClasses[static_cast<uint8_t>(c)] & kNameStart); }
inline bool isNameChar(int c) { return c >= 0 && (kByteClasses[static_cast<uint8_t>(c)] & kNameChar); }
inline bool isDigitChar(int c) { return c >= '0' && c <= '9'; }
inline bool isHexChar(int c) { return c >= 0 && (kByteClasses[static_cast<uint8_t>(c)] & kHexChar); }
inline bool isBlank(char c) { return kByteClasses[static_cast<uint8_t>(c)] & kBlank; }

}  // namespace krait::parser
