// Slot functions of classes made in Python: each looks its special method up through the method cache and
// calls it without an intermediate bound method.
#pragma once

#include "types/type_internal.h"

namespace krait {

template <Text N>
PyObject* slotUnary(PyObject* self) {
  return orNull(callSpecial(name<N>(), &self, 1));
}
template <Text N>
PyObject* slotWithArg(PyObject* self, PyObject* arg) {
  PyObject* stack[] = {self, arg};
  return orNull(callSpecial(name<N>(), stack, 2));
}

// What a binary operator of classes needs to know about itself.
struct BinaryOp {
  void* function;  // the slot function, to recognise operands that share it
  size_t offset;   // of the slot in PyNumberMethods
  StrObject *forward, *reflected;
};
Result<Ref<>> slotBinaryRun(PyObject* left, PyObject* right, const BinaryOp& op);

template <size_t Offset, Text N, Text R>
PyObject* slotBinary(PyObject* left, PyObject* right) {
  return orNull(slotBinaryRun(
      left, right, {reinterpret_cast<void*>(&slotBinary<Offset, N, R>), Offset, name<N>(), name<R>()}));
}

Py_ssize_t slotLength(PyObject* self);
PyObject* slotSqItem(PyObject* self, Py_ssize_t index);
int slotSqAssItem(PyObject* self, Py_ssize_t index, PyObject* value);
int slotContains(PyObject* self, PyObject* item);
int slotMpAssSubscript(PyObject* self, PyObject* key, PyObject* value);
PyObject* slotPower(PyObject* self, PyObject* other, PyObject* modulus);
PyObject* slotInPlacePower(PyObject* self, PyObject* other, PyObject* modulus);
int slotBool(PyObject* self);
PyObject* slotRepr(PyObject* self);
Py_hash_t slotHash(PyObject* self);
PyObject* slotCall(PyObject* self, PyObject* args, PyObject* kwargs);
int slotSetattro(PyObject* self, PyObject* attr, PyObject* value);
PyObject* slotRichCompare(PyObject* self, PyObject* other, int op);
PyObject* slotIter(PyObject* self);
PyObject* slotIterNext(PyObject* self);
PyObject* slotDescrGet(PyObject* self, PyObject* object, PyObject* type);
int slotDescrSet(PyObject* self, PyObject* target, PyObject* value);
void slotFinalize(PyObject* self);

}  // namespace krait
