// Text in the encoding of the C locale (LC_CTYPE), with surrogateescape for what it cannot express.
#include <langinfo.h>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "core/scratch.h"
#include "types/codecs.h"
#include "types/locale_text.h"
#include "types/str_builder.h"
#include "types/str_internal.h"

namespace krait {
namespace {

bool isUtf8Locale() {
  const char* codeset = nl_langinfo(CODESET);
  return std::strcmp(codeset, "UTF-8") == 0;
}

}  // namespace

Result<Ref<StrObject>> strFromLocale(std::string_view bytes) {
  if (isUtf8Locale()) return decodeUtf8(bytes, "surrogateescape");
  StrBuilder out;
  std::mbstate_t state{};
  for (size_t at = 0; at < bytes.size();) {
    wchar_t unit;
    size_t used = std::mbrtowc(&unit, bytes.data() + at, bytes.size() - at, &state);
    if (used == 0) used = 1;  // a NUL character
    if (used > bytes.size()) {
      out.append(static_cast<Py_UCS4>(0xDC00 + static_cast<uint8_t>(bytes[at++])));
      state = {};
      continue;
    }
    out.append(static_cast<Py_UCS4>(unit));
    at += used;
  }
  return out.finish();
}

Result<std::string> strToLocale(StrObject* s) {
  if (isUtf8Locale()) return scratchText(TRY(encodeUtf8(s, "surrogateescape"))->view());
  std::string out;
  std::mbstate_t state{};
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    Py_UCS4 c = s->at(i);
    char text[16];
    if (c >= 0xDC80 && c <= 0xDCFF) {
      TRY(pushMore(out, static_cast<char>(c - 0xDC00)));
      continue;
    }
    size_t used = std::wcrtomb(text, static_cast<wchar_t>(c), &state);
    if (used == static_cast<size_t>(-1))
      return raise(PyExc_UnicodeError,
                   "character U+%x at position %zd cannot be expressed in the locale's encoding", c, i);
    TRY(appendMore(out, {text, used}));
  }
  return out;
}

}  // namespace krait
