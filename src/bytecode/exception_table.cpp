#include "bytecode/exception_table.h"

#include "base/macros.h"

namespace krait {
namespace {

constexpr int kStartMark = 0x80;
constexpr int kMoreMark = 0x40;

void appendNumber(std::vector<uint8_t>& table, unsigned value, int mark) {
  KR_ASSERT(value < (1u << 30), "positions fit five groups of six bits");
  int shift = 24;
  while (shift > 0 && (value >> shift) == 0) shift -= 6;
  for (; shift >= 0; shift -= 6) {
    int piece = static_cast<int>((value >> shift) & 63);
    table.push_back(static_cast<uint8_t>(piece | (shift > 0 ? kMoreMark : 0) | mark));
    mark = 0;
  }
}

}  // namespace

void exceptionEntryAppend(std::vector<uint8_t>& table, const ExceptionEntry& entry) {
  appendNumber(table, static_cast<unsigned>(entry.start), kStartMark);
  appendNumber(table, static_cast<unsigned>(entry.end - entry.start), 0);
  appendNumber(table, static_cast<unsigned>(entry.target), 0);
  appendNumber(table, static_cast<unsigned>(entry.depth << 1 | (entry.push_lasti ? 1 : 0)), 0);
}

int ExceptionTableReader::number() {
  unsigned value = 0;
  while (next_ < end_) {
    int piece = *next_++;
    value = (value << 6) | static_cast<unsigned>(piece & 63);
    if (!(piece & kMoreMark)) break;
  }
  return static_cast<int>(value & 0x3fffffff);
}

bool ExceptionTableReader::next(ExceptionEntry& entry) {
  if (next_ >= end_) return false;
  entry.start = number();
  entry.end = entry.start + number();
  if (next_ >= end_) return false;
  entry.target = number();
  if (next_ >= end_) return false;
  int depth_and_lasti = number();
  entry.depth = depth_and_lasti >> 1;
  entry.push_lasti = (depth_and_lasti & 1) != 0;
  return true;
}

std::optional<ExceptionEntry> exceptionEntryFind(std::span<const uint8_t> table, int unit) {
  ExceptionTableReader reader(table);
  ExceptionEntry entry;
  while (reader.next(entry) && entry.start <= unit) {
    if (unit < entry.end) return entry;
  }
  return std::nullopt;
}

}  // namespace krait
