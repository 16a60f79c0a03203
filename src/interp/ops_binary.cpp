// Unary and binary operators.
#include "core/number.h"
#include "interp/inline_cache.h"
#include "interp/number_fast.h"
#include "types/bool.h"

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

// Both operands are exact ints: releasing them runs nothing. A sum reuses the object of an operand that only
// the stack holds.
KR_ALWAYS_INLINE Step pushInt(Stack& sp, long value) {
  PyObject *right = sp.peek(0), *left = sp.peek(1);
  if (left->ob_refcnt == 1 && !isSmallInt(value) && fitsOneDigit(value)) {
    intSetCompact(cast<IntObject>(left), value);
    --sp.top;
    decref(right);
    return Step::kNext;
  }
  PyObject* made = intMake(value);
  if (!made) [[unlikely]]
    return Step::kRaised;
  sp.peek(1) = made;
  --sp.top;
  decref(left);
  decref(right);
  return Step::kNext;
}

template <Result<Ref<>> (*kLong)(IntObject*, IntObject*)>
KR_NEVER_INLINE PyObject* longOperation(PyObject* left, PyObject* right) {
  return kLong(cast<IntObject>(left), cast<IntObject>(right)).toC();
}

template <BinaryOp kOp, Result<Ref<>> (*kLong)(IntObject*, IntObject*)>
KR_ALWAYS_INLINE Step operateInts(Stack& sp) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  long x, y, value;
  if (compactInt(left, &x) && compactInt(right, &y)) [[likely]] {
    intOperate(static_cast<uint32_t>(kOp), x, y, &value);
    return pushInt(sp, value);
  }
  if (!isExactInt(left) || !isExactInt(right)) return Step::kMiss;
  PyObject* made = longOperation<kLong>(left, right);
  if (!made) [[unlikely]]
    return Step::kRaised;
  sp.pop2Push(Ref<>::steal(made));
  return Step::kNext;
}

// The STORE_FAST behind a BINARY_OP is part of the _STORE forms.
KR_ALWAYS_INLINE const Unit* storeBehind(const Unit* ip) { return ip + 1 + opCacheUnits(Op::BINARY_OP); }

KR_ALWAYS_INLINE void dropOperands(Stack& sp) {
  sp.top -= 2;
  decref(sp.top[0]);
  decref(sp.top[1]);
}

}  // namespace

OP_BODY(BINARY_OP_ADD_INT) { return operateInts<BinaryOp::kAdd, intAdd>(sp); }
OP_BODY(BINARY_OP_SUBTRACT_INT) { return operateInts<BinaryOp::kSubtract, intSubtract>(sp); }
OP_BODY(BINARY_OP_MULTIPLY_INT) { return operateInts<BinaryOp::kMultiply, intMultiply>(sp); }

OP_BODY(BINARY_OP_INT) {
  long x, y, value;
  if (!compactInt(sp.peek(1), &x) || !compactInt(sp.peek(0), &y)) return Step::kMiss;
  if (!intOperate(oparg, x, y, &value)) [[unlikely]]
    return Step::kMiss;
  return pushInt(sp, value);
}

OP_BODY(BINARY_OP_INT_STORE) {
  long x, y, value;
  if (!compactInt(sp.peek(1), &x) || !compactInt(sp.peek(0), &y)) return Step::kMiss;
  if (!intOperate(oparg, x, y, &value)) [[unlikely]]
    return Step::kMiss;
  dropOperands(sp);
  const Unit* store = storeBehind(ip);
  if (!intStore(frame->localsplus[unitArg(*store)], value)) [[unlikely]]
    return Step::kRaised;
  ip = store + 1;
  return Step::kJump;
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

// Floats and small ints mixed.
OP_BODY(BINARY_OP_FLOAT) {
  double x, y, value;
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!plainDouble(left, &x) || !plainDouble(right, &y)) return Step::kMiss;
  if (isExactInt(left) && isExactInt(right) && oparg != static_cast<uint32_t>(BinaryOp::kTrueDivide) &&
      oparg != static_cast<uint32_t>(BinaryOp::kInplaceTrueDivide)) {
    return Step::kMiss;
  }
  if (!floatOperate(oparg, x, y, &value)) return Step::kMiss;
  sp.pop2Push(OP_TRY(floatNew(value)));
  return Step::kNext;
}

OP_BODY(BINARY_OP_FLOAT_STORE) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!bothFloats(left, right)) return Step::kMiss;
  double value;
  if (!floatOperate(oparg, cast<FloatObject>(left)->value, cast<FloatObject>(right)->value, &value))
    return Step::kMiss;
  dropOperands(sp);
  const Unit* store = storeBehind(ip);
  if (!floatStore(frame->localsplus[unitArg(*store)], value)) [[unlikely]]
    return Step::kRaised;
  ip = store + 1;
  return Step::kJump;
}

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

namespace {

Op intForm(BinaryOp op, PyObject* left, PyObject* right, bool stores) {
  if (!intOperates(op))
    return op == BinaryOp::kTrueDivide || op == BinaryOp::kInplaceTrueDivide ? Op::BINARY_OP_FLOAT
                                                                             : Op::CACHE;
  if (cast<IntObject>(left)->isCompact() && cast<IntObject>(right)->isCompact() && stores)
    return Op::BINARY_OP_INT_STORE;
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd: return Op::BINARY_OP_ADD_INT;
    case BinaryOp::kSubtract:
    case BinaryOp::kInplaceSubtract: return Op::BINARY_OP_SUBTRACT_INT;
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply: return Op::BINARY_OP_MULTIPLY_INT;
    default: return Op::BINARY_OP_INT;
  }
}

Op floatForm(BinaryOp op, bool stores) {
  if (!floatOperates(op)) return Op::CACHE;
  if (stores) return Op::BINARY_OP_FLOAT_STORE;
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd: return Op::BINARY_OP_ADD_FLOAT;
    case BinaryOp::kSubtract:
    case BinaryOp::kInplaceSubtract: return Op::BINARY_OP_SUBTRACT_FLOAT;
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply: return Op::BINARY_OP_MULTIPLY_FLOAT;
    default: return Op::BINARY_OP_FLOAT;
  }
}

bool isPlainNumber(PyObject* object) { return isExactFloat(object) || isExactInt(object); }

}  // namespace

void specializeBinaryOp(const Unit* ip, PyObject* left, PyObject* right, int nb_op, PyObject** locals) {
  PyTypeObject* type = typeOf(left);
  auto op = static_cast<BinaryOp>(nb_op);
  Unit next = *storeBehind(ip);
  bool stores = opGeneric(unitOp(next)) == Op::STORE_FAST;
  bool same = type == typeOf(right);
  Op form = Op::CACHE;
  if (same && type == &PyUnicode_Type && (op == BinaryOp::kAdd || op == BinaryOp::kInplaceAdd)) {
    bool in_place = stores && locals[unitArg(next)] == left;
    form = in_place ? Op::BINARY_OP_INPLACE_ADD_UNICODE : Op::BINARY_OP_ADD_UNICODE;
  } else if (same && type == &PyLong_Type) {
    form = intForm(op, left, right, stores);
  } else if (same && type == &PyFloat_Type) {
    form = floatForm(op, stores);
  } else if (isPlainNumber(left) && isPlainNumber(right) && floatOperates(op)) {
    form = Op::BINARY_OP_FLOAT;
  }
  if (form == Op::CACHE) return specializeFailed(ip);
  specializeTo(ip, form);
}

}  // namespace krait
