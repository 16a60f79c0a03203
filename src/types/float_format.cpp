// Text of floats: float("..."), repr and round(x, n).
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "base/float_text.h"
#include "base/unicode/database.h"
#include "core/buffer.h"
#include "core/errors.h"
#include "core/object.h"
#include "core/scratch.h"
#include "types/bytes.h"
#include "types/float.h"

namespace krait {
namespace {

bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

// Copies without underscores; false when one does not stand between two digits.
Result<bool> withoutUnderscores(std::string_view text, CharBuffer& out) {
  TRY(reserveScratch(out, text.size()));
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] != '_') {
      out.append(text[i]);
      continue;
    }
    if (i == 0 || i + 1 == text.size() || !isDigit(text[i - 1]) || !isDigit(text[i + 1])) return false;
  }
  return true;
}

Status asciiForm(StrObject* text, CharBuffer& out) {
  TRY(reserveScratch(out, static_cast<size_t>(text->size())));
  for (Py_ssize_t i = 0; i < text->size(); i++) {
    Py_UCS4 ch = text->at(i);
    int digit = ch < 128 ? -1 : unicode::toDecimal(ch);
    out.append(ch < 128               ? static_cast<char>(ch)
               : digit >= 0           ? static_cast<char>('0' + digit)
               : unicode::isSpace(ch) ? ' '
                                      : '?');
  }
  return {};
}

Result<Ref<FloatObject>> parseOrRaise(std::string_view text, PyObject* shown) {
  double value;
  if (TRY(doubleFromText(trimmed(text), &value))) return floatNew(value);
  return raise(PyExc_ValueError, "could not convert string to float: %R", shown);
}

Result<Ref<FloatObject>> parseBytes(std::string_view text, PyObject* shown) {
  return parseOrRaise(text, shown);
}

}  // namespace

Result<bool> doubleFromText(std::string_view text, double* out) {
  CharBuffer clean;
  if (text.find('_') != text.npos) {
    if (!TRY(withoutUnderscores(text, clean))) return false;
    text = {clean.data(), clean.size()};
  }
  ParsedDouble parsed = doubleParse(text.data(), text.data() + text.size());
  *out = parsed.value;
  return !text.empty() && parsed.end == text.data() + text.size();
}

Result<Ref<FloatObject>> floatFromStr(PyObject* source) {
  if (isStr(source)) {
    auto* text = cast<StrObject>(source);
    if (text->isAscii()) return parseOrRaise(text->asciiView(), source);
    CharBuffer ascii;
    TRY(asciiForm(text, ascii));
    return parseOrRaise({ascii.data(), ascii.size()}, source);
  }
  if (isBytes(source)) return parseBytes(cast<BytesObject>(source)->view(), source);
  if (isByteArray(source)) {
    auto* array = cast<ByteArrayObject>(source);
    return parseBytes({array->ob_start, static_cast<size_t>(array->ob_size)}, source);
  }
  auto acquired = Buffer::acquire(source);
  if (acquired.failed()) {
    clearPending();
    return raise(PyExc_TypeError, "float() argument must be a string or a real number, not '%.200s'",
                 typeName(source));
  }
  Buffer buffer = std::move(acquired).take();
  return parseBytes({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())},
                    source);
}

Result<Ref<StrObject>> floatRepr(FloatObject* v) {
  CharBuffer out;
  doubleRepr(out, v->value);
  return strFromAscii({out.data(), out.size()});
}

Result<Ref<>> floatRoundDigits(double value, long digits) {
  if (!std::isfinite(value) || value == 0.0) return floatNew(value);
  // Beyond these numbers of decimals every double is exact already, or rounds to zero.
  constexpr long kAllExact = 323, kAllZero = -308;
  if (digits > kAllExact) return floatNew(value);
  if (digits < kAllZero) return floatNew(0.0 * value);
  CharBuffer text;
  if (digits >= 0) {
    doubleToText(text, value, {.type = 'f', .precision = static_cast<int>(digits)});
    return floatNew(doubleParse(text.begin(), text.end()).value);
  }
  // Positions left of the point: round the scientific form to the digits above that place.
  CharBuffer exact;
  doubleToText(exact, std::fabs(value), {.type = 'e', .precision = 400});
  std::string_view shown(exact.data(), exact.size());
  size_t mark = shown.find('e');
  exact.append('\0');
  long significant = std::atoi(exact.data() + mark + 1) + 1 + digits;
  if (significant >= 1) {
    doubleToText(text, value, {.type = 'e', .precision = static_cast<int>(significant) - 1});
  } else {
    bool above_half =
        shown[0] > '5' || (shown[0] == '5' && shown.substr(2, mark - 2).find_first_not_of('0') != shown.npos);
    text.append(std::signbit(value) ? '-' : '+');
    text.append(significant == 0 && above_half ? '1' : '0');
    char tail[8];
    text.append(tail, std::snprintf(tail, sizeof tail, "e%ld", -digits));
  }
  ParsedDouble rounded = doubleParse(text.begin(), text.end());
  if (rounded.overflow) return raise(PyExc_OverflowError, "rounded value too large to represent");
  return floatNew(rounded.value);
}

}  // namespace krait
