// Case conversion and the is... predicates.
#include <vector>

#include "base/unicode/database.h"
#include "types/str_methods.h"

namespace krait {
namespace {

constexpr char32_t kCapitalSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2;

bool isAsciiLower(uint8_t c) { return c >= 'a' && c <= 'z'; }
bool isAsciiUpper(uint8_t c) { return c >= 'A' && c <= 'Z'; }
uint8_t asciiLower(uint8_t c) { return isAsciiUpper(c) ? c + 32 : c; }
uint8_t asciiUpper(uint8_t c) { return isAsciiLower(c) ? c - 32 : c; }

// A capital sigma ends a word when a cased letter precedes it and none follows, case-ignorable ones apart.
bool isFinalSigma(const StrObject* s, Py_ssize_t at) {
  Py_ssize_t before = at - 1, after = at + 1;
  while (before >= 0 && unicode::isCaseIgnorable(s->at(before))) before--;
  if (before < 0 || !unicode::isCased(s->at(before))) return false;
  while (after < s->size() && unicode::isCaseIgnorable(s->at(after))) after++;
  return after == s->size() || !unicode::isCased(s->at(after));
}

int lowerAt(const StrObject* s, Py_ssize_t at, char32_t out[3]) {
  char32_t c = s->at(at);
  if (c != kCapitalSigma) return unicode::toLower(c, out);
  out[0] = isFinalSigma(s, at) ? kFinalSigma : kSmallSigma;
  return 1;
}

// One ASCII character at a time; f(c, index) -> c.
template <class F>
Result<Ref<StrObject>> mapAscii(StrObject* s, F f) {
  Ref<StrObject> result = TRY(strNew(s->size(), 0x7f));
  if (s->size() == 0) return result;
  auto* in = static_cast<const uint8_t*>(s->data());
  auto* out = static_cast<uint8_t*>(result->data());
  for (Py_ssize_t i = 0, n = s->size(); i < n; i++) out[i] = f(in[i], i);
  return result;
}

// f(index, out) -> count, for each character.
template <class F>
Result<Ref<StrObject>> mapFull(StrObject* s, F f) {
  auto size = static_cast<size_t>(s->size());
  if (size > PY_SSIZE_T_MAX / 12) return raise(PyExc_OverflowError, "string is too long");
  auto chars = TRY(MemArray<char32_t>::make(size * 3));
  Py_ssize_t at = 0;
  for (Py_ssize_t i = 0; i < s->size(); i++) at += f(i, chars.get() + at);
  return strFromKind(4, chars.get(), at);
}

template <class Test>
bool everyChar(const StrObject* s, Test test) {
  if (s->size() == 0) return false;
  return withChars(s, [&](auto* chars, Py_ssize_t size) {
    for (Py_ssize_t i = 0; i < size; i++)
      if (!test(chars[i])) return false;
    return true;
  });
}

// Cased characters must all be `wanted`, and there must be one.
template <class Wanted, class Unwanted>
bool isAllCased(const StrObject* s, Wanted wanted, Unwanted unwanted) {
  bool seen = false;
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    Py_UCS4 c = s->at(i);
    if (unwanted(c) || unicode::isTitle(c)) return false;
    if (!seen && wanted(c)) seen = true;
  }
  return seen;
}

}  // namespace

Result<Ref<StrObject>> strLower(StrObject* self) {
  if (self->isAscii()) return mapAscii(self, [](uint8_t c, Py_ssize_t) { return asciiLower(c); });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) { return lowerAt(self, i, out); });
}

Result<Ref<StrObject>> strUpper(StrObject* self) {
  if (self->isAscii()) return mapAscii(self, [](uint8_t c, Py_ssize_t) { return asciiUpper(c); });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) { return unicode::toUpper(self->at(i), out); });
}

Result<Ref<StrObject>> strCasefold(StrObject* self) {
  if (self->isAscii()) return mapAscii(self, [](uint8_t c, Py_ssize_t) { return asciiLower(c); });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) { return unicode::toFold(self->at(i), out); });
}

Result<Ref<StrObject>> strCapitalize(StrObject* self) {
  if (self->isAscii())
    return mapAscii(self, [](uint8_t c, Py_ssize_t i) { return i == 0 ? asciiUpper(c) : asciiLower(c); });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) {
    return i == 0 ? unicode::toTitle(self->at(0), out) : lowerAt(self, i, out);
  });
}

Result<Ref<StrObject>> strTitle(StrObject* self) {
  bool in_word = false;
  if (self->isAscii())
    return mapAscii(self, [&](uint8_t c, Py_ssize_t) {
      uint8_t mapped = in_word ? asciiLower(c) : asciiUpper(c);
      in_word = isAsciiLower(c) || isAsciiUpper(c);
      return mapped;
    });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) {
    char32_t c = self->at(i);
    int count = in_word ? lowerAt(self, i, out) : unicode::toTitle(c, out);
    in_word = unicode::isCased(c);
    return count;
  });
}

Result<Ref<StrObject>> strSwapcase(StrObject* self) {
  if (self->isAscii())
    return mapAscii(self,
                    [](uint8_t c, Py_ssize_t) { return isAsciiUpper(c) ? asciiLower(c) : asciiUpper(c); });
  return mapFull(self, [&](Py_ssize_t i, char32_t* out) {
    char32_t c = self->at(i);
    if (unicode::isUpper(c)) return lowerAt(self, i, out);
    if (unicode::isLower(c)) return unicode::toUpper(c, out);
    out[0] = c;
    return 1;
  });
}

bool strIsAlnum(StrObject* self) { return everyChar(self, unicode::isAlnum); }
bool strIsAlpha(StrObject* self) { return everyChar(self, unicode::isAlpha); }
bool strIsAsciiMethod(StrObject* self) { return self->isAscii(); }
bool strIsDecimal(StrObject* self) { return everyChar(self, unicode::isDecimal); }
bool strIsDigit(StrObject* self) { return everyChar(self, unicode::isDigit); }
bool strIsNumeric(StrObject* self) { return everyChar(self, unicode::isNumeric); }
bool strIsSpace(StrObject* self) { return everyChar(self, unicode::isSpace); }
bool strIsPrintable(StrObject* self) { return self->size() == 0 || everyChar(self, unicode::isPrintable); }
bool strIsLower(StrObject* self) { return isAllCased(self, unicode::isLower, unicode::isUpper); }
bool strIsUpper(StrObject* self) { return isAllCased(self, unicode::isUpper, unicode::isLower); }

bool strIsTitle(StrObject* self) {
  bool in_word = false, seen = false;
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Py_UCS4 c = self->at(i);
    if (unicode::isUpper(c) || unicode::isTitle(c)) {
      if (in_word) return false;
      in_word = seen = true;
    } else if (unicode::isLower(c)) {
      if (!in_word) return false;
      seen = true;
    } else {
      in_word = false;
    }
  }
  return seen;
}

bool strIsIdentifier(const StrObject* s) {
  if (s->size() == 0) return false;
  Py_UCS4 first = s->at(0);
  if (first != '_' && !unicode::isXidStart(first)) return false;
  for (Py_ssize_t i = 1; i < s->size(); i++)
    if (!unicode::isXidContinue(s->at(i))) return false;
  return true;
}
bool strIsIdentifierMethod(StrObject* self) { return strIsIdentifier(self); }

}  // namespace krait
