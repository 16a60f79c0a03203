#include "compiler/context.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "core/object.h"
#include "types/codecs.h"
#include "types/exceptions.h"
#include "types/int.h"

namespace krait::compiler {
namespace {

bool isDunder(std::string_view text) { return text.size() >= 2 && text.ends_with("__"); }

// fgets with any line end read as '\n'.
bool readPiece(std::FILE* file, std::string& piece, size_t limit) {
  piece.clear();
  while (piece.size() < limit) {
    int c = std::fgetc(file);
    if (c == EOF) break;
    if (c == '\r') {
      c = std::fgetc(file);
      if (c != '\n') std::ungetc(c, file);
      c = '\n';
    }
    piece += static_cast<char>(c);
    if (c == '\n') break;
  }
  return !piece.empty();
}

// The wanted line; one that is too long is represented by its last piece.
std::string readLine(std::FILE* file, int lineno) {
  constexpr size_t kPieceSize = 999;
  std::string line, piece;
  for (int i = 0; i < lineno; i++) {
    do {
      if (!readPiece(file, piece, kPieceSize)) return {};
      line = piece;
    } while (line.back() != '\n' && line.size() == kPieceSize);
  }
  return line;
}

Status setIntAttr(PyObject* object, StrObject* name, int value) {
  if (value < 0) return attrSet(object, name, Py_None);
  Ref<IntObject> number = TRY(intFromLong(value));
  return attrSet(object, name, number.get());
}

Status setDetails(PyObject* exception, StrObject* filename, const ast::Span& at) {
  TRY(setIntAttr(exception, name<"lineno">(), at.lineno));
  TRY(setIntAttr(exception, name<"offset">(), at.col_offset));
  TRY(setIntAttr(exception, name<"end_lineno">(), at.end_lineno));
  TRY(setIntAttr(exception, name<"end_offset">(), at.end_col_offset));
  TRY(attrSet(exception, name<"filename">(), filename));
  MaybeRef<StrObject> line = sourceLine(filename, at.lineno);
  if (line) TRY(attrSet(exception, name<"text">(), line.get()));
  return {};
}

// Gives the pending SyntaxError its position; whatever goes wrong meanwhile is dropped.
Raised addDetails(StrObject* filename, const ast::Span& at) {
  MaybeRef<> exception = takePending();
  if (setDetails(exception.get(), filename, at).failed()) clearPending();
  setPending(std::move(exception).take());
  return {};
}

}  // namespace

Context::Context(ast::Tree& tree, StrObject* filename) : tree_(tree), filename_(filename) {}

Context::~Context() {
  tree_.forEachIdentifier([](ast::Identifier* identifier) {
    if (auto* object = static_cast<PyObject*>(std::exchange(identifier->object, nullptr))) decref(object);
  });
}

Result<StrObject*> Context::text(Name name) {
  if (!name->object) name->object = TRY(strInternUtf8(name->text)).leak();
  return static_cast<StrObject*>(name->object);
}

Name Context::mangle(Name private_name, Name name) {
  std::string_view text = name->text;
  if (!private_name || !text.starts_with("__")) return name;
  if (isDunder(text) || text.find('.') != text.npos) return name;
  std::string_view owner = private_name->text;
  size_t start = owner.find_first_not_of('_');
  if (start == owner.npos) return name;
  std::string mangled = "_";
  mangled += owner.substr(start);
  mangled += text;
  return tree_.intern(mangled);
}

MaybeRef<StrObject> sourceLine(StrObject* filename, int lineno, const std::string& encoding) {
  if (lineno <= 0) return nullptr;
  PendingSaved saved;
  Result<std::string> path = fsEncode(filename);
  if (path.failed()) return nullptr;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(std::move(path).take().c_str(), "re"),
                                                       std::fclose);
  if (!file) return nullptr;
  std::string line = readLine(file.get(), lineno);
  if (line.empty()) return nullptr;
  line.resize(std::min(line.size(), line.find('\0')));  // CPython's is a C string
  Result<Ref<StrObject>> text =
      encoding.empty() ? strFromUtf8(line) : decodeText(line, encoding.c_str(), "replace");
  if (text.failed()) return nullptr;
  return std::move(text).take();
}

Raised raiseAtRange(StrObject* filename, const ast::Span& where, const char* format, ...) {
  va_list args;
  va_start(args, format);
  (void)raiseV(PyExc_SyntaxError, format, args);
  va_end(args);
  return addDetails(filename,
                    {where.lineno, where.col_offset + 1, where.end_lineno, where.end_col_offset + 1});
}

Raised raiseAtPoint(StrObject* filename, int lineno, int column, const char* format, ...) {
  va_list args;
  va_start(args, format);
  (void)raiseV(PyExc_SyntaxError, format, args);
  va_end(args);
  return addDetails(filename, {lineno, column, lineno, -1});
}

namespace {

Raised raiseWithArguments(StrObject* filename, const ast::Span& where, const char* format, va_list args) {
  Ref<StrObject> message = TRY(strFormatV(format, args));
  MaybeRef<StrObject> line = sourceLine(filename, where.lineno);
  Ref<IntObject> lineno = TRY(intFromLong(where.lineno));
  Ref<IntObject> offset = TRY(intFromLong(where.col_offset + 1));
  Ref<IntObject> end_lineno = TRY(intFromLong(where.end_lineno));
  Ref<IntObject> end_offset = TRY(intFromLong(where.end_col_offset + 1));
  PyObject* text = line ? static_cast<PyObject*>(line.get()) : Py_None;
  Ref<TupleObject> details =
      TRY(tupleOf(filename, lineno.get(), offset.get(), text, end_lineno.get(), end_offset.get()));
  Ref<TupleObject> both = TRY(tupleOf(message.get(), details.get()));
  return raiseObject(PyExc_SyntaxError, both.get());
}

}  // namespace

Raised raiseCompileError(StrObject* filename, const ast::Span& where, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Raised raised = raiseWithArguments(filename, where, format, args);
  va_end(args);
  return raised;
}

}  // namespace krait::compiler
