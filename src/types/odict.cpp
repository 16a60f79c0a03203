// OrderedDict. A node is found through the index of its key's entry in the dict, in an array as long as the
// key table; the array is rebuilt when the dict has got another table.
//
// Somebody may change the dict behind the chain's back (dict.__setitem__(od, ...)): a node found is trusted
// only when it holds the very key object of the entry, and values are always looked up in the dict.
#include "types/odict.h"
#include "types/bare_type_name.h"

#include "core/call.h"
#include "core/thread.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/dict_internal.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/weakref.h"

namespace krait {

bool isOdict(const PyObject* object) { return isInstanceOf(object, &PyODict_Type); }

namespace {

// --- the chain ---

void chainAppend(OdictObject* od, OdictNode* node) {
  node->next = nullptr;
  node->previous = od->last;
  (od->last ? od->last->next : od->first) = node;
  od->last = node;
  od->state++;
}
void chainPrepend(OdictObject* od, OdictNode* node) {
  node->previous = nullptr;
  node->next = od->first;
  (od->first ? od->first->previous : od->last) = node;
  od->first = node;
  od->state++;
}
void chainTakeOut(OdictObject* od, OdictNode* node) {
  (node->previous ? node->previous->next : od->first) = node->next;
  (node->next ? node->next->previous : od->last) = node->previous;
  od->state++;
}

void clearChain(OdictObject* od) {
  OdictNode* node = std::exchange(od->first, nullptr);
  od->last = nullptr;
  memFree(std::exchange(od->nodes, nullptr));
  od->nodes_size = 0;
  od->nodes_keys = nullptr;
  od->state++;
  while (node) {
    OdictNode* next = node->next;
    decref(node->key);
    memFree(node);
    node = next;
  }
}

// The entry that holds this very key object; -1: none. Runs no Python.
Py_ssize_t entryOf(OdictObject* od, PyObject* key, Py_hash_t hash) {
  DictKeys* keys = od->ma_keys;
  size_t mask = keysMask(keys), perturb = static_cast<size_t>(hash), slot = perturb & mask;
  for (;;) {
    Py_ssize_t index = indexAt(keys, slot);
    if (index == kIndexEmpty) return -1;
    if (index >= 0 && entryAt(od, index).key == key) return index;
    perturb >>= 5;
    slot = (slot * 5 + perturb + 1) & mask;
  }
}

// Brings the node array in step with the dict's key table.
Status syncNodes(OdictObject* od) {
  DictKeys* keys = od->ma_keys;
  if (od->nodes_keys == keys && od->nodes_size == keysSize(keys)) return {};
  Py_ssize_t size = keysSize(keys);
  auto* nodes = static_cast<OdictNode**>(memCalloc(static_cast<size_t>(size), sizeof(OdictNode*)));
  if (!nodes) return raiseNoMemory();
  memFree(std::exchange(od->nodes, nodes));
  od->nodes_size = size;
  od->nodes_keys = keys;
  for (OdictNode* node = od->first; node; node = node->next) {
    Py_ssize_t index = entryOf(od, node->key, node->hash);
    if (index >= 0) nodes[index] = node;
  }
  return {};
}

// The key's place in the node array; null: not in the dict.
Result<OdictNode**> nodePlace(OdictObject* od, PyObject* key, Py_hash_t hash) {
  PyObject* value;
  Py_ssize_t index = dictLookup(od, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (!value) return static_cast<OdictNode**>(nullptr);
  TRY(syncNodes(od));
  OdictNode** place = od->nodes + index;
  if (*place && (*place)->key != entryAt(od, index).key) *place = nullptr;
  return place;
}

Result<OdictNode*> findNode(OdictObject* od, PyObject* key, Py_hash_t hash) {
  if (!od->first) return static_cast<OdictNode*>(nullptr);
  OdictNode** place = TRY(nodePlace(od, key, hash));
  return place ? *place : static_cast<OdictNode*>(nullptr);
}

Status addNode(OdictObject* od, PyObject* key, Py_hash_t hash) {
  OdictNode** place = TRY(nodePlace(od, key, hash));
  if (!place) return raiseKeyError(key);
  if (*place) return {};
  auto* node = static_cast<OdictNode*>(memAlloc(sizeof(OdictNode)));
  if (!node) return raiseNoMemory();
  // The entry's key object, which an equal one may have been inserted for before.
  node->key = share(entryAt(od, place - od->nodes).key).leak();
  node->hash = hash;
  chainAppend(od, node);
  *place = node;
  return {};
}

// Takes the node out; the dict still has the key.
void dropNode(OdictObject* od, OdictNode* node) {
  if (od->nodes_keys == od->ma_keys) {
    Py_ssize_t index = entryOf(od, node->key, node->hash);
    if (index >= 0 && index < od->nodes_size && od->nodes[index] == node) od->nodes[index] = nullptr;
  }
  chainTakeOut(od, node);
  PyObject* key = node->key;
  memFree(node);
  decref(key);
}

Raised raiseMutated() { return raise(PyExc_RuntimeError, "OrderedDict mutated during iteration"); }

Status setHashed(OdictObject* od, PyObject* key, Py_hash_t hash, PyObject* value) {
  TRY(dictSetHashed(od, key, hash, value));
  Status added = addNode(od, key, hash);
  if (!added.failed()) return added;
  {
    PendingSaved saved;  // the dict must not keep what the chain lacks
    if (dictDeleteHashed(od, key, hash).failed()) clearPending();
  }
  return Raised{};
}

Status deleteHashed(OdictObject* od, PyObject* key, Py_hash_t hash) {
  OdictNode* node = TRY(findNode(od, key, hash));
  if (!node) return raiseKeyError(key);
  dropNode(od, node);
  return dictDeleteHashed(od, key, hash);
}

Status odictAssign(OdictObject* od, PyObject* key, Opt<> value) {
  return value ? odictSet(od, key, value.get()) : odictDelete(od, key);
}

// Calls f(key) for each node's key; a change of the chain meanwhile is an error.
template <class F>
Status forEachKey(OdictObject* od, F&& f) {
  size_t state = od->state;
  for (OdictNode* node = od->first; node; node = node->next) {
    auto key = share(node->key);
    Py_hash_t hash = node->hash;
    TRY(f(key.get(), hash));
    if (od->state != state) return raiseMutated();
  }
  return {};
}

// Hashes the key again: one whose hash has changed is not found.
Result<Ref<>> valueOf(OdictObject* od, PyObject* key) {
  Opt<> value = TRY(dictGet(od, key));
  if (!value) return raiseKeyError(key);
  return share(value.get());
}

// --- filling from other mappings ---

Status setFromPair(PyObject* self, PyObject* pair) {
  Ref<> iterator = TRY(getIter(pair));
  MaybeRef<> key = TRY(iterNext(iterator));
  if (!key) return raise(PyExc_ValueError, "need more than %zd value%s to unpack", Py_ssize_t{0}, "s");
  MaybeRef<> value = TRY(iterNext(iterator));
  if (!value) return raise(PyExc_ValueError, "need more than %zd value%s to unpack", Py_ssize_t{1}, "");
  if (TRY(iterNext(iterator))) return raise(PyExc_ValueError, "too many values to unpack (expected 2)");
  return itemSet(self, key.get(), value.get());
}
Status updateFromPairs(PyObject* self, PyObject* pairs) {
  return forEach(pairs, [self](Ref<> pair) { return setFromPair(self, pair); });
}

Status updateFrom(PyObject* self, PyObject* other) {
  if (isExactDict(other)) {
    Ref<ListObject> items = TRY(dictItems(cast<DictObject>(other)));
    return updateFromPairs(self, items);
  }
  if (MaybeRef<> keys = TRY(attrLookup(other, name<"keys">()))) {
    Ref<> names = TRY(call(keys.get()));
    return forEach(names, [&](Ref<> key) -> Status {
      Ref<> value = TRY(itemGet(other, key));
      return itemSet(self, key, value);
    });
  }
  if (MaybeRef<> items = TRY(attrLookup(other, name<"items">()))) {
    Ref<> pairs = TRY(call(items.get()));
    return updateFromPairs(self, pairs);
  }
  return updateFromPairs(self, other);
}

Status odictInit(PyObject* self, TupleObject* args, Opt<> kwargs) {
  if (args->size() > 1) return raise(PyExc_TypeError, "expected at most 1 arguments, got %zd", args->size());
  if (args->size() == 1) TRY(updateFrom(self, args->at(0)));
  if (!kwargs) return {};
  return updateFrom(self, kwargs.get());
}

Status odictUpdate(PyObject* self, CallArgs args) {
  if (args.count > 1) {
    return raise(PyExc_TypeError, "update() takes at most 1 positional argument (%zd given)", args.count);
  }
  if (args.count == 1) TRY(updateFrom(self, args.values[0]));
  Py_ssize_t named = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < named; i++) TRY(itemSet(self, args.names->at(i), args.values[args.count + i]));
  return {};
}

Result<Ref<>> odictOr(PyObject* left, PyObject* right) {
  PyTypeObject* type = typeOf(isOdict(left) ? left : right);
  if (!isDict(isOdict(left) ? right : left)) return notImplemented();
  Ref<> result = TRY(call(reinterpret_cast<PyObject*>(type), left));
  TRY(updateFrom(result, right));
  return result;
}
Result<Ref<>> odictInPlaceOr(PyObject* self, PyObject* other) {
  TRY(updateFrom(self, other));
  return share(self);
}

// --- slots ---

void odictDealloc(PyObject* self) {
  auto* od = cast<OdictObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  clearField(od->instance_dict);
  if (od->weakrefs) clearWeakRefs(self);
  clearChain(od);
  dictDealloc(self);
}
int odictTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* od = cast<OdictObject>(self);
  if (int status = visitAll(visit, arg, od->instance_dict)) return status;
  for (OdictNode* node = od->first; node; node = node->next) {
    if (int status = visit(node->key, arg)) return status;
  }
  return dictTraverse(self, visit, arg);
}
int odictTpClear(PyObject* self) {
  auto* od = cast<OdictObject>(self);
  clearField(od->instance_dict);
  clearChain(od);
  dictClear(od);
  return 0;
}

Result<Ref<ListObject>> pairsOf(OdictObject* od) {
  Ref<ListObject> pairs = TRY(listNew());
  TRY(forEachKey(od, [&](PyObject* key, Py_hash_t) -> Status {
    Ref<> value = TRY(valueOf(od, key));
    Ref<> pair = TRY(tupleOf(key, value.get()));
    return listAppend(pairs, std::move(pair));
  }));
  return pairs;
}

Result<Ref<StrObject>> odictRepr(OdictObject* od) {
  if (od->size() == 0) return strFormat("%s()", bareTypeName(od));
  auto guard = TRY(ReprGuard::enter(od));
  if (guard.isRecursive()) return strLiteral("...");
  MaybeRef<> pairs;
  if (isExact(od, &PyODict_Type)) {
    pairs = TRY(pairsOf(od));
  } else {
    Ref<> items = TRY(callMethod(static_cast<PyObject*>(od), name<"items">()));
    pairs = TRY(sequenceList(items));
  }
  return strFormat("%s(%R)", bareTypeName(od), pairs.get());
}

// Same keys in the same order.
Result<bool> sameOrder(OdictObject* a, OdictObject* b) {
  if (a->size() != b->size()) return false;
  size_t state_a = a->state, state_b = b->state;
  for (OdictNode *x = a->first, *y = b->first; x && y; x = x->next, y = y->next) {
    if (x->hash != y->hash) return false;
    auto key_a = share(x->key);
    auto key_b = share(y->key);
    bool equal = TRY(objectEquals(key_a, key_b));
    if (a->state != state_a || b->state != state_b) return raiseMutated();
    if (!equal) return false;
    if (!x->next != !y->next) return false;
  }
  return true;
}

Result<Ref<>> odictCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isOdict(left) || !isDict(right)) return notImplemented();
  Ref<> same = TRY(Result<Ref<>>::fromC(PyDict_Type.tp_richcompare(left, right, Py_EQ)));
  bool equal = TRY(objectIsTrue(same));
  if (equal && isOdict(right)) equal = TRY(sameOrder(cast<OdictObject>(left), cast<OdictObject>(right)));
  return boolRef(equal == (op == Py_EQ));
}

Result<Ref<>> odictIter(OdictObject* od) { return odictIterNew(od, kOdictKeys); }

// --- methods ---

// Here and in move_to_end the key is the exception's value: a tuple becomes its arguments, None no argument.
Result<Ref<>> popNode(OdictObject* od, PyObject* key, Py_hash_t hash, Opt<> fallback) {
  OdictNode* node = TRY(findNode(od, key, hash));
  if (!node) {
    if (fallback) return share(fallback.get());
    return raiseObject(PyExc_KeyError, key);
  }
  dropNode(od, node);
  PyObject* value;
  Py_ssize_t index = dictLookup(od, key, hash, &value);
  if (index == kLookupFailed) return Raised{};
  if (!value) {
    if (fallback) return share(fallback.get());
    return raiseObject(PyExc_KeyError, key);
  }
  return std::move(dictRemoveEntry(od, hash, index).value);
}

Result<Ref<>> odictPop(OdictObject* od, PyObject* key, Opt<> fallback) {
  Py_hash_t hash = TRY(keyHash(key));
  return popNode(od, key, hash, fallback);
}

Result<Ref<>> odictPopItem(OdictObject* od, bool last) {
  OdictNode* node = last ? od->last : od->first;
  if (!node) return raise(PyExc_KeyError, "dictionary is empty");
  auto key = share(node->key);
  Ref<> value = TRY(popNode(od, key, node->hash, nullptr));
  return TRY(tupleOf(key.get(), value.get()));
}

Result<Ref<>> odictSetDefault(OdictObject* od, PyObject* key, PyObject* fallback) {
  if (isExact(od, &PyODict_Type)) {
    Py_hash_t hash = TRY(keyHash(key));
    Opt<> value = TRY(dictGetHashed(od, key, hash));
    if (value) return share(value.get());
    TRY(setHashed(od, key, hash, fallback));
    return share(fallback);
  }
  if (TRY(sequenceContains(od, key))) return itemGet(od, key);
  TRY(itemSet(od, key, fallback));
  return share(fallback);
}

Status odictMoveToEnd(OdictObject* od, PyObject* key, bool last) {
  if (!od->first) return raiseObject(PyExc_KeyError, key);
  OdictNode* node = last ? od->last : od->first;
  if (key != node->key) {
    Py_hash_t hash = TRY(keyHash(key));
    node = TRY(findNode(od, key, hash));
    if (!node) return raiseObject(PyExc_KeyError, key);
  }
  if (node == (last ? od->last : od->first)) return {};
  chainTakeOut(od, node);
  if (last)
    chainAppend(od, node);
  else
    chainPrepend(od, node);
  return {};
}

Result<Ref<>> odictCopy(OdictObject* od) {
  bool exact = isExact(od, &PyODict_Type);
  Ref<> copy = exact ? TRY(odictNew()) : TRY(call(typeObject(od)));
  TRY(forEachKey(od, [&](PyObject* key, Py_hash_t hash) -> Status {
    if (exact) {
      Ref<> value = TRY(valueOf(od, key));
      return setHashed(cast<OdictObject>(copy.get()), key, hash, value);
    }
    Ref<> value = TRY(itemGet(od, key));
    return itemSet(copy, key, value);
  }));
  return copy;
}

Result<Ref<>> odictReduce(PyObject* self) {
  Ref<> state = TRY(callMethod(self, name<"__getstate__">()));
  Ref<> items = TRY(callMethod(self, name<"items">()));
  Ref<> iterator = TRY(getIter(items));
  Ref<TupleObject> args = emptyTuple();
  return TRY(
      tupleOf(typeObject(self), static_cast<PyObject*>(args.get()), state.get(), Py_None, iterator.get()));
}

size_t odictSizeof(OdictObject* od) {
  size_t bytes = dictSizeof(od) + static_cast<size_t>(od->nodes_size) * sizeof(OdictNode*);
  return bytes + static_cast<size_t>(od->size()) * sizeof(OdictNode);
}
Status odictClear(OdictObject* od) {
  dictClear(od);
  clearChain(od);
  return {};
}
Result<Ref<>> odictFromKeys(PyTypeObject* type, PyObject* iterable, PyObject* value) {
  return dictFromKeys(type, iterable, value);
}

constinit PyMethodDef kMethods[] = {
    classMethod<"fromkeys($type, /, iterable, value=None)", odictFromKeys,
                "A new ordered dictionary with the iterable's items as keys, all set to value.">,
    method<"!__sizeof__($self, /)", odictSizeof>,
    method<"!__reduce__($self, /)", odictReduce, kReduceDoc>,
    method<"setdefault($self, /, key, default=None)", odictSetDefault,
           "The value of key; default is inserted when there is none.">,
    method<"pop($self, /, key, default=<unrepresentable>)", odictPop,
           "Remove key and return its value; default or KeyError when there is none.">,
    method<"popitem($self, /, last=True)", odictPopItem,
           "Remove and return the last (or first) (key, value) pair.">,
    method<"!keys($self, /)", odictKeysView>,
    method<"!values($self, /)", odictValuesView>,
    method<"!items($self, /)", odictItemsView>,
    method<"!%update($self, /, *args, **kwargs)", odictUpdate>,
    method<"!clear($self, /)", odictClear, "Remove all items.">,
    method<"!copy($self, /)", odictCopy, "A shallow copy.">,
    method<"!__reversed__($self, /)", odictReversed, "An iterator over the keys, last one first.">,
    method<"move_to_end($self, /, key, last=True)", odictMoveToEnd,
           "Move a key that is there to the end, or to the beginning when last is false.">,
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"__dict__", genericGetDict, genericSetDict>, {}};
constinit PyNumberMethods kAsNumber = {.nb_or = slot<odictOr>, .nb_inplace_or = slot<odictInPlaceOr>};
constinit PyMappingMethods kAsMapping = {.mp_ass_subscript = slot<odictAssign>};

}  // namespace

Result<Ref<>> odictNew() { return call(reinterpret_cast<PyObject*>(&PyODict_Type)); }

Status odictSet(OdictObject* od, PyObject* key, PyObject* value) {
  Py_hash_t hash = TRY(keyHash(key));
  return setHashed(od, key, hash, value);
}

Status odictDelete(OdictObject* od, PyObject* key) {
  Py_hash_t hash = TRY(keyHash(key));
  return deleteHashed(od, key, hash);
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyODict_Type = {
    KR_TYPE_HEAD,
    .tp_name = "collections.OrderedDict",
    .tp_basicsize = sizeof(OdictObject),
    .tp_dealloc = odictDealloc,
    .tp_repr = slot<odictRepr>,
    .tp_as_number = &kAsNumber,
    .tp_as_mapping = &kAsMapping,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "A dictionary that remembers the order of insertion and lets it be changed.",
    .tp_traverse = odictTraverse,
    .tp_clear = odictTpClear,
    .tp_richcompare = slot<odictCompare>,
    .tp_weaklistoffset = offsetof(OdictObject, weakrefs),
    .tp_iter = slot<odictIter>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_base = &PyDict_Type,
    .tp_dictoffset = offsetof(OdictObject, instance_dict),
    .tp_init = slot<odictInit>,
    .tp_alloc = genericAlloc,
};
