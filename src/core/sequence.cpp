// The sequence protocol.
#include "core/number.h"
#include "core/object.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/tuple.h"

namespace krait {
namespace {

PySequenceMethods* slotsOf(PyObject* o) { return typeOf(o)->tp_as_sequence; }
PyMappingMethods* mappingOf(PyObject* o) { return typeOf(o)->tp_as_mapping; }

Result<Ref<>> unlessNotImplemented(Ref<> result, const char* format, PyObject* object) {
  if (result.get() != Py_NotImplemented) return result;
  return raise(PyExc_TypeError, format, typeName(object));
}

// Negative indices count from the end, for slots that know only positive ones.
Result<Py_ssize_t> fromEnd(PyObject* object, Py_ssize_t index) {
  lenfunc length = slotsOf(object)->sq_length;
  if (index >= 0 || !length) return index;
  Py_ssize_t size = length(object);
  if (size < 0) return Raised{};
  return index + size;
}

constexpr const char* kNoConcat = "'%.200s' object can't be concatenated";
constexpr const char* kNoRepeat = "'%.200s' object can't be repeated";

}  // namespace

bool isSequence(PyObject* object) { return !isDict(object) && slotsOf(object) && slotsOf(object)->sq_item; }

Result<Py_ssize_t> sequenceLength(PyObject* object) {
  if (auto* s = slotsOf(object); s && s->sq_length) {
    Py_ssize_t size = s->sq_length(object);
    if (size < 0) return Raised{};
    return size;
  }
  if (auto* m = mappingOf(object); m && m->mp_length)
    return raise(PyExc_TypeError, "%.200s is not a sequence", typeName(object));
  return raise(PyExc_TypeError, "object of type '%.200s' has no len()", typeName(object));
}

Result<Ref<>> sequenceGet(PyObject* object, Py_ssize_t index) {
  if (auto* s = slotsOf(object); s && s->sq_item)
    return Result<Ref<>>::fromC(s->sq_item(object, TRY(fromEnd(object, index))));
  if (isMapping(object)) return raise(PyExc_TypeError, "%.200s is not a sequence", typeName(object));
  return raise(PyExc_TypeError, "'%.200s' object does not support indexing", typeName(object));
}

Status sequenceSet(PyObject* object, Py_ssize_t index, Opt<> value) {
  if (auto* s = slotsOf(object); s && s->sq_ass_item)
    return Status::fromC(s->sq_ass_item(object, TRY(fromEnd(object, index)), value.get()));
  if (auto* m = mappingOf(object); m && m->mp_ass_subscript)
    return raise(PyExc_TypeError, "%.200s is not a sequence", typeName(object));
  return raise(PyExc_TypeError, "'%.200s' object %s", typeName(object),
               value ? "does not support item assignment" : "doesn't support item deletion");
}

Result<Ref<>> sequenceSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop) {
  if (!isMapping(object)) return raise(PyExc_TypeError, "'%.200s' object is unsliceable", typeName(object));
  Ref<IntObject> first = TRY(intFromLong(start));
  Ref<IntObject> last = TRY(intFromLong(stop));
  Ref<SliceObject> slice = TRY(sliceNew(first.get(), last.get(), nullptr));
  return itemGet(object, slice.get());
}

// --- concatenation and repetition --------------------------------------------------------------------------

Result<Ref<>> sequenceConcat(PyObject* left, PyObject* right) {
  if (auto* s = slotsOf(left); s && s->sq_concat) return Result<Ref<>>::fromC(s->sq_concat(left, right));
  if (isSequence(left) && isSequence(right))
    return unlessNotImplemented(TRY(numberTryAdd(left, right, false)), kNoConcat, left);
  return raise(PyExc_TypeError, kNoConcat, typeName(left));
}

Result<Ref<>> sequenceInPlaceConcat(PyObject* left, PyObject* right) {
  auto* s = slotsOf(left);
  if (s && s->sq_inplace_concat) return Result<Ref<>>::fromC(s->sq_inplace_concat(left, right));
  if (s && s->sq_concat) return Result<Ref<>>::fromC(s->sq_concat(left, right));
  if (isSequence(left) && isSequence(right))
    return unlessNotImplemented(TRY(numberTryAdd(left, right, true)), kNoConcat, left);
  return raise(PyExc_TypeError, kNoConcat, typeName(left));
}

Result<Ref<>> sequenceRepeat(PyObject* object, Py_ssize_t count) {
  if (auto* s = slotsOf(object); s && s->sq_repeat) return Result<Ref<>>::fromC(s->sq_repeat(object, count));
  if (!isSequence(object)) return raise(PyExc_TypeError, kNoRepeat, typeName(object));
  Ref<IntObject> times = TRY(intFromLong(count));
  return unlessNotImplemented(TRY(numberTryMultiply(object, times.get(), false)), kNoRepeat, object);
}

Result<Ref<>> sequenceInPlaceRepeat(PyObject* object, Py_ssize_t count) {
  auto* s = slotsOf(object);
  if (s && s->sq_inplace_repeat) return Result<Ref<>>::fromC(s->sq_inplace_repeat(object, count));
  if (s && s->sq_repeat) return Result<Ref<>>::fromC(s->sq_repeat(object, count));
  if (!isSequence(object)) return raise(PyExc_TypeError, kNoRepeat, typeName(object));
  Ref<IntObject> times = TRY(intFromLong(count));
  return unlessNotImplemented(TRY(numberTryMultiply(object, times.get(), true)), kNoRepeat, object);
}

// --- searching ---------------------------------------------------------------------------------------------

namespace {

Result<Ref<>> iterForSearch(PyObject* object) {
  auto iterator = getIter(object);
  if (iterator.failed() && pendingMatches(PyExc_TypeError))
    return raise(PyExc_TypeError, "argument of type '%.200s' is not iterable", typeName(object));
  return iterator;
}

}  // namespace

Result<bool> sequenceContains(PyObject* object, PyObject* item) {
  if (auto* s = slotsOf(object); s && s->sq_contains) return boolFromC(s->sq_contains(object, item));
  Ref<> iterator = TRY(iterForSearch(object));
  for (;;) {
    MaybeRef<> candidate = TRY(loopNext(iterator.get()));
    if (!candidate) return false;
    if (TRY(richCompareBool(candidate.get(), item, Py_EQ))) return true;
  }
}

Result<Py_ssize_t> sequenceCount(PyObject* object, PyObject* item) {
  Ref<> iterator = TRY(iterForSearch(object));
  for (Py_ssize_t count = 0;;) {
    MaybeRef<> candidate = TRY(loopNext(iterator.get()));
    if (!candidate) return count;
    if (!TRY(richCompareBool(candidate.get(), item, Py_EQ))) continue;
    if (count == PY_SSIZE_T_MAX) return raise(PyExc_OverflowError, "count exceeds C integer size");
    count++;
  }
}

Result<Py_ssize_t> sequenceIndex(PyObject* object, PyObject* item) {
  Ref<> iterator = TRY(iterForSearch(object));
  for (Py_ssize_t index = 0;; index++) {
    MaybeRef<> candidate = TRY(loopNext(iterator.get()));
    if (!candidate) return raise(PyExc_ValueError, "sequence.index(x): x not in sequence");
    if (TRY(richCompareBool(candidate.get(), item, Py_EQ))) return index;
  }
}

// --- conversion --------------------------------------------------------------------------------------------

Result<Ref<ListObject>> sequenceList(PyObject* iterable) {
  Ref<ListObject> list = TRY(listNew());
  TRY(listExtend(list, iterable));
  return list;
}

Result<Ref<TupleObject>> sequenceTuple(PyObject* iterable) {
  if (isExactTuple(iterable)) return share(cast<TupleObject>(iterable));
  if (isExactList(iterable)) return listAsTuple(cast<ListObject>(iterable));
  Ref<> iterator = TRY(getIter(iterable));
  constexpr auto kMaxItems =
      static_cast<Py_ssize_t>((PY_SSIZE_T_MAX - sizeof(PyVarObject)) / sizeof(PyObject*));
  if (TRY(lengthHint(iterable, 10)) > kMaxItems) return raiseNoMemory();
  Ref<ListObject> list = TRY(listNew());
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator.get()));
    if (!item) return listAsTuple(list);
    TRY(listAppend(list, std::move(item).take()));
  }
}

Result<Ref<>> sequenceFast(PyObject* iterable, const char* message) {
  if (isExactList(iterable) || isExactTuple(iterable)) return share(iterable);
  auto iterator = getIter(iterable);
  if (iterator.failed()) {
    if (pendingMatches(PyExc_TypeError)) return raise(PyExc_TypeError, "%s", message);
    return Raised{};
  }
  Ref<> owned = std::move(iterator).take();
  return TRY(sequenceList(owned.get()));
}

Py_ssize_t fastSize(PyObject* list_or_tuple) { return static_cast<PyVarObject*>(list_or_tuple)->ob_size; }
PyObject** fastItems(PyObject* list_or_tuple) {
  return isList(list_or_tuple) ? cast<ListObject>(list_or_tuple)->ob_item
                               : cast<TupleObject>(list_or_tuple)->items();
}

}  // namespace krait
