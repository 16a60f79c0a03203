// BufferedRWPair: a readable and a writable stream taken together (pipes, sockets).
#include "modules/io/io.h"
#include "types/bool.h"
#include "types/exceptions.h"

namespace krait::modules {
namespace {

struct RWPairObject : PyObject {
  PyObject *reader, *writer;
  PyObject *dict, *weakreflist;
};
static_assert(sizeof(RWPairObject) == 48);

Status pairInit(RWPairObject* self, PyObject* reader, PyObject* writer, Py_ssize_t size) {
  TRY(ioCheckReadable(reader));
  TRY(ioCheckWritable(writer));
  Ref<IntObject> size_object = TRY(intFromLong(size));
  Ref<> new_reader = TRY(call(static_cast<PyObject*>(&PyBufferedReader_Type), reader, size_object.get()));
  Ref<> new_writer = TRY(call(static_cast<PyObject*>(&PyBufferedWriter_Type), writer, size_object.get()));
  setField(self->reader, std::move(new_reader));
  setField(self->writer, std::move(new_writer));
  return {};
}

Result<Ref<>> forward(PyObject* half, StrObject* method_name, CallArgs args) {
  if (!half) return raise(PyExc_ValueError, "I/O operation on uninitialized object");
  Ref<> function = TRY(attrGet(half, method_name));
  return callVector(function.get(), args.values, static_cast<size_t>(args.count), args.names);
}
template <Text Method>
Result<Ref<>> toReader(RWPairObject* self, CallArgs args) {
  return forward(self->reader, name<Method>(), args);
}
template <Text Method>
Result<Ref<>> toWriter(RWPairObject* self, CallArgs args) {
  return forward(self->writer, name<Method>(), args);
}

template <Text Method>
Result<Ref<>> toReaderPlain(RWPairObject* self) {
  return forward(self->reader, name<Method>(), {});
}
template <Text Method>
Result<Ref<>> toWriterPlain(RWPairObject* self) {
  return forward(self->writer, name<Method>(), {});
}

Result<Ref<>> pairClose(RWPairObject* self) {
  auto first = forward(self->writer, name<"close">(), {});
  MaybeRef<> error = first.failed() ? takePending() : MaybeRef<>();
  auto second = forward(self->reader, name<"close">(), {});
  if (!error) return second;
  if (!second.failed()) return raiseException(std::move(error).take());
  MaybeRef<> later = takePending();
  exceptionSetContext(later.get(), std::move(error).take());
  return raiseException(std::move(later).take());
}

Result<Ref<>> pairIsatty(RWPairObject* self) {
  Ref<> writer = TRY(forward(self->writer, name<"isatty">(), {}));
  if (writer.get() != Py_False) return writer;
  return forward(self->reader, name<"isatty">(), {});
}

Result<Ref<>> pairClosed(RWPairObject* self) {
  if (!self->writer) return raise(PyExc_RuntimeError, "the BufferedRWPair object is being garbage-collected");
  return attrGet(self->writer, name<"closed">());
}

void pairDealloc(PyObject* object) {
  auto* self = cast<RWPairObject>(object);
  gcUntrack(object);
  if (self->weakreflist) clearWeakRefs(object);
  clearField(self->reader);
  clearField(self->writer);
  clearField(self->dict);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int pairTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<RWPairObject>(object);
  return visitAll(visit, arg, self->dict, self->reader, self->writer);
}
int pairClear(PyObject* object) {
  auto* self = cast<RWPairObject>(object);
  clearField(self->reader);
  clearField(self->writer);
  clearField(self->dict);
  return 0;
}

constinit PyMethodDef kPairMethods[] = {method<"!%read($self, *args)", toReader<"read">>,
                                        method<"!%peek($self, *args)", toReader<"peek">>,
                                        method<"!%read1($self, *args)", toReader<"read1">>,
                                        method<"!%readinto($self, *args)", toReader<"readinto">>,
                                        method<"!%readinto1($self, *args)", toReader<"readinto1">>,
                                        method<"!%write($self, *args)", toWriter<"write">>,
                                        method<"!flush($self)", toWriterPlain<"flush">>,
                                        method<"!readable($self)", toReaderPlain<"readable">>,
                                        method<"!writable($self)", toWriterPlain<"writable">>,
                                        method<"!close($self)", pairClose>,
                                        method<"!isatty($self)", pairIsatty>,
                                        {}};
constinit PyGetSetDef kPairGetSet[] = {getset<"closed", pairClosed>, {}};

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyBufferedRWPair_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.BufferedRWPair",
    .tp_basicsize = sizeof(RWPairObject),
    .tp_dealloc = pairDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
                      "A reader and a writer as one stream.">,
    .tp_traverse = pairTraverse,
    .tp_clear = pairClear,
    .tp_weaklistoffset = offsetof(RWPairObject, weakreflist),
    .tp_methods = kPairMethods,
    .tp_getset = kPairGetSet,
    .tp_base = &PyBufferedIOBase_Type,
    .tp_dictoffset = offsetof(RWPairObject, dict),
    .tp_init = initSlot<"BufferedRWPair(reader, writer, buffer_size=8192, /)", pairInit>,
    .tp_new = slot<ioBaseNew>};
