// The evaluator's own error texts.
#pragma once

#include "interp/frame.h"

namespace krait {

[[gnu::cold]] void raiseUnboundLocal(Frame* frame, uint32_t index);
[[gnu::cold]] void raiseUnboundDeref(Frame* frame, uint32_t index);
[[gnu::cold]] Raised raiseNameError(const char* format,
                                    PyObject* name);  // format has one %.200s; sets the `name` attribute
constexpr const char* kNameNotDefined = "name '%.200s' is not defined";

}  // namespace krait
