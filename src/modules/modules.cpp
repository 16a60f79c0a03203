#include "modules/modules.h"

#include <algorithm>
#include <string>
#include <vector>

#include "types/tuple.h"

namespace krait::modules {

#define MODULE(name, init) PyObject* init();
#include "modules/modules.def"
#undef MODULE

namespace {

constexpr NativeModule kNativeModules[] = {
#define MODULE(name, init) {name, init},
#include "modules/modules.def"
#undef MODULE
};

// Modules that an embedding program adds before start-up.
std::vector<NativeModule>& extraModules() {
  static auto* extra = new std::vector<NativeModule>;
  return *extra;
}

}  // namespace

const NativeModule* findNativeModule(std::string_view name) {
  for (const NativeModule& module : kNativeModules) {
    if (name == module.name) return &module;
  }
  for (const NativeModule& module : extraModules()) {
    if (name == module.name) return &module;
  }
  return nullptr;
}

Status appendNativeModule(const char* name, PyObject* (*init)()) {
  extraModules().push_back({name, init});
  return {};
}

PyObject* singlePhaseInit(PyModuleDef* def, Status (*fill)(PyObject* module)) {
  if (Opt<> there = moduleByDefinition(def); there && def->m_size >= 0) return share(there.get()).leak();
  auto made = moduleCreate(def);
  if (made.failed()) return nullptr;
  Ref<ModuleObject> module = std::move(made).take();
  if (fill(module).failed()) return nullptr;
  return std::move(module).leak();
}

Result<Ref<>> builtinModuleNames() {
  std::vector<std::string> names{"builtins", "sys"};
  for (const NativeModule& module : kNativeModules) names.push_back(module.name);
  for (const NativeModule& module : extraModules()) names.push_back(module.name);
  std::sort(names.begin(), names.end());
  Ref<TupleObject> tuple = TRY(tupleNew(static_cast<Py_ssize_t>(names.size())));
  for (size_t i = 0; i < names.size(); i++) tuple->items()[i] = TRY(strInternUtf8(names[i])).leak();
  return tuple;
}

}  // namespace krait::modules
