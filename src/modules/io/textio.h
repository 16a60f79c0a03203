// TextIOWrapper: characters over a buffered binary stream.
//
// Reading: chunks of bytes go through the decoder; decoded[used:] is what read() has not handed out yet.
// While the stream can tell, `snapshot` is (decoder flags, the bytes decoded since): tell() finds the
// position of a character from it. Writing: encoded text is collected in `pending` until a chunk is full, a
// line ends (line_buffering) or something needs the position.
#pragma once

#include "modules/io/newlines.h"

namespace krait::modules {

enum class TextEncoder : int { kNone, kUtf8, kLatin1, kAscii, kObject };

struct TextState {
  std::string pending;         // encoded, not yet written to the buffer
  std::string snapshot_bytes;  // bytes decoded since snapshot_flags
  long snapshot_flags = 0;
  bool has_snapshot = false;
};

struct TextIOObject : PyObject {
  int ok, detached;
  Py_ssize_t chunk_size;
  PyObject *buffer, *encoding, *encoder, *decoder, *readnl, *errors;
  const char* writenl;  // null: "\n" stays
  char line_buffering, write_through, readuniversal, readtranslate, writetranslate, seekable, has_read1,
      telling;
  char finalizing, encoding_start_of_stream;
  TextEncoder fast_encoder;
  PyObject* decoded;  // StrObject or null
  Py_ssize_t decoded_used;
  double bytes_per_char;
  TextState* state;
  PyObject* spare[5];
  PyObject *weakreflist, *dict;
};
static_assert(sizeof(TextIOObject) == 192 && offsetof(TextIOObject, weakreflist) == 176);

inline StrObject* decodedText(const TextIOObject* self) { return static_cast<StrObject*>(self->decoded); }

Status textCheckReady(TextIOObject* self);    // initialised and attached
Status textCheckClosed(TextIOObject* self);   // ValueError "I/O operation on closed file."
Status textCheckDecoder(TextIOObject* self);  // "not readable"
// What calls into buffer and codec may have taken away: held for the call, an error when it is gone.
Result<Ref<>> textBuffer(TextIOObject* self);
Result<Ref<>> textDecoder(TextIOObject* self);
Result<Ref<>> textEncoder(TextIOObject* self);
void textSetDecoded(TextIOObject* self, MaybeRef<StrObject> text);
Status textFlushPending(TextIOObject* self);
// Reads and decodes one chunk. false: end of file.
Result<bool> textReadChunk(TextIOObject* self, Py_ssize_t size_hint);
Result<Ref<StrObject>> textDecode(TextIOObject* self, PyObject* bytes, bool final);

// textio_read.cpp
Result<Ref<>> textRead(TextIOObject* self, SizeArg size);
Result<Ref<>> textReadline(TextIOObject* self, long size);
Result<MaybeRef<>> textNext(TextIOObject* self);
// textio_seek.cpp
Result<Ref<>> textTell(TextIOObject* self);
Result<Ref<>> textSeek(TextIOObject* self, PyObject* cookie, int whence);
// textio_init.cpp
Status textInit(TextIOObject* self, PyObject* buffer, Opt<> encoding, PyObject* errors, Opt<> newline,
                IntTruth line_buffering, IntTruth write_through);
Result<Ref<>> textReconfigure(TextIOObject* self, PyObject* encoding, PyObject* errors, Opt<> newline,
                              PyObject* line_buffering, PyObject* write_through);
Status textFixEncoderState(TextIOObject* self);

}  // namespace krait::modules
