// What the dict*.cpp files share: table geometry, lookup, insertion. Nobody else includes this but odict.
#pragma once

#include <cstring>

#include "core/gc.h"
#include "core/native.h"
#include "core/object.h"
#include "types/dict_keys.h"
#include "types/tuple.h"

namespace krait {

constexpr Py_ssize_t kIndexEmpty = -1, kIndexDummy = -2, kLookupFailed = -3;
constexpr uint8_t kMinLog2Size = 3, kMaxPresizedLog2 = 17;
constexpr Py_ssize_t kMaxSharedKeys = 30;
constexpr uint8_t kSharedLog2Size = 6;

extern DictKeys* const kEmptyKeys;  // shared by all empty dicts; never written

inline Py_ssize_t keysSize(const DictKeys* keys) { return Py_ssize_t{1} << keys->dk_log2_size; }
inline size_t keysMask(const DictKeys* keys) { return static_cast<size_t>(keysSize(keys)) - 1; }
constexpr Py_ssize_t usableFraction(Py_ssize_t size) { return (size << 1) / 3; }
inline bool hasUnicodeKeys(const DictKeys* keys) { return keys->dk_kind != DictKeysKind::kGeneral; }
inline char* keysIndexTable(const DictKeys* keys) {
  return const_cast<char*>(reinterpret_cast<const char*>(keys + 1));
}
inline char* keysEntryTable(const DictKeys* keys) {
  return keysIndexTable(keys) + (size_t{1} << keys->dk_log2_index_bytes);
}
inline DictUnicodeEntry* unicodeEntries(const DictKeys* keys) {
  return reinterpret_cast<DictUnicodeEntry*>(keysEntryTable(keys));
}
inline DictEntry* generalEntries(const DictKeys* keys) {
  return reinterpret_cast<DictEntry*>(keysEntryTable(keys));
}

inline Py_ssize_t indexAt(const DictKeys* keys, size_t slot) {
  const char* table = keysIndexTable(keys);
  if (keys->dk_log2_size < 8) return reinterpret_cast<const int8_t*>(table)[slot];
  if (keys->dk_log2_size < 16) return reinterpret_cast<const int16_t*>(table)[slot];
  if (keys->dk_log2_size < 32) return reinterpret_cast<const int32_t*>(table)[slot];
  return reinterpret_cast<const int64_t*>(table)[slot];
}
inline void setIndexAt(DictKeys* keys, size_t slot, Py_ssize_t index) {
  char* table = keysIndexTable(keys);
  if (keys->dk_log2_size < 8)
    reinterpret_cast<int8_t*>(table)[slot] = static_cast<int8_t>(index);
  else if (keys->dk_log2_size < 16)
    reinterpret_cast<int16_t*>(table)[slot] = static_cast<int16_t>(index);
  else if (keys->dk_log2_size < 32)
    reinterpret_cast<int32_t*>(table)[slot] = static_cast<int32_t>(index);
  else
    reinterpret_cast<int64_t*>(table)[slot] = index;
}

// One entry, whatever the table's kind. `value` points into the table or the values array.
struct EntryRef {
  PyObject* key;
  PyObject** value;
};
inline EntryRef entryAt(DictObject* dict, Py_ssize_t index) {
  DictKeys* keys = dict->ma_keys;
  if (keys->dk_kind == DictKeysKind::kGeneral) {
    DictEntry* entry = generalEntries(keys) + index;
    return {entry->key, &entry->value};
  }
  DictUnicodeEntry* entry = unicodeEntries(keys) + index;
  return {entry->key, dict->ma_values ? &dict->ma_values->values[index] : &entry->value};
}
inline Py_hash_t entryHash(const DictKeys* keys, Py_ssize_t index) {
  if (keys->dk_kind == DictKeysKind::kGeneral) return generalEntries(keys)[index].hash;
  return static_cast<StrObject*>(unicodeEntries(keys)[index].key)->hash;
}
// Walks live entries from `position` on (insertion order for split tables); -1 at the end. Moves position
// behind it.
Py_ssize_t nextEntry(DictObject* dict, Py_ssize_t* position);

uint8_t log2SizeFor(Py_ssize_t slots);  // smallest table with that many slots
inline uint8_t log2SizeForEntries(Py_ssize_t entries) { return log2SizeFor((entries * 3 + 1) / 2); }
DictKeys* keysNew(uint8_t log2_size, bool unicode);  // null: out of memory, exception set
void keysFreeMemory(DictKeys* keys);
Py_ssize_t keysFindUnicode(const DictKeys* keys, StrObject* key, Py_hash_t hash);
size_t keysFindEmptySlot(const DictKeys* keys, Py_hash_t hash);
size_t keysFindSlotOf(const DictKeys* keys, Py_hash_t hash, Py_ssize_t index);
inline void keysRetain(DictKeys* keys) { keys->dk_refcnt++; }
DictKeys* keysClone(DictObject* dict);  // combined table, references added; null: exception set

DictValues* valuesNew(Py_ssize_t capacity);  // null: out of memory, no exception set
void valuesFree(DictValues* values);
inline Py_ssize_t sharedCapacity(const DictKeys* keys) { return keys->dk_nentries + keys->dk_usable; }

Result<Ref<DictObject>> dictFromParts(DictKeys* keys, DictValues* values,
                                      Py_ssize_t used);  // takes both over

// A key's hash, with the stored one of exact strs.
inline Result<Py_hash_t> keyHash(PyObject* key) {
  if (isExactStr(key)) {
    Py_hash_t hash = static_cast<StrObject*>(key)->hash;
    return hash != -1 ? hash : strHash(static_cast<StrObject*>(key));
  }
  return objectHash(key);
}
// Index of the key's entry, kIndexEmpty, or kLookupFailed with an exception pending. *value: borrowed, null
// if absent.
Py_ssize_t dictLookup(DictObject* dict, PyObject* key, Py_hash_t hash, PyObject** value);
Status dictInsert(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value);
Status dictResize(DictObject* dict, uint8_t log2_size, bool unicode);
// Takes the entry out of the table; the dict is consistent before any reference is dropped.
struct RemovedEntry {
  Ref<> value;
  MaybeRef<> key;  // absent: split table, which keeps its key
};
RemovedEntry dictRemoveEntry(DictObject* dict, Py_hash_t hash, Py_ssize_t index);
Status dictPrepareForKey(DictObject* dict,
                         PyObject* key);  // a unicode table that gets another key becomes general
size_t dictSizeof(DictObject* dict);
Result<Ref<>> dictTypeIter(DictObject* dict);  // tp_iter of dict: identifies plain iteration

inline void dictTouch(DictObject* dict) { dict->ma_version_tag = dictNextVersion(); }
inline bool mayBeTracked(PyObject* object) {
  if (!hasFlag(typeOf(object), Py_TPFLAGS_HAVE_GC)) return false;
  return isExactTuple(object) ? gcIsTracked(object) : isGcObject(object);
}
inline void dictTrackFor(DictObject* dict, PyObject* key, PyObject* value) {
  if (gcIsTracked(dict)) return;
  if (mayBeTracked(value) || mayBeTracked(key)) gcTrack(dict);
}

int dictTraverse(PyObject* self, visitproc visit, void* arg);
int dictTpClear(PyObject* self);
void dictDealloc(PyObject* self);

// dict's own methods and slots, for dict_type.cpp's tables.
Status dictUpdateCall(DictObject* dict, CallArgs args);  // dict.update(...)
Status dictUpdateFrom(DictObject* dict, PyObject* arg);  // dict, object with keys(), or pairs
Result<Ref<>> dictFromKeys(PyTypeObject* type, PyObject* iterable, PyObject* value);
Result<Ref<>> dictKeysView(DictObject* dict);
Result<Ref<>> dictValuesView(DictObject* dict);
Result<Ref<>> dictItemsView(DictObject* dict);
Result<Ref<>> dictReversed(DictObject* dict);
Result<Ref<>> dictIterNew(DictObject* dict, PyTypeObject* iterator_type);
Result<Ref<>> dictViewNew(PyObject* dict, PyTypeObject* view_type);

}  // namespace krait

extern "C" {
extern PyTypeObject PyDictKeys_Type, PyDictValues_Type, PyDictItems_Type, PyDictIterKey_Type,
    PyDictIterValue_Type, PyDictIterItem_Type, PyDictRevIterKey_Type, PyDictRevIterValue_Type,
    PyDictRevIterItem_Type, PyODict_Type, PyODictIter_Type, PyODictKeys_Type, PyODictItems_Type,
    PyODictValues_Type;
Py_hash_t PyObject_HashNotImplemented(PyObject* self);
}
