// The builtins module: its functions, types and constants.
#include "modules/builtins.h"

#include "core/interpreter.h"
#include "core/native_order.h"
#include "interp/eval.h"
#include "modules/builtins_functions.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/type.h"

namespace krait::modules {
namespace {

struct NamedType {
  const char* name;
  PyTypeObject* type;
};
constexpr NamedType kTypes[] = {
    {"bool", &PyBool_Type},
    {"memoryview", &PyMemoryView_Type},
    {"bytearray", &PyByteArray_Type},
    {"bytes", &PyBytes_Type},
    {"classmethod", &PyClassMethod_Type},
    {"complex", &PyComplex_Type},
    {"dict", &PyDict_Type},
    {"enumerate", &PyEnum_Type},
    {"filter", &PyFilter_Type},
    {"float", &PyFloat_Type},
    {"frozenset", &PyFrozenSet_Type},
    {"property", &PyProperty_Type},
    {"int", &PyLong_Type},
    {"list", &PyList_Type},
    {"map", &PyMap_Type},
    {"object", &PyBaseObject_Type},
    {"range", &PyRange_Type},
    {"reversed", &PyReversed_Type},
    {"set", &PySet_Type},
    {"slice", &PySlice_Type},
    {"staticmethod", &PyStaticMethod_Type},
    {"str", &PyUnicode_Type},
    {"super", &PySuper_Type},
    {"tuple", &PyTuple_Type},
    {"type", &PyType_Type},
    {"zip", &PyZip_Type},
};

Status addConstants(DictObject* dict) {
  TRY(dictSet(dict, "None", Py_None));
  TRY(dictSet(dict, "Ellipsis", Py_Ellipsis));
  TRY(dictSet(dict, "NotImplemented", Py_NotImplemented));
  TRY(dictSet(dict, "False", Py_False));
  TRY(dictSet(dict, "True", Py_True));
  return {};
}

Status addTypes(DictObject* dict) {
  for (const NamedType& row : kTypes) {
    TRY(typeReady(row.type));
    TRY(dictSet(dict, row.name, reinterpret_cast<PyObject*>(row.type)));
  }
  return {};
}

constinit PyModuleDef kBuiltinsModule = [] {
  PyModuleDef def{};
  def.ob_refcnt = kImmortalRefcount;
  def.ob_type = &PyModuleDef_Type;
  def.m_name = "builtins";
  def.m_doc = "Built-in functions, types, exceptions and constants.";
  def.m_size = -1;
  return def;
}();

// The functions of all files, in CPython's order.
PyMethodDef* allFunctions() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kBuiltinCodeFunctions, kBuiltinObjectFunctions, kBuiltinIterFunctions, kBuiltinIoFunctions},
      "__build_class__ __import__ abs all any ascii bin breakpoint callable chr compile delattr dir divmod "
      "eval exec format getattr globals hasattr hash hex id input isinstance issubclass iter aiter len "
      "locals max min next anext oct ord pow print repr round setattr sorted sum vars");
  return all.data();
}

}  // namespace

Result<Ref<ModuleObject>> builtinsCreate() {
  kBuiltinsModule.m_methods = allFunctions();
  Ref<ModuleObject> module = TRY(moduleCreate(&kBuiltinsModule));
  DictObject* dict = module->dict();
  TRY(addConstants(dict));
  TRY(addTypes(dict));
  TRY(dictSet(dict, "__debug__", interpreter().config.optimize == 0 ? Py_True : Py_False));
  TRY(exceptionsAddTo(dict));
  interpreter().builtins = share(dict).leak();
  Opt<> import_func = TRY(dictGet(dict, name<"__import__">()));
  interpreter().import_func = share(import_func.get()).leak();
  if (interpreter().id != 0) return module;  // calls are specialised for the main one's
  builtin_len_entry = TRY(dictGet(dict, name<"len">())).get();
  builtin_isinstance_entry = TRY(dictGet(dict, name<"isinstance">())).get();
  return module;
}

}  // namespace krait::modules
