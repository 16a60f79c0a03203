// Iteration: GET_ITER, FOR_ITER.
#include "interp/gen_frame.h"
#include "interp/inline_cache.h"
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

// Next int of a machine-integer range, owned; null: the long way.
KR_ALWAYS_INLINE PyObject* nextOfRangeIter(PyObject* iterator) {
  auto* it = static_cast<RangeIterObject*>(iterator);
  if (it->index >= it->length) return nullptr;
  long value = it->start + it->index * it->step;
  if (static_cast<unsigned long>(value - kSmallIntMin) < kSmallIntCount) {
    it->index++;
    return share<PyObject>(smallInt(static_cast<int>(value))).leak();
  }
  auto made = intFromLong(value);
  if (made.failed()) return nullptr;
  it->index++;
  return std::move(made).toC();
}

}  // namespace

OP_BODY(FOR_ITER) {
  PyObject* iterator = sp.peek(0);
  PyTypeObject* type = typeOf(iterator);
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
  } else if (type == &PyRangeIter_Type) {
    if (PyObject* item = nextOfRangeIter(iterator)) [[likely]] {
      sp.push(item);
      return Step::kNext;
    }
  } else if (type == &PyGen_Type) {
    auto* gen = static_cast<GenObject*>(iterator);
    if (genCanResume(gen) && oparg < UINT16_MAX && !thread->c_tracefunc) {
      return genEnter(ip, sp, frame, thread, gen, none().leak(), kEntryForIter, oparg + 1);
    }
  }
  if (PyObject* item = type->tp_iternext(iterator)) [[likely]] {
    sp.push(item);
    return Step::kNext;
  }
  if (!endedNormally(thread, frame)) return Step::kRaised;
  return leaveLoop(ip, sp, oparg);
}

}  // namespace krait
