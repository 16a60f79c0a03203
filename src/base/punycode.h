// Punycode (RFC 3492) of a UTF-8 text, as names of extension modules' init functions need it.
#pragma once

#include <string>
#include <string_view>

namespace krait {

std::string punycodeEncode(std::string_view utf8);

}  // namespace krait
