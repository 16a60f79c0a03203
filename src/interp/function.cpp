// function: the object that `def` and `lambda` make.
#include "interp/function.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "interp/eval.h"
#include "types/bool.h"
#include "types/cell.h"
#include "types/list.h"
#include "types/method.h"
#include "types/module.h"
#include "types/weakref.h"

namespace krait {
namespace {

uint32_t next_function_version = 1;

Result<Ref<>> moduleNameOf(PyObject* globals) {
  Opt<> name_value = TRY(dictGet(cast<DictObject>(globals), name<"__name__">()));
  return share(name_value.orElse(Py_None));
}

}  // namespace

Result<PyObject*> builtinsOfGlobals(PyObject* globals) {
  Opt<> found = TRY(dictGet(cast<DictObject>(globals), name<"__builtins__">()));
  if (!found) return currentBuiltins().orElse(interpreter().builtins);
  if (isModule(found.get())) return static_cast<ModuleObject*>(found.get())->md_dict;
  return found.get();
}

Result<Ref<FunctionObject>> functionNew(CodeObject* code, PyObject* globals, Opt<> qualname) {
  PyObject* builtins = TRY(builtinsOfGlobals(globals));
  Ref<> module_name = TRY(moduleNameOf(globals));
  Ref<FunctionObject> function = TRY(objectNew<FunctionObject>(&PyFunction_Type));
  FunctionObject* f = function.get();
  f->func_globals = share(globals).leak();
  f->func_builtins = share(builtins).leak();
  f->func_name = share(code->co_name).leak();
  f->func_qualname = share(qualname.orElse(code->co_qualname)).leak();
  f->func_code = share<PyObject>(code).leak();
  f->func_defaults = f->func_kwdefaults = f->func_closure = nullptr;
  PyObject* doc =
      code->consts()->size() > 0 && isStr(code->consts()->at(0)) ? code->consts()->at(0) : Py_None;
  f->func_doc = share(doc).leak();
  f->func_dict = f->func_weakreflist = nullptr;
  f->func_module = std::move(module_name).leak();
  f->func_annotations = nullptr;
  f->vectorcall = functionVectorcall;
  f->func_version = 0;
  gcTrack(f);
  return function;
}

Result<Ref<FunctionObject>> functionForCode(CodeObject* code, PyObject* globals) {
  Ref<FunctionObject> function = TRY(functionNew(code, globals));
  setField(function->func_doc, none());
  return function;
}

uint32_t functionVersion(FunctionObject* function) {
  if (function->func_version == 0 && function->vectorcall == functionVectorcall &&
      next_function_version != 0) {
    function->func_version = next_function_version++;
  }
  return function->func_version;
}

// --- attributes ---

Status functionSetDefaults(FunctionObject* function, Opt<> value) {
  if (value && value.get() == Py_None) value = nullptr;
  if (value && !isTuple(value.get()))
    return raise(PyExc_TypeError, "__defaults__ must be set to a tuple object");
  if (value)
    TRY(audit("object.__setattr__", "OsO", static_cast<PyObject*>(function), "__defaults__", value.get()));
  else
    TRY(audit("object.__delattr__", "Os", static_cast<PyObject*>(function), "__defaults__"));
  function->func_version = 0;
  PyObject* old = std::exchange(function->func_defaults, MaybeRef<>::share(value.get()).leak());
  xdecref(old);
  return {};
}

Status functionSetKwDefaults(FunctionObject* function, Opt<> value) {
  if (value && value.get() == Py_None) value = nullptr;
  if (value && !isDict(value.get()))
    return raise(PyExc_TypeError, "__kwdefaults__ must be set to a dict object");
  if (value)
    TRY(audit("object.__setattr__", "OsO", static_cast<PyObject*>(function), "__kwdefaults__", value.get()));
  else
    TRY(audit("object.__delattr__", "Os", static_cast<PyObject*>(function), "__kwdefaults__"));
  function->func_version = 0;
  PyObject* old = std::exchange(function->func_kwdefaults, MaybeRef<>::share(value.get()).leak());
  xdecref(old);
  return {};
}

Status functionSetAnnotations(FunctionObject* function, Opt<> value) {
  if (value && value.get() == Py_None) value = nullptr;
  if (value && !isDict(value.get()))
    return raise(PyExc_TypeError, "__annotations__ must be set to a dict object");
  function->func_version = 0;
  PyObject* old = std::exchange(function->func_annotations, MaybeRef<>::share(value.get()).leak());
  xdecref(old);
  return {};
}

// The compiler stores annotations as a tuple of names and values; the dict is made on first use.
Result<Ref<>> functionAnnotations(FunctionObject* function) {
  PyObject* annotations = function->func_annotations;
  if (!annotations) {
    function->func_annotations = TRY(dictNew()).as<PyObject>().leak();
  } else if (isExactTuple(annotations)) {
    Ref<TupleObject> pairs = share(cast<TupleObject>(annotations));
    Ref<DictObject> dict = TRY(dictNew());
    for (Py_ssize_t i = 0; i + 1 < pairs->size(); i += 2)
      TRY(dictSet(dict.get(), pairs->at(i), pairs->at(i + 1)));
    setField(function->func_annotations, std::move(dict));
  }
  return share(function->func_annotations);
}

namespace {

Result<Ref<>> getCode(FunctionObject* f) {
  TRY(audit("object.__getattr__", "Os", static_cast<PyObject*>(f), "__code__"));
  return share(f->func_code);
}

Status setCode(FunctionObject* f, Opt<> value) {
  if (!value || !isCode(value.get())) return raise(PyExc_TypeError, "__code__ must be set to a code object");
  TRY(audit("object.__setattr__", "OsO", static_cast<PyObject*>(f), "__code__", value.get()));
  int free_vars = static_cast<CodeObject*>(value.get())->co_nfreevars;
  Py_ssize_t closure = f->func_closure ? f->closure()->size() : 0;
  if (closure != free_vars) {
    return raise(PyExc_ValueError, "%U() requires a code object with %zd free vars, not %zd", f->func_name,
                 closure, static_cast<Py_ssize_t>(free_vars));
  }
  f->func_version = 0;
  setField(f->func_code, share(value.get()));
  return {};
}

Ref<> getName(FunctionObject* f) { return share(f->func_name); }
Status setName(FunctionObject* f, Opt<> value) {
  if (!value || !isStr(value.get())) return raise(PyExc_TypeError, "__name__ must be set to a string object");
  setField(f->func_name, share(value.get()));
  return {};
}
Ref<> getQualname(FunctionObject* f) { return share(f->func_qualname); }
Status setQualname(FunctionObject* f, Opt<> value) {
  if (!value || !isStr(value.get()))
    return raise(PyExc_TypeError, "__qualname__ must be set to a string object");
  setField(f->func_qualname, share(value.get()));
  return {};
}
Result<Ref<>> getDefaults(FunctionObject* f) {
  TRY(audit("object.__getattr__", "Os", static_cast<PyObject*>(f), "__defaults__"));
  return share(f->func_defaults ? f->func_defaults : Py_None);
}
Result<Ref<>> getKwDefaults(FunctionObject* f) {
  TRY(audit("object.__getattr__", "Os", static_cast<PyObject*>(f), "__kwdefaults__"));
  return share(f->func_kwdefaults ? f->func_kwdefaults : Py_None);
}

Result<Ref<StrObject>> functionRepr(FunctionObject* f) {
  return strFormat("<function %U at %p>", f->func_qualname, f);
}

Result<Ref<>> functionGet(PyObject* self, Opt<> object, Opt<> type) {
  if (!object || object.get() == Py_None) return share(self);
  return methodNew(self, object.get());
}

// FunctionType(code, globals, name=None, argdefs=None, closure=None)
Status checkClosure(CodeObject* code, PyObject* closure) {
  Py_ssize_t wanted = code->co_nfreevars;
  if (!isTuple(closure)) {
    if (wanted && closure == Py_None) return raise(PyExc_TypeError, "arg 5 (closure) must be tuple");
    if (closure != Py_None) return raise(PyExc_TypeError, "arg 5 (closure) must be None or tuple");
  }
  Py_ssize_t given = closure == Py_None ? 0 : cast<TupleObject>(closure)->size();
  if (wanted != given) {
    return raise(PyExc_ValueError, "%U requires closure of length %zd, not %zd", code->co_name, wanted,
                 given);
  }
  for (Py_ssize_t i = 0; i < given; i++) {
    PyObject* cell = cast<TupleObject>(closure)->at(i);
    if (!isExact(cell, &PyCell_Type))
      return raise(PyExc_TypeError, "arg 5 (closure) expected cell, found %s", typeName(cell));
  }
  return {};
}

Result<Ref<>> functionTypeNew(PyTypeObject* type, PyObject* code, PyObject* globals, PyObject* function_name,
                              PyObject* defaults, PyObject* closure) {
  if (!isCode(code)) {
    return raise(PyExc_TypeError, "function() argument 'code' must be code, not %.50s",
                 code == Py_None ? "None" : typeName(code));
  }
  if (!isDict(globals)) {
    return raise(PyExc_TypeError, "function() argument 'globals' must be dict, not %.50s",
                 globals == Py_None ? "None" : typeName(globals));
  }
  if (function_name != Py_None && !isStr(function_name))
    return raise(PyExc_TypeError, "arg 3 (name) must be None or string");
  if (defaults != Py_None && !isTuple(defaults))
    return raise(PyExc_TypeError, "arg 4 (defaults) must be None or tuple");
  TRY(checkClosure(static_cast<CodeObject*>(code), closure));
  TRY(audit("function.__new__", "O", code));
  Ref<FunctionObject> made = TRY(functionNew(static_cast<CodeObject*>(code), globals));
  if (function_name != Py_None) setField(made->func_name, share(function_name));
  if (defaults != Py_None) made->func_defaults = share(defaults).leak();
  if (closure != Py_None) made->func_closure = share(closure).leak();
  return made;
}

void clearOptionalFields(FunctionObject* f) {
  clearField(f->func_module), clearField(f->func_defaults), clearField(f->func_kwdefaults),
      clearField(f->func_doc);
  clearField(f->func_dict), clearField(f->func_closure), clearField(f->func_annotations);
}

int functionClear(PyObject* self) {
  auto* f = static_cast<FunctionObject*>(self);
  f->func_version = 0;
  // Code, globals and builtins stay: a function that can still be called needs them, and every cycle through
  // them has another part that can be cleared. The names may be of a str subclass with references of its own.
  clearOptionalFields(f);
  setField(f->func_name, Ref<>(emptyStr()));
  setField(f->func_qualname, Ref<>(emptyStr()));
  return 0;
}

void functionDealloc(PyObject* self) {
  auto* f = static_cast<FunctionObject*>(self);
  gcUntrack(self);
  if (f->func_weakreflist) clearWeakRefs(self);
  f->func_version = 0;
  clearOptionalFields(f);
  decref(f->func_globals);
  decref(f->func_builtins);
  decref(f->func_code);
  decref(f->func_name);
  decref(f->func_qualname);
  gcFree(self);
}

int functionTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* f = static_cast<FunctionObject*>(self);
  return visitAll(visit, arg, f->func_code, f->func_globals, f->func_builtins, f->func_module,
                  f->func_defaults, f->func_kwdefaults, f->func_doc, f->func_name, f->func_dict,
                  f->func_closure, f->func_annotations, f->func_qualname);
}

constinit PyGetSetDef kFunctionGetSet[] = {
    getset<"__code__", getCode, setCode>,
    getset<"__defaults__", getDefaults, functionSetDefaults>,
    getset<"__kwdefaults__", getKwDefaults, functionSetKwDefaults>,
    getset<"__annotations__", functionAnnotations, functionSetAnnotations>,
    getset<"__dict__", genericGetDict, genericSetDict>,
    getset<"__name__", getName, setName>,
    getset<"__qualname__", getQualname, setQualname>,
    {}};
constinit PyMemberDef kFunctionMembers[] = {
    {"__closure__", T_OBJECT, offsetof(FunctionObject, func_closure), READONLY, nullptr},
    {"__doc__", T_OBJECT, offsetof(FunctionObject, func_doc), 0, nullptr},
    {"__globals__", T_OBJECT, offsetof(FunctionObject, func_globals), READONLY, nullptr},
    {"__module__", T_OBJECT, offsetof(FunctionObject, func_module), 0, nullptr},
    {"__builtins__", T_OBJECT, offsetof(FunctionObject, func_builtins), READONLY, nullptr},
    {}};

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyFunction_Type = {
    KR_TYPE_HEAD,
    .tp_name = "function",
    .tp_basicsize = sizeof(FunctionObject),
    .tp_dealloc = functionDealloc,
    .tp_vectorcall_offset = offsetof(FunctionObject, vectorcall),
    .tp_repr = slot<functionRepr>,
    .tp_call = vectorcallCall,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
                Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<"function(code, globals, name=None, argdefs=None, closure=None)",
                      "A function written in Python.">,
    .tp_traverse = functionTraverse,
    .tp_clear = functionClear,
    .tp_weaklistoffset = offsetof(FunctionObject, func_weakreflist),
    .tp_members = kFunctionMembers,
    .tp_getset = kFunctionGetSet,
    .tp_descr_get = slot<functionGet>,
    .tp_dictoffset = offsetof(FunctionObject, func_dict),
    .tp_new = newSlot<"function(code, globals, name=None, argdefs=None, closure=None)", functionTypeNew>,
};
