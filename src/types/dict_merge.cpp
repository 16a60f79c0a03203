// dict: copying, merging, updating from mappings and pairs, fromkeys.
#include "core/call.h"
#include "types/arg_checks.h"
#include "types/dict_internal.h"
#include "types/list.h"
#include "types/set.h"

namespace krait {

namespace {

bool iteratesPlainly(PyObject* object) {
  return isDict(object) && typeOf(object)->tp_iter == PyDict_Type.tp_iter;
}

bool worthCloning(DictObject* dict, DictObject* other) {
  DictKeys* keys = other->ma_keys;
  return !dict->ma_values && !other->ma_values && other->ma_used == keys->dk_nentries &&
         (keys->dk_log2_size == kMinLog2Size || usableFraction(keysSize(keys) / 2) < other->ma_used);
}

Status adoptClone(DictObject* dict, DictObject* other) {
  DictKeys* keys = keysClone(other);
  if (!keys) return Raised{};
  DictKeys* old = std::exchange(dict->ma_keys, keys);
  dict->ma_used = other->ma_used;
  dictTouch(dict);
  if (gcIsTracked(other) && !gcIsTracked(dict)) gcTrack(dict);
  dictKeysRelease(old);
  return {};
}

// How a key that is already there is treated: see dictMerge.
Status mergeOne(DictObject* dict, Ref<> key, Py_hash_t hash, Ref<> value, int override) {
  if (override == 1) return dictInsert(dict, std::move(key), hash, std::move(value));
  PyObject* present;
  if (dictLookup(dict, key, hash, &present) == kLookupFailed) return Raised{};
  if (!present) return dictInsert(dict, std::move(key), hash, std::move(value));
  if (override == 0) return {};
  return raiseKeyError(key);
}

Status mergeDict(DictObject* dict, DictObject* other, int override) {
  if (other == dict || other->ma_used == 0) return {};
  if (dict->ma_used == 0) {
    override = 1;
    if (worthCloning(dict, other)) return adoptClone(dict, other);
  }
  if (usableFraction(keysSize(dict->ma_keys)) < other->ma_used) {
    TRY(dictResize(dict, log2SizeForEntries(dict->ma_used + other->ma_used), hasUnicodeKeys(other->ma_keys)));
  }
  Py_ssize_t size = other->ma_used, position = 0;
  PyObject *key, *value;
  Py_hash_t hash;
  while (dictNext(other, &position, &key, &value, &hash)) {
    TRY(mergeOne(dict, share(key), hash, share(value), override));
    if (size != other->ma_used) return raise(PyExc_RuntimeError, "dict mutated during update");
  }
  return {};
}

Status mergeMapping(DictObject* dict, PyObject* mapping, int override) {
  Ref<ListObject> keys = TRY(mappingKeys(mapping));
  return forEach(keys, [&](Ref<> key) -> Status {
    if (override != 1 && TRY(dictContains(dict, key))) {
      if (override == 0) return {};
      return raiseKeyError(key);
    }
    Ref<> value = TRY(itemGet(mapping, key));
    return dictSet(dict, key, value.get());
  });
}

Status insertPair(DictObject* dict, PyObject* item, Py_ssize_t number, bool override) {
  Result<Ref<>> sequence = sequenceFast(item, "");
  if (sequence.failed()) {
    if (pendingMatches(PyExc_TypeError)) {
      return raise(PyExc_TypeError, "cannot convert dictionary update sequence element #%zd to a sequence",
                   number);
    }
    return Raised{};
  }
  Ref<> pair = std::move(sequence).take();
  if (fastSize(pair) != 2) {
    return raise(PyExc_ValueError, "dictionary update sequence element #%zd has length %zd; 2 is required",
                 number, fastSize(pair));
  }
  auto key = share(fastItems(pair)[0]);
  auto value = share(fastItems(pair)[1]);
  if (override) return dictSet(dict, key, value.get());
  TRY(dictSetDefault(dict, key, value));
  return {};
}

Status fillFromDict(DictObject* dict, DictObject* source, PyObject* value) {
  TRY(dictResize(dict, log2SizeForEntries(source->ma_used), hasUnicodeKeys(source->ma_keys)));
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (dictNext(source, &position, &key, nullptr, &hash)) {
    TRY(dictInsert(dict, share(key), hash, share(value)));
  }
  return {};
}

Status fillFromSet(DictObject* dict, SetObject* source, PyObject* value) {
  TRY(dictResize(dict, log2SizeForEntries(source->size()), false));
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(source, &position, &key, &hash)) TRY(dictInsert(dict, share(key), hash, share(value)));
  return {};
}

Result<Ref<DictObject>> copySplit(DictObject* dict) {
  DictValues* from = dict->ma_values;
  Py_ssize_t capacity = sharedCapacity(dict->ma_keys);
  DictValues* values = valuesNew(capacity);
  if (!values) return raiseNoMemory();
  for (Py_ssize_t i = 0; i < from->count(); i++) {
    Py_ssize_t index = from->order()[-i];
    values->values[index] = share(from->values[index]).leak();
    dictValuesNoteInsertion(values, index);
  }
  keysRetain(dict->ma_keys);
  Ref<DictObject> copy = TRY(dictFromParts(dict->ma_keys, values, dict->ma_used));
  if (gcIsTracked(dict)) gcTrack(copy);
  return copy;
}

}  // namespace

Status dictMerge(DictObject* dict, PyObject* mapping, int override) {
  if (iteratesPlainly(mapping)) {
    auto held = share(mapping);
    return mergeDict(dict, cast<DictObject>(mapping), override);
  }
  return mergeMapping(dict, mapping, override);
}

Status dictUpdate(DictObject* dict, PyObject* mapping) { return dictMerge(dict, mapping, 1); }

Status dictMergeFromPairs(DictObject* dict, PyObject* iterable, bool override) {
  Py_ssize_t number = 0;
  return forEach(iterable, [&](Ref<> item) { return insertPair(dict, item, number++, override); });
}

Result<Ref<DictObject>> dictCopy(DictObject* dict) {
  if (dict->ma_used == 0) return dictNew();
  if (dict->ma_values) return copySplit(dict);
  if (iteratesPlainly(dict) && dict->ma_used >= (dict->ma_keys->dk_nentries * 2) / 3) {
    DictKeys* keys = keysClone(dict);
    if (!keys) return Raised{};
    bool tracked = gcIsTracked(dict);
    Ref<DictObject> copy = TRY(dictFromParts(keys, nullptr, dict->ma_used));
    if (tracked) gcTrack(copy);
    return copy;
  }
  Ref<DictObject> copy = TRY(dictNew());
  TRY(dictMerge(copy, dict, 1));
  return copy;
}

Status dictUpdateFrom(DictObject* dict, PyObject* arg) {
  if (isExactDict(arg)) return dictMerge(dict, arg, 1);
  MaybeRef<> keys = TRY(attrLookup(arg, name<"keys">()));
  if (keys) return dictMerge(dict, arg, 1);
  return dictMergeFromPairs(dict, arg, true);
}

Status dictUpdateCall(DictObject* dict, CallArgs args) {
  TRY(checkPositional("update", args.count, 0, 1));
  if (args.count == 1) TRY(dictUpdateFrom(dict, args.values[0]));
  Py_ssize_t named = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < named; i++) TRY(dictSet(dict, args.names->at(i), args.values[args.count + i]));
  return {};
}

Result<Ref<>> dictFromKeys(PyTypeObject* type, PyObject* iterable, PyObject* value) {
  Ref<> made = TRY(call(reinterpret_cast<PyObject*>(type)));
  if (isExactDict(made)) {
    auto* dict = cast<DictObject>(made.get());
    if (dict->ma_used == 0) {
      if (isExactDict(iterable)) {
        TRY(fillFromDict(dict, cast<DictObject>(iterable), value));
        return made;
      }
      if (isExact(iterable, &PySet_Type) || isExact(iterable, &PyFrozenSet_Type)) {
        TRY(fillFromSet(dict, cast<SetObject>(iterable), value));
        return made;
      }
    }
    TRY(forEach(iterable, [&](Ref<> key) { return dictSet(dict, key, value); }));
    return made;
  }
  TRY(forEach(iterable, [&](Ref<> key) { return itemSet(made, key, value); }));
  return made;
}

namespace {
enum class Part { kKey, kValue, kItem };

Result<Ref<>> partOf(Part part, PyObject* key, PyObject* value) {
  if (part == Part::kItem) return TRY(tupleOf(key, value));
  return share(part == Part::kKey ? key : value);
}

// Allocation may run Python code that resizes the dict: then it starts over.
Result<Ref<ListObject>> listOfParts(DictObject* dict, Part part) {
  for (;;) {
    Py_ssize_t size = dict->ma_used, position = 0, count = 0;
    Ref<ListObject> list = TRY(listNew(size));
    if (size != dict->ma_used) continue;
    PyObject *key, *value;
    uint64_t version = dict->ma_version_tag;
    while (count < size && dictNext(dict, &position, &key, &value)) {
      auto held_key = share(key);
      auto held_value = share(value);
      Ref<> item = TRY(partOf(part, held_key, held_value));
      list->ob_item[count++] = std::move(item).leak();
      if (dict->ma_version_tag != version) break;
    }
    if (count == size && dict->ma_version_tag == version) return list;
  }
}
}  // namespace

Result<Ref<ListObject>> dictKeys(DictObject* dict) { return listOfParts(dict, Part::kKey); }
Result<Ref<ListObject>> dictValues(DictObject* dict) { return listOfParts(dict, Part::kValue); }
Result<Ref<ListObject>> dictItems(DictObject* dict) { return listOfParts(dict, Part::kItem); }

}  // namespace krait
