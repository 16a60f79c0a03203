// super
#pragma once

#include "core/object.h"

namespace krait {

struct SuperObject : PyObject {
  PyTypeObject* type;      // __thisclass__
  PyObject* object;        // __self__; null: unbound
  PyTypeObject* obj_type;  // __self_class__
};
static_assert(sizeof(SuperObject) == 40);

// The attribute as super(type, object).name finds it: the MRO of obj_type behind type, bound to object.
Result<Ref<>> superGetAttr(PyTypeObject* type, PyObject* object, PyTypeObject* obj_type, StrObject* name);
// Is object an instance or subclass of type, for super? Its class then.
Result<PyTypeObject*> superCheck(PyTypeObject* type, PyObject* object);
Result<Ref<>> superNew(PyTypeObject* type, PyObject* object);
// As superGetAttr, for a method call: `unbound` set when the result takes self explicitly.
Result<Ref<>> superGetMethod(PyTypeObject* type, PyObject* object, PyTypeObject* obj_type, StrObject* name,
                             bool* unbound);

}  // namespace krait
