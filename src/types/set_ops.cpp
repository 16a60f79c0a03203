// Algebra of sets. The results' table layouts (and so their iteration orders) depend on the order of
// insertions, which is CPython's.
#include "types/dict_internal.h"
#include "types/set_internal.h"

namespace krait {

namespace {

// A set for an operand that may be any iterable.
Result<Ref<SetObject>> operandSet(SetObject* like, PyObject* other) {
  if (isAnySet(other)) return share(cast<SetObject>(other));
  return setMake(setBaseType(like), other);
}

Result<Ref<SetObject>> copyAndSubtract(SetObject* set, PyObject* other) {
  Ref<SetObject> result = TRY(setCopy(set));
  TRY(setDifferenceUpdate(result, other));
  return result;
}

}  // namespace

Result<Ref<SetObject>> setCopy(SetObject* set) { return setMake(setBaseType(set), set); }

Result<Ref<SetObject>> setDifference(SetObject* set, PyObject* other) {
  bool other_is_set = isAnySet(other);
  if (!other_is_set && !isExactDict(other)) return copyAndSubtract(set, other);
  Py_ssize_t other_size = other_is_set ? cast<SetObject>(other)->used : cast<DictObject>(other)->ma_used;
  if ((set->used >> 2) > other_size) return copyAndSubtract(set, other);
  Ref<SetObject> result = TRY(setMake(setBaseType(set), nullptr));
  TRY(forEachEntry(set, [&](PyObject* key, Py_hash_t hash) -> Status {
    bool found = other_is_set ? TRY(setContainsHashed(cast<SetObject>(other), key, hash))
                              : static_cast<bool>(TRY(dictGetHashed(cast<DictObject>(other), key, hash)));
    return found ? Status() : setAddHashed(result, key, hash);
  }));
  return result;
}

Result<Ref<SetObject>> setIntersection(SetObject* set, PyObject* other) {
  if (set == other) return setCopy(set);
  Ref<SetObject> result = TRY(setMake(setBaseType(set), nullptr));
  if (isAnySet(other)) {
    SetObject *walked = cast<SetObject>(other), *asked = set;
    if (walked->used > asked->used) std::swap(walked, asked);
    TRY(forEachEntry(walked, [&](PyObject* key, Py_hash_t hash) -> Status {
      return TRY(setContainsHashed(asked, key, hash)) ? setAddHashed(result, key, hash) : Status();
    }));
    return result;
  }
  TRY(forEach(other, [&](Ref<> key) -> Status {
    Py_hash_t hash = TRY(keyHash(key));
    return TRY(setContainsHashed(set, key, hash)) ? setAddHashed(result, key, hash) : Status();
  }));
  return result;
}

Status setDifferenceUpdate(SetObject* set, PyObject* other) {
  if (set == other) {
    setClear(set);
    return {};
  }
  if (isAnySet(other)) {
    auto removed = share(cast<SetObject>(other));
    if ((removed->used >> 3) > set->used) removed = TRY(setIntersection(set, other));
    TRY(forEachEntry(removed, [set](PyObject* key, Py_hash_t hash) -> Status {
      TRY(setDiscardHashed(set, key, hash));
      return {};
    }));
  } else {
    TRY(forEach(other, [set](Ref<> key) -> Status {
      TRY(setDiscard(set, key));
      return {};
    }));
  }
  if (set->fill - set->used <= set->mask / 4) return {};
  return setResize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
}

Status setSymmetricUpdate(SetObject* set, PyObject* other) {
  if (set == other) {
    setClear(set);
    return {};
  }
  auto toggle = [set](PyObject* key, Py_hash_t hash) -> Status {
    return TRY(setDiscardHashed(set, key, hash)) ? Status() : setAddHashed(set, key, hash);
  };
  if (isExactDict(other)) {
    Py_ssize_t position = 0;
    PyObject* key;
    Py_hash_t hash;
    while (dictNext(cast<DictObject>(other), &position, &key, nullptr, &hash)) {
      auto held = share(key);
      TRY(toggle(held, hash));
    }
    return {};
  }
  Ref<SetObject> keys = TRY(operandSet(set, other));
  return forEachEntry(keys, toggle);
}

Result<Ref<SetObject>> setSymmetricDifference(SetObject* set, PyObject* other) {
  Ref<SetObject> result = TRY(setMake(setBaseType(set), other));
  TRY(setSymmetricUpdate(result, set));
  return result;
}

Result<bool> setIsSubset(SetObject* set, PyObject* other) {
  if (!isAnySet(other)) {
    Ref<SetObject> common = TRY(setIntersection(set, other));
    return common->used == set->used;
  }
  auto* container = cast<SetObject>(other);
  if (set->used > container->used) return false;
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(set, &position, &key, &hash)) {
    auto held = share(key);
    if (!TRY(setContainsHashed(container, held, hash))) return false;
  }
  return true;
}

Result<bool> setIsSuperset(SetObject* set, PyObject* other) {
  if (isAnySet(other)) return setIsSubset(cast<SetObject>(other), set);
  Ref<> iterator = TRY(getIter(other));
  for (;;) {
    MaybeRef<> key = TRY(loopNext(iterator));
    if (!key) return true;
    if (!TRY(setContains(set, key.get()))) return false;
  }
}

Result<bool> setIsDisjoint(SetObject* set, PyObject* other) {
  if (set == other) return set->used == 0;
  if (isExactAnySet(other)) {
    SetObject *walked = cast<SetObject>(other), *asked = set;
    if (walked->used > asked->used) std::swap(walked, asked);
    Py_ssize_t position = 0;
    PyObject* key;
    Py_hash_t hash;
    while (setNext(walked, &position, &key, &hash)) {
      auto held = share(key);
      if (TRY(setContainsHashed(asked, held, hash))) return false;
    }
    return true;
  }
  Ref<> iterator = TRY(getIter(other));
  for (;;) {
    MaybeRef<> key = TRY(loopNext(iterator));
    if (!key) return true;
    if (TRY(setContains(set, key.get()))) return false;
  }
}

}  // namespace krait
