// iterator (over objects with __getitem__) and callable_iterator (iter(callable, sentinel)).
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/iter_support.h"
#include "types/misc_objects.h"

extern "C" PyTypeObject PySeqIter_Type, PyCallIter_Type;

namespace krait {

namespace {

struct CallIterObject : PyObject {
  PyObject *callable, *sentinel;  // both null: exhausted
};
static_assert(sizeof(CallIterObject) == 32);

// Forgets an IndexError or StopIteration: the sequence has ended. False: another exception stays pending.
bool endedQuietly() {
  if (!pendingMatches(PyExc_IndexError) && !pendingMatches(PyExc_StopIteration)) return false;
  clearPending();
  return true;
}

Result<MaybeRef<>> seqIterNext(SeqIterObject* iter) {
  if (!iter->seq) return MaybeRef<>();
  if (iter->index == PY_SSIZE_T_MAX) return raise(PyExc_OverflowError, "iter index too large");
  auto seq = share(iter->seq);
  Result<Ref<>> item = sequenceGet(seq, iter->index);
  if (!item.failed()) {
    iter->index++;
    return MaybeRef<>(std::move(item).take());
  }
  if (!endedQuietly()) return Raised{};
  seqIterEnd(iter);
  return MaybeRef<>();
}

Result<Ref<>> seqIterLengthHint(SeqIterObject* iter) {
  if (!iter->seq) return intObject(0);
  PyTypeObject* type = typeOf(iter->seq);
  bool has_length = (type->tp_as_sequence && type->tp_as_sequence->sq_length) ||
                    (type->tp_as_mapping && type->tp_as_mapping->mp_length);
  if (!has_length) return notImplemented();
  Py_ssize_t left = TRY(sequenceLength(iter->seq)) - iter->index;
  return intObject(left < 0 ? 0 : left);
}

Result<Ref<>> reduceExhausted() {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  Ref<TupleObject> empty = emptyTuple();
  Ref<TupleObject> args = TRY(tupleOf(empty.get()));
  return reduceTo(iter_function, args);
}

Result<Ref<>> seqIterReduce(SeqIterObject* iter) {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  if (!iter->seq) return reduceExhausted();
  Ref<TupleObject> args = TRY(tupleOf(iter->seq));
  Ref<> index = TRY(intObject(iter->index));
  return reduceTo(iter_function, args, index.get());
}

Status seqIterSetState(SeqIterObject* iter, StateIndex state) {
  if (iter->seq) iter->index = state.value < 0 ? 0 : state.value;
  return {};
}

void callIterDealloc(PyObject* self) {
  auto* iter = cast<CallIterObject>(self);
  gcUntrack(self);
  xdecref(iter->callable);
  xdecref(iter->sentinel);
  objectFreeMemory(self);
}
int callIterTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* iter = cast<CallIterObject>(self);
  return visitAll(visit, arg, iter->callable, iter->sentinel);
}

void callIterEnd(CallIterObject* iter) {
  auto callable = MaybeRef<>::steal(std::exchange(iter->callable, nullptr));
  auto sentinel = MaybeRef<>::steal(std::exchange(iter->sentinel, nullptr));
}

Result<MaybeRef<>> callIterNext(CallIterObject* iter) {
  if (!iter->callable) return MaybeRef<>();
  auto callable = share(iter->callable);
  Result<Ref<>> answer = call(callable.get());
  if (answer.failed()) {
    if (!pendingMatches(PyExc_StopIteration)) return Raised{};
    clearPending();
    callIterEnd(iter);
    return MaybeRef<>();
  }
  Ref<> item = std::move(answer).take();
  if (!iter->sentinel) return MaybeRef<>();  // the call has exhausted this very iterator
  auto sentinel = share(iter->sentinel);
  if (!TRY(richCompareBool(sentinel, item, Py_EQ))) return MaybeRef<>(std::move(item));
  callIterEnd(iter);
  return MaybeRef<>();
}

Result<Ref<>> callIterReduce(CallIterObject* iter) {
  Ref<> iter_function = TRY(builtinAttr("iter"));
  if (!iter->callable || !iter->sentinel) return reduceExhausted();
  Ref<TupleObject> args = TRY(tupleOf(iter->callable, iter->sentinel));
  return reduceTo(iter_function, args);
}

constinit PyMethodDef kSeqIterMethods[] = {
    method<"!__length_hint__($self, /)", seqIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", seqIterReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", seqIterSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kCallIterMethods[] = {method<"!__reduce__($self, /)", callIterReduce, kReduceDoc>, {}};

}  // namespace

Result<Ref<>> seqIterNew(PyObject* sequence) { return seqIterMake(&PySeqIter_Type, sequence); }

Result<Ref<>> callIterNew(PyObject* callable, PyObject* sentinel) {
  Ref<CallIterObject> iter = TRY(objectNew<CallIterObject>(&PyCallIter_Type));
  iter->callable = share(callable).leak();
  iter->sentinel = share(sentinel).leak();
  gcTrack(iter);
  return iter;
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PySeqIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "iterator",
    .tp_basicsize = sizeof(SeqIterObject),
    .tp_dealloc = seqIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = seqIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<seqIterNext>,
    .tp_methods = kSeqIterMethods,
};
KR_EXPORT constinit PyTypeObject PyCallIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "callable_iterator",
    .tp_basicsize = sizeof(CallIterObject),
    .tp_dealloc = callIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = callIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<callIterNext>,
    .tp_methods = kCallIterMethods,
};
