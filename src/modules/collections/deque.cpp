// collections.deque, a ring buffer.
//
// Item i is ring[(start + i) & mask]. `state` changes with every change of the length or order, which
// iteration and searches watch. `virtual_left` is where the first item would stand in a block of 64:
// sys.getsizeof tells of blocks.

#include "core/call.h"
#include "core/gc.h"
#include "core/thread.h"
#include "modules/collections/collections.h"
#include "types/arg_checks.h"
#include "types/bare_type_name.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/weakref.h"

extern "C" Py_hash_t PyObject_HashNotImplemented(PyObject* self);

namespace krait::modules {
namespace {

constexpr Py_ssize_t kBlockItems = 64, kBlockBytes = 528, kCentre = 32, kNoLimit = -1;

struct DequeObject : PyVarObject {
  PyObject** ring;  // mask + 1 places; null while mask is -1
  Py_ssize_t start, mask, virtual_left;
  size_t state;
  Py_ssize_t max_size;  // kNoLimit: none
  char unused[136];
  PyObject* weakrefs;

  Py_ssize_t size() const { return ob_size; }
  PyObject*& place(Py_ssize_t i) const { return ring[(start + i) & mask]; }
};
static_assert(sizeof(DequeObject) == 216 && offsetof(DequeObject, weakrefs) == 208);

struct DequeIterObject : PyObject {
  Py_ssize_t index;  // of the next item
  DequeObject* deque;
  size_t state;
  Py_ssize_t remaining;
  void* unused;
};
static_assert(sizeof(DequeIterObject) == 56);

extern PyTypeObject deque_type, deque_iter_type, deque_reverse_iter_type;
bool isDeque(PyObject* o) { return isInstanceOf(o, &deque_type); }

// --- the ring ---

Status reserve(DequeObject* deque, Py_ssize_t size) {
  if (size <= deque->mask + 1) return {};
  Py_ssize_t capacity = 8;
  while (capacity < size) {
    if (capacity > PY_SSIZE_T_MAX / 32) return raiseNoMemory();
    capacity *= 2;
  }
  auto* ring = static_cast<PyObject**>(memAlloc(static_cast<size_t>(capacity) * sizeof(PyObject*)));
  if (!ring) return raiseNoMemory();
  for (Py_ssize_t i = 0; i < deque->ob_size; i++) ring[i] = deque->place(i);
  memFree(std::exchange(deque->ring, ring));
  deque->start = 0;
  deque->mask = capacity - 1;
  return {};
}

void moveVirtualLeft(DequeObject* deque, Py_ssize_t by) {
  deque->virtual_left = (deque->virtual_left + by) & (kBlockItems - 1);
}

Ref<> takeLast(DequeObject* deque) {
  auto item = Ref<>::steal(deque->place(deque->ob_size - 1));
  if (--deque->ob_size == 0) deque->virtual_left = kCentre;
  deque->state++;
  return item;
}
Ref<> takeFirst(DequeObject* deque) {
  auto item = Ref<>::steal(deque->place(0));
  deque->start = (deque->start + 1) & deque->mask;
  moveVirtualLeft(deque, 1);
  if (--deque->ob_size == 0) deque->virtual_left = kCentre;
  deque->state++;
  return item;
}

bool isOverfull(DequeObject* deque) {
  return deque->max_size != kNoLimit && deque->ob_size > deque->max_size;
}

Status pushLast(DequeObject* deque, Ref<> item) {
  TRY(reserve(deque, deque->ob_size + 1));
  deque->place(deque->ob_size) = std::move(item).leak();
  deque->ob_size++;
  deque->state++;
  if (isOverfull(deque)) takeFirst(deque);
  return {};
}
Status pushFirst(DequeObject* deque, Ref<> item) {
  TRY(reserve(deque, deque->ob_size + 1));
  deque->start = (deque->start - 1) & deque->mask;
  deque->place(0) = std::move(item).leak();
  moveVirtualLeft(deque, -1);
  deque->ob_size++;
  deque->state++;
  if (isOverfull(deque)) takeLast(deque);
  return {};
}

void clearDeque(DequeObject* deque) {
  PyObject** ring = std::exchange(deque->ring, nullptr);
  Py_ssize_t size = std::exchange(deque->ob_size, 0), start = deque->start, mask = deque->mask;
  deque->start = 0;
  deque->mask = -1;
  deque->virtual_left = kCentre;
  deque->state++;
  for (Py_ssize_t i = 0; i < size; i++) decref(ring[(start + i) & mask]);
  memFree(ring);
}

// Moves the item at `from` to `to`, those in between close up.
void shiftItem(DequeObject* deque, Py_ssize_t from, Py_ssize_t to) {
  PyObject* item = deque->place(from);
  for (; from < to; from++) deque->place(from) = deque->place(from + 1);
  for (; from > to; from--) deque->place(from) = deque->place(from - 1);
  deque->place(to) = item;
}

Ref<> takeAt(DequeObject* deque, Py_ssize_t index) {
  if (index < deque->ob_size / 2) {
    shiftItem(deque, index, 0);
    return takeFirst(deque);
  }
  shiftItem(deque, index, deque->ob_size - 1);
  return takeLast(deque);
}

// --- extending ---

// The items of an iterable, which may be the deque itself.
Result<Ref<>> iteratorFor(DequeObject* deque, PyObject* iterable) {
  if (iterable != deque) return getIter(iterable);
  Ref<ListObject> copy = TRY(sequenceList(iterable));
  return getIter(copy);
}

Status dequeExtend(DequeObject* deque, PyObject* iterable) {
  Ref<> iterator = TRY(iteratorFor(deque, iterable));
  if (deque->ob_size == 0) deque->virtual_left = 1;
  for (;;) {
    MaybeRef<> item = TRY(iterNext(iterator));
    if (!item) return {};
    if (deque->max_size == 0) continue;
    TRY(pushLast(deque, std::move(item).take()));
  }
}

Status dequeExtendLeft(DequeObject* deque, PyObject* iterable) {
  Ref<> iterator = TRY(iteratorFor(deque, iterable));
  if (deque->ob_size == 0) deque->virtual_left = kBlockItems - 1;
  for (;;) {
    MaybeRef<> item = TRY(iterNext(iterator));
    if (!item) return {};
    if (deque->max_size == 0) continue;
    TRY(pushFirst(deque, std::move(item).take()));
  }
}

// --- making ---

Result<Ref<>> dequeNew(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<DequeObject> deque = TRY(typeAlloc<DequeObject>(type));
  deque->mask = -1;
  deque->virtual_left = kCentre;
  deque->max_size = kNoLimit;
  return deque;
}

Status dequeInit(DequeObject* deque, Opt<> iterable, Opt<> max_size) {
  Py_ssize_t limit = kNoLimit;
  if (max_size && max_size.get() != Py_None) {
    if (!isInt(max_size.get())) return raise(PyExc_TypeError, "an integer is required");
    limit = TRY(intAsSsize(cast<IntObject>(max_size.get())));
    if (limit < 0) return raise(PyExc_ValueError, "maxlen must be non-negative");
  }
  deque->max_size = limit;
  if (deque->ob_size > 0) clearDeque(deque);
  return iterable ? dequeExtend(deque, iterable.get()) : Status();
}

// A deque of the same type and limit; subclasses are called.
Result<Ref<DequeObject>> dequeCopy(DequeObject* deque) {
  if (isExact(deque, &deque_type)) {
    Ref<> made = TRY(dequeNew(&deque_type, nullptr, nullptr));
    auto copy = std::move(made).as<DequeObject>();
    copy->max_size = deque->max_size;
    TRY(reserve(copy, deque->ob_size));
    TRY(dequeExtend(copy, deque));
    return copy;
  }
  MaybeRef<> made;
  if (deque->max_size == kNoLimit) {
    made = TRY(call(typeObject(deque), static_cast<PyObject*>(deque)));
  } else {
    Ref<> limit = TRY(intObject(deque->max_size));
    made = TRY(call(typeObject(deque), static_cast<PyObject*>(deque), limit.get()));
  }
  if (!isDeque(made.get())) {
    return raise(PyExc_TypeError, "%.200s() must return a deque, not %.200s", typeName(deque),
                 typeName(made.get()));
  }
  return std::move(made).take().as<DequeObject>();
}

void dequeDealloc(PyObject* object) {
  auto* deque = cast<DequeObject>(object);
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  if (deque->weakrefs) clearWeakRefs(object);
  if (deque->ring) clearDeque(deque);
  objectFreeMemory(object);
}
int dequeTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* deque = cast<DequeObject>(object);
  for (Py_ssize_t i = 0; i < deque->ob_size; i++) {
    if (int status = visit(deque->place(i), arg)) return status;
  }
  return 0;
}
int dequeTpClear(PyObject* object) {
  clearDeque(cast<DequeObject>(object));
  return 0;
}

// --- sequence slots ---

Py_ssize_t dequeLength(DequeObject* deque) { return deque->ob_size; }
Raised raiseIndex() { return raise(PyExc_IndexError, "deque index out of range"); }
bool isInside(DequeObject* deque, Py_ssize_t index) { return index >= 0 && index < deque->ob_size; }

Result<Ref<>> dequeItem(DequeObject* deque, Py_ssize_t index) {
  if (!isInside(deque, index)) return raiseIndex();
  return share(deque->place(index));
}
Status dequeAssignItem(DequeObject* deque, Py_ssize_t index, Opt<> value) {
  if (!isInside(deque, index)) return raiseIndex();
  auto old = value ? Ref<>::steal(std::exchange(deque->place(index), share(value.get()).leak()))
                   : takeAt(deque, index);
  return {};
}

Raised raiseMutated() { return raise(PyExc_RuntimeError, "deque mutated during iteration"); }

// The first equal item in [start, stop); -1: none.
Result<Py_ssize_t> dequeFind(DequeObject* deque, PyObject* value, Py_ssize_t start, Py_ssize_t stop) {
  size_t state = deque->state;
  for (Py_ssize_t i = start; i < stop; i++) {
    auto item = share(deque->place(i));
    bool equal = TRY(objectEquals(item, value));
    if (equal) return i;
    if (deque->state != state) return raiseMutated();
  }
  return -1;
}
Result<bool> dequeContains(DequeObject* deque, PyObject* value) {
  return TRY(dequeFind(deque, value, 0, deque->ob_size)) >= 0;
}

Result<Ref<>> dequeInPlaceConcat(DequeObject* deque, PyObject* other) {
  TRY(dequeExtend(deque, other));
  return share<PyObject>(deque);
}
Result<Ref<>> dequeConcat(DequeObject* deque, PyObject* other) {
  if (!isDeque(other)) {
    return raise(PyExc_TypeError, "can only concatenate deque (not \"%.200s\") to deque", typeName(other));
  }
  Ref<DequeObject> result = TRY(dequeCopy(deque));
  TRY(dequeExtend(result, other));
  return result;
}

Result<Ref<>> dequeInPlaceRepeat(DequeObject* deque, Py_ssize_t count) {
  Py_ssize_t size = deque->ob_size;
  if (size == 0 || count == 1) return share<PyObject>(deque);
  if (count <= 0) {
    clearDeque(deque);
    return share<PyObject>(deque);
  }
  if (deque->max_size != kNoLimit && count > deque->max_size / size + 1) count = deque->max_size / size + 1;
  if (count > PY_SSIZE_T_MAX / size) return raiseNoMemory();
  Ref<ListObject> items = TRY(sequenceList(deque));
  TRY(reserve(deque, size * count));
  for (Py_ssize_t i = 1; i < count; i++) {
    for (Py_ssize_t j = 0; j < items->size(); j++) TRY(pushLast(deque, share(items->at(j))));
  }
  return share<PyObject>(deque);
}
Result<Ref<>> dequeRepeat(DequeObject* deque, Py_ssize_t count) {
  Ref<DequeObject> copy = TRY(dequeCopy(deque));
  return dequeInPlaceRepeat(copy, count);
}

Result<Ref<StrObject>> dequeRepr(DequeObject* deque) {
  auto guard = TRY(ReprGuard::enter(deque));
  if (guard.isRecursive()) return strLiteral("[...]");
  Ref<ListObject> items = TRY(sequenceList(deque));
  const char* short_name = bareTypeName(deque);
  if (deque->max_size == kNoLimit)
    return strFormat("%s(%R)", short_name, static_cast<PyObject*>(items.get()));
  return strFormat("%s(%R, maxlen=%zd)", short_name, static_cast<PyObject*>(items.get()), deque->max_size);
}

Result<Ref<>> dequeCompare(PyObject* left, PyObject* right, int op) {
  if (!isDeque(left) || !isDeque(right)) return notImplemented();
  Py_ssize_t size_a = cast<DequeObject>(left)->ob_size, size_b = cast<DequeObject>(right)->ob_size;
  if (op == Py_EQ && (left == right || size_a != size_b)) return boolRef(left == right);
  if (op == Py_NE && (left == right || size_a != size_b)) return boolRef(left != right);
  Ref<> iter_a = TRY(getIter(left)), iter_b = TRY(getIter(right));
  for (;;) {
    MaybeRef<> a = TRY(iterNext(iter_a));
    MaybeRef<> b = TRY(iterNext(iter_b));
    if (!a || !b) return boolRef(compareValues(a ? 1 : 0, b ? 1 : 0, op));
    if (TRY(objectEquals(a.get(), b.get()))) continue;
    if (op == Py_EQ || op == Py_NE) return boolRef(op == Py_NE);
    return richCompare(a.get(), b.get(), op);
  }
}

// --- methods ---

Status dequeAppend(DequeObject* deque, PyObject* item) { return pushLast(deque, share(item)); }
Status dequeAppendLeft(DequeObject* deque, PyObject* item) { return pushFirst(deque, share(item)); }
Result<Ref<>> dequePop(DequeObject* deque) {
  if (deque->ob_size == 0) return raise(PyExc_IndexError, "pop from an empty deque");
  return takeLast(deque);
}
Result<Ref<>> dequePopLeft(DequeObject* deque) {
  if (deque->ob_size == 0) return raise(PyExc_IndexError, "pop from an empty deque");
  return takeFirst(deque);
}
Status dequeClear(DequeObject* deque) {
  clearDeque(deque);
  return {};
}
Result<Ref<>> dequeCopyMethod(DequeObject* deque) { return TRY(dequeCopy(deque)); }

Result<Py_ssize_t> dequeCount(DequeObject* deque, PyObject* value) {
  size_t state = deque->state;
  Py_ssize_t count = 0;
  for (Py_ssize_t i = 0, size = deque->ob_size; i < size; i++) {
    auto item = share(deque->place(i));
    count += TRY(objectEquals(item, value));
    if (deque->state != state) return raiseMutated();
  }
  return count;
}

Result<Py_ssize_t> dequeIndex(DequeObject* deque, CallArgs args) {
  TRY(checkNoKeywordNames("deque.index", args.names));
  if (args.count < 1 || args.count > 3) {
    return raise(PyExc_TypeError, "index() takes at %s %d argument%s (%zd given)",
                 args.count < 1 ? "least" : "most", args.count < 1 ? 1 : 3, args.count < 1 ? "" : "s",
                 args.count);
  }
  SliceIndex start{0}, stop{deque->ob_size};
  if (args.count > 1) start.value = TRY(sliceIndexNotNone(args.values[1]));
  if (args.count > 2) stop.value = TRY(sliceIndexNotNone(args.values[2]));
  Py_ssize_t size = deque->ob_size, end = stop.from(size);
  Py_ssize_t index = TRY(dequeFind(deque, args.values[0], start.from(size), end > size ? size : end));
  if (index < 0) return raise(PyExc_ValueError, "%R is not in deque", args.values[0]);
  return index;
}

Status insertAt(DequeObject* deque, Py_ssize_t index, PyObject* item) {
  Py_ssize_t size = deque->ob_size;
  if (deque->max_size == size) return raise(PyExc_IndexError, "deque already at its maximum size");
  if (index >= size) return pushLast(deque, share(item));
  if (index <= -size || index == 0) return pushFirst(deque, share(item));
  if (index < 0) index += size;
  if (index < size / 2) {
    TRY(pushFirst(deque, share(item)));
    shiftItem(deque, 0, index);
  } else {
    TRY(pushLast(deque, share(item)));
    shiftItem(deque, size, index);
  }
  return {};
}
Status dequeInsert(DequeObject* deque, CallArgs args) {
  TRY(checkNoKeywordNames("deque.insert", args.names));
  if (args.count != 2) {
    return raise(PyExc_TypeError, "insert() takes exactly 2 arguments (%zd given)", args.count);
  }
  Py_ssize_t index = TRY(argSsize(args.values[0]));
  return insertAt(deque, index, args.values[1]);
}

Status dequeRemove(DequeObject* deque, PyObject* value) {
  size_t state = deque->state;
  for (Py_ssize_t i = 0, size = deque->ob_size; i < size; i++) {
    auto item = share(deque->place(i));
    bool equal = TRY(objectEquals(item, value));
    if (deque->state != state) return raise(PyExc_IndexError, "deque mutated during remove().");
    if (!equal) continue;
    takeAt(deque, i);
    return {};
  }
  return raise(PyExc_ValueError, "%R is not in deque", value);
}

// Right by n places; each item passes over the seam of the ring.
void rotate(DequeObject* deque, Py_ssize_t n) {
  Py_ssize_t size = deque->ob_size;
  if (size < 2) return;
  n %= size;
  if (n > size / 2) n -= size;
  if (n < -(size / 2)) n += size;
  bool full = size == deque->mask + 1;
  for (Py_ssize_t left = n; left > 0; left--) {
    PyObject* item = deque->place(size - 1);
    deque->start = (deque->start - 1) & deque->mask;
    if (!full) deque->place(0) = item;
  }
  for (Py_ssize_t left = n; left < 0; left++) {
    PyObject* item = deque->place(0);
    deque->start = (deque->start + 1) & deque->mask;
    if (!full) deque->place(size - 1) = item;
  }
  moveVirtualLeft(deque, -n);
  deque->state++;
}
Status dequeRotate(DequeObject* deque, CallArgs args) {
  TRY(checkNoKeywordNames("deque.rotate", args.names));
  TRY(checkPositional("deque.rotate", args.count, 0, 1));
  rotate(deque, args.count == 1 ? TRY(argSsize(args.values[0])) : 1);
  return {};
}

Status dequeReverse(DequeObject* deque) {
  for (Py_ssize_t low = 0, high = deque->ob_size - 1; low < high; low++, high--) {
    std::swap(deque->place(low), deque->place(high));
  }
  return {};
}

Result<Ref<>> dequeReduce(PyObject* self) {
  Ref<> state = TRY(callMethod(self, name<"__getstate__">()));
  Ref<> iterator = TRY(getIter(self));
  Ref<TupleObject> empty = emptyTuple();
  auto* deque = cast<DequeObject>(self);
  auto args = empty.clone();
  if (deque->max_size != kNoLimit) {
    Ref<> limit = TRY(intObject(deque->max_size));
    args = TRY(tupleOf(static_cast<PyObject*>(empty.get()), limit.get()));
  }
  return TRY(tupleOf(typeObject(self), static_cast<PyObject*>(args.get()), state.get(), iterator.get()));
}

Py_ssize_t dequeSizeof(DequeObject* deque) {
  Py_ssize_t blocks = (deque->virtual_left + deque->ob_size + kBlockItems - 1) / kBlockItems;
  return typeOf(deque)->tp_basicsize + blocks * kBlockBytes;
}
Result<Ref<>> dequeMaxLen(DequeObject* deque) {
  if (deque->max_size == kNoLimit) return none();
  return intObject(deque->max_size);
}
Result<Ref<>> dequeClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

// --- iterators ---

Result<Ref<>> iterMake(DequeObject* deque, PyTypeObject* type) {
  Ref<DequeIterObject> iter = TRY(objectNew<DequeIterObject>(type));
  iter->deque = share(deque).leak();
  iter->state = deque->state;
  iter->remaining = deque->ob_size;
  iter->index = type == &deque_iter_type ? 0 : deque->ob_size - 1;
  gcTrack(iter);
  return iter;
}
Result<Ref<>> dequeIter(DequeObject* deque) { return iterMake(deque, &deque_iter_type); }
Result<Ref<>> dequeReversed(DequeObject* deque) { return iterMake(deque, &deque_reverse_iter_type); }

Result<Ref<>> iterNew(PyTypeObject* type, TupleObject* args, Opt<>) {
  if (args->size() < 1 || args->size() > 2) {
    return raise(PyExc_TypeError, "function takes at %s %d argument%s (%zd given)",
                 args->size() < 1 ? "least" : "most", args->size() < 1 ? 1 : 2, args->size() < 1 ? "" : "s",
                 args->size());
  }
  if (!isDeque(args->at(0))) {
    return raise(PyExc_TypeError, "argument 1 must be %.50s, not %.50s", deque_type.tp_name,
                 args->at(0) == Py_None ? "None" : typeName(args->at(0)));
  }
  Py_ssize_t skip = args->size() == 2 ? TRY(argSsize(args->at(1))) : 0;
  auto* deque = cast<DequeObject>(args->at(0));
  Ref<> made = TRY(iterMake(deque, type));
  auto* iter = cast<DequeIterObject>(made.get());
  if (skip > iter->remaining) skip = iter->remaining;
  if (skip > 0) {
    iter->remaining -= skip;
    iter->index += type == &deque_iter_type ? skip : -skip;
  }
  return made;
}

void iterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(cast<DequeIterObject>(self)->deque);
  objectFreeMemory(self);
}
int iterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<DequeIterObject>(self)->deque);
}

template <int kStep>
Result<MaybeRef<>> iterStep(DequeIterObject* iter) {
  if (kStep < 0 && iter->remaining == 0) return MaybeRef<>();
  if (iter->deque->state != iter->state) {
    iter->remaining = 0;
    return raiseMutated();
  }
  if (iter->remaining == 0) return MaybeRef<>();
  iter->remaining--;
  Py_ssize_t index = iter->index;
  iter->index += kStep;
  return MaybeRef<>(share(iter->deque->place(index)));
}

Py_ssize_t iterLengthHint(DequeIterObject* iter) { return iter->remaining; }
Result<Ref<>> iterReduce(DequeIterObject* iter) {
  Ref<> done = TRY(intObject(iter->deque->ob_size - iter->remaining));
  Ref<TupleObject> args = TRY(tupleOf(static_cast<PyObject*>(iter->deque), done.get()));
  return reduceTo(typeObject(iter), args);
}

constinit PyMethodDef kMethods[] = {
    method<"!append($self, item, /)", dequeAppend, "Add an item to the right end.">,
    method<"!appendleft($self, item, /)", dequeAppendLeft, "Add an item to the left end.">,
    method<"!clear($self, /)", dequeClear, "Remove all items.">,
    method<"!__copy__($self, /)", dequeCopyMethod, "A shallow copy.">,
    method<"!copy($self, /)", dequeCopyMethod, "A shallow copy.">,
    method<"!count($self, value, /)", dequeCount,
           "D.count(value) -> integer -- the number of items equal to value">,
    method<"!extend($self, iterable, /)", dequeExtend, "Add the iterable's items to the right end.">,
    method<"!extendleft($self, iterable, /)", dequeExtendLeft,
           "Add the iterable's items to the left end, one by one.">,
    method<"!index($self, *args)", dequeIndex,
           "D.index(value, [start, [stop]]) -> integer -- the first index of value">,
    method<"!insert($self, *args)", dequeInsert, "D.insert(index, object) -- insert object before index">,
    method<"!pop($self, /)", dequePop, "Remove and return the rightmost item.">,
    method<"!popleft($self, /)", dequePopLeft, "Remove and return the leftmost item.">,
    method<"!__reduce__($self, /)", dequeReduce, kReduceDoc>,
    method<"!remove($self, value, /)", dequeRemove,
           "D.remove(value) -- remove the first item equal to value">,
    method<"!__reversed__($self, /)", dequeReversed, "An iterator over the items, rightmost first.">,
    method<"!reverse($self, /)", dequeReverse, "D.reverse() -- reverse in place">,
    method<"!rotate($self, *args)", dequeRotate, "Move the items n places to the right, one by default.">,
    method<"!__sizeof__($self, /)", dequeSizeof, "Size in memory, in bytes.">,
    classMethod<"!__class_getitem__($type, object, /)", dequeClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"maxlen", dequeMaxLen, nullptr, "maximum size of a deque or None if unbounded">, {}};
constinit PySequenceMethods kAsSequence = {.sq_length = slot<dequeLength>,
                                           .sq_concat = slot<dequeConcat>,
                                           .sq_repeat = slot<dequeRepeat>,
                                           .sq_item = slot<dequeItem>,
                                           .sq_ass_item = slot<dequeAssignItem>,
                                           .sq_contains = slot<dequeContains>,
                                           .sq_inplace_concat = slot<dequeInPlaceConcat>,
                                           .sq_inplace_repeat = slot<dequeInPlaceRepeat>};
PyTypeObject deque_type = {
    KR_TYPE_HEAD,
    .tp_name = "collections.deque",
    .tp_basicsize = sizeof(DequeObject),
    .tp_dealloc = dequeDealloc,
    .tp_repr = slot<dequeRepr>,
    .tp_as_sequence = &kAsSequence,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "deque([iterable[, maxlen]]) --> deque object\n\nA sequence that is fast at both ends.",
    .tp_traverse = dequeTraverse,
    .tp_clear = dequeTpClear,
    .tp_richcompare = slot<dequeCompare>,
    .tp_weaklistoffset = offsetof(DequeObject, weakrefs),
    .tp_iter = slot<dequeIter>,
    .tp_methods = kMethods,
    .tp_getset = kGetSet,
    .tp_init = initSlot<"deque(iterable=(), maxlen=None)", dequeInit>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<dequeNew>,
    .tp_free = gcFree,
};

constinit PyMethodDef kIterMethods[] = {method<"!__length_hint__($self, /)", iterLengthHint, kLengthHintDoc>,
                                        method<"!__reduce__($self, /)", iterReduce, kReduceDoc>,
                                        {}};
PyTypeObject deque_iter_type = {
    KR_TYPE_HEAD,
    .tp_name = "_collections._deque_iterator",
    .tp_basicsize = sizeof(DequeIterObject),
    .tp_dealloc = iterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = iterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iterStep<1>>,
    .tp_methods = kIterMethods,
    .tp_new = slot<iterNew>,
};
PyTypeObject deque_reverse_iter_type = {
    KR_TYPE_HEAD,
    .tp_name = "_collections._deque_reverse_iterator",
    .tp_basicsize = sizeof(DequeIterObject),
    .tp_dealloc = iterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = iterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iterStep<-1>>,
    .tp_methods = kIterMethods,
    .tp_new = slot<iterNew>,
};

}  // namespace

Status addDeque(PyObject* module) { return moduleAddType(module, &deque_type); }

Status addDequeIterators(PyObject* module) {
  TRY(moduleAddType(module, &deque_iter_type));
  return moduleAddType(module, &deque_reverse_iter_type);
}

}  // namespace krait::modules
