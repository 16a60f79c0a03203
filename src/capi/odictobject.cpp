// Exports of odictobject.h.
#include "types/odict.h"

#include "capi/capi.h"

using namespace krait;

KR_EXPORT PyObject* PyODict_New() { return toC(odictNew()); }
KR_EXPORT int PyODict_SetItem(PyObject* od, PyObject* key, PyObject* value) {
  return toC(odictSet(static_cast<OdictObject*>(od), key, value));
}
KR_EXPORT int PyODict_DelItem(PyObject* od, PyObject* key) {
  return toC(odictDelete(static_cast<OdictObject*>(od), key));
}
