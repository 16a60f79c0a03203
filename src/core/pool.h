// The size-classed pools behind objectMalloc.
//
// Arenas are 1 MiB of mmap'd memory, aligned to their size, cut into 16 KiB pools of equal blocks. A bitmap
// over the address space tells whether a pointer lies in an arena, so that pool memory and malloc memory may
// be mixed freely; the pool of a block is found by masking its address. Invariants: a pool is in its class's
// ring iff it has a free block and is not in an arena's free list; the ring's head serves allocations.
// Threads: under the GIL.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/macros.h"

namespace krait::pool {

constexpr size_t kAlignment = 16, kMaxSmall = 512, kClassCount = kMaxSmall / kAlignment;
constexpr size_t kArenaSize = size_t{1} << 20, kPoolSize = size_t{1} << 14,
                 kPoolsPerArena = kArenaSize / kPoolSize;
constexpr int kAddressBits = 47, kArenaBits = 20;

struct Arena;

struct Pool {
  void* free;   // first free block: each starts with the pointer to the next
  char* fresh;  // blocks from here to `limit` were never used
  char* limit;
  Pool *next, *prev;  // the class's ring; `next` also links an arena's free pools
  uint32_t used;      // blocks handed out
  uint32_t size_class;
};
static_assert(sizeof(Pool) == 48);
constexpr size_t kPoolHeader = sizeof(Pool);

extern Pool* class_pool[kClassCount];  // the ring's head, null when no pool of the class has room
extern uint8_t arena_bits[size_t{1} << (kAddressBits - kArenaBits - 3)];
extern size_t blocks_used;

KR_ALWAYS_INLINE bool ownsAddress(const void* p) {
  auto arena = reinterpret_cast<uintptr_t>(p) >> kArenaBits;
  return arena >> (kAddressBits - kArenaBits) == 0 && (arena_bits[arena >> 3] >> (arena & 7) & 1);
}
KR_ALWAYS_INLINE Pool* poolOf(void* p) {
  return reinterpret_cast<Pool*>(reinterpret_cast<uintptr_t>(p) & ~(kPoolSize - 1));
}
KR_ALWAYS_INLINE uint32_t classOf(size_t size) {
  return static_cast<uint32_t>((size + (size == 0) - 1) / kAlignment);
}
KR_ALWAYS_INLINE size_t classSize(uint32_t size_class) { return (size_t{size_class} + 1) * kAlignment; }

void* allocateSlow(uint32_t size_class);
void freeSlow(Pool* pool, bool was_full);  // after the block was pushed: the pool was full or is empty

// size <= kMaxSmall. Null: no memory.
KR_ALWAYS_INLINE void* allocate(size_t size) {
  uint32_t size_class = classOf(size);
  Pool* pool = class_pool[size_class];
  if (pool) [[likely]] {
    void* block = pool->free;
    void* next = block ? *static_cast<void**>(block) : nullptr;
    if (next) [[likely]] {  // the pool keeps room: nothing else to do
      pool->free = next;
      pool->used++;
      blocks_used++;
      return block;
    }
  }
  return allocateSlow(size_class);
}

KR_ALWAYS_INLINE void release(void* p) {
  Pool* pool = poolOf(p);
  bool was_full = !pool->free && pool->fresh == pool->limit;
  *static_cast<void**>(p) = pool->free;
  pool->free = p;
  blocks_used--;
  if (--pool->used == 0 || was_full) [[unlikely]]
    freeSlow(pool, was_full);
}

}  // namespace krait::pool
