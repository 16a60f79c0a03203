#include "core/pool.h"

#include <sys/mman.h>

#include <cstdio>

#include "core/memory.h"

namespace krait::pool {

// Stands at the start of the arena's first pool, which serves no blocks.
struct Arena {
  Arena *next, *prev;   // the list of arenas with free pools
  Pool* free_pools;     // returned pools
  uint32_t fresh_pool;  // pools from here on were never used
  uint32_t free_count;
};
static_assert(sizeof(Arena) <= kPoolSize);

Pool* class_pool[kClassCount];
uint8_t arena_bits[size_t{1} << (kAddressBits - kArenaBits - 3)];
size_t blocks_used;

namespace {

constexpr uint32_t kUsablePools = kPoolsPerArena - 1;

Arena* arenas_with_room;
size_t arena_count, arena_peak, arena_total, empty_arenas, pools_in_use;

Arena* arenaOf(Pool* pool) {
  return reinterpret_cast<Arena*>(reinterpret_cast<uintptr_t>(pool) & ~(kArenaSize - 1));
}

void listArena(Arena* arena) {
  arena->prev = nullptr;
  arena->next = arenas_with_room;
  if (arenas_with_room) arenas_with_room->prev = arena;
  arenas_with_room = arena;
}

void unlistArena(Arena* arena) {
  (arena->prev ? arena->prev->next : arenas_with_room) = arena->next;
  if (arena->next) arena->next->prev = arena->prev;
}

// 1 MiB aligned to 1 MiB: map twice as much and cut the ends off.
char* mapAligned() {
  void* raw = mmap(nullptr, 2 * kArenaSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (raw == MAP_FAILED) return nullptr;
  char* begin = static_cast<char*>(raw);
  char* aligned =
      reinterpret_cast<char*>((reinterpret_cast<uintptr_t>(begin) + kArenaSize - 1) & ~(kArenaSize - 1));
  if (aligned > begin) munmap(begin, aligned - begin);
  char* end = begin + 2 * kArenaSize;
  if (end > aligned + kArenaSize) munmap(aligned + kArenaSize, end - aligned - kArenaSize);
  return aligned;
}

void markArena(Arena* arena, bool present) {
  auto number = reinterpret_cast<uintptr_t>(arena) >> kArenaBits;
  uint8_t bit = 1 << (number & 7);
  if (present)
    arena_bits[number >> 3] |= bit;
  else
    arena_bits[number >> 3] &= ~bit;
}

Arena* newArena() {
  char* memory = mapAligned();
  if (!memory || reinterpret_cast<uintptr_t>(memory) >> kAddressBits) return nullptr;
  auto* arena = reinterpret_cast<Arena*>(memory);
  arena->free_pools = nullptr;
  arena->fresh_pool = 1;
  arena->free_count = kUsablePools;
  markArena(arena, true);
  listArena(arena);
  arena_total++;
  empty_arenas++;
  if (++arena_count > arena_peak) arena_peak = arena_count;
  return arena;
}

void deleteArena(Arena* arena) {
  unlistArena(arena);
  markArena(arena, false);
  arena_count--;
  munmap(arena, kArenaSize);
}

Pool* takePool() {
  Arena* arena = arenas_with_room ? arenas_with_room : newArena();
  if (!arena) return nullptr;
  if (arena->free_count == kUsablePools) empty_arenas--;
  Pool* pool = arena->free_pools;
  if (pool)
    arena->free_pools = pool->next;
  else
    pool = reinterpret_cast<Pool*>(reinterpret_cast<char*>(arena) + kPoolSize * arena->fresh_pool++);
  if (--arena->free_count == 0) unlistArena(arena);
  pools_in_use++;
  return pool;
}

// One empty arena is kept, so that a program at its border does not map and unmap all the time.
void givePool(Pool* pool) {
  Arena* arena = arenaOf(pool);
  pool->next = arena->free_pools;
  arena->free_pools = pool;
  pools_in_use--;
  if (arena->free_count++ == 0) listArena(arena);
  if (arena->free_count < kUsablePools) return;
  if (empty_arenas > 0)
    deleteArena(arena);
  else
    empty_arenas++;
}

void linkPool(Pool* pool) {
  Pool*& head = class_pool[pool->size_class];
  if (head) {
    pool->next = head;
    pool->prev = head->prev;
    pool->prev->next = pool;
    head->prev = pool;
  } else {
    pool->next = pool->prev = pool;
  }
  head = pool;
}

void unlinkPool(Pool* pool) {
  Pool*& head = class_pool[pool->size_class];
  if (pool->next == pool) {
    head = nullptr;
    return;
  }
  pool->prev->next = pool->next;
  pool->next->prev = pool->prev;
  if (head == pool) head = pool->next;
}

Pool* startPool(uint32_t size_class) {
  Pool* pool = takePool();
  if (!pool) return nullptr;
  size_t size = classSize(size_class);
  char* first = reinterpret_cast<char*>(pool) + kPoolHeader;
  pool->free = nullptr;
  pool->fresh = first;
  pool->limit = first + (kPoolSize - kPoolHeader) / size * size;
  pool->used = 0;
  pool->size_class = size_class;
  linkPool(pool);
  return pool;
}

}  // namespace

void* allocateSlow(uint32_t size_class) {
  Pool* pool = class_pool[size_class];
  if (!pool && !(pool = startPool(size_class))) return nullptr;
  void* block = pool->free;
  if (block) {
    pool->free = *static_cast<void**>(block);
  } else {
    block = pool->fresh;
    pool->fresh += classSize(size_class);
  }
  pool->used++;
  blocks_used++;
  if (!pool->free && pool->fresh == pool->limit) unlinkPool(pool);
  return block;
}

void freeSlow(Pool* pool, bool was_full) {
  if (was_full) linkPool(pool);
  if (pool->used > 0 || pool->next == pool) return;  // the last pool with room stays with its class
  unlinkPool(pool);
  givePool(pool);
}

}  // namespace krait::pool

namespace krait {

PoolStats poolStats() {
  using namespace pool;
  return {arena_count, arena_peak, arena_total, pools_in_use, arena_count * kUsablePools - pools_in_use,
          blocks_used};
}

void poolPrintStats(FILE* out) {
  PoolStats s = poolStats();
  std::fprintf(out, "Small block threshold = %zu, in %zu size classes.\n\n", pool::kMaxSmall,
               pool::kClassCount);
  std::fprintf(out, "# arenas allocated total           = %20zu\n", s.arenas_total);
  std::fprintf(out, "# arenas highwater mark            = %20zu\n", s.arenas_peak);
  std::fprintf(out, "# arenas allocated current         = %20zu\n", s.arenas);
  std::fprintf(out, "%zu arenas * %zu bytes/arena        = %20zu\n\n", s.arenas, pool::kArenaSize,
               s.arenas * pool::kArenaSize);
  std::fprintf(out, "# pools in use                     = %20zu\n", s.pools_used);
  std::fprintf(out, "# unused pools                     = %20zu\n", s.pools_free);
  std::fprintf(out, "# allocated blocks                 = %20zu\n", s.blocks_used);
}

}  // namespace krait
