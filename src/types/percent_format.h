// `format % args`, shared by str, bytes and bytearray: parsing of directives, choice of arguments, numbers.
//
// A Host tells how the format text reads and how pieces are put out:
//   Py_UCS4 at(Py_ssize_t);  Py_ssize_t size();  void literal(start, end);  Result<Ref<>> key(start, end);
//   void emit(const PercentPiece&);  Result<bool> convert(const PercentSpec&, PyObject*)  (false: not its
//   conversion) kKind ("string" or "bytes"), kPrecisionTooBig, kHasZFlag (bytes know %zf), kSaysDForI (errors
//   about %i speak of %d),
//   raiseUnsupported(spec, index), raiseNotReal(value), failed() (a piece found no memory)
#pragma once

#include <climits>
#include <string_view>

#include "base/float_text.h"
#include "core/number.h"
#include "core/object.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait {

struct PercentSpec {
  bool left = false, plus = false, blank = false, alternate = false, zero = false, no_negative_zero = false;
  Py_ssize_t width = -1;
  int precision = -1;
  Py_UCS4 conversion = 0;
};

// A formatted number: sign, prefix, body, padded to the width of its directive.
struct PercentPiece {
  char sign;  // 0: none
  std::string_view prefix, body;
  Py_ssize_t left_blanks, zeros, right_blanks;
};
inline PercentPiece percentPiece(const PercentSpec& spec, char sign, std::string_view prefix,
                                 std::string_view body) {
  if (!sign && spec.plus) sign = '+';
  if (!sign && spec.blank) sign = ' ';
  Py_ssize_t used = (sign ? 1 : 0) + static_cast<Py_ssize_t>(prefix.size() + body.size());
  Py_ssize_t pad = spec.width > used ? spec.width - used : 0;
  if (spec.left) return {sign, prefix, body, 0, 0, pad};
  if (spec.zero) return {sign, prefix, body, 0, pad, 0};
  return {sign, prefix, body, pad, 0, 0};
}

// The int that %d and friends format (owned), or an exception.
Result<Ref<IntObject>> percentInteger(const PercentSpec& spec, PyObject* value);
// Digits of the value in the directive's base, zero-extended to its precision, without sign.
Result<Ref<StrObject>> percentDigits(const PercentSpec& spec, IntObject* value);
// Text of %e, %f, %g with its sign; false when there is no memory for it.
[[nodiscard]] bool percentDouble(CharBuffer& out, const PercentSpec& spec, double value);

template <class Host>
class PercentEngine {
 public:
  PercentEngine(Host& host, PyObject* args) : host_(host), args_(share(args)) {
    if (isTuple(args)) {
      count_ = cast<TupleObject>(args)->size();
      next_ = 0;
    } else if (host.acceptsMapping(args)) {
      mapping_ = args;
    }
  }

  Status run() {
    Py_ssize_t size = host_.size();
    while (at_ < size) {
      Py_ssize_t start = at_;
      while (at_ < size && host_.at(at_) != '%') at_++;
      host_.literal(start, at_);
      if (at_ == size) break;
      at_++;
      TRY(directive());
      if (host_.failed()) return raiseNoMemory();
    }
    if (next_ < count_ && !mapping_)
      return raise(PyExc_TypeError, "not all arguments converted during %s formatting", Host::kKind);
    return {};
  }

 private:
  Status directive() {
    PercentSpec spec;
    if (at_ < host_.size() && host_.at(at_) == '%') {
      host_.literal(at_, at_ + 1);
      at_++;
      return {};
    }
    if (at_ < host_.size() && host_.at(at_) == '(') TRY(takeKey());
    takeFlags(spec);
    TRY(takeWidth(spec));
    TRY(takePrecision(spec));
    if (at_ < host_.size() && (host_.at(at_) == 'h' || host_.at(at_) == 'l' || host_.at(at_) == 'L')) at_++;
    if (at_ >= host_.size()) return raise(PyExc_ValueError, "incomplete format");
    spec.conversion = host_.at(at_++);
    Ref<> value = TRY(nextArgument());
    return format(spec, value.get());
  }

  Status takeKey() {
    if (!mapping_) return raise(PyExc_TypeError, "format requires a mapping");
    Py_ssize_t start = ++at_;
    for (int depth = 1; depth > 0; at_++) {
      if (at_ >= host_.size()) return raise(PyExc_ValueError, "incomplete format key");
      Py_UCS4 c = host_.at(at_);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    Ref<> key = TRY(host_.key(start, at_ - 1));
    args_ = TRY(itemGet(mapping_, key.get()));
    count_ = -1;
    next_ = -2;
    return {};
  }

  void takeFlags(PercentSpec& spec) {
    for (; at_ < host_.size(); at_++) {
      Py_UCS4 c = host_.at(at_);
      if (c == '-')
        spec.left = true;
      else if (c == '+')
        spec.plus = true;
      else if (c == ' ')
        spec.blank = true;
      else if (c == '#')
        spec.alternate = true;
      else if (c == '0')
        spec.zero = true;
      else if (c == 'z' && Host::kHasZFlag)
        spec.no_negative_zero = true;
      else
        return;
    }
  }

  Result<Py_ssize_t> digits(Py_ssize_t limit, const char* message) {
    Py_ssize_t value = 0;
    for (; at_ < host_.size() && host_.at(at_) >= '0' && host_.at(at_) <= '9'; at_++) {
      auto digit = static_cast<Py_ssize_t>(host_.at(at_) - '0');
      if (value > (limit - digit) / 10) return raise(PyExc_ValueError, "%s", message);
      value = value * 10 + digit;
    }
    return value;
  }

  Result<Ref<IntObject>> starArgument() {
    Ref<> value = TRY(nextArgument());
    if (!isInt(value.get())) return raise(PyExc_TypeError, "* wants int");
    return std::move(value).template as<IntObject>();
  }

  Status takeWidth(PercentSpec& spec) {
    if (at_ < host_.size() && host_.at(at_) == '*') {
      Ref<IntObject> value = TRY(starArgument());
      spec.width = TRY(intAsSsize(value.get()));
      if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
      }
      at_++;
      return {};
    }
    if (at_ < host_.size() && host_.at(at_) >= '0' && host_.at(at_) <= '9')
      spec.width = TRY(digits(PY_SSIZE_T_MAX, "width too big"));
    return {};
  }

  Status takePrecision(PercentSpec& spec) {
    if (at_ >= host_.size() || host_.at(at_) != '.') return {};
    at_++;
    if (at_ < host_.size() && host_.at(at_) == '*') {
      Ref<IntObject> value = TRY(starArgument());
      spec.precision = TRY(asInt(value.get()));
      if (spec.precision < 0) spec.precision = 0;
      at_++;
      return {};
    }
    spec.precision = static_cast<int>(TRY(digits(INT_MAX, Host::kPrecisionTooBig)));
    return {};
  }

  Result<Ref<>> nextArgument() {
    if (next_ >= count_) return raise(PyExc_TypeError, "not enough arguments for format string");
    Py_ssize_t index = next_++;
    if (count_ < 0) return args_.clone();
    return share(cast<TupleObject>(args_.get())->at(index));
  }

  Status format(PercentSpec& spec, PyObject* value) {
    switch (spec.conversion) {
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X': return formatInteger(spec, value);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': return formatDouble(spec, value);
      default: break;
    }
    if (TRY(host_.convert(spec, value))) return {};
    return host_.raiseUnsupported(spec, at_ - 1);
  }

  Status formatInteger(PercentSpec& spec, PyObject* value) {
    if (Host::kSaysDForI && spec.conversion == 'i') spec.conversion = 'd';
    Ref<IntObject> number = TRY(percentInteger(spec, value));
    Ref<StrObject> text = TRY(percentDigits(spec, number.get()));
    std::string_view prefix;
    if (spec.alternate && spec.conversion == 'x') prefix = "0x";
    if (spec.alternate && spec.conversion == 'X') prefix = "0X";
    if (spec.alternate && spec.conversion == 'o') prefix = "0o";
    host_.emit(percentPiece(spec, number->isNegative() ? '-' : 0, prefix, text->asciiView()));
    return {};
  }

  Status formatDouble(PercentSpec& spec, PyObject* value) {
    auto converted = asDouble(value);
    if (converted.failed()) return host_.raiseNotReal(value);
    CharBuffer text;
    if (!percentDouble(text, spec, std::move(converted).take())) return raiseNoMemory();
    std::string_view body(text.data(), text.size());
    bool negative = body.starts_with('-');
    host_.emit(percentPiece(spec, negative ? '-' : 0, {}, body.substr(negative)));
    return {};
  }

  Host& host_;
  Ref<> args_;
  PyObject* mapping_ = nullptr;                 // borrowed from the caller
  Py_ssize_t count_ = -1, next_ = -2, at_ = 0;  // count -1: args_ is the one argument
};

}  // namespace krait
