#include "compiler/fold.h"

#include "core/number.h"
#include "core/object.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/set.h"
#include "types/tuple.h"

namespace krait::compiler {
namespace {

constexpr size_t kMaxIntBits = 128;
constexpr long kMaxCollectionSize = 256;
constexpr long kMaxStrSize = 4096;
constexpr Py_ssize_t kMaxTotalItems = 1024;

// A failed operation is simply not folded: it shall fail at run time.
Result<MaybeRef<>> folded(Result<Ref<>> result) {
  if (!result.failed()) return MaybeRef<>(std::move(result).take());
  if (pendingMatches(PyExc_KeyboardInterrupt)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

bool isFrozenSetObject(PyObject* o) { return isExact(o, &PyFrozenSet_Type); }

// What is left of `limit` after counting all items, nested ones too; negative: too many.
Py_ssize_t countItems(PyObject* object, Py_ssize_t limit) {
  if (isTuple(object)) {
    auto* tuple = static_cast<TupleObject*>(object);
    limit -= tuple->size();
    for (Py_ssize_t i = 0; limit >= 0 && i < tuple->size(); i++) limit = countItems(tuple->at(i), limit);
  } else if (isFrozenSetObject(object)) {
    auto* set = static_cast<SetObject*>(object);
    limit -= set->size();
    Py_ssize_t position = 0;
    PyObject* key;
    Py_hash_t hash;
    while (limit >= 0 && setNext(set, &position, &key, &hash)) limit = countItems(key, limit);
  }
  return limit;
}

IntObject* asIntObject(PyObject* o) { return static_cast<IntObject*>(o); }

// Whether `count` repetitions of a container of `size` items stay below `limit`.
bool repetitionFits(IntObject* count, Py_ssize_t size, long limit, long* repetitions) {
  return intFitsLong(count, repetitions) && *repetitions >= 0 && *repetitions <= limit / size;
}

bool repeatIsSmall(IntObject* count, PyObject* sequence) {
  long repetitions;
  if (isTuple(sequence) || isFrozenSetObject(sequence)) {
    Py_ssize_t size = isTuple(sequence) ? static_cast<TupleObject*>(sequence)->size()
                                        : static_cast<SetObject*>(sequence)->size();
    if (size == 0) return true;
    if (!repetitionFits(count, size, kMaxCollectionSize, &repetitions)) return false;
    return repetitions == 0 || countItems(sequence, kMaxTotalItems / repetitions) >= 0;
  }
  Py_ssize_t size = isStr(sequence) ? static_cast<StrObject*>(sequence)->size()
                                    : static_cast<BytesObject*>(sequence)->size();
  return size == 0 || repetitionFits(count, size, kMaxStrSize, &repetitions);
}

bool isRepeatable(PyObject* o) { return isTuple(o) || isFrozenSetObject(o) || isStr(o) || isBytes(o); }

bool multiplyIsSmall(PyObject* left, PyObject* right) {
  if (isInt(left) && isInt(right)) {
    auto *a = asIntObject(left), *b = asIntObject(right);
    return a->isZero() || b->isZero() || intBitCount(a) + intBitCount(b) <= kMaxIntBits;
  }
  if (isInt(left) && isRepeatable(right)) return repeatIsSmall(asIntObject(left), right);
  if (isInt(right) && isRepeatable(left)) return repeatIsSmall(asIntObject(right), left);
  return true;
}

bool powerIsSmall(PyObject* left, PyObject* right) {
  if (!isInt(left) || !isInt(right)) return true;
  auto *base = asIntObject(left), *exponent = asIntObject(right);
  if (base->isZero() || intSign(exponent) <= 0) return true;
  long power;
  if (!intFitsLong(exponent, &power)) return false;
  return intBitCount(base) <= kMaxIntBits / static_cast<size_t>(power);
}

bool shiftIsSmall(PyObject* left, PyObject* right) {
  if (!isInt(left) || !isInt(right)) return true;
  auto *value = asIntObject(left), *distance = asIntObject(right);
  if (value->isZero() || distance->isZero()) return true;
  long bits;
  if (!intFitsLong(distance, &bits) || bits < 0) return false;
  return static_cast<size_t>(bits) <= kMaxIntBits &&
         intBitCount(value) <= kMaxIntBits - static_cast<size_t>(bits);
}

Result<Ref<>> logicalNot(PyObject* operand) { return boolRef(!TRY(objectIsTrue(operand))); }

}  // namespace

Result<MaybeRef<>> foldUnary(ast::UnaryOperator op, PyObject* operand) {
  switch (op) {
    case ast::UnaryOperator::Invert: return folded(numberInvert(operand));
    case ast::UnaryOperator::Not: return folded(logicalNot(operand));
    case ast::UnaryOperator::UAdd: return folded(numberPositive(operand));
    case ast::UnaryOperator::USub: return folded(numberNegative(operand));
  }
  return MaybeRef<>();
}

Result<MaybeRef<>> foldBinary(ast::Operator op, PyObject* left, PyObject* right) {
  switch (op) {
    case ast::Operator::Add: return folded(numberAdd(left, right));
    case ast::Operator::Sub: return folded(numberSubtract(left, right));
    case ast::Operator::Mult:
      if (!multiplyIsSmall(left, right)) return MaybeRef<>();
      return folded(numberMultiply(left, right));
    case ast::Operator::Div: return folded(numberTrueDivide(left, right));
    case ast::Operator::FloorDiv: return folded(numberFloorDivide(left, right));
    case ast::Operator::Mod:
      if (isStr(left) || isBytes(left)) return MaybeRef<>();
      return folded(numberRemainder(left, right));
    case ast::Operator::Pow:
      if (!powerIsSmall(left, right)) return MaybeRef<>();
      return folded(numberPower(left, right, Py_None));
    case ast::Operator::LShift:
      if (!shiftIsSmall(left, right)) return MaybeRef<>();
      return folded(numberLshift(left, right));
    case ast::Operator::RShift: return folded(numberRshift(left, right));
    case ast::Operator::BitOr: return folded(numberOr(left, right));
    case ast::Operator::BitXor: return folded(numberXor(left, right));
    case ast::Operator::BitAnd: return folded(numberAnd(left, right));
    case ast::Operator::MatMult: return MaybeRef<>();  // no constant implements it
  }
  return MaybeRef<>();
}

Result<MaybeRef<>> foldSubscript(PyObject* container, PyObject* index) {
  return folded(itemGet(container, index));
}

}  // namespace krait::compiler
