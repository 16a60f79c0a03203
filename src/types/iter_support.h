// Pieces that most iterators share.
#pragma once

#include "core/gc.h"
#include "core/native.h"
#include "types/tuple.h"

namespace krait {

Result<Ref<>> builtinAttr(const char* name);  // builtins.NAME, as a reducing iterator names it
inline Result<Ref<>> reduceTo(PyObject* callable, PyObject* args, Opt<> state = nullptr) {
  return state ? TRY(tupleOf(callable, args, state.get())) : TRY(tupleOf(callable, args));
}
inline PyObject* typeObject(PyObject* o) { return reinterpret_cast<PyObject*>(typeOf(o)); }

// An iterator over a list or tuple: index and the sequence, null when exhausted.
struct SeqIterObject : PyObject {
  Py_ssize_t index;
  PyObject* seq;
};
static_assert(sizeof(SeqIterObject) == 32);
Result<Ref<>> seqIterMake(PyTypeObject* type, PyObject* seq, Py_ssize_t index = 0);
void seqIterDealloc(PyObject* self);
int seqIterTraverse(PyObject* self, visitproc visit, void* arg);
// Gives the sequence up: the iterator is exhausted. Answers null for `return seqIterEnd(it)` in a
// tp_iternext.
PyObject* seqIterEnd(SeqIterObject* iter);

// What __setstate__ of sequence iterators takes: "an integer is required" unless an int.
struct StateIndex {
  Py_ssize_t value;
};
template <>
struct ArgFrom<StateIndex> {
  static Result<StateIndex> from(PyObject* o, const ArgContext&);
};

constexpr unsigned long kIteratorFlags =
    Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION;
constexpr Text kLengthHintDoc = "About how many items are left.";
constexpr Text kReduceDoc = "What pickle needs to rebuild the object.";
constexpr Text kSetStateDoc = "Restores the position, for pickle.";

}  // namespace krait
