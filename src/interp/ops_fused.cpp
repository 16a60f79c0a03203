// Loads of locals and constants that run together with the instruction they feed: the operands are borrowed,
// their counts are not touched.
//
// Each handler looks at the opcode behind (which specialises on its own and may change at any time) and does
// the work of the forms it knows; otherwise it only loads. Names are always current, for the borrowed local
// is not released before its value was used.
#include "interp/compare_fast.h"
#include "interp/inline_cache.h"
#include "interp/number_fast.h"
#include "types/dict_keys.h"

namespace krait {
namespace {

KR_ALWAYS_INLINE Step loadOnly(Stack& sp, PyObject* value) {
  sp.pushShared(value);
  return Step::kNext;
}
KR_ALWAYS_INLINE Step loadBoth(const Unit*& ip, Stack& sp, PyObject* left, PyObject* right) {
  sp.pushShared(left);
  sp.pushShared(right);
  ip += 2;
  return Step::kJump;
}

// An instance's attribute as LOAD_ATTR's cache at `load` finds it; borrowed, null: not this way.
KR_ALWAYS_INLINE PyObject* cachedAttribute(const Unit* load, PyObject* owner) {
  auto* cache = cacheOf<AttrCache>(load);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return nullptr;
  if (unitOp(*load) == Op::LOAD_ATTR_INSTANCE_VALUE) {
    DictValues* values = managedDictOf(owner)->values;
    return values ? values->values[cache->index] : nullptr;
  }
  return *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(owner) + cache->index);
}

// Where the cached STORE_ATTR at `store` puts the value; null: not this way.
KR_ALWAYS_INLINE PyObject** cachedPlace(const Unit* store, PyObject* owner, DictValues** values) {
  auto* cache = cacheOf<AttrCache>(store);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return nullptr;
  if (unitOp(*store) == Op::STORE_ATTR_INSTANCE_VALUE) {
    *values = managedDictOf(owner)->values;
    return *values ? &(*values)->values[cache->index] : nullptr;
  }
  *values = nullptr;
  return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(owner) + cache->index);
}

constexpr bool isIntForm(Op op) {
  return op == Op::BINARY_OP_ADD_INT || op == Op::BINARY_OP_SUBTRACT_INT ||
         op == Op::BINARY_OP_MULTIPLY_INT || op == Op::BINARY_OP_INT;
}
constexpr bool isFloatForm(Op op) {
  return op == Op::BINARY_OP_ADD_FLOAT || op == Op::BINARY_OP_SUBTRACT_FLOAT ||
         op == Op::BINARY_OP_MULTIPLY_FLOAT || op == Op::BINARY_OP_FLOAT;
}
constexpr int kBehindBinary = 1 + opCacheUnits(Op::BINARY_OP);

// `left op right` for the BINARY_OP two units further.
KR_ALWAYS_INLINE Step fusedBinary(const Unit*& ip, Stack& sp, Frame* frame, PyObject* left, PyObject* right) {
  const Unit* binary = ip + 2;
  Op op = unitOp(*binary);
  uint32_t nb_op = unitArg(*binary);
  if (op == Op::BINARY_OP_INT_STORE || isIntForm(op)) {
    long x, y, value;
    if (!compactInt(left, &x) || !compactInt(right, &y) || !intOperate(nb_op, x, y, &value)) {
      return loadBoth(ip, sp, left, right);
    }
    frame->prev_instr = const_cast<Unit*>(binary);
    ip = binary + kBehindBinary;
    if (op == Op::BINARY_OP_INT_STORE) {
      if (!intStore(frame->localsplus[unitArg(*ip++)], value)) [[unlikely]]
        return Step::kRaised;
      return Step::kJump;
    }
    PyObject* made = intMake(value);
    if (!made) [[unlikely]]
      return Step::kRaised;
    sp.push(made);
    return Step::kJump;
  }
  if (op == Op::BINARY_OP_FLOAT_STORE || isFloatForm(op)) {
    double value;
    if (!isExactFloat(left) || !isExactFloat(right) ||
        !floatOperate(nb_op, cast<FloatObject>(left)->value, cast<FloatObject>(right)->value, &value)) {
      return loadBoth(ip, sp, left, right);
    }
    frame->prev_instr = const_cast<Unit*>(binary);
    ip = binary + kBehindBinary;
    if (op == Op::BINARY_OP_FLOAT_STORE) {
      if (!floatStore(frame->localsplus[unitArg(*ip++)], value)) [[unlikely]]
        return Step::kRaised;
      return Step::kJump;
    }
    sp.push(OP_TRY(floatNew(value)));
    return Step::kJump;
  }
  return loadBoth(ip, sp, left, right);
}

// The COMPARE_OP two units further, with its jump.
KR_ALWAYS_INLINE Step fusedCompare(const Unit*& ip, Stack& sp, Thread* thread, PyObject* left,
                                   PyObject* right) {
  const Unit* compare = ip + 2;
  Op op = unitOp(*compare);
  long x, y;
  bool known =
      op == Op::COMPARE_OP_INT_JUMP || (op == Op::COMPARE_OP_INT_JUMP_BACK && !breakRequested(thread));
  if (!known || !compactInt(left, &x) || !compactInt(right, &y)) return loadBoth(ip, sp, left, right);
  ip = jumpTarget(compare, intOrder(x, y));
  return Step::kJump;
}

}  // namespace

OP_BODY(LOAD_FAST__LOAD_ATTR) {
  PyObject* owner = frame->localsplus[oparg];
  if (!owner) [[unlikely]]
    return Step::kMiss;
  const Unit* load = ip + 1;
  Op op = unitOp(*load);
  if (op != Op::LOAD_ATTR_INSTANCE_VALUE && op != Op::LOAD_ATTR_SLOT) return loadOnly(sp, owner);
  PyObject* value = cachedAttribute(load, owner);
  if (!value) return loadOnly(sp, owner);
  sp.pushShared(value);
  ip = load + 1 + opCacheUnits(Op::LOAD_ATTR);
  return Step::kJump;
}

OP_BODY(LOAD_FAST__STORE_ATTR) {
  PyObject* owner = frame->localsplus[oparg];
  if (!owner) [[unlikely]]
    return Step::kMiss;
  const Unit* store = ip + 1;
  Op op = unitOp(*store);
  if (op != Op::STORE_ATTR_INSTANCE_VALUE && op != Op::STORE_ATTR_SLOT) return loadOnly(sp, owner);
  DictValues* values;
  PyObject** place = cachedPlace(store, owner, &values);
  if (!place) return loadOnly(sp, owner);
  frame->prev_instr = const_cast<Unit*>(store);
  PyObject* old = std::exchange(*place, sp.popRaw());
  if (old)
    decref(old);
  else if (values)
    dictValuesNoteInsertion(values, cacheOf<AttrCache>(store)->index);
  ip = store + 1 + opCacheUnits(Op::STORE_ATTR);
  return Step::kJump;
}

OP_BODY(LOAD_FAST__LOAD_FAST__BINARY_OP) {
  PyObject *left = frame->localsplus[oparg], *right = frame->localsplus[unitArg(ip[1])];
  if (!left || !right) [[unlikely]]
    return Step::kMiss;
  return fusedBinary(ip, sp, frame, left, right);
}

OP_BODY(LOAD_FAST__LOAD_CONST__BINARY_OP) {
  PyObject* left = frame->localsplus[oparg];
  if (!left) [[unlikely]]
    return Step::kMiss;
  return fusedBinary(ip, sp, frame, left, codeConst(frame, unitArg(ip[1])));
}

OP_BODY(LOAD_FAST__LOAD_FAST__COMPARE_OP) {
  PyObject *left = frame->localsplus[oparg], *right = frame->localsplus[unitArg(ip[1])];
  if (!left || !right) [[unlikely]]
    return Step::kMiss;
  return fusedCompare(ip, sp, thread, left, right);
}

OP_BODY(LOAD_FAST__LOAD_CONST__COMPARE_OP) {
  PyObject* left = frame->localsplus[oparg];
  if (!left) [[unlikely]]
    return Step::kMiss;
  return fusedCompare(ip, sp, thread, left, codeConst(frame, unitArg(ip[1])));
}

}  // namespace krait
