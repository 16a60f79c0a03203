// bool: two immortal ints.
#pragma once

#include "types/int.h"

extern "C" krait::IntObject _Py_TrueStruct, _Py_FalseStruct;
#define Py_True (static_cast<PyObject*>(&_Py_TrueStruct))
#define Py_False (static_cast<PyObject*>(&_Py_FalseStruct))

namespace krait {
inline bool isBool(const PyObject* o) { return isExact(o, &PyBool_Type); }
inline Ref<> boolRef(bool value) { return share(value ? Py_True : Py_False); }
}  // namespace krait
