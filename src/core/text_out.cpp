#include "core/text_out.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "core/call.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "types/str.h"

namespace krait {

Status fileWriteText(PyObject* file, StrObject* text) {
  Ref<> write = TRY(attrGet(file, "write"));
  TRY(call(write.get(), text));
  return {};
}

Status fileWrite(PyObject* file, std::string_view utf8) {
  Ref<StrObject> text = TRY(strFromUtf8(utf8));
  return fileWriteText(file, text);
}

Status fileWriteObject(PyObject* file, PyObject* object, bool raw) {
  Ref<> write = TRY(attrGet(file, "write"));
  Ref<StrObject> text = TRY(raw ? objectStr(object) : objectRepr(object));
  TRY(call(write.get(), text.get()));
  return {};
}

Status fileFlush(PyObject* file) {
  TRY(callMethod(file, name<"flush">()));
  return {};
}

void stderrWrite(const char* format, ...) {
  char buffer[1001];
  va_list args;
  va_start(args, format);
  int length = std::vsnprintf(buffer, sizeof buffer, format, args);
  va_end(args);
  const char* truncated = length < 0 || length >= static_cast<int>(sizeof buffer) ? "... truncated" : "";
  if (!currentThread()) {
    std::fprintf(stderr, "%s%s", buffer, truncated);
    return;
  }
  PendingSaved saved;
  Opt<> found = sysGet("stderr");
  auto file = MaybeRef<>::share(found && found.get() != Py_None ? found.get() : nullptr);
  for (const char* piece : {static_cast<const char*>(buffer), truncated}) {
    if (!*piece || (file && !fileWrite(file.get(), piece).failed())) continue;
    clearPending();
    std::fputs(piece, stderr);
  }
}

}  // namespace krait
