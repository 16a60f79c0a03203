// co_exceptiontable: where execution continues when an instruction raises.
//
// Entries are sorted and do not overlap; positions are code units. Numbers are big-endian groups of six bits,
// the first byte of an entry carrying the top bit. The reader accepts any bytes: a truncated entry ends the
// table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace krait {

struct ExceptionEntry {
  int start = 0;
  int end = 0;              // exclusive
  int target = 0;           // the handler's first unit
  int depth = 0;            // the stack is cut to this depth,
  bool push_lasti = false;  // then the raising instruction's offset is pushed if so, then the exception
};

void exceptionEntryAppend(std::vector<uint8_t>& table, const ExceptionEntry& entry);

class ExceptionTableReader {
 public:
  explicit ExceptionTableReader(std::span<const uint8_t> table)
      : next_(table.data()), end_(table.data() + table.size()) {}

  // False at the end of the table.
  bool next(ExceptionEntry& entry);

 private:
  int number();

  const uint8_t* next_;
  const uint8_t* end_;
};

// The entry covering code unit `unit`.
std::optional<ExceptionEntry> exceptionEntryFind(std::span<const uint8_t> table, int unit);

}  // namespace krait
