// builtins: iteration and what reduces an iterable.
#include <cmath>

#include "core/call.h"
#include "core/number.h"
#include "interp/gen.h"
#include "modules/builtins_functions.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/str.h"

namespace krait::modules {
namespace {

Result<bool> builtinAll(PyObject* iterable) {
  Ref<> iterator = TRY(getIter(iterable));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator.get()));
    if (!item) return true;
    if (!TRY(objectIsTrue(item.get()))) return false;
  }
}

Result<bool> builtinAny(PyObject* iterable) {
  Ref<> iterator = TRY(getIter(iterable));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator.get()));
    if (!item) return false;
    if (TRY(objectIsTrue(item.get()))) return true;
  }
}

Result<Ref<>> builtinIter(CallArgs args) {
  TRY(checkCount("iter", args, 1, 2));
  if (args.count == 1) return getIter(args.values[0]);
  if (!isCallable(args.values[0])) return raise(PyExc_TypeError, "iter(v, w): v must be callable");
  return callIterNew(args.values[0], args.values[1]);
}

Result<Ref<>> builtinNext(CallArgs args) {
  TRY(checkCount("next", args, 1, 2));
  PyObject* iterator = args.values[0];
  if (!isIterator(iterator))
    return raise(PyExc_TypeError, "'%.200s' object is not an iterator", typeName(iterator));
  Ref<> held = share(iterator);
  PyObject* value = typeOf(iterator)->tp_iternext(iterator);
  if (value) return Ref<>::steal(value);
  if (args.count == 2) {
    if (exceptionPending()) {
      if (!pendingMatches(PyExc_StopIteration)) return Raised{};
      clearPending();
    }
    return share(args.values[1]);
  }
  if (exceptionPending()) return Raised{};
  return raiseNone(PyExc_StopIteration);
}

Result<Ref<>> builtinAiter(PyObject* async_iterable) {
  PyAsyncMethods* methods = typeOf(async_iterable)->tp_as_async;
  if (!methods || !methods->am_aiter) {
    return raise(PyExc_TypeError, "'%.200s' object is not an async iterable", typeName(async_iterable));
  }
  Ref<> iterator = TRY(Result<Ref<>>::fromC(methods->am_aiter(async_iterable)));
  PyAsyncMethods* its = typeOf(iterator.get())->tp_as_async;
  if (!its || !its->am_anext) {
    return raise(PyExc_TypeError, "aiter() returned not an async iterator of type '%.200s'",
                 typeName(iterator.get()));
  }
  return iterator;
}

Result<Ref<>> builtinAnext(PyObject* aiterator, Opt<> fallback) {
  PyAsyncMethods* methods = typeOf(aiterator)->tp_as_async;
  if (!methods || !methods->am_anext) {
    return raise(PyExc_TypeError, "'%.200s' object is not an async iterator", typeName(aiterator));
  }
  Ref<> awaitable = TRY(Result<Ref<>>::fromC(methods->am_anext(aiterator)));
  if (!fallback) return awaitable;
  return anextAwaitableNew(awaitable.get(), fallback.get());
}

Result<Ref<>> builtinSorted(CallArgs args) {
  if (args.count != 1) {
    return raise(PyExc_TypeError, "sorted expected 1 argument, got %zd", args.count);
  }
  Ref<ListObject> list = TRY(sequenceList(args.values[0]));
  Ref<> sort = TRY(attrGet(list.get(), name<"sort">()));
  TRY(callVector(sort.get(), args.values + 1, 0, args.names));
  return list;
}

// --- min and max ---

struct Extreme {
  const char* function;
  int op;
  Opt<> key;

  MaybeRef<> best, best_key;

  Result<bool> goesBefore(PyObject* rank) {
    PyObject* other = best_key.get();
    if (isExactInt(rank) && isExactInt(other)) {
      int order = intCompare(cast<IntObject>(rank), cast<IntObject>(other));
      return op == Py_LT ? order < 0 : order > 0;
    }
    return richCompareBool(rank, other, op);
  }
  Status consider(Ref<> item) {
    Ref<> rank = key ? TRY(call(key.get(), item.get())) : item.clone();
    if (best && !TRY(goesBefore(rank.get()))) return {};
    best = std::move(item);
    best_key = std::move(rank);
    return {};
  }
};

Result<Ref<>> extreme(const char* function, int op, CallArgs args) {
  const char* const kNames[] = {"key", "default", nullptr};
  PyObject* options[2] = {};
  if (args.count == 0) return raise(PyExc_TypeError, "%s expected at least 1 argument, got 0", function);
  Py_ssize_t keywords = args.names ? args.names->size() : 0;
  if (keywords > 2)
    return raise(PyExc_TypeError, "%s() takes at most 2 keyword arguments (%zd given)", function, keywords);
  TRY(bindKeywordsOnly(function, args, kNames, options));
  if (args.count > 1 && options[1]) {
    return raise(PyExc_TypeError, "Cannot specify a default for %s() with multiple positional arguments",
                 function);
  }
  Extreme state{function, op, options[0] && options[0] != Py_None ? options[0] : nullptr, {}, {}};
  if (args.count > 1) {
    for (Py_ssize_t i = 0; i < args.count; i++) TRY(state.consider(share(args.values[i])));
  } else {
    TRY(forEach(args.values[0], [&](Ref<> item) { return state.consider(std::move(item)); }));
  }
  if (state.best) return std::move(state.best).take();
  if (options[1]) return share(options[1]);
  return raise(PyExc_ValueError, "%s() arg is an empty sequence", function);
}

Result<Ref<>> builtinMin(CallArgs args) { return extreme("min", Py_LT, args); }
Result<Ref<>> builtinMax(CallArgs args) { return extreme("max", Py_GT, args); }

// --- sum ---

// Adds ints in a machine word as long as they fit. Answers false when `item` has to be added generally.
struct IntSum {
  long total;
  bool add(PyObject* item) {
    long value;
    if (!(isExactInt(item) || isBool(item)) || !intFitsLong(static_cast<IntObject*>(item), &value))
      return false;
    long sum;
    if (__builtin_add_overflow(total, value, &sum)) return false;
    total = sum;
    return true;
  }
};

// The same for floats, into which ints that fit are mixed.
bool addToDouble(double* total, PyObject* item) {
  if (isExactFloat(item)) {
    *total += cast<FloatObject>(item)->value;
    return true;
  }
  long value;
  if (isExactInt(item) && intFitsLong(static_cast<IntObject*>(item), &value)) {
    *total += static_cast<double>(value);
    return true;
  }
  return false;
}

Status rejectText(PyObject* start) {
  if (isStr(start)) return raise(PyExc_TypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  if (isBytes(start)) return raise(PyExc_TypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
  if (isByteArray(start))
    return raise(PyExc_TypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
  return {};
}

class Summing {
 public:
  explicit Summing(Ref<> start) : total_(std::move(start)) { choose(); }

  Status add(PyObject* item) {
    if (mode_ == kInt) {
      if (ints_.add(item)) return {};
      TRY(leaveFast());
    } else if (mode_ == kDouble) {
      if (addToDouble(&double_, item)) return {};
      TRY(leaveFast());
    }
    total_ = TRY(numberAdd(total_.get(), item));
    choose();
    return {};
  }
  // Adds the items at the front that are machine numbers, which runs no code of others. How many these were.
  Py_ssize_t addNumbers(PyObject* const* items, Py_ssize_t count) {
    Py_ssize_t i = 0;
    if (mode_ == kInt)
      while (i < count && ints_.add(items[i])) i++;
    else if (mode_ == kDouble)
      while (i < count && addToDouble(&double_, items[i])) i++;
    return i;
  }
  Result<Ref<>> finish() {
    TRY(leaveFast());
    return std::move(total_);
  }

 private:
  enum Mode { kGeneral, kInt, kDouble };
  void choose() {
    mode_ = kGeneral;
    if (isExactInt(total_.get()) && intFitsLong(static_cast<IntObject*>(total_.get()), &ints_.total))
      mode_ = kInt;
    if (isExactFloat(total_.get())) mode_ = kDouble, double_ = cast<FloatObject>(total_.get())->value;
  }
  Status leaveFast() {
    if (mode_ == kInt) total_ = TRY(intFromLong(ints_.total));
    if (mode_ == kDouble) total_ = TRY(floatNew(double_));
    mode_ = kGeneral;
    return {};
  }
  Ref<> total_;
  Mode mode_ = kGeneral;
  IntSum ints_{};
  double double_ = 0;
};

// A list may change while its items are added.
Result<Ref<>> sumOfSequence(PyObject* list_or_tuple, Summing& sum) {
  for (Py_ssize_t i = 0;;) {
    i += sum.addNumbers(fastItems(list_or_tuple) + i, fastSize(list_or_tuple) - i);
    if (i >= fastSize(list_or_tuple)) return sum.finish();
    Ref<> item = share(fastItems(list_or_tuple)[i++]);
    TRY(sum.add(item.get()));
  }
}

Result<Ref<>> builtinSum(PyObject* iterable, Opt<> start) {
  bool in_memory = isExactList(iterable) || isExactTuple(iterable);
  MaybeRef<> iterator;
  if (!in_memory) iterator = TRY(getIter(iterable));
  if (start) TRY(rejectText(start.get()));
  Summing sum(start ? share(start.get()) : share<PyObject>(smallInt(0)));
  if (in_memory) return sumOfSequence(iterable, sum);
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator.get()));
    if (!item) return sum.finish();
    TRY(sum.add(item.get()));
  }
}

}  // namespace

constinit PyMethodDef kBuiltinIterFunctions[] = {
    function<"aiter($module, async_iterable, /)", builtinAiter, "An asynchronous iterator over an object.">,
    function<"all($module, iterable, /)", builtinAll, "Whether every item is true.">,
    function<"anext($module, aiterator, default=<unrepresentable>, /)", builtinAnext,
             "An awaitable for the next item, or for the default at the end.">,
    function<"any($module, iterable, /)", builtinAny, "Whether some item is true.">,
    function<"!iter($module, *args)", builtinIter,
             "iter(iterable) or iter(callable, sentinel): an iterator.">,
    function<"!%max($module, *args, **kwargs)", builtinMax,
             "max(iterable, *[, default=obj, key=func]) or max(a, b, ...): the largest item.">,
    function<"!%min($module, *args, **kwargs)", builtinMin,
             "min(iterable, *[, default=obj, key=func]) or min(a, b, ...): the smallest item.">,
    function<"!next($module, *args)", builtinNext, "next(iterator[, default]): the next item.">,
    function<"sorted($module, iterable, /, *, key=None, reverse=False)", builtinSorted,
             "A new sorted list of the items.">,
    function<"sum($module, iterable, /, start=0)", builtinSum, "The sum of the items and a start value.">,
    {}};

}  // namespace krait::modules
