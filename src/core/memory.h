// Memory. Python objects come from size-classed pools (16-byte classes up to 512), larger ones from malloc.
// `memAlloc` is PyMem's domain, `rawAlloc` PyMem_Raw's. A null answer means out of memory, no exception set.
//
// object* and mem* need the GIL; raw* does not. Every domain can be redirected (memSetAllocator: tracemalloc,
// PYTHONMALLOC), which costs the default path one compare.
#pragma once

#include <cstddef>
#include <cstdio>

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

// PyMemAllocatorEx and PyMemAllocatorDomain.
struct MemAllocator {
  void* ctx;
  void* (*malloc)(void* ctx, size_t size);
  void* (*calloc)(void* ctx, size_t count, size_t size);
  void* (*realloc)(void* ctx, void* p, size_t size);
  void (*free)(void* ctx, void* p);
};
enum class MemDomain { kRaw = 0, kMem = 1, kObject = 2 };
MemAllocator memAllocator(MemDomain domain);
void memSetAllocator(MemDomain domain, const MemAllocator& allocator);
// PYTHONMALLOC's values: default, debug, malloc, malloc_debug, pymalloc, pymalloc_debug. false: unknown name.
// Before the first allocation that lives on.
bool memSetupByName(const char* name);
// Puts guard bytes around every block of all domains (PyMem_SetupDebugHooks); idempotent.
void memSetupDebugHooks();
const char* memAllocatorName();  // "pymalloc", "malloc_debug" ...

struct PoolStats {
  size_t arenas, arenas_peak, arenas_total, pools_used, pools_free;
  size_t blocks_used;  // sys.getallocatedblocks()
};
PoolStats poolStats();
void poolPrintStats(FILE* out);  // sys._debugmallocstats

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
