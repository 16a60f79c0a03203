#include "types/super.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/implicit_frame.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {

namespace {

void superDealloc(SuperObject* s) {
  gcUntrack(s);
  clearField(s->object);
  clearField(s->type);
  clearField(s->obj_type);
  objectFreeMemory(s);
}

int superTraverse(SuperObject* s, visitproc visit, void* arg) {
  return visitAll(visit, arg, s->object, static_cast<PyObject*>(s->type),
                  static_cast<PyObject*>(s->obj_type));
}

Result<Ref<>> superRepr(SuperObject* s) {
  const char* type_name = s->type ? s->type->tp_name : "NULL";
  if (!s->obj_type) return strFormat("<super: <class '%s'>, NULL>", type_name);
  return strFormat("<super: <class '%s'>, <%s object>>", type_name, s->obj_type->tp_name);
}

// What stands behind `type` in the MRO of obj_type under that name; absent: nothing.
MaybeRef<> findBehind(PyTypeObject* type, PyTypeObject* obj_type, StrObject* attr) {
  auto mro = MaybeRef<TupleObject>::share(static_cast<TupleObject*>(obj_type->tp_mro));
  if (!mro) return nullptr;
  Py_ssize_t i = 0, count = mro->size();
  while (i < count && mro->at(i) != type) i++;
  for (i++; i < count; i++) {
    auto* dict = static_cast<DictObject*>(static_cast<PyTypeObject*>(mro->at(i))->tp_dict);
    if (!dict) continue;
    if (Opt<> found = dictGetStr(dict, attr)) return MaybeRef<>::share(found.get());
  }
  return nullptr;
}

// What no class behind `type` has, the super object itself may have.
Result<Ref<>> ownAttribute(PyTypeObject* type, PyObject* object, PyTypeObject* obj_type, StrObject* attr) {
  auto s = TRY(typeAlloc<SuperObject>(&PySuper_Type));
  s->type = share(type).leak();
  s->object = share(object).leak();
  s->obj_type = share(obj_type).leak();
  return genericGetAttr(s.get(), attr);
}

Result<Ref<>> superGetattro(SuperObject* s, PyObject* attr) {
  bool plain = !s->obj_type || !isStr(attr) || strEqualsAscii(cast<StrObject>(attr), "__class__");
  if (plain) return genericGetAttr(s, attr);
  auto start = share(s->obj_type);
  auto type = share(s->type);
  MaybeRef<> found = findBehind(type.get(), start.get(), cast<StrObject>(attr));
  if (!found) return genericGetAttr(s, attr);
  descrgetfunc get = typeOf(found.get())->tp_descr_get;
  if (!get) return std::move(found).take();
  PyObject* bound = s->object == static_cast<PyObject*>(start.get()) ? nullptr : s->object;
  return Result<Ref<>>::fromC(get(found.get(), bound, start.get()));
}

Result<Ref<>> superDescrGet(SuperObject* s, Opt<> object, Opt<>) {
  if (!object || object.get() == Py_None || s->object) return share<PyObject>(s);
  if (!isExact(s, &PySuper_Type))
    return call(static_cast<PyObject*>(typeOf(s)), static_cast<PyObject*>(s->type), object.get());
  return superNew(s->type, object.get());
}

template <class T>
void assign(T*& field, MaybeRef<T> value) {
  T* old = std::exchange(field, std::move(value).leak());
  xdecref(old);
}

Status fill(SuperObject* s, PyTypeObject* type, Opt<> object) {
  MaybeRef<PyTypeObject> obj_type;
  if (object) obj_type = share(TRY(superCheck(type, object.get())));
  assign(s->type, MaybeRef<PyTypeObject>::share(type));
  assign(s->object, MaybeRef<>::share(object.get()));
  assign(s->obj_type, std::move(obj_type));
  return {};
}

Status superInit(SuperObject* s, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  if (kwargs && static_cast<DictObject*>(kwargs)->size() > 0) {
    return raise(PyExc_TypeError, "super() takes no keyword arguments");
  }
  if (tuple->size() > 2) {
    return raise(PyExc_TypeError, "super() expected at most 2 arguments, got %zd", tuple->size());
  }
  if (tuple->size() == 0) {
    ImplicitSuper implicit = TRY(implicitSuper());
    return fill(s, implicit.type.get(), implicit.object.get());
  }
  if (!isType(tuple->at(0))) {
    return raise(PyExc_TypeError, "super() argument 1 must be a type, not %.200s", typeName(tuple->at(0)));
  }
  bool bound = tuple->size() == 2 && tuple->at(1) != Py_None;
  return fill(s, static_cast<PyTypeObject*>(tuple->at(0)), bound ? Opt<>(tuple->at(1)) : Opt<>());
}

PyObject* superTypeNew(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

// super() in a method.
Result<Ref<>> superImplicit() {
  ImplicitSuper implicit = TRY(implicitSuper());
  auto obj_type = share(TRY(superCheck(implicit.type.get(), implicit.object.get())));
  auto s = TRY(typeAlloc<SuperObject>(&PySuper_Type));
  s->type = std::move(implicit.type).leak();
  s->object = std::move(implicit.object).leak();
  s->obj_type = std::move(obj_type).leak();
  return s;
}

// super(...) itself: without packing the arguments.
PyObject* superVectorcall(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* type = static_cast<PyTypeObject*>(callable);
  if (type == &PySuper_Type && vectorcallCount(nargsf) == 0 && !names) return superImplicit().toC();
  auto tuple = tupleFromItems(args, vectorcallCount(nargsf));
  if (tuple.failed()) return nullptr;
  auto held = std::move(tuple).take();
  if (names && static_cast<TupleObject*>(names)->size() > 0) {
    (void)raise(PyExc_TypeError, "super() takes no keyword arguments");
    return nullptr;
  }
  auto made = typeAlloc<SuperObject>(type);
  if (made.failed()) return nullptr;
  auto object = std::move(made).take();
  if (superInit(object.get(), held.get(), nullptr).failed()) return nullptr;
  return std::move(object).leak();
}

constinit PyMemberDef kMembers[] = {
    {"__thisclass__", T_OBJECT, offsetof(SuperObject, type), READONLY, "the class invoking super()"},
    {"__self__", T_OBJECT, offsetof(SuperObject, object), READONLY,
     "the instance invoking super(); may be None"},
    {"__self_class__", T_OBJECT, offsetof(SuperObject, obj_type), READONLY,
     "the type of the instance invoking super(); may be None"},
    {},
};

}  // namespace

Result<PyTypeObject*> superCheck(PyTypeObject* type, PyObject* object) {
  if (isType(object) && typeIsSubtype(static_cast<PyTypeObject*>(object), type)) {
    return static_cast<PyTypeObject*>(object);
  }
  if (typeIsSubtype(typeOf(object), type)) return typeOf(object);
  MaybeRef<> cls = TRY(attrLookup(object, name<"__class__">()));
  if (cls && isType(cls.get()) && cls.get() != typeOf(object) &&
      typeIsSubtype(static_cast<PyTypeObject*>(cls.get()), type)) {
    // A proxy: its class lives as long as the object it stands for
    return static_cast<PyTypeObject*>(cls.get());
  }
  return raise(PyExc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
}

Result<Ref<>> superNew(PyTypeObject* type, PyObject* object) {
  auto s = TRY(typeAlloc<SuperObject>(&PySuper_Type));
  TRY(fill(s.get(), type, object));
  return s;
}

Result<Ref<>> superGetAttr(PyTypeObject* type, PyObject* object, PyTypeObject* obj_type, StrObject* attr) {
  MaybeRef<> found = findBehind(type, obj_type, attr);
  if (!found) return ownAttribute(type, object, obj_type, attr);
  descrgetfunc get = typeOf(found.get())->tp_descr_get;
  if (!get) return std::move(found).take();
  return Result<Ref<>>::fromC(get(found.get(), object == obj_type ? nullptr : object, obj_type));
}

Result<Ref<>> superGetMethod(PyTypeObject* type, PyObject* object, PyTypeObject* obj_type, StrObject* attr,
                             bool* unbound) {
  *unbound = false;
  MaybeRef<> found = findBehind(type, obj_type, attr);
  if (!found) return ownAttribute(type, object, obj_type, attr);
  if (object != obj_type && hasFlag(typeOf(found.get()), Py_TPFLAGS_METHOD_DESCRIPTOR)) {
    *unbound = true;
    return std::move(found).take();
  }
  descrgetfunc get = typeOf(found.get())->tp_descr_get;
  if (!get) return std::move(found).take();
  return Result<Ref<>>::fromC(get(found.get(), object == obj_type ? nullptr : object, obj_type));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PySuper_Type = {
    KR_TYPE_HEAD,
    .tp_name = "super",
    .tp_basicsize = sizeof(SuperObject),
    .tp_dealloc = slot<superDealloc>,
    .tp_repr = slot<superRepr>,
    .tp_getattro = slot<superGetattro>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc =
        "super() -> super(__class__, first argument)\nsuper(type) -> unbound super object\n"
        "super(type, object) -> bound to an instance of type\nsuper(type, type2) -> bound to a subclass of "
        "type",
    .tp_traverse = slot<superTraverse>,
    .tp_members = kMembers,
    .tp_descr_get = slot<superDescrGet>,
    .tp_init = slot<superInit>,
    .tp_alloc = genericAlloc,
    .tp_new = superTypeNew,
    .tp_free = gcFree,
    .tp_vectorcall = superVectorcall,
};
