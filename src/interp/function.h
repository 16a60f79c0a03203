// function: PyFunctionObject's layout.
//
// func_version is non-zero while code, defaults, kwdefaults and vectorcall are as they were when a call cache
// recorded it; every assignment of those resets it to 0. Versions are never reused.
#pragma once

#include "types/code.h"
#include "types/dict.h"

namespace krait {

struct FunctionObject : PyObject {
  PyObject *func_globals, *func_builtins, *func_name, *func_qualname, *func_code, *func_defaults,
      *func_kwdefaults, *func_closure, *func_doc, *func_dict, *func_weakreflist, *func_module,
      *func_annotations;
  vectorcallfunc vectorcall;
  uint32_t func_version;

  CodeObject* code() const { return static_cast<CodeObject*>(func_code); }
  Opt<TupleObject> defaults() const { return static_cast<TupleObject*>(func_defaults); }
  Opt<DictObject> kwDefaults() const { return static_cast<DictObject*>(func_kwdefaults); }
  TupleObject* closure() const { return static_cast<TupleObject*>(func_closure); }
};
static_assert(sizeof(FunctionObject) == 136 && offsetof(FunctionObject, func_version) == 128);

inline bool isFunction(const PyObject* o) { return isExact(o, &PyFunction_Type); }

// globals must be a dict. qualname absent: the code's own.
Result<Ref<FunctionObject>> functionNew(CodeObject* code, PyObject* globals, Opt<> qualname = nullptr);
// The function that code runs in which is no function's body: without a docstring.
Result<Ref<FunctionObject>> functionForCode(CodeObject* code, PyObject* globals);
PyObject* functionVectorcall(PyObject* function, PyObject* const* args, size_t nargsf,
                             PyObject* keyword_names);
uint32_t functionVersion(FunctionObject* function);  // assigns one; 0: cannot be cached
// The dict that code with these globals finds builtins in: globals['__builtins__'] or the interpreter's.
// Borrowed.
Result<PyObject*> builtinsOfGlobals(PyObject* globals);
Status functionSetDefaults(FunctionObject* function, Opt<> defaults);
Status functionSetKwDefaults(FunctionObject* function, Opt<> defaults);
Status functionSetAnnotations(FunctionObject* function, Opt<> annotations);
Result<Ref<>> functionAnnotations(FunctionObject* function);

}  // namespace krait
