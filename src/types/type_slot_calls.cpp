// Slot functions of classes: attributes, calling, comparing, hashing, iterating, descriptors, creation,
// finalisation.
#include "types/type_slot_calls.h"
#include "core/scratch.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/misc_objects.h"

extern "C" PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);

namespace krait {

namespace {

// The method where a failing __get__ counts as "there is none", as in repr, hash, comparison and iteration.
SpecialMethod specialOrNone(PyObject* self, StrObject* method_name) {
  auto method = specialMethod(self, method_name);
  if (!method.failed()) return std::move(method).take();
  clearPending();
  return {};
}

Result<Ref<>> reprOf(PyObject* self) {
  SpecialMethod method = specialOrNone(self, name<"__repr__">());
  if (method.function) return callFound(method, &self, 1);
  return strFormat("<%s object at %p>", typeName(self), self);
}

Result<Py_hash_t> hashOf(PyObject* self) {
  SpecialMethod method = specialOrNone(self, name<"__hash__">());
  if (!method.function || method.function.get() == Py_None) return raiseUnhashable(self);
  auto answer = TRY(callFound(method, &self, 1));
  if (!isInt(answer.get())) return raise(PyExc_TypeError, "__hash__ method should return an integer");
  long value;
  if (!intFitsLong(cast<IntObject>(answer.get()), &value)) return intHash(cast<IntObject>(answer.get()));
  return value == -1 ? -2 : value;
}

// Calls the method with the arguments of a tp_call-like slot behind self.
Result<Ref<>> callWithTuple(PyObject* self, const SpecialMethod& method, PyObject* args, PyObject* kwargs) {
  auto* rest = cast<TupleObject>(args);
  auto* keywords = static_cast<DictObject*>(kwargs);
  if (!method.unbound) return callTupleDict(method.function.get(), rest, keywords);
  Py_ssize_t count = rest->size();
  if (!keywords || keywords->size() == 0) {
    InlineBuffer<PyObject*, 8> stack;
    TRY(resizeScratch(stack, static_cast<size_t>(count) + 2));
    stack[0] = nullptr;
    stack[1] = self;
    for (Py_ssize_t i = 0; i < count; i++) stack[i + 2] = rest->at(i);
    return callVector(method.function.get(), stack.data() + 1, (count + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                      nullptr);
  }
  auto all = TRY(tupleNew(count + 1));
  all->ob_item[0] = share(self).leak();
  for (Py_ssize_t i = 0; i < count; i++) all->ob_item[i + 1] = share(rest->at(i)).leak();
  return callTupleDict(method.function.get(), all.get(), keywords);
}

Result<Ref<>> callOf(PyObject* self, PyObject* args, PyObject* kwargs) {
  SpecialMethod method = TRY(specialMethod(self, name<"__call__">()));
  if (!method.function) return raiseObject(PyExc_AttributeError, name<"__call__">());
  return callWithTuple(self, method, args, kwargs);
}

Status initOf(PyObject* self, PyObject* args, PyObject* kwargs) {
  SpecialMethod method = TRY(specialMethod(self, name<"__init__">()));
  if (!method.function) return raiseObject(PyExc_AttributeError, name<"__init__">());
  auto answer = TRY(callWithTuple(self, method, args, kwargs));
  if (answer.get() == Py_None) return {};
  return raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", typeName(answer.get()));
}

Result<Ref<>> newOf(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto function = TRY(attrGet(type, name<"__new__">()));
  auto* rest = cast<TupleObject>(args);
  auto all = TRY(tupleNew(rest->size() + 1));
  all->ob_item[0] = share<PyObject>(type).leak();
  for (Py_ssize_t i = 0; i < rest->size(); i++) all->ob_item[i + 1] = share(rest->at(i)).leak();
  return callTupleDict(function.get(), all.get(), static_cast<DictObject*>(kwargs));
}

bool isDefaultGetattribute(Opt<> found) {
  return !found || (isExact(found.get(), &PyWrapperDescr_Type) &&
                    static_cast<WrapperDescrObject*>(found.get())->d_wrapped ==
                        reinterpret_cast<void*>(PyObject_GenericGetAttr));
}

// The attribute by __getattribute__; absent when that answers AttributeError.
Result<MaybeRef<>> firstAttempt(PyObject* self, PyObject* attr) {
  if (isDefaultGetattribute(typeLookup(typeOf(self), name<"__getattribute__">())))
    return genericLookupAttr(self, attr);
  PyObject* stack[] = {self, attr};
  auto answer = callSpecial(name<"__getattribute__">(), stack, 2);
  if (!answer.failed()) return MaybeRef<>(std::move(answer).take());
  if (!pendingMatches(PyExc_AttributeError)) return Raised{};
  clearPending();
  return MaybeRef<>{};
}

Result<Ref<>> getattrWithHook(PyObject* self, PyObject* attr) {
  if (!typeLookup(typeOf(self), name<"__getattr__">())) {
    typeOf(self)->tp_getattro = slotTpGetattro;
    return Result<Ref<>>::fromC(slotTpGetattro(self, attr));
  }
  MaybeRef<> found = TRY(firstAttempt(self, attr));
  if (found) return std::move(found).take();
  PyObject* stack[] = {self, attr};
  return callSpecial(name<"__getattr__">(), stack, 2);
}

StrObject* comparisonName(int op) {
  switch (op) {
    case Py_LT: return name<"__lt__">();
    case Py_LE: return name<"__le__">();
    case Py_EQ: return name<"__eq__">();
    case Py_NE: return name<"__ne__">();
    case Py_GT: return name<"__gt__">();
    default: return name<"__ge__">();
  }
}

Result<Ref<>> compareOf(PyObject* self, PyObject* other, int op) {
  SpecialMethod method = specialOrNone(self, comparisonName(op));
  if (!method.function) return notImplemented();
  PyObject* stack[] = {self, other};
  return callFound(method, stack, 2);
}

Result<Ref<>> iterOf(PyObject* self) {
  SpecialMethod method = specialOrNone(self, name<"__iter__">());
  bool refused = method.function && method.function.get() == Py_None;
  if (method.function && !refused) return callFound(method, &self, 1);
  if (refused || !typeLookup(typeOf(self), name<"__getitem__">())) {
    return raise(PyExc_TypeError, "'%.200s' object is not iterable", typeName(self));
  }
  return seqIterNew(self);
}

Result<Ref<>> descrGetOf(PyObject* self, Opt<> object, Opt<> type) {
  Opt<> get = typeLookup(typeOf(self), name<"__get__">());
  if (!get) {
    if (typeOf(self)->tp_descr_get == slotDescrGet) typeOf(self)->tp_descr_get = nullptr;
    return share(self);
  }
  auto method = share(get.get());
  return call(method.get(), self, object.orElse(Py_None), type.orElse(Py_None));
}

Status descrSetOf(PyObject* self, PyObject* target, Opt<> value) {
  PyObject* stack[] = {self, target, value.get()};
  if (value)
    TRY(callSpecial(name<"__set__">(), stack, 3));
  else
    TRY(callSpecial(name<"__delete__">(), stack, 2));
  return {};
}

Status setattrOf(PyObject* self, PyObject* attr, Opt<> value) {
  PyObject* stack[] = {self, attr, value.get()};
  if (value)
    TRY(callSpecial(name<"__setattr__">(), stack, 3));
  else
    TRY(callSpecial(name<"__delattr__">(), stack, 2));
  return {};
}

}  // namespace

PyObject* slotRepr(PyObject* self) { return orNull(reprOf(self)); }
Py_hash_t slotHash(PyObject* self) { return slotResult<Py_hash_t>(hashOf(self)); }
PyObject* slotCall(PyObject* self, PyObject* args, PyObject* kwargs) {
  return orNull(callOf(self, args, kwargs));
}
PyObject* slotTpGetattro(PyObject* self, PyObject* attr) {
  return slotWithArg<"__getattribute__">(self, attr);
}
PyObject* slotTpGetattrHook(PyObject* self, PyObject* attr) { return orNull(getattrWithHook(self, attr)); }
int slotSetattro(PyObject* self, PyObject* attr, PyObject* value) {
  return setattrOf(self, attr, value).toC();
}
PyObject* slotRichCompare(PyObject* self, PyObject* other, int op) {
  return orNull(compareOf(self, other, op));
}
PyObject* slotIter(PyObject* self) { return orNull(iterOf(self)); }
PyObject* slotIterNext(PyObject* self) { return slotUnary<"__next__">(self); }
PyObject* slotDescrGet(PyObject* self, PyObject* object, PyObject* type) {
  return orNull(descrGetOf(self, object, type));
}
int slotDescrSet(PyObject* self, PyObject* target, PyObject* value) {
  return descrSetOf(self, target, value).toC();
}
int slotTpInit(PyObject* self, PyObject* args, PyObject* kwargs) { return initOf(self, args, kwargs).toC(); }
PyObject* slotTpNew(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return orNull(newOf(type, args, kwargs));
}

void slotFinalize(PyObject* self) {
  PendingSaved saved;
  auto method = specialMethod(self, name<"__del__">());
  if (method.failed()) return writeUnraisable(self);
  SpecialMethod found = std::move(method).take();
  if (!found.function) return;
  auto answer = callFound(found, &self, 1);
  if (answer.failed()) writeUnraisable(found.function.get());
}

}  // namespace krait
