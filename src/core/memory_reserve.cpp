#include "core/memory_reserve.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace krait {
namespace {

constexpr size_t kReserve = size_t{4} << 20;  // address space only: it is never written to

std::atomic<void*> reserve;

// Called by operator new, in any thread; it tries again when this returns.
void giveBack() {
  void* block = reserve.exchange(nullptr);
  if (!block) std::set_new_handler(nullptr);  // operator new fails for good
  std::free(block);
}

}  // namespace

void memoryReserveRefill() {
  if (reserve.load()) return;
  void* block = std::malloc(kReserve);
  if (!block) return;
  reserve.store(block);
  std::set_new_handler(giveBack);
}

}  // namespace krait
