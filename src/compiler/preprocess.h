// The tree optimiser that runs before the symbol tables are built: folds constant expressions, replaces
// __debug__, turns literal containers that are only iterated or searched into constants, and '...' % (...)
// into an f-string.
#pragma once

#include "compiler/const_value.h"
#include "compiler/context.h"

namespace krait::compiler {

// Changes the tree in place. `optimize` is the -O level, `future_flags` the kCoFuture* bits in force.
Status preprocess(Context& context, ConstPool& pool, ast::Mod* mod, int optimize, int future_flags);

}  // namespace krait::compiler
