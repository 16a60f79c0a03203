// The table of native modules (modules.def) and import from C++.
#pragma once

#include "core/native.h"
#include "types/module.h"

namespace krait::modules {

struct NativeModule {
  const char* name;
  PyObject* (*init)();
};
const NativeModule* findNativeModule(std::string_view name);       // null: none of that name
Status appendNativeModule(const char* name, PyObject* (*init)());  // PyImport_AppendInittab, before start-up
Result<Ref<>> builtinModuleNames();                                // sorted tuple

// A module of the older kind, made and filled by its init function. state_size -1: a second import gives a
// new module with the same contents; else the same module, one per interpreter.
template <Text Name>
constexpr PyModuleDef singlePhaseModule(PyMethodDef* methods, const char* doc, Py_ssize_t state_size) {
  PyModuleDef def{};
  def.ob_refcnt = kImmortalRefcount;
  def.ob_type = &PyModuleDef_Type;
  def.m_name = Name.chars;
  def.m_doc = doc;
  def.m_size = state_size;
  def.m_methods = methods;
  return def;
}
PyObject* singlePhaseInit(PyModuleDef* def, Status (*fill)(PyObject* module));

}  // namespace krait::modules
