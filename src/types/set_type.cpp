// The types `set` and `frozenset`, their methods and iterator.
#include "core/call.h"
#include "core/thread.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/set_internal.h"

namespace krait {

namespace {

struct SetIterObject : PyObject {
  SetObject* set;   // null: exhausted
  Py_ssize_t used;  // the set's size at the start; -1: a change was reported
  Py_ssize_t position, remaining;
};
static_assert(sizeof(SetIterObject) == 48);

// --- making sets ---

Result<Ref<>> setTypeNew(PyTypeObject* type, PyObject*, Opt<>) { return TRY(setMake(type, nullptr)); }

Status setTypeInit(SetObject* set, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("set", kwargs));
  TRY(checkPositional(typeName(set), args->size(), 0, 1));
  setClear(set);
  set->hash = -1;
  return args->size() == 1 ? setUpdate(set, args->at(0)) : Status();
}

Result<Ref<>> setTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("set", args.names));
  TRY(checkPositional("set", args.count, 0, 1));
  return TRY(setMake(type, args.count == 1 ? Opt<>(args.values[0]) : nullptr));
}

Result<Ref<>> makeFrozen(PyTypeObject* type, Opt<> iterable) {
  if (type == &PyFrozenSet_Type && iterable && isExact(iterable.get(), &PyFrozenSet_Type))
    return share(iterable.get());
  return TRY(setMake(type, iterable));
}

Result<Ref<>> frozenTypeNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &PyFrozenSet_Type)) TRY(checkNoKeywords("frozenset", kwargs));
  TRY(checkPositional(type->tp_name, args->size(), 0, 1));
  return makeFrozen(type, args->size() == 1 ? Opt<>(args->at(0)) : nullptr);
}

Result<Ref<>> frozenTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("frozenset", args.names));
  TRY(checkPositional("frozenset", args.count, 0, 1));
  return makeFrozen(type, args.count == 1 ? Opt<>(args.values[0]) : nullptr);
}

// --- slots ---

int setTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* set = cast<SetObject>(self);
  Py_ssize_t position = 0;
  PyObject* key;
  while (setNext(set, &position, &key, nullptr)) {
    if (int status = visit(key, arg)) return status;
  }
  return 0;
}
int setTpClear(PyObject* self) {
  setClear(cast<SetObject>(self));
  return 0;
}
Py_ssize_t setLength(SetObject* set) { return set->used; }

Result<Ref<StrObject>> setRepr(SetObject* set) {
  auto guard = TRY(ReprGuard::enter(set));
  const char* type_name = typeName(set);
  if (guard.isRecursive()) return strFormat("%s(...)", type_name);
  if (set->used == 0) return strFormat("%s()", type_name);
  Ref<ListObject> keys = TRY(sequenceList(set));
  Ref<StrObject> text = TRY(objectRepr(keys));
  Ref<StrObject> inner = TRY(strSubstring(text, 1, text->size() - 1));
  if (isExactSet(set)) return strFormat("{%U}", static_cast<PyObject*>(inner.get()));
  return strFormat("%s({%U})", type_name, static_cast<PyObject*>(inner.get()));
}

uint64_t shuffled(uint64_t hash) { return ((hash ^ 89869747u) ^ (hash << 16)) * 3644798167u; }

// Does not depend on the order of the items.
Py_hash_t frozenHash(SetObject* set) {
  if (set->hash != -1) return set->hash;
  uint64_t hash = 0;
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t item_hash;
  while (setNext(set, &position, &key, &item_hash)) hash ^= shuffled(static_cast<uint64_t>(item_hash));
  hash ^= (static_cast<uint64_t>(set->used) + 1) * 1927868237u;
  hash ^= (hash >> 11) ^ (hash >> 25);
  hash = hash * 69069u + 907133923u;
  set->hash = hash == UINT64_MAX ? 590923713 : static_cast<Py_hash_t>(hash);
  return set->hash;
}

Result<bool> setEqual(SetObject* a, SetObject* b) {
  if (a->used != b->used) return false;
  if (a->hash != -1 && b->hash != -1 && a->hash != b->hash) return false;
  return setIsSubset(a, b);
}

Result<bool> compareSets(SetObject* a, SetObject* b, int op) {
  switch (op) {
    case Py_EQ: return setEqual(a, b);
    case Py_NE: return !TRY(setEqual(a, b));
    case Py_LE: return setIsSubset(a, b);
    case Py_GE: return setIsSuperset(a, b);
    case Py_LT: return a->used < b->used ? setIsSubset(a, b) : Result<bool>(false);
    default: return a->used > b->used ? setIsSuperset(a, b) : Result<bool>(false);
  }
}

Result<Ref<>> setCompare(PyObject* left, PyObject* right, int op) {
  if (!isAnySet(left) || !isAnySet(right)) return notImplemented();
  return boolRef(TRY(compareSets(cast<SetObject>(left), cast<SetObject>(right), op)));
}

// A set as key stands for the equal frozenset. Absent: the error that is pending stays.
Result<Ref<SetObject>> frozenStandIn(PyObject* key) {
  if (!isSet(key) || !pendingMatches(PyExc_TypeError)) return Raised{};
  clearPending();
  return setMake(&PyFrozenSet_Type, key);
}

Result<bool> setContainsMethod(SetObject* set, PyObject* key) {
  Result<bool> found = setContains(set, key);
  if (!found.failed()) return found;
  Ref<SetObject> frozen = TRY(frozenStandIn(key));
  return setContains(set, frozen);
}

Result<bool> discardKey(SetObject* set, PyObject* key) {
  Result<bool> found = setDiscard(set, key);
  if (!found.failed()) return found;
  Ref<SetObject> frozen = TRY(frozenStandIn(key));
  return setDiscard(set, frozen);
}

// --- methods ---

Status setAddMethod(SetObject* set, PyObject* key) { return setAdd(set, key); }
Status setDiscardMethod(SetObject* set, PyObject* key) {
  TRY(discardKey(set, key));
  return {};
}
Status setRemove(SetObject* set, PyObject* key) {
  if (TRY(discardKey(set, key))) return {};
  return raiseKeyError(key);
}
Status setClearMethod(SetObject* set) {
  setClear(set);
  return {};
}
Result<Ref<>> setCopyMethod(SetObject* set) { return TRY(setCopy(set)); }
Result<Ref<>> frozenCopyMethod(SetObject* set) {
  if (isExact(set, &PyFrozenSet_Type)) return share<PyObject>(set);
  return setCopyMethod(set);
}

Status setUpdateMethod(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.update", args.names));
  for (Py_ssize_t i = 0; i < args.count; i++) TRY(setUpdate(set, args.values[i]));
  return {};
}

Result<Ref<>> setUnionMethod(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.union", args.names));
  Ref<SetObject> result = TRY(setCopy(set));
  for (Py_ssize_t i = 0; i < args.count; i++) {
    if (args.values[i] != set) TRY(setUpdate(result, args.values[i]));
  }
  return result;
}

Result<Ref<SetObject>> intersectAll(SetObject* set, CallArgs args) {
  if (args.count == 0) return setCopy(set);
  auto result = share(set);
  for (Py_ssize_t i = 0; i < args.count; i++) result = TRY(setIntersection(result, args.values[i]));
  return result;
}

Result<Ref<>> setIntersectionMethod(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.intersection", args.names));
  return TRY(intersectAll(set, args));
}

Status setIntersectionUpdate(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.intersection_update", args.names));
  Ref<SetObject> result = TRY(intersectAll(set, args));
  setSwap(set, result);
  return {};
}

Result<Ref<>> setDifferenceMethod(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.difference", args.names));
  if (args.count == 0) return TRY(setCopy(set));
  Ref<SetObject> result = TRY(setDifference(set, args.values[0]));
  for (Py_ssize_t i = 1; i < args.count; i++) TRY(setDifferenceUpdate(result, args.values[i]));
  return result;
}

Status setDifferenceUpdateMethod(SetObject* set, CallArgs args) {
  TRY(checkNoKeywordNames("set.difference_update", args.names));
  for (Py_ssize_t i = 0; i < args.count; i++) TRY(setDifferenceUpdate(set, args.values[i]));
  return {};
}

Result<Ref<>> setSymmetricMethod(SetObject* set, PyObject* other) {
  return TRY(setSymmetricDifference(set, other));
}

Result<Ref<>> setReduce(PyObject* set) {
  Ref<ListObject> keys = TRY(sequenceList(set));
  Ref<TupleObject> args = TRY(tupleOf(keys.get()));
  Ref<> state = TRY(callMethod(set, name<"__getstate__">()));
  return TRY(tupleOf(typeObject(set), args.get(), state.get()));
}

Py_ssize_t setSizeof(SetObject* set) {
  Py_ssize_t table =
      set->table == set->smalltable ? 0 : (set->mask + 1) * static_cast<Py_ssize_t>(sizeof(SetEntry));
  return typeOf(set)->tp_basicsize + table;
}
Result<Ref<>> setClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

// --- operators: both sides must be sets ---

bool bothSets(PyObject* a, PyObject* b) { return isAnySet(a) && isAnySet(b); }

Result<Ref<>> setOr(PyObject* left, PyObject* right) {
  if (!bothSets(left, right)) return notImplemented();
  Ref<SetObject> result = TRY(setCopy(cast<SetObject>(left)));
  if (left != right) TRY(setUpdate(result, right));
  return result;
}
Result<Ref<>> setAnd(PyObject* left, PyObject* right) {
  if (!bothSets(left, right)) return notImplemented();
  return TRY(setIntersection(cast<SetObject>(left), right));
}
Result<Ref<>> setSubtract(PyObject* left, PyObject* right) {
  if (!bothSets(left, right)) return notImplemented();
  return TRY(setDifference(cast<SetObject>(left), right));
}
Result<Ref<>> setXor(PyObject* left, PyObject* right) {
  if (!bothSets(left, right)) return notImplemented();
  return TRY(setSymmetricDifference(cast<SetObject>(left), right));
}
Result<Ref<>> setInPlaceOr(SetObject* set, PyObject* other) {
  if (!isAnySet(other)) return notImplemented();
  TRY(setUpdate(set, other));
  return share<PyObject>(set);
}
Result<Ref<>> setInPlaceAnd(SetObject* set, PyObject* other) {
  if (!isAnySet(other)) return notImplemented();
  Ref<SetObject> result = TRY(setIntersection(set, other));
  setSwap(set, result);
  return share<PyObject>(set);
}
Result<Ref<>> setInPlaceSubtract(SetObject* set, PyObject* other) {
  if (!isAnySet(other)) return notImplemented();
  TRY(setDifferenceUpdate(set, other));
  return share<PyObject>(set);
}
Result<Ref<>> setInPlaceXor(SetObject* set, PyObject* other) {
  if (!isAnySet(other)) return notImplemented();
  TRY(setSymmetricUpdate(set, other));
  return share<PyObject>(set);
}

// --- iterator ---

void setIterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(cast<SetIterObject>(self)->set);
  objectFreeMemory(self);
}
int setIterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<SetIterObject>(self)->set);
}

PyObject* setIterNext(PyObject* self) {
  auto* iter = cast<SetIterObject>(self);
  SetObject* set = iter->set;
  if (!set) return nullptr;
  if (iter->used != set->used) {
    (void)raise(PyExc_RuntimeError, "Set changed size during iteration");
    iter->used = -1;
    return nullptr;
  }
  PyObject* key;
  if (setNext(set, &iter->position, &key, nullptr)) {
    iter->remaining--;
    return share(key).leak();
  }
  iter->set = nullptr;
  decref(set);
  return nullptr;
}

Py_ssize_t setIterLengthHint(SetIterObject* iter) {
  return iter->set && iter->used == iter->set->used ? iter->remaining : 0;
}

Result<Ref<>> setIterReduce(SetIterObject* iter) {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  MaybeRef<> rest;
  if (iter->set) {
    Ref<> made = TRY(setIter(iter->set));
    auto* copy = cast<SetIterObject>(made.get());
    copy->used = iter->used;
    copy->position = iter->position;
    copy->remaining = iter->remaining;
    rest = TRY(sequenceList(made));
  } else {
    rest = TRY(listNew());
  }
  Ref<TupleObject> args = TRY(tupleOf(rest.get()));
  return reduceTo(iter_function, args);
}

constexpr PyMethodDef kContainsRow = methodRow<"!__contains__($self, key, /)", setContainsMethod,
                                               SelfMode::kSelf, "key in self", METH_COEXIST>();
constexpr PyMethodDef kDifferenceRow = method<"!%difference($self, /, *others)", setDifferenceMethod,
                                              "The items that are in none of the others, as a new set.">;
constexpr PyMethodDef kIntersectionRow = method<"!%intersection($self, /, *others)", setIntersectionMethod,
                                                "The items that are in all of the others too, as a new set.">;
constexpr PyMethodDef kUnionRow =
    method<"!%union($self, /, *others)", setUnionMethod, "The items of all sets, as a new set.">;
constexpr PyMethodDef kSymmetricRow = method<"!symmetric_difference($self, other, /)", setSymmetricMethod,
                                             "The items that are in exactly one of both, as a new set.">;
constexpr PyMethodDef kDisjointRow =
    method<"!isdisjoint($self, other, /)", setIsDisjoint, "True if the two have no items in common.">;
constexpr PyMethodDef kSubsetRow =
    method<"!issubset($self, other, /)", setIsSubset, "True if the other contains all items of this set.">;
constexpr PyMethodDef kSupersetRow = method<"!issuperset($self, other, /)", setIsSuperset,
                                            "True if this set contains all items of the other.">;
constexpr PyMethodDef kReduceRow = method<"!__reduce__($self, /)", setReduce, kReduceDoc>;
constexpr PyMethodDef kSizeofRow = method<"!__sizeof__($self, /)", setSizeof, "Size in memory, in bytes.">;
constexpr PyMethodDef kClassGetItemRow = classMethod<"!__class_getitem__($type, object, /)", setClassGetItem,
                                                     "The type's generic alias, see PEP 585.">;

constinit PyMethodDef kSetMethods[] = {
    method<"!add($self, item, /)", setAddMethod, "Add an item; no effect when it is there already.">,
    method<"!clear($self, /)", setClearMethod, "Remove all items.">,
    kContainsRow,
    method<"!copy($self, /)", setCopyMethod, "A shallow copy.">,
    method<"!discard($self, item, /)", setDiscardMethod, "Remove an item; no effect when it is not there.">,
    kDifferenceRow,
    method<"!%difference_update($self, /, *others)", setDifferenceUpdateMethod,
           "Remove all items of the others.">,
    kIntersectionRow,
    method<"!%intersection_update($self, /, *others)", setIntersectionUpdate,
           "Keep what is in all of the others too.">,
    kDisjointRow,
    kSubsetRow,
    kSupersetRow,
    method<"!pop($self, /)", setPop, "Remove and return an arbitrary item; KeyError without one.">,
    kReduceRow,
    method<"!remove($self, item, /)", setRemove, "Remove an item; KeyError when it is not there.">,
    kSizeofRow,
    kSymmetricRow,
    method<"!symmetric_difference_update($self, other, /)", setSymmetricUpdate,
           "Keep what is in exactly one of both.">,
    kUnionRow,
    method<"!%update($self, /, *others)", setUpdateMethod, "Add all items of the others.">,
    kClassGetItemRow,
    {}};
constinit PyMethodDef kFrozenMethods[] = {kContainsRow,
                                          method<"!copy($self, /)", frozenCopyMethod, "A shallow copy.">,
                                          kDifferenceRow,
                                          kIntersectionRow,
                                          kDisjointRow,
                                          kSubsetRow,
                                          kSupersetRow,
                                          kReduceRow,
                                          kSizeofRow,
                                          kSymmetricRow,
                                          kUnionRow,
                                          kClassGetItemRow,
                                          {}};
constinit PyMethodDef kSetIterMethods[] = {
    method<"!__length_hint__($self, /)", setIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", setIterReduce, kReduceDoc>,
    {}};

constinit PyNumberMethods kSetAsNumber = {.nb_subtract = slot<setSubtract>,
                                          .nb_and = slot<setAnd>,
                                          .nb_xor = slot<setXor>,
                                          .nb_or = slot<setOr>,
                                          .nb_inplace_subtract = slot<setInPlaceSubtract>,
                                          .nb_inplace_and = slot<setInPlaceAnd>,
                                          .nb_inplace_xor = slot<setInPlaceXor>,
                                          .nb_inplace_or = slot<setInPlaceOr>};
constinit PyNumberMethods kFrozenAsNumber = {
    .nb_subtract = slot<setSubtract>, .nb_and = slot<setAnd>, .nb_xor = slot<setXor>, .nb_or = slot<setOr>};
constinit PySequenceMethods kSetAsSequence = {.sq_length = slot<setLength>,
                                              .sq_contains = slot<setContainsMethod>};
constexpr unsigned long kSetFlags =
    Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_IMMUTABLETYPE;

}  // namespace

Result<Ref<>> setIter(SetObject* set) {
  Ref<SetIterObject> iter = TRY(objectNew<SetIterObject>(&PySetIter_Type));
  iter->set = share(set).leak();
  iter->used = iter->remaining = set->used;
  iter->position = 0;
  gcTrack(iter);
  return iter;
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PySet_Type = {
    KR_TYPE_HEAD,
    .tp_name = "set",
    .tp_basicsize = sizeof(SetObject),
    .tp_dealloc = setDealloc,
    .tp_repr = slot<setRepr>,
    .tp_as_number = &kSetAsNumber,
    .tp_as_sequence = &kSetAsSequence,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kSetFlags,
    .tp_doc =
        "set() -> a new empty set\nset(iterable) -> a set of the iterable's items\n\nAn unordered collection "
        "of unique items.",
    .tp_traverse = setTraverse,
    .tp_clear = setTpClear,
    .tp_richcompare = slot<setCompare>,
    .tp_weaklistoffset = offsetof(SetObject, weakreflist),
    .tp_iter = slot<setIter>,
    .tp_methods = kSetMethods,
    .tp_init = slot<setTypeInit>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<setTypeNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<setTypeVectorcall>,
};
KR_EXPORT constinit PyTypeObject PyFrozenSet_Type = {
    KR_TYPE_HEAD,
    .tp_name = "frozenset",
    .tp_basicsize = sizeof(SetObject),
    .tp_dealloc = setDealloc,
    .tp_repr = slot<setRepr>,
    .tp_as_number = &kFrozenAsNumber,
    .tp_as_sequence = &kSetAsSequence,
    .tp_hash = slot<frozenHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kSetFlags,
    .tp_doc =
        "frozenset() -> an empty frozenset\nfrozenset(iterable) -> one of the iterable's items\n\nAn "
        "immutable set.",
    .tp_traverse = setTraverse,
    .tp_clear = setTpClear,
    .tp_richcompare = slot<setCompare>,
    .tp_weaklistoffset = offsetof(SetObject, weakreflist),
    .tp_iter = slot<setIter>,
    .tp_methods = kFrozenMethods,
    .tp_alloc = genericAlloc,
    .tp_new = slot<frozenTypeNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<frozenTypeVectorcall>,
};
KR_EXPORT constinit PyTypeObject PySetIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "set_iterator",
    .tp_basicsize = sizeof(SetIterObject),
    .tp_dealloc = setIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = setIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = setIterNext,
    .tp_methods = kSetIterMethods,
};
