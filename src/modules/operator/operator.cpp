// The _operator module: the operators as functions.
#include "core/call.h"
#include "modules/operator/getters.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

namespace krait::modules {
namespace {

template <int kOp>
Result<Ref<>> compareOp(PyObject* a, PyObject* b) {
  return richCompare(a, b, kOp);
}
Result<Ref<>> powerOp(PyObject* a, PyObject* b) { return numberPower(a, b, Py_None); }
Result<Ref<>> inPlacePowerOp(PyObject* a, PyObject* b) { return numberInPlacePower(a, b, Py_None); }
Result<bool> truthOp(PyObject* a) { return objectIsTrue(a); }
Result<bool> notOp(PyObject* a) { return !TRY(objectIsTrue(a)); }
bool isOp(PyObject* a, PyObject* b) { return a == b; }
bool isNotOp(PyObject* a, PyObject* b) { return a != b; }
Result<Ref<>> indexOp(PyObject* a) { return TRY(numberIndex(a)); }
Status setItemOp(PyObject* a, PyObject* b, PyObject* c) { return itemSet(a, b, c); }
Result<Py_ssize_t> lengthHintOp(PyObject* object, Py_ssize_t fallback) {
  return lengthHint(object, fallback);
}

Result<Ref<>> callOp(CallArgs args) {
  if (args.count < 1) return raise(PyExc_TypeError, "call expected at least 1 argument, got 0");
  return callVector(args.values[0], args.values + 1,
                    static_cast<size_t>(args.count - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, args.names);
}

// The time depends on the second operand's length only, not on where the two differ.
bool equalInConstantTime(const uint8_t* a, Py_ssize_t a_size, const uint8_t* b, Py_ssize_t b_size) {
  const volatile uint8_t* left = a_size == b_size ? a : b;
  const volatile uint8_t* right = b;
  volatile uint8_t difference = a_size == b_size ? 0 : 1;
  for (Py_ssize_t i = 0; i < b_size; i++) difference = difference | (left[i] ^ right[i]);
  return difference == 0;
}

Result<bool> compareDigest(PyObject* a, PyObject* b) {
  if (isStr(a) && isStr(b)) {
    auto *left = cast<StrObject>(a), *right = cast<StrObject>(b);
    if (!left->isAscii() || !right->isAscii()) {
      return raise(PyExc_TypeError, "comparing strings with non-ASCII characters is not supported");
    }
    return equalInConstantTime(static_cast<const uint8_t*>(left->data()), left->size(),
                               static_cast<const uint8_t*>(right->data()), right->size());
  }
  if (!hasBuffer(a) && !hasBuffer(b)) {
    return raise(PyExc_TypeError,
                 "unsupported operand types(s) or combination of types: '%.100s' and '%.100s'", typeName(a),
                 typeName(b));
  }
  Buffer left = TRY(Buffer::acquire(a));
  if (left.view()->ndim > 1) return raise(PyExc_BufferError, "Buffer must be single dimension");
  Buffer right = TRY(Buffer::acquire(b));
  if (right.view()->ndim > 1) return raise(PyExc_BufferError, "Buffer must be single dimension");
  return equalInConstantTime(left.data(), left.size(), right.data(), right.size());
}

constinit PyMethodDef kMethods[] = {
    function<"truth($module, a, /)", truthOp, "Whether a is true.">,
    function<"contains($module, a, b, /)", sequenceContains, "b in a (operands swapped).">,
    function<"indexOf($module, a, b, /)", sequenceIndex, "The first index of b in a.">,
    function<"countOf($module, a, b, /)", sequenceCount, "How often b occurs in a.">,
    function<"is_($module, a, b, /)", isOp, "a is b">,
    function<"is_not($module, a, b, /)", isNotOp, "a is not b">,
    function<"index($module, a, /)", indexOp, "a.__index__()">,
    function<"add($module, a, b, /)", numberAdd, "a + b">,
    function<"sub($module, a, b, /)", numberSubtract, "a - b">,
    function<"mul($module, a, b, /)", numberMultiply, "a * b">,
    function<"matmul($module, a, b, /)", numberMatrixMultiply, "a @ b">,
    function<"floordiv($module, a, b, /)", numberFloorDivide, "a // b">,
    function<"truediv($module, a, b, /)", numberTrueDivide, "a / b">,
    function<"mod($module, a, b, /)", numberRemainder, "a % b">,
    function<"neg($module, a, /)", numberNegative, "-a">,
    function<"pos($module, a, /)", numberPositive, "+a">,
    function<"abs($module, a, /)", numberAbsolute, "abs(a)">,
    function<"inv($module, a, /)", numberInvert, "~a">,
    function<"invert($module, a, /)", numberInvert, "~a">,
    function<"lshift($module, a, b, /)", numberLshift, "a << b">,
    function<"rshift($module, a, b, /)", numberRshift, "a >> b">,
    function<"not_($module, a, /)", notOp, "not a">,
    function<"and_($module, a, b, /)", numberAnd, "a & b">,
    function<"xor($module, a, b, /)", numberXor, "a ^ b">,
    function<"or_($module, a, b, /)", numberOr, "a | b">,
    function<"iadd($module, a, b, /)", numberInPlaceAdd, "a += b">,
    function<"isub($module, a, b, /)", numberInPlaceSubtract, "a -= b">,
    function<"imul($module, a, b, /)", numberInPlaceMultiply, "a *= b">,
    function<"imatmul($module, a, b, /)", numberInPlaceMatrixMultiply, "a @= b">,
    function<"ifloordiv($module, a, b, /)", numberInPlaceFloorDivide, "a //= b">,
    function<"itruediv($module, a, b, /)", numberInPlaceTrueDivide, "a /= b">,
    function<"imod($module, a, b, /)", numberInPlaceRemainder, "a %= b">,
    function<"ilshift($module, a, b, /)", numberInPlaceLshift, "a <<= b">,
    function<"irshift($module, a, b, /)", numberInPlaceRshift, "a >>= b">,
    function<"iand($module, a, b, /)", numberInPlaceAnd, "a &= b">,
    function<"ixor($module, a, b, /)", numberInPlaceXor, "a ^= b">,
    function<"ior($module, a, b, /)", numberInPlaceOr, "a |= b">,
    function<"concat($module, a, b, /)", sequenceConcat, "a + b, for sequences.">,
    function<"iconcat($module, a, b, /)", sequenceInPlaceConcat, "a += b, for sequences.">,
    function<"getitem($module, a, b, /)", itemGet, "a[b]">,
    function<"setitem($module, a, b, c, /)", setItemOp, "a[b] = c">,
    function<"delitem($module, a, b, /)", itemDelete, "del a[b]">,
    function<"pow($module, a, b, /)", powerOp, "a ** b">,
    function<"ipow($module, a, b, /)", inPlacePowerOp, "a **= b">,
    function<"eq($module, a, b, /)", compareOp<Py_EQ>, "a == b">,
    function<"ne($module, a, b, /)", compareOp<Py_NE>, "a != b">,
    function<"lt($module, a, b, /)", compareOp<Py_LT>, "a < b">,
    function<"le($module, a, b, /)", compareOp<Py_LE>, "a <= b">,
    function<"gt($module, a, b, /)", compareOp<Py_GT>, "a > b">,
    function<"ge($module, a, b, /)", compareOp<Py_GE>, "a >= b">,
    function<"_compare_digest($module, a, b, /)", compareDigest,
             "a == b, in a time that tells little about them.">,
    function<"length_hint($module, obj, default=0, /)", lengthHintOp,
             "An estimate of the number of items in obj.">,
    function<"call($module, obj, /, *args, **kwargs)", callOp, "obj(*args, **kwargs)">,
    {}};

PyModuleDef kModule = moduleDef<"_operator", addGetters>(kMethods, "The operators of Python as functions.");

}  // namespace

PyObject* initOperator() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
