// PickleBuffer: an object's buffer that a pickler may hand over out of band.
#include <cstring>

#include "core/buffer.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/pickle/pickle.h"
#include "types/misc_objects.h"
#include "types/weakref.h"

namespace krait::modules {
namespace {

struct PickleBufferObject : PyObject {
  Py_buffer view;  // obj null: released
  PyObject* weak_references;
};
static_assert(sizeof(PickleBufferObject) == 104 && offsetof(PickleBufferObject, weak_references) == 96);

Status requireHeld(PickleBufferObject* self) {
  if (self->view.obj) return {};
  return raise(PyExc_ValueError, "operation forbidden on released PickleBuffer object");
}

Result<Ref<>> construct(PyTypeObject* type, PyObject* base) {
  Ref<PickleBufferObject> self = TRY(typeAlloc<PickleBufferObject>(type));
  TRY(bufferGet(base, &self->view, PyBUF_FULL_RO));
  return self;
}

void dealloc(PickleBufferObject* self) {
  gcUntrack(self);
  if (self->weak_references) clearWeakRefs(self);
  bufferRelease(&self->view);
  objectFreeMemory(self);
}
int traverse(PickleBufferObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, self->view.obj);
}
int clearSlot(PickleBufferObject* self) {
  bufferRelease(&self->view);
  return 0;
}

Status getBuffer(PickleBufferObject* self, Py_buffer* view, int flags) {
  TRY(requireHeld(self));
  return bufferGet(self->view.obj, view, flags);
}
void releaseBuffer(PickleBufferObject*, Py_buffer*) {}

// One-dimensional bytes over the same memory.
Result<Ref<>> rawMethod(PickleBufferObject* self) {
  TRY(requireHeld(self));
  if (!bufferIsContiguous(&self->view, 'A')) {
    return raise(PyExc_BufferError, "cannot extract raw buffer from non-contiguous buffer");
  }
  Ref<> view = TRY(memoryViewFromObject(self));
  const char* format = self->view.format;
  bool plain = self->view.ndim == 1 && self->view.itemsize == 1 && (!format || std::strcmp(format, "B") == 0);
  if (plain) return view;
  if (bufferIsContiguous(&self->view, 'C')) {
    Ref<StrObject> bytes = TRY(strFromAscii("B"));
    return callMethod(view.get(), name<"cast">(), bytes.get());
  }
  // Fortran order: only the memory is described anew.
  static char byte_format[] = "B";
  Py_buffer flat = self->view;
  flat.format = byte_format;
  flat.itemsize = 1;
  flat.ndim = 1;
  flat.shape = &flat.len;
  flat.strides = &flat.itemsize;
  flat.suboffsets = nullptr;
  return memoryViewFromBuffer(&flat);
}

Status releaseMethod(PickleBufferObject* self) {
  bufferRelease(&self->view);
  return {};
}

constinit PyMethodDef kMethods[] = {
    method<"raw($self, /)", rawMethod,
           "A memoryview of the raw memory, one-dimensional and with format 'B'.">,
    method<"release($self, /)", releaseMethod,
           "Release the underlying buffer held by the PickleBuffer object.">,
    {}};
constinit PyBufferProcs kBuffer = {slot<getBuffer>, slot<releaseBuffer>};

}  // namespace

Status pickleSavePickleBuffer(PicklerObject* self, PyObject* object) {
  auto* buffer = cast<PickleBufferObject>(object);
  if (self->protocol < 5) {
    return raise(pickle_state.pickling_error, "PickleBuffer can only pickled with protocol >= 5");
  }
  TRY(requireHeld(buffer));
  if (!bufferIsContiguous(&buffer->view, 'A')) {
    return raise(pickle_state.pickling_error,
                 "PickleBuffer can not be pickled when pointing to a non-contiguous buffer");
  }
  bool in_band = true;
  if (self->buffer_callback) {
    Ref<> answer = TRY(call(self->buffer_callback, object));
    in_band = TRY(objectIsTrue(answer));
  }
  bool readonly = buffer->view.readonly != 0;
  if (in_band) {
    TRY(requireHeld(buffer));
    std::string_view data(static_cast<char*>(buffer->view.buf), static_cast<size_t>(buffer->view.len));
    return readonly ? pickleSaveBytesData(self, object, data) : pickleSaveByteArrayData(self, object, data);
  }
  TRY(pickleWrite(self, kNextBuffer));
  return readonly ? pickleWrite(self, kReadonlyBuffer) : Status();
}

}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyPickleBuffer_Type = {
    KR_TYPE_HEAD,
    .tp_name = "pickle.PickleBuffer",
    .tp_basicsize = sizeof(PickleBufferObject),
    .tp_dealloc = slot<dealloc>,
    .tp_as_buffer = &kBuffer,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Wrapper for potentially out-of-band buffers",
    .tp_traverse = slot<traverse>,
    .tp_clear = slot<clearSlot>,
    .tp_weaklistoffset = offsetof(PickleBufferObject, weak_references),
    .tp_methods = kMethods,
    .tp_alloc = genericAlloc,
    .tp_new = parsedNewSlot<"PickleBuffer(object, /)", construct>,
    .tp_free = gcFree,
};
