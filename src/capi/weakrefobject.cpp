// Exports of weakrefobject.h.
#include "types/weakref.h"

#include "capi/capi.h"

using namespace krait;

KR_EXPORT PyObject* PyWeakref_NewRef(PyObject* o, PyObject* callback) { return toC(weakRefNew(o, callback)); }
KR_EXPORT PyObject* PyWeakref_NewProxy(PyObject* o, PyObject* callback) { return toC(weakProxyNew(o, callback)); }
KR_EXPORT PyObject* PyWeakref_GetObject(PyObject* ref) {
  if (!ref) return (void)raiseBadInternalCall(), nullptr;
  auto* weak = static_cast<WeakRefObject*>(ref);
  return weak->wr_object && weak->wr_object->ob_refcnt > 0 ? weak->wr_object : Py_None;
}
