// Text of ints: int("..."), repr, hexadecimal and friends.
#include "base/unicode/database.h"
#include "core/errors.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "types/bytes.h"
#include "types/int_inline.h"
#include "types/int_room.h"

namespace krait {
namespace {

using TextBuffer = InlineBuffer<char, 128>;
using DigitValues = InlineBuffer<unsigned char, 128>;

bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

int digitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 36;
}

int prefixBase(char letter) {
  switch (letter | 0x20) {
    case 'x': return 16;
    case 'o': return 8;
    case 'b': return 2;
    default: return 0;
  }
}

bool isPowerOfTwo(int base) { return (base & (base - 1)) == 0; }

// What stands before the digits: sign and base prefix.
struct Head {
  const char* digits;
  int base;
  bool negative = false;
  bool only_zero = false;  // base 0 and a leading zero without prefix: no other value is allowed
};

Head readHead(const char* at, const char* end, int base) {
  Head head{at, base};
  if (at < end && (*at == '+' || *at == '-')) head.negative = *at++ == '-';
  bool zero = at < end && *at == '0';
  int prefix = zero && at + 1 < end ? prefixBase(at[1]) : 0;
  if (base == 0) {
    head.base = !zero ? 10 : prefix != 0 ? prefix : 10;
    head.only_zero = zero && prefix == 0;
  }
  if (prefix != 0 && prefix == head.base) {
    at += 2;
    if (at < end && *at == '_') at++;
  }
  head.digits = at;
  return head;
}

// Collects the digit values; false: no digits, or an underscore that is not between two of them.
bool readDigits(const char*& at, const char* end, int base, DigitValues& values) {
  bool underscore = true;
  for (; at < end; at++) {
    if (*at == '_') {
      if (underscore) return false;
      underscore = true;
      continue;
    }
    int value = digitValue(*at);
    if (value >= base) break;
    values.append(static_cast<unsigned char>(value));
    underscore = false;
  }
  return !underscore;
}

Status checkTextLimit(size_t digits) {
  int limit = interpreter().config.int_max_str_digits;
  if (digits <= kIntTextLimitThreshold || limit <= 0 || digits <= static_cast<size_t>(limit)) return {};
  return raise(PyExc_ValueError,
               "Exceeds the limit (%d digits) for integer string conversion: value has %zd digits; "
               "use sys.set_int_max_str_digits() to increase the limit",
               limit, static_cast<Py_ssize_t>(digits));
}

Raised raiseTooLong() {
  return raise(PyExc_ValueError,
               "Exceeds the limit (%d digits) for integer string conversion; "
               "use sys.set_int_max_str_digits() to increase the limit",
               interpreter().config.int_max_str_digits);
}

Raised raiseInvalidLiteral(int base, PyObject* shown) {
  return raise(PyExc_ValueError, "invalid literal for int() with base %d: %.200R", base, shown);
}

Status checkBase(int base) {
  if (base == 0 || (base >= 2 && base <= 36)) return {};
  return raise(PyExc_ValueError, "int() arg 2 must be >= 2 and <= 36");
}

// Unicode digits and spaces become ASCII, other characters '?' (which no base accepts).
void asciiForm(StrObject* text, TextBuffer& out) {
  Py_ssize_t size = text->size();
  for (Py_ssize_t i = 0; i < size; i++) {
    Py_UCS4 ch = text->at(i);
    if (ch < 128) {
      out.append(static_cast<char>(ch));
    } else if (unicode::isSpace(ch)) {
      out.append(' ');
    } else {
      int digit = unicode::toDecimal(ch);
      out.append(digit < 0 ? '?' : static_cast<char>('0' + digit));
    }
  }
}

bool fitsWord(size_t digits, int base) { return digits <= (base <= 10 ? 18 : 12); }

Result<Ref<IntObject>> intOfDigits(const DigitValues& values, int base, bool negative) {
  if (fitsWord(values.size(), base)) {
    int64_t word = 0;
    for (size_t i = 0; i < values.size(); i++) word = word * base + values.data()[i];
    return intFromLong(negative ? -word : word);
  }
  Ref<IntObject> made = TRY(intNew(static_cast<Py_ssize_t>(digitsForText(values.size(), base))));
  TRY(roomForDigits(static_cast<size_t>(made->digitCount())));
  size_t size = digitsFromText(made->digits, values.data(), values.size(), base);
  return intFinish(std::move(made), size, negative);
}

// The whole text has to be a number. Absent: it is not.
Result<MaybeRef<IntObject>> parseAll(std::string_view text, int base) {
  const char* end;
  MaybeRef<IntObject> value = TRY(intParse(text, base, &end));
  if (value && end != text.data() + text.size()) return MaybeRef<IntObject>();
  return value;
}

}  // namespace

Result<MaybeRef<IntObject>> intParse(std::string_view text, int base, const char** stop) {
  TRY(checkBase(base));
  const char *at = text.data(), *end = at + text.size();
  *stop = at;
  while (at < end && isBlank(*at)) at++;
  Head head = readHead(at, end, base);
  at = head.digits;
  DigitValues values;
  TRY(reserveScratch(values, static_cast<size_t>(end - at)));
  bool well_formed = readDigits(at, end, head.base, values);
  if (well_formed && !isPowerOfTwo(head.base)) TRY(checkTextLimit(values.size()));
  if (!well_formed) return MaybeRef<IntObject>();
  Ref<IntObject> made = TRY(intOfDigits(values, head.base, head.negative));
  if (head.only_zero && !made->isZero()) return MaybeRef<IntObject>();
  while (at < end && isBlank(*at)) at++;
  *stop = at;
  return MaybeRef<IntObject>(std::move(made));
}

Result<Ref<IntObject>> intFromText(std::string_view ascii, int base) {
  MaybeRef<IntObject> value = TRY(parseAll(ascii, base));
  if (value) return std::move(value).take();
  Ref<StrObject> shown = TRY(strFromLatin1(ascii));
  return raiseInvalidLiteral(base, shown);
}

Result<Ref<>> intFromStr(StrObject* text, int base) {
  TextBuffer converted;
  std::string_view ascii;
  if (text->isAscii()) {
    ascii = text->asciiView();
  } else {
    TRY(reserveScratch(converted, static_cast<size_t>(text->size())));
    asciiForm(text, converted);
    ascii = {converted.data(), converted.size()};
  }
  MaybeRef<IntObject> value = TRY(parseAll(ascii, base));
  if (!value) return raiseInvalidLiteral(base, text);
  return std::move(value).take();
}

Result<Ref<>> intFromBytesText(std::string_view text, int base, Opt<> shown) {
  MaybeRef<IntObject> value = TRY(parseAll(text, base));
  if (value) return std::move(value).take();
  if (shown && isExactBytes(shown.get())) return raiseInvalidLiteral(base, shown.get());
  Ref<BytesObject> copy = TRY(bytesFrom(text));
  return raiseInvalidLiteral(base, copy);
}

namespace {

// Decimal text of a word, written backwards.
Result<Ref<StrObject>> wordToStr(long value) {
  char text[24];
  char* at = text + sizeof(text);
  auto rest = value < 0 ? 0 - static_cast<unsigned long>(value) : static_cast<unsigned long>(value);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (value < 0) *--at = '-';
  // A string of its own even for one digit, as CPython's: str(5) is not str(5).
  auto size = static_cast<size_t>(text + sizeof(text) - at);
  Ref<StrObject> made = TRY(strNew(static_cast<Py_ssize_t>(size), 0x7f));
  std::memcpy(made->data(), at, size);
  return made;
}

}  // namespace

Result<Ref<StrObject>> intToStr(IntObject* v, int base, bool alternate) {
  if (base == 10 && intFitsWord(v)) return wordToStr(intWord(v));
  DigitSpan magnitude = v->magnitude();
  int limit = interpreter().config.int_max_str_digits;
  bool limited = !isPowerOfTwo(base) && limit > 0;
  // A cheap lower bound refuses huge values before the work is done.
  if (limited && digitsTextCapacity(magnitude, base) >
                     static_cast<size_t>(std::max(limit, kIntTextLimitThreshold)) + 8) {
    return raiseTooLong();
  }
  TextBuffer out;
  TRY(resizeScratch(out, digitsTextCapacity(magnitude, base) + 3));
  TRY(roomForDigits(magnitude.size()));
  char* at = out.data();
  if (v->isNegative()) *at++ = '-';
  if (alternate && (base == 2 || base == 8 || base == 16)) {
    *at++ = '0';
    *at++ = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
  }
  size_t digits = digitsToText(at, magnitude, base);
  if (limited && digits > static_cast<size_t>(limit) &&
      digits > static_cast<size_t>(kIntTextLimitThreshold)) {
    return raiseTooLong();
  }
  return strFromAscii({out.data(), static_cast<size_t>(at - out.data()) + digits});
}

Result<Ref<>> intRepr(IntObject* v) { return intToStr(v, 10); }

}  // namespace krait
