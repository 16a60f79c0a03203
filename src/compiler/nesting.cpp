#include "compiler/nesting.h"

#include <climits>

#include "core/c_stack.h"
#include "core/scratch.h"

namespace krait::compiler {
namespace {

constexpr int kLevelsPerFrame = 3;

int scaled(int value) { return value > INT_MAX / kLevelsPerFrame ? INT_MAX : value * kLevelsPerFrame; }

}  // namespace

Nesting::Nesting(const char* doing) : doing_(doing), stack_limit_(nestingStackLimit()) {
  Thread* thread = currentThread();
  depth_ = scaled(thread->recursion_limit - thread->recursion_remaining);
  limit_ = scaled(threadRecursionLimit());
}

Raised Nesting::raiseTooDeep() const {
  return raise(PyExc_RecursionError, "maximum recursion depth exceeded during %s", doing_);
}

Status Nesting::checkStack() const {
  char* here = static_cast<char*>(__builtin_frame_address(0));
  if (here < stack_limit_) return raiseTooDeep();
  return checkMemory();
}

Result<Nesting::Level> Nesting::enter() {
  TRY(checkStack());
  if (depth_ + 1 > limit_) return raiseTooDeep();
  depth_++;
  return Level(this);
}

}  // namespace krait::compiler
