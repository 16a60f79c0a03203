// keys(), values(), items(): views with set operations for keys and items.
#include "core/call.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/descr.h"
#include "types/dict_internal.h"
#include "types/list.h"
#include "types/set.h"

namespace krait {

struct DictViewObject : PyObject {
  DictObject* dict;
};
static_assert(sizeof(DictViewObject) == 24);

Result<Ref<>> dictViewNew(PyObject* dict, PyTypeObject* type) {
  if (!isDict(dict)) {
    return raise(PyExc_TypeError, "%s() requires a dict argument, not '%s'", type->tp_name, typeName(dict));
  }
  auto held = share(cast<DictObject>(dict));
  Ref<DictViewObject> view = TRY(objectNew<DictViewObject>(type));
  view->dict = std::move(held).leak();
  gcTrack(view);
  return view;
}

Result<Ref<>> dictKeysView(DictObject* dict) { return dictViewNew(dict, &PyDictKeys_Type); }
Result<Ref<>> dictValuesView(DictObject* dict) { return dictViewNew(dict, &PyDictValues_Type); }
Result<Ref<>> dictItemsView(DictObject* dict) { return dictViewNew(dict, &PyDictItems_Type); }

namespace {

bool isKeysView(PyObject* o) { return isInstanceOf(o, &PyDictKeys_Type); }
bool isItemsView(PyObject* o) { return isInstanceOf(o, &PyDictItems_Type); }
bool isSetView(PyObject* o) { return isKeysView(o) || isItemsView(o); }

void viewDealloc(PyObject* self) {
  gcUntrack(self);
  if (DictObject* dict = cast<DictViewObject>(self)->dict) decref(dict);
  objectFreeMemory(self);
}
int viewTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<DictViewObject>(self)->dict);
}
Py_ssize_t viewLength(DictViewObject* view) { return view->dict ? view->dict->ma_used : 0; }
Result<Ref<>> viewMapping(DictViewObject* view) { return mappingProxyNew(view->dict); }

Result<Ref<StrObject>> viewRepr(DictViewObject* view) {
  auto guard = TRY(ReprGuard::enter(view));
  if (guard.isRecursive()) return strLiteral("...");
  Ref<ListObject> items = TRY(sequenceList(view));
  return strFormat("%s(%R)", typeName(view), static_cast<PyObject*>(items.get()));
}

Result<bool> keysContain(DictViewObject* view, PyObject* key) { return dictContains(view->dict, key); }

Result<bool> itemsContain(DictViewObject* view, PyObject* item) {
  if (!isTuple(item) || cast<TupleObject>(item)->size() != 2) return false;
  auto* pair = cast<TupleObject>(item);
  Opt<> found = TRY(dictGet(view->dict, pair->at(0)));
  if (!found) return false;
  auto value = share(found.get());
  return objectEquals(value, pair->at(1));
}

Result<Ref<>> keysIter(DictViewObject* view) { return dictIterNew(view->dict, &PyDictIterKey_Type); }
Result<Ref<>> valuesIter(DictViewObject* view) { return dictIterNew(view->dict, &PyDictIterValue_Type); }
Result<Ref<>> itemsIter(DictViewObject* view) { return dictIterNew(view->dict, &PyDictIterItem_Type); }
Result<Ref<>> keysReversed(DictViewObject* view) { return dictIterNew(view->dict, &PyDictRevIterKey_Type); }
Result<Ref<>> valuesReversed(DictViewObject* view) {
  return dictIterNew(view->dict, &PyDictRevIterValue_Type);
}
Result<Ref<>> itemsReversed(DictViewObject* view) { return dictIterNew(view->dict, &PyDictRevIterItem_Type); }

Result<bool> allContained(PyObject* items, PyObject* container) {
  Ref<> iterator = TRY(getIter(items));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator));
    if (!item) return true;
    if (!TRY(sequenceContains(container, item.get()))) return false;
  }
}

Result<bool> viewCompareBool(PyObject* view, PyObject* other, int op) {
  Py_ssize_t size = TRY(objectLength(view)), other_size = TRY(objectLength(other));
  switch (op) {
    case Py_EQ: return size == other_size ? allContained(view, other) : Result<bool>(false);
    case Py_NE: {
      bool equal = size == other_size && TRY(allContained(view, other));
      return !equal;
    }
    case Py_LT: return size < other_size ? allContained(view, other) : Result<bool>(false);
    case Py_LE: return size <= other_size ? allContained(view, other) : Result<bool>(false);
    case Py_GT: return size > other_size ? allContained(other, view) : Result<bool>(false);
    default: return size >= other_size ? allContained(other, view) : Result<bool>(false);
  }
}

Result<Ref<>> viewCompare(PyObject* view, PyObject* other, int op) {
  if (!isAnySet(other) && !isSetView(other)) return notImplemented();
  return boolRef(TRY(viewCompareBool(view, other, op)));
}

// A set of the operand's items; a keys view of a plain dict is copied straight from the table.
Result<Ref<SetObject>> setOf(PyObject* operand) {
  if (isKeysView(operand)) {
    DictObject* dict = cast<DictViewObject>(operand)->dict;
    if (isExactDict(dict)) return setNew(dict);
  }
  return setNew(operand);
}

Result<Ref<>> viewSubtract(PyObject* left, PyObject* right) {
  Ref<SetObject> result = TRY(setOf(left));
  TRY(callMethod(result.get(), name<"difference_update">(), right));
  return result;
}

Result<Ref<>> viewIntersect(PyObject* left, PyObject* right) {
  PyObject *view = left, *other = right;
  if (!isSetView(view)) std::swap(view, other);
  Py_ssize_t size = viewLength(cast<DictViewObject>(view));
  if (isExact(other, &PySet_Type) && size <= cast<SetObject>(other)->size()) {
    return callMethod(other, name<"intersection">(), view);
  }
  if (isSetView(other) && viewLength(cast<DictViewObject>(other)) > size) std::swap(view, other);
  Ref<SetObject> result = TRY(setNew());
  bool keys = isKeysView(view);
  auto* holder = cast<DictViewObject>(view);
  TRY(forEach(other, [&](Ref<> item) -> Status {
    if (TRY(keys ? keysContain(holder, item) : itemsContain(holder, item))) return setAdd(result, item);
    return {};
  }));
  return result;
}

Result<Ref<>> viewUnion(PyObject* left, PyObject* right) {
  Ref<SetObject> result = TRY(setOf(left));
  TRY(setUpdate(result, right));
  return result;
}

// Symmetric difference of two items views, without hashing the values of the pairs that are equal.
Result<Ref<>> itemsXor(DictObject* first, DictObject* second) {
  Ref<DictObject> rest = TRY(dictCopy(first));
  Ref<SetObject> result = TRY(setNew());
  Py_ssize_t position = 0;
  PyObject *borrowed_key, *borrowed_value;
  Py_hash_t hash;
  while (dictNext(second, &position, &borrowed_key, &borrowed_value, &hash)) {
    auto key = share(borrowed_key);
    auto value = share(borrowed_value);
    Opt<> found = TRY(dictGetHashed(rest, key, hash));
    bool equal = false;
    if (found) {
      auto held = share(found.get());
      equal = TRY(objectEquals(held, value));
    }
    if (equal) {
      TRY(dictDeleteHashed(rest, key, hash));
    } else {
      Ref<TupleObject> pair = TRY(tupleOf(key.get(), value.get()));
      TRY(setAdd(result, pair));
    }
  }
  Ref<> remaining = TRY(dictItemsView(rest));
  TRY(setUpdate(result, remaining));
  return result;
}

Result<Ref<>> viewXor(PyObject* left, PyObject* right) {
  if (isItemsView(left) && isItemsView(right)) {
    auto first = share(cast<DictViewObject>(left)->dict);
    auto second = share(cast<DictViewObject>(right)->dict);
    return itemsXor(first, second);
  }
  Ref<SetObject> result = TRY(setOf(left));
  TRY(callMethod(result.get(), name<"symmetric_difference_update">(), right));
  return result;
}

Result<bool> viewIsDisjoint(PyObject* view, PyObject* other) {
  Py_ssize_t size = viewLength(cast<DictViewObject>(view));
  if (view == other) return size == 0;
  if (isExact(other, &PySet_Type) || isExact(other, &PyFrozenSet_Type) || isSetView(other)) {
    if (TRY(objectLength(other)) > size) std::swap(view, other);
  }
  Ref<> iterator = TRY(getIter(other));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator));
    if (!item) return true;
    if (TRY(sequenceContains(view, item.get()))) return false;
  }
}

constinit PyNumberMethods kViewAsNumber = {.nb_subtract = slot<viewSubtract>,
                                           .nb_and = slot<viewIntersect>,
                                           .nb_xor = slot<viewXor>,
                                           .nb_or = slot<viewUnion>};
constinit PySequenceMethods kKeysAsSequence = {.sq_length = slot<viewLength>,
                                               .sq_contains = slot<keysContain>};
constinit PySequenceMethods kItemsAsSequence = {.sq_length = slot<viewLength>,
                                                .sq_contains = slot<itemsContain>};
constinit PySequenceMethods kValuesAsSequence = {.sq_length = slot<viewLength>};

constexpr Text kDisjointDoc = "True if the view and the given iterable have no items in common.";
constexpr Text kReversedDoc = "An iterator over the view, last inserted first.";
constinit PyMethodDef kKeysMethods[] = {method<"!isdisjoint($self, other, /)", viewIsDisjoint, kDisjointDoc>,
                                        method<"!__reversed__($self, /)", keysReversed, kReversedDoc>,
                                        {}};
constinit PyMethodDef kItemsMethods[] = {method<"!isdisjoint($self, other, /)", viewIsDisjoint, kDisjointDoc>,
                                         method<"!__reversed__($self, /)", itemsReversed, kReversedDoc>,
                                         {}};
constinit PyMethodDef kValuesMethods[] = {method<"!__reversed__($self, /)", valuesReversed, kReversedDoc>,
                                          {}};
constinit PyGetSetDef kViewGetSet[] = {
    getset<"mapping", viewMapping, nullptr, "dictionary that this view refers to">, {}};

constexpr PyTypeObject viewType(const char* name, getiterfunc iter, PySequenceMethods* sequence,
                                PyMethodDef* methods) {
  return {KR_TYPE_HEAD,
          .tp_name = name,
          .tp_basicsize = sizeof(DictViewObject),
          .tp_dealloc = viewDealloc,
          .tp_repr = slot<viewRepr>,
          .tp_as_sequence = sequence,
          .tp_getattro = slot<genericGetAttr>,
          .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
          .tp_traverse = viewTraverse,
          .tp_iter = iter,
          .tp_methods = methods,
          .tp_getset = kViewGetSet};
}
constexpr PyTypeObject setViewType(const char* name, getiterfunc iter, PySequenceMethods* sequence,
                                   PyMethodDef* methods) {
  PyTypeObject type = viewType(name, iter, sequence, methods);
  type.tp_as_number = &kViewAsNumber;
  type.tp_richcompare = slot<viewCompare>;
  return type;
}

}  // namespace
}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyDictKeys_Type =
    setViewType("dict_keys", slot<keysIter>, &kKeysAsSequence, kKeysMethods);
KR_EXPORT constinit PyTypeObject PyDictItems_Type =
    setViewType("dict_items", slot<itemsIter>, &kItemsAsSequence, kItemsMethods);
KR_EXPORT constinit PyTypeObject PyDictValues_Type =
    viewType("dict_values", slot<valuesIter>, &kValuesAsSequence, kValuesMethods);
