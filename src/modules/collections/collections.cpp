// The _collections module: _count_elements and the getter of named tuples; deque and defaultdict have their
// own files.
#include "modules/collections/collections.h"

#include "core/call.h"
#include "core/gc.h"
#include "types/arg_checks.h"
#include "types/dict_internal.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/module.h"

namespace krait::modules {
namespace {

// --- _tuplegetter: the property of one field of a named tuple ---

struct TupleGetterObject : PyObject {
  Py_ssize_t index;
  PyObject* doc;
};
static_assert(sizeof(TupleGetterObject) == 32);

Result<Ref<>> getterNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("_tuplegetter", kwargs));
  TRY(checkPositional("_tuplegetter", args->size(), 2, 2));
  Py_ssize_t index = TRY(argSsize(args->at(0)));
  Ref<TupleGetterObject> self = TRY(typeAlloc<TupleGetterObject>(type));
  self->index = index;
  self->doc = share(args->at(1)).leak();
  return self;
}

void getterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(cast<TupleGetterObject>(self)->doc);
  objectFreeMemory(self);
}
int getterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<TupleGetterObject>(self)->doc);
}
int getterClear(PyObject* self) {
  clearField(cast<TupleGetterObject>(self)->doc);
  return 0;
}

Result<Ref<>> getterGet(TupleGetterObject* self, PyObject* object, PyObject*) {
  if (!object) return share<PyObject>(self);
  if (!isTuple(object)) {
    if (object == Py_None) return share<PyObject>(self);
    return raise(PyExc_TypeError,
                 "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object", self->index,
                 typeName(object));
  }
  auto* tuple = cast<TupleObject>(object);
  if (self->index < 0 || self->index >= tuple->size())
    return raise(PyExc_IndexError, "tuple index out of range");
  return share(tuple->at(self->index));
}
Status getterSet(PyObject*, PyObject*, Opt<> value) {
  return raise(PyExc_AttributeError, value ? "can't set attribute" : "can't delete attribute");
}
Result<Ref<StrObject>> getterRepr(TupleGetterObject* self) {
  return strFormat("_tuplegetter(%zd, %R)", self->index, self->doc ? self->doc : Py_None);
}
Result<Ref<>> getterReduce(TupleGetterObject* self) {
  Ref<> index = TRY(intObject(self->index));
  Ref<TupleObject> args = TRY(tupleOf(index.get(), self->doc ? self->doc : Py_None));
  return reduceTo(typeObject(self), args);
}

constinit PyMethodDef kGetterMethods[] = {method<"!__reduce__($self, /)", getterReduce>, {}};
constinit PyMemberDef kGetterMembers[] = {{"__doc__", T_OBJECT, offsetof(TupleGetterObject, doc), 0, nullptr},
                                          {}};
constinit PyTypeObject tuple_getter_type = {
    KR_TYPE_HEAD,
    .tp_name = "_collections._tuplegetter",
    .tp_basicsize = sizeof(TupleGetterObject),
    .tp_dealloc = getterDealloc,
    .tp_repr = slot<getterRepr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = getterTraverse,
    .tp_clear = getterClear,
    .tp_methods = kGetterMethods,
    .tp_members = kGetterMembers,
    .tp_descr_get = slot<getterGet>,
    .tp_descr_set = slot<getterSet>,
    .tp_new = slot<getterNew>,
};

// --- _count_elements ---

bool countsLikeDict(PyObject* mapping) {
  if (!isDict(mapping)) return false;
  PyTypeObject* type = typeOf(mapping);
  return typeLookup(type, name<"get">()).get() == typeLookup(&PyDict_Type, name<"get">()).get() &&
         typeLookup(type, name<"__setitem__">()).get() ==
             typeLookup(&PyDict_Type, name<"__setitem__">()).get();
}

Status countInDict(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  Opt<> old = TRY(dictGetHashed(dict, key, hash));
  if (!old) return dictSetHashed(dict, key, hash, smallInt(1));
  auto count = share(old.get());
  Ref<> next = TRY(numberAdd(count, smallInt(1)));
  return dictSetHashed(dict, key, hash, next);
}

Status countElements(PyObject* mapping, PyObject* iterable) {
  if (countsLikeDict(mapping)) {
    return forEach(iterable, [&](Ref<> key) { return countInDict(cast<DictObject>(mapping), key); });
  }
  Ref<> iterator = TRY(getIter(iterable));  // asked before the mapping is
  Ref<> get = TRY(attrGet(mapping, name<"get">()));
  return forEach(iterator.get(), [&](Ref<> key) -> Status {
    Ref<> count = TRY(call(get.get(), key.get(), smallInt(0)));
    Ref<> next = TRY(numberAdd(count, smallInt(1)));
    return itemSet(mapping, key, next);
  });
}

constinit PyMethodDef kMethods[] = {function<"_count_elements($module, mapping, iterable, /)", countElements,
                                             "Add one to the mapping's count of each item of the iterable.">,
                                    {}};

Status collectionsExec(PyObject* module) {
  TRY(addDeque(module));
  TRY(addDefaultDict(module));
  TRY(moduleAddType(module, &PyODict_Type));
  TRY(addDequeIterators(module));
  return moduleAddType(module, &tuple_getter_type);
}

PyModuleDef kModule =
    moduleDef<"_collections", collectionsExec>(kMethods, "Containers: deque, defaultdict and OrderedDict.");

}  // namespace

PyObject* initCollections() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
