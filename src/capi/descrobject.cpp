// Exports of descrobject.h and structmember.h.
#include "types/descr_wrapper.h"

#include "capi/capi.h"
#include "core/call.h"

using namespace krait;

KR_EXPORT PyObject* PyDescr_NewMethod(PyTypeObject* type, PyMethodDef* def) {
  return toC(methodDescrNew(type, def));
}
KR_EXPORT PyObject* PyDescr_NewClassMethod(PyTypeObject* type, PyMethodDef* def) {
  return toC(classMethodDescrNew(type, def));
}
KR_EXPORT PyObject* PyDescr_NewMember(PyTypeObject* type, PyMemberDef* def) {
  return toC(memberDescrNew(type, def));
}
KR_EXPORT PyObject* PyDescr_NewGetSet(PyTypeObject* type, PyGetSetDef* def) {
  return toC(getSetDescrNew(type, def));
}
KR_EXPORT PyObject* PyDescr_NewWrapper(PyTypeObject* type, SlotDef* def, void* wrapped) {
  return toC(wrapperDescrNew(type, def, wrapped));
}
KR_EXPORT int PyDescr_IsData(PyObject* object) { return isDataDescr(object); }
KR_EXPORT PyObject* PyDictProxy_New(PyObject* mapping) { return toC(call(&PyDictProxy_Type, mapping)); }
KR_EXPORT PyObject* PyWrapper_New(PyObject* descr, PyObject* self) {
  return toC(methodWrapperNew(static_cast<WrapperDescrObject*>(descr), self));
}
KR_EXPORT PyObject* PyMember_GetOne(const char* base, PyMemberDef* def) { return toC(memberGet(base, def)); }
KR_EXPORT int PyMember_SetOne(char* base, PyMemberDef* def, PyObject* value) {
  return toC(memberSet(base, def, value));
}
