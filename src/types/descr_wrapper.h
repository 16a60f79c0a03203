// Slot wrappers: how int.__add__ calls nb_add.
//
// SlotDef has the layout of CPython's wrapperbase, which Cython modules copy; only the meaning of `wrapper`
// is ours.
#pragma once

#include "types/descr.h"

namespace krait {

struct WrapperArgs {
  PyObject* const* items;  // without self
  Py_ssize_t count;
  Opt<DictObject> kwargs;
};
using SlotWrapper = PyObject* (*)(PyObject* self, const WrapperArgs& args, void* wrapped);

constexpr int kWrapperTakesKeywords = 1;

struct SlotDef {
  const char* name;
  int offset;           // in PyHeapTypeObject
  void* function;       // the slot's value for classes that define the method in Python; null: none
  SlotWrapper wrapper;  // null: no descriptor is made for this slot
  const char* doc;
  int flags;
  PyObject* name_strobj;  // interned
};
static_assert(sizeof(SlotDef) == 56 && offsetof(SlotDef, name_strobj) == 48);

struct WrapperDescrObject : DescrObject {
  SlotDef* d_base;
  void* d_wrapped;
};
static_assert(sizeof(WrapperDescrObject) == 56);

Result<Ref<>> wrapperDescrNew(PyTypeObject* type, SlotDef* def, void* wrapped);
Result<Ref<>> methodWrapperNew(WrapperDescrObject* descr, PyObject* self);
// Calls the slot on args[0] without packing arguments; for the evaluator's calls of `super().__init__(...)`
// and alike.
Result<Ref<>> wrapperDescrCall(WrapperDescrObject* descr, PyObject* const* args, Py_ssize_t count,
                               Opt<DictObject> kwargs);

}  // namespace krait
