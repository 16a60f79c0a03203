// The method cache and version tags.
//
// A type's tp_version_tag names one state of its attributes, inherited ones included; 0: none is assigned.
// Invariant: a type with a tag has tagged bases, so typeModified() may stop at the first untagged type. Tags
// are never reused. Cache entries borrow the value (kept alive by the type state that the tag names) and own
// the name.
#include "types/type_internal.h"

namespace krait {

namespace {

struct CacheEntry {
  uint32_t version;
  StrObject* name;
  PyObject* value;
};
constexpr size_t kCacheSize = 4096;
CacheEntry g_cache[kCacheSize];
uint32_t g_next_version = 1;

KR_ALWAYS_INLINE CacheEntry& entryFor(uint32_t version, const StrObject* name) {
  return g_cache[(version ^ (reinterpret_cast<uintptr_t>(name) >> 4)) & (kCacheSize - 1)];
}

Opt<> findIn(PyTypeObject* type, StrObject* name) {
  if (!type->tp_dict) return nullptr;
  return dictGetStr(dictOf(type), name);
}

Opt<> findInMro(PyTypeObject* type, StrObject* name) {
  if (!type->tp_mro) {
    if (!hasFlag(type, Py_TPFLAGS_READYING) && typeReady(type).failed()) clearPending();
    if (!type->tp_mro) return nullptr;
  }
  auto mro = share(mroOf(type));  // a key's __eq__ may replace it
  for (Py_ssize_t i = 0; i < mro->size(); i++) {
    if (Opt<> found = findIn(asType(mro->at(i)), name)) return found;
  }
  return nullptr;
}

KR_NEVER_INLINE Opt<> lookupSlow(PyTypeObject* type, StrObject* name) {
  bool cacheable = isExactStr(name) && typeAssignVersion(type);
  uint32_t version = type->tp_version_tag;
  Opt<> found = findInMro(type, name);
  if (!cacheable || version != type->tp_version_tag || version == 0) return found;
  CacheEntry& entry = entryFor(version, name);
  StrObject* old = std::exchange(entry.name, Ref<StrObject>::share(name).leak());
  entry.version = version;
  entry.value = found.get();
  if (old) decref(old);
  return found;
}

}  // namespace

bool typeAssignVersion(PyTypeObject* type) {
  if (hasFlag(type, Py_TPFLAGS_VALID_VERSION_TAG) && type->tp_version_tag) return true;
  if (!hasFlag(type, Py_TPFLAGS_READY) || g_next_version == 0 || !type->tp_bases) return false;
  TupleObject* bases = basesOf(type);
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    if (!typeAssignVersion(asType(bases->at(i)))) return false;
  }
  type->tp_version_tag = g_next_version++;
  type->tp_flags |= Py_TPFLAGS_VALID_VERSION_TAG;
  return true;
}

void typeModified(PyTypeObject* type) {
  if (!hasFlag(type, Py_TPFLAGS_VALID_VERSION_TAG)) return;
  SubclassCursor subclasses(type);
  while (MaybeRef<> subclass = subclasses.next()) typeModified(asType(subclass.get()));
  type->tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG;
  type->tp_version_tag = 0;
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) heapType(type)->_spec_cache.getitem = nullptr;
}

Opt<> typeLookup(PyTypeObject* type, StrObject* name) {
  uint32_t version = type->tp_version_tag;
  CacheEntry& entry = entryFor(version, name);
  if (entry.version == version && entry.name == name && version != 0) return entry.value;
  return lookupSlow(type, name);
}

Opt<> typeLookupId(PyTypeObject* type, StrObject* name) { return typeLookup(type, name); }

// Forgets every entry (sys._clear_type_cache).
void typeCacheClear() {
  for (CacheEntry& entry : g_cache) {
    entry.version = 0;
    entry.value = nullptr;
    clearField(entry.name);
  }
}

bool typeIsSubtype(const PyTypeObject* type, const PyTypeObject* base) {
  if (type == base) return true;
  if (const TupleObject* mro = mroOf(type)) {
    for (Py_ssize_t i = 0, n = mro->size(); i < n; i++) {
      if (mro->at(i) == base) return true;
    }
    return false;
  }
  for (const PyTypeObject* t = type; t; t = t->tp_base) {  // not ready yet
    if (t == base) return true;
  }
  return base == &PyBaseObject_Type;
}

}  // namespace krait
