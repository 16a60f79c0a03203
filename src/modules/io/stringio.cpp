// StringIO: a text file in memory, kept as UCS-4 so that writing at any position is simple.
#include <cstring>

#include "modules/io/newlines.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/str_internal.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

struct StringIOObject : PyObject {
  Py_UCS4* buf;
  Py_ssize_t pos, string_size, buf_size;
  char ok, closed, read_universal, read_translate;
  PyObject *decoder, *read_newline, *write_newline;
  Py_ssize_t reserved[3];
  PyObject *dict, *weakreflist;
};
static_assert(sizeof(StringIOObject) == 120 && offsetof(StringIOObject, dict) == 104);

Status checkOpen(StringIOObject* self) {
  if (!self->ok) return raise(PyExc_ValueError, "I/O operation on uninitialized object");
  if (self->closed) return raise(PyExc_ValueError, "I/O operation on closed file");
  return {};
}

Status reserve(StringIOObject* self, Py_ssize_t size) {
  if (size <= self->buf_size) return {};
  if (size > PY_SSIZE_T_MAX / 8) return raise(PyExc_OverflowError, "new buffer size too large");
  Py_ssize_t room = size + (size >> 3) + 16;
  auto* grown = static_cast<Py_UCS4*>(memRealloc(self->buf, static_cast<size_t>(room) * sizeof(Py_UCS4)));
  if (!grown) return raiseNoMemory();
  self->buf = grown;
  self->buf_size = room;
  return {};
}

Result<Ref<StrObject>> slice(StringIOObject* self, Py_ssize_t start, Py_ssize_t end) {
  return strFromUcs4(self->buf + start, end - start);
}

Status writeChars(StringIOObject* self, const StrObject* text) {
  Py_ssize_t size = text->size();
  if (self->pos > PY_SSIZE_T_MAX - size) return raise(PyExc_OverflowError, "new position too large");
  Py_ssize_t end = self->pos + size;
  TRY(reserve(self, end));
  if (self->pos > self->string_size) {
    std::memset(self->buf + self->string_size, 0,
                static_cast<size_t>(self->pos - self->string_size) * sizeof(Py_UCS4));
  }
  copyUnits(4, self->buf, self->pos, text->kind(), text->data(), 0, size);
  self->pos = end;
  self->string_size = std::max(self->string_size, end);
  return {};
}

Status writeText(StringIOObject* self, StrObject* given) {
  Ref<StrObject> text = share(given);
  if (self->decoder) text = TRY(newlineDecode(cast<NewlineDecoderObject>(self->decoder), given, true));
  if (self->write_newline) {
    Ref<StrObject> newline = TRY(strLiteral("\n"));
    text = TRY(strReplace(text, newline, cast<StrObject>(self->write_newline), -1));
  }
  return writeChars(self, text);
}

Result<Ref<>> sioWrite(StringIOObject* self, PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "string argument expected, got '%s'", typeName(text));
  TRY(checkOpen(self));
  auto* str = cast<StrObject>(text);
  if (str->size() > 0) TRY(writeText(self, str));
  return Ref<>(TRY(intFromLong(str->size())));
}

Result<Ref<>> sioRead(StringIOObject* self, SizeArg size) {
  TRY(checkOpen(self));
  Py_ssize_t available = std::max<Py_ssize_t>(self->string_size - self->pos, 0);
  Py_ssize_t count = size.value < 0 ? available : std::min(size.value, available);
  if (count == 0) return Ref<>(emptyStr());
  Ref<StrObject> text = TRY(slice(self, self->pos, self->pos + count));
  self->pos += count;
  return text;
}

// One past the end of the line at the position.
Py_ssize_t lineStop(StringIOObject* self) {
  const Py_UCS4* at = self->buf + self->pos;
  const Py_UCS4* end = self->buf + self->string_size;
  auto* terminator = static_cast<StrObject*>(self->read_newline);
  for (const Py_UCS4* p = at; p < end; p++) {
    if (self->read_universal && !self->read_translate) {
      if (*p == '\n') return p + 1 - self->buf;
      if (*p == '\r') return (p + 1 < end && p[1] == '\n' ? p + 2 : p + 1) - self->buf;
    } else if (self->read_translate || !terminator) {
      if (*p == '\n') return p + 1 - self->buf;
    } else if (*p == terminator->at(0)) {
      if (terminator->size() == 1) return p + 1 - self->buf;
      if (p + 1 < end && p[1] == terminator->at(1)) return p + 2 - self->buf;
    }
  }
  return self->string_size;
}

Result<Ref<StrObject>> nextLine(StringIOObject* self, Py_ssize_t limit) {
  if (self->pos >= self->string_size) return emptyStr();
  Py_ssize_t stop = lineStop(self);
  if (limit >= 0) stop = std::min(stop, self->pos + limit);
  Ref<StrObject> line = TRY(slice(self, self->pos, stop));
  self->pos = stop;
  return line;
}

Result<Ref<>> sioReadline(StringIOObject* self, SizeArg size) {
  TRY(checkOpen(self));
  return Ref<>(TRY(nextLine(self, size.value < 0 ? -1 : size.value)));
}

Result<MaybeRef<>> sioNext(StringIOObject* self) {
  TRY(checkOpen(self));
  if (isExact(self, &PyStringIO_Type)) {
    Ref<StrObject> line = TRY(nextLine(self, -1));
    if (line->size() == 0) return MaybeRef<>();
    return MaybeRef<>(std::move(line));
  }
  Ref<> line = TRY(callMethod(self, name<"readline">()));
  if (!isStr(line)) {
    return raise(PyExc_OSError, "readline() should have returned a str object, not '%.200s'", typeName(line));
  }
  if (cast<StrObject>(line.get())->size() == 0) return MaybeRef<>();
  return MaybeRef<>(std::move(line));
}

Result<Ref<>> sioGetvalue(StringIOObject* self) {
  TRY(checkOpen(self));
  return Ref<>(TRY(slice(self, 0, self->string_size)));
}
Result<Py_ssize_t> sioTell(StringIOObject* self) {
  TRY(checkOpen(self));
  return self->pos;
}

Result<Py_ssize_t> sioTruncate(StringIOObject* self, PyObject* size) {
  TRY(checkOpen(self));
  Py_ssize_t wanted = size == Py_None ? self->pos : TRY(ioSize(size));
  if (wanted < 0) return raise(PyExc_ValueError, "Negative size value %zd", wanted);
  if (wanted < self->string_size) self->string_size = wanted;
  return wanted;
}

Result<Py_ssize_t> sioSeek(StringIOObject* self, Py_ssize_t position, int whence) {
  TRY(checkOpen(self));
  if (whence < 0 || whence > 2)
    return raise(PyExc_ValueError, "Invalid whence (%i, should be 0, 1 or 2)", whence);
  if (position < 0 && whence == 0) return raise(PyExc_ValueError, "Negative seek position %zd", position);
  if (whence != 0 && position != 0) return raise(PyExc_OSError, "Can't do nonzero cur-relative seeks");
  self->pos = whence == 0 ? position : whence == 1 ? self->pos : self->string_size;
  return self->pos;
}

Status sioClose(StringIOObject* self) {
  self->closed = 1;
  memFree(std::exchange(self->buf, nullptr));
  self->buf_size = self->string_size = 0;
  return {};
}
Result<bool> sioYes(StringIOObject* self) {
  TRY(checkOpen(self));
  return true;
}
Result<bool> sioClosed(StringIOObject* self) {
  if (!self->ok) return raise(PyExc_ValueError, "I/O operation on uninitialized object");
  return bool(self->closed);
}
Result<bool> sioLineBuffering(StringIOObject* self) {
  TRY(checkOpen(self));
  return false;
}
Result<Ref<>> sioNewlines(StringIOObject* self) {
  TRY(checkOpen(self));
  if (!self->decoder) return none();
  return attrGet(self->decoder, name<"newlines">());
}

Status setNewline(StringIOObject* self, PyObject* newline) {
  if (newline != Py_None && !isStr(newline)) {
    return raise(PyExc_TypeError, "newline must be str or None, not %.200s", typeName(newline));
  }
  Opt<StrObject> text = newline == Py_None ? Opt<StrObject>() : Opt<StrObject>(cast<StrObject>(newline));
  TRY(newlineCheck(text, "illegal newline value: %R"));
  clearField(self->read_newline);
  clearField(self->write_newline);
  clearField(self->decoder);
  if (text) self->read_newline = share(newline).leak();
  self->read_universal = !text || text->size() == 0;
  self->read_translate = !text;
  // "\n" and '' need no translation on writing; None makes every line end a newline while writing.
  if (text && text->size() > 0 && text->at(0) == '\r') self->write_newline = share(newline).leak();
  if (self->read_universal) {
    self->decoder = TRY(call(static_cast<PyObject*>(&PyIncrementalNewlineDecoder_Type), Py_None,
                             boolRef(self->read_translate).get()))
                        .leak();
  }
  return {};
}

Status sioInit(StringIOObject* self, Opt<> value, Opt<> newline) {
  self->ok = 0;
  Ref<> default_newline = TRY(strLiteral("\n"));
  TRY(setNewline(self, newline ? newline.get() : default_newline.get()));
  if (value && value.get() != Py_None && !isStr(value.get())) {
    return raise(PyExc_TypeError, "initial_value must be str or None, not %.200s", typeName(value.get()));
  }
  self->pos = self->string_size = 0;
  self->closed = 0;
  if (value && value.get() != Py_None) TRY(writeText(self, cast<StrObject>(value.get())));
  self->pos = 0;
  self->ok = 1;
  return {};
}

Result<Ref<>> sioGetstate(StringIOObject* self) {
  Ref<> value = TRY(sioGetvalue(self));
  Ref<> newline = self->read_newline ? share(self->read_newline) : none();
  Ref<IntObject> position = TRY(intFromLong(self->pos));
  Ref<> dict = self->dict ? Ref<>(TRY(dictCopy(cast<DictObject>(self->dict)))) : none();
  return Ref<>(TRY(tupleOf(value.get(), newline.get(), static_cast<PyObject*>(position.get()), dict.get())));
}

Status sioSetstate(StringIOObject* self, PyObject* state) {
  if (self->closed) return raise(PyExc_ValueError, "__setstate__ on closed file");
  if (!isTuple(state) || cast<TupleObject>(state)->size() < 4) {
    return raise(PyExc_TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s",
                 typeName(self), typeName(state));
  }
  auto* parts = cast<TupleObject>(state);
  Ref<> held = share(state);
  TRY(sioInit(self, nullptr, parts->at(1)));
  if (!isStr(parts->at(0)))
    return raise(PyExc_TypeError, "initial_value must be str or None, not %.200s", typeName(parts->at(0)));
  TRY(writeChars(self, cast<StrObject>(parts->at(0))));  // was translated when it was written first
  if (!isInt(parts->at(2)))
    return raise(PyExc_TypeError, "third item of state must be an integer, got %.200s",
                 typeName(parts->at(2)));
  Py_ssize_t position = TRY(asSsize(parts->at(2), PyExc_OverflowError));
  if (position < 0) return raise(PyExc_ValueError, "position value cannot be negative");
  self->pos = position;
  if (parts->at(3) == Py_None) return {};
  if (!isDict(parts->at(3)))
    return raise(PyExc_TypeError, "fourth item of state should be a dict, got a %.200s",
                 typeName(parts->at(3)));
  if (self->dict) return dictUpdate(cast<DictObject>(self->dict), parts->at(3));
  setField(self->dict, share(parts->at(3)));
  return {};
}

void sioDealloc(PyObject* object) {
  auto* self = cast<StringIOObject>(object);
  if (!ioDeallocBegin(object, self->weakreflist)) return;
  self->ok = 0;
  memFree(std::exchange(self->buf, nullptr));
  clearField(self->read_newline);
  clearField(self->write_newline);
  clearField(self->decoder);
  clearField(self->dict);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int sioTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<StringIOObject>(self)->dict);
}
int sioClear(PyObject* self) {
  clearField(cast<StringIOObject>(self)->dict);
  return 0;
}

constinit PyMethodDef kStringIOMethods[] = {
    method<"close($self, /)", sioClose, "Forget the contents.">,
    method<"getvalue($self, /)", sioGetvalue, "The whole contents.">,
    method<"read($self, size=-1, /)", sioRead, "Read at most size characters.">,
    method<"readline($self, size=-1, /)", sioReadline, "Read a line.">,
    method<"tell($self, /)", sioTell, "The position.">,
    method<"truncate($self, pos=None, /)", sioTruncate, "Cut the contents.">,
    method<"seek($self, pos, whence=0, /)", sioSeek, "Move the position.">,
    method<"write($self, s, /)", sioWrite, "Write a string; returns its length.">,
    method<"seekable($self, /)", sioYes, "True while open.">,
    method<"readable($self, /)", sioYes, "True while open.">,
    method<"writable($self, /)", sioYes, "True while open.">,
    method<"!__getstate__($self)", sioGetstate>,
    method<"!__setstate__($self, state, /)", sioSetstate>,
    {}};
constinit PyGetSetDef kStringIOGetSet[] = {getset<"closed", sioClosed>,
                                           getset<"newlines", sioNewlines>,
                                           getset<"line_buffering", sioLineBuffering>,
                                           {}};

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyStringIO_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.StringIO",
    .tp_basicsize = sizeof(StringIOObject),
    .tp_dealloc = sioDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"StringIO(initial_value='', newline='\\n')", "A text file in memory.">,
    .tp_traverse = sioTraverse,
    .tp_clear = sioClear,
    .tp_weaklistoffset = offsetof(StringIOObject, weakreflist),
    .tp_iternext = slot<sioNext>,
    .tp_methods = kStringIOMethods,
    .tp_getset = kStringIOGetSet,
    .tp_base = &PyTextIOBase_Type,
    .tp_dictoffset = offsetof(StringIOObject, dict),
    .tp_init = initSlot<"StringIO(initial_value=<unrepresentable>, newline=<unrepresentable>)", sioInit>,
    .tp_new = slot<ioBaseNew>};
