// set and frozenset: the table. Open addressing: a run of neighbouring slots, then a perturbed jump;
// iteration order is table order, so the probing is CPython's to the slot.
//
// Comparisons may run Python that changes the set: the candidate is kept alive and the search starts over
// when the table or the entry changed under it.
#include "types/set.h"

#include <cstring>

#include "types/dict_internal.h"
#include "types/int.h"
#include "types/set_internal.h"
#include "types/str.h"
#include "types/weakref.h"

namespace krait {

namespace {

constexpr Py_ssize_t kSmallSize = 8, kLinearProbes = 9;
PyTypeObject dummy_type = {KR_TYPE_HEAD, .tp_name = "<dummy key> type"};
PyObject dummy{kImmortalRefcount, &dummy_type};

// Runs over the probe sequence of a hash.
struct Probe {
  size_t mask, slot, perturb;

  Probe(size_t table_mask, Py_hash_t hash)
      : mask(table_mask), slot(static_cast<size_t>(hash) & table_mask), perturb(static_cast<size_t>(hash)) {}
  size_t runLength() const { return slot + kLinearProbes <= mask ? kLinearProbes + 1 : 1; }
  void jump() {
    perturb >>= 5;
    slot = (slot * 5 + 1 + perturb) & mask;
  }
};

enum class Match { kNo, kYes, kChanged, kFailed };

Match compareEntry(SetObject* set, SetEntry* entry, PyObject* key) {
  PyObject* candidate = entry->key;
  if (candidate == key) return Match::kYes;
  if (typeOf(candidate) == typeOf(key)) {
    if (isExactStr(key)) {
      return strEquals(cast<StrObject>(candidate), cast<StrObject>(key)) ? Match::kYes : Match::kNo;
    }
    if (isExactInt(key)) {
      return intCompare(cast<IntObject>(candidate), cast<IntObject>(key)) == 0 ? Match::kYes : Match::kNo;
    }
  }
  SetEntry* table = set->table;
  Py_ssize_t mask = set->mask;
  auto held = share(candidate);
  Result<bool> equal = richCompareBool(candidate, key, Py_EQ);
  if (equal.failed()) return Match::kFailed;
  if (set->table != table || set->mask != mask || entry->key != candidate) return Match::kChanged;
  return std::move(equal).take() ? Match::kYes : Match::kNo;
}

struct Found {
  SetEntry* entry;      // the active entry, else the unused one that ended the search; null: failed
  SetEntry* free_slot;  // the last removed entry on the way
};

// One pass; *restart: a comparison changed the table.
Found searchOnce(SetObject* set, PyObject* key, Py_hash_t hash, bool* restart) {
  SetEntry* free_slot = nullptr;
  for (Probe probe(static_cast<size_t>(set->mask), hash);; probe.jump()) {
    SetEntry* entry = set->table + probe.slot;
    for (size_t left = probe.runLength(); left > 0; left--, entry++) {
      if (!entry->key) return {entry, free_slot};
      if (entry->hash == hash) {
        switch (compareEntry(set, entry, key)) {
          case Match::kYes: return {entry, free_slot};
          case Match::kFailed: return {nullptr, nullptr};
          case Match::kChanged: *restart = true; return {nullptr, nullptr};
          case Match::kNo: break;
        }
      } else if (entry->hash == -1) {
        free_slot = entry;
      }
    }
  }
}

[[gnu::noinline]] Found searchOn(SetObject* set, PyObject* key, Py_hash_t hash) {
  for (;;) {
    bool restart = false;
    Found found = searchOnce(set, key, hash, &restart);
    if (!restart) return found;
  }
}

// Most searches end at the first slot.
inline Found search(SetObject* set, PyObject* key, Py_hash_t hash) {
  SetEntry* first = set->table + (hash & set->mask);
  if (!first->key || first->key == key) return {first, nullptr};
  return searchOn(set, key, hash);
}

void insertClean(SetEntry* table, size_t mask, PyObject* key, Py_hash_t hash) {
  if (SetEntry* first = table + (static_cast<size_t>(hash) & mask); !first->key) {
    *first = {key, hash};
    return;
  }
  for (Probe probe(mask, hash);; probe.jump()) {
    SetEntry* entry = table + probe.slot;
    for (size_t left = probe.runLength(); left > 0; left--, entry++) {
      if (entry->key) continue;
      *entry = {key, hash};
      return;
    }
  }
}

void setInit(SetObject* set) {
  std::memset(set->smalltable, 0, sizeof(set->smalltable));
  set->fill = set->used = 0;
  set->mask = kSmallSize - 1;
  set->table = set->smalltable;
  set->hash = -1;
  set->finger = 0;
  set->weakreflist = nullptr;
}

// Steals nothing; other must not be the set itself.
Status mergeSet(SetObject* set, SetObject* other) {
  if (other == set || other->used == 0) return {};
  if ((set->fill + other->used) * 5 >= set->mask * 3) TRY(setResize(set, (set->used + other->used) * 2));
  if (set->fill == 0 && set->mask == other->mask && other->fill == other->used) {
    for (Py_ssize_t i = 0; i <= other->mask; i++) {
      set->table[i] = other->table[i];
      xincref(set->table[i].key);
    }
    set->fill = set->used = other->used;
    return {};
  }
  if (set->fill == 0) {
    set->fill = set->used = other->used;
    Py_ssize_t position = 0;
    PyObject* key;
    Py_hash_t hash;
    while (setNext(other, &position, &key, &hash)) {
      insertClean(set->table, static_cast<size_t>(set->mask), share(key).leak(), hash);
    }
    return {};
  }
  auto held = share(other);
  return forEachEntry(other, [set](PyObject* key, Py_hash_t hash) { return setAddHashed(set, key, hash); });
}

Status mergeDictKeys(SetObject* set, DictObject* dict) {
  Py_ssize_t size = dict->size();
  if ((set->fill + size) * 5 >= set->mask * 3) TRY(setResize(set, (set->used + size) * 2));
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (dictNext(dict, &position, &key, nullptr, &hash)) {
    auto held = share(key);
    TRY(setAddHashed(set, held, hash));
  }
  return {};
}

}  // namespace

PyObject* const kSetDummy = &dummy;

Result<Ref<SetObject>> setMake(PyTypeObject* type, Opt<> iterable) {
  bool exact = type == &PySet_Type || type == &PyFrozenSet_Type;
  Ref<SetObject> set = exact ? TRY(objectNew<SetObject>(type)) : TRY(typeAlloc<SetObject>(type));
  setInit(set);
  if (exact) gcTrack(set);
  if (iterable) TRY(setUpdate(set, iterable.get()));
  return set;
}

Result<Ref<SetObject>> setNew(Opt<> iterable) { return setMake(&PySet_Type, iterable); }
Result<Ref<SetObject>> frozenSetNew(Opt<> iterable) { return setMake(&PyFrozenSet_Type, iterable); }

bool setNext(SetObject* set, Py_ssize_t* position, PyObject** key, Py_hash_t* hash) {
  Py_ssize_t i = *position;
  while (i <= set->mask && (!set->table[i].key || set->table[i].key == kSetDummy)) i++;
  *position = i + 1;
  if (i < 0 || i > set->mask) return false;
  *key = set->table[i].key;
  if (hash) *hash = set->table[i].hash;
  return true;
}

Status setResize(SetObject* set, Py_ssize_t least) {
  Py_ssize_t size = kSmallSize;
  while (size <= least) size <<= 1;
  SetEntry small_copy[kSmallSize];
  SetEntry *old = set->table, *fresh = set->smalltable;
  bool old_allocated = old != set->smalltable;
  if (size > kSmallSize) {
    fresh = static_cast<SetEntry*>(memAlloc(static_cast<size_t>(size) * sizeof(SetEntry)));
    if (!fresh) return raiseNoMemory();
  } else if (!old_allocated) {
    if (set->fill == set->used) return {};
    std::memcpy(small_copy, old, sizeof(small_copy));
    old = small_copy;
  }
  Py_ssize_t old_mask = set->mask;
  std::memset(fresh, 0, static_cast<size_t>(size) * sizeof(SetEntry));
  set->mask = size - 1;
  set->table = fresh;
  set->fill = set->used;
  for (Py_ssize_t i = 0; i <= old_mask; i++) {
    if (!old[i].key || old[i].key == kSetDummy) continue;
    insertClean(fresh, static_cast<size_t>(size - 1), old[i].key, old[i].hash);
  }
  if (old_allocated) memFree(old);
  return {};
}

namespace {
Status addOwned(SetObject* set, Ref<> key, Py_hash_t hash) {
  Found found = search(set, key, hash);
  if (!found.entry) return Raised{};
  if (found.entry->key) return {};
  set->used++;
  if (found.free_slot) {
    *found.free_slot = {std::move(key).leak(), hash};
    return {};
  }
  set->fill++;
  *found.entry = {std::move(key).leak(), hash};
  if (static_cast<size_t>(set->fill) * 5 < static_cast<size_t>(set->mask) * 3) return {};
  return setResize(set, set->used > 50000 ? set->used * 2 : set->used * 4);
}
}  // namespace

Status setAddHashed(SetObject* set, PyObject* key, Py_hash_t hash) { return addOwned(set, share(key), hash); }

Result<bool> setContainsHashed(SetObject* set, PyObject* key, Py_hash_t hash) {
  Found found = search(set, key, hash);
  if (!found.entry) return Raised{};
  return found.entry->key != nullptr;
}

Result<bool> setDiscardHashed(SetObject* set, PyObject* key, Py_hash_t hash) {
  Found found = search(set, key, hash);
  if (!found.entry) return Raised{};
  if (!found.entry->key) return false;
  PyObject* old = std::exchange(found.entry->key, kSetDummy);
  found.entry->hash = -1;
  set->used--;
  decref(old);
  return true;
}

Status setAdd(SetObject* set, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return setAddHashed(set, key, hash);
}
Result<bool> setContains(SetObject* set, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return setContainsHashed(set, key, hash);
}
Result<bool> setDiscard(SetObject* set, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return setDiscardHashed(set, key, hash);
}

Status setUpdate(SetObject* set, PyObject* iterable) {
  if (isAnySet(iterable)) return mergeSet(set, cast<SetObject>(iterable));
  if (isExactDict(iterable)) return mergeDictKeys(set, cast<DictObject>(iterable));
  return forEach(iterable, [set](Ref<> key) -> Status {
    Py_hash_t hash = TRY(keyHash(key));
    return addOwned(set, std::move(key), hash);
  });
}

Result<Ref<>> setPop(SetObject* set) {
  if (set->used == 0) return raise(PyExc_KeyError, "pop from an empty set");
  Py_ssize_t i = set->finger & set->mask;
  while (!set->table[i].key || set->table[i].key == kSetDummy) i = i == set->mask ? 0 : i + 1;
  auto key = Ref<>::steal(std::exchange(set->table[i].key, kSetDummy));
  set->table[i].hash = -1;
  set->used--;
  set->finger = i + 1;
  return key;
}

void setClear(SetObject* set) {
  if (set->fill == 0 && set->table == set->smalltable) return;
  SetEntry small_copy[kSmallSize];
  SetEntry* table = set->table;
  Py_ssize_t mask = set->mask;
  bool allocated = table != set->smalltable;
  if (!allocated) {
    std::memcpy(small_copy, table, sizeof(small_copy));
    table = small_copy;
  }
  std::memset(set->smalltable, 0, sizeof(set->smalltable));
  set->fill = set->used = 0;
  set->mask = kSmallSize - 1;
  set->table = set->smalltable;
  set->hash = -1;
  for (Py_ssize_t i = 0; i <= mask; i++) {
    if (table[i].key && table[i].key != kSetDummy) decref(table[i].key);
  }
  if (allocated) memFree(table);
}

void setSwap(SetObject* a, SetObject* b) {
  SetEntry *a_table = a->table, *b_table = b->table;
  std::swap(a->fill, b->fill);
  std::swap(a->used, b->used);
  std::swap(a->mask, b->mask);
  std::swap(a->smalltable, b->smalltable);
  a->table = b_table == b->smalltable ? a->smalltable : b_table;
  b->table = a_table == a->smalltable ? b->smalltable : a_table;
  bool frozen = isFrozenSet(a) && isFrozenSet(b);
  std::swap(a->hash, b->hash);
  if (!frozen) a->hash = b->hash = -1;
}

void setDealloc(PyObject* self) {
  auto* set = cast<SetObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  if (set->weakreflist) clearWeakRefs(self);
  for (Py_ssize_t i = 0; set->used > 0 && i <= set->mask; i++) {
    PyObject* key = set->table[i].key;
    if (!key || key == kSetDummy) continue;
    set->used--;
    decref(key);
  }
  if (set->table != set->smalltable) memFree(set->table);
  objectFreeMemory(self);
}

}  // namespace krait
