// The compiler's public face: source text or a syntax tree in, a code object out, equal to CPython 3.11's.
//
// Errors: SyntaxError (IndentationError, TabError) with all its details, ValueError for null bytes,
// RecursionError and MemoryError for nesting; warnings go through warnings.warn_explicit. Needs the GIL;
// warnings and codecs run Python.
#pragma once

#include <string_view>
#include <vector>

#include "bytecode/code_flags.h"
#include "core/result.h"
#include "types/code.h"

namespace krait::ast {
struct Mod;
class Tree;
}  // namespace krait::ast

namespace krait {

enum class CompileMode : uint8_t { kExec, kEval, kSingle, kFuncType };

struct CompileOptions {
  CompileMode mode = CompileMode::kExec;
  int flags = 0;             // kCf* and kCoFuture* bits; compiling adds the source's own __future__ features
  int optimize = -1;         // -1: the interpreter's -O level
  int feature_version = -1;  // minor version for ast.parse; -1: current
  bool from_file = false;    // the bytes of a script, to be read line by line as from a file
  bool from_stdin = false;   // and that file is stdin
  bool can_seek = true;      // else the file cannot be read anew in the encoding that a cookie names
  // Where to put the constants of the source for who runs it at once: CPython's syntax tree lives as long as
  // the code runs, so that each has one reference more.
  std::vector<Ref<>>* constants = nullptr;
};

// `source` without a BOM or coding cookie applied yet, unless options.flags has kCfIgnoreCookie (it came from
// a str).
Result<Ref<CodeObject>> compileSource(std::string_view source, StrObject* filename, CompileOptions options);
// The same, or with kCfOnlyAst the ast.Module/Expression/Interactive/FunctionType object. options.flags is
// updated with the features that the source enables (for interactive use).
Result<Ref<>> compileSourceOrAst(std::string_view source, StrObject* filename, CompileOptions& options);
// One statement from an interactive stream, prompts included; absent: end of file. readline answers the next
// line with its newline, "" at the end.
struct InteractiveInput {
  virtual Result<std::string> readLine(bool continuation) = 0;

 protected:
  ~InteractiveInput() = default;
};
Result<MaybeRef<CodeObject>> compileInteractive(InteractiveInput& input, StrObject* filename,
                                                CompileOptions& options);

// A file name argument: str, bytes or path-like; other bytes-like objects are deprecated.
Result<Ref<StrObject>> sourceFileName(PyObject* path);

// Compiles a tree that the caller keeps alive; the tree is changed (folded).
Result<Ref<CodeObject>> compileTree(ast::Tree& tree, ast::Mod* mod, StrObject* filename,
                                    CompileOptions& options);
// compile(ast_object, ...): converts, validates, compiles.
Result<Ref<CodeObject>> compileAstObject(PyObject* ast_object, StrObject* filename, CompileOptions options);
// Whether the object is an instance of _ast.AST (PyAST_Check).
Result<bool> isAstObject(PyObject* object);

}  // namespace krait
