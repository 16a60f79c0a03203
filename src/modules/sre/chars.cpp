#include "modules/sre/chars.h"

namespace krait::sre {

bool inCategory(Code category, Code ch) {
  switch (category) {
    case kDigit: return ch - '0' < 10;
    case kNotDigit: return !(ch - '0' < 10);
    case kSpace: return ch == ' ' || ch - 9 < 5;
    case kNotSpace: return !(ch == ' ' || ch - 9 < 5);
    case kWord: return isWordAscii(ch);
    case kNotWord: return !isWordAscii(ch);
    case kLinebreak: return ch == '\n';
    case kNotLinebreak: return ch != '\n';
    case kLocWord: return isWordLocale(ch);
    case kLocNotWord: return !isWordLocale(ch);
    case kUniDigit: return unicode::isDecimal(ch);
    case kUniNotDigit: return !unicode::isDecimal(ch);
    case kUniSpace: return unicode::isSpace(ch);
    case kUniNotSpace: return !unicode::isSpace(ch);
    case kUniWord: return isWordUnicode(ch);
    case kUniNotWord: return !isWordUnicode(ch);
    case kUniLinebreak: return unicode::isLinebreak(ch);
    case kUniNotLinebreak: return !unicode::isLinebreak(ch);
    default: return false;
  }
}

namespace {

bool bitAt(const Code* bits, Code index) { return (bits[index >> 5] >> (index & 31)) & 1; }

// set: behind the opcode. 64 words of block numbers, then the blocks.
bool inBigCharset(const Code* set, Code ch) {
  if (ch >= 0x10000) return false;
  Code block = reinterpret_cast<const uint8_t*>(set + 1)[ch >> 8];
  return bitAt(set + 65 + block * 8, ch & 255);
}

bool inRangeUniIgnore(Code low, Code high, Code ch) {
  if (low <= ch && ch <= high) return true;
  Code upper = upperUnicode(ch);
  return low <= upper && upper <= high;
}

// Words of a set item, its opcode included.
Code itemSize(const Code* item) {
  switch (*item) {
    case kLiteral:
    case kCategory: return 2;
    case kRange:
    case kRangeUniIgnore: return 3;
    case kCharset: return 9;
    case kBigCharset: return 66 + item[1] * 8;
    default: return 1;
  }
}

}  // namespace

bool inSet(const Code* set, Code ch) {
  bool inside = true;
  for (;; set += itemSize(set)) {
    bool found = false;
    switch (*set) {
      case kFailure: return !inside;
      case kNegate: inside = !inside; break;
      case kLiteral: found = ch == set[1]; break;
      case kCategory: found = inCategory(set[1], ch); break;
      case kRange: found = set[1] <= ch && ch <= set[2]; break;
      case kRangeUniIgnore: found = inRangeUniIgnore(set[1], set[2], ch); break;
      case kCharset: found = ch < 256 && bitAt(set + 1, ch); break;
      case kBigCharset: found = inBigCharset(set + 1, ch); break;
      default: return false;
    }
    if (found) return inside;
  }
}

bool isLocaleFree(const Code* set) {
  for (; *set != kFailure; set += itemSize(set)) {
    if (*set == kCategory && (set[1] == kLocWord || set[1] == kLocNotWord)) return false;
  }
  return true;
}

}  // namespace krait::sre
