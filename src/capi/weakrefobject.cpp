// Exports of weakrefobject.h.
#include "types/weakref.h"

#include "capi/capi.h"

using namespace krait;

KR_EXPORT int PyType_SUPPORTS_WEAKREFS(PyTypeObject* type) { return type->tp_weaklistoffset > 0; }
KR_EXPORT PyObject** PyObject_GET_WEAKREFS_LISTPTR(PyObject* object) { return weakRefSlot(object); }

KR_EXPORT PyObject* PyWeakref_NewRef(PyObject* o, PyObject* callback) { return toC(weakRefNew(o, callback)); }
KR_EXPORT PyObject* PyWeakref_NewProxy(PyObject* o, PyObject* callback) {
  return toC(weakProxyNew(o, callback));
}
KR_EXPORT PyObject* PyWeakref_GetObject(PyObject* ref) {
  bool is_weak = ref && (isWeakRef(ref) || typeOf(ref) == &_PyWeakref_ProxyType ||
                         typeOf(ref) == &_PyWeakref_CallableProxyType);
  if (!is_weak) return (void)raiseBadInternalCall(), nullptr;
  auto* weak = static_cast<WeakRefObject*>(ref);
  return weak->wr_object && weak->wr_object->ob_refcnt > 0 ? weak->wr_object : Py_None;
}
