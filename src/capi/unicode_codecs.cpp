// Encoding and decoding: PyUnicode_As*String, PyUnicode_Decode*, the file system's and the locale's
// encodings.
#include <cstring>

#include "capi/capi.h"
#include "capi/locale_codec.h"
#include "core/buffer.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "core/scratch.h"
#include "types/codec_errors.h"
#include "types/codecs.h"

using namespace krait;

namespace {

constexpr int kCleanupSupported = 0x20000;

std::string_view viewOf(const char* bytes, Py_ssize_t size) { return {bytes, static_cast<size_t>(size)}; }
StrObject* asStr(PyObject* object) { return static_cast<StrObject*>(object); }

bool checkStr(PyObject* object) {
  if (object && isStr(object)) return true;
  (void)raise(PyExc_TypeError, "bad argument type for built-in operation");
  return false;
}

template <class F>
PyObject* encodedBy(PyObject* s, F&& encode) {
  return checkStr(s) ? toC(encode(asStr(s))) : nullptr;
}

Result<Ref<>> encodedBytes(StrObject* s, const char* encoding, const char* errors) {
  Ref<> made = TRY(strEncode(s, encoding, errors));
  if (isBytes(made)) return made;
  if (!isByteArray(made)) {
    return raise(PyExc_TypeError,
                 "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to "
                 "arbitrary types",
                 encoding, typeName(made));
  }
  auto* array = static_cast<ByteArrayObject*>(made.get());
  return TRY(bytesFrom(viewOf(array->ob_start ? array->ob_start : "", array->ob_size)));
}

Result<Ref<StrObject>> fromEncodedObject(PyObject* object, const char* encoding, const char* errors) {
  if (isStr(object)) return raise(PyExc_TypeError, "decoding str is not supported");
  if (isBytes(object)) return decodeText(static_cast<BytesObject*>(object)->view(), encoding, errors);
  if (!hasBuffer(object)) {
    return raise(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found", typeName(object));
  }
  Buffer buffer = TRY(Buffer::acquire(object));
  return decodeText({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())},
                    encoding, errors);
}

Result<Ref<>> fileSystemEncoded(StrObject* s) {
  const Config& config = interpreter().config;
  return encodedBytes(s, config.fs_encoding.c_str(), config.fs_errors.c_str());
}

Result<Ref<>> fsConverted(PyObject* path) {
  Ref<> named = TRY(fsPathObject(path));
  Ref<> bytes = isBytes(named) ? std::move(named) : TRY(fileSystemEncoded(asStr(named.get())));
  auto view = static_cast<BytesObject*>(bytes.get())->view();
  if (memchr(view.data(), 0, view.size())) return raise(PyExc_ValueError, "embedded null byte");
  return bytes;
}

Result<Ref<StrObject>> fsDecoded(PyObject* path) {
  Ref<> named = TRY(fsPathObject(path));
  Ref<StrObject> text = isStr(named) ? std::move(named).as<StrObject>()
                                     : TRY(fsDecode(static_cast<BytesObject*>(named.get())->view()));
  if (strFindChar(text, 0, 0, text->size(), 1) >= 0)
    return raise(PyExc_ValueError, "embedded null character");
  return text;
}

int convertPath(PyObject* path, PyObject** out, Result<Ref<>> (*convert)(PyObject*)) {
  if (!path) {
    clearField(*out);
    return 1;
  }
  auto made = convert(path);
  if (made.failed()) return 0;
  *out = std::move(made).toC();
  return kCleanupSupported;
}

// The current locale's encoding, not UTF-8 mode's.
Result<Ref<BytesObject>> localeEncoded(StrObject* s, const char* errors) {
  std::wstring wide;
  TRY(reserveMore(wide, static_cast<size_t>(s->size())));
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    if (s->at(i) == 0) return raise(PyExc_ValueError, "embedded null character");
    wide += static_cast<wchar_t>(s->at(i));
  }
  NarrowAnswer answer = localeEncode(wide.c_str(), true, localeErrorsByName(errors));
  if (answer.status == LocaleStatus::kUnsupported)
    return raise(PyExc_ValueError, "unsupported error handler");
  if (answer.status == LocaleStatus::kOk) return bytesFrom(answer.text);
  auto at = static_cast<Py_ssize_t>(answer.position);
  return EncodeRun("locale", s, nullptr).raiseStrict(at, at + 1, answer.reason);
}

// `bytes` end with a NUL that does not count.
Result<Ref<StrObject>> localeDecoded(std::string_view bytes, const char* errors) {
  if (bytes.data()[bytes.size()] != 0 || bytes.find('\0') != bytes.npos)
    return raise(PyExc_ValueError, "embedded null byte");
  WideAnswer answer = localeDecode(bytes.data(), true, localeErrorsByName(errors));
  if (answer.status == LocaleStatus::kUnsupported)
    return raise(PyExc_ValueError, "unsupported error handler");
  StrBuilder out;
  if (answer.status == LocaleStatus::kOk) {
    for (wchar_t ch : answer.text) out.append(static_cast<Py_UCS4>(ch));
    return out.finish();
  }
  auto at = static_cast<Py_ssize_t>(answer.position);
  TRY(DecodeRun("locale", bytes, nullptr).handle(out, at, at + 1, answer.reason));
  return out.finish();
}

Result<Ref<StrObject>> decodedUnits(const char* bytes, Py_ssize_t size, const char* errors, int* order,
                                    Py_ssize_t* consumed, bool wide) {
  int native = 0;
  int* by = order ? order : &native;
  return wide ? decodeUtf32(viewOf(bytes, size), errors, by, consumed)
              : decodeUtf16(viewOf(bytes, size), errors, by, consumed);
}

PyObject* betweenStrings(Result<Ref<>> (*convert)(PyObject*, const char*, const char*), const char* role,
                         PyObject* text, const char* encoding, const char* errors) {
  if (!isStr(text)) return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), nullptr;
  auto made = convert(text, encoding ? encoding : "utf-8", errors);
  if (made.failed()) return nullptr;
  Ref<> answer = std::move(made).take();
  if (isStr(answer)) return std::move(answer).leak();
  (void)raise(PyExc_TypeError, "'%.400s' %s returned '%.400s' instead of 'str'", encoding, role,
              typeName(answer));
  return nullptr;
}

}  // namespace

KR_EXPORT const char* PyUnicode_GetDefaultEncoding() { return "utf-8"; }
KR_EXPORT PyObject* PyUnicode_Decode(const char* bytes, Py_ssize_t size, const char* encoding,
                                     const char* errors) {
  return toC(decodeText(viewOf(bytes, size), encoding, errors));
}
KR_EXPORT PyObject* PyUnicode_FromEncodedObject(PyObject* object, const char* encoding, const char* errors) {
  if (!object) return (void)raiseBadInternalCall(), nullptr;
  return toC(fromEncodedObject(object, encoding, errors));
}
KR_EXPORT PyObject* PyUnicode_AsDecodedObject(PyObject* s, const char* encoding, const char* errors) {
  return checkStr(s) ? toC(codecDecode(s, encoding ? encoding : "utf-8", errors)) : nullptr;
}
KR_EXPORT PyObject* PyUnicode_AsEncodedObject(PyObject* s, const char* encoding, const char* errors) {
  return checkStr(s) ? toC(codecEncode(s, encoding ? encoding : "utf-8", errors)) : nullptr;
}
KR_EXPORT PyObject* PyUnicode_AsEncodedString(PyObject* s, const char* encoding, const char* errors) {
  return encodedBy(s, [&](StrObject* text) { return encodedBytes(text, encoding, errors); });
}

KR_EXPORT PyObject* PyUnicode_DecodeUTF8(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(decodeUtf8(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF8Stateful(const char* bytes, Py_ssize_t size, const char* errors,
                                                 Py_ssize_t* consumed) {
  return toC(decodeUtf8(viewOf(bytes, size), errors, consumed));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF7(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(decodeUtf7(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF7Stateful(const char* bytes, Py_ssize_t size, const char* errors,
                                                 Py_ssize_t* consumed) {
  return toC(decodeUtf7(viewOf(bytes, size), errors, consumed));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF16(const char* bytes, Py_ssize_t size, const char* errors,
                                          int* order) {
  return toC(decodedUnits(bytes, size, errors, order, nullptr, false));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF16Stateful(const char* bytes, Py_ssize_t size, const char* errors,
                                                  int* order, Py_ssize_t* consumed) {
  return toC(decodedUnits(bytes, size, errors, order, consumed, false));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF32(const char* bytes, Py_ssize_t size, const char* errors,
                                          int* order) {
  return toC(decodedUnits(bytes, size, errors, order, nullptr, true));
}
KR_EXPORT PyObject* PyUnicode_DecodeUTF32Stateful(const char* bytes, Py_ssize_t size, const char* errors,
                                                  int* order, Py_ssize_t* consumed) {
  return toC(decodedUnits(bytes, size, errors, order, consumed, true));
}
KR_EXPORT PyObject* PyUnicode_DecodeLatin1(const char* bytes, Py_ssize_t size, const char*) {
  return toC(decodeLatin1(viewOf(bytes, size)));
}
KR_EXPORT PyObject* PyUnicode_DecodeASCII(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(decodeAscii(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeUnicodeEscape(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(decodeUnicodeEscape(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeRawUnicodeEscape(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(decodeRawUnicodeEscape(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeCharmap(const char* bytes, Py_ssize_t size, PyObject* mapping,
                                            const char* errors) {
  return toC(decodeCharmap(viewOf(bytes, size), mapping, errors));
}
KR_EXPORT PyObject* PyUnicode_BuildEncodingMap(PyObject* table) {
  if (!isStr(table) || asStr(table)->size() == 0) return (void)raiseBadInternalCall(), nullptr;
  return toC(charmapBuild(asStr(table)));
}

KR_EXPORT PyObject* PyUnicode_AsUTF8String(PyObject* s) {
  return encodedBy(s, [](StrObject* text) { return encodeUtf8(text, nullptr); });
}
KR_EXPORT PyObject* _PyUnicode_AsUTF8String(PyObject* s, const char* errors) {
  return encodedBy(s, [&](StrObject* text) { return encodeUtf8(text, errors); });
}
KR_EXPORT PyObject* PyUnicode_AsLatin1String(PyObject* s) {
  return encodedBy(s, [](StrObject* text) { return encodeLatin1(text, nullptr); });
}
KR_EXPORT PyObject* _PyUnicode_AsLatin1String(PyObject* s, const char* errors) {
  return encodedBy(s, [&](StrObject* text) { return encodeLatin1(text, errors); });
}
KR_EXPORT PyObject* PyUnicode_AsASCIIString(PyObject* s) {
  return encodedBy(s, [](StrObject* text) { return encodeAscii(text, nullptr); });
}
KR_EXPORT PyObject* _PyUnicode_AsASCIIString(PyObject* s, const char* errors) {
  return encodedBy(s, [&](StrObject* text) { return encodeAscii(text, errors); });
}
KR_EXPORT PyObject* PyUnicode_AsUTF16String(PyObject* s) {
  return encodedBy(s, [](StrObject* text) { return encodeUtf16(text, nullptr, 0); });
}
KR_EXPORT PyObject* _PyUnicode_EncodeUTF16(PyObject* s, const char* errors, int order) {
  return encodedBy(s, [&](StrObject* text) { return encodeUtf16(text, errors, order); });
}
KR_EXPORT PyObject* PyUnicode_AsUTF32String(PyObject* s) {
  return encodedBy(s, [](StrObject* text) { return encodeUtf32(text, nullptr, 0); });
}
KR_EXPORT PyObject* _PyUnicode_EncodeUTF32(PyObject* s, const char* errors, int order) {
  return encodedBy(s, [&](StrObject* text) { return encodeUtf32(text, errors, order); });
}
KR_EXPORT PyObject* PyUnicode_AsUnicodeEscapeString(PyObject* s) { return encodedBy(s, encodeUnicodeEscape); }
KR_EXPORT PyObject* PyUnicode_AsRawUnicodeEscapeString(PyObject* s) {
  return encodedBy(s, encodeRawUnicodeEscape);
}
KR_EXPORT PyObject* PyUnicode_AsCharmapString(PyObject* s, PyObject* mapping) {
  if (!s || !isStr(s) || !mapping)
    return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), nullptr;
  return toC(encodeCharmap(asStr(s), mapping, nullptr));
}

KR_EXPORT PyObject* PyUnicode_EncodeFSDefault(PyObject* s) { return encodedBy(s, fileSystemEncoded); }
KR_EXPORT PyObject* PyUnicode_DecodeFSDefaultAndSize(const char* bytes, Py_ssize_t size) {
  return toC(fsDecode(viewOf(bytes, size)));
}
KR_EXPORT PyObject* PyUnicode_DecodeFSDefault(const char* bytes) { return toC(fsDecode(bytes)); }
KR_EXPORT int PyUnicode_FSConverter(PyObject* path, PyObject** out) {
  return convertPath(path, out, fsConverted);
}
KR_EXPORT int PyUnicode_FSDecoder(PyObject* path, PyObject** out) {
  return convertPath(path, out, [](PyObject* given) -> Result<Ref<>> { return fsDecoded(given); });
}
KR_EXPORT PyObject* PyUnicode_EncodeLocale(PyObject* s, const char* errors) {
  return encodedBy(s, [&](StrObject* text) { return localeEncoded(text, errors); });
}
KR_EXPORT PyObject* PyUnicode_DecodeLocaleAndSize(const char* bytes, Py_ssize_t size, const char* errors) {
  return toC(localeDecoded(viewOf(bytes, size), errors));
}
KR_EXPORT PyObject* PyUnicode_DecodeLocale(const char* bytes, const char* errors) {
  return toC(localeDecoded(bytes, errors));
}

// Old codecs between strings.
KR_EXPORT PyObject* PyUnicode_AsDecodedUnicode(PyObject* text, const char* encoding, const char* errors) {
  return betweenStrings(codecDecode, "decoder", text, encoding, errors);
}
KR_EXPORT PyObject* PyUnicode_AsEncodedUnicode(PyObject* text, const char* encoding, const char* errors) {
  return betweenStrings(codecEncode, "encoder", text, encoding, errors);
}
