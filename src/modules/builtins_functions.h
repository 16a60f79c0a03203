// The method tables of the builtins module, one per source file.
#pragma once

#include "core/native.h"

namespace krait::modules {

extern PyMethodDef kBuiltinObjectFunctions[];  // attributes, identity, numbers, text
extern PyMethodDef kBuiltinIterFunctions[];    // iteration and reductions
extern PyMethodDef kBuiltinCodeFunctions[];    // exec, eval, compile, classes, namespaces, import
extern PyMethodDef kBuiltinIoFunctions[];      // print, input, open, breakpoint

// The error of a count outside [low, high]: "f expected at least 1 argument, got 0".
Status checkCount(const char* function, const CallArgs& args, Py_ssize_t low, Py_ssize_t high);
// "f() takes no keyword arguments"
Status checkNoKeywordArgs(const char* function, const CallArgs& args);
// Binds the keywords of `args` to names (null-terminated list), borrowed; an unknown one raises TypeError.
Status bindKeywordsOnly(const char* function, const CallArgs& args, const char* const* names,
                        PyObject** values);

}  // namespace krait::modules
