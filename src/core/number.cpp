// The operators: slot dispatch. A slot answers NotImplemented when it cannot; the right operand's slot goes
// first when its type is a subtype of the left one's and differs in the slot.
#include "core/number.h"

#include <string_view>

#include "core/object.h"
#include "types/int.h"
#include "types/method.h"
#include "types/type.h"

namespace krait {
namespace {

using BinarySlot = binaryfunc PyNumberMethods::*;
using TernarySlot = ternaryfunc PyNumberMethods::*;
using UnarySlot = unaryfunc PyNumberMethods::*;

template <class F>
F slotOf(PyObject* object, F PyNumberMethods::* slot) {
  PyNumberMethods* methods = typeOf(object)->tp_as_number;
  return methods ? methods->*slot : nullptr;
}

bool isNotImplemented(const Ref<>& result) { return result.get() == Py_NotImplemented; }

// NotImplemented when neither operand knows.
Result<Ref<>> tryBinary(PyObject* left, PyObject* right, BinarySlot slot) {
  binaryfunc left_slot = slotOf(left, slot);
  binaryfunc right_slot = typeOf(left) == typeOf(right) ? nullptr : slotOf(right, slot);
  if (right_slot == left_slot) right_slot = nullptr;
  if (left_slot && right_slot && typeIsSubtype(typeOf(right), typeOf(left))) {
    Ref<> result = TRY(Result<Ref<>>::fromC(right_slot(left, right)));
    if (!isNotImplemented(result)) return result;
    right_slot = nullptr;
  }
  if (left_slot) {
    Ref<> result = TRY(Result<Ref<>>::fromC(left_slot(left, right)));
    if (!isNotImplemented(result)) return result;
  }
  if (right_slot) return Result<Ref<>>::fromC(right_slot(left, right));
  return notImplemented();
}

Result<Ref<>> tryInPlace(PyObject* left, PyObject* right, BinarySlot in_place, BinarySlot slot) {
  if (binaryfunc function = slotOf(left, in_place)) {
    Ref<> result = TRY(Result<Ref<>>::fromC(function(left, right)));
    if (!isNotImplemented(result)) return result;
  }
  return tryBinary(left, right, slot);
}

bool isPrintFunction(PyObject* object) {
  return isExact(object, &PyCFunction_Type) &&
         std::string_view(static_cast<CFunctionObject*>(object)->m_ml->ml_name) == "print";
}

Raised raiseUnsupported(PyObject* left, PyObject* right, const char* op) {
  if (std::string_view(op) == ">>" && isPrintFunction(left))
    return raise(
        PyExc_TypeError,
        "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'. Did you mean \"print(<message>, "
        "file=<output_stream>)\"?",
        op, typeName(left), typeName(right));
  return raise(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", op,
               typeName(left), typeName(right));
}

Result<Ref<>> binary(PyObject* left, PyObject* right, BinarySlot slot, const char* op) {
  Ref<> result = TRY(tryBinary(left, right, slot));
  if (isNotImplemented(result)) [[unlikely]]
    return raiseUnsupported(left, right, op);
  return result;
}

Result<Ref<>> inPlace(PyObject* left, PyObject* right, BinarySlot in_place, BinarySlot slot, const char* op) {
  Ref<> result = TRY(tryInPlace(left, right, in_place, slot));
  if (isNotImplemented(result)) [[unlikely]]
    return raiseUnsupported(left, right, op);
  return result;
}

Result<Ref<>> repeatBy(ssizeargfunc repeat, PyObject* sequence, PyObject* count) {
  if (!isIndex(count))
    return raise(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", typeName(count));
  Py_ssize_t times = TRY(asSsize(count, PyExc_OverflowError));
  return Result<Ref<>>::fromC(repeat(sequence, times));
}

PySequenceMethods* sequenceOf(PyObject* object) { return typeOf(object)->tp_as_sequence; }

}  // namespace

Result<Ref<>> numberTryAdd(PyObject* left, PyObject* right, bool in_place) {
  if (in_place) return tryInPlace(left, right, &PyNumberMethods::nb_inplace_add, &PyNumberMethods::nb_add);
  return tryBinary(left, right, &PyNumberMethods::nb_add);
}
Result<Ref<>> numberTryMultiply(PyObject* left, PyObject* right, bool in_place) {
  if (in_place)
    return tryInPlace(left, right, &PyNumberMethods::nb_inplace_multiply, &PyNumberMethods::nb_multiply);
  return tryBinary(left, right, &PyNumberMethods::nb_multiply);
}

// nb_add before sq_concat.
Result<Ref<>> numberAdd(PyObject* left, PyObject* right) {
  Ref<> result = TRY(tryBinary(left, right, &PyNumberMethods::nb_add));
  if (!isNotImplemented(result)) return result;
  if (auto* s = sequenceOf(left); s && s->sq_concat) return Result<Ref<>>::fromC(s->sq_concat(left, right));
  return raiseUnsupported(left, right, "+");
}

Result<Ref<>> numberMultiply(PyObject* left, PyObject* right) {
  Ref<> result = TRY(tryBinary(left, right, &PyNumberMethods::nb_multiply));
  if (!isNotImplemented(result)) return result;
  if (auto* s = sequenceOf(left); s && s->sq_repeat) return repeatBy(s->sq_repeat, left, right);
  if (auto* s = sequenceOf(right); s && s->sq_repeat) return repeatBy(s->sq_repeat, right, left);
  return raiseUnsupported(left, right, "*");
}

Result<Ref<>> numberInPlaceAdd(PyObject* left, PyObject* right) {
  Ref<> result = TRY(numberTryAdd(left, right, true));
  if (!isNotImplemented(result)) return result;
  auto* s = sequenceOf(left);
  if (s && s->sq_inplace_concat) return Result<Ref<>>::fromC(s->sq_inplace_concat(left, right));
  if (s && s->sq_concat) return Result<Ref<>>::fromC(s->sq_concat(left, right));
  return raiseUnsupported(left, right, "+=");
}

Result<Ref<>> numberInPlaceMultiply(PyObject* left, PyObject* right) {
  Ref<> result = TRY(numberTryMultiply(left, right, true));
  if (!isNotImplemented(result)) return result;
  if (auto* s = sequenceOf(left)) {
    if (s->sq_inplace_repeat) return repeatBy(s->sq_inplace_repeat, left, right);
    if (s->sq_repeat) return repeatBy(s->sq_repeat, left, right);
  } else if (auto* r = sequenceOf(right); r && r->sq_repeat) {
    return repeatBy(r->sq_repeat, right, left);
  }
  return raiseUnsupported(left, right, "*=");
}

// Operators that are nothing but their slot: one row each.
#define KR_OPERATOR(Name, slot, in_place_slot, op)                                                \
  Result<Ref<>> number##Name(PyObject* left, PyObject* right) {                                   \
    return binary(left, right, &PyNumberMethods::slot, op);                                       \
  }                                                                                               \
  Result<Ref<>> numberInPlace##Name(PyObject* left, PyObject* right) {                            \
    return inPlace(left, right, &PyNumberMethods::in_place_slot, &PyNumberMethods::slot, op "="); \
  }
KR_OPERATOR(Subtract, nb_subtract, nb_inplace_subtract, "-")
KR_OPERATOR(MatrixMultiply, nb_matrix_multiply, nb_inplace_matrix_multiply, "@")
KR_OPERATOR(FloorDivide, nb_floor_divide, nb_inplace_floor_divide, "//")
KR_OPERATOR(TrueDivide, nb_true_divide, nb_inplace_true_divide, "/")
KR_OPERATOR(Remainder, nb_remainder, nb_inplace_remainder, "%")
KR_OPERATOR(Lshift, nb_lshift, nb_inplace_lshift, "<<")
KR_OPERATOR(Rshift, nb_rshift, nb_inplace_rshift, ">>")
KR_OPERATOR(And, nb_and, nb_inplace_and, "&")
KR_OPERATOR(Xor, nb_xor, nb_inplace_xor, "^")
KR_OPERATOR(Or, nb_or, nb_inplace_or, "|")
#undef KR_OPERATOR

Result<Ref<>> numberDivmod(PyObject* left, PyObject* right) {
  return binary(left, right, &PyNumberMethods::nb_divmod, "divmod()");
}

// --- power -------------------------------------------------------------------------------------------------

namespace {

Raised raiseUnsupportedPower(PyObject* left, PyObject* right, PyObject* modulus, const char* op) {
  if (modulus == Py_None) return raiseUnsupported(left, right, op);
  return raise(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", op,
               typeName(left), typeName(right), typeName(modulus));
}

Result<Ref<>> ternary(PyObject* left, PyObject* right, PyObject* modulus, const char* op) {
  constexpr TernarySlot kSlot = &PyNumberMethods::nb_power;
  ternaryfunc left_slot = slotOf(left, kSlot);
  ternaryfunc right_slot = typeOf(left) == typeOf(right) ? nullptr : slotOf(right, kSlot);
  if (right_slot == left_slot) right_slot = nullptr;
  ternaryfunc order[3] = {left_slot, right_slot, slotOf(modulus, kSlot)};
  if (left_slot && right_slot && typeIsSubtype(typeOf(right), typeOf(left))) std::swap(order[0], order[1]);
  if (order[2] == left_slot || order[2] == right_slot) order[2] = nullptr;
  for (ternaryfunc function : order) {
    if (!function) continue;
    Ref<> result = TRY(Result<Ref<>>::fromC(function(left, right, modulus)));
    if (!isNotImplemented(result)) return result;
  }
  return raiseUnsupportedPower(left, right, modulus, op);
}

}  // namespace

Result<Ref<>> numberPower(PyObject* left, PyObject* right, PyObject* modulus) {
  return ternary(left, right, modulus, "** or pow()");
}

Result<Ref<>> numberInPlacePower(PyObject* left, PyObject* right, PyObject* modulus) {
  if (ternaryfunc function = slotOf(left, &PyNumberMethods::nb_inplace_power)) {
    Ref<> result = TRY(Result<Ref<>>::fromC(function(left, right, modulus)));
    if (!isNotImplemented(result)) return result;
  }
  return ternary(left, right, modulus, "**=");
}

// --- by operator number ------------------------------------------------------------------------------------

namespace {

Result<Ref<>> powerPlain(PyObject* left, PyObject* right) { return numberPower(left, right, Py_None); }
Result<Ref<>> powerInPlacePlain(PyObject* left, PyObject* right) {
  return numberInPlacePower(left, right, Py_None);
}

using Operator = Result<Ref<>> (*)(PyObject*, PyObject*);
constexpr Operator kOperators[] = {numberAdd,
                                   numberAnd,
                                   numberFloorDivide,
                                   numberLshift,
                                   numberMatrixMultiply,
                                   numberMultiply,
                                   numberRemainder,
                                   numberOr,
                                   powerPlain,
                                   numberRshift,
                                   numberSubtract,
                                   numberTrueDivide,
                                   numberXor,
                                   numberInPlaceAdd,
                                   numberInPlaceAnd,
                                   numberInPlaceFloorDivide,
                                   numberInPlaceLshift,
                                   numberInPlaceMatrixMultiply,
                                   numberInPlaceMultiply,
                                   numberInPlaceRemainder,
                                   numberInPlaceOr,
                                   powerInPlacePlain,
                                   numberInPlaceRshift,
                                   numberInPlaceSubtract,
                                   numberInPlaceTrueDivide,
                                   numberInPlaceXor};
static_assert(sizeof kOperators / sizeof kOperators[0] == 26);

Result<Ref<>> unary(PyObject* object, UnarySlot slot, const char* what) {
  if (unaryfunc function = slotOf(object, slot)) return Result<Ref<>>::fromC(function(object));
  return raise(PyExc_TypeError, "bad operand type for %s: '%.200s'", what, typeName(object));
}

}  // namespace

Result<Ref<>> numberBinaryOp(int nb_op, PyObject* left, PyObject* right) {
  return kOperators[nb_op](left, right);
}
Result<Ref<>> numberNegative(PyObject* object) {
  return unary(object, &PyNumberMethods::nb_negative, "unary -");
}
Result<Ref<>> numberPositive(PyObject* object) {
  return unary(object, &PyNumberMethods::nb_positive, "unary +");
}
Result<Ref<>> numberAbsolute(PyObject* object) {
  return unary(object, &PyNumberMethods::nb_absolute, "abs()");
}
Result<Ref<>> numberInvert(PyObject* object) { return unary(object, &PyNumberMethods::nb_invert, "unary ~"); }

}  // namespace krait
