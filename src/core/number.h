// Numbers: the binary and unary operators with their slot dispatch, and conversions to C values.
#pragma once

#include "core/result.h"

namespace krait {

struct IntObject;
struct FloatObject;

Result<Ref<>> numberAdd(PyObject* left, PyObject* right);
Result<Ref<>> numberSubtract(PyObject* left, PyObject* right);
Result<Ref<>> numberMultiply(PyObject* left, PyObject* right);
Result<Ref<>> numberMatrixMultiply(PyObject* left, PyObject* right);
Result<Ref<>> numberFloorDivide(PyObject* left, PyObject* right);
Result<Ref<>> numberTrueDivide(PyObject* left, PyObject* right);
Result<Ref<>> numberRemainder(PyObject* left, PyObject* right);
Result<Ref<>> numberDivmod(PyObject* left, PyObject* right);
Result<Ref<>> numberPower(PyObject* left, PyObject* right,
                          PyObject* modulus);  // modulus: Py_None when there is none
Result<Ref<>> numberLshift(PyObject* left, PyObject* right);
Result<Ref<>> numberRshift(PyObject* left, PyObject* right);
Result<Ref<>> numberAnd(PyObject* left, PyObject* right);
Result<Ref<>> numberXor(PyObject* left, PyObject* right);
Result<Ref<>> numberOr(PyObject* left, PyObject* right);

Result<Ref<>> numberInPlaceAdd(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceSubtract(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceMultiply(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceMatrixMultiply(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceFloorDivide(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceTrueDivide(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceRemainder(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlacePower(PyObject* left, PyObject* right, PyObject* modulus);
Result<Ref<>> numberInPlaceLshift(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceRshift(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceAnd(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceXor(PyObject* left, PyObject* right);
Result<Ref<>> numberInPlaceOr(PyObject* left, PyObject* right);

// Only the number slots; NotImplemented when neither operand knows (for the sequence protocol).
Result<Ref<>> numberTryAdd(PyObject* left, PyObject* right, bool in_place);
Result<Ref<>> numberTryMultiply(PyObject* left, PyObject* right, bool in_place);

// By NB_* operator number of BINARY_OP's oparg (0..25), in-place ones included.
Result<Ref<>> numberBinaryOp(int nb_op, PyObject* left, PyObject* right);

Result<Ref<>> numberNegative(PyObject* object);
Result<Ref<>> numberPositive(PyObject* object);
Result<Ref<>> numberAbsolute(PyObject* object);
Result<Ref<>> numberInvert(PyObject* object);

bool isNumber(PyObject* object);                         // PyNumber_Check
bool isIndex(PyObject* object);                          // has nb_index
Result<Ref<IntObject>> numberIndex(PyObject* object);    // __index__, exact int
Result<Ref<IntObject>> numberInt(PyObject* object);      // int(object)
Result<Ref<FloatObject>> numberFloat(PyObject* object);  // float(object)
// __index__ as a Py_ssize_t. overflow_error absent: clip; otherwise raise that type.
Result<Py_ssize_t> asSsize(PyObject* object, Opt<> overflow_error);
Result<long> asLong(PyObject* object);      // OverflowError "Python int too large to convert to C long"
Result<int> asInt(PyObject* object);        // "Python int too large to convert to C int"
Result<double> asDouble(PyObject* object);  // float or __float__ or __index__: "must be real number, not str"
Result<unsigned long> asUnsignedLong(PyObject* object);  // int only
unsigned long asUnsignedLongMask(PyObject* object, bool* failed);

}  // namespace krait
