#include "parser/utf8_text.h"

#include <cstdio>
#include <cstring>

namespace krait::parser {

namespace {

constexpr const char* kBadStart = "invalid start byte";
constexpr const char* kBadContinuation = "invalid continuation byte";
constexpr const char* kTruncated = "unexpected end of data";

struct Step {
  size_t length;       // bytes consumed, valid or not
  const char* reason;  // null when valid
};

bool isAsciiWord(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return (word & 0x8080808080808080u) == 0;
}

// The allowed range of the second byte after `lead`.
void secondByteRange(unsigned char lead, unsigned char* low, unsigned char* high) {
  *low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  *high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
}

Step stepSequence(const unsigned char* p, size_t left) {
  unsigned char lead = p[0];
  if (lead < 0x80) return {1, nullptr};
  if (lead < 0xC2 || lead > 0xF4) return {1, kBadStart};
  size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char low, high;
  secondByteRange(lead, &low, &high);
  for (size_t i = 1; i < need; i++) {
    if (i >= left) return {i, kTruncated};
    if (p[i] < (i == 1 ? low : 0x80) || p[i] > (i == 1 ? high : 0xBF)) return {i, kBadContinuation};
  }
  return {need, nullptr};
}

}  // namespace

Utf8Error utf8Check(std::string_view text) {
  auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && isAsciiWord(text.data() + i)) {
      i += 8;
      continue;
    }
    Step step = stepSequence(begin + i, text.size() - i);
    if (step.reason) return {i, i + step.length, step.reason};
    i += step.length;
  }
  return {};
}

std::string utf8ErrorMessage(std::string_view text, const Utf8Error& error) {
  char buffer[160];
  if (error.end - error.start == 1) {
    std::snprintf(buffer, sizeof buffer, "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                  static_cast<unsigned char>(text[error.start]), error.start, error.reason);
  } else {
    std::snprintf(buffer, sizeof buffer, "'utf-8' codec can't decode bytes in position %zu-%zu: %s",
                  error.start, error.end - 1, error.reason);
  }
  return buffer;
}

std::string utf8Replace(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  for (size_t i = 0; i < text.size();) {
    Step step = stepSequence(begin + i, text.size() - i);
    if (step.reason) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(text, i, step.length);
    }
    i += step.length;
  }
  return out;
}

int utf8Length(std::string_view text) {
  auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  int count = 0;
  for (size_t i = 0; i < text.size(); count++) i += stepSequence(begin + i, text.size() - i).length;
  return count;
}

char32_t utf8Next(const char** p) {
  auto* s = reinterpret_cast<const unsigned char*>(*p);
  if (s[0] < 0x80) {
    *p += 1;
    return s[0];
  }
  if (s[0] < 0xE0) {
    *p += 2;
    return static_cast<char32_t>((s[0] & 0x1F) << 6 | (s[1] & 0x3F));
  }
  if (s[0] < 0xF0) {
    *p += 3;
    return static_cast<char32_t>((s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 | (s[2] & 0x3F));
  }
  *p += 4;
  return static_cast<char32_t>((s[0] & 0x07) << 18 | (s[1] & 0x3F) << 12 | (s[2] & 0x3F) << 6 |
                               (s[3] & 0x3F));
}

void utf8Append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

}  // namespace krait::parser
