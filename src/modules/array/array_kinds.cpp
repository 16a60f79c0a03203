#include <cstring>

#include "core/errors.h"
#include "core/number.h"
#include "modules/array/array.h"
#include "types/float.h"
#include "types/int.h"

namespace krait::modules {
namespace {

template <class T>
T load(const char* item) {
  T value;
  std::memcpy(&value, item, sizeof value);
  return value;
}
template <class T>
void store(char* item, T value) {
  std::memcpy(item, &value, sizeof value);
}

template <class T>
Result<Ref<>> getSigned(const char* item) {
  return intFromLong(load<T>(item));
}
template <class T>
Result<Ref<>> getUnsigned(const char* item) {
  return intFromUnsignedLong(load<T>(item));
}
template <class T>
Result<Ref<>> getFloat(const char* item) {
  return floatNew(load<T>(item));
}

Status checkRange(long value, long least, long most, const char* what) {
  if (value < least) return raise(PyExc_OverflowError, "%s is less than minimum", what);
  if (value > most) return raise(PyExc_OverflowError, "%s is greater than maximum", what);
  return {};
}

// The narrow kinds go through a wider C type first, whose messages come before theirs.
Status setByte(char* item, PyObject* value) {
  long v = TRY(asLong(value));
  TRY(checkRange(v, -32768, 32767, "signed short integer"));
  TRY(checkRange(v, -128, 127, "signed char"));
  store(item, static_cast<int8_t>(v));
  return {};
}
Status setUnsignedByte(char* item, PyObject* value) {
  long v = TRY(asLong(value));
  TRY(checkRange(v, -32768, 32767, "signed short integer"));
  TRY(checkRange(v, 0, 255, "unsigned byte integer"));
  store(item, static_cast<uint8_t>(v));
  return {};
}
Status setShort(char* item, PyObject* value) {
  long v = TRY(asLong(value));
  TRY(checkRange(v, -32768, 32767, "signed short integer"));
  store(item, static_cast<int16_t>(v));
  return {};
}
Status setUnsignedShort(char* item, PyObject* value) {
  long v = TRY(asLong(value));
  TRY(checkRange(v, INT32_MIN, INT32_MAX, "signed integer"));
  TRY(checkRange(v, 0, 65535, "unsigned short"));
  store(item, static_cast<uint16_t>(v));
  return {};
}
Status setInt(char* item, PyObject* value) {
  long v = TRY(asLong(value));
  TRY(checkRange(v, INT32_MIN, INT32_MAX, "signed integer"));
  store(item, static_cast<int32_t>(v));
  return {};
}
Status setUnsignedInt(char* item, PyObject* value) {
  Ref<IntObject> number = TRY(numberIndex(value));
  unsigned long v = TRY(intAsUnsignedLong(number));
  if (v > UINT32_MAX) return raise(PyExc_OverflowError, "unsigned int is greater than maximum");
  store(item, static_cast<uint32_t>(v));
  return {};
}
Status setLong(char* item, PyObject* value) {
  store(item, TRY(asLong(value)));
  return {};
}
Status setUnsignedLong(char* item, PyObject* value) {
  Ref<IntObject> number = TRY(numberIndex(value));
  store(item, TRY(intAsUnsignedLong(number)));
  return {};
}
template <bool kSigned>
Status setLongLong(char* item, PyObject* value) {
  Ref<IntObject> number = TRY(numberIndex(value));
  uint8_t bytes[8];
  TRY(intToBytes(number, bytes, 8, true, kSigned));
  std::memcpy(item, bytes, 8);
  return {};
}
template <class T>
Status setFloat(char* item, PyObject* value) {
  store(item, static_cast<T>(TRY(asDouble(value))));
  return {};
}

Result<Ref<>> getCharacter(const char* item) {
  auto code = load<uint32_t>(item);
  if (code > 0x10ffff) return raise(PyExc_ValueError, "chr() arg not in range(0x110000)");
  return strFromChar(code);
}
Status setCharacter(char* item, PyObject* value) {
  if (!isStr(value) || cast<StrObject>(value)->size() != 1) {
    return raise(PyExc_TypeError, "array item must be unicode character");
  }
  store(item, cast<StrObject>(value)->at(0));
  return {};
}

}  // namespace

const ArrayKind kArrayKinds[] = {
    {'b', 1, "b", true, true, getSigned<int8_t>, setByte},
    {'B', 1, "B", true, false, getUnsigned<uint8_t>, setUnsignedByte},
    {'u', 4, "w", false, false, getCharacter, setCharacter},
    {'h', 2, "h", true, true, getSigned<int16_t>, setShort},
    {'H', 2, "H", true, false, getUnsigned<uint16_t>, setUnsignedShort},
    {'i', 4, "i", true, true, getSigned<int32_t>, setInt},
    {'I', 4, "I", true, false, getUnsigned<uint32_t>, setUnsignedInt},
    {'l', 8, "l", true, true, getSigned<int64_t>, setLong},
    {'L', 8, "L", true, false, getUnsigned<uint64_t>, setUnsignedLong},
    {'q', 8, "q", true, true, getSigned<int64_t>, setLongLong<true>},
    {'Q', 8, "Q", true, false, getUnsigned<uint64_t>, setLongLong<false>},
    {'f', 4, "f", false, false, getFloat<float>, setFloat<float>},
    {'d', 8, "d", false, false, getFloat<double>, setFloat<double>},
};

const ArrayKind* arrayKindOf(Py_UCS4 code) {
  for (const ArrayKind& kind : kArrayKinds) {
    if (static_cast<Py_UCS4>(kind.code) == code) return &kind;
  }
  return nullptr;
}

}  // namespace krait::modules
