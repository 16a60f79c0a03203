// Reading characters and lines.
#include "core/scratch.h"
#include "modules/io/textio.h"
#include "types/bool.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::modules {

void textSetDecoded(TextIOObject* self, MaybeRef<StrObject> text) {
  PyObject* old = std::exchange(self->decoded, std::move(text).leak());
  xdecref(old);
  self->decoded_used = 0;
}

namespace {

Py_ssize_t availableChars(const TextIOObject* self) {
  return self->decoded ? decodedText(self)->size() - self->decoded_used : 0;
}

// Hands out up to `count` decoded characters (-1: all).
Result<Ref<StrObject>> takeDecoded(TextIOObject* self, Py_ssize_t count) {
  if (!self->decoded) return emptyStr();
  Py_ssize_t available = availableChars(self);
  if (count < 0 || count > available) count = available;
  Ref<StrObject> text =
      self->decoded_used == 0 && count == available
          ? share(decodedText(self))
          : TRY(strSubstring(decodedText(self), self->decoded_used, self->decoded_used + count));
  self->decoded_used += count;
  return text;
}

Status takeSnapshot(TextIOObject* self) {
  Ref<> state = TRY(callMethod(TRY(textDecoder(self)).get(), name<"getstate">()));
  if (!isTuple(state) || cast<TupleObject>(state.get())->size() != 2)
    return raise(PyExc_TypeError, "illegal decoder state");
  auto* pair = cast<TupleObject>(state.get());
  if (!isBytes(pair->at(0))) {
    return raise(PyExc_TypeError,
                 "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                 typeName(pair->at(0)));
  }
  long flags = TRY(asLong(pair->at(1)));
  self->state->snapshot_bytes = TRY(scratchText(cast<BytesObject>(pair->at(0))->view()));
  self->state->snapshot_flags = flags;
  return {};
}

}  // namespace

Result<Ref<StrObject>> textDecode(TextIOObject* self, PyObject* bytes, bool final) {
  Ref<> decoder = TRY(textDecoder(self));
  if (isExact(decoder.get(), &PyIncrementalNewlineDecoder_Type)) {
    return newlineDecode(cast<NewlineDecoderObject>(decoder.get()), bytes, final);
  }
  Ref<> text = TRY(callMethod(decoder, name<"decode">(), bytes, boolRef(final).get()));
  if (!isStr(text))
    return raise(PyExc_TypeError, "decoder should return a string result, not '%.200s'", typeName(text));
  return std::move(text).as<StrObject>();
}

Result<bool> textReadChunk(TextIOObject* self, Py_ssize_t size_hint) {
  TRY(textCheckDecoder(self));
  if (self->telling) TRY(takeSnapshot(self));
  Py_ssize_t want = self->chunk_size;
  if (size_hint > 0) {
    double ratio = std::max(self->bytes_per_char, 1.0);
    want = std::max(want, static_cast<Py_ssize_t>(ratio * static_cast<double>(size_hint)));
  }
  Ref<IntObject> count = TRY(intFromLong(want));
  Ref<> input = TRY(callMethod(TRY(textBuffer(self)).get(),
                               self->has_read1 ? name<"read1">() : name<"read">(), count.get()));
  if (!hasBuffer(input)) {
    return raise(PyExc_TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                 self->has_read1 ? "read1" : "read", typeName(input));
  }
  Buffer bytes = TRY(Buffer::acquire(input));
  bool end = bytes.size() == 0;
  Ref<StrObject> text = TRY(textDecode(self, input, end));
  Py_ssize_t chars = text->size();
  self->bytes_per_char = chars ? static_cast<double>(bytes.size()) / static_cast<double>(chars) : 0;
  textSetDecoded(self, std::move(text));
  if (self->telling) {
    TRY(appendMore(self->state->snapshot_bytes,
                   {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())}));
    self->state->has_snapshot = true;
  }
  return !end || chars > 0;
}

namespace {

Result<Ref<>> readEverything(TextIOObject* self) {
  Ref<> bytes = TRY(callMethod(TRY(textBuffer(self)).get(), name<"read">()));
  if (bytes.get() == Py_None) {
    return raise(PyExc_TypeError, "can't concat NoneType to bytes");
  }
  Ref<StrObject> rest = TRY(textDecode(self, bytes, true));
  Ref<StrObject> first = TRY(takeDecoded(self, -1));
  Ref<StrObject> all = first->size() ? TRY(strConcat(first, rest)) : std::move(rest);
  textSetDecoded(self, MaybeRef<StrObject>());
  self->state->has_snapshot = false;
  return all;
}

}  // namespace

Result<Ref<>> textRead(TextIOObject* self, SizeArg size) {
  TRY(textCheckReady(self));
  TRY(textCheckClosed(self));
  TRY(textCheckDecoder(self));
  TRY(textFlushPending(self));
  if (size.value < 0) return readEverything(self);
  Ref<StrObject> text = TRY(takeDecoded(self, size.value));
  Py_ssize_t left = size.value - text->size();
  while (left > 0) {
    auto more = textReadChunk(self, left);
    if (more.failed()) {
      if (TRY(ioRetryAfterInterrupt())) continue;
      return Raised{};
    }
    if (!std::move(more).take()) break;
    Ref<StrObject> part = TRY(takeDecoded(self, left));
    left -= part->size();
    text = TRY(strConcat(text, part));
  }
  return text;
}

namespace {

// Decodes until there are characters to hand out; false at the end of the stream.
Result<bool> haveChars(TextIOObject* self) {
  while (availableChars(self) == 0) {
    auto more = textReadChunk(self, 0);
    if (more.failed()) {
      if (TRY(ioRetryAfterInterrupt())) continue;
      return Raised{};
    }
    if (std::move(more).take()) continue;
    textSetDecoded(self, MaybeRef<StrObject>());
    self->state->has_snapshot = false;
    return false;
  }
  return true;
}

// What is put aside leaves `decoded`, which always holds the last chunk only: tell() counts in it.
Result<Ref<StrObject>> readLine(TextIOObject* self, Py_ssize_t limit) {
  TRY(textCheckClosed(self));
  TRY(textFlushPending(self));
  StrBuilder line;
  Ref<StrObject> carried = emptyStr();  // the first half, perhaps, of a terminator split between chunks
  while (TRY(haveChars(self))) {
    Py_ssize_t carry = carried->size(), used = self->decoded_used;
    Ref<StrObject> text = share(decodedText(self));
    if (carry) text = TRY(strConcat(carried, TRY(takeDecoded(self, -1)).get()));
    Py_ssize_t start = carry ? 0 : used, rescan;
    Py_ssize_t stop = lineEnd(text, start, self->readtranslate, self->readuniversal,
                              static_cast<StrObject*>(self->readnl), &rescan);
    bool ends = stop >= 0;
    if (!ends) stop = rescan;
    if (limit >= 0 && stop - start + line.size() >= limit) {
      ends = true;
      stop = start + limit - line.size();
    }
    line.append(text.get(), start, stop);
    if (ends) {
      self->decoded_used = carry ? used + std::max<Py_ssize_t>(stop - carry, 0) : stop;
      return line.finish();
    }
    carried = TRY(strSubstring(text, stop, text->size()));
    textSetDecoded(self, MaybeRef<StrObject>());
  }
  line.append(carried);
  return line.finish();
}

}  // namespace

Result<Ref<>> textReadline(TextIOObject* self, long size) {
  TRY(textCheckReady(self));
  return Ref<>(TRY(readLine(self, size < 0 ? -1 : size)));
}

Result<MaybeRef<>> textNext(TextIOObject* self) {
  TRY(textCheckReady(self));
  self->telling = 0;
  Ref<> line = isExact(self, &PyTextIOWrapper_Type) ? Ref<>(TRY(readLine(self, -1)))
                                                    : TRY(callMethod(self, name<"readline">()));
  if (!isStr(line)) {
    return raise(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", typeName(line));
  }
  if (cast<StrObject>(line.get())->size() > 0) return MaybeRef<>(std::move(line));
  self->state->has_snapshot = false;
  self->telling = self->seekable;
  return MaybeRef<>();
}

}  // namespace krait::modules
