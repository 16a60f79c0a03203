// Printing an exception with everything that belongs to it, and the end of a program that nobody caught it
// in.
#include "core/print_error.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_set>

#include "core/call.h"
#include "core/frame_hooks.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "core/print_margin.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/code.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/traceback.h"
#include "types/type.h"

namespace krait {

void (*exitProcess)(int status) = std::exit;

namespace {

constexpr int kMaxGroupWidth = 15, kMaxGroupDepth = 10;
constexpr const char* kCauseText = "The above exception was the direct cause of the following exception:\n";
constexpr const char* kContextText = "During handling of the above exception, another exception occurred:\n";

// One printing of an exception and all it refers to.
struct Printer {
  PyObject* file;
  std::unordered_set<PyObject*> seen;  // borrowed: the chain keeps them alive
  Margin margin;
  bool need_close = false;  // the last line of the innermost group's frame is still to be drawn

  // False: it was before.
  Result<bool> markSeen(PyObject* exception) {
    TRY(checkMemory());
    return seen.insert(exception).second;
  }
  Status writeLine(std::string_view text) {
    TRY(margin.write(file));
    return fileWrite(file, text);
  }
};

Status printRecursive(Printer& p, PyObject* exception);

// --- the message line --------------------------------------------------------------------------------------

Status writeModule(Printer& p, PyObject* type) {
  auto module = attrGet(type, "__module__");
  if (module.failed()) {
    clearPending();
    return fileWrite(p.file, "<unknown>.");
  }
  Ref<> owned = std::move(module).take();
  if (!isStr(owned.get())) return fileWrite(p.file, "<unknown>.");
  auto* text = cast<StrObject>(owned.get());
  if (strEqualsAscii(text, "builtins") || strEqualsAscii(text, "__main__")) return {};
  TRY(fileWriteText(p.file, text));
  return fileWrite(p.file, ".");
}

Status printMessage(Printer& p, PyObject* type, PyObject* value) {
  TRY(p.margin.write(p.file));
  TRY(writeModule(p, type));
  auto qualname = typeQualname(reinterpret_cast<PyTypeObject*>(type));
  if (qualname.failed()) {
    clearPending();
    TRY(fileWrite(p.file, "<unknown>"));
  } else {
    Ref<StrObject> text = std::move(qualname).take();
    TRY(fileWriteText(p.file, text));
  }
  if (value == Py_None) return {};
  auto message = objectStr(value);
  if (message.failed()) {
    clearPending();
    return fileWrite(p.file, ": <exception str() failed>");
  }
  Ref<StrObject> text = std::move(message).take();
  if (text->size() > 0) TRY(fileWrite(p.file, ": "));
  return fileWriteText(p.file, text);
}

Status printSuggestion(Printer& p, PyObject* value) {
  MaybeRef<> suggestion = suggestionFor(value);
  if (!suggestion) return {};
  TRY(fileWrite(p.file, ". Did you mean: '"));
  TRY(fileWriteObject(p.file, suggestion.get(), true));
  return fileWrite(p.file, "'?");
}

// --- SyntaxError: the place in the source ------------------------------------------------------------------

struct SyntaxWhere {
  Ref<> message, filename;
  Py_ssize_t line, offset, end_line, end_offset;
  MaybeRef<> text;
};

Result<Py_ssize_t> numberAttr(PyObject* exception, const char* attr, Py_ssize_t fallback) {
  Ref<> value = TRY(attrGet(exception, attr));
  if (value.get() == Py_None) return fallback;
  return asLong(value.get());
}

Result<SyntaxWhere> syntaxWhere(PyObject* exception) {
  Ref<> message = TRY(attrGet(exception, "msg"));
  Ref<> filename = TRY(attrGet(exception, "filename"));
  if (filename.get() == Py_None) filename = TRY(strFromAscii("<string>"));
  Ref<> line_object = TRY(attrGet(exception, "lineno"));
  Py_ssize_t line = TRY(asLong(line_object.get()));
  Py_ssize_t offset = TRY(numberAttr(exception, "offset", -1));
  Py_ssize_t end_line = TRY(numberAttr(exception, "end_lineno", line));
  Py_ssize_t end_offset = TRY(numberAttr(exception, "end_offset", -1));
  Ref<> text = TRY(attrGet(exception, "text"));
  MaybeRef<> shown;
  if (text.get() != Py_None) shown = std::move(text);
  return SyntaxWhere{std::move(message), std::move(filename), line, offset, end_line,
                     end_offset,         std::move(shown)};
}

// What of a SyntaxError's text is shown: the line that the error starts in, and where the carets go below it.
struct MarkedLine {
  std::string_view line;
  Py_ssize_t caret_column;  // negative: no carets
  Py_ssize_t carets;
};

// Offsets are 1-based and count from the start of the text, whose indentation is not shown.
MarkedLine markedLine(std::string_view text, Py_ssize_t offset, Py_ssize_t end_offset) {
  auto indent = static_cast<Py_ssize_t>(std::min(text.find_first_not_of(" \t\f"), text.size()));
  text.remove_prefix(indent);
  auto length = static_cast<Py_ssize_t>(text.size()) - text.ends_with('\n');
  Py_ssize_t column = std::min(offset - 1 - indent, length);
  if (size_t newline; column > 0 && (newline = text.rfind('\n', column - 1)) != text.npos) {
    text.remove_prefix(newline + 1);
    column -= static_cast<Py_ssize_t>(newline) + 1;
  }
  return {text, column, end_offset > offset ? std::max(end_offset - offset, Py_ssize_t{1}) : 1};
}

Status printErrorText(Printer& p, const MarkedLine& marked) {
  TRY(p.writeLine("    "));
  TRY(fileWrite(p.file, marked.line));
  if (!marked.line.ends_with('\n')) TRY(fileWrite(p.file, "\n"));
  if (marked.caret_column < 0) return {};
  TRY(p.writeLine("    "));
  std::string carets;
  TRY(reserveMore(carets, static_cast<size_t>(marked.caret_column + marked.carets + 1)));
  carets.append(static_cast<size_t>(marked.caret_column), ' ')
      .append(static_cast<size_t>(marked.carets), '^');
  return fileWrite(p.file, carets += '\n');
}

// A SyntaxError shows its place; its message is then msg alone, which is answered.
Result<Ref<>> printFileAndLine(Printer& p, PyObject* value) {
  MaybeRef<> marker = TRY(attrLookup(value, "print_file_and_line"));
  if (!marker) return share(value);
  auto parsed = syntaxWhere(value);
  if (parsed.failed()) {
    clearPending();
    return share(value);
  }
  SyntaxWhere where = std::move(parsed).take();
  Ref<StrObject> head = TRY(strFormat("  File \"%S\", line %zd\n", where.filename.get(), where.line));
  TRY(p.margin.write(p.file));
  TRY(fileWriteText(p.file, head));
  if (where.text && isStr(where.text.get())) {
    std::string text = TRY(scratchText(TRY(strUtf8(cast<StrObject>(where.text.get())))));
    auto length = static_cast<Py_ssize_t>(text.size());
    // Only a SyntaxError itself has its whole range marked, subclasses the first character.
    if (value->ob_type != cast<PyTypeObject>(PyExc_SyntaxError))
      where.end_offset = -1;
    else if (where.end_line > where.line)
      where.end_offset = length;
    else
      where.end_offset = std::min(where.end_offset, length + 1);
    text.resize(std::min(text.size(), text.find('\0')));  // shown as a C string
    TRY(printErrorText(p, markedLine(text, where.offset, where.end_offset)));
  }
  return std::move(where.message);
}

// --- notes -------------------------------------------------------------------------------------------------

Status printNote(Printer& p, PyObject* note) {
  auto made = isStr(note) ? Result<Ref<StrObject>>(share(cast<StrObject>(note))) : objectStr(note);
  if (made.failed()) {
    clearPending();
    return p.writeLine("<note str() failed>\n");
  }
  Ref<StrObject> text = std::move(made).take();
  Ref<> lines = TRY(callMethod(text.get(), name<"splitlines">(), Py_True));
  auto* list = cast<ListObject>(lines.get());
  for (Py_ssize_t i = 0; i < list->size(); i++) {
    TRY(p.margin.write(p.file));
    TRY(fileWriteText(p.file, cast<StrObject>(list->at(i))));
  }
  return fileWrite(p.file, "\n");
}

Status printNotes(Printer& p, PyObject* notes) {
  if (isSequence(notes)) {
    Ref<ListObject> list = TRY(sequenceList(notes));
    for (Py_ssize_t i = 0; i < list->size(); i++) TRY(printNote(p, list->at(i)));
    return {};
  }
  TRY(p.margin.write(p.file));
  auto repr = objectRepr(notes);
  if (repr.failed()) {
    clearPending();
    TRY(fileWrite(p.file, "<__notes__ repr() failed>"));
  } else {
    Ref<StrObject> text = std::move(repr).take();
    TRY(fileWriteText(p.file, text));
  }
  return {};
}

// --- one exception -----------------------------------------------------------------------------------------

bool isGroup(PyObject* o) {
  return isInstanceOf(o, reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup));
}

Status printTraceback(Printer& p, PyObject* value) {
  PyObject* traceback = cast<ExceptionObject>(value)->traceback;
  if (!traceback || traceback == Py_None) return {};
  auto keep = share(traceback);
  std::string header = p.margin.text();
  if (isGroup(value)) {
    if (p.margin.depth == 1) header = p.margin.spaces() + "+ ";
    header += "Exception Group ";
  }
  return printTracebackWithMargin(p.file, traceback, p.margin,
                                  header + "Traceback (most recent call last):\n");
}

Status printOne(Printer& p, PyObject* value) {
  std::fflush(stdout);
  if (!isExceptionInstance(value)) {
    TRY(fileWrite(p.file, "TypeError: print_exception(): Exception expected for value, "));
    TRY(fileWrite(p.file, typeName(value)));
    return fileWrite(p.file, " found\n");
  }
  auto keep = share(value);
  TRY(printTraceback(p, value));
  auto* type = reinterpret_cast<PyObject*>(typeOf(value));
  MaybeRef<> notes = TRY(attrLookup(value, name<"__notes__">()));
  Ref<> shown = TRY(printFileAndLine(p, value));
  TRY(printMessage(p, type, shown.get()));
  if (isExceptionInstance(shown.get())) TRY(printSuggestion(p, shown.get()));
  TRY(fileWrite(p.file, "\n"));
  if (notes && notes.get() != Py_None) TRY(printNotes(p, notes.get()));
  return {};
}

// --- groups ------------------------------------------------------------------------------------------------

Status printRest(Printer& p, Py_ssize_t hidden) {
  Ref<StrObject> text =
      TRY(strFormat(hidden == 1 ? "and %zd more exception\n" : "and %zd more exceptions\n", hidden));
  TRY(p.margin.write(p.file));
  return fileWriteText(p.file, text);
}

Status printMember(Printer& p, TupleObject* members, Py_ssize_t i, bool is_last) {
  if (is_last) p.need_close = true;
  bool hidden = i >= kMaxGroupWidth;
  std::string number = hidden ? "..." : std::to_string(i + 1);
  TRY(fileWrite(p.file, p.margin.spaces() + (i == 0 ? "+-" : "  ") + "+---------------- " + number +
                            " ----------------\n"));
  p.margin.depth++;
  if (hidden) {
    TRY(printRest(p, members->size() - kMaxGroupWidth));
  } else {
    auto guard = TRY(RecursionGuard::enter(" in print_exception_group"));
    TRY(printRecursive(p, members->at(i)));
  }
  if (is_last && p.need_close) {
    TRY(fileWrite(p.file, p.margin.spaces() + "+------------------------------------\n"));
    p.need_close = false;
  }
  p.margin.depth--;
  return {};
}

Status printGroup(Printer& p, PyObject* group) {
  if (p.margin.depth > kMaxGroupDepth)
    return p.writeLine("... (max_group_depth is " + std::to_string(kMaxGroupDepth) + ")\n");
  if (p.margin.depth == 0) p.margin.depth++;
  TRY(printOne(p, group));
  auto members =
      share(cast<TupleObject>(static_cast<ExceptionGroupObject*>(cast<ExceptionObject>(group))->excs));
  Py_ssize_t shown = members->size() <= kMaxGroupWidth ? members->size() : kMaxGroupWidth + 1;
  p.need_close = false;
  for (Py_ssize_t i = 0; i < shown; i++) TRY(printMember(p, members, i, i == shown - 1));
  if (p.margin.depth == 1) p.margin.depth--;
  return {};
}

// --- chains ------------------------------------------------------------------------------------------------

Status printChained(Printer& p, PyObject* earlier, const char* text) {
  auto guard = TRY(RecursionGuard::enter(" in print_chained"));
  bool need_close = std::exchange(p.need_close, false);
  Status printed = printRecursive(p, earlier);
  p.need_close = need_close;
  TRY(std::move(printed));
  TRY(p.writeLine("\n"));
  TRY(p.writeLine(text));
  return p.writeLine("\n");
}

Status printEarlier(Printer& p, PyObject* value) {
  if (!isExceptionInstance(value)) return {};
  TRY(p.markSeen(value));
  auto* exception = cast<ExceptionObject>(value);
  if (exception->cause) {
    auto cause = share(exception->cause);
    return p.seen.contains(cause.get()) ? Status{} : printChained(p, cause.get(), kCauseText);
  }
  if (!exception->context || exception->suppress_context) return {};
  auto context = share(exception->context);
  return p.seen.contains(context.get()) ? Status{} : printChained(p, context.get(), kContextText);
}

Status printRecursive(Printer& p, PyObject* exception) {
  auto guard = TRY(RecursionGuard::enter(" in print_exception_recursive"));
  TRY(printEarlier(p, exception));
  return isGroup(exception) ? printGroup(p, exception) : printOne(p, exception);
}

// Without sys.stderr (before it exists, deleted, or failing): what the exception is, straight to the C
// stream.
void displayRaw(PyObject* exception) {
  std::fprintf(stderr, "object address  : %p\n", static_cast<void*>(exception));
  std::fprintf(stderr, "object refcount : %zd\n", exception->ob_refcnt);
  std::fprintf(stderr, "object type     : %p\n", static_cast<void*>(typeOf(exception)));
  std::fprintf(stderr, "object type name: %s\nobject repr     : ", typeName(exception));
  if (objectPrint(exception, stderr, false).failed()) clearPending();
  std::fputs("\nlost sys.stderr\n", stderr);
}

}  // namespace

void displayExceptionTo(PyObject* file, PyObject* exception) {
  Printer p{.file = file, .seen = {}, .margin = {}};
  auto keep = share(exception);
  if (printRecursive(p, exception).failed()) {
    clearPending();
    displayRaw(exception);
  }
  if (fileFlush(file).failed()) clearPending();
}

void displayException(PyObject* exception) {
  Opt<> found = sysGet("stderr");
  if (!found) {
    displayRaw(exception);
    return;
  }
  if (found.get() == Py_None) return;
  auto file = share(found.get());
  displayExceptionTo(file.get(), exception);
}

void displayTriple(Opt<>, Opt<> value, Opt<> traceback) {
  Ref<> shown = value ? share(value.get()) : none();
  if (isExceptionInstance(shown.get()) && traceback && isTraceback(traceback.get()) &&
      !cast<ExceptionObject>(shown.get())->traceback &&
      exceptionSetTraceback(shown.get(), traceback).failed())
    clearPending();
  displayException(shown.get());
}

// --- uncaught exceptions -----------------------------------------------------------------------------------

namespace {

int exitStatusOf(PyObject* code) {
  if (code == Py_None) return 0;
  if (isInt(code)) {
    auto status = intAsLong(cast<IntObject>(code));
    if (!status.failed()) return static_cast<int>(std::move(status).take() & 0xff);
    clearPending();
    return 0xff;
  }
  Opt<> found = sysGet("stderr");
  auto file = MaybeRef<>::share(found && found.get() != Py_None ? found.get() : nullptr);
  if (file) {
    if (fileWriteObject(file.get(), code, true).failed()) clearPending();
  } else {
    if (objectPrint(code, stderr, true).failed()) clearPending();
    std::fflush(stderr);
  }
  stderrWrite("\n");
  return 1;
}

void endOnSystemExit() {
  if (interpreter().config.inspect) return;
  int status = handleSystemExit();
  if (status >= 0) exitProcess(status);
}

void setLastVariables(PyObject* type, PyObject* value, PyObject* traceback) {
  if (sysSet("last_type", type).failed() || sysSet("last_value", value).failed() ||
      sysSet("last_traceback", traceback).failed())
    clearPending();
}

void reportHookFailure(PyObject* type, PyObject* value, PyObject* traceback) {
  endOnSystemExit();
  MaybeRef<> second = takePending();
  std::fflush(stdout);
  stderrWrite("Error in sys.excepthook:\n");
  if (second) displayException(second.get());
  stderrWrite("\nOriginal exception was:\n");
  displayTriple(type, value, traceback);
}

}  // namespace

int handleSystemExit() {
  if (!pendingMatches(PyExc_SystemExit)) return -1;
  MaybeRef<> exception = takePending();
  std::fflush(stdout);
  auto code = attrGet(exception.get(), "code");
  if (code.failed()) {
    clearPending();
    return exitStatusOf(exception.get());
  }
  Ref<> owned = std::move(code).take();
  return exitStatusOf(owned.get());
}

void printPending(bool set_last_vars) {
  endOnSystemExit();
  MaybeRef<> taken = takePending();
  if (!taken) return;
  Ref<> value = std::move(taken).take();
  auto type = Ref<>::share(reinterpret_cast<PyObject*>(typeOf(value.get())));
  PyObject* kept = isExceptionInstance(value.get()) ? cast<ExceptionObject>(value.get())->traceback : nullptr;
  Ref<> traceback = kept ? share(kept) : none();
  if (set_last_vars) setLastVariables(type.get(), value.get(), traceback.get());
  Opt<> found = sysGet("excepthook");
  auto hook = MaybeRef<>::share(found.get());
  if (audit("sys.excepthook", "OOOO", hook ? hook.get() : Py_None, type.get(), value.get(), traceback.get())
          .failed()) {
    if (!pendingMatches(PyExc_RuntimeError)) writeUnraisable(nullptr, "in audit hook");
    clearPending();
    return;
  }
  if (!hook) {
    stderrWrite("sys.excepthook is missing\n");
    displayTriple(type.get(), value.get(), traceback.get());
  } else if (call(hook.get(), type.get(), value.get(), traceback.get()).failed()) {
    reportHookFailure(type.get(), value.get(), traceback.get());
  }
  clearPending();
}

}  // namespace krait
