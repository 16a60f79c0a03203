// Printing exceptions and tracebacks as the interpreter does for uncaught ones.
#pragma once

#include "core/object.h"

namespace krait {

// The traceback alone, with its header line (PyTraceBack_Print).
Status tracebackPrint(PyObject* traceback, PyObject* file);
// Line `line` of a source file without its newline (the file itself, else one of that name along sys.path),
// decoded by its cookie; absent when it cannot be read. Never raises.
MaybeRef<StrObject> sourceLine(PyObject* filename, int line);
// The same for tracebacks: none either when the file cannot be decoded up to there.
MaybeRef<StrObject> readableSourceLine(PyObject* filename, int line);
// The line, stripped and behind `indent` spaces, if it can be read (_Py_DisplaySourceLine).
Status printSourceLine(PyObject* file, PyObject* filename, int line, int indent);
// Where the operator of a binary operation or subscript stands in the text of that expression (UTF-8 byte
// offsets); false: the text is no such expression. Implemented in src/modules/traceback_anchors.cpp, which
// sees the parser.
bool operatorAnchors(std::string_view segment, int* left_end, int* right_start);
// Body of sys.__excepthook__: the exception with causes, groups, notes, to sys.stderr (PyErr_Display). Never
// raises.
void displayException(PyObject* exception);
void displayExceptionTo(PyObject* file, PyObject* exception);
// PyErr_Display's arguments: `value` may be no exception; a traceback is set on it when it has none.
void displayTriple(Opt<> type, Opt<> value, Opt<> traceback);
// Prints the pending exception through sys.excepthook (PyErr_PrintEx); SystemExit ends the process through
// exitProcess, which start-up sets to the orderly way out.
extern void (*exitProcess)(int status);
void printPending(bool set_last_vars);
// The status a pending SystemExit asks for, its message printed; -1: no SystemExit pending. Clears it.
int handleSystemExit();
// "Did you mean: '...'?" for NameError, AttributeError and ImportError: the suggested name.
MaybeRef<> suggestionFor(PyObject* exception);
// The weighted edit distance behind it; any value above max_cost means "more". max_cost -1: no limit.
Result<Py_ssize_t> strEditCost(StrObject* a, StrObject* b, Py_ssize_t max_cost);

}  // namespace krait
