// Reading one line of a source file for tracebacks and warnings.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "core/errors.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/scratch.h"
#include "core/text_out.h"
#include "core/thread.h"
#include "types/codecs.h"
#include "types/list.h"
#include "types/str.h"

namespace krait {
namespace {

bool readWholeFile(const std::string& path, std::string* out) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat info;
  bool ok = fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode);
  char buffer[65536];
  ssize_t count = 0;
  while (ok && (count = read(fd, buffer, sizeof buffer)) > 0) {
    ok = !appendMore(*out, {buffer, static_cast<size_t>(count)}).failed();
    if (!ok) clearPending();
  }
  close(fd);
  return ok && count == 0;
}

bool toPath(PyObject* text, std::string* out) {
  if (!isStr(text)) return false;
  auto encoded = fsEncode(cast<StrObject>(text));
  if (encoded.failed()) {
    clearPending();
    return false;
  }
  *out = std::move(encoded).take();
  return true;
}

// The file itself, else one of its name in the folders of sys.path (a module compiled elsewhere).
bool readSource(PyObject* filename, std::string* out) {
  std::string path;
  if (!toPath(filename, &path)) return false;
  if (readWholeFile(path, out)) return true;
  std::string_view tail = std::string_view(path).substr(path.rfind('/') + 1);
  Opt<> found = sysGet("path");
  if (!found || !isList(found.get())) return false;
  auto folders = share(cast<ListObject>(found.get()));
  for (Py_ssize_t i = 0; i < folders->size(); i++) {
    std::string folder;
    if (!toPath(folders->at(i), &folder)) continue;
    if (!folder.empty() && folder.back() != '/') folder += '/';
    out->clear();
    if (appendMore(folder, tail).failed()) {
      clearPending();
      return false;
    }
    if (readWholeFile(folder, out)) return true;
  }
  return false;
}

std::string_view takeLine(std::string_view* rest) {
  size_t end = rest->find_first_of("\r\n");
  std::string_view line = rest->substr(0, end);
  if (end == rest->npos)
    *rest = {};
  else
    rest->remove_prefix(end +
                        ((*rest)[end] == '\r' && end + 1 < rest->size() && (*rest)[end + 1] == '\n' ? 2 : 1));
  return line;
}

// The encoding named by "coding[:=]\s*NAME" in a comment line; empty: none.
std::string cookieIn(std::string_view line) {
  size_t start = line.find_first_not_of(" \t\f");
  if (start == line.npos || line[start] != '#') return {};
  for (size_t at = line.find("coding", start); at != line.npos; at = line.find("coding", at + 1)) {
    size_t i = at + 6;
    if (i >= line.size() || (line[i] != ':' && line[i] != '=')) continue;
    i++;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) i++;
    size_t end = i;
    while (end < line.size() && (isalnum(static_cast<unsigned char>(line[end])) || strchr("-_.", line[end])))
      end++;
    if (end > i) return std::string(line.substr(i, end - i));
  }
  return {};
}

std::string encodingOf(std::string_view source) {
  if (source.starts_with("\xef\xbb\xbf")) return "utf-8";
  std::string_view rest = source;
  std::string_view first = takeLine(&rest);
  std::string cookie = cookieIn(first);
  if (!cookie.empty()) return cookie;
  size_t text = first.find_first_not_of(" \t\f");
  if (text == first.npos || first[text] == '#') cookie = cookieIn(takeLine(&rest));
  return cookie.empty() ? "utf-8" : cookie;
}

MaybeRef<StrObject> decodeQuietly(std::string_view text, const std::string& encoding, const char* errors) {
  auto decoded = decodeText(text, encoding.c_str(), errors);
  if (!decoded.failed()) return std::move(decoded).take();
  clearPending();
  return nullptr;
}

struct FoundLine {
  std::string source, encoding;
  size_t start, size, next;  // of the line, in the source; next: behind its end

  std::string_view text() const { return std::string_view(source).substr(start, size); }
};

bool findLine(PyObject* filename, int line, FoundLine* out) {
  if (line <= 0 || !readSource(filename, &out->source)) return false;
  out->encoding = encodingOf(out->source);
  std::string_view rest = out->source, text;
  for (int i = 0; i < line; i++) {
    if (rest.empty()) return false;
    text = takeLine(&rest);
  }
  out->start = static_cast<size_t>(text.data() - out->source.data());
  out->size = text.size();
  out->next = out->source.size() - rest.size();
  return true;
}

// A text file is decoded in chunks: a bad byte hides every line of its chunk and those behind it.
bool isReadable(const FoundLine& line) {
  constexpr size_t kChunk = 8192;
  size_t end = (line.next + kChunk - 1) / kChunk * kChunk;
  bool whole = end >= line.source.size();
  if (whole) end = line.source.size();
  if (!whole && line.encoding != "utf-8") return true;  // where a character ends is the codec's secret
  if (!whole) {
    while (end > 0 && (line.source[end] & 0xC0) == 0x80) end--;  // the chunk may end inside a character
  }
  return static_cast<bool>(
      decodeQuietly(std::string_view(line.source).substr(0, end), line.encoding, "strict"));
}

}  // namespace

MaybeRef<StrObject> sourceLine(PyObject* filename, int line) {
  FoundLine found;
  if (!findLine(filename, line, &found)) return nullptr;
  return decodeQuietly(found.text(), found.encoding, "replace");
}

MaybeRef<StrObject> readableSourceLine(PyObject* filename, int line) {
  FoundLine found;
  if (!findLine(filename, line, &found) || !isReadable(found)) return nullptr;
  return decodeQuietly(found.text(), found.encoding, "replace");
}

Status printSourceLine(PyObject* file, PyObject* filename, int line, int indent) {
  MaybeRef<StrObject> text = readableSourceLine(filename, line);
  if (!text) return {};
  Py_ssize_t skip = 0;
  while (skip < text->size() && (text->at(skip) == ' ' || text->at(skip) == '\t' || text->at(skip) == '\f'))
    skip++;
  Ref<StrObject> stripped = TRY(strSubstring(text.get(), skip, text->size()));
  TRY(fileWrite(file, std::string(static_cast<size_t>(indent), ' ')));
  TRY(fileWriteText(file, stripped));
  return fileWrite(file, "\n");
}

}  // namespace krait
