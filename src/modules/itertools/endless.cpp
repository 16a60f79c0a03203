// count, repeat, cycle, chain, zip_longest.
#include "modules/itertools/itertools.h"
#include "types/dict.h"

namespace krait::modules {
namespace {

// --- count: in `count` while that suffices (step 1), else in `long_count` ---

struct CountObject : PyObject {
  Py_ssize_t count;  // PY_SSIZE_T_MAX: long_count is used
  PyObject *long_count, *step;
};
static_assert(sizeof(CountObject) == 40);

Result<Ref<>> countNew(PyTypeObject* type, Opt<> start, Opt<> step) {
  if ((start && !isNumber(start.get())) || (step && !isNumber(step.get()))) {
    return raise(PyExc_TypeError, "a number is required");
  }
  auto first = share(start.orElse(smallInt(0)));
  auto by = share(step.orElse(smallInt(1)));
  long value = 0;
  bool fast = isInt(first) && intFitsLong(cast<IntObject>(first.get()), &value) && value != PY_SSIZE_T_MAX;
  long by_value;
  bool by_one = isInt(by) && intFitsLong(cast<IntObject>(by.get()), &by_value) && by_value == 1;
  Ref<CountObject> self = TRY(typeAlloc<CountObject>(type));
  self->count = fast && by_one ? value : PY_SSIZE_T_MAX;
  if (self->count == PY_SSIZE_T_MAX) self->long_count = std::move(first).leak();
  self->step = std::move(by).leak();
  return self;
}

Result<Ref<>> countNext(CountObject* self) {
  if (self->count != PY_SSIZE_T_MAX) return TRY(intFromLong(self->count++));
  if (!self->long_count) self->long_count = TRY(intFromLong(PY_SSIZE_T_MAX)).leak();
  auto current = share(self->long_count);
  Ref<> next = TRY(numberAdd(current, self->step));
  setField(self->long_count, std::move(next));
  return current;
}

bool stepsByOne(CountObject* self) {
  long step;
  return isInt(self->step) && intFitsLong(cast<IntObject>(self->step), &step) && step == 1;
}
Result<Ref<StrObject>> countRepr(CountObject* self) {
  if (self->count != PY_SSIZE_T_MAX) return strFormat("count(%zd)", self->count);
  PyObject* current = self->long_count ? self->long_count : Py_None;
  if (!self->long_count) return strFormat("count(%zd)", PY_SSIZE_T_MAX);
  if (stepsByOne(self)) return strFormat("count(%R)", current);
  return strFormat("count(%R, %R)", current, self->step);
}
Result<Ref<>> countReduce(CountObject* self) {
  Ref<> current = self->long_count ? share(self->long_count) : TRY(intObject(self->count));
  Ref<TupleObject> args =
      self->count == PY_SSIZE_T_MAX ? TRY(tupleOf(current.get(), self->step)) : TRY(tupleOf(current.get()));
  return reduceTo(typeObject(self), args);
}

// --- repeat ---

struct RepeatObject : PyObject {
  PyObject* element;
  Py_ssize_t left;  // -1: for ever
};
static_assert(sizeof(RepeatObject) == 32);

Result<Ref<>> repeatNew(PyTypeObject* type, PyObject* object, std::optional<Py_ssize_t> times) {
  Ref<RepeatObject> self = TRY(typeAlloc<RepeatObject>(type));
  self->element = share(object).leak();
  self->left = !times ? -1 : *times < 0 ? 0 : *times;
  return self;
}
PyObject* repeatNext(PyObject* object) {
  auto* self = cast<RepeatObject>(object);
  if (self->left == 0) return nullptr;
  if (self->left > 0) self->left--;
  return share(self->element).leak();
}
Result<Ref<StrObject>> repeatRepr(RepeatObject* self) {
  if (self->left == -1) return strFormat("repeat(%R)", self->element);
  return strFormat("repeat(%R, %zd)", self->element, self->left);
}
Result<Py_ssize_t> repeatLengthHint(RepeatObject* self) {
  if (self->left == -1) return raise(PyExc_TypeError, "len() of unsized object");
  return self->left;
}
Result<Ref<>> repeatReduce(RepeatObject* self) {
  if (self->left == -1) return reduceTo(typeObject(self), TRY(tupleOf(self->element)).get());
  Ref<> left = TRY(intObject(self->left));
  Ref<TupleObject> args = TRY(tupleOf(self->element, left.get()));
  return reduceTo(typeObject(self), args);
}

// --- cycle ---

struct CycleObject : PyObject {
  PyObject* iterator;  // null: exhausted, `saved` is repeated
  ListObject* saved;
  Py_ssize_t index;
  int first_pass;  // `saved` is complete already (unpickled)
};
static_assert(sizeof(CycleObject) == 48);
extern PyTypeObject cycle_type;

Result<Ref<>> cycleNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkIteratorArgs(type, cycle_type, "cycle", args, kwargs, 1, 1));
  Ref<> iterator = TRY(getIter(args->at(0)));
  Ref<ListObject> saved = TRY(listNew());
  Ref<CycleObject> self = TRY(typeAlloc<CycleObject>(type));
  self->iterator = std::move(iterator).leak();
  self->saved = std::move(saved).leak();
  return self;
}
Result<MaybeRef<>> cycleNext(CycleObject* self) {
  if (self->iterator) {
    auto iterator = share(self->iterator);
    MaybeRef<> item = TRY(iterNext(iterator));
    if (item) {
      if (!self->first_pass) TRY(listAppend(self->saved, item.get()));
      return item;
    }
    clearField(self->iterator);
  }
  ListObject* saved = self->saved;
  if (saved->size() == 0) return MaybeRef<>();
  if (self->index >= saved->size()) self->index = 0;
  auto item = share(saved->at(self->index++));
  if (self->index >= saved->size()) self->index = 0;
  return MaybeRef<>(std::move(item));
}
Result<Ref<>> cycleReduce(CycleObject* self) {
  if (self->iterator) {
    Ref<TupleObject> args = TRY(tupleOf(self->iterator));
    Ref<> pass = boolObject(self->first_pass != 0);
    Ref<TupleObject> state = TRY(tupleOf(static_cast<PyObject*>(self->saved), pass.get()));
    return reduceTo(typeObject(self), args, state.get());
  }
  Ref<> iterator = TRY(getIter(self->saved));
  if (self->index > 0) {
    Ref<> index = TRY(intObject(self->index));
    TRY(callMethod(iterator.get(), name<"__setstate__">(), index.get()));
  }
  Ref<TupleObject> args = TRY(tupleOf(iterator.get()));
  Ref<> pass = boolObject(true);
  Ref<TupleObject> state = TRY(tupleOf(static_cast<PyObject*>(self->saved), pass.get()));
  return reduceTo(typeObject(self), args, state.get());
}
Status cycleSetState(CycleObject* self, PyObject* state) {
  TupleObject* parts = TRY(stateTuple(state, 2, 2));
  if (!isList(parts->at(0))) {
    return raise(PyExc_TypeError, "argument 1 must be list, not %.50s",
                 parts->at(0) == Py_None ? "None" : typeName(parts->at(0)));
  }
  int first_pass = TRY(asInt(parts->at(1)));
  self->first_pass = first_pass != 0;
  self->index = 0;
  setField(self->saved, share(cast<ListObject>(parts->at(0))));
  return {};
}

// --- chain ---

struct ChainObject : PyObject {
  PyObject *source,
      *active;  // iterator over the iterables, iterator over the current one; null: none (yet, any more)
};
static_assert(sizeof(ChainObject) == 32);

Result<Ref<>> chainMake(PyTypeObject* type, Ref<> source) {
  Ref<ChainObject> self = TRY(typeAlloc<ChainObject>(type));
  self->source = std::move(source).leak();
  return self;
}
Result<Ref<>> chainNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &chain_type)) TRY(checkNoKeywords("chain", kwargs));
  return chainMake(type, TRY(getIter(args)));
}
Result<Ref<>> chainFromIterable(PyTypeObject* type, PyObject* iterable) {
  return chainMake(type, TRY(getIter(iterable)));
}
Result<MaybeRef<>> chainNext(ChainObject* self) {
  while (self->source) {
    if (!self->active) {
      auto source = share(self->source);
      MaybeRef<> iterable = TRY(iterNext(source));
      Result<Ref<>> iterator = iterable ? getIter(iterable.get()) : Result<Ref<>>(none());
      if (!iterable || iterator.failed()) {
        clearField(self->source);
        if (iterable) return Raised{};
        return MaybeRef<>();
      }
      setField(self->active, std::move(iterator).take());
    }
    auto active = share(self->active);
    MaybeRef<> item = TRY(iterNext(active));
    if (item) return item;
    clearField(self->active);
  }
  return MaybeRef<>();
}
Result<Ref<>> chainReduce(ChainObject* self) {
  Ref<TupleObject> args = emptyTuple();
  if (!self->source) return reduceTo(typeObject(self), args);
  Ref<TupleObject> state =
      self->active ? TRY(tupleOf(self->source, self->active)) : TRY(tupleOf(self->source));
  return reduceTo(typeObject(self), args, state.get());
}
Status chainSetState(ChainObject* self, PyObject* state) {
  TupleObject* parts = TRY(stateTuple(state, 1, 2));
  auto source = share(parts->at(0));
  auto active = MaybeRef<>::share(parts->size() == 2 ? parts->at(1) : nullptr);
  if (!isIterator(source) || (active && !isIterator(active.get()))) {
    return raise(PyExc_TypeError, "Arguments must be iterators.");
  }
  setField(self->source, std::move(source));
  auto old = MaybeRef<>::steal(std::exchange(self->active, std::move(active).leak()));
  return {};
}
Result<Ref<>> chainClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

// --- zip_longest ---

struct ZipLongestObject : PyObject {
  Py_ssize_t count, active;
  TupleObject *iterators, *result;  // exhausted iterators are null
  PyObject* fill;
};
static_assert(sizeof(ZipLongestObject) == 56);

Result<Ref<>> fillValueOf(Opt<> kwargs) {
  if (!kwargs || cast<DictObject>(kwargs.get())->size() == 0) return none();
  auto* dict = cast<DictObject>(kwargs.get());
  Opt<> fill = dict->size() == 1 ? dictGetStr(dict, name<"fillvalue">()) : nullptr;
  if (!fill) return raise(PyExc_TypeError, "zip_longest() got an unexpected keyword argument");
  return share(fill.get());
}
Result<Ref<>> zipLongestNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  Ref<> fill = TRY(fillValueOf(kwargs));
  Py_ssize_t count = args->size();
  Ref<TupleObject> iterators = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) iterators->ob_item[i] = TRY(getIter(args->at(i))).leak();
  Ref<TupleObject> result = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) result->ob_item[i] = none().leak();
  Ref<ZipLongestObject> self = TRY(typeAlloc<ZipLongestObject>(type));
  self->count = self->active = count;
  self->iterators = std::move(iterators).leak();
  self->result = std::move(result).leak();
  self->fill = std::move(fill).leak();
  return self;
}

// Item i of the next tuple; absent: all iterators are exhausted.
Result<MaybeRef<>> zipLongestItem(ZipLongestObject* self, Py_ssize_t i) {
  auto iterator = MaybeRef<>::share(self->iterators->at(i));
  if (!iterator) return MaybeRef<>::share(self->fill);
  Result<MaybeRef<>> next = iterNext(iterator.get());
  if (next.failed()) {
    self->active = 0;
    return Raised{};
  }
  MaybeRef<> item = std::move(next).take();
  if (item) return item;
  if (self->active <= 0 || --self->active == 0) return MaybeRef<>();
  if (PyObject* ended = std::exchange(self->iterators->ob_item[i], nullptr)) decref(ended);
  return MaybeRef<>::share(self->fill);
}
Result<MaybeRef<>> zipLongestNext(ZipLongestObject* self) {
  if (self->count == 0 || self->active == 0) return MaybeRef<>();
  bool reuse = self->result->ob_refcnt == 1;
  Ref<TupleObject> result = reuse ? share(self->result) : TRY(tupleNew(self->count));
  for (Py_ssize_t i = 0; i < self->count; i++) {
    MaybeRef<> item = TRY(zipLongestItem(self, i));
    if (!item) return MaybeRef<>();
    auto old = MaybeRef<>::steal(std::exchange(result->ob_item[i], std::move(item).leak()));
  }
  if (reuse && !gcIsTracked(result)) gcTrack(result);
  return MaybeRef<>(std::move(result));
}
Result<Ref<>> zipLongestReduce(ZipLongestObject* self) {
  Ref<TupleObject> args = TRY(tupleNew(self->count));
  for (Py_ssize_t i = 0; i < self->count; i++) {
    PyObject* iterator = self->iterators->at(i);
    args->ob_item[i] = iterator ? share(iterator).leak() : emptyTuple().leak();
  }
  return reduceTo(typeObject(self), args, self->fill);
}
Status zipLongestSetState(ZipLongestObject* self, PyObject* state) {
  setField(self->fill, share(state));
  return {};
}

constinit PyMethodDef kCountMethods[] = {method<"!__reduce__($self, /)", countReduce, kReduceDoc>, {}};
constinit PyMethodDef kRepeatMethods[] = {
    method<"!__length_hint__($self, /)", repeatLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", repeatReduce, kReduceDoc>,
    {}};
constinit PyMethodDef kCycleMethods[] = {
    method<"!__reduce__($self, /)", cycleReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", cycleSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kChainMethods[] = {
    classMethod<"from_iterable($type, iterable, /)", chainFromIterable,
                "Chains the items of an iterable of iterables.">,
    method<"!__reduce__($self, /)", chainReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", chainSetState, kSetStateDoc>,
    classMethod<"!__class_getitem__($type, object, /)", chainClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyMethodDef kZipLongestMethods[] = {
    method<"!__reduce__($self, /)", zipLongestReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", zipLongestSetState, kSetStateDoc>,
    {}};

PyTypeObject count_type = [] {
  PyTypeObject type =
      iteratorType({.name = "itertools.count",
                    .doc = docText<"count(start=0, step=1)", "start, start + step, and so on.">,
                    .size = sizeof(CountObject),
                    .dealloc = fieldsDealloc<&CountObject::long_count, &CountObject::step>,
                    .traverse = fieldsTraverse<&CountObject::long_count, &CountObject::step>,
                    .next = slot<countNext>,
                    .make = newSlot<"count(start=0, step=1)", countNew>,
                    .methods = kCountMethods});
  type.tp_repr = slot<countRepr>;
  return type;
}();
PyTypeObject repeat_type = [] {
  PyTypeObject type =
      iteratorType({.name = "itertools.repeat",
                    .doc = "repeat(object [,times]) -> the object, again and again or times times.",
                    .size = sizeof(RepeatObject),
                    .dealloc = fieldsDealloc<&RepeatObject::element>,
                    .traverse = fieldsTraverse<&RepeatObject::element>,
                    .next = repeatNext,
                    .make = newSlot<"repeat(object, times=0)", repeatNew>,
                    .methods = kRepeatMethods});
  type.tp_repr = slot<repeatRepr>;
  return type;
}();
PyTypeObject cycle_type =
    iteratorType({.name = "itertools.cycle",
                  .doc = docText<"cycle(iterable, /)", "The iterable's items, over and over.">,
                  .size = sizeof(CycleObject),
                  .dealloc = fieldsDealloc<&CycleObject::iterator, &CycleObject::saved>,
                  .traverse = fieldsTraverse<&CycleObject::iterator, &CycleObject::saved>,
                  .next = slot<cycleNext>,
                  .make = slot<cycleNew>,
                  .methods = kCycleMethods});
PyTypeObject zip_longest_type = iteratorType(
    {.name = "itertools.zip_longest",
     .doc = "zip_longest(*iterables, fillvalue=None) --> zip_longest object\n\n"
            "Like zip, but as long as the longest iterable; the others are continued with the fillvalue.",
     .size = sizeof(ZipLongestObject),
     .dealloc =
         fieldsDealloc<&ZipLongestObject::iterators, &ZipLongestObject::result, &ZipLongestObject::fill>,
     .traverse =
         fieldsTraverse<&ZipLongestObject::iterators, &ZipLongestObject::result, &ZipLongestObject::fill>,
     .next = slot<zipLongestNext>,
     .make = slot<zipLongestNew>,
     .methods = kZipLongestMethods});

}  // namespace

PyTypeObject chain_type =
    iteratorType({.name = "itertools.chain",
                  .doc = "chain(*iterables) --> chain object\n\n"
                         "The items of the first iterable, then those of the next, and so on.",
                  .size = sizeof(ChainObject),
                  .dealloc = fieldsDealloc<&ChainObject::source, &ChainObject::active>,
                  .traverse = fieldsTraverse<&ChainObject::source, &ChainObject::active>,
                  .next = slot<chainNext>,
                  .make = slot<chainNew>,
                  .methods = kChainMethods});

Status addEndless(PyObject* module) {
  for (PyTypeObject* type : {&count_type, &repeat_type, &cycle_type, &chain_type, &zip_longest_type}) {
    TRY(moduleAddType(module, type));
  }
  return {};
}

}  // namespace krait::modules
