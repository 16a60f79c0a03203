#include "parser/token.h"

#include <cstring>
#include <initializer_list>

namespace krait::parser {

namespace {

struct Word {
  const char* text;
  uint8_t length;
  Tok type;
  Soft soft;
};

constexpr uint8_t lengthOf(const char* text) {
  uint8_t n = 0;
  while (text[n]) n++;
  return n;
}

constexpr Word kWords[] = {
#define KR_KEYWORD(name, text) {text, lengthOf(text), Tok::K##name, Soft::None},
#include "parser/token.def"
    {"async", 5, Tok::Async, Soft::None},  {"await", 5, Tok::Await, Soft::None},
    {"match", 5, Tok::Name, Soft::Match},  {"case", 4, Tok::Name, Soft::Case},
    {"_", 1, Tok::Name, Soft::Underscore},
};

constexpr uint32_t kSlots = 128;

constexpr uint32_t slotOf(const char* text, uint32_t length, uint32_t a, uint32_t b) {
  auto first = static_cast<unsigned char>(text[0]);
  auto second = static_cast<unsigned char>(text[length > 1 ? 1 : 0]);
  auto last = static_cast<unsigned char>(text[length - 1]);
  return (first * a + second * b + last + length * 3) & (kSlots - 1);
}

struct Table {
  uint32_t a = 0, b = 0;
  int8_t index[kSlots] = {};
};

// Searches multipliers under which no two words share a slot: at most one comparison per lookup.
constexpr Table makeTable() {
  for (uint32_t a = 1; a < 64; a++) {
    for (uint32_t b = 1; b < 64; b++) {
      Table table{a, b, {}};
      for (auto& slot : table.index) slot = -1;
      bool clash = false;
      int8_t i = 0;
      for (const Word& word : kWords) {
        auto& slot = table.index[slotOf(word.text, word.length, a, b)];
        clash = clash || slot >= 0;
        slot = i++;
      }
      if (!clash) return table;
    }
  }
  return {};
}

constexpr Table kTable = makeTable();
static_assert(kTable.a != 0, "a perfect hash exists");

}  // namespace

Tok keywordType(const char* text, uint32_t length, Soft* soft) {
  *soft = Soft::None;
  if (length > 8) return Tok::Name;
  int index = kTable.index[slotOf(text, length, kTable.a, kTable.b)];
  if (index < 0) return Tok::Name;
  const Word& word = kWords[index];
  if (word.length != length || std::memcmp(word.text, text, length) != 0) return Tok::Name;
  *soft = word.soft;
  return word.type;
}

const char* tokenText(Tok type) {
  switch (type) {
#define KR_TOKEN(name, number, text) \
  case Tok::name: return text;
#define KR_KEYWORD(name, text) \
  case Tok::K##name: return text;
#include "parser/token.def"
    default: return "";
  }
}

}  // namespace krait::parser
