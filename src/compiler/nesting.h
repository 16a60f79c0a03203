// Bounds the recursion of the compiler's own walks over trees: three levels for one of
// sys.getrecursionlimit(), counted from where the Python stack stands, and never beyond the C stack.
#pragma once

#include "core/thread.h"

namespace krait::compiler {

class Nesting {
 public:
  // `doing` completes "maximum recursion depth exceeded during ...".
  explicit Nesting(const char* doing);

  class [[nodiscard]] Level {
   public:
    explicit Level(Nesting* nesting) : nesting_(nesting) {}
    Level(Level&& other) noexcept : nesting_(std::exchange(other.nesting_, nullptr)) {}
    ~Level() {
      if (nesting_) nesting_->depth_--;
    }

   private:
    Nesting* nesting_;
  };
  // Counts one level for the life of the answer.
  Result<Level> enter();
  // Only the C stack, for walks that go no deeper than one that called enter().
  Status checkStack() const;

 private:
  Raised raiseTooDeep() const;

  const char* doing_;
  char* stack_limit_;
  int depth_;
  int limit_;
};

}  // namespace krait::compiler
