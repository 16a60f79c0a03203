// Printing exceptions as the interpreter does at top level.
#pragma once

#include "core/result.h"

namespace krait {

// The body of sys.excepthook: traceback, chain, groups, notes, to sys.stderr (or fd 2 when there is none). Never raises.
void displayException(PyObject* type, PyObject* value, PyObject* traceback);
// Takes the pending exception, handles SystemExit (as exit_code), calls sys.excepthook. PyErr_PrintEx(set_last).
void printPending(bool set_last = true);
// SystemExit taken apart: prints a non-integer code to stderr. Returns the process's exit status.
int exitCodeOf(PyObject* system_exit);
// The body of sys.unraisablehook. `args` is an UnraisableHookArgs.
Status displayUnraisable(PyObject* args);
// Tells the audit hooks; `arguments` is a tuple.
Status auditObjects(PyObject* event, PyObject* arguments);

}  // namespace krait
