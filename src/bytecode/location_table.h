// co_linetable: which source range each code unit came from (PEP 626, PEP 657).
//
// One entry per instruction (split at 8 units), each relative to the line of the one before, starting from
// co_firstlineno. The reader accepts any bytes: a truncated entry ends the table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace krait {

// Lines count from 1, columns are UTF-8 byte offsets from 0; -1 means unknown. line < 0: no location at all.
struct SourceRange {
  int line = -1;
  int end_line = -1;
  int column = -1;
  int end_column = -1;

  bool operator==(const SourceRange&) const = default;
};

class LocationWriter {
 public:
  explicit LocationWriter(int first_line) : line_(first_line) {}

  // Appends the entries for one instruction of `units` code units.
  void append(const SourceRange& range, int units);
  std::vector<uint8_t> take() && { return std::move(bytes_); }

 private:
  void appendEntry(const SourceRange& range, int units);
  void begin(int form, int units);
  void varint(unsigned value);
  void signedVarint(int value);

  std::vector<uint8_t> bytes_;
  int line_;
};

class LocationReader {
 public:
  LocationReader(std::span<const uint8_t> table, int first_line)
      : next_(table.data()), end_(table.data() + table.size()), line_(first_line) {}

  // Moves to the next entry; false at the end of the table.
  bool next();

  // Of the current entry, in code units.
  int start() const { return start_; }
  int end() const { return start_ + units_; }
  const SourceRange& range() const { return range_; }
  // The line that the next entry counts from; unlike range().line known even where there is no location.
  int computedLine() const { return line_; }

 private:
  int byte() { return next_ < end_ ? *next_++ : 0; }
  unsigned varint();
  int signedVarint();
  void readForm(int form);

  const uint8_t* next_;
  const uint8_t* end_;
  int line_;
  int start_ = 0;
  int units_ = 0;
  SourceRange range_;
};

// The range of the instruction holding code unit `unit`; no location when the table does not reach it.
SourceRange locationAt(std::span<const uint8_t> table, int first_line, int unit);
// Only its line, which most entries say without being read to their end.
int lineAt(std::span<const uint8_t> table, int first_line, int unit);

}  // namespace krait
