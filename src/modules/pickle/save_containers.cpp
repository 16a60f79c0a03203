// Saving tuples, lists, dicts and sets.
#include "core/call.h"
#include "core/errors.h"
#include "modules/pickle/pickle.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"

extern "C" PyTypeObject PyPickleBuffer_Type;

namespace krait::modules {
namespace {

constexpr int kFastNestingLimit = 50;

// Without a memo only the nesting tells a cycle.
class FastGuard {
 public:
  static Result<FastGuard> enter(PicklerObject* self, PyObject* object) {
    if (!self->fast || ++self->fast_nesting < kFastNestingLimit) return FastGuard(self, nullptr);
    if (!self->fast_memo) self->fast_memo = TRY(dictNew()).leak();
    auto* seen = cast<DictObject>(self->fast_memo);
    Ref<IntObject> key = TRY(intFromUnsignedLong(reinterpret_cast<unsigned long>(object)));
    if (TRY(dictContains(seen, key))) {
      self->fast_nesting = -1;
      return raise(PyExc_ValueError,
                   "fast mode: can't pickle cyclic objects including object type %.200s at %p",
                   typeName(object), object);
    }
    TRY(dictSet(seen, key, Py_None));
    return FastGuard(self, object);
  }
  FastGuard(FastGuard&& other) noexcept
      : self_(std::exchange(other.self_, nullptr)), object_(other.object_) {}
  ~FastGuard() {
    if (!self_ || !self_->fast) return;
    if (self_->fast_nesting-- >= kFastNestingLimit && object_ && self_->fast_memo) forget();
  }

 private:
  FastGuard(PicklerObject* self, PyObject* object) : self_(self), object_(object) {}
  void forget() {
    PendingSaved saved;
    Result<Ref<IntObject>> key = intFromUnsignedLong(reinterpret_cast<unsigned long>(object_));
    if (key.failed()) return clearPending();
    Ref<IntObject> address = std::move(key).take();
    if (dictDiscard(cast<DictObject>(self_->fast_memo), address).failed()) clearPending();
  }
  PicklerObject* self_;
  PyObject* object_;
};

// --- tuple ---

Status saveItems(PicklerObject* self, TupleObject* tuple) {
  Py_ssize_t size = tuple->size();
  for (Py_ssize_t i = 0; i < tuple->size(); i++) {
    Ref<> item = share(tuple->at(i));
    TRY(pickleSave(self, item));
  }
  if (tuple->size() != size) return raise(PyExc_RuntimeError, "tuple changed size during iteration");
  return {};
}

Status saveTuple(PicklerObject* self, TupleObject* tuple) {
  static constexpr Opcode kShort[] = {kEmptyTuple, kTuple1, kTuple2, kTuple3};
  Py_ssize_t size = tuple->size();
  if (size == 0) {
    if (self->protocol > 0) return pickleWrite(self, kEmptyTuple);
    TRY(pickleWrite(self, kMark));
    return pickleWrite(self, kTuple);
  }
  bool is_short = size <= 3 && self->protocol >= 2;
  if (!is_short) TRY(pickleWrite(self, kMark));
  TRY(saveItems(self, tuple));
  // A recursive tuple was put in the memo by its own items: take that one instead.
  if (self->memo->find(tuple)) {
    if (!is_short && self->bin) {
      TRY(pickleWrite(self, kPopMark));
    } else {
      Py_ssize_t pops = is_short ? size : size + 1;
      for (Py_ssize_t i = 0; i < pops; i++) TRY(pickleWrite(self, kPop));
    }
    TRY(pickleMemoGet(self, tuple));
    return {};
  }
  TRY(pickleWrite(self, is_short ? kShort[size] : kTuple));
  return pickleMemoPut(self, tuple);
}

// --- list ---

Status batchListExact(PicklerObject* self, ListObject* list) {
  if (list->size() == 1) {
    Ref<> item = share(list->at(0));
    TRY(pickleSave(self, item));
    return pickleWrite(self, kAppend);
  }
  Py_ssize_t total = 0;
  do {
    TRY(pickleWrite(self, kMark));
    for (Py_ssize_t batch = 0; batch < kBatchSize && total < list->size(); batch++) {
      Ref<> item = share(list->at(total++));
      TRY(pickleSave(self, item));
    }
    TRY(pickleWrite(self, kAppends));
  } while (total < list->size());
  return {};
}

Status saveList(PicklerObject* self, ListObject* list) {
  FastGuard guard = TRY(FastGuard::enter(self, list));
  if (self->bin) {
    TRY(pickleWrite(self, kEmptyList));
  } else {
    TRY(pickleWrite(self, kMark));
    TRY(pickleWrite(self, kList));
  }
  TRY(pickleMemoPut(self, list));
  if (list->size() == 0) return {};
  if (self->protocol > 0) return batchListExact(self, list);
  Ref<> iterator = TRY(getIter(list));
  return pickleBatchList(self, iterator);
}

// --- dict ---

Status batchDictExact(PicklerObject* self, DictObject* dict) {
  Py_ssize_t size = dict->size(), position = 0;
  PyObject *key_object, *value_object;
  bool single = size == 1;
  Py_ssize_t batch;
  do {
    batch = 0;
    if (!single) TRY(pickleWrite(self, kMark));
    while (dictNext(dict, &position, &key_object, &value_object)) {
      Ref<> key = share(key_object), value = share(value_object);
      TRY(pickleSave(self, key));
      TRY(pickleSave(self, value));
      if (++batch == kBatchSize) break;
    }
    TRY(pickleWrite(self, single ? kSetItem : kSetItems));
    if (dict->size() != size) return raise(PyExc_RuntimeError, "dictionary changed size during iteration");
  } while (batch == kBatchSize);
  return {};
}

Status saveDict(PicklerObject* self, DictObject* dict) {
  FastGuard guard = TRY(FastGuard::enter(self, dict));
  if (self->bin) {
    TRY(pickleWrite(self, kEmptyDict));
  } else {
    TRY(pickleWrite(self, kMark));
    TRY(pickleWrite(self, kDict));
  }
  TRY(pickleMemoPut(self, dict));
  if (dict->size() == 0) return {};
  if (self->protocol > 0) return batchDictExact(self, dict);
  Ref<> items = TRY(callMethod(dict, name<"items">()));
  Ref<> iterator = TRY(getIter(items));
  return pickleBatchDict(self, iterator);
}

// --- sets ---

// Protocols before 4 build sets from lists.
Status saveSetOld(PicklerObject* self, PyObject* set, PyTypeObject* type) {
  Ref<ListObject> items = TRY(sequenceList(set));
  Ref<TupleObject> args = TRY(tupleOf(items.get()));
  Ref<TupleObject> reduced = TRY(tupleOf(static_cast<PyObject*>(type), args.get()));
  return pickleSaveReduce(self, reduced, set);
}

Status saveSet(PicklerObject* self, SetObject* set) {
  if (self->protocol < 4) return saveSetOld(self, set, &PySet_Type);
  TRY(pickleWrite(self, kEmptySet));
  TRY(pickleMemoPut(self, set));
  Py_ssize_t size = set->size(), position = 0, batch;
  if (size == 0) return {};
  PyObject* key_object;
  Py_hash_t hash;
  do {
    batch = 0;
    TRY(pickleWrite(self, kMark));
    while (setNext(set, &position, &key_object, &hash)) {
      Ref<> key = share(key_object);
      TRY(pickleSave(self, key));
      if (++batch == kBatchSize) break;
    }
    TRY(pickleWrite(self, kAddItems));
    if (set->size() != size) return raise(PyExc_RuntimeError, "set changed size during iteration");
  } while (batch == kBatchSize);
  return {};
}

Status saveFrozenSet(PicklerObject* self, PyObject* set) {
  FastGuard guard = TRY(FastGuard::enter(self, set));
  if (self->protocol < 4) return saveSetOld(self, set, &PyFrozenSet_Type);
  TRY(pickleWrite(self, kMark));
  TRY(forEach(set, [&](Ref<> item) { return pickleSave(self, item); }));
  if (self->memo->find(set)) {
    TRY(pickleWrite(self, kPopMark));
    TRY(pickleMemoGet(self, set));
    return {};
  }
  TRY(pickleWrite(self, kFrozenSet));
  return pickleMemoPut(self, set);
}

Status savePair(PicklerObject* self, PyObject* pair) {
  if (!isTuple(pair) || cast<TupleObject>(pair)->size() != 2) {
    return raise(PyExc_TypeError, "dict items iterator must return 2-tuples");
  }
  auto* items = cast<TupleObject>(pair);
  TRY(pickleSave(self, items->at(0)));
  return pickleSave(self, items->at(1));
}

// Writes what an iterator yields: one at a time in protocol 0, else in batches between a mark and `many`.
template <class Save>
Status batch(PicklerObject* self, PyObject* iterator, Opcode one, Opcode many, Save save) {
  if (self->protocol == 0) {
    while (true) {
      MaybeRef<> item = TRY(iterNext(iterator));
      if (!item) return {};
      TRY(save(item.get()));
      TRY(pickleWrite(self, one));
    }
  }
  Py_ssize_t count;
  do {
    MaybeRef<> first = TRY(iterNext(iterator));
    if (!first) return {};
    MaybeRef<> next = TRY(iterNext(iterator));
    if (!next) {
      TRY(save(first.get()));
      return pickleWrite(self, one);
    }
    TRY(pickleWrite(self, kMark));
    TRY(save(first.get()));
    count = 1;
    while (next) {
      TRY(save(next.get()));
      if (++count == kBatchSize) break;
      next = TRY(iterNext(iterator));
    }
    TRY(pickleWrite(self, many));
  } while (count == kBatchSize);
  return {};
}

}  // namespace

Status pickleBatchList(PicklerObject* self, PyObject* iterator) {
  return batch(self, iterator, kAppend, kAppends, [&](PyObject* item) { return pickleSave(self, item); });
}

Status pickleBatchDict(PicklerObject* self, PyObject* iterator) {
  return batch(self, iterator, kSetItem, kSetItems, [&](PyObject* pair) { return savePair(self, pair); });
}

Status pickleSaveContainer(PicklerObject* self, PyObject* object, bool* handled) {
  *handled = true;
  PyTypeObject* type = typeOf(object);
  if (type == &PyDict_Type) return saveDict(self, cast<DictObject>(object));
  if (type == &PySet_Type) return saveSet(self, cast<SetObject>(object));
  if (type == &PyFrozenSet_Type) return saveFrozenSet(self, object);
  if (type == &PyList_Type) return saveList(self, cast<ListObject>(object));
  if (type == &PyTuple_Type) return saveTuple(self, cast<TupleObject>(object));
  if (type == &PyPickleBuffer_Type) return pickleSavePickleBuffer(self, object);
  *handled = false;
  return {};
}

}  // namespace krait::modules
