// int: sign in ob_size, magnitude in 30-bit digits. Small ints -5..256 live in _PyRuntime and are immortal.
#pragma once

#include <string_view>

#include "abi/runtime.h"
#include "core/result.h"
#include "types/str.h"

namespace krait {

constexpr int kDigitBits = 30;
using Digit = uint32_t;

struct IntObject : PyVarObject {
  Digit digits[1];

  Py_ssize_t digitCount() const { return ob_size < 0 ? -ob_size : ob_size; }
  bool isNegative() const { return ob_size < 0; }
  bool isZero() const { return ob_size == 0; }
  bool isCompact() const { return static_cast<size_t>(ob_size + 1) <= 2; }  // |value| < 2**30
  long compactValue() const { return ob_size * static_cast<long>(digits[0]); }
};

inline bool isInt(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_LONG_SUBCLASS); }
inline bool isExactInt(const PyObject* o) { return isExact(o, &PyLong_Type); }

Result<Ref<IntObject>> intNew(Py_ssize_t digit_count);  // uninitialised digits, positive
Result<Ref<IntObject>> intFromLong(long value);
Result<Ref<IntObject>> intFromUnsignedLong(unsigned long value);
Result<Ref<IntObject>> intFromDouble(double value);     // truncates; OverflowError / ValueError for inf / nan
Result<Ref<IntObject>> intFromText(std::string_view ascii, int base);  // source literal or int("..."): ValueError
Result<Ref<>> intFromStr(StrObject* text, int base);    // int(str, base) with Unicode digits
inline IntObject* smallInt(int value) { return reinterpret_cast<IntObject*>(&_PyRuntime.small_ints[value - kSmallIntMin]); }

// C values. `intAsLong` raises OverflowError "Python int too large to convert to C long".
Result<long> intAsLong(IntObject* v);
bool intFitsLong(const IntObject* v, long* out);        // no error; false: does not fit
long intAsLongAndOverflow(IntObject* v, int* overflow); // -1, 0, 1
Result<unsigned long> intAsUnsignedLong(IntObject* v);
unsigned long intAsUnsignedLongMask(IntObject* v);
Result<Py_ssize_t> intAsSsize(IntObject* v);
Result<double> intAsDouble(IntObject* v);               // OverflowError "int too large to convert to float"
int intSign(const IntObject* v);
size_t intBitCount(const IntObject* v);                 // bits of the magnitude
Result<Ref<IntObject>> intFromBytes(const uint8_t* bytes, size_t size, bool little_endian, bool is_signed);
Status intToBytes(IntObject* v, uint8_t* out, size_t size, bool little_endian, bool is_signed);
Result<Ref<StrObject>> intToStr(IntObject* v, int base, bool alternate = false);

Result<Ref<>> intAdd(IntObject* a, IntObject* b);
Result<Ref<>> intSubtract(IntObject* a, IntObject* b);
Result<Ref<>> intMultiply(IntObject* a, IntObject* b);
Result<Ref<>> intFloorDivide(IntObject* a, IntObject* b);
Result<Ref<>> intRemainder(IntObject* a, IntObject* b);
Result<Ref<>> intGcd(IntObject* a, IntObject* b);
int intCompare(const IntObject* a, const IntObject* b);  // -1, 0, 1
Py_hash_t intHash(const IntObject* v);
Result<Ref<>> intRepr(IntObject* v);

}  // namespace krait
