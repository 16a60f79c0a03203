// Characters as patterns see them: case, categories, sets.
#pragma once

#include <cctype>

#include "base/unicode/database.h"
#include "modules/sre/sre_codes.h"

namespace krait::sre {

inline Code lowerAscii(Code ch) { return ch - 'A' < 26 ? ch + 32 : ch; }
inline Code lowerLocale(Code ch) {
  return ch < 256 ? static_cast<Code>(std::tolower(static_cast<int>(ch))) : ch;
}
inline Code upperLocale(Code ch) {
  return ch < 256 ? static_cast<Code>(std::toupper(static_cast<int>(ch))) : ch;
}
inline Code lowerUnicode(Code ch) { return ch < 128 ? lowerAscii(ch) : unicode::simpleLower(ch); }
inline Code upperUnicode(Code ch) { return unicode::simpleUpper(ch); }

inline bool isWordAscii(Code ch) { return lowerAscii(ch) - 'a' < 26 || ch - '0' < 10 || ch == '_'; }
inline bool isWordLocale(Code ch) { return ch == '_' || (ch < 256 && std::isalnum(static_cast<int>(ch))); }
inline bool isWordUnicode(Code ch) { return ch < 128 ? isWordAscii(ch) : unicode::isAlnum(ch); }

bool inCategory(Code category, Code ch);
// A set as IN's operand: items up to FAILURE.
bool inSet(const Code* set, Code ch);
// Does membership of characters below 256 depend on nothing but the set?
bool isLocaleFree(const Code* set);
inline bool inSetLocIgnore(const Code* set, Code ch) {
  Code lower = lowerLocale(ch);
  if (inSet(set, lower)) return true;
  Code upper = upperLocale(ch);
  return upper != lower && inSet(set, upper);
}
inline bool equalsLocIgnore(Code pattern, Code ch) {
  return ch == pattern || lowerLocale(ch) == pattern || upperLocale(ch) == pattern;
}

}  // namespace krait::sre
