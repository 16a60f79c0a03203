#include "core/buffer.h"

#include <cstring>
#include <memory>

#include "core/call.h"
#include "core/import.h"
#include "core/memory.h"
#include "core/number.h"
#include "core/object.h"
#include "types/str.h"

namespace krait {

Result<Buffer> Buffer::acquire(PyObject* object, int flags) {
  Buffer buffer;
  buffer.held_ = false;
  TRY(bufferGet(object, &buffer.view_, flags));
  buffer.held_ = true;
  return buffer;
}

void Buffer::release() {
  if (!held_) return;
  held_ = false;
  bufferRelease(&view_);
}

bool hasBuffer(PyObject* object) {
  PyBufferProcs* procs = typeOf(object)->tp_as_buffer;
  return procs && procs->bf_getbuffer;
}

Status bufferGet(PyObject* object, Py_buffer* view, int flags) {
  if (!hasBuffer(object))
    return raise(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", typeName(object));
  return Status::fromC(typeOf(object)->tp_as_buffer->bf_getbuffer(object, view, flags));
}

void bufferRelease(Py_buffer* view) {
  PyObject* exporter = view->obj;
  if (!exporter) return;
  PyBufferProcs* procs = typeOf(exporter)->tp_as_buffer;
  if (procs && procs->bf_releasebuffer) procs->bf_releasebuffer(exporter, view);
  view->obj = nullptr;
  decref(exporter);
}

Status bufferFillInfo(Py_buffer* view, Opt<> exporter, void* data, Py_ssize_t size, bool readonly,
                      int flags) {
  if (!view) return raise(PyExc_BufferError, "PyBuffer_FillInfo: view==NULL argument is obsolete");
  if ((flags & PyBUF_WRITABLE) && readonly) return raise(PyExc_BufferError, "Object is not writable.");
  xincref(exporter.get());
  view->obj = exporter.get();
  view->buf = data;
  view->len = size;
  view->readonly = readonly;
  view->itemsize = 1;
  view->format = (flags & PyBUF_FORMAT) ? const_cast<char*>("B") : nullptr;
  view->ndim = 1;
  view->shape = (flags & PyBUF_ND) ? &view->len : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : nullptr;
  view->suboffsets = nullptr;
  view->internal = nullptr;
  return {};
}

// --- contiguity --------------------------------------------------------------------------------------------

namespace {

// Strides of one dimension after the other, beginning with the fastest one, multiply up without gaps.
bool stridesAreDense(const Py_buffer* view, bool fortran) {
  if (view->len == 0 || view->ndim == 0) return true;
  if (!view->strides) {
    if (!fortran || view->ndim <= 1) return true;
    int longer = 0;  // C order is Fortran order too when at most one dimension is longer than 1
    for (int i = 0; i < view->ndim; i++) longer += view->shape[i] > 1;
    return longer <= 1;
  }
  Py_ssize_t expected = view->itemsize;
  for (int step = 0; step < view->ndim; step++) {
    int i = fortran ? step : view->ndim - 1 - step;
    if (view->shape[i] > 1 && view->strides[i] != expected) return false;
    expected *= view->shape[i];
  }
  return true;
}

char* itemAddress(const Py_buffer* view, const Py_ssize_t* strides, const Py_ssize_t* index) {
  char* p = static_cast<char*>(view->buf);
  for (int i = 0; i < view->ndim; i++) {
    p += strides[i] * index[i];
    if (view->suboffsets && view->suboffsets[i] >= 0) p = *reinterpret_cast<char**>(p) + view->suboffsets[i];
  }
  return p;
}

// Of a buffer in C order that does not say its strides.
Py_ssize_t* denseStrides(const Py_buffer* view, Py_ssize_t* out) {
  Py_ssize_t size = view->itemsize;
  for (int i = view->ndim - 1; i >= 0; i--) {
    out[i] = size;
    size *= view->shape[i];
  }
  return out;
}

void nextIndex(const Py_buffer* view, Py_ssize_t* index, bool fortran) {
  for (int step = 0; step < view->ndim; step++) {
    int i = fortran ? step : view->ndim - 1 - step;
    if (++index[i] < view->shape[i]) return;
    index[i] = 0;
  }
}

constexpr int kMaxDimensions = 64;

}  // namespace

bool bufferIsContiguous(const Py_buffer* view, char order) {
  if (view->suboffsets) return false;
  if (order == 'C') return stridesAreDense(view, false);
  if (order == 'F') return stridesAreDense(view, true);
  return order == 'A' && (stridesAreDense(view, false) || stridesAreDense(view, true));
}

Status bufferToContiguous(void* out, const Py_buffer* source, Py_ssize_t size, char order) {
  if (size != source->len) return raise(PyExc_ValueError, "PyBuffer_ToContiguous: len != view->len");
  if (bufferIsContiguous(source, order)) {
    std::memcpy(out, source->buf, size);
    return {};
  }
  bool fortran = order == 'F' || (order == 'A' && bufferIsContiguous(source, 'F'));
  Py_ssize_t index[kMaxDimensions] = {};
  KR_CHECK(source->ndim <= kMaxDimensions, "a buffer has at most 64 dimensions");
  Py_ssize_t dense[kMaxDimensions];
  const Py_ssize_t* strides = source->strides ? source->strides : denseStrides(source, dense);
  auto* to = static_cast<char*>(out);
  for (Py_ssize_t left = size / source->itemsize; left > 0; left--) {
    std::memcpy(to, itemAddress(source, strides, index), source->itemsize);
    to += source->itemsize;
    nextIndex(source, index, fortran);
  }
  return {};
}

Result<Py_ssize_t> bufferSizeFromFormat(const char* format) {
  Ref<> calcsize = TRY(importAttr("struct", "calcsize"));
  Ref<StrObject> text = TRY(strFromUtf8(format));
  Ref<> size = TRY(call(calcsize.get(), text.get()));
  return asSsize(size.get(), PyExc_OverflowError);
}

}  // namespace krait
