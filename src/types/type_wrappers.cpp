#include "types/type_wrappers.h"

#include "core/number.h"
#include "types/int.h"
#include "types/type_slot_calls.h"

namespace krait {

namespace {

bool wrapperArgRange(const WrapperArgs& args, Py_ssize_t least, Py_ssize_t most) {
  if (args.count >= least && args.count <= most) return true;
  Py_ssize_t wanted = args.count < least ? least : most;
  const char* bound = least == most ? "" : args.count < least ? "at least " : "at most ";
  (void)raise(PyExc_TypeError, " expected %s%zd argument%s, got %zd", bound, wanted, wanted == 1 ? "" : "s",
              args.count);
  return false;
}

PyObject* noneOrNull(int status) { return status < 0 ? nullptr : none().leak(); }

// A sequence index: negative ones count from the end when the length is known.
Result<Py_ssize_t> sequenceIndexArg(PyObject* self, PyObject* arg) {
  Py_ssize_t index = TRY(asSsize(arg, PyExc_OverflowError));
  PySequenceMethods* sequence = typeOf(self)->tp_as_sequence;
  if (index >= 0 || !sequence || !sequence->sq_length) return index;
  Py_ssize_t length = sequence->sq_length(self);
  if (length < 0) return Raised{};
  return index + length;
}

// The class in the MRO whose C-level tp_setattro the object really has.
PyTypeObject* setattroOwner(PyTypeObject* type) {
  for (Py_ssize_t i = mroOf(type)->size() - 1; i >= 0; i--) {
    PyTypeObject* base = asType(mroOf(type)->at(i));
    if (!isType(base) || base->tp_setattro == slotSetattro) continue;
    if (base->tp_setattro == type->tp_setattro) return base;
  }
  return type;
}

// object.__setattr__(some_type, ...) must not jump over type's own tp_setattro.
Status checkSetattroApplies(PyObject* self, setattrofunc function, const char* what) {
  for (PyTypeObject* base = setattroOwner(typeOf(self)); base; base = base->tp_base) {
    if (base->tp_setattro == function) return {};
    if (base->tp_setattro == slotSetattro) continue;
    return raise(PyExc_TypeError, "can't apply this %s to %s object", what, typeName(self));
  }
  return {};
}

template <class F>
PyObject* withTuple(const WrapperArgs& args, F&& use) {
  auto tuple = tupleFromItems(args.items, args.count);
  if (tuple.failed()) return nullptr;
  auto held = std::move(tuple).take();
  return use(held.get());
}

}  // namespace

bool wrapperArgCount(const WrapperArgs& args, Py_ssize_t count) {
  if (args.count == count) return true;
  (void)raise(PyExc_TypeError, "expected %zd argument%s, got %zd", count, count == 1 ? "" : "s", args.count);
  return false;
}

PyObject* wrapLength(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 0)) return nullptr;
  Py_ssize_t length = reinterpret_cast<lenfunc>(slot)(self);
  return length == -1 && exceptionPending() ? nullptr : toPython(length);
}

PyObject* wrapInquiry(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 0)) return nullptr;
  int truth = reinterpret_cast<inquiry>(slot)(self);
  return truth == -1 && exceptionPending() ? nullptr : toPython(truth != 0);
}

PyObject* wrapUnary(PyObject* self, const WrapperArgs& args, void* slot) {
  return wrapperArgCount(args, 0) ? reinterpret_cast<unaryfunc>(slot)(self) : nullptr;
}

PyObject* wrapBinary(PyObject* self, const WrapperArgs& args, void* slot) {
  return wrapperArgCount(args, 1) ? reinterpret_cast<binaryfunc>(slot)(self, args.items[0]) : nullptr;
}

PyObject* wrapBinaryLeft(PyObject* self, const WrapperArgs& args, void* slot) {
  return wrapBinary(self, args, slot);
}

PyObject* wrapBinaryReflected(PyObject* self, const WrapperArgs& args, void* slot) {
  return wrapperArgCount(args, 1) ? reinterpret_cast<binaryfunc>(slot)(args.items[0], self) : nullptr;
}

PyObject* wrapTernary(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 1, 2)) return nullptr;
  return reinterpret_cast<ternaryfunc>(slot)(self, args.items[0], args.count > 1 ? args.items[1] : Py_None);
}

PyObject* wrapTernaryReflected(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 1, 2)) return nullptr;
  return reinterpret_cast<ternaryfunc>(slot)(args.items[0], self, args.count > 1 ? args.items[1] : Py_None);
}

PyObject* wrapIndexArg(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 1, 1)) return nullptr;
  auto count = asSsize(args.items[0], PyExc_OverflowError);
  return count.failed() ? nullptr : reinterpret_cast<ssizeargfunc>(slot)(self, std::move(count).take());
}

PyObject* wrapSqItem(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  auto index = sequenceIndexArg(self, args.items[0]);
  return index.failed() ? nullptr : reinterpret_cast<ssizeargfunc>(slot)(self, std::move(index).take());
}

PyObject* wrapSqSetItem(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 2, 2)) return nullptr;
  auto index = sequenceIndexArg(self, args.items[0]);
  if (index.failed()) return nullptr;
  return noneOrNull(reinterpret_cast<ssizeobjargproc>(slot)(self, std::move(index).take(), args.items[1]));
}

PyObject* wrapSqDelItem(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  auto index = sequenceIndexArg(self, args.items[0]);
  if (index.failed()) return nullptr;
  return noneOrNull(reinterpret_cast<ssizeobjargproc>(slot)(self, std::move(index).take(), nullptr));
}

PyObject* wrapContains(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  int truth = reinterpret_cast<objobjproc>(slot)(self, args.items[0]);
  return truth == -1 && exceptionPending() ? nullptr : toPython(truth != 0);
}

PyObject* wrapMpSetItem(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 2, 2)) return nullptr;
  return noneOrNull(reinterpret_cast<objobjargproc>(slot)(self, args.items[0], args.items[1]));
}

PyObject* wrapMpDelItem(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  return noneOrNull(reinterpret_cast<objobjargproc>(slot)(self, args.items[0], nullptr));
}

PyObject* wrapSetattr(PyObject* self, const WrapperArgs& args, void* slot) {
  auto function = reinterpret_cast<setattrofunc>(slot);
  if (!wrapperArgRange(args, 2, 2)) return nullptr;
  if (checkSetattroApplies(self, function, "__setattr__").failed()) return nullptr;
  return noneOrNull(function(self, args.items[0], args.items[1]));
}

PyObject* wrapDelattr(PyObject* self, const WrapperArgs& args, void* slot) {
  auto function = reinterpret_cast<setattrofunc>(slot);
  if (!wrapperArgCount(args, 1)) return nullptr;
  if (checkSetattroApplies(self, function, "__delattr__").failed()) return nullptr;
  return noneOrNull(function(self, args.items[0], nullptr));
}

PyObject* wrapHash(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 0)) return nullptr;
  Py_hash_t hash = reinterpret_cast<hashfunc>(slot)(self);
  return hash == -1 && exceptionPending() ? nullptr : toPython(hash);
}

PyObject* wrapCall(PyObject* self, const WrapperArgs& args, void* slot) {
  return withTuple(args, [&](TupleObject* tuple) {
    return reinterpret_cast<ternaryfunc>(slot)(self, tuple, args.kwargs.get());
  });
}

PyObject* wrapNext(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 0)) return nullptr;
  PyObject* item = reinterpret_cast<iternextfunc>(slot)(self);
  if (!item && !exceptionPending()) (void)raiseNone(PyExc_StopIteration);
  return item;
}

PyObject* wrapDescrGet(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 1, 2)) return nullptr;
  PyObject* object = args.items[0] == Py_None ? nullptr : args.items[0];
  PyObject* type = args.count < 2 || args.items[1] == Py_None ? nullptr : args.items[1];
  if (object || type) return reinterpret_cast<descrgetfunc>(slot)(self, object, type);
  (void)raise(PyExc_TypeError, "__get__(None, None) is invalid");
  return nullptr;
}

PyObject* wrapDescrSet(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgRange(args, 2, 2)) return nullptr;
  return noneOrNull(reinterpret_cast<descrsetfunc>(slot)(self, args.items[0], args.items[1]));
}

PyObject* wrapDescrDelete(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 1)) return nullptr;
  return noneOrNull(reinterpret_cast<descrsetfunc>(slot)(self, args.items[0], nullptr));
}

PyObject* wrapInit(PyObject* self, const WrapperArgs& args, void* slot) {
  return withTuple(args, [&](TupleObject* tuple) {
    return noneOrNull(reinterpret_cast<initproc>(slot)(self, tuple, args.kwargs.get()));
  });
}

PyObject* wrapFinalize(PyObject* self, const WrapperArgs& args, void* slot) {
  if (!wrapperArgCount(args, 0)) return nullptr;
  reinterpret_cast<destructor>(slot)(self);
  return none().leak();
}

}  // namespace krait
