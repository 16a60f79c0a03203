// Printing exceptions and tracebacks as the interpreter does for uncaught ones.
#pragma once

#include "core/object.h"

namespace krait {

// The traceback alone, with its header line (PyTraceBack_Print).
Status tracebackPrint(PyObject* traceback, PyObject* file);
// "{indent}    {source line}" of a file, if it can be read (_Py_DisplaySourceLine). indent: extra spaces.
Status printSourceLine(PyObject* file, PyObject* filename, int line, int indent);
// Body of sys.__excepthook__: the exception with causes, groups, notes, to sys.stderr (PyErr_Display). Never raises.
void displayException(PyObject* exception);
// PyErr_Display's arguments: `value` may be no exception; a traceback is set on it when it has none.
void displayTriple(Opt<> type, Opt<> value, Opt<> traceback);
// Prints the pending exception through sys.excepthook (PyErr_PrintEx); SystemExit ends the process.
void printPending(bool set_last_vars);
// The status a pending SystemExit asks for, its message printed; -1: no SystemExit pending. Clears it.
int handleSystemExit();
// "Did you mean: '...'?" for NameError, AttributeError and ImportError: the suggested name.
MaybeRef<> suggestionFor(PyObject* exception);

}  // namespace krait
