// isinstance and issubclass, with and without the __instancecheck__ family.
#include "core/call.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/generic_alias.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {
namespace {

// cls.__bases__ when it is a tuple; absent otherwise.
Result<MaybeRef<TupleObject>> basesOf(PyObject* cls) {
  MaybeRef<> bases = TRY(attrLookup(cls, name<"__bases__">()));
  if (!bases || !isTuple(bases.get())) return MaybeRef<TupleObject>();
  return MaybeRef<TupleObject>(std::move(bases).take().as<TupleObject>());
}

Status checkClass(PyObject* cls, const char* message) {
  MaybeRef<TupleObject> bases = TRY(basesOf(cls));
  if (bases) return {};
  return raise(PyExc_TypeError, "%s", message);
}

Result<bool> abstractIsSubclass(PyObject* derived, PyObject* cls);

Result<bool> anyBaseIsSubclass(TupleObject* bases, PyObject* cls) {
  auto guard = TRY(RecursionGuard::enter(" in __issubclass__"));
  for (Py_ssize_t i = 0; i < bases->size(); i++)
    if (TRY(abstractIsSubclass(bases->at(i), cls))) return true;
  return false;
}

// Single inheritance is followed in a loop, so that only branching recurses.
Result<bool> abstractIsSubclass(PyObject* derived, PyObject* cls) {
  auto current = share(derived);
  for (;;) {
    if (current.get() == cls) return true;
    MaybeRef<TupleObject> bases = TRY(basesOf(current.get()));
    if (!bases || bases->size() == 0) return false;
    if (bases->size() > 1) return anyBaseIsSubclass(bases.get(), cls);
    current = share(bases->at(0));
  }
}

using Check = Result<bool> (*)(PyObject* object, PyObject* cls);

Result<bool> anyOfTuple(PyObject* object, TupleObject* classes, Check check, const char* where) {
  auto guard = TRY(RecursionGuard::enter(where));
  for (Py_ssize_t i = 0; i < classes->size(); i++)
    if (TRY(check(object, classes->at(i)))) return true;
  return false;
}

Result<bool> callChecker(PyObject* checker, PyObject* object, const char* where) {
  auto guard = TRY(RecursionGuard::enter(where));
  Ref<> answer = TRY(call(checker, object));
  return objectIsTrue(answer.get());
}

}  // namespace

Result<bool> realIsInstance(PyObject* object, PyObject* cls) {
  if (isType(cls)) {
    auto* type = reinterpret_cast<PyTypeObject*>(cls);
    if (isInstanceOf(object, type)) return true;
    MaybeRef<> claimed = TRY(attrLookup(object, name<"__class__">()));
    if (!claimed || !isType(claimed.get()) || claimed.get() == reinterpret_cast<PyObject*>(typeOf(object)))
      return false;
    return typeIsSubtype(reinterpret_cast<PyTypeObject*>(claimed.get()), type);
  }
  TRY(checkClass(cls, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
  MaybeRef<> claimed = TRY(attrLookup(object, name<"__class__">()));
  if (!claimed) return false;
  return abstractIsSubclass(claimed.get(), cls);
}

Result<bool> realIsSubclass(PyObject* derived, PyObject* cls) {
  if (isType(cls) && isType(derived))
    return typeIsSubtype(reinterpret_cast<PyTypeObject*>(derived), reinterpret_cast<PyTypeObject*>(cls));
  TRY(checkClass(derived, "issubclass() arg 1 must be a class"));
  if (!isExact(cls, &_PyUnion_Type))
    TRY(checkClass(cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union"));
  return abstractIsSubclass(derived, cls);
}

Result<bool> isInstance(PyObject* object, PyObject* cls) {
  if (isExact(object, reinterpret_cast<PyTypeObject*>(cls))) return true;
  if (isExact(cls, &PyType_Type)) return realIsInstance(object, cls);
  if (isTuple(cls)) return anyOfTuple(object, cast<TupleObject>(cls), isInstance, " in __instancecheck__");
  if (isUnion(cls)) return anyOfTuple(object, unionArgs(cls), isInstance, " in __instancecheck__");
  MaybeRef<> checker = TRY(lookupSpecial(cls, name<"__instancecheck__">()));
  if (checker) return callChecker(checker.get(), object, " in __instancecheck__");
  return realIsInstance(object, cls);
}

Result<bool> isSubclass(PyObject* derived, PyObject* cls) {
  if (isExact(cls, &PyType_Type)) {
    if (derived == cls) return true;
    return realIsSubclass(derived, cls);
  }
  if (isTuple(cls)) return anyOfTuple(derived, cast<TupleObject>(cls), isSubclass, " in __subclasscheck__");
  if (isUnion(cls)) return anyOfTuple(derived, unionArgs(cls), isSubclass, " in __subclasscheck__");
  MaybeRef<> checker = TRY(lookupSpecial(cls, name<"__subclasscheck__">()));
  if (checker) return callChecker(checker.get(), derived, " in __subclasscheck__");
  return realIsSubclass(derived, cls);
}

}  // namespace krait
