// Exceptions that nobody can catch, and the end of the process.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/call.h"
#include "core/dump_traceback.h"
#include "core/errors.h"
#include "core/frame_hooks.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/text_out.h"
#include "types/exceptions.h"
#include "types/struct_seq.h"
#include "types/traceback.h"
#include "types/type.h"

namespace krait {
namespace {

PyStructSequence_Field kHookArgsFields[] = {{"exc_type", "Exception type"},
                                            {"exc_value", "Exception value"},
                                            {"exc_traceback", "Exception traceback"},
                                            {"err_msg", "Error message"},
                                            {"object", "Object causing the exception"},
                                            {nullptr, nullptr}};
PyStructSequence_Desc kHookArgsDesc = {"UnraisableHookArgs", "What sys.unraisablehook is called with.",
                                       kHookArgsFields, 5};
PyTypeObject hook_args_type;

struct Report {
  PyObject *type, *value, *traceback, *message, *object;  // borrowed; None where missing
};

Ref<> shareOrNone(PyObject* object) { return object ? share(object) : none(); }

Result<Ref<TupleObject>> hookArgs(const Report& r) {
  Ref<TupleObject> args = TRY(structSeqNew(TRY(unraisableHookArgsType())));
  PyObject* fields[] = {r.type, r.value, r.traceback, r.message, r.object};
  for (int i = 0; i < 5; i++) structSeqSet(args, i, shareOrNone(fields[i]));
  return args;
}

bool isPresent(PyObject* object) { return object && object != Py_None; }

Status writeWhere(PyObject* file, const Report& r) {
  if (isPresent(r.object)) {
    if (isPresent(r.message)) {
      TRY(fileWriteObject(file, r.message, true));
      TRY(fileWrite(file, ": "));
    } else {
      TRY(fileWrite(file, "Exception ignored in: "));
    }
    if (fileWriteObject(file, r.object, false).failed()) {
      clearPending();
      TRY(fileWrite(file, "<object repr() failed>"));
    }
    return fileWrite(file, "\n");
  }
  if (!isPresent(r.message)) return {};
  TRY(fileWriteObject(file, r.message, true));
  return fileWrite(file, ":\n");
}

Status writeTypeName(PyObject* file, PyObject* type) {
  auto module = attrGet(type, "__module__");
  if (module.failed()) {
    clearPending();
    TRY(fileWrite(file, "<unknown>"));
  } else {
    Ref<> module_name = std::move(module).take();
    if (!isStr(module_name.get())) {
      TRY(fileWrite(file, "<unknown>"));
    } else if (auto* text = cast<StrObject>(module_name.get());
               !strEqualsAscii(text, "builtins") && !strEqualsAscii(text, "__main__")) {
      TRY(fileWriteText(file, text));
      TRY(fileWrite(file, "."));
    }
  }
  auto qualname = typeQualname(reinterpret_cast<PyTypeObject*>(type));
  if (qualname.failed()) {
    clearPending();
    return fileWrite(file, "<unknown>");
  }
  Ref<StrObject> text = std::move(qualname).take();
  return fileWriteText(file, text);
}

Status writeReport(PyObject* file, const Report& r) {
  TRY(writeWhere(file, r));
  if (isPresent(r.traceback) && tracebackPrint(r.traceback, file).failed()) clearPending();
  if (!isPresent(r.type)) return {};
  TRY(writeTypeName(file, r.type));
  if (isPresent(r.value)) {
    TRY(fileWrite(file, ": "));
    if (fileWriteObject(file, r.value, true).failed()) {
      clearPending();
      TRY(fileWrite(file, "<exception str() failed>"));
    }
  }
  TRY(fileWrite(file, "\n"));
  if (fileFlush(file).failed()) clearPending();
  return {};
}

Status writeReportToStderr(const Report& r) {
  Opt<> found = sysGet("stderr");
  if (!found || found.get() == Py_None) return {};
  auto file = share(found.get());
  return writeReport(file.get(), r);
}

// false: there is no hook, and the report is ours to write.
Result<bool> callHook(const Report& r) {
  Opt<> found = sysGet("unraisablehook");
  if (!found || found.get() == Py_None) return false;
  auto hook = share(found.get());
  Ref<TupleObject> args = TRY(hookArgs(r));
  TRY(audit("sys.unraisablehook", "OO", hook.get(), args.get()));
  TRY(call(hook.get(), args.get()));
  return true;
}

// The hook itself failed: report that instead.
void reportHookFailure() {
  PendingTriple triple = fetchPending();
  normalizePending(triple);
  auto message = strFromAscii("Exception ignored in sys.unraisablehook");
  if (message.failed()) return clearPending();
  Ref<StrObject> text = std::move(message).take();
  Opt<> hook = sysGet("unraisablehook");
  auto keep = MaybeRef<>::share(hook.get());
  if (writeReportToStderr({triple.type, triple.value, triple.traceback, text.get(), hook.get()}).failed())
    clearPending();
  xdecref(triple.type);
  xdecref(triple.value);
  xdecref(triple.traceback);
}

void addCurrentTraceback(PendingTriple& triple) {
  if (triple.traceback || !frameHooks.current) return;
  MaybeRef<> frame = frameHooks.current(currentThread());
  if (!frame) return clearPending();
  auto made = tracebackNew(nullptr, frame.get(), frameHooks.lasti(frame.get()), frameHooks.line(frame.get()));
  if (made.failed()) return clearPending();
  triple.traceback = std::move(made).toC();
}

}  // namespace

Result<PyTypeObject*> unraisableHookArgsType() {
  if (!hook_args_type.tp_name) TRY(structSeqTypeInit(&hook_args_type, &kHookArgsDesc));
  return &hook_args_type;
}

void writeUnraisable(Opt<> object, const char* message) {
  PendingTriple triple = fetchPending();
  if (triple.type) addCurrentTraceback(triple);
  normalizePending(triple);
  if (triple.value && triple.traceback && isExceptionInstance(triple.value) &&
      exceptionSetTraceback(triple.value, triple.traceback).failed())
    clearPending();
  MaybeRef<> text;
  if (message) {
    auto made = strFormat("Exception ignored %s", message);
    if (made.failed())
      clearPending();
    else
      text = std::move(made).take();
  }
  auto keep = MaybeRef<>::share(object.get());
  Report report{triple.type, triple.value, triple.traceback, text.get(), object.get()};
  auto handled = interpreter().core_ready ? callHook(report) : Result<bool>(false);
  if (handled.failed())
    reportHookFailure();
  else if (!std::move(handled).take() && writeReportToStderr(report).failed())
    clearPending();
  clearPending();
  xdecref(triple.type);
  xdecref(triple.value);
  xdecref(triple.traceback);
}

Status unraisableHook(PyObject* args) {
  PyTypeObject* type = TRY(unraisableHookArgsType());
  if (!isExact(args, type))
    return raise(PyExc_TypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
  auto* fields = cast<TupleObject>(args);
  return writeReportToStderr({fields->at(0), fields->at(1), fields->at(2), fields->at(3), fields->at(4)});
}

// --- fatal errors ------------------------------------------------------------------------------------------

void fatalReport(const char* function, const char* message) {
  static bool reentered;
  std::fflush(stdout);
  std::fprintf(stderr, "Fatal Python error: %s%s%s\n", function ? function : "", function ? ": " : "",
               message);
  std::fprintf(stderr, "Python runtime state: %s\n",
               interpreter().core_ready ? "initialized" : "core initialized");
  std::fflush(stderr);
  Thread* thread = gilStateThisThread();
  if (!std::exchange(reentered, true)) {
    bool shown = thread && thread == currentThread() && exceptionPending();
    if (shown) printPending(false);
    dumpText(2, "\n");
    if (!shown) dumpAllThreads(2, thread);
    dumpExtensionModules(2);
  }
  std::fflush(stderr);
}

void fatalError(const char* function, const char* message) {
  fatalReport(function, message);
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

}  // namespace krait
