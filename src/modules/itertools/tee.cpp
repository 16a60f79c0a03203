// tee and groupby.
//
// The items that a tee's iterators have in common lie in a chain of blocks; each iterator owns the block it
// stands in, so blocks that all have left are freed.
#include "modules/itertools/itertools.h"
#include "types/weakref.h"

namespace krait::modules {
namespace {

constexpr int kBlockItems = 57;

struct TeeBlockObject : PyObject {
  PyObject* iterator;
  int count, running;  // items read; a read is under way
  TeeBlockObject* next;
  PyObject* items[kBlockItems];
};
static_assert(sizeof(TeeBlockObject) == 496);
struct TeeObject : PyObject {
  TeeBlockObject* block;
  int index;
  PyObject* weakrefs;
};
static_assert(sizeof(TeeObject) == 40);
extern PyTypeObject tee_block_type, tee_type;

Result<Ref<TeeBlockObject>> blockMake(PyObject* iterator) {
  Ref<TeeBlockObject> block = TRY(objectNew<TeeBlockObject>(&tee_block_type));
  block->count = block->running = 0;
  block->next = nullptr;
  block->iterator = share(iterator).leak();
  gcTrack(block);
  return block;
}

Result<MaybeRef<>> blockItem(TeeBlockObject* block, int i) {
  if (i < block->count) return MaybeRef<>::share(block->items[i]);
  if (block->running) return raise(PyExc_RuntimeError, "cannot re-enter the tee iterator");
  if (!block->iterator) return MaybeRef<>();  // cleared by the collector
  block->running = 1;
  auto iterator = share(block->iterator);
  Result<MaybeRef<>> item = iterNext(iterator);
  block->running = 0;
  if (item.failed()) return Raised{};
  MaybeRef<> value = std::move(item).take();
  if (value) block->items[block->count++] = share(value.get()).leak();
  return value;
}

Result<Ref<TeeBlockObject>> nextBlock(TeeBlockObject* block) {
  if (!block->next) {
    Ref<TeeBlockObject> made = TRY(blockMake(block->iterator));
    if (!block->next) block->next = std::move(made).leak();
  }
  return share(block->next);
}

// Long chains are freed one block after the other, not recursively.
void releaseChain(TeeBlockObject* block) {
  while (block && block->ob_refcnt == 1) {
    TeeBlockObject* next = std::exchange(block->next, nullptr);
    decref(block);
    block = next;
  }
  if (block) decref(block);
}
void blockClear(TeeBlockObject* block) {
  auto iterator = MaybeRef<>::steal(std::exchange(block->iterator, nullptr));
  int count = std::exchange(block->count, 0);
  for (int i = 0; i < count; i++) decref(block->items[i]);
  releaseChain(std::exchange(block->next, nullptr));
}
void blockDealloc(PyObject* self) {
  gcUntrack(self);
  blockClear(cast<TeeBlockObject>(self));
  objectFreeMemory(self);
}
int blockTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* block = cast<TeeBlockObject>(self);
  for (int i = 0; i < block->count; i++) {
    if (int status = visit(block->items[i], arg)) return status;
  }
  return visitAll(visit, arg, block->iterator, block->next);
}
int blockTpClear(PyObject* self) {
  blockClear(cast<TeeBlockObject>(self));
  return 0;
}

Result<Ref<>> blockReduce(TeeBlockObject* block) {
  Ref<ListObject> items = TRY(listFromItems(block->items, block->count));
  PyObject* next = block->next ? static_cast<PyObject*>(block->next) : Py_None;
  Ref<TupleObject> args =
      TRY(tupleOf(block->iterator ? block->iterator : Py_None, static_cast<PyObject*>(items.get()), next));
  return reduceTo(typeObject(block), args);
}
Result<Ref<>> blockNew(PyTypeObject*, PyObject* iterator, ListObject* items, PyObject* next) {
  Ref<TeeBlockObject> block = TRY(blockMake(iterator));
  if (items->size() > kBlockItems) return raise(PyExc_ValueError, "Invalid arguments");
  for (Py_ssize_t i = 0; i < items->size(); i++) block->items[block->count++] = share(items->at(i)).leak();
  if (next == Py_None) return block;
  if (block->count < kBlockItems || !isExact(next, &tee_block_type)) {
    return raise(PyExc_ValueError, "Invalid arguments");
  }
  block->next = share(cast<TeeBlockObject>(next)).leak();
  return block;
}

// --- the iterators over the blocks ---

Result<Ref<>> teeMake(Ref<TeeBlockObject> block, int index) {
  Ref<TeeObject> tee = TRY(objectNew<TeeObject>(&tee_type));
  tee->block = std::move(block).leak();
  tee->index = index;
  tee->weakrefs = nullptr;
  gcTrack(tee);
  return tee;
}
Result<Ref<>> teeCopy(TeeObject* tee) { return teeMake(share(tee->block), tee->index); }
Result<Ref<>> teeFromIterable(PyObject* iterable) {
  Ref<> iterator = TRY(getIter(iterable));
  if (isInstanceOf(iterator, &tee_type)) return teeCopy(cast<TeeObject>(iterator.get()));
  return teeMake(TRY(blockMake(iterator)), 0);
}
Result<Ref<>> teeNew(PyTypeObject*, PyObject* iterable) { return teeFromIterable(iterable); }

Result<MaybeRef<>> teeNext(TeeObject* tee) {
  if (tee->index >= kBlockItems) {
    Ref<TeeBlockObject> next = TRY(nextBlock(tee->block));
    setField(tee->block, std::move(next));
    tee->index = 0;
  }
  auto block = share(tee->block);
  MaybeRef<> item = TRY(blockItem(block, tee->index));
  if (item) tee->index++;
  return item;
}

void teeDealloc(PyObject* self) {
  auto* tee = cast<TeeObject>(self);
  gcUntrack(self);
  if (tee->weakrefs) clearWeakRefs(self);
  if (tee->block) decref(tee->block);
  objectFreeMemory(self);
}
int teeTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<TeeObject>(self)->block);
}

Result<Ref<>> teeReduce(TeeObject* tee) {
  Ref<TupleObject> empty = emptyTuple();
  Ref<TupleObject> args = TRY(tupleOf(empty.get()));
  Ref<> index = TRY(intObject(tee->index));
  Ref<TupleObject> state = TRY(tupleOf(static_cast<PyObject*>(tee->block), index.get()));
  return reduceTo(typeObject(tee), args, state.get());
}
Status teeSetState(TeeObject* tee, PyObject* given) {
  TupleObject* state = TRY(stateTuple(given, 2, 2));
  if (!isExact(state->at(0), &tee_block_type)) {
    return raise(PyExc_TypeError, "argument 1 must be itertools._tee_dataobject, not %.50s",
                 state->at(0) == Py_None ? "None" : typeName(state->at(0)));
  }
  int index = TRY(asInt(state->at(1)));
  if (index < 0 || index > kBlockItems) return raise(PyExc_ValueError, "Index out of range");
  setField(tee->block, share(cast<TeeBlockObject>(state->at(0))));
  tee->index = index;
  return {};
}

// --- groupby ---

struct GroupByObject : PyObject {
  PyObject *iterator, *key_function;
  PyObject *target_key, *current_key, *current_value;  // null: none
  const void* current_grouper;                         // borrowed; only compared
};
static_assert(sizeof(GroupByObject) == 64);
struct GrouperObject : PyObject {
  PyObject *parent, *target_key;
};
static_assert(sizeof(GrouperObject) == 32);
extern PyTypeObject groupby_type, grouper_type;

void replaceField(PyObject*& field, MaybeRef<> value) {
  auto old = MaybeRef<>::steal(std::exchange(field, std::move(value).leak()));
}

Result<Ref<>> groupbyNew(PyTypeObject* type, PyObject* iterable, PyObject* key) {
  Ref<> iterator = TRY(getIter(iterable));
  Ref<GroupByObject> self = TRY(typeAlloc<GroupByObject>(type));
  self->iterator = std::move(iterator).leak();
  self->key_function = share(key).leak();
  return self;
}

// Reads one item and its key; false: exhausted.
Result<bool> groupbyStep(GroupByObject* self) {
  MaybeRef<> value = TRY(iterNext(self->iterator));
  if (!value) return false;
  Ref<> key = self->key_function == Py_None ? share(value.get()) : TRY(call(self->key_function, value.get()));
  replaceField(self->current_value, std::move(value));
  replaceField(self->current_key, std::move(key));
  return true;
}

Result<Ref<>> grouperMake(GroupByObject* parent, PyObject* target_key) {
  Ref<GrouperObject> grouper = TRY(objectNew<GrouperObject>(&grouper_type));
  grouper->parent = share<PyObject>(parent).leak();
  grouper->target_key = share(target_key).leak();
  parent->current_grouper = grouper.get();
  gcTrack(grouper);
  return grouper;
}

// Skips to the next item whose key differs from the last group's; false: exhausted.
Result<bool> skipGroup(GroupByObject* self) {
  for (;;) {
    if (self->current_key) {
      if (!self->target_key) return true;
      auto target = share(self->target_key);
      auto current = share(self->current_key);
      if (!TRY(objectEquals(target, current))) return true;
    }
    if (!TRY(groupbyStep(self))) return false;
  }
}
Result<MaybeRef<>> groupbyNext(GroupByObject* self) {
  self->current_grouper = nullptr;
  if (!TRY(skipGroup(self)) || !self->current_key) return MaybeRef<>();
  auto key = share(self->current_key);
  replaceField(self->target_key, key.clone());
  Ref<> grouper = TRY(grouperMake(self, key));
  return MaybeRef<>(TRY(tupleOf(key.get(), grouper.get())));
}

Result<Ref<>> groupbyReduce(GroupByObject* self) {
  Ref<TupleObject> args = TRY(tupleOf(self->iterator, self->key_function));
  if (!self->target_key || !self->current_key || !self->current_value)
    return reduceTo(typeObject(self), args);
  Ref<TupleObject> state = TRY(tupleOf(self->current_key, self->current_value, self->target_key));
  return reduceTo(typeObject(self), args, state.get());
}
Status groupbySetState(GroupByObject* self, PyObject* given) {
  TupleObject* state = TRY(stateTuple(given, 3, 3));
  auto held = share(state);
  replaceField(self->current_key, share(state->at(0)));
  replaceField(self->current_value, share(state->at(1)));
  replaceField(self->target_key, share(state->at(2)));
  return {};
}

Result<MaybeRef<>> grouperNext(GrouperObject* grouper) {
  auto* parent = cast<GroupByObject>(grouper->parent);
  if (parent->current_grouper != grouper) return MaybeRef<>();
  if (!parent->current_value && !TRY(groupbyStep(parent))) return MaybeRef<>();
  auto target = share(grouper->target_key);
  auto current = MaybeRef<>::share(parent->current_key);
  if (!current || !TRY(objectEquals(target, current.get()))) return MaybeRef<>();
  auto value = MaybeRef<>::steal(std::exchange(parent->current_value, nullptr));
  replaceField(parent->current_key, nullptr);
  return value;
}
Result<Ref<>> grouperReduce(GrouperObject* grouper) {
  if (cast<GroupByObject>(grouper->parent)->current_grouper != grouper) {
    Ref<> iter_function = TRY(builtinAttr("iter"));
    Ref<TupleObject> empty = emptyTuple();
    Ref<TupleObject> args = TRY(tupleOf(empty.get()));
    return reduceTo(iter_function, args);
  }
  Ref<TupleObject> args = TRY(tupleOf(grouper->parent, grouper->target_key));
  return reduceTo(typeObject(grouper), args);
}
Result<Ref<>> grouperNew(PyTypeObject*, PyObject* parent, PyObject* target_key) {
  if (!isInstanceOf(parent, &groupby_type)) {
    return raiseBadArgument({"_grouper", nullptr, 1}, "itertools.groupby", parent);
  }
  return grouperMake(cast<GroupByObject>(parent), target_key);
}

constinit PyMethodDef kBlockMethods[] = {method<"!__reduce__($self, /)", blockReduce, kReduceDoc>, {}};
constinit PyMethodDef kTeeMethods[] = {
    method<"!__copy__($self, /)", teeCopy, "Another iterator over the same items, at the same place.">,
    method<"!__reduce__($self, /)", teeReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", teeSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kGroupByMethods[] = {
    method<"!__reduce__($self, /)", groupbyReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", groupbySetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kGrouperMethods[] = {method<"!__reduce__($self, /)", grouperReduce, kReduceDoc>, {}};

PyTypeObject tee_block_type = [] {
  PyTypeObject type = iteratorType({.name = "itertools._tee_dataobject",
                                    .doc = "Items that several tee iterators have in common.",
                                    .size = sizeof(TeeBlockObject),
                                    .dealloc = blockDealloc,
                                    .traverse = blockTraverse,
                                    .next = nullptr,
                                    .make = newSlot<"teedataobject(it, values, next, /)", blockNew>,
                                    .methods = kBlockMethods,
                                    .final_type = true});
  type.tp_iter = nullptr;
  type.tp_clear = blockTpClear;
  return type;
}();
PyTypeObject tee_type = [] {
  PyTypeObject type = iteratorType({.name = "itertools._tee",
                                    .doc = docText<"_tee(iterable, /)", "An iterator that can be copied.">,
                                    .size = sizeof(TeeObject),
                                    .dealloc = teeDealloc,
                                    .traverse = teeTraverse,
                                    .next = slot<teeNext>,
                                    .make = newSlot<"_tee(iterable, /)", teeNew>,
                                    .methods = kTeeMethods,
                                    .final_type = true});
  type.tp_getattro = nullptr;
  type.tp_weaklistoffset = offsetof(TeeObject, weakrefs);
  return type;
}();
PyTypeObject groupby_type = iteratorType(
    {.name = "itertools.groupby",
     .doc = docText<"groupby(iterable, key=None)", "Each run of items with equal keys, as (key, iterator).">,
     .size = sizeof(GroupByObject),
     .dealloc =
         fieldsDealloc<&GroupByObject::iterator, &GroupByObject::key_function, &GroupByObject::target_key,
                       &GroupByObject::current_key, &GroupByObject::current_value>,
     .traverse =
         fieldsTraverse<&GroupByObject::iterator, &GroupByObject::key_function, &GroupByObject::target_key,
                        &GroupByObject::current_key, &GroupByObject::current_value>,
     .next = slot<groupbyNext>,
     .make = newSlot<"groupby(iterable, key=None)", groupbyNew>,
     .methods = kGroupByMethods});
PyTypeObject grouper_type =
    iteratorType({.name = "itertools._grouper",
                  .doc = nullptr,
                  .size = sizeof(GrouperObject),
                  .dealloc = fieldsDealloc<&GrouperObject::parent, &GrouperObject::target_key>,
                  .traverse = fieldsTraverse<&GrouperObject::parent, &GrouperObject::target_key>,
                  .next = slot<grouperNext>,
                  .make = newSlot<"_grouper(parent, tgtkey, /)", grouperNew>,
                  .methods = kGrouperMethods,
                  .final_type = true});

}  // namespace

Result<Ref<>> teeSplit(PyObject* iterable, Py_ssize_t count) {
  if (count < 0) return raise(PyExc_ValueError, "n must be >= 0");
  Ref<TupleObject> result = TRY(tupleNew(count));
  if (count == 0) return result;
  Ref<> first = TRY(getIter(iterable));
  MaybeRef<> copier = TRY(attrLookup(first, name<"__copy__">()));
  if (!copier) {
    first = TRY(teeFromIterable(first));
    copier = TRY(attrGet(first, name<"__copy__">()));
  }
  result->ob_item[0] = std::move(first).leak();
  for (Py_ssize_t i = 1; i < count; i++) result->ob_item[i] = TRY(call(copier.get())).leak();
  return result;
}

Status addTee(PyObject* module) {
  for (PyTypeObject* type : {&groupby_type, &grouper_type, &tee_type, &tee_block_type}) {
    TRY(moduleAddType(module, type));
  }
  return {};
}

}  // namespace krait::modules
