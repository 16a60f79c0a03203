#include "types/native_call.h"

#include "core/call.h"
#include "core/thread.h"

namespace krait {

namespace {

constexpr int kConventionMask =
    METH_VARARGS | METH_FASTCALL | METH_NOARGS | METH_O | METH_KEYWORDS | METH_METHOD;

Raised raiseCount(const NativeCall& call, const char* wanted, Py_ssize_t given) {
  auto shown = TRY(functionDisplayName(call.callable));
  return raise(PyExc_TypeError, "%U takes %s (%zd given)", static_cast<PyObject*>(shown.get()), wanted,
               given);
}

Status refuseKeywords(const NativeCall& call, Opt<TupleObject> names) {
  if (!names || names->size() == 0) return {};
  if ((call.def->ml_flags & METH_KR_PACKED) && isExact(call.callable, &PyCFunction_Type)) {
    return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", call.def->ml_name);
  }
  auto shown = TRY(functionDisplayName(call.callable));
  return raise(PyExc_TypeError, "%U takes no keyword arguments", static_cast<PyObject*>(shown.get()));
}

PyObject* callPacked(const NativeCall& call, PyObject* const* args, Py_ssize_t count,
                     Opt<TupleObject> names) {
  auto tuple = tupleFromItems(args, count);
  if (tuple.failed()) return nullptr;
  auto held = std::move(tuple).take();
  if (!(call.def->ml_flags & METH_KEYWORDS)) return call.def->ml_meth.plain(call.self, held.get());
  MaybeRef<DictObject> kwargs;
  if (names && names->size() > 0) {
    auto dict = dictNewPresized(names->size());
    if (dict.failed()) return nullptr;
    kwargs = std::move(dict).take();
    for (Py_ssize_t i = 0; i < names->size(); i++) {
      if (dictSet(kwargs.get(), names->at(i), args[count + i]).failed()) return nullptr;
    }
  }
  return call.def->ml_meth.keywords(call.self, held.get(), kwargs.get());
}

// Calls by convention; counts and keywords are known to fit.
PyObject* dispatch(const NativeCall& call, PyObject* const* args, Py_ssize_t count, Opt<TupleObject> names) {
  const PyMethodPointer& function = call.def->ml_meth;
  switch (call.def->ml_flags & kConventionMask) {
    case METH_NOARGS: return function.plain(call.self, nullptr);
    case METH_O: return function.plain(call.self, args[0]);
    case METH_FASTCALL: return function.fast(call.self, args, count);
    case METH_FASTCALL | METH_KEYWORDS: return function.fast_keywords(call.self, args, count, names.get());
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS:
      return function.method(call.self, call.cls, args, static_cast<size_t>(count), names.get());
    default: return callPacked(call, args, count, names);
  }
}

Status checkShape(const NativeCall& call, Py_ssize_t count, Opt<TupleObject> names) {
  int flags = call.def->ml_flags;
  if (!(flags & METH_KEYWORDS)) TRY(refuseKeywords(call, names));
  if ((flags & METH_NOARGS) && count != 0) return raiseCount(call, "no arguments", count);
  if ((flags & METH_O) && count != 1) return raiseCount(call, "exactly one argument", count);
  return {};
}

}  // namespace

PyObject* nativeCall(const NativeCall& call, PyObject* const* args, Py_ssize_t count,
                     Opt<TupleObject> names) {
  if (checkShape(call, count, names).failed()) return nullptr;
  auto guard = RecursionGuard::enter(" while calling a Python object");
  if (guard.failed()) return nullptr;
  auto held = std::move(guard).take();
  return dispatch(call, args, count, names);
}

Status nativeCheckConvention(PyMethodDef* def) {
  switch (def->ml_flags & kConventionMask) {
    case METH_VARARGS:
    case METH_VARARGS | METH_KEYWORDS:
    case METH_FASTCALL:
    case METH_FASTCALL | METH_KEYWORDS:
    case METH_NOARGS:
    case METH_O:
    case METH_METHOD | METH_FASTCALL | METH_KEYWORDS: return {};
    default: return raise(PyExc_SystemError, "%s() method: bad call flags", def->ml_name);
  }
}

Result<Ref<StrObject>> functionDisplayName(PyObject* callable) {
  MaybeRef<> qualname = TRY(attrLookup(callable, name<"__qualname__">()));
  if (!qualname) return objectStr(callable);
  MaybeRef<> module = TRY(attrLookup(callable, name<"__module__">()));
  if (module && module.get() != Py_None &&
      !(isStr(module.get()) && strEqualsAscii(cast<StrObject>(module.get()), "builtins"))) {
    return strFormat("%S.%S()", module.get(), qualname.get());
  }
  return strFormat("%S()", qualname.get());
}

}  // namespace krait
