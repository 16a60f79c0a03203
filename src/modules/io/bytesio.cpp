// BytesIO: a binary file in memory.
//
// `buf` is a bytes object of at least string_size bytes. It is shared (with the initial value, or with what
// getvalue returned) while its reference count is above one; a write then copies it first. Exported buffers
// forbid resizing.
#include <cstring>

#include "modules/io/io.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

struct BytesIOObject : PyObject {
  PyObject* buf;  // BytesObject; null: closed
  Py_ssize_t pos, string_size;
  PyObject *dict, *weakreflist;
  Py_ssize_t exports;

  BytesObject* bytes() const { return static_cast<BytesObject*>(buf); }
};
static_assert(sizeof(BytesIOObject) == 64);

struct BytesIOBuffer : PyObject {
  PyObject* source;  // BytesIOObject
};

Status checkOpen(BytesIOObject* self) {
  if (!self->buf) return raise(PyExc_ValueError, "I/O operation on closed file.");
  return {};
}
Status checkNoExports(BytesIOObject* self) {
  if (self->exports > 0)
    return raise(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
  return {};
}

// How large a buffer of `size` bytes becomes: one that grows by little will probably grow on.
Py_ssize_t roomFor(Py_ssize_t capacity, Py_ssize_t size) {
  if (capacity <= size) return capacity;
  bool by_little = static_cast<double>(capacity) < static_cast<double>(size) * 1.125;
  return capacity + (by_little ? (capacity >> 3) + (capacity < 9 ? 3 : 6) : 1);
}

// A new buffer with the first string_size bytes.
Status moveToBuffer(BytesIOObject* self, Py_ssize_t room) {
  Ref<BytesObject> fresh = TRY(bytesNew(room));
  if (fresh->ob_refcnt > 1) fresh = TRY(bytesNew(16));  // tiny sizes are shared objects
  std::memcpy(fresh->data(), self->bytes()->data(), static_cast<size_t>(self->string_size));
  setField(self->buf, Ref<>(std::move(fresh)));
  return {};
}

// Makes the buffer this object's own, with room for `capacity` bytes; keeps the first string_size.
Status ensureOwned(BytesIOObject* self, Py_ssize_t capacity) {
  Py_ssize_t size = self->bytes()->size();
  if (self->buf->ob_refcnt == 1 && size >= capacity) return {};
  return moveToBuffer(self, std::max(roomFor(capacity, size), self->string_size));
}

std::string_view rest(BytesIOObject* self) {
  if (self->pos >= self->string_size) return {};
  return self->bytes()->view().substr(static_cast<size_t>(self->pos),
                                      static_cast<size_t>(self->string_size - self->pos));
}

Result<Ref<>> take(BytesIOObject* self, Py_ssize_t count) {
  std::string_view available = rest(self);
  size_t n = count < 0 ? available.size() : std::min(available.size(), static_cast<size_t>(count));
  // Everything at once: the buffer itself serves as the answer.
  if (n > 1 && self->pos == 0 && static_cast<Py_ssize_t>(n) == self->bytes()->size() && self->exports == 0) {
    self->pos += static_cast<Py_ssize_t>(n);
    return share(self->buf);
  }
  self->pos += static_cast<Py_ssize_t>(n);
  return Ref<>(TRY(bytesFrom(available.substr(0, n))));
}

Py_ssize_t lineLength(BytesIOObject* self, Py_ssize_t limit) {
  std::string_view available = rest(self);
  if (limit >= 0) available = available.substr(0, static_cast<size_t>(limit));
  size_t newline = available.find('\n');
  return static_cast<Py_ssize_t>(newline == available.npos ? available.size() : newline + 1);
}

Result<Ref<>> bioRead(BytesIOObject* self, SizeArg size) {
  TRY(checkOpen(self));
  return take(self, size.value);
}
Result<Ref<>> bioReadline(BytesIOObject* self, SizeArg size) {
  TRY(checkOpen(self));
  return take(self, lineLength(self, size.value));
}

Result<Ref<>> bioReadlines(BytesIOObject* self, PyObject* size) {
  TRY(checkOpen(self));
  Py_ssize_t limit = 0;
  if (size != Py_None) {
    if (!isInt(size)) return raise(PyExc_TypeError, "integer argument expected, got '%s'", typeName(size));
    limit = TRY(argSsize(size));
  }
  Ref<ListObject> lines = TRY(listNew());
  Py_ssize_t total = 0;
  while (Py_ssize_t length = lineLength(self, -1)) {
    TRY(listAppend(lines, TRY(take(self, length))));
    total += length;
    if (limit > 0 && total >= limit) break;
  }
  return lines;
}

Result<Ref<>> bioReadinto(BytesIOObject* self, WritableArg target) {
  TRY(checkOpen(self));
  std::string_view available = rest(self).substr(0, static_cast<size_t>(target.buffer.size()));
  if (!available.empty()) std::memcpy(target.buffer.writableData(), available.data(), available.size());
  self->pos += static_cast<Py_ssize_t>(available.size());
  return Ref<>(TRY(intFromLong(static_cast<long>(available.size()))));
}

Result<Py_ssize_t> writeBytes(BytesIOObject* self, std::span<const uint8_t> data) {
  auto size = static_cast<Py_ssize_t>(data.size());
  if (size == 0) return 0;
  if (self->pos > PY_SSIZE_T_MAX - size) return raise(PyExc_OverflowError, "new position too large");
  Py_ssize_t end = self->pos + size;
  MaybeRef<> former;
  if (self->exports > 0 && self->buf->ob_refcnt == 1 && end <= self->bytes()->size()) {
    // In place: exported views see the change.
  } else {
    if (self->exports > 0) former = share(self->buf);  // the data is a view of it
    TRY(ensureOwned(self, end));
  }
  char* base = self->bytes()->data();
  if (self->pos > self->string_size) {
    std::memset(base + self->string_size, 0, static_cast<size_t>(self->pos - self->string_size));
  }
  std::memmove(base + self->pos, data.data(), data.size());
  self->pos = end;
  self->string_size = std::max(self->string_size, end);
  return size;
}

Result<Ref<>> bioWrite(BytesIOObject* self, PyObject* data) {
  TRY(checkOpen(self));
  TRY(checkNoExports(self));
  Buffer buffer = TRY(Buffer::acquire(data, PyBUF_CONTIG_RO));
  TRY(checkOpen(self));
  return Ref<>(TRY(intFromLong(TRY(writeBytes(self, buffer.bytes())))));
}

Status bioWritelines(BytesIOObject* self, PyObject* lines) {
  TRY(checkOpen(self));
  return forEach(lines, [&](Ref<> line) -> Status {
    TRY(bioWrite(self, line.get()));
    return {};
  });
}

Result<Ref<>> bioSeek(BytesIOObject* self, Py_ssize_t position, int whence) {
  TRY(checkOpen(self));
  if (position < 0 && whence == 0) return raise(PyExc_ValueError, "negative seek value %zd", position);
  Py_ssize_t base = 0;
  if (whence == 1)
    base = self->pos;
  else if (whence == 2)
    base = self->string_size;
  else if (whence != 0)
    return raise(PyExc_ValueError, "invalid whence (%i, should be 0, 1 or 2)", whence);
  if (position > PY_SSIZE_T_MAX - base) return raise(PyExc_OverflowError, "new position too large");
  self->pos = std::max<Py_ssize_t>(base + position, 0);
  return Ref<>(TRY(intFromLong(self->pos)));
}
Result<Py_ssize_t> bioTell(BytesIOObject* self) {
  TRY(checkOpen(self));
  return self->pos;
}

Result<Py_ssize_t> bioTruncate(BytesIOObject* self, PyObject* size) {
  TRY(checkOpen(self));
  TRY(checkNoExports(self));
  Py_ssize_t wanted = size == Py_None ? self->pos : TRY(ioSize(size));
  TRY(checkOpen(self));  // the size's __index__ may have closed or exported it
  TRY(checkNoExports(self));
  if (wanted < 0) return raise(PyExc_ValueError, "negative size value %zd", wanted);
  if (wanted < self->string_size) {
    self->string_size = wanted;
    if (wanted < self->bytes()->size() / 2) TRY(moveToBuffer(self, wanted + 1));
  }
  return wanted;
}

Result<Ref<>> bioGetvalue(BytesIOObject* self) {
  TRY(checkOpen(self));
  if (self->string_size != self->bytes()->size() && self->exports == 0) {
    setField(self->buf,
             Ref<>(TRY(bytesFrom(self->bytes()->view().substr(0, static_cast<size_t>(self->string_size))))));
  }
  if (self->string_size == self->bytes()->size() && self->exports == 0) return share(self->buf);
  return Ref<>(TRY(bytesFrom(self->bytes()->view().substr(0, static_cast<size_t>(self->string_size)))));
}

Status bioClose(BytesIOObject* self) {
  TRY(checkNoExports(self));
  clearField(self->buf);
  return {};
}
bool bioClosed(BytesIOObject* self) { return self->buf == nullptr; }
Result<bool> bioYes(BytesIOObject* self) {
  TRY(checkOpen(self));
  return true;
}
Result<bool> bioIsatty(BytesIOObject* self) {
  TRY(checkOpen(self));
  return false;
}
Status bioFlush(BytesIOObject* self) { return checkOpen(self); }
Result<Ref<>> bioIter(BytesIOObject* self) {
  TRY(checkOpen(self));
  return share<PyObject>(self);
}
Result<MaybeRef<>> bioNext(BytesIOObject* self) {
  TRY(checkOpen(self));
  Py_ssize_t length = lineLength(self, -1);
  if (length == 0) return MaybeRef<>();
  return MaybeRef<>(TRY(take(self, length)));
}

Result<Ref<>> bioGetbuffer(BytesIOObject* self) {
  TRY(checkOpen(self));
  Ref<BytesIOBuffer> view = TRY(typeAlloc<BytesIOBuffer>(&_PyBytesIOBuffer_Type));
  view->source = share<PyObject>(self).leak();
  return memoryViewFromObject(view);
}

Result<Ref<>> bioGetstate(BytesIOObject* self) {
  Ref<> value = TRY(bioGetvalue(self));
  Ref<> dict = self->dict ? Ref<>(TRY(dictCopy(cast<DictObject>(self->dict)))) : none();
  Ref<IntObject> position = TRY(intFromLong(self->pos));
  return Ref<>(TRY(tupleOf(value.get(), static_cast<PyObject*>(position.get()), dict.get())));
}

Status setStateValue(BytesIOObject* self, PyObject* value) {
  TRY(checkNoExports(self));
  self->string_size = 0;
  Buffer buffer = TRY(Buffer::acquire(value, PyBUF_CONTIG_RO));
  TRY(checkOpen(self));
  TRY(writeBytes(self, buffer.bytes()));
  return {};
}

Status bioSetstate(BytesIOObject* self, PyObject* state) {
  if (!isTuple(state)) {
    return raise(PyExc_TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s",
                 typeName(self), typeName(state));
  }
  auto* parts = cast<TupleObject>(state);
  if (parts->size() < 3)
    return raise(PyExc_TypeError, "%.200s.__setstate__ argument should be 3-tuple, got tuple",
                 typeName(self));
  self->pos = 0;
  TRY(checkOpen(self));
  TRY(setStateValue(self, parts->at(0)));
  if (!isInt(parts->at(1))) {
    return raise(PyExc_TypeError, "second item of state must be an integer, got %.200s",
                 typeName(parts->at(1)));
  }
  Py_ssize_t position = TRY(asSsize(parts->at(1), PyExc_OverflowError));
  if (position < 0) return raise(PyExc_ValueError, "position value cannot be negative");
  self->pos = position;
  if (parts->at(2) == Py_None) return {};
  if (!isDict(parts->at(2))) {
    return raise(PyExc_TypeError, "third item of state should be a dict, got a %.200s",
                 typeName(parts->at(2)));
  }
  if (self->dict) return dictUpdate(cast<DictObject>(self->dict), parts->at(2));
  setField(self->dict, share(parts->at(2)));
  return {};
}

Result<Ref<>> bioSizeof(BytesIOObject* self) {
  Py_ssize_t size = typeOf(self)->tp_basicsize;
  if (self->buf && self->buf->ob_refcnt == 1) size += 33 + self->bytes()->size();
  return Ref<>(TRY(intFromLong(size)));
}

Result<Ref<>> bioNew(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<> object = TRY(Result<Ref<>>::fromC(type->tp_alloc(type, 0)));
  cast<BytesIOObject>(object.get())->buf = TRY(bytesFrom("")).leak();
  return object;
}

Status bioInit(BytesIOObject* self, Opt<> initial) {
  TRY(checkNoExports(self));
  self->string_size = 0;
  self->pos = 0;
  setField(self->buf, Ref<>(TRY(bytesFrom(""))));
  if (!initial || initial.get() == Py_None) return {};
  if (isExactBytes(initial.get())) {
    setField(self->buf, share(initial.get()));
    self->string_size = cast<BytesObject>(initial.get())->size();
    return {};
  }
  Buffer buffer = TRY(Buffer::acquire(initial.get(), PyBUF_CONTIG_RO));
  TRY(writeBytes(self, buffer.bytes()));
  self->pos = 0;
  return {};
}

void bioDealloc(PyObject* object) {
  auto* self = cast<BytesIOObject>(object);
  if (!ioDeallocBegin(object, self->weakreflist)) return;
  clearField(self->buf);
  clearField(self->dict);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int bioTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<BytesIOObject>(self)->dict);
}
int bioClear(PyObject* self) {
  clearField(cast<BytesIOObject>(self)->dict);
  return 0;
}

constinit PyMethodDef kBytesIOMethods[] = {
    method<"readable($self, /)", bioYes, "True while open.">,
    method<"seekable($self, /)", bioYes, "True while open.">,
    method<"writable($self, /)", bioYes, "True while open.">,
    method<"close($self, /)", bioClose, "Forget the contents.">,
    method<"flush($self, /)", bioFlush, "Does nothing.">,
    method<"isatty($self, /)", bioIsatty, "Always False.">,
    method<"tell($self, /)", bioTell, "The position.">,
    method<"write($self, b, /)", bioWrite, "Write bytes at the position.">,
    method<"writelines($self, lines, /)", bioWritelines, "Write several bytes objects.">,
    method<"read1($self, size=-1, /)", bioRead, "Read at most size bytes.">,
    method<"readinto($self, buffer, /)", bioReadinto, "Read into a buffer.">,
    method<"readline($self, size=-1, /)", bioReadline, "Read a line.">,
    method<"readlines($self, size=None, /)", bioReadlines, "Read the remaining lines.">,
    method<"read($self, size=-1, /)", bioRead, "Read at most size bytes.">,
    method<"getbuffer($self, /)", bioGetbuffer, "A view of the contents that can be written.">,
    method<"getvalue($self, /)", bioGetvalue, "The whole contents.">,
    method<"seek($self, pos, whence=0, /)", bioSeek, "Move the position.">,
    method<"truncate($self, size=None, /)", bioTruncate, "Cut the contents.">,
    method<"!__getstate__($self)", bioGetstate>,
    method<"!__setstate__($self, state, /)", bioSetstate>,
    method<"!__sizeof__($self)", bioSizeof>,
    {}};
constinit PyGetSetDef kBytesIOGetSet[] = {getset<"closed", bioClosed, nullptr, "True if the file is closed">,
                                          {}};

// --- the exported view -------------------------------------------------------------------------------------

Status viewGetBuffer(BytesIOBuffer* view, Py_buffer* out, int flags) {
  auto* self = cast<BytesIOObject>(view->source);
  if (self->exports == 0 && self->buf->ob_refcnt > 1) TRY(ensureOwned(self, self->string_size));
  TRY(bufferFillInfo(out, view, self->bytes()->data(), self->string_size, false, flags));
  self->exports++;
  return {};
}
void viewReleaseBuffer(BytesIOBuffer* view, Py_buffer*) { cast<BytesIOObject>(view->source)->exports--; }
void viewDealloc(PyObject* object) {
  gcUntrack(object);
  clearField(cast<BytesIOBuffer>(object)->source);
  typeOf(object)->tp_free(object);
}
int viewTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<BytesIOBuffer>(self)->source);
}

constinit PyBufferProcs kViewBuffer = {slot<viewGetBuffer>, slot<viewReleaseBuffer>};

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyBytesIO_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.BytesIO",
    .tp_basicsize = sizeof(BytesIOObject),
    .tp_dealloc = bioDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"BytesIO(initial_bytes=b'')", "A binary file in memory.">,
    .tp_traverse = bioTraverse,
    .tp_clear = bioClear,
    .tp_weaklistoffset = offsetof(BytesIOObject, weakreflist),
    .tp_iter = slot<bioIter>,
    .tp_iternext = slot<bioNext>,
    .tp_methods = kBytesIOMethods,
    .tp_getset = kBytesIOGetSet,
    .tp_base = &PyBufferedIOBase_Type,
    .tp_dictoffset = offsetof(BytesIOObject, dict),
    .tp_init = initSlot<"BytesIO(initial_bytes=<unrepresentable>)", bioInit>,
    .tp_new = slot<bioNew>};

KR_EXPORT constinit PyTypeObject _PyBytesIOBuffer_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io._BytesIOBuffer",
    .tp_basicsize = sizeof(BytesIOBuffer),
    .tp_dealloc = viewDealloc,
    .tp_as_buffer = &kViewBuffer,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = viewTraverse};
