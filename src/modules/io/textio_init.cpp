// Opening a TextIOWrapper: encoding, codecs, newline modes; reconfigure().
#include <langinfo.h>

#include "core/interpreter.h"
#include "core/scratch.h"
#include "modules/io/textio.h"
#include "types/bool.h"
#include "types/codecs.h"

namespace krait::modules {
namespace {

Result<Ref<StrObject>> localeEncodingName() {
  if (interpreter().config.utf8_mode) return strLiteral("utf-8");
  const char* codeset = nl_langinfo(CODESET);
  return strFromUtf8(codeset && *codeset ? codeset : "UTF-8");
}

Result<Ref<StrObject>> chooseEncoding(Opt<> encoding) {
  if (!encoding || encoding.get() == Py_None) {
    if (interpreter().config.warn_default_encoding) {
      TRY(warn(PyExc_EncodingWarning, 1, "'encoding' argument not specified"));
    }
    return localeEncodingName();
  }
  auto* text = cast<StrObject>(encoding.get());
  if (strEqualsAscii(text, "locale")) return localeEncodingName();
  return share(text);
}

// The codec, refused when it is not one of text.
Result<Ref<>> lookupTextCodec(StrObject* encoding) {
  const char* encoding_name = TRY(strUtf8NoNul(encoding));
  Ref<> codec = TRY(codecLookup(encoding_name));
  MaybeRef<> is_text = TRY(attrLookup(codec, name<"_is_text_encoding">()));
  if (is_text && !TRY(objectIsTrue(is_text.get()))) {
    return raise(PyExc_LookupError,
                 "'%.400s' is not a text encoding; use codecs.open() to handle arbitrary codecs",
                 encoding_name);
  }
  return codec;
}

Status setNewlineMode(TextIOObject* self, Opt<StrObject> newline) {
  PyObject* old = std::exchange(self->readnl, newline ? share<PyObject>(newline.get()).leak() : nullptr);
  xdecref(old);
  self->readuniversal = !newline || newline->size() == 0;
  self->readtranslate = !newline;
  self->writetranslate = !newline || newline->size() != 0;
  self->writenl = nullptr;
  if (newline && strEqualsAscii(newline.get(), "\r")) self->writenl = "\r";
  if (newline && strEqualsAscii(newline.get(), "\r\n")) self->writenl = "\r\n";
  return {};
}

Result<bool> askBuffer(TextIOObject* self, StrObject* method_name) {
  Ref<> answer = TRY(callMethod(TRY(textBuffer(self)).get(), method_name));
  return objectIsTrue(answer);
}

Status setDecoder(TextIOObject* self, PyObject* codec) {
  clearField(self->decoder);
  if (!TRY(askBuffer(self, name<"readable">()))) return {};
  Ref<> factory = TRY(attrGet(codec, name<"incrementaldecoder">()));
  Ref<> decoder = TRY(call(factory.get(), self->errors));
  if (self->readuniversal) {
    decoder = TRY(call(static_cast<PyObject*>(&PyIncrementalNewlineDecoder_Type), decoder.get(),
                       boolRef(self->readtranslate).get()));
  }
  self->decoder = std::move(decoder).leak();
  return {};
}

TextEncoder fastEncoderFor(PyObject* codec_name) {
  if (!isStr(codec_name)) return TextEncoder::kObject;
  auto* text = cast<StrObject>(codec_name);
  if (strEqualsAscii(text, "utf-8")) return TextEncoder::kUtf8;
  if (strEqualsAscii(text, "iso8859-1")) return TextEncoder::kLatin1;
  if (strEqualsAscii(text, "ascii")) return TextEncoder::kAscii;
  return TextEncoder::kObject;
}

Status setEncoder(TextIOObject* self, PyObject* codec) {
  clearField(self->encoder);
  self->fast_encoder = TextEncoder::kNone;
  if (!TRY(askBuffer(self, name<"writable">()))) return {};
  Ref<> factory = TRY(attrGet(codec, name<"incrementalencoder">()));
  self->encoder = TRY(call(factory.get(), self->errors)).leak();
  MaybeRef<> codec_name = TRY(attrLookup(codec, name<"name">()));
  self->fast_encoder = codec_name ? fastEncoderFor(codec_name.get()) : TextEncoder::kObject;
  return {};
}

Result<Ref<>> errorsArgument(PyObject* errors) {
  if (errors == Py_None) return Ref<>(TRY(strLiteral("strict")));
  if (!isStr(errors)) {
    return raise(PyExc_TypeError, "TextIOWrapper() argument 'errors' must be str or None, not %.50s",
                 typeName(errors));
  }
  TRY(strUtf8NoNul(cast<StrObject>(errors)));
  if (interpreter().config.dev_mode) TRY(codecLookupError(TRY(strUtf8NoNul(cast<StrObject>(errors)))));
  return share(errors);
}

Result<Opt<StrObject>> newlineArgument(Opt<> newline) {
  if (!newline || newline.get() == Py_None) return Opt<StrObject>();
  if (!isStr(newline.get())) {
    return raise(PyExc_TypeError, "TextIOWrapper() argument 'newline' must be str or None, not %.50s",
                 typeName(newline.get()));
  }
  Opt<StrObject> text = cast<StrObject>(newline.get());
  TRY(newlineCheck(text, "illegal newline value: %U"));
  return text;
}

Status initStreams(TextIOObject* self, PyObject* codec) {
  TRY(setDecoder(self, codec));
  TRY(setEncoder(self, codec));
  self->seekable = self->telling = TRY(askBuffer(self, name<"seekable">()));
  self->has_read1 = TRY(attrHas(TRY(textBuffer(self)).get(), name<"read1">()));
  return textFixEncoderState(self);
}

}  // namespace

// An encoder that starts a stream with a byte order mark must not do so in the middle of a file.
Status textFixEncoderState(TextIOObject* self) {
  if (!self->seekable || !self->encoder) return {};
  self->encoding_start_of_stream = 1;
  Ref<> position = TRY(callMethod(TRY(textBuffer(self)).get(), name<"tell">()));
  Ref<IntObject> zero = TRY(intFromLong(0));
  if (TRY(objectEquals(position, zero.get()))) return {};
  self->encoding_start_of_stream = 0;
  TRY(callMethod(TRY(textEncoder(self)).get(), name<"setstate">(), zero.get()));
  return {};
}

Status textInit(TextIOObject* self, PyObject* buffer, Opt<> encoding, PyObject* errors, Opt<> newline,
                IntTruth line_buffering, IntTruth write_through) {
  self->ok = self->detached = 0;
  if (encoding && encoding.get() != Py_None && !isStr(encoding.get())) {
    return raise(PyExc_TypeError, "TextIOWrapper() argument 'encoding' must be str or None, not %.50s",
                 typeName(encoding.get()));
  }
  Ref<> errors_text = TRY(errorsArgument(errors));
  Opt<StrObject> newline_text = TRY(newlineArgument(newline));
  Ref<StrObject> encoding_name = TRY(chooseEncoding(encoding));
  TRY(checkMemory());
  if (!self->state) self->state = new TextState;
  *self->state = TextState{};
  textSetDecoded(self, MaybeRef<StrObject>());
  self->chunk_size = 8192;
  self->bytes_per_char = 0;
  Ref<> codec = TRY(lookupTextCodec(encoding_name));
  setField(self->encoding, Ref<>(std::move(encoding_name)));
  setField(self->errors, std::move(errors_text));
  TRY(setNewlineMode(self, newline_text));
  setField(self->buffer, share(buffer));
  self->line_buffering = line_buffering;
  self->write_through = write_through;
  TRY(initStreams(self, codec));
  self->ok = 1;
  return {};
}

namespace {

Status changeEncoding(TextIOObject* self, PyObject* encoding, PyObject* errors, bool newline_changed) {
  if (encoding == Py_None && errors == Py_None && !newline_changed) return {};
  Ref<> new_encoding = share(self->encoding);
  Ref<> new_errors = share(self->errors);
  if (encoding != Py_None) {
    if (!isStr(encoding))
      return raise(PyExc_TypeError, "reconfigure() argument 'encoding' must be str or None, not %.50s",
                   typeName(encoding));
    new_encoding = Ref<>(TRY(chooseEncoding(encoding)));
    if (errors == Py_None) new_errors = Ref<>(TRY(strLiteral("strict")));
  }
  if (errors != Py_None) new_errors = TRY(errorsArgument(errors));
  Ref<> codec = TRY(lookupTextCodec(cast<StrObject>(new_encoding.get())));
  setField(self->errors, std::move(new_errors));
  setField(self->encoding, std::move(new_encoding));
  TRY(setDecoder(self, codec));
  TRY(setEncoder(self, codec));
  return textFixEncoderState(self);
}

Result<int> flagArgument(PyObject* value, int current) {
  if (value == Py_None) return current;
  long flag = TRY(asLong(value));
  return flag != 0;
}

}  // namespace

Result<Ref<>> textReconfigure(TextIOObject* self, PyObject* encoding, PyObject* errors, Opt<> newline,
                              PyObject* line_buffering, PyObject* write_through) {
  bool changes_decoding = encoding != Py_None || errors != Py_None || newline;
  if (self->decoder && self->decoded && changes_decoding) {
    return raiseUnsupported(
        "It is not possible to set the encoding or newline of stream after the first read");
  }
  Opt<StrObject> newline_text = TRY(newlineArgument(newline));
  int lines = TRY(flagArgument(line_buffering, self->line_buffering));
  int through = TRY(flagArgument(write_through, self->write_through));
  TRY(callMethod(self, name<"flush">()));
  clearField(self->spare[0]);
  if (newline) TRY(setNewlineMode(self, newline_text));
  TRY(changeEncoding(self, encoding, errors, bool(newline)));
  self->line_buffering = static_cast<char>(lines);
  self->write_through = static_cast<char>(through);
  return none();
}

}  // namespace krait::modules
