// Importing from C++. Implemented in src/modules/import.cpp; core only names it because every layer imports
// something.
#pragma once

#include "core/object.h"

namespace krait {

Result<Ref<>> importModule(const char* name);  // PyImport_ImportModule
// For reports that may come late: a module that cannot be imported is absent, and so is one that is not
// loaded while the interpreter goes away.
Result<MaybeRef<>> importForReport(const char* name);
Result<Ref<>> importAttr(const char* module_name, const char* attr);
// The meaning of the `import` statement (IMPORT_NAME), through builtins.__import__.
Result<Ref<>> importName(PyObject* name, PyObject* globals, PyObject* locals, PyObject* from_list, int level);
Opt<> importedModule(const char* name);  // sys.modules[name], borrowed

}  // namespace krait
