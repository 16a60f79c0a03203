// The buffer protocol and memoryview's makers.
#include "types/memoryview.h"

#include <cstring>

#include "capi/capi.h"
#include "core/memory.h"
#include "core/object.h"
#include "types/misc_objects.h"

using namespace krait;

KR_EXPORT int PyBuffer_FromContiguous(const Py_buffer* view, const void* data, Py_ssize_t size, char order);

namespace {

Status copyBuffer(Py_buffer* target, const Py_buffer* source) {
  auto bytes = TRY(MemArray<char>::make(static_cast<size_t>(source->len)));
  TRY(bufferToContiguous(bytes.get(), source, source->len, 'C'));
  return Status::fromC(PyBuffer_FromContiguous(target, bytes.get(), source->len, 'C'));
}

}  // namespace

KR_EXPORT int PyObject_CheckBuffer(PyObject* object) { return hasBuffer(object); }
KR_EXPORT int PyObject_GetBuffer(PyObject* object, Py_buffer* view, int flags) {
  if (view) return toC(bufferGet(object, view, flags));
  (void)raise(PyExc_BufferError, "PyObject_GetBuffer: view==NULL argument is obsolete");
  return -1;
}
KR_EXPORT void PyBuffer_Release(Py_buffer* view) { bufferRelease(view); }
KR_EXPORT int PyBuffer_FillInfo(Py_buffer* view, PyObject* exporter, void* data, Py_ssize_t size,
                                int readonly, int flags) {
  return toC(bufferFillInfo(view, exporter, data, size, readonly != 0, flags));
}
KR_EXPORT int PyBuffer_IsContiguous(const Py_buffer* view, char order) {
  return bufferIsContiguous(view, order);
}
KR_EXPORT int PyBuffer_ToContiguous(void* out, const Py_buffer* source, Py_ssize_t size, char order) {
  return toC(bufferToContiguous(out, source, size, order));
}
KR_EXPORT Py_ssize_t PyBuffer_SizeFromFormat(const char* format) { return toC(bufferSizeFromFormat(format)); }
KR_EXPORT void* PyBuffer_GetPointer(const Py_buffer* view, const Py_ssize_t* indices) {
  auto* at = static_cast<char*>(view->buf);
  for (int i = 0; i < view->ndim; i++) {
    at += view->strides[i] * indices[i];
    if (view->suboffsets && view->suboffsets[i] >= 0)
      at = *reinterpret_cast<char**>(at) + view->suboffsets[i];
  }
  return at;
}
KR_EXPORT int PyBuffer_FromContiguous(const Py_buffer* view, const void* data, Py_ssize_t size, char order) {
  size = size > view->len ? view->len : size;
  if (bufferIsContiguous(view, order)) {
    memcpy(view->buf, data, static_cast<size_t>(size));
    return 0;
  }
  Py_ssize_t index[kMemoryMaxDimensions] = {};
  auto* from = static_cast<const char*>(data);
  for (Py_ssize_t left = view->itemsize ? size / view->itemsize : 0; left > 0;
       left--, from += view->itemsize) {
    memcpy(PyBuffer_GetPointer(view, index), from, static_cast<size_t>(view->itemsize));
    for (int step = 0; step < view->ndim; step++) {
      int i = order == 'F' ? step : view->ndim - 1 - step;
      if (++index[i] < view->shape[i]) break;
      index[i] = 0;
    }
  }
  return 0;
}
KR_EXPORT void PyBuffer_FillContiguousStrides(int ndim, Py_ssize_t* shape, Py_ssize_t* strides, int itemsize,
                                              char order) {
  Py_ssize_t size = itemsize;
  for (int step = 0; step < ndim; step++) {
    int i = order == 'F' ? step : ndim - 1 - step;
    strides[i] = size;
    size *= shape[i];
  }
}

KR_EXPORT int PyObject_AsReadBuffer(PyObject* object, const void** data, Py_ssize_t* size) {
  auto buffer = Buffer::acquire(object);
  if (buffer.failed()) return -1;
  Buffer held = std::move(buffer).take();
  *data = held.data();
  *size = held.size();
  return 0;
}
KR_EXPORT int PyObject_AsCharBuffer(PyObject* object, const char** data, Py_ssize_t* size) {
  return PyObject_AsReadBuffer(object, reinterpret_cast<const void**>(data), size);
}
KR_EXPORT int PyObject_CheckReadBuffer(PyObject* object) {
  const void* data;
  Py_ssize_t size;
  if (hasBuffer(object) && PyObject_AsReadBuffer(object, &data, &size) == 0) return 1;
  clearPending();
  return 0;
}
KR_EXPORT int PyObject_AsWriteBuffer(PyObject* object, void** data, Py_ssize_t* size) {
  Py_buffer view;
  if (bufferGet(object, &view, PyBUF_WRITABLE).failed()) {
    clearPending();
    return (void)raise(PyExc_TypeError, "expected a writable bytes-like object"), -1;
  }
  *data = view.buf;
  *size = view.len;
  bufferRelease(&view);
  return 0;
}

KR_EXPORT PyObject* PyMemoryView_FromObject(PyObject* object) { return toC(memoryViewFromObject(object)); }
KR_EXPORT PyObject* PyMemoryView_FromMemory(char* memory, Py_ssize_t size, int flags) {
  return toC(memoryViewFromMemory(memory, size, flags));
}
KR_EXPORT PyObject* PyMemoryView_FromBuffer(const Py_buffer* info) { return toC(memoryViewFromBuffer(info)); }
KR_EXPORT PyObject* PyMemoryView_GetContiguous(PyObject* object, int buffer_type, char order) {
  return toC(memoryViewContiguous(object, buffer_type, order));
}

namespace {

// From one contiguous or strided exporter to another with as many bytes.
Status copyData(PyObject* to, PyObject* from) {
  if (!hasBuffer(to) || !hasBuffer(from)) {
    return raise(PyExc_TypeError, "both destination and source must be bytes-like objects");
  }
  Py_buffer target, source;
  TRY(bufferGet(to, &target, PyBUF_FULL));
  Status copied = bufferGet(from, &source, PyBUF_FULL_RO);
  if (!copied.failed()) {
    if (target.len < source.len)
      copied = raise(PyExc_BufferError, "destination is too small to receive data from source");
    else
      copied = copyBuffer(&target, &source);
    bufferRelease(&source);
  }
  bufferRelease(&target);
  return copied;
}

}  // namespace

KR_EXPORT int PyObject_CopyData(PyObject* to, PyObject* from) { return toC(copyData(to, from)); }
