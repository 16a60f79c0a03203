// repr() and ascii() of strings.
#include "base/unicode/database.h"
#include "types/str_builder.h"
#include "types/str_methods.h"

namespace krait {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

void appendHex(StrBuilder& out, char letter, Py_UCS4 c, int digits) {
  out.append('\\');
  out.append(letter);
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.append(kHexDigits[c >> shift & 15]);
}

void appendEscaped(StrBuilder& out, Py_UCS4 c) {
  if (c < 0x100)
    appendHex(out, 'x', c, 2);
  else if (c < 0x10000)
    appendHex(out, 'u', c, 4);
  else
    appendHex(out, 'U', c, 8);
}

// Single quotes unless the text has those and no double ones.
char quoteFor(const StrObject* s) {
  bool single = strFindChar(s, '\'', 0, PY_SSIZE_T_MAX, 1) >= 0;
  return single && strFindChar(s, '"', 0, PY_SSIZE_T_MAX, 1) < 0 ? '"' : '\'';
}

void appendReprChar(StrBuilder& out, Py_UCS4 c, char quote) {
  if (c == static_cast<Py_UCS4>(quote) || c == '\\') {
    out.append('\\');
    out.append(c);
  } else if (c == '\t') {
    out.append("\\t");
  } else if (c == '\n') {
    out.append("\\n");
  } else if (c == '\r') {
    out.append("\\r");
  } else if (c < ' ' || c == 0x7f || (c >= 0x80 && !unicode::isPrintable(c))) {
    appendEscaped(out, c);
  } else {
    out.append(c);
  }
}

bool isShownAsIs(Py_UCS4 c, char quote) {
  if (c < 0x80) return c >= ' ' && c != 0x7f && c != '\\' && c != static_cast<Py_UCS4>(quote);
  return unicode::isPrintable(c);
}

// Runs of characters that need no escape are copied at once.
void appendReprBody(StrBuilder& out, const StrObject* s, char quote) {
  withChars(s, [&](auto* chars, Py_ssize_t size) {
    for (Py_ssize_t at = 0; at < size;) {
      Py_ssize_t end = at;
      while (end < size && isShownAsIs(chars[end], quote)) end++;
      out.append(s, at, end);
      if (end < size) appendReprChar(out, chars[end], quote);
      at = end + 1;
    }
  });
}

// ASCII text that stands between single quotes as it is. Without an early end: most texts are such.
bool isPlainAscii(const StrObject* s) {
  if (!s->isAscii()) return false;
  bool escapes = false;
  for (char c : s->asciiView()) escapes |= (c < ' ') | (c == 0x7f) | (c == '\\') | (c == '\'');
  return !escapes;
}

Result<Ref<StrObject>> quoteAscii(std::string_view text) {
  Ref<StrObject> repr = TRY(strNew(static_cast<Py_ssize_t>(text.size()) + 2, 0x7f));
  auto* out = static_cast<char*>(repr->data());
  *out = '\'';
  text.copy(out + 1, text.size());
  out[1 + text.size()] = '\'';
  return repr;
}

}  // namespace

Result<Ref<StrObject>> strRepr(StrObject* s) {
  if (isPlainAscii(s)) return quoteAscii(s->asciiView());
  char quote = quoteFor(s);
  StrBuilder out;
  out.reserve(s->size() + 2);
  out.append(quote);
  appendReprBody(out, s, quote);
  return out.finish(quote);
}

Result<Ref<StrObject>> objectAscii(PyObject* object) {
  Ref<StrObject> repr = TRY(objectRepr(object));
  if (repr->isAscii()) return repr;
  StrBuilder out;
  withChars(repr.get(), [&](auto* chars, Py_ssize_t size) {
    for (Py_ssize_t at = 0; at < size;) {
      Py_ssize_t end = at;
      while (end < size && chars[end] < 0x80) end++;
      out.appendUnits(repr->kind(), chars, at, end - at, 0x7f);
      if (end < size) appendEscaped(out, chars[end]);
      at = end + 1;
    }
  });
  return out.finish();
}

}  // namespace krait
