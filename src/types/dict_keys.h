// The key tables behind dict, for the inline caches of the evaluator and for inline attribute values.
//
// A class made in Python has a shared key table (PyHeapTypeObject::ht_cached_keys). Its instances keep their
// attribute values in a DictValues array until somebody asks for __dict__, which then takes the array over
// (split dict): both views stay coherent because there is only one array. Index i of the shared table is
// index i of the array. A key table's `version` is non-zero while caches may rely on its key->index mapping;
// any change resets it to 0.
#pragma once

#include "types/dict.h"

namespace krait {
enum class DictKeysKind : uint8_t { kGeneral = 0, kUnicode = 1, kSplit = 2 };
}

struct DictKeys {
  Py_ssize_t dk_refcnt;
  uint8_t dk_log2_size, dk_log2_index_bytes;
  krait::DictKeysKind dk_kind;
  uint32_t dk_version;
  Py_ssize_t dk_usable, dk_nentries;
  // Followed by the index table, then the entries.
};
static_assert(sizeof(DictKeys) == 32);

namespace krait {

struct DictEntry {  // kGeneral
  Py_hash_t hash;
  PyObject *key, *value;
};
struct DictUnicodeEntry {  // kUnicode, kSplit: the hash is the str's
  PyObject *key, *value;
};

// The array of attribute values. Bytes before it: [-1] size of this prefix, [-2] number of values that are
// set,
// [-3 - n] the index that was set n-th (iteration order). Whoever fills a null value calls
// dictValuesNoteInsertion, whoever nulls one dictValuesNoteRemoval.
struct DictValues {
  PyObject* values[1];

  uint8_t* order() { return reinterpret_cast<uint8_t*>(this) - 3; }  // order()[-n]
  uint8_t& count() { return reinterpret_cast<uint8_t*>(this)[-2]; }
  uint8_t& prefixSize() { return reinterpret_cast<uint8_t*>(this)[-1]; }
};
inline void dictValuesNoteInsertion(DictValues* values, Py_ssize_t index) {
  values->order()[-static_cast<Py_ssize_t>(values->count())] = static_cast<uint8_t>(index);
  values->count()++;
}
void dictValuesNoteRemoval(DictValues* values, Py_ssize_t index);

// Managed attribute storage of an object whose type has Py_TPFLAGS_MANAGED_DICT: two words before the
// collector's header. `values` non-null: inline values; else `dict` (may be null: no attribute yet).
struct ManagedDict {
  DictValues* values;
  DictObject* dict;
};
inline ManagedDict* managedDictOf(PyObject* object) { return reinterpret_cast<ManagedDict*>(object) - 2; }

uint32_t dictKeysVersion(DictKeys* keys);  // assigns one if needed; 0: versions ran out
// Index of the key in a unicode-keyed table, -1 absent, -2 not a unicode table. Runs no Python.
Py_ssize_t dictKeysIndex(DictKeys* keys, StrObject* key);
DictUnicodeEntry* dictUnicodeEntries(DictKeys* keys);
DictEntry* dictGeneralEntries(DictKeys* keys);
DictKeys* dictKeysNewShared();  // null: out of memory, no exception set
void dictKeysRelease(DictKeys* keys);
size_t dictKeysSizeof(const DictKeys* keys);  // bytes, as sys.getsizeof counts them (types with cached keys)

// Attribute access on managed storage (used by genericGetAttr/SetAttr and the caches).
Opt<> managedGet(PyObject* object, StrObject* name);  // borrowed
Status managedSet(PyObject* object, StrObject* name,
                  Opt<> value);  // absent: delete, AttributeError if missing
Result<Ref<DictObject>> managedDictMaterialise(PyObject* object);
Status managedInit(PyObject* object, PyTypeObject* type);  // at allocation
int managedVisit(PyObject* object, visitproc visit, void* arg);
void managedClear(PyObject* object);  // tp_clear and tp_dealloc: drops everything
// Makes `dict` the attribute storage (obj.__dict__ = dict); absent: an empty one is made on the next use.
void managedReplaceDict(PyObject* object, Opt<DictObject> dict);

}  // namespace krait
