// Raising, testing and saving the thread's pending exception (curexc_type/value/traceback of PyThreadState).
//
// Format strings are PyErr_Format's: %s %.100s %d %u %ld %lu %lld %llu %zd %zu %i %x %p %c, %S (str of an
// object), %R (repr), %A (ascii), %U (a str object), %V (str object or C string), with width and precision as
// there.
#pragma once

#include <cstdarg>

#include "core/result.h"

extern "C" {
extern PyObject *PyExc_BaseException, *PyExc_BaseExceptionGroup, *PyExc_Exception, *PyExc_StopAsyncIteration,
    *PyExc_StopIteration, *PyExc_GeneratorExit, *PyExc_ArithmeticError, *PyExc_LookupError,
    *PyExc_AssertionError, *PyExc_AttributeError, *PyExc_BufferError, *PyExc_EOFError,
    *PyExc_FloatingPointError, *PyExc_OSError, *PyExc_EnvironmentError, *PyExc_IOError, *PyExc_ImportError,
    *PyExc_ModuleNotFoundError, *PyExc_IndexError, *PyExc_KeyError, *PyExc_KeyboardInterrupt,
    *PyExc_MemoryError, *PyExc_NameError, *PyExc_OverflowError, *PyExc_RuntimeError, *PyExc_RecursionError,
    *PyExc_NotImplementedError, *PyExc_SyntaxError, *PyExc_IndentationError, *PyExc_TabError,
    *PyExc_ReferenceError, *PyExc_SystemError, *PyExc_SystemExit, *PyExc_TypeError, *PyExc_UnboundLocalError,
    *PyExc_UnicodeError, *PyExc_UnicodeEncodeError, *PyExc_UnicodeDecodeError, *PyExc_UnicodeTranslateError,
    *PyExc_ValueError, *PyExc_ZeroDivisionError, *PyExc_BlockingIOError, *PyExc_BrokenPipeError,
    *PyExc_ChildProcessError, *PyExc_ConnectionError, *PyExc_ConnectionAbortedError,
    *PyExc_ConnectionRefusedError, *PyExc_ConnectionResetError, *PyExc_FileExistsError,
    *PyExc_FileNotFoundError, *PyExc_InterruptedError, *PyExc_IsADirectoryError, *PyExc_NotADirectoryError,
    *PyExc_PermissionError, *PyExc_ProcessLookupError, *PyExc_TimeoutError, *PyExc_Warning,
    *PyExc_UserWarning, *PyExc_DeprecationWarning, *PyExc_PendingDeprecationWarning, *PyExc_SyntaxWarning,
    *PyExc_RuntimeWarning, *PyExc_FutureWarning, *PyExc_ImportWarning, *PyExc_UnicodeWarning,
    *PyExc_BytesWarning, *PyExc_ResourceWarning, *PyExc_EncodingWarning;
}

namespace krait {

struct TupleObject;

[[gnu::cold]] Raised raise(PyObject* type, const char* format, ...);
[[gnu::cold]] Raised raiseV(PyObject* type, const char* format, va_list args);
[[gnu::cold]] Raised raiseObject(PyObject* type,
                                 PyObject* value);  // value: the argument, a tuple of them, or an instance
[[gnu::cold]] Raised raiseNone(PyObject* type);     // without arguments
[[gnu::cold]] Raised raiseKeyError(PyObject* key);  // a tuple key stays one argument
[[gnu::cold]] Raised raiseNoMemory();
[[gnu::cold]] Raised raiseBadInternalCall();
// OSError subclass from an errno value (default: errno), with optional file names (Python objects).
[[gnu::cold]] Raised raiseErrno(int error_number, Opt<> filename = nullptr, Opt<> filename2 = nullptr,
                                PyObject* type = nullptr);
[[gnu::cold]] Raised raiseErrno(Opt<> filename = nullptr);
// "X() argument 'name' must be WANTED, not TYPE".
[[gnu::cold]] Raised raiseBadArgument(const char* function, const char* argument, const char* wanted,
                                      PyObject* given);
// Raises `type` with the message, the pending exception (or the raised one) becoming its __cause__ and
// __context__.
[[gnu::cold]] Raised raiseFromCause(PyObject* type, const char* format, ...);
// Re-raise an existing exception instance (with its __traceback__).
[[gnu::cold]] Raised raiseException(Ref<> exception);

bool exceptionPending();
bool pendingMatches(PyObject* type_or_tuple);  // false when nothing is pending
bool exceptionMatches(PyObject* exception_or_type, PyObject* type_or_tuple);
void clearPending();

// The pending exception, normalised to an instance with its traceback set, taken off the thread. Absent: none
// pending.
MaybeRef<> takePending();
void setPending(Ref<> exception);

// Saves the pending exception over code that may raise and clear its own (destructors, clean-up).
class [[nodiscard]] PendingSaved {
 public:
  PendingSaved();
  ~PendingSaved();  // restores; an exception that is pending then is dropped
  PendingSaved(const PendingSaved&) = delete;

 private:
  PyObject *type_, *value_, *traceback_;
};

// Raw triple access, for the C API and the evaluator (PyErr_Fetch / PyErr_Restore). All owned, any may be
// null.
struct PendingTriple {
  PyObject *type, *value, *traceback;
};
PendingTriple fetchPending();
void restorePending(PendingTriple triple);
void normalizePending(PendingTriple& triple);

// Reports through sys.unraisablehook: "Exception ignored in: {object}". Clears the pending exception.
// With a message: "Exception ignored {message}: {object}".
void writeUnraisable(Opt<> object, const char* message = nullptr);
// Text to sys.stderr (or fd 2 when there is none), keeping the pending exception; at most 1000 bytes
// (PySys_WriteStderr).
void stderrWrite(const char* format, ...) __attribute__((format(printf, 1, 2)));
// Makes the exception that is being handled (sys.exc_info) the context of a new one, as raising does.
Opt<> handledException();  // borrowed; absent: none

// warnings.warn; fails when the filter turns it into an error.
Status warn(PyObject* category, int stack_level, const char* format, ...);
Status warnResource(PyObject* source, int stack_level, const char* format, ...);
Status warnExplicit(PyObject* category, PyObject* message, PyObject* filename, int lineno, Opt<> module,
                    Opt<> registry);

// Body of sys.__unraisablehook__ and its argument type (a structure sequence).
Status unraisableHook(PyObject* args);
Result<PyTypeObject*> unraisableHookArgsType();

// Hooks from C (PySys_AddAuditHook); never removed. Python's stand in Interpreter::audit_hooks.
using AuditHook = int (*)(const char* event, PyObject* args, void* user_data);
Status auditAddHook(AuditHook hook, void* user_data);
Status auditEvent(const char* event, TupleObject* args);
bool auditIsOn();
// sys.audit. Format characters: O N s z y U i I l k n L K d, in parentheses or not, as Py_BuildValue.
Status audit(const char* event, const char* format = nullptr, ...);

// Aborts the process: "Fatal Python error: {function}: {message}", the exception and the traceback.
[[noreturn]] void fatalError(const char* function, const char* message);

// Runs pending signal handlers on the main thread (PyErr_CheckSignals).
Status checkSignals();

}  // namespace krait
