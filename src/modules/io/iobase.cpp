// _IOBase, _RawIOBase, _BufferedIOBase and _TextIOBase: the abstract layers, usable as bases from Python.
#include "core/scratch.h"
#include "modules/io/io.h"
#include "types/bool.h"
#include "types/list.h"

namespace krait::modules {
namespace {

Status setAttr(PyObject* object, const char* attribute, PyObject* value) {
  return attrSet(object, attribute, value);
}

Result<bool> internallyClosed(PyObject* self) {
  return TRY(attrLookup(self, name<"__IOBase_closed">())) ? true : false;
}

Result<Ref<>> unsupported(const char* method_name) {
  return raise(unsupportedOperation(), "%s", method_name);
}

// --- _IOBase -----------------------------------------------------------------------------------------------

Result<Ref<>> baseSeek(PyObject*, CallArgs) { return unsupported("seek"); }
Result<Ref<>> baseTruncate(PyObject*, CallArgs) { return unsupported("truncate"); }
Result<Ref<>> baseFileno(PyObject*) { return unsupported("fileno"); }

Result<Ref<>> baseTell(PyObject* self) {
  Ref<IntObject> zero = TRY(intFromLong(0)), one = TRY(intFromLong(1));
  return callMethod(self, name<"seek">(), zero.get(), one.get());
}

Status baseFlush(PyObject* self) {
  if (TRY(internallyClosed(self))) return raise(PyExc_ValueError, "I/O operation on closed file.");
  return {};
}

// flush() first; the file counts as closed even when that fails.
Status baseClose(PyObject* self) {
  if (TRY(internallyClosed(self))) return {};
  auto flushed = callMethod(self, name<"flush">());
  MaybeRef<> error = flushed.failed() ? takePending() : MaybeRef<>();
  Status marked = setAttr(self, "__IOBase_closed", Py_True);
  if (error) {
    if (marked.failed()) clearPending();
    return raiseException(std::move(error).take());
  }
  return marked;
}

Result<bool> baseClosed(PyObject* self) { return internallyClosed(self); }
bool baseFalse(PyObject*) { return false; }

Result<bool> baseIsatty(PyObject* self) {
  TRY(ioCheckClosed(self));
  return false;
}

Result<Ref<>> baseEnter(PyObject* self) {
  TRY(ioCheckClosed(self));
  return share(self);
}
Result<Ref<>> baseExit(PyObject* self, CallArgs) { return callMethod(self, name<"close">()); }
Result<Ref<>> baseIter(PyObject* self) {
  TRY(ioCheckClosed(self));
  return share(self);
}

Result<MaybeRef<>> baseNext(PyObject* self) {
  Ref<> line = TRY(callMethod(self, name<"readline">()));
  if (TRY(objectLength(line)) == 0) return MaybeRef<>();
  return MaybeRef<>(std::move(line));
}

// How many bytes to read next: up to the newline that peek() shows, else one.
Result<Py_ssize_t> readAheadSize(PyObject* self, PyObject* peek, Py_ssize_t limit) {
  if (!peek) return 1;
  Ref<IntObject> one = TRY(intFromLong(1));
  Ref<> ahead = TRY(call(peek, one.get()));
  if (!isBytes(ahead)) {
    return raise(PyExc_OSError, "peek() should have returned a bytes object, not '%.200s'", typeName(ahead));
  }
  std::string_view view = cast<BytesObject>(ahead.get())->view();
  if (view.empty()) return 1;
  size_t newline = view.find('\n');
  auto size = static_cast<Py_ssize_t>(newline == view.npos ? view.size() : newline + 1);
  return limit >= 0 ? std::min(size, limit) : size;
}

Result<Ref<>> baseReadline(PyObject* self, SizeArg size) {
  MaybeRef<> peek = TRY(attrLookup(self, name<"peek">()));
  Ref<ByteArrayObject> buffer = TRY(byteArrayNew(""));
  Py_ssize_t limit = size.value;
  while (limit < 0 || buffer->ob_size < limit) {
    Py_ssize_t want = TRY(readAheadSize(self, peek.get(), limit < 0 ? -1 : limit - buffer->ob_size));
    Ref<IntObject> count = TRY(intFromLong(want));
    Ref<> chunk = TRY(callMethod(self, name<"read">(), count.get()));
    if (!isBytes(chunk)) {
      return raise(PyExc_OSError, "read() should have returned a bytes object, not '%.200s'",
                   typeName(chunk));
    }
    std::string_view view = cast<BytesObject>(chunk.get())->view();
    if (view.empty()) break;
    Py_ssize_t old_size = buffer->ob_size;
    TRY(byteArrayResize(buffer, old_size + static_cast<Py_ssize_t>(view.size())));
    std::copy(view.begin(), view.end(), buffer->ob_start + old_size);
    if (view.back() == '\n') break;
  }
  return Ref<>(TRY(bytesFrom({buffer->ob_start, static_cast<size_t>(buffer->ob_size)})));
}

Result<Ref<>> baseReadlines(PyObject* self, SizeArg hint) {
  Ref<ListObject> lines = TRY(listNew());
  Py_ssize_t total = 0;
  Ref<> iterator = TRY(getIter(self));
  for (;;) {
    MaybeRef<> line = TRY(iterNext(iterator));
    if (!line) return lines;
    TRY(listAppend(lines, line.get()));
    Py_ssize_t length = TRY(objectLength(line.get()));
    if (hint.value > 0 && length > hint.value - total) return lines;
    total += length;
  }
}

Status baseWritelines(PyObject* self, PyObject* lines) {
  TRY(ioCheckClosed(self));
  return forEach(lines, [&](Ref<> line) -> Status {
    for (;;) {
      auto written = callMethod(self, name<"write">(), line.get());
      if (!written.failed()) return {};
      if (!TRY(ioRetryAfterInterrupt())) return Raised{};
    }
  });
}

Result<Ref<>> passCheck(PyObject* self, Status (*check)(PyObject*)) {
  TRY(check(self));
  return share(Py_True);
}
Status baseCheckClosed(PyObject* self) { return ioCheckClosed(self); }
Result<Ref<>> baseCheckSeekable(PyObject* self) { return passCheck(self, ioCheckSeekable); }
Result<Ref<>> baseCheckReadable(PyObject* self) { return passCheck(self, ioCheckReadable); }
Result<Ref<>> baseCheckWritable(PyObject* self) { return passCheck(self, ioCheckWritable); }

void baseDealloc(PyObject* self) {
  auto* base = cast<IOBaseObject>(self);
  if (!ioDeallocBegin(self, base->weakreflist)) return;
  clearField(base->dict);
  PyTypeObject* type = typeOf(self);
  type->tp_free(self);
}
int baseTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<IOBaseObject>(self)->dict);
}
int baseClear(PyObject* self) {
  clearField(cast<IOBaseObject>(self)->dict);
  return 0;
}

constinit PyMethodDef kBaseMethods[] = {
    method<"!%seek($self, *args)", baseSeek, "Move the stream position.">,
    method<"tell($self, /)", baseTell, "The current stream position.">,
    method<"!%truncate($self, *args)", baseTruncate, "Resize the file.">,
    method<"flush($self, /)", baseFlush, "Write buffered data out.">,
    method<"close($self, /)", baseClose, "Flush and close; further operations fail.">,
    method<"seekable($self, /)", baseFalse, "Whether the stream has random access.">,
    method<"readable($self, /)", baseFalse, "Whether the stream can be read.">,
    method<"writable($self, /)", baseFalse, "Whether the stream can be written.">,
    method<"!_checkClosed($self)", baseCheckClosed>,
    method<"!_checkSeekable($self)", baseCheckSeekable>,
    method<"!_checkReadable($self)", baseCheckReadable>,
    method<"!_checkWritable($self)", baseCheckWritable>,
    method<"fileno($self, /)", baseFileno, "The file descriptor, if there is one.">,
    method<"isatty($self, /)", baseIsatty, "Whether this is a terminal.">,
    method<"!__enter__($self)", baseEnter>,
    method<"!%__exit__($self, *args)", baseExit>,
    method<"readline($self, size=-1, /)", baseReadline, "Read a line, at most size bytes of it.">,
    method<"readlines($self, hint=-1, /)", baseReadlines, "A list of lines, about hint bytes of them.">,
    method<"writelines($self, lines, /)", baseWritelines, "Write several lines.">,
    {}};
constinit PyGetSetDef kBaseGetSet[] = {getset<"__dict__", genericGetDict>, getset<"closed", baseClosed>, {}};

// --- _RawIOBase --------------------------------------------------------------------------------------------

Result<Ref<>> rawRead(PyObject* self, SizeArg size) {
  if (size.value < 0) return callMethod(self, name<"readall">());
  Ref<ByteArrayObject> buffer = TRY(byteArrayNew(""));
  TRY(byteArrayResize(buffer, size.value));
  Ref<> count = TRY(callMethod(self, name<"readinto">(), buffer.get()));
  if (count.get() == Py_None) return count;
  Py_ssize_t n = TRY(asSsize(count, PyExc_ValueError));
  if (n < 0) return raise(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
  if (n > buffer->ob_size)  // CPython reads behind the buffer
    return raise(PyExc_ValueError, "readinto() returned %zd outside buffer size %zd", n, buffer->ob_size);
  return Ref<>(TRY(bytesFrom({buffer->ob_start, static_cast<size_t>(n)})));
}

Result<Ref<>> rawReadAll(PyObject* self) {
  std::string all;
  bool any = false;
  for (;;) {
    Ref<IntObject> count = TRY(intFromLong(kDefaultBufferSize));
    auto read = callMethod(self, name<"read">(), count.get());
    if (read.failed()) {
      if (TRY(ioRetryAfterInterrupt())) continue;
      return Raised{};
    }
    Ref<> data = std::move(read).take();
    if (data.get() == Py_None) {
      if (!any) return data;
      break;
    }
    if (!isBytes(data)) return raise(PyExc_TypeError, "read() should return bytes");
    any = true;
    std::string_view view = cast<BytesObject>(data.get())->view();
    if (view.empty()) break;
    TRY(appendMore(all, view));
  }
  return Ref<>(TRY(bytesFrom(all)));
}

Raised notImplementedHere() { return raiseNone(PyExc_NotImplementedError); }
Result<Ref<>> rawReadinto(PyObject*, CallArgs) { return notImplementedHere(); }

constinit PyMethodDef kRawMethods[] = {
    method<"read($self, size=-1, /)", rawRead>,
    method<"readall($self, /)", rawReadAll, "Read until the end, in one bytes object.">,
    method<"!%readinto($self, *args)", rawReadinto>,
    method<"!%write($self, *args)", rawReadinto>,
    {}};

// --- _BufferedIOBase ---------------------------------------------------------------------------------------

Result<Ref<>> bufferedReadinto(PyObject* self, Buffer& buffer, StrObject* method_name) {
  Ref<IntObject> count = TRY(intFromLong(buffer.size()));
  Ref<> data = TRY(callMethod(self, method_name, count.get()));
  if (!isBytes(data)) return raise(PyExc_TypeError, "read() should return bytes");
  std::string_view view = cast<BytesObject>(data.get())->view();
  auto size = static_cast<Py_ssize_t>(view.size());
  if (size > buffer.size()) {
    return raise(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned",
                 buffer.size(), size);
  }
  std::copy(view.begin(), view.end(), buffer.writableData());
  return Ref<>(TRY(intFromLong(size)));
}
Result<Ref<>> bufferedBaseReadinto(PyObject* self, WritableArg target) {
  return bufferedReadinto(self, target.buffer, name<"read">());
}
Result<Ref<>> bufferedBaseReadinto1(PyObject* self, WritableArg target) {
  return bufferedReadinto(self, target.buffer, name<"read1">());
}
Result<Ref<>> baseDetach(PyObject*) { return unsupported("detach"); }
Result<Ref<>> noRead(PyObject*, CallArgs) { return unsupported("read"); }
Result<Ref<>> noRead1(PyObject*, CallArgs) { return unsupported("read1"); }
Result<Ref<>> noReadline(PyObject*, CallArgs) { return unsupported("readline"); }
Result<Ref<>> noWrite(PyObject*, CallArgs) { return unsupported("write"); }

constinit PyMethodDef kBufferedMethods[] = {
    method<"detach($self, /)", baseDetach, "Separate the raw stream from the buffer.">,
    method<"!%read($self, *args)", noRead, "Read up to n bytes.">,
    method<"!%read1($self, *args)", noRead1, "Read up to n bytes with at most one call of the raw stream.">,
    method<"readinto($self, buffer, /)", bufferedBaseReadinto>,
    method<"readinto1($self, buffer, /)", bufferedBaseReadinto1>,
    method<"!%write($self, *args)", noWrite, "Write a bytes-like object.">,
    {}};

// --- _TextIOBase -------------------------------------------------------------------------------------------

Ref<> textNone(PyObject*) { return none(); }

constinit PyMethodDef kTextMethods[] = {
    method<"!detach($self)", baseDetach, "Separate the buffer from the text layer.">,
    method<"!%read($self, *args)", noRead, "Read up to n characters.">,
    method<"!%readline($self, *args)", noReadline, "Read a line.">,
    method<"!%write($self, *args)", noWrite, "Write a string.">,
    {}};
constinit PyGetSetDef kTextGetSet[] = {
    getset<"encoding", textNone, nullptr, "Name of the encoding, if any.">,
    getset<"newlines", textNone, nullptr, "Line ends met so far, if known.">,
    getset<"errors", textNone, nullptr, "Name of the error handler, if any.">,
    {}};

constexpr unsigned long kBaseFlags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;

}  // namespace

Result<Ref<>> ioBaseNew(PyTypeObject* type, PyObject*, Opt<>) {
  return Result<Ref<>>::fromC(type->tp_alloc(type, 0));
}

Raised raiseUnsupported(const char* message) { return raise(unsupportedOperation(), "%s", message); }

Result<bool> ioIsClosed(PyObject* file) {
  MaybeRef<> closed = TRY(attrLookup(file, name<"closed">()));
  if (!closed) return false;
  return objectIsTrue(closed.get());
}

Status ioCheckClosed(PyObject* file) {
  if (TRY(ioIsClosed(file))) return raise(PyExc_ValueError, "I/O operation on closed file.");
  return {};
}

namespace {
Status checkCapability(PyObject* file, StrObject* method_name, const char* message) {
  Ref<> answer = TRY(callMethod(file, method_name));
  if (answer.get() != Py_True) return raiseUnsupported(message);
  return {};
}
}  // namespace

Status ioCheckReadable(PyObject* file) {
  return checkCapability(file, name<"readable">(), "File or stream is not readable.");
}
Status ioCheckWritable(PyObject* file) {
  return checkCapability(file, name<"writable">(), "File or stream is not writable.");
}
Status ioCheckSeekable(PyObject* file) {
  return checkCapability(file, name<"seekable">(), "File or stream is not seekable.");
}

Result<Py_ssize_t> ioSize(PyObject* size) {
  if (size == Py_None) return -1;
  if (!isIndex(size))
    return raise(PyExc_TypeError, "argument should be integer or None, not '%.200s'", typeName(size));
  return asSsize(size, PyExc_OverflowError);
}

Result<int64_t> ioOffset(PyObject* object) {
  if (!isIndex(object))
    return raise(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", typeName(object));
  Ref<IntObject> offset = TRY(numberIndex(object));
  long value;
  if (intFitsLong(offset, &value)) return value;
  return raise(PyExc_ValueError, "cannot fit '%.200s' into an offset-sized integer", typeName(object));
}

Result<bool> ioRetryAfterInterrupt() {
  if (!pendingMatches(PyExc_InterruptedError)) return false;
  clearPending();
  TRY(checkSignals());
  return true;
}

void ioFinalize(PyObject* file) {
  PendingSaved saved;
  auto closed_or_raised = attrLookup(file, name<"closed">());
  bool closed = false;
  if (closed_or_raised.failed())
    clearPending();
  else if (MaybeRef<> value = std::move(closed_or_raised).take()) {
    auto truth = objectIsTrue(value.get());
    if (truth.failed())
      clearPending();
    else
      closed = std::move(truth).take();
  } else {
    closed = true;
  }
  if (closed) return;
  if (attrSet(file, name<"_finalizing">(), Py_True).failed()) clearPending();
  auto done = callMethod(file, name<"close">());
  if (done.failed()) clearPending();
}

bool ioDeallocBegin(PyObject* file, PyObject* weakreflist) {
  if (!finalizeFromDealloc(file)) return false;
  gcUntrack(file);
  if (weakreflist) clearWeakRefs(file);
  return true;
}

}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

#define IO_BASE_TYPE(symbol, type_name, base, doc_text, methods, getsets)                              \
  KR_EXPORT constinit PyTypeObject symbol = {KR_TYPE_HEAD,                                             \
                                             .tp_name = type_name,                                     \
                                             .tp_basicsize = sizeof(IOBaseObject),                     \
                                             .tp_dealloc = baseDealloc,                                \
                                             .tp_flags = kBaseFlags,                                   \
                                             .tp_doc = doc_text,                                       \
                                             .tp_traverse = baseTraverse,                              \
                                             .tp_clear = baseClear,                                    \
                                             .tp_weaklistoffset = offsetof(IOBaseObject, weakreflist), \
                                             .tp_methods = methods,                                    \
                                             .tp_getset = getsets,                                     \
                                             .tp_base = base,                                          \
                                             .tp_dictoffset = offsetof(IOBaseObject, dict)}

KR_EXPORT constinit PyTypeObject PyIOBase_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io._IOBase",
    .tp_basicsize = sizeof(IOBaseObject),
    .tp_dealloc = baseDealloc,
    .tp_flags = kBaseFlags,
    .tp_doc = "The base of all file classes; operations that a stream lacks raise UnsupportedOperation.",
    .tp_traverse = baseTraverse,
    .tp_clear = baseClear,
    .tp_weaklistoffset = offsetof(IOBaseObject, weakreflist),
    .tp_iter = slot<baseIter>,
    .tp_iternext = slot<baseNext>,
    .tp_methods = kBaseMethods,
    .tp_getset = kBaseGetSet,
    .tp_dictoffset = offsetof(IOBaseObject, dict),
    .tp_new = slot<ioBaseNew>,
    .tp_finalize = ioFinalize};
IO_BASE_TYPE(PyRawIOBase_Type, "_io._RawIOBase", &PyIOBase_Type, "Base of raw binary streams.", kRawMethods,
             nullptr);
IO_BASE_TYPE(PyBufferedIOBase_Type, "_io._BufferedIOBase", &PyIOBase_Type, "Base of buffered binary streams.",
             kBufferedMethods, nullptr);
IO_BASE_TYPE(PyTextIOBase_Type, "_io._TextIOBase", &PyIOBase_Type, "Base of text streams.", kTextMethods,
             kTextGetSet);
