// Exports of longobject.h and boolobject.h.
#include "capi/capi.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "types/bool.h"
#include "types/int.h"

using namespace krait;

namespace {

// The exact int behind an argument that may be any object with __index__.
Result<Ref<IntObject>> indexOf(PyObject* o) {
  if (!o) return raiseBadInternalCall();
  return numberIndex(o);
}

template <class T, class F>
T convert(PyObject* o, F&& get) {
  auto number = indexOf(o);
  if (number.failed()) return static_cast<T>(-1);
  auto held = std::move(number).take();
  auto value = get(held.get());
  return value.failed() ? static_cast<T>(-1) : static_cast<T>(std::move(value).take());
}

// Functions that take ints only: "an integer is required".
IntObject* intArg(PyObject* o) {
  if (!o) return (void)raiseBadInternalCall(), nullptr;
  if (isInt(o)) return static_cast<IntObject*>(o);
  (void)raise(PyExc_TypeError, "an integer is required");
  return nullptr;
}

// For the functions whose words differ from PyLong_AsUnsignedLong's.
unsigned long unsignedOf(PyObject* o, const char* negative, const char* too_large) {
  constexpr auto kError = static_cast<unsigned long>(-1);
  IntObject* v = intArg(o);
  if (!v) return kError;
  if (intSign(v) < 0) return (void)raise(PyExc_OverflowError, "%s", negative), kError;
  auto value = intAsUnsignedLong(v);
  if (!value.failed()) return std::move(value).take();
  clearPending();
  return (void)raise(PyExc_OverflowError, "%s", too_large), kError;
}

}  // namespace

KR_EXPORT PyObject* PyLong_FromLong(long v) { return toC(intFromLong(v)); }
KR_EXPORT PyObject* PyLong_FromLongLong(long long v) { return toC(intFromLong(v)); }
KR_EXPORT PyObject* PyLong_FromSsize_t(Py_ssize_t v) { return toC(intFromLong(v)); }
KR_EXPORT PyObject* PyLong_FromUnsignedLong(unsigned long v) { return toC(intFromUnsignedLong(v)); }
KR_EXPORT PyObject* PyLong_FromUnsignedLongLong(unsigned long long v) { return toC(intFromUnsignedLong(v)); }
KR_EXPORT PyObject* PyLong_FromSize_t(size_t v) { return toC(intFromUnsignedLong(v)); }
KR_EXPORT PyObject* PyLong_FromDouble(double v) { return toC(intFromDouble(v)); }
KR_EXPORT PyObject* PyLong_FromVoidPtr(void* p) {
  return toC(intFromUnsignedLong(reinterpret_cast<uintptr_t>(p)));
}
KR_EXPORT PyObject* PyLong_FromUnicodeObject(PyObject* text, int base) {
  return toC(intFromStr(static_cast<StrObject*>(text), base));
}
KR_EXPORT PyObject* PyLong_FromString(const char* text, char** end, int base) {
  auto number = intFromText(text, base);
  if (end) *end = const_cast<char*>(text) + std::char_traits<char>::length(text);
  return toC(std::move(number));
}
KR_EXPORT long PyLong_AsLong(PyObject* o) { return convert<long>(o, intAsLong); }
KR_EXPORT long long PyLong_AsLongLong(PyObject* o) {
  return convert<long long>(o, [](IntObject* v) -> Result<long> {
    long value;
    if (intFitsLong(v, &value)) return value;
    return raise(PyExc_OverflowError, "int too big to convert");
  });
}
KR_EXPORT int _PyLong_AsInt(PyObject* o) {
  auto value = asInt(o);
  return value.failed() ? -1 : std::move(value).take();
}
KR_EXPORT Py_ssize_t PyLong_AsSsize_t(PyObject* o) {
  IntObject* v = intArg(o);
  return v ? toC(intAsSsize(v)) : -1;
}
KR_EXPORT unsigned long PyLong_AsUnsignedLong(PyObject* o) {
  IntObject* v = intArg(o);
  if (!v) return static_cast<unsigned long>(-1);
  auto value = intAsUnsignedLong(v);
  return value.failed() ? static_cast<unsigned long>(-1) : std::move(value).take();
}
KR_EXPORT unsigned long long PyLong_AsUnsignedLongLong(PyObject* o) {
  return unsignedOf(o, "can't convert negative int to unsigned", "int too big to convert");
}
KR_EXPORT size_t PyLong_AsSize_t(PyObject* o) {
  return unsignedOf(o, "can't convert negative value to size_t",
                    "Python int too large to convert to C size_t");
}
KR_EXPORT unsigned long PyLong_AsUnsignedLongMask(PyObject* o) {
  if (!o) return (void)raiseBadInternalCall(), static_cast<unsigned long>(-1);
  bool failed = false;
  unsigned long value = asUnsignedLongMask(o, &failed);
  return failed ? static_cast<unsigned long>(-1) : value;
}
KR_EXPORT unsigned long long PyLong_AsUnsignedLongLongMask(PyObject* o) {
  return PyLong_AsUnsignedLongMask(o);
}
KR_EXPORT long PyLong_AsLongAndOverflow(PyObject* o, int* overflow) {
  *overflow = 0;
  auto number = indexOf(o);
  if (number.failed()) return -1;
  auto held = std::move(number).take();
  return intAsLongAndOverflow(held.get(), overflow);
}
KR_EXPORT long long PyLong_AsLongLongAndOverflow(PyObject* o, int* overflow) {
  return PyLong_AsLongAndOverflow(o, overflow);
}
KR_EXPORT double PyLong_AsDouble(PyObject* o) {
  IntObject* v = intArg(o);
  if (!v) return -1.0;
  auto value = intAsDouble(v);
  return value.failed() ? -1.0 : std::move(value).take();
}
KR_EXPORT void* PyLong_AsVoidPtr(PyObject* o) {
  IntObject* v = intArg(o);
  if (!v) return nullptr;
  unsigned long address =
      v->isNegative() ? static_cast<unsigned long>(PyLong_AsLong(o)) : PyLong_AsUnsignedLong(o);
  return exceptionPending() ? nullptr : reinterpret_cast<void*>(address);
}
KR_EXPORT int _PyLong_Sign(PyObject* o) { return intSign(static_cast<IntObject*>(o)); }
KR_EXPORT size_t _PyLong_NumBits(PyObject* o) { return intBitCount(static_cast<IntObject*>(o)); }
KR_EXPORT PyObject* _PyLong_FromByteArray(const unsigned char* bytes, size_t n, int little, int is_signed) {
  return toC(intFromBytes(bytes, n, little != 0, is_signed != 0));
}
KR_EXPORT int _PyLong_AsByteArray(PyObject* o, unsigned char* out, size_t n, int little, int is_signed) {
  return toC(intToBytes(static_cast<IntObject*>(o), out, n, little != 0, is_signed != 0));
}
KR_EXPORT PyObject* _PyLong_GCD(PyObject* a, PyObject* b) {
  return toC(intGcd(static_cast<IntObject*>(a), static_cast<IntObject*>(b)));
}
KR_EXPORT PyObject* _PyLong_New(Py_ssize_t digits) { return toC(intNew(digits)); }
KR_EXPORT PyObject* _PyLong_Copy(PyObject* o) { return toC(numberIndex(o)); }
KR_EXPORT PyObject* _PyLong_Format(PyObject* o, int base) {
  return toC(intToStr(static_cast<IntObject*>(o), base, true));
}

KR_EXPORT PyObject* PyBool_FromLong(long v) { return boolRef(v != 0).leak(); }
KR_EXPORT PyObject* PyLong_GetInfo() {
  Opt<> info = sysGet("int_info");
  if (info) return share(info.get()).leak();
  (void)raise(PyExc_RuntimeError, "lost sys.int_info");
  return nullptr;
}
