// Text in the encoding of the C locale, as the `locale` codec and command line arguments use it.
//
// UTF-8 mode stands in for the locale unless the current locale is asked for. Nothing here needs the GIL.
#pragma once

#include <string>

namespace krait {

// The numbers are CPython's.
enum class LocaleErrors : int {
  kUnknown = 0,
  kStrict = 1,
  kSurrogateEscape = 2,
  kReplace = 3,
  kIgnore = 4,
  kBackslashReplace = 5,
  kSurrogatePass = 6,
  kXmlCharRefReplace = 7,
  kOther = 8,
};
LocaleErrors localeErrorsByName(const char* name);  // null: strict

enum class LocaleStatus : int { kOk = 0, kBadText = -2, kUnsupported = -3 };
template <class Text>
struct LocaleAnswer {
  LocaleStatus status = LocaleStatus::kOk;
  Text text;
  size_t position = 0;  // of what could not be converted
  const char* reason = nullptr;
};
using WideAnswer = LocaleAnswer<std::wstring>;
using NarrowAnswer = LocaleAnswer<std::string>;

// Handlers: strict and surrogateescape; in UTF-8 mode surrogatepass too.
WideAnswer localeDecode(const char* text, bool current_locale, LocaleErrors errors);
NarrowAnswer localeEncode(const wchar_t* text, bool current_locale, LocaleErrors errors);

}  // namespace krait
