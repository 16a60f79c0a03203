#include "parser/source.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "parser/utf8_text.h"

namespace krait::parser {

namespace {

// '\r\n' and '\r' become '\n'; Exec sources end with a newline.
std::string translateNewlines(std::string_view source, bool end_with_newline) {
  std::string text;
  text.reserve(source.size() + 1);
  if (source.find('\r') == source.npos) {
    text = source;
  } else {
    for (size_t i = 0; i < source.size(); i++) {
      bool pair = source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
      if (pair) continue;
      text += source[i] == '\r' ? '\n' : source[i];
    }
  }
  // CPython forgets that it has just seen a newline when that is written "\r\n".
  bool ends_with_pair = source.size() >= 2 && source.substr(source.size() - 2) == "\r\n";
  if (end_with_newline && (text.empty() || text.back() != '\n' || ends_with_pair)) text += '\n';
  return text;
}

bool isCookieChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

bool isLineBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// The encoding named by a comment line, or "". *comment_only: the line holds nothing else.
std::string cookieOf(std::string_view line, bool* comment_only) {
  size_t i = 0;
  while (i < line.size() && isLineBlank(line[i])) i++;
  *comment_only = i == line.size() || line[i] == '#';
  if (!*comment_only) return {};
  for (i = line.find("coding", i); i != line.npos; i = line.find("coding", i + 1)) {
    size_t at = i + 6;
    if (at >= line.size() || (line[at] != ':' && line[at] != '=')) continue;
    do at++;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t'));
    size_t begin = at;
    while (at < line.size() && isCookieChar(line[at])) at++;
    if (begin < at) return std::string(line.substr(begin, at - begin));
  }
  return {};
}

bool namesEncoding(const std::string& normal, const char* name) {
  size_t length = std::strlen(name);
  return normal.compare(0, length, name) == 0 && (normal.size() == length || normal[length] == '-');
}

// utf-8 and latin-1 have many spellings; other names stay as written.
std::string normalName(const std::string& name) {
  std::string normal = name.substr(0, 12);
  for (char& c : normal) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  if (namesEncoding(normal, "utf-8")) return "utf-8";
  for (const char* latin : {"latin-1", "iso-8859-1", "iso-latin-1"})
    if (namesEncoding(normal, latin)) return "iso-8859-1";
  return name;
}

std::string findCookie(std::string_view text) {
  for (int line_number = 0; line_number < 2 && !text.empty(); line_number++) {
    size_t end = std::min(text.find('\n'), text.size());
    bool comment_only;
    std::string cookie = cookieOf(text.substr(0, end), &comment_only);
    if (!cookie.empty()) return normalName(cookie);
    if (!comment_only) break;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::string latin1ToUtf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (char c : bytes) utf8Append(out, static_cast<unsigned char>(c));
  return out;
}

void failWithout(DecodedSource& result, std::string message) {
  result.error.message = std::move(message);
  result.error.lineno = 0;
  result.error.offset = -1;
  result.error.has_end = false;
}

bool checkAscii(DecodedSource& result) {
  auto high = std::find_if(result.text.begin(), result.text.end(), [](char c) { return c & 0x80; });
  if (high == result.text.end()) return true;
  char message[100];
  std::snprintf(message, sizeof message,
                "'ascii' codec can't decode byte 0x%02x in position %td: ordinal not in range(128)",
                static_cast<unsigned char>(*high), high - result.text.begin());
  failWithout(result, message);
  return false;
}

bool decodeAs(DecodedSource& result, const std::string& encoding, const Options& options) {
  if (encoding == "ascii" || encoding == "us-ascii") return checkAscii(result);
  if (encoding == "iso-8859-1") {
    result.text = latin1ToUtf8(result.text);
    return true;
  }
  std::string error = "unknown encoding: " + encoding;
  if (options.callbacks && options.callbacks->decode) {
    if (auto decoded = options.callbacks->decode(result.text, encoding, &error)) {
      result.text = std::move(*decoded);
      return true;
    }
  }
  failWithout(result, std::move(error));
  return false;
}

// CPython reads a script's lines as C strings, in pieces that its buffer has room for: what follows a null is
// lost up to the end of the piece, the line's end too.
std::string cutLinesAtNull(std::string_view source) {
  constexpr size_t kLeastPiece = 8192;
  std::string out;
  size_t room = 0, held = 0;  // of the buffer, and what it holds of one line
  while (!source.empty()) {
    room = std::max(room, held + std::max(kLeastPiece, held / 2));
    std::string_view piece = source.substr(0, room - held - 1);
    size_t end = piece.find_first_of("\r\n");
    if (end != piece.npos) piece = source.substr(0, source.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
    source.remove_prefix(piece.size());
    std::string_view kept = piece.substr(0, piece.find('\0'));
    out += kept;
    bool ended = kept.ends_with('\n') || kept.ends_with('\r');
    held = ended ? 0 : held + kept.size();
  }
  return out;
}

// A script without a cookie must be UTF-8.
bool checkScript(DecodedSource& result, const Options& options) {
  Utf8Error bad = utf8Check(result.text);
  if (!bad.reason) return true;
  size_t line = 1;
  for (size_t i = 0; i < bad.start; i++) line += result.text[i] == '\n';
  char code[8];
  std::snprintf(code, sizeof code, "\\x%.2x", static_cast<unsigned char>(result.text[bad.start]));
  result.error.has_location = false;
  failWithout(result, std::string("Non-UTF-8 code starting with '") + code + "' in file " +
                          std::string(options.filename) + " on line " + std::to_string(line) +
                          ", but no encoding declared; see https://peps.python.org/pep-0263/ for details");
  return false;
}

}  // namespace

DecodedSource decodeSource(std::string_view source, const Options& options) {
  DecodedSource result;
  std::string cut;
  if (source.find('\0') != source.npos) {
    if (!options.from_file) {
      result.error.kind = ErrorKind::ValueError;
      result.error.message = "source code string cannot contain null bytes";
      result.error.has_location = false;
      return result;
    }
    cut = cutLinesAtNull(source);
    source = cut;
  }
  result.text = translateNewlines(source, options.mode == Mode::Exec);
  if (options.ignore_cookie) {
    result.encoding = "utf-8";
    result.ok = true;
    return result;
  }
  bool has_mark = result.text.compare(0, 3, "\xEF\xBB\xBF") == 0;
  if (has_mark) result.text.erase(0, 3);
  std::string cookie = findCookie(result.text);
  result.encoding = has_mark ? "utf-8" : cookie;
  if (has_mark && !cookie.empty() && cookie != "utf-8") {
    failWithout(result, "encoding problem: " + cookie + " with BOM");
    result.error.has_location = !options.from_file;
  } else if (cookie.empty() || cookie == "utf-8") {
    // What is declared to be UTF-8 is found wrong where it matters: in names and string literals.
    result.ok = !options.from_file || !result.encoding.empty() || checkScript(result, options);
  } else {
    result.ok = decodeAs(result, cookie, options);
    if (!result.ok && options.from_file) {  // a script's reader says no more than this
      result.error.message = "encoding problem: " + cookie;
      result.error.has_location = false;
    }
  }
  return result;
}

}  // namespace krait::parser
