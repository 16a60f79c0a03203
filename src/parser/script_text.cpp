#include "parser/script_text.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "parser/coding_cookie.h"
#include "parser/source.h"
#include "parser/utf8_text.h"

namespace krait::parser {

namespace {

class ScriptReader {
 public:
  ScriptReader(std::string_view bytes, const Options& options)
      : bytes_(bytes), rest_(bytes), options_(options) {}

  ScriptText read() {
    if (rest_.starts_with("\xEF\xBB\xBF")) {
      rest_.remove_prefix(3);
      out_.encoding = "utf-8";
    }
    bool cookies_end = false;
    while (!cookies_end && lines_ < 2 && nextLine()) cookies_end = lookForCookie();
    if (!out_.failure) readRest();
    return std::move(out_);
  }

 private:
  bool nextLine();
  void addPiece();
  std::string_view nextPiece();
  void show(std::string_view piece);
  void addLine();
  bool lookForCookie();
  void readThroughCodec(const std::string& encoding);
  void readRest();
  void fail(std::string message) { out_.failure = ReadFailure{ReadFailure::Kind::Plain, std::move(message)}; }
  void failAtByte(char bad, size_t line);

  std::string_view bytes_, rest_;
  const Options& options_;
  ScriptText out_;
  std::string line_;  // the last one read, with its newline
  size_t lines_ = 0;
  size_t room_ = 0;  // of CPython's buffer, which only grows
};

// CPython reads a line as C strings, in pieces that its buffer has room for: what follows a null is lost up
// to the end of the piece, the line's end too. A null at the very start makes it look like the end of the
// file.
bool ScriptReader::nextLine() {
  while (!rest_.empty()) {
    line_.clear();
    do addPiece();
    while (!line_.empty() && line_.back() != '\n' && !rest_.empty());
    if (line_.empty()) {
      out_.gaps.push_back(out_.text.size());
      continue;
    }
    if (line_.back() != '\n') line_ += '\n';
    lines_++;
    return true;
  }
  return false;
}

void ScriptReader::addPiece() {
  std::string_view piece = nextPiece();
  size_t end = piece.find_first_of(std::string_view("\r\n\0", 3));
  line_ += piece.substr(0, end);
  show(piece.substr(0, end));
  if (end != piece.npos && piece[end] != '\0') line_ += '\n';
}

std::string_view ScriptReader::nextPiece() {
  constexpr size_t kLeastPiece = 8192;
  size_t held = line_.size();
  room_ = std::max(room_, held + std::max(kLeastPiece, held / 2));
  std::string_view piece = rest_.substr(0, room_ - held - 1);
  size_t end = piece.find_first_of("\r\n");
  if (end != piece.npos) piece = rest_.substr(0, rest_.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  rest_.remove_prefix(piece.size());
  return piece;
}

// Of what was read from stdin each piece is kept as a line, up to its first null.
void ScriptReader::show(std::string_view piece) {
  if (!options_.from_stdin) return;
  out_.shown += piece.substr(0, piece.find('\0'));
  out_.shown += '\n';
}

// True when no other line is asked for a cookie. The line becomes text unless it cannot be read.
bool ScriptReader::lookForCookie() {
  bool ends_search;
  std::string cookie = cookieOf(std::string_view(line_).substr(0, line_.size() - 1), &ends_search);
  bool had_mark = !out_.encoding.empty();
  if (cookie.empty() || (cookie == "utf-8" && had_mark)) {
    addLine();
  } else if (had_mark) {
    fail("encoding problem: " + cookie + " with BOM");
  } else if (cookie == "utf-8") {
    out_.encoding = cookie;
    addLine();
  } else {
    readThroughCodec(cookie);
  }
  return ends_search || !cookie.empty() || out_.failure;
}

// Declared or not, bytes that are no UTF-8 are let through where a mark or a cookie says that they are.
void ScriptReader::addLine() {
  if (out_.encoding.empty()) {
    if (Utf8Error bad = utf8Check(line_); bad.reason) return failAtByte(line_[bad.start], lines_);
  }
  out_.text += line_;
}

void ScriptReader::failAtByte(char bad, size_t line) {
  char code[8];
  std::snprintf(code, sizeof code, "\\x%.2x", static_cast<unsigned char>(bad));
  fail(std::string("Non-UTF-8 code starting with '") + code + "' in file " + std::string(options_.filename) +
       " on line " + std::to_string(line) +
       ", but no encoding declared; see https://peps.python.org/pep-0263/ for details");
}

// A text file reads what follows the cookie's line, the last byte of that line included, which it reads first
// to throw it away.
void ScriptReader::readThroughCodec(const std::string& encoding) {
  size_t start = bytes_.size() - rest_.size() - 1;
  const Callbacks* callbacks = options_.callbacks;
  CodecLines read;
  if (options_.can_seek && callbacks && callbacks->read_lines)
    read = callbacks->read_lines(bytes_.substr(start), encoding);
  if (!read.opened) return fail("encoding problem: " + encoding);
  out_.encoding = encoding;
  out_.text += line_;
  for (std::string_view rest = read.text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    show(line);
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  out_.text += read.text;
  if (!out_.text.ends_with('\n')) out_.text += '\n';
  out_.failure = std::move(read.failure);
  rest_ = {};
}

void ScriptReader::readRest() {
  if (options_.from_stdin || rest_.find('\0') != rest_.npos) {
    while (!out_.failure && nextLine()) addLine();
    return;
  }
  Utf8Error bad = out_.encoding.empty() ? utf8Check(rest_) : Utf8Error{};
  size_t length = rest_.size();
  if (bad.reason) length = rest_.find_last_of("\r\n", bad.start) + 1;  // 0 when it is in the first line
  out_.text += translateNewlines(rest_.substr(0, length));
  if (!bad.reason && !out_.text.empty() && out_.text.back() != '\n') out_.text += '\n';
  if (!bad.reason) return;
  auto before = std::count(out_.text.begin(), out_.text.end(), '\n');
  failAtByte(rest_[bad.start], static_cast<size_t>(before) + 1);
}

}  // namespace

ScriptText readScript(std::string_view bytes, const Options& options) {
  return ScriptReader(bytes, options).read();
}

}  // namespace krait::parser
