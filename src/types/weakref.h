// Weak references.
#pragma once

#include "core/result.h"

namespace krait {

struct WeakRefObject : PyObject {
  PyObject* wr_object;  // borrowed; None when dead
  PyObject* wr_callback;
  Py_hash_t hash;
  WeakRefObject *wr_prev, *wr_next;
  vectorcallfunc vectorcall;
};
static_assert(sizeof(WeakRefObject) == 64);

Result<Ref<WeakRefObject>> weakRefNew(PyObject* object, Opt<> callback = nullptr);
Result<Ref<WeakRefObject>> weakProxyNew(PyObject* object, Opt<> callback = nullptr);
MaybeRef<> weakRefGet(WeakRefObject* ref);
// tp_dealloc of weakly referenceable objects calls this first (PyObject_ClearWeakRefs): runs callbacks.
void clearWeakRefs(PyObject* object);
// Makes one reference dead and takes it out of its referent's list; its callback stays for the caller to run.
void weakRefClear(WeakRefObject* ref);
// Clears all references to the object and drops their callbacks without calling them.
void weakRefsForget(PyObject* object);
PyObject** weakRefSlot(PyObject* object);  // null: type has no weak references
inline bool isWeakRef(const PyObject* o) { return isInstanceOf(o, &_PyWeakref_RefType); }

}  // namespace krait
