// Memory. Python objects come from size-classed pools (16-byte classes up to 512), larger ones from malloc.
// `memAlloc` is PyMem's domain, `rawAlloc` PyMem_Raw's. A null answer means out of memory, no exception set.
#pragma once

#include <cstddef>

#include "core/result.h"

namespace krait {

void* objectMalloc(size_t size);
void* objectCalloc(size_t count, size_t size);
void* objectRealloc(void* p, size_t size);
void objectFree(void* p);
void* memAlloc(size_t size);
void* memCalloc(size_t count, size_t size);
void* memRealloc(void* p, size_t size);
void memFree(void* p);
void* rawAlloc(size_t size);
void* rawCalloc(size_t count, size_t size);
void* rawRealloc(void* p, size_t size);
void rawFree(void* p);

// An array of PyMem memory that frees itself. get() may be null for size 0.
template <class T>
class MemArray {
 public:
  static Result<MemArray> make(size_t count);
  MemArray(MemArray&& o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  ~MemArray() { memFree(p_); }
  T* get() const { return p_; }
  T& operator[](size_t i) const { return p_[i]; }
  T* leak() && { return std::exchange(p_, nullptr); }

 private:
  explicit MemArray(T* p) : p_(p) {}
  T* p_;
};

Raised raiseNoMemory();
template <class T>
Result<MemArray<T>> MemArray<T>::make(size_t count) {
  if (count > SIZE_MAX / 2 / sizeof(T)) return raiseNoMemory();
  auto* p = static_cast<T*>(memAlloc(count ? count * sizeof(T) : 1));
  if (!p) return raiseNoMemory();
  return MemArray(p);
}

}  // namespace krait
