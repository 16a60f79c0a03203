#include "compiler/const_table.h"

#include "types/set.h"
#include "types/tuple.h"

namespace krait::compiler {
namespace {

Result<Ref<TupleObject>> setItems(SetObject* set) {
  Ref<TupleObject> items = TRY(tupleNew(set->size()));
  Py_ssize_t position = 0, i = 0;
  PyObject* key;
  Py_hash_t hash;
  while (i < set->size() && setNext(set, &position, &key, &hash)) items->ob_item[i++] = share(key).leak();
  return items;
}

bool alwaysShared(PyObject* object) { return object == Py_None || object == Py_Ellipsis; }

}  // namespace

ConstCache::~ConstCache() {
  for (auto& entry : known_) decref(entry.second);
}

Result<Ref<>> ConstCache::merge(Ref<> object) {
  if (alwaysShared(object.get())) return object;
  auto found = known_.find(object.get());
  if (found != known_.end()) return share(found->second);
  if (isExactTuple(object.get())) {
    object = TRY(mergeTuple(std::move(object)));
  } else if (isExact(object.get(), &PyFrozenSet_Type)) {
    object = TRY(mergeFrozenset(std::move(object)));
  }
  return mergeWhole(std::move(object));
}

Result<Ref<>> ConstCache::mergeWhole(Ref<> object) {
  auto [entry, is_new] = known_.emplace(object.get(), object.get());
  if (!is_new) return share(entry->second);
  object.clone().leak();  // the entry's
  return object;
}

// The tuple is not yet known: sharing its items in place changes nothing that anybody can see.
Result<Ref<>> ConstCache::mergeTuple(Ref<> tuple) {
  auto* items = static_cast<TupleObject*>(tuple.get());
  for (Py_ssize_t i = 0; i < items->size(); i++) {
    Ref<> merged = TRY(merge(share(items->at(i))));
    if (merged.get() != items->at(i)) setField(items->ob_item[i], std::move(merged));
  }
  return tuple;
}

Result<Ref<>> ConstCache::mergeFrozenset(Ref<> set) {
  auto* object = static_cast<SetObject*>(set.get());
  if (object->size() == 0) return set;
  Ref<TupleObject> items = TRY(setItems(object));
  for (Py_ssize_t i = 0; i < items->size(); i++) setField(items->ob_item[i], TRY(merge(share(items->at(i)))));
  Ref<SetObject> rebuilt = TRY(frozenSetNew(items.get()));
  return Ref<>(std::move(rebuilt));
}

ConstTable::~ConstTable() {
  for (PyObject* item : items_) decref(item);
}

Result<int> ConstTable::add(Ref<> object) {
  auto found = index_.find(object.get());
  if (found != index_.end()) return found->second;
  Ref<> merged = TRY(cache_.merge(std::move(object)));
  int index = size();
  items_.push_back(std::move(merged).leak());
  index_.emplace(items_.back(), index);
  return index;
}

Result<int> ConstTable::addByIdentity(Ref<> object) {
  for (int i = 0; i < size(); i++) {
    if (items_[static_cast<size_t>(i)] == object.get()) return i;
  }
  items_.push_back(std::move(object).leak());
  return size() - 1;
}

void ConstTable::truncate(int size) {
  while (this->size() > size) {
    index_.erase(items_.back());
    decref(items_.back());
    items_.pop_back();
  }
}

}  // namespace krait::compiler
