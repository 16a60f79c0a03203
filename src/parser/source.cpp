#include "parser/source.h"

#include <algorithm>
#include <cstdio>

#include "parser/coding_cookie.h"
#include "parser/utf8_text.h"

namespace krait::parser {

namespace {

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

// CPython forgets that it has just seen a newline when that is written "\r\n".
bool lacksNewline(std::string_view source) {
  return source.empty() || source.ends_with("\r\n") || (source.back() != '\n' && source.back() != '\r');
}

}  // namespace

std::string translateNewlines(std::string_view source) {
  std::string text;
  text.reserve(source.size() + 1);
  if (source.find('\r') == source.npos) {
    text = source;
    return text;
  }
  for (size_t i = 0; i < source.size(); i++) {
    bool pair = source[i] == '\r' && i + 1 < source.size() && source[i + 1] == '\n';
    if (pair) continue;
    text += source[i] == '\r' ? '\n' : source[i];
  }
  return text;
}

DecodedSource decodeSource(std::string_view source, const Options& options) {
  DecodedSource result;
  if (source.find('\0') != source.npos) {
    result.error.kind = ErrorKind::ValueError;
    result.error.message = "source code string cannot contain null bytes";
    result.error.has_location = false;
    return result;
  }
  result.text = translateNewlines(source);
  if (options.mode == Mode::Exec && lacksNewline(source)) result.text += '\n';
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
  } else if (cookie.empty() || cookie == "utf-8") {
    result.ok = true;  // bytes that are no UTF-8 are found where they matter: in names and string literals
  } else {
    result.ok = decodeAs(result, cookie, options);
  }
  return result;
}

}  // namespace krait::parser
