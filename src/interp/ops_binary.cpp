// Unary and binary operators.
#include "core/number.h"
#include "interp/inline_cache.h"
#include "types/bool.h"
#include "types/float.h"
#include "types/int.h"

namespace krait {

OP_BODY(UNARY_POSITIVE) {
  sp.replaceTop(OP_TRY(numberPositive(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(UNARY_NEGATIVE) {
  sp.replaceTop(OP_TRY(numberNegative(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(UNARY_INVERT) {
  sp.replaceTop(OP_TRY(numberInvert(sp.peek(0))));
  return Step::kNext;
}

OP_BODY(UNARY_NOT) {
  PyObject* value = sp.peek(0);
  bool truth = value == Py_True || (value != Py_False && OP_TRY(objectIsTrue(value)));
  sp.replaceTop(boolRef(!truth));
  return Step::kNext;
}

OP_BODY(BINARY_OP) {
  sp.pop2Push(OP_TRY(numberBinaryOp(static_cast<int>(oparg), sp.peek(1), sp.peek(0))));
  return Step::kNext;
}

OP_ADAPTIVE(BINARY_OP_ADAPTIVE, BINARY_OP,
            specializeBinaryOp(ip, sp.peek(1), sp.peek(0), static_cast<int>(oparg), frame->localsplus))

namespace {

// Results of at most one digit need no allocation of variable size: small ints are shared.
KR_ALWAYS_INLINE bool bothInts(PyObject* left, PyObject* right) {
  return isExactInt(left) && isExactInt(right);
}
KR_ALWAYS_INLINE bool bothCompact(PyObject* left, PyObject* right) {
  return cast<IntObject>(left)->isCompact() && cast<IntObject>(right)->isCompact();
}

KR_ALWAYS_INLINE void pop2PushInts(Stack& sp, Ref<> value) {
  PyObject *right = sp.top[-1], *left = sp.top[-2];
  sp.top[-2] = std::move(value).leak();
  --sp.top;
  decref(left);
  decref(right);
}

KR_ALWAYS_INLINE Result<Ref<>> compactResult(long value) {
  if (static_cast<unsigned long>(value - kSmallIntMin) < kSmallIntCount) {
    return Result<Ref<>>(share<PyObject>(smallInt(static_cast<int>(value))));
  }
  return Result<Ref<>>(intFromLong(value));
}

}  // namespace

OP_BODY(BINARY_OP_ADD_INT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothInts(left, right)) return Step::kMiss;
  if (bothCompact(left, right)) [[likely]] {
    pop2PushInts(sp, OP_TRY(compactResult(cast<IntObject>(left)->compactValue() +
                                          cast<IntObject>(right)->compactValue())));
    return Step::kNext;
  }
  pop2PushInts(sp, OP_TRY(intAdd(cast<IntObject>(left), cast<IntObject>(right))));
  return Step::kNext;
}

OP_BODY(BINARY_OP_SUBTRACT_INT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothInts(left, right)) return Step::kMiss;
  if (bothCompact(left, right)) [[likely]] {
    pop2PushInts(sp, OP_TRY(compactResult(cast<IntObject>(left)->compactValue() -
                                          cast<IntObject>(right)->compactValue())));
    return Step::kNext;
  }
  pop2PushInts(sp, OP_TRY(intSubtract(cast<IntObject>(left), cast<IntObject>(right))));
  return Step::kNext;
}

OP_BODY(BINARY_OP_MULTIPLY_INT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothInts(left, right)) return Step::kMiss;
  if (bothCompact(left, right)) [[likely]] {
    pop2PushInts(sp, OP_TRY(compactResult(cast<IntObject>(left)->compactValue() *
                                          cast<IntObject>(right)->compactValue())));
    return Step::kNext;
  }
  pop2PushInts(sp, OP_TRY(intMultiply(cast<IntObject>(left), cast<IntObject>(right))));
  return Step::kNext;
}

namespace {

// The result reuses the memory of an operand that nobody else holds.
KR_ALWAYS_INLINE Step pushFloat(Stack& sp, double value) {
  PyObject *right = sp.peek(0), *left = sp.peek(1);
  if (left->ob_refcnt == 1) {
    cast<FloatObject>(left)->value = value;
    --sp.top;
    decref(right);
    return Step::kNext;
  }
  if (right->ob_refcnt == 1) {
    cast<FloatObject>(right)->value = value;
    sp.peek(1) = right;
    --sp.top;
    decref(left);
    return Step::kNext;
  }
  sp.pop2Push(OP_TRY(floatNew(value)));
  return Step::kNext;
}

KR_ALWAYS_INLINE bool bothFloats(PyObject* left, PyObject* right) {
  return isExactFloat(left) && isExactFloat(right);
}

}  // namespace

OP_BODY(BINARY_OP_ADD_FLOAT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothFloats(left, right)) return Step::kMiss;
  return pushFloat(sp, cast<FloatObject>(left)->value + cast<FloatObject>(right)->value);
}

OP_BODY(BINARY_OP_SUBTRACT_FLOAT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothFloats(left, right)) return Step::kMiss;
  return pushFloat(sp, cast<FloatObject>(left)->value - cast<FloatObject>(right)->value);
}

OP_BODY(BINARY_OP_MULTIPLY_FLOAT) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothFloats(left, right)) return Step::kMiss;
  return pushFloat(sp, cast<FloatObject>(left)->value * cast<FloatObject>(right)->value);
}

OP_BODY(BINARY_OP_ADD_UNICODE) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactStr(left) || !isExactStr(right)) return Step::kMiss;
  sp.pop2Push(OP_TRY(strConcat(cast<StrObject>(left), cast<StrObject>(right))));
  return Step::kNext;
}

// `name = name + text` or `name += text`: the local is about to be overwritten, so its reference can go first
// and the string may grow in place.
OP_BODY(BINARY_OP_INPLACE_ADD_UNICODE) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactStr(left) || !isExactStr(right)) return Step::kMiss;
  const Unit* store = ip + 1 + opCacheUnits(Op::BINARY_OP);
  PyObject*& local = frame->localsplus[unitArg(*store)];
  if (local != left) return Step::kMiss;
  local = nullptr;
  decref(left);
  sp.top -= 2;
  auto joined = strAppend(Ref<StrObject>::steal(cast<StrObject>(left)), cast<StrObject>(right));
  decref(right);
  if (joined.failed()) [[unlikely]]
    return Step::kRaised;
  local = std::move(joined).toC();
  ip = store + 1;
  return Step::kJump;
}

void specializeBinaryOp(const Unit* ip, PyObject* left, PyObject* right, int nb_op, PyObject** locals) {
  PyTypeObject* type = typeOf(left);
  if (type != typeOf(right)) return specializeFailed(ip);
  auto op = static_cast<BinaryOp>(nb_op);
  bool add = op == BinaryOp::kAdd || op == BinaryOp::kInplaceAdd;
  bool subtract = op == BinaryOp::kSubtract || op == BinaryOp::kInplaceSubtract;
  bool multiply = op == BinaryOp::kMultiply || op == BinaryOp::kInplaceMultiply;
  if (type == &PyUnicode_Type && add) {
    Unit next = ip[1 + opCacheUnits(Op::BINARY_OP)];
    Op store = opGeneric(unitOp(next));
    bool in_place = store == Op::STORE_FAST && locals[unitArg(next)] == left;
    return specializeTo(ip, in_place ? Op::BINARY_OP_INPLACE_ADD_UNICODE : Op::BINARY_OP_ADD_UNICODE);
  }
  if (type == &PyLong_Type) {
    if (add) return specializeTo(ip, Op::BINARY_OP_ADD_INT);
    if (subtract) return specializeTo(ip, Op::BINARY_OP_SUBTRACT_INT);
    if (multiply) return specializeTo(ip, Op::BINARY_OP_MULTIPLY_INT);
  }
  if (type == &PyFloat_Type) {
    if (add) return specializeTo(ip, Op::BINARY_OP_ADD_FLOAT);
    if (subtract) return specializeTo(ip, Op::BINARY_OP_SUBTRACT_FLOAT);
    if (multiply) return specializeTo(ip, Op::BINARY_OP_MULTIPLY_FLOAT);
  }
  specializeFailed(ip);
}

}  // namespace krait
