// Exports of floatobject.h, and the hash of a double (pyhash.h).
#include "types/float.h"

#include <bit>
#include <cfloat>
#include <cstring>

#include "base/float_text.h"
#include "capi/capi.h"
#include "core/interpreter.h"
#include "core/number.h"

using namespace krait;

namespace {

// The bits in the byte order asked for.
template <class Bits>
void storeBits(Bits bits, char* out, bool little_endian) {
  if (!little_endian) bits = std::byteswap(bits);
  std::memcpy(out, &bits, sizeof bits);
}

template <class Bits>
Bits loadBits(const char* in, bool little_endian) {
  Bits bits;
  std::memcpy(&bits, in, sizeof bits);
  return little_endian ? bits : std::byteswap(bits);
}

int tooLarge(const char* format) {
  (void)raise(PyExc_OverflowError, "float too large to pack with %s format", format);
  return -1;
}

}  // namespace

KR_EXPORT PyObject* PyFloat_FromDouble(double v) { return toC(floatNew(v)); }
KR_EXPORT PyObject* PyFloat_FromString(PyObject* text) { return toC(floatFromStr(text)); }
KR_EXPORT double PyFloat_AsDouble(PyObject* o) {
  if (!o) return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), -1.0;
  auto value = asDouble(o);
  return value.failed() ? -1.0 : std::move(value).take();
}
KR_EXPORT double PyFloat_GetMax() { return DBL_MAX; }
KR_EXPORT double PyFloat_GetMin() { return DBL_MIN; }
KR_EXPORT PyObject* PyFloat_GetInfo() {
  Opt<> info = sysGet("float_info");
  if (info) return share(info.get()).leak();
  (void)raise(PyExc_RuntimeError, "lost sys.float_info");
  return nullptr;
}
KR_EXPORT Py_hash_t _Py_HashDouble(PyObject* object, double value) { return doubleHash(object, value); }

KR_EXPORT int PyFloat_Pack2(double value, char* out, int little_endian) {
  uint16_t half;
  if (!doubleToHalf(value, &half)) return tooLarge("e");
  storeBits(half, out, little_endian != 0);
  return 0;
}
KR_EXPORT int PyFloat_Pack4(double value, char* out, int little_endian) {
  uint32_t single;
  if (!doubleToSingle(value, &single)) return tooLarge("f");
  storeBits(single, out, little_endian != 0);
  return 0;
}
KR_EXPORT int PyFloat_Pack8(double value, char* out, int little_endian) {
  storeBits(std::bit_cast<uint64_t>(value), out, little_endian != 0);
  return 0;
}
KR_EXPORT double PyFloat_Unpack2(const char* in, int little_endian) {
  return doubleFromHalf(loadBits<uint16_t>(in, little_endian != 0));
}
KR_EXPORT double PyFloat_Unpack4(const char* in, int little_endian) {
  return doubleFromSingle(loadBits<uint32_t>(in, little_endian != 0));
}
KR_EXPORT double PyFloat_Unpack8(const char* in, int little_endian) {
  return std::bit_cast<double>(loadBits<uint64_t>(in, little_endian != 0));
}
