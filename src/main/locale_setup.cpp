#include "main/locale_setup.h"

#include <langinfo.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace krait {
namespace {

bool isCLocale(const char* name) {
  return name && (std::strcmp(name, "C") == 0 || std::strcmp(name, "POSIX") == 0);
}

bool tryCoerce(const char* target, bool warn) {
  if (!std::setlocale(LC_CTYPE, target)) return false;
  if (setenv("LC_CTYPE", target, 1) != 0) return false;
  if (warn) {
    std::fprintf(stderr,
                 "Python detected LC_CTYPE=C: LC_CTYPE coerced to %.20s (set another locale or "
                 "PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n",
                 target);
  }
  std::setlocale(LC_ALL, "");
  return true;
}

bool wantsLocaleWarning(bool ignore_environment) {
  const char* setting = ignore_environment ? nullptr : std::getenv("PYTHONCOERCECLOCALE");
  return setting && std::strcmp(setting, "warn") == 0;
}

}  // namespace

void warnAboutCLocale(bool ignore_environment) {
  if (!wantsLocaleWarning(ignore_environment) || !isCLocale(std::setlocale(LC_CTYPE, nullptr))) return;
  std::fputs(
      "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause "
      "Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative "
      "Unicode-compatible locales is recommended.\n",
      stderr);
}

void coerceCLocale(Config& config) {
  bool ignore_environment = config.ignore_environment != 0;
  std::setlocale(LC_CTYPE, "");
  config.utf8_mode = isCLocale(std::setlocale(LC_CTYPE, nullptr));
  const char* setting = ignore_environment ? nullptr : std::getenv("PYTHONCOERCECLOCALE");
  bool off = setting && std::strcmp(setting, "0") == 0;
  bool warn = wantsLocaleWarning(ignore_environment);
  const char* all = std::getenv("LC_ALL");
  if (off || !isCLocale(std::setlocale(LC_CTYPE, nullptr)) || (all && *all)) return;
  for (const char* target : {"C.UTF-8", "C.utf8", "UTF-8"}) {
    if (tryCoerce(target, warn)) return;
  }
}

std::string localeEncoding() {
  std::string name = nl_langinfo(CODESET);
  if (name.empty()) return "utf-8";
  if (name == "ANSI_X3.4-1968") return "ascii";
  if (strcasecmp(name.c_str(), "utf-8") == 0 || strcasecmp(name.c_str(), "utf8") == 0) return "utf-8";
  return name;
}

void chooseEncodings(Config& config) {
  config.fs_encoding = config.utf8_mode ? "utf-8" : localeEncoding();
  config.fs_errors = "surrogateescape";
  if (config.stdio_encoding.empty()) config.stdio_encoding = config.utf8_mode ? "utf-8" : localeEncoding();
  if (!config.stdio_errors.empty()) return;
  const char* ctype = std::setlocale(LC_CTYPE, nullptr);
  bool lenient = isCLocale(ctype) || config.utf8_mode ||
                 (ctype && (std::strcmp(ctype, "C.UTF-8") == 0 || std::strcmp(ctype, "C.utf8") == 0 ||
                            std::strcmp(ctype, "UTF-8") == 0));
  config.stdio_errors = lenient ? "surrogateescape" : "strict";
}

}  // namespace krait
