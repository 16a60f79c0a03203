// Locale at start-up: PEP 538 coercion of the C locale, PEP 540 UTF-8 mode, and the resulting file system
// encoding.
#pragma once

#include "core/interpreter.h"

namespace krait {

// Sets UTF-8 mode for the C locale too.
void coerceCLocale(Config& config);
// PYTHONCOERCECLOCALE=warn and the locale is still C.
void warnAboutCLocale(bool ignore_environment);
void chooseEncodings(Config& config);
// Normalised name of the locale's encoding, "utf-8" for UTF-8.
std::string localeEncoding();

}  // namespace krait
