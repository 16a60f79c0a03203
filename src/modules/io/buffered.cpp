#include "modules/io/buffered.h"

#include <cstring>

#include "core/interpreter.h"
#include "core/native_order.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/misc_objects.h"

namespace krait::modules {

Result<BufferedGuard> BufferedGuard::enter(BufferedObject* self) {
  unsigned long me = currentThread()->thread_id;
  if (self->lock->owner == me)
    return raise(PyExc_RuntimeError, "reentrant call inside %R", static_cast<PyObject*>(self));
  if (pthread_mutex_trylock(&self->lock->mutex) != 0) {
    if (interpreter().finalizing)
      return raise(PyExc_RuntimeError,
                   "could not acquire lock for %R at interpreter shutdown, possibly due to daemon threads",
                   static_cast<PyObject*>(self));
    WithoutGil released;
    pthread_mutex_lock(&self->lock->mutex);
  }
  self->lock->owner = me;
  return BufferedGuard(self);
}

BufferedGuard::~BufferedGuard() {
  if (!self_) return;
  self_->lock->owner = 0;
  pthread_mutex_unlock(&self_->lock->mutex);
}

Status bufferedCheckReady(BufferedObject* self) {
  if (self->ok) return {};
  return raise(PyExc_ValueError,
               self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
}

Result<Ref<>> bufferedRaw(BufferedObject* self) {
  if (self->raw) return share(self->raw);
  return raise(PyExc_ValueError, "raw stream has been detached");
}

namespace {

Result<bool> rawClosed(BufferedObject* self) {
  Ref<> raw = TRY(bufferedRaw(self));
  Ref<> closed = TRY(attrGet(raw, name<"closed">()));
  return objectIsTrue(closed);
}

}  // namespace

Status bufferedCheckOpen(BufferedObject* self, const char* message) {
  bool closed = !self->buffer || TRY(rawClosed(self));
  if (closed && bufferedUnread(self) == 0) return raise(PyExc_ValueError, "%s", message);
  return {};
}

// The raw stream may keep the view: it never looks at `data` but at a block of its own.
Result<std::optional<size_t>> rawRead(BufferedObject* self, char* data, Py_ssize_t size) {
  Ref<> raw = TRY(bufferedRaw(self));
  if (isExact(raw.get(), &PyFileIO_Type)) return fileReadDirect(raw.get(), data, static_cast<size_t>(size));
  Ref<BytesObject> block = TRY(bytesNew(size));
  Ref<> view = TRY(memoryViewFromMemory(block->data(), size, PyBUF_WRITE, block.get()));
  for (;;) {
    auto answer = callMethod(raw, name<"readinto">(), view.get());
    if (answer.failed()) {
      if (TRY(ioRetryAfterInterrupt())) continue;
      return Raised{};
    }
    Ref<> count = std::move(answer).take();
    if (count.get() == Py_None) return std::optional<size_t>();
    auto converted = asSsize(count, PyExc_ValueError);
    if (converted.failed()) return raiseFromCause(PyExc_OSError, "raw readinto() failed");
    Py_ssize_t n = std::move(converted).take();
    if (n < 0 || n > size) {
      return raise(PyExc_OSError,
                   "raw readinto() returned invalid length %zd (should have been between 0 and %zd)", n,
                   size);
    }
    std::memcpy(data, block->data(), static_cast<size_t>(n));
    return std::optional<size_t>(static_cast<size_t>(n));
  }
}

namespace {

Result<int64_t> rawTell(BufferedObject* self) {
  Ref<> raw = TRY(bufferedRaw(self));
  Ref<> answer = TRY(callMethod(raw, name<"tell">()));
  int64_t position = TRY(ioOffset(answer));
  if (position < 0)
    return raise(PyExc_OSError, "Raw stream returned invalid position %lld",
                 static_cast<long long>(position));
  return position;
}

Result<int64_t> rawSeek(BufferedObject* self, int64_t target, int whence) {
  Ref<> raw = TRY(bufferedRaw(self));
  Ref<IntObject> offset = TRY(intFromLong(target)), mode = TRY(intFromLong(whence));
  Ref<> answer = TRY(callMethod(raw, name<"seek">(), offset.get(), mode.get()));
  int64_t position = TRY(ioOffset(answer));
  if (position < 0)
    return raise(PyExc_OSError, "Raw stream returned invalid position %lld",
                 static_cast<long long>(position));
  return position;
}

void resetBuffer(BufferedObject* self) {
  self->state = BufferState::kEmpty;
  self->pos = self->end = 0;
}

}  // namespace

Status bufferedForgetReads(BufferedObject* self) {
  Py_ssize_t ahead = bufferedUnread(self);
  if (ahead > 0) TRY(rawSeek(self, -ahead, 1));
  if (self->state == BufferState::kReading) resetBuffer(self);
  return {};
}

Status bufferedFlushAndRewind(BufferedObject* self) {
  TRY(bufferedFlushWrites(self));
  if (self->readable) return bufferedForgetReads(self);
  return {};
}

namespace {

// --- opening and closing -----------------------------------------------------------------------------------

Status initLock(BufferedObject* self) {
  if (self->lock) return {};
  self->lock = static_cast<BufferedLock*>(memAlloc(sizeof(BufferedLock)));
  if (!self->lock) return raiseNoMemory();
  pthread_mutex_init(&self->lock->mutex, nullptr);
  self->lock->owner = 0;
  return {};
}

// The guard: a call into the raw stream may initialise again what is being read into.
Status initBuffer(BufferedObject* self, PyObject* raw, Py_ssize_t size) {
  if (size <= 0) return raise(PyExc_ValueError, "buffer size must be strictly positive");
  TRY(initLock(self));
  MaybeRef<> old_raw;
  auto guard = TRY(BufferedGuard::enter(self));
  old_raw = MaybeRef<>::steal(std::exchange(self->raw, share(raw).leak()));
  memFree(self->buffer);
  self->buffer = static_cast<char*>(memAlloc(static_cast<size_t>(size)));
  if (!self->buffer) return raiseNoMemory();
  self->buffer_size = size;
  resetBuffer(self);
  self->detached = 0;
  self->ok = 1;
  return {};
}

// Writers find out where they stand, which fails on streams that cannot tell.
void probePosition(BufferedObject* self) {
  if (self->raw && isExact(self->raw, &PyFileIO_Type)) return;
  if (rawTell(self).failed()) clearPending();
}

Status readerInit(BufferedObject* self, PyObject* raw, Py_ssize_t size) {
  self->ok = self->detached = 0;
  TRY(ioCheckReadable(raw));
  self->readable = 1, self->writable = 0;
  TRY(initBuffer(self, raw, size));
  probePosition(self);
  return {};
}
Status writerInit(BufferedObject* self, PyObject* raw, Py_ssize_t size) {
  self->ok = self->detached = 0;
  TRY(ioCheckWritable(raw));
  self->readable = 0, self->writable = 1;
  TRY(initBuffer(self, raw, size));
  probePosition(self);
  return {};
}
Status randomInit(BufferedObject* self, PyObject* raw, Py_ssize_t size) {
  self->ok = self->detached = 0;
  TRY(ioCheckSeekable(raw));
  TRY(ioCheckReadable(raw));
  TRY(ioCheckWritable(raw));
  self->readable = self->writable = 1;
  TRY(initBuffer(self, raw, size));
  probePosition(self);
  return {};
}

Result<Ref<>> bufferedFlush(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  if (self->writable) {
    TRY(bufferedCheckOpen(self, "flush of closed file"));
    auto guard = TRY(BufferedGuard::enter(self));
    TRY(bufferedFlushAndRewind(self));
    return none();
  }
  Ref<> raw = TRY(bufferedRaw(self));
  return callMethod(raw, name<"flush">());
}

Result<bool> bufferedClosed(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  return rawClosed(self);
}

void warnUnclosed(BufferedObject* self, PyObject* source) {
  Ref<> raw = share(self->raw);
  auto warned = callMethod(raw, name<"_dealloc_warn">(), source);
  if (warned.failed()) clearPending();
}

Result<Ref<>> closeRaw(BufferedObject* self) {
  auto guard = TRY(BufferedGuard::enter(self));
  Ref<> raw = TRY(bufferedRaw(self));
  auto closed = callMethod(raw, name<"close">());
  if (self->buffer) {
    memFree(self->buffer);
    self->buffer = nullptr;
    resetBuffer(self);
  }
  return closed;
}

Result<bool> closeIsNeeded(BufferedObject* self) {
  auto guard = TRY(BufferedGuard::enter(self));
  if (TRY(rawClosed(self))) return false;
  if (self->finalizing && self->raw) warnUnclosed(self, self);
  return true;
}

// flush(), then raw.close() whatever happened; the later error has the earlier as its context.
Result<Ref<>> bufferedClose(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  if (!TRY(closeIsNeeded(self))) return none();
  auto flushed = callMethod(self, name<"flush">());
  MaybeRef<> flush_error = flushed.failed() ? takePending() : MaybeRef<>();
  auto closed = closeRaw(self);
  if (!flush_error) return closed;
  if (!closed.failed()) return raiseException(std::move(flush_error).take());
  MaybeRef<> close_error = takePending();
  exceptionSetContext(close_error.get(), std::move(flush_error).take());
  return raiseException(std::move(close_error).take());
}

Result<Ref<>> bufferedDetach(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  TRY(callMethod(self, name<"flush">()));
  TRY(bufferedRaw(self));
  self->detached = 1;
  self->ok = 0;
  return steal(std::exchange(self->raw, nullptr));
}

// --- position ----------------------------------------------------------------------------------------------

Result<Ref<>> bufferedTell(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  int64_t raw_position = TRY(rawTell(self));
  int64_t position =
      self->state == BufferState::kWriting ? raw_position + self->end : raw_position - bufferedUnread(self);
  return Ref<>(TRY(intFromLong(std::max<int64_t>(position, 0))));
}

// A move inside what was read ahead needs no call of the raw stream but tell(). -1: it leaves the buffer.
Result<int64_t> seekInsideBuffer(BufferedObject* self, int64_t target, int whence) {
  if (self->state != BufferState::kReading || whence == 2) return -1;
  int64_t logical = TRY(rawTell(self)) - bufferedUnread(self);
  int64_t offset = whence == 0 ? target - logical : target;
  if (offset < -self->pos || offset > bufferedUnread(self)) return -1;
  self->pos += offset;
  if (self->pos == self->end) resetBuffer(self);
  return logical + offset;
}

Result<Ref<>> bufferedSeek(BufferedObject* self, PyObject* target_object, int whence) {
  TRY(bufferedCheckReady(self));
  if (whence < 0 || whence > 4) return raise(PyExc_ValueError, "whence value %d unsupported", whence);
  TRY(bufferedCheckOpen(self, "seek of closed file"));
  Ref<> raw = TRY(bufferedRaw(self));
  TRY(ioCheckSeekable(raw));
  int64_t target = TRY(ioOffset(target_object));
  auto guard = TRY(BufferedGuard::enter(self));
  int64_t inside = TRY(seekInsideBuffer(self, target, whence));
  if (inside >= 0) return Ref<>(TRY(intFromLong(inside)));
  TRY(bufferedFlushWrites(self));
  if (whence == 1) target -= bufferedUnread(self);
  int64_t position = TRY(rawSeek(self, target, whence));
  resetBuffer(self);
  return Ref<>(TRY(intFromLong(position)));
}

Result<Ref<>> bufferedTruncate(BufferedObject* self, PyObject* size) {
  TRY(bufferedCheckReady(self));
  TRY(bufferedCheckOpen(self, "truncate of closed file"));
  if (!self->writable) return raiseUnsupported("truncate");
  auto guard = TRY(BufferedGuard::enter(self));
  TRY(bufferedFlushAndRewind(self));
  Ref<> raw = TRY(bufferedRaw(self));
  return callMethod(raw, name<"truncate">(), size);
}

// --- delegation --------------------------------------------------------------------------------------------

template <Text Method>
Result<Ref<>> delegate(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  Ref<> raw = share(self->raw);
  return callMethod(raw, name<Method>());
}
template <Text Attribute>
Result<Ref<>> rawAttribute(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  Ref<> raw = share(self->raw);
  return attrGet(raw, name<Attribute>());
}
Result<Ref<>> bufferedDeallocWarn(BufferedObject* self, PyObject* source) {
  if (self->ok && self->raw) warnUnclosed(self, source);
  return none();
}

Result<Ref<StrObject>> bufferedRepr(BufferedObject* self) {
  auto found = attrLookup(self, name<"name">());
  if (found.failed()) {
    if (!pendingMatches(PyExc_ValueError)) return Raised{};
    clearPending();
    return strFormat("<%s>", typeName(self));
  }
  MaybeRef<> file_name = std::move(found).take();
  if (!file_name) return strFormat("<%s>", typeName(self));
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive())
    return raise(PyExc_RuntimeError, "reentrant call inside %s.__repr__", typeName(self));
  return strFormat("<%s name=%R>", typeName(self), file_name.get());
}

Result<Py_ssize_t> bufferedSizeof(BufferedObject* self) {
  return typeOf(self)->tp_basicsize + (self->buffer ? self->buffer_size : 0);
}

void bufferedDealloc(PyObject* object) {
  auto* self = cast<BufferedObject>(object);
  self->finalizing = 1;
  if (!ioDeallocBegin(object, self->weakreflist)) return;
  self->ok = 0;
  clearField(self->raw);
  memFree(std::exchange(self->buffer, nullptr));
  if (self->lock) pthread_mutex_destroy(&self->lock->mutex);
  memFree(std::exchange(self->lock, nullptr));
  clearField(self->dict);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int bufferedTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<BufferedObject>(object);
  return visitAll(visit, arg, self->raw, self->dict);
}
int bufferedClear(PyObject* object) {
  auto* self = cast<BufferedObject>(object);
  self->ok = 0;
  clearField(self->raw);
  clearField(self->dict);
  return 0;
}

#define KR_BUFFERED_COMMON                                                                            \
  method<"!detach($self)", bufferedDetach>, method<"!flush($self)", bufferedFlush>,                   \
      method<"!close($self)", bufferedClose>, method<"!seekable($self)", delegate<"seekable">>,       \
      method<"!fileno($self)", delegate<"fileno">>, method<"!isatty($self)", delegate<"isatty">>,     \
      method<"!_dealloc_warn($self, source, /)", bufferedDeallocWarn>,                                \
      method<"seek($self, target, whence=0, /)", bufferedSeek>, method<"!tell($self)", bufferedTell>, \
      method<"truncate($self, pos=None, /)", bufferedTruncate>, method<"!__sizeof__($self)", bufferedSizeof>
#define KR_BUFFERED_READING                                                                        \
  method<"read($self, size=-1, /)", bufferedRead>, method<"peek($self, size=0, /)", bufferedPeek>, \
      method<"read1($self, size=-1, /)", bufferedRead1>,                                           \
      method<"readinto($self, buffer, /)", bufferedReadinto>,                                      \
      method<"readinto1($self, buffer, /)", bufferedReadinto1>,                                    \
      method<"readline($self, size=-1, /)", bufferedReadline>

constinit auto kReaderMethods = inOrder(
    "detach flush close seekable readable fileno isatty _dealloc_warn read peek read1 readinto "
    "readinto1 readline seek tell truncate __sizeof__",
    {KR_BUFFERED_COMMON, KR_BUFFERED_READING, method<"!readable($self)", delegate<"readable">>, {}});
constinit auto kWriterMethods = inOrder(
    "close detach seekable writable fileno isatty _dealloc_warn write truncate flush seek tell "
    "__sizeof__",
    {KR_BUFFERED_COMMON,
     method<"!writable($self)", delegate<"writable">>,
     method<"write($self, buffer, /)", bufferedWrite>,
     {}});
constinit auto kRandomMethods = inOrder(
    "close detach seekable readable writable fileno isatty _dealloc_warn flush seek tell truncate "
    "read read1 readinto readinto1 readline peek write __sizeof__",
    {KR_BUFFERED_COMMON,
     KR_BUFFERED_READING,
     method<"!readable($self)", delegate<"readable">>,
     method<"!writable($self)", delegate<"writable">>,
     method<"write($self, buffer, /)", bufferedWrite>,
     {}});
constinit PyMemberDef kBufferedMembers[] = {
    {"raw", T_OBJECT, offsetof(BufferedObject, raw), READONLY, nullptr},
    {"_finalizing", T_BOOL, offsetof(BufferedObject, finalizing), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr}};
constinit PyGetSetDef kBufferedGetSet[] = {getset<"closed", bufferedClosed>,
                                           getset<"name", rawAttribute<"name">>,
                                           getset<"mode", rawAttribute<"mode">>,
                                           {}};

constexpr PyTypeObject bufferedType(const char* type_name, const char* doc, PyMethodDef* methods,
                                    initproc init) {
  return {KR_TYPE_HEAD,
          .tp_name = type_name,
          .tp_basicsize = sizeof(BufferedObject),
          .tp_dealloc = bufferedDealloc,
          .tp_repr = slot<bufferedRepr>,
          .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
          .tp_doc = doc,
          .tp_traverse = bufferedTraverse,
          .tp_clear = bufferedClear,
          .tp_weaklistoffset = offsetof(BufferedObject, weakreflist),
          .tp_methods = methods,
          .tp_members = kBufferedMembers,
          .tp_getset = kBufferedGetSet,
          .tp_base = &PyBufferedIOBase_Type,
          .tp_dictoffset = offsetof(BufferedObject, dict),
          .tp_init = init,
          .tp_new = slot<ioBaseNew>};
}
constexpr PyTypeObject iterable(PyTypeObject type) {
  type.tp_iternext = slot<bufferedNext>;
  return type;
}

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyBufferedReader_Type = iterable(bufferedType(
    "_io.BufferedReader",
    docText<"BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)", "Reads a raw stream in blocks.">,
    kReaderMethods.data(), initSlot<"BufferedReader(raw, buffer_size=8192)", readerInit>));
KR_EXPORT constinit PyTypeObject PyBufferedWriter_Type = bufferedType(
    "_io.BufferedWriter",
    docText<"BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)", "Collects writes to a raw stream.">,
    kWriterMethods.data(), initSlot<"BufferedWriter(raw, buffer_size=8192)", writerInit>);
KR_EXPORT constinit PyTypeObject PyBufferedRandom_Type = iterable(
    bufferedType("_io.BufferedRandom",
                 docText<"BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
                         "Buffers a raw stream with random access.">,
                 kRandomMethods.data(), initSlot<"BufferedRandom(raw, buffer_size=8192)", randomInit>));
