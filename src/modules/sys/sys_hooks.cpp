// sys: hooks that the interpreter calls (display, excepthook, breakpoint, unraisable, audit) and exit.
#include <unistd.h>

#include <cstdlib>

#include "core/call.h"
#include "core/import.h"
#include "core/native.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "modules/sys/sys.h"
#include "types/exceptions.h"
#include "types/list.h"

namespace krait::modules {
namespace {

// Characters that the stream cannot encode are written as backslash escapes.
Status writeEscaped(PyObject* stream, StrObject* text) {
  Ref<> encoding = TRY(attrGet(stream, name<"encoding">()));
  if (!isStr(encoding)) return raise(PyExc_TypeError, "encoding must be a str");
  const char* encoding_name = TRY(strUtf8(cast<StrObject>(encoding))).data();
  Ref<> encoded = TRY(strEncode(text, encoding_name, "backslashreplace"));
  MaybeRef<> buffer = TRY(attrLookup(stream, name<"buffer">()));
  if (buffer) {
    TRY(callMethod(buffer.get(), name<"write">(), encoded.get()));
    return {};
  }
  Ref<> escaped = TRY(attrGet(encoded, name<"decode">()));
  Ref<> decoded = TRY(call(escaped.get(), encoding.get()));
  TRY(callMethod(stream, name<"write">(), decoded.get()));
  return {};
}

Status sysDisplayHook(PyObject* object) {
  Opt<> builtins = importedModule("builtins");
  if (!builtins) return raise(PyExc_RuntimeError, "lost builtins module");
  if (object == Py_None) return {};
  TRY(attrSet(builtins.get(), "_", Py_None));
  Opt<> stream = sysGet("stdout");
  if (!stream || stream.get() == Py_None) return raise(PyExc_RuntimeError, "lost sys.stdout");
  Ref<> out = share(stream.get());
  Ref<StrObject> text = TRY(objectRepr(object));
  auto written = callMethod(out.get(), name<"write">(), text.get());
  if (written.failed()) {
    if (!pendingMatches(PyExc_UnicodeEncodeError)) return Raised{};
    clearPending();
    TRY(writeEscaped(out, text));
  }
  Ref<StrObject> newline = TRY(strLiteral("\n"));
  TRY(callMethod(out.get(), name<"write">(), newline.get()));
  return attrSet(builtins.get(), "_", object);
}

Status sysExceptHook(PyObject* type, PyObject* value, PyObject* traceback) {
  displayTriple(type, value, traceback);
  return {};
}

Status sysUnraisableHook(PyObject* unraisable) { return unraisableHook(unraisable); }

// breakpoint(): PYTHONBREAKPOINT names the callable, "0" switches it off, empty means pdb.set_trace.
Result<Ref<>> sysBreakpointHook(CallArgs args) {
  const char* variable = interpreter().config.ignore_environment ? nullptr : std::getenv("PYTHONBREAKPOINT");
  std::string path = variable && *variable ? variable : "pdb.set_trace";
  if (path == "0") return none();
  size_t dot = path.rfind('.');
  std::string module_name = dot == std::string::npos ? "builtins" : path.substr(0, dot);
  std::string attr = dot == std::string::npos ? path : path.substr(dot + 1);
  auto hook = module_name.empty() || attr.empty() ? Result<Ref<>>(raise(PyExc_ImportError, "empty"))
                                                  : importAttr(module_name.c_str(), attr.c_str());
  if (hook.failed()) {
    if (!pendingMatches(PyExc_ImportError) && !pendingMatches(PyExc_AttributeError)) return Raised{};
    clearPending();
    TRY(warn(PyExc_RuntimeWarning, 0, "Ignoring unimportable $PYTHONBREAKPOINT: \"%s\"", path.c_str()));
    return none();
  }
  return callVector(std::move(hook).take().get(), args.values, args.count, args.names);
}

Result<Ref<>> sysExit(PyObject* status) { return raiseObject(PyExc_SystemExit, status); }

Ref<> handledException() {
  for (_PyErr_StackItem* item = currentThread()->exc_info; item; item = item->previous_item) {
    if (item->exc_value && item->exc_value != Py_None) return share(item->exc_value);
  }
  return none();
}

Result<Ref<>> sysExcInfo() {
  Ref<> value = handledException();
  if (value.get() == Py_None) return Ref<>(TRY(tupleOf(Py_None, Py_None, Py_None)));
  PyObject* traceback = cast<ExceptionObject>(value)->traceback;
  return Ref<>(
      TRY(tupleOf(static_cast<PyObject*>(typeOf(value)), value.get(), traceback ? traceback : Py_None)));
}

Ref<> sysException() { return handledException(); }

// sys.audit(event, *args): native code calls krait::audit().
Status sysAudit(CallArgs args) {
  if (args.names && args.names->size() > 0)
    return raise(PyExc_TypeError, "sys.audit() takes no keyword arguments");
  if (args.count < 1) {
    return raise(PyExc_TypeError, "audit() missing 1 required positional argument: 'event'");
  }
  if (!auditIsOn()) return {};
  if (!isStr(args.values[0])) {
    return raise(PyExc_TypeError, "expected str for argument 'event', not %.200s", typeName(args.values[0]));
  }
  Ref<TupleObject> rest = TRY(tupleFromItems(args.values + 1, args.count - 1));
  return auditEvent(TRY(strUtf8(cast<StrObject>(args.values[0]))).data(), rest);
}

Status sysAddAuditHook(PyObject* hook) {
  auto allowed = audit("sys.addaudithook");
  if (allowed.failed()) {
    if (!pendingMatches(PyExc_RuntimeError)) return Raised{};
    clearPending();
    return {};
  }
  interpreter().audit_hooks.push_back(share(hook).leak());
  return {};
}

}  // namespace

PyMethodDef kSysHookFunctions[] = {
    function<"displayhook($module, object, /)", sysDisplayHook,
             "Print the value of an interactive statement and keep it as builtins._">,
    function<"excepthook($module, exctype, value, traceback, /)", sysExceptHook,
             "Print an exception with its traceback to sys.stderr.">,
    function<"unraisablehook($module, unraisable, /)", sysUnraisableHook,
             "Report an exception that could not be raised.">,
    function<"!breakpointhook(*args, **kws)", sysBreakpointHook,
             "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls.">,
    function<"exit($module, status=None, /)", sysExit,
             "Leave the interpreter by raising SystemExit(status).">,
    function<"exc_info($module, /)", sysExcInfo, "Type, value and traceback of the exception being handled.">,
    function<"exception($module, /)", sysException, "The exception being handled, or None.">,
    function<"!audit(*args)", sysAudit, "audit(event, *args)\n\nTell the audit hooks about an event.">,
    function<"addaudithook($module, /, hook)", sysAddAuditHook,
             "Add a function that is told about audited events.">,
    {}};

}  // namespace krait::modules
