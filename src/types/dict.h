// dict: compact, insertion-ordered, with split key tables shared by the instances of a class.
//
// ma_version_tag is ABI (Cython compares it): every change of a dict gives it a new, never repeated value.
// Borrowed pointers out of a dict die when Python code runs.
#pragma once

#include "core/result.h"
#include "types/str.h"

namespace krait {

struct DictValues;
struct ListObject;

struct DictObject : PyObject {
  Py_ssize_t ma_used;
  uint64_t ma_version_tag;
  DictKeys* ma_keys;
  DictValues* ma_values;  // non-null: split table

  Py_ssize_t size() const { return ma_used; }
};
static_assert(sizeof(DictObject) == 48);

inline bool isDict(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_DICT_SUBCLASS); }
inline bool isExactDict(const PyObject* o) { return isExact(o, &PyDict_Type); }

Result<Ref<DictObject>> dictNew();
Result<Ref<DictObject>> dictNewPresized(Py_ssize_t expected);
// Absent: no such key. Raises when hashing or comparing does.
Result<Opt<>> dictGet(DictObject* dict, PyObject* key);
Result<Opt<>> dictGetHashed(DictObject* dict, PyObject* key, Py_hash_t hash);
Opt<> dictGetStr(DictObject* dict,
                 StrObject* key);  // exact-str key in a dict of str keys mostly: errors are swallowed
Status dictSet(DictObject* dict, PyObject* key, PyObject* value);
Status dictSetHashed(DictObject* dict, PyObject* key, Py_hash_t hash, PyObject* value);
Status dictSet(DictObject* dict, const char* key, PyObject* value);
Status dictDelete(DictObject* dict, PyObject* key);  // KeyError when absent
Status dictDeleteHashed(DictObject* dict, PyObject* key, Py_hash_t hash);
Result<bool> dictDiscard(DictObject* dict, PyObject* key);  // false: was absent
Result<bool> dictContains(DictObject* dict, PyObject* key);
Result<Ref<>> dictSetDefault(DictObject* dict, PyObject* key,
                             PyObject* fallback);             // the value now in the dict
Result<MaybeRef<>> dictPop(DictObject* dict, PyObject* key);  // absent: no such key
void dictClear(DictObject* dict);
Result<Ref<DictObject>> dictCopy(DictObject* dict);
// override 0: keep existing, 1: overwrite, 2: KeyError on duplicates.
Status dictMerge(DictObject* dict, PyObject* mapping, int override);
Status dictUpdate(DictObject* dict, PyObject* mapping);
Status dictMergeFromPairs(DictObject* dict, PyObject* iterable, bool override);
// Walks in order; borrowed key and value. `position` starts at 0. The dict must not change meanwhile.
bool dictNext(DictObject* dict, Py_ssize_t* position, PyObject** key, PyObject** value,
              Py_hash_t* hash = nullptr);
Result<Ref<ListObject>> dictKeys(DictObject* dict);
Result<Ref<ListObject>> dictValues(DictObject* dict);
Result<Ref<ListObject>> dictItems(DictObject* dict);
uint64_t dictNextVersion();
// For the collector: an exact dict of atomic keys and values need not be tracked
void dictMaybeUntrack(DictObject* dict);

}  // namespace krait
