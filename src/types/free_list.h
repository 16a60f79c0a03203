// Freed blocks of one size kept for the next allocation. The caller decides what state a kept object is in:
// here collector-carrying objects stay untracked, with their type set and a refcount of 0.
#pragma once

#include <cstdio>

#include "base/macros.h"
#include "base/sanitizer.h"

namespace krait {

// False while tracemalloc traces: a block used again would show where it was first made. A sanitizer would
// not notice the use of a freed block.
inline bool free_lists_kept = !kAddressSanitizer;

// Objects that must be at hand when there is no memory.
template <class T, int kMax>
class Reserve {
 public:
  KR_ALWAYS_INLINE T* pop() { return count_ > 0 ? items_[--count_] : nullptr; }
  // False: the list is full, free the block yourself.
  KR_ALWAYS_INLINE bool push(T* item) {
    if (count_ == kMax) return false;
    items_[count_++] = item;
    return true;
  }
  int size() const { return count_; }

 private:
  int count_ = 0;
  T* items_[kMax] = {};
};

// Objects kept to save time.
template <class T, int kMax>
class FreeList {
 public:
  KR_ALWAYS_INLINE T* pop() { return kept_.pop(); }
  KR_ALWAYS_INLINE bool push(T* item) { return free_lists_kept && kept_.push(item); }
  int size() const { return kept_.size(); }
  template <class F>
  void drain(F&& release) {
    while (T* item = pop()) release(item);
  }
  // A line of sys._debugmallocstats().
  void print(FILE* out, const char* type_name) const {
    size_t bytes = static_cast<size_t>(size()) * sizeof(T);
    std::fprintf(out, "%24d free %ss * %zu bytes each = %20zu\n", size(), type_name, sizeof(T), bytes);
  }

 private:
  Reserve<T, kMax> kept_;
};

// What the types keep, given back: the collector calls these in every full collection.
void listClearFreeList();
void dictClearFreeList();
void dictKeysClearFreeList();
void tupleClearFreeList();
void floatClearFreeList();
void intClearFreeList();
void dictPrintFreeList(FILE* out);
void listPrintFreeList(FILE* out);

}  // namespace krait
