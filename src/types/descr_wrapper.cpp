// wrapper_descriptor (int.__add__) and method-wrapper ((1).__add__).
#include "types/descr_wrapper.h"

#include "base/hash.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/method.h"
#include "types/native_call.h"
#include "types/type.h"

namespace krait {

namespace {

struct MethodWrapperObject : PyObject {
  WrapperDescrObject* descr;
  PyObject* self;
};
static_assert(sizeof(MethodWrapperObject) == 32);

// --- wrapper_descriptor ---

void wrapperDealloc(WrapperDescrObject* d) {
  gcUntrack(d);
  clearField(d->d_type);
  clearField(d->d_name);
  clearField(d->d_qualname);
  gcFree(d);
}

int wrapperTraverse(WrapperDescrObject* d, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<PyObject*>(d->d_type));
}

Result<Ref<>> callWrapper(WrapperDescrObject* d, PyObject* self, const WrapperArgs& args) {
  if (!(d->d_base->flags & kWrapperTakesKeywords) && args.kwargs && args.kwargs->size() > 0) {
    return raise(PyExc_TypeError, "wrapper %s() takes no keyword arguments", d->d_base->name);
  }
  return Result<Ref<>>::fromC(d->d_base->wrapper(self, args, d->d_wrapped));
}

Result<Ref<>> wrapperCall(WrapperDescrObject* d, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  return wrapperDescrCall(d, tuple->items(), tuple->size(), static_cast<DictObject*>(kwargs));
}

Result<Ref<>> wrapperGet(WrapperDescrObject* d, Opt<> object, Opt<>) {
  if (!object) return share<PyObject>(d);
  if (!isInstanceOf(object.get(), d->d_type)) {
    return raise(PyExc_TypeError, "descriptor '%V' for '%.100s' objects doesn't apply to a '%.100s' object",
                 d->d_name, "?", d->d_type->tp_name, typeName(object.get()));
  }
  return methodWrapperNew(d, object.get());
}

Result<Ref<>> wrapperRepr(WrapperDescrObject* d) {
  return strFormat("<slot wrapper '%V' of '%s' objects>", d->d_name, "?", d->d_type->tp_name);
}

Result<Ref<>> wrapperQualname(WrapperDescrObject* d) {
  if (!d->d_qualname) {
    auto type_name = TRY(typeQualname(d->d_type));
    d->d_qualname = TRY(strFormat("%U.%U", static_cast<PyObject*>(type_name.get()), d->d_name)).leak();
  }
  return share(d->d_qualname);
}
Result<Ref<>> wrapperDoc(WrapperDescrObject* d) {
  return docWithoutSignature(d->d_base->name, d->d_base->doc);
}
Result<Ref<>> wrapperText(WrapperDescrObject* d) { return textSignature(d->d_base->name, d->d_base->doc); }

Result<Ref<>> getattrCall(PyObject* object, PyObject* attr) {
  auto getattr = TRY(builtinAttr("getattr"));
  auto arguments = TRY(tupleOf(object, attr));
  return tupleOf(getattr.get(), static_cast<PyObject*>(arguments.get()));
}
Result<Ref<>> wrapperReduce(WrapperDescrObject* d) { return getattrCall(d->d_type, d->d_name); }

constinit PyMemberDef kWrapperMembers[] = {
    {"__objclass__", T_OBJECT, offsetof(DescrObject, d_type), READONLY, nullptr},
    {"__name__", T_OBJECT, offsetof(DescrObject, d_name), READONLY, nullptr},
    {},
};
constinit PyGetSetDef kWrapperGetSet[] = {getset<"__doc__", wrapperDoc>,
                                          getset<"__qualname__", wrapperQualname>,
                                          getset<"__text_signature__", wrapperText>,
                                          {}};
constinit PyMethodDef kWrapperMethods[] = {method<"!__reduce__($self, /)", wrapperReduce>, {}};

// --- method-wrapper ---

void boundDealloc(MethodWrapperObject* w) {
  gcUntrack(w);
  DeallocGuard guard(w);
  if (guard.deferred()) return;
  clearField(w->descr);
  clearField(w->self);
  gcFree(w);
}

int boundTraverse(MethodWrapperObject* w, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<PyObject*>(w->descr), w->self);
}

Result<Ref<>> boundCall(MethodWrapperObject* w, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  auto descr = share(w->descr);
  auto self = share(w->self);
  return callWrapper(descr.get(), self.get(),
                     {tuple->items(), tuple->size(), static_cast<DictObject*>(kwargs)});
}

Result<Ref<>> boundCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isExact(left, &_PyMethodWrapper_Type) ||
      !isExact(right, &_PyMethodWrapper_Type)) {
    return notImplemented();
  }
  auto* a = static_cast<MethodWrapperObject*>(left);
  auto* b = static_cast<MethodWrapperObject*>(right);
  return boolObject((a->descr == b->descr && a->self == b->self) == (op == Py_EQ));
}

Py_hash_t boundHash(MethodWrapperObject* w) {
  Py_hash_t hash = hashPointer(w->self) ^ hashPointer(w->descr);
  return hash == -1 ? -2 : hash;
}

Result<Ref<>> boundRepr(MethodWrapperObject* w) {
  return strFormat("<method-wrapper '%s' of %s object at %p>", w->descr->d_base->name, typeName(w->self),
                   w->self);
}

Result<Ref<>> boundObjclass(MethodWrapperObject* w) { return share<PyObject>(w->descr->d_type); }
Result<Ref<>> boundName(MethodWrapperObject* w) { return share(w->descr->d_name); }
Result<Ref<>> boundQualname(MethodWrapperObject* w) { return wrapperQualname(w->descr); }
Result<Ref<>> boundDoc(MethodWrapperObject* w) { return wrapperDoc(w->descr); }
Result<Ref<>> boundText(MethodWrapperObject* w) { return wrapperText(w->descr); }
Result<Ref<>> boundReduce(MethodWrapperObject* w) { return getattrCall(w->self, w->descr->d_name); }

constinit PyMemberDef kBoundMembers[] = {
    {"__self__", T_OBJECT, offsetof(MethodWrapperObject, self), READONLY, nullptr}, {}};
constinit PyGetSetDef kBoundGetSet[] = {
    getset<"__objclass__", boundObjclass>,   getset<"__name__", boundName>,
    getset<"__qualname__", boundQualname>,   getset<"__doc__", boundDoc>,
    getset<"__text_signature__", boundText>, {},
};
constinit PyMethodDef kBoundMethods[] = {method<"!__reduce__($self, /)", boundReduce>, {}};

}  // namespace

Result<Ref<>> wrapperDescrNew(PyTypeObject* type, SlotDef* def, void* wrapped) {
  auto descr = TRY(objectNew<WrapperDescrObject>(&PyWrapperDescr_Type));
  descr->d_type = share(type).leak();
  descr->d_name = share(def->name_strobj).leak();
  descr->d_qualname = nullptr;
  descr->d_base = def;
  descr->d_wrapped = wrapped;
  gcTrack(descr.get());
  return descr;
}

Result<Ref<>> methodWrapperNew(WrapperDescrObject* descr, PyObject* self) {
  auto bound = TRY(objectNew<MethodWrapperObject>(&_PyMethodWrapper_Type));
  bound->descr = share(descr).leak();
  bound->self = share(self).leak();
  gcTrack(bound.get());
  return bound;
}

Result<Ref<>> wrapperDescrCall(WrapperDescrObject* d, PyObject* const* args, Py_ssize_t count,
                               Opt<DictObject> kwargs) {
  if (count < 1) {
    return raise(PyExc_TypeError, "descriptor '%V' of '%.100s' object needs an argument", d->d_name, "?",
                 d->d_type->tp_name);
  }
  if (!typeIsSubtype(typeOf(args[0]), d->d_type)) {
    return raise(PyExc_TypeError, "descriptor '%V' requires a '%.100s' object but received a '%.100s'",
                 d->d_name, "?", d->d_type->tp_name, typeName(args[0]));
  }
  return callWrapper(d, args[0], {args + 1, count - 1, kwargs});
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyWrapperDescr_Type = {
    KR_TYPE_HEAD,
    .tp_name = "wrapper_descriptor",
    .tp_basicsize = sizeof(WrapperDescrObject),
    .tp_dealloc = slot<wrapperDealloc>,
    .tp_repr = slot<wrapperRepr>,
    .tp_call = slot<wrapperCall>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_traverse = slot<wrapperTraverse>,
    .tp_methods = kWrapperMethods,
    .tp_members = kWrapperMembers,
    .tp_getset = kWrapperGetSet,
    .tp_descr_get = slot<wrapperGet>,
};

KR_EXPORT constinit PyTypeObject _PyMethodWrapper_Type = {
    KR_TYPE_HEAD,
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(MethodWrapperObject),
    .tp_dealloc = slot<boundDealloc>,
    .tp_repr = slot<boundRepr>,
    .tp_hash = slot<boundHash>,
    .tp_call = slot<boundCall>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slot<boundTraverse>,
    .tp_richcompare = slot<boundCompare>,
    .tp_methods = kBoundMethods,
    .tp_members = kBoundMembers,
    .tp_getset = kBoundGetSet,
};
