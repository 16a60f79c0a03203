// Small helpers of many headers: ASCII tables, hashes of raw values, formatted C text, file descriptors.
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "capi/capi.h"
#include "core/call.h"
#include "core/number.h"
#include "core/thread.h"
#include "types/hash_bytes.h"
#include "types/int.h"

using namespace krait;

namespace krait {

// A C array of 256 characters, for the extensions.
template <bool Upper>
struct CaseTable {
  unsigned char at[256];
  constexpr CaseTable() : at{} {
    for (int c = 0; c < 256; c++) {
      bool changes = Upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
      at[c] = static_cast<unsigned char>(changes ? c ^ 0x20 : c);
    }
  }
};

}  // namespace krait

namespace {

Result<int> descriptorOf(PyObject* object) {
  MaybeRef<> number;
  if (isInt(object)) {
    number = share(object);
  } else {
    MaybeRef<> method = TRY(attrLookup(object, "fileno"));
    if (!method) return raise(PyExc_TypeError, "argument must be an int, or have a fileno() method.");
    number = TRY(call(method.get()));
    if (!isInt(number.get())) return raise(PyExc_TypeError, "fileno() returned a non-integer");
  }
  int fd = TRY(asInt(number.get()));
  if (fd < 0) return raise(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
  return fd;
}

// An int that is not negative and at most `max`.
Result<unsigned long> unsignedUpTo(PyObject* object, unsigned long max, const char* c_type) {
  Ref<IntObject> number = TRY(numberIndex(object));
  if (intSign(number) < 0) return raise(PyExc_ValueError, "value must be positive");
  unsigned long value = TRY(intAsUnsignedLong(number));
  if (value > max) return raise(PyExc_OverflowError, "Python int too large for C %s", c_type);
  return value;
}

template <class T>
int convertUnsigned(PyObject* object, void* out, const char* c_type) {
  auto value = unsignedUpTo(object, static_cast<T>(-1), c_type);
  if (value.failed()) return 0;
  *static_cast<T*>(out) = static_cast<T>(std::move(value).take());
  return 1;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const char* Py_hexdigits;
extern "C" __attribute__((visibility("default"))) const CaseTable<false> _Py_ctype_tolower;
extern "C" __attribute__((visibility("default"))) const CaseTable<true> _Py_ctype_toupper;
const char* Py_hexdigits = "0123456789abcdef";
constexpr CaseTable<false> _Py_ctype_tolower{};
constexpr CaseTable<true> _Py_ctype_toupper{};

KR_EXPORT Py_hash_t _Py_HashPointerRaw(const void* p) {
  auto bits = reinterpret_cast<uintptr_t>(p);
  return static_cast<Py_hash_t>(bits >> 4 | bits << 60);
}
KR_EXPORT Py_hash_t _Py_HashPointer(const void* p) {
  Py_hash_t hash = _Py_HashPointerRaw(p);
  return hash == -1 ? -2 : hash;
}
KR_EXPORT Py_hash_t _Py_HashBytes(const void* bytes, Py_ssize_t size) { return hashBytes(bytes, size); }

// `offset` is added to the position found.
KR_EXPORT Py_ssize_t _PyBytes_Find(const char* text, Py_ssize_t size, const char* wanted,
                                   Py_ssize_t wanted_size, Py_ssize_t offset) {
  auto at =
      std::string_view(text, static_cast<size_t>(size)).find({wanted, static_cast<size_t>(wanted_size)});
  return at == std::string_view::npos ? -1 : static_cast<Py_ssize_t>(at) + offset;
}
KR_EXPORT Py_ssize_t _PyBytes_ReverseFind(const char* text, Py_ssize_t size, const char* wanted,
                                          Py_ssize_t wanted_size, Py_ssize_t offset) {
  auto at =
      std::string_view(text, static_cast<size_t>(size)).rfind({wanted, static_cast<size_t>(wanted_size)});
  return at == std::string_view::npos ? -1 : static_cast<Py_ssize_t>(at) + offset;
}
KR_EXPORT PyObject* _Py_strhex(const char* bytes, Py_ssize_t size) {
  auto made = strNew(size * 2, 0x7f);
  if (made.failed()) return nullptr;
  auto text = std::move(made).take();
  auto* out = static_cast<char*>(text->data());
  for (Py_ssize_t i = 0; i < size; i++) {
    auto byte = static_cast<unsigned char>(bytes[i]);
    *out++ = Py_hexdigits[byte >> 4];
    *out++ = Py_hexdigits[byte & 15];
  }
  return std::move(text).leak();
}

KR_EXPORT void _Py_FatalErrorFunc(const char* function, const char* message) {
  fatalError(function, message);
}

KR_EXPORT int PyOS_vsnprintf(char* out, size_t size, const char* format, va_list args) {
  int length = vsnprintf(out, size, format, args);
  if (size > 0) out[size - 1] = '\0';
  return length;
}
KR_EXPORT int PyOS_snprintf(char* out, size_t size, const char* format, ...) {
  va_list args;
  va_start(args, format);
  int length = PyOS_vsnprintf(out, size, format, args);
  va_end(args);
  return length;
}
KR_EXPORT int PyOS_mystricmp(const char* a, const char* b) { return strcasecmp(a, b); }
KR_EXPORT int PyOS_mystrnicmp(const char* a, const char* b, Py_ssize_t size) {
  return size <= 0 ? 0 : strncasecmp(a, b, static_cast<size_t>(size));
}

KR_EXPORT int PyObject_AsFileDescriptor(PyObject* object) {
  auto fd = descriptorOf(object);
  return fd.failed() ? -1 : std::move(fd).take();
}
KR_EXPORT int _PyLong_FileDescriptor_Converter(PyObject* object, void* out) {
  int fd = PyObject_AsFileDescriptor(object);
  if (fd == -1) return 0;
  *static_cast<int*>(out) = fd;
  return 1;
}
KR_EXPORT int _PyLong_UnsignedShort_Converter(PyObject* object, void* out) {
  return convertUnsigned<unsigned short>(object, out, "unsigned short");
}
KR_EXPORT int _PyLong_UnsignedInt_Converter(PyObject* object, void* out) {
  return convertUnsigned<unsigned int>(object, out, "unsigned int");
}
KR_EXPORT int _PyLong_UnsignedLong_Converter(PyObject* object, void* out) {
  return convertUnsigned<unsigned long>(object, out, "unsigned long");
}
KR_EXPORT int _PyLong_UnsignedLongLong_Converter(PyObject* object, void* out) {
  return convertUnsigned<unsigned long long>(object, out, "unsigned long long");
}
KR_EXPORT int _PyLong_Size_t_Converter(PyObject* object, void* out) {
  return convertUnsigned<size_t>(object, out, "size_t");
}

KR_EXPORT int _Py_fstat_noraise(int fd, struct stat* out) { return fstat(fd, out); }
KR_EXPORT int _Py_fstat(int fd, struct stat* out) {
  int status;
  {
    WithoutGil unlocked;
    status = fstat(fd, out);
  }
  if (status != 0) (void)raiseErrno();
  return status;
}
KR_EXPORT int _Py_dup(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) (void)raiseErrno();
  return copy;
}

// Characters classified without regard to the locale.
namespace krait {

struct CharacterTable {
  unsigned int at[256];
  constexpr CharacterTable() : at{} {
    constexpr unsigned kLower = 1, kUpper = 2, kDigit = 4, kSpace = 8, kHex = 16;
    for (unsigned c = 0; c < 128; c++) {
      unsigned folded = c | 0x20;
      if (c >= 'a' && c <= 'z') at[c] |= kLower;
      if (c >= 'A' && c <= 'Z') at[c] |= kUpper;
      if (c >= '0' && c <= '9') at[c] |= kDigit | kHex;
      if (folded >= 'a' && folded <= 'f') at[c] |= kHex;
      if (c == ' ' || (c >= '\t' && c <= '\r')) at[c] |= kSpace;
    }
  }
};

}  // namespace krait
extern "C" __attribute__((visibility("default"))) const CharacterTable _Py_ctype_table;
constexpr CharacterTable _Py_ctype_table{};
