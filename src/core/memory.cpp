#include "core/memory.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/sanitizer.h"
#include "core/pool.h"

namespace krait {
namespace {

// AddressSanitizer's allocator would write a warning about a request larger than it accepts.
constexpr size_t kMaxRequest = kAddressSanitizer ? size_t{8191} << 20 : size_t{PY_SSIZE_T_MAX};

size_t atLeastOne(size_t size) { return size ? size : 1; }
bool productFits(size_t count, size_t size, size_t* product) {
  return !__builtin_mul_overflow(count, size, product) && *product <= kMaxRequest;
}

// --- the C library's allocator -----------------------------------------------------------------------------

void* libcMalloc(void*, size_t size) { return size > kMaxRequest ? nullptr : std::malloc(atLeastOne(size)); }
void* libcCalloc(void*, size_t count, size_t size) {
  size_t product;
  if (!productFits(count, size, &product)) return nullptr;
  return product ? std::calloc(1, product) : std::calloc(1, 1);
}
void* libcRealloc(void*, void* p, size_t size) {
  return size > kMaxRequest ? nullptr : std::realloc(p, atLeastOne(size));
}
void libcFree(void*, void* p) { std::free(p); }

// --- the pools, larger blocks from the C library -----------------------------------------------------------

void* poolMalloc(void*, size_t size) {
  if (size <= pool::kMaxSmall) [[likely]] {
    if (void* block = pool::allocate(size)) [[likely]]
      return block;
  }
  return libcMalloc(nullptr, size);
}

void* poolCalloc(void*, size_t count, size_t size) {
  size_t product;
  if (!productFits(count, size, &product)) return nullptr;
  if (product > pool::kMaxSmall) return std::calloc(1, product);
  void* block = poolMalloc(nullptr, product);
  if (block) std::memset(block, 0, product);
  return block;
}

void poolFree(void*, void* p) {
  if (pool::ownsAddress(p)) [[likely]]
    pool::release(p);
  else
    std::free(p);
}

void* poolRealloc(void*, void* p, size_t size) {
  if (!p) return poolMalloc(nullptr, size);
  if (!pool::ownsAddress(p)) return libcRealloc(nullptr, p, size);
  size_t old_size = pool::classSize(pool::poolOf(p)->size_class);
  if (size <= old_size && size > old_size / 4 * 3) return p;  // shrink only when it saves something
  if (size <= old_size && pool::classOf(size) == pool::poolOf(p)->size_class) return p;
  void* moved = poolMalloc(nullptr, size);
  if (!moved) return size <= old_size ? p : nullptr;
  std::memcpy(moved, p, size < old_size ? size : old_size);
  pool::release(p);
  return moved;
}

constexpr MemAllocator kLibc{nullptr, libcMalloc, libcCalloc, libcRealloc, libcFree};
constexpr MemAllocator kPools{nullptr, poolMalloc, poolCalloc, poolRealloc, poolFree};

constexpr MemAllocator kStandard = kAddressSanitizer ? kLibc : kPools;

constinit MemAllocator allocators[3] = {kLibc, kStandard, kStandard};
const char* allocator_name = kAddressSanitizer ? "malloc" : "pymalloc";

bool isPlain(const MemAllocator& a) { return a.malloc == poolMalloc; }
MemAllocator& domainOf(MemDomain domain) { return allocators[static_cast<int>(domain)]; }

void* domainMalloc(MemDomain domain, size_t size) {
  MemAllocator& a = domainOf(domain);
  return size > kMaxRequest ? nullptr : a.malloc(a.ctx, size);
}
void* domainCalloc(MemDomain domain, size_t count, size_t size) {
  MemAllocator& a = domainOf(domain);
  size_t product;
  return productFits(count, size, &product) ? a.calloc(a.ctx, count, size) : nullptr;
}
void* domainRealloc(MemDomain domain, void* p, size_t size) {
  MemAllocator& a = domainOf(domain);
  return size > kMaxRequest ? nullptr : a.realloc(a.ctx, p, size);
}
void domainFree(MemDomain domain, void* p) {
  MemAllocator& a = domainOf(domain);
  a.free(a.ctx, p);
}

}  // namespace

void* objectMalloc(size_t size) {
  if (isPlain(domainOf(MemDomain::kObject))) [[likely]]
    return poolMalloc(nullptr, size);
  return domainMalloc(MemDomain::kObject, size);
}
void objectFree(void* p) {
  MemAllocator& a = domainOf(MemDomain::kObject);
  if (a.free == poolFree) [[likely]]
    return poolFree(nullptr, p);
  a.free(a.ctx, p);
}
void* objectCalloc(size_t count, size_t size) { return domainCalloc(MemDomain::kObject, count, size); }
void* objectRealloc(void* p, size_t size) { return domainRealloc(MemDomain::kObject, p, size); }

void* memAlloc(size_t size) {
  if (isPlain(domainOf(MemDomain::kMem))) [[likely]]
    return poolMalloc(nullptr, size);
  return domainMalloc(MemDomain::kMem, size);
}
void memFree(void* p) {
  MemAllocator& a = domainOf(MemDomain::kMem);
  if (a.free == poolFree) [[likely]]
    return poolFree(nullptr, p);
  a.free(a.ctx, p);
}
void* memCalloc(size_t count, size_t size) { return domainCalloc(MemDomain::kMem, count, size); }
void* memRealloc(void* p, size_t size) { return domainRealloc(MemDomain::kMem, p, size); }

void* rawAlloc(size_t size) { return domainMalloc(MemDomain::kRaw, size); }
void* rawCalloc(size_t count, size_t size) { return domainCalloc(MemDomain::kRaw, count, size); }
void* rawRealloc(void* p, size_t size) { return domainRealloc(MemDomain::kRaw, p, size); }
void rawFree(void* p) { domainFree(MemDomain::kRaw, p); }

MemAllocator memAllocator(MemDomain domain) { return domainOf(domain); }
void memSetAllocator(MemDomain domain, const MemAllocator& allocator) { domainOf(domain) = allocator; }
const char* memAllocatorName() { return allocator_name; }

bool memSetupByName(const char* name) {
  std::string_view text(name);
  bool debug = text.ends_with("debug");
  if (text == "malloc" || text == "malloc_debug")
    allocators[1] = kLibc;
  else if (text == "pymalloc" || text == "pymalloc_debug")
    allocators[1] = kPools;
  else if (text == "default" || text == "debug")
    allocators[1] = kStandard;
  else
    return false;
  allocators[2] = allocators[1];
  allocators[0] = kLibc;
  bool plain_malloc = allocators[1].malloc == libcMalloc;
  allocator_name =
      plain_malloc ? (debug ? "malloc_debug" : "malloc") : (debug ? "pymalloc_debug" : "pymalloc");
  if (debug) memSetupDebugHooks();
  return true;
}

}  // namespace krait
