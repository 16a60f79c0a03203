#include "types/percent_format.h"

#include "core/errors.h"
#include "types/str_builder.h"

namespace krait {
namespace {

bool wantsExactInteger(const PercentSpec& spec) {
  return spec.conversion == 'o' || spec.conversion == 'x' || spec.conversion == 'X';
}

Raised raiseNotNumber(const PercentSpec& spec, PyObject* value) {
  return raise(PyExc_TypeError, "%%%c format: %s is required, not %.200s", static_cast<int>(spec.conversion),
               wantsExactInteger(spec) ? "an integer" : "a real number", typeName(value));
}

}  // namespace

Result<Ref<IntObject>> percentInteger(const PercentSpec& spec, PyObject* value) {
  if (!isNumber(value)) return raiseNotNumber(spec, value);
  if (isInt(value)) return share(cast<IntObject>(value));
  auto converted = wantsExactInteger(spec) ? numberIndex(value) : numberInt(value);
  if (converted.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raiseNotNumber(spec, value);
  }
  return converted;
}

Result<Ref<StrObject>> percentDigits(const PercentSpec& spec, IntObject* value) {
  if (spec.precision > INT_MAX - 3) return raise(PyExc_OverflowError, "precision too large");
  int base = spec.conversion == 'o' ? 8 : wantsExactInteger(spec) ? 16 : 10;
  Ref<StrObject> digits = TRY(intToStr(value, base));
  std::string_view text = digits->asciiView();
  if (text.starts_with('-')) text.remove_prefix(1);
  StrBuilder out;
  out.appendRepeated('0', spec.precision - static_cast<Py_ssize_t>(text.size()));
  for (char c : text) out.append(spec.conversion == 'X' && c >= 'a' ? static_cast<char>(c - 32) : c);
  return out.finish();
}

bool percentDouble(CharBuffer& out, const PercentSpec& spec, double value) {
  DoubleFormat format;
  format.upper = spec.conversion < 'a';
  format.type = static_cast<char>(spec.conversion | 32);
  format.precision = spec.precision < 0 ? 6 : spec.precision;
  format.alternate = spec.alternate;
  format.no_negative_zero = spec.no_negative_zero;
  return doubleToText(out, value, format);
}

}  // namespace krait
