// Calling special methods, and the slot functions of operators, sequences and mappings.
#include "core/number.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/type_slot_calls.h"

namespace krait {

namespace {

void* numberSlot(PyObject* object, size_t offset) {
  auto* number = reinterpret_cast<char*>(typeOf(object)->tp_as_number);
  return number ? *reinterpret_cast<void**>(number + offset) : nullptr;
}

Result<Ref<>> callOrNotImplemented(StrObject* method, PyObject* self, PyObject* other) {
  PyObject* stack[] = {self, other};
  MaybeRef<> answer = TRY(callSpecialMaybe(method, stack, 2));
  return answer ? std::move(answer).take() : notImplemented();
}

// Does right's class provide another implementation of the method than left's?
Result<bool> isOverloaded(PyObject* left, PyObject* right, StrObject* method) {
  Opt<> theirs = typeLookup(typeOf(right), method);
  if (!theirs) return false;
  Opt<> mine = typeLookup(typeOf(left), method);
  if (!mine) return true;
  if (mine.get() == theirs.get()) return false;
  auto a = share(mine.get());
  auto b = share(theirs.get());
  return richCompareBool(a.get(), b.get(), Py_NE);
}

Result<Ref<IntObject>> indexArg(Py_ssize_t index) { return intFromLong(index); }

Result<bool> iterateForItem(PyObject* self, PyObject* item) {
  Ref<> iterator = TRY(getIter(self));
  for (;;) {
    MaybeRef<> next = TRY(iterNext(iterator.get()));
    if (!next) return false;
    if (TRY(objectEquals(next.get(), item))) return true;
  }
}

Result<bool> containsItem(PyObject* self, PyObject* item) {
  SpecialMethod method = TRY(specialMethod(self, name<"__contains__">()));
  if (!method.function) return iterateForItem(self, item);
  if (method.function.get() == Py_None) {
    return raise(PyExc_TypeError, "'%.200s' object is not a container", typeName(self));
  }
  PyObject* stack[] = {self, item};
  auto answer = TRY(callFound(method, stack, 2));
  return objectIsTrue(answer.get());
}

Result<Py_ssize_t> lengthOf(PyObject* self) {
  auto answer = TRY(callSpecial(name<"__len__">(), &self, 1));
  auto index = TRY(numberIndex(answer.get()));
  if (intSign(index.get()) < 0) return raise(PyExc_ValueError, "__len__() should return >= 0");
  return asSsize(index.get(), PyExc_OverflowError);
}

Result<bool> truthOf(PyObject* self) {
  SpecialMethod method = TRY(specialMethod(self, name<"__bool__">()));
  bool by_length = !method.function;
  if (by_length) method = TRY(specialMethod(self, name<"__len__">()));
  if (!method.function) return true;
  auto answer = TRY(callFound(method, &self, 1));
  if (by_length) return objectIsTrue(answer.get());
  if (!isBool(answer.get())) {
    return raise(PyExc_TypeError, "__bool__ should return bool, returned %s", typeName(answer.get()));
  }
  return answer.get() == Py_True;
}

Status storeItem(PyObject* self, PyObject* key, Opt<> value) {
  PyObject* stack[] = {self, key, value.get()};
  if (value)
    TRY(callSpecial(name<"__setitem__">(), stack, 3));
  else
    TRY(callSpecial(name<"__delitem__">(), stack, 2));
  return {};
}

Status storeIndexed(PyObject* self, Py_ssize_t index, Opt<> value) {
  auto key = TRY(indexArg(index));
  return storeItem(self, key.get(), value);
}

Result<Ref<>> itemAt(PyObject* self, Py_ssize_t index) {
  auto key = TRY(indexArg(index));
  PyObject* stack[] = {self, key.get()};
  return callSpecial(name<"__getitem__">(), stack, 2);
}

// As slotBinaryRun, where the slot to compare with is the three-argument one.
Result<Ref<>> powerOf(PyObject* self, PyObject* other) {
  return slotBinaryRun(self, other,
                       {reinterpret_cast<void*>(&slotPower), offsetof(PyNumberMethods, nb_power),
                        name<"__pow__">(), name<"__rpow__">()});
}

}  // namespace

Result<SpecialMethod> specialMethod(PyObject* self, StrObject* method_name) {
  SpecialMethod method;
  Opt<> found = typeLookup(typeOf(self), method_name);
  if (!found) return method;
  auto held = share(found.get());
  PyTypeObject* kind = typeOf(held.get());
  method.unbound = hasFlag(kind, Py_TPFLAGS_METHOD_DESCRIPTOR);
  if (!method.unbound && kind->tp_descr_get) {
    method.function = TRY(Result<Ref<>>::fromC(kind->tp_descr_get(held.get(), self, typeOf(self))));
  } else {
    method.function = std::move(held);
  }
  return method;
}

Result<Ref<>> callFound(const SpecialMethod& method, PyObject* const* args, size_t count) {
  PyObject* function = method.function.get();
  if (method.unbound) return callVector(function, args, count, nullptr);
  return callVector(function, args + 1, (count - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
}

Result<MaybeRef<>> callSpecialMaybe(StrObject* method_name, PyObject* const* args, size_t count) {
  SpecialMethod method = TRY(specialMethod(args[0], method_name));
  if (!method.function) return MaybeRef<>{};
  return MaybeRef<>(TRY(callFound(method, args, count)));
}

Result<Ref<>> callSpecial(StrObject* method_name, PyObject* const* args, size_t count) {
  SpecialMethod method = TRY(specialMethod(args[0], method_name));
  if (!method.function) return raiseObject(PyExc_AttributeError, method_name);
  return callFound(method, args, count);
}

// The right operand goes first when its class derives from the left one's and overrides the reflected method.
Result<Ref<>> slotBinaryRun(PyObject* left, PyObject* right, const BinaryOp& op) {
  bool same_type = typeOf(left) == typeOf(right);
  bool try_right = !same_type && numberSlot(right, op.offset) == op.function;
  if (numberSlot(left, op.offset) == op.function) {
    if (try_right && typeIsSubtype(typeOf(right), typeOf(left)) &&
        TRY(isOverloaded(left, right, op.reflected))) {
      auto answer = TRY(callOrNotImplemented(op.reflected, right, left));
      if (answer.get() != Py_NotImplemented) return answer;
      try_right = false;
    }
    auto answer = TRY(callOrNotImplemented(op.forward, left, right));
    if (answer.get() != Py_NotImplemented || same_type) return answer;
  }
  if (try_right) return callOrNotImplemented(op.reflected, right, left);
  return notImplemented();
}

Py_ssize_t slotLength(PyObject* self) { return slotResult<Py_ssize_t>(lengthOf(self)); }
PyObject* slotSqItem(PyObject* self, Py_ssize_t index) { return orNull(itemAt(self, index)); }
int slotSqAssItem(PyObject* self, Py_ssize_t index, PyObject* value) {
  return storeIndexed(self, index, value).toC();
}
int slotContains(PyObject* self, PyObject* item) { return slotResult<int>(containsItem(self, item)); }
int slotMpAssSubscript(PyObject* self, PyObject* key, PyObject* value) {
  return storeItem(self, key, value).toC();
}
int slotBool(PyObject* self) { return slotResult<int>(truthOf(self)); }

PyObject* slotPower(PyObject* self, PyObject* other, PyObject* modulus) {
  if (modulus == Py_None) return orNull(powerOf(self, other));
  PyNumberMethods* number = typeOf(self)->tp_as_number;
  if (!number || number->nb_power != slotPower) return notImplemented().leak();
  PyObject* stack[] = {self, other, modulus};
  return orNull(callSpecial(name<"__pow__">(), stack, 3));
}

PyObject* slotInPlacePower(PyObject* self, PyObject* other, PyObject*) {
  return slotWithArg<"__ipow__">(self, other);
}

}  // namespace krait
