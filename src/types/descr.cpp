// Descriptors of native methods, members and getters.
#include "types/descr.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/method.h"
#include "types/native_call.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {

namespace {

// --- common ---

template <class T>
Result<Ref<T>> descrNew(PyTypeObject* kind, PyTypeObject* type, const char* text) {
  auto descr_name = TRY(strInternUtf8(text));
  auto descr = TRY(objectNew<T>(kind));
  descr->d_type = share(type).leak();
  descr->d_name = std::move(descr_name).leak();
  descr->d_qualname = nullptr;
  return descr;
}

void descrDealloc(DescrObject* descr) {
  gcUntrack(descr);
  clearField(descr->d_type);
  clearField(descr->d_name);
  clearField(descr->d_qualname);
  gcFree(descr);
}

int descrTraverse(DescrObject* descr, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<PyObject*>(descr->d_type));
}

PyObject* nameOf(DescrObject* descr) { return descr->d_name; }

Status checkObject(DescrObject* descr, PyObject* object) {
  if (isInstanceOf(object, descr->d_type)) return {};
  return raise(PyExc_TypeError, "descriptor '%V' for '%.100s' objects doesn't apply to a '%.100s' object",
               nameOf(descr), "?", descr->d_type->tp_name, typeName(object));
}

Result<Ref<>> descrQualname(DescrObject* descr) {
  if (!descr->d_qualname) {
    auto type_name = TRY(typeQualname(descr->d_type));
    descr->d_qualname =
        TRY(strFormat("%U.%U", static_cast<PyObject*>(type_name.get()), nameOf(descr))).leak();
  }
  return share(descr->d_qualname);
}

Result<Ref<>> descrReduce(DescrObject* descr) {
  auto getattr = TRY(builtinAttr("getattr"));
  auto arguments = TRY(tupleOf(static_cast<PyObject*>(descr->d_type), nameOf(descr)));
  return tupleOf(getattr.get(), static_cast<PyObject*>(arguments.get()));
}

Result<Ref<>> reprWith(const char* format, DescrObject* descr) {
  return strFormat(format, nameOf(descr), "?", descr->d_type->tp_name);
}
Result<Ref<>> methodRepr(DescrObject* d) { return reprWith("<method '%V' of '%s' objects>", d); }
Result<Ref<>> memberRepr(DescrObject* d) { return reprWith("<member '%V' of '%s' objects>", d); }
Result<Ref<>> getSetRepr(DescrObject* d) { return reprWith("<attribute '%V' of '%s' objects>", d); }

constinit PyMemberDef kDescrMembers[] = {
    {"__objclass__", T_OBJECT, offsetof(DescrObject, d_type), READONLY, nullptr},
    {"__name__", T_OBJECT, offsetof(DescrObject, d_name), READONLY, nullptr},
    {},
};

// --- method_descriptor ---

Result<Ref<>> methodDoc(MethodDescrObject* d) {
  return docWithoutSignature(d->d_method->ml_name, d->d_method->ml_doc);
}
Result<Ref<>> methodText(MethodDescrObject* d) {
  return textSignature(d->d_method->ml_name, d->d_method->ml_doc);
}

constinit PyGetSetDef kMethodGetSet[] = {getset<"__doc__", methodDoc>,
                                         getset<"__qualname__", descrQualname>,
                                         getset<"__text_signature__", methodText>,
                                         {}};
constinit PyMethodDef kDescrMethods[] = {method<"!__reduce__($self, /)", descrReduce>, {}};

Result<Ref<>> methodGet(MethodDescrObject* descr, Opt<> object, Opt<>) {
  if (!object) return share<PyObject>(descr);
  TRY(checkObject(descr, object.get()));
  if (!(descr->d_method->ml_flags & METH_METHOD)) return cFunctionNew(descr->d_method, object, nullptr);
  return cFunctionNew(descr->d_method, object, nullptr, descr->d_type);
}

Raised raiseNeedsArgument(DescrObject* descr) {
  auto full = TRY(functionDisplayName(descr));
  return raise(PyExc_TypeError, "unbound method %U needs an argument", static_cast<PyObject*>(full.get()));
}

// The object that the method is called on: the first argument, of the right type.
Result<PyObject*> methodSelf(MethodDescrObject* descr, PyObject* const* args, Py_ssize_t count) {
  if (count < 1) return raiseNeedsArgument(descr);
  TRY(checkObject(descr, args[0]));
  return args[0];
}

PyObject* methodVectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                           PyObject* keyword_names) {
  auto* descr = static_cast<MethodDescrObject*>(callable);
  Py_ssize_t count = vectorcallCount(nargsf);
  auto self = methodSelf(descr, args, count);
  if (self.failed()) return nullptr;
  NativeCall native{descr->d_method, std::move(self).take(), descr->d_type, descr};
  return nativeCall(native, args + 1, count - 1, static_cast<TupleObject*>(keyword_names));
}

// --- classmethod_descriptor ---

// The class to bind to, when the descriptor is fetched from `object` or `type`.
Result<PyObject*> classMethodOwner(MethodDescrObject* descr, Opt<> object, Opt<> type) {
  PyObject* owner = type ? type.get() : object ? typeOf(object.get()) : nullptr;
  if (!owner) {
    return raise(PyExc_TypeError, "descriptor '%V' for type '%.100s' needs either an object or a type",
                 nameOf(descr), "?", descr->d_type->tp_name);
  }
  if (!hasFlag(typeOf(owner), Py_TPFLAGS_TYPE_SUBCLASS)) {
    return raise(PyExc_TypeError, "descriptor '%V' for type '%.100s' needs a type, not a '%.100s' as arg 2",
                 nameOf(descr), "?", descr->d_type->tp_name, typeName(owner));
  }
  if (!typeIsSubtype(static_cast<PyTypeObject*>(owner), descr->d_type)) {
    return raise(PyExc_TypeError, "descriptor '%V' requires a subtype of '%.100s' but received '%.100s'",
                 nameOf(descr), "?", descr->d_type->tp_name, static_cast<PyTypeObject*>(owner)->tp_name);
  }
  return owner;
}

Result<Ref<>> classMethodGet(MethodDescrObject* descr, Opt<> object, Opt<> type) {
  PyObject* owner = TRY(classMethodOwner(descr, object, type));
  PyTypeObject* cls = descr->d_method->ml_flags & METH_METHOD ? descr->d_type : nullptr;
  return cFunctionNew(descr->d_method, owner, nullptr, cls);
}

Result<Ref<>> classMethodCall(MethodDescrObject* descr, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  if (tuple->size() < 1) {
    return raise(PyExc_TypeError, "descriptor '%V' of '%.100s' object needs an argument", nameOf(descr), "?",
                 descr->d_type->tp_name);
  }
  auto bound = TRY(classMethodGet(descr, nullptr, tuple->at(0)));
  auto rest = TRY(tupleSlice(tuple, 1, tuple->size()));
  return callTupleDict(bound.get(), rest.get(), static_cast<DictObject*>(kwargs));
}

// --- member_descriptor ---

Result<Ref<>> memberDoc(MemberDescrObject* d) {
  if (!d->d_member->doc) return none();
  return strFromUtf8(d->d_member->doc);
}
constinit PyGetSetDef kMemberGetSet[] = {
    getset<"__doc__", memberDoc>, getset<"__qualname__", descrQualname>, {}};

Result<Ref<>> memberGetSlot(MemberDescrObject* descr, Opt<> object, Opt<>) {
  if (!object) return share<PyObject>(descr);
  TRY(checkObject(descr, object.get()));
  if (descr->d_member->flags & PY_AUDIT_READ) {
    TRY(audit("object.__getattr__", "Os", object.get(), descr->d_member->name));
  }
  return memberGet(reinterpret_cast<const char*>(object.get()), descr->d_member);
}

Status memberSetSlot(MemberDescrObject* descr, PyObject* object, Opt<> value) {
  TRY(checkObject(descr, object));
  return memberSet(reinterpret_cast<char*>(object), descr->d_member, value);
}

// --- getset_descriptor ---

Result<Ref<>> getSetDoc(GetSetDescrObject* d) {
  if (!d->d_getset->doc) return none();
  return strFromUtf8(d->d_getset->doc);
}
constinit PyGetSetDef kGetSetGetSet[] = {
    getset<"__doc__", getSetDoc>, getset<"__qualname__", descrQualname>, {}};

// The getter's answer goes through as it is: extensions have getters that say "absent" with null and no
// exception (see genericFind).
PyObject* getSetGetSlot(PyObject* self, PyObject* object, PyObject*) {
  if (!object) return share(self).leak();
  auto* descr = static_cast<GetSetDescrObject*>(self);
  if (checkObject(descr, object).failed()) return nullptr;
  if (descr->d_getset->get) return descr->d_getset->get(object, descr->d_getset->closure);
  (void)raise(PyExc_AttributeError, "attribute '%V' of '%.100s' objects is not readable", nameOf(descr), "?",
              descr->d_type->tp_name);
  return nullptr;
}

Status getSetSetSlot(GetSetDescrObject* descr, PyObject* object, Opt<> value) {
  TRY(checkObject(descr, object));
  if (descr->d_getset->set) {
    return Status::fromC(descr->d_getset->set(object, value.get(), descr->d_getset->closure));
  }
  return raise(PyExc_AttributeError, "attribute '%V' of '%.100s' objects is not writable", nameOf(descr), "?",
               descr->d_type->tp_name);
}

}  // namespace

Result<Ref<>> methodDescrNew(PyTypeObject* type, PyMethodDef* def) {
  TRY(nativeCheckConvention(def));
  auto descr = TRY(descrNew<MethodDescrObject>(&PyMethodDescr_Type, type, def->ml_name));
  descr->d_method = def;
  descr->vectorcall = methodVectorcall;
  gcTrack(descr.get());
  return descr;
}

Result<Ref<>> classMethodDescrNew(PyTypeObject* type, PyMethodDef* def) {
  auto descr = TRY(descrNew<MethodDescrObject>(&PyClassMethodDescr_Type, type, def->ml_name));
  descr->d_method = def;
  descr->vectorcall = nullptr;
  gcTrack(descr.get());
  return descr;
}

Result<Ref<>> memberDescrNew(PyTypeObject* type, PyMemberDef* def) {
  auto descr = TRY(descrNew<MemberDescrObject>(&PyMemberDescr_Type, type, def->name));
  descr->d_member = def;
  gcTrack(descr.get());
  return descr;
}

Result<Ref<>> getSetDescrNew(PyTypeObject* type, PyGetSetDef* def) {
  auto descr = TRY(descrNew<GetSetDescrObject>(&PyGetSetDescr_Type, type, def->name));
  descr->d_getset = def;
  gcTrack(descr.get());
  return descr;
}

bool isDataDescr(PyObject* object) { return typeOf(object)->tp_descr_set != nullptr; }

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyMethodDescr_Type = {
    KR_TYPE_HEAD,
    .tp_name = "method_descriptor",
    .tp_basicsize = sizeof(MethodDescrObject),
    .tp_dealloc = slot<descrDealloc>,
    .tp_vectorcall_offset = offsetof(MethodDescrObject, vectorcall),
    .tp_repr = slot<methodRepr>,
    .tp_call = vectorcallCall,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_traverse = slot<descrTraverse>,
    .tp_methods = kDescrMethods,
    .tp_members = kDescrMembers,
    .tp_getset = kMethodGetSet,
    .tp_descr_get = slot<methodGet>,
};

KR_EXPORT constinit PyTypeObject PyClassMethodDescr_Type = {
    KR_TYPE_HEAD,
    .tp_name = "classmethod_descriptor",
    .tp_basicsize = sizeof(MethodDescrObject),
    .tp_dealloc = slot<descrDealloc>,
    .tp_repr = slot<methodRepr>,
    .tp_call = slot<classMethodCall>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slot<descrTraverse>,
    .tp_members = kDescrMembers,
    .tp_getset = kMethodGetSet,
    .tp_descr_get = slot<classMethodGet>,
};

KR_EXPORT constinit PyTypeObject PyMemberDescr_Type = {
    KR_TYPE_HEAD,
    .tp_name = "member_descriptor",
    .tp_basicsize = sizeof(MemberDescrObject),
    .tp_dealloc = slot<descrDealloc>,
    .tp_repr = slot<memberRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slot<descrTraverse>,
    .tp_methods = kDescrMethods,
    .tp_members = kDescrMembers,
    .tp_getset = kMemberGetSet,
    .tp_descr_get = slot<memberGetSlot>,
    .tp_descr_set = slot<memberSetSlot>,
};

KR_EXPORT constinit PyTypeObject PyGetSetDescr_Type = {
    KR_TYPE_HEAD,
    .tp_name = "getset_descriptor",
    .tp_basicsize = sizeof(GetSetDescrObject),
    .tp_dealloc = slot<descrDealloc>,
    .tp_repr = slot<getSetRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slot<descrTraverse>,
    .tp_members = kDescrMembers,
    .tp_getset = kGetSetGetSet,
    .tp_descr_get = getSetGetSlot,
    .tp_descr_set = slot<getSetSetSlot>,
};
