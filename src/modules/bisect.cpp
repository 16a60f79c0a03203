// The _bisect module.
#include "core/call.h"
#include "core/errors.h"
#include "core/native.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

// Compares through the type's slot directly while both operands have the same type.
class LessThan {
 public:
  Result<bool> operator()(PyObject* left, PyObject* right) {
    richcmpfunc compare = typeOf(left)->tp_richcompare;
    if (typeOf(left) == typeOf(right) && compare) {
      Ref<> answer = TRY(Result<Ref<>>::fromC(compare(left, right, Py_LT)));
      if (answer.get() != Py_NotImplemented) return objectIsTrue(answer);
    }
    Ref<> answer = TRY(richCompare(left, right, Py_LT));
    return objectIsTrue(answer);
  }
};

enum class Side { kLeft, kRight };

Result<Ref<>> itemAt(PyObject* a, Py_ssize_t index) {
  ssizeargfunc get = typeOf(a)->tp_as_sequence ? typeOf(a)->tp_as_sequence->sq_item : nullptr;
  if (get) return Result<Ref<>>::fromC(get(a, index));
  return sequenceGet(a, index);
}

template <Side kSide>
Result<Py_ssize_t> search(PyObject* a, PyObject* x, Py_ssize_t lo, Py_ssize_t hi, PyObject* key) {
  if (lo < 0) return raise(PyExc_ValueError, "lo must be non-negative");
  if (hi == -1) hi = TRY(sequenceLength(a));
  LessThan less;
  while (lo < hi) {
    Py_ssize_t middle = static_cast<Py_ssize_t>((static_cast<size_t>(lo) + static_cast<size_t>(hi)) / 2);
    Ref<> item = TRY(itemAt(a, middle));
    if (key != Py_None) item = TRY(call(key, item.get()));
    if constexpr (kSide == Side::kLeft) {
      if (TRY(less(item, x)))
        lo = middle + 1;
      else
        hi = middle;
    } else {
      if (TRY(less(x, item)))
        hi = middle;
      else
        lo = middle + 1;
    }
  }
  return lo;
}

Result<Py_ssize_t> highBound(PyObject* hi) {
  if (hi == Py_None) return -1;
  return asSsize(hi, PyExc_OverflowError);
}

template <Side kSide>
Result<Py_ssize_t> bisect(PyObject* a, PyObject* x, Py_ssize_t lo, PyObject* hi, PyObject* key) {
  return search<kSide>(a, x, lo, TRY(highBound(hi)), key);
}

template <Side kSide>
Result<Ref<>> insort(PyObject* a, PyObject* x, Py_ssize_t lo, PyObject* hi, PyObject* key) {
  Py_ssize_t bound = TRY(highBound(hi));
  Ref<> sought = key == Py_None ? share(x) : TRY(call(key, x));
  Py_ssize_t index = TRY(search<kSide>(a, sought, lo, bound, key));
  if (isExactList(a)) {
    TRY(listInsert(cast<ListObject>(a), index, x));
  } else {
    Ref<> position = TRY(intObject(index));
    TRY(callMethod(a, name<"insert">(), position.get(), x));
  }
  return none();
}

constinit PyMethodDef kMethods[] = {
    function<"bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)", bisect<Side::kRight>,
             "The index where x goes in a sorted sequence, behind equal items.">,
    function<"insort_right($module, /, a, x, lo=0, hi=None, *, key=None)", insort<Side::kRight>,
             "Inserts x in a sorted list, behind equal items.">,
    function<"bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)", bisect<Side::kLeft>,
             "The index where x goes in a sorted sequence, before equal items.">,
    function<"insort_left($module, /, a, x, lo=0, hi=None, *, key=None)", insort<Side::kLeft>,
             "Inserts x in a sorted list, before equal items.">,
    {}};

Status bisectExec(PyObject*) { return {}; }

constinit PyModuleDef kModule =
    moduleDef<"_bisect", bisectExec>(kMethods, "Binary search in sorted sequences.");

}  // namespace

PyObject* initBisect() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
