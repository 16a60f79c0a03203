// PYTHONMALLOC=debug: every block stands between guard words and carries its size and domain.
//
//   [size: 8, big endian][domain letter][7 x 0xfd] block [8 x 0xfd]
// New blocks are filled with 0xcd, freed ones with 0xdd. A damaged guard is reported and ends the process.
#include <cstdlib>
#include <cstring>

#include "core/memory.h"
#include "core/thread.h"

namespace krait {
namespace {

constexpr size_t kBefore = 16, kAfter = 8;
constexpr uint8_t kClean = 0xcd, kDead = 0xdd, kGuard = 0xfd;

struct DebugDomain {
  char letter;
  MemAllocator below;
};
DebugDomain debug_domains[3] = {{'r', {}}, {'m', {}}, {'o', {}}};

void storeSize(uint8_t* at, size_t size) {
  size = __builtin_bswap64(size);
  std::memcpy(at, &size, sizeof size);
}
size_t loadSize(const uint8_t* at) {
  size_t size;
  std::memcpy(&size, at, sizeof size);
  return __builtin_bswap64(size);
}

[[noreturn]] void reportDamage(DebugDomain* domain, const uint8_t* block, const char* what) {
  const uint8_t* head = block - kBefore;
  std::fprintf(stderr, "Debug memory block at address p=%p: API '%c'\n", static_cast<const void*>(block),
               head[8]);
  std::fprintf(stderr, "    %zu bytes originally requested\n", loadSize(head));
  std::fprintf(stderr, "Fatal Python error: _PyMem_DebugRawFree: %s, domain '%c'\n", what, domain->letter);
  std::abort();
}

void checkBlock(DebugDomain* domain, const uint8_t* block) {
  const uint8_t* head = block - kBefore;
  if (head[8] != domain->letter) reportDamage(domain, block, "bad ID: block of another API family");
  for (size_t i = 9; i < kBefore; i++)
    if (head[i] != kGuard) reportDamage(domain, block, "bad leading pad byte");
  const uint8_t* tail = block + loadSize(head);
  for (size_t i = 0; i < kAfter; i++)
    if (tail[i] != kGuard) reportDamage(domain, block, "bad trailing pad byte");
}

void checkGil(DebugDomain* domain) {
  if (domain->letter == 'r' || currentThread()) return;
  std::fprintf(
      stderr,
      "Fatal Python error: _PyMem_DebugMalloc: Python memory allocator called without holding the GIL\n");
  std::abort();
}

void* dress(DebugDomain* domain, void* raw, size_t size) {
  auto* head = static_cast<uint8_t*>(raw);
  storeSize(head, size);
  head[8] = domain->letter;
  std::memset(head + 9, kGuard, kBefore - 9);
  std::memset(head + kBefore + size, kGuard, kAfter);
  return head + kBefore;
}

void* debugMalloc(void* ctx, size_t size) {
  auto* domain = static_cast<DebugDomain*>(ctx);
  checkGil(domain);
  if (size > static_cast<size_t>(PY_SSIZE_T_MAX) - kBefore - kAfter) return nullptr;
  void* raw = domain->below.malloc(domain->below.ctx, size + kBefore + kAfter);
  if (!raw) return nullptr;
  void* block = dress(domain, raw, size);
  std::memset(block, kClean, size);
  return block;
}

void* debugCalloc(void* ctx, size_t count, size_t size) {
  size_t product;
  if (__builtin_mul_overflow(count, size, &product)) return nullptr;
  void* block = debugMalloc(ctx, product);
  if (block) std::memset(block, 0, product);
  return block;
}

void debugFree(void* ctx, void* p) {
  if (!p) return;
  auto* domain = static_cast<DebugDomain*>(ctx);
  checkGil(domain);
  auto* block = static_cast<uint8_t*>(p);
  checkBlock(domain, block);
  uint8_t* head = block - kBefore;
  std::memset(head, kDead, loadSize(head) + kBefore + kAfter);
  domain->below.free(domain->below.ctx, head);
}

// Always moves, so that stale pointers are found.
void* debugRealloc(void* ctx, void* p, size_t size) {
  if (!p) return debugMalloc(ctx, size);
  auto* domain = static_cast<DebugDomain*>(ctx);
  checkBlock(domain, static_cast<uint8_t*>(p));
  size_t old_size = loadSize(static_cast<uint8_t*>(p) - kBefore);
  void* moved = debugMalloc(ctx, size);
  if (!moved) return nullptr;
  std::memcpy(moved, p, size < old_size ? size : old_size);
  debugFree(ctx, p);
  return moved;
}

}  // namespace

void memSetupDebugHooks() {
  for (int i = 0; i < 3; i++) {
    auto domain = static_cast<MemDomain>(i);
    MemAllocator current = memAllocator(domain);
    if (current.malloc == debugMalloc) continue;
    debug_domains[i].below = current;
    memSetAllocator(domain, {&debug_domains[i], debugMalloc, debugCalloc, debugRealloc, debugFree});
  }
}

}  // namespace krait
