// unicode_escape, raw_unicode_escape and the escapes of bytes literals.
#include <string>

#include "base/unicode/database.h"
#include "types/capsule.h"
#include "types/codec_errors.h"
#include "types/str_internal.h"

namespace krait {
namespace {

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
bool isOctal(char c) { return c >= '0' && c <= '7'; }

// The character that a one-letter escape means, or -1.
int simpleEscape(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'a': return 7;
    case 'b': return 8;
    case 'f': return 12;
    case 'n': return 10;
    case 'r': return 13;
    case 't': return 9;
    case 'v': return 11;
    default: return -1;
  }
}

// `at` is behind the first of up to three octal digits in text[at - 1].
uint32_t readOctal(std::string_view text, size_t& at) {
  auto value = static_cast<uint32_t>(text[at - 1] - '0');
  for (int i = 0; i < 2 && at < text.size() && isOctal(text[at]); i++)
    value = value * 8 + static_cast<uint32_t>(text[at++] - '0');
  return value;
}

class UnicodeEscapeDecoder {
 public:
  UnicodeEscapeDecoder(std::string_view bytes, const char* errors, bool incremental)
      : run_("unicodeescape", bytes, errors), incremental_(incremental) {}

  // Where the first invalid escape was, and its text at that time (a handler may exchange the input).
  Py_ssize_t invalidEscape() const { return invalid_; }
  std::string_view invalidText() const { return invalid_text_; }

  Result<Ref<StrObject>> decode(Py_ssize_t* consumed) {
    while (at_ < run_.input().size() && !stopped_) {
      auto text = run_.input();
      size_t backslash = std::min(text.find('\\', at_), text.size());
      appendLatin1(text.substr(at_, backslash - at_));
      at_ = backslash;
      if (at_ < text.size()) TRY(escape());
    }
    if (consumed) *consumed = static_cast<Py_ssize_t>(at_);
    return out_.finish();
  }

 private:
  void appendLatin1(std::string_view part) {
    auto size = static_cast<Py_ssize_t>(part.size());
    if (size > 0) out_.appendUnits(1, part.data(), 0, size, maxCharOf(1, part.data(), 0, size));
  }

  // at_ stands on a backslash.
  Status escape() {
    auto text = run_.input();
    size_t start = at_++;
    if (at_ == text.size()) return problem(start, at_, "\\ at end of string", true);
    char c = text[at_++];
    if (int plain = simpleEscape(c); plain >= 0) return out_.append(static_cast<Py_UCS4>(plain)), Status();
    if (c == '\n') return {};
    if (isOctal(c)) return octal(start);
    if (c == 'x') return hex(start, 2, "truncated \\xXX escape");
    if (c == 'u') return hex(start, 4, "truncated \\uXXXX escape");
    if (c == 'U') return hex(start, 8, "truncated \\UXXXXXXXX escape");
    if (c == 'N') return named(start);
    noteInvalid(at_ - 1);
    out_.append('\\');
    out_.append(static_cast<Py_UCS4>(static_cast<uint8_t>(c)));
    return {};
  }

  void noteInvalid(size_t place) {
    if (invalid_ >= 0) return;
    invalid_ = static_cast<Py_ssize_t>(place);
    invalid_text_ = run_.input().substr(place, 3);
  }

  Status octal(size_t start) {
    uint32_t value = readOctal(run_.input(), at_);
    if (value > 0377) noteInvalid(start + 1);
    out_.append(static_cast<Py_UCS4>(value));
    return {};
  }

  Status hex(size_t start, int digits, const char* reason) {
    auto text = run_.input();
    uint32_t value = 0;
    int found = 0;
    for (; found < digits && at_ < text.size() && hexValue(text[at_]) >= 0; found++)
      value = value << 4 | static_cast<uint32_t>(hexValue(text[at_++]));
    if (found < digits) return problem(start, at_, reason, at_ == text.size());
    if (value > 0x10FFFF) return problem(start, at_, "illegal Unicode character", false);
    out_.append(static_cast<Py_UCS4>(value));
    return {};
  }

  Status named(size_t start) {
    if (!characterNamesLoaded())
      return raise(PyExc_UnicodeError, "\\N escapes not supported (can't load unicodedata module)");
    auto text = run_.input();
    constexpr const char* kMalformed = "malformed \\N character escape";
    if (at_ == text.size()) return problem(start, at_, kMalformed, true);
    if (text[at_] != '{') return problem(start, at_, kMalformed, false);
    size_t close = text.find('}', at_);
    if (close == std::string_view::npos) return problem(start, text.size(), kMalformed, true);
    std::string_view name = text.substr(at_ + 1, close - at_ - 1);
    if (name.empty()) return problem(start, close, kMalformed, false);
    at_ = close + 1;
    int32_t found = unicode::lookupName(name);
    if (found < 0) return problem(start, at_, "unknown Unicode character name", false);
    out_.append(static_cast<Py_UCS4>(found));
    return {};
  }

  Status problem(size_t start, size_t end, const char* reason, bool at_end) {
    if (incremental_ && at_end) {
      at_ = start;
      stopped_ = true;
      return {};
    }
    at_ = static_cast<size_t>(
        TRY(run_.handle(out_, static_cast<Py_ssize_t>(start), static_cast<Py_ssize_t>(end), reason)));
    return {};
  }

  DecodeRun run_;
  StrBuilder out_;
  bool incremental_, stopped_ = false;
  size_t at_ = 0;
  Py_ssize_t invalid_ = -1;
  std::string invalid_text_;
};

// Warns of an invalid escape, given what follows its backslash.
Status warnInvalidEscape(std::string_view escape) {
  char c = escape[0];
  if (c >= '4' && c <= '7')
    return warn(PyExc_DeprecationWarning, 1, "invalid octal escape sequence '\\%s'",
                std::string(escape.substr(0, 3)).c_str());
  return warn(PyExc_DeprecationWarning, 1, "invalid escape sequence '\\%c'",
              static_cast<int>(static_cast<uint8_t>(c)));
}

void appendHex(ByteBuilder& out, char letter, Py_UCS4 c, int digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  out.append('\\');
  out.append(letter);
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.append(kDigits[c >> shift & 15]);
}

// Bytes literals: what an ill-formed \x does.
Result<char> badHex(const char* errors, size_t start, bool* skips) {
  *skips = false;
  if (!errors || std::strcmp(errors, "strict") == 0)
    return raise(PyExc_ValueError, "invalid \\x escape at position %zd", static_cast<Py_ssize_t>(start));
  if (std::strcmp(errors, "replace") == 0) return '?';
  if (std::strcmp(errors, "ignore") == 0) return *skips = true, ' ';
  return raise(PyExc_ValueError, "decoding error; unknown error handling code: %.400s", errors);
}

Status bytesHex(ByteBuilder& out, std::string_view text, size_t& at, const char* errors) {
  size_t start = at - 2;
  int high = at < text.size() ? hexValue(text[at]) : -1;
  int low = high >= 0 && at + 1 < text.size() ? hexValue(text[at + 1]) : -1;
  if (low >= 0) {
    out.append(static_cast<char>(high << 4 | low));
    at += 2;
    return {};
  }
  bool skips;
  char mark = TRY(badHex(errors, start, &skips));
  if (!skips) out.append(mark);
  if (high >= 0) at++;
  return {};
}

}  // namespace

bool characterNamesLoaded() {
  static bool loaded = false;
  if (loaded) return true;
  loaded = !capsuleImport(kCharacterNamesCapsule).failed();
  if (!loaded) clearPending();
  return loaded;
}

Result<Ref<StrObject>> decodeUnicodeEscape(std::string_view bytes, const char* errors, Py_ssize_t* consumed,
                                           Py_ssize_t* invalid_escape) {
  UnicodeEscapeDecoder decoder(bytes, errors, consumed != nullptr);
  Ref<StrObject> s = TRY(decoder.decode(consumed));
  if (invalid_escape)
    *invalid_escape = decoder.invalidEscape();
  else if (decoder.invalidEscape() >= 0)
    TRY(warnInvalidEscape(decoder.invalidText()));
  return s;
}

Result<Ref<StrObject>> decodeRawUnicodeEscape(std::string_view bytes, const char* errors,
                                              Py_ssize_t* consumed) {
  DecodeRun run("rawunicodeescape", bytes, errors);
  StrBuilder out;
  size_t at = 0;
  while (at < run.input().size()) {
    auto text = run.input();
    size_t start = at;
    auto c = static_cast<uint8_t>(text[at++]);
    if (c != '\\' || (at == text.size() && !consumed)) {
      out.append(static_cast<Py_UCS4>(c));
      continue;
    }
    if (at == text.size()) {
      at = start;
      break;
    }
    char kind = text[at++];
    if (kind != 'u' && kind != 'U') {
      out.append('\\');
      out.append(static_cast<Py_UCS4>(static_cast<uint8_t>(kind)));
      continue;
    }
    int digits = kind == 'u' ? 4 : 8, found = 0;
    uint32_t value = 0;
    for (; found < digits && at < text.size() && hexValue(text[at]) >= 0; found++)
      value = value << 4 | static_cast<uint32_t>(hexValue(text[at++]));
    const char* reason = nullptr;
    if (found < digits)
      reason = digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
    else if (value > 0x10FFFF)
      reason = "\\Uxxxxxxxx out of range";
    if (!reason) {
      out.append(static_cast<Py_UCS4>(value));
      continue;
    }
    if (consumed && found < digits && at == text.size()) {
      at = start;
      break;
    }
    at = static_cast<size_t>(
        TRY(run.handle(out, static_cast<Py_ssize_t>(start), static_cast<Py_ssize_t>(at), reason)));
  }
  if (consumed) *consumed = static_cast<Py_ssize_t>(at);
  return out.finish();
}

Result<Ref<BytesObject>> encodeUnicodeEscape(StrObject* s) {
  ByteBuilder out;
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    Py_UCS4 c = s->at(i);
    if (c == '\\')
      out.append("\\\\");
    else if (c == '\t')
      out.append("\\t");
    else if (c == '\n')
      out.append("\\n");
    else if (c == '\r')
      out.append("\\r");
    else if (c >= ' ' && c < 0x7F)
      out.append(static_cast<char>(c));
    else if (c < 0x100)
      appendHex(out, 'x', c, 2);
    else if (c < 0x10000)
      appendHex(out, 'u', c, 4);
    else
      appendHex(out, 'U', c, 8);
  }
  return out.finish();
}

Result<Ref<BytesObject>> encodeRawUnicodeEscape(StrObject* s) {
  ByteBuilder out;
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    Py_UCS4 c = s->at(i);
    if (c < 0x100)
      out.append(static_cast<char>(c));
    else if (c < 0x10000)
      appendHex(out, 'u', c, 4);
    else
      appendHex(out, 'U', c, 8);
  }
  return out.finish();
}

Result<Ref<BytesObject>> decodeBytesEscape(std::string_view text, const char* errors,
                                           Py_ssize_t* invalid_escape) {
  ByteBuilder out;
  Py_ssize_t invalid = -1;
  for (size_t at = 0; at < text.size();) {
    char c = text[at++];
    if (c != '\\') {
      out.append(c);
      continue;
    }
    if (at == text.size()) return raise(PyExc_ValueError, "Trailing \\ in string");
    c = text[at++];
    if (int plain = simpleEscape(c); plain >= 0) {
      out.append(static_cast<char>(plain));
    } else if (isOctal(c)) {
      auto place = static_cast<Py_ssize_t>(at - 1);
      uint32_t value = readOctal(text, at);
      if (value > 0377 && invalid < 0) invalid = place;
      out.append(static_cast<char>(value));
    } else if (c == 'x') {
      TRY(bytesHex(out, text, at, errors));
    } else if (c != '\n') {
      if (invalid < 0) invalid = static_cast<Py_ssize_t>(at - 1);
      out.append('\\');
      out.append(c);
    }
  }
  if (invalid_escape)
    *invalid_escape = invalid;
  else if (invalid >= 0)
    TRY(warnInvalidEscape(text.substr(static_cast<size_t>(invalid))));
  return out.finish();
}

}  // namespace krait
