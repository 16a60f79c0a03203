// Loading compiled extension modules (.so files with a PyInit_ function).
#pragma once

#include "core/object.h"

namespace krait::modules {

struct NativeModule;

Result<Ref<>> loadDynamicModule(PyObject* spec);  // _imp.create_dynamic
Result<Ref<>> loadBuiltinModule(const NativeModule& native, StrObject* name, PyObject* spec);
// Runs a builtin or extension module's exec slots once (_imp.exec_builtin, exec_dynamic).
Result<long> execModule(PyObject* module);
// Turns what an init function returned (a definition or a finished module) into a module.
Result<Ref<>> moduleFromInit(PyObject* (*init)(), StrObject* name, PyObject* spec, Opt<> path);

}  // namespace krait::modules
