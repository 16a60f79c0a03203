// Descriptors of native members, methods, getters and slots; mappingproxy; property.
#pragma once

#include "core/object.h"

namespace krait {

struct DescrObject : PyObject {
  PyTypeObject* d_type;
  PyObject *d_name, *d_qualname;
};
struct MethodDescrObject : DescrObject {
  PyMethodDef* d_method;
  vectorcallfunc vectorcall;
};
struct MemberDescrObject : DescrObject {
  PyMemberDef* d_member;
};
struct GetSetDescrObject : DescrObject {
  PyGetSetDef* d_getset;
};

Result<Ref<>> methodDescrNew(PyTypeObject* type, PyMethodDef* def);
Result<Ref<>> classMethodDescrNew(PyTypeObject* type, PyMethodDef* def);
Result<Ref<>> memberDescrNew(PyTypeObject* type, PyMemberDef* def);
Result<Ref<>> getSetDescrNew(PyTypeObject* type, PyGetSetDef* def);
Result<Ref<>> memberGet(const char* base, PyMemberDef* def);  // PyMember_GetOne
Status memberSet(char* base, PyMemberDef* def, Opt<> value);
bool isDataDescr(PyObject* object);  // its type has tp_descr_set
Result<Ref<>> mappingProxyNew(PyObject* mapping);
Result<Ref<>> staticMethodNew(PyObject* callable);
Result<Ref<>> classMethodNew(PyObject* callable);
Result<bool> isAbstractFunction(Opt<> function);  // its __isabstractmethod__; absent: false

// The getter of an exact `property`; borrowed, null when it has none.
PyObject* propertyGetter(PyObject* property);

}  // namespace krait
