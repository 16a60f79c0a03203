// What the list*.cpp files share.
#pragma once

#include <cstring>

#include "core/gc.h"
#include "core/native.h"
#include "types/arg_checks.h"
#include "types/iter_support.h"
#include "types/list.h"

namespace krait {

// Makes room for `size` items with CPython's growth pattern and sets the size; new items are uninitialised.
Status listResize(ListObject* list, Py_ssize_t size);
// For a list that owns no storage yet: room for `size` items, the size stays 0.
Status listReserveExact(ListObject* list, Py_ssize_t size);
Status listAssignSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop, Opt<> value);
Status listAssignSubscript(ListObject* list, PyObject* key, Opt<> value);
Result<Ref<>> listSubscript(ListObject* list, PyObject* key);
Result<Ref<>> listReversedIter(ListObject* list);
Result<Ref<>> listIter(PyObject* list);
Status listSortMethod(ListObject* list, PyObject* key, IntFlag reverse);

}  // namespace krait

extern "C" {
extern PyTypeObject PyListIter_Type, PyListRevIter_Type;
Py_hash_t PyObject_HashNotImplemented(PyObject* self);
}
