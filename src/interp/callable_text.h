// How error messages name a callable: "module.qualname()".
#pragma once

#include "types/exceptions.h"

namespace krait {

Result<Ref<StrObject>> callableText(PyObject* callable);
inline PyObject* keyErrorArgs(PyObject* exception) { return static_cast<ExceptionObject*>(exception)->args; }

}  // namespace krait
