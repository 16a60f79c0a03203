// product, combinations, combinations_with_replacement, permutations.
//
// Each keeps the indices of the last result and the result tuple itself, which is changed in place while
// nobody else refers to it.
#include "modules/itertools/itertools.h"
#include "types/dict.h"

namespace krait::modules {
namespace {

// --- the result tuple ---

// Makes *result a tuple that may be changed: itself when unshared, else a copy.
Status makeOwn(TupleObject** result) {
  TupleObject* old = *result;
  if (old->ob_refcnt == 1) {
    if (old->size() > 0 && !gcIsTracked(old)) gcTrack(old);
    return {};
  }
  if (old->size() == 0) return {};
  Ref<TupleObject> copy = TRY(tupleFromItems(old->items(), old->size()));
  setField(*result, std::move(copy));
  return {};
}
void place(TupleObject* result, Py_ssize_t i, PyObject* item) {
  PyObject* old = std::exchange(result->ob_item[i], share(item).leak());
  decref(old);
}

Result<Ref<TupleObject>> indexTuple(const Py_ssize_t* indices, Py_ssize_t count) {
  Ref<TupleObject> tuple = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) tuple->ob_item[i] = TRY(intObject(indices[i])).leak();
  return tuple;
}

Raised raiseBadState() { return raise(PyExc_ValueError, "invalid arguments"); }

// Index i of a state tuple, moved into [0, limit].
Result<Py_ssize_t> stateIndex(TupleObject* state, Py_ssize_t i, Py_ssize_t limit) {
  if (!isInt(state->at(i))) return raise(PyExc_TypeError, "an integer is required");
  Py_ssize_t index = TRY(intAsSsize(cast<IntObject>(state->at(i))));
  return index < 0 ? 0 : index > limit ? limit : index;
}

constexpr Py_ssize_t kIndexBytes = sizeof(Py_ssize_t);

// --- product ---

struct ProductObject : PyObject {
  TupleObject* pools;
  Py_ssize_t* indices;
  TupleObject* result;  // null: not begun
  int stopped;
};
static_assert(sizeof(ProductObject) == 48);

Result<Py_ssize_t> repeatArgument(Opt<> kwargs) {
  if (!kwargs) return 1;
  auto* dict = cast<DictObject>(kwargs.get());
  if (dict->size() > 1) {
    return raise(PyExc_TypeError, "product() takes at most 1 keyword argument (%zd given)", dict->size());
  }
  Py_ssize_t position = 0;
  PyObject *key, *value;
  if (!dictNext(dict, &position, &key, &value)) return 1;
  if (!isStr(key)) return raise(PyExc_TypeError, "keywords must be strings");
  if (!strEqualsAscii(cast<StrObject>(key), "repeat")) {
    return raise(PyExc_TypeError, "'%S' is an invalid keyword argument for product()", key);
  }
  Py_ssize_t repeat = TRY(argSsize(value));
  if (repeat < 0) return raise(PyExc_ValueError, "repeat argument cannot be negative");
  return repeat;
}

Result<Ref<>> productNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  Py_ssize_t repeat = TRY(repeatArgument(kwargs)), given = repeat == 0 ? 0 : args->size();
  if (given > 0 && repeat > PY_SSIZE_T_MAX / kIndexBytes / given) {
    return raise(PyExc_OverflowError, "repeat argument too large");
  }
  Py_ssize_t count = given * repeat;
  auto indices = TRY(MemArray<Py_ssize_t>::make(static_cast<size_t>(count)));
  Ref<TupleObject> pools = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < given; i++) pools->ob_item[i] = TRY(sequenceTuple(args->at(i))).leak();
  for (Py_ssize_t i = given; i < count; i++) pools->ob_item[i] = share(pools->at(i - given)).leak();
  for (Py_ssize_t i = 0; i < count; i++) indices[i] = 0;
  Ref<ProductObject> self = TRY(typeAlloc<ProductObject>(type));
  self->pools = std::move(pools).leak();
  self->indices = std::move(indices).leak();
  return self;
}
void productDealloc(PyObject* object) {
  memFree(
      std::exchange(cast<ProductObject>(object)->indices, nullptr));  // may be asked twice: when put aside
  fieldsDealloc<&ProductObject::pools, &ProductObject::result>(object);
}

TupleObject* poolAt(ProductObject* self, Py_ssize_t i) { return cast<TupleObject>(self->pools->at(i)); }

Result<bool> productBegin(ProductObject* self) {
  Py_ssize_t count = self->pools->size();
  Ref<TupleObject> result = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) {
    if (poolAt(self, i)->size() == 0) return false;
    result->ob_item[i] = share(poolAt(self, i)->at(0)).leak();
  }
  self->result = std::move(result).leak();
  return true;
}
// Like an odometer; false: all combinations are done.
Result<bool> productAdvance(ProductObject* self) {
  TRY(makeOwn(&self->result));
  for (Py_ssize_t i = self->pools->size() - 1; i >= 0; i--) {
    TupleObject* pool = poolAt(self, i);
    bool wraps = ++self->indices[i] >= pool->size();
    if (wraps) self->indices[i] = 0;
    place(self->result, i, pool->at(self->indices[i]));
    if (!wraps) return true;
  }
  return false;
}
Result<MaybeRef<>> productNext(ProductObject* self) {
  if (self->stopped) return MaybeRef<>();
  if (TRY(self->result ? productAdvance(self) : productBegin(self))) return MaybeRef<>(share(self->result));
  self->stopped = 1;
  return MaybeRef<>();
}

Result<Ref<>> productReduce(ProductObject* self) {
  if (self->stopped) {
    Ref<TupleObject> empty = emptyTuple();
    Ref<TupleObject> args = TRY(tupleOf(empty.get()));
    return reduceTo(typeObject(self), args);
  }
  if (!self->result) return reduceTo(typeObject(self), self->pools);
  Ref<TupleObject> indices = TRY(indexTuple(self->indices, self->pools->size()));
  return reduceTo(typeObject(self), self->pools, indices.get());
}
Status productSetState(ProductObject* self, PyObject* given) {
  Py_ssize_t count = self->pools->size();
  if (!isTuple(given) || cast<TupleObject>(given)->size() != count) return raiseBadState();
  auto* state = cast<TupleObject>(given);
  for (Py_ssize_t i = 0; i < count; i++) {
    Py_ssize_t size = poolAt(self, i)->size();
    if (size == 0) {
      self->stopped = 1;
      return {};
    }
    self->indices[i] = TRY(stateIndex(state, i, size - 1));
  }
  Ref<TupleObject> result = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++)
    result->ob_item[i] = share(poolAt(self, i)->at(self->indices[i])).leak();
  auto old = MaybeRef<TupleObject>::steal(std::exchange(self->result, std::move(result).leak()));
  return {};
}
Py_ssize_t productSizeof(ProductObject* self) {
  return typeOf(self)->tp_basicsize + self->pools->size() * kIndexBytes;
}

// --- combinations, with and without replacement ---

struct CombinationsObject : PyObject {
  TupleObject* pool;
  Py_ssize_t* indices;
  TupleObject* result;  // null: not begun
  Py_ssize_t r;
  int stopped;
};
static_assert(sizeof(CombinationsObject) == 56);

template <bool kReplace>
Result<Ref<>> combinationsNew(PyTypeObject* type, PyObject* iterable, Py_ssize_t r) {
  Ref<TupleObject> pool = TRY(sequenceTuple(iterable));
  if (r < 0) return raise(PyExc_ValueError, "r must be non-negative");
  Py_ssize_t size = pool->size();
  auto indices = TRY(MemArray<Py_ssize_t>::make(static_cast<size_t>(r)));
  for (Py_ssize_t i = 0; i < r; i++) indices[i] = kReplace ? 0 : i;
  Ref<CombinationsObject> self = TRY(typeAlloc<CombinationsObject>(type));
  self->pool = std::move(pool).leak();
  self->indices = std::move(indices).leak();
  self->r = r;
  self->stopped = kReplace ? size == 0 && r > 0 : r > size;
  return self;
}
void combinationsDealloc(PyObject* object) {
  memFree(std::exchange(cast<CombinationsObject>(object)->indices, nullptr));
  fieldsDealloc<&CombinationsObject::pool, &CombinationsObject::result>(object);
}

Result<Ref<TupleObject>> selected(TupleObject* pool, const Py_ssize_t* indices, Py_ssize_t r) {
  Ref<TupleObject> result = TRY(tupleNew(r));
  for (Py_ssize_t i = 0; i < r; i++) result->ob_item[i] = share(pool->at(indices[i])).leak();
  return result;
}

// The next indices in lexicographic order; false: there are none.
template <bool kReplace>
Result<bool> combinationsAdvance(CombinationsObject* self) {
  TRY(makeOwn(&self->result));
  Py_ssize_t size = self->pool->size(), r = self->r, i = r - 1;
  auto last = [&](Py_ssize_t at) { return kReplace ? size - 1 : at + size - r; };
  while (i >= 0 && self->indices[i] == last(i)) i--;
  if (i < 0) return false;
  Py_ssize_t index = ++self->indices[i];
  for (Py_ssize_t j = i; j < r; j++) {
    self->indices[j] = kReplace ? index : index + (j - i);
    place(self->result, j, self->pool->at(self->indices[j]));
  }
  return true;
}
template <bool kReplace>
Result<MaybeRef<>> combinationsNext(CombinationsObject* self) {
  if (self->stopped) return MaybeRef<>();
  if (!self->result) {
    self->result = TRY(selected(self->pool, self->indices, self->r)).leak();
  } else if (!TRY(combinationsAdvance<kReplace>(self))) {
    self->stopped = 1;
    return MaybeRef<>();
  }
  return MaybeRef<>(share(self->result));
}

Result<Ref<>> combinationsReduce(CombinationsObject* self) {
  Ref<> r = TRY(intObject(self->r));
  Ref<TupleObject> empty = emptyTuple();
  TupleObject* pool = self->result && self->stopped ? empty.get() : self->pool;
  Ref<TupleObject> args = TRY(tupleOf(static_cast<PyObject*>(pool), r.get()));
  if (!self->result || self->stopped) return reduceTo(typeObject(self), args);
  Ref<TupleObject> indices = TRY(indexTuple(self->indices, self->r));
  return reduceTo(typeObject(self), args, indices.get());
}
template <bool kReplace>
Status combinationsSetState(CombinationsObject* self, PyObject* given) {
  Py_ssize_t size = self->pool->size(), r = self->r;
  if (!isTuple(given) || cast<TupleObject>(given)->size() != r) return raiseBadState();
  for (Py_ssize_t i = 0; i < r; i++) {
    Py_ssize_t limit = kReplace ? size - 1 : i + size - r;
    if (limit < 0) return raiseBadState();
    self->indices[i] = TRY(stateIndex(cast<TupleObject>(given), i, limit));
  }
  Ref<TupleObject> result = TRY(selected(self->pool, self->indices, r));
  auto old = MaybeRef<TupleObject>::steal(std::exchange(self->result, std::move(result).leak()));
  return {};
}
Py_ssize_t combinationsSizeof(CombinationsObject* self) {
  return typeOf(self)->tp_basicsize + self->r * kIndexBytes;
}

// --- permutations ---

struct PermutationsObject : PyObject {
  TupleObject* pool;
  Py_ssize_t *indices, *cycles;  // all of the pool; r of them
  TupleObject* result;           // null: not begun
  Py_ssize_t r;
  int stopped;
};
static_assert(sizeof(PermutationsObject) == 64);

Result<Ref<>> permutationsNew(PyTypeObject* type, PyObject* iterable, PyObject* given_r) {
  Ref<TupleObject> pool = TRY(sequenceTuple(iterable));
  Py_ssize_t size = pool->size(), r = size;
  if (given_r != Py_None) {
    if (!isInt(given_r)) return raise(PyExc_TypeError, "Expected int as r");
    r = TRY(intAsSsize(cast<IntObject>(given_r)));
  }
  if (r < 0) return raise(PyExc_ValueError, "r must be non-negative");
  auto indices = TRY(MemArray<Py_ssize_t>::make(static_cast<size_t>(size)));
  auto cycles = TRY(MemArray<Py_ssize_t>::make(static_cast<size_t>(r)));
  for (Py_ssize_t i = 0; i < size; i++) indices[i] = i;
  for (Py_ssize_t i = 0; i < r; i++) cycles[i] = size - i;
  Ref<PermutationsObject> self = TRY(typeAlloc<PermutationsObject>(type));
  self->pool = std::move(pool).leak();
  self->indices = std::move(indices).leak();
  self->cycles = std::move(cycles).leak();
  self->r = r;
  self->stopped = r > size;
  return self;
}
void permutationsDealloc(PyObject* object) {
  auto* self = cast<PermutationsObject>(object);
  memFree(std::exchange(self->indices, nullptr));
  memFree(std::exchange(self->cycles, nullptr));
  fieldsDealloc<&PermutationsObject::pool, &PermutationsObject::result>(object);
}

void rotateLeft(Py_ssize_t* indices, Py_ssize_t from, Py_ssize_t size) {
  Py_ssize_t first = indices[from];
  for (Py_ssize_t j = from; j + 1 < size; j++) indices[j] = indices[j + 1];
  indices[size - 1] = first;
}
Result<bool> permutationsAdvance(PermutationsObject* self) {
  Py_ssize_t size = self->pool->size();
  if (size == 0) return false;
  TRY(makeOwn(&self->result));
  for (Py_ssize_t i = self->r - 1; i >= 0; i--) {
    if (--self->cycles[i] == 0) {
      rotateLeft(self->indices, i, size);
      self->cycles[i] = size - i;
      continue;
    }
    std::swap(self->indices[i], self->indices[size - self->cycles[i]]);
    for (Py_ssize_t k = i; k < self->r; k++) place(self->result, k, self->pool->at(self->indices[k]));
    return true;
  }
  return false;
}
Result<MaybeRef<>> permutationsNext(PermutationsObject* self) {
  if (self->stopped) return MaybeRef<>();
  if (!self->result) {
    self->result = TRY(selected(self->pool, self->indices, self->r)).leak();
  } else if (!TRY(permutationsAdvance(self))) {
    self->stopped = 1;
    return MaybeRef<>();
  }
  return MaybeRef<>(share(self->result));
}

Result<Ref<>> permutationsReduce(PermutationsObject* self) {
  Ref<> r = TRY(intObject(self->r));
  Ref<TupleObject> empty = emptyTuple();
  TupleObject* pool = self->result && self->stopped ? empty.get() : self->pool;
  Ref<TupleObject> args = TRY(tupleOf(static_cast<PyObject*>(pool), r.get()));
  if (!self->result || self->stopped) return reduceTo(typeObject(self), args);
  Ref<TupleObject> indices = TRY(indexTuple(self->indices, self->pool->size()));
  Ref<TupleObject> cycles = TRY(indexTuple(self->cycles, self->r));
  Ref<TupleObject> state = TRY(tupleOf(indices.get(), cycles.get()));
  return reduceTo(typeObject(self), args, state.get());
}
Status permutationsSetState(PermutationsObject* self, PyObject* given) {
  TupleObject* state = TRY(stateTuple(given, 2, 2));
  Py_ssize_t size = self->pool->size();
  for (int i = 0; i < 2; i++) {
    PyObject* part = state->at(i);
    if (!isTuple(part))
      return raise(PyExc_TypeError, "argument %d must be tuple, not %.50s", i + 1,
                   part == Py_None ? "None" : typeName(part));
  }
  auto *indices = cast<TupleObject>(state->at(0)), *cycles = cast<TupleObject>(state->at(1));
  if (indices->size() != size || cycles->size() != self->r || self->r > size) return raiseBadState();
  for (Py_ssize_t i = 0; i < size; i++) self->indices[i] = TRY(stateIndex(indices, i, size - 1));
  for (Py_ssize_t i = 0; i < self->r; i++) {
    Py_ssize_t cycle = TRY(stateIndex(cycles, i, size - i));
    self->cycles[i] = cycle < 1 ? 1 : cycle;
  }
  Ref<TupleObject> result = TRY(selected(self->pool, self->indices, self->r));
  auto old = MaybeRef<TupleObject>::steal(std::exchange(self->result, std::move(result).leak()));
  return {};
}
Py_ssize_t permutationsSizeof(PermutationsObject* self) {
  return typeOf(self)->tp_basicsize + (self->pool->size() + self->r) * kIndexBytes;
}

constexpr Text kSizeofDoc = "Size in memory, in bytes.";
constinit PyMethodDef kProductMethods[] = {
    method<"!__reduce__($self, /)", productReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", productSetState, kSetStateDoc>,
    method<"!__sizeof__($self, /)", productSizeof, kSizeofDoc>,
    {}};
template <bool kReplace>
constinit PyMethodDef kCombinationsMethods[] = {
    method<"!__reduce__($self, /)", combinationsReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", combinationsSetState<kReplace>, kSetStateDoc>,
    method<"!__sizeof__($self, /)", combinationsSizeof, kSizeofDoc>,
    {}};
constinit PyMethodDef kPermutationsMethods[] = {
    method<"!__reduce__($self, /)", permutationsReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", permutationsSetState, kSetStateDoc>,
    method<"!__sizeof__($self, /)", permutationsSizeof, kSizeofDoc>,
    {}};

PyTypeObject product_type =
    iteratorType({.name = "itertools.product",
                  .doc = "product(*iterables, repeat=1) --> product object\n\n"
                         "All tuples with one item of each iterable, the last varying fastest.",
                  .size = sizeof(ProductObject),
                  .dealloc = productDealloc,
                  .traverse = fieldsTraverse<&ProductObject::pools, &ProductObject::result>,
                  .next = slot<productNext>,
                  .make = slot<productNew>,
                  .methods = kProductMethods});
PyTypeObject combinations_type =
    iteratorType({.name = "itertools.combinations",
                  .doc = docText<"combinations(iterable, r)", "All selections of r items, in order.">,
                  .size = sizeof(CombinationsObject),
                  .dealloc = combinationsDealloc,
                  .traverse = fieldsTraverse<&CombinationsObject::pool, &CombinationsObject::result>,
                  .next = slot<combinationsNext<false>>,
                  .make = newSlot<"combinations(iterable, r)", combinationsNew<false>>,
                  .methods = kCombinationsMethods<false>});
PyTypeObject with_replacement_type =
    iteratorType({.name = "itertools.combinations_with_replacement",
                  .doc = docText<"combinations_with_replacement(iterable, r)",
                                 "All selections of r items, each any number of times.">,
                  .size = sizeof(CombinationsObject),
                  .dealloc = combinationsDealloc,
                  .traverse = fieldsTraverse<&CombinationsObject::pool, &CombinationsObject::result>,
                  .next = slot<combinationsNext<true>>,
                  .make = newSlot<"combinations_with_replacement(iterable, r)", combinationsNew<true>>,
                  .methods = kCombinationsMethods<true>});
PyTypeObject permutations_type = iteratorType(
    {.name = "itertools.permutations",
     .doc = docText<"permutations(iterable, r=None)", "All arrangements of r items, by default of all.">,
     .size = sizeof(PermutationsObject),
     .dealloc = permutationsDealloc,
     .traverse = fieldsTraverse<&PermutationsObject::pool, &PermutationsObject::result>,
     .next = slot<permutationsNext>,
     .make = newSlot<"permutations(iterable, r=None)", permutationsNew>,
     .methods = kPermutationsMethods});

}  // namespace

Status addCombinatorics(PyObject* module) {
  for (PyTypeObject* type : {&product_type, &combinations_type, &with_replacement_type, &permutations_type}) {
    TRY(moduleAddType(module, type));
  }
  return {};
}

}  // namespace krait::modules
