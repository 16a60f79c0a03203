#include <cstdio>
#include <cstdlib>

#include "base/macros.h"

namespace krait {

void checkFailed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr, "krait: internal error: %s (%s) at %s:%d\n", message, condition, file, line);
  std::abort();
}

}  // namespace krait
