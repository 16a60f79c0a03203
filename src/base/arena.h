// Bump allocation for data that dies all at once (syntax trees, tokens, flow graphs).
//
// Holds: memory from allocate() is zeroed never, aligned to 8 bytes, and lives until the arena is destroyed
// or cleared. Nothing allocated here has a destructor run. Not thread safe. Cost: a compare and an add per
// allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/macros.h"

namespace krait {

// A sequence in an arena: a pointer and a length, copied by value. Empty by default.
template <class T>
class Seq {
 public:
  Seq() = default;
  Seq(T* data, uint32_t size) : data_(data), size_(size) {}
  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() const { return data_; }
  T& operator[](uint32_t index) const {
    KR_ASSERT(index < size_, "sequence index in range");
    return data_[index];
  }
  T& front() const { return (*this)[0]; }
  T& back() const { return (*this)[size_ - 1]; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }

 private:
  T* data_ = nullptr;
  uint32_t size_ = 0;
};

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { clear(); }

  void* allocate(size_t size) {
    size = (size + 7) & ~size_t{7};
    if (size > static_cast<size_t>(limit_ - next_)) [[unlikely]]
      return allocateSlow(size);
    void* result = next_;
    next_ += size;
    return result;
  }
  // A value-initialised T built from args by aggregate or constructor initialisation.
  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>, "arena objects are never destroyed");
    return new (allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }
  template <class T>
  T* makeArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>, "arena objects are never destroyed");
    return static_cast<T*>(allocate(sizeof(T) * count));
  }
  template <class T>
  Seq<T> copySeq(const T* items, size_t count) {
    if (count == 0) return {};
    T* data = makeArray<T>(count);
    std::memcpy(static_cast<void*>(data), items, sizeof(T) * count);
    return Seq<T>(data, static_cast<uint32_t>(count));
  }
  std::string_view copyText(std::string_view text);
  void clear();
  size_t bytesReserved() const { return reserved_; }

 private:
  struct Block {
    Block* previous;
  };
  void* allocateSlow(size_t size);

  char* next_ = nullptr;
  char* limit_ = nullptr;
  Block* blocks_ = nullptr;
  size_t reserved_ = 0;
};

}  // namespace krait
