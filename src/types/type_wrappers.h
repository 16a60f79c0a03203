// Wrapper functions of slot descriptors: unpack the Python arguments of a call like int.__add__(1, 2) for the
// slot.
#pragma once

#include "types/type_internal.h"

namespace krait {

PyObject* wrapLength(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapInquiry(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapUnary(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapBinary(PyObject* self, const WrapperArgs& args, void* slot);
// For slots that are asked with either operand first. Not wrapBinary, so that a class derived from list does
// not take sq_concat, which wants a list on the left, for its nb_add.
PyObject* wrapBinaryLeft(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapBinaryReflected(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapTernary(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapTernaryReflected(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapIndexArg(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapSqItem(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapSqSetItem(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapSqDelItem(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapContains(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapMpSetItem(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapMpDelItem(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapSetattr(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapDelattr(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapHash(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapCall(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapNext(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapDescrGet(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapDescrSet(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapDescrDelete(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapInit(PyObject* self, const WrapperArgs& args, void* slot);
PyObject* wrapFinalize(PyObject* self, const WrapperArgs& args, void* slot);

bool wrapperArgCount(const WrapperArgs& args, Py_ssize_t count);  // false: TypeError is pending

template <int Op>
PyObject* wrapCompare(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  return reinterpret_cast<richcmpfunc>(slot)(self, args.items[0], Op);
}

}  // namespace krait
