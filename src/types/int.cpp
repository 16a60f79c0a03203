// The type int: construction, methods and slots. Arithmetic is in int_arith.cpp, text in int_text.cpp.
#include "types/int.h"

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int_internal.h"
#include "types/tuple.h"

namespace krait {
namespace {

template <Result<Ref<>> (*kOp)(IntObject*, IntObject*)>
Result<Ref<>> binary(PyObject* left, PyObject* right) {
  if (!isInt(left) || !isInt(right)) return notImplemented();
  return kOp(cast<IntObject>(left), cast<IntObject>(right));
}

Result<Ref<>> divmodSlot(IntObject* left, IntObject* right) {
  IntPair pair = TRY(intDivmod(left, right));
  return tupleOf(pair.quotient.get(), pair.remainder.get());
}

Result<Ref<>> powerSlot(PyObject* base, PyObject* exponent, PyObject* modulus) {
  if (!isInt(base) || !isInt(exponent)) return notImplemented();
  if (modulus == Py_None) return intPower(cast<IntObject>(base), cast<IntObject>(exponent), nullptr);
  if (!isInt(modulus)) return notImplemented();
  return intPower(cast<IntObject>(base), cast<IntObject>(exponent), cast<IntObject>(modulus));
}

Result<Ref<>> exactSlot(IntObject* v) { return intExact(v); }
Result<Ref<>> floatSlot(IntObject* v) { return floatNew(TRY(intAsDouble(v))); }
int boolSlot(IntObject* v) { return !v->isZero(); }

Result<Ref<>> compareSlot(PyObject* left, PyObject* right, int op) {
  if (!isInt(left) || !isInt(right)) return notImplemented();
  int order = left == right ? 0 : intCompare(cast<IntObject>(left), cast<IntObject>(right));
  return boolObject(compareTruth(op, order) != 0);
}

// --- construction ---

Result<Ref<>> fromObjectWithBase(PyObject* x, PyObject* base_object) {
  Py_ssize_t base = TRY(asSsize(base_object, nullptr));
  if ((base != 0 && base < 2) || base > 36) {
    return raise(PyExc_ValueError, "int() base must be >= 2 and <= 36, or 0");
  }
  if (isStr(x)) return intFromStr(cast<StrObject>(x), static_cast<int>(base));
  if (isBytes(x)) return intFromBytesText(cast<BytesObject>(x)->view(), static_cast<int>(base), x);
  if (isByteArray(x)) {
    auto* array = cast<ByteArrayObject>(x);
    return intFromBytesText({array->ob_start, static_cast<size_t>(array->ob_size)}, static_cast<int>(base),
                            nullptr);
  }
  return raise(PyExc_TypeError, "int() can't convert non-string with explicit base");
}

Result<Ref<>> valueOf(Opt<> x, Opt<> base) {
  if (x) return base ? fromObjectWithBase(x.get(), base.get()) : Result<Ref<>>(numberInt(x.get()));
  if (base) return raise(PyExc_TypeError, "int() missing string argument");
  return share(smallInt(0));
}

constexpr Text kNewSignature = "!int(x=<unrepresentable>, /, base=<unrepresentable>)";

PyObject* intVectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* names) {
  if (vectorcallCount(nargsf) == 1 && !names) {
    return numberInt(args[0]).toC();
  }
  PyObject* bound[3] = {};
  if (bindArguments(SignatureOf<kNewSignature>::runtime, args, vectorcallCount(nargsf),
                    static_cast<TupleObject*>(names), bound)
          .failed()) {
    return nullptr;
  }
  return intConstruct(reinterpret_cast<PyTypeObject*>(type), bound[0], bound[1]).toC();
}

// --- methods ---

Result<bool> isLittleEndian(Opt<StrObject> order) {
  if (!order || strEqualsAscii(order.get(), "big")) return false;
  if (strEqualsAscii(order.get(), "little")) return true;
  return raise(PyExc_ValueError, "byteorder must be either 'little' or 'big'");
}

Result<Ref<>> toBytesMethod(IntObject* v, Py_ssize_t length, Opt<StrObject> byteorder, bool is_signed) {
  bool little = TRY(isLittleEndian(byteorder));
  if (length < 0) return raise(PyExc_ValueError, "length argument must be non-negative");
  Ref<BytesObject> bytes = TRY(bytesNew(length));
  if (length == 0) {
    // The empty object is shared: check the range without writing.
    uint8_t none_written;
    TRY(intToBytes(v, &none_written, 0, little, is_signed));
    return bytes;
  }
  TRY(intToBytes(v, reinterpret_cast<uint8_t*>(bytes->data()), length, little, is_signed));
  return bytes;
}

Result<Ref<>> fromBytesMethod(PyTypeObject* type, PyObject* source, Opt<StrObject> byteorder,
                              bool is_signed) {
  bool little = TRY(isLittleEndian(byteorder));
  Ref<> bytes = TRY(objectBytes(source));
  std::string_view data = cast<BytesObject>(bytes.get())->view();
  Ref<IntObject> value =
      TRY(intFromBytes(reinterpret_cast<const uint8_t*>(data.data()), data.size(), little, is_signed));
  if (type == &PyLong_Type) return value;
  return call(type, value.get());
}

Result<Ref<>> conjugateMethod(IntObject* v) { return intExact(v); }
Result<Ref<>> roundMethod(IntObject* v, Opt<> digits) { return intRound(v, digits); }
Result<Ref<>> bitLengthMethod(IntObject* v) { return intFromLong(static_cast<long>(intBitCount(v))); }
Result<Ref<>> bitCountMethod(IntObject* v) {
  return intFromLong(static_cast<long>(digitsBitCount(v->magnitude())));
}

Result<Ref<>> ratioMethod(IntObject* v) {
  Ref<IntObject> exact = TRY(intExact(v));
  return tupleOf(exact.get(), smallInt(1));
}

Result<Ref<>> newArgsMethod(IntObject* v) {
  Ref<IntObject> copy = TRY(intFromDigits(v->magnitude(), v->isNegative()));
  return tupleOf(copy.get());
}

Py_ssize_t sizeofMethod(IntObject* v) {
  return static_cast<Py_ssize_t>(offsetof(IntObject, digits)) +
         std::max<Py_ssize_t>(v->digitCount(), 1) * static_cast<Py_ssize_t>(sizeof(Digit));
}

Result<Ref<>> realGetter(IntObject* v) { return intExact(v); }
Result<Ref<>> imagGetter(IntObject*) { return share(smallInt(0)); }
Result<Ref<>> denominatorGetter(IntObject*) { return share(smallInt(1)); }

constinit PyMethodDef kIntMethods[] = {
    method<"!conjugate($self, /)", conjugateMethod, "Returns self, the complex conjugate of any int.">,
    method<"bit_length($self, /)", bitLengthMethod,
           "Number of bits of the magnitude.\n\n"
           ">>> bin(90)\n"
           "'0b1011010'\n"
           ">>> (90).bit_length()\n"
           "7">,
    method<"bit_count($self, /)", bitCountMethod,
           "Number of ones in the binary form of the magnitude.\n\n"
           ">>> bin(90)\n"
           "'0b1011010'\n"
           ">>> (90).bit_count()\n"
           "4">,
    method<"to_bytes($self, /, length=1, byteorder='big', *, signed=False)", toBytesMethod,
           "The value as an array of bytes.">,
    classMethod<"from_bytes($type, /, bytes, byteorder='big', *, signed=False)", fromBytesMethod,
                "The integer that an array of bytes stands for.">,
    method<"as_integer_ratio($self, /)", ratioMethod,
           "The pair (self, 1).\n\n"
           ">>> (7).as_integer_ratio()\n"
           "(7, 1)\n"
           ">>> (-12).as_integer_ratio()\n"
           "(-12, 1)\n"
           ">>> True.as_integer_ratio()\n"
           "(1, 1)">,
    method<"!__trunc__($self, /)", conjugateMethod, "Truncating an int returns itself.">,
    method<"!__floor__($self, /)", conjugateMethod, "Flooring an int returns itself.">,
    method<"!__ceil__($self, /)", conjugateMethod, "Ceiling of an int returns itself.">,
    method<"__round__($self, ndigits=<unrepresentable>, /)", roundMethod,
           "Rounds to a power of ten when ndigits is negative.">,
    method<"__getnewargs__($self, /)", newArgsMethod>,
    method<"__format__($self, format_spec, /)", intFormat>,
    method<"__sizeof__($self, /)", sizeofMethod, "Size in memory, in bytes.">,
    {}};

constinit PyGetSetDef kIntGetSet[] = {
    getset<"real", realGetter, nullptr, "the real part of a complex number">,
    getset<"imag", imagGetter, nullptr, "the imaginary part of a complex number">,
    getset<"numerator", realGetter, nullptr, "the numerator of a rational number in lowest terms">,
    getset<"denominator", denominatorGetter, nullptr, "the denominator of a rational number in lowest terms">,
    {}};

constinit PyNumberMethods kIntNumber = {
    .nb_add = slot<binary<intAdd>>,
    .nb_subtract = slot<binary<intSubtract>>,
    .nb_multiply = slot<binary<intMultiply>>,
    .nb_remainder = slot<binary<intRemainder>>,
    .nb_divmod = slot<binary<divmodSlot>>,
    .nb_power = slot<powerSlot>,
    .nb_negative = slot<intNegative>,
    .nb_positive = slot<exactSlot>,
    .nb_absolute = slot<intAbsolute>,
    .nb_bool = slot<boolSlot>,
    .nb_invert = slot<intInvert>,
    .nb_lshift = slot<binary<intLshift>>,
    .nb_rshift = slot<binary<intRshift>>,
    .nb_and = slot<binary<intAnd>>,
    .nb_xor = slot<binary<intXor>>,
    .nb_or = slot<binary<intOr>>,
    .nb_int = slot<exactSlot>,
    .nb_float = slot<floatSlot>,
    .nb_floor_divide = slot<binary<intFloorDivide>>,
    .nb_true_divide = slot<binary<intTrueDivide>>,
    .nb_index = slot<exactSlot>,
};

}  // namespace

Result<Ref<>> intConstruct(PyTypeObject* type, Opt<> x, Opt<> base) {
  Ref<> value = TRY(valueOf(x, base));
  if (type == &PyLong_Type) return value;
  return intSubtypeNew(type, cast<IntObject>(value.get()));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyLong_Type = {
    KR_TYPE_HEAD,
    .tp_name = "int",
    .tp_basicsize = offsetof(IntObject, digits),
    .tp_itemsize = sizeof(Digit),
    .tp_dealloc = slot<intDealloc>,
    .tp_repr = slot<intRepr>,
    .tp_as_number = &kIntNumber,
    .tp_hash = slot<intHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
    .tp_doc =
        "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
        "An integer from a number or from text; base 0 reads the base from the text's prefix.\n\n"
        ">>> int('0x1f', base=0)\n"
        "31",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kIntMethods,
    .tp_getset = kIntGetSet,
    .tp_new = newSlot<kNewSignature, intConstruct>,
    .tp_free = objectFree,
    .tp_vectorcall = intVectorcall,
};
