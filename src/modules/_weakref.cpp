// _weakref: counting and making weak references.
#include "core/native.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/weakref.h"

namespace krait {
namespace {

WeakRefObject* firstRef(PyObject* object) {
  PyObject** head = weakRefSlot(object);
  return head ? static_cast<WeakRefObject*>(*head) : nullptr;
}

Py_ssize_t weakrefCount(PyObject* object) {
  Py_ssize_t count = 0;
  for (WeakRefObject* ref = firstRef(object); ref; ref = ref->wr_next) count++;
  return count;
}

Result<Ref<>> weakrefList(PyObject* object) {
  Ref<ListObject> list = TRY(listNew());
  for (WeakRefObject* ref = firstRef(object); ref; ref = ref->wr_next)
    TRY(listAppend(list, static_cast<PyObject*>(ref)));
  return list;
}

// Removes dct[key] if it is a dead reference by now; missing keys are fine.
Result<Ref<>> removeDead(DictObject* dct, PyObject* key) {
  Opt<> value = TRY(dictGet(dct, key));
  if (!value) return none();
  if (!isWeakRef(value.get())) return raise(PyExc_TypeError, "not a weakref");
  if (weakRefGet(cast<WeakRefObject>(value.get()))) return none();
  TRY(dictDiscard(dct, key));
  return none();
}

Result<Ref<>> makeProxy(PyObject* object, PyObject* callback) { return TRY(weakProxyNew(object, callback)); }

constinit PyMethodDef kMethods[] = {
    function<"getweakrefcount($module, object, /)", weakrefCount, "Number of weak references to the object.">,
    function<"_remove_dead_weakref($module, dct, key, /)", removeDead, "Drop a dead reference from a dict.">,
    function<"getweakrefs($module, object, /)", weakrefList, "List of all weak references to the object.">,
    function<"proxy($module, object, callback=None, /)", makeProxy, "Make a weak proxy.">,
    {}};

Status exec(PyObject* module) {
  TRY(moduleAdd(module, "ref", Ref<>::share(reinterpret_cast<PyObject*>(&_PyWeakref_RefType))));
  TRY(moduleAdd(module, "ReferenceType", Ref<>::share(reinterpret_cast<PyObject*>(&_PyWeakref_RefType))));
  TRY(moduleAdd(module, "ProxyType", Ref<>::share(reinterpret_cast<PyObject*>(&_PyWeakref_ProxyType))));
  return moduleAdd(module, "CallableProxyType",
                   Ref<>::share(reinterpret_cast<PyObject*>(&_PyWeakref_CallableProxyType)));
}

constinit PyModuleDef kWeakrefModule = moduleDef<"_weakref", exec>(kMethods, "Weak references.");

}  // namespace

namespace modules {
PyObject* initWeakref() { return moduleDefInit(&kWeakrefModule); }
}  // namespace modules

}  // namespace krait
