#include "types/memory_items.h"

#include <cstring>

#include "base/float_text.h"
#include "core/errors.h"
#include "core/number.h"
#include "core/object.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"

namespace krait {
namespace {

template <class T>
T load(const char* item) {
  T value;
  std::memcpy(&value, item, sizeof value);
  return value;
}

Raised raiseValue(const char* format) {
  return raise(PyExc_ValueError, "memoryview: invalid value for format '%s'", format);
}
Raised raiseType(const char* format) {
  return raise(PyExc_TypeError, "memoryview: invalid type for format '%s'", format);
}
// The pending exception in the terms of the format.
Raised translateFailure(const char* format) {
  if (pendingMatches(PyExc_TypeError)) return clearPending(), raiseType(format);
  if (pendingMatches(PyExc_OverflowError) || pendingMatches(PyExc_ValueError))
    return clearPending(), raiseValue(format);
  return Raised{};
}

template <class T>
Status packInteger(char* item, PyObject* value, const char* format) {
  auto index = numberIndex(value);
  if (index.failed()) return translateFailure(format);
  Ref<IntObject> number = std::move(index).take();
  T stored;
  if constexpr (std::is_signed_v<T>) {
    long wide;
    if (!intFitsLong(number.get(), &wide) || static_cast<T>(wide) != wide) return raiseValue(format);
    stored = static_cast<T>(wide);
  } else {
    auto wide = intAsUnsignedLong(number.get());
    if (wide.failed()) return translateFailure(format);
    unsigned long unsigned_value = std::move(wide).take();
    stored = static_cast<T>(unsigned_value);
    if (stored != unsigned_value) return raiseValue(format);
  }
  std::memcpy(item, &stored, sizeof stored);
  return {};
}

Status packPointer(char* item, PyObject* value, const char* format) {
  auto index = numberIndex(value);
  if (index.failed()) return translateFailure(format);
  Ref<IntObject> number = std::move(index).take();
  unsigned long stored;
  if (number->isNegative()) {
    auto wide = intAsLong(number.get());
    if (wide.failed()) return translateFailure(format);
    stored = static_cast<unsigned long>(std::move(wide).take());
  } else {
    auto wide = intAsUnsignedLong(number.get());
    if (wide.failed()) return translateFailure(format);
    stored = std::move(wide).take();
  }
  std::memcpy(item, &stored, sizeof stored);
  return {};
}

Status packFloating(char* item, char kind, PyObject* value, const char* format) {
  auto converted = asDouble(value);
  if (converted.failed()) return translateFailure(format);
  double number = std::move(converted).take();
  if (kind == 'd') {
    std::memcpy(item, &number, sizeof number);
  } else if (kind == 'f') {
    auto single = static_cast<float>(number);
    std::memcpy(item, &single, sizeof single);
  } else {
    uint16_t half;
    if (!doubleToHalf(number, &half)) return raiseValue(format);
    std::memcpy(item, &half, sizeof half);
  }
  return {};
}

Status packChar(char* item, PyObject* value, const char* format) {
  if (!isBytes(value)) return raiseType(format);
  if (cast<BytesObject>(value)->size() != 1) return raiseValue(format);
  *item = cast<BytesObject>(value)->data()[0];
  return {};
}

Status packBool(char* item, PyObject* value) {
  auto truth = objectIsTrue(value);
  if (truth.failed()) return Raised{};
  *item = std::move(truth).take();
  return {};
}

}  // namespace

Py_ssize_t nativeItemSize(const char* format) {
  switch (nativeFormatChar(format)) {
    case 'c':
    case 'b':
    case 'B':
    case '?': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L':
    case 'q':
    case 'Q':
    case 'n':
    case 'N':
    case 'd':
    case 'P': return 8;
    default: return 0;
  }
}

char nativeFormatChar(const char* format) {
  if (!format) return 'B';
  if (*format == '@') format++;
  return format[0] && !format[1] ? format[0] : 0;
}

Result<Ref<>> memoryUnpack(const char* item, char format, const char* full_format) {
  switch (format) {
    case 'B': return share<PyObject>(smallInt(static_cast<uint8_t>(*item)));
    case 'b': return TRY(intFromLong(static_cast<signed char>(*item)));
    case 'h': return TRY(intFromLong(load<int16_t>(item)));
    case 'H': return TRY(intFromLong(load<uint16_t>(item)));
    case 'i': return TRY(intFromLong(load<int32_t>(item)));
    case 'I': return TRY(intFromLong(load<uint32_t>(item)));
    case 'l':
    case 'q':
    case 'n': return TRY(intFromLong(load<long>(item)));
    case 'L':
    case 'Q':
    case 'N':
    case 'P': return TRY(intFromUnsignedLong(load<unsigned long>(item)));
    case 'd': return TRY(floatNew(load<double>(item)));
    case 'f': return TRY(floatNew(load<float>(item)));
    case 'e': return TRY(floatNew(doubleFromHalf(load<uint16_t>(item))));
    case '?': return Ref<>(boolRef(*item != 0));
    case 'c': return TRY(bytesFrom({item, 1}));
    default: return raise(PyExc_NotImplementedError, "memoryview: format %s not supported", full_format);
  }
}

Status memoryPack(char* item, char format, PyObject* value, const char* full_format) {
  switch (format) {
    case 'b': return packInteger<signed char>(item, value, full_format);
    case 'B': return packInteger<unsigned char>(item, value, full_format);
    case 'h': return packInteger<int16_t>(item, value, full_format);
    case 'H': return packInteger<uint16_t>(item, value, full_format);
    case 'i': return packInteger<int32_t>(item, value, full_format);
    case 'I': return packInteger<uint32_t>(item, value, full_format);
    case 'l':
    case 'q':
    case 'n': return packInteger<long>(item, value, full_format);
    case 'L':
    case 'Q':
    case 'N': return packInteger<unsigned long>(item, value, full_format);
    case 'P': return packPointer(item, value, full_format);
    case 'd':
    case 'f':
    case 'e': return packFloating(item, format, value, full_format);
    case '?': return packBool(item, value);
    case 'c': return packChar(item, value, full_format);
    default: return raise(PyExc_NotImplementedError, "memoryview: format %s not supported", full_format);
  }
}

}  // namespace krait
