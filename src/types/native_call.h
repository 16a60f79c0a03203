// Calling a PyMethodDef by its convention; shared by builtin functions and method descriptors.
#pragma once

#include "types/dict.h"
#include "types/iter_support.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

struct NativeCall {
  PyMethodDef* def;
  PyObject* self;      // first C argument; null for some functions
  PyTypeObject* cls;   // METH_METHOD's defining class
  PyObject* callable;  // for error messages
};
// "X() takes no arguments (1 given)" and alike; checks the answer.
PyObject* nativeCall(const NativeCall& call, PyObject* const* args, Py_ssize_t count, Opt<TupleObject> names);
Status nativeCheckConvention(PyMethodDef* def);  // SystemError for impossible flags

// "list.append()", "len()", "module.function()": how messages name a callable (_PyObject_FunctionStr).
Result<Ref<StrObject>> functionDisplayName(PyObject* callable);

}  // namespace krait
