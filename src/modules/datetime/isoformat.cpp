// Reading ISO 8601 text, as fromisoformat() accepts it.
#include <algorithm>

#include "modules/datetime/datetime.h"

namespace krait::modules {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// Walks over fixed-width fields.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}
  bool atEnd() const { return at_ == text_.size(); }
  size_t left() const { return text_.size() - at_; }
  char peek() const { return atEnd() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c || atEnd()) return false;
    at_++;
    return true;
  }
  bool number(size_t width, int* out) {
    if (left() < width) return false;
    *out = 0;
    for (size_t i = 0; i < width; i++) {
      char c = text_[at_ + i];
      if (!isDigit(c)) return false;
      *out = *out * 10 + (c - '0');
    }
    at_ += width;
    return true;
  }
  char next() { return atEnd() ? '\0' : text_[at_++]; }
  void back() { at_--; }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

bool parseWeekDate(Fields& fields, int year, bool separated, CivilDate* out) {
  IsoWeek iso{year, 0, 1};
  if (!fields.number(2, &iso.week)) return false;
  if (!fields.atEnd()) {
    if (separated && !fields.take('-')) return false;
    if (!fields.number(1, &iso.weekday)) return false;
  }
  return fields.atEnd() && dateOfIsoWeek(iso, out) == 0;
}

// Up to six digits count; more are read over.
bool parseFraction(Fields& fields, int* micros) {
  size_t width = std::min<size_t>(fields.left(), 6);
  if (width == 0 || !fields.number(width, micros)) return false;
  for (size_t i = width; i < 6; i++) *micros *= 10;
  while (isDigit(fields.peek())) fields.next();
  return fields.atEnd();
}

bool parseClock(std::string_view text, ClockTime* out) {
  Fields fields(text);
  int* parts[] = {&out->hour, &out->minute, &out->second};
  bool separated = true;
  for (int i = 0; i < 3; i++) {
    if (!fields.number(2, parts[i])) return false;
    if (fields.atEnd()) return true;
    char c = fields.next();
    if (i == 0) separated = c == ':';
    if (separated && c == ':') {
      if (fields.atEnd()) return false;
      if (i == 2) return false;
      continue;
    }
    if (c == '.' || c == ',') return parseFraction(fields, &out->microsecond);
    if (separated) return false;
    fields.back();
  }
  return fields.atEnd();
}

}  // namespace

bool parseIsoDate(std::string_view text, CivilDate* out) {
  Fields fields(text);
  if (!fields.number(4, &out->year)) return false;
  bool separated = fields.take('-');
  if (fields.take('W')) return parseWeekDate(fields, out->year, separated, out);
  if (!fields.number(2, &out->month)) return false;
  if (separated && !fields.take('-')) return false;
  return fields.number(2, &out->day) && fields.atEnd();
}

bool parseIsoTime(std::string_view text, IsoTime* out) {
  size_t zone = text.find_first_of("+-Z");
  if (!parseClock(text.substr(0, zone), &out->clock)) return false;
  if (zone == text.npos) return true;
  out->has_zone = true;
  if (text[zone] == 'Z') return zone + 1 == text.size();
  ClockTime offset;
  if (!parseClock(text.substr(zone + 1), &offset)) return false;
  int sign = text[zone] == '-' ? -1 : 1;
  out->offset_seconds = sign * secondOfDay(offset);
  out->offset_micros = sign * offset.microsecond;
  return true;
}

size_t isoSeparator(std::string_view text) {
  if (text.size() == 7) return 7;
  auto digit = [&](size_t i) { return i < text.size() && isDigit(text[i]); };
  if (text[4] == '-') {
    if (text[5] != 'W') return 10;
    // YYYY-Www, with or without a weekday.
    if (text.size() < 8) return text.npos;
    if (text.size() > 8 && text[8] == '-') {
      if (text.size() == 9) return text.npos;
      return text.size() > 10 && digit(10) ? 8 : 10;
    }
    return 8;
  }
  if (text[4] != 'W') return 8;
  // YYYYWww: how many digits follow tells whether the weekday is given.
  size_t at = 7;
  while (digit(at)) at++;
  if (at < 9) return at;
  return at % 2 == 0 ? 7 : 8;
}

std::string_view isoBytes(StrObject* text, std::string* room) {
  if (text->isAscii()) return text->asciiView();
  room->reserve(static_cast<size_t>(text->size()));
  for (Py_ssize_t i = 0; i < text->size(); i++) {
    Py_UCS4 c = text->at(i);
    *room += c < 0x80 ? static_cast<char>(c) : '\x80';
  }
  return *room;
}

}  // namespace krait::modules
