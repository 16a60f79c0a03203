// The error functions that take the thread (pycore_pyerrors.h). Extensions that copy the evaluator's way of
// working (numba's dispatcher, debuggers) use them with their own thread only, so each is the public
// function.
#include "abi/thread_state.h"
#include "capi/capi.h"
#include "core/print_error.h"

using namespace krait;

KR_EXPORT void _PyErr_Fetch(PyThreadState*, PyObject** type, PyObject** value, PyObject** traceback) {
  PendingTriple pending = fetchPending();
  *type = pending.type, *value = pending.value, *traceback = pending.traceback;
}
KR_EXPORT void _PyErr_Restore(PyThreadState*, PyObject* type, PyObject* value, PyObject* traceback) {
  restorePending({type, value, traceback});
}
KR_EXPORT void _PyErr_NormalizeException(PyThreadState*, PyObject** type, PyObject** value,
                                         PyObject** traceback) {
  PendingTriple pending{*type, *value, *traceback};
  normalizePending(pending);
  *type = pending.type, *value = pending.value, *traceback = pending.traceback;
}
KR_EXPORT int _PyErr_ExceptionMatches(PyThreadState*, PyObject* type) { return pendingMatches(type); }
KR_EXPORT void _PyErr_Clear(PyThreadState*) { clearPending(); }
KR_EXPORT void _PyErr_SetNone(PyThreadState*, PyObject* type) { (void)raiseNone(type); }
KR_EXPORT void _PyErr_SetObject(PyThreadState*, PyObject* type, PyObject* value) {
  if (!value)
    (void)raiseNone(type);
  else
    (void)raiseObject(type, value);
}
KR_EXPORT void _PyErr_SetString(PyThreadState*, PyObject* type, const char* message) {
  (void)raise(type, "%s", message);
}
KR_EXPORT PyObject* _PyErr_Format(PyThreadState*, PyObject* type, const char* format, ...) {
  va_list args;
  va_start(args, format);
  (void)raiseV(type, format, args);
  va_end(args);
  return nullptr;
}
KR_EXPORT PyObject* _PyErr_NoMemory(PyThreadState*) {
  (void)raiseNoMemory();
  return nullptr;
}
KR_EXPORT void _PyErr_Print(PyThreadState*) { printPending(true); }
