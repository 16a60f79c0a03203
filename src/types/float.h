// float
#pragma once

#include "core/result.h"
#include "types/str.h"

namespace krait {

struct FloatObject : PyObject {
  double value;
};

inline bool isExactFloat(const PyObject* o) { return isExact(o, &PyFloat_Type); }
inline bool isFloat(const PyObject* o) { return isInstanceOf(o, &PyFloat_Type); }
Result<Ref<FloatObject>> floatNew(double value);
Result<Ref<FloatObject>> floatFromStr(PyObject* str_or_bytes);  // float("...")
Result<Ref<StrObject>> floatRepr(FloatObject* v);
Py_hash_t doubleHash(PyObject* object, double value);           // nan: by identity

}  // namespace krait
