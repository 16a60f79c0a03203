// tell() and seek() of text streams. A position in the middle of decoded text is a cookie: a byte position at
// which the decoder had a known state, and how many bytes to feed it and characters to skip from there.
#include <cstring>

#include "core/scratch.h"
#include "modules/io/textio.h"
#include "types/bool.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

// Packed as a little-endian integer: 8 bytes position, 4 decoder flags, 4 bytes to feed, 4 characters to
// skip, 1 flag.
struct Cookie {
  int64_t start_pos = 0;
  int32_t dec_flags = 0, bytes_to_feed = 0, chars_to_skip = 0;
  char need_eof = 0;
};
constexpr size_t kCookieSize = 21;

Result<Ref<>> packCookie(const Cookie& c) {
  uint8_t bytes[kCookieSize];
  std::memcpy(bytes, &c.start_pos, 8);
  std::memcpy(bytes + 8, &c.dec_flags, 4);
  std::memcpy(bytes + 12, &c.bytes_to_feed, 4);
  std::memcpy(bytes + 16, &c.chars_to_skip, 4);
  bytes[20] = static_cast<uint8_t>(c.need_eof);
  return Ref<>(TRY(intFromBytes(bytes, kCookieSize, true, false)));
}

Result<Cookie> unpackCookie(PyObject* object) {
  Ref<IntObject> number = TRY(numberInt(object));
  uint8_t bytes[kCookieSize];
  TRY(intToBytes(number, bytes, kCookieSize, true, false));
  Cookie c;
  std::memcpy(&c.start_pos, bytes, 8);
  std::memcpy(&c.dec_flags, bytes + 8, 4);
  std::memcpy(&c.bytes_to_feed, bytes + 12, 4);
  std::memcpy(&c.chars_to_skip, bytes + 16, 4);
  c.need_eof = static_cast<char>(bytes[20]);
  return c;
}

// The decoder as it was at the cookie's start.
Status setDecoderState(TextIOObject* self, const Cookie& cookie) {
  if (cookie.start_pos == 0 && cookie.dec_flags == 0) {
    TRY(callMethod(TRY(textDecoder(self)).get(), name<"reset">()));
    return {};
  }
  Ref<BytesObject> bytes = TRY(bytesFrom(""));
  Ref<IntObject> number = TRY(intFromLong(cookie.dec_flags));
  Ref<TupleObject> state =
      TRY(tupleOf(static_cast<PyObject*>(bytes.get()), static_cast<PyObject*>(number.get())));
  TRY(callMethod(TRY(textDecoder(self)).get(), name<"setstate">(), state.get()));
  return {};
}

struct DecoderState {
  long flags;
  Py_ssize_t buffered;
};
Result<DecoderState> decoderState(TextIOObject* self) {
  Ref<> state = TRY(callMethod(TRY(textDecoder(self)).get(), name<"getstate">()));
  if (!isTuple(state) || cast<TupleObject>(state.get())->size() != 2)
    return raise(PyExc_TypeError, "illegal decoder state");
  auto* pair = cast<TupleObject>(state.get());
  if (!isBytes(pair->at(0))) {
    return raise(PyExc_TypeError,
                 "illegal decoder state: the first item should be a bytes object, not '%.200s'",
                 typeName(pair->at(0)));
  }
  return DecoderState{TRY(asLong(pair->at(1))), cast<BytesObject>(pair->at(0))->size()};
}

Result<Py_ssize_t> decodeCount(TextIOObject* self, std::string_view bytes, bool final) {
  Ref<BytesObject> input = TRY(bytesFrom(bytes));
  Ref<StrObject> text = TRY(textDecode(self, input, final));
  return text->size();
}

// Guesses how many bytes make up most of the characters to skip and corrects the guess until the decoder, fed
// so many, is at a point of safe return before them. Moves the cookie there and leaves the decoder there.
Result<size_t> guessStart(TextIOObject* self, std::string_view bytes, Cookie& cookie) {
  auto guess = static_cast<Py_ssize_t>(self->bytes_per_char * cookie.chars_to_skip);
  Py_ssize_t step = 1;
  while (guess > 0) {
    TRY(setDecoderState(self, cookie));
    Py_ssize_t chars = TRY(decodeCount(self, bytes.substr(0, static_cast<size_t>(guess)), false));
    if (chars > cookie.chars_to_skip) {
      guess -= step;
      step *= 2;
      continue;
    }
    DecoderState state = TRY(decoderState(self));
    if (state.buffered == 0) {
      cookie.start_pos += guess;
      cookie.dec_flags = static_cast<int32_t>(state.flags);
      cookie.chars_to_skip -= static_cast<int32_t>(chars);
      return static_cast<size_t>(guess);
    }
    guess -= state.buffered;
    step = 1;
  }
  TRY(setDecoderState(self, cookie));
  return size_t{0};
}

// Walks the snapshot's bytes one at a time until chars_to_skip characters came out, remembering the last
// point at which the decoder held no bytes back.
Status locate(TextIOObject* self, std::string_view bytes, Cookie& cookie) {
  bytes.remove_prefix(std::min(TRY(guessStart(self, bytes, cookie)), bytes.size()));
  if (cookie.chars_to_skip == 0) return {};
  Py_ssize_t wanted = cookie.chars_to_skip, chars = 0;
  int32_t fed = 0;
  for (char byte : bytes) {
    chars += TRY(decodeCount(self, {&byte, 1}, false));
    fed++;
    DecoderState state = TRY(decoderState(self));
    if (state.buffered == 0 && chars <= wanted) {
      cookie.start_pos += fed;
      wanted -= chars;
      cookie.dec_flags = static_cast<int32_t>(state.flags);
      fed = 0;
      chars = 0;
    }
    if (chars >= wanted) break;
  }
  cookie.bytes_to_feed = fed;
  cookie.chars_to_skip = static_cast<int32_t>(wanted);
  if (chars >= wanted) return {};
  chars += TRY(decodeCount(self, {}, true));
  cookie.need_eof = 1;
  if (chars < wanted) return raise(PyExc_OSError, "can't reconstruct logical file position");
  return {};
}

Status checkTellable(TextIOObject* self) {
  if (!self->seekable) return raiseUnsupported("underlying stream is not seekable");
  if (!self->telling) return raise(PyExc_OSError, "telling position disabled by next() call");
  return {};
}

void restoreDecoder(TextIOObject* self, PyObject* state) {
  PendingSaved pending;
  if (!self->decoder) return;
  Ref<> decoder = share(self->decoder);
  if (callMethod(decoder.get(), name<"setstate">(), state).failed()) clearPending();
}

}  // namespace

Result<Ref<>> textTell(TextIOObject* self) {
  TRY(textCheckReady(self));
  TRY(textCheckClosed(self));
  TRY(checkTellable(self));
  TRY(textFlushPending(self));
  TRY(callMethod(self, name<"flush">()));
  Ref<> position = TRY(callMethod(TRY(textBuffer(self)).get(), name<"tell">()));
  if (!self->decoder || !self->state->has_snapshot) return position;
  Cookie cookie;
  std::string bytes = TRY(scratchText(self->state->snapshot_bytes));
  cookie.start_pos = TRY(ioOffset(position)) - static_cast<int64_t>(bytes.size());
  cookie.dec_flags = static_cast<int32_t>(self->state->snapshot_flags);
  if (self->decoded_used == 0) return packCookie(cookie);
  cookie.chars_to_skip = static_cast<int32_t>(self->decoded_used);
  Ref<> saved = TRY(callMethod(TRY(textDecoder(self)).get(), name<"getstate">()));
  auto found = locate(self, bytes, cookie);
  if (found.failed()) {
    restoreDecoder(self, saved);
    return Raised{};
  }
  TRY(callMethod(TRY(textDecoder(self)).get(), name<"setstate">(), saved.get()));
  return packCookie(cookie);
}

namespace {

Status resetEncoder(TextIOObject* self, bool at_start) {
  if (!self->encoder) return {};
  self->encoding_start_of_stream = at_start;
  if (at_start) {
    TRY(callMethod(TRY(textEncoder(self)).get(), name<"reset">()));
    return {};
  }
  Ref<IntObject> zero = TRY(intFromLong(0));
  TRY(callMethod(TRY(textEncoder(self)).get(), name<"setstate">(), zero.get()));
  return {};
}

Result<Ref<>> seekToEnd(TextIOObject* self) {
  TRY(callMethod(self, name<"flush">()));
  textSetDecoded(self, MaybeRef<StrObject>());
  self->state->has_snapshot = false;
  if (self->decoder) TRY(callMethod(TRY(textDecoder(self)).get(), name<"reset">()));
  Ref<IntObject> zero = TRY(intFromLong(0)), two = TRY(intFromLong(2));
  Ref<> position = TRY(callMethod(TRY(textBuffer(self)).get(), name<"seek">(), zero.get(), two.get()));
  bool at_start = TRY(objectEquals(position, zero.get()));
  TRY(resetEncoder(self, at_start));
  return position;
}

// Feeds the decoder what the cookie says and skips its characters.
Status replay(TextIOObject* self, const Cookie& cookie) {
  Ref<IntObject> count = TRY(intFromLong(cookie.bytes_to_feed));
  Ref<> input = TRY(callMethod(TRY(textBuffer(self)).get(), name<"read">(), count.get()));
  if (!isBytes(input)) {
    return raise(PyExc_TypeError, "underlying read() should have returned a bytes object, not '%.200s'",
                 typeName(input));
  }
  self->state->snapshot_bytes = TRY(scratchText(cast<BytesObject>(input.get())->view()));
  self->state->snapshot_flags = cookie.dec_flags;
  self->state->has_snapshot = true;
  Ref<StrObject> text = TRY(textDecode(self, input, cookie.need_eof != 0));
  if (cookie.chars_to_skip < 0 || text->size() < cookie.chars_to_skip)
    return raise(PyExc_OSError, "can't restore logical file position");
  textSetDecoded(self, std::move(text));
  self->decoded_used = cookie.chars_to_skip;
  return {};
}

}  // namespace

Result<Ref<>> textSeek(TextIOObject* self, PyObject* cookie_object, int whence) {
  TRY(textCheckReady(self));
  TRY(textCheckClosed(self));
  if (!self->seekable) return raiseUnsupported("underlying stream is not seekable");
  Ref<> target = share(cookie_object);
  Ref<IntObject> zero = TRY(intFromLong(0));
  if (whence == 1) {
    if (!TRY(objectEquals(target, zero.get())))
      return raiseUnsupported("can't do nonzero cur-relative seeks");
    target = TRY(callMethod(self, name<"tell">()));
  } else if (whence == 2) {
    if (!TRY(objectEquals(target, zero.get())))
      return raiseUnsupported("can't do nonzero end-relative seeks");
    return seekToEnd(self);
  } else if (whence != 0) {
    return raise(PyExc_ValueError, "invalid whence (%d, should be %d, %d or %d)", whence, 0, 1, 2);
  }
  if (TRY(richCompareBool(target, zero.get(), Py_LT))) {
    return raise(PyExc_ValueError, "negative seek position %R", target.get());
  }
  TRY(callMethod(self, name<"flush">()));
  Cookie cookie = TRY(unpackCookie(target));
  Ref<IntObject> start = TRY(intFromLong(cookie.start_pos));
  TRY(callMethod(TRY(textBuffer(self)).get(), name<"seek">(), start.get()));
  textSetDecoded(self, MaybeRef<StrObject>());
  self->state->has_snapshot = false;
  if (self->decoder) TRY(setDecoderState(self, cookie));
  if (cookie.chars_to_skip)
    TRY(replay(self, cookie));
  else {
    self->state->snapshot_bytes.clear();
    self->state->snapshot_flags = cookie.dec_flags;
    self->state->has_snapshot = true;
  }
  TRY(resetEncoder(self, cookie.start_pos == 0 && cookie.dec_flags == 0));
  return target;
}

}  // namespace krait::modules
