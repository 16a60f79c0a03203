// The parser's public face: source bytes in, a syntax tree or one diagnostic out. Python-free.
//
// Positions in a tree are CPython's ast positions (1-based lines, 0-based UTF-8 byte columns); those of a
// Diagnostic are a SyntaxError's (1-based lines, 1-based character offsets, 0 or -1 where CPython says so).
// Threads: no shared state; one Tree per call or several parses into one Tree, by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"

namespace krait::parser {

enum class Mode : uint8_t { Exec, Eval, Single, FuncType };

// Why a parse failed; the upper layer maps it to the exception type.
enum class ErrorKind : uint8_t {
  SyntaxError,
  IndentationError,
  TabError,
  IncompleteInput,  // allow_incomplete_input and the input ended too early: SyntaxError "incomplete input"
  MemoryError,      // nested too deeply
  ValueError,       // "source code string cannot contain null bytes"
  RecursionError,
  SystemError,         // CPython finds itself called wrongly
  UnicodeDecodeError,  // behind the place of the error is a name that is not UTF-8: `message` has its bytes
  CallbackError,       // a callback failed: its own exception is pending
  ReadError,           // Callbacks::read_lines failed: its exception, which it has kept
};

struct Diagnostic {
  ErrorKind kind = ErrorKind::SyntaxError;
  std::string message;
  int lineno = 0;
  int offset = 0;
  int end_lineno = 0;
  int end_offset = 0;
  bool has_location = true;  // false: raise kind(message) with no details tuple
  bool has_end = true;       // false: the details tuple has no end_lineno and end_offset
  std::optional<std::string>
      text;  // the source line as UTF-8 (invalid bytes replaced); none: SyntaxError.text is None
};

// A warning to issue (warnings.warn_explicit with the file name and lineno). When the filters turn it into an
// error, raise SyntaxError(message) at `as_error` instead.
struct Warning {
  bool is_deprecation = true;  // else SyntaxWarning
  std::string message;
  int lineno = 0;
  Diagnostic as_error;
};

// Why the lines of a script end before the file does.
struct ReadFailure {
  enum class Kind : uint8_t {
    Plain,     // SyntaxError(message), no place
    Located,   // the same behind the last line that was read; but ReadError where later lines are looked at
               // only to explain an error better
    ReadError  // in any case
  };
  Kind kind = Kind::Plain;
  std::string message;
};

// What a text file in some encoding reads.
struct CodecLines {
  bool opened = false;  // the encoding is known and the first line could be read
  std::string text;     // UTF-8, '\n' newlines, without the first line
  std::optional<ReadFailure> failure;
};

// What upper layers lend to the parser. All may be empty.
struct Callbacks {
  // Decodes source in a named encoding into UTF-8; nullopt: unknown encoding or bad bytes, *error says which.
  std::function<std::optional<std::string>(std::string_view bytes, std::string_view encoding,
                                           std::string* error)>
      decode;
  // Reads a script's lines in a named encoding.
  std::function<CodecLines(std::string_view bytes, std::string_view encoding)> read_lines;
  // Interactive source: the next line with its newline ("" at end of file), nullopt when reading raised.
  std::function<std::optional<std::string>(bool continuation)> readline;
  // The NFKC form of an identifier that is not ASCII, as UTF-8; nullopt when that raised. Empty: the parser's
  // own.
  std::function<std::optional<std::string>(std::string_view identifier)> normalize;
  // Whether so many bytes can be had: what parsing takes for itself must not run out of memory. Empty: they
  // can.
  std::function<bool(size_t bytes)> has_room;
  // Before the first \N escape: whether names of characters can be looked up. Empty: they can.
  std::function<bool()> has_character_names;
};

struct Options {
  Mode mode = Mode::Exec;
  std::string_view filename = "<unknown>";
  bool type_comments = false;
  bool ignore_cookie = false;           // source is a str: UTF-8, no BOM and cookie handling
  bool from_file = false;               // the bytes of a script, to be read line by line
  bool from_stdin = false;              // and its lines are shown as they were read
  bool can_seek = true;                 // else a script cannot change to an encoding
  bool dont_imply_dedent = false;       // PyCF_DONT_IMPLY_DEDENT
  bool allow_incomplete_input = false;  // PyCF_ALLOW_INCOMPLETE_INPUT
  bool barry_as_flufl = false;          // from __future__ import barry_as_FLUFL: <> for !=
  int feature_version = 11;             // minor version
  int int_max_str_digits = 4300;        // sys.set_int_max_str_digits; 0 = unlimited
  // The error line comes from this file when the mode is Exec (CPython re-reads the named file, in the
  // encoding of the source, empty when that is not known); no function: never.
  std::function<std::optional<std::string>(int lineno, std::string_view encoding)> file_line;
  const Callbacks* callbacks = nullptr;
  const void* stack_limit = nullptr;  // lowest address that recursion may reach; beyond it: MemoryError
};

struct ParseResult {
  ast::Mod* mod = nullptr;  // null: failed, see error
  Diagnostic error;
  std::vector<Warning> warnings;
  bool at_eof = false;  // Single mode with readline: the source ended before a statement began
  explicit operator bool() const { return mod != nullptr; }
};

size_t bytesToParse(std::string_view source);  // at most; that many the lexer takes, too

// Parses a whole source. With Options.mode == Single and Callbacks.readline set, `source` is ignored and
// exactly one interactive statement is read, line by line.
ParseResult parse(std::string_view source, const Options& options, ast::Tree& tree);

// ast.dump(tree, include_attributes=True) as UTF-8 (WTF-8), for tests and tools.
std::string dump(const ast::Mod* mod);

}  // namespace krait::parser
