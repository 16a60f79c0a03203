// NULL-terminated arrays of C strings for exec and spawn, with the memory behind them.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace krait::modules::posix {

class StringVector {
 public:
  // argv: strings, bytes or paths; at least one, the first not empty (ValueError naming `function`).
  static Result<StringVector> fromSequence(PyObject* sequence, const char* function);
  // "KEY=value" for a mapping; keys without '='.
  static Result<StringVector> fromEnvironment(PyObject* mapping);
  Status add(std::string text);
  Result<char* const*> data();

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

}  // namespace krait::modules::posix
