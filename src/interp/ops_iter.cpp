// Iteration: GET_ITER, FOR_ITER.
#include "interp/gen_frame.h"
#include "interp/inline_cache.h"
#include "interp/number_fast.h"
#include "interp/trace.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/range.h"

extern "C" PyTypeObject PyListIter_Type, PyTupleIter_Type;

namespace krait {

OP_BODY(GET_ITER) {
  sp.replaceTop(OP_TRY(getIter(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(GET_YIELD_FROM_ITER) {
  PyObject* iterable = sp.peek(0);
  if (isCoro(iterable)) {
    if (!(frame->code->co_flags & (0x80 | 0x100))) {
      (void)raise(PyExc_TypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
      return Step::kRaised;
    }
    return Step::kNext;
  }
  if (isGen(iterable)) return Step::kNext;
  sp.replaceTop(OP_TRY(getIter(iterable)));
  return Step::kNext;
}

namespace {

// tp_iternext answered null: the end (jump) or an error.
KR_NEVER_INLINE bool endedNormally(Thread* thread, Frame* frame) {
  if (!exceptionPending()) return true;
  if (!pendingMatches(PyExc_StopIteration)) return false;
  if (thread->c_tracefunc && isTracing(thread)) traceException(thread, frame);
  clearPending();
  return true;
}

KR_ALWAYS_INLINE Step leaveLoop(const Unit*& ip, Stack& sp, uint32_t oparg) {
  sp.drop();
  ip += 1 + oparg;
  return Step::kJump;
}

// Next value of a running list or tuple iterator, borrowed; null: take the long way (the end included).
KR_ALWAYS_INLINE PyObject* nextOfListIter(PyObject* iterator) {
  auto* it = static_cast<SeqIterObject*>(iterator);
  auto* list = static_cast<ListObject*>(it->seq);
  if (!list || it->index >= list->ob_size) return nullptr;
  return list->ob_item[it->index++];
}
KR_ALWAYS_INLINE PyObject* nextOfTupleIter(PyObject* iterator) {
  auto* it = static_cast<SeqIterObject*>(iterator);
  auto* tuple = static_cast<TupleObject*>(it->seq);
  if (!tuple || it->index >= tuple->ob_size) return nullptr;
  return tuple->ob_item[it->index++];
}

// The form for this iterator. List, tuple and range iterators are specialised together with the STORE_FAST
// behind.
Op formFor(const Unit* ip, PyTypeObject* type) {
  Op form = type == &PyListIter_Type    ? Op::FOR_ITER_LIST
            : type == &PyTupleIter_Type ? Op::FOR_ITER_TUPLE
            : type == &PyRangeIter_Type ? Op::FOR_ITER_RANGE
                                        : Op::FOR_ITER;
  if (type == &PyGen_Type) return Op::FOR_ITER_GEN;
  return form != Op::FOR_ITER && opGeneric(unitOp(ip[1])) == Op::STORE_FAST ? form : Op::FOR_ITER;
}

// Puts `item` (borrowed) into the local of the STORE_FAST behind and continues after that.
KR_ALWAYS_INLINE Step storeItem(const Unit*& ip, Frame* frame, PyObject* item) {
  incref(item);
  PyObject* old = std::exchange(frame->localsplus[unitArg(ip[1])], item);
  xdecref(old);
  ip += 2;
  return Step::kJump;
}

}  // namespace

OP_BODY(FOR_ITER) {
  PyObject* iterator = sp.peek(0);
  PyTypeObject* type = typeOf(iterator);
  if (Op form = formFor(ip, type); form != Op::FOR_ITER) [[unlikely]]
    setOpcode(ip, form);
  if (type == &PyListIter_Type) {
    if (PyObject* item = nextOfListIter(iterator)) [[likely]] {
      sp.pushShared(item);
      return Step::kNext;
    }
  } else if (type == &PyTupleIter_Type) {
    if (PyObject* item = nextOfTupleIter(iterator)) [[likely]] {
      sp.pushShared(item);
      return Step::kNext;
    }
  } else if (type == &PyGen_Type) {
    auto* gen = static_cast<GenObject*>(iterator);
    if (genCanResume(gen) && oparg < UINT16_MAX && !thread->c_tracefunc) {
      return genEnter(ip, sp, frame, thread, gen, none().leak(), kEntryForIter, oparg + 1);
    }
  }
  if (!type->tp_iternext) [[unlikely]] {
    (void)raise(PyExc_SystemError, "FOR_ITER needs an iterator");
    return Step::kRaised;
  }
  if (PyObject* item = type->tp_iternext(iterator)) [[likely]] {
    sp.push(item);
    return Step::kNext;
  }
  if (!endedNormally(thread, frame)) return Step::kRaised;
  return leaveLoop(ip, sp, oparg);
}

OP_BODY(FOR_ITER_LIST) {
  PyObject* iterator = sp.peek(0);
  if (!isExact(iterator, &PyListIter_Type)) return Step::kMiss;
  PyObject* item = nextOfListIter(iterator);
  if (!item) [[unlikely]]
    return Step::kMiss;
  return storeItem(ip, frame, item);
}

OP_BODY(FOR_ITER_TUPLE) {
  PyObject* iterator = sp.peek(0);
  if (!isExact(iterator, &PyTupleIter_Type)) return Step::kMiss;
  PyObject* item = nextOfTupleIter(iterator);
  if (!item) [[unlikely]]
    return Step::kMiss;
  return storeItem(ip, frame, item);
}

OP_BODY(FOR_ITER_RANGE) {
  if (!isExact(sp.peek(0), &PyRangeIter_Type)) return Step::kMiss;
  auto* it = static_cast<RangeIterObject*>(sp.peek(0));
  if (it->index >= it->length) [[unlikely]]
    return Step::kMiss;
  long value = it->start + it->index++ * it->step;
  if (!intStore(frame->localsplus[unitArg(ip[1])], value)) [[unlikely]]
    return Step::kRaised;
  ip += 2;
  return Step::kJump;
}

OP_BODY(FOR_ITER_GEN) {
  if (!isExact(sp.peek(0), &PyGen_Type) || oparg >= UINT16_MAX) return Step::kMiss;
  auto* gen = static_cast<GenObject*>(sp.peek(0));
  if (!genCanResume(gen)) [[unlikely]]
    return Step::kMiss;
  return genEnter(ip, sp, frame, thread, gen, none().leak(), kEntryForIter, oparg + 1);
}

}  // namespace krait
