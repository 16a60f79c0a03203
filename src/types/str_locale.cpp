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

}  // namespace krait
