// bytes and bytearray.
#pragma once

#include <span>
#include <string_view>

#include "core/result.h"
#include "types/str.h"

namespace krait {

struct BytesObject : PyVarObject {
  Py_hash_t ob_shash;  // -1: not computed
  char ob_sval[1];     // ob_size bytes and a NUL

  Py_ssize_t size() const { return ob_size; }
  char* data() { return ob_sval; }
  std::string_view view() const { return {ob_sval, static_cast<size_t>(ob_size)}; }
};
static_assert(offsetof(BytesObject, ob_sval) == 32);

struct ByteArrayObject : PyVarObject {
  Py_ssize_t ob_alloc;
  char *ob_bytes, *ob_start;
  Py_ssize_t ob_exports;
};

inline bool isBytes(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_BYTES_SUBCLASS); }
inline bool isExactBytes(const PyObject* o) { return isExact(o, &PyBytes_Type); }
inline bool isByteArray(const PyObject* o) { return isInstanceOf(o, &PyByteArray_Type); }

// Uninitialised, NUL-terminated; size 0 and 1-byte results are shared
Result<Ref<BytesObject>> bytesNew(Py_ssize_t size);
Result<Ref<BytesObject>> bytesFrom(std::string_view data);
Result<Ref<BytesObject>> bytesFromObject(PyObject* object);  // bytes(object) for buffers and iterables
// Shrinks or grows a bytes object that nobody else refers to.
Result<Ref<BytesObject>> bytesResize(Ref<BytesObject> bytes, Py_ssize_t size);
Result<Ref<BytesObject>> bytesConcat(PyObject* a, PyObject* b);
Result<Ref<StrObject>> bytesRepr(std::string_view data, bool smart_quotes);
Result<Ref<ByteArrayObject>> byteArrayNew(std::string_view data);
Status byteArrayResize(ByteArrayObject* array, Py_ssize_t size);

}  // namespace krait
