// Text in the encoding of the C locale (LC_CTYPE); bytes that it cannot express become lone surrogates.
#pragma once

#include "types/str.h"

namespace krait {

Result<Ref<StrObject>> strFromLocale(std::string_view bytes);

}  // namespace krait
