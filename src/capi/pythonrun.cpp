// Exports of pythonrun.h and compile.h: compiling and running source text.
#include <cstdio>
#include <string>

#include "capi/capi.h"
#include "compiler/compile.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "core/print_error.h"
#include "core/readline.h"
#include "core/scratch.h"
#include "interp/eval.h"
#include "types/module.h"

using namespace krait;

struct PyCompilerFlags {
  int cf_flags;
  int cf_feature_version;
};

namespace {

// Grammar start symbols.
constexpr int kSingleInput = 256, kFileInput = 257, kEvalInput = 258, kFuncTypeInput = 345;

Result<CompileMode> modeOf(int start) {
  switch (start) {
    case kSingleInput: return CompileMode::kSingle;
    case kFileInput: return CompileMode::kExec;
    case kEvalInput: return CompileMode::kEval;
    case kFuncTypeInput: return CompileMode::kFuncType;
    default: return raise(PyExc_SystemError, "unknown grammar start symbol %d", start);
  }
}

Result<CompileOptions> optionsFor(int start, const PyCompilerFlags* flags, int optimize = -1) {
  CompileOptions options{.mode = TRY(modeOf(start)), .optimize = optimize};
  if (!flags) return options;
  options.flags = flags->cf_flags;
  if (flags->cf_flags & kCfOnlyAst) options.feature_version = flags->cf_feature_version;
  return options;
}

Result<Ref<>> compileText(const char* source, PyObject* filename, int start, PyCompilerFlags* flags,
                          int optimize) {
  CompileOptions options = TRY(optionsFor(start, flags, optimize));
  Ref<> code = TRY(compileSourceOrAst(source, static_cast<StrObject*>(filename), options));
  if (flags) flags->cf_flags |= options.flags & kFutureMask;
  return code;
}

Result<Ref<>> runSource(std::string_view source, StrObject* filename, PyObject* globals, PyObject* locals,
                        CompileOptions options) {
  std::vector<Ref<>> constants;
  options.constants = &constants;
  Ref<CodeObject> code = TRY(compileSource(source, filename, options));
  if (!isDict(globals))
    return raise(PyExc_SystemError, "globals must be a real dict; try eval(code, {}, {})");
  if (!TRY(dictContains(static_cast<DictObject*>(globals), name<"__builtins__">()))) {
    TRY(dictSet(static_cast<DictObject*>(globals), name<"__builtins__">(), interpreter().builtins));
  }
  return evalCode(code, globals, locals ? locals : globals);
}

Result<Ref<>> runString(const char* source, int start, PyObject* globals, PyObject* locals,
                        PyCompilerFlags* flags) {
  Ref<StrObject> filename = TRY(strLiteral("<string>"));
  return runSource(source, filename, globals, locals, TRY(optionsFor(start, flags)));
}

Result<std::string> readAll(FILE* file) {
  std::string text;
  char piece[8192];
  while (size_t got = std::fread(piece, 1, sizeof piece, file)) TRY(appendMore(text, {piece, got}));
  return text;
}

Result<Ref<>> runFile(FILE* file, const char* path, int start, PyObject* globals, PyObject* locals,
                      bool closes, PyCompilerFlags* flags) {
  bool is_stdin = file == stdin, can_seek = std::ftell(file) >= 0;
  Result<std::string> text = readAll(file);
  if (closes) std::fclose(file);
  Ref<StrObject> filename = TRY(fsDecode(path));
  CompileOptions options = TRY(optionsFor(start, flags));
  options.from_file = true;
  options.from_stdin = is_stdin;
  options.can_seek = can_seek;
  return runSource(TRY(std::move(text)), filename, globals, locals, options);
}

Result<Ref<DictObject>> mainNamespace() {
  Opt<> main = importedModule("__main__");
  if (!main || !isModule(main.get())) return raise(PyExc_RuntimeError, "lost __main__");
  return share(static_cast<ModuleObject*>(main.get())->dict());
}

// Runs in __main__; failures are printed.
int reported(Result<Ref<>> answer) {
  if (!answer.failed()) return (void)std::move(answer).take(), 0;
  printPending(true);
  return -1;
}

Result<Ref<>> simpleString(const char* source, PyCompilerFlags* flags) {
  Ref<DictObject> dict = TRY(mainNamespace());
  return runString(source, kFileInput, dict, dict, flags);
}

// The file is __main__'s __file__ while it runs.
Result<Ref<>> simpleFile(FILE* file, const char* path, bool closes, PyCompilerFlags* flags) {
  Ref<DictObject> dict = TRY(mainNamespace());
  bool named = TRY(dictContains(dict, name<"__file__">()));
  if (!named) TRY(dictSet(dict, name<"__file__">(), TRY(fsDecode(path)).get()));
  auto answer = runFile(file, path, kFileInput, dict, dict, closes, flags);
  if (!named) {
    PendingSaved saved;
    if (dictDiscard(dict, name<"__file__">()).failed()) clearPending();
  }
  return answer;
}

const char* shownPath(const char* path) { return path ? path : "???"; }

}  // namespace

KR_EXPORT PyObject* Py_CompileStringObject(const char* source, PyObject* filename, int start,
                                           PyCompilerFlags* flags, int optimize) {
  return toC(compileText(source, filename, start, flags, optimize));
}
KR_EXPORT PyObject* Py_CompileStringExFlags(const char* source, const char* path, int start,
                                            PyCompilerFlags* flags, int optimize) {
  auto filename = fsDecode(path);
  if (filename.failed()) return nullptr;
  auto held = std::move(filename).take();
  return Py_CompileStringObject(source, held, start, flags, optimize);
}
KR_EXPORT PyObject* Py_CompileStringFlags(const char* source, const char* path, int start,
                                          PyCompilerFlags* flags) {
  return Py_CompileStringExFlags(source, path, start, flags, -1);
}
KR_EXPORT PyObject* Py_CompileString(const char* source, const char* path, int start) {
  return Py_CompileStringExFlags(source, path, start, nullptr, -1);
}
KR_EXPORT int PyEval_MergeCompilerFlags(PyCompilerFlags* flags) {
  bool inherited = mergeCompilerFlags(&flags->cf_flags);
  return inherited || flags->cf_flags != 0;
}

KR_EXPORT PyObject* PyRun_StringFlags(const char* source, int start, PyObject* globals, PyObject* locals,
                                      PyCompilerFlags* flags) {
  return toC(runString(source, start, globals, locals, flags));
}
KR_EXPORT PyObject* PyRun_String(const char* source, int start, PyObject* globals, PyObject* locals) {
  return PyRun_StringFlags(source, start, globals, locals, nullptr);
}
KR_EXPORT int PyRun_SimpleStringFlags(const char* source, PyCompilerFlags* flags) {
  return reported(simpleString(source, flags));
}
KR_EXPORT int PyRun_SimpleString(const char* source) { return PyRun_SimpleStringFlags(source, nullptr); }

KR_EXPORT PyObject* PyRun_FileExFlags(FILE* file, const char* path, int start, PyObject* globals,
                                      PyObject* locals, int closes, PyCompilerFlags* flags) {
  return toC(runFile(file, path, start, globals, locals, closes != 0, flags));
}
KR_EXPORT PyObject* PyRun_FileEx(FILE* file, const char* path, int start, PyObject* globals, PyObject* locals,
                                 int closes) {
  return PyRun_FileExFlags(file, path, start, globals, locals, closes, nullptr);
}
KR_EXPORT PyObject* PyRun_FileFlags(FILE* file, const char* path, int start, PyObject* globals,
                                    PyObject* locals, PyCompilerFlags* flags) {
  return PyRun_FileExFlags(file, path, start, globals, locals, 0, flags);
}
KR_EXPORT PyObject* PyRun_File(FILE* file, const char* path, int start, PyObject* globals, PyObject* locals) {
  return PyRun_FileExFlags(file, path, start, globals, locals, 0, nullptr);
}
KR_EXPORT int PyRun_SimpleFileExFlags(FILE* file, const char* path, int closes, PyCompilerFlags* flags) {
  return reported(simpleFile(file, shownPath(path), closes != 0, flags));
}
KR_EXPORT int PyRun_SimpleFileEx(FILE* file, const char* path, int closes) {
  return PyRun_SimpleFileExFlags(file, path, closes, nullptr);
}
KR_EXPORT int PyRun_SimpleFile(FILE* file, const char* path) {
  return PyRun_SimpleFileExFlags(file, path, 0, nullptr);
}

// The next line from the terminal, as input() reads it: PyMem text with its newline; "" at the end.
KR_EXPORT char* PyOS_Readline(FILE*, FILE*, const char* prompt) {
  auto line = readTerminalLine(prompt);
  if (line.failed()) return nullptr;
  std::string text = std::move(line).take();
  auto* copy = static_cast<char*>(memAlloc(text.size() + 1));
  if (!copy) return (void)raiseNoMemory(), nullptr;
  __builtin_memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}
