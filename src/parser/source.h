// Source bytes to the text the lexer reads: newlines, byte order mark, PEP 263 cookies, encodings.
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

DecodedSource decodeSource(std::string_view source, const Options& options);

}  // namespace krait::parser
