// Backslash escapes of string and bytes literals.
#include <cstdio>

#include "base/unicode/database.h"
#include "parser/char_class.h"
#include "parser/literal.h"
#include "parser/utf8_text.h"

namespace krait::parser {

namespace {

// The escapes that stand for one character; -1 for the others.
int simpleEscape(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    default: return -1;
  }
}

// \ooo with up to three digits; p is after the first one's position.
int octalEscape(const char** p, const char* end) {
  int value = 0;
  for (int i = 0; i < 3 && *p < end && **p >= '0' && **p <= '7'; i++) value = value * 8 + (*(*p)++ - '0');
  return value;
}

int hexDigit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

// Where a byte of the body stands in the text that CPython hands to its codec: there a character outside
// ASCII is written as \UXXXXXXXX, and a backslash before one (or at the end) as \u005c.
size_t codecPosition(std::string_view body, size_t index) {
  size_t position = 0;
  const char* p = body.data();
  const char* target = p + index;
  const char* end = p + body.size();
  while (p < target) {
    if (*p == '\\') {
      p++, position++;
      bool alone = p >= end || (*p & 0x80);
      if (alone) position += 5;
      if (alone && p >= end) break;
      if (p >= target) break;
    }
    if (*p & 0x80) {
      utf8Next(&p);
      position += 10;
    } else {
      p++, position++;
    }
  }
  return position;
}

class TextEscapes {
 public:
  TextEscapes(const Callbacks* callbacks, std::string_view body, std::string& out, std::string* message,
              const char** bad_escape)
      : callbacks_(callbacks),
        body_(body),
        end_(body.data() + body.size()),
        out_(out),
        message_(message),
        bad_escape_(bad_escape) {}

  bool decode() {
    const char* p = body_.data();
    while (p < end_) {
      if (*p == '\\') {
        if (!escape(&p)) return false;
      } else if (*p & 0x80) {
        if (!copyRun(&p)) return false;
      } else {
        out_ += *p++;
      }
    }
    return true;
  }

 private:
  // A stretch of characters outside ASCII; only source given as bytes can be invalid here.
  bool copyRun(const char** p) {
    const char* start = *p;
    while (*p < end_ && (**p & 0x80)) ++*p;
    std::string_view run(start, static_cast<size_t>(*p - start));
    if (Utf8Error bad = utf8Check(run); bad.reason) {
      *message_ = utf8ErrorMessage(run, bad);
      return false;
    }
    out_ += run;
    return true;
  }

  bool fail(const char* start, const char* stop, const char* reason) {
    size_t from = codecPosition(body_, static_cast<size_t>(start - body_.data()));
    size_t to = codecPosition(body_, static_cast<size_t>(stop - body_.data()));
    char buffer[160];
    if (to - from == 1) {
      std::snprintf(buffer, sizeof buffer, "'unicodeescape' codec can't decode byte 0x5c in position %zu: %s",
                    from, reason);
    } else {
      std::snprintf(buffer, sizeof buffer, "'unicodeescape' codec can't decode bytes in position %zu-%zu: %s",
                    from, to - 1, reason);
    }
    *message_ = buffer;
    return false;
  }

  bool hexEscape(const char* start, const char** p, int digits, const char* reason) {
    char32_t value = 0;
    for (; digits > 0; digits--, ++*p) {
      if (*p >= end_ || !isHexChar(static_cast<unsigned char>(**p))) return fail(start, *p, reason);
      value = value << 4 | static_cast<char32_t>(hexDigit(**p));
    }
    if (value > 0x10FFFF) return fail(start, *p, "illegal Unicode character");
    utf8Append(out_, value);
    return true;
  }

  bool namedEscape(const char* start, const char** p) {
    if (callbacks_ && callbacks_->has_character_names && !callbacks_->has_character_names()) {
      *message_ = "\\N escapes not supported (can't load unicodedata module)";
      return false;
    }
    const char* s = *p;
    if (s >= end_ || *s != '{') return fail(start, s, "malformed \\N character escape");
    const char* name = ++s;
    while (s < end_ && *s != '}') s++;
    if (s == name || s >= end_) return fail(start, s, "malformed \\N character escape");
    int32_t found = unicode::lookupName({name, static_cast<size_t>(s - name)});
    *p = ++s;
    if (found < 0) return fail(start, s, "unknown Unicode character name");
    utf8Append(out_, static_cast<char32_t>(found));
    return true;
  }

  bool escape(const char** p) {
    const char* start = (*p)++;
    if (*p >= end_ || (**p & 0x80)) {
      out_ += '\\';
      return true;
    }
    char c = **p;
    if (int simple = simpleEscape(c); simple >= 0) {
      out_ += static_cast<char>(simple);
      ++*p;
      return true;
    }
    if (c >= '0' && c <= '7') {
      int value = octalEscape(p, end_);
      if (value > 0377 && !*bad_escape_) *bad_escape_ = start + 1;
      utf8Append(out_, static_cast<char32_t>(value));
      return true;
    }
    ++*p;
    switch (c) {
      case '\n': return true;
      case 'x': return hexEscape(start, p, 2, "truncated \\xXX escape");
      case 'u': return hexEscape(start, p, 4, "truncated \\uXXXX escape");
      case 'U': return hexEscape(start, p, 8, "truncated \\UXXXXXXXX escape");
      case 'N': return namedEscape(start, p);
      default:
        if (!*bad_escape_) *bad_escape_ = start + 1;
        out_ += '\\';
        out_ += c;
        return true;
    }
  }

  const Callbacks* callbacks_;
  std::string_view body_;
  const char* end_;
  std::string& out_;
  std::string* message_;
  const char** bad_escape_;
};

}  // namespace

bool decodeTextEscapes(const Callbacks* callbacks, std::string_view body, std::string& out,
                       std::string* message, const char** bad_escape) {
  return TextEscapes(callbacks, body, out, message, bad_escape).decode();
}

bool decodeBytesEscapes(std::string_view body, std::string& out, std::string* message,
                        const char** bad_escape) {
  const char* p = body.data();
  const char* end = p + body.size();
  while (p < end) {
    if (*p != '\\') {
      out += *p++;
      continue;
    }
    const char* start = p++;
    if (p >= end) {
      *message = "Trailing \\ in string";
      return false;
    }
    char c = *p;
    if (int simple = simpleEscape(c); simple >= 0) {
      out += static_cast<char>(simple);
      p++;
    } else if (c >= '0' && c <= '7') {
      int value = octalEscape(&p, end);
      if (value > 0377 && !*bad_escape) *bad_escape = start + 1;
      out += static_cast<char>(value);
    } else if (c == '\n') {
      p++;
    } else if (c == 'x') {
      bool valid = p + 2 < end && isHexChar(static_cast<unsigned char>(p[1])) &&
                   isHexChar(static_cast<unsigned char>(p[2]));
      if (!valid) {
        *message = "invalid \\x escape at position " + std::to_string(start - body.data());
        return false;
      }
      out += static_cast<char>(hexDigit(p[1]) * 16 + hexDigit(p[2]));
      p += 3;
    } else {
      if (!*bad_escape) *bad_escape = p;
      out += '\\';
      out += c;
      p++;
    }
  }
  return true;
}

}  // namespace krait::parser
