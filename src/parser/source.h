// Source that is given as a whole, to the text the lexer reads: newlines, byte order mark, PEP 263 cookies,
// encodings. What cannot be decoded is an error before any other; for scripts see script_text.h.
#pragma once

#include <string>

#include "parser/parse.h"

namespace krait::parser {

struct DecodedSource {
  bool ok = false;
  std::string text;      // UTF-8 (perhaps invalid when no encoding was declared), '\n' newlines
  std::string encoding;  // declared or implied: error columns count characters; empty: they count bytes
  Diagnostic error;
};

// '\r\n' and '\r' become '\n'.
std::string translateNewlines(std::string_view source);

DecodedSource decodeSource(std::string_view source, const Options& options);

}  // namespace krait::parser
