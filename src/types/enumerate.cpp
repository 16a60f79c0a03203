// enumerate and reversed.
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/arg_checks.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/misc_objects.h"

namespace krait {

namespace {

// Counts in `index` until that would overflow, then in `long_index`.
struct EnumObject : PyObject {
  Py_ssize_t index;
  PyObject* iterator;
  TupleObject* result;   // reused while nobody else refers to it
  PyObject* long_index;  // int, or null
  PyObject* one;
};
static_assert(sizeof(EnumObject) == 56);

Result<Ref<>> enumMake(PyTypeObject* type, PyObject* iterable, Opt<> start) {
  Ref<EnumObject> self = TRY(typeAlloc<EnumObject>(type));
  self->one = share<PyObject>(smallInt(1)).leak();
  if (start) {
    Ref<IntObject> first = TRY(numberIndex(start.get()));
    long value;
    if (intFitsLong(first, &value)) {
      self->index = value;
    } else {
      self->index = PY_SSIZE_T_MAX;
      self->long_index = std::move(first).leak();
    }
  }
  self->iterator = TRY(getIter(iterable)).leak();
  PyObject* nones[] = {Py_None, Py_None};
  self->result = TRY(tupleFromItems(nones, 2)).leak();
  return self;
}

Result<Ref<>> enumNew(PyTypeObject* type, PyObject* iterable, Opt<> start) {
  return enumMake(type, iterable, start);
}

Raised raiseBadKeyword(PyObject* keyword) {
  return raise(PyExc_TypeError, "'%.200S' is an invalid keyword argument for enumerate()", keyword);
}
bool isNamed(TupleObject* names, Py_ssize_t i, const char* text) {
  return strEqualsAscii(cast<StrObject>(names->at(i)), text);
}

// The keywords are matched by hand here because the messages differ from those of tp_new.
Result<Ref<>> enumVectorcall(PyTypeObject* type, CallArgs args) {
  Py_ssize_t named = args.names ? args.names->size() : 0, total = args.count + named;
  PyObject *iterable, *start = nullptr;
  if (args.count == 1 && named == 1) {
    if (!isNamed(args.names.get(), 0, "start")) return raiseBadKeyword(args.names->at(0));
    iterable = args.values[0], start = args.values[1];
  } else if (args.count == 0 && named == 2) {
    bool swapped = isNamed(args.names.get(), 0, "start");
    for (Py_ssize_t i = 0; i < 2; i++) {
      const char* wanted = (i == 1) != swapped ? "start" : "iterable";
      if (!isNamed(args.names.get(), i, wanted)) return raiseBadKeyword(args.names->at(i));
    }
    iterable = args.values[swapped ? 1 : 0], start = args.values[swapped ? 0 : 1];
  } else if (args.count == 0 && named == 1) {
    if (!isNamed(args.names.get(), 0, "iterable")) return raiseBadKeyword(args.names->at(0));
    iterable = args.values[0];
  } else if (named == 0 && (args.count == 1 || args.count == 2)) {
    iterable = args.values[0], start = args.count == 2 ? args.values[1] : nullptr;
  } else if (args.count == 0) {
    return raise(PyExc_TypeError, "enumerate() missing required argument 'iterable'");
  } else {
    return raise(PyExc_TypeError, "enumerate() takes at most %d arguments (%zd given)", 2, total);
  }
  return enumMake(type, iterable, start);
}

void enumDealloc(PyObject* self) {
  auto* e = cast<EnumObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  xdecref(e->iterator);
  xdecref(e->result);
  xdecref(e->long_index);
  xdecref(e->one);
  objectFreeMemory(self);
}
int enumTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* e = cast<EnumObject>(self);
  return visitAll(visit, arg, e->iterator, e->result, e->long_index, e->one);
}

Result<Ref<>> nextNumber(EnumObject* e) {
  if (e->index < PY_SSIZE_T_MAX) return TRY(intFromLong(e->index++));
  if (!e->long_index) e->long_index = TRY(intFromLong(PY_SSIZE_T_MAX)).leak();
  Ref<> successor = TRY(numberAdd(e->long_index, e->one));
  return Ref<>::steal(std::exchange(e->long_index, std::move(successor).leak()));
}

Result<MaybeRef<>> enumNext(EnumObject* e) {
  MaybeRef<> item = TRY(iterNext(e->iterator));
  if (!item) return MaybeRef<>();
  Ref<> number = TRY(nextNumber(e));
  TupleObject* result = e->result;
  if (result->ob_refcnt == 1) {
    auto held = share<PyObject>(result);
    auto old_number = Ref<>::steal(std::exchange(result->ob_item[0], std::move(number).leak()));
    auto old_item = Ref<>::steal(std::exchange(result->ob_item[1], std::move(item).leak()));
    if (!gcIsTracked(result)) gcTrack(result);
    return MaybeRef<>(std::move(held));
  }
  PyObject* owned[] = {std::move(number).leak(), std::move(item).leak()};
  return MaybeRef<>(TRY(tupleFromOwned(owned, 2)));
}

Result<Ref<>> enumReduce(EnumObject* e) {
  Ref<> number = e->long_index ? share(e->long_index) : TRY(intObject(e->index));
  Ref<TupleObject> args = TRY(tupleOf(e->iterator, number.get()));
  return reduceTo(typeObject(e), args);
}
Result<Ref<>> enumClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

// --- reversed ---

Result<Ref<>> reversedMake(PyTypeObject* type, PyObject* sequence) {
  MaybeRef<> special = TRY(lookupSpecial(sequence, name<"__reversed__">()));
  if (special.get() == Py_None || (!special && !isSequence(sequence))) {
    return raise(PyExc_TypeError, "'%.200s' object is not reversible", typeName(sequence));
  }
  if (special) return call(special.get());
  Py_ssize_t size = TRY(sequenceLength(sequence));
  Ref<SeqIterObject> self = TRY(typeAlloc<SeqIterObject>(type));
  self->index = size - 1;
  self->seq = share(sequence).leak();
  return self;
}

Result<Ref<>> reversedNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &PyReversed_Type)) TRY(checkNoKeywords("reversed", kwargs));
  TRY(checkPositional("reversed", args->size(), 1, 1));
  return reversedMake(type, args->at(0));
}
Result<Ref<>> reversedVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("reversed", args.names));
  TRY(checkPositional("reversed", args.count, 1, 1));
  return reversedMake(type, args.values[0]);
}

Result<MaybeRef<>> reversedNext(SeqIterObject* iter) {
  Py_ssize_t index = iter->index;
  if (index >= 0 && iter->seq) {
    auto seq = share(iter->seq);
    Result<Ref<>> item = sequenceGet(seq, index);
    if (!item.failed()) {
      iter->index--;
      return MaybeRef<>(std::move(item).take());
    }
    if (!pendingMatches(PyExc_IndexError) && !pendingMatches(PyExc_StopIteration)) return Raised{};
    clearPending();
  }
  iter->index = -1;
  seqIterEnd(iter);
  return MaybeRef<>();
}

Result<Py_ssize_t> reversedLengthHint(SeqIterObject* iter) {
  if (!iter->seq) return 0;
  Py_ssize_t size = TRY(sequenceLength(iter->seq)), left = iter->index + 1;
  return size < left ? 0 : left;
}

Result<Ref<>> reversedReduce(SeqIterObject* iter) {
  if (!iter->seq) {
    Ref<TupleObject> empty = emptyTuple();
    Ref<TupleObject> args = TRY(tupleOf(empty.get()));
    return reduceTo(typeObject(iter), args);
  }
  Ref<TupleObject> args = TRY(tupleOf(iter->seq));
  Ref<> index = TRY(intObject(iter->index));
  return reduceTo(typeObject(iter), args, index.get());
}

Status reversedSetState(SeqIterObject* iter, StateIndex state) {
  if (!iter->seq) return {};
  Py_ssize_t size = TRY(sequenceLength(iter->seq)), index = state.value;
  iter->index = index < -1 ? -1 : index > size - 1 ? size - 1 : index;
  return {};
}

constinit PyMethodDef kEnumMethods[] = {method<"!__reduce__($self, /)", enumReduce, kReduceDoc>,
                                        classMethod<"!__class_getitem__($type, object, /)", enumClassGetItem,
                                                    "The type's generic alias, see PEP 585.">,
                                        {}};
constinit PyMethodDef kReversedMethods[] = {
    method<"!__length_hint__($self, /)", reversedLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", reversedReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", reversedSetState, kSetStateDoc>,
    {}};
constexpr unsigned long kFlags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE;

}  // namespace
}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyEnum_Type = {
    KR_TYPE_HEAD,
    .tp_name = "enumerate",
    .tp_basicsize = sizeof(EnumObject),
    .tp_dealloc = enumDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kFlags,
    .tp_doc = docText<"enumerate(iterable, start=0)",
                      "Pairs of a count, from start on, and an item of the iterable.">,
    .tp_traverse = enumTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<enumNext>,
    .tp_methods = kEnumMethods,
    .tp_alloc = genericAlloc,
    .tp_new = newSlot<"enumerate(iterable, start=0)", enumNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<enumVectorcall>,
};
KR_EXPORT constinit PyTypeObject PyReversed_Type = {
    KR_TYPE_HEAD,
    .tp_name = "reversed",
    .tp_basicsize = sizeof(SeqIterObject),
    .tp_dealloc = seqIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kFlags,
    .tp_doc = docText<"reversed(sequence, /)", "An iterator over the sequence's items, last one first.">,
    .tp_traverse = seqIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<reversedNext>,
    .tp_methods = kReversedMethods,
    .tp_alloc = genericAlloc,
    .tp_new = slot<reversedNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<reversedVectorcall>,
};
