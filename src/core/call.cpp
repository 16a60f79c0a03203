#include "core/call.h"

#include "core/c_stack.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "types/dict.h"
#include "types/method.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

constexpr size_t kStackArgs = 8;

Raised raiseNotCallable(PyObject* callable) {
  return raise(PyExc_TypeError, "'%.200s' object is not callable", typeName(callable));
}

// Calls through vectorcall do not count as recursion, as in CPython, but chains and cycles of callables that
// call each other (methods of methods, partial objects) end before the C stack does.
Result<Ref<>> callEntry(PyObject* callable, vectorcallfunc function, PyObject* const* args, size_t nargsf,
                        Opt<TupleObject> names) {
  TRY(checkCStack(" while calling a Python object"));
  return Result<Ref<>>::fromC(
      checkCallResult(callable, function(callable, args, nargsf, names.get()), nullptr));
}

Result<Ref<>> callSlot(PyObject* callable, ternaryfunc function, TupleObject* args, Opt<DictObject> kwargs) {
  auto guard = TRY(RecursionGuard::enter(" while calling a Python object"));
  return Result<Ref<>>::fromC(checkCallResult(callable, function(callable, args, kwargs.get()), nullptr));
}

Result<MaybeRef<DictObject>> keywordDict(PyObject* const* values, Opt<TupleObject> names) {
  if (!names || names->size() == 0) return MaybeRef<DictObject>();
  Ref<DictObject> dict = TRY(dictNewPresized(names->size()));
  for (Py_ssize_t i = 0; i < names->size(); i++) TRY(dictSet(dict, names->at(i), values[i]));
  return MaybeRef<DictObject>(std::move(dict));
}

// Positional and keyword values side by side, as vectorcall wants them; all owned until destroyed.
class FlatArgs {
 public:
  ~FlatArgs() {
    for (PyObject* value : values_) decref(value);
  }
  Status fill(TupleObject* args, DictObject* kwargs, bool any_names) {
    TRY(reserveScratch(values_, static_cast<size_t>(args->size() + kwargs->size())));
    for (Py_ssize_t i = 0; i < args->size(); i++) push(args->at(i));
    Ref<TupleObject> names = TRY(tupleNew(kwargs->size()));
    Py_ssize_t position = 0, count = 0;
    PyObject *key, *value;
    bool all_str = true;
    while (count < names->size() && dictNext(kwargs, &position, &key, &value)) {
      all_str = all_str && isStr(key);
      names->ob_item[count++] = share(key).leak();
      push(value);
    }
    if (!all_str && !any_names) return raise(PyExc_TypeError, "keywords must be strings");
    names_ = std::move(names);
    return {};
  }
  PyObject* const* data() const { return values_.data(); }
  TupleObject* names() const { return names_.get(); }

 private:
  void push(PyObject* value) {
    incref(value);
    values_.append(value);
  }
  InlineBuffer<PyObject*, kStackArgs> values_;
  MaybeRef<TupleObject> names_;
};

// It refuses all keywords or looks at the names itself.
bool takesAnyNames(PyObject* callable) {
  return isExact(callable, &PyCFunction_Type) &&
         (static_cast<CFunctionObject*>(callable)->m_ml->ml_flags & METH_KR_PACKED);
}

Result<Ref<>> vectorFromTupleDict(PyObject* callable, vectorcallfunc function, TupleObject* args,
                                  Opt<DictObject> kwargs) {
  auto count = static_cast<size_t>(args->size());
  if (!kwargs || kwargs->size() == 0) return callEntry(callable, function, args->items(), count, nullptr);
  FlatArgs flat;
  TRY(flat.fill(args, kwargs.get(), takesAnyNames(callable)));
  return callEntry(callable, function, flat.data(), count, flat.names());
}

}  // namespace

PyObject* checkCallResult(PyObject* callable, PyObject* result, const char* where) {
  bool pending = currentThread()->curexc_type != nullptr;
  if ((result != nullptr) != pending) [[likely]]
    return result;
  if (!result) {
    if (callable)
      (void)raise(PyExc_SystemError, "%R returned NULL without setting an exception", callable);
    else
      (void)raise(PyExc_SystemError, "%s returned NULL without setting an exception", where);
    return nullptr;
  }
  decref(result);
  if (callable)
    (void)raiseFromCause(PyExc_SystemError, "%R returned a result with an exception set", callable);
  else
    (void)raiseFromCause(PyExc_SystemError, "%s returned a result with an exception set", where);
  return nullptr;
}

Result<Ref<>> callVector(PyObject* callable, PyObject* const* args, size_t nargsf,
                         Opt<TupleObject> keyword_names) {
  if (vectorcallfunc function = vectorcallOf(callable)) [[likely]]
    return callEntry(callable, function, args, nargsf, keyword_names);
  ternaryfunc function = typeOf(callable)->tp_call;
  if (!function) return raiseNotCallable(callable);
  Py_ssize_t count = vectorcallCount(nargsf);
  Ref<TupleObject> tuple = TRY(tupleFromItems(args, count));
  MaybeRef<DictObject> kwargs = TRY(keywordDict(args + count, keyword_names));
  return callSlot(callable, function, tuple, kwargs.opt());
}

Result<Ref<>> callTupleDict(PyObject* callable, TupleObject* args, Opt<DictObject> kwargs) {
  if (vectorcallfunc function = vectorcallOf(callable))
    return vectorFromTupleDict(callable, function, args, kwargs);
  ternaryfunc function = typeOf(callable)->tp_call;
  if (!function) return raiseNotCallable(callable);
  return callSlot(callable, function, args, kwargs);
}

PyObject* vectorcallCall(PyObject* callable, PyObject* args, PyObject* kwargs) {
  // A class with a __call__ of its own has no vectorcall flag, but its instances keep the pointer.
  Py_ssize_t offset = typeOf(callable)->tp_vectorcall_offset;
  auto function =
      offset > 0 ? *reinterpret_cast<vectorcallfunc*>(reinterpret_cast<char*>(callable) + offset) : nullptr;
  if (!function) {
    (void)raise(PyExc_TypeError, "'%.200s' object does not support vectorcall", typeName(callable));
    return nullptr;
  }
  return vectorFromTupleDict(callable, function, cast<TupleObject>(args), static_cast<DictObject*>(kwargs))
      .toC();
}

Result<Ref<>> callMethodVector(StrObject* method_name, PyObject* const* args, size_t nargsf,
                               Opt<TupleObject> keyword_names) {
  Ref<> self = share(args[0]);  // often a field that the method may clear
  MethodLookup method = TRY(methodLookup(args[0], method_name));
  if (method.unbound)
    return callVector(method.callable.get(), args, nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET, keyword_names);
  return callVector(method.callable.get(), args + 1, nargsf - 1, keyword_names);
}

}  // namespace krait
