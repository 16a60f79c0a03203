// The code that the standard library's re/_compiler.py emits (MAGIC 20220615): opcodes, positions,
// categories, flags.
#pragma once

#include <cstdint>

namespace krait::sre {

using Code = uint32_t;
constexpr long kMagic = 20220615;
constexpr Code kMaxRepeat = UINT32_MAX;  // "no upper bound"
constexpr long kMaxGroups = INT32_MAX / 2;

enum Op : Code {
  kFailure,
  kSuccess,
  kAny,
  kAnyAll,
  kAssert,
  kAssertNot,
  kAt,
  kBranch,
  kCategory,
  kCharset,
  kBigCharset,
  kGroupRef,
  kGroupRefExists,
  kIn,
  kInfo,
  kJump,
  kLiteral,
  kMark,
  kMaxUntil,
  kMinUntil,
  kNotLiteral,
  kNegate,
  kRange,
  kRepeat,
  kRepeatOne,
  kSubPattern,
  kMinRepeatOne,
  kAtomicGroup,
  kPossessiveRepeat,
  kPossessiveRepeatOne,
  kGroupRefIgnore,
  kInIgnore,
  kLiteralIgnore,
  kNotLiteralIgnore,
  kGroupRefLocIgnore,
  kInLocIgnore,
  kLiteralLocIgnore,
  kNotLiteralLocIgnore,
  kGroupRefUniIgnore,
  kInUniIgnore,
  kLiteralUniIgnore,
  kNotLiteralUniIgnore,
  kRangeUniIgnore,
};

// Instructions that match one character.
constexpr bool isUnit(Code op) {
  switch (op) {
    case kAny:
    case kAnyAll:
    case kLiteral:
    case kNotLiteral:
    case kIn:
    case kLiteralIgnore:
    case kNotLiteralIgnore:
    case kInIgnore:
    case kLiteralUniIgnore:
    case kNotLiteralUniIgnore:
    case kInUniIgnore:
    case kLiteralLocIgnore:
    case kNotLiteralLocIgnore:
    case kInLocIgnore: return true;
    default: return false;
  }
}

enum At : Code {
  kAtBeginning,
  kAtBeginningLine,
  kAtBeginningString,
  kAtBoundary,
  kAtNonBoundary,
  kAtEnd,
  kAtEndLine,
  kAtEndString,
  kAtLocBoundary,
  kAtLocNonBoundary,
  kAtUniBoundary,
  kAtUniNonBoundary,
  kAtCount,
};

enum Category : Code {
  kDigit,
  kNotDigit,
  kSpace,
  kNotSpace,
  kWord,
  kNotWord,
  kLinebreak,
  kNotLinebreak,
  kLocWord,
  kLocNotWord,
  kUniDigit,
  kUniNotDigit,
  kUniSpace,
  kUniNotSpace,
  kUniWord,
  kUniNotWord,
  kUniLinebreak,
  kUniNotLinebreak,
  kCategoryCount,
};

constexpr Code kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4;
constexpr int kFlagTemplate = 1, kFlagIgnoreCase = 2, kFlagLocale = 4, kFlagMultiline = 8, kFlagDotAll = 16,
              kFlagUnicode = 32, kFlagVerbose = 64, kFlagDebug = 128, kFlagAscii = 256;

}  // namespace krait::sre
