// Bound methods, built-in functions and methods, capsules' neighbours: callables that run no byte code of
// their own.
#pragma once

#include "core/object.h"

namespace krait {

struct MethodObject : PyObject {
  PyObject *im_func, *im_self, *im_weakreflist;
  vectorcallfunc vectorcall;
};
Result<Ref<>> methodNew(PyObject* function, PyObject* self);
Result<Ref<>> instanceMethodNew(PyObject* function);

struct CFunctionObject : PyObject {
  PyMethodDef* m_ml;
  PyObject *m_self, *m_module, *m_weakreflist;
  vectorcallfunc vectorcall;
};
struct CMethodObject : CFunctionObject {
  PyTypeObject* mm_class;
};
inline bool isCFunction(const PyObject* o) { return isInstanceOf(o, &PyCFunction_Type); }
Result<Ref<>> cFunctionNew(PyMethodDef* def, Opt<> self, Opt<> module, PyTypeObject* cls = nullptr);
// The text signature and the rest of a "name(sig)\n--\n\ndoc" docstring.
Result<Ref<>> textSignature(const char* name, const char* doc);
Result<Ref<>> docWithoutSignature(const char* name, const char* doc);

}  // namespace krait
