// tuple.
//
// Freed tuples of up to 20 items are kept in one chain per size, linked through their first item.
#include "types/tuple.h"

#include "base/sanitizer.h"
#include "base/words.h"
#include "core/call.h"
#include "core/thread.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/free_list.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/slice.h"
#include "types/str_builder.h"

extern "C" PyTypeObject PyTupleIter_Type;

namespace krait {

namespace {

constexpr Py_ssize_t kMaxKeptSize = 20;
constexpr int kMaxKeptCount = kAddressSanitizer ? 0 : 500;
struct KeptTuples {
  TupleObject* first = nullptr;
  int count = 0;
};
constinit KeptTuples kept[kMaxKeptSize + 1];
TupleObject* empty_tuple = nullptr;

constexpr size_t tupleBytes(Py_ssize_t size) {
  return offsetof(TupleObject, ob_item) + static_cast<size_t>(size) * sizeof(PyObject*);
}

// Untracked, items uninitialised; size > 0.
KR_ALWAYS_INLINE Result<Ref<TupleObject>> tupleAllocate(Py_ssize_t size) {
  if (size <= kMaxKeptSize) {
    KeptTuples& chain = kept[size];
    if (TupleObject* tuple = chain.first) {
      chain.first = reinterpret_cast<TupleObject*>(tuple->ob_item[0]);
      chain.count--;
      tuple->ob_refcnt = 1;
      return Ref<TupleObject>::steal(tuple);
    }
  } else if (size > static_cast<Py_ssize_t>((PY_SSIZE_T_MAX - sizeof(TupleObject)) / sizeof(PyObject*))) {
    return raiseNoMemory();
  }
  Ref<> made = TRY(objectNewRaw(&PyTuple_Type, tupleBytes(size)));
  auto tuple = std::move(made).as<TupleObject>();
  tuple->ob_size = size;
  return tuple;
}

void tupleDealloc(PyObject* self) {
  auto* tuple = cast<TupleObject>(self);
  if (tuple == empty_tuple) {
    self->ob_refcnt = kImmortalRefcount;
    return;
  }
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  Py_ssize_t size = tuple->ob_size;
  for (Py_ssize_t i = size - 1; i >= 0; i--) xdecref(tuple->ob_item[i]);
  if (isExactTuple(self) && size > 0 && size <= kMaxKeptSize && kept[size].count < kMaxKeptCount) {
    tuple->ob_item[0] = reinterpret_cast<PyObject*>(kept[size].first);
    kept[size].first = tuple;
    kept[size].count++;
    return;
  }
  objectFreeMemory(self);
}

int tupleTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* tuple = cast<TupleObject>(self);
  for (Py_ssize_t i = tuple->ob_size; --i >= 0;) {
    if (!tuple->ob_item[i]) continue;
    if (int status = visit(tuple->ob_item[i], arg)) return status;
  }
  return 0;
}

Py_ssize_t tupleLength(TupleObject* tuple) { return tuple->ob_size; }

Result<Ref<StrObject>> tupleRepr(TupleObject* tuple) {
  if (tuple->ob_size == 0) return strLiteral("()");
  auto guard = TRY(ReprGuard::enter(tuple));
  if (guard.isRecursive()) return strLiteral("(...)");
  StrBuilder out;
  out.append('(');
  for (Py_ssize_t i = 0; i < tuple->ob_size; i++) {
    if (i > 0) out.append(", ");
    out.append(TRY(objectRepr(tuple->at(i))));
  }
  if (tuple->ob_size == 1) out.append(',');
  return out.finish(')');
}

constexpr uint64_t kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u,
                   kPrime5 = 2870177450012600261u;

// Hashing nested tuples recurses without counting against the recursion limit: only the C stack bounds it.
Status checkStack() {
  auto* here = static_cast<char*>(__builtin_frame_address(0));
  if (here > currentThread()->c_stack_limit) [[likely]]
    return {};
  return raise(PyExc_RecursionError, "maximum recursion depth exceeded while hashing a tuple");
}

Result<Py_hash_t> tupleHash(TupleObject* tuple) {
  TRY(checkStack());
  uint64_t hash = kPrime5;
  Py_ssize_t size = tuple->ob_size;
  for (Py_ssize_t i = 0; i < size; i++) {
    hash += static_cast<uint64_t>(TRY(objectHash(tuple->at(i)))) * kPrime2;
    hash = (hash << 31) | (hash >> 33);
    hash *= kPrime1;
  }
  hash += static_cast<uint64_t>(size) ^ (kPrime5 ^ 3527539u);
  return hash == UINT64_MAX ? Py_hash_t{1546275796} : static_cast<Py_hash_t>(hash);
}

Result<Ref<>> tupleCompare(PyObject* left, PyObject* right, int op) {
  if (!isTuple(left) || !isTuple(right)) return notImplemented();
  auto *a = cast<TupleObject>(left), *b = cast<TupleObject>(right);
  Py_ssize_t common = a->ob_size < b->ob_size ? a->ob_size : b->ob_size, i = 0;
  while (i < common && TRY(objectEquals(a->at(i), b->at(i)))) i++;
  if (i >= common) return boolRef(compareValues(a->ob_size, b->ob_size, op));
  if (op == Py_EQ) return boolRef(false);
  if (op == Py_NE) return boolRef(true);
  return richCompare(a->at(i), b->at(i), op);
}

Result<bool> tupleContains(TupleObject* tuple, PyObject* value) {
  for (Py_ssize_t i = 0; i < tuple->ob_size; i++) {
    if (TRY(objectEquals(tuple->at(i), value))) return true;
  }
  return false;
}

Raised raiseIndex() { return raise(PyExc_IndexError, "tuple index out of range"); }

Result<Ref<>> tupleItem(TupleObject* tuple, Py_ssize_t index) {
  if (static_cast<size_t>(index) >= static_cast<size_t>(tuple->ob_size)) return raiseIndex();
  return share(tuple->at(index));
}

Result<Ref<>> tupleStrided(TupleObject* tuple, SliceBounds bounds, Py_ssize_t count) {
  if (count <= 0) return emptyTuple();
  if (bounds.start == 0 && bounds.step == 1 && count == tuple->ob_size && isExactTuple(tuple)) {
    return share<PyObject>(tuple);
  }
  Ref<TupleObject> result = TRY(tupleAllocate(count));
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    result->ob_item[i] = share(tuple->at(at)).leak();
  }
  gcTrack(result);
  return result;
}

Result<Ref<>> tupleSubscript(TupleObject* tuple, PyObject* key) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    return tupleItem(tuple, index < 0 ? index + tuple->ob_size : index);
  }
  if (!isSlice(key)) {
    return raise(PyExc_TypeError, "tuple indices must be integers or slices, not %.200s", typeName(key));
  }
  SliceBounds bounds = TRY(sliceUnpack(cast<SliceObject>(key)));
  Py_ssize_t count = sliceAdjust(bounds, tuple->ob_size);
  return tupleStrided(tuple, bounds, count);
}

Result<Ref<>> tupleConcatSlot(TupleObject* tuple, PyObject* other) {
  if (tuple->ob_size == 0 && isExactTuple(other)) return share(other);
  if (!isTuple(other)) {
    return raise(PyExc_TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", typeName(other));
  }
  return TRY(tupleConcat(tuple, cast<TupleObject>(other)));
}

Result<Ref<>> tupleRepeat(TupleObject* tuple, Py_ssize_t count) {
  Py_ssize_t size = tuple->ob_size;
  if ((size == 0 || count == 1) && isExactTuple(tuple)) return share<PyObject>(tuple);
  if (size == 0 || count <= 0) return emptyTuple();
  if (count > PY_SSIZE_T_MAX / size) return raiseNoMemory();
  Ref<TupleObject> result = TRY(tupleAllocate(size * count));
  for (Py_ssize_t i = 0; i < size; i++) tuple->at(i)->ob_refcnt += count;
  for (Py_ssize_t i = 0; i < count; i++) {
    std::memcpy(result->ob_item + i * size, tuple->ob_item, static_cast<size_t>(size) * sizeof(PyObject*));
  }
  gcTrack(result);
  return result;
}

Result<Py_ssize_t> tupleIndex(TupleObject* tuple, PyObject* value, SliceIndex start, SliceIndex stop) {
  Py_ssize_t size = tuple->ob_size, end = stop.from(size);
  for (Py_ssize_t i = start.from(size); i < end && i < size; i++) {
    if (TRY(objectEquals(tuple->at(i), value))) return i;
  }
  return raise(PyExc_ValueError, "tuple.index(x): x not in tuple");
}

Result<Py_ssize_t> tupleCount(TupleObject* tuple, PyObject* value) {
  Py_ssize_t count = 0;
  for (Py_ssize_t i = 0; i < tuple->ob_size; i++) count += TRY(objectEquals(tuple->at(i), value));
  return count;
}

Result<Ref<>> tupleGetNewArgs(TupleObject* tuple) {
  Ref<TupleObject> copy = TRY(tupleSlice(tuple, 0, tuple->ob_size));
  if (copy.get() == tuple && !isExactTuple(tuple)) copy = TRY(tupleFromItems(tuple->ob_item, tuple->ob_size));
  return TRY(tupleOf(copy.get()));
}

Result<Ref<>> subclassTuple(PyTypeObject* type, TupleObject* items) {
  Ref<TupleObject> result = TRY(typeAlloc<TupleObject>(type, items->ob_size));
  for (Py_ssize_t i = 0; i < items->ob_size; i++) result->ob_item[i] = share(items->at(i)).leak();
  return result;
}

Result<Ref<>> tupleMake(PyTypeObject* type, Opt<> iterable) {
  Ref<TupleObject> items = iterable ? TRY(sequenceTuple(iterable.get())) : emptyTuple();
  if (type == &PyTuple_Type) return items;
  return subclassTuple(type, items);
}

Result<Ref<>> tupleTypeNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &PyTuple_Type)) TRY(checkNoKeywords("tuple", kwargs));
  TRY(checkPositional("tuple", args->size(), 0, 1));
  return tupleMake(type, args->size() == 1 ? Opt<>(args->at(0)) : nullptr);
}

Result<Ref<>> tupleTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("tuple", args.names));
  TRY(checkPositional("tuple", args.count, 0, 1));
  return tupleMake(type, args.count == 1 ? Opt<>(args.values[0]) : nullptr);
}

Result<Ref<>> tupleIter(PyObject* tuple) { return seqIterMake(&PyTupleIter_Type, tuple); }
Result<Ref<>> tupleClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

PyObject* tupleIterNext(PyObject* self) {
  auto* iter = cast<SeqIterObject>(self);
  auto* tuple = static_cast<TupleObject*>(iter->seq);
  if (!tuple) return nullptr;
  if (iter->index >= tuple->ob_size) return seqIterEnd(iter);
  return share(tuple->at(iter->index++)).leak();
}

Py_ssize_t tupleIterLengthHint(SeqIterObject* iter) {
  return iter->seq ? cast<TupleObject>(iter->seq)->ob_size - iter->index : 0;
}

Result<Ref<>> tupleIterReduce(SeqIterObject* iter) {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  auto seq = share(iter->seq ? iter->seq : static_cast<PyObject*>(emptyTuple().get()));
  Ref<TupleObject> args = TRY(tupleOf(seq.get()));
  if (!iter->seq) return reduceTo(iter_function, args);
  Ref<> index = TRY(intObject(iter->index));
  return reduceTo(iter_function, args, index.get());
}

Status tupleIterSetState(SeqIterObject* iter, StateIndex state) {
  Py_ssize_t index = state.value;
  if (!iter->seq) return {};
  Py_ssize_t size = cast<TupleObject>(iter->seq)->ob_size;
  iter->index = index < 0 ? 0 : index > size ? size : index;
  return {};
}

constinit PyMethodDef kTupleMethods[] = {
    method<"__getnewargs__($self, /)", tupleGetNewArgs>,
    method<"index($self, value, start=0, stop=sys.maxsize, /)", tupleIndex,
           "The first index of value; ValueError when it is not there.">,
    method<"count($self, value, /)", tupleCount, "The number of items equal to value.">,
    classMethod<"!__class_getitem__($type, object, /)", tupleClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyMethodDef kTupleIterMethods[] = {
    method<"!__length_hint__($self, /)", tupleIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", tupleIterReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", tupleIterSetState, kSetStateDoc>,
    {}};
constinit PySequenceMethods kTupleAsSequence = {.sq_length = slot<tupleLength>,
                                                .sq_concat = slot<tupleConcatSlot>,
                                                .sq_repeat = slot<tupleRepeat>,
                                                .sq_item = slot<tupleItem>,
                                                .sq_contains = slot<tupleContains>};
constinit PyMappingMethods kTupleAsMapping = {.mp_length = slot<tupleLength>,
                                              .mp_subscript = slot<tupleSubscript>};

}  // namespace

Ref<TupleObject> emptyTuple() {
  if (!empty_tuple) [[unlikely]] {
    Ref<> made = MUST(objectNewRaw(&PyTuple_Type, tupleBytes(1)));
    empty_tuple = cast<TupleObject>(std::move(made).leak());
    empty_tuple->ob_size = 0;
    empty_tuple->ob_refcnt = kImmortalRefcount;
  }
  return share(empty_tuple);
}

Result<Ref<TupleObject>> tupleNew(Py_ssize_t size) {
  if (size == 0) return emptyTuple();
  if (size < 0) return raiseBadInternalCall();
  Ref<TupleObject> tuple = TRY(tupleAllocate(size));
  zeroWords(tuple->ob_item, static_cast<size_t>(size));
  gcTrack(tuple);
  return tuple;
}

Result<Ref<TupleObject>> tupleFromItems(PyObject* const* items, Py_ssize_t size) {
  if (size == 0) return emptyTuple();
  Ref<TupleObject> tuple = TRY(tupleAllocate(size));
  for (Py_ssize_t i = 0; i < size; i++) {
    incref(items[i]);
    tuple->ob_item[i] = items[i];
  }
  gcTrack(tuple);
  return tuple;
}

Result<Ref<TupleObject>> tupleFromOwned(PyObject** items, Py_ssize_t size) {
  if (size == 0) return emptyTuple();
  Result<Ref<TupleObject>> made = tupleAllocate(size);
  if (made.failed()) {
    for (Py_ssize_t i = 0; i < size; i++) decref(items[i]);
    return Raised{};
  }
  Ref<TupleObject> tuple = std::move(made).take();
  std::memcpy(tuple->ob_item, items, static_cast<size_t>(size) * sizeof(PyObject*));
  gcTrack(tuple);
  return tuple;
}

Result<Ref<TupleObject>> tupleSlice(TupleObject* tuple, Py_ssize_t start, Py_ssize_t stop) {
  if (start < 0) start = 0;
  if (stop > tuple->ob_size) stop = tuple->ob_size;
  if (stop < start) stop = start;
  if (start == 0 && stop == tuple->ob_size && isExactTuple(tuple)) return share(tuple);
  return tupleFromItems(tuple->ob_item + start, stop - start);
}

Result<Ref<TupleObject>> tupleConcat(TupleObject* a, TupleObject* b) {
  if (b->ob_size == 0 && isExactTuple(a)) return share(a);
  if (a->ob_size == 0 && isExactTuple(b)) return share(b);
  Py_ssize_t size = a->ob_size + b->ob_size;
  if (size == 0) return emptyTuple();
  Ref<TupleObject> result = TRY(tupleAllocate(size));
  PyObject** out = result->ob_item;
  for (Py_ssize_t i = 0; i < a->ob_size; i++) *out++ = share(a->at(i)).leak();
  for (Py_ssize_t i = 0; i < b->ob_size; i++) *out++ = share(b->at(i)).leak();
  gcTrack(result);
  return result;
}

void tupleClearFreeList() {
  for (KeptTuples& chain : kept) {
    while (TupleObject* tuple = chain.first) {
      chain.first = reinterpret_cast<TupleObject*>(tuple->ob_item[0]);
      gcFree(tuple);
    }
    chain.count = 0;
  }
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyTuple_Type = {
    KR_TYPE_HEAD,
    .tp_name = "tuple",
    .tp_basicsize = offsetof(TupleObject, ob_item),
    .tp_itemsize = sizeof(PyObject*),
    .tp_dealloc = tupleDealloc,
    .tp_repr = slot<tupleRepr>,
    .tp_as_sequence = &kTupleAsSequence,
    .tp_as_mapping = &kTupleAsMapping,
    .tp_hash = slot<tupleHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_MATCH_SELF |
                Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<"tuple(iterable=(), /)",
                      "An immutable sequence; a tuple given as the argument is returned as it is.">,
    .tp_traverse = tupleTraverse,
    .tp_richcompare = slot<tupleCompare>,
    .tp_iter = slot<tupleIter>,
    .tp_methods = kTupleMethods,
    .tp_new = slot<tupleTypeNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<tupleTypeVectorcall>,
};
KR_EXPORT constinit PyTypeObject PyTupleIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "tuple_iterator",
    .tp_basicsize = sizeof(SeqIterObject),
    .tp_dealloc = seqIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = seqIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = tupleIterNext,
    .tp_methods = kTupleIterMethods,
};
