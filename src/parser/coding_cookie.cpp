#include "parser/coding_cookie.h"

#include <algorithm>
#include <cstring>

namespace krait::parser {

namespace {

bool isCookieChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

bool isLineBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

std::string nameIn(std::string_view line) {
  for (size_t i = line.find("coding"); i != line.npos; i = line.find("coding", i + 1)) {
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

}  // namespace

std::string cookieOf(std::string_view line, bool* ends_search) {
  size_t i = 0;
  while (i < line.size() && isLineBlank(line[i])) i++;
  *ends_search = i < line.size() && line[i] != '#';
  return *ends_search ? std::string() : normalName(nameIn(line.substr(i)));
}

std::string findCookie(std::string_view text) {
  for (int line_number = 0; line_number < 2 && !text.empty(); line_number++) {
    size_t end = std::min(text.find('\n'), text.size());
    bool ends_search;
    std::string cookie = cookieOf(text.substr(0, end), &ends_search);
    if (!cookie.empty() || ends_search) return cookie;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace krait::parser
