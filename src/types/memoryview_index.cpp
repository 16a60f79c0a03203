// Elements, slices, assignment, tolist and iteration of memoryview.
#include <cstring>
#include <vector>

#include "core/gc.h"
#include "core/memory.h"
#include "core/native.h"
#include "types/list.h"
#include "types/memory_items.h"
#include "types/memoryview.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

char* followSuboffset(const Py_buffer* view, int dimension, char* item) {
  bool indirect = view->suboffsets && view->suboffsets[dimension] >= 0;
  return indirect ? *reinterpret_cast<char**>(item) + view->suboffsets[dimension] : item;
}

// Steps to an index along one dimension.
Result<char*> step(const Py_buffer* view, char* item, int dimension, Py_ssize_t index) {
  Py_ssize_t count = view->shape[dimension];
  if (index < 0) index += count;
  if (index < 0 || index >= count)
    return raise(PyExc_IndexError, "index out of bounds on dimension %d", dimension + 1);
  return followSuboffset(view, dimension, item + view->strides[dimension] * index);
}

Result<char*> itemAt(MemoryViewObject* self, TupleObject* indices) {
  auto* item = static_cast<char*>(self->view.buf);
  if (indices->size() > self->view.ndim)
    return raise(PyExc_TypeError, "cannot index %zd-dimension view with %zd-element tuple",
                 static_cast<Py_ssize_t>(self->view.ndim), indices->size());
  for (Py_ssize_t i = 0; i < indices->size(); i++) {
    Py_ssize_t index = TRY(asSsize(indices->at(i), PyExc_IndexError));
    TRY(memoryCheckAlive(self));  // __index__ may have released the view
    item = TRY(step(&self->view, item, static_cast<int>(i), index));
  }
  return item;
}

bool isMultiIndex(PyObject* key) {
  if (!isTuple(key)) return false;
  auto* tuple = cast<TupleObject>(key);
  for (Py_ssize_t i = 0; i < tuple->size(); i++)
    if (!isIndex(tuple->at(i))) return false;
  return true;
}
bool isMultiSlice(PyObject* key) {
  if (!isTuple(key) || cast<TupleObject>(key)->size() == 0) return false;
  auto* tuple = cast<TupleObject>(key);
  for (Py_ssize_t i = 0; i < tuple->size(); i++)
    if (!isSlice(tuple->at(i))) return false;
  return true;
}

Result<Ref<>> unpackAt(MemoryViewObject* self, const char* item) {
  return memoryUnpack(item, nativeFormatChar(self->view.format), self->view.format);
}
Status packAt(MemoryViewObject* self, char* item, PyObject* value) {
  char packed[16];
  TRY(memoryPack(packed, nativeFormatChar(self->view.format), value, self->view.format));
  TRY(memoryCheckAlive(self));  // the value's conversion may have released the view
  std::memcpy(item, packed, static_cast<size_t>(self->view.itemsize));
  return {};
}

// Only views whose elements we can read are indexed.
Status checkFormat(MemoryViewObject* self) {
  if (nativeItemSize(self->view.format) > 0) return {};
  return raise(PyExc_NotImplementedError, "memoryview: unsupported format %s", self->view.format);
}

void sliceFirst(MemoryViewObject* view, const SliceBounds& bounds, Py_ssize_t count) {
  auto& info = view->view;
  info.buf = static_cast<char*>(info.buf) + info.strides[0] * bounds.start;
  info.shape[0] = count;
  info.strides[0] *= bounds.step;
  Py_ssize_t items = 1;
  for (int i = 0; i < info.ndim; i++) items *= info.shape[i];
  info.len = items * info.itemsize;
  memoryInitFlags(view);
}

Result<Ref<MemoryViewObject>> sliced(MemoryViewObject* self, SliceObject* slice) {
  Ref<MemoryViewObject> part =
      TRY(memoryViewOver(self->mbuf, &self->view));  // stays valid if indices release self
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, part->view.shape[0]);
  sliceFirst(part.get(), bounds, std::max<Py_ssize_t>(count, 0));
  return part;
}

Result<Ref<>> subscriptScalar(MemoryViewObject* self, PyObject* key) {
  if (isTuple(key) && cast<TupleObject>(key)->size() == 0) {
    TRY(checkFormat(self));
    return unpackAt(self, static_cast<char*>(self->view.buf));
  }
  if (key == Py_Ellipsis) return share<PyObject>(self);
  return raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
}

// --- slice assignment --------------------------------------------------------------------------------------

bool sameFormat(const char* a, const char* b) {
  if (!a) a = "B";
  if (!b) b = "B";
  return std::strcmp(a + (*a == '@'), b + (*b == '@')) == 0;
}

Status copyItems(const Py_buffer* to, const Py_buffer* from) {
  Py_ssize_t count = to->shape[0], from_count = from->shape ? from->shape[0] : from->len / from->itemsize;
  if (from->ndim != 1 || to->itemsize != from->itemsize || !sameFormat(to->format, from->format) ||
      count != from_count)
    return raise(PyExc_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
  auto size = static_cast<size_t>(to->itemsize);
  auto scratch = TRY(MemArray<char>::make(static_cast<size_t>(count) * size));  // the two may overlap
  Py_ssize_t from_stride = from->strides ? from->strides[0] : from->itemsize;
  for (Py_ssize_t i = 0; i < count; i++) {
    char* item = followSuboffset(from, 0, static_cast<char*>(from->buf) + i * from_stride);
    std::memcpy(scratch.get() + static_cast<size_t>(i) * size, item, size);
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    char* item = followSuboffset(to, 0, static_cast<char*>(to->buf) + i * to->strides[0]);
    std::memcpy(item, scratch.get() + static_cast<size_t>(i) * size, size);
  }
  return {};
}

Status assignSlice(MemoryViewObject* self, SliceObject* slice, PyObject* value) {
  Buffer source = TRY(Buffer::acquire(value, PyBUF_FULL_RO));
  Ref<MemoryViewObject> target = TRY(sliced(self, slice));
  TRY(memoryCheckAlive(self));
  return copyItems(&target->view, source.view());
}

Result<Ref<>> listLevel(MemoryViewObject* self, char* base, int dimension) {
  if (dimension == self->view.ndim) return unpackAt(self, base);
  Ref<ListObject> list = TRY(listNew());
  for (Py_ssize_t i = 0; i < self->view.shape[dimension]; i++) {
    char* item = followSuboffset(&self->view, dimension, base + i * self->view.strides[dimension]);
    TRY(listAppend(list.get(), TRY(listLevel(self, item, dimension + 1))));
  }
  return Ref<>(std::move(list));
}

// --- iteration ---------------------------------------------------------------------------------------------

struct MemoryIterObject : PyObject {
  Py_ssize_t index;
  MemoryViewObject* view;  // owned; null when exhausted
  Py_ssize_t length;
  const char* format;
};
static_assert(sizeof(MemoryIterObject) == 48);

void memoryIterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(static_cast<MemoryIterObject*>(self)->view);
  objectFreeMemory(self);
}
int memoryIterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<MemoryIterObject*>(self)->view);
}
Result<MaybeRef<>> memoryIterNext(MemoryIterObject* self) {
  if (!self->view) return MaybeRef<>();
  if (self->index < self->length) {
    TRY(memoryCheckAlive(self->view));
    return MaybeRef<>(TRY(memoryItem(self->view, self->index++)));
  }
  clearField(self->view);
  return MaybeRef<>();
}

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyMemoryIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "memory_iterator",
    .tp_basicsize = sizeof(MemoryIterObject),
    .tp_dealloc = memoryIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = memoryIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<memoryIterNext>,
};

namespace krait {

Result<Ref<>> memoryIter(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  if (self->view.ndim == 0) return raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
  TRY(checkFormat(self));
  Ref<MemoryIterObject> iter = TRY(objectNew<MemoryIterObject>(&_PyMemoryIter_Type));
  iter->index = 0;
  iter->view = share(self).leak();
  iter->length = self->view.shape[0];
  iter->format = self->view.format;
  gcTrack(iter.get());
  return Ref<>(std::move(iter));
}

Result<Ref<>> memoryItem(MemoryViewObject* self, Py_ssize_t index) {
  TRY(memoryCheckAlive(self));
  if (self->view.ndim == 0) return raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
  if (self->view.ndim > 1)
    return raise(PyExc_NotImplementedError, "multi-dimensional sub-views are not implemented");
  TRY(checkFormat(self));
  return unpackAt(self, TRY(step(&self->view, static_cast<char*>(self->view.buf), 0, index)));
}

Result<Ref<>> memorySubscript(MemoryViewObject* self, PyObject* key) {
  TRY(memoryCheckAlive(self));
  if (self->view.ndim == 0) return subscriptScalar(self, key);
  if (isIndex(key)) return memoryItem(self, TRY(asSsize(key, PyExc_IndexError)));
  if (isSlice(key)) return TRY(sliced(self, cast<SliceObject>(key)));
  if (isMultiIndex(key)) {
    TRY(checkFormat(self));
    auto* tuple = cast<TupleObject>(key);
    if (tuple->size() < self->view.ndim)
      return raise(PyExc_NotImplementedError, "sub-views are not implemented");
    return unpackAt(self, TRY(itemAt(self, tuple)));
  }
  if (isMultiSlice(key))
    return raise(PyExc_NotImplementedError, "multi-dimensional slicing is not implemented");
  return raise(PyExc_TypeError, "memoryview: invalid slice key");
}

Status memoryAssSubscript(MemoryViewObject* self, PyObject* key, Opt<> value) {
  TRY(memoryCheckAlive(self));
  TRY(checkFormat(self));
  if (self->view.readonly) return raise(PyExc_TypeError, "cannot modify read-only memory");
  if (!value) return raise(PyExc_TypeError, "cannot delete memory");
  if (self->view.ndim == 0) {
    bool whole = key == Py_Ellipsis || (isTuple(key) && cast<TupleObject>(key)->size() == 0);
    if (!whole) return raise(PyExc_TypeError, "invalid indexing of 0-dim memory");
    return packAt(self, static_cast<char*>(self->view.buf), value.get());
  }
  if (isIndex(key)) {
    if (self->view.ndim > 1) return raise(PyExc_NotImplementedError, "sub-views are not implemented");
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    TRY(memoryCheckAlive(self));
    return packAt(self, TRY(step(&self->view, static_cast<char*>(self->view.buf), 0, index)), value.get());
  }
  if (isSlice(key)) {
    if (self->view.ndim == 1) return assignSlice(self, cast<SliceObject>(key), value.get());
    return raise(PyExc_NotImplementedError,
                 "memoryview slice assignments are currently restricted to ndim = 1");
  }
  if (isMultiIndex(key)) {
    if (cast<TupleObject>(key)->size() < self->view.ndim)
      return raise(PyExc_NotImplementedError, "sub-views are not implemented");
    return packAt(self, TRY(itemAt(self, cast<TupleObject>(key))), value.get());
  }
  if (isMultiSlice(key))
    return raise(PyExc_NotImplementedError,
                 "memoryview slice assignments are currently restricted to ndim = 1");
  return raise(PyExc_TypeError, "memoryview: invalid slice key");
}

Result<Ref<>> memoryToList(MemoryViewObject* self) {
  TRY(memoryCheckAlive(self));
  TRY(checkFormat(self));
  return listLevel(self, static_cast<char*>(self->view.buf), 0);
}

}  // namespace krait
