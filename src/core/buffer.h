// The buffer protocol, held by a scope.
#pragma once

#include <span>

#include "core/result.h"

namespace krait {

class [[nodiscard]] Buffer {
 public:
  // "a bytes-like object is required, not 'int'" when the object has no buffer.
  static Result<Buffer> acquire(PyObject* object, int flags = PyBUF_SIMPLE);
  // The view's shape and strides may point into the view itself.
  Buffer(Buffer&& other) noexcept : view_(other.view_), held_(std::exchange(other.held_, false)) {
    if (view_.shape == &other.view_.len) view_.shape = &view_.len;
    if (view_.strides == &other.view_.itemsize) view_.strides = &view_.itemsize;
    other.view_.obj = nullptr;
  }
  ~Buffer() { release(); }
  void release();
  const uint8_t* data() const { return static_cast<const uint8_t*>(view_.buf); }
  uint8_t* writableData() const { return static_cast<uint8_t*>(view_.buf); }
  Py_ssize_t size() const { return view_.len; }
  std::span<const uint8_t> bytes() const { return {data(), static_cast<size_t>(view_.len)}; }
  Py_buffer* view() { return &view_; }

 private:
  Buffer() = default;
  Py_buffer view_{};
  bool held_ = true;
};

bool hasBuffer(PyObject* object);
Status bufferGet(PyObject* object, Py_buffer* view, int flags);
void bufferRelease(Py_buffer* view);
// For bf_getbuffer of simple byte exporters (PyBuffer_FillInfo).
Status bufferFillInfo(Py_buffer* view, Opt<> exporter, void* data, Py_ssize_t size, bool readonly, int flags);
bool bufferIsContiguous(const Py_buffer* view, char order);
Status bufferToContiguous(void* out, const Py_buffer* source, Py_ssize_t size, char order);
Result<Py_ssize_t> bufferSizeFromFormat(const char* format);

}  // namespace krait
