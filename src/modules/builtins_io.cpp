// builtins: print, input, open, breakpoint.
#include <unistd.h>

#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "core/readline.h"
#include "core/scratch.h"
#include "modules/builtins_functions.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/str.h"

namespace krait::modules {
namespace {

Status writeText(PyObject* file, PyObject* text) {
  TRY(callMethod(file, name<"write">(), text));
  return {};
}

Status checkSeparator(const char* which, PyObject* value) {
  if (value == Py_None || isStr(value)) return {};
  return raise(PyExc_TypeError, "%s must be None or a string, not %.200s", which, typeName(value));
}

Status builtinPrint(CallArgs args) {
  const char* const kNames[] = {"sep", "end", "file", "flush", nullptr};
  PyObject* options[4] = {Py_None, Py_None, Py_None, Py_False};
  TRY(bindKeywordsOnly("print", args, kNames, options));
  bool flush = TRY(objectIsTrue(options[3]));
  PyObject* target = options[2];
  if (target == Py_None) {
    Opt<> out = sysGet("stdout");
    if (!out) return raise(PyExc_RuntimeError, "lost sys.stdout");
    if (out.get() == Py_None) return {};
    target = out.get();
  }
  Ref<> file = share(target);
  TRY(checkSeparator("sep", options[0]));
  TRY(checkSeparator("end", options[1]));
  Ref<StrObject> space = TRY(strLiteral(" "));
  Ref<StrObject> newline = TRY(strLiteral("\n"));
  for (Py_ssize_t i = 0; i < args.count; i++) {
    if (i > 0) TRY(writeText(file.get(), options[0] == Py_None ? space.get() : options[0]));
    Ref<StrObject> text = TRY(objectStr(args.values[i]));
    TRY(writeText(file.get(), text.get()));
  }
  TRY(writeText(file.get(), options[1] == Py_None ? newline.get() : options[1]));
  if (flush) TRY(callMethod(file.get(), name<"flush">()));
  return {};
}

// --- input ---

void flushQuietly(PyObject* file) {
  if (callMethod(file, name<"flush">()).failed()) clearPending();
}

// Whether the stream is this descriptor and a terminal.
bool isTerminal(PyObject* stream, int descriptor) {
  auto number = callMethod(stream, name<"fileno">());
  if (number.failed()) {
    clearPending();
    return false;
  }
  Ref<> fd = std::move(number).take();
  auto value = asInt(fd.get());
  if (value.failed()) {
    clearPending();
    return false;
  }
  return std::move(value).take() == descriptor && isatty(descriptor);
}

Result<std::string> streamText(PyObject* stream, StrObject* attribute, const char* fallback) {
  MaybeRef<> value = TRY(attrLookup(stream, attribute));
  if (!value || !isStr(value.get())) return std::string(fallback);
  return scratchText(TRY(strUtf8(cast<StrObject>(value.get()))));
}

Result<Ref<>> readFromTerminal(PyObject* in, PyObject* out, Opt<> prompt) {
  std::string in_encoding = TRY(streamText(in, name<"encoding">(), "utf-8"));
  std::string in_errors = TRY(streamText(in, name<"errors">(), "strict"));
  std::string shown;
  if (prompt) {
    std::string encoding = TRY(streamText(out, name<"encoding">(), "utf-8"));
    std::string errors = TRY(streamText(out, name<"errors">(), "strict"));
    Ref<StrObject> text = TRY(objectStr(prompt.get()));
    Ref<> bytes = TRY(strEncode(text.get(), encoding.c_str(), errors.c_str()));
    if (isBytes(bytes.get())) shown = TRY(scratchText(cast<BytesObject>(bytes.get())->view()));
    if (shown.find('\0') != shown.npos)
      return raise(PyExc_ValueError, "input: prompt string cannot contain null characters");
  }
  std::string line = TRY(readTerminalLine(shown));
  if (line.empty()) return raiseNone(PyExc_EOFError);
  if (line.back() == '\n') line.pop_back();
  return Ref<>(TRY(decodeText(line, in_encoding.c_str(), in_errors.c_str())));
}

Result<Ref<>> readFromStream(PyObject* in, PyObject* out, Opt<> prompt) {
  if (prompt) {
    Ref<StrObject> text = TRY(objectStr(prompt.get()));
    TRY(writeText(out, text.get()));
  }
  flushQuietly(out);
  Ref<> line = TRY(callMethod(in, name<"readline">()));
  if (!isStr(line.get())) return raise(PyExc_TypeError, "object.readline() returned non-string");
  auto* text = cast<StrObject>(line.get());
  if (text->size() == 0) return raise(PyExc_EOFError, "EOF when reading a line");
  if (text->at(text->size() - 1) != '\n') return line;
  return Ref<>(TRY(strSubstring(text, 0, text->size() - 1)));
}

Result<Ref<>> stream(const char* attribute) {
  Opt<> found = sysGet(attribute);
  if (!found || found.get() == Py_None) return raise(PyExc_RuntimeError, "input(): lost sys.%s", attribute);
  return share(found.get());
}

Result<Ref<>> builtinInput(Opt<> prompt) {
  Ref<> in = TRY(stream("stdin"));
  Ref<> out = TRY(stream("stdout"));
  Ref<> errors = TRY(stream("stderr"));
  TRY(audit("builtins.input", "O", prompt.orElse(Py_None)));
  flushQuietly(errors.get());
  if (!isTerminal(in.get(), 0) || !isTerminal(out.get(), 1))
    return readFromStream(in.get(), out.get(), prompt);
  flushQuietly(out.get());
  Ref<> line = TRY(readFromTerminal(in.get(), out.get(), prompt));
  TRY(audit("builtins.input/result", "O", line.get()));
  return line;
}

Result<Ref<>> builtinBreakpoint(CallArgs args) {
  Opt<> hook = sysGet("breakpointhook");
  if (!hook) return raise(PyExc_RuntimeError, "lost sys.breakpointhook");
  TRY(audit("builtins.breakpoint", "O", hook.get()));
  Ref<> held = share(hook.get());
  return callVector(held.get(), args.values, static_cast<size_t>(args.count), args.names);
}

}  // namespace

constinit PyMethodDef kBuiltinIoFunctions[] = {
    function<"!breakpoint($module, *args, **kws)", builtinBreakpoint,
             "breakpoint(*args, **kws): enter the debugger through sys.breakpointhook().">,
    function<"input($module, prompt='', /)", builtinInput,
             "One line from standard input, without its newline.">,
    function<"print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)", builtinPrint,
             "Write the texts of the values to a stream.">,
    {}};

}  // namespace krait::modules
