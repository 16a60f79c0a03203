// The type `dict`: slots and methods.
#include "core/call.h"
#include "core/thread.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/dict_internal.h"
#include "types/misc_objects.h"
#include "types/str_builder.h"

namespace krait {

Result<Ref<>> dictTypeIter(DictObject* dict) { return dictIterNew(dict, &PyDictIterKey_Type); }

namespace {

Result<Ref<>> dictTypeNew(PyTypeObject* type, PyObject*, Opt<>) {
  if (type == &PyDict_Type) return TRY(dictNew());
  Ref<DictObject> dict = TRY(typeAlloc<DictObject>(type));
  keysRetain(kEmptyKeys);
  dict->ma_keys = kEmptyKeys;
  dictTouch(dict);
  return dict;
}

Status dictTypeInit(DictObject* dict, TupleObject* args, Opt<> kwargs) {
  TRY(checkPositional("dict", args->size(), 0, 1));
  if (args->size() == 1) TRY(dictUpdateFrom(dict, args->at(0)));
  if (!kwargs) return {};
  TRY(checkKeywordDict(cast<DictObject>(kwargs.get())));
  return dictMerge(dict, kwargs.get(), 1);
}

Result<Ref<>> dictTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkPositional("dict", args.count, 0, 1));
  Ref<> made = TRY(dictTypeNew(type, nullptr, nullptr));
  auto* dict = cast<DictObject>(made.get());
  if (args.count == 1) TRY(dictUpdateFrom(dict, args.values[0]));
  Py_ssize_t named = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < named; i++) TRY(dictSet(dict, args.names->at(i), args.values[args.count + i]));
  return made;
}

Py_ssize_t dictLength(DictObject* dict) { return dict->ma_used; }

Result<Ref<>> missingKey(DictObject* dict, PyObject* key) {
  if (!isExactDict(dict)) {
    MaybeRef<> missing = TRY(lookupSpecial(dict, name<"__missing__">()));
    if (missing) return call(missing.get(), key);
  }
  return raiseKeyError(key);
}

Result<Ref<>> dictSubscript(DictObject* dict, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  PyObject* value;
  if (dictLookup(dict, key, hash, &value) == kLookupFailed) return Raised{};
  if (!value) return missingKey(dict, key);
  return share(value);
}

Status dictAssign(DictObject* dict, PyObject* key, Opt<> value) {
  return value ? dictSet(dict, key, value.get()) : dictDelete(dict, key);
}

Result<Ref<StrObject>> dictRepr(DictObject* dict) {
  auto guard = TRY(ReprGuard::enter(dict));
  if (guard.isRecursive()) return strLiteral("{...}");
  if (dict->ma_used == 0) return strLiteral("{}");
  StrBuilder out;
  out.append('{');
  Py_ssize_t position = 0;
  PyObject *borrowed_key, *borrowed_value;
  bool first = true;
  while (dictNext(dict, &position, &borrowed_key, &borrowed_value)) {
    auto key = share(borrowed_key);
    auto value = share(borrowed_value);
    if (!first) out.append(", ");
    first = false;
    out.append(TRY(objectRepr(key)));
    out.append(": ");
    out.append(TRY(objectRepr(value)));
  }
  return out.finish('}');
}

Result<bool> dictEqual(DictObject* a, DictObject* b) {
  if (a->ma_used != b->ma_used) return false;
  for (Py_ssize_t i = 0; i < a->ma_keys->dk_nentries; i++) {
    EntryRef entry = entryAt(a, i);
    if (!*entry.value) continue;
    Py_hash_t hash = entryHash(a->ma_keys, i);
    auto key = share(entry.key);
    auto value = share(*entry.value);
    PyObject* found;
    if (dictLookup(b, key, hash, &found) == kLookupFailed) return Raised{};
    if (!found) return false;
    auto other = share(found);
    if (!TRY(objectEquals(value, other))) return false;
  }
  return true;
}

Result<Ref<>> dictCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isDict(left) || !isDict(right)) return notImplemented();
  bool equal = TRY(dictEqual(cast<DictObject>(left), cast<DictObject>(right)));
  return boolRef(equal == (op == Py_EQ));
}

Result<Ref<>> dictOr(PyObject* left, PyObject* right) {
  if (!isDict(left) || !isDict(right)) return notImplemented();
  Ref<DictObject> result = TRY(dictCopy(cast<DictObject>(left)));
  TRY(dictUpdateFrom(result, right));
  return result;
}

Result<Ref<>> dictInPlaceOr(DictObject* dict, PyObject* other) {
  TRY(dictUpdateFrom(dict, other));
  return share<PyObject>(dict);
}

Result<Ref<>> dictGetMethod(DictObject* dict, PyObject* key, PyObject* fallback) {
  Opt<> value = TRY(dictGet(dict, key));
  return share(value.orElse(fallback));
}

Result<Ref<>> dictPopMethod(DictObject* dict, PyObject* key, Opt<> fallback) {
  MaybeRef<> value = TRY(dictPop(dict, key));
  if (value) return std::move(value).take();
  if (fallback) return share(fallback.get());
  return raiseKeyError(key);
}

Result<Ref<>> dictPopItem(DictObject* dict) {
  Ref<TupleObject> pair = TRY(tupleNew(2));
  if (dict->ma_used == 0) return raise(PyExc_KeyError, "popitem(): dictionary is empty");
  if (dict->ma_values) TRY(dictResize(dict, dict->ma_keys->dk_log2_size, true));
  Py_ssize_t index = dict->ma_keys->dk_nentries - 1;
  while (!*entryAt(dict, index).value) index--;
  RemovedEntry removed = dictRemoveEntry(dict, entryHash(dict->ma_keys, index), index);
  dict->ma_keys->dk_nentries = index;
  pair->ob_item[0] = std::move(removed.key).leak();
  pair->ob_item[1] = std::move(removed.value).leak();
  return pair;
}

size_t dictSizeofMethod(DictObject* dict) { return dictSizeof(dict); }
Result<bool> dictContainsMethod(DictObject* dict, PyObject* key) { return dictContains(dict, key); }
Result<Ref<>> dictCopyMethod(DictObject* dict) { return TRY(dictCopy(dict)); }
Status dictClearMethod(DictObject* dict) {
  dictClear(dict);
  return {};
}
Result<Ref<>> dictFromKeysMethod(PyTypeObject* type, PyObject* iterable, PyObject* value) {
  return dictFromKeys(type, iterable, value);
}
Result<Ref<>> dictClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

constinit PyMethodDef kDictMethods[] = {
    methodRow<"__contains__($self, key, /)", dictContainsMethod, SelfMode::kSelf,
              "True if the dictionary has the key.", METH_COEXIST>(),
    methodRow<"!__getitem__($self, key, /)", dictSubscript, SelfMode::kSelf, "self[key]", METH_COEXIST>(),
    method<"!__sizeof__($self, /)", dictSizeofMethod, "Size of the dictionary in memory, in bytes.">,
    method<"get($self, key, default=None, /)", dictGetMethod,
           "The value of key, or default when there is none.">,
    method<"setdefault($self, key, default=None, /)", dictSetDefault,
           "The value of key; default is inserted when there is none.">,
    method<"pop($self, key, default=<unrepresentable>, /)", dictPopMethod,
           "Remove key and return its value; default or KeyError when there is none.">,
    method<"popitem($self, /)", dictPopItem, "Remove and return the (key, value) pair inserted last.">,
    method<"!keys($self, /)", dictKeysView, "A set-like view of the keys.">,
    method<"!items($self, /)", dictItemsView, "A set-like view of the (key, value) pairs.">,
    method<"!values($self, /)", dictValuesView, "A view of the values.">,
    method<"!update($self, /, *args, **kwargs)", dictUpdateCall,
           "Insert the items of a mapping or of an iterable of pairs, then the keyword arguments.">,
    classMethod<"fromkeys($type, iterable, value=None, /)", dictFromKeysMethod,
                "A new dictionary with the iterable's items as keys, all set to value.">,
    method<"!clear($self, /)", dictClearMethod, "Remove all items.">,
    method<"!copy($self, /)", dictCopyMethod, "A shallow copy.">,
    method<"__reversed__($self, /)", dictReversed, "An iterator over the keys, last inserted first.">,
    classMethod<"!__class_getitem__($type, object, /)", dictClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};

constinit PyNumberMethods kDictAsNumber = {.nb_or = slot<dictOr>, .nb_inplace_or = slot<dictInPlaceOr>};
constinit PySequenceMethods kDictAsSequence = {.sq_contains = slot<dictContainsMethod>};
constinit PyMappingMethods kDictAsMapping = {
    .mp_length = slot<dictLength>, .mp_subscript = slot<dictSubscript>, .mp_ass_subscript = slot<dictAssign>};

}  // namespace
}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyDict_Type = {
    KR_TYPE_HEAD,
    .tp_name = "dict",
    .tp_basicsize = sizeof(DictObject),
    .tp_dealloc = dictDealloc,
    .tp_repr = slot<dictRepr>,
    .tp_as_number = &kDictAsNumber,
    .tp_as_sequence = &kDictAsSequence,
    .tp_as_mapping = &kDictAsMapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DICT_SUBCLASS | Py_TPFLAGS_MATCH_SELF |
                Py_TPFLAGS_MAPPING | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        "dict() -> an empty dictionary\n"
        "dict(mapping) -> one with the mapping's items\n"
        "dict(iterable) -> one with the iterable's (key, value) pairs\n"
        "dict(**kwargs) -> one with the keyword arguments",
    .tp_traverse = dictTraverse,
    .tp_clear = dictTpClear,
    .tp_richcompare = slot<dictCompare>,
    .tp_iter = slot<dictTypeIter>,
    .tp_methods = kDictMethods,
    .tp_init = slot<dictTypeInit>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<dictTypeNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<dictTypeVectorcall>,
};
