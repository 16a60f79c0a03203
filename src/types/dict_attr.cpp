// Attribute values kept in the object (managed storage), and their turning into a dict.
//
// Holds: the values array and the shared key table agree on indices; an array made earlier is at least as
// long as the table can still grow, because dk_usable only shrinks.
#include "core/errors.h"
#include "types/dict_internal.h"
#include "types/exceptions.h"
#include "types/type.h"

namespace krait {

namespace {

DictKeys* cachedKeys(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  return hasFlag(type, Py_TPFLAGS_HEAPTYPE) ? heapType(type)->ht_cached_keys : nullptr;
}

// The key's index in the shared table, added when there is room; kIndexEmpty when there is none.
Py_ssize_t sharedIndexAdding(DictKeys* keys, StrObject* key) {
  Py_ssize_t index = dictKeysIndex(keys, key);
  if (index >= 0 || keys->dk_usable <= 0) return index;
  index = keys->dk_nentries;
  setIndexAt(keys, keysFindEmptySlot(keys, key->hash), index);
  unicodeEntries(keys)[index].key = share<PyObject>(key).leak();
  keys->dk_version = 0;
  keys->dk_usable--;
  keys->dk_nentries++;
  return index;
}

Raised raiseMissing(PyObject* object, StrObject* name) {
  Status raised = raiseAttributeError(object, name);
  KR_CHECK(raised.failed(), "raising never succeeds");
  return Raised{};
}

Status storeInline(PyObject* object, DictValues* values, Py_ssize_t index, StrObject* name, Opt<> value) {
  PyObject* old = values->values[index];
  if (!old && !value) return raiseMissing(object, name);
  xincref(value.get());
  values->values[index] = value.get();
  if (!old)
    dictValuesNoteInsertion(values, index);
  else if (!value)
    dictValuesNoteRemoval(values, index);
  xdecref(old);
  return {};
}

Status storeInDict(PyObject* object, DictObject* borrowed, StrObject* name, Opt<> value) {
  auto dict = share(borrowed);
  if (value) return dictSet(dict, name, value.get());
  if (TRY(dictDiscard(dict, name))) return {};
  return raiseMissing(object, name);
}

void dropValues(DictValues* values) {
  for (Py_ssize_t i = 0; i < values->count(); i++) decref(values->values[values->order()[-i]]);
  valuesFree(values);
}

}  // namespace

Opt<> managedGet(PyObject* object, StrObject* name) {
  ManagedDict* managed = managedDictOf(object);
  if (DictValues* values = managed->values) {
    Py_ssize_t index = dictKeysIndex(cachedKeys(object), name);
    return index >= 0 ? Opt<>(values->values[index]) : nullptr;
  }
  return managed->dict ? dictGetStr(managed->dict, name) : nullptr;
}

Status managedSet(PyObject* object, StrObject* name, Opt<> value) {
  ManagedDict* managed = managedDictOf(object);
  if (DictValues* values = managed->values) {
    DictKeys* keys = cachedKeys(object);
    Py_ssize_t index = value && isExactStr(name) ? sharedIndexAdding(keys, name) : dictKeysIndex(keys, name);
    if (index >= 0) return storeInline(object, values, index, name, value);
    if (!value) return raiseMissing(object, name);
  } else if (!managed->dict && !value) {
    return raiseMissing(object, name);
  }
  Ref<DictObject> dict = TRY(managedDictMaterialise(object));
  return storeInDict(object, dict, name, value);
}

Result<Ref<DictObject>> managedDictMaterialise(PyObject* object) {
  ManagedDict* managed = managedDictOf(object);
  if (managed->dict) return share(managed->dict);
  DictValues* values = managed->values;
  if (!values) {
    Ref<DictObject> made = TRY(dictNew());
    if (managed->dict) return share(managed->dict);
    managed->dict = made.clone().leak();
    return made;
  }
  DictKeys* keys = cachedKeys(object);
  bool tracked = false;
  for (Py_ssize_t i = 0; i < values->count(); i++) {
    if (mayBeTracked(values->values[values->order()[-i]])) tracked = true;
  }
  Ref<DictObject> dict = TRY(dictNew());
  if (managed->values != values) return managedDictMaterialise(object);
  managed->values = nullptr;
  dictKeysRelease(dict->ma_keys);
  keysRetain(keys);
  dict->ma_keys = keys;
  dict->ma_values = values;
  dict->ma_used = values->count();
  if (tracked) gcTrack(dict);
  managed->dict = dict.clone().leak();
  return dict;
}

Status managedInit(PyObject* object, PyTypeObject* type) {
  ManagedDict* managed = managedDictOf(object);
  managed->dict = nullptr;
  managed->values = nullptr;
  DictKeys* keys = hasFlag(type, Py_TPFLAGS_HEAPTYPE) ? heapType(type)->ht_cached_keys : nullptr;
  if (!keys) return {};
  if (keys->dk_usable > 1) keys->dk_usable--;
  managed->values = valuesNew(sharedCapacity(keys));
  if (!managed->values) return raiseNoMemory();
  return {};
}

int managedVisit(PyObject* object, visitproc visit, void* arg) {
  ManagedDict* managed = managedDictOf(object);
  if (DictValues* values = managed->values) {
    for (Py_ssize_t i = 0; i < values->count(); i++) {
      if (int status = visit(values->values[values->order()[-i]], arg)) return status;
    }
  }
  return managed->dict ? visit(managed->dict, arg) : 0;
}

void managedClear(PyObject* object) {
  ManagedDict* managed = managedDictOf(object);
  DictValues* values = std::exchange(managed->values, nullptr);
  DictObject* dict = std::exchange(managed->dict, nullptr);
  if (values) dropValues(values);
  if (dict) decref(dict);
}

void managedReplaceDict(PyObject* object, Opt<DictObject> dict) {
  ManagedDict* managed = managedDictOf(object);
  xincref(dict.get());
  DictValues* values = std::exchange(managed->values, nullptr);
  DictObject* old = std::exchange(managed->dict, dict.get());
  if (values) dropValues(values);
  if (old) decref(old);
}

}  // namespace krait
