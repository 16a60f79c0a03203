// collections.defaultdict: a dict that makes the value of a missing key.
#include "core/call.h"
#include "core/gc.h"
#include "core/thread.h"
#include "modules/collections/collections.h"
#include "types/bare_type_name.h"
#include "types/dict_internal.h"
#include "types/iter_support.h"
#include "types/misc_objects.h"
#include "types/module.h"

namespace krait::modules {
namespace {

struct DefaultDictObject : DictObject {
  PyObject* factory;  // null: none
};
static_assert(sizeof(DefaultDictObject) == 56);
extern PyTypeObject default_dict_type;

PyObject* factoryOrNone(DefaultDictObject* self) { return self->factory ? self->factory : Py_None; }

Status ddInit(DefaultDictObject* self, TupleObject* args, Opt<> kwargs) {
  PyObject* factory = args->size() > 0 ? args->at(0) : nullptr;
  if (factory && factory != Py_None && !isCallable(factory)) {
    return raise(PyExc_TypeError, "first argument must be callable or None");
  }
  auto old = MaybeRef<>::steal(
      std::exchange(self->factory, MaybeRef<>::share(factory == Py_None ? nullptr : factory).leak()));
  Ref<TupleObject> rest = TRY(tupleSlice(args, 1, args->size()));
  return Status::fromC(PyDict_Type.tp_init(self, rest, kwargs.get()));
}

void ddDealloc(PyObject* object) {
  gcUntrack(object);
  clearField(cast<DefaultDictObject>(object)->factory);
  dictDealloc(object);
}
int ddTraverse(PyObject* object, visitproc visit, void* arg) {
  if (int status = visitAll(visit, arg, cast<DefaultDictObject>(object)->factory)) return status;
  return dictTraverse(object, visit, arg);
}
int ddClear(PyObject* object) {
  clearField(cast<DefaultDictObject>(object)->factory);
  return dictTpClear(object);
}

Result<Ref<>> ddMissing(DefaultDictObject* self, PyObject* key) {
  if (!self->factory || self->factory == Py_None) return raiseKeyError(key);
  auto factory = share(self->factory);
  Ref<> value = TRY(call(factory.get()));
  TRY(itemSet(self, key, value));
  return value;
}

Result<Ref<>> ddCopy(DefaultDictObject* self) {
  return call(typeObject(self), factoryOrNone(self), static_cast<PyObject*>(self));
}

Result<Ref<>> ddReduce(DefaultDictObject* self) {
  bool has_factory = self->factory && self->factory != Py_None;
  Ref<TupleObject> args = has_factory ? TRY(tupleOf(self->factory)) : emptyTuple();
  Ref<> items = TRY(callMethod(static_cast<PyObject*>(self), name<"items">()));
  Ref<> iterator = TRY(getIter(items));
  return TRY(tupleOf(typeObject(self), static_cast<PyObject*>(args.get()), Py_None, Py_None, iterator.get()));
}

Result<Ref<StrObject>> factoryRepr(DefaultDictObject* self) {
  if (!self->factory) return strLiteral("None");
  auto factory = share(self->factory);
  auto guard = TRY(ReprGuard::enter(factory));
  if (guard.isRecursive()) return strLiteral("...");
  return objectRepr(factory);
}

Result<Ref<>> ddRepr(DefaultDictObject* self) {
  Ref<> base = TRY(Result<Ref<>>::fromC(PyDict_Type.tp_repr(self)));
  Ref<StrObject> factory = TRY(factoryRepr(self));
  return TRY(strFormat("%s(%U, %U)", bareTypeName(self), static_cast<PyObject*>(factory.get()), base.get()));
}

Result<Ref<>> ddOr(PyObject* left, PyObject* right) {
  bool left_is_self = isInstanceOf(left, &default_dict_type);
  auto* self = cast<DefaultDictObject>(left_is_self ? left : right);
  if (!isDict(left_is_self ? right : left)) return notImplemented();
  Ref<> result = TRY(call(typeObject(self), factoryOrNone(self), left));
  if (!isDict(result)) return notImplemented();
  TRY(dictUpdateFrom(cast<DictObject>(result.get()), right));
  return result;
}
Result<Ref<>> ddClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

constinit PyMethodDef kMethods[] = {
    method<"!__missing__($self, key, /)", ddMissing,
           "The factory's value for key, inserted; KeyError without factory.">,
    method<"!copy($self, /)", ddCopy, "A shallow copy.">,
    method<"!__copy__($self, /)", ddCopy, "A shallow copy.">,
    method<"!__reduce__($self, /)", ddReduce, kReduceDoc>,
    classMethod<"!__class_getitem__($type, object, /)", ddClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyMemberDef kMembers[] = {{"default_factory", T_OBJECT, offsetof(DefaultDictObject, factory), 0,
                                     "What makes the values of missing keys."},
                                    {}};
constinit PyNumberMethods kAsNumber = {.nb_or = slot<ddOr>};
PyTypeObject default_dict_type = {
    KR_TYPE_HEAD,
    .tp_name = "collections.defaultdict",
    .tp_basicsize = sizeof(DefaultDictObject),
    .tp_dealloc = ddDealloc,
    .tp_repr = slot<ddRepr>,
    .tp_as_number = &kAsNumber,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
        "default_factory is called without arguments for the value of a key that is not there.",
    .tp_traverse = ddTraverse,
    .tp_clear = ddClear,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_base = &PyDict_Type,
    .tp_init = slot<ddInit>,
    .tp_alloc = genericAlloc,
    .tp_free = gcFree,
};

}  // namespace

Status addDefaultDict(PyObject* module) { return moduleAddType(module, &default_dict_type); }

}  // namespace krait::modules
