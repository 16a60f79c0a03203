// dict: lookup, insertion, removal, growth. Everything that changes one table.
//
// Lookups may call __eq__ of keys, which may do anything to the dict: a comparing lookup keeps the candidate
// alive and starts over when the table under it changed. Removed references are dropped after the dict is
// consistent again.
#include "types/dict.h"

#include "types/dict_internal.h"
#include "types/free_list.h"
#include "types/int.h"
#include "types/list.h"

namespace krait {

namespace {

uint64_t last_version = 0;
constinit FreeList<DictObject, 80> free_dicts;

// What a comparing lookup needs to know that the table is still the one it walks.
struct TableMark {
  DictKeys* keys;
  uint64_t version;
  DictKeysKind kind;
  uint8_t log2_size;

  explicit TableMark(DictObject* dict)
      : keys(dict->ma_keys),
        version(dict->ma_version_tag),
        kind(keys->dk_kind),
        log2_size(keys->dk_log2_size) {}
  bool stillHolds(DictObject* dict, Py_ssize_t index, PyObject* key) const {
    if (dict->ma_keys != keys) return false;
    if (dict->ma_version_tag == version) return true;
    if (keys->dk_kind != kind || keys->dk_log2_size != log2_size || index >= keys->dk_nentries) return false;
    return entryAt(dict, index).key == key;
  }
};

enum class Match { kNo, kYes, kChanged, kFailed };

Match compareWith(DictObject* dict, const TableMark& mark, Py_ssize_t index, PyObject* candidate,
                  PyObject* key) {
  if (typeOf(candidate) == typeOf(key)) {
    if (isExactStr(key)) {
      return strEquals(cast<StrObject>(candidate), cast<StrObject>(key)) ? Match::kYes : Match::kNo;
    }
    if (isExactInt(key)) {
      return intCompare(cast<IntObject>(candidate), cast<IntObject>(key)) == 0 ? Match::kYes : Match::kNo;
    }
  }
  auto held = share(candidate);
  Result<bool> equal = richCompareBool(candidate, key, Py_EQ);
  if (equal.failed()) return Match::kFailed;
  if (!mark.stillHolds(dict, index, candidate)) return Match::kChanged;
  return std::move(equal).take() ? Match::kYes : Match::kNo;
}

// One walk along the probe sequence; *restart is set when a comparison changed the table.
Py_ssize_t probeComparing(DictObject* dict, PyObject* key, Py_hash_t hash, bool* restart) {
  TableMark mark(dict);
  DictKeys* keys = dict->ma_keys;
  bool general = !hasUnicodeKeys(keys);
  size_t mask = keysMask(keys), perturb = static_cast<size_t>(hash), slot = perturb & mask;
  for (;;) {
    Py_ssize_t index = indexAt(keys, slot);
    if (index == kIndexEmpty) return kIndexEmpty;
    if (index >= 0) {
      PyObject* candidate = general ? generalEntries(keys)[index].key : unicodeEntries(keys)[index].key;
      if (candidate == key) return index;
      Py_hash_t stored =
          general ? generalEntries(keys)[index].hash : static_cast<StrObject*>(candidate)->hash;
      if (stored == hash) {
        switch (compareWith(dict, mark, index, candidate, key)) {
          case Match::kYes: return index;
          case Match::kFailed: return kLookupFailed;
          case Match::kChanged: *restart = true; return kIndexEmpty;
          case Match::kNo: break;
        }
      }
    }
    perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
  }
}

Py_ssize_t lookupComparing(DictObject* dict, PyObject* key, Py_hash_t hash) {
  for (;;) {
    bool restart = false;
    Py_ssize_t index = probeComparing(dict, key, hash, &restart);
    if (!restart) return index;
  }
}

void storeNewEntry(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value) {
  DictKeys* keys = dict->ma_keys;
  Py_ssize_t index = keys->dk_nentries;
  setIndexAt(keys, keysFindEmptySlot(keys, hash), index);
  if (hasUnicodeKeys(keys)) {
    DictUnicodeEntry* entry = unicodeEntries(keys) + index;
    entry->key = std::move(key).leak();
    if (dict->ma_values) {
      dictValuesNoteInsertion(dict->ma_values, index);
      dict->ma_values->values[index] = std::move(value).leak();
    } else {
      entry->value = std::move(value).leak();
    }
  } else {
    DictEntry* entry = generalEntries(keys) + index;
    entry->hash = hash;
    entry->key = std::move(key).leak();
    entry->value = std::move(value).leak();
  }
  keys->dk_version = 0;
  keys->dk_usable--;
  keys->dk_nentries++;
  dict->ma_used++;
  dictTouch(dict);
}

Status insertIntoEmpty(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value) {
  DictKeys* keys = keysNew(kMinLog2Size, isExactStr(key));
  if (!keys) return Raised{};
  dictTrackFor(dict, key, value);
  dictKeysRelease(dict->ma_keys);
  dict->ma_keys = keys;
  dict->ma_values = nullptr;
  storeNewEntry(dict, std::move(key), hash, std::move(value));
  return {};
}

Status insertNew(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value) {
  if (dict->ma_keys->dk_usable <= 0) {
    TRY(dictResize(dict, log2SizeFor(dict->ma_used * 3), hasUnicodeKeys(dict->ma_keys)));
  }
  storeNewEntry(dict, std::move(key), hash, std::move(value));
  return {};
}

// Fills `keys` (big enough, empty) with the dict's entries; references move. Returns nothing, runs no Python.
void moveEntries(DictObject* dict, DictKeys* keys) {
  Py_ssize_t position = 0, count = 0;
  bool unicode = hasUnicodeKeys(keys), general_source = !hasUnicodeKeys(dict->ma_keys);
  size_t mask = keysMask(keys);
  for (Py_ssize_t from; (from = nextEntry(dict, &position)) >= 0; count++) {
    EntryRef entry = entryAt(dict, from);
    Py_hash_t hash =
        general_source ? generalEntries(dict->ma_keys)[from].hash : cast<StrObject>(entry.key)->hash;
    if (unicode)
      unicodeEntries(keys)[count] = {entry.key, *entry.value};
    else
      generalEntries(keys)[count] = {hash, entry.key, *entry.value};
    size_t perturb = static_cast<size_t>(hash), slot = perturb & mask;
    while (indexAt(keys, slot) != kIndexEmpty) {
      perturb >>= 5;
      slot = (slot * 5 + perturb + 1) & mask;
    }
    setIndexAt(keys, slot, count);
  }
  keys->dk_nentries = count;
  keys->dk_usable -= count;
}

int entriesVisit(DictObject* dict, visitproc visit, void* arg) {
  DictKeys* keys = dict->ma_keys;
  for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
    EntryRef entry = entryAt(dict, i);
    if (!*entry.value) continue;
    if (int status = visit(*entry.value, arg)) return status;
    if (keys->dk_kind != DictKeysKind::kGeneral) continue;
    if (int status = visit(entry.key, arg)) return status;
  }
  return 0;
}

void releaseStorage(DictKeys* keys, DictValues* values) {
  if (values) {
    for (Py_ssize_t i = 0; i < values->count(); i++) {
      Py_ssize_t index = values->order()[-i];
      decref(values->values[index]);
    }
    valuesFree(values);
  }
  dictKeysRelease(keys);
}

}  // namespace

void dictPrintFreeList(FILE* out) { free_dicts.print(out, "PyDictObject"); }

uint64_t dictNextVersion() { return ++last_version; }

Py_ssize_t nextEntry(DictObject* dict, Py_ssize_t* position) {
  Py_ssize_t at = *position;
  if (dict->ma_values) {
    if (at < 0 || at >= dict->ma_used) return -1;
    *position = at + 1;
    return dict->ma_values->order()[-at];
  }
  DictKeys* keys = dict->ma_keys;
  Py_ssize_t count = keys->dk_nentries;
  if (at < 0) return -1;
  if (hasUnicodeKeys(keys)) {
    DictUnicodeEntry* entries = unicodeEntries(keys);
    while (at < count && !entries[at].value) at++;
  } else {
    DictEntry* entries = generalEntries(keys);
    while (at < count && !entries[at].value) at++;
  }
  if (at >= count) return -1;
  *position = at + 1;
  return at;
}

bool dictNext(DictObject* dict, Py_ssize_t* position, PyObject** key, PyObject** value, Py_hash_t* hash) {
  Py_ssize_t index = nextEntry(dict, position);
  if (index < 0) return false;
  EntryRef entry = entryAt(dict, index);
  if (key) *key = entry.key;
  if (value) *value = *entry.value;
  if (hash) *hash = entryHash(dict->ma_keys, index);
  return true;
}

Py_ssize_t dictLookup(DictObject* dict, PyObject* key, Py_hash_t hash, PyObject** value) {
  DictKeys* keys = dict->ma_keys;
  Py_ssize_t index = hasUnicodeKeys(keys) && isExactStr(key)
                         ? keysFindUnicode(keys, cast<StrObject>(key), hash)
                         : lookupComparing(dict, key, hash);
  *value = index >= 0 ? *entryAt(dict, index).value : nullptr;
  return index;
}

Status dictResize(DictObject* dict, uint8_t log2_size, bool unicode) {
  DictKeys* old = dict->ma_keys;
  if (!hasUnicodeKeys(old)) unicode = false;
  while (usableFraction(Py_ssize_t{1} << log2_size) < dict->ma_used) log2_size++;
  DictKeys* keys = keysNew(log2_size, unicode);
  if (!keys) return Raised{};
  moveEntries(dict, keys);
  DictValues* values = std::exchange(dict->ma_values, nullptr);
  dict->ma_keys = keys;
  if (values) {
    for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) incref(entryAt(dict, i).key);
    valuesFree(values);
    dictKeysRelease(old);
  } else if (old != kEmptyKeys) {
    KR_ASSERT(old->dk_refcnt == 1, "a combined table has one owner");
    keysFreeMemory(old);
  }
  return {};
}

Status dictPrepareForKey(DictObject* dict, PyObject* key) {
  if (isExactStr(key) || !hasUnicodeKeys(dict->ma_keys)) return {};
  return dictResize(dict, log2SizeFor(dict->ma_used * 3), false);
}

namespace {

// The value of an entry that exists: replaced, or set again (in a split table it may be null).
void replaceValue(DictObject* dict, Py_ssize_t index, PyObject* old, Ref<> value) {
  if (old == value.get()) return;
  *entryAt(dict, index).value = std::move(value).leak();
  if (!old) {
    dictValuesNoteInsertion(dict->ma_values, index);
    dict->ma_used++;
  }
  dictTouch(dict);
  xdecref(old);
}

// In a table of strs the lookup runs no Python: nothing is held on to until it is stored.
Status insertName(DictObject* dict, StrObject* key, Py_hash_t hash, PyObject* value) {
  Py_ssize_t index = keysFindUnicode(dict->ma_keys, key, hash);
  dictTrackFor(dict, key, value);
  if (index < 0) return insertNew(dict, Ref<>::share(key), hash, share(value));
  replaceValue(dict, index, *entryAt(dict, index).value, share(value));
  return {};
}

}  // namespace

Status dictInsert(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value) {
  if (dict->ma_keys == kEmptyKeys) return insertIntoEmpty(dict, std::move(key), hash, std::move(value));
  TRY(dictPrepareForKey(dict, key));
  PyObject* old;
  Py_ssize_t index = dictLookup(dict, key, hash, &old);
  if (index == kLookupFailed) return Raised{};
  dictTrackFor(dict, key, value);
  if (index == kIndexEmpty) {
    if (dict->ma_keys == kEmptyKeys) return insertIntoEmpty(dict, std::move(key), hash, std::move(value));
    TRY(dictPrepareForKey(dict, key));
    return insertNew(dict, std::move(key), hash, std::move(value));
  }
  replaceValue(dict, index, old, std::move(value));
  return {};
}

RemovedEntry dictRemoveEntry(DictObject* dict, Py_hash_t hash, Py_ssize_t index) {
  EntryRef entry = entryAt(dict, index);
  auto value = Ref<>::steal(std::exchange(*entry.value, nullptr));
  dict->ma_used--;
  dictTouch(dict);
  if (dict->ma_values) {
    dictValuesNoteRemoval(dict->ma_values, index);
    return {std::move(value), nullptr};
  }
  DictKeys* keys = dict->ma_keys;
  setIndexAt(keys, keysFindSlotOf(keys, hash, index), kIndexDummy);
  keys->dk_version = 0;
  PyObject*& key = hasUnicodeKeys(keys) ? unicodeEntries(keys)[index].key : generalEntries(keys)[index].key;
  return {std::move(value), MaybeRef<>::steal(std::exchange(key, nullptr))};
}

Result<Ref<DictObject>> dictFromParts(DictKeys* keys, DictValues* values, Py_ssize_t used) {
  DictObject* dict = free_dicts.pop();
  if (dict) {
    dict->ob_refcnt = 1;
  } else {
    Result<Ref<DictObject>> made = objectNew<DictObject>(&PyDict_Type);
    if (made.failed()) {
      releaseStorage(keys, values);
      return Raised{};
    }
    dict = std::move(made).toC();
  }
  dict->ma_keys = keys;
  dict->ma_values = values;
  dict->ma_used = used;
  dictTouch(dict);
  return Ref<DictObject>::steal(dict);
}

Result<Ref<DictObject>> dictNew() {
  keysRetain(kEmptyKeys);
  return dictFromParts(kEmptyKeys, nullptr, 0);
}

Result<Ref<DictObject>> dictNewPresized(Py_ssize_t expected) {
  if (expected <= usableFraction(Py_ssize_t{1} << kMinLog2Size)) return dictNew();
  bool huge = expected > usableFraction(Py_ssize_t{1} << kMaxPresizedLog2);
  DictKeys* keys = keysNew(huge ? kMaxPresizedLog2 : log2SizeForEntries(expected), true);
  if (!keys) return Raised{};
  return dictFromParts(keys, nullptr, 0);
}

Result<Opt<>> dictGetHashed(DictObject* dict, PyObject* key, Py_hash_t hash) {
  PyObject* value;
  if (dictLookup(dict, key, hash, &value) == kLookupFailed) [[unlikely]]
    return Raised{};
  return Opt<>(value);
}

Result<Opt<>> dictGet(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return dictGetHashed(dict, key, hash);
}

Opt<> dictGetStr(DictObject* dict, StrObject* key) {
  Py_hash_t hash = key->hash != -1 ? key->hash : strHash(key);
  if (hasUnicodeKeys(dict->ma_keys)) [[likely]] {
    Py_ssize_t index = keysFindUnicode(dict->ma_keys, key, hash);
    return index >= 0 ? Opt<>(*entryAt(dict, index).value) : nullptr;
  }
  PendingSaved saved;
  PyObject* value;
  dictLookup(dict, key, hash, &value);
  return value;
}

Status dictSetHashed(DictObject* dict, PyObject* key, Py_hash_t hash, PyObject* value) {
  bool by_name = isExactStr(key) && hasUnicodeKeys(dict->ma_keys) && dict->ma_keys != kEmptyKeys;
  if (by_name) return insertName(dict, cast<StrObject>(key), hash, value);
  return dictInsert(dict, share(key), hash, share(value));
}

Status dictSet(DictObject* dict, PyObject* key, PyObject* value) {
  return dictSetHashed(dict, key, TRY(keyHash(key)), value);
}

Status dictSet(DictObject* dict, const char* key, PyObject* value) {
  Ref<StrObject> name = TRY(strInternUtf8(key));
  return dictSet(dict, name.get(), value);
}

Status dictDeleteHashed(DictObject* dict, PyObject* key, Py_hash_t hash) {
  PyObject* value;
  Py_ssize_t index = dictLookup(dict, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (!value) return raiseKeyError(key);
  dictRemoveEntry(dict, hash, index);
  return {};
}

Status dictDelete(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return dictDeleteHashed(dict, key, hash);
}

Result<bool> dictDiscard(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  PyObject* value;
  Py_ssize_t index = dictLookup(dict, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (!value) return false;
  dictRemoveEntry(dict, hash, index);
  return true;
}

Result<bool> dictContains(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  PyObject* value;
  if (dictLookup(dict, key, hash, &value) == kLookupFailed) return Raised{};
  return value != nullptr;
}

Result<Ref<>> dictSetDefault(DictObject* dict, PyObject* key, PyObject* fallback) {
  Py_hash_t hash = TRY(keyHash(key));
  if (dict->ma_keys == kEmptyKeys) {
    TRY(insertIntoEmpty(dict, share(key), hash, share(fallback)));
    return share(fallback);
  }
  TRY(dictPrepareForKey(dict, key));
  PyObject* value;
  Py_ssize_t index = dictLookup(dict, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (value) return share(value);
  dictTrackFor(dict, key, fallback);
  if (index >= 0) {
    *entryAt(dict, index).value = share(fallback).leak();
    dictValuesNoteInsertion(dict->ma_values, index);
    dict->ma_used++;
    dictTouch(dict);
  } else if (dict->ma_keys == kEmptyKeys) {
    TRY(insertIntoEmpty(dict, share(key), hash, share(fallback)));
  } else {
    TRY(dictPrepareForKey(dict, key));
    TRY(insertNew(dict, share(key), hash, share(fallback)));
  }
  return share(fallback);
}

Result<MaybeRef<>> dictPop(DictObject* dict, PyObject* key) {
  if (dict->ma_used == 0) return MaybeRef<>();
  Py_hash_t hash = TRY(keyHash(key));
  PyObject* value;
  Py_ssize_t index = dictLookup(dict, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (!value) return MaybeRef<>();
  return MaybeRef<>(std::move(dictRemoveEntry(dict, hash, index).value));
}

void dictClear(DictObject* dict) {
  DictKeys* keys = dict->ma_keys;
  if (keys == kEmptyKeys) return;
  DictValues* values = std::exchange(dict->ma_values, nullptr);
  keysRetain(kEmptyKeys);
  dict->ma_keys = kEmptyKeys;
  dict->ma_used = 0;
  dictTouch(dict);
  releaseStorage(keys, values);
}

size_t dictSizeof(DictObject* dict) {
  size_t bytes = static_cast<size_t>(typeOf(dict)->tp_basicsize);
  if (dict->ma_values) bytes += static_cast<size_t>(sharedCapacity(dict->ma_keys)) * sizeof(PyObject*);
  if (dict->ma_keys->dk_refcnt == 1) bytes += dictKeysSizeof(dict->ma_keys);
  return bytes;
}

void dictMaybeUntrack(DictObject* dict) {
  if (!isExactDict(dict) || !gcIsTracked(dict)) return;
  DictKeys* keys = dict->ma_keys;
  for (Py_ssize_t i = 0; i < keys->dk_nentries; i++) {
    EntryRef entry = entryAt(dict, i);
    if (!*entry.value) continue;
    if (mayBeTracked(*entry.value) || mayBeTracked(entry.key)) return;
  }
  gcUntrack(dict);
}

int dictTraverse(PyObject* self, visitproc visit, void* arg) {
  return entriesVisit(cast<DictObject>(self), visit, arg);
}

int dictTpClear(PyObject* self) {
  dictClear(cast<DictObject>(self));
  return 0;
}

void dictDealloc(PyObject* self) {
  auto* dict = cast<DictObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  if (DictKeys* keys = dict->ma_keys) releaseStorage(keys, dict->ma_values);
  dict->ma_keys = nullptr;
  dict->ma_values = nullptr;
  if (isExactDict(self) && free_dicts.push(dict)) return;
  objectFreeMemory(self);
}

void dictClearFreeList() { free_dicts.drain(gcFree); }

}  // namespace krait
