// Operators on one-digit ints and on floats, in line.
#pragma once

#include "bytecode/opcode.h"
#include "interp/dispatch.h"
#include "types/float.h"
#include "types/int_inline.h"

namespace krait {

KR_ALWAYS_INLINE bool compactInt(PyObject* object, long* value) {
  if (!isExactInt(object) || !cast<IntObject>(object)->isCompact()) return false;
  *value = cast<IntObject>(object)->compactValue();
  return true;
}

// x op y; false: the long way (division by zero, odd shift counts, true division, powers).
KR_ALWAYS_INLINE bool intOperate(uint32_t op, long x, long y, long* out) {
  switch (static_cast<BinaryOp>(op)) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd: *out = x + y; return true;
    case BinaryOp::kSubtract:
    case BinaryOp::kInplaceSubtract: *out = x - y; return true;
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply: *out = x * y; return true;
    case BinaryOp::kAnd:
    case BinaryOp::kInplaceAnd: *out = x & y; return true;
    case BinaryOp::kOr:
    case BinaryOp::kInplaceOr: *out = x | y; return true;
    case BinaryOp::kXor:
    case BinaryOp::kInplaceXor: *out = x ^ y; return true;
    case BinaryOp::kRshift:
    case BinaryOp::kInplaceRshift:
      if (y < 0) return false;
      *out = x >> (y < 63 ? y : 63);
      return true;
    case BinaryOp::kLshift:
    case BinaryOp::kInplaceLshift:
      if (static_cast<unsigned long>(y) > 32) return false;
      *out = static_cast<long>(static_cast<unsigned long>(x) << y);
      return true;
    case BinaryOp::kFloorDivide:
    case BinaryOp::kInplaceFloorDivide: {
      if (y == 0) return false;
      int a = static_cast<int>(x), b = static_cast<int>(y), quotient = a / b;
      *out = quotient - ((a % b != 0) & ((a ^ b) < 0));
      return true;
    }
    case BinaryOp::kRemainder:
    case BinaryOp::kInplaceRemainder: {
      if (y == 0) return false;
      int a = static_cast<int>(x), b = static_cast<int>(y), rest = a % b;
      *out = rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
      return true;
    }
    default: return false;
  }
}
constexpr bool intOperates(BinaryOp op) {
  switch (op) {
    case BinaryOp::kMatrixMultiply:
    case BinaryOp::kInplaceMatrixMultiply:
    case BinaryOp::kPower:
    case BinaryOp::kInplacePower:
    case BinaryOp::kTrueDivide:
    case BinaryOp::kInplaceTrueDivide: return false;
    default: return true;
  }
}

// Puts an int into a variable, into the old value's object where nobody else holds that. False: raised.
KR_ALWAYS_INLINE bool intStore(PyObject*& variable, long value) {
  PyObject* old = variable;
  if (!isSmallInt(value) && old && fitsOneDigit(value) && intIsReusable(old)) {
    intSetCompact(cast<IntObject>(old), value);
    return true;
  }
  PyObject* made = intMake(value);
  if (!made) [[unlikely]]
    return false;
  variable = made;
  xdecref(old);
  return true;
}

// A float, or an int of one digit, as a double.
KR_ALWAYS_INLINE bool plainDouble(PyObject* object, double* value) {
  if (isExactFloat(object)) {
    *value = cast<FloatObject>(object)->value;
    return true;
  }
  long small;
  if (!compactInt(object, &small)) return false;
  *value = static_cast<double>(small);
  return true;
}

KR_ALWAYS_INLINE bool floatOperate(uint32_t op, double x, double y, double* out) {
  switch (static_cast<BinaryOp>(op)) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd: *out = x + y; return true;
    case BinaryOp::kSubtract:
    case BinaryOp::kInplaceSubtract: *out = x - y; return true;
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply: *out = x * y; return true;
    case BinaryOp::kTrueDivide:
    case BinaryOp::kInplaceTrueDivide:
      if (y == 0.0) return false;
      *out = x / y;
      return true;
    default: return false;
  }
}
constexpr bool floatOperates(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd:
    case BinaryOp::kSubtract:
    case BinaryOp::kInplaceSubtract:
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply:
    case BinaryOp::kTrueDivide:
    case BinaryOp::kInplaceTrueDivide: return true;
    default: return false;
  }
}

KR_ALWAYS_INLINE bool floatStore(PyObject*& variable, double value) {
  PyObject* old = variable;
  if (old && old->ob_refcnt == 1 && isExactFloat(old)) {
    cast<FloatObject>(old)->value = value;
    return true;
  }
  PyObject* made = floatNew(value).toC();
  if (!made) [[unlikely]]
    return false;
  variable = made;
  xdecref(old);
  return true;
}

}  // namespace krait
