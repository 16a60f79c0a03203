// module
#pragma once

#include "types/dict.h"

namespace krait {

struct ModuleObject : PyObject {
  PyObject* md_dict;
  PyModuleDef* md_def;
  void* md_state;
  PyObject* md_weaklist;
  PyObject* md_name;

  DictObject* dict() const { return cast<DictObject>(md_dict); }
};
inline bool isModule(const PyObject* o) { return isInstanceOf(o, &PyModule_Type); }
Result<Ref<ModuleObject>> moduleNew(StrObject* name);
Result<Ref<ModuleObject>> moduleCreate(PyModuleDef* def);  // single-phase (PyModule_Create2)
Result<Ref<>> moduleFromDefAndSpec(PyModuleDef* def, PyObject* spec);
// The interpreter's module from a single-phase definition (PyState_FindModule), kept until it is set to
// absent.
Opt<> moduleByDefinition(PyModuleDef* def);
Status moduleSetByDefinition(PyModuleDef* def, Opt<> module);
// What a second import of a single-phase module without state starts from: its contents as they are now.
Status moduleKeepCopy(ModuleObject* module);
void moduleCopiesClear();  // at the end of the process
void moduleIndexClear();   // at the end of the interpreter
Status moduleExec(PyObject* module, PyModuleDef* def);
Status moduleAdd(PyObject* module, const char* name, Ref<> value);
Status moduleAddInt(PyObject* module, const char* name, long value);
Status moduleAddStr(PyObject* module, const char* name, const char* utf8);
Status moduleAddType(PyObject* module, PyTypeObject* type);  // readies it; name behind the last dot
Status moduleAddFunctions(PyObject* module, PyMethodDef* functions);
template <class T>
T* moduleState(PyObject* module) {
  return static_cast<T*>(static_cast<ModuleObject*>(module)->md_state);
}

}  // namespace krait
