// The builtins module, made at start-up.
#pragma once

#include "types/module.h"

namespace krait::modules {

// Makes the module with all functions, types, exceptions and constants; fills interpreter().builtins and
// import_func.
Result<Ref<ModuleObject>> builtinsCreate();

}  // namespace krait::modules
