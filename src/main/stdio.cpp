#include "main/stdio.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"

namespace krait {
namespace {

struct StreamSpec {
  int fd;
  const char *name, *attribute, *errors;
  bool writes;
};

bool isOpen(int fd) { return fcntl(fd, F_GETFD) != -1; }

// The binary layer: buffered, or the raw file itself when writes are unbuffered (-u).
Result<Ref<>> openBinary(PyObject* io, const StreamSpec& spec, bool unbuffered) {
  Ref<> open = TRY(attrGet(io, "open"));
  Ref<IntObject> fd = TRY(intFromLong(spec.fd));
  Ref<StrObject> mode = TRY(strLiteral(spec.writes ? "wb" : "rb"));
  Ref<IntObject> buffering = TRY(intFromLong(unbuffered ? 0 : -1));
  return call(open.get(), fd.get(), mode.get(), buffering.get(), Py_None, Py_None, Py_None, Py_False);
}

Result<Ref<>> createStream(PyObject* io, const StreamSpec& spec) {
  if (!isOpen(spec.fd)) return none();
  const Config& config = interpreter().config;
  bool unbuffered = config.unbuffered && spec.writes;
  Ref<> buffer = TRY(openBinary(io, spec, unbuffered));
  Ref<> raw = unbuffered ? buffer.clone() : TRY(attrGet(buffer, "raw"));
  Ref<StrObject> file_name = TRY(strLiteral(spec.name));
  TRY(attrSet(raw, "name", file_name.get()));
  Ref<> tty = TRY(callMethod(raw.get(), name<"isatty">()));
  bool is_tty = TRY(objectIsTrue(tty));
  bool line_buffering = spec.writes && (is_tty || spec.fd == 2);
  Ref<> wrapper = TRY(attrGet(io, "TextIOWrapper"));
  Ref<StrObject> encoding = TRY(strFromUtf8(config.stdio_encoding));
  Ref<StrObject> errors = TRY(strFromUtf8(spec.errors));
  Ref<StrObject> newline = TRY(strLiteral("\n"));
  Ref<> text = TRY(call(wrapper.get(), buffer.get(), encoding.get(), errors.get(), newline.get(),
                        boolRef(line_buffering).get(), boolRef(unbuffered).get()));
  Ref<StrObject> mode = TRY(strLiteral(spec.writes ? "w" : "r"));
  TRY(attrSet(text, "mode", mode.get()));
  return text;
}

Status flushStream(const char* attribute) {
  Opt<> found = sysGet(attribute);
  if (!found || found.get() == Py_None) return {};
  Ref<> stream = share(found.get());
  MaybeRef<> closed = TRY(attrLookup(stream, name<"closed">()));
  if (closed && TRY(objectIsTrue(closed.get()))) return {};
  TRY(callMethod(stream.get(), name<"flush">()));
  return {};
}

}  // namespace

Status normaliseStreamEncoding() {
  std::string& encoding = interpreter().config.stdio_encoding;
  Ref<> lookup = TRY(importAttr("codecs", "lookup"));
  Ref<StrObject> given = TRY(fsDecode(encoding));
  Ref<> info = TRY(call(lookup.get(), given.get()));
  Ref<> codec_name = TRY(attrGet(info, "name"));
  if (isStr(codec_name)) encoding = TRY(strUtf8(cast<StrObject>(codec_name.get())));
  return {};
}

Status createStandardStreams() {
  Ref<> io = TRY(importModule("io"));
  Ref<> open = TRY(attrGet(io, "open"));
  TRY(dictSet(interpreter().builtins, "open", open));
  const Config& config = interpreter().config;
  const char* errors = config.stdio_errors.c_str();
  const StreamSpec specs[] = {{0, "<stdin>", "stdin", errors, false},
                              {1, "<stdout>", "stdout", errors, true},
                              {2, "<stderr>", "stderr", "backslashreplace", true}};
  for (const StreamSpec& spec : specs) {
    Ref<> stream = TRY(createStream(io, spec));
    TRY(sysSet((std::string("__") + spec.attribute + "__").c_str(), stream.get()));
    TRY(sysSet(spec.attribute, stream.get()));
  }
  return {};
}

void flushQuietly() {
  PendingSaved saved;
  for (const char* attribute : {"stderr", "stdout"}) {
    if (flushStream(attribute).failed()) clearPending();
  }
}

Status flushStandardStreams() {
  bool failed = false;
  auto out = flushStream("stdout");
  if (out.failed()) {
    writeUnraisable(sysGet("stdout"));
    failed = true;
  }
  if (flushStream("stderr").failed()) {
    clearPending();
    failed = true;
  }
  if (failed) return raise(PyExc_OSError, "the standard streams could not be flushed");
  return {};
}

}  // namespace krait
