// Exports of methodobject.h, classobject.h and the wrappers of funcobject.h.
#include "types/method.h"

#include "capi/capi.h"
#include "core/call.h"
#include "types/descr.h"
#include "types/native_call.h"

using namespace krait;

KR_EXPORT PyObject* PyCMethod_New(PyMethodDef* def, PyObject* self, PyObject* module, PyTypeObject* cls) {
  return toC(cFunctionNew(def, self, module, cls));
}
KR_EXPORT PyObject* PyCFunction_NewEx(PyMethodDef* def, PyObject* self, PyObject* module) {
  return toC(cFunctionNew(def, self, module));
}
KR_EXPORT PyObject* PyCFunction_New(PyMethodDef* def, PyObject* self) {
  return toC(cFunctionNew(def, self, nullptr));
}

KR_EXPORT PyCFunction PyCFunction_GetFunction(PyObject* object) {
  auto* f = castOrBadCall<CFunctionObject>(object, &PyCFunction_Type);
  return f ? f->m_ml->ml_meth.plain : nullptr;
}
KR_EXPORT PyObject* PyCFunction_GetSelf(PyObject* object) {
  auto* f = castOrBadCall<CFunctionObject>(object, &PyCFunction_Type);
  return f && !(f->m_ml->ml_flags & METH_STATIC) ? f->m_self : nullptr;
}
KR_EXPORT int PyCFunction_GetFlags(PyObject* object) {
  auto* f = castOrBadCall<CFunctionObject>(object, &PyCFunction_Type);
  return f ? f->m_ml->ml_flags : -1;
}

KR_EXPORT PyObject* PyMethod_New(PyObject* function, PyObject* self) {
  if (!self) return (void)raiseBadInternalCall(), nullptr;
  return toC(methodNew(function, self));
}
KR_EXPORT PyObject* PyMethod_Function(PyObject* object) {
  auto* m = castOrBadCall<MethodObject>(object, &PyMethod_Type);
  return m ? m->im_func : nullptr;
}
KR_EXPORT PyObject* PyMethod_Self(PyObject* object) {
  auto* m = castOrBadCall<MethodObject>(object, &PyMethod_Type);
  return m ? m->im_self : nullptr;
}
KR_EXPORT PyObject* PyInstanceMethod_New(PyObject* function) { return toC(instanceMethodNew(function)); }
KR_EXPORT PyObject* PyClassMethod_New(PyObject* callable) { return toC(classMethodNew(callable)); }
KR_EXPORT PyObject* PyStaticMethod_New(PyObject* callable) { return toC(staticMethodNew(callable)); }
KR_EXPORT PyObject* _PyObject_FunctionStr(PyObject* callable) { return toC(functionDisplayName(callable)); }
KR_EXPORT PyObject* PyCFunction_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return toC(callTupleDict(callable, static_cast<TupleObject*>(args), static_cast<DictObject*>(kwargs)));
}
