// atexit: functions to call when the interpreter ends.
#include "modules/atexit.h"

#include <vector>

#include "core/call.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait {
namespace {

struct Callback {
  PyObject *function, *args, *kwargs;  // owned; kwargs may be null; function null: unregistered
};

using Callbacks = std::vector<Callback>;

Callbacks& callbacks() {
  void*& list = interpreter().exit_callbacks;
  if (!list) list = new Callbacks;
  return *static_cast<Callbacks*>(list);
}

void drop(Callback& callback) {
  Callback old = std::exchange(callback, Callback{});
  xdecref(old.function);
  xdecref(old.args);
  xdecref(old.kwargs);
}

void clearAll() {
  std::vector<Callback> taken;
  taken.swap(callbacks());
  for (Callback& callback : taken) drop(callback);
}

Result<Ref<>> atexitRegister(CallArgs args) {
  if (args.count == 0) return raise(PyExc_TypeError, "register() takes at least 1 argument (0 given)");
  PyObject* function = args.values[0];
  if (!isCallable(function)) return raise(PyExc_TypeError, "the first argument must be callable");
  Ref<TupleObject> rest = TRY(tupleFromItems(args.values + 1, args.count - 1));
  MaybeRef<DictObject> kwargs;
  if (args.names && args.names->size() > 0) {
    Ref<DictObject> dict = TRY(dictNew());
    for (Py_ssize_t i = 0; i < args.names->size(); i++)
      TRY(dictSet(dict, args.names->at(i), args.values[args.count + i]));
    kwargs = std::move(dict);
  }
  TRY(reserveMore(callbacks(), 1));
  callbacks().push_back({share(function).leak(), std::move(rest).leak(), std::move(kwargs).leak()});
  return share(function);
}

Result<Ref<>> atexitUnregister(PyObject* function) {
  for (size_t i = 0; i < callbacks().size(); i++) {
    if (!callbacks()[i].function) continue;
    auto candidate = share(callbacks()[i].function);
    bool same = TRY(richCompareBool(candidate.get(), function, Py_EQ));
    if (same && i < callbacks().size()) drop(callbacks()[i]);
  }
  return none();
}

Result<Ref<>> atexitClear() { return clearAll(), none(); }
Result<Ref<>> atexitRun() { return modules::atexitRunCallbacks(), none(); }
Py_ssize_t atexitCount() { return static_cast<Py_ssize_t>(callbacks().size()); }

constinit PyMethodDef kAtexitMethods[] = {
    function<"!register($module, func, /, *args, **kwargs)", atexitRegister,
             "Register a function to be called at the end.">,
    function<"!_clear($module, /)", atexitClear, "Forget all registered functions.">,
    function<"!unregister($module, func, /)", atexitUnregister, "Forget one registered function.">,
    function<"!_run_exitfuncs($module, /)", atexitRun, "Run all registered functions.">,
    function<"!_ncallbacks($module, /)", atexitCount, "Number of registered functions.">,
    {}};

Status atexitExec(PyObject*) { return {}; }
constinit PyModuleDef kAtexitModule =
    moduleDef<"atexit", atexitExec>(kAtexitMethods, "Functions to call at the end.");

}  // namespace

namespace modules {

void atexitRunCallbacks() {
  for (size_t i = callbacks().size(); i-- > 0;) {
    if (i >= callbacks().size() || !callbacks()[i].function) continue;
    auto function = share(callbacks()[i].function);
    auto args = share(callbacks()[i].args);
    auto kwargs = MaybeRef<>::share(callbacks()[i].kwargs);
    auto result =
        callTupleDict(function.get(), cast<TupleObject>(args.get()), static_cast<DictObject*>(kwargs.get()));
    if (result.failed()) writeUnraisable(function.get(), "in atexit callback");
  }
  clearAll();
}

void atexitForget() {
  clearAll();
  delete static_cast<Callbacks*>(std::exchange(interpreter().exit_callbacks, nullptr));
}

PyObject* initAtexit() { return moduleDefInit(&kAtexitModule); }

}  // namespace modules
}  // namespace krait
