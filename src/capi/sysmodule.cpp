// Exports of sysmodule.h: attributes of sys, output to its streams, audit events.
#include <cstdio>

#include "capi/capi.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace krait;

KR_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list values);

namespace {

constexpr size_t kWriteLimit = 1000;

Status writeTo(PyObject* stream, StrObject* text) {
  Ref<> write = TRY(attrGet(stream, "write"));
  (void)TRY(call(write.get(), text));
  return {};
}

// Writes to sys.{stream}, or to the C stream when that fails; the pending exception stays.
void writeText(const char* stream, FILE* fallback, StrObject* text) {
  PendingSaved saved;
  Opt<> found = sysGet(stream);
  if (found && found.get() != Py_None) {
    Ref<> held = share(found.get());
    if (!writeTo(held, text).failed()) return;
    clearPending();
  }
  auto utf8 = strUtf8(text);
  if (utf8.failed()) return clearPending();
  auto view = std::move(utf8).take();
  fwrite(view.data(), 1, view.size(), fallback);
}

void writeFormatted(const char* stream, FILE* fallback, const char* format, va_list args) {
  char buffer[kWriteLimit + 1];
  int size = vsnprintf(buffer, sizeof buffer, format, args);
  PendingSaved saved;
  auto write = [&](const char* chars) {
    auto text = decodeUtf8(chars, "replace");
    if (text.failed()) return clearPending();
    auto held = std::move(text).take();
    writeText(stream, fallback, held);
  };
  write(buffer);
  if (size < 0 || static_cast<size_t>(size) >= sizeof buffer) write("... truncated");
}

void writeObjects(const char* stream, FILE* fallback, const char* format, va_list args) {
  PendingSaved saved;
  auto text = strFormatV(format, args);
  if (text.failed()) return clearPending();
  auto held = std::move(text).take();
  writeText(stream, fallback, held);
}

Result<Ref<TupleObject>> auditArguments(const char* format, va_list values) {
  if (!format || !*format) return emptyTuple();
  Ref<> built = TRY(Result<Ref<>>::fromC(_Py_VaBuildValue_SizeT(format, values)));
  if (isTuple(built)) return std::move(built).as<TupleObject>();
  return tupleOf(built.get());
}

Status auditWith(const char* event, const char* format, va_list values) {
  if (!auditIsOn()) return {};
  Ref<TupleObject> args = TRY(auditArguments(format, values));
  return auditEvent(event, args);
}

}  // namespace

KR_EXPORT PyObject* PySys_GetObject(const char* name) {
  PendingSaved saved;
  return sysGet(name).get();
}
KR_EXPORT int PySys_SetObject(const char* name, PyObject* value) { return toC(sysSet(name, value)); }
KR_EXPORT PyObject* _PySys_GetAttr(void*, PyObject* name) {
  return dictGetStr(interpreter().sys_dict, static_cast<StrObject*>(name)).get();
}
KR_EXPORT int _PySys_SetAttr(PyObject* name, PyObject* value) {
  DictObject* dict = interpreter().sys_dict;
  if (value) return toC(dictSet(dict, name, value));
  auto dropped = dictDiscard(dict, name);
  return dropped.failed() ? -1 : 0;
}
KR_EXPORT size_t _PySys_GetSizeOf(PyObject* object) {
  Opt<> function = sysGet("getsizeof");
  if (!function) return static_cast<size_t>(-1);
  auto size = call(function.get(), object);
  if (size.failed()) return static_cast<size_t>(-1);
  auto held = std::move(size).take();
  auto number = asSsize(held, PyExc_OverflowError);
  return static_cast<size_t>(number.failed() ? -1 : std::move(number).take());
}

#define WRITE_WITH(function, stream, fallback) \
  va_list args;                                \
  va_start(args, format);                      \
  function(stream, fallback, format, args);    \
  va_end(args)

KR_EXPORT void PySys_WriteStdout(const char* format, ...) { WRITE_WITH(writeFormatted, "stdout", stdout); }
KR_EXPORT void PySys_WriteStderr(const char* format, ...) { WRITE_WITH(writeFormatted, "stderr", stderr); }
KR_EXPORT void PySys_FormatStdout(const char* format, ...) { WRITE_WITH(writeObjects, "stdout", stdout); }
KR_EXPORT void PySys_FormatStderr(const char* format, ...) { WRITE_WITH(writeObjects, "stderr", stderr); }

KR_EXPORT int PySys_Audit(const char* event, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int status = toC(auditWith(event, format, values));
  va_end(values);
  return status;
}
KR_EXPORT int _PySys_Audit(void*, const char* event, const char* format, ...) {
  va_list values;
  va_start(values, format);
  int status = toC(auditWith(event, format, values));
  va_end(values);
  return status;
}
KR_EXPORT int PySys_AddAuditHook(AuditHook hook, void* user_data) { return toC(auditAddHook(hook, user_data)); }

KR_EXPORT int PySys_HasWarnOptions() {
  Opt<> options = sysGet("warnoptions");
  return options && isList(options.get()) && static_cast<ListObject*>(options.get())->size() > 0;
}
KR_EXPORT void PySys_ResetWarnOptions() {
  Opt<> options = sysGet("warnoptions");
  if (options && isList(options.get())) listClear(static_cast<ListObject*>(options.get()));
}
KR_EXPORT PyObject* PySys_GetXOptions() { return sysGet("_xoptions").get(); }
