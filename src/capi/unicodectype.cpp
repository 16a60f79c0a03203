// Properties of characters: _PyUnicode_IsX and _PyUnicode_ToX.
#include "abi/object.h"
#include "base/macros.h"
#include "base/unicode/database.h"

using namespace krait;

namespace {

int full(int (*map)(char32_t, char32_t[3]), Py_UCS4 c, Py_UCS4* out) {
  char32_t mapped[3];
  int count = map(c, mapped);
  for (int i = 0; i < count; i++) out[i] = mapped[i];
  return count;
}

}  // namespace

KR_EXPORT const unsigned char _Py_ascii_whitespace[128] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0,
                                                           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1};

KR_EXPORT int _PyUnicode_IsAlpha(Py_UCS4 c) { return unicode::isAlpha(c); }
KR_EXPORT int _PyUnicode_IsDecimalDigit(Py_UCS4 c) { return unicode::isDecimal(c); }
KR_EXPORT int _PyUnicode_IsDigit(Py_UCS4 c) { return unicode::isDigit(c); }
KR_EXPORT int _PyUnicode_IsNumeric(Py_UCS4 c) { return unicode::isNumeric(c); }
KR_EXPORT int _PyUnicode_IsLowercase(Py_UCS4 c) { return unicode::isLower(c); }
KR_EXPORT int _PyUnicode_IsUppercase(Py_UCS4 c) { return unicode::isUpper(c); }
KR_EXPORT int _PyUnicode_IsTitlecase(Py_UCS4 c) { return unicode::isTitle(c); }
KR_EXPORT int _PyUnicode_IsWhitespace(Py_UCS4 c) { return unicode::isSpace(c); }
KR_EXPORT int _PyUnicode_IsLinebreak(Py_UCS4 c) { return unicode::isLinebreak(c); }
KR_EXPORT int _PyUnicode_IsPrintable(Py_UCS4 c) { return unicode::isPrintable(c); }
KR_EXPORT int _PyUnicode_IsXidStart(Py_UCS4 c) { return unicode::isXidStart(c); }
KR_EXPORT int _PyUnicode_IsXidContinue(Py_UCS4 c) { return unicode::isXidContinue(c); }
KR_EXPORT int _PyUnicode_IsCased(Py_UCS4 c) { return unicode::isCased(c); }
KR_EXPORT int _PyUnicode_IsCaseIgnorable(Py_UCS4 c) { return unicode::isCaseIgnorable(c); }
KR_EXPORT Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 c) { return unicode::simpleLower(c); }
KR_EXPORT Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 c) { return unicode::simpleUpper(c); }
KR_EXPORT Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 c) { return unicode::simpleTitle(c); }
// The full mappings: one to three characters, how many is the answer.
KR_EXPORT int _PyUnicode_ToLowerFull(Py_UCS4 c, Py_UCS4* out) { return full(unicode::toLower, c, out); }
KR_EXPORT int _PyUnicode_ToUpperFull(Py_UCS4 c, Py_UCS4* out) { return full(unicode::toUpper, c, out); }
KR_EXPORT int _PyUnicode_ToTitleFull(Py_UCS4 c, Py_UCS4* out) { return full(unicode::toTitle, c, out); }
KR_EXPORT int _PyUnicode_ToFoldedFull(Py_UCS4 c, Py_UCS4* out) { return full(unicode::toFold, c, out); }
KR_EXPORT int _PyUnicode_ToDecimalDigit(Py_UCS4 c) { return unicode::toDecimal(c); }
KR_EXPORT int _PyUnicode_ToDigit(Py_UCS4 c) { return unicode::toDigit(c); }
KR_EXPORT double _PyUnicode_ToNumeric(Py_UCS4 c) { return unicode::toNumeric(c); }
