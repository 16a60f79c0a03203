// The bytes of a script as CPython's tokenizer reads them from a file: line by line. What cannot be read is
// an error at its line, later than those of the lines before it; nulls cut lines short.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/parse.h"

namespace krait::parser {

struct ScriptText {
  std::string text;      // UTF-8 (perhaps invalid when an encoding was declared), '\n' newlines
  std::string encoding;  // declared or implied by a byte order mark; empty: none
  // Where a line that begins with a null is left out (offsets in the text, once for each such line): between
  // two tokens its reader answers "the end" once and then goes on; within a token that is the end.
  std::vector<size_t> gaps;
  std::optional<ReadFailure> failure;  // the line behind the text cannot be read
  std::string
      shown;  // of a script on stdin: the lines that errors show; nulls make them more than those of `text`
};

ScriptText readScript(std::string_view bytes, const Options& options);

}  // namespace krait::parser
