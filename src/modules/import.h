// Import, for start-up and the C API. The meaning of `import` itself: core/import.h.
#pragma once

#include "types/module.h"

namespace krait::modules {

// builtins.__import__ and PyImport_ImportModuleLevelObject: absolute or relative, importlib's frames cut from
// tracebacks.
Result<Ref<>> importLevel(PyObject* name, PyObject* globals, PyObject* from_list, int level);

Status importStart(
    ModuleObject* sys);        // _imp and importlib._bootstrap: builtin and frozen modules can be imported
Status importStartExternal();  // path based finders and zipimport

}  // namespace krait::modules
