// range: an arithmetic progression of ints of any size.
#include "types/range.h"

#include <climits>

#include "core/gc.h"
#include "core/native.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/misc_objects.h"
#include "types/slice.h"

namespace krait {

namespace {

// An iterator over a progression that does not fit machine integers.
struct LongRangeIterObject : PyObject {
  PyObject *index, *start, *step, *length;
};
static_assert(sizeof(LongRangeIterObject) == 48);

IntObject* whole(PyObject* o) { return cast<IntObject>(o); }
PyObject* zero() { return smallInt(0); }
PyObject* one() { return smallInt(1); }
bool fits(PyObject* o, long* value) { return intFitsLong(whole(o), value); }

unsigned long countOf(long low, long high, unsigned long step) {
  return low < high ? (static_cast<unsigned long>(high) - 1 - static_cast<unsigned long>(low)) / step + 1 : 0;
}
unsigned long machineLength(long start, long stop, long step) {
  return step > 0 ? countOf(start, stop, static_cast<unsigned long>(step))
                  : countOf(stop, start, 0UL - static_cast<unsigned long>(step));
}

Result<Ref<>> lengthOf(PyObject* start, PyObject* stop, PyObject* step) {
  long a, b, c;
  if (fits(start, &a) && fits(stop, &b) && fits(step, &c))
    return TRY(intFromUnsignedLong(machineLength(a, b, c)));
  bool up = intSign(whole(step)) > 0;
  PyObject *low = up ? start : stop, *high = up ? stop : start;
  if (intCompare(whole(low), whole(high)) >= 0) return share(zero());
  Ref<> magnitude = up ? share(step) : TRY(numberNegative(step));
  Ref<> span = TRY(numberSubtract(high, low));
  span = TRY(numberSubtract(span, one()));
  span = TRY(numberFloorDivide(span, magnitude));
  return numberAdd(span, one());
}

Result<Ref<>> itemAt(RangeObject* range, PyObject* index) {
  if (range->step == one()) return numberAdd(range->start, index);
  Ref<> offset = TRY(numberMultiply(index, range->step));
  return numberAdd(range->start, offset);
}

// Negative indices count from the end.
Result<Ref<>> itemChecked(RangeObject* range, PyObject* given) {
  auto index = share(given);
  if (intSign(whole(index)) < 0) index = TRY(numberAdd(range->length, index));
  if (intSign(whole(index)) < 0 || intCompare(whole(index), whole(range->length)) >= 0) {
    return raise(PyExc_IndexError, "range object index out of range");
  }
  return itemAt(range, index);
}

Result<Ref<>> rangeFromArgs(PyTypeObject*, PyObject* const* args, Py_ssize_t count) {
  TRY(checkPositional("range", count, 1, 3));
  if (count == 1) {
    Ref<IntObject> stop = TRY(numberIndex(args[0]));
    return TRY(rangeNew(zero(), stop, one()));
  }
  Ref<IntObject> start = TRY(numberIndex(args[0]));
  Ref<IntObject> stop = TRY(numberIndex(args[1]));
  Ref<IntObject> step = count == 3 ? TRY(numberIndex(args[2])) : share(smallInt(1));
  if (step->isZero()) return raise(PyExc_ValueError, "range() arg 3 must not be zero");
  return TRY(rangeNew(start, stop, step));
}

Result<Ref<>> rangeTypeNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("range", kwargs));
  return rangeFromArgs(type, args->items(), args->size());
}
Result<Ref<>> rangeTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("range", args.names));
  return rangeFromArgs(type, args.values, args.count);
}

void rangeDealloc(PyObject* self) {
  auto* range = cast<RangeObject>(self);
  decref(range->start);
  decref(range->stop);
  decref(range->step);
  decref(range->length);
  objectFreeMemory(self);
}

Result<Py_ssize_t> rangeLength(RangeObject* range) { return intAsSsize(whole(range->length)); }
bool rangeIsTrue(RangeObject* range) { return intSign(whole(range->length)) != 0; }

Result<Ref<StrObject>> rangeRepr(RangeObject* range) {
  if (range->step == one()) return strFormat("range(%R, %R)", range->start, range->stop);
  return strFormat("range(%R, %R, %R)", range->start, range->stop, range->step);
}

bool sameInt(PyObject* a, PyObject* b) { return a == b || intCompare(whole(a), whole(b)) == 0; }

bool rangesEqual(RangeObject* a, RangeObject* b) {
  if (a == b) return true;
  if (!sameInt(a->length, b->length)) return false;
  if (intSign(whole(a->length)) == 0) return true;
  if (!sameInt(a->start, b->start)) return false;
  return sameInt(a->length, one()) || sameInt(a->step, b->step);
}

Result<Ref<>> rangeCompare(PyObject* left, PyObject* right, int op) {
  if (!isExact(right, &PyRange_Type) || (op != Py_EQ && op != Py_NE)) return notImplemented();
  return boolRef(rangesEqual(cast<RangeObject>(left), cast<RangeObject>(right)) == (op == Py_EQ));
}

// Equal ranges hash alike: what does not matter counts as None.
Result<Py_hash_t> rangeHash(RangeObject* range) {
  bool empty = intSign(whole(range->length)) == 0;
  bool single = !empty && sameInt(range->length, one());
  Ref<TupleObject> parts =
      TRY(tupleOf(range->length, empty ? Py_None : range->start, empty || single ? Py_None : range->step));
  return objectHash(parts);
}

// Is the int one of the items?
Result<bool> holdsInt(RangeObject* range, PyObject* value) {
  bool up = intSign(whole(range->step)) > 0;
  IntObject *first = whole(range->start), *end = whole(range->stop), *v = whole(value);
  bool inside = up ? intCompare(first, v) <= 0 && intCompare(v, end) < 0
                   : intCompare(v, first) <= 0 && intCompare(end, v) < 0;
  if (!inside) return false;
  Ref<> distance = TRY(numberSubtract(value, range->start));
  Ref<> rest = TRY(numberRemainder(distance, range->step));
  return intSign(whole(rest)) == 0;
}
bool isPlainInt(PyObject* value) { return isExactInt(value) || isBool(value); }

// Any other value is compared with every item.
Result<bool> rangeContains(RangeObject* range, PyObject* value) {
  if (isPlainInt(value)) return holdsInt(range, value);
  Ref<> iterator = TRY(getIter(range));
  for (;;) {
    MaybeRef<> item = TRY(iterNext(iterator));
    if (!item) return false;
    if (TRY(objectEquals(item.get(), value))) return true;
  }
}

Result<Ref<>> rangeCount(RangeObject* range, PyObject* value) {
  if (isPlainInt(value)) return share<PyObject>(smallInt(TRY(holdsInt(range, value))));
  Py_ssize_t count = 0;
  TRY(forEach(range, [&](Ref<> item) -> Status {
    count += TRY(objectEquals(item, value));
    return {};
  }));
  return intObject(count);
}

Result<Ref<>> rangeIndex(RangeObject* range, PyObject* value) {
  if (!isPlainInt(value)) return intObject(TRY(sequenceIndex(range, value)));
  if (!TRY(holdsInt(range, value))) return raise(PyExc_ValueError, "%R is not in range", value);
  Ref<> distance = TRY(numberSubtract(value, range->start));
  return numberFloorDivide(distance, range->step);
}

Result<Ref<>> rangeItem(RangeObject* range, Py_ssize_t index) {
  Ref<IntObject> boxed = TRY(intFromLong(index));
  return itemChecked(range, boxed);
}

Result<Ref<>> rangeSlice(RangeObject* range, SliceObject* slice) {
  LongBounds bounds = TRY(sliceLongIndices(slice, range->length));
  Ref<> step = TRY(numberMultiply(range->step, bounds.step));
  Ref<> start = TRY(itemAt(range, bounds.start));
  Ref<> stop = TRY(itemAt(range, bounds.stop));
  return TRY(rangeNew(start, stop, step));
}

Result<Ref<>> rangeSubscript(RangeObject* range, PyObject* key) {
  if (isIndex(key)) {
    Ref<IntObject> index = TRY(numberIndex(key));
    return itemChecked(range, index);
  }
  if (isSlice(key)) return rangeSlice(range, cast<SliceObject>(key));
  return raise(PyExc_TypeError, "range indices must be integers or slices, not %.200s", typeName(key));
}

// Arguments are taken and not looked at.
Result<Ref<>> rangeReduce(RangeObject* range, CallArgs) {
  Ref<TupleObject> args = TRY(tupleOf(range->start, range->stop, range->step));
  return reduceTo(typeObject(range), args);
}

// --- iterators ---

Result<Ref<>> machineIter(long start, long step, long length) {
  Ref<RangeIterObject> iter = TRY(objectNew<RangeIterObject>(&PyRangeIter_Type));
  iter->index = 0;
  iter->start = start;
  iter->step = step;
  iter->length = length;
  return iter;
}

Result<Ref<>> longIter(PyObject* start, PyObject* step, PyObject* length) {
  Ref<LongRangeIterObject> iter = TRY(objectNew<LongRangeIterObject>(&PyLongRangeIter_Type));
  iter->index = share(zero()).leak();
  iter->start = share(start).leak();
  iter->step = share(step).leak();
  iter->length = share(length).leak();
  return iter;
}

// Can every value up to the one behind the end be held by a long?
bool machineIterable(long start, long stop, long step) {
  if (machineLength(start, stop, step) > static_cast<unsigned long>(LONG_MAX)) return false;
  return step > 0 ? stop <= LONG_MAX - (step - 1) : stop >= LONG_MIN + (-1 - step);
}

Result<Ref<>> rangeIter(RangeObject* range) {
  long start, stop, step;
  if (fits(range->start, &start) && fits(range->stop, &stop) && fits(range->step, &step) &&
      machineIterable(start, stop, step)) {
    return machineIter(start, step, static_cast<long>(machineLength(start, stop, step)));
  }
  return longIter(range->start, range->step, range->length);
}

Result<Ref<>> rangeReversed(RangeObject* range) {
  long start, stop, step;
  if (fits(range->start, &start) && fits(range->stop, &stop) && fits(range->step, &step) &&
      step > -LONG_MAX && (step > 0 ? start >= LONG_MIN + step : start <= LONG_MAX + step)) {
    unsigned long length = machineLength(start, stop, step);
    if (length <= static_cast<unsigned long>(LONG_MAX)) {
      auto last = static_cast<long>(static_cast<unsigned long>(start) +
                                    (length - 1) * static_cast<unsigned long>(step));
      return machineIter(last, -step, static_cast<long>(length));
    }
  }
  Ref<> backwards = TRY(numberNegative(range->step));
  Ref<> last_index = TRY(numberSubtract(range->length, one()));
  Ref<> last = TRY(itemAt(range, last_index));
  return longIter(last, backwards, range->length);
}

void iterDealloc(PyObject* self) { objectFreeMemory(self); }

PyObject* iterNextItem(PyObject* self) {
  auto* iter = cast<RangeIterObject>(self);
  if (iter->index >= iter->length) return nullptr;
  unsigned long offset = static_cast<unsigned long>(iter->index++) * static_cast<unsigned long>(iter->step);
  return intFromLong(static_cast<long>(static_cast<unsigned long>(iter->start) + offset)).toC();
}

long iterLengthHint(RangeIterObject* iter) { return iter->length - iter->index; }

Result<Ref<>> iterReduce(RangeIterObject* iter) {
  Ref<IntObject> start = TRY(intFromLong(iter->start));
  Ref<IntObject> stop = TRY(intFromLong(iter->start + iter->length * iter->step));
  Ref<IntObject> step = TRY(intFromLong(iter->step));
  Ref<RangeObject> range = TRY(rangeNew(start, stop, step));
  Ref<TupleObject> args = TRY(tupleOf(range.get()));
  Ref<> iter_function = TRY(builtinAttr("iter"));
  Ref<> index = TRY(intObject(iter->index));
  return reduceTo(iter_function, args, index.get());
}

Status iterSetState(RangeIterObject* iter, PyObject* state) {
  long index = TRY(asLong(state));
  iter->index = index < 0 ? 0 : index > iter->length ? iter->length : index;
  return {};
}

void longIterDealloc(PyObject* self) {
  auto* iter = cast<LongRangeIterObject>(self);
  xdecref(iter->index);
  xdecref(iter->start);
  xdecref(iter->step);
  xdecref(iter->length);
  objectFreeMemory(self);
}

Result<MaybeRef<>> longIterNext(LongRangeIterObject* iter) {
  if (intCompare(whole(iter->index), whole(iter->length)) >= 0) return MaybeRef<>();
  Ref<> next_index = TRY(numberAdd(iter->index, one()));
  Ref<> offset = TRY(numberMultiply(iter->index, iter->step));
  Ref<> item = TRY(numberAdd(iter->start, offset));
  setField(iter->index, std::move(next_index));
  return MaybeRef<>(std::move(item));
}

Result<Ref<>> longIterLengthHint(LongRangeIterObject* iter) {
  return numberSubtract(iter->length, iter->index);
}

Result<Ref<>> longIterReduce(LongRangeIterObject* iter) {
  Ref<> span = TRY(numberMultiply(iter->length, iter->step));
  Ref<> stop = TRY(numberAdd(iter->start, span));
  Ref<RangeObject> range = TRY(rangeNew(iter->start, stop, iter->step));
  Ref<TupleObject> args = TRY(tupleOf(range.get()));
  Ref<> iter_function = TRY(builtinAttr("iter"));
  return reduceTo(iter_function, args, iter->index);
}

Status longIterSetState(LongRangeIterObject* iter, PyObject* state) {
  if (TRY(richCompareBool(state, zero(), Py_LT)))
    state = zero();
  else if (TRY(richCompareBool(iter->length, state, Py_LT)))
    state = iter->length;
  Ref<IntObject> index = TRY(numberIndex(state));
  setField(iter->index, std::move(index));
  return {};
}

constinit PyMemberDef kRangeMembers[] = {
    {"start", T_OBJECT_EX, offsetof(RangeObject, start), READONLY, nullptr},
    {"stop", T_OBJECT_EX, offsetof(RangeObject, stop), READONLY, nullptr},
    {"step", T_OBJECT_EX, offsetof(RangeObject, step), READONLY, nullptr},
    {}};
constinit PyMethodDef kRangeMethods[] = {
    method<"!__reversed__($self, /)", rangeReversed, "An iterator over the items, last one first.">,
    method<"!%__reduce__($self, *args)", rangeReduce>,
    method<"!count($self, value, /)", rangeCount, "The number of items equal to value.">,
    method<"!index($self, value, /)", rangeIndex, "The index of value; ValueError without it.">,
    {}};
constinit PyMethodDef kIterMethods[] = {method<"!__length_hint__($self, /)", iterLengthHint, kLengthHintDoc>,
                                        method<"!__reduce__($self, /)", iterReduce, kReduceDoc>,
                                        method<"!__setstate__($self, state, /)", iterSetState, kSetStateDoc>,
                                        {}};
constinit PyMethodDef kLongIterMethods[] = {
    method<"!__length_hint__($self, /)", longIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", longIterReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", longIterSetState, kSetStateDoc>,
    {}};
constinit PyNumberMethods kRangeAsNumber = {.nb_bool = slot<rangeIsTrue>};
constinit PySequenceMethods kRangeAsSequence = {
    .sq_length = slot<rangeLength>, .sq_item = slot<rangeItem>, .sq_contains = slot<rangeContains>};
constinit PyMappingMethods kRangeAsMapping = {.mp_length = slot<rangeLength>,
                                              .mp_subscript = slot<rangeSubscript>};

}  // namespace

Result<Ref<RangeObject>> rangeNew(PyObject* start, PyObject* stop, PyObject* step) {
  Ref<> length = TRY(lengthOf(start, stop, step));
  Ref<RangeObject> range = TRY(objectNew<RangeObject>(&PyRange_Type));
  range->start = share(start).leak();
  range->stop = share(stop).leak();
  range->step = share(step).leak();
  range->length = std::move(length).leak();
  return range;
}

Result<Ref<>> rangeFromLongs(long start, long stop, long step) {
  Ref<IntObject> a = TRY(intFromLong(start));
  Ref<IntObject> b = TRY(intFromLong(stop));
  Ref<IntObject> c = TRY(intFromLong(step));
  return TRY(rangeNew(a, b, c));
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyRange_Type = {
    KR_TYPE_HEAD,
    .tp_name = "range",
    .tp_basicsize = sizeof(RangeObject),
    .tp_dealloc = rangeDealloc,
    .tp_repr = slot<rangeRepr>,
    .tp_as_number = &kRangeAsNumber,
    .tp_as_sequence = &kRangeAsSequence,
    .tp_as_mapping = &kRangeAsMapping,
    .tp_hash = slot<rangeHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
        "The ints from start (0) up to stop, which is left out, in steps of step (1).",
    .tp_richcompare = slot<rangeCompare>,
    .tp_iter = slot<rangeIter>,
    .tp_methods = kRangeMethods,
    .tp_members = kRangeMembers,
    .tp_new = slot<rangeTypeNew>,
    .tp_vectorcall = typeVectorcall<rangeTypeVectorcall>,
};
KR_EXPORT constinit PyTypeObject PyRangeIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "range_iterator",
    .tp_basicsize = sizeof(RangeIterObject),
    .tp_dealloc = iterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = iterNextItem,
    .tp_methods = kIterMethods,
};
KR_EXPORT constinit PyTypeObject PyLongRangeIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "longrange_iterator",
    .tp_basicsize = sizeof(LongRangeIterObject),
    .tp_dealloc = longIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<longIterNext>,
    .tp_methods = kLongIterMethods,
};
