#include "base/unicode/database.h"

#include <cstdio>

#define KR_UNICODE_DECLARED_TABLES
#include "base/unicode/tables.h"

namespace krait::unicode {
namespace {

// `mapping` is one of the four case fields of the character's record.
int mapCase(char32_t c, const CharRecord& record, int32_t mapping, char32_t out[3]) {
  if (!(record.flags & kSpecialCase)) {
    out[0] = c + mapping;
    return 1;
  }
  int count = mapping >> 24;
  for (int i = 0; i < count; i++) out[i] = kSpecialCases[(mapping & 0xFFFFFF) + i];
  return count;
}

char32_t mapSimply(char32_t c, const CharRecord& record, int32_t mapping) {
  if (!(record.flags & kSpecialCase)) return c + mapping;
  return kSpecialCases[mapping & 0xFFFFFF];
}

bool isOldUnassigned(char32_t c, Version version) { return version == Version::kOld && !isOldAssigned(c); }

template <size_t n>
uint32_t valueIn(Version version, const Delta (&deltas)[n], char32_t c, uint32_t current) {
  if (version == Version::kCurrent) return current;
  const Delta* delta = findRange(deltas, c);
  return delta ? delta->value : current;
}

}  // namespace

int toLower(char32_t c, char32_t out[3]) {
  auto& record = charRecord(c);
  return mapCase(c, record, record.lower, out);
}
int toUpper(char32_t c, char32_t out[3]) {
  auto& record = charRecord(c);
  return mapCase(c, record, record.upper, out);
}
int toTitle(char32_t c, char32_t out[3]) {
  auto& record = charRecord(c);
  return mapCase(c, record, record.title, out);
}
int toFold(char32_t c, char32_t out[3]) {
  auto& record = charRecord(c);
  return mapCase(c, record, record.fold, out);
}

char32_t simpleLower(char32_t c) {
  auto& record = charRecord(c);
  return mapSimply(c, record, record.lower);
}
char32_t simpleUpper(char32_t c) {
  auto& record = charRecord(c);
  return mapSimply(c, record, record.upper);
}
char32_t simpleTitle(char32_t c) {
  auto& record = charRecord(c);
  return mapSimply(c, record, record.title);
}

int toDecimal(char32_t c) {
  auto& record = charRecord(c);
  return record.flags & kDecimal ? record.decimal : -1;
}
int toDigit(char32_t c) {
  auto& record = charRecord(c);
  return record.flags & kDigit ? record.digit : -1;
}
double toNumeric(char32_t c) { return kNumericValues[propertyRecord(c).numeric]; }

std::string_view category(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return kCategoryNames[0];
  return kCategoryNames[valueIn(version, kOldCategories, c, propertyRecord(c).category)];
}
std::string_view bidirectional(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return kBidirectionalNames[0];
  return kBidirectionalNames[valueIn(version, kOldBidirectionals, c, propertyRecord(c).bidirectional)];
}
std::string_view eastAsianWidth(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return kWidthNames[0];
  return kWidthNames[valueIn(version, kOldWidths, c, propertyRecord(c).width)];
}
int combining(char32_t c, Version version) {
  return isOldUnassigned(c, version) ? 0 : propertyRecord(c).combining;
}
bool mirrored(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return false;
  return valueIn(version, kOldMirrored, c, propertyRecord(c).mirrored) != 0;
}

int decimalValue(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return -1;
  return static_cast<int>(valueIn(version, kOldDecimals, c, static_cast<uint32_t>(toDecimal(c))));
}
double numericValue(char32_t c, Version version) { return isOldUnassigned(c, version) ? -1.0 : toNumeric(c); }

std::string decomposition(char32_t c, Version version) {
  if (isOldUnassigned(c, version)) return {};
  auto [tag, chars] = decompositionOf(c);
  std::string text(kDecompositionTags[tag]);
  for (char32_t each : chars) {
    char digits[12];
    std::snprintf(digits, sizeof digits, text.empty() ? "%04X" : " %04X", static_cast<unsigned>(each));
    text += digits;
  }
  return text;
}

}  // namespace krait::unicode
