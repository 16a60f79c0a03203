// list
#pragma once

#include "core/result.h"
#include "types/tuple.h"

namespace krait {

struct ListObject : PyVarObject {
  PyObject** ob_item;
  Py_ssize_t allocated;

  Py_ssize_t size() const { return ob_size; }
  PyObject* at(Py_ssize_t i) const { return ob_item[i]; }
};

inline bool isList(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_LIST_SUBCLASS); }
inline bool isExactList(const PyObject* o) { return isExact(o, &PyList_Type); }

Result<Ref<ListObject>> listNew(Py_ssize_t size = 0);  // items null: fill before anybody sees it
Result<Ref<ListObject>> listWithRoom(
    Py_ssize_t capacity);  // empty; the first `capacity` appends allocate nothing
// The room that the lists of split() have at first.
constexpr Py_ssize_t splitRoom(Py_ssize_t max_split) { return max_split < 12 ? max_split + 1 : 12; }
Result<Ref<ListObject>> listFromItems(PyObject* const* borrowed, Py_ssize_t size);
Status listAppend(ListObject* list, PyObject* item);
Status listAppend(ListObject* list, Ref<> item);
Status listInsert(ListObject* list, Py_ssize_t index, PyObject* item);
Status listExtend(ListObject* list, PyObject* iterable);
Status listSetItem(ListObject* list, Py_ssize_t index, Ref<> item);  // IndexError when out of range
Result<Ref<>> listGetItem(ListObject* list, Py_ssize_t index);       // negative from the end; IndexError
Result<Ref<ListObject>> listSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop);
Status listSetSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop, Opt<> iterable);
Status listSort(ListObject* list, Opt<> key, bool reverse);
Status listReverse(ListObject* list);
Result<Ref<TupleObject>> listAsTuple(ListObject* list);
Result<Ref<>> listPop(ListObject* list, Py_ssize_t index);
void listClear(ListObject* list);

}  // namespace krait
