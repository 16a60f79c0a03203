// The seam to the JIT: filled by jit/jit.cpp when there is one; all null means "interpret".
//
// The evaluator counts in CodeObject::co_warmup (saturating) at entries; a full counter calls `hot`, which
// may compile.
#pragma once

#include "types/code.h"

namespace krait {

struct JitHooks {
  void (*hot)(CodeObject* code) = nullptr;
};
inline JitHooks jit_hooks;
constexpr short kHotEntries = 0x4000;

}  // namespace krait
