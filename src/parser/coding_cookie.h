// PEP 263: the comment in one of the first two lines that names a source's encoding.
#pragma once

#include <string>
#include <string_view>

namespace krait::parser {

// The encoding that a comment line names ("" when none), in its normal spelling. *ends_search: the line holds
// something besides a comment, so that the next one is not asked.
std::string cookieOf(std::string_view line, bool* ends_search);

// That of a whole source, whose newlines are '\n'.
std::string findCookie(std::string_view text);

}  // namespace krait::parser
