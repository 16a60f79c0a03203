// Making the frame of a Python-to-Python call: the data stack, the arguments.
#pragma once

#include "base/words.h"
#include "interp/code_prepare.h"
#include "interp/dispatch.h"

namespace krait {

// Binds arguments to the parameters of `function`. Takes the references in `args` over (count positional
// ones, then the values of `names`), also on failure. `locals` (all of localsplus) is uninitialised before,
// valid after.
Status bindCall(FunctionObject* function, CodeObject* code, PyObject** locals, PyObject** args,
                Py_ssize_t count, Opt<TupleObject> names);

// A frame ready to run for calling `function`; takes function, locals and args over, also on failure (null:
// raised).
Frame* pushCallFrame(Thread* thread, FunctionObject* function, PyObject* locals, PyObject** args,
                     Py_ssize_t count, Opt<TupleObject> names);

// Same when count equals co_argcount of a prepared code object without varargs or keyword-only parameters.
KR_ALWAYS_INLINE Frame* pushExactFrame(Thread* thread, FunctionObject* function, CodeObject* code,
                                       PyObject** args, Py_ssize_t count) {
  Frame* callee = reinterpret_cast<Frame*>(dataStackTake(thread, frameWords(code)));
  if (!callee) [[unlikely]]
    return nullptr;
  frameInit(callee, function, code, nullptr);
  copyWords(callee->localsplus, args, static_cast<size_t>(count));
  zeroWords(callee->localsplus + count, static_cast<size_t>(code->co_nlocalsplus - count));
  return callee;
}

// Ends a frame of this thread's data stack.
inline void popFrame(Thread* thread, Frame* frame) {
  frameClear(frame);
  dataStackPop(thread, reinterpret_cast<PyObject**>(frame));
}

constexpr int kCodePlainMask = 0x4 | 0x8;  // *args, **kwargs
KR_ALWAYS_INLINE bool codeIsPlain(const CodeObject* code) {
  return (code->co_flags & kCodePlainMask) == 0 && code->co_kwonlyargcount == 0;
}

// A prepared, optimised code object that exactly `count` positional arguments fill.
KR_ALWAYS_INLINE bool takesExactly(const CodeObject* code, Py_ssize_t count) {
  return code->co_argcount == count && codeIsPlain(code) && (code->co_flags & 1) && codeIsPrepared(code);
}

// A function that the evaluator can enter without leaving itself.
KR_ALWAYS_INLINE bool runsInline(PyObject* callable) {
  return isFunction(callable) && static_cast<FunctionObject*>(callable)->vectorcall == functionVectorcall;
}
// The namespace a call of `function` starts with: none for optimised code, else the globals (owned).
inline PyObject* callLocals(FunctionObject* function) {
  if (function->code()->co_flags & 1) return nullptr;
  incref(function->func_globals);
  return function->func_globals;
}

}  // namespace krait
