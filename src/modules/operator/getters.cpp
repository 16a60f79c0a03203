#include "modules/operator/getters.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/import.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/heap_type.h"
#include "types/arg_checks.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/str_builder.h"

namespace krait::modules {
namespace {

struct ItemGetterObject : PyObject {
  Py_ssize_t count;
  TupleObject* items;
  Py_ssize_t index;  // the only item when it is a small non-negative int, else -1
  vectorcallfunc vectorcall;
};
static_assert(sizeof(ItemGetterObject) == 48);

struct AttrGetterObject : PyObject {
  Py_ssize_t count;
  TupleObject* paths;  // per attribute: a str, or a tuple of the strs between the dots
  vectorcallfunc vectorcall;
};
static_assert(sizeof(AttrGetterObject) == 40);

struct MethodCallerObject : PyObject {
  StrObject* method;
  TupleObject* args;
  PyObject* kwargs;  // dict or null
};
static_assert(sizeof(MethodCallerObject) == 40);

// The single argument that getters are called with.
Result<PyObject*> soleArgument(const char* function, const CallArgs& args) {
  TRY(checkNoKeywordNames(function, args.names));
  TRY(checkPositional(function, args.count, 1, 1));
  return args.values[0];
}

// --- itemgetter ---

Result<Ref<>> oneItem(ItemGetterObject* self, PyObject* object) {
  if (self->index >= 0 && isExactTuple(object) && self->index < cast<TupleObject>(object)->size()) {
    return share(cast<TupleObject>(object)->at(self->index));
  }
  return itemGet(object, self->items->at(0));
}

Result<Ref<>> getItems(ItemGetterObject* self, PyObject* object) {
  if (self->count == 1) return oneItem(self, object);
  Ref<TupleObject> result = TRY(tupleNew(self->count));
  for (Py_ssize_t i = 0; i < self->count; i++)
    result->ob_item[i] = TRY(itemGet(object, self->items->at(i))).leak();
  return result;
}
Result<Ref<>> itemGetterCall(ItemGetterObject* self, CallArgs args) {
  return getItems(self, TRY(soleArgument("itemgetter", args)));
}
PyObject* itemGetterVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  return toPython(itemGetterCall(cast<ItemGetterObject>(self),
                                 {args, vectorcallCount(nargsf), reinterpret_cast<TupleObject*>(names)}));
}

Result<Ref<>> itemGetterNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("itemgetter", kwargs));
  if (args->size() < 1) return raise(PyExc_TypeError, "itemgetter expected 1 argument, got 0");
  Ref<ItemGetterObject> self = TRY(typeAlloc<ItemGetterObject>(type));
  self->count = args->size();
  self->items = share(args).leak();
  self->index = -1;
  long index;
  if (args->size() == 1 && isExactInt(args->at(0)) && intFitsLong(cast<IntObject>(args->at(0)), &index)) {
    self->index = index < 0 ? -1 : index;
  }
  self->vectorcall = itemGetterVectorcall;
  return self;
}

void itemGetterDealloc(PyObject* object) {
  auto* self = cast<ItemGetterObject>(object);
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  xdecref(self->items);
  heapInstanceFree(object);
}
int itemGetterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeObject(self), cast<ItemGetterObject>(self)->items);
}

// "operator.itemgetter(1, 'a')" from the argument tuple's repr.
Result<Ref<StrObject>> reprWithArgs(PyObject* self, PyObject* args) {
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive()) return strFormat("%s(...)", typeName(self));
  if (cast<TupleObject>(args)->size() == 1) {
    return strFormat("%s(%R)", typeName(self), cast<TupleObject>(args)->at(0));
  }
  return strFormat("%s%R", typeName(self), args);
}
Result<Ref<StrObject>> itemGetterRepr(ItemGetterObject* self) { return reprWithArgs(self, self->items); }
Result<Ref<>> itemGetterReduce(ItemGetterObject* self) { return reduceTo(typeObject(self), self->items); }

// --- attrgetter ---

// "a.b" -> ("a", "b"), a name without dots stays a str; all interned.
Result<Ref<>> splitPath(StrObject* path) {
  if (strFindChar(path, '.', 0, path->size(), 1) < 0) {
    if (!isExactStr(path)) return share<PyObject>(path);
    return strIntern(share(path));
  }
  Ref<StrObject> dot = TRY(strFromChar('.'));
  Ref<ListObject> pieces = TRY(strSplit(path, dot.get(), -1));
  Ref<TupleObject> names = TRY(tupleNew(pieces->size()));
  for (Py_ssize_t i = 0; i < pieces->size(); i++) {
    names->ob_item[i] = strIntern(share(cast<StrObject>(pieces->at(i)))).leak();
  }
  return names;
}

Result<Ref<>> followPath(PyObject* object, PyObject* path) {
  if (!isTuple(path)) return attrGet(object, cast<StrObject>(path));
  auto current = share(object);
  auto* names = cast<TupleObject>(path);
  for (Py_ssize_t i = 0; i < names->size(); i++)
    current = TRY(attrGet(current, cast<StrObject>(names->at(i))));
  return current;
}

Result<Ref<>> getAttributes(AttrGetterObject* self, PyObject* object) {
  if (self->count == 1) return followPath(object, self->paths->at(0));
  Ref<TupleObject> result = TRY(tupleNew(self->count));
  for (Py_ssize_t i = 0; i < self->count; i++) {
    result->ob_item[i] = TRY(followPath(object, self->paths->at(i))).leak();
  }
  return result;
}
Result<Ref<>> attrGetterCall(AttrGetterObject* self, CallArgs args) {
  return getAttributes(self, TRY(soleArgument("attrgetter", args)));
}
PyObject* attrGetterVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names) {
  return toPython(attrGetterCall(cast<AttrGetterObject>(self),
                                 {args, vectorcallCount(nargsf), reinterpret_cast<TupleObject*>(names)}));
}

Result<Ref<>> attrGetterNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("attrgetter", kwargs));
  if (args->size() < 1) return raise(PyExc_TypeError, "attrgetter expected 1 argument, got 0");
  Ref<TupleObject> paths = TRY(tupleNew(args->size()));
  for (Py_ssize_t i = 0; i < args->size(); i++) {
    if (!isStr(args->at(i))) return raise(PyExc_TypeError, "attribute name must be a string");
    paths->ob_item[i] = TRY(splitPath(cast<StrObject>(args->at(i)))).leak();
  }
  Ref<AttrGetterObject> self = TRY(typeAlloc<AttrGetterObject>(type));
  self->count = args->size();
  self->paths = std::move(paths).leak();
  self->vectorcall = attrGetterVectorcall;
  return self;
}

void attrGetterDealloc(PyObject* object) {
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  xdecref(cast<AttrGetterObject>(object)->paths);
  heapInstanceFree(object);
}
int attrGetterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeObject(self), cast<AttrGetterObject>(self)->paths);
}

// The names as they were given.
Result<Ref<TupleObject>> givenNames(AttrGetterObject* self) {
  Ref<TupleObject> names = TRY(tupleNew(self->count));
  Ref<StrObject> dot = TRY(strFromChar('.'));
  for (Py_ssize_t i = 0; i < self->count; i++) {
    PyObject* path = self->paths->at(i);
    Ref<> text = isTuple(path) ? Ref<>(TRY(strJoin(dot, path))) : share(path);
    names->ob_item[i] = std::move(text).leak();
  }
  return names;
}
Result<Ref<StrObject>> attrGetterRepr(AttrGetterObject* self) {
  Ref<TupleObject> names = TRY(givenNames(self));
  return reprWithArgs(self, names);
}
Result<Ref<>> attrGetterReduce(AttrGetterObject* self) {
  Ref<TupleObject> names = TRY(givenNames(self));
  return reduceTo(typeObject(self), names);
}

// --- methodcaller ---

Result<Ref<>> methodCallerNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (args->size() < 1)
    return raise(PyExc_TypeError, "methodcaller needs at least one argument, the method name");
  if (!isStr(args->at(0))) return raise(PyExc_TypeError, "method name must be a string");
  Ref<TupleObject> rest = TRY(tupleSlice(args, 1, args->size()));
  Ref<MethodCallerObject> self = TRY(typeAlloc<MethodCallerObject>(type));
  auto method_name = share(cast<StrObject>(args->at(0)));
  self->method =
      isExactStr(method_name) ? strIntern(std::move(method_name)).leak() : std::move(method_name).leak();
  self->args = std::move(rest).leak();
  self->kwargs = MaybeRef<>::share(kwargs.get()).leak();
  return self;
}

Result<Ref<>> methodCallerCall(MethodCallerObject* self, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("methodcaller", kwargs));
  TRY(checkPositional("methodcaller", args->size(), 1, 1));
  if (!self->kwargs) {
    InlineBuffer<PyObject*, 8> stack;
    TRY(reserveScratch(stack, static_cast<size_t>(self->args->size()) + 2));
    stack.append(nullptr);
    stack.append(args->at(0));
    stack.append(self->args->items(), static_cast<size_t>(self->args->size()));
    auto count = static_cast<size_t>(self->args->size() + 1);
    return callMethodVector(self->method, stack.data() + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  }
  Ref<> bound = TRY(attrGet(args->at(0), self->method));
  return callTupleDict(bound, self->args, cast<DictObject>(self->kwargs));
}

void methodCallerDealloc(PyObject* object) {
  auto* self = cast<MethodCallerObject>(object);
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  xdecref(self->method);
  xdecref(self->args);
  xdecref(self->kwargs);
  heapInstanceFree(object);
}
int methodCallerTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<MethodCallerObject>(object);
  return visitAll(visit, arg, typeObject(object), self->args, self->kwargs);
}
int methodCallerClear(PyObject* object) {
  auto* self = cast<MethodCallerObject>(object);
  if (self->kwargs) clearField(self->kwargs);
  return 0;
}

Result<Ref<StrObject>> methodCallerRepr(MethodCallerObject* self) {
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive()) return strFormat("%s(...)", typeName(self));
  StrBuilder out;
  out.append(TRY(strFormat("%s(%R", typeName(self), static_cast<PyObject*>(self->method))));
  for (Py_ssize_t i = 0; i < self->args->size(); i++) {
    out.append(", ");
    out.append(TRY(objectRepr(self->args->at(i))));
  }
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (self->kwargs && dictNext(cast<DictObject>(self->kwargs), &position, &key, &value)) {
    auto held_key = share(key);
    auto held_value = share(value);
    out.append(TRY(strFormat(", %U=%R", held_key.get(), held_value.get())));
  }
  return out.finish(')');
}

Result<Ref<>> methodCallerReduce(MethodCallerObject* self) {
  Ref<TupleObject> head = TRY(tupleOf(static_cast<PyObject*>(self->method)));
  if (!self->kwargs || cast<DictObject>(self->kwargs)->size() == 0) {
    Ref<TupleObject> all = TRY(tupleConcat(head, self->args));
    return reduceTo(typeObject(self), all);
  }
  Ref<> partial = TRY(importAttr("functools", "partial"));
  Ref<TupleObject> partial_args = TRY(tupleOf(typeObject(self), static_cast<PyObject*>(self->method)));
  Ref<> constructor = TRY(callTupleDict(partial, partial_args, cast<DictObject>(self->kwargs)));
  return reduceTo(constructor, self->args);
}

constinit PyMethodDef kItemMethods[] = {method<"!__reduce__($self, /)", itemGetterReduce, kReduceDoc>, {}};
constinit PyMethodDef kAttrMethods[] = {method<"!__reduce__($self, /)", attrGetterReduce, kReduceDoc>, {}};
constinit PyMethodDef kCallerMethods[] = {method<"!__reduce__($self, /)", methodCallerReduce, kReduceDoc>,
                                          {}};
constinit PyMemberDef kItemMembers[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(ItemGetterObject, vectorcall), READONLY, nullptr}, {}};
constinit PyMemberDef kAttrMembers[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(AttrGetterObject, vectorcall), READONLY, nullptr}, {}};
constexpr unsigned long kFlags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE;

constexpr PyTypeObject kItemGetter = {
    .tp_name = "operator.itemgetter",
    .tp_basicsize = sizeof(ItemGetterObject),
    .tp_dealloc = itemGetterDealloc,
    .tp_repr = slot<itemGetterRepr>,
    .tp_call = vectorcallCall,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kFlags | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "itemgetter(item, ...) --> a callable that fetches the given item(s) from its operand",
    .tp_traverse = itemGetterTraverse,
    .tp_methods = kItemMethods,
    .tp_members = kItemMembers,
    .tp_new = slot<itemGetterNew>,
};
constexpr PyTypeObject kAttrGetter = {
    .tp_name = "operator.attrgetter",
    .tp_basicsize = sizeof(AttrGetterObject),
    .tp_dealloc = attrGetterDealloc,
    .tp_repr = slot<attrGetterRepr>,
    .tp_call = vectorcallCall,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kFlags | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "attrgetter(attr, ...) --> a callable that fetches the given attribute(s), dots allowed",
    .tp_traverse = attrGetterTraverse,
    .tp_methods = kAttrMethods,
    .tp_members = kAttrMembers,
    .tp_new = slot<attrGetterNew>,
};
constexpr PyTypeObject kMethodCaller = {
    .tp_name = "operator.methodcaller",
    .tp_basicsize = sizeof(MethodCallerObject),
    .tp_dealloc = methodCallerDealloc,
    .tp_repr = slot<methodCallerRepr>,
    .tp_call = slot<methodCallerCall>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kFlags,
    .tp_doc = "methodcaller(name, ...) --> a callable that calls the named method of its operand",
    .tp_traverse = methodCallerTraverse,
    .tp_clear = methodCallerClear,
    .tp_methods = kCallerMethods,
    .tp_new = slot<methodCallerNew>,
};

}  // namespace

Status addGetters(PyObject* module) {
  TRY(heapTypeAdd(module, kAttrGetter));
  TRY(heapTypeAdd(module, kItemGetter));
  TRY(heapTypeAdd(module, kMethodCaller));
  return {};
}

}  // namespace krait::modules
