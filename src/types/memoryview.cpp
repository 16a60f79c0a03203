#include "types/memoryview.h"

#include <cstring>

#include "core/gc.h"
#include "core/native.h"
#include "types/byte_text.h"
#include "types/bytes.h"
#include "types/hash_bytes.h"
#include "types/int.h"
#include "types/memory_items.h"
#include "types/misc_objects.h"
#include "types/tuple.h"
#include "types/weakref.h"

extern "C" PyTypeObject _PyManagedBuffer_Type;

namespace krait {

namespace {

// --- the managed buffer ------------------------------------------------------------------------------------

void releaseMaster(ManagedBufferObject* mbuf) {
  if (mbuf->flags & kMemoryReleased) return;
  mbuf->flags |= kMemoryReleased;
  gcUntrack(mbuf);
  bufferRelease(&mbuf->master);
}

constexpr int kManagedOwnsFormat = 2;  // of ManagedBufferObject::flags

void managedDealloc(PyObject* object) {
  auto* self = static_cast<ManagedBufferObject*>(object);
  gcUntrack(self);
  char* format = self->flags & kManagedOwnsFormat ? self->master.format : nullptr;
  releaseMaster(self);
  memFree(format);
  objectFreeMemory(self);
}
int managedTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<ManagedBufferObject*>(self)->master.obj);
}
int managedClear(PyObject* self) {
  releaseMaster(static_cast<ManagedBufferObject*>(self));
  return 0;
}

Result<Ref<ManagedBufferObject>> managedNew() {
  Ref<ManagedBufferObject> mbuf = TRY(objectNew<ManagedBufferObject>(&_PyManagedBuffer_Type));
  mbuf->flags = 0;
  mbuf->exports = 0;
  mbuf->master = {};
  gcTrack(mbuf.get());
  return mbuf;
}

Result<Ref<ManagedBufferObject>> managedFromObject(PyObject* object) {
  Ref<ManagedBufferObject> mbuf = TRY(managedNew());
  if (bufferGet(object, &mbuf->master, PyBUF_FULL_RO).failed()) {
    mbuf->master.obj = nullptr;
    return Raised{};
  }
  return mbuf;
}

// --- views -------------------------------------------------------------------------------------------------

Result<Ref<MemoryViewObject>> memoryNew(int ndim) {
  size_t bytes = offsetof(MemoryViewObject, ob_array) + 3 * static_cast<size_t>(ndim) * sizeof(Py_ssize_t);
  Ref<> object = TRY(objectNewRaw(&PyMemoryView_Type, std::max(bytes, sizeof(MemoryViewObject))));
  Ref<MemoryViewObject> self = std::move(object).as<MemoryViewObject>();
  self->ob_size = 3 * ndim;
  self->mbuf = nullptr;
  self->hash = -1;
  self->flags = 0;
  self->exports = 0;
  self->weakreflist = nullptr;
  self->view = {};
  self->view.ndim = ndim;
  self->view.shape = self->ob_array;
  self->view.strides = self->ob_array + ndim;
  self->view.suboffsets = self->ob_array + 2 * ndim;
  gcTrack(self.get());
  return self;
}

void copyShape(Py_buffer* to, const Py_buffer* from) {
  if (from->ndim == 0) {
    to->shape = to->strides = nullptr;
    return;
  }
  if (from->ndim == 1) {
    to->shape[0] = from->shape ? from->shape[0] : from->len / from->itemsize;
    to->strides[0] = from->strides ? from->strides[0] : from->itemsize;
    return;
  }
  std::memcpy(to->shape, from->shape, sizeof(Py_ssize_t) * static_cast<size_t>(from->ndim));
  if (from->strides) {
    std::memcpy(to->strides, from->strides, sizeof(Py_ssize_t) * static_cast<size_t>(from->ndim));
    return;
  }
  Py_ssize_t stride = from->itemsize;
  for (int i = from->ndim; i-- > 0;) {
    to->strides[i] = stride;
    stride *= to->shape[i];
  }
}

Status release(MemoryViewObject* self) {
  if (self->flags & kMemoryReleased) return {};
  if (self->exports > 0)
    return raise(PyExc_BufferError, "memoryview has %zd exported buffer%s", self->exports,
                 self->exports == 1 ? "" : "s");
  self->flags |= kMemoryReleased;
  if (--self->mbuf->exports == 0) releaseMaster(self->mbuf);
  return {};
}

void memoryDealloc(PyObject* object) {
  auto* self = static_cast<MemoryViewObject*>(object);
  gcUntrack(self);
  if (self->mbuf && !(self->flags & kMemoryReleased) && self->exports == 0) (void)release(self).toC();
  clearField(self->mbuf);
  if (self->weakreflist) clearWeakRefs(self);
  objectFreeMemory(self);
}
int memoryTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<MemoryViewObject*>(self)->mbuf);
}
int memoryClear(PyObject* object) {
  auto* self = static_cast<MemoryViewObject*>(object);
  if (self->mbuf && self->exports == 0) (void)release(self).toC();
  if (self->exports == 0) clearField(self->mbuf);
  return 0;
}

Result<Ref<>> memoryNewSlot(PyTypeObject*, PyObject* object) { return memoryViewFromObject(object); }

// --- the view as an exporter -------------------------------------------------------------------------------

Status checkRequest(MemoryViewObject* self, int flags) {
  auto wants = [flags](int mask) { return (flags & mask) == mask; };
  bool is_c = self->flags & (kMemoryC | kMemoryScalar),
       is_fortran = self->flags & (kMemoryFortran | kMemoryScalar);
  if (wants(PyBUF_WRITABLE) && self->view.readonly)
    return raise(PyExc_BufferError, "memoryview: underlying buffer is not writable");
  if (wants(PyBUF_C_CONTIGUOUS) && !is_c)
    return raise(PyExc_BufferError, "memoryview: underlying buffer is not C-contiguous");
  if (wants(PyBUF_F_CONTIGUOUS) && !is_fortran)
    return raise(PyExc_BufferError, "memoryview: underlying buffer is not Fortran contiguous");
  if (wants(PyBUF_ANY_CONTIGUOUS) && !is_c && !is_fortran)
    return raise(PyExc_BufferError, "memoryview: underlying buffer is not contiguous");
  if (!wants(PyBUF_INDIRECT) && (self->flags & kMemoryPil))
    return raise(PyExc_BufferError, "memoryview: underlying buffer requires suboffsets");
  if (!wants(PyBUF_STRIDES) && !is_c)
    return raise(PyExc_BufferError, "memoryview: underlying buffer is not C-contiguous");
  if (!wants(PyBUF_ND) && wants(PyBUF_FORMAT))
    return raise(PyExc_BufferError,
                 "memoryview: cannot cast to unsigned bytes if the format flag is present");
  return {};
}

int memoryGetBuffer(PyObject* object, Py_buffer* view, int flags) {
  auto* self = static_cast<MemoryViewObject*>(object);
  view->obj = nullptr;
  if (memoryCheckAlive(self).failed() || checkRequest(self, flags).failed()) return -1;
  *view = self->view;
  if ((flags & PyBUF_FORMAT) != PyBUF_FORMAT) view->format = nullptr;
  if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT) view->suboffsets = nullptr;
  if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) view->strides = nullptr;
  if ((flags & PyBUF_ND) != PyBUF_ND) {
    view->ndim = 1;
    view->shape = nullptr;
  }
  view->obj = share<PyObject>(self).leak();
  self->exports++;
  return 0;
}
void memoryReleaseBuffer(PyObject* self, Py_buffer*) { static_cast<MemoryViewObject*>(self)->exports--; }

// --- slots and attributes ----------------------------------------------------------------------------------

Result<Ref<StrObject>> memoryRepr(MemoryViewObject* self) {
  return strFormat(self->flags & kMemoryReleased ? "<released memory at %p>" : "<memory at %p>", self);
}

Result<Py_ssize_t> memoryLength(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.ndim == 0 ? 1 : self->view.shape[0];
}

Result<Ref<BytesObject>> contiguousCopy(MemoryViewObject* self, char order) {
  Ref<BytesObject> bytes = TRY(bytesNew(self->view.len));
  if (self->view.len > 0) TRY(bufferToContiguous(bytes->data(), &self->view, self->view.len, order));
  return bytes;
}

Result<Py_hash_t> memoryHash(MemoryViewObject* self) {
  if (self->hash != -1) return self->hash;
  TRY(memoryCheckAlive(self));
  if (!self->view.readonly) return raise(PyExc_ValueError, "cannot hash writable memoryview object");
  char format = nativeFormatChar(self->view.format);
  if (format != 'B' && format != 'b' && format != 'c')
    return raise(PyExc_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
  if (self->view.obj) TRY(objectHash(self->view.obj));
  Ref<BytesObject> bytes = TRY(contiguousCopy(self, 'C'));
  self->hash = hashBytes(bytes->data(), bytes->size());
  return self->hash;
}

Result<Ref<>> memoryTobytes(MemoryViewObject* self, Opt<> order_given) {
  PyObject* order_object = order_given.orElse(Py_None);
  std::string_view order = "C";
  if (order_object != Py_None) {
    if (!isStr(order_object))
      return raiseBadArgument(ArgContext{"tobytes", "order", 1}, "str or None", order_object);
    order = TRY(strUtf8NoNul(cast<StrObject>(order_object)));
  }
  TRY(memoryCheckAlive(self));
  if (order != "C" && order != "F" && order != "A")
    return raise(PyExc_ValueError, "order must be 'C', 'F' or 'A'");
  return Ref<>(TRY(contiguousCopy(self, order[0])));
}

Result<Ref<StrObject>> memoryHex(MemoryViewObject* self, Opt<> separator, int group) {
  TRY(memoryCheckAlive(self));
  Ref<BytesObject> bytes = TRY(contiguousCopy(self, 'C'));
  return byteHex(bytes->view(), separator, group);
}

Result<Ref<>> memoryToreadonly(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  Ref<MemoryViewObject> copy = TRY(memoryViewOver(self->mbuf, &self->view));
  copy->view.readonly = 1;
  return Ref<>(std::move(copy));
}

Status memoryReleaseMethod(MemoryViewObject* self) { return release(self); }
Result<Ref<>> memoryEnter(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return share<PyObject>(self);
}
Status memoryExit(MemoryViewObject* self, CallArgs) { return release(self); }

Result<Ref<TupleObject>> tupleOfSizes(const Py_ssize_t* values, int count) {
  if (!values) return emptyTuple();
  Ref<TupleObject> tuple = TRY(tupleNew(count));
  for (int i = 0; i < count; i++) tuple->ob_item[i] = TRY(intFromLong(values[i])).leak();
  return tuple;
}

Result<Ref<>> memoryObj(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.obj ? share(self->view.obj) : none();
}
Result<Py_ssize_t> memoryNbytes(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.len;
}
Result<Ref<StrObject>> memoryFormat(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return strFromUtf8(self->view.format);
}
Result<Py_ssize_t> memoryItemsize(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.itemsize;
}
Result<Ref<TupleObject>> memoryShape(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return tupleOfSizes(self->view.shape, self->view.ndim);
}
Result<Ref<TupleObject>> memoryStrides(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return tupleOfSizes(self->view.strides, self->view.ndim);
}
Result<Ref<TupleObject>> memorySuboffsets(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return tupleOfSizes(self->view.suboffsets, self->view.ndim);
}
Result<bool> memoryReadonly(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.readonly != 0;
}
Result<Py_ssize_t> memoryNdim(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  return self->view.ndim;
}
Result<bool> hasFlags(MemoryViewObject* self, int flags) {
  TRY(memoryCheckAlive(self));
  return (self->flags & flags) != 0;
}
Result<bool> memoryIsC(MemoryViewObject* self) { return hasFlags(self, kMemoryC | kMemoryScalar); }
Result<bool> memoryIsFortran(MemoryViewObject* self) {
  return hasFlags(self, kMemoryFortran | kMemoryScalar);
}
Result<bool> memoryIsContiguous(MemoryViewObject* self) {
  return hasFlags(self, kMemoryC | kMemoryFortran | kMemoryScalar);
}

constinit PyMethodDef kMemoryMethods[] = {
    method<"release($self, /)", memoryReleaseMethod, "Release the buffer that the view holds.">,
    method<"tobytes($self, /, order='C')", memoryTobytes, "The data as bytes, in C or Fortran order.">,
    method<"hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)", memoryHex,
           "Hexadecimal digits of the data.\n\n"
           ">>> data = memoryview(b'krait!')\n"
           ">>> data.hex()\n"
           "'6b7261697421'\n"
           ">>> data.hex('-')\n"
           "'6b-72-61-69-74-21'\n"
           ">>> data.hex('-', 4)\n"
           "'6b72-61697421'\n"
           ">>> data.hex('-', -4)\n"
           "'6b726169-7421'">,
    method<"tolist($self, /)", memoryToList, "The data as a list of elements.">,
    method<"cast($self, /, format, shape=<unrepresentable>)", memoryCast, "View with a new format or shape.">,
    method<"toreadonly($self, /)", memoryToreadonly, "A read-only view of the same data.">,
    method<"!__enter__($self, /)", memoryEnter>,
    method<"!%__exit__($self, *args)", memoryExit>,
    {}};
constinit PyGetSetDef kMemoryGetSet[] = {
    getset<"obj", memoryObj, nullptr, "The object whose memory is viewed.">,
    getset<"nbytes", memoryNbytes, nullptr, "Size in bytes of the data in contiguous form.">,
    getset<"readonly", memoryReadonly, nullptr, "Is the memory read-only?">,
    getset<"itemsize", memoryItemsize, nullptr, "Size in bytes of one element.">,
    getset<"format", memoryFormat, nullptr, "Format of the elements, as in the struct module.">,
    getset<"ndim", memoryNdim, nullptr, "Number of dimensions.">,
    getset<"shape", memoryShape, nullptr, "Number of elements along each dimension.">,
    getset<"strides", memoryStrides, nullptr, "Bytes between neighbours along each dimension.">,
    getset<"suboffsets", memorySuboffsets, nullptr, "For arrays made of pointers to arrays.">,
    getset<"c_contiguous", memoryIsC, nullptr, "Is the memory C-contiguous?">,
    getset<"f_contiguous", memoryIsFortran, nullptr, "Is the memory Fortran contiguous?">,
    getset<"contiguous", memoryIsContiguous, nullptr, "Is the memory contiguous?">,
    {}};

constinit PySequenceMethods kMemorySequence = {.sq_length = slot<memoryLength>, .sq_item = slot<memoryItem>};
constinit PyMappingMethods kMemoryMapping = {
    .mp_length = slot<memoryLength>,
    .mp_subscript = slot<memorySubscript>,
    .mp_ass_subscript = slot<memoryAssSubscript>,
};
constinit PyBufferProcs kMemoryBuffer = {memoryGetBuffer, memoryReleaseBuffer};

}  // namespace

Status memoryCheckAlive(const MemoryViewObject* self) {
  if ((self->flags & kMemoryReleased) || (self->mbuf->flags & kMemoryReleased))
    return raise(PyExc_ValueError, "operation forbidden on released memoryview object");
  return {};
}

void memoryInitFlags(MemoryViewObject* self) {
  const Py_buffer* view = &self->view;
  int flags = 0;
  if (view->ndim == 0) flags = kMemoryScalar | kMemoryC | kMemoryFortran;
  if (view->ndim == 1 && (view->shape[0] == 1 || view->strides[0] == view->itemsize))
    flags = kMemoryC | kMemoryFortran;
  if (view->ndim > 1) {
    if (bufferIsContiguous(view, 'C')) flags |= kMemoryC;
    if (bufferIsContiguous(view, 'F')) flags |= kMemoryFortran;
  }
  if (view->suboffsets) flags = kMemoryPil;
  self->flags = flags;
}

Result<Ref<MemoryViewObject>> memoryViewOver(ManagedBufferObject* mbuf, const Py_buffer* source) {
  if (source->ndim > kMemoryMaxDimensions)
    return raise(PyExc_ValueError, "memoryview: number of dimensions must not exceed %d",
                 kMemoryMaxDimensions);
  Ref<MemoryViewObject> self = TRY(memoryNew(source->ndim));
  Py_buffer* view = &self->view;
  view->obj = source->obj;
  view->buf = source->buf;
  view->len = source->len;
  view->itemsize = source->itemsize;
  view->readonly = source->readonly;
  view->format = source->format ? source->format : const_cast<char*>("B");
  copyShape(view, source);
  if (source->suboffsets && source->ndim > 0)
    std::memcpy(view->suboffsets, source->suboffsets, sizeof(Py_ssize_t) * static_cast<size_t>(source->ndim));
  else
    view->suboffsets = nullptr;
  memoryInitFlags(self.get());
  self->mbuf = share(mbuf).leak();
  mbuf->exports++;
  return self;
}

Result<Ref<>> memoryViewFromObject(PyObject* object) {
  if (isMemoryView(object)) {
    auto* other = cast<MemoryViewObject>(object);
    TRY(memoryCheckAlive(other));
    return TRY(memoryViewOver(other->mbuf, &other->view));
  }
  if (!hasBuffer(object))
    return raise(PyExc_TypeError, "memoryview: a bytes-like object is required, not '%.200s'",
                 typeName(object));
  Ref<ManagedBufferObject> mbuf = TRY(managedFromObject(object));
  return TRY(memoryViewOver(mbuf.get(), &mbuf->master));
}

Result<Ref<>> memoryViewFromBuffer(const Py_buffer* info) {
  if (!info->buf) return raise(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
  Ref<ManagedBufferObject> mbuf = TRY(managedNew());
  mbuf->master = *info;
  mbuf->master.obj = nullptr;
  return TRY(memoryViewOver(mbuf.get(), &mbuf->master));
}

Result<Ref<>> memoryViewFromMemory(char* memory, Py_ssize_t size, int flags, Opt<> owner) {
  Ref<ManagedBufferObject> mbuf = TRY(managedNew());
  TRY(bufferFillInfo(&mbuf->master, owner.get(), memory, size, flags != PyBUF_WRITE, PyBUF_FULL_RO));
  return TRY(memoryViewOver(mbuf.get(), &mbuf->master));
}

namespace {

// A format that outlives whoever gave it.
Status managedSetFormat(ManagedBufferObject* mbuf, const char* format) {
  size_t size = std::strlen(format) + 1;
  auto* copy = static_cast<char*>(memAlloc(size));
  if (!copy) return raiseNoMemory();
  std::memcpy(copy, format, size);
  mbuf->master.format = copy;
  mbuf->flags |= kManagedOwnsFormat;
  return {};
}

void denseStrides(Py_buffer* view, bool fortran) {
  Py_ssize_t size = view->itemsize;
  for (int step = 0; step < view->ndim; step++) {
    int i = fortran ? step : view->ndim - 1 - step;
    view->strides[i] = size;
    size *= view->shape[i];
  }
}

}  // namespace

Result<Ref<>> memoryViewContiguous(PyObject* object, int buffer_type, char order) {
  Ref<> made = TRY(memoryViewFromObject(object));
  auto* self = cast<MemoryViewObject>(made.get());
  if (buffer_type == PyBUF_WRITE && self->view.readonly)
    return raise(PyExc_BufferError, "underlying buffer is not writable");
  if (bufferIsContiguous(&self->view, order)) return made;
  if (buffer_type == PyBUF_WRITE)
    return raise(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
  Py_buffer* view = &self->view;
  Ref<BytesObject> bytes = TRY(bytesNew(view->len));
  TRY(bufferToContiguous(bytes->data(), view, view->len, order));
  Ref<ManagedBufferObject> mbuf = TRY(managedFromObject(bytes.get()));
  TRY(managedSetFormat(mbuf.get(), view->format));
  Py_buffer shown = mbuf->master;
  Py_ssize_t strides[kMemoryMaxDimensions];
  shown.itemsize = view->itemsize, shown.ndim = view->ndim, shown.shape = view->shape,
  shown.strides = strides;
  denseStrides(&shown, order == 'F');
  return TRY(memoryViewOver(mbuf.get(), &shown));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyManagedBuffer_Type = {
    KR_TYPE_HEAD,
    .tp_name = "managedbuffer",
    .tp_basicsize = sizeof(ManagedBufferObject),
    .tp_dealloc = managedDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = managedTraverse,
    .tp_clear = managedClear,
};
KR_EXPORT constinit PyTypeObject PyMemoryView_Type = {
    KR_TYPE_HEAD,
    .tp_name = "memoryview",
    .tp_basicsize = offsetof(MemoryViewObject, ob_array),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = memoryDealloc,
    .tp_repr = slot<memoryRepr>,
    .tp_as_sequence = &kMemorySequence,
    .tp_as_mapping = &kMemoryMapping,
    .tp_hash = slot<memoryHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_as_buffer = &kMemoryBuffer,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        docText<"memoryview(object)", "A view of the memory of an object that supports the buffer protocol.">,
    .tp_traverse = memoryTraverse,
    .tp_clear = memoryClear,
    .tp_richcompare = slot<memoryRichCompare>,
    .tp_weaklistoffset = offsetof(MemoryViewObject, weakreflist),
    .tp_iter = slot<memoryIter>,
    .tp_methods = kMemoryMethods,
    .tp_getset = kMemoryGetSet,
    .tp_new = newSlot<"memoryview(object)", memoryNewSlot>,
};
