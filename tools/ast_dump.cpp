// ast_dump: parses Python sources as Krait does and prints what CPython's `ast` would, for comparing the two.
//
//   ast_dump FILE            prints the dump of one file, or its error
//   ast_dump --batch         reads jobs from standard input, writes one answer per job:
//       job:    "<mode> <flags> <byte count>\n" followed by the source.
//               mode: exec eval single func_type; flags: letters of s (source is a str), t (type comments),
//               i (incomplete input allowed), d (dedent not implied), b (barry_as_FLUFL), w (warnings first),
//               f<N> (feature_version N), or -
//       answer: "<byte count>\n" followed by the dump, or "!" and the error's fields, one a line
//   ast_dump --repl          reads interactive statements from standard input
//   ast_dump --time N FILE...  parses every file N times and prints the seconds used
#include <iconv.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include "parser/parse.h"

using namespace krait;
using namespace krait::parser;

namespace {

std::optional<std::string> iconvDecode(std::string_view bytes, std::string_view encoding,
                                       std::string* error) {
  std::string name(encoding);
  iconv_t converter = iconv_open("UTF-8", name.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    *error = "unknown encoding: " + name;
    return std::nullopt;
  }
  std::string out(bytes.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(bytes.data());
  size_t in_left = bytes.size(), out_left = out.size();
  char* to = out.data();
  size_t status = iconv(converter, &in, &in_left, &to, &out_left);
  iconv_close(converter);
  if (status == static_cast<size_t>(-1)) {
    *error = "cannot decode as " + name;
    return std::nullopt;
  }
  out.resize(static_cast<size_t>(to - out.data()));
  return out;
}

const char* kindText(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::SyntaxError: return "SyntaxError";
    case ErrorKind::IndentationError: return "IndentationError";
    case ErrorKind::TabError: return "TabError";
    case ErrorKind::IncompleteInput: return "SyntaxError";
    case ErrorKind::MemoryError: return "MemoryError";
    case ErrorKind::ValueError: return "ValueError";
    case ErrorKind::RecursionError: return "RecursionError";
    case ErrorKind::CallbackError: return "CallbackError";
  }
  return "?";
}

std::string answer(const ParseResult& result) {
  if (result) return dump(result.mod);
  const Diagnostic& error = result.error;
  std::ostringstream out;
  out << "!" << kindText(error.kind) << "\n";
  if (error.has_location) {
    out << error.lineno << " " << error.offset;
    if (error.has_end) out << " " << error.end_lineno << " " << error.end_offset;
  }
  out << "\n" << error.message << "\n" << (error.text ? *error.text : "<none>");
  return out.str();
}

std::string process(const std::string& source, Options options, bool with_warnings = false) {
  static Callbacks callbacks{iconvDecode, nullptr};
  options.callbacks = &callbacks;
  ast::Tree tree;
  ParseResult result = parse(source, options, tree);
  std::string text;
  if (with_warnings) {
    for (const Warning& warning : result.warnings) {
      text += "#" + std::string(warning.is_deprecation ? "DeprecationWarning " : "SyntaxWarning ") +
              std::to_string(warning.lineno) + " " + warning.message + "\n";
    }
  }
  return text + answer(result);
}

Options readOptions(const std::string& mode, const std::string& flags) {
  Options options;
  options.mode = mode == "eval"        ? Mode::Eval
                 : mode == "single"    ? Mode::Single
                 : mode == "func_type" ? Mode::FuncType
                                       : Mode::Exec;
  for (size_t i = 0; i < flags.size(); i++) {
    if (flags[i] == 's') options.ignore_cookie = true;
    if (flags[i] == 't') options.type_comments = true;
    if (flags[i] == 'i') options.allow_incomplete_input = true;
    if (flags[i] == 'd') options.dont_imply_dedent = true;
    if (flags[i] == 'b') options.barry_as_flufl = true;
    if (flags[i] == 'f') options.feature_version = std::atoi(flags.c_str() + i + 1);
  }
  return options;
}

int batch() {
  std::string mode, flags;
  size_t size;
  while (std::cin >> mode >> flags >> size) {
    std::cin.get();
    std::string source(size, '\0');
    std::cin.read(source.data(), static_cast<std::streamsize>(size));
    std::string text = process(source, readOptions(mode, flags), flags.find('w') != flags.npos);
    std::printf("%zu\n", text.size());
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  return 0;
}

std::string readFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

int repl() {
  Callbacks callbacks;
  callbacks.readline = [](bool continuation) -> std::optional<std::string> {
    std::printf(continuation ? "... " : ">>> ");
    std::string line;
    if (!std::getline(std::cin, line)) return std::string();
    std::printf("%s\n", line.c_str());
    return line + "\n";
  };
  Options options;
  options.mode = Mode::Single;
  options.callbacks = &callbacks;
  for (;;) {
    ast::Tree tree;
    ParseResult result = parse({}, options, tree);
    if (result.at_eof) return 0;
    std::printf("%s\n", answer(result).c_str());
  }
}

int measure(int rounds, int count, char** paths) {
  double total = 0;
  size_t bytes = 0;
  for (int i = 0; i < count; i++) {
    std::string source = readFile(paths[i]);
    bytes += source.size();
    auto start = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; round++) {
      ast::Tree tree;
      Options options;
      parse(source, options, tree);
    }
    total += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::printf("%.4f s for %d files, %zu bytes, %d rounds\n", total, count, bytes, rounds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--batch") == 0) return batch();
  if (argc > 1 && std::strcmp(argv[1], "--repl") == 0) return repl();
  if (argc > 3 && std::strcmp(argv[1], "--time") == 0) return measure(std::atoi(argv[2]), argc - 3, argv + 3);
  if (argc != 2)
    return std::fprintf(stderr, "usage: ast_dump FILE | --batch | --repl | --time N FILE...\n"), 2;
  std::string text = process(readFile(argv[1]), Options{});
  std::printf("%s\n", text.c_str());
  return 0;
}
