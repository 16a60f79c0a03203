// Comparisons, identity, membership.
#include "interp/compare_fast.h"
#include "interp/inline_cache.h"
#include "interp/number_fast.h"
#include "types/bool.h"

namespace krait {

namespace {

bool holds(int op, long x, long y) {
  switch (op) {
    case Py_LT: return x < y;
    case Py_LE: return x <= y;
    case Py_EQ: return x == y;
    case Py_NE: return x != y;
    case Py_GT: return x > y;
    default: return x >= y;
  }
}

}  // namespace

OP_BODY(COMPARE_OP) {
  long x, y;
  if (compactInt(sp.peek(1), &x) && compactInt(sp.peek(0), &y)) {
    sp.pop2Push(boolRef(holds(static_cast<int>(oparg), x, y)));
    return Step::kNext;
  }
  sp.pop2Push(OP_TRY(richCompare(sp.peek(1), sp.peek(0), static_cast<int>(oparg))));
  return Step::kNext;
}

OP_BODY(IS_OP) {
  bool same = sp.peek(1) == sp.peek(0);
  sp.pop2Push(boolRef(same != (oparg != 0)));
  return Step::kNext;
}

OP_BODY(CONTAINS_OP) {
  bool found = OP_TRY(sequenceContains(sp.peek(0), sp.peek(1)));
  sp.pop2Push(boolRef(found != (oparg != 0)));
  return Step::kNext;
}

OP_ADAPTIVE(COMPARE_OP_ADAPTIVE, COMPARE_OP,
            specializeCompareOp(ip, sp.peek(1), sp.peek(0), static_cast<int>(oparg)))

namespace {

uint16_t ordersOf(int op) {
  switch (op) {
    case Py_LT: return kJumpIfLess;
    case Py_LE: return kJumpIfLess | kJumpIfEqual;
    case Py_EQ: return kJumpIfEqual;
    case Py_NE: return kJumpIfLess | kJumpIfGreater | kJumpIfUnordered;
    case Py_GT: return kJumpIfGreater;
    default: return kJumpIfGreater | kJumpIfEqual;
  }
}

// Pops both operands and continues where the conditional jump behind leads for this order.
KR_ALWAYS_INLINE Step jumpByOrder(const Unit*& ip, Stack& sp, uint16_t order) {
  PyObject *right = sp.peek(0), *left = sp.peek(1);
  sp.top -= 2;
  decref(left);
  decref(right);
  ip = jumpTarget(ip, order);
  return Step::kJump;
}

}  // namespace

OP_BODY(COMPARE_OP_INT_JUMP) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactInt(left) || !isExactInt(right)) return Step::kMiss;
  auto *a = cast<IntObject>(left), *b = cast<IntObject>(right);
  if (!a->isCompact() || !b->isCompact()) return Step::kMiss;
  long x = a->compactValue(), y = b->compactValue();
  return jumpByOrder(ip, sp, intOrder(x, y));
}

// The same in front of a loop's backward jump, which polls the eval breaker.
OP_BODY(COMPARE_OP_INT_JUMP_BACK) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactInt(left) || !isExactInt(right) || breakRequested(thread)) return Step::kMiss;
  auto *a = cast<IntObject>(left), *b = cast<IntObject>(right);
  if (!a->isCompact() || !b->isCompact()) return Step::kMiss;
  long x = a->compactValue(), y = b->compactValue();
  return jumpByOrder(ip, sp, intOrder(x, y));
}

OP_BODY(COMPARE_OP_FLOAT_JUMP) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactFloat(left) || !isExactFloat(right)) return Step::kMiss;
  double x = cast<FloatObject>(left)->value, y = cast<FloatObject>(right)->value;
  uint16_t order = x < y ? kJumpIfLess : x > y ? kJumpIfGreater : x == y ? kJumpIfEqual : kJumpIfUnordered;
  return jumpByOrder(ip, sp, order);
}

OP_BODY(COMPARE_OP_STR_JUMP) {
  PyObject *left = sp.peek(1), *right = sp.peek(0);
  if (!isExactStr(left) || !isExactStr(right)) return Step::kMiss;
  bool equal = left == right || strEquals(cast<StrObject>(left), cast<StrObject>(right));
  return jumpByOrder(ip, sp, equal ? kJumpIfEqual : kJumpIfLess);
}

void specializeCompareOp(const Unit* ip, PyObject* left, PyObject* right, int op) {
  Op jump = unitOp(ip[1 + opCacheUnits(Op::COMPARE_OP)]);
  bool if_true = jump == Op::POP_JUMP_FORWARD_IF_TRUE || jump == Op::POP_JUMP_BACKWARD_IF_TRUE;
  bool if_false = jump == Op::POP_JUMP_FORWARD_IF_FALSE || jump == Op::POP_JUMP_BACKWARD_IF_FALSE;
  PyTypeObject* type = typeOf(left);
  if ((!if_true && !if_false) || type != typeOf(right)) return specializeFailed(ip);
  uint16_t orders = ordersOf(op);
  if (if_false) orders ^= kJumpIfLess | kJumpIfEqual | kJumpIfGreater | kJumpIfUnordered;
  bool backward = jump == Op::POP_JUMP_BACKWARD_IF_TRUE || jump == Op::POP_JUMP_BACKWARD_IF_FALSE;
  Op form = Op::CACHE;
  if (type == &PyFloat_Type && !backward) form = Op::COMPARE_OP_FLOAT_JUMP;
  if (type == &PyLong_Type && cast<IntObject>(left)->isCompact() && cast<IntObject>(right)->isCompact()) {
    form = backward ? Op::COMPARE_OP_INT_JUMP_BACK : Op::COMPARE_OP_INT_JUMP;
  }
  if (type == &PyUnicode_Type && !backward && (op == Py_EQ || op == Py_NE)) form = Op::COMPARE_OP_STR_JUMP;
  if (form == Op::CACHE) return specializeFailed(ip);
  cacheOf<CompareCache>(ip)->mask = backward ? orders | kJumpBackward : orders;
  specializeTo(ip, form);
}

}  // namespace krait
