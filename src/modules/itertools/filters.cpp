// accumulate, compress, dropwhile, takewhile, filterfalse, starmap, islice, pairwise.
#include "modules/itertools/itertools.h"

namespace krait::modules {
namespace {

// --- accumulate ---

struct AccumulateObject : PyObject {
  PyObject *total, *iterator, *function, *initial;  // total: null before the first item; function: null for +
};
static_assert(sizeof(AccumulateObject) == 48);

Result<Ref<>> accumulateNew(PyTypeObject* type, PyObject* iterable, PyObject* function, PyObject* initial) {
  Ref<> iterator = TRY(getIter(iterable));
  Ref<AccumulateObject> self = TRY(typeAlloc<AccumulateObject>(type));
  if (function != Py_None) self->function = share(function).leak();
  self->iterator = std::move(iterator).leak();
  self->initial = share(initial).leak();
  return self;
}
Result<MaybeRef<>> accumulateNext(AccumulateObject* self) {
  if (self->initial != Py_None) {
    auto first = Ref<>::steal(std::exchange(self->initial, none().leak()));
    auto old = MaybeRef<>::steal(std::exchange(self->total, first.clone().leak()));
    return MaybeRef<>(std::move(first));
  }
  auto iterator = share(self->iterator);
  MaybeRef<> item = TRY(iterNext(iterator));
  if (!item) return item;
  if (!self->total) {
    self->total = share(item.get()).leak();
    return item;
  }
  auto total = share(self->total);
  auto function = MaybeRef<>::share(self->function);
  Ref<> next =
      function ? TRY(call(function.get(), total.get(), item.get())) : TRY(numberAdd(total, item.get()));
  auto old = MaybeRef<>::steal(std::exchange(self->total, next.clone().leak()));
  return MaybeRef<>(std::move(next));
}
Result<Ref<>> accumulateReduce(AccumulateObject* self) {
  PyObject* function = self->function ? self->function : Py_None;
  auto* chain = reinterpret_cast<PyObject*>(&chain_type);
  if (self->initial != Py_None) {
    Ref<TupleObject> head = TRY(tupleOf(self->initial));
    Ref<> whole = TRY(call(chain, static_cast<PyObject*>(head.get()), self->iterator));
    Ref<TupleObject> args = TRY(tupleOf(whole.get(), function));
    return reduceTo(typeObject(self), args, Py_None);
  }
  if (self->total == Py_None) {  // a total of None would read as "no total yet": start over it and skip one
    Ref<TupleObject> head = TRY(tupleOf(self->total));
    Ref<> whole = TRY(call(chain, static_cast<PyObject*>(head.get()), self->iterator));
    Ref<> inner = TRY(call(reinterpret_cast<PyObject*>(&accumulate_type), whole.get(), function));
    Ref<TupleObject> args = TRY(tupleOf(inner.get(), static_cast<PyObject*>(smallInt(1)), Py_None));
    return reduceTo(reinterpret_cast<PyObject*>(&islice_type), args);
  }
  Ref<TupleObject> args = TRY(tupleOf(self->iterator, function));
  return reduceTo(typeObject(self), args, self->total ? self->total : Py_None);
}
Status accumulateSetState(AccumulateObject* self, PyObject* state) {
  auto old = MaybeRef<>::steal(std::exchange(self->total, share(state).leak()));
  return {};
}

// --- compress ---

struct CompressObject : PyObject {
  PyObject *data, *selectors;
};
Result<Ref<>> compressNew(PyTypeObject* type, PyObject* data, PyObject* selectors) {
  Ref<> items = TRY(getIter(data));
  Ref<> choices = TRY(getIter(selectors));
  Ref<CompressObject> self = TRY(typeAlloc<CompressObject>(type));
  self->data = std::move(items).leak();
  self->selectors = std::move(choices).leak();
  return self;
}
Result<MaybeRef<>> compressNext(CompressObject* self) {
  for (;;) {
    MaybeRef<> item = TRY(iterNext(self->data));
    if (!item) return item;
    MaybeRef<> selector = TRY(iterNext(self->selectors));
    if (!selector) return MaybeRef<>();
    if (TRY(objectIsTrue(selector.get()))) return item;
  }
}
Result<Ref<>> compressReduce(CompressObject* self) {
  Ref<TupleObject> args = TRY(tupleOf(self->data, self->selectors));
  return reduceTo(typeObject(self), args);
}

// --- dropwhile, takewhile, filterfalse, starmap: a function and an iterator ---

struct FunctionIterObject : PyObject {
  PyObject *function, *iterator;
};
static_assert(sizeof(FunctionIterObject) == 32);
struct WhileObject : FunctionIterObject {
  long done;  // dropwhile: dropping has ended; takewhile: taking has
};
static_assert(sizeof(WhileObject) == 40);

extern PyTypeObject dropwhile_type, takewhile_type, filterfalse_type, starmap_type;

template <PyTypeObject& kType, Text kName>
Result<Ref<>> functionIterNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkIteratorArgs(type, kType, kName.chars, args, kwargs, 2, 2));
  Ref<> iterator = TRY(getIter(args->at(1)));
  Ref<FunctionIterObject> self = TRY(typeAlloc<FunctionIterObject>(type));
  self->function = share(args->at(0)).leak();
  self->iterator = std::move(iterator).leak();
  return self;
}

Result<bool> predicateHolds(FunctionIterObject* self, PyObject* item) {
  auto function = share(self->function);
  Ref<> answer = TRY(call(function.get(), item));
  return objectIsTrue(answer);
}

Result<MaybeRef<>> dropwhileNext(WhileObject* self) {
  for (;;) {
    MaybeRef<> item = TRY(iterNext(self->iterator));
    if (!item || self->done) return item;
    if (TRY(predicateHolds(self, item.get()))) continue;
    self->done = 1;
    return item;
  }
}
Result<MaybeRef<>> takewhileNext(WhileObject* self) {
  if (self->done) return MaybeRef<>();
  MaybeRef<> item = TRY(iterNext(self->iterator));
  if (!item) return item;
  if (TRY(predicateHolds(self, item.get()))) return item;
  self->done = 1;
  return MaybeRef<>();
}
Result<MaybeRef<>> filterfalseNext(FunctionIterObject* self) {
  bool by_truth = self->function == Py_None || self->function == reinterpret_cast<PyObject*>(&PyBool_Type);
  for (;;) {
    MaybeRef<> item = TRY(iterNext(self->iterator));
    if (!item) return item;
    if (!TRY(by_truth ? objectIsTrue(item.get()) : predicateHolds(self, item.get()))) return item;
  }
}
Result<MaybeRef<>> starmapNext(FunctionIterObject* self) {
  MaybeRef<> item = TRY(iterNext(self->iterator));
  if (!item) return item;
  Ref<TupleObject> args = TRY(sequenceTuple(item.get()));
  auto function = share(self->function);
  return MaybeRef<>(TRY(callVector(function, args->items(), static_cast<size_t>(args->size()), nullptr)));
}

Result<Ref<>> functionIterReduce(FunctionIterObject* self) {
  Ref<TupleObject> args = TRY(tupleOf(self->function, self->iterator));
  return reduceTo(typeObject(self), args);
}
Result<Ref<>> whileReduce(WhileObject* self) {
  Ref<TupleObject> args = TRY(tupleOf(self->function, self->iterator));
  return reduceTo(typeObject(self), args, smallInt(self->done != 0));
}
Status whileSetState(WhileObject* self, PyObject* state) {
  self->done = TRY(objectIsTrue(state));
  return {};
}

// --- islice ---

struct SliceIterObject : PyObject {
  PyObject* iterator;                  // null: exhausted
  Py_ssize_t next, stop, step, count;  // stop -1: none; count: items taken from the iterator
};
static_assert(sizeof(SliceIterObject) == 56);

// A bound, absent for None; negative and unfit ones fail with ValueError.
Result<Py_ssize_t> sliceBound(PyObject* value, Py_ssize_t fallback, const char* message) {
  if (value == Py_None) return fallback;
  if (isIndex(value)) {
    Result<Py_ssize_t> bound = asSsize(value, PyExc_OverflowError);
    if (!bound.failed()) {
      Py_ssize_t number = std::move(bound).take();
      if (number >= 0) return number;
    }
  }
  clearPending();
  return raise(PyExc_ValueError, message);
}
constexpr const char* kBadStop =
    "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
constexpr const char* kBadIndices = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
constexpr const char* kBadStep = "Step for islice() must be a positive integer or None.";

Result<Ref<>> isliceNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkIteratorArgs(type, islice_type, "islice", args, kwargs, 2, 4));
  Py_ssize_t start = 0, stop, step = 1;
  if (args->size() == 2) {
    stop = TRY(sliceBound(args->at(1), -1, kBadStop));
  } else {
    stop = TRY(sliceBound(args->at(2), -1, kBadStop));
    start = TRY(sliceBound(args->at(1), 0, kBadIndices));
  }
  if (args->size() == 4) step = TRY(sliceBound(args->at(3), 1, kBadStep));
  if (step < 1) return raise(PyExc_ValueError, kBadStep);
  Ref<> iterator = TRY(getIter(args->at(0)));
  Ref<SliceIterObject> self = TRY(typeAlloc<SliceIterObject>(type));
  self->iterator = std::move(iterator).leak();
  self->next = start;
  self->stop = stop;
  self->step = step;
  return self;
}
Result<MaybeRef<>> isliceEnd(SliceIterObject* self) {
  auto old = MaybeRef<>::steal(std::exchange(self->iterator, nullptr));
  return MaybeRef<>();
}
Result<MaybeRef<>> isliceNext(SliceIterObject* self) {
  if (!self->iterator) return MaybeRef<>();
  auto iterator = share(self->iterator);
  while (self->count < self->next) {
    MaybeRef<> skipped = TRY(iterNext(iterator));
    if (!skipped) return isliceEnd(self);
    self->count++;
  }
  if (self->stop != -1 && self->count >= self->stop) return isliceEnd(self);
  MaybeRef<> item = TRY(iterNext(iterator));
  if (!item) return isliceEnd(self);
  self->count++;
  Py_ssize_t old = self->next;
  self->next = static_cast<Py_ssize_t>(static_cast<size_t>(old) + static_cast<size_t>(self->step));
  if (self->next < old || (self->stop != -1 && self->next > self->stop)) self->next = self->stop;
  return item;
}
Result<Ref<>> isliceReduce(SliceIterObject* self) {
  if (!self->iterator) {
    Ref<ListObject> empty = TRY(listNew());
    Ref<> iterator = TRY(getIter(empty));
    Ref<TupleObject> args = TRY(tupleOf(iterator.get(), static_cast<PyObject*>(smallInt(0))));
    return reduceTo(typeObject(self), args, smallInt(0));
  }
  Ref<> next = TRY(intObject(self->next));
  Ref<> stop = self->stop == -1 ? none() : TRY(intObject(self->stop));
  Ref<> step = TRY(intObject(self->step));
  Ref<> count = TRY(intObject(self->count));
  Ref<TupleObject> args = TRY(tupleOf(self->iterator, next.get(), stop.get(), step.get()));
  return reduceTo(typeObject(self), args, count.get());
}
Status isliceSetState(SliceIterObject* self, StateIndex state) {
  self->count = state.value;
  return {};
}

// --- pairwise ---

struct PairwiseObject : PyObject {
  PyObject *iterator, *old;
};
extern PyTypeObject pairwise_type;

Result<Ref<>> pairwiseNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkIteratorArgs(type, pairwise_type, "pairwise", args, kwargs, 1, 1));
  Ref<> iterator = TRY(getIter(args->at(0)));
  Ref<PairwiseObject> self = TRY(typeAlloc<PairwiseObject>(type));
  self->iterator = std::move(iterator).leak();
  return self;
}
void pairwiseEnd(PairwiseObject* self) {
  auto iterator = MaybeRef<>::steal(std::exchange(self->iterator, nullptr));
  auto old = MaybeRef<>::steal(std::exchange(self->old, nullptr));
}
Result<MaybeRef<>> pairwiseNext(PairwiseObject* self) {
  if (!self->iterator) return MaybeRef<>();
  auto iterator = share(self->iterator);
  auto old = MaybeRef<>::share(self->old);
  if (!old) {
    old = TRY(iterNext(iterator));
    auto replaced = MaybeRef<>::steal(std::exchange(self->old, MaybeRef<>::share(old.get()).leak()));
    if (!old) {
      pairwiseEnd(self);
      return MaybeRef<>();
    }
    if (!self->iterator) {
      pairwiseEnd(self);
      return MaybeRef<>();
    }
  }
  MaybeRef<> item = TRY(iterNext(iterator));
  if (!item) {
    pairwiseEnd(self);
    return MaybeRef<>();
  }
  Ref<TupleObject> pair = TRY(tupleOf(old.get(), item.get()));
  auto replaced = MaybeRef<>::steal(std::exchange(self->old, std::move(item).leak()));
  return MaybeRef<>(std::move(pair));
}

constinit PyMethodDef kAccumulateMethods[] = {
    method<"!__reduce__($self, /)", accumulateReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", accumulateSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kCompressMethods[] = {method<"!__reduce__($self, /)", compressReduce, kReduceDoc>, {}};
constinit PyMethodDef kFunctionMethods[] = {method<"!__reduce__($self, /)", functionIterReduce, kReduceDoc>,
                                            {}};
constinit PyMethodDef kWhileMethods[] = {
    method<"!__reduce__($self, /)", whileReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", whileSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kSliceMethods[] = {
    method<"!__reduce__($self, /)", isliceReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", isliceSetState, kSetStateDoc>,
    {}};

constexpr PyTypeObject functionIterType(const char* name, const char* doc, Py_ssize_t size, iternextfunc next,
                                        newfunc make, PyMethodDef* methods) {
  return iteratorType(
      {.name = name,
       .doc = doc,
       .size = size,
       .dealloc = fieldsDealloc<&FunctionIterObject::function, &FunctionIterObject::iterator>,
       .traverse = fieldsTraverse<&FunctionIterObject::function, &FunctionIterObject::iterator>,
       .next = next,
       .make = make,
       .methods = methods});
}
PyTypeObject dropwhile_type = functionIterType(
    "itertools.dropwhile",
    docText<"dropwhile(predicate, iterable, /)", "Leaves out items while the predicate holds.">,
    sizeof(WhileObject), slot<dropwhileNext>, slot<functionIterNew<dropwhile_type, "dropwhile">>,
    kWhileMethods);
PyTypeObject takewhile_type = functionIterType(
    "itertools.takewhile",
    docText<"takewhile(predicate, iterable, /)", "The items while the predicate holds.">, sizeof(WhileObject),
    slot<takewhileNext>, slot<functionIterNew<takewhile_type, "takewhile">>, kWhileMethods);
PyTypeObject filterfalse_type =
    functionIterType("itertools.filterfalse",
                     docText<"filterfalse(function, iterable, /)",
                             "The items for which function answers false; None: the items that are false.">,
                     sizeof(FunctionIterObject), slot<filterfalseNext>,
                     slot<functionIterNew<filterfalse_type, "filterfalse">>, kFunctionMethods);
PyTypeObject starmap_type = functionIterType(
    "itertools.starmap",
    docText<"starmap(function, iterable, /)", "Calls function with each item's items as arguments.">,
    sizeof(FunctionIterObject), slot<starmapNext>, slot<functionIterNew<starmap_type, "starmap">>,
    kFunctionMethods);
PyTypeObject compress_type =
    iteratorType({.name = "itertools.compress",
                  .doc = docText<"compress(data, selectors)", "The items of data whose selector is true.">,
                  .size = sizeof(CompressObject),
                  .dealloc = fieldsDealloc<&CompressObject::data, &CompressObject::selectors>,
                  .traverse = fieldsTraverse<&CompressObject::data, &CompressObject::selectors>,
                  .next = slot<compressNext>,
                  .make = newSlot<"compress(data, selectors)", compressNew>,
                  .methods = kCompressMethods});
PyTypeObject pairwise_type =
    iteratorType({.name = "itertools.pairwise",
                  .doc = docText<"pairwise(iterable, /)", "Each two neighbouring items, as a tuple.">,
                  .size = sizeof(PairwiseObject),
                  .dealloc = fieldsDealloc<&PairwiseObject::iterator, &PairwiseObject::old>,
                  .traverse = fieldsTraverse<&PairwiseObject::iterator, &PairwiseObject::old>,
                  .next = slot<pairwiseNext>,
                  .make = slot<pairwiseNew>});

}  // namespace

PyTypeObject accumulate_type =
    iteratorType({.name = "itertools.accumulate",
                  .doc = docText<"accumulate(iterable, func=None, *, initial=None)",
                                 "Running sums, or results of another function.">,
                  .size = sizeof(AccumulateObject),
                  .dealloc = fieldsDealloc<&AccumulateObject::total, &AccumulateObject::iterator,
                                           &AccumulateObject::function, &AccumulateObject::initial>,
                  .traverse = fieldsTraverse<&AccumulateObject::total, &AccumulateObject::iterator,
                                             &AccumulateObject::function, &AccumulateObject::initial>,
                  .next = slot<accumulateNext>,
                  .make = newSlot<"accumulate(iterable, func=None, *, initial=None)", accumulateNew>,
                  .methods = kAccumulateMethods});
PyTypeObject islice_type = iteratorType({.name = "itertools.islice",
                                         .doc = "islice(iterable, stop) --> islice object\n"
                                                "islice(iterable, start, stop[, step]) --> islice object\n\n"
                                                "The items that a slice of a sequence would select.",
                                         .size = sizeof(SliceIterObject),
                                         .dealloc = fieldsDealloc<&SliceIterObject::iterator>,
                                         .traverse = fieldsTraverse<&SliceIterObject::iterator>,
                                         .next = slot<isliceNext>,
                                         .make = slot<isliceNew>,
                                         .methods = kSliceMethods});

Status addFilters(PyObject* module) {
  for (PyTypeObject* type : {&accumulate_type, &compress_type, &dropwhile_type, &takewhile_type,
                             &filterfalse_type, &starmap_type, &islice_type, &pairwise_type}) {
    TRY(moduleAddType(module, type));
  }
  return {};
}

}  // namespace krait::modules
