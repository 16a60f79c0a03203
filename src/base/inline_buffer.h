// A growable array of plain values whose first kInline elements live on the stack.
//
// Contents beyond what was written are uninitialised. Memory exhaustion ends the process: buffers hold
// scratch whose size is bounded by an object that was already allocated. Where a program chooses the size,
// tryReserve() comes first.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>

#include "base/macros.h"

namespace krait {

template <class T, size_t kInline>
class InlineBuffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit InlineBuffer(size_t size = 0) { resize(size); }
  InlineBuffer(const InlineBuffer&) = delete;
  InlineBuffer& operator=(const InlineBuffer&) = delete;
  ~InlineBuffer() {
    if (data_ != inline_) ::operator delete(data_);
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  void resize(size_t size) {
    if (size > capacity_) grow(size);
    size_ = size;
  }
  // Room for `size` elements altogether; false when there is no memory for them.
  [[nodiscard]] bool tryReserve(size_t size) { return size <= capacity_ || tryGrow(size); }
  void clear() { size_ = 0; }
  void append(T value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }
  void append(const T* values, size_t count) {
    size_t at = size_;
    resize(size_ + count);
    if (count > 0) std::memcpy(data_ + at, values, count * sizeof(T));
  }
  void appendFill(size_t count, T value) {
    size_t at = size_;
    resize(size_ + count);
    for (size_t i = 0; i < count; i++) data_[at + i] = value;
  }

 private:
  void grow(size_t least) { KR_CHECK(tryGrow(least), "out of memory for scratch space"); }

  bool tryGrow(size_t least) {
    size_t capacity = capacity_ * 2 > least ? capacity_ * 2 : least;
    // Not malloc: what is set aside for C++ containers (core/memory_reserve.h) is for this, too.
    auto* moved = static_cast<T*>(::operator new(capacity * sizeof(T), std::nothrow));
    if (!moved) return false;
    if (size_ > 0) std::memcpy(moved, data_, size_ * sizeof(T));
    if (data_ != inline_) ::operator delete(data_);
    data_ = moved;
    capacity_ = capacity;
    return true;
  }

  T* data_ = inline_;
  size_t size_ = 0;
  size_t capacity_ = kInline;
  T inline_[kInline];
};

}  // namespace krait
