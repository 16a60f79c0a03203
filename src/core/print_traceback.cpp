// The traceback part of a printed exception: frames, source lines, carets.
#include <climits>
#include <string>

#include "core/frame_hooks.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/print_margin.h"
#include "core/scratch.h"
#include "core/text_out.h"
#include "types/code.h"
#include "types/int.h"
#include "types/traceback.h"

namespace krait {
namespace {

constexpr int kSourceIndent = 4, kRepeatsShown = 3;
constexpr long kDefaultLimit = 1000;

bool isBlank(Py_UCS4 ch) { return ch == ' ' || ch == '\t' || ch == '\f'; }

// Character offset of a UTF-8 byte offset. The text is a C string, whose end counts as a character: a line
// that is no longer what was compiled, or with a null inside, may be shorter than the offset.
Py_ssize_t characterOffset(const StrObject* text, Py_ssize_t byte_offset) {
  Py_ssize_t bytes = 0, i = 0;
  for (; i < text->size() && bytes < byte_offset; i++) {
    Py_UCS4 ch = text->at(i);
    if (ch == 0) return i + 1;
    bytes += ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
  }
  return bytes < byte_offset ? i + 1 : i;
}

// What to underline, in characters of the source line: [start, end), and inside it the operator (start, end -
// or -1).
struct Underline {
  Py_ssize_t start, end, left_end = -1, right_start = -1;
  char primary = '^', secondary = '^';

  bool hasAnchors() const { return left_end != -1 || right_start != -1; }
};

Status findAnchors(StrObject* line, Underline& u) {
  Ref<StrObject> segment = TRY(strSubstring(line, u.start, u.end));
  auto utf8 = strUtf8(segment);
  int left, right;
  if (utf8.failed()) return clearPending(), Status{};
  if (!operatorAnchors(std::move(utf8).take(), &left, &right)) return {};
  u.left_end = characterOffset(segment, left) + u.start;
  u.right_start = characterOffset(segment, right) + u.start;
  u.primary = '~';
  return {};
}

Result<std::string> caretLine(const Underline& u, Py_ssize_t from) {
  std::string out;
  TRY(reserveMore(out, static_cast<size_t>(std::max<Py_ssize_t>(u.end - from, 0)) + 1));
  for (Py_ssize_t offset = from + 1; offset <= u.end; offset++) {
    if (offset <= u.start)
      out += ' ';
    else if (u.hasAnchors() && u.left_end < offset && offset <= u.right_start)
      out += u.secondary;
    else
      out += u.primary;
  }
  out += '\n';
  return out;
}

Status printCarets(PyObject* file, const Margin& margin, CodeObject* code, int lasti, StrObject* line,
                   Py_ssize_t stripped) {
  CodePosition where = codePositionAt(code, lasti);
  if (where.line < 0 || where.end_line < 0 || where.column < 0 || where.end_column < 0) return {};
  Underline u{characterOffset(line, where.column), characterOffset(line, where.end_column)};
  if (where.line == where.end_line) {
    TRY(findAnchors(line, u));
  } else {
    u.end = line->size();
    while (u.end > 0 && isBlank(line->at(u.end - 1))) u.end--;
  }
  if (u.end - u.start == line->size() - stripped && !u.hasAnchors())
    return {};  // the whole line: nothing to tell
  TRY(margin.write(file));
  return fileWrite(file, TRY(caretLine(u, stripped - kSourceIndent)));
}

Status printEntry(PyObject* file, const Margin& margin, TracebackObject* tb) {
  CodeObject* code = frameHooks.code(tb->tb_frame);
  auto keep = share(code);
  Ref<StrObject> head =
      TRY(strFormat("  File \"%U\", line %d, in %U\n", code->co_filename, tracebackLine(tb), code->co_name));
  TRY(margin.write(file));
  TRY(fileWriteText(file, head));
  MaybeRef<StrObject> line = readableSourceLine(code->co_filename, tracebackLine(tb));
  if (!line) return {};
  Py_ssize_t stripped = 0;
  while (stripped < line->size() && isBlank(line->at(stripped))) stripped++;
  Ref<StrObject> text = TRY(strSubstring(line.get(), stripped, line->size()));
  TRY(margin.write(file));
  TRY(fileWrite(file, std::string(kSourceIndent, ' ')));
  TRY(fileWriteText(file, text));
  TRY(fileWrite(file, "\n"));
  return printCarets(file, margin, code, tb->tb_lasti, line.get(), stripped);
}

Status printRepeated(PyObject* file, const Margin& margin, long count) {
  if (count <= kRepeatsShown) return {};
  count -= kRepeatsShown;
  Ref<StrObject> text = TRY(strFormat(count > 1 ? "  [Previous line repeated %ld more times]\n"
                                                : "  [Previous line repeated %ld more time]\n",
                                      count));
  TRY(margin.write(file));
  return fileWriteText(file, text);
}

long tracebackLimit() {
  Opt<> limit = sysGet("tracebacklimit");
  if (!limit || !isInt(limit.get())) return kDefaultLimit;
  int overflow;
  long value = intAsLongAndOverflow(cast<IntObject>(limit.get()), &overflow);
  return overflow > 0 ? LONG_MAX : value;
}

Status printEntries(PyObject* file, const Margin& margin, TracebackObject* tb, long limit) {
  long depth = 0, repeated = 0;
  auto next = [](TracebackObject* t) { return static_cast<TracebackObject*>(t->tb_next); };
  for (auto* t = tb; t; t = next(t)) depth++;
  for (; tb && depth > limit; tb = next(tb)) depth--;
  TracebackObject* last = nullptr;
  for (auto current = MaybeRef<TracebackObject>::share(tb); current;
       current = MaybeRef<TracebackObject>::share(next(current.get()))) {
    TracebackObject* t = current.get();
    CodeObject *code = frameHooks.code(t->tb_frame),
               *last_code = last ? frameHooks.code(last->tb_frame) : nullptr;
    bool same = last && code->co_filename == last_code->co_filename &&
                tracebackLine(t) == tracebackLine(last) && code->co_name == last_code->co_name;
    if (!same) {
      TRY(printRepeated(file, margin, repeated));
      repeated = 0;
    }
    last = t;
    if (++repeated > kRepeatsShown) continue;
    TRY(printEntry(file, margin, t));
    TRY(checkSignals());
  }
  return printRepeated(file, margin, repeated);
}

}  // namespace

Status printTracebackWithMargin(PyObject* file, PyObject* traceback, const Margin& margin,
                                std::string_view header) {
  if (!isTraceback(traceback)) return raiseBadInternalCall();
  long limit = tracebackLimit();
  if (limit <= 0) return {};
  TRY(fileWrite(file, header));
  return printEntries(file, margin, cast<TracebackObject>(traceback), limit);
}

Status tracebackPrint(PyObject* traceback, PyObject* file) {
  return printTracebackWithMargin(file, traceback, {}, "Traceback (most recent call last):\n");
}

}  // namespace krait
