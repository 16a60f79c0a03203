// Iterators over dicts: keys, values and items, forwards and backwards.
//
// An iterator borrows nothing: it owns its dict until it is exhausted, and item iterators keep one result
// tuple that is reused while nobody else refers to it.
#include "core/import.h"
#include "core/thread.h"
#include "types/dict_internal.h"
#include "types/list.h"

namespace krait {

struct DictIterObject : PyObject {
  DictObject* dict;  // null: exhausted
  Py_ssize_t used;   // the dict's size at the start; -1: an error was reported
  Py_ssize_t position;
  TupleObject* result;
  Py_ssize_t remaining;
};
static_assert(sizeof(DictIterObject) == 56);

Result<Ref<>> dictIterNew(DictObject* dict, PyTypeObject* type) {
  Ref<DictIterObject> iter = TRY(objectNew<DictIterObject>(type));
  iter->dict = share(dict).leak();
  iter->used = dict->ma_used;
  iter->remaining = dict->ma_used;
  iter->result = nullptr;
  bool reverse =
      type == &PyDictRevIterKey_Type || type == &PyDictRevIterValue_Type || type == &PyDictRevIterItem_Type;
  iter->position = !reverse ? 0 : dict->ma_values ? dict->ma_used - 1 : dict->ma_keys->dk_nentries - 1;
  if (type == &PyDictIterItem_Type || type == &PyDictRevIterItem_Type) {
    PyObject* nones[] = {Py_None, Py_None};
    Result<Ref<TupleObject>> result = tupleFromItems(nones, 2);
    if (!result.failed())
      iter->result = std::move(result).toC();
    else
      gcTrack(iter);
    if (!iter->result) return Raised{};
  }
  gcTrack(iter);
  return iter;
}

namespace {

void iterDealloc(PyObject* self) {
  auto* iter = cast<DictIterObject>(self);
  gcUntrack(self);
  if (iter->dict) decref(iter->dict);
  if (iter->result) decref(iter->result);
  objectFreeMemory(self);
}

int iterTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* iter = cast<DictIterObject>(self);
  return visitAll(visit, arg, iter->dict, iter->result);
}

bool sizeChanged(DictIterObject* iter) {
  if (iter->used == iter->dict->ma_used) return false;
  (void)raise(PyExc_RuntimeError, "dictionary changed size during iteration");
  iter->used = -1;
  return true;
}

// The index of the next live entry; -1: exhausted or failed (then an exception is pending).
Py_ssize_t advance(DictIterObject* iter) {
  DictObject* dict = iter->dict;
  if (!dict || sizeChanged(iter)) return -1;
  Py_ssize_t index = nextEntry(dict, &iter->position);
  if (index >= 0 && iter->remaining == 0) {
    (void)raise(PyExc_RuntimeError, "dictionary keys changed during iteration");
    index = -1;
  }
  if (index >= 0) {
    iter->remaining--;
    return index;
  }
  iter->dict = nullptr;
  decref(dict);
  return -1;
}

Py_ssize_t retreat(DictIterObject* iter) {
  DictObject* dict = iter->dict;
  if (!dict || sizeChanged(iter)) return -1;
  Py_ssize_t at = iter->position, index = -1;
  if (dict->ma_values) {
    if (at >= 0 && at < dict->ma_used) index = dict->ma_values->order()[-at];
  } else {
    if (at >= dict->ma_keys->dk_nentries) at = dict->ma_keys->dk_nentries - 1;
    while (at >= 0 && !*entryAt(dict, at).value) at--;
    index = at;
  }
  if (index >= 0) {
    iter->position = at - 1;
    iter->remaining--;
    return index;
  }
  iter->dict = nullptr;
  decref(dict);
  return -1;
}

// The pair as a tuple, in the kept one when the iterator is its only owner.
PyObject* pairOf(DictIterObject* iter, EntryRef entry) {
  PyObject *key = share(entry.key).leak(), *value = share(*entry.value).leak();
  TupleObject* kept = iter->result;
  if (kept->ob_refcnt == 1) {
    PyObject* old_key = std::exchange(kept->ob_item[0], key);
    PyObject* old_value = std::exchange(kept->ob_item[1], value);
    incref(kept);
    if (!gcIsTracked(kept)) gcTrack(kept);
    decref(old_key);
    decref(old_value);
    return kept;
  }
  PyObject* owned[] = {key, value};
  return tupleFromOwned(owned, 2).toC();
}

template <Py_ssize_t (*Step)(DictIterObject*)>
PyObject* nextKey(PyObject* self) {
  auto* iter = cast<DictIterObject>(self);
  Py_ssize_t index = Step(iter);
  return index < 0 ? nullptr : share(entryAt(iter->dict, index).key).leak();
}
template <Py_ssize_t (*Step)(DictIterObject*)>
PyObject* nextValue(PyObject* self) {
  auto* iter = cast<DictIterObject>(self);
  Py_ssize_t index = Step(iter);
  return index < 0 ? nullptr : share(*entryAt(iter->dict, index).value).leak();
}
template <Py_ssize_t (*Step)(DictIterObject*)>
PyObject* nextPair(PyObject* self) {
  auto* iter = cast<DictIterObject>(self);
  Py_ssize_t index = Step(iter);
  return index < 0 ? nullptr : pairOf(iter, entryAt(iter->dict, index));
}

Py_ssize_t iterLengthHint(DictIterObject* iter) {
  return iter->dict && iter->used == iter->dict->ma_used ? iter->remaining : 0;
}

// A list of what is left, made with a copy of the iterator.
Result<Ref<>> iterReduce(DictIterObject* iter) {
  Ref<> list_type = TRY(importAttr("builtins", "iter"));
  MaybeRef<> rest;
  if (iter->dict) {
    Ref<> made = TRY(dictIterNew(iter->dict, typeOf(iter)));
    auto* copy = cast<DictIterObject>(made.get());
    copy->used = iter->used;
    copy->position = iter->position;
    copy->remaining = iter->remaining;
    rest = TRY(sequenceList(made));
  } else {
    rest = TRY(listNew());
  }
  Ref<TupleObject> args = TRY(tupleOf(rest.get()));
  return TRY(tupleOf(list_type.get(), args.get()));
}

constinit PyMethodDef kIterMethods[] = {
    method<"!__length_hint__($self, /)", iterLengthHint, "About how many items are left.">,
    method<"!__reduce__($self, /)", iterReduce, "What pickle needs to rebuild the object.">,
    {}};

constexpr PyTypeObject iterType(const char* name, iternextfunc next) {
  return {KR_TYPE_HEAD,
          .tp_name = name,
          .tp_basicsize = sizeof(DictIterObject),
          .tp_dealloc = iterDealloc,
          .tp_getattro = slot<genericGetAttr>,
          .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
          .tp_traverse = iterTraverse,
          .tp_iter = slot<objectSelfIter>,
          .tp_iternext = next,
          .tp_methods = kIterMethods};
}
constexpr PyTypeObject reverseIterType(const char* name, iternextfunc next) {
  PyTypeObject type = iterType(name, next);
  type.tp_getattro = nullptr;
  return type;
}

}  // namespace

Result<Ref<>> dictReversed(DictObject* dict) { return dictIterNew(dict, &PyDictRevIterKey_Type); }

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyDictIterKey_Type = iterType("dict_keyiterator", nextKey<advance>);
KR_EXPORT constinit PyTypeObject PyDictIterValue_Type = iterType("dict_valueiterator", nextValue<advance>);
KR_EXPORT constinit PyTypeObject PyDictIterItem_Type = iterType("dict_itemiterator", nextPair<advance>);
KR_EXPORT constinit PyTypeObject PyDictRevIterKey_Type =
    reverseIterType("dict_reversekeyiterator", nextKey<retreat>);
KR_EXPORT constinit PyTypeObject PyDictRevIterValue_Type =
    reverseIterType("dict_reversevalueiterator", nextValue<retreat>);
KR_EXPORT constinit PyTypeObject PyDictRevIterItem_Type =
    reverseIterType("dict_reverseitemiterator", nextPair<retreat>);
