#include "modules/io/textio.h"
#include "core/scratch.h"

#include "core/thread.h"
#include "types/bool.h"
#include "types/codecs.h"
#include "types/exceptions.h"

namespace krait::modules {

Status textCheckReady(TextIOObject* self) {
  if (self->ok) return {};
  return raise(PyExc_ValueError, self->detached ? "underlying buffer has been detached"
                                                : "I/O operation on uninitialized object");
}

Result<Ref<>> textBuffer(TextIOObject* self) {
  if (self->buffer) return share(self->buffer);
  return raise(PyExc_ValueError, "underlying buffer has been detached");
}
Result<Ref<>> textDecoder(TextIOObject* self) {
  if (self->decoder) return share(self->decoder);
  return raiseUnsupported("not readable");
}
Result<Ref<>> textEncoder(TextIOObject* self) {
  if (self->encoder) return share(self->encoder);
  return raiseUnsupported("not writable");
}

Status textCheckClosed(TextIOObject* self) {
  Ref<> closed = TRY(attrGet(TRY(textBuffer(self)).get(), name<"closed">()));
  if (TRY(objectIsTrue(closed))) return raise(PyExc_ValueError, "I/O operation on closed file.");
  return {};
}

Status textCheckDecoder(TextIOObject* self) {
  if (!self->decoder) return raiseUnsupported("not readable");
  return {};
}

Status textFlushPending(TextIOObject* self) {
  if (!self->state || self->state->pending.empty()) return {};
  Ref<BytesObject> bytes = TRY(bytesFrom(self->state->pending));
  self->state->pending.clear();
  for (;;) {
    auto written = callMethod(TRY(textBuffer(self)).get(), name<"write">(), bytes.get());
    if (!written.failed()) return {};
    if (!TRY(ioRetryAfterInterrupt())) return Raised{};
  }
}

namespace {

// --- writing -----------------------------------------------------------------------------------------------

Result<Ref<>> encodeText(TextIOObject* self, StrObject* text) {
  Ref<> held = share(self->errors);  // a handler may give the stream another one
  const char* errors = TRY(strUtf8(cast<StrObject>(held.get()))).data();
  switch (self->fast_encoder) {
    case TextEncoder::kUtf8: return Ref<>(TRY(encodeUtf8(text, errors)));
    case TextEncoder::kLatin1: return Ref<>(TRY(encodeLatin1(text, errors)));
    case TextEncoder::kAscii: return Ref<>(TRY(encodeAscii(text, errors)));
    default: return callMethod(TRY(textEncoder(self)).get(), name<"encode">(), text);
  }
}

// Pending text goes out first when the new would make it longer than a chunk: a chunk ends where a write
// ended.
Status appendBytes(TextIOObject* self, std::string_view bytes) {
  auto pending = static_cast<Py_ssize_t>(self->state->pending.size() + bytes.size());
  if (pending > self->chunk_size) TRY(textFlushPending(self));
  return appendMore(self->state->pending, bytes);
}

// Appends the text's bytes to the pending ones; ASCII text needs no encoding under the common codecs.
Status appendEncoded(TextIOObject* self, StrObject* text) {
  bool direct = text->isAscii() && self->fast_encoder != TextEncoder::kObject && text->state.compact;
  if (direct) return appendBytes(self, text->asciiView());
  Ref<> bytes = TRY(encodeText(self, text));
  if (!isBytes(bytes)) {
    return raise(PyExc_TypeError, "encoder should return a bytes object, not '%.200s'", typeName(bytes));
  }
  return appendBytes(self, cast<BytesObject>(bytes.get())->view());
}

Result<Ref<>> textWrite(TextIOObject* self, StrObject* given) {
  TRY(textCheckReady(self));
  TRY(textCheckClosed(self));
  if (!self->encoder) return raiseUnsupported("not writable");
  Py_ssize_t length = given->size();
  Ref<StrObject> text = share(given);
  bool has_newline = (self->writetranslate && self->writenl) || self->line_buffering
                         ? strFindChar(text, '\n', 0, length, 1) >= 0
                         : false;
  if (has_newline && self->writetranslate && self->writenl) {
    Ref<StrObject> newline = TRY(strLiteral("\n")), written = TRY(strLiteral(self->writenl));
    text = TRY(strReplace(text, newline, written, -1));
  }
  bool flush_all = self->write_through;
  bool flush_line = self->line_buffering && (has_newline || strFindChar(text, '\r', 0, text->size(), 1) >= 0);
  TRY(appendEncoded(self, text));
  bool full = static_cast<Py_ssize_t>(self->state->pending.size()) >= self->chunk_size;
  if (full || flush_all || flush_line) TRY(textFlushPending(self));
  if (flush_line) TRY(callMethod(TRY(textBuffer(self)).get(), name<"flush">()));
  textSetDecoded(self, MaybeRef<StrObject>());
  self->state->has_snapshot = false;
  if (self->decoder) TRY(callMethod(TRY(textDecoder(self)).get(), name<"reset">()));
  return Ref<>(TRY(intFromLong(length)));
}

Result<Ref<>> textFlush(TextIOObject* self) {
  TRY(textCheckReady(self));
  TRY(textCheckClosed(self));
  self->telling = self->seekable;
  TRY(textFlushPending(self));
  return callMethod(TRY(textBuffer(self)).get(), name<"flush">());
}

Result<Ref<>> textTruncate(TextIOObject* self, PyObject* position) {
  TRY(textCheckReady(self));
  TRY(callMethod(self, name<"flush">()));
  return callMethod(TRY(textBuffer(self)).get(), name<"truncate">(), position);
}

// --- closing -----------------------------------------------------------------------------------------------

Result<Ref<>> textDetach(TextIOObject* self) {
  TRY(textCheckReady(self));
  TRY(callMethod(self, name<"flush">()));
  TRY(textBuffer(self));
  self->detached = 1;
  self->ok = 0;
  return steal(std::exchange(self->buffer, nullptr));
}

Result<Ref<>> textClosed(TextIOObject* self) {
  TRY(textCheckReady(self));
  return attrGet(TRY(textBuffer(self)).get(), name<"closed">());
}

Result<Ref<>> textClose(TextIOObject* self) {
  TRY(textCheckReady(self));
  Ref<> closed = TRY(textClosed(self));
  if (TRY(objectIsTrue(closed))) return none();
  if (self->finalizing) {
    auto warned =
        callMethod(TRY(textBuffer(self)).get(), name<"_dealloc_warn">(), static_cast<PyObject*>(self));
    if (warned.failed()) clearPending();
  }
  auto flushed = callMethod(self, name<"flush">());
  MaybeRef<> flush_error = flushed.failed() ? takePending() : MaybeRef<>();
  auto done = callMethod(TRY(textBuffer(self)).get(), name<"close">());
  if (!flush_error) return done;
  if (!done.failed()) return raiseException(std::move(flush_error).take());
  MaybeRef<> close_error = takePending();
  exceptionSetContext(close_error.get(), std::move(flush_error).take());
  return raiseException(std::move(close_error).take());
}

// --- delegation and description ----------------------------------------------------------------------------

template <Text Method>
Result<Ref<>> delegate(TextIOObject* self) {
  TRY(textCheckReady(self));
  return callMethod(TRY(textBuffer(self)).get(), name<Method>());
}
Result<Ref<>> textName(TextIOObject* self) {
  TRY(textCheckReady(self));
  return attrGet(TRY(textBuffer(self)).get(), name<"name">());
}
Result<Ref<>> textErrors(TextIOObject* self) {
  if (!self->detached) TRY(textCheckReady(self));
  return share(self->errors);
}
Result<Ref<>> textNewlines(TextIOObject* self) {
  TRY(textCheckReady(self));
  if (!self->decoder) return none();
  MaybeRef<> newlines = TRY(attrLookup(TRY(textDecoder(self)).get(), name<"newlines">()));
  return newlines ? std::move(newlines).take() : none();
}
Result<Py_ssize_t> textChunkSize(TextIOObject* self) {
  TRY(textCheckReady(self));
  return self->chunk_size;
}
Status textSetChunkSize(TextIOObject* self, Opt<> value) {
  TRY(textCheckReady(self));
  if (!value) return raise(PyExc_AttributeError, "cannot delete attribute");
  Py_ssize_t size = TRY(asSsize(value.get(), PyExc_ValueError));
  if (size <= 0) return raise(PyExc_ValueError, "a strictly positive integer is required");
  self->chunk_size = size;
  return {};
}

// An attribute for the repr; absent also when asking for it raises ValueError (closed or detached).
Result<MaybeRef<>> reprAttribute(TextIOObject* self, StrObject* attribute) {
  auto found = attrLookup(self, attribute);
  if (!found.failed()) return found;
  if (!pendingMatches(PyExc_ValueError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

Result<Ref<StrObject>> textRepr(TextIOObject* self) {
  if (!self->detached) TRY(textCheckReady(self));
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive())
    return raise(PyExc_RuntimeError, "reentrant call inside %s.__repr__", typeName(self));
  Ref<StrObject> text = TRY(strLiteral("<_io.TextIOWrapper"));
  MaybeRef<> file_name = TRY(reprAttribute(self, name<"name">()));
  if (file_name) text = TRY(strFormat("%U name=%R", text.get(), file_name.get()));
  MaybeRef<> mode = TRY(reprAttribute(self, name<"mode">()));
  if (mode) text = TRY(strFormat("%U mode=%R", text.get(), mode.get()));
  return strFormat("%U encoding=%R>", text.get(), self->encoding);
}

void textDealloc(PyObject* object) {
  auto* self = cast<TextIOObject>(object);
  self->finalizing = 1;
  if (!ioDeallocBegin(object, self->weakreflist)) return;
  self->ok = 0;
  for (PyObject** field : {&self->buffer, &self->encoding, &self->encoder, &self->decoder, &self->readnl,
                           &self->errors, &self->decoded, &self->dict}) {
    clearField(*field);
  }
  delete std::exchange(self->state, nullptr);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int textTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<TextIOObject>(object);
  return visitAll(visit, arg, self->buffer, self->encoder, self->decoder, self->dict);
}
int textClear(PyObject* object) {
  auto* self = cast<TextIOObject>(object);
  self->ok = 0;
  for (PyObject** field : {&self->buffer, &self->encoder, &self->decoder, &self->dict}) clearField(*field);
  return 0;
}

constinit PyMethodDef kTextIOMethods[] = {
    method<"detach($self, /)", textDetach>,
    method<"reconfigure($self, /, *, encoding=None, errors=None, newline=None,\n            "
           "line_buffering=None, write_through=None)",
           textReconfigure, "Change settings of the stream.">,
    method<"write($self, text, /)", textWrite>,
    method<"read($self, size=-1, /)", textRead>,
    method<"readline($self, size=-1, /)", textReadline>,
    method<"flush($self, /)", textFlush>,
    method<"close($self, /)", textClose>,
    method<"fileno($self, /)", delegate<"fileno">>,
    method<"seekable($self, /)", delegate<"seekable">>,
    method<"readable($self, /)", delegate<"readable">>,
    method<"writable($self, /)", delegate<"writable">>,
    method<"isatty($self, /)", delegate<"isatty">>,
    method<"seek($self, cookie, whence=0, /)", textSeek>,
    method<"tell($self, /)", textTell>,
    method<"truncate($self, pos=None, /)", textTruncate>,
    {}};
constinit PyMemberDef kTextIOMembers[] = {
    {"encoding", T_OBJECT, offsetof(TextIOObject, encoding), READONLY, nullptr},
    {"buffer", T_OBJECT, offsetof(TextIOObject, buffer), READONLY, nullptr},
    {"line_buffering", T_BOOL, offsetof(TextIOObject, line_buffering), READONLY, nullptr},
    {"write_through", T_BOOL, offsetof(TextIOObject, write_through), READONLY, nullptr},
    {"_finalizing", T_BOOL, offsetof(TextIOObject, finalizing), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
constinit PyGetSetDef kTextIOGetSet[] = {getset<"name", textName>,
                                         getset<"closed", textClosed>,
                                         getset<"newlines", textNewlines>,
                                         getset<"errors", textErrors>,
                                         getset<"_CHUNK_SIZE", textChunkSize, textSetChunkSize>,
                                         {}};

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyTextIOWrapper_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.TextIOWrapper",
    .tp_basicsize = sizeof(TextIOObject),
    .tp_dealloc = textDealloc,
    .tp_repr = slot<textRepr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              "
                      "line_buffering=False, write_through=False)",
                      "Text over a binary stream.">,
    .tp_traverse = textTraverse,
    .tp_clear = textClear,
    .tp_weaklistoffset = offsetof(TextIOObject, weakreflist),
    .tp_iternext = slot<textNext>,
    .tp_methods = kTextIOMethods,
    .tp_members = kTextIOMembers,
    .tp_getset = kTextIOGetSet,
    .tp_base = &PyTextIOBase_Type,
    .tp_dictoffset = offsetof(TextIOObject, dict),
    .tp_init = initSlot<"TextIOWrapper(buffer, encoding=<unrepresentable>, errors=None, "
                        "newline=<unrepresentable>, line_buffering=False, write_through=False)",
                        textInit>,
    .tp_new = slot<ioBaseNew>};
