#include "core/memory_reserve.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/scratch.h"

namespace krait {
namespace {

constexpr size_t kReserve = size_t{4} << 20;  // address space only: it is never written to
constexpr size_t kNotAsked = kReserve / 4;    // several of these fit into the reserve

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

bool hasMemory() {
  if (reserve.load(std::memory_order_relaxed)) [[likely]]
    return true;
  memoryReserveRefill();
  return reserve.load() != nullptr;
}

Status checkMemory() {
  if (!hasMemory()) return raiseNoMemory();
  return {};
}

// Mapped, not malloced: that would move the C library's threshold between its heap and mapped blocks.
bool hasRoom(size_t bytes) {
  if (bytes <= kNotAsked) [[likely]]
    return hasMemory();
  if (bytes > PTRDIFF_MAX) return false;
  void* room = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) return false;
  munmap(room, bytes);
  return true;
}

Status askForRoom(size_t bytes) {
  if (!hasRoom(bytes)) return raiseNoMemory();
  return {};
}

}  // namespace krait
