#include "types/format_spec.h"

#include <algorithm>
#include <climits>
#include <clocale>
#include <vector>

#include "base/unicode/database.h"
#include "core/errors.h"
#include "core/object.h"
#include "core/scratch.h"
#include "types/locale_text.h"

namespace krait {
namespace {

bool isAlign(Py_UCS4 c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

// Reads a format specification from left to right.
class SpecReader {
 public:
  SpecReader(StrObject* text, PyObject* value) : text_(text), value_(value), end_(text->size()) {}

  Result<FormatSpec> read(char default_type, char default_align) {
    spec_.align = default_align;
    spec_.type = static_cast<Py_UCS4>(default_type);
    readFlags(default_align);
    TRY(readNumber(&spec_.width));
    TRY(readThousands());
    if (take('.')) {
      TRY(readNumber(&spec_.precision));
      if (spec_.precision < 0) return raise(PyExc_ValueError, "Format specifier missing precision");
    }
    if (end_ - at_ > 1)
      return raise(PyExc_ValueError, "Invalid format specifier '%U' for object of type '%.200s'", text_,
                   typeName(value_));
    if (at_ < end_) spec_.type = text_->at(at_);
    if (spec_.thousands) TRY(checkThousands());
    return spec_;
  }

 private:
  Py_UCS4 peek(Py_ssize_t ahead = 0) const { return at_ + ahead < end_ ? text_->at(at_ + ahead) : 0; }
  bool take(Py_UCS4 c) {
    if (at_ >= end_ || text_->at(at_) != c) return false;
    at_++;
    return true;
  }

  void readFlags(char default_align) {
    if (end_ - at_ >= 2 && isAlign(peek(1))) {
      spec_.fill = peek();
      spec_.align = static_cast<char>(peek(1));
      spec_.fill_given = spec_.align_given = true;
      at_ += 2;
    } else if (at_ < end_ && isAlign(peek())) {
      spec_.align = static_cast<char>(peek());
      spec_.align_given = true;
      at_++;
    }
    if (peek() == ' ' || peek() == '+' || peek() == '-') {
      spec_.sign = peek();
      at_++;
    }
    spec_.no_negative_zero = take('z');
    spec_.alternate = take('#');
    if (!spec_.fill_given && take('0')) {
      spec_.fill = '0';
      if (!spec_.align_given && default_align == '>') spec_.align = '=';
    }
  }

  Status readNumber(Py_ssize_t* number) {
    Py_ssize_t value = 0, first = at_;
    for (; at_ < end_; at_++) {
      int digit = unicode::toDecimal(text_->at(at_));
      if (digit < 0) break;
      if (value > (PY_SSIZE_T_MAX - digit) / 10)
        return raise(PyExc_ValueError, "Too many decimal digits in format string");
      value = value * 10 + digit;
    }
    if (at_ > first) *number = value;
    return {};
  }

  Status readThousands() {
    if (take(',')) spec_.thousands = ',';
    if (peek() == '_') {
      if (spec_.thousands) return raise(PyExc_ValueError, "Cannot specify both ',' and '_'.");
      spec_.thousands = '_';
      at_++;
    }
    if (peek() == ',' && spec_.thousands == '_')
      return raise(PyExc_ValueError, "Cannot specify both ',' and '_'.");
    return {};
  }

  Status checkThousands() {
    Py_UCS4 type = spec_.type;
    if (type == 0 ||
        (type < 128 && std::string_view("defgEG%F").find(static_cast<char>(type)) != std::string_view::npos))
      return {};
    bool binary = type == 'b' || type == 'o' || type == 'x' || type == 'X';
    if (binary && spec_.thousands == '_') return {};
    if (type > 32 && type < 128)
      return raise(PyExc_ValueError, "Cannot specify '%c' with '%c'.", spec_.thousands,
                   static_cast<int>(type));
    return raise(PyExc_ValueError, "Cannot specify '%c' with '\\x%x'.", spec_.thousands, type);
  }

  StrObject* text_;
  PyObject* value_;
  Py_ssize_t at_ = 0, end_;
  FormatSpec spec_;
};

struct Padding {
  Py_ssize_t left, middle, right;
};

Padding paddingFor(const FormatSpec& spec, Py_ssize_t used) {
  Py_ssize_t total = std::max<Py_ssize_t>(spec.width - used, 0);
  if (spec.align == '>') return {total, 0, 0};
  if (spec.align == '^') return {total / 2, 0, total - total / 2};
  if (spec.align == '=') return {0, total, 0};
  return {0, 0, total};
}

// How digits are grouped: separator, decimal point and group sizes as in localeconv().
struct Grouping {
  MaybeRef<StrObject> separator, point;  // absent separator: no grouping
  std::string sizes;
};

Result<Grouping> groupingOf(const FormatSpec& spec, const NumberText& number) {
  Grouping grouping;
  if (number.use_locale) {
    const lconv* conventions = localeconv();
    grouping.point = TRY(strFromLocale(conventions->decimal_point));
    grouping.separator = TRY(strFromLocale(conventions->thousands_sep));
    grouping.sizes = conventions->grouping;
    return grouping;
  }
  grouping.point = TRY(strFromAscii("."));
  if (spec.thousands) {
    bool binary = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    char separator = spec.thousands;
    grouping.separator = TRY(strFromAscii({&separator, 1}));
    grouping.sizes = binary ? "\4" : "\3";
  }
  return grouping;
}

// One group of digits, counted from the right: zeros, then digits of the number.
struct DigitGroup {
  Py_ssize_t zeros, digits;
};

// Splits `count` digits, zero-extended to at least `min_width` characters (separators included), into groups.
Status splitGroups(std::vector<DigitGroup>& groups, const char* sizes, Py_ssize_t count, Py_ssize_t min_width,
                   Py_ssize_t separator_size) {
  Py_ssize_t size = 0;
  for (bool last = false; !last;) {
    if (*sizes == CHAR_MAX || (*sizes == 0 && size == 0))
      size = PY_SSIZE_T_MAX;
    else if (*sizes)
      size = *sizes++;
    Py_ssize_t length = std::min(size, std::max({count, min_width, Py_ssize_t{1}}));
    Py_ssize_t digits = std::min(count, length);
    TRY(pushMore(groups, DigitGroup{length - digits, digits}));
    count -= digits;
    min_width -= length;
    last = count <= 0 && min_width <= 0;
    min_width -= separator_size;
  }
  return {};
}

void appendGroups(StrBuilder& out, const std::vector<DigitGroup>& groups, std::string_view digits,
                  const StrObject* separator) {
  size_t at = 0;
  for (size_t i = groups.size(); i-- > 0;) {
    out.appendRepeated('0', groups[i].zeros);
    out.append(digits.substr(at, static_cast<size_t>(groups[i].digits)));
    at += static_cast<size_t>(groups[i].digits);
    if (i > 0 && separator) out.append(separator);
  }
}

Py_ssize_t groupedSize(const std::vector<DigitGroup>& groups, Py_ssize_t separator_size) {
  Py_ssize_t size = 0;
  for (auto& group : groups) size += group.zeros + group.digits;
  return size + static_cast<Py_ssize_t>(groups.size() - (groups.empty() ? 0 : 1)) * separator_size;
}

char signOf(const FormatSpec& spec, bool negative) {
  if (negative) return '-';
  if (spec.sign == '+' || spec.sign == ' ') return static_cast<char>(spec.sign);
  return 0;
}

}  // namespace

Raised raiseUnknownFormatCode(Py_UCS4 code, PyObject* value) {
  if (code > 32 && code < 128)
    return raise(PyExc_ValueError, "Unknown format code '%c' for object of type '%.200s'",
                 static_cast<int>(code), typeName(value));
  return raise(PyExc_ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", code,
               typeName(value));
}

Result<FormatSpec> formatSpecParse(StrObject* text, PyObject* value, char default_type, char default_align) {
  return SpecReader(text, value).read(default_type, default_align);
}

void formatPadded(StrBuilder& out, const FormatSpec& spec, const StrObject* text) {
  Padding padding = paddingFor(spec, text->size());
  out.appendRepeated(spec.fill, padding.left + padding.middle);
  out.append(text);
  out.appendRepeated(spec.fill, padding.right);
}

static bool isZeroFilled(const FormatSpec& spec) { return spec.fill == '0' && spec.align == '='; }

// Without separators and in the C locale.
static void formatUngrouped(StrBuilder& out, const FormatSpec& spec, const NumberText& number) {
  char sign = signOf(spec, number.negative);
  auto size = static_cast<Py_ssize_t>((sign ? 1 : 0) + number.prefix.size() + number.digits.size() +
                                      number.rest.size() + (number.has_point ? 1 : 0));
  Py_ssize_t zeros = 0;
  if (isZeroFilled(spec) && !number.digits.empty()) zeros = std::max<Py_ssize_t>(spec.width - size, 0);
  Padding padding = paddingFor(spec, size + zeros);
  out.appendRepeated(spec.fill, padding.left);
  if (sign) out.append(sign);
  out.append(number.prefix);
  out.appendRepeated(spec.fill, padding.middle);
  out.appendRepeated('0', zeros);
  out.append(number.digits);
  if (number.has_point) out.append('.');
  out.append(number.rest);
  out.appendRepeated(spec.fill, padding.right);
}

Status formatNumber(StrBuilder& out, const FormatSpec& spec, const NumberText& number) {
  if (!spec.thousands && !number.use_locale) {
    formatUngrouped(out, spec, number);
    return {};
  }
  Grouping grouping = TRY(groupingOf(spec, number));
  char sign = signOf(spec, number.negative);
  Py_ssize_t point_size = number.has_point ? grouping.point->size() : 0;
  Py_ssize_t around =
      (sign ? 1 : 0) + static_cast<Py_ssize_t>(number.prefix.size() + number.rest.size()) + point_size;
  Py_ssize_t separator_size = grouping.separator ? grouping.separator->size() : 0;
  std::vector<DigitGroup> groups;
  if (!number.digits.empty())
    TRY(splitGroups(groups, grouping.separator ? grouping.sizes.c_str() : "",
                    static_cast<Py_ssize_t>(number.digits.size()),
                    isZeroFilled(spec) ? spec.width - around : 0, separator_size));
  Padding padding = paddingFor(spec, around + groupedSize(groups, separator_size));
  out.appendRepeated(spec.fill, padding.left);
  if (sign) out.append(sign);
  out.append(number.prefix);
  out.appendRepeated(spec.fill, padding.middle);
  appendGroups(out, groups, number.digits, grouping.separator.get());
  if (number.has_point) out.append(grouping.point.get());
  out.append(number.rest);
  out.appendRepeated(spec.fill, padding.right);
  return {};
}

Status formatNumberChar(StrBuilder& out, const FormatSpec& spec, Py_UCS4 ch) {
  Padding padding = paddingFor(spec, 1);
  out.appendRepeated(spec.fill, padding.left + padding.middle);
  out.append(ch);
  out.appendRepeated(spec.fill, padding.right);
  return {};
}

Result<Ref<StrObject>> strFormatSpec(StrObject* self, StrObject* text) {
  if (text->size() == 0) return isExactStr(self) ? Result<Ref<StrObject>>(share(self)) : objectStr(self);
  FormatSpec spec = TRY(formatSpecParse(text, self, 's', '<'));
  if (spec.type != 's') return raiseUnknownFormatCode(spec.type, self);
  if (spec.sign == ' ') return raise(PyExc_ValueError, "Space not allowed in string format specifier");
  if (spec.sign) return raise(PyExc_ValueError, "Sign not allowed in string format specifier");
  if (spec.no_negative_zero)
    return raise(PyExc_ValueError, "Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate)
    return raise(PyExc_ValueError, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=')
    return raise(PyExc_ValueError, "'=' alignment not allowed in string format specifier");
  Py_ssize_t shown = spec.precision >= 0 ? std::min(spec.precision, self->size()) : self->size();
  if (spec.width <= shown && shown == self->size() && isExactStr(self)) return share(self);
  Ref<StrObject> part = TRY(strSubstring(self, 0, shown));
  StrBuilder out;
  formatPadded(out, spec, part.get());
  return out.finish();
}

}  // namespace krait
