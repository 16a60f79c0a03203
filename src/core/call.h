// Calling. Arguments are borrowed. `callVector` is the one that others lower to (vectorcall when the type has
// it, else tp_call); a successful answer never leaves an exception pending, a failed one always does.
#pragma once

#include <array>

#include "core/object.h"

namespace krait {

// nargsf may carry PY_VECTORCALL_ARGUMENTS_OFFSET; keyword values follow the positional ones in `args`.
Result<Ref<>> callVector(PyObject* callable, PyObject* const* args, size_t nargsf,
                         Opt<TupleObject> keyword_names);
Result<Ref<>> callTupleDict(PyObject* callable, TupleObject* args, Opt<DictObject> kwargs);  // PyObject_Call
// callable's first argument is args[0]: method call by name without making a bound method.
Result<Ref<>> callMethodVector(StrObject* name, PyObject* const* args, size_t nargsf,
                               Opt<TupleObject> keyword_names);

// self.name for an immediate call: `unbound` says that self has to be passed as the first argument.
struct MethodLookup {
  Ref<> callable;
  bool unbound;
};
Result<MethodLookup> methodLookup(PyObject* self, StrObject* method_name);

template <class... A>
Result<Ref<>> call(PyObject* callable, A*... args) {
  PyObject* stack[] = {nullptr, static_cast<PyObject*>(args)...};
  return callVector(callable, stack + 1, sizeof...(A) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
}
template <class... A>
Result<Ref<>> callMethod(PyObject* self, StrObject* method_name, A*... args) {
  PyObject* stack[] = {nullptr, self, static_cast<PyObject*>(args)...};
  return callMethodVector(method_name, stack + 1, (1 + sizeof...(A)) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                          nullptr);
}

// tp_vectorcall's pointer inside the object, if any.
inline vectorcallfunc vectorcallOf(PyObject* callable) {
  PyTypeObject* type = typeOf(callable);
  if (!hasFlag(type, Py_TPFLAGS_HAVE_VECTORCALL)) return nullptr;
  return *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(callable) + type->tp_vectorcall_offset);
}
// tp_call for types that implement vectorcall.
PyObject* vectorcallCall(PyObject* callable, PyObject* args, PyObject* kwargs);
// Turns NULL-without-exception and value-with-exception answers of foreign functions into SystemError.
PyObject* checkCallResult(PyObject* callable, PyObject* result, const char* where);

}  // namespace krait
