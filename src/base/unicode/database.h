// The Unicode 14.0.0 character database, without any knowledge of Python.
//
// Tables are generated at build time (tools/unicode_tables.cpp) and read-only; every function is thread safe
// and allocates only where it returns a std::string or std::u32string. A code point above 0x10FFFF has no
// properties: every predicate answers false for it. Lone surrogates are ordinary code points of category Cs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/inline_buffer.h"

namespace krait::unicode {

inline constexpr char32_t kMaxCodePoint = 0x10FFFF;
inline constexpr char kVersion[] = "14.0.0";
inline constexpr char kOldVersion[] = "3.2.0";

// Bits of CharRecord::flags.
enum CharFlag : uint16_t {
  kAlpha = 1 << 0,
  kDecimal = 1 << 1,
  kDigit = 1 << 2,
  kNumeric = 1 << 3,
  kLower = 1 << 4,
  kUpper = 1 << 5,
  kTitle = 1 << 6,
  kSpace = 1 << 7,
  kLinebreak = 1 << 8,
  kPrintable = 1 << 9,
  kXidStart = 1 << 10,
  kXidContinue = 1 << 11,
  kCased = 1 << 12,
  kCaseIgnorable = 1 << 13,
  kSpecialCase = 1 << 14,  // case mappings are offsets into kSpecialCases, count in the top byte
};

// What str methods need of a character; shared by all characters with the same values. A mapping is a signed
// distance from the character unless kSpecialCase is set.
struct CharRecord {
  int32_t upper;
  int32_t lower;
  int32_t title;
  int32_t fold;
  uint16_t flags;
  uint8_t decimal;  // meaningful with kDecimal
  uint8_t digit;    // meaningful with kDigit
};

inline constexpr int kBlockShift = 7;
extern const uint16_t kCharBlocks[];
extern const uint16_t kCharRows[];
extern const CharRecord kCharRecords[];

inline const CharRecord& charRecord(char32_t c) {
  if (c > kMaxCodePoint) return kCharRecords[0];
  uint32_t block = kCharBlocks[c >> kBlockShift];
  return kCharRecords[kCharRows[(block << kBlockShift) + (c & ((1u << kBlockShift) - 1))]];
}
inline bool hasFlag(char32_t c, uint16_t flags) { return (charRecord(c).flags & flags) != 0; }

inline bool isAlpha(char32_t c) { return hasFlag(c, kAlpha); }
inline bool isDecimal(char32_t c) { return hasFlag(c, kDecimal); }
inline bool isDigit(char32_t c) { return hasFlag(c, kDigit); }
inline bool isNumeric(char32_t c) { return hasFlag(c, kNumeric); }
inline bool isAlnum(char32_t c) { return hasFlag(c, kAlpha | kDecimal | kDigit | kNumeric); }
inline bool isLower(char32_t c) { return hasFlag(c, kLower); }
inline bool isUpper(char32_t c) { return hasFlag(c, kUpper); }
inline bool isTitle(char32_t c) { return hasFlag(c, kTitle); }
inline bool isSpace(char32_t c) { return hasFlag(c, kSpace); }
inline bool isLinebreak(char32_t c) { return hasFlag(c, kLinebreak); }
inline bool isPrintable(char32_t c) { return hasFlag(c, kPrintable); }
inline bool isXidStart(char32_t c) { return hasFlag(c, kXidStart); }  // '_' is not one of them
inline bool isXidContinue(char32_t c) { return hasFlag(c, kXidContinue); }
inline bool isCased(char32_t c) { return hasFlag(c, kCased); }
inline bool isCaseIgnorable(char32_t c) { return hasFlag(c, kCaseIgnorable); }

// Full case mappings (SpecialCasing without conditions): writes 1 to 3 code points and returns how many.
// The final-sigma rule is the caller's, since it needs context.
int toLower(char32_t c, char32_t out[3]);
int toUpper(char32_t c, char32_t out[3]);
int toTitle(char32_t c, char32_t out[3]);
int toFold(char32_t c, char32_t out[3]);
// The first code point of the full mapping: what one-to-one users (regular expressions, the C API) want.
char32_t simpleLower(char32_t c);
char32_t simpleUpper(char32_t c);
char32_t simpleTitle(char32_t c);

int toDecimal(char32_t c);     // -1 when the character is none
int toDigit(char32_t c);       // -1 when the character is none
double toNumeric(char32_t c);  // -1.0 when the character has no numeric value

// The database has two faces: 14.0.0 and, for IDNA and stringprep, 3.2.0 (`unicodedata.ucd_3_2_0`).
enum class Version : uint8_t { kCurrent, kOld };

std::string_view category(char32_t c, Version version = Version::kCurrent);       // "Lu"; "Cn" if unassigned
std::string_view bidirectional(char32_t c, Version version = Version::kCurrent);  // "" if unassigned
std::string_view eastAsianWidth(char32_t c, Version version = Version::kCurrent);
int combining(char32_t c, Version version = Version::kCurrent);
bool mirrored(char32_t c, Version version = Version::kCurrent);
std::string decomposition(char32_t c, Version version = Version::kCurrent);  // "<compat> 0020 0308" or ""
int decimalValue(char32_t c, Version version);     // as toDecimal, per version; -1 when none
double numericValue(char32_t c, Version version);  // as toNumeric, per version; -1.0 when none

// Names. Control characters have none (but aliases); private use and surrogates neither.
bool name(char32_t c, std::string& out, Version version = Version::kCurrent);
// Finds a character, an alias or (if `sequence` is given) a named sequence, ignoring ASCII case. Returns the
// code point, or kNamedSequence after filling `sequence`, or -1. The 3.2.0 face knows neither aliases nor
// sequences.
inline constexpr int32_t kNamedSequence = -2;
int32_t lookupName(std::string_view name, std::u32string* sequence = nullptr, bool with_aliases = true);

enum class Form : uint8_t { kNfc, kNfkc, kNfd, kNfkd };
enum class QuickCheck : uint8_t { kYes, kMaybe, kNo };
QuickCheck quickCheck(std::u32string_view text, Form form, bool yes_only = false);
// Into `out`, which is empty; false when there is no memory for it.
using Characters = InlineBuffer<char32_t, 64>;
[[nodiscard]] bool normalize(std::u32string_view text, Form form, Characters& out,
                             Version version = Version::kCurrent);

}  // namespace krait::unicode
