// Key tables: geometry, probing, creation. The probe sequence is CPython's (index, then perturbed steps).
#include "base/words.h"
#include "core/gc.h"
#include "types/dict_internal.h"
#include "types/free_list.h"

namespace krait {

namespace {

struct EmptyTable {
  DictKeys head;
  int8_t indices[8];
};
constinit EmptyTable empty_table = {{kImmortalRefcount, 0, 3, DictKeysKind::kUnicode, 1, 0, 0},
                                    {-1, -1, -1, -1, -1, -1, -1, -1}};
constinit FreeList<DictKeys, 80> free_small_tables;
uint32_t last_keys_version = 1;

KR_ALWAYS_INLINE bool sameText(const StrObject* a, const StrObject* b) {
  if (a->length != b->length || a->state.kind != b->state.kind) return false;
  return std::memcmp(a->data(), b->data(), static_cast<size_t>(a->length) * a->state.kind) == 0;
}

size_t entrySize(bool unicode) { return unicode ? sizeof(DictUnicodeEntry) : sizeof(DictEntry); }

template <class Index>
Py_ssize_t findUnicode(const DictKeys* keys, const StrObject* key, Py_hash_t hash) {
  auto* indices = reinterpret_cast<const Index*>(keys + 1);
  auto* entries = unicodeEntries(keys);
  size_t mask = keysMask(keys), perturb = static_cast<size_t>(hash), slot = perturb & mask;
  for (;;) {
    Py_ssize_t index = indices[slot];
    if (index >= 0) {
      auto* candidate = static_cast<const StrObject*>(entries[index].key);
      if (candidate == key || (candidate->hash == hash && sameText(candidate, key))) return index;
    } else if (index == kIndexEmpty) {
      return kIndexEmpty;
    }
    perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
  }
}

}  // namespace

DictKeys* const kEmptyKeys = &empty_table.head;

uint8_t log2SizeFor(Py_ssize_t slots) {
  uint8_t log2_size = kMinLog2Size;
  while (log2_size < 62 && (Py_ssize_t{1} << log2_size) < slots) log2_size++;
  return log2_size;
}

size_t dictKeysSizeof(const DictKeys* keys) {
  return sizeof(DictKeys) + (size_t{1} << keys->dk_log2_index_bytes) +
         static_cast<size_t>(usableFraction(keysSize(keys))) * entrySize(hasUnicodeKeys(keys));
}

static DictKeys* keysAllocate(uint8_t log2_size, bool unicode) {
  if (log2_size == kMinLog2Size && unicode) {
    if (DictKeys* kept = free_small_tables.pop()) return kept;
  }
  if (log2_size > 56) return nullptr;
  uint8_t log2_bytes = log2_size + (log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3);
  size_t entries = static_cast<size_t>(usableFraction(Py_ssize_t{1} << log2_size)) * entrySize(unicode);
  return static_cast<DictKeys*>(objectMalloc(sizeof(DictKeys) + (size_t{1} << log2_bytes) + entries));
}

static void keysInit(DictKeys* keys, uint8_t log2_size, bool unicode) {
  keys->dk_refcnt = 1;
  keys->dk_log2_size = log2_size;
  keys->dk_log2_index_bytes = log2_size + (log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3);
  keys->dk_kind = unicode ? DictKeysKind::kUnicode : DictKeysKind::kGeneral;
  keys->dk_version = 0;
  keys->dk_usable = usableFraction(Py_ssize_t{1} << log2_size);
  keys->dk_nentries = 0;
  if (log2_size == kMinLog2Size && unicode) {  // most tables: sizes that the compiler knows
    std::memset(keysIndexTable(keys), 0xff, size_t{1} << kMinLog2Size);
    std::memset(keysIndexTable(keys) + (size_t{1} << kMinLog2Size), 0,
                usableFraction(1 << kMinLog2Size) * sizeof(DictUnicodeEntry));
    return;
  }
  std::memset(keysIndexTable(keys), 0xff, size_t{1} << keys->dk_log2_index_bytes);
  std::memset(keysEntryTable(keys), 0, static_cast<size_t>(keys->dk_usable) * entrySize(unicode));
}

DictKeys* keysNew(uint8_t log2_size, bool unicode) {
  DictKeys* keys = keysAllocate(log2_size, unicode);
  if (!keys) {
    (void)raiseNoMemory();
    return nullptr;
  }
  keysInit(keys, log2_size, unicode);
  return keys;
}

void keysFreeMemory(DictKeys* keys) {
  if (keys->dk_log2_size == kMinLog2Size && hasUnicodeKeys(keys) && free_small_tables.push(keys)) return;
  objectFree(keys);
}

void dictKeysRelease(DictKeys* keys) {
  if (--keys->dk_refcnt > 0) return;
  if (keys == kEmptyKeys) {
    keys->dk_refcnt = kImmortalRefcount;
    return;
  }
  Py_ssize_t count = keys->dk_nentries;
  if (hasUnicodeKeys(keys)) {
    DictUnicodeEntry* entries = unicodeEntries(keys);
    for (Py_ssize_t i = 0; i < count; i++) xdecref(entries[i].key), xdecref(entries[i].value);
  } else {
    DictEntry* entries = generalEntries(keys);
    for (Py_ssize_t i = 0; i < count; i++) xdecref(entries[i].key), xdecref(entries[i].value);
  }
  keysFreeMemory(keys);
}

DictKeys* dictKeysNewShared() {
  DictKeys* keys = keysAllocate(kSharedLog2Size, true);
  if (!keys) return nullptr;
  keysInit(keys, kSharedLog2Size, true);
  keys->dk_usable = kMaxSharedKeys;
  keys->dk_kind = DictKeysKind::kSplit;
  return keys;
}

DictKeys* keysClone(DictObject* dict) {
  DictKeys* old = dict->ma_keys;
  KR_ASSERT(!dict->ma_values && old != kEmptyKeys, "only a combined, non-empty table is cloned");
  DictKeys* keys = keysAllocate(old->dk_log2_size, hasUnicodeKeys(old));
  if (!keys) {
    (void)raiseNoMemory();
    return nullptr;
  }
  std::memcpy(static_cast<void*>(keys), old, dictKeysSizeof(old));
  keys->dk_refcnt = 1;
  keys->dk_version = 0;
  auto retain = [count = old->dk_nentries](auto* entries) {
    for (Py_ssize_t i = 0; i < count; i++) {
      if (!entries[i].value) continue;
      incref(entries[i].key);
      incref(entries[i].value);
    }
  };
  if (hasUnicodeKeys(old))
    retain(unicodeEntries(old));
  else
    retain(generalEntries(old));
  return keys;
}

Py_ssize_t keysFindUnicode(const DictKeys* keys, StrObject* key, Py_hash_t hash) {
  if (keys->dk_log2_size < 8) return findUnicode<int8_t>(keys, key, hash);
  if (keys->dk_log2_size < 16) return findUnicode<int16_t>(keys, key, hash);
  if (keys->dk_log2_size < 32) return findUnicode<int32_t>(keys, key, hash);
  return findUnicode<int64_t>(keys, key, hash);
}

size_t keysFindEmptySlot(const DictKeys* keys, Py_hash_t hash) {
  size_t mask = keysMask(keys), perturb = static_cast<size_t>(hash), slot = perturb & mask;
  while (indexAt(keys, slot) >= 0) {
    perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
  }
  return slot;
}

size_t keysFindSlotOf(const DictKeys* keys, Py_hash_t hash, Py_ssize_t index) {
  size_t mask = keysMask(keys), perturb = static_cast<size_t>(hash), slot = perturb & mask;
  for (;;) {
    Py_ssize_t found = indexAt(keys, slot);
    if (found == index) return slot;
    KR_ASSERT(found != kIndexEmpty, "an entry is reachable from its hash");
    perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
  }
}

uint32_t dictKeysVersion(DictKeys* keys) {
  if (keys->dk_version != 0) return keys->dk_version;
  if (last_keys_version == UINT32_MAX - 1) return 0;  // the last one stands for "no keys"
  return keys->dk_version = ++last_keys_version;
}

Py_ssize_t dictKeysIndex(DictKeys* keys, StrObject* key) {
  if (!hasUnicodeKeys(keys)) return kIndexDummy;
  Py_hash_t hash = key->hash != -1 ? key->hash : strHash(key);
  return keysFindUnicode(keys, key, hash);
}

DictUnicodeEntry* dictUnicodeEntries(DictKeys* keys) { return unicodeEntries(keys); }
DictEntry* dictGeneralEntries(DictKeys* keys) { return generalEntries(keys); }

DictValues* valuesNew(Py_ssize_t capacity) {
  size_t prefix = (static_cast<size_t>(capacity) + 2 + 7) & ~size_t{7};
  auto* memory = static_cast<char*>(memAlloc(prefix + static_cast<size_t>(capacity) * sizeof(PyObject*)));
  if (!memory) return nullptr;
  auto* values = reinterpret_cast<DictValues*>(memory + prefix);
  values->prefixSize() = static_cast<uint8_t>(prefix);
  values->count() = 0;
  zeroWords(values->values, static_cast<size_t>(capacity));
  return values;
}

void valuesFree(DictValues* values) { memFree(reinterpret_cast<char*>(values) - values->prefixSize()); }

void dictValuesNoteRemoval(DictValues* values, Py_ssize_t index) {
  uint8_t* order = values->order();
  Py_ssize_t count = values->count(), at = 0;
  while (at < count && order[-at] != index) at++;
  KR_ASSERT(at < count, "a set value is in the order");
  for (; at + 1 < count; at++) order[-at] = order[-at - 1];
  values->count()--;
}

void dictKeysClearFreeList() { free_small_tables.drain(objectFree); }

}  // namespace krait
