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
Result<Ref<StrObject>> floatFormat(FloatObject* v, StrObject* spec);  // float.__format__
// Python's meaning of the operators on doubles; division by zero raises.
Result<double> doubleModulo(double a, double b);
Result<double> doubleFloorDivide(double a, double b);
// Exact; a double whose fraction does not matter for the caller.
struct DoublePair {
  double quotient, remainder;
};
DoublePair doubleDivmod(double a, double b);  // b != 0
// Parses float("...") of characters that are ASCII already; false: malformed. Underscores between digits are
// allowed.
Result<bool> doubleFromText(std::string_view ascii, double* out);
Result<Ref<>> floatRoundDigits(double value, long digits);
void floatClearFreeList();
Py_hash_t doubleHash(PyObject* object, double value);  // nan: by identity

}  // namespace krait
