// method (bound methods) and instancemethod.
#include "types/method.h"

#include "base/hash.h"
#include "core/c_stack.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/native_call.h"
#include "types/str.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {

namespace {

struct InstanceMethodObject : PyObject {
  PyObject* func;
};

// The attribute of the wrapper type itself, else the function's (which may be a wrapper again).
Result<Ref<>> delegatedAttr(PyObject* self, PyObject* function, PyObject* attr) {
  if (!isStr(attr)) {
    return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attr));
  }
  TRY(checkCStack(" while looking up an attribute of a method"));
  Opt<> descr = typeLookup(typeOf(self), cast<StrObject>(attr));
  if (!descr) return attrGet(function, attr);
  auto held = share(descr.get());
  descrgetfunc get = typeOf(held.get())->tp_descr_get;
  if (!get) return held;
  return Result<Ref<>>::fromC(get(held.get(), self, typeOf(self)));
}

Result<Ref<>> delegatedDoc(PyObject* function) {
  MaybeRef<> doc = TRY(attrLookup(function, name<"__doc__">()));
  return doc ? std::move(doc).take() : none();
}

// --- method ---

// The slot before the arguments is ours to use for self.
PyObject* callInPlace(MethodObject* m, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto** stack = const_cast<PyObject**>(args) - 1;
  PyObject* saved = stack[0];
  stack[0] = m->im_self;
  PyObject* result = callVector(m->im_func, stack, static_cast<size_t>(vectorcallCount(nargsf)) + 1,
                                static_cast<TupleObject*>(names))
                         .toC();
  stack[0] = saved;
  return result;
}

PyObject* methodVectorcall(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* m = static_cast<MethodObject*>(callable);
  if (nargsf & PY_VECTORCALL_ARGUMENTS_OFFSET) return callInPlace(m, args, nargsf, names);
  Py_ssize_t count = vectorcallCount(nargsf);
  Py_ssize_t total = count + (names ? static_cast<TupleObject*>(names)->size() : 0);
  InlineBuffer<PyObject*, 8> stack;
  if (resizeScratch(stack, static_cast<size_t>(total) + 1).failed()) return nullptr;
  stack[0] = m->im_self;
  for (Py_ssize_t i = 0; i < total; i++) stack[i + 1] = args[i];
  return callVector(m->im_func, stack.data(), static_cast<size_t>(count) + 1,
                    static_cast<TupleObject*>(names))
      .toC();
}

void methodDealloc(MethodObject* m) {
  gcUntrack(m);
  DeallocGuard guard(m);
  if (guard.deferred()) return;
  if (m->im_weakreflist) clearWeakRefs(m);
  clearField(m->im_func);
  clearField(m->im_self);
  gcFree(m);
}

int methodTraverse(MethodObject* m, visitproc visit, void* arg) {
  return visitAll(visit, arg, m->im_func, m->im_self);
}

Result<Ref<>> methodGetattr(MethodObject* m, PyObject* attr) { return delegatedAttr(m, m->im_func, attr); }
Result<Ref<>> methodDoc(MethodObject* m) { return delegatedDoc(m->im_func); }

Result<Ref<>> methodRepr(MethodObject* m) {
  MaybeRef<> shown = TRY(attrLookup(m->im_func, name<"__qualname__">()));
  if (!shown) shown = TRY(attrLookup(m->im_func, name<"__name__">()));
  PyObject* text = shown && isStr(shown.get()) ? shown.get() : nullptr;
  return strFormat("<bound method %V of %R>", text, "?", m->im_self);
}

Result<Ref<>> methodCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isExact(left, &PyMethod_Type) || !isExact(right, &PyMethod_Type)) {
    return notImplemented();
  }
  auto* a = static_cast<MethodObject*>(left);
  auto* b = static_cast<MethodObject*>(right);
  bool same = TRY(objectEquals(a->im_func, b->im_func)) && a->im_self == b->im_self;
  return boolObject(same == (op == Py_EQ));
}

Result<Py_hash_t> methodHash(MethodObject* m) {
  TRY(checkCStack(" while hashing a method"));
  Py_hash_t hash = hashPointer(m->im_self) ^ TRY(objectHash(m->im_func));
  return hash == -1 ? -2 : hash;
}

Result<Ref<>> methodReduce(MethodObject* m) {
  auto function_name = TRY(attrGet(m->im_func, name<"__name__">()));
  auto getattr = TRY(builtinAttr("getattr"));
  auto arguments = TRY(tupleOf(m->im_self, function_name.get()));
  return tupleOf(getattr.get(), static_cast<PyObject*>(arguments.get()));
}

PyObject* methodTypeNew(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  if (kwargs && static_cast<DictObject*>(kwargs)->size() > 0) {
    (void)raise(PyExc_TypeError, "method() takes no keyword arguments");
  } else if (tuple->size() != 2) {
    (void)raise(PyExc_TypeError, "method expected 2 arguments, got %zd", tuple->size());
  } else if (!isCallable(tuple->at(0))) {
    (void)raise(PyExc_TypeError, "first argument must be callable");
  } else if (tuple->at(1) == Py_None) {
    (void)raise(PyExc_TypeError, "instance must not be None");
  } else {
    return methodNew(tuple->at(0), tuple->at(1)).toC();
  }
  return nullptr;
}

constinit PyMemberDef kMethodMembers[] = {
    {"__func__", T_OBJECT, offsetof(MethodObject, im_func), READONLY,
     "the function (or other callable) implementing a method"},
    {"__self__", T_OBJECT, offsetof(MethodObject, im_self), READONLY,
     "the instance to which a method is bound"},
    {},
};
constinit PyGetSetDef kMethodGetSet[] = {getset<"__doc__", methodDoc>, {}};
constinit PyMethodDef kMethodMethods[] = {method<"__reduce__($self, /)", methodReduce>, {}};

// --- instancemethod ---

void instanceMethodDealloc(InstanceMethodObject* m) {
  gcUntrack(m);
  clearField(m->func);
  gcFree(m);
}
int instanceMethodTraverse(InstanceMethodObject* m, visitproc visit, void* arg) {
  return visitAll(visit, arg, m->func);
}
Result<Ref<>> instanceMethodGetattr(InstanceMethodObject* m, PyObject* attr) {
  return delegatedAttr(m, m->func, attr);
}
Result<Ref<>> instanceMethodDoc(InstanceMethodObject* m) { return delegatedDoc(m->func); }
Result<Ref<>> instanceMethodCall(InstanceMethodObject* m, PyObject* args, PyObject* kwargs) {
  return callTupleDict(m->func, cast<TupleObject>(args), static_cast<DictObject*>(kwargs));
}
Result<Ref<>> instanceMethodGet(InstanceMethodObject* m, Opt<> object, Opt<>) {
  if (!object || object.get() == Py_None) return share(m->func);
  return methodNew(m->func, object.get());
}
Result<Ref<>> instanceMethodRepr(InstanceMethodObject* m) {
  MaybeRef<> shown = TRY(attrLookup(m->func, name<"__name__">()));
  PyObject* text = shown && isStr(shown.get()) ? shown.get() : nullptr;
  return strFormat("<instancemethod %V at %p>", text, "?", static_cast<PyObject*>(m));
}
Result<Ref<>> instanceMethodCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isExact(left, &PyInstanceMethod_Type) ||
      !isExact(right, &PyInstanceMethod_Type)) {
    return notImplemented();
  }
  bool same = TRY(objectEquals(static_cast<InstanceMethodObject*>(left)->func,
                               static_cast<InstanceMethodObject*>(right)->func));
  return boolObject(same == (op == Py_EQ));
}
Result<Ref<>> instanceMethodTypeNew(PyTypeObject*, PyObject* function) {
  if (!isCallable(function)) return raise(PyExc_TypeError, "first argument must be callable");
  return instanceMethodNew(function);
}

constinit PyMemberDef kInstanceMethodMembers[] = {
    {"__func__", T_OBJECT, offsetof(InstanceMethodObject, func), READONLY,
     "the function (or other callable) implementing a method"},
    {},
};
constinit PyGetSetDef kInstanceMethodGetSet[] = {getset<"__doc__", instanceMethodDoc>, {}};

}  // namespace

Result<Ref<>> methodNew(PyObject* function, PyObject* self) {
  auto m = TRY(objectNew<MethodObject>(&PyMethod_Type));
  m->im_func = share(function).leak();
  m->im_self = share(self).leak();
  m->im_weakreflist = nullptr;
  m->vectorcall = methodVectorcall;
  gcTrack(m.get());
  return m;
}

Result<Ref<>> instanceMethodNew(PyObject* function) {
  auto m = TRY(objectNew<InstanceMethodObject>(&PyInstanceMethod_Type));
  m->func = share(function).leak();
  gcTrack(m.get());
  return m;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyMethod_Type = {
    KR_TYPE_HEAD,
    .tp_name = "method",
    .tp_basicsize = sizeof(MethodObject),
    .tp_dealloc = slot<methodDealloc>,
    .tp_vectorcall_offset = offsetof(MethodObject, vectorcall),
    .tp_repr = slot<methodRepr>,
    .tp_hash = slot<methodHash>,
    .tp_call = vectorcallCall,
    .tp_getattro = slot<methodGetattr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = docText<"method(function, instance, /)", "Create a bound instance method object.">,
    .tp_traverse = slot<methodTraverse>,
    .tp_richcompare = slot<methodCompare>,
    .tp_weaklistoffset = offsetof(MethodObject, im_weakreflist),
    .tp_methods = kMethodMethods,
    .tp_members = kMethodMembers,
    .tp_getset = kMethodGetSet,
    .tp_new = methodTypeNew,
};

KR_EXPORT constinit PyTypeObject PyInstanceMethod_Type = {
    KR_TYPE_HEAD,
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(InstanceMethodObject),
    .tp_dealloc = slot<instanceMethodDealloc>,
    .tp_repr = slot<instanceMethodRepr>,
    .tp_call = slot<instanceMethodCall>,
    .tp_getattro = slot<instanceMethodGetattr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"instancemethod(function, /)", "Bind a function to a class.">,
    .tp_traverse = slot<instanceMethodTraverse>,
    .tp_richcompare = slot<instanceMethodCompare>,
    .tp_members = kInstanceMethodMembers,
    .tp_getset = kInstanceMethodGetSet,
    .tp_descr_get = slot<instanceMethodGet>,
    .tp_new = newSlot<"instancemethod(function, /)", instanceMethodTypeNew>,
};
