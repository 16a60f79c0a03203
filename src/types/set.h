// set and frozenset
#pragma once

#include "core/result.h"

namespace krait {

struct SetEntry {
  PyObject* key;  // null: never used, or the dummy
  Py_hash_t hash;
};

struct SetObject : PyObject {
  Py_ssize_t fill, used, mask;
  SetEntry* table;
  Py_hash_t hash;  // frozenset only; -1: not computed
  Py_ssize_t finger;
  SetEntry smalltable[8];
  PyObject* weakreflist;

  Py_ssize_t size() const { return used; }
};
static_assert(sizeof(SetObject) == 200);

inline bool isSet(const PyObject* o) { return isInstanceOf(o, &PySet_Type); }
inline bool isFrozenSet(const PyObject* o) { return isInstanceOf(o, &PyFrozenSet_Type); }
inline bool isAnySet(const PyObject* o) { return isSet(o) || isFrozenSet(o); }

Result<Ref<SetObject>> setNew(Opt<> iterable = nullptr);
Result<Ref<SetObject>> frozenSetNew(Opt<> iterable = nullptr);
Status setAdd(SetObject* set, PyObject* key);
Result<bool> setDiscard(SetObject* set, PyObject* key);  // false: was absent
Result<bool> setContains(SetObject* set, PyObject* key);
Status setUpdate(SetObject* set, PyObject* iterable);
Result<Ref<>> setPop(SetObject* set);
void setClear(SetObject* set);
bool setNext(SetObject* set, Py_ssize_t* position, PyObject** key, Py_hash_t* hash);

}  // namespace krait
