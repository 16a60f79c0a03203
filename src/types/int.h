// int: sign in ob_size, magnitude in 30-bit digits. Small ints -5..256 live in _PyRuntime and are immortal.
#pragma once

#include <string_view>

#include "abi/runtime.h"
#include "base/bigint.h"
#include "base/digits.h"
#include "core/result.h"
#include "types/str.h"

namespace krait {

struct IntObject : PyVarObject {
  Digit digits[1];

  Py_ssize_t digitCount() const { return ob_size < 0 ? -ob_size : ob_size; }
  bool isNegative() const { return ob_size < 0; }
  bool isZero() const { return ob_size == 0; }
  bool isCompact() const { return static_cast<size_t>(ob_size + 1) <= 2; }  // |value| < 2**30
  long compactValue() const { return ob_size * static_cast<long>(digits[0]); }
  DigitSpan magnitude() const { return {digits, static_cast<size_t>(digitCount())}; }
};

inline bool isInt(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_LONG_SUBCLASS); }
inline bool isExactInt(const PyObject* o) { return isExact(o, &PyLong_Type); }

Result<Ref<IntObject>> intNew(Py_ssize_t digit_count);  // uninitialised digits, positive
// Ends the making of an int from intNew(): `size` digits are in use (normalised). Small values become shared
// objects.
Result<Ref<IntObject>> intFinish(Ref<IntObject> made, size_t size, bool negative);
Result<Ref<IntObject>> intFromDigits(DigitSpan magnitude, bool negative);
Result<Ref<IntObject>> intFromBigInt(const BigInt& value);
Result<Ref<IntObject>> intExact(IntObject* v);  // itself, or the equal exact int
// An int of a subclass with v's value (through tp_alloc).
Result<Ref<>> intSubtypeNew(PyTypeObject* type, IntObject* v);
void intClearFreeList();
Result<Ref<IntObject>> intFromLong(long value);
Result<Ref<IntObject>> intFromUnsignedLong(unsigned long value);
Result<Ref<IntObject>> intFromDouble(double value);  // truncates; OverflowError / ValueError for inf / nan
Result<Ref<IntObject>> intFromText(std::string_view ascii,
                                   int base);         // source literal or int("..."): ValueError
Result<Ref<>> intFromStr(StrObject* text, int base);  // int(str, base) with Unicode digits
// int(bytes, base): ValueError shows `shown` (or the text itself when absent).
Result<Ref<>> intFromBytesText(std::string_view text, int base, Opt<> shown);
// Parses like int(): `end` is the first unread character. Absent: malformed, no exception.
Result<MaybeRef<IntObject>> intParse(std::string_view ascii, int base, const char** end);
// Longest decimal text that int() and str() convert; 0: no limit.
constexpr int kIntTextLimitDefault = 4300, kIntTextLimitThreshold = 640;
inline IntObject* smallInt(int value) {
  return reinterpret_cast<IntObject*>(&_PyRuntime.small_ints[value - kSmallIntMin]);
}

// C values. `intAsLong` raises OverflowError "Python int too large to convert to C long".
Result<long> intAsLong(IntObject* v);
bool intFitsLong(const IntObject* v, long* out);         // no error; false: does not fit
long intAsLongAndOverflow(IntObject* v, int* overflow);  // -1, 0, 1
Result<unsigned long> intAsUnsignedLong(IntObject* v);
unsigned long intAsUnsignedLongMask(IntObject* v);
Result<Py_ssize_t> intAsSsize(IntObject* v);
Result<double> intAsDouble(IntObject* v);  // OverflowError "int too large to convert to float"
int intSign(const IntObject* v);
size_t intBitCount(const IntObject* v);  // bits of the magnitude
Result<Ref<IntObject>> intFromBytes(const uint8_t* bytes, size_t size, bool little_endian, bool is_signed);
Status intToBytes(IntObject* v, uint8_t* out, size_t size, bool little_endian, bool is_signed);
Result<Ref<StrObject>> intToStr(IntObject* v, int base, bool alternate = false);

Result<Ref<>> intAdd(IntObject* a, IntObject* b);
Result<Ref<>> intSubtract(IntObject* a, IntObject* b);
Result<Ref<>> intMultiply(IntObject* a, IntObject* b);
Result<Ref<>> intFloorDivide(IntObject* a, IntObject* b);
Result<Ref<>> intRemainder(IntObject* a, IntObject* b);
Result<Ref<>> intTrueDivide(IntObject* a, IntObject* b);
Result<Ref<>> intPower(IntObject* base, IntObject* exponent, Opt<IntObject> modulus);
Result<Ref<>> intLshift(IntObject* a, IntObject* b);
Result<Ref<>> intRshift(IntObject* a, IntObject* b);
Result<Ref<>> intLshiftBy(IntObject* a, size_t bits);
Result<Ref<>> intRshiftBy(IntObject* a, size_t bits);
Result<Ref<>> intAnd(IntObject* a, IntObject* b);
Result<Ref<>> intOr(IntObject* a, IntObject* b);
Result<Ref<>> intXor(IntObject* a, IntObject* b);
Result<Ref<>> intNegative(IntObject* v);
Result<Ref<>> intAbsolute(IntObject* v);
Result<Ref<>> intInvert(IntObject* v);
struct IntPair {
  Ref<> quotient, remainder;
};
Result<IntPair> intDivmod(IntObject* a, IntObject* b);      // floor
Result<IntPair> intDivmodNear(IntObject* a, IntObject* b);  // quotient rounded half to even
Result<Ref<>> intGcd(IntObject* a, IntObject* b);
Result<Ref<>> intSquareRoot(IntObject* v);               // v >= 0
double intFrexp(const IntObject* v, int64_t* exponent);  // 0.5 <= |answer| < 1, rounded half to even; 0 for 0
int intCompareDouble(const IntObject* a, double b);      // -1, 0, 1 exactly; b is not a nan
Result<Ref<>> intRound(IntObject* v, Opt<> digits);
Result<Ref<StrObject>> intFormat(IntObject* v, StrObject* spec);  // int.__format__
int intCompare(const IntObject* a, const IntObject* b);           // -1, 0, 1
Py_hash_t intHash(const IntObject* v);
Result<Ref<>> intRepr(IntObject* v);

}  // namespace krait
