// functools.partial: a callable with some arguments already given.
#include "core/call.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/functools/functools.h"
#include "modules/heap_type.h"
#include "types/iter_support.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/str_builder.h"
#include "types/weakref.h"

namespace krait::modules {
namespace {

struct PartialObject : PyObject {
  PyObject* function;
  TupleObject* args;
  DictObject* keywords;
  PyObject *dict, *weakrefs;
  vectorcallfunc vectorcall;
};
static_assert(sizeof(PartialObject) == 64 && offsetof(PartialObject, dict) == 40);

PyObject* partialCallSlot(PyObject* self, PyObject* args, PyObject* kwargs);

// The keywords of a call: the stored ones, then the call's own.
Result<Ref<DictObject>> mergedKeywords(PartialObject* self, CallArgs args) {
  Ref<DictObject> merged = TRY(dictCopy(self->keywords));
  Py_ssize_t named = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < named; i++) TRY(dictSet(merged, args.names->at(i), args.values[args.count + i]));
  return merged;
}

// Counts as recursion, as packed calls do.
Result<Ref<>> callWithKeywords(PartialObject* self, CallArgs args) {
  auto guard = TRY(RecursionGuard::enter(" while calling a Python object"));
  Ref<DictObject> keywords = TRY(mergedKeywords(self, args));
  Ref<TupleObject> given = TRY(tupleFromItems(args.values, args.count));
  Ref<TupleObject> all = TRY(tupleConcat(self->args, given));
  auto function = share(self->function);
  return callTupleDict(function, all, keywords.get());
}

Result<Ref<>> partialCall(PartialObject* self, CallArgs args) {
  if (self->keywords->size() > 0) return callWithKeywords(self, args);
  auto stored = share(self->args);
  auto function = share(self->function);
  if (stored->size() == 0)
    return callVector(function, args.values, static_cast<size_t>(args.count), args.names);
  Py_ssize_t named = args.names ? args.names->size() : 0;
  InlineBuffer<PyObject*, 10> stack;
  TRY(reserveScratch(stack, static_cast<size_t>(stored->size() + args.count + named) + 1));
  stack.append(nullptr);
  stack.append(stored->items(), static_cast<size_t>(stored->size()));
  stack.append(args.values, static_cast<size_t>(args.count + named));
  auto count = static_cast<size_t>(stored->size() + args.count);
  return callVector(function, stack.data() + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET, args.names);
}

PyObject* partialVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  return toPython(partialCall(cast<PartialObject>(self),
                              {args, vectorcallCount(nargsf), reinterpret_cast<TupleObject*>(names)}));
}

// tp_call without the vectorcall pointer: __setstate__ may run meanwhile, fields are read once.
Result<Ref<>> partialTupleCall(PartialObject* self, TupleObject* args, Opt<> kwargs) {
  auto function = share(self->function);
  Ref<DictObject> keywords = TRY(dictCopy(self->keywords));
  if (kwargs) TRY(dictMerge(keywords, kwargs.get(), 1));
  Ref<TupleObject> all = TRY(tupleConcat(self->args, args));
  return callTupleDict(function, all, keywords.get());
}
PyObject* partialCallSlot(PyObject* self, PyObject* args, PyObject* kwargs) {
  return toPython(partialTupleCall(cast<PartialObject>(self), cast<TupleObject>(args), kwargs));
}

// --- making ---

Result<Ref<>> partialNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (args->size() < 1) return raise(PyExc_TypeError, "type 'partial' takes at least one argument");
  auto function = share(args->at(0));
  MaybeRef<TupleObject> inner_args;
  MaybeRef<DictObject> inner_keywords;
  if (typeOf(function)->tp_call == partialCallSlot && !cast<PartialObject>(function.get())->dict) {
    auto inner = std::move(function).as<PartialObject>();
    inner_args = share(inner->args);
    inner_keywords = share(inner->keywords);
    function = share(inner->function);
  }
  if (!isCallable(function)) return raise(PyExc_TypeError, "the first argument must be callable");
  Ref<TupleObject> own_args = TRY(tupleSlice(args, 1, args->size()));
  if (inner_args) own_args = TRY(tupleConcat(inner_args.get(), own_args));
  Ref<DictObject> keywords = inner_keywords ? TRY(dictCopy(inner_keywords.get())) : TRY(dictNew());
  if (kwargs) TRY(dictMerge(keywords, kwargs.get(), 1));
  Ref<PartialObject> self = TRY(typeAlloc<PartialObject>(type));
  self->function = std::move(function).leak();
  self->args = std::move(own_args).leak();
  self->keywords = std::move(keywords).leak();
  self->vectorcall = partialVectorcall;
  return self;
}

void partialDealloc(PyObject* object) {
  auto* self = cast<PartialObject>(object);
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  if (self->weakrefs) clearWeakRefs(object);
  clearField(self->function);
  clearField(self->args);
  clearField(self->keywords);
  clearField(self->dict);
  heapInstanceFree(object);
}
int partialTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<PartialObject>(object);
  return visitAll(visit, arg, typeObject(object), self->function, self->args, self->keywords, self->dict);
}

// --- methods ---

Result<Ref<StrObject>> partialRepr(PartialObject* self) {
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive()) return strLiteral("...");
  StrBuilder out;
  out.append(TRY(strFormat("%s(", typeName(self))));
  out.append(TRY(objectRepr(self->function)));
  auto args = share(self->args);
  for (Py_ssize_t i = 0; i < args->size(); i++) {
    out.append(", ");
    out.append(TRY(objectRepr(args->at(i))));
  }
  auto keywords = share(self->keywords);
  Py_ssize_t position = 0;
  PyObject *borrowed_key, *borrowed_value;
  while (dictNext(keywords, &position, &borrowed_key, &borrowed_value)) {
    auto key = share(borrowed_key);
    auto value = share(borrowed_value);
    out.append(", ");
    out.append(TRY(objectStr(key)));
    out.append('=');
    out.append(TRY(objectRepr(value)));
  }
  return out.finish(')');
}

Result<Ref<>> partialReduce(PartialObject* self) {
  Ref<TupleObject> args = TRY(tupleOf(self->function));
  Ref<TupleObject> state =
      TRY(tupleOf(self->function, static_cast<PyObject*>(self->args), static_cast<PyObject*>(self->keywords),
                  self->dict ? self->dict : Py_None));
  return reduceTo(typeObject(self), args, state.get());
}

Status partialSetState(PartialObject* self, PyObject* state) {
  auto* parts = isTuple(state) && cast<TupleObject>(state)->size() == 4 ? cast<TupleObject>(state) : nullptr;
  bool valid = parts && isCallable(parts->at(0)) && isTuple(parts->at(1)) &&
               (parts->at(2) == Py_None || isDict(parts->at(2)));
  if (!valid) return raise(PyExc_TypeError, "invalid partial state");
  Ref<TupleObject> args =
      isExactTuple(parts->at(1)) ? share(cast<TupleObject>(parts->at(1))) : TRY(sequenceTuple(parts->at(1)));
  PyObject* given = parts->at(2);
  Ref<DictObject> keywords = given == Py_None     ? TRY(dictNew())
                             : isExactDict(given) ? share(cast<DictObject>(given))
                                                  : TRY(dictCopy(cast<DictObject>(given)));
  auto dict = MaybeRef<>::share(parts->at(3) == Py_None ? nullptr : parts->at(3));
  auto old_dict = MaybeRef<>::steal(std::exchange(self->dict, std::move(dict).leak()));
  setField(self->function, share(parts->at(0)));
  setField(self->args, std::move(args));
  setField(self->keywords, std::move(keywords));
  return {};
}

Result<Ref<>> partialClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

constinit PyMethodDef kMethods[] = {method<"!__reduce__($self, /)", partialReduce>,
                                    method<"!__setstate__($self, state, /)", partialSetState>,
                                    classMethod<"!__class_getitem__($type, object, /)", partialClassGetItem,
                                                "The type's generic alias, see PEP 585.">,
                                    {}};
constinit PyMemberDef kMembers[] = {
    {"func", T_OBJECT, offsetof(PartialObject, function), READONLY,
     "function object to use in future partial calls"},
    {"args", T_OBJECT, offsetof(PartialObject, args), READONLY, "tuple of arguments to future partial calls"},
    {"keywords", T_OBJECT, offsetof(PartialObject, keywords), READONLY,
     "dictionary of keyword arguments to future partial calls"},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PartialObject, weakrefs), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(PartialObject, dict), READONLY, nullptr},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(PartialObject, vectorcall), READONLY, nullptr},
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"__dict__", genericGetDict, genericSetDict>, {}};
constexpr PyTypeObject kDescription = {
    .tp_name = "functools.partial",
    .tp_basicsize = sizeof(PartialObject),
    .tp_dealloc = partialDealloc,
    .tp_repr = slot<partialRepr>,
    .tp_call = partialCallSlot,
    .tp_getattro = slot<genericGetAttr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags =
        Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "partial(func, *args, **keywords) - a callable with some arguments already given",
    .tp_traverse = partialTraverse,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_new = slot<partialNew>,
    .tp_free = gcFree,
};

}  // namespace

Status addPartial(PyObject* module) {
  TRY(heapTypeAdd(module, kDescription));
  return {};
}

}  // namespace krait::modules
