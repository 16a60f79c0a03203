// The type complex.
#include "types/complex.h"

#include <cerrno>
#include <cmath>
#include <limits>

#include "base/float_text.h"
#include "base/hash.h"
#include "base/unicode/database.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/float.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait {
namespace {

ComplexValue valueOf(const ComplexObject* v) { return {v->real, v->imag}; }
Result<Ref<>> make(ComplexValue z) { return complexNew(z.real, z.imag); }

void dealloc(ComplexObject* v) { objectFreeMemory(v); }

// --- operators ---

// An operand's value: complex, float or int; false: something else.
Result<bool> operand(PyObject* o, ComplexValue* out) {
  if (isComplex(o)) {
    *out = valueOf(cast<ComplexObject>(o));
    return true;
  }
  if (isFloat(o)) {
    *out = {cast<FloatObject>(o)->value, 0.0};
    return true;
  }
  if (!isInt(o)) return false;
  *out = {TRY(intAsDouble(cast<IntObject>(o))), 0.0};
  return true;
}

ComplexValue add(ComplexValue a, ComplexValue b) { return {a.real + b.real, a.imag + b.imag}; }
ComplexValue subtract(ComplexValue a, ComplexValue b) { return {a.real - b.real, a.imag - b.imag}; }

template <ComplexValue (*kOp)(ComplexValue, ComplexValue)>
Result<Ref<>> binary(PyObject* left, PyObject* right) {
  ComplexValue a, b;
  if (!TRY(operand(left, &a)) || !TRY(operand(right, &b))) return notImplemented();
  errno = 0;
  ComplexValue result = kOp(a, b);
  if (errno == EDOM) return raise(PyExc_ZeroDivisionError, "complex division by zero");
  return make(result);
}

// Repeated squaring for small integral exponents; more accurate than the polar form.
ComplexValue powerUnsigned(ComplexValue base, long exponent) {
  ComplexValue result{1.0, 0.0};
  for (long mask = 1; mask > 0 && exponent >= mask; mask <<= 1) {
    if ((exponent & mask) != 0) result = complexMultiply(result, base);
    base = complexMultiply(base, base);
  }
  return result;
}

ComplexValue powerInteger(ComplexValue base, long exponent) {
  return exponent > 0 ? powerUnsigned(base, exponent)
                      : complexDivide({1.0, 0.0}, powerUnsigned(base, -exponent));
}

// The C library flags underflows too; only infinite results count here.
void flagOverflow(ComplexValue z) {
  bool infinite = std::isinf(z.real) || std::isinf(z.imag);
  if (infinite && errno == 0) errno = ERANGE;
  if (!infinite && errno == ERANGE) errno = 0;
}

Result<Ref<>> powerSlot(PyObject* left, PyObject* right, PyObject* modulus) {
  ComplexValue base, exponent;
  if (!TRY(operand(left, &base)) || !TRY(operand(right, &exponent))) return notImplemented();
  if (modulus != Py_None) return raise(PyExc_ValueError, "complex modulo");
  errno = 0;
  bool small_integer =
      exponent.imag == 0.0 && exponent.real == std::floor(exponent.real) && std::fabs(exponent.real) <= 100.0;
  ComplexValue result =
      small_integer ? powerInteger(base, static_cast<long>(exponent.real)) : complexPower(base, exponent);
  flagOverflow(result);
  if (errno == EDOM) return raise(PyExc_ZeroDivisionError, "0.0 to a negative or complex power");
  if (errno == ERANGE) return raise(PyExc_OverflowError, "complex exponentiation");
  return make(result);
}

Result<Ref<>> negative(ComplexObject* v) { return complexNew(-v->real, -v->imag); }
Result<Ref<>> positive(ComplexObject* v) {
  if (isExact(v, &PyComplex_Type)) return share(v);
  return make(valueOf(v));
}
Result<Ref<>> absolute(ComplexObject* v) {
  errno = 0;
  double result = complexAbs(valueOf(v));
  if (errno == ERANGE) return raise(PyExc_OverflowError, "absolute value too large");
  return floatNew(result);
}
int truth(ComplexObject* v) { return v->real != 0.0 || v->imag != 0.0; }

Py_hash_t hashSlot(ComplexObject* v) {
  auto real = static_cast<Py_uhash_t>(doubleHash(v, v->real));
  auto imag = static_cast<Py_uhash_t>(doubleHash(v, v->imag));
  auto combined = static_cast<Py_hash_t>(real + kHashImag * imag);
  return combined == -1 ? -2 : combined;
}

Result<Ref<>> compareSlot(ComplexObject* left, PyObject* right, int op) {
  if (op != Py_EQ && op != Py_NE) return notImplemented();
  bool equal;
  if (isInt(right)) {
    equal = left->imag == 0.0 && !std::isnan(left->real) &&
            intCompareDouble(cast<IntObject>(right), left->real) == 0;
  } else {
    ComplexValue b;
    if (!TRY(operand(right, &b))) return notImplemented();
    equal = left->real == b.real && left->imag == b.imag;
  }
  return boolObject(equal == (op == Py_EQ));
}

// --- text ---

void appendPart(CharBuffer& out, double value, bool plus) {
  doubleToText(out, value, {.type = 'r', .plus_sign = plus});
}

Result<Ref<>> repr(ComplexObject* v) {
  CharBuffer out;
  bool only_imaginary = v->real == 0.0 && !std::signbit(v->real);
  if (!only_imaginary) {
    out.append('(');
    appendPart(out, v->real, false);
  }
  appendPart(out, v->imag, !only_imaginary);
  out.append('j');
  if (!only_imaginary) out.append(')');
  return strFromAscii({out.data(), out.size()});
}

bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// "[real][imag j]" with the sign that joins them; a bare sign before j stands for one.
bool parseComplex(std::string_view text, ComplexValue* out) {
  const char *at = text.data(), *end = at + text.size();
  auto skip_blanks = [&] {
    while (at < end && isBlank(*at)) at++;
  };
  auto is_j = [&] { return at < end && (*at == 'j' || *at == 'J'); };
  auto is_sign = [&] { return at < end && (*at == '+' || *at == '-'); };
  auto sign_only = [&] {
    double one = 1.0;
    if (is_sign()) one = *at++ == '-' ? -1.0 : 1.0;
    return one;
  };
  skip_blanks();
  bool parenthesis = at < end && *at == '(';
  if (parenthesis) {
    at++;
    skip_blanks();
  }
  *out = {0.0, 0.0};
  ParsedDouble first = doubleParse(at, end);
  if (first.end != at) {
    at = first.end;
    if (is_sign()) {
      out->real = first.value;
      ParsedDouble second = doubleParse(at, end);
      out->imag = second.end != at ? second.value : sign_only();
      if (second.end != at && second.end > at) at = second.end;
      if (!is_j()) return false;
      at++;
    } else if (is_j()) {
      at++;
      out->imag = first.value;
    } else {
      out->real = first.value;
    }
  } else {
    out->imag = sign_only();
    if (!is_j()) return false;
    at++;
  }
  skip_blanks();
  if (parenthesis) {
    if (at == end || *at != ')') return false;
    at++;
    skip_blanks();
  }
  return at == end;
}

// False where an underscore is in a wrong place, or at a null character.
bool stripUnderscores(std::string_view text, CharBuffer& out) {
  auto digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '\0') return false;
    if (text[i] != '_') {
      out.append(text[i]);
    } else if (i == 0 || !digit(i - 1) || !digit(i + 1)) {
      return false;
    }
  }
  return true;
}

Result<ComplexValue> fromStr(StrObject* text) {
  CharBuffer ascii, clean;
  TRY(reserveScratch(ascii, static_cast<size_t>(text->size())));
  for (Py_ssize_t i = 0; i < text->size(); i++) {
    Py_UCS4 ch = text->at(i);
    int digit = ch < 128 ? -1 : unicode::toDecimal(ch);
    bool known = ch < 128 || digit >= 0 || unicode::isSpace(ch);
    ascii.append(ch < 128     ? static_cast<char>(ch)
                 : digit >= 0 ? static_cast<char>('0' + digit)
                 : known      ? ' '
                              : '?');
    if (!known) break;  // malformed here; what follows is not looked at
  }
  ComplexValue value;
  std::string_view given(ascii.data(), ascii.size());
  TRY(reserveScratch(clean, given.size()));
  // Underscores behind a null character are not looked for: the text is malformed before they are in the
  // wrong place.
  if (given.substr(0, given.find('\0')).find('_') == given.npos)
    clean.append(given.data(), given.size());
  else if (!stripUnderscores(given, clean))
    return raise(PyExc_ValueError, "could not convert string to complex: %R", text);
  if (!parseComplex({clean.data(), clean.size()}, &value)) {
    return raise(PyExc_ValueError, "complex() arg is a malformed string");
  }
  return value;
}

// --- construction ---

// What __complex__ answers, checked; absent: the type has none.
Result<MaybeRef<>> fromSpecial(PyObject* o) {
  MaybeRef<> bound = TRY(lookupSpecial(o, name<"__complex__">()));
  if (!bound) return MaybeRef<>();
  Ref<> result = TRY(call(bound.get()));
  if (!isComplex(result.get())) {
    return raise(PyExc_TypeError, "__complex__ returned non-complex (type %.200s)", typeName(result));
  }
  if (!isExact(result.get(), &PyComplex_Type)) {
    TRY(warn(PyExc_DeprecationWarning, 1,
             "__complex__ returned non-complex (type %.200s).  The ability to return an instance of a strict "
             "subclass "
             "of complex is deprecated, and may be removed in a future version of Python.",
             typeName(result)));
  }
  return MaybeRef<>(std::move(result));
}

bool hasRealConversion(PyObject* o) {
  PyNumberMethods* number = typeOf(o)->tp_as_number;
  return number && (number->nb_float || number->nb_index);
}

struct Part {
  ComplexValue value;
  bool is_complex;
};

Result<Part> partOf(PyObject* o) {
  if (isComplex(o)) return Part{valueOf(cast<ComplexObject>(o)), true};
  return Part{{TRY(asDouble(o)), 0.0}, false};
}

// Real and imaginary arguments may be complex themselves: real + imag * 1j.
ComplexValue combine(const Part& real, const Part& imag, bool imag_given) {
  ComplexValue z = real.value;
  if (!real.is_complex) z.imag = 0.0;
  if (imag_given && imag.is_complex) z.real -= imag.value.imag;
  if (imag_given) z.imag = real.is_complex ? z.imag + imag.value.real : imag.value.real;
  return z;
}

Result<Ref<>> makeOfType(PyTypeObject* type, ComplexValue z) {
  if (type == &PyComplex_Type) return make(z);
  Ref<ComplexObject> made = TRY(typeAlloc<ComplexObject>(type));
  made->real = z.real;
  made->imag = z.imag;
  return made;
}

Result<Ref<>> construct(PyTypeObject* type, Opt<> real, Opt<> imag) {
  if (real && !imag && type == &PyComplex_Type && isExact(real.get(), &PyComplex_Type))
    return share(real.get());
  if (real && isStr(real.get())) {
    if (imag) return raise(PyExc_TypeError, "complex() can't take second arg if first is a string");
    return makeOfType(type, TRY(fromStr(cast<StrObject>(real.get()))));
  }
  if (imag && isStr(imag.get())) return raise(PyExc_TypeError, "complex() second arg can't be a string");
  Ref<> first = real ? share(real.get()) : Ref<>(share(smallInt(0)));
  MaybeRef<> converted = TRY(fromSpecial(first));
  if (converted) first = std::move(converted).take();
  if (!isComplex(first) && !hasRealConversion(first)) {
    return raise(PyExc_TypeError, "complex() first argument must be a string or a number, not '%.200s'",
                 typeName(first));
  }
  if (imag && !isComplex(imag.get()) && !hasRealConversion(imag.get())) {
    return raise(PyExc_TypeError, "complex() second argument must be a number, not '%.200s'",
                 typeName(imag.get()));
  }
  Part a = TRY(partOf(first));
  Part b = imag ? TRY(partOf(imag.get())) : Part{{0.0, 0.0}, false};
  return makeOfType(type, combine(a, b, static_cast<bool>(imag)));
}

// --- methods ---

Result<Ref<>> conjugateMethod(ComplexObject* v) { return complexNew(v->real, -v->imag); }
Result<Ref<>> complexMethod(ComplexObject* v) { return positive(v); }
Result<Ref<>> newArgsMethod(ComplexObject* v) {
  Ref<FloatObject> real = TRY(floatNew(v->real)), imag = TRY(floatNew(v->imag));
  return tupleOf(real.get(), imag.get());
}

constinit PyMethodDef kComplexMethods[] = {
    method<"conjugate($self, /)", conjugateMethod, "The complex conjugate: (3-4j) for (3+4j).">,
    method<"__complex__($self, /)", complexMethod, "Convert this value to exact type complex.">,
    method<"__getnewargs__($self, /)", newArgsMethod>,
    method<"__format__($self, format_spec, /)", complexFormat,
           "Formats the number according to format_spec.">,
    {}};

constinit PyMemberDef kComplexMembers[] = {
    {"real", T_DOUBLE, offsetof(ComplexObject, real), READONLY, "the real part of a complex number"},
    {"imag", T_DOUBLE, offsetof(ComplexObject, imag), READONLY, "the imaginary part of a complex number"},
    {}};

constinit PyNumberMethods kComplexNumber = {
    .nb_add = slot<binary<add>>,
    .nb_subtract = slot<binary<subtract>>,
    .nb_multiply = slot<binary<complexMultiply>>,
    .nb_power = slot<powerSlot>,
    .nb_negative = slot<negative>,
    .nb_positive = slot<positive>,
    .nb_absolute = slot<absolute>,
    .nb_bool = slot<truth>,
    .nb_true_divide = slot<binary<complexDivide>>,
};

}  // namespace

Result<Ref<ComplexObject>> complexNew(double real, double imag) {
  Ref<ComplexObject> v = TRY(objectNew<ComplexObject>(&PyComplex_Type));
  v->real = real;
  v->imag = imag;
  return v;
}

ComplexValue complexMultiply(ComplexValue a, ComplexValue b) {
  return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

ComplexValue complexDivide(ComplexValue a, ComplexValue b) {
  // Scaling by the larger part of the divisor avoids needless overflow.
  double real = std::fabs(b.real), imag = std::fabs(b.imag);
  if (real >= imag) {
    if (real == 0.0) {
      errno = EDOM;
      return {0.0, 0.0};
    }
    double ratio = b.imag / b.real, scale = b.real + b.imag * ratio;
    return {(a.real + a.imag * ratio) / scale, (a.imag - a.real * ratio) / scale};
  }
  if (imag >= real) {
    double ratio = b.real / b.imag, scale = b.real * ratio + b.imag;
    return {(a.real * ratio + a.imag) / scale, (a.imag * ratio - a.real) / scale};
  }
  return {std::nan(""), std::nan("")};
}

ComplexValue complexPower(ComplexValue a, ComplexValue b) {
  if (b.real == 0.0 && b.imag == 0.0) return {1.0, 0.0};
  if (a.real == 0.0 && a.imag == 0.0) {
    if (b.imag != 0.0 || b.real < 0.0) errno = EDOM;
    return {0.0, 0.0};
  }
  double magnitude = std::hypot(a.real, a.imag), angle = std::atan2(a.imag, a.real);
  double length = std::pow(magnitude, b.real), phase = angle * b.real;
  if (b.imag != 0.0) {
    length /= std::exp(angle * b.imag);
    phase += b.imag * std::log(magnitude);
  }
  return {length * std::cos(phase), length * std::sin(phase)};
}

double complexAbs(ComplexValue z) {
  if (!std::isfinite(z.real) || !std::isfinite(z.imag)) {
    if (std::isinf(z.real) || std::isinf(z.imag)) return std::numeric_limits<double>::infinity();
    return std::numeric_limits<double>::quiet_NaN();
  }
  double result = std::hypot(z.real, z.imag);
  errno = std::isfinite(result) ? 0 : ERANGE;
  return result;
}

Result<ComplexValue> asComplex(PyObject* o) {
  if (isComplex(o)) return valueOf(cast<ComplexObject>(o));
  MaybeRef<> converted = TRY(fromSpecial(o));
  if (converted) return valueOf(cast<ComplexObject>(converted.get()));
  return ComplexValue{TRY(asDouble(o)), 0.0};
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyComplex_Type = {
    KR_TYPE_HEAD,
    .tp_name = "complex",
    .tp_basicsize = sizeof(ComplexObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<repr>,
    .tp_as_number = &kComplexNumber,
    .tp_hash = slot<hashSlot>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = docText<"complex(real=0, imag=0)",
                      "A complex number from a real and an imaginary part, or from text.">,
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kComplexMethods,
    .tp_members = kComplexMembers,
    .tp_new = newSlot<"complex(real=<unrepresentable>, imag=<unrepresentable>)", construct>,
    .tp_free = objectFree,
};
