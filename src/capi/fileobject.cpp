// Exports of fileobject.h: Python file objects from C.
#include <cstdio>

#include "capi/capi.h"
#include "core/call.h"
#include "core/import.h"
#include "core/text_out.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

using namespace krait;

namespace {

constexpr int kPrintRaw = 1;

Result<Ref<>> textOrNone(const char* text) {
  if (!text) return none();
  return TRY(strFromUtf8(text));
}

Result<Ref<>> fileFromDescriptor(int fd, const char* mode, int buffering, const char* encoding,
                                 const char* errors, const char* newline, bool closes) {
  Ref<> open = TRY(importAttr("_io", "open"));
  Ref<> number = TRY(intFromLong(fd)), size = TRY(intFromLong(buffering)), closefd = TRY(intFromLong(closes));
  Ref<> how = TRY(textOrNone(mode ? mode : "r")), codec = TRY(textOrNone(encoding));
  Ref<> handler = TRY(textOrNone(errors)), ending = TRY(textOrNone(newline));
  return call(open.get(), number.get(), how.get(), size.get(), codec.get(), handler.get(), ending.get(),
              closefd.get());
}

// A line without its newline; EOFError at the end of the file.
Result<Ref<>> withoutNewline(Ref<> line) {
  Py_ssize_t size = TRY(objectLength(line));
  if (size == 0) return raise(PyExc_EOFError, "EOF when reading a line");
  bool ends;
  if (isBytes(line))
    ends = static_cast<BytesObject*>(line.get())->view().back() == '\n';
  else
    ends = static_cast<StrObject*>(line.get())->at(size - 1) == '\n';
  if (!ends) return line;
  return sequenceSlice(line, 0, size - 1);
}

// limit < 0: the newline is cut off and an empty line is an error; 0: any length.
Result<Ref<>> readLine(PyObject* file, int limit) {
  MaybeRef<> method = TRY(attrLookup(file, "readline"));
  if (!method)
    return raise(PyExc_AttributeError, "'%.50s' object has no attribute 'readline'", typeName(file));
  Ref<> line = limit > 0 ? TRY(call(method.get(), TRY(intFromLong(limit)).get())) : TRY(call(method.get()));
  if (!isBytes(line) && !isStr(line)) return raise(PyExc_TypeError, "object.readline() returned non-string");
  if (limit < 0) return withoutNewline(std::move(line));
  return line;
}

}  // namespace

// Published by flagsPublish() (pylifecycle.cpp) once the configuration is known.
KR_EXPORT const char* Py_FileSystemDefaultEncoding;
KR_EXPORT const char* Py_FileSystemDefaultEncodeErrors;
KR_EXPORT int Py_HasFileSystemDefaultEncoding;
const char* Py_FileSystemDefaultEncoding = "utf-8";
const char* Py_FileSystemDefaultEncodeErrors = "surrogateescape";
int Py_HasFileSystemDefaultEncoding = 0;

KR_EXPORT int PyFile_WriteObject(PyObject* object, PyObject* file, int flags) {
  if (!file) return (void)raise(PyExc_TypeError, "writeobject with NULL file"), -1;
  return toC(fileWriteObject(file, object, (flags & kPrintRaw) != 0));
}
KR_EXPORT int PyFile_WriteString(const char* text, PyObject* file) {
  if (exceptionPending()) return -1;
  if (!file) return (void)raise(PyExc_SystemError, "null file for PyFile_WriteString"), -1;
  return toC(fileWrite(file, text));
}
KR_EXPORT PyObject* PyFile_GetLine(PyObject* file, int limit) {
  if (!file) return (void)raiseBadInternalCall(), nullptr;
  return toC(readLine(file, limit));
}
KR_EXPORT PyObject* PyFile_FromFd(int fd, const char*, const char* mode, int buffering, const char* encoding,
                                  const char* errors, const char* newline, int closefd) {
  return toC(fileFromDescriptor(fd, mode, buffering, encoding, errors, newline, closefd != 0));
}
KR_EXPORT PyObject* PyFile_OpenCodeObject(PyObject* path) {
  auto opened = [&]() -> Result<Ref<>> {
    Ref<> open = TRY(importAttr("_io", "open_code"));
    return call(open.get(), path);
  };
  return toC(opened());
}
KR_EXPORT PyObject* PyFile_OpenCode(const char* path) {
  auto text = strFromUtf8(path);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return PyFile_OpenCodeObject(held);
}

// fgets() for which "\r" and "\r\n" end lines too and become "\n".
KR_EXPORT char* Py_UniversalNewlineFgets(char* out, int size, FILE* file, PyObject* unused) {
  if (unused) return errno = ENXIO, nullptr;
  char* at = out;
  int ch = 0;
  while (--size > 0 && ch != '\n' && (ch = std::getc(file)) != EOF) {
    if (ch == '\r') {
      ch = std::getc(file);
      if (ch != '\n' && ch != EOF) std::ungetc(ch, file);
      ch = '\n';
    }
    *at++ = static_cast<char>(ch);
  }
  *at = '\0';
  return at == out ? nullptr : out;
}
