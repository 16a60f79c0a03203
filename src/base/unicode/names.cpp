// Character names: rows of word numbers, found by code point or by binary search over the sorted rows.
#include <algorithm>
#include <cstdio>

#include "base/unicode/database.h"
#include "base/unicode/tables.h"

namespace krait::unicode {
namespace {

constexpr std::string_view kLeadNames[] = {"G",  "GG", "N", "D",  "DD", "R", "M", "B", "BB", "S",
                                           "SS", "",   "J", "JJ", "C",  "K", "T", "P", "H"};
constexpr std::string_view kVowelNames[] = {"A",   "AE", "YA", "YAE", "EO", "E",  "YEO",
                                            "YE",  "O",  "WA", "WAE", "OE", "YO", "U",
                                            "WEO", "WE", "WI", "YU",  "EU", "YI", "I"};
constexpr std::string_view kTrailNames[] = {"",   "G",  "GG", "GS", "N",  "NJ", "NH", "D", "L",  "LG",
                                            "LM", "LB", "LS", "LT", "LP", "LH", "M",  "B", "BS", "S",
                                            "SS", "NG", "J",  "C",  "K",  "T",  "P",  "H"};
constexpr std::string_view kHangulPrefix = "HANGUL SYLLABLE ";
constexpr std::string_view kIdeographPrefix = "CJK UNIFIED IDEOGRAPH-";

void appendRowName(uint32_t row, std::string& out) {
  for (uint32_t i = kNameOffsets[row]; i < kNameOffsets[row + 1]; i++) {
    uint32_t token = kNameTokens[i];
    if (token >= kOneByteTokens) token = kOneByteTokens + ((token - kOneByteTokens) << 8) + kNameTokens[++i];
    if (i > kNameOffsets[row] && !out.empty()) out += ' ';
    out.append(kWordText + kWordOffsets[token], kWordOffsets[token + 1] - kWordOffsets[token]);
  }
}

void appendHangulName(char32_t c, std::string& out) {
  char32_t index = c - kHangulFirst;
  out += kHangulPrefix;
  out += kLeadNames[index / (kVowels * kTrails)];
  out += kVowelNames[index / kTrails % kVowels];
  out += kTrailNames[index % kTrails];
}

// The longest of `names` that `text` starts with, which it then loses; -1 if none.
template <size_t n>
int takeLongest(const std::string_view (&names)[n], std::string_view& text) {
  int best = -1;
  for (size_t i = 0; i < n; i++)
    if (text.starts_with(names[i]) && (best < 0 || names[i].size() > names[best].size()))
      best = static_cast<int>(i);
  if (best >= 0) text.remove_prefix(names[best].size());
  return best;
}

int32_t lookupHangul(std::string_view syllable) {
  int lead = takeLongest(kLeadNames, syllable);
  int vowel = takeLongest(kVowelNames, syllable);
  int trail = takeLongest(kTrailNames, syllable);
  if (lead < 0 || vowel < 0 || trail < 0 || !syllable.empty()) return -1;
  return static_cast<int32_t>(kHangulFirst + (lead * kVowels + vowel) * kTrails + trail);
}

int32_t lookupIdeograph(std::string_view digits) {
  if (digits.size() != 4 && digits.size() != 5) return -1;
  char32_t c = 0;
  for (char digit : digits) {
    bool decimal = digit >= '0' && digit <= '9';
    if (!decimal && (digit < 'A' || digit > 'F')) return -1;
    c = c * 16 + (decimal ? digit - '0' : digit - 'A' + 10);
  }
  return findRange(kIdeographs, c) ? static_cast<int32_t>(c) : -1;
}

// The row with this upper-case name, or -1.
int32_t findRow(std::string_view upper) {
  uint32_t low = 0, high = kNameCount;
  std::string candidate;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    candidate.clear();
    appendRowName(kNamesSorted[middle], candidate);
    int order = candidate.compare(upper);
    if (order == 0) return kNamesSorted[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

std::string upperAscii(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c -= 32;
  return upper;
}

}  // namespace

bool name(char32_t c, std::string& out, Version version) {
  out.clear();
  if (c > kMaxCodePoint || (version == Version::kOld && !isOldAssigned(c))) return false;
  if (isHangulSyllable(c)) {
    appendHangulName(c, out);
    return true;
  }
  if (findRange(kIdeographs, c)) {
    char digits[12];
    std::snprintf(digits, sizeof digits, "%X", static_cast<unsigned>(c));
    out.append(kIdeographPrefix).append(digits);
    return true;
  }
  uint32_t row = twoLevel(kNameBlocks, kNameRows, c);
  if (row == 0) return false;
  appendRowName(row - 1, out);
  return true;
}

int32_t lookupName(std::string_view name, std::u32string* sequence, bool with_aliases) {
  if (name.starts_with(kHangulPrefix)) return lookupHangul(name.substr(kHangulPrefix.size()));
  if (name.starts_with(kIdeographPrefix)) return lookupIdeograph(name.substr(kIdeographPrefix.size()));
  constexpr size_t kLongestName = 256;
  if (name.empty() || name.size() > kLongestName) return -1;
  int32_t found = findRow(upperAscii(name));
  if (found < 0) return -1;
  auto row = static_cast<uint32_t>(found);
  if (row < kFirstAlias || (row < kFirstSequence && with_aliases))
    return static_cast<int32_t>(kNameTargets[row]);
  if (row < kFirstSequence || !sequence) return -1;
  const char32_t* chars = kSequences + 4 * (kNameTargets[row] - kSequenceBase);
  sequence->clear();
  for (int i = 0; i < 4 && chars[i]; i++) sequence->push_back(chars[i]);
  return kNamedSequence;
}

}  // namespace krait::unicode
