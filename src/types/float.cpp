// The type float. Text and formatting: float_format.cpp.
#include "types/float.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>

#include "base/float_text.h"
#include "base/hash.h"
#include "base/sanitizer.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/complex.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait {
namespace {

// Dropped floats, linked through ob_type.
constexpr int kMaxFree = kAddressSanitizer ? 0 : 512;
FloatObject* free_floats = nullptr;
int free_count = 0;

void dealloc(FloatObject* v) {
  if (!isExactFloat(v) || free_count >= kMaxFree) return objectFreeMemory(v);
  v->ob_type = reinterpret_cast<PyTypeObject*>(free_floats);
  free_floats = v;
  free_count++;
}

// An operand's value: true and *out, or false (neither float nor int). Ints may be too large.
Result<bool> operand(PyObject* o, double* out) {
  if (isFloat(o)) {
    *out = cast<FloatObject>(o)->value;
    return true;
  }
  if (!isInt(o)) return false;
  *out = TRY(intAsDouble(cast<IntObject>(o)));
  return true;
}

template <auto kOp>
Result<Ref<>> binary(PyObject* left, PyObject* right) {
  double a, b;
  if (!TRY(operand(left, &a)) || !TRY(operand(right, &b))) return notImplemented();
  if constexpr (std::is_same_v<decltype(kOp(a, b)), double>)
    return floatNew(kOp(a, b));
  else
    return floatNew(TRY(kOp(a, b)));
}

double add(double a, double b) { return a + b; }
double subtract(double a, double b) { return a - b; }
double multiply(double a, double b) { return a * b; }
Result<double> divide(double a, double b) {
  if (b == 0.0) return raise(PyExc_ZeroDivisionError, "float division by zero");
  return a / b;
}

Result<Ref<>> divmodSlot(PyObject* left, PyObject* right) {
  double a, b;
  if (!TRY(operand(left, &a)) || !TRY(operand(right, &b))) return notImplemented();
  if (b == 0.0) return raise(PyExc_ZeroDivisionError, "float divmod()");
  DoublePair pair = doubleDivmod(a, b);
  Ref<FloatObject> quotient = TRY(floatNew(pair.quotient)), remainder = TRY(floatNew(pair.remainder));
  return tupleOf(quotient.get(), remainder.get());
}

// OverflowError(34, 'Numerical result out of range'), as C's errno says it.
Raised raisePowerOverflow() {
  Ref<IntObject> number = TRY(intFromLong(ERANGE));
  Ref<StrObject> text = TRY(strFromAscii("Numerical result out of range"));
  Ref<TupleObject> args = TRY(tupleOf(number.get(), text.get()));
  return raiseObject(PyExc_OverflowError, args);
}

Result<Ref<>> powerSlot(PyObject* left, PyObject* right, PyObject* modulus) {
  if (modulus != Py_None) {
    return raise(PyExc_TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
  }
  double base, exponent;
  if (!TRY(operand(left, &base)) || !TRY(operand(right, &exponent))) return notImplemented();
  if (exponent == 0 || base == 1.0) return floatNew(1.0);
  bool special = !std::isfinite(base) || !std::isfinite(exponent);
  if (!special && base == 0.0 && exponent < 0) {
    return raise(PyExc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
  }
  if (!special && base < 0.0 && exponent != std::floor(exponent)) {
    Ref<ComplexObject> z = TRY(complexNew(base, 0.0)), w = TRY(complexNew(exponent, 0.0));
    return numberPower(z, w, modulus);
  }
  double result = std::pow(base, exponent);
  if (!special && std::isinf(result)) return raisePowerOverflow();
  return floatNew(result);
}

Result<Ref<>> negative(FloatObject* v) { return floatNew(-v->value); }
Result<Ref<>> absolute(FloatObject* v) { return floatNew(std::fabs(v->value)); }
int truth(FloatObject* v) { return v->value != 0.0; }
Result<Ref<>> exact(FloatObject* v) {
  if (isExactFloat(v)) return share(v);
  return floatNew(v->value);
}
Result<Ref<>> truncate(FloatObject* v) { return intFromDouble(v->value); }
Py_hash_t hashSlot(FloatObject* v) { return doubleHash(v, v->value); }

Result<Ref<>> compareSlot(FloatObject* left, PyObject* right, int op) {
  double a = left->value;
  if (isFloat(right)) {
    double b = cast<FloatObject>(right)->value;
    switch (op) {
      case Py_LT: return boolObject(a < b);
      case Py_LE: return boolObject(a <= b);
      case Py_EQ: return boolObject(a == b);
      case Py_NE: return boolObject(a != b);
      case Py_GT: return boolObject(a > b);
      default: return boolObject(a >= b);
    }
  }
  if (!isInt(right)) return notImplemented();
  if (std::isnan(a)) return boolObject(op == Py_NE);
  return boolObject(compareTruth(op, -intCompareDouble(cast<IntObject>(right), a)) != 0);
}

Result<Ref<>> fromObject(PyObject* x) {
  if (isExactFloat(x)) return share(x);
  if (isExactStr(x)) return floatFromStr(x);
  return numberFloat(x);
}

Result<Ref<>> construct(PyTypeObject* type, Opt<> x) {
  Ref<> value = x ? TRY(fromObject(x.get())) : Ref<>(TRY(floatNew(0.0)));
  if (type == &PyFloat_Type) return value;
  Ref<FloatObject> made = TRY(typeAlloc<FloatObject>(type));
  made->value = cast<FloatObject>(value.get())->value;
  return made;
}

Result<Ref<>> newSlotOf(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  if ((type == &PyFloat_Type || type->tp_init == PyFloat_Type.tp_init) && kwargs &&
      TRY(objectLength(kwargs.get())) > 0) {
    return raise(PyExc_TypeError, "float() takes no keyword arguments");
  }
  auto* values = cast<TupleObject>(args);
  if (values->size() > 1)
    return raise(PyExc_TypeError, "float expected at most 1 argument, got %zd", values->size());
  return construct(type, values->size() == 1 ? Opt<>(values->at(0)) : Opt<>());
}

Result<Ref<>> vectorcall(PyTypeObject* type, PyObject* const* args, Py_ssize_t count,
                         Opt<TupleObject> names) {
  if (names && names->size() > 0) return raise(PyExc_TypeError, "float() takes no keyword arguments");
  if (count > 1) return raise(PyExc_TypeError, "float expected at most 1 argument, got %zd", count);
  return construct(type, count == 1 ? Opt<>(args[0]) : Opt<>());
}

PyObject* vectorcallEntry(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* names) {
  return vectorcall(reinterpret_cast<PyTypeObject*>(type), args, vectorcallCount(nargsf),
                    static_cast<TupleObject*>(names))
      .toC();
}

Result<Ref<>> conjugateMethod(FloatObject* v) { return exact(v); }
Result<Ref<>> floorMethod(FloatObject* v) { return intFromDouble(std::floor(v->value)); }
Result<Ref<>> ceilMethod(FloatObject* v) { return intFromDouble(std::ceil(v->value)); }
bool isIntegerMethod(FloatObject* v) { return std::isfinite(v->value) && std::floor(v->value) == v->value; }

Result<Ref<>> roundMethod(FloatObject* v, PyObject* digits) {
  if (digits == Py_None) return intFromDouble(std::nearbyint(v->value));
  return floatRoundDigits(v->value, TRY(asSsize(digits, nullptr)));
}

Result<Ref<>> ratioMethod(FloatObject* v) {
  if (std::isinf(v->value)) return raise(PyExc_OverflowError, "cannot convert Infinity to integer ratio");
  if (std::isnan(v->value)) return raise(PyExc_ValueError, "cannot convert NaN to integer ratio");
  int exponent;
  double fraction = std::frexp(v->value, &exponent);
  auto mantissa = static_cast<long>(std::ldexp(fraction, 53));
  exponent -= 53;
  if (mantissa == 0) exponent = 0;
  int zeros = mantissa == 0
                  ? 0
                  : std::min(std::countr_zero(static_cast<unsigned long>(mantissa)), std::max(-exponent, 0));
  Ref<IntObject> whole = TRY(intFromLong(mantissa >> zeros));
  exponent += zeros;
  Ref<> numerator = TRY(intLshiftBy(whole, exponent > 0 ? exponent : 0));
  Ref<> denominator = TRY(intLshiftBy(smallInt(1), exponent < 0 ? -exponent : 0));
  return tupleOf(numerator.get(), denominator.get());
}

Result<Ref<>> hexMethod(FloatObject* v) {
  CharBuffer out;
  doubleToHex(out, v->value);
  return strFromAscii({out.data(), out.size()});
}

Result<Ref<>> fromHexMethod(PyTypeObject* type, PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "bad argument type for built-in operation");
  std::string_view view = TRY(strUtf8(cast<StrObject>(text)));
  auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!view.empty() && blank(view.front())) view.remove_prefix(1);
  while (!view.empty() && blank(view.back())) view.remove_suffix(1);
  double value;
  switch (doubleFromHex(view.data(), view.data() + view.size(), &value)) {
    case HexStatus::kInvalid: return raise(PyExc_ValueError, "invalid hexadecimal floating-point string");
    case HexStatus::kOverflow:
      return raise(PyExc_OverflowError, "hexadecimal value too large to represent as a float");
    case HexStatus::kOk: break;
  }
  Ref<FloatObject> made = TRY(floatNew(value));
  if (type == &PyFloat_Type) return made;
  return call(type, made.get());
}

Result<Ref<>> getFormatMethod(PyTypeObject*, StrObject* name) {
  if (!strEqualsAscii(name, "double") && !strEqualsAscii(name, "float")) {
    return raise(PyExc_ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
  }
  return strFromAscii("IEEE, little-endian");
}

Result<Ref<>> newArgsMethod(FloatObject* v) {
  Ref<FloatObject> copy = TRY(floatNew(v->value));
  return tupleOf(copy.get());
}

Result<Ref<>> imagGetter(FloatObject*) { return floatNew(0.0); }

constinit PyMethodDef kFloatMethods[] = {
    method<"conjugate($self, /)", conjugateMethod, "Return self, the complex conjugate of any float.">,
    method<"__trunc__($self, /)", truncate, "Return the Integral closest to x between 0 and x.">,
    method<"__floor__($self, /)", floorMethod, "Return the floor as an Integral.">,
    method<"__ceil__($self, /)", ceilMethod, "Return the ceiling as an Integral.">,
    method<"__round__($self, ndigits=None, /)", roundMethod, "Rounds half to even to so many decimals.">,
    method<"as_integer_ratio($self, /)", ratioMethod,
           "A pair of integers whose ratio is exactly the float.\n\n"
           ">>> (0.375).as_integer_ratio()\n"
           "(3, 8)\n"
           ">>> (-2.0).as_integer_ratio()\n"
           "(-2, 1)\n"
           ">>> (1e6).as_integer_ratio()\n"
           "(1000000, 1)">,
    classMethod<"fromhex($type, string, /)", fromHexMethod,
                "The float that a hexadecimal text stands for.\n\n"
                ">>> float.fromhex('0x1.8p2')\n"
                "6.0\n"
                ">>> float.fromhex('-a.8')\n"
                "-10.5">,
    method<"hex($self, /)", hexMethod,
           "The exact value in hexadecimal.\n\n"
           ">>> (6.0).hex()\n"
           "'0x1.8000000000000p+2'\n"
           ">>> (-0.3).hex()\n"
           "'-0x1.3333333333333p-2'">,
    method<"is_integer($self, /)", isIntegerMethod, "True when the float is an integer.">,
    method<"__getnewargs__($self, /)", newArgsMethod>,
    classMethod<"__getformat__($type, typestr, /)", getFormatMethod,
                "How C's 'double' or 'float' is laid out.">,
    method<"__format__($self, format_spec, /)", floatFormat, "Formats the float according to format_spec.">,
    {}};

constinit PyGetSetDef kFloatGetSet[] = {
    getset<"real", exact, nullptr, "the real part of a complex number">,
    getset<"imag", imagGetter, nullptr, "the imaginary part of a complex number">,
    {}};

constinit PyNumberMethods kFloatNumber = {
    .nb_add = slot<binary<add>>,
    .nb_subtract = slot<binary<subtract>>,
    .nb_multiply = slot<binary<multiply>>,
    .nb_remainder = slot<binary<doubleModulo>>,
    .nb_divmod = slot<divmodSlot>,
    .nb_power = slot<powerSlot>,
    .nb_negative = slot<negative>,
    .nb_positive = slot<exact>,
    .nb_absolute = slot<absolute>,
    .nb_bool = slot<truth>,
    .nb_int = slot<truncate>,
    .nb_float = slot<exact>,
    .nb_floor_divide = slot<binary<doubleFloorDivide>>,
    .nb_true_divide = slot<binary<divide>>,
};

}  // namespace

Result<Ref<FloatObject>> floatNew(double value) {
  if (free_floats) [[likely]] {
    FloatObject* v = free_floats;
    free_floats = reinterpret_cast<FloatObject*>(v->ob_type);
    free_count--;
    v->ob_refcnt = 1;
    v->ob_type = &PyFloat_Type;
    v->value = value;
    return steal(v);
  }
  Ref<FloatObject> v = TRY(objectNew<FloatObject>(&PyFloat_Type));
  v->value = value;
  return v;
}

void floatClearFreeList() {
  while (free_floats) {
    FloatObject* v = free_floats;
    free_floats = reinterpret_cast<FloatObject*>(v->ob_type);
    objectFree(v);
  }
  free_count = 0;
}

Py_hash_t doubleHash(PyObject* object, double value) {
  return std::isnan(value) ? hashPointer(object) : hashDouble(value);
}

DoublePair doubleDivmod(double a, double b) {
  double rest = std::fmod(a, b);
  // a - rest is nearly b times an integer.
  double quotient = (a - rest) / b;
  if (rest != 0.0) {
    if ((b < 0) != (rest < 0)) {
      rest += b;
      quotient -= 1.0;
    }
  } else {
    rest = std::copysign(0.0, b);
  }
  if (quotient == 0.0) return {std::copysign(0.0, a / b), rest};
  double whole = std::floor(quotient);
  return {quotient - whole > 0.5 ? whole + 1.0 : whole, rest};
}

Result<double> doubleModulo(double a, double b) {
  if (b == 0.0) return raise(PyExc_ZeroDivisionError, "float modulo");
  double rest = std::fmod(a, b);
  if (rest == 0.0) return std::copysign(0.0, b);
  return (b < 0) != (rest < 0) ? rest + b : rest;
}

Result<double> doubleFloorDivide(double a, double b) {
  if (b == 0.0) return raise(PyExc_ZeroDivisionError, "float floor division by zero");
  return doubleDivmod(a, b).quotient;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyFloat_Type = {
    KR_TYPE_HEAD,
    .tp_name = "float",
    .tp_basicsize = sizeof(FloatObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<floatRepr>,
    .tp_as_number = &kFloatNumber,
    .tp_hash = slot<hashSlot>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF,
    .tp_doc = docText<"float(x=0, /)", "A floating-point number from a number or from text.">,
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kFloatMethods,
    .tp_getset = kFloatGetSet,
    .tp_new = slot<newSlotOf>,
    .tp_free = objectFree,
    .tp_vectorcall = vectorcallEntry,
};
