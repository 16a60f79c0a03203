#include "bytecode/location_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/macros.h"

namespace krait {
namespace {

// Entry forms: the four bits below the start mark of an entry's first byte.
enum Form : int {
  kShort = 0,     // 0..9: column / 8; one line, narrow
  kOneLine = 10,  // 10..12: line advance; both columns a byte each
  kNoColumns = 13,
  kLong = 14,
  kNone = 15,
};
constexpr int kMaxUnits = 8;

}  // namespace

void LocationWriter::begin(int form, int units) {
  KR_ASSERT(units > 0 && units <= kMaxUnits, "an entry covers 1 to 8 units");
  bytes_.push_back(static_cast<uint8_t>(0x80 | (form << 3) | (units - 1)));
}

void LocationWriter::varint(unsigned value) {
  while (value >= 64) {
    bytes_.push_back(static_cast<uint8_t>(0x40 | (value & 63)));
    value >>= 6;
  }
  bytes_.push_back(static_cast<uint8_t>(value));
}

void LocationWriter::signedVarint(int value) {
  varint(value < 0 ? ((0u - static_cast<unsigned>(value)) << 1) | 1 : static_cast<unsigned>(value) << 1);
}

void LocationWriter::append(const SourceRange& range, int units) {
  for (; units > kMaxUnits; units -= kMaxUnits) appendEntry(range, kMaxUnits);
  appendEntry(range, units);
}

void LocationWriter::appendEntry(const SourceRange& range, int units) {
  if (range.line < 0) return begin(kNone, units);
  int advance = range.line - line_;
  line_ = range.line;
  bool one_line = range.end_line == range.line;
  if (range.column < 0 || range.end_column < 0) {
    if (one_line || range.end_line == -1) {
      begin(kNoColumns, units);
      return signedVarint(advance);
    }
  } else if (one_line) {
    int width = range.end_column - range.column;
    if (advance == 0 && range.column < 80 && width >= 0 && width < 16) {
      begin(kShort + (range.column >> 3), units);
      bytes_.push_back(static_cast<uint8_t>(((range.column & 7) << 4) | width));
      return;
    }
    if (advance >= 0 && advance < 3 && range.column < 128 && range.end_column < 128) {
      begin(kOneLine + advance, units);
      bytes_.push_back(static_cast<uint8_t>(range.column));
      bytes_.push_back(static_cast<uint8_t>(range.end_column));
      return;
    }
  }
  begin(kLong, units);
  signedVarint(advance);
  varint(static_cast<unsigned>(range.end_line - range.line));
  varint(static_cast<unsigned>(range.column + 1));
  varint(static_cast<unsigned>(range.end_column + 1));
}

unsigned LocationReader::varint() {
  unsigned value = 0;
  for (int shift = 0;; shift += 6) {
    int piece = byte();
    if (shift < 32) value |= static_cast<unsigned>(piece & 63) << shift;
    if (!(piece & 0x40)) return value;
  }
}

int LocationReader::signedVarint() {
  unsigned value = varint();
  int magnitude = static_cast<int>(value >> 1);
  return (value & 1) ? -magnitude : magnitude;
}

bool LocationReader::next() {
  if (next_ >= end_) return false;
  int first = *next_++;
  start_ += units_;
  units_ = (first & 7) + 1;
  readForm((first >> 3) & 15);
  while (next_ < end_ && !(*next_ & 0x80)) next_++;  // whatever a malformed entry left over
  return true;
}

void LocationReader::readForm(int form) {
  switch (form) {
    case kNone: range_ = {}; return;
    case kNoColumns:
      line_ += signedVarint();
      range_ = {line_, line_, -1, -1};
      return;
    case kLong: {
      line_ += signedVarint();
      int end_line = line_ + static_cast<int>(varint());
      int column = static_cast<int>(varint()) - 1;
      range_ = {line_, end_line, column, static_cast<int>(varint()) - 1};
      return;
    }
    case kOneLine:
    case kOneLine + 1:
    case kOneLine + 2: {
      line_ += form - kOneLine;
      int column = byte();
      range_ = {line_, line_, column, byte()};
      return;
    }
    default: {
      int second = byte();
      int column = (form << 3) | (second >> 4);
      range_ = {line_, line_, column, column + (second & 15)};
      return;
    }
  }
}

SourceRange locationAt(std::span<const uint8_t> table, int first_line, int unit) {
  LocationReader reader(table, first_line);
  while (reader.next()) {
    if (unit < reader.end()) return reader.range();
  }
  return {};
}

// Only the first byte of an entry has its high bit set.
static const uint8_t* nextEntry(const uint8_t* at, const uint8_t* end) {
  constexpr uint64_t kHighBits = 0x8080808080808080;
  for (uint64_t bytes; end - at >= 8; at += 8) {
    std::memcpy(&bytes, at, 8);
    if (bytes &= kHighBits) return at + std::countr_zero(bytes) / 8;
  }
  while (at < end && !(*at & 0x80)) at++;
  return at;
}

int lineAt(std::span<const uint8_t> table, int first_line, int unit) {
  const uint8_t *at = table.data(), *end = at + table.size();
  int line = first_line, start = 0;
  while (at < end) {
    int form = (*at >> 3) & 15;
    start += (*at++ & 7) + 1;
    if (form == kLong || form == kNoColumns) {
      unsigned value = 0, shift = 0;
      const uint8_t* digit = at;
      do {
        if (digit == end) return -1;
        value |= static_cast<unsigned>(*digit & 63) << shift;
        shift += 6;
      } while (*digit++ & 64 && shift < 32);
      int delta = static_cast<int>(value >> 1);
      line += value & 1 ? -delta : delta;
    } else if (form >= kOneLine && form < kOneLine + 3) {
      line += form - kOneLine;
    }
    if (unit < start) return form == kNone ? -1 : line;
    at = nextEntry(at, end);
  }
  return -1;
}

}  // namespace krait
