// The table of native modules (modules.def) and import from C++.
#pragma once

#include "types/module.h"

namespace krait::modules {

struct NativeModule {
  const char* name;
  PyObject* (*init)();
};
const NativeModule* findNativeModule(std::string_view name);       // null: none of that name
Status appendNativeModule(const char* name, PyObject* (*init)());  // PyImport_AppendInittab, before start-up
Result<Ref<>> builtinModuleNames();                                // sorted tuple

}  // namespace krait::modules
