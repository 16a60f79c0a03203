// Exports of cellobject.h, genericaliasobject.h and pycore_namespace.h.
#include "types/cell.h"

#include "capi/capi.h"
#include "types/misc_objects.h"

using namespace krait;

KR_EXPORT PyObject* PyCell_New(PyObject* value) { return toC(cellNew(value)); }
KR_EXPORT PyObject* PyCell_Get(PyObject* object) {
  auto* cell = castOrBadCall<CellObject>(object, &PyCell_Type);
  return cell ? MaybeRef<>::share(cell->ob_ref).leak() : nullptr;
}
KR_EXPORT int PyCell_Set(PyObject* object, PyObject* value) {
  auto* cell = castOrBadCall<CellObject>(object, &PyCell_Type);
  if (!cell) return -1;
  PyObject* old = std::exchange(cell->ob_ref, MaybeRef<>::share(value).leak());
  xdecref(old);
  return 0;
}
KR_EXPORT PyObject* Py_GenericAlias(PyObject* origin, PyObject* args) {
  return toC(genericAliasNew(origin, args));
}
KR_EXPORT PyObject* _PyNamespace_New(PyObject* attributes) {
  return toC(namespaceNew(static_cast<DictObject*>(attributes)));
}
