// Codec registry, error handlers and the built-in encodings.
#pragma once

#include "types/bytes.h"
#include "types/str.h"

namespace krait {

Result<Ref<>> codecLookup(const char* encoding);       // the CodecInfo tuple
Result<Ref<>> codecEncode(PyObject* object, const char* encoding, const char* errors);
Result<Ref<>> codecDecode(PyObject* object, const char* encoding, const char* errors);
Result<Ref<>> codecLookupError(const char* name);      // null: strict
Status codecRegister(PyObject* search_function);
Status codecRegisterError(const char* name, PyObject* handler);

// errors null: strict. `consumed` non-null: incremental, receives how many bytes were used.
Result<Ref<StrObject>> decodeUtf8(std::string_view bytes, const char* errors, Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeLatin1(std::string_view bytes);
Result<Ref<StrObject>> decodeAscii(std::string_view bytes, const char* errors);
Result<Ref<StrObject>> decodeUtf16(std::string_view bytes, const char* errors, int* byte_order, Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeUtf32(std::string_view bytes, const char* errors, int* byte_order, Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeText(std::string_view bytes, const char* encoding, const char* errors);  // str(bytes, enc)
Result<Ref<BytesObject>> encodeUtf8(StrObject* s, const char* errors);
Result<Ref<BytesObject>> encodeLatin1(StrObject* s, const char* errors);
Result<Ref<BytesObject>> encodeAscii(StrObject* s, const char* errors);

}  // namespace krait
