// The left edge of what is printed inside an exception group: two spaces and a bar per level.
#pragma once

#include <string>

#include "core/text_out.h"

namespace krait {

struct Margin {
  int depth = 0;  // of exception groups

  std::string spaces() const { return std::string(static_cast<size_t>(depth) * 2, ' '); }
  std::string text() const { return depth ? spaces() + "| " : std::string(); }
  Status write(PyObject* file) const { return depth ? fileWrite(file, text()) : Status{}; }
};

// `header` is written as it is (it has its own margin).
Status printTracebackWithMargin(PyObject* file, PyObject* traceback, const Margin& margin,
                                std::string_view header);

}  // namespace krait
