// What some built-ins read from the running frame. Implemented in src/interp/implicit_frame.cpp.
#pragma once

#include "core/result.h"

namespace krait {

// super() without arguments: the __class__ cell's type and the first argument of the running function.
struct ImplicitSuper {
  Ref<PyTypeObject> type;
  Ref<> object;
};
Result<ImplicitSuper> implicitSuper();

Opt<> runningGlobals();  // borrowed; absent when no Python code runs

}  // namespace krait
