// UTF-8 helpers of the front end: strict decoding with Python's error reasons, replacement, counting, WTF-8
// output.
#pragma once

#include <string>
#include <string_view>

namespace krait::parser {

struct Utf8Error {
  size_t start = 0;              // first bad byte
  size_t end = 0;                // past the bad sequence
  const char* reason = nullptr;  // null: the text is valid
};

// Checks strictly (no surrogates, nothing above U+10FFFF).
Utf8Error utf8Check(std::string_view text);
// The codec's message: "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte".
std::string utf8ErrorMessage(std::string_view text, const Utf8Error& error);
// Invalid sequences become U+FFFD, as errors="replace" does.
std::string utf8Replace(std::string_view text);
// Number of code points of decode(errors="replace").
int utf8Length(std::string_view text);
// Decodes the code point at *p (text known to be valid or WTF-8) and advances.
char32_t utf8Next(const char** p);
// Appends a code point; surrogates in their three-byte form.
void utf8Append(std::string& out, char32_t c);

}  // namespace krait::parser
