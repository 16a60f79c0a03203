#include "capi/locale_codec.h"

#include <climits>
#include <cstring>
#include <cwchar>

#include "core/interpreter.h"

namespace krait {
namespace {

struct HandlerName {
  const char* name;
  LocaleErrors errors;
};
constexpr HandlerName kHandlers[] = {
    {"strict", LocaleErrors::kStrict},
    {"surrogateescape", LocaleErrors::kSurrogateEscape},
    {"replace", LocaleErrors::kReplace},
    {"ignore", LocaleErrors::kIgnore},
    {"backslashreplace", LocaleErrors::kBackslashReplace},
    {"surrogatepass", LocaleErrors::kSurrogatePass},
    {"xmlcharrefreplace", LocaleErrors::kXmlCharRefReplace},
};

bool isSurrogate(wchar_t ch) { return ch >= 0xd800 && ch <= 0xdfff; }
bool isEscaped(wchar_t ch) { return ch >= 0xdc80 && ch <= 0xdcff; }
bool usesUtf8(bool current_locale) { return !current_locale && interpreter().config.utf8_mode > 0; }

bool isSupported(LocaleErrors errors, bool utf8) {
  return errors == LocaleErrors::kStrict || errors == LocaleErrors::kSurrogateEscape ||
         (utf8 && errors == LocaleErrors::kSurrogatePass);
}

// One character: its bytes, 0 when they are none (surrogates only if allowed).
size_t utf8Character(const char* text, bool surrogates, wchar_t* out) {
  auto* p = reinterpret_cast<const unsigned char*>(text);
  if (p[0] < 0x80) return *out = p[0], 1;
  size_t size = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
  if (p[0] < 0xc2 || p[0] > 0xf4) return 0;
  uint32_t ch = p[0] & (0x7f >> size);
  for (size_t i = 1; i < size; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
    ch = ch << 6 | (p[i] & 0x3f);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  *out = static_cast<wchar_t>(ch);
  bool valid = ch >= kSmallest[size] && ch <= 0x10ffff && (surrogates || !isSurrogate(*out));
  return valid ? size : 0;
}

size_t localeCharacter(const char* text, size_t left, wchar_t* out) {
  mbstate_t state{};
  size_t used = std::mbrtowc(out, text, left, &state);
  return used == static_cast<size_t>(-1) || used == static_cast<size_t>(-2) || isSurrogate(*out) ? 0 : used;
}

void appendUtf8(std::string& out, uint32_t ch) {
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | (ch >> shift & 0x3f)); };
  if (ch < 0x80) {
    out += static_cast<char>(ch);
  } else if (ch < 0x800) {
    out += static_cast<char>(0xc0 | ch >> 6), tail(0);
  } else if (ch < 0x10000) {
    out += static_cast<char>(0xe0 | ch >> 12), tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | ch >> 18), tail(12), tail(6), tail(0);
  }
}

bool appendCharacter(std::string& out, wchar_t ch, bool utf8, bool surrogates) {
  if (isSurrogate(ch) && !surrogates) return false;
  if (utf8) return appendUtf8(out, static_cast<uint32_t>(ch)), true;
  char bytes[MB_LEN_MAX];
  mbstate_t state{};
  size_t size = std::wcrtomb(bytes, ch, &state);
  if (size == static_cast<size_t>(-1)) return false;
  out.append(bytes, size);
  return true;
}

}  // namespace

LocaleErrors localeErrorsByName(const char* name) {
  if (!name) return LocaleErrors::kStrict;
  for (const HandlerName& handler : kHandlers) {
    if (std::strcmp(name, handler.name) == 0) return handler.errors;
  }
  return LocaleErrors::kOther;
}

WideAnswer localeDecode(const char* text, bool current_locale, LocaleErrors errors) {
  WideAnswer answer;
  bool utf8 = usesUtf8(current_locale);
  if (!isSupported(errors, utf8)) return answer.status = LocaleStatus::kUnsupported, answer;
  size_t size = std::strlen(text);
  for (size_t at = 0; at < size;) {
    wchar_t ch = 0;
    size_t used = utf8 ? utf8Character(text + at, errors == LocaleErrors::kSurrogatePass, &ch)
                       : localeCharacter(text + at, size - at, &ch);
    if (used == 0 && errors != LocaleErrors::kSurrogateEscape) {
      answer.status = LocaleStatus::kBadText, answer.position = at, answer.reason = "decoding error";
      return answer;
    }
    answer.text += used ? ch : static_cast<wchar_t>(0xdc00 + static_cast<unsigned char>(text[at]));
    at += used ? used : 1;
  }
  return answer;
}

NarrowAnswer localeEncode(const wchar_t* text, bool current_locale, LocaleErrors errors) {
  NarrowAnswer answer;
  bool utf8 = usesUtf8(current_locale);
  if (!isSupported(errors, utf8)) return answer.status = LocaleStatus::kUnsupported, answer;
  for (size_t at = 0; text[at]; at++) {
    if (errors == LocaleErrors::kSurrogateEscape && isEscaped(text[at])) {
      answer.text += static_cast<char>(text[at] & 0xff);
    } else if (!appendCharacter(answer.text, text[at], utf8, errors == LocaleErrors::kSurrogatePass)) {
      answer.status = LocaleStatus::kBadText, answer.position = at, answer.reason = "encoding error";
      return answer;
    }
  }
  return answer;
}

}  // namespace krait
