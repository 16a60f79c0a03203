#include "types/byte_iter.h"

#include <algorithm>

#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/tuple.h"

namespace krait {
namespace {

struct ByteIterObject : PyObject {
  Py_ssize_t index;
  PyObject* bytes;  // owned; null when exhausted
};

void byteIterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(static_cast<ByteIterObject*>(self)->bytes);
  objectFreeMemory(self);
}
int byteIterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<ByteIterObject*>(self)->bytes);
}

Py_ssize_t sizeOf(PyObject* bytes) { return static_cast<PyVarObject*>(bytes)->ob_size; }
uint8_t byteAt(PyObject* bytes, Py_ssize_t i) {
  const char* data =
      isBytes(bytes) ? cast<BytesObject>(bytes)->data() : cast<ByteArrayObject>(bytes)->ob_start;
  return static_cast<uint8_t>(data[i]);
}

MaybeRef<> byteIterNext(ByteIterObject* self) {
  if (!self->bytes) return nullptr;
  if (self->index < sizeOf(self->bytes))
    return MaybeRef<>::share(smallInt(byteAt(self->bytes, self->index++)));
  clearField(self->bytes);
  return nullptr;
}

Py_ssize_t byteIterLengthHint(ByteIterObject* self) {
  return self->bytes ? std::max<Py_ssize_t>(sizeOf(self->bytes) - self->index, 0) : 0;
}

Result<Ref<>> byteIterReduce(ByteIterObject* self) {
  Ref<> iter = TRY(itemGet(interpreter().builtins, name<"iter">()));
  if (self->bytes) {
    Ref<TupleObject> args = TRY(tupleOf(self->bytes));
    Ref<> index = TRY(intObject(self->index));
    return TRY(tupleOf(iter.get(), args.get(), index.get()));
  }
  Ref<TupleObject> nothing = emptyTuple();
  Ref<TupleObject> args = TRY(tupleOf(nothing.get()));
  return TRY(tupleOf(iter.get(), args.get()));
}

Status byteIterSetState(ByteIterObject* self, StateIndex state) {
  if (self->bytes) self->index = std::clamp<Py_ssize_t>(state.value, 0, sizeOf(self->bytes));
  return {};
}

constinit PyMethodDef kBytesIterMethods[] = {
    method<"!__length_hint__($self, /)", byteIterLengthHint, "How many bytes are left, probably.">,
    method<"!__reduce__($self, /)", byteIterReduce, "State for pickle.">,
    method<"!__setstate__($self, state, /)", byteIterSetState, "Restore the state that pickle saved.">,
    {}};
constinit PyMethodDef kByteArrayIterMethods[] = {
    method<"!__length_hint__($self, /)", byteIterLengthHint, "How many bytes are left, probably.">,
    method<"__reduce__($self, /)", byteIterReduce, "State for pickle.">,
    method<"!__setstate__($self, state, /)", byteIterSetState, "Restore the state that pickle saved.">,
    {}};

Result<Ref<>> makeIter(PyTypeObject* type, PyObject* bytes) {
  Ref<ByteIterObject> iter = TRY(objectNew<ByteIterObject>(type));
  iter->index = 0;
  iter->bytes = share(bytes).leak();
  gcTrack(iter.get());
  return Ref<>(std::move(iter));
}

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyBytesIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "bytes_iterator",
    .tp_basicsize = sizeof(ByteIterObject),
    .tp_dealloc = byteIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = byteIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<byteIterNext>,
    .tp_methods = kBytesIterMethods,
};
KR_EXPORT constinit PyTypeObject PyByteArrayIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "bytearray_iterator",
    .tp_basicsize = sizeof(ByteIterObject),
    .tp_dealloc = byteIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = byteIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<byteIterNext>,
    .tp_methods = kByteArrayIterMethods,
};

namespace krait {

Result<Ref<>> bytesIter(PyObject* bytes) { return makeIter(&PyBytesIter_Type, bytes); }
Result<Ref<>> byteArrayIter(PyObject* array) { return makeIter(&PyByteArrayIter_Type, array); }

}  // namespace krait
