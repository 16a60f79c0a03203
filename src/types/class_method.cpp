// classmethod and staticmethod.
#include "core/c_stack.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/descr.h"
#include "types/dict.h"
#include "types/method.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

namespace {

// Layout of both.
struct WrapperObject : PyObject {
  PyObject* callable;  // null: not initialised
  PyObject* dict;
};
static_assert(sizeof(WrapperObject) == 32);

void wrapperDealloc(WrapperObject* w) {
  gcUntrack(w);
  clearField(w->callable);
  clearField(w->dict);
  objectFreeMemory(w);
}
int wrapperTraverse(WrapperObject* w, visitproc visit, void* arg) {
  return visitAll(visit, arg, w->dict, w->callable);
}
int wrapperClear(WrapperObject* w) {
  clearField(w->callable);
  clearField(w->dict);
  return 0;
}

Status copyAttr(PyObject* from, PyObject* to, StrObject* attr) {
  MaybeRef<> value = TRY(attrLookup(from, attr));
  if (!value) return {};
  return attrSet(to, static_cast<PyObject*>(attr), value.get());
}

// The wrapper shows the function's name, doc, module and annotations, as functools.wraps does.
Status copyIdentity(PyObject* from, PyObject* to) {
  TRY(copyAttr(from, to, name<"__module__">()));
  TRY(copyAttr(from, to, name<"__name__">()));
  TRY(copyAttr(from, to, name<"__qualname__">()));
  TRY(copyAttr(from, to, name<"__doc__">()));
  return copyAttr(from, to, name<"__annotations__">());
}

Status initWith(WrapperObject* w, PyObject* callable) {
  auto old = MaybeRef<>::steal(std::exchange(w->callable, share(callable).leak()));
  return copyIdentity(callable, w);
}

Status initFrom(WrapperObject* w, PyObject* args, PyObject* kwargs, const char* type_name) {
  auto* tuple = cast<TupleObject>(args);
  if (kwargs && static_cast<DictObject*>(kwargs)->size() > 0) {
    return raise(PyExc_TypeError, "%s() takes no keyword arguments", type_name);
  }
  if (tuple->size() != 1) {
    return raise(PyExc_TypeError, "%s expected 1 argument, got %zd", type_name, tuple->size());
  }
  return initWith(w, tuple->at(0));
}
Status classMethodInit(WrapperObject* w, PyObject* args, PyObject* kwargs) {
  return initFrom(w, args, kwargs, "classmethod");
}
Status staticMethodInit(WrapperObject* w, PyObject* args, PyObject* kwargs) {
  return initFrom(w, args, kwargs, "staticmethod");
}

Raised raiseUninitialised(const char* type_name) {
  return raise(PyExc_RuntimeError, "uninitialized %s object", type_name);
}

// A callable that is a descriptor itself is bound to the class instead.
Result<Ref<>> classMethodGet(WrapperObject* w, Opt<> object, Opt<> type) {
  if (!w->callable) return raiseUninitialised("classmethod");
  TRY(checkCStack(" while binding a classmethod"));
  PyObject* cls = type ? type.get() : typeOf(object.get());
  auto callable = share(w->callable);
  descrgetfunc get = typeOf(callable.get())->tp_descr_get;
  if (get) return Result<Ref<>>::fromC(get(callable.get(), cls, cls));
  return methodNew(callable.get(), cls);
}

Result<Ref<>> staticMethodGet(WrapperObject* w, Opt<>, Opt<>) {
  if (!w->callable) return raiseUninitialised("staticmethod");
  return share(w->callable);
}

Result<Ref<>> staticMethodCall(WrapperObject* w, PyObject* args, PyObject* kwargs) {
  if (!w->callable) return raiseUninitialised("staticmethod");
  auto callable = share(w->callable);
  return callTupleDict(callable.get(), cast<TupleObject>(args), static_cast<DictObject*>(kwargs));
}

Result<bool> isAbstract(WrapperObject* w) { return isAbstractFunction(w->callable); }

Result<Ref<>> classMethodRepr(WrapperObject* w) { return strFormat("<classmethod(%R)>", w->callable); }
Result<Ref<>> staticMethodRepr(WrapperObject* w) { return strFormat("<staticmethod(%R)>", w->callable); }

constinit PyMemberDef kMembers[] = {
    {"__func__", T_OBJECT, offsetof(WrapperObject, callable), READONLY, nullptr},
    {"__wrapped__", T_OBJECT, offsetof(WrapperObject, callable), READONLY, nullptr},
    {},
};
constinit PyGetSetDef kGetSet[] = {
    getset<"__isabstractmethod__", isAbstract>, getset<"__dict__", genericGetDict, genericSetDict>, {}};

Result<Ref<>> makeWrapper(PyTypeObject* type, PyObject* callable) {
  auto w = TRY(typeAlloc<WrapperObject>(type));
  w->callable = share(callable).leak();  // name and doc are copied by a call of the type only
  return w;
}

PyObject* allocNew(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

}  // namespace

Result<bool> isAbstractFunction(Opt<> function) {
  if (!function) return false;
  TRY(checkCStack(" while looking for __isabstractmethod__"));
  MaybeRef<> mark = TRY(attrLookup(function.get(), name<"__isabstractmethod__">()));
  if (!mark) return false;
  return objectIsTrue(mark.get());
}

Result<Ref<>> staticMethodNew(PyObject* callable) { return makeWrapper(&PyStaticMethod_Type, callable); }
Result<Ref<>> classMethodNew(PyObject* callable) { return makeWrapper(&PyClassMethod_Type, callable); }

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyClassMethod_Type = {
    KR_TYPE_HEAD,
    .tp_name = "classmethod",
    .tp_basicsize = sizeof(WrapperObject),
    .tp_dealloc = slot<wrapperDealloc>,
    .tp_repr = slot<classMethodRepr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "classmethod(function) -> a method that receives the class instead of an instance",
    .tp_traverse = slot<wrapperTraverse>,
    .tp_clear = slot<wrapperClear>,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_descr_get = slot<classMethodGet>,
    .tp_dictoffset = offsetof(WrapperObject, dict),
    .tp_init = slot<classMethodInit>,
    .tp_alloc = genericAlloc,
    .tp_new = allocNew,
    .tp_free = gcFree,
};

KR_EXPORT constinit PyTypeObject PyStaticMethod_Type = {
    KR_TYPE_HEAD,
    .tp_name = "staticmethod",
    .tp_basicsize = sizeof(WrapperObject),
    .tp_dealloc = slot<wrapperDealloc>,
    .tp_repr = slot<staticMethodRepr>,
    .tp_call = slot<staticMethodCall>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "staticmethod(function) -> a method that receives neither instance nor class",
    .tp_traverse = slot<wrapperTraverse>,
    .tp_clear = slot<wrapperClear>,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_descr_get = slot<staticMethodGet>,
    .tp_dictoffset = offsetof(WrapperObject, dict),
    .tp_init = slot<staticMethodInit>,
    .tp_alloc = genericAlloc,
    .tp_new = allocNew,
    .tp_free = gcFree,
};
