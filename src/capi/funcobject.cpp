// Exports of funcobject.h: what `def` makes.
#include "interp/function.h"

#include "capi/capi.h"

using namespace krait;

namespace {

FunctionObject* functionArg(PyObject* object) {
  return castOrBadCall<FunctionObject>(object, &PyFunction_Type);
}

// A field of a function, borrowed; the field may be null without an error.
PyObject* field(PyObject* object, PyObject* FunctionObject::* member) {
  FunctionObject* function = functionArg(object);
  return function ? function->*member : nullptr;
}

Status setClosure(FunctionObject* function, PyObject* closure) {
  if (closure != Py_None && !isTuple(closure)) {
    return raise(PyExc_SystemError, "expected tuple for closure, got '%.100s'", typeName(closure));
  }
  function->func_version = 0;
  PyObject* value = closure == Py_None ? nullptr : closure;
  PyObject* old = std::exchange(function->func_closure, MaybeRef<>::share(value).leak());
  xdecref(old);
  return {};
}

// The setters of defaults take None, a tuple or dict, and have no other error than the wrong type.
int setChecked(PyObject* object, PyObject* value, PyTypeObject* type, const char* complaint,
               Status (*set)(FunctionObject*, Opt<>)) {
  FunctionObject* function = functionArg(object);
  if (!function) return -1;
  if (value == Py_None) return toC(set(function, nullptr));
  if (value && isInstanceOf(value, type)) return toC(set(function, value));
  (void)raise(PyExc_SystemError, "%s", complaint);
  return -1;
}

}  // namespace

KR_EXPORT PyObject* PyFunction_NewWithQualName(PyObject* code, PyObject* globals, PyObject* qualname) {
  return toC(functionNew(static_cast<CodeObject*>(code), globals, qualname));
}
KR_EXPORT PyObject* PyFunction_New(PyObject* code, PyObject* globals) {
  return PyFunction_NewWithQualName(code, globals, nullptr);
}
KR_EXPORT PyObject* PyFunction_GetCode(PyObject* f) { return field(f, &FunctionObject::func_code); }
KR_EXPORT PyObject* PyFunction_GetGlobals(PyObject* f) { return field(f, &FunctionObject::func_globals); }
KR_EXPORT PyObject* PyFunction_GetModule(PyObject* f) { return field(f, &FunctionObject::func_module); }
KR_EXPORT PyObject* PyFunction_GetDefaults(PyObject* f) { return field(f, &FunctionObject::func_defaults); }
KR_EXPORT PyObject* PyFunction_GetKwDefaults(PyObject* f) {
  return field(f, &FunctionObject::func_kwdefaults);
}
KR_EXPORT PyObject* PyFunction_GetClosure(PyObject* f) { return field(f, &FunctionObject::func_closure); }
KR_EXPORT PyObject* PyFunction_GetAnnotations(PyObject* f) {
  FunctionObject* function = functionArg(f);
  if (!function) return nullptr;
  auto annotations = functionAnnotations(function);
  if (annotations.failed()) return nullptr;
  auto held = std::move(annotations).take();
  return held.get();  // the function keeps it
}
KR_EXPORT int PyFunction_SetDefaults(PyObject* f, PyObject* value) {
  return setChecked(f, value, &PyTuple_Type, "non-tuple default args", functionSetDefaults);
}
KR_EXPORT int PyFunction_SetKwDefaults(PyObject* f, PyObject* value) {
  return setChecked(f, value, &PyDict_Type, "non-dict keyword only default args", functionSetKwDefaults);
}
KR_EXPORT int PyFunction_SetAnnotations(PyObject* f, PyObject* value) {
  return setChecked(f, value, &PyDict_Type, "non-dict annotations", functionSetAnnotations);
}
KR_EXPORT int PyFunction_SetClosure(PyObject* f, PyObject* closure) {
  FunctionObject* function = functionArg(f);
  return function ? toC(setClosure(function, closure)) : -1;
}
KR_EXPORT PyObject* _PyFunction_Vectorcall(PyObject* f, PyObject* const* args, size_t nargsf,
                                           PyObject* names) {
  return functionVectorcall(f, args, nargsf, names);
}
