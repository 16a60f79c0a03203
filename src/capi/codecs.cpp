// Exports of codecs.h: the registry and the built-in error handlers.
#include "types/codecs.h"

#include "capi/capi.h"
#include "core/call.h"

using namespace krait;

namespace {

Result<Ref<>> partOf(const char* encoding, int index) {
  Ref<> info = TRY(codecLookup(encoding));
  return sequenceGet(info, index);
}

Result<Ref<>> madeBy(const char* encoding, const char* attr, Opt<> stream, const char* errors) {
  Ref<> info = TRY(codecLookup(encoding));
  Ref<> factory = TRY(attrGet(info, attr));
  MaybeRef<> mode;
  if (errors) mode = TRY(strFromUtf8(errors));
  PyObject* args[2];
  size_t count = 0;
  if (stream) args[count++] = stream.get();
  if (mode) args[count++] = mode.get();
  return callVector(factory, args, count, nullptr);
}

Result<Ref<>> handledBy(const char* handler, PyObject* exception) {
  Ref<> function = TRY(codecLookupError(handler));
  return call(function.get(), exception);
}

}  // namespace

KR_EXPORT int PyCodec_Register(PyObject* search) { return toC(codecRegister(search)); }
KR_EXPORT int PyCodec_Unregister(PyObject* search) { return toC(codecUnregister(search)); }
KR_EXPORT PyObject* _PyCodec_Lookup(const char* encoding) { return toC(codecLookup(encoding)); }
KR_EXPORT int PyCodec_KnownEncoding(const char* encoding) { return succeeded(codecLookup(encoding)); }
KR_EXPORT PyObject* PyCodec_Encode(PyObject* object, const char* encoding, const char* errors) {
  return toC(codecEncode(object, encoding, errors));
}
KR_EXPORT PyObject* PyCodec_Decode(PyObject* object, const char* encoding, const char* errors) {
  return toC(codecDecode(object, encoding, errors));
}
KR_EXPORT PyObject* PyCodec_Encoder(const char* encoding) { return toC(partOf(encoding, 0)); }
KR_EXPORT PyObject* PyCodec_Decoder(const char* encoding) { return toC(partOf(encoding, 1)); }
KR_EXPORT PyObject* PyCodec_IncrementalEncoder(const char* encoding, const char* errors) {
  return toC(madeBy(encoding, "incrementalencoder", nullptr, errors));
}
KR_EXPORT PyObject* PyCodec_IncrementalDecoder(const char* encoding, const char* errors) {
  return toC(madeBy(encoding, "incrementaldecoder", nullptr, errors));
}
KR_EXPORT PyObject* PyCodec_StreamReader(const char* encoding, PyObject* stream, const char* errors) {
  return toC(madeBy(encoding, "streamreader", stream, errors));
}
KR_EXPORT PyObject* PyCodec_StreamWriter(const char* encoding, PyObject* stream, const char* errors) {
  return toC(madeBy(encoding, "streamwriter", stream, errors));
}

KR_EXPORT int PyCodec_RegisterError(const char* handler, PyObject* function) {
  return toC(codecRegisterError(handler, function));
}
KR_EXPORT PyObject* PyCodec_LookupError(const char* handler) { return toC(codecLookupError(handler)); }
KR_EXPORT PyObject* PyCodec_StrictErrors(PyObject* exception) { return toC(handledBy("strict", exception)); }
KR_EXPORT PyObject* PyCodec_IgnoreErrors(PyObject* exception) { return toC(handledBy("ignore", exception)); }
KR_EXPORT PyObject* PyCodec_ReplaceErrors(PyObject* exception) {
  return toC(handledBy("replace", exception));
}
KR_EXPORT PyObject* PyCodec_XMLCharRefReplaceErrors(PyObject* exception) {
  return toC(handledBy("xmlcharrefreplace", exception));
}
KR_EXPORT PyObject* PyCodec_BackslashReplaceErrors(PyObject* exception) {
  return toC(handledBy("backslashreplace", exception));
}
KR_EXPORT PyObject* PyCodec_NameReplaceErrors(PyObject* exception) {
  return toC(handledBy("namereplace", exception));
}
