#include "core/c_stack.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/thread.h"

namespace krait {

namespace {

constexpr size_t kMargin = kStackSlack, kAssumedStack = size_t{8} << 20, kMaxStack = size_t{512} << 20;

// The process's first stack ends behind the name of the program and may grow as far as the limit allows. (The
// C library finds that out by reading all of /proc/self/maps.)
std::optional<CStack> firstStack() {
  rlimit limit;
  auto* program = reinterpret_cast<char*>(getauxval(AT_EXECFN));
  if (!program || getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  constexpr uintptr_t kPage = 4096;
  uintptr_t end = (reinterpret_cast<uintptr_t>(program + std::strlen(program)) + kPage) & ~(kPage - 1);
  size_t size = limit.rlim_cur & ~(kPage - 1);
  if (size > end) return {};
  return CStack{reinterpret_cast<char*>(end - size), size};
}

std::optional<CStack> stackOfThread() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return {};
  void* low = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  if (!low) return {};
  return CStack{static_cast<char*>(low), size};
}

CStack measure() {
  auto* here = static_cast<char*>(__builtin_frame_address(0));
  auto contains = [here](const CStack& stack) { return here >= stack.low && here < stack.low + stack.size; };
  std::optional<CStack> stack;
  if (getpid() == gettid()) stack = firstStack();
  if (!stack || !contains(*stack)) stack = stackOfThread();  // the child of a thread that forked, for example
  if (!stack) return {here - kAssumedStack * 3 / 4, kAssumedStack};
  char* high = stack->low + stack->size;
  size_t size = std::min(stack->size, kMaxStack);
  return {high - size, size};
}

}  // namespace

CStack ownCStack() {
  thread_local CStack own = measure();
  return own;
}

void takeFirstCStack() {
  constexpr size_t kLowest = 4096;
  std::optional<CStack> stack = firstStack();
  if (!stack || stack->size > kMaxStack) return;
  // Lets the kernel write a byte into the lowest page, which nobody uses: where it cannot grow the stack,
  // that fails.
  (void)!getrandom(stack->low + kLowest, 1, GRND_NONBLOCK);
}

size_t cStackMargin(const CStack& stack) { return std::min(stack.size / 4, kMargin); }

char* nestingStackLimit() { return currentThread()->c_stack_limit + cStackMargin(ownCStack()) / 2; }

}  // namespace krait
