// from __future__ import ...
#pragma once

#include "compiler/context.h"

namespace krait::compiler {

struct Future {
  int flags = 0;  // kCoFuture*
  int line = -1;  // of the last such import
};

constexpr const char* kLateFuture = "from __future__ imports must occur at the beginning of the file";

// The features that a module enables. SyntaxError for unknown ones.
Result<Future> futureFeatures(Context& context, const ast::Mod* mod);

}  // namespace krait::compiler
