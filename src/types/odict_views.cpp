// Iterators and views of OrderedDict.
#include "core/call.h"
#include "types/dict_internal.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/odict.h"

namespace krait {

namespace {

struct OdictIterObject : PyObject {
  int kind;
  OdictObject* od;  // null: exhausted
  Py_ssize_t size;
  size_t state;  // the chain's at the start: while it is the same, `current` is valid
  TupleObject* result;
  OdictNode* current;
};
static_assert(sizeof(OdictIterObject) == 64);

void iterDealloc(PyObject* self) {
  auto* iter = cast<OdictIterObject>(self);
  gcUntrack(self);
  xdecref(iter->od);
  xdecref(iter->result);
  objectFreeMemory(self);
}
int iterTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* iter = cast<OdictIterObject>(self);
  return visitAll(visit, arg, iter->od, iter->result);
}

Result<Ref<>> pairOf(OdictIterObject* iter, Ref<> key, Ref<> value) {
  TupleObject* kept = iter->result;
  if (kept && kept->ob_refcnt == 1) {
    auto held = share<PyObject>(kept);
    auto old_key = Ref<>::steal(std::exchange(kept->ob_item[0], std::move(key).leak()));
    auto old_value = Ref<>::steal(std::exchange(kept->ob_item[1], std::move(value).leak()));
    if (!gcIsTracked(kept)) gcTrack(kept);
    return held;
  }
  PyObject* owned[] = {std::move(key).leak(), std::move(value).leak()};
  return TRY(tupleFromOwned(owned, 2));
}

// The next node; null: exhausted.
Result<OdictNode*> advance(OdictIterObject* iter) {
  if (!iter->od || !iter->current) return static_cast<OdictNode*>(nullptr);
  if (iter->od->state != iter->state) {
    iter->current = nullptr;
    return raise(PyExc_RuntimeError, "OrderedDict mutated during iteration");
  }
  if (iter->od->size() != iter->size) {
    iter->size = -1;
    iter->current = nullptr;
    return raise(PyExc_RuntimeError, "OrderedDict changed size during iteration");
  }
  OdictNode* node = iter->current;
  iter->current = iter->kind & kOdictReversed ? node->previous : node->next;
  return node;
}

Result<MaybeRef<>> iterStep(OdictIterObject* iter) {
  OdictNode* node = TRY(advance(iter));
  if (!node) {
    if (OdictObject* od = std::exchange(iter->od, nullptr)) decref(od);
    return MaybeRef<>();
  }
  auto key = share(node->key);
  int kind = iter->kind & ~kOdictReversed;
  if (kind == kOdictKeys) return MaybeRef<>(std::move(key));
  Opt<> found = TRY(dictGet(iter->od, key));
  if (!found) {
    clearField(iter->od);
    return raiseKeyError(key);
  }
  auto value = share(found.get());
  if (kind == kOdictValues) return MaybeRef<>(std::move(value));
  return MaybeRef<>(TRY(pairOf(iter, std::move(key), std::move(value))));
}

Result<Ref<>> iterReduce(OdictIterObject* iter) {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  MaybeRef<> rest;
  if (iter->od) {
    Ref<> made = TRY(odictIterNew(iter->od, iter->kind));
    auto* copy = cast<OdictIterObject>(made.get());
    copy->size = iter->size;
    copy->state = iter->state;
    copy->current = iter->current;
    rest = TRY(sequenceList(made));
  } else {
    rest = TRY(listNew());
  }
  Ref<TupleObject> args = TRY(tupleOf(rest.get()));
  return reduceTo(iter_function, args);
}

struct ViewObject : PyObject {
  DictObject* dict;
};
OdictObject* viewed(ViewObject* view) { return static_cast<OdictObject*>(view->dict); }

template <int kKind>
Result<Ref<>> viewIter(ViewObject* view) {
  return odictIterNew(viewed(view), kKind);
}

constinit PyMethodDef kIterMethods[] = {method<"!__reduce__($self, /)", iterReduce, kReduceDoc>, {}};
constinit PyMethodDef kKeysMethods[] = {
    method<"!__reversed__($self, /)", viewIter<kOdictKeys | kOdictReversed>>, {}};
constinit PyMethodDef kValuesMethods[] = {
    method<"!__reversed__($self, /)", viewIter<kOdictValues | kOdictReversed>>, {}};
constinit PyMethodDef kItemsMethods[] = {
    method<"!__reversed__($self, /)", viewIter<kOdictItems | kOdictReversed>>, {}};

constexpr PyTypeObject viewType(const char* name, PyTypeObject* base, getiterfunc iter,
                                PyMethodDef* methods) {
  return {KR_TYPE_HEAD,    .tp_name = name,       .tp_flags = Py_TPFLAGS_IMMUTABLETYPE,
          .tp_iter = iter, .tp_methods = methods, .tp_base = base};
}

}  // namespace

Result<Ref<>> odictIterNew(OdictObject* od, int kind) {
  auto held = share(od);
  MaybeRef<TupleObject> result;
  if ((kind & ~kOdictReversed) == kOdictItems) {
    PyObject* nones[] = {Py_None, Py_None};
    result = TRY(tupleFromItems(nones, 2));
  }
  Ref<OdictIterObject> iter = TRY(objectNew<OdictIterObject>(&PyODictIter_Type));
  iter->kind = kind;
  iter->size = od->size();
  iter->state = od->state;
  iter->current = kind & kOdictReversed ? od->last : od->first;
  iter->result = std::move(result).leak();
  iter->od = std::move(held).leak();
  gcTrack(iter);
  return iter;
}

Result<Ref<>> odictKeysView(PyObject* od) { return dictViewNew(od, &PyODictKeys_Type); }
Result<Ref<>> odictValuesView(PyObject* od) { return dictViewNew(od, &PyODictValues_Type); }
Result<Ref<>> odictItemsView(PyObject* od) { return dictViewNew(od, &PyODictItems_Type); }
Result<Ref<>> odictReversed(OdictObject* od) { return odictIterNew(od, kOdictKeys | kOdictReversed); }

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyODictIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "odict_iterator",
    .tp_basicsize = sizeof(OdictIterObject),
    .tp_dealloc = iterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = iterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iterStep>,
    .tp_methods = kIterMethods,
};
KR_EXPORT constinit PyTypeObject PyODictKeys_Type =
    viewType("odict_keys", &PyDictKeys_Type, slot<viewIter<kOdictKeys>>, kKeysMethods);
KR_EXPORT constinit PyTypeObject PyODictItems_Type =
    viewType("odict_items", &PyDictItems_Type, slot<viewIter<kOdictItems>>, kItemsMethods);
KR_EXPORT constinit PyTypeObject PyODictValues_Type =
    viewType("odict_values", &PyDictValues_Type, slot<viewIter<kOdictValues>>, kValuesMethods);
