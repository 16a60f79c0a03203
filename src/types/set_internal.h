// What the set*.cpp files share.
#pragma once

#include "core/gc.h"
#include "core/native.h"
#include "types/set.h"

namespace krait {

extern PyObject* const kSetDummy;  // the key of a removed entry, whose hash is -1

// Like set(iterable) for that type (set, frozenset or derived).
Result<Ref<SetObject>> setMake(PyTypeObject* type, Opt<> iterable);
inline PyTypeObject* setBaseType(PyObject* set) { return isFrozenSet(set) ? &PyFrozenSet_Type : &PySet_Type; }
inline bool isExactSet(PyObject* o) { return isExact(o, &PySet_Type); }
inline bool isExactAnySet(PyObject* o) { return isExact(o, &PySet_Type) || isExact(o, &PyFrozenSet_Type); }

Status setAddHashed(SetObject* set, PyObject* key, Py_hash_t hash);
Result<bool> setContainsHashed(SetObject* set, PyObject* key, Py_hash_t hash);
Result<bool> setDiscardHashed(SetObject* set, PyObject* key, Py_hash_t hash);
Status setResize(SetObject* set, Py_ssize_t least);
// Exchanges the contents, not the identities.
void setSwap(SetObject* a, SetObject* b);
void setDealloc(PyObject* self);
Result<Ref<>> setIter(SetObject* set);

// set_ops.cpp
Result<Ref<SetObject>> setCopy(SetObject* set);
Result<Ref<SetObject>> setDifference(SetObject* set, PyObject* other);
Result<Ref<SetObject>> setIntersection(SetObject* set, PyObject* other);
Status setDifferenceUpdate(SetObject* set, PyObject* other);
Status setSymmetricUpdate(SetObject* set, PyObject* other);
Result<bool> setIsSubset(SetObject* set, PyObject* other);
Result<bool> setIsSuperset(SetObject* set, PyObject* other);
Result<bool> setIsDisjoint(SetObject* set, PyObject* other);
Result<Ref<SetObject>> setSymmetricDifference(SetObject* set, PyObject* other);

// Calls f(key, hash) for each entry, holding the key; an iterable that is no set is hashed on the way.
template <class F>
Status forEachEntry(SetObject* set, F&& f) {
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(set, &position, &key, &hash)) {
    auto held = share(key);
    TRY(f(held.get(), hash));
  }
  return {};
}

}  // namespace krait

extern "C" {
extern PyTypeObject PySetIter_Type;
Py_hash_t PyObject_HashNotImplemented(PyObject* self);
}
