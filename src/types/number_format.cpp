// format() of int, float and complex.
#include <climits>
#include <cmath>
#include <string>

#include "base/float_text.h"
#include "core/errors.h"
#include "core/object.h"
#include "core/scratch.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int.h"

namespace krait {
namespace {

bool isOneOf(Py_UCS4 type, std::string_view letters) {
  return type < 128 && letters.find(static_cast<char>(type)) != letters.npos;
}

// --- int ---

Status formatCharacter(StrBuilder& out, IntObject* v, const FormatSpec& spec) {
  if (spec.sign != 0) return raise(PyExc_ValueError, "Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) {
    return raise(PyExc_ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
  }
  long code;
  if (!intFitsLong(v, &code)) {
    return raise(PyExc_OverflowError, "Python int too large to convert to C long");
  }
  if (code < 0 || code > 0x10ffff) return raise(PyExc_OverflowError, "%%c arg not in range(0x110000)");
  return formatNumberChar(out, spec, static_cast<Py_UCS4>(code));
}

int baseOf(Py_UCS4 type) {
  switch (type) {
    case 'b': return 2;
    case 'o': return 8;
    case 'x':
    case 'X': return 16;
    default: return 10;
  }
}

Status formatInteger(StrBuilder& out, IntObject* v, const FormatSpec& spec) {
  if (spec.precision != -1)
    return raise(PyExc_ValueError, "Precision not allowed in integer format specifier");
  if (spec.no_negative_zero) {
    return raise(PyExc_ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
  }
  if (spec.type == 'c') return formatCharacter(out, v, spec);
  int base = baseOf(spec.type);
  Ref<StrObject> text = TRY(intToStr(v, base, spec.alternate));
  std::string_view digits = text->asciiView();
  std::string upper;
  if (spec.type == 'X') {
    upper = TRY(scratchText(digits));
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    digits = upper;
  }
  NumberText number{.negative = v->isNegative(), .use_locale = spec.type == 'n'};
  if (number.negative) digits.remove_prefix(1);
  if (spec.alternate && base != 10) {
    number.prefix = digits.substr(0, 2);
    digits.remove_prefix(2);
  }
  number.digits = digits;
  return formatNumber(out, spec, number);
}

// --- float ---

// How one real number is written.
struct RealFormat {
  DoubleFormat text;
  bool percent = false;
};

Result<RealFormat> realFormatOf(const FormatSpec& spec, int default_precision) {
  if (spec.precision > INT_MAX) return raise(PyExc_ValueError, "precision too big");
  RealFormat format;
  auto precision = static_cast<int>(spec.precision);
  Py_UCS4 type = spec.type;
  format.text.alternate = spec.alternate;
  format.text.no_negative_zero = spec.no_negative_zero;
  if (type == 0) {
    // repr() without precision, else like 'g' with at least one decimal.
    format.text.type = precision < 0 ? 'r' : 'g';
    format.text.dot_zero = true;
    format.text.precision = precision;
    return format;
  }
  if (type == 'n') type = 'g';
  if (type == '%') {
    format.percent = true;
    type = 'f';
  }
  format.text.upper = type == 'E' || type == 'F' || type == 'G';
  format.text.type = static_cast<char>(type | 0x20);
  format.text.precision = precision < 0 ? default_precision : precision;
  return format;
}

// Splits "-12.5e+07" into the pieces that the layout wants; they point into `text`.
NumberText splitNumber(std::string_view text) {
  NumberText number;
  number.negative = text.starts_with('-');
  if (number.negative) text.remove_prefix(1);
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') digits++;
  // inf and nan are not digits to be grouped: they stand where the rest does.
  number.digits = text.substr(0, digits);
  text.remove_prefix(digits);
  number.has_point = text.starts_with('.');
  if (number.has_point) text.remove_prefix(1);
  number.rest = text;
  return number;
}

Status formatReal(StrBuilder& out, double value, const FormatSpec& spec) {
  RealFormat format = TRY(realFormatOf(spec, 6));
  if (format.percent) value *= 100;
  CharBuffer text;
  if (!doubleToText(text, value, format.text)) return raiseNoMemory();
  if (format.percent) {
    TRY(reserveScratch(text, text.size() + 1));
    text.append('%');
  }
  NumberText number = splitNumber({text.data(), text.size()});
  number.use_locale = spec.type == 'n';
  return formatNumber(out, spec, number);
}

// --- complex ---

Status appendPart(StrBuilder& out, double value, const FormatSpec& spec, const RealFormat& format) {
  CharBuffer text;
  if (!doubleToText(text, value, format.text)) return raiseNoMemory();
  NumberText number = splitNumber({text.data(), text.size()});
  number.use_locale = spec.type == 'n';
  return formatNumber(out, spec, number);
}

Status formatComplex(StrBuilder& out, ComplexObject* v, const FormatSpec& spec) {
  if (spec.fill == '0') {
    return raise(PyExc_ValueError, "Zero padding is not allowed in complex format specifier");
  }
  if (spec.align == '=') {
    return raise(PyExc_ValueError, "'=' alignment flag is not allowed in complex format specifier");
  }
  RealFormat format = TRY(realFormatOf(spec, 6));
  bool bare = spec.type == 0;
  format.text.dot_zero = false;
  bool skip_real = bare && v->real == 0.0 && !std::signbit(v->real);
  FormatSpec part = spec;
  part.width = -1;
  part.align = '>';
  part.fill = ' ';
  StrBuilder body;
  if (bare && !skip_real) body.append('(');
  if (!skip_real) TRY(appendPart(body, v->real, part, format));
  if (!skip_real) part.sign = '+';
  TRY(appendPart(body, v->imag, part, format));
  body.append('j');
  if (bare && !skip_real) body.append(')');
  Ref<StrObject> text = TRY(body.finish());
  formatPadded(out, spec, text);
  return {};
}

template <class Object>
Raised unknownCode(const FormatSpec& spec, Object* v) {
  return raiseUnknownFormatCode(spec.type, v);
}

}  // namespace

Result<Ref<StrObject>> intFormat(IntObject* v, StrObject* spec_text) {
  if (spec_text->size() == 0) return objectStr(v);
  FormatSpec spec = TRY(formatSpecParse(spec_text, v, 'd', '>'));
  StrBuilder out;
  if (isOneOf(spec.type, "bcdoxXn")) {
    TRY(formatInteger(out, v, spec));
  } else if (isOneOf(spec.type, "eEfFgG%")) {
    TRY(formatReal(out, TRY(intAsDouble(v)), spec));
  } else {
    return unknownCode(spec, v);
  }
  return out.finish();
}

Result<Ref<StrObject>> floatFormat(FloatObject* v, StrObject* spec_text) {
  if (spec_text->size() == 0) return objectStr(v);
  FormatSpec spec = TRY(formatSpecParse(spec_text, v, 0, '>'));
  if (spec.type != 0 && !isOneOf(spec.type, "eEfFgGn%")) return unknownCode(spec, v);
  StrBuilder out;
  TRY(formatReal(out, v->value, spec));
  return out.finish();
}

Result<Ref<StrObject>> complexFormat(ComplexObject* v, StrObject* spec_text) {
  if (spec_text->size() == 0) return objectStr(v);
  FormatSpec spec = TRY(formatSpecParse(spec_text, v, 0, '>'));
  if (spec.type != 0 && !isOneOf(spec.type, "eEfFgGn")) return unknownCode(spec, v);
  StrBuilder out;
  TRY(formatComplex(out, v, spec));
  return out.finish();
}

}  // namespace krait
