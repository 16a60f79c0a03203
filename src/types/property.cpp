// property
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/descr.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {

namespace {

struct PropertyObject : PyObject {
  PyObject *getter, *setter, *deleter, *doc, *name;
  int doc_from_getter;
};
static_assert(sizeof(PropertyObject) == 64);

void propertyDealloc(PropertyObject* p) {
  gcUntrack(p);
  DeallocGuard guard(p);
  if (guard.deferred()) return;
  clearField(p->getter);
  clearField(p->setter);
  clearField(p->deleter);
  clearField(p->doc);
  clearField(p->name);
  objectFreeMemory(p);
}

int propertyTraverse(PropertyObject* p, visitproc visit, void* arg) {
  return visitAll(visit, arg, p->getter, p->setter, p->deleter, p->doc, p->name);
}

int propertyClear(PropertyObject* p) {
  clearField(p->doc);
  return 0;
}

void setOptional(PyObject*& field, PyObject* value) {
  PyObject* old = std::exchange(field, MaybeRef<>::share(value == Py_None ? nullptr : value).leak());
  xdecref(old);
}

// Without a doc of its own, a property shows its getter's.
Status takeGetterDoc(PropertyObject* p) {
  auto getter = share(p->getter);
  MaybeRef<> doc = TRY(attrLookup(getter.get(), krait::name<"__doc__">()));
  if (!doc) return {};
  if (isExact(p, &PyProperty_Type)) {
    PyObject* old = std::exchange(p->doc, std::move(doc).leak());
    xdecref(old);
  } else {
    TRY(attrSet(p, "__doc__", doc.get()));  // the subclass's own __doc__ would hide the field
  }
  p->doc_from_getter = 1;
  return {};
}

Status propertyInit(PropertyObject* p, PyObject* getter, PyObject* setter, PyObject* deleter, PyObject* doc) {
  setOptional(p->getter, getter);
  setOptional(p->setter, setter);
  setOptional(p->deleter, deleter);
  PyObject* old_doc = std::exchange(p->doc, share(doc).leak());
  xdecref(old_doc);
  clearField(p->name);
  p->doc_from_getter = 0;
  if (doc == Py_None && p->getter) return takeGetterDoc(p);
  return {};
}

Result<Ref<>> copyWith(PropertyObject* p, PyObject* getter, PyObject* setter, PyObject* deleter) {
  auto pick = [](PyObject* given, PyObject* own) {
    return given && given != Py_None ? given : own ? own : Py_None;
  };
  auto get = share(pick(getter, p->getter));
  auto set = share(pick(setter, p->setter));
  auto del = share(pick(deleter, p->deleter));
  auto doc = share(p->doc_from_getter && get.get() != Py_None ? Py_None : p->doc ? p->doc : Py_None);
  PyObject* cls = typeOf(p);
  auto made = TRY(call(cls, get.get(), set.get(), del.get(), doc.get()));
  if (isExact(made.get(), &PyProperty_Type)) {
    PyObject*& field = static_cast<PropertyObject*>(made.get())->name;
    PyObject* old = std::exchange(field, MaybeRef<>::share(p->name).leak());
    xdecref(old);
  }
  return made;
}
Result<Ref<>> withGetter(PropertyObject* p, PyObject* f) { return copyWith(p, f, nullptr, nullptr); }
Result<Ref<>> withSetter(PropertyObject* p, PyObject* f) { return copyWith(p, nullptr, f, nullptr); }
Result<Ref<>> withDeleter(PropertyObject* p, PyObject* f) { return copyWith(p, nullptr, nullptr, f); }

Raised raiseMissing(PropertyObject* p, PyObject* object, const char* what) {
  auto owner = TRY(typeQualname(typeOf(object)));
  PyObject* owner_name = owner.get();
  if (p->name) {
    return raise(PyExc_AttributeError, "property %R of %R object has no %s", p->name, owner_name, what);
  }
  return raise(PyExc_AttributeError, "property of %R object has no %s", owner_name, what);
}

Result<Ref<>> propertyGet(PropertyObject* p, Opt<> object, Opt<>) {
  if (!object || object.get() == Py_None) return share<PyObject>(p);
  if (!p->getter) return raiseMissing(p, object.get(), "getter");
  auto getter = share(p->getter);
  return call(getter.get(), object.get());
}

Status propertySet(PropertyObject* p, PyObject* object, Opt<> value) {
  PyObject* function = value ? p->setter : p->deleter;
  if (!function) return raiseMissing(p, object, value ? "setter" : "deleter");
  auto held = share(function);
  if (value)
    TRY(call(held.get(), object, value.get()));
  else
    TRY(call(held.get(), object));
  return {};
}

Result<Ref<>> setName(PropertyObject* p, CallArgs args) {
  if (args.names && args.names->size() > 0)
    return raise(PyExc_TypeError, "property.__set_name__() takes no keyword arguments");
  if (args.count != 2) {
    return raise(PyExc_TypeError, "__set_name__() takes 2 positional arguments but %zd were given",
                 args.count);
  }
  PyObject* old = std::exchange(p->name, share(args.values[1]).leak());
  xdecref(old);
  return none();
}

Result<bool> isAbstract(PropertyObject* p) {
  if (TRY(isAbstractFunction(p->getter))) return true;
  if (TRY(isAbstractFunction(p->setter))) return true;
  return isAbstractFunction(p->deleter);
}

PyObject* propertyNew(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

constinit PyMethodDef kMethods[] = {
    method<"!getter($self, object, /)", withGetter, "A copy with another getter.">,
    method<"!setter($self, object, /)", withSetter, "A copy with another setter.">,
    method<"!deleter($self, object, /)", withDeleter, "A copy with another deleter.">,
    method<"!%__set_name__($self, *args)", setName, "Remember the attribute's name.">,
    {},
};
constinit PyMemberDef kMembers[] = {
    {"fget", T_OBJECT, offsetof(PropertyObject, getter), READONLY, nullptr},
    {"fset", T_OBJECT, offsetof(PropertyObject, setter), READONLY, nullptr},
    {"fdel", T_OBJECT, offsetof(PropertyObject, deleter), READONLY, nullptr},
    {"__doc__", T_OBJECT, offsetof(PropertyObject, doc), 0, nullptr},
    {},
};
constinit PyGetSetDef kGetSet[] = {getset<"__isabstractmethod__", isAbstract>, {}};

}  // namespace

// The getter of a property object, null when it has none: lets the evaluator call it without this module.
PyObject* propertyGetter(PyObject* property) { return static_cast<PropertyObject*>(property)->getter; }

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyProperty_Type = {
    KR_TYPE_HEAD,
    .tp_name = "property",
    .tp_basicsize = sizeof(PropertyObject),
    .tp_dealloc = slot<propertyDealloc>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<
        "property(fget=None, fset=None, fdel=None, doc=None)",
        "An attribute computed by functions.\n\n  fget, fset, fdel: get, set and delete the attribute\n"
        "  doc: the attribute's docstring">,
    .tp_traverse = slot<propertyTraverse>,
    .tp_clear = slot<propertyClear>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_descr_get = slot<propertyGet>,
    .tp_descr_set = slot<propertySet>,
    .tp_init = initSlot<"property(fget=None, fset=None, fdel=None, doc=None)", propertyInit>,
    .tp_alloc = genericAlloc,
    .tp_new = propertyNew,
    .tp_free = gcFree,
};
