// module
#include <cstdio>

#include "core/number.h"
#include "types/module.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "types/list.h"
#include "types/str.h"
#include "types/weakref.h"

namespace krait {

namespace {

// Modules that ask for state have none between creation and execution: their hooks must not run then.
bool hooksMayRun(ModuleObject* m) { return m->md_def && (m->md_def->m_size <= 0 || m->md_state); }

// -v
void reportDestroyed(ModuleObject* m) {
  PendingSaved saved;
  auto text = strUtf8(cast<StrObject>(m->md_name));
  if (text.failed()) return clearPending();
  std::string_view name = std::move(text).take();
  std::fprintf(stderr, "# destroy %.*s\n", static_cast<int>(name.size()), name.data());
}

void moduleDealloc(ModuleObject* m) {
  gcUntrack(m);
  DeallocGuard guard(m);
  if (guard.deferred()) return;
  if (interpreter().config.verbose && m->md_name && isStr(m->md_name)) reportDestroyed(m);
  if (m->md_weaklist) clearWeakRefs(m);
  if (hooksMayRun(m) && m->md_def->m_free) m->md_def->m_free(m);
  clearField(m->md_dict);
  clearField(m->md_name);
  memFree(m->md_state);
  objectFreeMemory(m);
}

int moduleTraverse(ModuleObject* m, visitproc visit, void* arg) {
  if (hooksMayRun(m) && m->md_def->m_traverse) {
    if (int status = m->md_def->m_traverse(m, visit, arg)) return status;
  }
  return visitAll(visit, arg, m->md_dict);
}

int moduleClear(ModuleObject* m) {
  if (hooksMayRun(m) && m->md_def->m_clear) {
    if (m->md_def->m_clear(m)) writeUnraisable(m);
  }
  clearField(m->md_dict);
  return 0;
}

Result<Ref<ModuleObject>> allocate(PyTypeObject* type) {
  auto m = TRY(typeAlloc<ModuleObject>(type));
  m->md_dict = TRY(dictNew()).leak();
  return m;
}

Status fillDict(ModuleObject* m, PyObject* module_name, PyObject* doc) {
  auto dict = share(m->dict());
  TRY(dictSet(dict.get(), krait::name<"__name__">(), module_name));
  TRY(dictSet(dict.get(), krait::name<"__doc__">(), doc));
  TRY(dictSet(dict.get(), krait::name<"__package__">(), Py_None));
  TRY(dictSet(dict.get(), krait::name<"__loader__">(), Py_None));
  TRY(dictSet(dict.get(), krait::name<"__spec__">(), Py_None));
  if (!isExactStr(module_name)) return {};
  PyObject* old = std::exchange(m->md_name, share(module_name).leak());
  xdecref(old);
  return {};
}

Status moduleInit(ModuleObject* m, StrObject* module_name, PyObject* doc) {
  if (!m->md_dict) m->md_dict = TRY(dictNew()).leak();
  return fillDict(m, module_name, doc);
}

PyObject* moduleTypeNew(PyTypeObject* type, PyObject*, PyObject*) {
  return Result<Ref<ModuleObject>>(allocate(type)).toC();
}

Result<bool> isInitializing(Opt<> spec) {
  if (!spec || spec.get() == Py_None) return false;
  auto held = share(spec.get());
  MaybeRef<> flag = TRY(attrLookup(held.get(), krait::name<"_initializing">()));
  if (!flag) return false;
  return objectIsTrue(flag.get());
}

// Whether importlib is importing SPEC.name's submodule of that name just now.
Result<bool> isUninitializedSubmodule(Opt<> spec, PyObject* attr) {
  if (!spec || spec.get() == Py_None) return false;
  auto held = share(spec.get());
  MaybeRef<> names = TRY(attrLookup(held.get(), krait::name<"_uninitialized_submodules">()));
  if (!names) return false;
  return sequenceContains(names.get(), attr);
}

Result<Ref<>> missingAttr(ModuleObject* m, PyObject* attr) {
  if (!m->md_dict) return raise(PyExc_AttributeError, "module has no attribute '%U'", attr);
  if (Opt<> hook = dictGetStr(m->dict(), krait::name<"__getattr__">())) {
    auto held = share(hook.get());
    return call(held.get(), attr);
  }
  Opt<> own_name = dictGetStr(m->dict(), krait::name<"__name__">());
  if (!own_name || !isStr(own_name.get()))
    return raise(PyExc_AttributeError, "module has no attribute '%U'", attr);
  auto held_name = share(own_name.get());
  auto busy = isInitializing(dictGetStr(m->dict(), krait::name<"__spec__">()));
  if (busy.failed())
    clearPending();
  else if (std::move(busy).take()) {
    return raise(
        PyExc_AttributeError,
        "partially initialized module '%U' has no attribute '%U' (most likely due to a circular import)",
        held_name.get(), attr);
  }
  auto submodule = isUninitializedSubmodule(dictGetStr(m->dict(), krait::name<"__spec__">()), attr);
  if (submodule.failed())
    clearPending();
  else if (std::move(submodule).take()) {
    return raise(PyExc_AttributeError,
                 "cannot access submodule '%U' of module '%U' (most likely due to a circular import)", attr,
                 held_name.get());
  }
  return raise(PyExc_AttributeError, "module '%U' has no attribute '%U'", held_name.get(), attr);
}

Result<Ref<>> moduleGetattro(ModuleObject* m, PyObject* attr) {
  MaybeRef<> found = TRY(genericLookupAttr(m, attr));
  if (found) return std::move(found).take();
  return missingAttr(m, attr);
}

Result<Ref<>> moduleRepr(ModuleObject* m) {
  auto repr = TRY(strInternUtf8("_module_repr"));
  return callMethod(interpreter().importlib, repr.get(), static_cast<PyObject*>(m));
}

Result<DictObject*> dictAttribute(PyObject* m, Ref<>& holder) {
  holder = TRY(attrGet(m, krait::name<"__dict__">()));
  if (isDict(holder.get())) return cast<DictObject>(holder.get());
  return raise(PyExc_TypeError, "<module>.__dict__ is not a dictionary");
}

Result<Ref<>> moduleDir(PyObject* m) {
  Ref<> holder = none();
  DictObject* dict = TRY(dictAttribute(m, holder));
  if (Opt<> hook = dictGetStr(dict, krait::name<"__dir__">())) {
    auto held = share(hook.get());
    return call(held.get());
  }
  return dictKeys(dict);
}

Result<Ref<>> getAnnotations(PyObject* m) {
  Ref<> holder = none();
  DictObject* dict = TRY(dictAttribute(m, holder));
  Opt<> found = TRY(dictGet(dict, krait::name<"__annotations__">()));
  if (found) return share(found.get());
  auto made = TRY(dictNew());
  TRY(dictSet(dict, krait::name<"__annotations__">(), made.get()));
  return made;
}

Status setAnnotations(PyObject* m, Opt<> value) {
  Ref<> holder = none();
  DictObject* dict = TRY(dictAttribute(m, holder));
  if (value) return dictSet(dict, krait::name<"__annotations__">(), value.get());
  if (TRY(dictDiscard(dict, krait::name<"__annotations__">()))) return {};
  return raiseObject(PyExc_AttributeError, krait::name<"__annotations__">());
}

constinit PyMemberDef kMembers[] = {
    {"__dict__", T_OBJECT, offsetof(ModuleObject, md_dict), READONLY, nullptr}, {}};
constinit PyGetSetDef kGetSet[] = {getset<"__annotations__", getAnnotations, setAnnotations>, {}};
constinit PyMethodDef kMethods[] = {
    method<"!__dir__($self, /)", moduleDir, "__dir__() -> the module's names">, {}};

}  // namespace

Result<Ref<ModuleObject>> moduleNew(StrObject* module_name) {
  auto m = TRY(allocate(&PyModule_Type));
  TRY(fillDict(m.get(), module_name, Py_None));
  return m;
}

Status moduleAdd(PyObject* module, const char* attr, Ref<> value) {
  auto key = TRY(strInternUtf8(attr));
  return dictSet(static_cast<ModuleObject*>(module)->dict(), key.get(), value.get());
}

Status moduleAddInt(PyObject* module, const char* attr, long value) {
  return moduleAdd(module, attr, TRY(intObject(value)));
}

Status moduleAddStr(PyObject* module, const char* attr, const char* utf8) {
  return moduleAdd(module, attr, TRY(strFromUtf8(utf8)));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyModule_Type = {
    KR_TYPE_HEAD,
    .tp_name = "module",
    .tp_basicsize = sizeof(ModuleObject),
    .tp_dealloc = slot<moduleDealloc>,
    .tp_repr = slot<moduleRepr>,
    .tp_getattro = slot<moduleGetattro>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<
        "module(name, doc=None)",
        "Create a module object.\n\nThe name must be a string; the optional docstring can have any type.">,
    .tp_traverse = slot<moduleTraverse>,
    .tp_clear = slot<moduleClear>,
    .tp_weaklistoffset = offsetof(ModuleObject, md_weaklist),
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_dictoffset = offsetof(ModuleObject, md_dict),
    .tp_init = initSlot<"module(name, doc=None)", moduleInit>,
    .tp_new = moduleTypeNew,
    .tp_free = gcFree,
};
