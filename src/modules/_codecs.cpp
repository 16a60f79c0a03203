// The module _codecs: the registry and the built-in encodings as functions on buffers and strings.
#include "types/codecs.h"

#include "core/native.h"
#include "types/byte_builder.h"
#include "types/byte_text.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait {

// An error handler's name, or None.
struct ErrorsArg {
  const char* name = nullptr;
};
template <>
struct ArgFrom<ErrorsArg> {
  static Result<ErrorsArg> from(PyObject* o, const ArgContext& where) {
    if (o == Py_None) return ErrorsArg{};
    if (!isStr(o)) return raiseBadArgument(where, "str or None", o);
    return ErrorsArg{TRY(strUtf8NoNul(cast<StrObject>(o)))};
  }
  template <Text D>
  static ErrorsArg fallback() {
    return {};
  }
};

// A bytes-like object, or a str standing for its UTF-8 form.
struct TextOrBuffer {
  std::string_view view;
  std::optional<Buffer> buffer;
};
template <>
struct ArgFrom<TextOrBuffer> {
  static Result<TextOrBuffer> from(PyObject* o, const ArgContext& where) {
    if (isStr(o)) return TextOrBuffer{TRY(strUtf8(cast<StrObject>(o))), std::nullopt};
    Buffer buffer = TRY(ArgFrom<Buffer>::from(o, where));
    auto view = viewOf(buffer);
    return TextOrBuffer{view, std::move(buffer)};
  }
};

namespace modules {
namespace {

Result<Ref<TupleObject>> withCount(Result<Ref<StrObject>> text, Py_ssize_t count) {
  Ref<StrObject> value = TRY(std::move(text));
  Ref<IntObject> used = TRY(intFromLong(count));
  return tupleOf(value.get(), used.get());
}
Result<Ref<TupleObject>> withCount(Result<Ref<BytesObject>> bytes, Py_ssize_t count) {
  Ref<BytesObject> value = TRY(std::move(bytes));
  Ref<IntObject> used = TRY(intFromLong(count));
  return tupleOf(value.get(), used.get());
}

// --- registry ----------------------------------------------------------------------------------------------

Result<Ref<>> lookup(StrObject* encoding) { return codecLookup(TRY(strUtf8NoNul(encoding))); }
Status registerSearch(PyObject* search_function) { return codecRegister(search_function); }
Status unregisterSearch(PyObject* search_function) { return codecUnregister(search_function); }
Status registerError(StrObject* errors, PyObject* handler) {
  return codecRegisterError(TRY(strUtf8NoNul(errors)), handler);
}
Result<Ref<>> lookupError(StrObject* name) { return codecLookupError(TRY(strUtf8NoNul(name))); }

Result<Ref<>> encodeObject(PyObject* object, Opt<StrObject> encoding, Opt<StrObject> errors) {
  const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : "utf-8";
  return codecEncode(object, encoding_text, errors ? TRY(strUtf8NoNul(errors.get())) : nullptr);
}
Result<Ref<>> decodeObject(PyObject* object, Opt<StrObject> encoding, Opt<StrObject> errors) {
  const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : "utf-8";
  return codecDecode(object, encoding_text, errors ? TRY(strUtf8NoNul(errors.get())) : nullptr);
}

// --- decoders ----------------------------------------------------------------------------------------------

template <auto Decode>
Result<Ref<TupleObject>> stateful(Buffer data, ErrorsArg errors, IntTruth final) {
  Py_ssize_t consumed = data.size();
  auto text = Decode(viewOf(data), errors.name, final ? nullptr : &consumed);
  return withCount(std::move(text), consumed);
}

template <auto Decode, int kByteOrder>
Result<Ref<TupleObject>> ordered(Buffer data, ErrorsArg errors, IntTruth final) {
  Py_ssize_t consumed = data.size();
  int byte_order = kByteOrder;
  auto text = Decode(viewOf(data), errors.name, &byte_order, final ? nullptr : &consumed);
  return withCount(std::move(text), consumed);
}

template <auto Decode>
Result<Ref<TupleObject>> orderedEx(Buffer data, ErrorsArg errors, int byte_order, IntTruth final) {
  Py_ssize_t consumed = data.size();
  Ref<StrObject> text = TRY(Decode(viewOf(data), errors.name, &byte_order, final ? nullptr : &consumed));
  Ref<IntObject> used = TRY(intFromLong(consumed)), order = TRY(intFromLong(byte_order));
  return tupleOf(text.get(), used.get(), order.get());
}

Result<Ref<TupleObject>> asciiDecode(Buffer data, ErrorsArg errors) {
  return withCount(krait::decodeAscii(viewOf(data), errors.name), data.size());
}
Result<Ref<TupleObject>> latin1Decode(Buffer data, ErrorsArg) {
  return withCount(krait::decodeLatin1(viewOf(data)), data.size());
}
Result<Ref<TupleObject>> unicodeEscapeDecode(TextOrBuffer data, ErrorsArg errors, IntTruth final) {
  auto consumed = static_cast<Py_ssize_t>(data.view.size());
  auto text = decodeUnicodeEscape(data.view, errors.name, final ? nullptr : &consumed);
  return withCount(std::move(text), consumed);
}
Result<Ref<TupleObject>> rawUnicodeEscapeDecode(TextOrBuffer data, ErrorsArg errors, IntTruth final) {
  auto consumed = static_cast<Py_ssize_t>(data.view.size());
  auto text = decodeRawUnicodeEscape(data.view, errors.name, final ? nullptr : &consumed);
  return withCount(std::move(text), consumed);
}
Result<Ref<TupleObject>> escapeDecode(TextOrBuffer data, ErrorsArg errors) {
  return withCount(decodeBytesEscape(data.view, errors.name), static_cast<Py_ssize_t>(data.view.size()));
}
Opt<> mappingOf(PyObject* mapping) { return mapping == Py_None ? Opt<>() : Opt<>(mapping); }
Result<Ref<TupleObject>> charmapDecode(Buffer data, ErrorsArg errors, PyObject* mapping) {
  return withCount(decodeCharmap(viewOf(data), mappingOf(mapping), errors.name), data.size());
}

// --- encoders ----------------------------------------------------------------------------------------------

template <auto Encode>
Result<Ref<TupleObject>> encoder(StrObject* s, ErrorsArg errors) {
  return withCount(Encode(s, errors.name), s->size());
}
template <auto Encode>
Result<Ref<TupleObject>> plainEncoder(StrObject* s, ErrorsArg) {
  return withCount(Encode(s), s->size());
}
template <auto Encode>
Result<Ref<TupleObject>> encoderWithMark(StrObject* s, ErrorsArg errors, int byte_order) {
  return withCount(Encode(s, errors.name, byte_order), s->size());
}
template <auto Encode, int kByteOrder>
Result<Ref<TupleObject>> orderedEncoder(StrObject* s, ErrorsArg errors) {
  return withCount(Encode(s, errors.name, kByteOrder), s->size());
}

Result<Ref<TupleObject>> escapeEncode(BytesObject* data, ErrorsArg) {
  constexpr char kDigits[] = "0123456789abcdef";
  ByteBuilder out;
  for (char c : data->view()) {
    if (c == '\'' || c == '\\')
      out.append('\\'), out.append(c);
    else if (c == '\t')
      out.append("\\t");
    else if (c == '\n')
      out.append("\\n");
    else if (c == '\r')
      out.append("\\r");
    else if (c >= ' ' && c < 0x7F)
      out.append(c);
    else {
      auto byte = static_cast<uint8_t>(c);
      out.append("\\x");
      out.append(kDigits[byte >> 4]);
      out.append(kDigits[byte & 15]);
    }
  }
  return withCount(out.finish(), data->size());
}
Result<Ref<TupleObject>> readbufferEncode(TextOrBuffer data, ErrorsArg) {
  return withCount(bytesFrom(data.view), static_cast<Py_ssize_t>(data.view.size()));
}
Result<Ref<TupleObject>> charmapEncode(StrObject* s, ErrorsArg errors, PyObject* mapping) {
  return withCount(encodeCharmap(s, mappingOf(mapping), errors.name), s->size());
}
Result<Ref<>> charmapBuildFunction(StrObject* map) { return charmapBuild(map); }

constinit PyMethodDef kFunctions[] = {
    function<"register($module, search_function, /)", registerSearch,
             "Register a search function: encoding name -> CodecInfo or None.">,
    function<"unregister($module, search_function, /)", unregisterSearch, "Unregister a search function.">,
    function<"lookup($module, encoding, /)", lookup, "Find the codec of an encoding.">,
    function<"encode($module, /, obj, encoding='utf-8', errors='strict')", encodeObject,
             "Encode obj with the codec of the encoding.">,
    function<"decode($module, /, obj, encoding='utf-8', errors='strict')", decodeObject,
             "Decode obj with the codec of the encoding.">,
    function<"escape_encode($module, data, errors=None, /)", escapeEncode>,
    function<"escape_decode($module, data, errors=None, /)", escapeDecode>,
    function<"utf_8_encode($module, str, errors=None, /)", encoder<encodeUtf8>>,
    function<"utf_8_decode($module, data, errors=None, final=False, /)", stateful<decodeUtf8>>,
    function<"utf_7_encode($module, str, errors=None, /)", encoder<encodeUtf7>>,
    function<"utf_7_decode($module, data, errors=None, final=False, /)", stateful<decodeUtf7>>,
    function<"utf_16_encode($module, str, errors=None, byteorder=0, /)", encoderWithMark<encodeUtf16>>,
    function<"utf_16_le_encode($module, str, errors=None, /)", orderedEncoder<encodeUtf16, -1>>,
    function<"utf_16_be_encode($module, str, errors=None, /)", orderedEncoder<encodeUtf16, 1>>,
    function<"utf_16_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf16, 0>>,
    function<"utf_16_le_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf16, -1>>,
    function<"utf_16_be_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf16, 1>>,
    function<"utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False,\n                 /)",
             orderedEx<decodeUtf16>>,
    function<"utf_32_encode($module, str, errors=None, byteorder=0, /)", encoderWithMark<encodeUtf32>>,
    function<"utf_32_le_encode($module, str, errors=None, /)", orderedEncoder<encodeUtf32, -1>>,
    function<"utf_32_be_encode($module, str, errors=None, /)", orderedEncoder<encodeUtf32, 1>>,
    function<"utf_32_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf32, 0>>,
    function<"utf_32_le_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf32, -1>>,
    function<"utf_32_be_decode($module, data, errors=None, final=False, /)", ordered<decodeUtf32, 1>>,
    function<"utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False,\n                 /)",
             orderedEx<decodeUtf32>>,
    function<"unicode_escape_encode($module, str, errors=None, /)", plainEncoder<encodeUnicodeEscape>>,
    function<"unicode_escape_decode($module, data, errors=None, final=True, /)", unicodeEscapeDecode>,
    function<"raw_unicode_escape_encode($module, str, errors=None, /)", plainEncoder<encodeRawUnicodeEscape>>,
    function<"raw_unicode_escape_decode($module, data, errors=None, final=True, /)", rawUnicodeEscapeDecode>,
    function<"latin_1_encode($module, str, errors=None, /)", encoder<encodeLatin1>>,
    function<"latin_1_decode($module, data, errors=None, /)", latin1Decode>,
    function<"ascii_encode($module, str, errors=None, /)", encoder<encodeAscii>>,
    function<"ascii_decode($module, data, errors=None, /)", asciiDecode>,
    function<"charmap_encode($module, str, errors=None, mapping=None, /)", charmapEncode>,
    function<"charmap_decode($module, data, errors=None, mapping=None, /)", charmapDecode>,
    function<"charmap_build($module, map, /)", charmapBuildFunction>,
    function<"readbuffer_encode($module, data, errors=None, /)", readbufferEncode>,
    function<"register_error($module, errors, handler, /)", registerError,
             "Register an error handler under a name.">,
    function<"lookup_error($module, name, /)", lookupError, "Find the error handler of a name.">,
    {}};

Status codecsExec(PyObject*) { return {}; }
constinit PyModuleDef kCodecsModule = moduleDef<"_codecs", codecsExec>(kFunctions, nullptr);

}  // namespace

PyObject* initCodecs() { return moduleDefInit(&kCodecsModule); }

}  // namespace modules
}  // namespace krait
