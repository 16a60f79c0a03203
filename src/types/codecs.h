// Codec registry, error handlers and the built-in encodings.
#pragma once

#include "types/bytes.h"
#include "types/misc_objects.h"
#include "types/str.h"

namespace krait {

Result<Ref<>> codecLookup(const char* encoding);  // the CodecInfo tuple
Result<Ref<>> codecEncode(PyObject* object, const char* encoding, const char* errors);
Result<Ref<>> codecDecode(PyObject* object, const char* encoding, const char* errors);
Result<Ref<>> codecLookupError(const char* name);  // null: strict
Status codecRegister(PyObject* search_function);
Status codecUnregister(PyObject* search_function);
Status codecRegisterError(const char* name, PyObject* handler);
// The current interpreter ends: nothing is found any more; the registry itself goes.
void codecsStop();
void codecsForget();

// errors null: strict. `consumed` non-null: incremental, receives how many bytes were used.
// byte_order: -1 little, 1 big, 0 from the byte-order mark (little without one); receives what was found.
Result<Ref<StrObject>> decodeUtf8(std::string_view bytes, const char* errors, Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeUtf7(std::string_view bytes, const char* errors, Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeLatin1(std::string_view bytes);
Result<Ref<StrObject>> decodeAscii(std::string_view bytes, const char* errors);
Result<Ref<StrObject>> decodeUtf16(std::string_view bytes, const char* errors, int* byte_order,
                                   Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeUtf32(std::string_view bytes, const char* errors, int* byte_order,
                                   Py_ssize_t* consumed = nullptr);
Result<Ref<StrObject>> decodeText(std::string_view bytes, const char* encoding,
                                  const char* errors);  // str(bytes, enc)
Result<Ref<BytesObject>> encodeUtf8(StrObject* s, const char* errors);
Result<Ref<BytesObject>> encodeUtf7(StrObject* s, const char* errors);
Result<Ref<BytesObject>> encodeUtf16(StrObject* s, const char* errors, int byte_order);  // 0: with a mark
Result<Ref<BytesObject>> encodeUtf32(StrObject* s, const char* errors, int byte_order);
Result<Ref<BytesObject>> encodeLatin1(StrObject* s, const char* errors);
Result<Ref<BytesObject>> encodeAscii(StrObject* s, const char* errors);

// Whether \N escapes can be decoded: imports unicodedata at the first one. No exception is left when it
// cannot.
bool characterNamesLoaded();
constexpr const char* kCharacterNamesCapsule = "unicodedata._ucnhash_CAPI";

// \x41, \u1234, \N{...}. The first invalid escape (not one of these) is reported as a DeprecationWarning,
// unless `invalid_escape` takes it: the offset of the character behind the backslash, -1 when there is none.
Result<Ref<StrObject>> decodeUnicodeEscape(std::string_view bytes, const char* errors,
                                           Py_ssize_t* consumed = nullptr,
                                           Py_ssize_t* invalid_escape = nullptr);
Result<Ref<StrObject>> decodeRawUnicodeEscape(std::string_view bytes, const char* errors,
                                              Py_ssize_t* consumed = nullptr);
Result<Ref<BytesObject>> encodeUnicodeEscape(StrObject* s);
Result<Ref<BytesObject>> encodeRawUnicodeEscape(StrObject* s);
// The escapes of bytes literals.
Result<Ref<BytesObject>> decodeBytesEscape(std::string_view bytes, const char* errors,
                                           Py_ssize_t* invalid_escape = nullptr);

// mapping absent: latin-1.
Result<Ref<StrObject>> decodeCharmap(std::string_view bytes, Opt<> mapping, const char* errors);
Result<Ref<BytesObject>> encodeCharmap(StrObject* s, Opt<> mapping, const char* errors);
// An EncodingMap, or a dict when the table is irregular
Result<Ref<>> charmapBuild(StrObject* decoding_table);

}  // namespace krait
