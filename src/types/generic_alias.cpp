// types.GenericAlias: list[int].
#include "types/generic_alias.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/native_call.h"
#include "types/str.h"
#include "types/type.h"
#include "types/weakref.h"

extern "C" PyTypeObject _Py_GenericAliasIterType;

namespace krait {

namespace {

using Alias = GenericAliasObject;

struct AliasIterator : PyObject {
  PyObject* alias;  // null: exhausted
};

// Looked up on the alias itself; everything else comes from the origin.
constexpr const char* kOwnAttributes[] = {
    "__class__",       "__origin__",     "__args__",
    "__unpacked__",    "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__",  "__reduce__",
    "__copy__",        "__deepcopy__"};

TupleObject* argsOf(Alias* a) { return cast<TupleObject>(a->args); }

void aliasDealloc(Alias* a) {
  gcUntrack(a);
  DeallocGuard guard(a);
  if (guard.deferred()) return;
  if (a->weakreflist) clearWeakRefs(a);
  clearField(a->origin);
  clearField(a->args);
  clearField(a->parameters);
  objectFreeMemory(a);
}
int aliasTraverse(Alias* a, visitproc visit, void* arg) {
  return visitAll(visit, arg, a->origin, a->args, a->parameters);
}

PyObject* aliasVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names);

Result<Ref<Alias>> aliasMake(PyTypeObject* type, PyObject* origin, PyObject* args, bool starred) {
  auto tuple = isTuple(args) ? share(cast<TupleObject>(args)) : TRY(tupleOf(args));
  auto a = TRY(typeAlloc<Alias>(type));
  a->origin = share(origin).leak();
  a->args = std::move(tuple).leak();
  a->starred = starred;
  a->vectorcall = aliasVectorcall;
  return a;
}

Status markInstance(PyObject* instance, PyObject* alias) {
  Status status = attrSet(instance, "__orig_class__", alias);
  if (!status.failed()) return {};
  if (!pendingMatches(PyExc_AttributeError) && !pendingMatches(PyExc_TypeError)) return status;
  clearPending();
  return {};
}

PyObject* aliasVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  auto made = callVector(static_cast<Alias*>(self)->origin, args, nargsf, static_cast<TupleObject*>(names));
  if (made.failed()) return nullptr;
  auto instance = std::move(made).take();
  if (markInstance(instance.get(), self).failed()) return nullptr;
  return std::move(instance).leak();
}

Result<Ref<StrObject>> aliasRepr(Alias* a) {
  StrBuilder out;
  if (a->starred) out.append('*');
  TRY(appendTypeArgument(out, a->origin));
  out.append('[');
  for (Py_ssize_t i = 0; i < argsOf(a)->size(); i++) {
    if (i > 0) out.append(", ");
    TRY(appendTypeArgument(out, argsOf(a)->at(i)));
  }
  if (argsOf(a)->size() == 0) out.append("()");
  return out.finish(']');
}

Result<Py_hash_t> aliasHash(Alias* a) {
  Py_hash_t hash = TRY(objectHash(a->origin)) ^ TRY(objectHash(a->args));
  return hash == -1 ? -2 : hash;
}

Result<Ref<>> aliasCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isGenericAlias(left) || !isGenericAlias(right))
    return notImplemented();
  auto* a = static_cast<Alias*>(left);
  auto* b = static_cast<Alias*>(right);
  bool same = a->starred == b->starred && TRY(objectEquals(a->origin, b->origin)) &&
              TRY(objectEquals(a->args, b->args));
  return boolObject(same == (op == Py_EQ));
}

Result<Ref<TupleObject>> aliasParameters(Alias* a) {
  if (!a->parameters) {
    auto found = TRY(typeParameters(argsOf(a)));
    if (!a->parameters) a->parameters = std::move(found).leak();
  }
  return share(cast<TupleObject>(a->parameters));
}

Result<Ref<>> aliasGetItem(Alias* a, PyObject* item) {
  auto parameters = TRY(aliasParameters(a));
  auto args = TRY(substituteParameters(a, argsOf(a), parameters.get(), item));
  return aliasMake(&Py_GenericAliasType, a->origin, args.get(), a->starred);
}

Result<Ref<>> aliasGetattro(Alias* a, PyObject* attr) {
  if (!isStr(attr)) return genericGetAttr(a, attr);
  for (const char* own : kOwnAttributes) {
    if (strEqualsAscii(cast<StrObject>(attr), own)) return genericGetAttr(a, attr);
  }
  return attrGet(a->origin, attr);
}

Result<Ref<>> aliasMroEntries(Alias* a, PyObject*) { return tupleOf(a->origin); }
Result<Ref<>> aliasInstanceCheck(Alias*, PyObject*) {
  return raise(PyExc_TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Result<Ref<>> aliasSubclassCheck(Alias*, PyObject*) {
  return raise(PyExc_TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

Result<Ref<>> iteratorNew(PyObject* alias) {
  auto it = TRY(objectNew<AliasIterator>(&_Py_GenericAliasIterType));
  it->alias = MaybeRef<>::share(alias).leak();
  gcTrack(it.get());
  return it;
}
Result<Ref<>> aliasIter(Alias* a) { return iteratorNew(a); }

Result<Ref<>> aliasReduce(Alias* a) {
  if (!a->starred) {
    auto arguments = TRY(tupleOf(a->origin, a->args));
    return tupleOf<PyObject, PyObject>(&Py_GenericAliasType, arguments.get());
  }
  auto plain = TRY(aliasMake(&Py_GenericAliasType, a->origin, a->args, false));
  auto iterator = TRY(iteratorNew(plain.get()));
  auto next = TRY(builtinAttr("next"));
  auto arguments = TRY(tupleOf(iterator.get()));
  return tupleOf<PyObject, PyObject>(next.get(), arguments.get());
}

Result<Ref<>> aliasDir(Alias* a) {
  auto names = TRY(objectDir(a->origin));
  for (const char* own : kOwnAttributes) {
    auto text = TRY(strInternUtf8(own));
    if (!TRY(sequenceContains(names.get(), text.get()))) {
      TRY(listAppend(cast<ListObject>(names.get()), static_cast<PyObject*>(text.get())));
    }
  }
  return names;
}

Result<Ref<>> unpackedArgs(Alias* a) {
  return a->starred && a->origin == &PyTuple_Type ? share(a->args) : none();
}

Result<Ref<>> aliasTypeNew(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  auto* tuple = cast<TupleObject>(args);
  if (kwargs && static_cast<DictObject*>(kwargs.get())->size() > 0) {
    return raise(PyExc_TypeError, "GenericAlias() takes no keyword arguments");
  }
  if (tuple->size() != 2)
    return raise(PyExc_TypeError, "GenericAlias expected 2 arguments, got %zd", tuple->size());
  return aliasMake(type, tuple->at(0), tuple->at(1), false);
}

void iteratorDealloc(AliasIterator* it) {
  gcUntrack(it);
  clearField(it->alias);
  gcFree(it);
}
int iteratorTraverse(AliasIterator* it, visitproc visit, void* arg) {
  return visitAll(visit, arg, it->alias);
}
int iteratorClear(AliasIterator* it) {
  clearField(it->alias);
  return 0;
}
Result<MaybeRef<>> iteratorNext(AliasIterator* it) {
  if (!it->alias) return MaybeRef<>{};
  auto alias = steal(static_cast<Alias*>(std::exchange(it->alias, nullptr)));
  return MaybeRef<>(TRY(aliasMake(&Py_GenericAliasType, alias->origin, alias->args, true)));
}
Result<Ref<>> iteratorReduce(AliasIterator* it) {
  auto iter = TRY(builtinAttr("iter"));
  auto empty = emptyTuple();
  auto arguments = TRY(tupleOf<PyObject>(it->alias ? it->alias : empty.get()));
  return tupleOf<PyObject, PyObject>(iter.get(), arguments.get());
}

constinit PyMemberDef kMembers[] = {
    {"__origin__", T_OBJECT, offsetof(Alias, origin), READONLY, nullptr},
    {"__args__", T_OBJECT, offsetof(Alias, args), READONLY, nullptr},
    {"__unpacked__", T_BOOL, offsetof(Alias, starred), READONLY, nullptr},
    {},
};
constinit PyGetSetDef kGetSet[] = {
    getset<"__parameters__", aliasParameters, nullptr, "Type variables in the GenericAlias.">,
    getset<"__typing_unpacked_tuple_args__", unpackedArgs>,
    {},
};
constinit PyMethodDef kMethods[] = {method<"!__mro_entries__($self, bases, /)", aliasMroEntries>,
                                    method<"!__instancecheck__($self, instance, /)", aliasInstanceCheck>,
                                    method<"!__subclasscheck__($self, subclass, /)", aliasSubclassCheck>,
                                    method<"!__reduce__($self, /)", aliasReduce>,
                                    method<"!__dir__($self, /)", aliasDir>,
                                    {}};
constinit PyMethodDef kIteratorMethods[] = {method<"!__reduce__($self, /)", iteratorReduce>, {}};

PyNumberMethods kNumber = {.nb_or = slot<unionOr>};
PyMappingMethods kMapping = {.mp_subscript = slot<aliasGetItem>};

}  // namespace

Result<Ref<>> genericAliasNew(PyObject* origin, PyObject* args) {
  return aliasMake(&Py_GenericAliasType, origin, args, false);
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject Py_GenericAliasType = {
    KR_TYPE_HEAD,
    .tp_name = "types.GenericAlias",
    .tp_basicsize = sizeof(GenericAliasObject),
    .tp_dealloc = slot<aliasDealloc>,
    .tp_vectorcall_offset = offsetof(GenericAliasObject, vectorcall),
    .tp_repr = slot<aliasRepr>,
    .tp_as_number = &kNumber,
    .tp_as_mapping = &kMapping,
    .tp_hash = slot<aliasHash>,
    .tp_call = vectorcallCall,
    .tp_getattro = slot<aliasGetattro>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "A parameterised generic type, like list[int].",
    .tp_traverse = slot<aliasTraverse>,
    .tp_richcompare = slot<aliasCompare>,
    .tp_weaklistoffset = offsetof(GenericAliasObject, weakreflist),
    .tp_iter = slot<aliasIter>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_alloc = genericAlloc,
    .tp_new = slot<aliasTypeNew>,
    .tp_free = gcFree,
};

constinit PyTypeObject _Py_GenericAliasIterType = {
    KR_TYPE_HEAD,
    .tp_name = "generic_alias_iterator",
    .tp_basicsize = sizeof(AliasIterator),
    .tp_dealloc = slot<iteratorDealloc>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = slot<iteratorTraverse>,
    .tp_clear = slot<iteratorClear>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iteratorNext>,
    .tp_methods = kIteratorMethods,
};
