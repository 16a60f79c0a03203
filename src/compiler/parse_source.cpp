#include "compiler/parse_source.h"

#include <algorithm>

#include "compiler/context.h"
#include "core/c_stack.h"
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "parser/parse.h"
#include "types/codecs.h"
#include "types/exceptions.h"
#include "types/int.h"

namespace krait::compiler {
namespace {

constexpr int kCurrentFeatureVersion = 11;

parser::Mode parserMode(CompileMode mode) {
  switch (mode) {
    case CompileMode::kExec: return parser::Mode::Exec;
    case CompileMode::kEval: return parser::Mode::Eval;
    case CompileMode::kSingle: return parser::Mode::Single;
    case CompileMode::kFuncType: return parser::Mode::FuncType;
  }
  return parser::Mode::Exec;
}

// What an exception says; `fallback` when it cannot say it.
std::string textOf(PyObject* exception, std::string fallback) {
  Result<Ref<StrObject>> text = objectStr(exception);
  if (!text.failed()) {
    Ref<StrObject> owned = std::move(text).take();
    Result<std::string_view> utf8 = strUtf8(owned);
    if (!utf8.failed()) return std::string(std::move(utf8).take());
  }
  clearPending();
  return fallback;
}

// The same for the pending one, which is then gone.
std::string textOfPending(std::string fallback) {
  MaybeRef<> exception = takePending();
  return textOf(exception.get(), std::move(fallback));
}

std::optional<std::string> decodeSource(std::string_view bytes, std::string_view encoding,
                                        std::string* error) {
  std::string name(encoding);
  Result<Ref<StrObject>> decoded = decodeText(bytes, name.c_str(), nullptr);
  if (!decoded.failed()) {
    Ref<StrObject> text = std::move(decoded).take();
    Result<std::string_view> utf8 = strUtf8(text);
    if (!utf8.failed()) return std::string(std::move(utf8).take());
  }
  *error = textOfPending("encoding problem: " + name);
  return std::nullopt;
}

Result<Ref<>> openText(std::string_view bytes, std::string_view encoding) {
  Ref<> io = TRY(importModule("io"));
  Ref<> file_type = TRY(attrGet(io.get(), "BytesIO"));
  Ref<> text_type = TRY(attrGet(io.get(), "TextIOWrapper"));
  Ref<> data = TRY(bytesFrom(bytes));
  Ref<> file = TRY(call(file_type.get(), data.get()));
  Ref<StrObject> name = TRY(strFromUtf8(encoding));
  return call(text_type.get(), file.get(), name.get());
}

// False at the end of the file.
Result<bool> appendLine(PyObject* file, std::string& out) {
  Ref<> line = TRY(callMethod(file, name<"readline">()));
  if (!isStr(line.get())) return raise(PyExc_TypeError, "readline() returned no string");
  std::string_view utf8 = TRY(strUtf8(cast<StrObject>(line.get())));
  TRY(appendMore(out, utf8));
  return !utf8.empty();
}

// What the exception is in a SyntaxError, where CPython makes one of it.
parser::ReadFailure readFailure(PyObject* exception) {
  const char* kind = exceptionMatches(exception, PyExc_UnicodeError) ? "(unicode error) "
                     : exceptionMatches(exception, PyExc_ValueError) ? "(value error) "
                                                                     : nullptr;
  if (!kind) return {parser::ReadFailure::Kind::ReadError, {}};
  return {parser::ReadFailure::Kind::Located, kind + textOf(exception, "unknown error")};
}

// A script's lines in an encoding, and the exception that ended them.
class CodecReader {
 public:
  parser::CodecLines read(std::string_view bytes, std::string_view encoding) {
    parser::CodecLines lines;
    if (readInto(bytes, encoding, lines).failed()) {
      exception_ = takePending();
      if (lines.opened) lines.failure = readFailure(exception_.get());
    }
    return lines;
  }
  Raised raiseAgain() { return raiseException(std::move(exception_).take()); }

 private:
  static Status readInto(std::string_view bytes, std::string_view encoding, parser::CodecLines& lines) {
    Ref<> file = TRY(openText(bytes, encoding));
    std::string first;
    bool more = TRY(appendLine(file.get(), first));
    lines.opened = true;
    while (more) more = TRY(appendLine(file.get(), lines.text));
    return {};
  }

  MaybeRef<> exception_;
};

// As the tokenizer of CPython does: through whatever unicodedata.normalize is now.
Result<std::string> normalizeIdentifier(std::string_view identifier) {
  Ref<> database = TRY(importModule("unicodedata"));
  Ref<> function = TRY(attrGet(database.get(), "normalize"));
  Ref<StrObject> form = TRY(strFromAscii("NFKC"));
  Ref<StrObject> text = TRY(strFromUtf8(identifier));
  Ref<> answer = TRY(call(function.get(), form.get(), text.get()));
  if (!isStr(answer.get())) {
    return raise(PyExc_TypeError, "unicodedata.normalize() must return a string, not %.200s",
                 typeName(answer.get()));
  }
  return std::string(TRY(strUtf8(cast<StrObject>(answer.get()))));
}

std::optional<std::string> normalizeOrRaise(std::string_view identifier) {
  Result<std::string> normalized = normalizeIdentifier(identifier);
  if (normalized.failed()) return std::nullopt;
  return std::move(normalized).take();
}

PyObject* errorType(parser::ErrorKind kind) {
  switch (kind) {
    case parser::ErrorKind::IndentationError: return PyExc_IndentationError;
    case parser::ErrorKind::TabError: return PyExc_TabError;
    case parser::ErrorKind::MemoryError: return PyExc_MemoryError;
    case parser::ErrorKind::ValueError: return PyExc_ValueError;
    case parser::ErrorKind::RecursionError: return PyExc_RecursionError;
    case parser::ErrorKind::SystemError: return PyExc_SystemError;
    default: return PyExc_SyntaxError;
  }
}

Result<Ref<TupleObject>> errorDetails(const parser::Diagnostic& error, StrObject* filename) {
  Ref<IntObject> line = TRY(intFromLong(error.lineno));
  Ref<IntObject> column = TRY(intFromLong(error.offset));
  Ref<> text = none();
  if (error.text) text = TRY(decodeUtf8(*error.text, "replace"));
  if (!error.has_end) return tupleOf(filename, line.get(), column.get(), text.get());
  Ref<IntObject> end_line = TRY(intFromLong(error.end_lineno));
  Ref<IntObject> end_column = TRY(intFromLong(error.end_offset));
  return tupleOf(filename, line.get(), column.get(), text.get(), end_line.get(), end_column.get());
}

Raised raiseDiagnostic(const parser::Diagnostic& error, StrObject* filename) {
  if (error.kind == parser::ErrorKind::CallbackError) return {};
  if (error.kind == parser::ErrorKind::UnicodeDecodeError) {
    TRY(decodeUtf8(error.message, "strict"));
    return {};
  }
  PyObject* type = errorType(error.kind);
  if (error.kind == parser::ErrorKind::MemoryError && error.message.empty()) return raiseNone(type);
  Ref<StrObject> message = TRY(strFromWtf8(error.message));
  if (!error.has_location) return raiseObject(type, message);
  Ref<TupleObject> details = TRY(errorDetails(error, filename));
  Ref<TupleObject> args = TRY(tupleOf(message.get(), details.get()));
  return raiseObject(type, args);
}

// DeprecationWarning for invalid escapes and the like; a filter may turn one into an error.
Status issue(const parser::Warning& warning, StrObject* filename) {
  PyObject* category = warning.is_deprecation ? PyExc_DeprecationWarning : PyExc_SyntaxWarning;
  Ref<StrObject> message = TRY(strFromWtf8(warning.message));
  Status warned = warnExplicit(category, message, filename, warning.lineno, nullptr, nullptr);
  if (!warned.failed()) return {};
  if (!pendingMatches(category)) return Raised{};
  clearPending();
  return raiseDiagnostic(warning.as_error, filename);
}

// The lines of a statement typed in. One that is not UTF-8 is an error behind the line before it.
class CheckedLines {
 public:
  CheckedLines(InteractiveInput& input, StrObject* filename) : input_(input), filename_(filename) {}

  Result<std::string> next(bool continuation) {
    std::string line = TRY(input_.readLine(continuation));
    if (line.ends_with("\r\n")) line.erase(line.size() - 2, 1);
    if (decodeUtf8(line, "strict").failed()) return raiseUndecodable();
    count_++;
    last_ = line;
    return line;
  }

 private:
  Raised raiseUndecodable() {
    if (!pendingMatches(PyExc_UnicodeDecodeError)) return {};
    parser::Diagnostic error;
    error.message = "(unicode error) " + textOfPending("decoding error");
    error.lineno = error.end_lineno = count_;
    auto begins_character = [](char c) { return (c & 0xc0) != 0x80; };
    error.offset = static_cast<int>(std::count_if(last_.begin(), last_.end(), begins_character));
    error.end_offset = -1;
    error.text = last_.substr(0, last_.find('\n'));
    return raiseDiagnostic(error, filename_);
  }

  InteractiveInput& input_;
  StrObject* filename_;  // borrowed
  int count_ = 0;
  std::string last_;
};

class Parse {
 public:
  Parse(StrObject* filename, const CompileOptions& options) : filename_(filename) {
    options_.mode = parserMode(options.mode);
    options_.type_comments = options.flags & kCfTypeComments;
    options_.ignore_cookie = options.flags & kCfIgnoreCookie;
    options_.from_file = options.from_file;
    options_.from_stdin = options.from_stdin;
    options_.can_seek = options.can_seek;
    options_.dont_imply_dedent = options.flags & kCfDontImplyDedent;
    options_.allow_incomplete_input = options.flags & kCfAllowIncompleteInput;
    options_.barry_as_flufl = options.flags & kCoFutureBarryAsBdfl;
    options_.feature_version =
        options.feature_version >= 0 ? options.feature_version : kCurrentFeatureVersion;
    options_.int_max_str_digits = interpreter().config.int_max_str_digits;
    options_.file_line = [this](int lineno, std::string_view encoding) { return fileLine(lineno, encoding); };
    callbacks_.decode = decodeSource;
    callbacks_.read_lines = [this](auto bytes, auto encoding) { return codec_.read(bytes, encoding); };
    callbacks_.normalize = normalizeOrRaise;
    callbacks_.has_room = hasRoom;
    callbacks_.has_character_names = characterNamesLoaded;
    options_.callbacks = &callbacks_;
    options_.stack_limit = nestingStackLimit();
  }

  Result<ast::Mod*> run(std::string_view source, ast::Tree& tree) {
    std::string name;
    Result<std::string_view> utf8 = strUtf8(filename_);
    if (utf8.failed()) {
      clearPending();
    } else {
      name = TRY(scratchText(std::move(utf8).take()));
    }
    options_.filename = name;
    parser::ParseResult result = parser::parse(source, options_, tree);
    for (const parser::Warning& warning : result.warnings) TRY(issue(warning, filename_));
    if (result.mod) return result.mod;
    if (result.at_eof) return nullptr;
    if (result.error.kind == parser::ErrorKind::ReadError) return codec_.raiseAgain();
    return raiseDiagnostic(result.error, filename_);
  }

  parser::Callbacks& callbacks() { return callbacks_; }

 private:
  // The line as it stands in the file, byte order mark included.
  std::optional<std::string> fileLine(int lineno, std::string_view encoding) const;

  StrObject* filename_;
  parser::Options options_;
  parser::Callbacks callbacks_;
  CodecReader codec_;
};

std::optional<std::string> Parse::fileLine(int lineno, std::string_view encoding) const {
  PendingSaved saved;
  MaybeRef<StrObject> line = sourceLine(filename_, lineno, std::string(encoding));
  if (!line) return std::nullopt;
  Result<std::string_view> utf8 = strUtf8(line.get());
  if (utf8.failed()) return std::nullopt;
  return std::string(std::move(utf8).take());
}

}  // namespace

Result<ast::Mod*> parseSource(std::string_view source, StrObject* filename, const CompileOptions& options,
                              ast::Tree& tree) {
  TRY(audit("compile", "y#O", source.data(), static_cast<Py_ssize_t>(source.size()),
            static_cast<PyObject*>(filename)));
  return Parse(filename, options).run(source, tree);
}

Result<ast::Mod*> parseInteractive(InteractiveInput& input, StrObject* filename,
                                   const CompileOptions& options, ast::Tree& tree) {
  CompileOptions single = options;
  single.mode = CompileMode::kSingle;
  Parse parse(filename, single);
  CheckedLines lines(input, filename);
  parse.callbacks().readline = [&lines](bool continuation) -> std::optional<std::string> {
    Result<std::string> line = lines.next(continuation);
    if (line.failed()) return std::nullopt;
    return std::move(line).take();
  };
  return parse.run({}, tree);
}

}  // namespace krait::compiler
