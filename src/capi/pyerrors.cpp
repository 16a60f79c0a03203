// Exports of pyerrors.h.
#include <cstring>

#include "capi/capi.h"
#include "core/call.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/str.h"

using namespace krait;

namespace {

// A file name given as C text, decoded; absent for null.
MaybeRef<> fileName(const char* text) {
  if (!text) return {};
  auto decoded = fsDecode(text);
  return decoded.failed() ? MaybeRef<>() : MaybeRef<>(std::move(decoded).take());
}

PyObject* fail(Raised) { return nullptr; }

}  // namespace

KR_EXPORT void PyErr_SetNone(PyObject* type) { (void)raiseNone(type); }
KR_EXPORT void PyErr_SetObject(PyObject* type, PyObject* value) {
  if (!value)
    (void)raiseNone(type);
  else
    (void)raiseObject(type, value);
}
KR_EXPORT void PyErr_SetString(PyObject* type, const char* message) { (void)raise(type, "%s", message); }
KR_EXPORT void _PyErr_SetKeyError(PyObject* key) { (void)raiseKeyError(key); }
KR_EXPORT PyObject* PyErr_Occurred() { return currentThread() ? currentThread()->curexc_type : nullptr; }
KR_EXPORT void PyErr_Clear() { clearPending(); }
KR_EXPORT void PyErr_Fetch(PyObject** type, PyObject** value, PyObject** traceback) {
  PendingTriple pending = fetchPending();
  *type = pending.type, *value = pending.value, *traceback = pending.traceback;
}
KR_EXPORT void PyErr_Restore(PyObject* type, PyObject* value, PyObject* traceback) {
  restorePending({type, value, traceback});
}
KR_EXPORT void PyErr_NormalizeException(PyObject** type, PyObject** value, PyObject** traceback) {
  PendingTriple pending{*type, *value, *traceback};
  normalizePending(pending);
  *type = pending.type, *value = pending.value, *traceback = pending.traceback;
}
KR_EXPORT int PyErr_ExceptionMatches(PyObject* type) { return pendingMatches(type); }
KR_EXPORT int PyErr_GivenExceptionMatches(PyObject* error, PyObject* type) {
  return error && type && exceptionMatches(error, type);
}
KR_EXPORT PyObject* PyErr_NoMemory() { return fail(raiseNoMemory()); }
KR_EXPORT void _PyErr_BadInternalCall(const char* file, int line) {
  (void)raise(PyExc_SystemError, "%s:%d: bad argument to internal function", file, line);
}
KR_EXPORT void PyErr_BadInternalCall() { (void)raiseBadInternalCall(); }
KR_EXPORT int PyErr_BadArgument() {
  (void)raise(PyExc_TypeError, "bad argument type for built-in operation");
  return 0;
}
KR_EXPORT PyObject* PyErr_FormatV(PyObject* type, const char* format, va_list args) {
  return fail(raiseV(type, format, args));
}
KR_EXPORT PyObject* PyErr_Format(PyObject* type, const char* format, ...) {
  va_list args;
  va_start(args, format);
  (void)raiseV(type, format, args);
  va_end(args);
  return nullptr;
}
// The pending exception becomes the cause and context of the new one.
KR_EXPORT PyObject* _PyErr_FormatFromCause(PyObject* type, const char* format, ...) {
  MaybeRef<> cause = takePending();
  va_list args;
  va_start(args, format);
  (void)raiseV(type, format, args);
  va_end(args);
  MaybeRef<> raised = takePending();
  if (!raised) return nullptr;
  if (cause) {
    exceptionSetCause(raised.get(), MaybeRef<>::share(cause.get()));
    exceptionSetContext(raised.get(), std::move(cause).take());
  }
  setPending(std::move(raised).take());
  return nullptr;
}

KR_EXPORT PyObject* PyErr_SetFromErrno(PyObject* type) {
  if (errno == EINTR && checkSignals().failed()) return nullptr;
  return fail(raiseErrno(errno, nullptr, nullptr, type));
}
KR_EXPORT PyObject* PyErr_SetFromErrnoWithFilenameObjects(PyObject* type, PyObject* first, PyObject* second) {
  if (errno == EINTR && checkSignals().failed()) return nullptr;
  return fail(raiseErrno(errno, first, second, type));
}
KR_EXPORT PyObject* PyErr_SetFromErrnoWithFilenameObject(PyObject* type, PyObject* file) {
  return PyErr_SetFromErrnoWithFilenameObjects(type, file, nullptr);
}
KR_EXPORT PyObject* PyErr_SetFromErrnoWithFilename(PyObject* type, const char* file) {
  int error = errno;
  MaybeRef<> name = fileName(file);
  errno = error;
  return PyErr_SetFromErrnoWithFilenameObjects(type, name.get(), nullptr);
}

KR_EXPORT void PyErr_GetExcInfo(PyObject** type, PyObject** value, PyObject** traceback) {
  PyObject* handled = nullptr;
  for (_PyErr_StackItem* item = currentThread()->exc_info; item && !handled; item = item->previous_item) {
    if (item->exc_value && item->exc_value != Py_None) handled = item->exc_value;
  }
  *value = handled ? share(handled).leak() : none().leak();
  *type = handled ? share<PyObject>(typeOf(handled)).leak() : none().leak();
  PyObject* tb = handled ? static_cast<ExceptionObject*>(handled)->traceback : nullptr;
  *traceback = share(tb ? tb : Py_None).leak();
}
KR_EXPORT PyObject* PyErr_GetHandledException() {
  PyObject *type, *value, *traceback;
  PyErr_GetExcInfo(&type, &value, &traceback);
  decref(type), decref(traceback);
  if (value != Py_None) return value;
  decref(value);
  return nullptr;
}
KR_EXPORT void PyErr_SetHandledException(PyObject* value) {
  PyObject*& slot = currentThread()->exc_info->exc_value;
  PyObject* old = std::exchange(slot, share(value ? value : Py_None).leak());
  xdecref(old);
}
KR_EXPORT void PyErr_SetExcInfo(PyObject* type, PyObject* value, PyObject* traceback) {
  PyErr_SetHandledException(value);
  xdecref(type), xdecref(value), xdecref(traceback);
}
KR_EXPORT void _PyErr_ChainExceptions(PyObject* type, PyObject* value, PyObject* traceback) {
  if (!type) return;
  if (!exceptionPending()) return restorePending({type, value, traceback});
  MaybeRef<> later = takePending();
  restorePending({type, value, traceback});
  MaybeRef<> earlier = takePending();
  if (earlier && later) exceptionSetContext(later.get(), std::move(earlier).take());
  if (later) setPending(std::move(later).take());
}

KR_EXPORT int PyErr_CheckSignals() { return toC(checkSignals()); }
KR_EXPORT void PyErr_WriteUnraisable(PyObject* object) { writeUnraisable(object); }
KR_EXPORT void _PyErr_WriteUnraisableMsg(const char* message, PyObject* object) {
  writeUnraisable(object, message);
}
KR_EXPORT void PyErr_PrintEx(int set_last) { printPending(set_last != 0); }
KR_EXPORT void PyErr_Print() { printPending(true); }
KR_EXPORT void PyErr_Display(PyObject* type, PyObject* value, PyObject* traceback) {
  displayTriple(type, value, traceback);
}

KR_EXPORT PyObject* PyErr_NewException(const char* full_name, PyObject* base, PyObject* dict) {
  const char* dot = std::strrchr(full_name, '.');
  if (!dot) return fail(raise(PyExc_SystemError, "PyErr_NewException: name must be module.class"));
  auto make = [&]() -> Result<Ref<>> {
    Ref<DictObject> attributes = dict ? share(static_cast<DictObject*>(dict)) : TRY(dictNew());
    if (!TRY(dictContains(attributes, name<"__module__">()))) {
      Ref<StrObject> module_name = TRY(strFromUtf8({full_name, static_cast<size_t>(dot - full_name)}));
      TRY(dictSet(attributes, name<"__module__">(), module_name));
    }
    Ref<TupleObject> bases = base && isTuple(base) ? share(static_cast<TupleObject*>(base))
                                                   : TRY(tupleOf(base ? base : PyExc_Exception));
    Ref<StrObject> type_name = TRY(strFromUtf8(dot + 1));
    return call(static_cast<PyObject*>(&PyType_Type), type_name.get(), bases.get(), attributes.get());
  };
  return toC(make());
}
KR_EXPORT PyObject* PyErr_NewExceptionWithDoc(const char* full_name, const char* doc, PyObject* base,
                                              PyObject* dict) {
  PyObject* type = PyErr_NewException(full_name, base, dict);
  if (!type || !doc) return type;
  auto text = strFromUtf8(doc);
  if (text.failed() || attrSet(type, "__doc__", std::move(text).take().get()).failed()) {
    decref(type);
    return nullptr;
  }
  return type;
}

KR_EXPORT PyObject* PyException_GetTraceback(PyObject* error) {
  PyObject* traceback = static_cast<ExceptionObject*>(error)->traceback;
  return traceback ? share(traceback).leak() : nullptr;
}
KR_EXPORT int PyException_SetTraceback(PyObject* error, PyObject* traceback) {
  return toC(exceptionSetTraceback(error, traceback));
}
KR_EXPORT PyObject* PyException_GetContext(PyObject* error) {
  PyObject* context = static_cast<ExceptionObject*>(error)->context;
  return context ? share(context).leak() : nullptr;
}
KR_EXPORT void PyException_SetContext(PyObject* error, PyObject* context) {
  PyObject* old = std::exchange(static_cast<ExceptionObject*>(error)->context, context);
  xdecref(old);
}
KR_EXPORT PyObject* PyException_GetCause(PyObject* error) {
  PyObject* cause = static_cast<ExceptionObject*>(error)->cause;
  return cause ? share(cause).leak() : nullptr;
}
KR_EXPORT void PyException_SetCause(PyObject* error, PyObject* cause) {
  exceptionSetCause(error, MaybeRef<>::steal(cause));
}
KR_EXPORT const char* PyExceptionClass_Name(PyObject* type) {
  return static_cast<PyTypeObject*>(type)->tp_name;
}

KR_EXPORT int PyErr_WarnEx(PyObject* category, const char* message, Py_ssize_t level) {
  return toC(warn(category ? category : PyExc_RuntimeWarning, static_cast<int>(level), "%s", message));
}
KR_EXPORT int PyErr_WarnFormat(PyObject* category, Py_ssize_t level, const char* format, ...) {
  va_list args;
  va_start(args, format);
  auto text = strFormatV(format, args);
  va_end(args);
  if (text.failed()) return -1;
  return toC(warn(category ? category : PyExc_RuntimeWarning, static_cast<int>(level), "%U",
                  std::move(text).take().get()));
}
KR_EXPORT int PyErr_ResourceWarning(PyObject* source, Py_ssize_t level, const char* format, ...) {
  va_list args;
  va_start(args, format);
  auto text = strFormatV(format, args);
  va_end(args);
  if (text.failed()) return -1;
  return toC(warnResource(source, static_cast<int>(level), "%U", std::move(text).take().get()));
}

// --- warnings ---

KR_EXPORT int PyErr_WarnExplicitObject(PyObject* category, PyObject* message, PyObject* filename, int line,
                                       PyObject* module, PyObject* registry) {
  return toC(
      warnExplicit(category ? category : PyExc_RuntimeWarning, message, filename, line, module, registry));
}
KR_EXPORT int PyErr_WarnExplicit(PyObject* category, const char* message, const char* filename, int line,
                                 const char* module, PyObject* registry) {
  auto warned = [&]() -> Status {
    Ref<StrObject> text = TRY(strFromUtf8(message)), file = TRY(fsDecode(filename));
    MaybeRef<StrObject> module_name;
    if (module) module_name = TRY(strFromUtf8(module));
    return warnExplicit(category ? category : PyExc_RuntimeWarning, text, file, line, module_name.get(),
                        registry);
  };
  return toC(warned());
}
KR_EXPORT int PyErr_WarnExplicitFormat(PyObject* category, const char* filename, int line, const char* module,
                                       PyObject* registry, const char* format, ...) {
  va_list args;
  va_start(args, format);
  auto message = strFormatV(format, args);
  va_end(args);
  if (message.failed()) return -1;
  auto held = std::move(message).take();
  auto utf8 = strUtf8(held);
  if (utf8.failed()) return -1;
  return PyErr_WarnExplicit(category, std::string(std::move(utf8).take()).c_str(), filename, line, module,
                            registry);
}

// --- errors about imports and source text ---

namespace {

Status setImportError(PyObject* type, PyObject* message, PyObject* name_value, PyObject* path) {
  if (!TRY(isSubclass(type, PyExc_ImportError)))
    return raise(PyExc_TypeError, "expected a subclass of ImportError");
  if (!message) return raise(PyExc_TypeError, "expected a message argument");
  Ref<DictObject> kwargs = TRY(dictNew());
  TRY(dictSet(kwargs, "name", name_value ? name_value : Py_None));
  TRY(dictSet(kwargs, "path", path ? path : Py_None));
  Ref<TupleObject> args = TRY(tupleOf(message));
  Ref<> error = TRY(callTupleDict(type, args, kwargs.get()));
  return raiseException(std::move(error));
}

// Line, column, file and text of the pending SyntaxError; failures on the way are dropped.
Status locateSyntaxError(PyObject* error, PyObject* filename, int line, int column) {
  auto number = [&](const char* attr, int value) -> Status {
    Ref<> object = value >= 0 ? Ref<>(TRY(intFromLong(value))) : none();
    return attrSet(error, attr, object);
  };
  TRY(number("lineno", line));
  TRY(number("offset", column < 0 ? -1 : column + 1));
  TRY(attrSet(error, "end_lineno", Py_None));
  TRY(attrSet(error, "end_offset", Py_None));
  if (filename) {
    TRY(attrSet(error, "filename", filename));
    MaybeRef<StrObject> text = sourceLine(filename, line);
    TRY(attrSet(error, "text", text ? static_cast<PyObject*>(text.get()) : Py_None));
  }
  if (typeOf(error) == reinterpret_cast<PyTypeObject*>(PyExc_SyntaxError)) return {};
  if (!TRY(attrLookup(error, "msg"))) TRY(attrSet(error, "msg", TRY(objectStr(error)).get()));
  if (!TRY(attrLookup(error, "print_file_and_line"))) TRY(attrSet(error, "print_file_and_line", Py_None));
  return {};
}

}  // namespace

KR_EXPORT PyObject* PyErr_SetImportErrorSubclass(PyObject* type, PyObject* message, PyObject* name_value,
                                                 PyObject* path) {
  (void)setImportError(type, message, name_value, path);
  return nullptr;
}
KR_EXPORT PyObject* PyErr_SetImportError(PyObject* message, PyObject* name_value, PyObject* path) {
  return PyErr_SetImportErrorSubclass(PyExc_ImportError, message, name_value, path);
}
KR_EXPORT void PyErr_SyntaxLocationObject(PyObject* filename, int line, int column) {
  MaybeRef<> error = takePending();
  if (!error) return;
  if (locateSyntaxError(error.get(), filename, line, column).failed()) clearPending();
  setPending(std::move(error).take());
}
KR_EXPORT void PyErr_SyntaxLocationEx(const char* filename, int line, int column) {
  MaybeRef<> error = takePending();
  MaybeRef<> file = fileName(filename);
  clearPending();
  if (error) setPending(std::move(error).take());
  PyErr_SyntaxLocationObject(file.get(), line, column);
}
KR_EXPORT void PyErr_SyntaxLocation(const char* filename, int line) {
  PyErr_SyntaxLocationEx(filename, line, -1);
}
KR_EXPORT PyObject* PyErr_ProgramTextObject(PyObject* filename, int line) {
  if (!filename || line <= 0) return nullptr;
  return sourceLine(filename, line).leak();
}
KR_EXPORT PyObject* PyErr_ProgramText(const char* filename, int line) {
  MaybeRef<> file = fileName(filename);
  if (!file) clearPending();
  return PyErr_ProgramTextObject(file.get(), line);
}
KR_EXPORT Py_ssize_t _Py_UTF8_Edit_Cost(PyObject* a, PyObject* b, Py_ssize_t max_cost) {
  return toC(strEditCost(static_cast<StrObject*>(a), static_cast<StrObject*>(b), max_cost));
}
