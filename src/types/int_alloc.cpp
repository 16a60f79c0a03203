// Making ints: the small ones, the free list of one-digit objects, conversions from C values.
#include <algorithm>
#include <cmath>

#include "base/sanitizer.h"
#include "core/errors.h"
#include "core/gc.h"
#include "types/int.h"
#include "types/int_inline.h"
#include "types/int_internal.h"

namespace krait {
namespace {

constexpr int kMaxFree = kAddressSanitizer ? 0 : 512;
constexpr size_t kDigitsOffset = offsetof(IntObject, digits);
constexpr Py_ssize_t kMaxDigits = (PY_SSIZE_T_MAX - static_cast<Py_ssize_t>(kDigitsOffset)) / sizeof(Digit);

Result<Ref<IntObject>> intFromMagnitude(uint64_t magnitude, bool negative) {
  if (magnitude <= kDigitMask) {
    IntObject* v = intAllocOneDigit();
    if (!v) return Raised{};
    v->ob_size = magnitude == 0 ? 0 : negative ? -1 : 1;
    v->digits[0] = static_cast<Digit>(magnitude);
    return steal(v);
  }
  if (magnitude >> (2 * kDigitBits) == 0) {
    Ref<> made = TRY(objectNewRaw(&PyLong_Type, kDigitsOffset + 2 * sizeof(Digit)));
    auto v = std::move(made).as<IntObject>();
    v->ob_size = negative ? -2 : 2;
    v->digits[0] = static_cast<Digit>(magnitude & kDigitMask);
    v->digits[1] = static_cast<Digit>(magnitude >> kDigitBits);
    return v;
  }
  Digit digits[3];
  size_t size = digitsFromUint64(digits, magnitude);
  Ref<IntObject> v = TRY(intNew(static_cast<Py_ssize_t>(size)));
  std::copy_n(digits, size, v->digits);
  if (negative) v->ob_size = -v->ob_size;
  return v;
}

}  // namespace

constinit IntFreeList int_free_list{};

void intClearFreeList() {
  while (IntObject* v = int_free_list.first) {
    int_free_list.first = reinterpret_cast<IntObject*>(v->ob_type);
    objectFree(v);
  }
  int_free_list.count = 0;
}

void intDealloc(IntObject* v) {
  if (!isExactInt(v)) return objectFreeMemory(v);
  if (v->digitCount() <= 1 && int_free_list.count < kMaxFree) {
    v->ob_type = reinterpret_cast<PyTypeObject*>(int_free_list.first);
    int_free_list.first = v;
    int_free_list.count++;
    return;
  }
  objectFreeMemory(v);
}

Result<Ref<IntObject>> intNew(Py_ssize_t digit_count) {
  if (digit_count > kMaxDigits) return raise(PyExc_OverflowError, "too many digits in integer");
  if (digit_count <= 1) {
    IntObject* v = intAllocOneDigit();
    if (!v) return Raised{};
    v->ob_size = digit_count;
    return steal(v);
  }
  Ref<> made = TRY(objectNewRaw(&PyLong_Type, kDigitsOffset + digit_count * sizeof(Digit)));
  auto v = std::move(made).as<IntObject>();
  v->ob_size = digit_count;
  return v;
}

Result<Ref<IntObject>> intFinish(Ref<IntObject> made, size_t size, bool negative) {
  // Cancellation may leave a large block around a small value: those get an object of their own size.
  if (size <= 1) {
    long value = size == 0 ? 0 : made->digits[0];
    return intFromLong(negative ? -value : value);
  }
  made->ob_size = negative ? -static_cast<Py_ssize_t>(size) : static_cast<Py_ssize_t>(size);
  return made;
}

Result<Ref<IntObject>> intFromDigits(DigitSpan magnitude, bool negative) {
  Ref<IntObject> v = TRY(intNew(static_cast<Py_ssize_t>(magnitude.size())));
  std::copy(magnitude.begin(), magnitude.end(), v->digits);
  size_t size = digitsNormalized(v->digits, magnitude.size());
  return intFinish(std::move(v), size, negative);
}

Result<Ref<IntObject>> intFromBigInt(const BigInt& value) {
  size_t size = value.digitCount();
  Ref<IntObject> v = TRY(intNew(static_cast<Py_ssize_t>(size)));
  value.store(v->digits);
  return intFinish(std::move(v), size, value.isNegative());
}

Result<Ref<IntObject>> intExact(IntObject* v) {
  if (isExactInt(v)) return share(v);
  return intFromDigits(v->magnitude(), v->isNegative());
}

Result<Ref<>> intSubtypeNew(PyTypeObject* type, IntObject* v) {
  Py_ssize_t size = v->digitCount();
  // One digit is always there, so that compactValue() may read it.
  Ref<IntObject> made = TRY(typeAlloc<IntObject>(type, size == 0 ? 1 : size));
  std::copy_n(v->digits, size, made->digits);
  made->ob_size = v->ob_size;
  return made;
}

Result<Ref<IntObject>> intFromLong(long value) {
  if (value >= kSmallIntMin && value <= kSmallIntMax) return share(smallInt(static_cast<int>(value)));
  bool negative = value < 0;
  return intFromMagnitude(negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value),
                          negative);
}

Result<Ref<IntObject>> intFromUnsignedLong(unsigned long value) {
  if (value <= kSmallIntMax) return share(smallInt(static_cast<int>(value)));
  return intFromMagnitude(value, false);
}

Result<Ref<IntObject>> intFromDouble(double value) {
  if (std::isinf(value)) return raise(PyExc_OverflowError, "cannot convert float infinity to integer");
  if (std::isnan(value)) return raise(PyExc_ValueError, "cannot convert float NaN to integer");
  if (std::fabs(value) < 9.2e18) return intFromLong(static_cast<long>(value));
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);
  Digit mantissa[3];
  size_t size = digitsFromUint64(mantissa, static_cast<uint64_t>(std::ldexp(fraction, 53)));
  int shift = exponent - 53;
  Ref<IntObject> v = TRY(intNew(static_cast<Py_ssize_t>(size) + shift / kDigitBits + 1));
  size_t used = digitsShiftLeft(v->digits, {mantissa, size}, shift);
  return intFinish(std::move(v), used, value < 0);
}

Result<Ref<IntObject>> intFromBytes(const uint8_t* bytes, size_t size, bool little_endian, bool is_signed) {
  Ref<IntObject> v = TRY(intNew(static_cast<Py_ssize_t>(digitsForBytes(size))));
  auto order = little_endian ? ByteOrder::kLittle : ByteOrder::kBig;
  SignedSize made = digitsFromBytes(v->digits, bytes, size, order, is_signed);
  return intFinish(std::move(v), made.size, made.negative);
}

}  // namespace krait
