// Comparisons fused with the conditional jump behind: how CompareCache::mask is read.
#pragma once

#include "interp/inline_cache.h"

namespace krait {

// CompareCache::mask: which orders make the jump behind be taken, and its direction.
constexpr uint16_t kJumpIfLess = 1, kJumpIfEqual = 2, kJumpIfGreater = 4, kJumpIfUnordered = 8,
                   kJumpBackward = 16;

KR_ALWAYS_INLINE uint16_t intOrder(long x, long y) {
  return x < y ? kJumpIfLess : x > y ? kJumpIfGreater : kJumpIfEqual;
}

// Where the COMPARE_OP at `compare` and its jump lead for this order.
KR_ALWAYS_INLINE const Unit* jumpTarget(const Unit* compare, uint16_t order) {
  uint16_t mask = cacheOf<CompareCache>(compare)->mask;
  const Unit* jump = compare + 1 + opCacheUnits(Op::COMPARE_OP);
  int distance = unitArg(*jump++);
  if (!(mask & order)) return jump;
  return jump + ((mask & kJumpBackward) ? -distance : distance);
}

}  // namespace krait
