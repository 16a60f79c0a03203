// Builds bytes piece by piece; remembers running out of memory, which finish() raises.
#pragma once

#include <cstring>
#include <string_view>

#include "core/memory.h"
#include "types/bytes.h"

namespace krait {

class ByteBuilder {
 public:
  ByteBuilder() = default;
  ~ByteBuilder() { rawFree(data_); }
  ByteBuilder(const ByteBuilder&) = delete;

  // Room for `count` more bytes, to be written by the caller; null after a failure.
  char* extend(Py_ssize_t count) {
    if (count > capacity_ - size_ && !grow(count)) return nullptr;
    char* at = data_ + size_;
    size_ += count;
    return at;
  }
  void append(char c) {
    if (char* at = extend(1)) *at = c;
  }
  void append(std::string_view text) {
    if (text.empty()) return;
    if (char* at = extend(static_cast<Py_ssize_t>(text.size()))) std::memcpy(at, text.data(), text.size());
  }
  void appendRepeated(char c, Py_ssize_t count) {
    if (count <= 0) return;
    if (char* at = extend(count)) std::memset(at, c, static_cast<size_t>(count));
  }
  void shrinkTo(Py_ssize_t size) { size_ = size; }
  void reserve(Py_ssize_t count) {
    if (count > capacity_ - size_) grow(count);
  }
  Py_ssize_t size() const { return size_; }
  char* data() { return data_; }
  bool failed() const { return failed_; }
  std::string_view view() const { return {data_ ? data_ : "", static_cast<size_t>(size_)}; }
  Result<Ref<BytesObject>> finish() {
    if (failed_) return raiseNoMemory();
    return bytesFrom(view());
  }

 private:
  bool grow(Py_ssize_t count) {
    if (failed_ || count > PY_SSIZE_T_MAX / 2 - size_) return failed_ = true, false;
    Py_ssize_t capacity = size_ + count + (size_ >> 1) + 32;
    auto* moved = static_cast<char*>(rawRealloc(data_, static_cast<size_t>(capacity)));
    if (!moved) return failed_ = true, false;
    data_ = moved;
    capacity_ = capacity;
    return true;
  }

  char* data_ = nullptr;
  Py_ssize_t size_ = 0, capacity_ = 0;
  bool failed_ = false;
};

}  // namespace krait
