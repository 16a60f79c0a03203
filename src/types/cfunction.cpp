// builtin_function_or_method, and the split of native docstrings into signature and text.
#include <cstring>

#include "base/hash.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/bare_type_name.h"
#include "types/method.h"
#include "types/module.h"
#include "types/native_call.h"
#include "types/str.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {

namespace {

// What the C function receives as its first argument.
PyObject* selfOf(CFunctionObject* f) { return f->m_ml->ml_flags & METH_STATIC ? nullptr : f->m_self; }
PyTypeObject* classOf(CFunctionObject* f) {
  return f->m_ml->ml_flags & METH_METHOD ? static_cast<CMethodObject*>(f)->mm_class : nullptr;
}
bool isModuleFunction(CFunctionObject* f) { return !f->m_self || isModule(f->m_self); }

NativeCall callOf(CFunctionObject* f) { return {f->m_ml, selfOf(f), classOf(f), f}; }

PyObject* functionVectorcallAny(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* f = static_cast<CFunctionObject*>(callable);
  return nativeCall(callOf(f), args, vectorcallCount(nargsf), static_cast<TupleObject*>(names));
}

bool hasNames(PyObject* names) { return names && static_cast<TupleObject*>(names)->size() > 0; }

// One entry per convention: the common case calls at once, anything that does not fit goes the long way.
PyObject* vectorcallNoArgs(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* f = static_cast<CFunctionObject*>(callable);
  if (vectorcallCount(nargsf) != 0 || hasNames(names))
    return functionVectorcallAny(callable, args, nargsf, names);
  auto guard = RecursionGuard::enter(" while calling a Python object");
  if (guard.failed()) return nullptr;
  auto held = std::move(guard).take();
  return f->m_ml->ml_meth.plain(selfOf(f), nullptr);
}

PyObject* vectorcallOneArg(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* f = static_cast<CFunctionObject*>(callable);
  if (vectorcallCount(nargsf) != 1 || hasNames(names))
    return functionVectorcallAny(callable, args, nargsf, names);
  auto guard = RecursionGuard::enter(" while calling a Python object");
  if (guard.failed()) return nullptr;
  auto held = std::move(guard).take();
  return f->m_ml->ml_meth.plain(selfOf(f), args[0]);
}

PyObject* vectorcallFast(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* f = static_cast<CFunctionObject*>(callable);
  if (hasNames(names)) return functionVectorcallAny(callable, args, nargsf, names);
  return f->m_ml->ml_meth.fast(selfOf(f), args, vectorcallCount(nargsf));
}

PyObject* vectorcallFastKeywords(PyObject* callable, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto* f = static_cast<CFunctionObject*>(callable);
  return f->m_ml->ml_meth.fast_keywords(selfOf(f), args, vectorcallCount(nargsf), names);
}

// null: the convention wants a tuple, tp_call serves it.
vectorcallfunc vectorcallFor(int flags) {
  switch (flags & (METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD)) {
    case METH_NOARGS: return vectorcallNoArgs;
    case METH_O: return vectorcallOneArg;
    case METH_FASTCALL: return vectorcallFast;
    case METH_FASTCALL | METH_KEYWORDS: return vectorcallFastKeywords;
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: return functionVectorcallAny;
    default: return nullptr;
  }
}

PyObject* functionCall(PyObject* callable, PyObject* args, PyObject* kwargs) {
  auto* f = static_cast<CFunctionObject*>(callable);
  if (f->vectorcall) return vectorcallCall(callable, args, kwargs);
  auto guard = RecursionGuard::enter(" while calling a Python object");
  if (guard.failed()) return nullptr;
  auto held = std::move(guard).take();
  if (f->m_ml->ml_flags & METH_KEYWORDS) return f->m_ml->ml_meth.keywords(selfOf(f), args, kwargs);
  if (!kwargs || static_cast<DictObject*>(kwargs)->size() == 0)
    return f->m_ml->ml_meth.plain(selfOf(f), args);
  (void)raise(PyExc_TypeError, "%.200s() takes no keyword arguments", f->m_ml->ml_name);
  return nullptr;
}

void functionDealloc(CFunctionObject* f) {
  gcUntrack(f);
  DeallocGuard guard(f);
  if (guard.deferred()) return;
  if (f->m_weakreflist) clearWeakRefs(f);
  if (f->m_ml->ml_flags & METH_METHOD) clearField(static_cast<CMethodObject*>(f)->mm_class);
  clearField(f->m_self);
  clearField(f->m_module);
  gcFree(f);
}

int functionTraverse(CFunctionObject* f, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<PyObject*>(classOf(f)), f->m_self, f->m_module);
}

Result<Ref<>> functionRepr(CFunctionObject* f) {
  if (isModuleFunction(f)) return strFormat("<built-in function %s>", f->m_ml->ml_name);
  return strFormat("<built-in method %s of %s object at %p>", f->m_ml->ml_name, typeName(f->m_self),
                   f->m_self);
}

Result<Ref<>> functionCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isCFunction(left) || !isCFunction(right)) return notImplemented();
  auto* a = static_cast<CFunctionObject*>(left);
  auto* b = static_cast<CFunctionObject*>(right);
  bool same = a->m_self == b->m_self && a->m_ml->ml_meth.plain == b->m_ml->ml_meth.plain;
  return boolObject(same == (op == Py_EQ));
}

Py_hash_t functionHash(CFunctionObject* f) {
  Py_hash_t hash = hashPointer(f->m_self) ^ hashPointer(reinterpret_cast<void*>(f->m_ml->ml_meth.plain));
  return hash == -1 ? -2 : hash;
}

Result<Ref<>> functionName(CFunctionObject* f) { return strFromUtf8(f->m_ml->ml_name); }
Result<Ref<>> functionDoc(CFunctionObject* f) {
  return docWithoutSignature(f->m_ml->ml_name, f->m_ml->ml_doc);
}
Result<Ref<>> functionText(CFunctionObject* f) { return textSignature(f->m_ml->ml_name, f->m_ml->ml_doc); }
Ref<> functionSelf(CFunctionObject* f) { return share(selfOf(f) ? selfOf(f) : Py_None); }

Result<Ref<>> functionQualname(CFunctionObject* f) {
  if (isModuleFunction(f)) return functionName(f);
  PyObject* type = isType(f->m_self) ? f->m_self : typeOf(f->m_self);
  auto qualname = TRY(attrGet(type, name<"__qualname__">()));
  if (!isStr(qualname.get())) {
    return raise(PyExc_TypeError, "<method>.__class__.__qualname__ is not a unicode object");
  }
  return strFormat("%S.%s", qualname.get(), f->m_ml->ml_name);
}

Result<Ref<>> functionReduce(CFunctionObject* f) {
  if (isModuleFunction(f)) return functionName(f);
  auto getattr = TRY(builtinAttr("getattr"));
  auto text = TRY(functionName(f));
  auto arguments = TRY(tupleOf(f->m_self, text.get()));
  return tupleOf(getattr.get(), static_cast<PyObject*>(arguments.get()));
}

constinit PyGetSetDef kFunctionGetSet[] = {
    getset<"__doc__", functionDoc>,
    getset<"__name__", functionName>,
    getset<"__qualname__", functionQualname>,
    getset<"__self__", functionSelf>,
    getset<"__text_signature__", functionText>,
    {},
};
constinit PyMemberDef kFunctionMembers[] = {
    {"__module__", T_OBJECT, offsetof(CFunctionObject, m_module), 0, nullptr}, {}};
constinit PyMethodDef kFunctionMethods[] = {method<"!__reduce__($self, /)", functionReduce>, {}};

// --- signatures in docstrings ---

// Behind "name" when the doc starts with "name(" ; null otherwise.
const char* signatureStart(const char* function, const char* doc) {
  if (!doc) return nullptr;
  function = afterLastDot(function);
  size_t size = std::strlen(function);
  return std::strncmp(doc, function, size) == 0 && doc[size] == '(' ? doc + size : nullptr;
}

constexpr std::string_view kSignatureEnd = ")\n--\n\n";

// The text behind the signature; null when the doc has none.
const char* signatureSkip(const char* at) {
  for (; at && *at; at++) {
    if (std::strncmp(at, kSignatureEnd.data(), kSignatureEnd.size()) == 0) return at + kSignatureEnd.size();
    if (at[0] == '\n' && at[1] == '\n') return nullptr;
  }
  return nullptr;
}

}  // namespace

Result<Ref<>> textSignature(const char* function, const char* doc) {
  const char* start = signatureStart(function, doc);
  const char* end = signatureSkip(start);
  if (!end) return none();
  return strFromUtf8({start, static_cast<size_t>(end - start) - (kSignatureEnd.size() - 1)});
}

Result<Ref<>> docWithoutSignature(const char* function, const char* doc) {
  const char* text = signatureSkip(signatureStart(function, doc));
  if (!text) text = doc;
  if (!text || !*text) return none();
  return strFromUtf8(text);
}

Result<Ref<>> cFunctionNew(PyMethodDef* def, Opt<> self, Opt<> module, PyTypeObject* cls) {
  TRY(nativeCheckConvention(def));
  bool with_class = def->ml_flags & METH_METHOD;
  if (with_class && !cls) {
    return raise(PyExc_SystemError, "attempting to create PyCMethod with a METH_METHOD flag but no class");
  }
  if (!with_class && cls) {
    return raise(PyExc_SystemError, "attempting to create PyCFunction with class but no METH_METHOD flag");
  }
  Ref<CFunctionObject> f = with_class ? Ref<CFunctionObject>(TRY(objectNew<CMethodObject>(&PyCMethod_Type)))
                                      : TRY(objectNew<CFunctionObject>(&PyCFunction_Type));
  if (with_class) static_cast<CMethodObject*>(f.get())->mm_class = share(cls).leak();
  f->m_ml = def;
  f->m_self = MaybeRef<>::share(self.get()).leak();
  f->m_module = MaybeRef<>::share(module.get()).leak();
  f->m_weakreflist = nullptr;
  f->vectorcall = vectorcallFor(def->ml_flags);
  gcTrack(f.get());
  return f;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyCFunction_Type = {
    KR_TYPE_HEAD,
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(CFunctionObject),
    .tp_dealloc = slot<functionDealloc>,
    .tp_vectorcall_offset = offsetof(CFunctionObject, vectorcall),
    .tp_repr = slot<functionRepr>,
    .tp_hash = slot<functionHash>,
    .tp_call = functionCall,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_traverse = slot<functionTraverse>,
    .tp_richcompare = slot<functionCompare>,
    .tp_weaklistoffset = offsetof(CFunctionObject, m_weakreflist),
    .tp_methods = kFunctionMethods,
    .tp_members = kFunctionMembers,
    .tp_getset = kFunctionGetSet,
};

KR_EXPORT constinit PyTypeObject PyCMethod_Type = {
    KR_TYPE_HEAD,
    .tp_name = "builtin_method",
    .tp_basicsize = sizeof(CMethodObject),
    .tp_base = &PyCFunction_Type,
};
