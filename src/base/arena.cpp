#include "base/arena.h"

#include <new>

namespace krait {

namespace {
constexpr size_t kFirstBlock = 8 * 1024;
constexpr size_t kLargestBlock = 256 * 1024;
}  // namespace

void* Arena::allocateSlow(size_t size) {
  size_t block_size = reserved_ < kFirstBlock     ? kFirstBlock
                      : reserved_ < kLargestBlock ? reserved_
                                                  : kLargestBlock;
  bool own_block = size > block_size / 4;
  size_t bytes = own_block ? size + sizeof(Block) : block_size;
  // Not malloc: what is set aside for C++ containers (core/memory_reserve.h) is for this, too.
  auto* block = static_cast<Block*>(::operator new(bytes, std::nothrow));
  KR_CHECK(block, "out of memory in an arena");
  reserved_ += bytes;
  block->previous = blocks_;
  blocks_ = block;
  char* start = reinterpret_cast<char*>(block + 1);
  if (own_block) return start;
  next_ = start + size;
  limit_ = reinterpret_cast<char*>(block) + bytes;
  return start;
}

std::string_view Arena::copyText(std::string_view text) {
  char* data = makeArray<char>(text.size() + 1);
  if (!text.empty()) std::memcpy(data, text.data(), text.size());
  data[text.size()] = 0;
  return {data, text.size()};
}

void Arena::clear() {
  while (blocks_) {
    Block* previous = blocks_->previous;
    ::operator delete(blocks_);
    blocks_ = previous;
  }
  next_ = limit_ = nullptr;
  reserved_ = 0;
}

}  // namespace krait
