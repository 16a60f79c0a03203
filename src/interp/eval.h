// Running code objects: the evaluator's API for modules, the C API and start-up.
#pragma once

#include "interp/frame.h"
#include "interp/function.h"

namespace krait {

// Fills the hooks of core; called once at start-up, before any Python code runs.
void interpInit();

// exec/eval of a code object. globals is a dict; locals any mapping.
Result<Ref<>> evalCode(CodeObject* code, PyObject* globals, PyObject* locals);
// Everything of PyEval_EvalCodeEx: arguments, defaults, closure.
Result<Ref<>> evalCodeEx(CodeObject* code, PyObject* globals, Opt<> locals, PyObject* const* args,
                         Py_ssize_t arg_count, PyObject* const* kwargs, Py_ssize_t kw_count,
                         PyObject* const* defaults, Py_ssize_t default_count, Opt<DictObject> kw_defaults,
                         Opt<TupleObject> closure);
// Same, with a closure tuple (exec(code, closure=...)).
Result<Ref<>> evalCodeClosure(CodeObject* code, PyObject* globals, PyObject* locals,
                              Opt<TupleObject> closure);

// Runs a function's code with `locals` as its namespace and no arguments (class bodies).
Result<Ref<>> evalFunctionIn(FunctionObject* function, PyObject* locals);

// Runs a frame that is not on the thread's frame chain yet; `raising`: an exception is pending and is raised
// at the frame's current instruction. Owned result, null: raised. The frame's record is cleared at its end
// unless it belongs to a generator.
PyObject* evalFrame(Thread* thread, Frame* frame, bool raising);

// Of the innermost Python frame. Globals and builtins are borrowed; absent: no frame.
Opt<> currentGlobals();
Opt<> currentBuiltins();
Result<MaybeRef<>> currentLocals();

// sys.settrace / sys.setprofile of the current thread (absent function: off), and of C trace functions.
Status traceSet(Opt<> function);
Status profileSet(Opt<> function);
Status traceSetNative(Py_tracefunc function, Opt<> argument);
Status profileSetNative(Py_tracefunc function, Opt<> argument);

// builtins.len and builtins.isinstance, set by the builtins module: calls of exactly these are specialised.
extern PyObject *builtin_len_entry, *builtin_isinstance_entry;

// Writes code flags of the running frame that compile() inherits (__future__) into flags; true if any.
bool mergeCompilerFlags(int* flags);

}  // namespace krait
