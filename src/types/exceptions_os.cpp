// OSError and its subclasses, chosen by errno when OSError itself is called.
#include <cerrno>

#include "core/number.h"
#include "core/object.h"
#include "types/exceptions_impl.h"
#include "types/int.h"
#include "types/type.h"

namespace krait {
namespace exceptions {
namespace {

OSErrorObject* osError(PyObject* self) { return static_cast<OSErrorObject*>(cast<ExceptionObject>(self)); }

struct OSErrorArgs {
  PyObject *number = nullptr, *text = nullptr, *filename = nullptr, *filename2 = nullptr;  // borrowed
};

// With 2 to 5 arguments: (errno, strerror[, filename[, winerror[, filename2]]]).
OSErrorArgs parseArgs(TupleObject* args) {
  OSErrorArgs parsed;
  Py_ssize_t size = args->size();
  if (size < 2 || size > 5) return parsed;
  parsed.number = args->at(0);
  parsed.text = args->at(1);
  if (size > 2) parsed.filename = args->at(2);
  if (size > 4) parsed.filename2 = args->at(4);
  return parsed;
}

extern PyTypeObject* const kBlockingIOError;

void keep(PyObject*& field, PyObject* value) {
  xincref(value);
  PyObject* old = std::exchange(field, value);
  xdecref(old);
}

// A number in place of BlockingIOError's filename is the count of characters written.
Status keepFilename(OSErrorObject* self, const OSErrorArgs& parsed, Ref<TupleObject>& args) {
  if (!parsed.filename || parsed.filename == Py_None) return {};
  if (isExact(self, kBlockingIOError) && isNumber(parsed.filename)) {
    self->written = TRY(asSsize(parsed.filename, PyExc_ValueError));
    return {};
  }
  keep(self->filename, parsed.filename);
  if (parsed.filename2 && parsed.filename2 != Py_None) keep(self->filename2, parsed.filename2);
  args = TRY(tupleSlice(args, 0, 2));  // file names do not show in `args`
  return {};
}

Status fill(OSErrorObject* self, TupleObject* given) {
  OSErrorArgs parsed = parseArgs(given);
  auto args = share(given);
  TRY(keepFilename(self, parsed, args));
  keep(self->myerrno, parsed.number);
  keep(self->strerror, parsed.text);
  setField(self->args, std::move(args));
  return {};
}

Status refuse(const char* type_name, Opt<> kwargs) {
  if (!kwargs || cast<DictObject>(kwargs.get())->size() == 0) return {};
  return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", type_name);
}

Result<Ref<>> osErrorNew(PyTypeObject* type, PyObject* args, Opt<> kwargs);
Status osErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs);
bool initialisedByInit(PyTypeObject* type);

Result<Ref<StrObject>> osErrorStr(ExceptionObject* base) {
  OSErrorObject* self = osError(base);
  auto or_none = [](PyObject* o) { return o ? share(o) : none(); };
  Ref<> number = or_none(self->myerrno), text = or_none(self->strerror);
  if (self->filename && self->filename2)
    return strFormat("[Errno %S] %S: %R -> %R", number.get(), text.get(), self->filename, self->filename2);
  if (self->filename) return strFormat("[Errno %S] %S: %R", number.get(), text.get(), self->filename);
  if (self->myerrno && self->strerror) return strFormat("[Errno %S] %S", number.get(), text.get());
  return baseStr(base);
}

Result<Ref<>> osErrorReduce(ExceptionObject* base) {
  OSErrorObject* self = osError(base);
  auto args = share(argsOf(self));
  if (args->size() == 2 && self->filename) {
    if (self->filename2)
      args = TRY(tupleOf(args->at(0), args->at(1), self->filename, Py_None, self->filename2));
    else
      args = TRY(tupleOf(args->at(0), args->at(1), self->filename));
  }
  auto* type = reinterpret_cast<PyObject*>(typeOf(self));
  if (self->dict) return TRY(tupleOf(type, args.get(), self->dict));
  return TRY(tupleOf(type, args.get()));
}

Result<Ref<>> getWritten(ExceptionObject* self) {
  if (osError(self)->written == -1) return raise(PyExc_AttributeError, "characters_written");
  return TRY(intFromLong(osError(self)->written));
}
Status setWritten(ExceptionObject* self, Opt<> value) {
  if (!value && osError(self)->written == -1) return raise(PyExc_AttributeError, "characters_written");
  osError(self)->written = value ? TRY(asSsize(value.get(), PyExc_ValueError)) : -1;
  return {};
}

constinit PyMemberDef kOSErrorMembers[] = {
    {"errno", T_OBJECT, offsetof(OSErrorObject, myerrno), 0, "The errno of the exception."},
    KR_MEMBER(OSErrorObject, strerror, T_OBJECT, 0),
    KR_MEMBER(OSErrorObject, filename, T_OBJECT, 0),
    KR_MEMBER(OSErrorObject, filename2, T_OBJECT, 0),
    {}};
constinit PyMethodDef kOSErrorMethods[] = {method<"!__reduce__($self, /)", osErrorReduce>, {}};
constinit PyGetSetDef kOSErrorGetSet[] = {getset<"characters_written", getWritten, setWritten>, {}};

}  // namespace
}  // namespace exceptions
}  // namespace krait

using namespace krait;
using namespace krait::exceptions;

extern "C" PyTypeObject _PyExc_Exception;

KR_EXCEPTION_TYPE(OSError, Exception, OSErrorObject, .tp_dealloc = Fields<4>::dealloc,
                  .tp_str = slot<osErrorStr>, .tp_flags = kFlags,
                  .tp_doc = "Base class of I/O related errors.", .tp_traverse = Fields<4>::traverse,
                  .tp_clear = Fields<4>::clear, .tp_methods = kOSErrorMethods, .tp_members = kOSErrorMembers,
                  .tp_getset = kOSErrorGetSet, .tp_base = &_PyExc_Exception, .tp_init = slot<osErrorInit>,
                  .tp_new = slot<osErrorNew>)

#define KR_OS(Name, Base, Doc)                                                                       \
  KR_EXCEPTION_TYPE(Name, Base, OSErrorObject, .tp_dealloc = Fields<4>::dealloc, .tp_flags = kFlags, \
                    .tp_doc = Doc, .tp_traverse = Fields<4>::traverse, .tp_clear = Fields<4>::clear, \
                    .tp_base = &_PyExc_##Base, .tp_init = slot<osErrorInit>)
KR_OS(BlockingIOError, OSError, "I/O operation would block.")
KR_OS(ChildProcessError, OSError, "Child process error.")
KR_OS(ConnectionError, OSError, "Connection error.")
KR_OS(BrokenPipeError, ConnectionError, "Broken pipe.")
KR_OS(ConnectionAbortedError, ConnectionError, "Connection aborted.")
KR_OS(ConnectionRefusedError, ConnectionError, "Connection refused.")
KR_OS(ConnectionResetError, ConnectionError, "Connection reset.")
KR_OS(FileExistsError, OSError, "File already exists.")
KR_OS(FileNotFoundError, OSError, "File not found.")
KR_OS(InterruptedError, OSError, "Interrupted by a signal.")
KR_OS(IsADirectoryError, OSError, "Operation does not work on directories.")
KR_OS(NotADirectoryError, OSError, "Operation works on directories only.")
KR_OS(PermissionError, OSError, "Not enough permissions.")
KR_OS(ProcessLookupError, OSError, "Process not found.")
KR_OS(TimeoutError, OSError, "Timeout expired.")

namespace krait::exceptions {
namespace {

PyTypeObject* const kBlockingIOError = &_PyExc_BlockingIOError;

PyTypeObject* typeForErrno(long number) {
  switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS: return &_PyExc_BlockingIOError;
    case EPIPE:
    case ESHUTDOWN: return &_PyExc_BrokenPipeError;
    case ECHILD: return &_PyExc_ChildProcessError;
    case ECONNABORTED: return &_PyExc_ConnectionAbortedError;
    case ECONNREFUSED: return &_PyExc_ConnectionRefusedError;
    case ECONNRESET: return &_PyExc_ConnectionResetError;
    case EEXIST: return &_PyExc_FileExistsError;
    case ENOENT: return &_PyExc_FileNotFoundError;
    case EISDIR: return &_PyExc_IsADirectoryError;
    case ENOTDIR: return &_PyExc_NotADirectoryError;
    case EINTR: return &_PyExc_InterruptedError;
    case EACCES:
    case EPERM: return &_PyExc_PermissionError;
    case ESRCH: return &_PyExc_ProcessLookupError;
    case ETIMEDOUT: return &_PyExc_TimeoutError;
    default: return &_PyExc_OSError;
  }
}

// A subclass with an __init__ but no __new__ of its own may have another signature: then __init__ does all
// the work, otherwise __new__ does.
bool initialisedByInit(PyTypeObject* type) {
  return type->tp_init != _PyExc_OSError.tp_init && type->tp_new == _PyExc_OSError.tp_new;
}

Result<Ref<>> osErrorNew(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  bool later = initialisedByInit(type);
  if (!later) {
    TRY(refuse(type->tp_name, kwargs));
    PyObject* number = parseArgs(cast<TupleObject>(args)).number;
    long value;
    if (type == &_PyExc_OSError && number && isInt(number) && intFitsLong(cast<IntObject>(number), &value))
      type = typeForErrno(value);
  }
  Ref<OSErrorObject> self = TRY(typeAlloc<OSErrorObject>(type));
  self->written = -1;
  self->args = emptyTuple().leak();
  if (!later) TRY(fill(self, cast<TupleObject>(args)));
  return self;
}

Status osErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  if (!initialisedByInit(typeOf(self))) return {};
  TRY(refuse(typeName(self), kwargs));
  return fill(osError(self), cast<TupleObject>(args));
}

}  // namespace
}  // namespace krait::exceptions
