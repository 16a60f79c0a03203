// Modules from a PyModuleDef: single-phase creation, and creation and execution in two phases.
#include <cstring>
#include <vector>

#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "types/bare_type_name.h"
#include "types/method.h"
#include "types/module.h"
#include "types/module_context.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {

const char* module_package_context = nullptr;

namespace {

Py_ssize_t g_last_index = 0;
std::vector<PyObject*>& modulesByIndex() { return interpreter().modules_by_index; }

// The dotted name of a submodule that is being loaded stands in the context; the definition only has the last
// part.
const char* contextName(const char* short_name) {
  const char* context = module_package_context;
  if (!context) return short_name;
  const char* dot = std::strrchr(context, '.');
  if (!dot || std::strcmp(dot + 1, short_name) != 0) return short_name;
  module_package_context = nullptr;
  return context;
}

Status addContents(PyObject* module, PyModuleDef* def) {
  if (def->m_methods) TRY(moduleAddFunctions(module, def->m_methods));
  if (!def->m_doc) return {};
  auto doc = TRY(strFromUtf8(def->m_doc));
  return attrSet(module, "__doc__", doc.get());
}

Status allocateState(ModuleObject* m, PyModuleDef* def) {
  if (def->m_size < 0 || m->md_state) return {};
  m->md_state = memCalloc(1, static_cast<size_t>(def->m_size ? def->m_size : 1));
  if (!m->md_state) return raiseNoMemory();
  return {};
}

struct SlotFacts {
  PyObject* (*create)(PyObject*, PyModuleDef*) = nullptr;
  bool has_exec = false;
};

Result<SlotFacts> readSlots(PyModuleDef* def, const char* module_name) {
  SlotFacts facts;
  for (PyModuleDef_Slot* s = def->m_slots; s && s->slot; s++) {
    if (s->slot == Py_mod_create) {
      if (facts.create) return raise(PyExc_SystemError, "module %s has multiple create slots", module_name);
      facts.create = s->value.create;
    } else if (s->slot == Py_mod_exec) {
      facts.has_exec = true;
    } else {
      return raise(PyExc_SystemError, "module %s uses unknown slot ID %i", module_name, s->slot);
    }
  }
  return facts;
}

Result<Ref<>> createBy(const SlotFacts& facts, PyModuleDef* def, PyObject* spec, const char* module_name) {
  PyObject* made = facts.create(spec, def);
  bool pending = exceptionPending();
  if (!made) {
    if (pending) return Raised{};
    return raise(PyExc_SystemError, "creation of module %s failed without setting an exception", module_name);
  }
  auto held = steal(made);
  if (!pending) return held;
  return raiseFromCause(PyExc_SystemError, "creation of module %s raised unreported exception", module_name);
}

Status checkForeign(PyModuleDef* def, const SlotFacts& facts, const char* module_name) {
  if (def->m_size > 0 || def->m_traverse || def->m_clear || def->m_free) {
    return raise(PyExc_SystemError, "module %s is not a module object, but requests module state",
                 module_name);
  }
  if (facts.has_exec) {
    return raise(PyExc_SystemError,
                 "module %s specifies execution slots, but did not create a ModuleType instance",
                 module_name);
  }
  return {};
}

Status runExec(PyObject* module, PyModuleDef_Slot* s, const char* module_name) {
  int status = s->value.exec(module);
  bool pending = exceptionPending();
  if (status != 0) {
    if (pending) return Raised{};
    return raise(PyExc_SystemError, "execution of module %s failed without setting an exception",
                 module_name);
  }
  if (!pending) return {};
  return raiseFromCause(PyExc_SystemError, "execution of module %s raised unreported exception", module_name);
}

void moduleDefDealloc(PyObject* self) { self->ob_refcnt = kImmortalRefcount; }

}  // namespace

PyObject* moduleDefInit(PyModuleDef* def) {
  if (def->m_index == 0) {
    def->ob_refcnt = kImmortalRefcount;
    def->ob_type = &PyModuleDef_Type;
    def->m_index = ++g_last_index;
  }
  return def;
}

Opt<> moduleByDefinition(PyModuleDef* def) {
  auto index = static_cast<size_t>(def->m_index);
  if (def->m_slots || index == 0 || index >= modulesByIndex().size()) return nullptr;
  return modulesByIndex()[index];
}

Status moduleSetByDefinition(PyModuleDef* def, Opt<> module) {
  moduleDefInit(def);
  auto index = static_cast<size_t>(def->m_index);
  if (modulesByIndex().size() <= index) modulesByIndex().resize(index + 1);
  PyObject* old = std::exchange(modulesByIndex()[index], MaybeRef<>::share(module.get()).leak());
  xdecref(old);
  if (module && isModule(module.get())) static_cast<ModuleObject*>(module.get())->md_def = def;
  return {};
}

Status moduleKeepCopy(ModuleObject* module) {
  PyModuleDef* def = module->md_def;
  TRY(moduleSetByDefinition(def, module));
  PyObject* copy = TRY(dictCopy(module->dict())).leak();
  xdecref(std::exchange(def->m_copy, copy));
  return {};
}

void moduleCopiesClear() {
  for (size_t i = 0; i < modulesByIndex().size(); i++) {
    PyObject* module = modulesByIndex()[i];
    if (!module || !isModule(module)) continue;
    if (PyModuleDef* def = static_cast<ModuleObject*>(module)->md_def) clearField(def->m_copy);
  }
}

void moduleIndexClear() {
  for (PyObject* module : std::exchange(modulesByIndex(), {})) xdecref(module);
}

Result<Ref<ModuleObject>> moduleCreate(PyModuleDef* def) {
  moduleDefInit(def);
  if (def->m_slots) {
    return raise(PyExc_SystemError, "module %s: PyModule_Create is incompatible with m_slots", def->m_name);
  }
  auto module_name = TRY(strFromUtf8(contextName(def->m_name)));
  auto m = TRY(moduleNew(module_name.get()));
  if (def->m_size > 0) TRY(allocateState(m.get(), def));
  TRY(addContents(m.get(), def));
  m->md_def = def;
  return m;
}

Result<Ref<>> moduleFromDefAndSpec(PyModuleDef* def, PyObject* spec) {
  moduleDefInit(def);
  auto module_name = TRY(attrGet(spec, name<"name">()));
  if (!isStr(module_name.get())) return raise(PyExc_TypeError, "module name must be a string");
  std::string_view utf8 = TRY(strUtf8(cast<StrObject>(module_name.get())));
  const char* shown = utf8.data();
  if (def->m_size < 0) {
    return raise(PyExc_SystemError, "module %s: m_size may not be negative for multi-phase initialization",
                 shown);
  }
  SlotFacts facts = TRY(readSlots(def, shown));
  Ref<> module = facts.create ? TRY(createBy(facts, def, spec, shown))
                              : Ref<>(TRY(moduleNew(cast<StrObject>(module_name.get()))));
  if (isModule(module.get())) {
    static_cast<ModuleObject*>(module.get())->md_state = nullptr;
    static_cast<ModuleObject*>(module.get())->md_def = def;
  } else {
    TRY(checkForeign(def, facts, shown));
  }
  TRY(addContents(module.get(), def));
  return module;
}

Status moduleExec(PyObject* module, PyModuleDef* def) {
  auto* m = static_cast<ModuleObject*>(module);
  const char* shown = def->m_name;
  TRY(allocateState(m, def));
  for (PyModuleDef_Slot* s = def->m_slots; s && s->slot; s++) {
    if (s->slot == Py_mod_create) continue;
    if (s->slot != Py_mod_exec) {
      return raise(PyExc_SystemError, "module %s initialized with unknown slot %i", shown, s->slot);
    }
    TRY(runExec(module, s, shown));
  }
  return {};
}

Status moduleAddFunctions(PyObject* module, PyMethodDef* functions) {
  MaybeRef<> module_name = TRY(attrLookup(module, name<"__name__">()));
  for (PyMethodDef* def = functions; def->ml_name; def++) {
    if (def->ml_flags & (METH_CLASS | METH_STATIC)) {
      return raise(PyExc_ValueError, "module functions cannot set METH_CLASS or METH_STATIC");
    }
    auto function = TRY(cFunctionNew(def, module, module_name.get()));
    auto key = TRY(strInternUtf8(def->ml_name));
    TRY(attrSet(module, static_cast<PyObject*>(key.get()), function.get()));
  }
  return {};
}

Status moduleAddType(PyObject* module, PyTypeObject* type) {
  TRY(typeReady(type));
  return moduleAdd(module, bareTypeName(type), share<PyObject>(type));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyModuleDef_Type = {
    KR_TYPE_HEAD,
    .tp_name = "moduledef",
    .tp_basicsize = sizeof(PyModuleDef),
    .tp_dealloc = moduleDefDealloc,
};
