// Exports of marshal.h.
#include "modules/marshal.h"
#include "core/scratch.h"

#include <cstdio>
#include <cstring>
#include <string>

#include "capi/capi.h"

using namespace krait;

namespace {

// Little-endian, sign-extended; -1 with EOFError when the file ends.
template <class T>
T readNumber(FILE* file) {
  unsigned char bytes[sizeof(T)];
  if (std::fread(bytes, 1, sizeof bytes, file) != sizeof bytes) {
    (void)raise(PyExc_EOFError, "EOF read where data expected");
    return -1;
  }
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

Result<Ref<>> readAll(FILE* file) {
  std::string data;
  char piece[8192];
  while (size_t got = std::fread(piece, 1, sizeof piece, file)) TRY(appendMore(data, {piece, got}));
  return modules::marshalLoads(data);
}

}  // namespace

KR_EXPORT PyObject* PyMarshal_ReadObjectFromString(const char* data, Py_ssize_t size) {
  return toC(modules::marshalLoads({data, static_cast<size_t>(size)}));
}
KR_EXPORT PyObject* PyMarshal_WriteObjectToString(PyObject* value, int version) {
  return toC(modules::marshalDumps(value, version));
}
KR_EXPORT PyObject* PyMarshal_ReadObjectFromFile(FILE* file) { return toC(modules::marshalLoadStream(file)); }
KR_EXPORT PyObject* PyMarshal_ReadLastObjectFromFile(FILE* file) { return toC(readAll(file)); }
KR_EXPORT int PyMarshal_ReadShortFromFile(FILE* file) { return readNumber<int16_t>(file); }
KR_EXPORT long PyMarshal_ReadLongFromFile(FILE* file) { return readNumber<int32_t>(file); }
KR_EXPORT void PyMarshal_WriteLongToFile(long value, FILE* file, int) {
  auto low = static_cast<int32_t>(value);
  std::fwrite(&low, 1, sizeof low, file);
}
KR_EXPORT void PyMarshal_WriteObjectToFile(PyObject* value, FILE* file, int version) {
  auto data = modules::marshalDumps(value, version);
  if (data.failed()) return;
  auto held = std::move(data).take();
  std::fwrite(held->data(), 1, static_cast<size_t>(held->size()), file);
}
