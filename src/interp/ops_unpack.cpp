// a, b = x and a, *b, c = x.
#include "interp/inline_cache.h"
#include "types/list.h"

namespace krait {
namespace {

[[gnu::cold]] Status failUnpack(PyObject* value, int wanted, int got, bool starred) {
  if (starred) {
    return raise(PyExc_ValueError, "not enough values to unpack (expected at least %d, got %d)", wanted, got);
  }
  return raise(PyExc_ValueError, "not enough values to unpack (expected %d, got %d)", wanted, got);
}

Result<Ref<>> unpackIter(PyObject* value) {
  auto iterator = getIter(value);
  if (iterator.failed() && pendingMatches(PyExc_TypeError) && !typeOf(value)->tp_iter && !isSequence(value)) {
    clearPending();
    return raise(PyExc_TypeError, "cannot unpack non-iterable %.200s object", typeName(value));
  }
  return iterator;
}

// Writes `before` items downwards from `high`; with after >= 0 the list of the rest and `after` more follow.
Status unpackIterable(PyObject* value, int before, int after, PyObject** high) {
  Ref<> iterator = TRY(unpackIter(value));
  PyObject** out = high;
  auto fail = [&](Status status) {
    PendingSaved saved;
    while (out < high) decref(*out++);
    return status;
  };
  for (int i = 0; i < before; i++) {
    auto next = loopNext(iterator.get());
    if (next.failed()) return fail(Raised{});
    MaybeRef<> item = std::move(next).take();
    if (!item) return fail(failUnpack(value, after < 0 ? before : before + after, i, after >= 0));
    *--out = std::move(item).leak();
  }
  if (after < 0) {
    auto next = loopNext(iterator.get());
    if (next.failed()) return fail(Raised{});
    MaybeRef<> item = std::move(next).take();
    if (!item) return {};
    return fail(raise(PyExc_ValueError, "too many values to unpack (expected %d)", before));
  }
  auto made = sequenceList(iterator.get());
  if (made.failed()) return fail(Raised{});
  Ref<ListObject> rest = std::move(made).take();
  Py_ssize_t count = rest->size();
  if (count < after) {
    return fail(raise(PyExc_ValueError, "not enough values to unpack (expected at least %d, got %zd)",
                      before + after, before + count));
  }
  ListObject* list = rest.get();
  *--out = std::move(rest).leak();
  for (int i = after; i > 0; i--) *--out = list->ob_item[count - i];
  list->ob_size = count - after;
  return {};
}

}  // namespace

OP_BODY(UNPACK_SEQUENCE) {
  Ref<> value = sp.pop();
  PyObject** high = sp.top + oparg;
  if (unpackIterable(value.get(), static_cast<int>(oparg), -1, high).failed()) [[unlikely]]
    return Step::kRaised;
  sp.top = high;
  return Step::kNext;
}

OP_BODY(UNPACK_EX) {
  int before = static_cast<int>(oparg & 0xff), after = static_cast<int>(oparg >> 8);
  Ref<> value = sp.pop();
  PyObject** high = sp.top + before + after + 1;
  if (unpackIterable(value.get(), before, after, high).failed()) [[unlikely]]
    return Step::kRaised;
  sp.top = high;
  return Step::kNext;
}

OP_ADAPTIVE(UNPACK_SEQUENCE_ADAPTIVE, UNPACK_SEQUENCE,
            specializeUnpack(ip, sp.peek(0), static_cast<int>(oparg)))

namespace {

KR_ALWAYS_INLINE void pushReversed(Stack& sp, PyObject** items, uint32_t count) {
  PyObject* sequence = sp.popRaw();
  for (uint32_t i = count; i-- > 0;) sp.pushShared(items[i]);
  decref(sequence);
}

}  // namespace

OP_BODY(UNPACK_SEQUENCE_TWO_TUPLE) {
  PyObject* sequence = sp.peek(0);
  if (!isExactTuple(sequence) || cast<TupleObject>(sequence)->size() != 2 || oparg != 2) return Step::kMiss;
  pushReversed(sp, cast<TupleObject>(sequence)->items(), 2);
  return Step::kNext;
}

OP_BODY(UNPACK_SEQUENCE_TUPLE) {
  PyObject* sequence = sp.peek(0);
  if (!isExactTuple(sequence) || cast<TupleObject>(sequence)->size() != static_cast<Py_ssize_t>(oparg))
    return Step::kMiss;
  pushReversed(sp, cast<TupleObject>(sequence)->items(), oparg);
  return Step::kNext;
}

OP_BODY(UNPACK_SEQUENCE_LIST) {
  PyObject* sequence = sp.peek(0);
  if (!isExactList(sequence) || cast<ListObject>(sequence)->size() != static_cast<Py_ssize_t>(oparg))
    return Step::kMiss;
  pushReversed(sp, cast<ListObject>(sequence)->ob_item, oparg);
  return Step::kNext;
}

void specializeUnpack(const Unit* ip, PyObject* sequence, int count) {
  if (isExactTuple(sequence) && cast<TupleObject>(sequence)->size() == count) {
    return specializeTo(ip, count == 2 ? Op::UNPACK_SEQUENCE_TWO_TUPLE : Op::UNPACK_SEQUENCE_TUPLE);
  }
  if (isExactList(sequence) && cast<ListObject>(sequence)->size() == count) {
    return specializeTo(ip, Op::UNPACK_SEQUENCE_LIST);
  }
  specializeFailed(ip);
}

}  // namespace krait
