#include "core/c_stack.h"

#include <pthread.h>

#include <algorithm>

#include "core/thread.h"

namespace krait {

namespace {

constexpr size_t kMargin = 256 * 1024, kAssumedStack = size_t{8} << 20, kMaxStack = size_t{512} << 20;

CStack measure() {
  pthread_attr_t attributes;
  void* low = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
  auto* here = static_cast<char*>(__builtin_frame_address(0));
  if (!low) return {here - kAssumedStack * 3 / 4, kAssumedStack};
  char* high = static_cast<char*>(low) + size;
  size = std::min(size, kMaxStack);
  return {high - size, size};
}

}  // namespace

CStack ownCStack() {
  thread_local CStack own = measure();
  return own;
}

size_t cStackMargin(const CStack& stack) { return std::min(stack.size / 4, kMargin); }

char* nestingStackLimit() { return currentThread()->c_stack_limit + cStackMargin(ownCStack()) / 2; }

}  // namespace krait
