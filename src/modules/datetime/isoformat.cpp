// Reading ISO 8601 text, as fromisoformat() accepts it.
#include <algorithm>

#include "base/text/utf8.h"
#include "core/errors.h"
#include "modules/datetime/datetime.h"
#include "types/str_builder.h"

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
  if (year >= kMinYear) return dateOfIsoWeek(iso, out) == 0;
  *out = {kMinYear, 0, 0};  // year 0 has weeks, but no dates: refused when one is made
  return iso.week >= 1 && iso.week <= 52 && iso.weekday >= 1 && iso.weekday <= 7;
}

enum class ClockEnd { kMalformed, kReached, kRestIgnored };

// Up to six digits count; more are read over.
ClockEnd parseFraction(Fields& fields, int* micros) {
  size_t width = std::min<size_t>(fields.left(), 6);
  if (!fields.number(width, micros)) return ClockEnd::kMalformed;
  for (size_t i = width; i < 6; i++) *micros *= 10;
  while (isDigit(fields.peek())) fields.next();
  return fields.peek() == '\0' ? ClockEnd::kReached : ClockEnd::kRestIgnored;
}

// Reads what datetime's C code reads, which is more than ISO 8601: a third colon starts a fraction, so do
// digits behind HHMMSS, and one separator may end the text. What is left over then is an error only where no
// zone follows.
ClockEnd parseClock(std::string_view text, ClockTime* out) {
  Fields fields(text);
  int* parts[] = {&out->hour, &out->minute, &out->second};
  bool separated = true;
  for (int i = 0; i < 3; i++) {
    if (!fields.number(2, parts[i])) return ClockEnd::kMalformed;
    if (fields.atEnd()) return ClockEnd::kReached;
    char c = fields.next();
    if (i == 0) separated = c == ':';
    if (fields.atEnd()) return c == '\0' ? ClockEnd::kReached : ClockEnd::kRestIgnored;
    if (separated && c == ':') continue;
    if (c == '.' || c == ',') break;
    if (separated) return ClockEnd::kMalformed;
    fields.back();
  }
  return parseFraction(fields, &out->microsecond);
}

}  // namespace

// What follows a date without separators within the ten characters of one with them is not looked at.
bool parseIsoDate(std::string_view text, CivilDate* out) {
  Fields fields(text);
  if (!fields.number(4, &out->year)) return false;
  bool separated = fields.take('-');
  if (fields.take('W')) return parseWeekDate(fields, out->year, separated, out);
  if (!fields.number(2, &out->month)) return false;
  if (separated && !fields.take('-')) return false;
  return fields.number(2, &out->day);
}

bool parseIsoTime(std::string_view text, IsoTime* out) {
  size_t zone = text.find_first_of("+-Z");
  ClockEnd end = parseClock(text.substr(0, zone), &out->clock);
  if (end == ClockEnd::kMalformed) return false;
  if (zone == text.npos) return end == ClockEnd::kReached;
  out->has_zone = true;
  if (text[zone] == 'Z') return zone + 1 == text.size() || text[zone + 1] == '\0';  // a null ends the text
  ClockTime offset;
  if (parseClock(text.substr(zone + 1), &offset) != ClockEnd::kReached) return false;
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

Result<std::string_view> isoBytes(StrObject* text, PyObject* given) {
  Result<std::string_view> bytes = strUtf8(text);
  if (!bytes.failed() || !pendingMatches(PyExc_UnicodeEncodeError)) return bytes;
  clearPending();
  return badIsoFormat(given);
}

Result<Ref<StrObject>> isoWithPlainSeparator(StrObject* text) {
  for (Py_ssize_t at : {7, 8, 10}) {
    if (at >= text->size() || !text::isSurrogate(text->at(at))) continue;
    StrBuilder out;
    out.append(text, 0, at);
    out.append('T');
    out.append(text, at + 1, text->size());
    return out.finish();
  }
  return share(text);
}

}  // namespace krait::modules
