// Exports of sysmodule.h: attributes of sys, output to its streams, audit events.
#include <cstdio>

#include "capi/capi.h"
#include "core/call.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "types/bool.h"
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
KR_EXPORT int PySys_AddAuditHook(AuditHook hook, void* user_data) {
  return toC(auditAddHook(hook, user_data));
}

KR_EXPORT int PySys_HasWarnOptions() {
  Opt<> options = sysGet("warnoptions");
  return options && isList(options.get()) && static_cast<ListObject*>(options.get())->size() > 0;
}
KR_EXPORT void PySys_ResetWarnOptions() {
  Opt<> options = sysGet("warnoptions");
  if (options && isList(options.get())) listClear(static_cast<ListObject*>(options.get()));
}
KR_EXPORT PyObject* PySys_GetXOptions() { return sysGet("_xoptions").get(); }

// --- the command line, after the fact ---

namespace {

Status appendTo(const char* attr, PyObject* item) {
  Opt<> list = sysGet(attr);
  if (list && isList(list.get())) return listAppend(static_cast<ListObject*>(list.get()), item);
  Ref<ListObject> made = TRY(listNew());
  TRY(listAppend(made, item));
  return sysSet(attr, made.get());
}

// The folder of a script, else the current one, goes first on sys.path.
Status prependScriptFolder(int argc, wchar_t** argv) {
  std::wstring script = argc > 0 && argv[0] ? argv[0] : L"";
  std::wstring folder = script.find(L'/') == std::wstring::npos
                            ? L""
                            : script.substr(0, std::max<size_t>(script.rfind(L'/'), 1));
  Opt<> path = sysGet("path");
  if (!path || !isList(path.get())) return {};
  Ref<StrObject> text = TRY(strFromWide(folder.c_str(), -1));
  return listInsert(static_cast<ListObject*>(path.get()), 0, text);
}

Status setArguments(int argc, wchar_t** argv, bool update_path) {
  Ref<ListObject> list = TRY(listNew());
  for (int i = 0; i < argc; i++) TRY(listAppend(list, TRY(strFromWide(argv[i], -1)).get()));
  if (argc < 1 || !argv) TRY(listAppend(list, emptyStr().get()));
  TRY(sysSet("argv", list.get()));
  if (update_path) TRY(prependScriptFolder(argc, argv));
  return {};
}

Status setPath(const wchar_t* joined) {
  Ref<StrObject> text = TRY(strFromWide(joined, -1)), colon = TRY(strLiteral(":"));
  return sysSet("path", TRY(strSplit(text, colon.get(), -1)).get());
}

// "name" or "name=value".
Status addXOption(const wchar_t* option) {
  std::wstring text(option);
  size_t equals = text.find(L'=');
  Ref<StrObject> key = TRY(strFromWide(text.substr(0, equals).c_str(), -1));
  Ref<> value = equals == text.npos ? share(Py_True) : Ref<>(TRY(strFromWide(text.c_str() + equals + 1, -1)));
  Opt<> options = sysGet("_xoptions");
  if (!options || !isDict(options.get())) return raise(PyExc_RuntimeError, "lost sys._xoptions");
  return dictSet(static_cast<DictObject*>(options.get()), key, value);
}

// These have no way to tell of a failure.
void orFatal(const char* function, Status status) {
  if (status.failed()) fatalError(function, "out of memory");
}

}  // namespace

KR_EXPORT void PySys_AddWarnOptionUnicode(PyObject* option) {
  orFatal("PySys_AddWarnOptionUnicode", appendTo("warnoptions", option));
}
KR_EXPORT void PySys_AddWarnOption(const wchar_t* option) {
  auto text = strFromWide(option, -1);
  if (text.failed()) return clearPending();
  PySys_AddWarnOptionUnicode(std::move(text).take().get());
}
KR_EXPORT void PySys_AddXOption(const wchar_t* option) { orFatal("PySys_AddXOption", addXOption(option)); }
KR_EXPORT void PySys_SetArgvEx(int argc, wchar_t** argv, int update_path) {
  orFatal("PySys_SetArgvEx", setArguments(argc, argv, update_path != 0));
}
KR_EXPORT void PySys_SetArgv(int argc, wchar_t** argv) {
  PySys_SetArgvEx(argc, argv, !interpreter().config.isolated);
}
KR_EXPORT void PySys_SetPath(const wchar_t* path) { orFatal("PySys_SetPath", setPath(path)); }
KR_EXPORT void Py_SetPath(const wchar_t* path) {
  if (path) PySys_SetPath(path);
}
