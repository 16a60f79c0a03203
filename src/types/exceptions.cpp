// BaseException, the exceptions that add nothing to it, and access to exception objects from C++.
#include "types/exceptions.h"

#include "core/call.h"
#include "core/interpreter.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/bare_type_name.h"
#include "types/bool.h"
#include "types/exceptions_impl.h"
#include "types/list.h"
#include "types/traceback.h"
#include "types/type.h"

namespace krait {
namespace exceptions {

// --- BaseException -----------------------------------------------------------------------------------------

Result<Ref<>> baseNew(PyTypeObject* type, PyObject* args, Opt<>) {
  Ref<ExceptionObject> self = TRY(typeAlloc<ExceptionObject>(type));
  self->args = share(args).leak();
  return self;
}

Status baseInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  if (kwargs && cast<DictObject>(kwargs.get())->size() > 0)
    return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", typeName(self));
  setField(self->args, Ref<>::share(args));
  return {};
}

int baseTraverse(ExceptionObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, self->dict, self->args, self->notes, self->traceback, self->cause,
                  self->context);
}

void baseClear(ExceptionObject* self) {
  for (PyObject** field :
       {&self->dict, &self->args, &self->notes, &self->traceback, &self->cause, &self->context})
    clearField(*field);
}

void baseFree(ExceptionObject* self) { objectFreeMemory(self); }

Result<Ref<StrObject>> baseStr(ExceptionObject* self) {
  auto args = share(argsOf(self));
  if (args->size() == 0) return emptyStr();
  if (args->size() > 1) return objectStr(args.get());
  auto only = share(args->at(0));
  return objectStr(only.get());
}

namespace {

Result<Ref<StrObject>> baseRepr(ExceptionObject* self) {
  const char* short_name = bareTypeName(self);
  auto args = share(argsOf(self));
  if (args->size() == 1) return strFormat("%s(%R)", short_name, args->at(0));
  return strFormat("%s%R", short_name, args.get());
}

}  // namespace

Result<Ref<>> baseReduce(ExceptionObject* self) {
  auto* type = reinterpret_cast<PyObject*>(typeOf(self));
  if (self->args && self->dict) return TRY(tupleOf(type, self->args, self->dict));
  return TRY(tupleOf(type, self->args));
}

namespace {

Result<Ref<>> setState(ExceptionObject* self, PyObject* state) {
  if (state == Py_None) return none();
  if (!isDict(state)) return raise(PyExc_TypeError, "state is not a dictionary");
  Py_ssize_t position = 0;
  PyObject *key, *value;
  auto keep = share(state);
  while (dictNext(cast<DictObject>(state), &position, &key, &value)) {
    auto own_key = share(key);
    auto own_value = share(value);
    TRY(attrSet(self, own_key.get(), own_value.get()));
  }
  return none();
}

Result<Ref<>> withTraceback(ExceptionObject* self, PyObject* traceback) {
  TRY(exceptionSetTraceback(self, traceback));
  return Ref<>::share(self);
}

Result<Ref<>> addNote(ExceptionObject* self, PyObject* note) {
  if (!isStr(note)) return raise(PyExc_TypeError, "note must be a str, not '%s'", typeName(note));
  MaybeRef<> notes = TRY(attrLookup(self, name<"__notes__">()));
  if (!notes) {
    notes = TRY(listNew());
    TRY(attrSet(self, name<"__notes__">(), notes.get()));
  }
  if (!isList(notes.get())) return raise(PyExc_TypeError, "Cannot add note: __notes__ is not a list");
  TRY(listAppend(cast<ListObject>(notes.get()), note));
  return none();
}

Ref<> orNone(PyObject* field) { return field ? share(field) : none(); }

Result<Ref<>> getArgs(ExceptionObject* self) { return orNone(self->args); }
Status setArgs(ExceptionObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "args may not be deleted");
  Ref<TupleObject> tuple = TRY(sequenceTuple(value.get()));
  setField(self->args, std::move(tuple));
  return {};
}

Result<Ref<>> getTraceback(ExceptionObject* self) { return orNone(self->traceback); }
Status setTraceback(ExceptionObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "__traceback__ may not be deleted");
  return exceptionSetTraceback(self, value);
}

Result<MaybeRef<>> exceptionOrNone(Opt<> value, const char* deleted, const char* wrong) {
  if (!value) return raise(PyExc_TypeError, "%s", deleted);
  if (value.get() == Py_None) return MaybeRef<>();
  if (!isExceptionInstance(value.get())) return raise(PyExc_TypeError, "%s", wrong);
  return MaybeRef<>::share(value.get());
}

Result<Ref<>> getContext(ExceptionObject* self) { return orNone(self->context); }
Status setContext(ExceptionObject* self, Opt<> value) {
  MaybeRef<> context = TRY(exceptionOrNone(value, "__context__ may not be deleted",
                                           "exception context must be None or derive from BaseException"));
  PyObject* old = std::exchange(self->context, std::move(context).leak());
  xdecref(old);
  return {};
}

Result<Ref<>> getCause(ExceptionObject* self) { return orNone(self->cause); }
Status setCause(ExceptionObject* self, Opt<> value) {
  MaybeRef<> cause = TRY(exceptionOrNone(value, "__cause__ may not be deleted",
                                         "exception cause must be None or derive from BaseException"));
  exceptionSetCause(self, std::move(cause));
  return {};
}

constinit PyMethodDef kBaseMethods[] = {
    method<"!__reduce__($self, /)", baseReduce>,
    method<"!__setstate__($self, state, /)", setState>,
    method<"!with_traceback($self, traceback, /)", withTraceback, "Set self.__traceback__ and return self.">,
    method<"!add_note($self, note, /)", addNote, "Add a note that is shown with the traceback.">,
    {}};
constinit PyGetSetDef kBaseGetSet[] = {
    getset<"__dict__", genericGetDict, genericSetDict>,
    getset<"args", getArgs, setArgs>,
    getset<"__traceback__", getTraceback, setTraceback>,
    getset<"__context__", getContext, setContext, "The exception that was being handled.">,
    getset<"__cause__", getCause, setCause, "The exception given after `from`.">,
    {}};
constinit PyMemberDef kBaseMembers[] = {
    {"__suppress_context__", T_BOOL, offsetof(ExceptionObject, suppress_context), 0, nullptr}, {}};

}  // namespace
}  // namespace exceptions
}  // namespace krait

using namespace krait;
using namespace krait::exceptions;

KR_EXCEPTION_TYPE(BaseException, , ExceptionObject, .tp_dealloc = Fields<0>::dealloc,
                  .tp_repr = slot<baseRepr>, .tp_str = slot<baseStr>, .tp_getattro = slot<genericGetAttr>,
                  .tp_setattro = slot<genericSetAttr>, .tp_flags = kFlags,
                  .tp_doc = "Common base class of all exceptions.", .tp_traverse = Fields<0>::traverse,
                  .tp_clear = Fields<0>::clear, .tp_methods = kBaseMethods, .tp_members = kBaseMembers,
                  .tp_getset = kBaseGetSet, .tp_dictoffset = offsetof(ExceptionObject, dict),
                  .tp_init = slot<baseInit>, .tp_new = slot<baseNew>)

#define SIMPLE(Name, Base, Doc)                                                                        \
  extern "C" PyTypeObject _PyExc_##Base;                                                               \
  KR_EXCEPTION_TYPE(Name, Base, ExceptionObject, .tp_dealloc = Fields<0>::dealloc, .tp_flags = kFlags, \
                    .tp_doc = Doc, .tp_traverse = Fields<0>::traverse, .tp_clear = Fields<0>::clear,   \
                    .tp_base = &_PyExc_##Base, .tp_dictoffset = offsetof(ExceptionObject, dict),       \
                    .tp_init = slot<baseInit>, .tp_new = slot<baseNew>)
#include "types/exceptions.def"
#undef SIMPLE

extern "C" PyTypeObject _PyExc_OSError;
KR_EXPORT constinit PyObject* PyExc_EnvironmentError = &_PyExc_OSError;
KR_EXPORT constinit PyObject* PyExc_IOError = &_PyExc_OSError;

namespace krait {

// --- access from C++ ---------------------------------------------------------------------------------------

bool isExceptionClass(const PyObject* o) {
  return isType(o) && hasFlag(reinterpret_cast<const PyTypeObject*>(o), Py_TPFLAGS_BASE_EXC_SUBCLASS);
}

Result<Ref<>> exceptionNew(PyObject* type, Opt<> value) {
  auto make = [&]() -> Result<Ref<>> {
    if (!value || value.get() == Py_None) return call(type);
    if (isTuple(value.get())) return callTupleDict(type, cast<TupleObject>(value.get()), nullptr);
    return call(type, value.get());
  };
  Ref<> made = TRY(make());
  if (isExceptionInstance(made.get())) return made;
  return raise(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %s", type,
               typeName(made.get()));
}

void exceptionSetContext(PyObject* exception, Ref<> context) {
  setField(cast<ExceptionObject>(exception)->context, std::move(context));
}

void exceptionSetCause(PyObject* exception, MaybeRef<> cause) {
  auto* self = cast<ExceptionObject>(exception);
  self->suppress_context = 1;
  PyObject* old = std::exchange(self->cause, std::move(cause).leak());
  xdecref(old);
}

Status exceptionSetTraceback(PyObject* exception, Opt<> traceback) {
  PyObject* value = traceback.get() == Py_None ? nullptr : traceback.get();
  if (value && !isTraceback(value))
    return raise(PyExc_TypeError, "__traceback__ must be a traceback or None");
  xincref(value);
  PyObject* old = std::exchange(cast<ExceptionObject>(exception)->traceback, value);
  xdecref(old);
  return {};
}

Status raiseAttributeError(PyObject* object, PyObject* attr) {
  Ref<StrObject> message = TRY(strFormat("'%.50s' object has no attribute '%U'", typeName(object), attr));
  Ref<> exception = TRY(exceptionNew(PyExc_AttributeError, message.get()));
  if (isInstanceOf(exception.get(), reinterpret_cast<PyTypeObject*>(PyExc_AttributeError))) {
    auto* error = static_cast<AttributeErrorObject*>(cast<ExceptionObject>(exception.get()));
    setField(error->obj, Ref<>::share(object));
    setField(error->name, Ref<>::share(attr));
  }
  return raiseObject(PyExc_AttributeError, exception.get());
}

Result<Ref<>> stopIterationValue() {
  if (!exceptionPending()) return none();
  MaybeRef<> taken = takePending();
  if (!taken || !isInstanceOf(taken.get(), reinterpret_cast<PyTypeObject*>(PyExc_StopIteration))) {
    if (taken) setPending(std::move(taken).take());
    return Raised{};
  }
  PyObject* value = static_cast<StopIterationObject*>(cast<ExceptionObject>(taken.get()))->value;
  return exceptions::orNone(value);
}

Raised raiseSyntaxError(PyObject* type, const char* message, PyObject* filename, int lineno, int offset,
                        int end_lineno, int end_offset, Opt<> text) {
  auto make = [&]() -> Result<Ref<>> {
    Ref<StrObject> msg = TRY(strFromUtf8(message));
    Ref<> line = TRY(intObject(lineno)), column = TRY(intObject(offset));
    Ref<> end_line = TRY(intObject(end_lineno)), end_column = TRY(intObject(end_offset));
    Ref<TupleObject> where = TRY(
        tupleOf(filename, line.get(), column.get(), text.orElse(Py_None), end_line.get(), end_column.get()));
    return TRY(tupleOf(msg.get(), where.get()));
  };
  auto args = make();
  if (args.failed()) return {};
  Ref<> owned = std::move(args).take();
  return raiseObject(type, owned.get());
}

// --- builtins ----------------------------------------------------------------------------------------------

namespace {

// In the order of vars(builtins): level by level of the hierarchy.
constexpr PyObject* const* kBuiltinExceptions[] = {&PyExc_BaseException,
                                                   &PyExc_BaseExceptionGroup,
                                                   &PyExc_Exception,
                                                   &PyExc_GeneratorExit,
                                                   &PyExc_KeyboardInterrupt,
                                                   &PyExc_SystemExit,
                                                   &PyExc_ArithmeticError,
                                                   &PyExc_AssertionError,
                                                   &PyExc_AttributeError,
                                                   &PyExc_BufferError,
                                                   &PyExc_EOFError,
                                                   &PyExc_ImportError,
                                                   &PyExc_LookupError,
                                                   &PyExc_MemoryError,
                                                   &PyExc_NameError,
                                                   &PyExc_OSError,
                                                   &PyExc_ReferenceError,
                                                   &PyExc_RuntimeError,
                                                   &PyExc_StopAsyncIteration,
                                                   &PyExc_StopIteration,
                                                   &PyExc_SyntaxError,
                                                   &PyExc_SystemError,
                                                   &PyExc_TypeError,
                                                   &PyExc_ValueError,
                                                   &PyExc_Warning,
                                                   &PyExc_FloatingPointError,
                                                   &PyExc_OverflowError,
                                                   &PyExc_ZeroDivisionError,
                                                   &PyExc_BytesWarning,
                                                   &PyExc_DeprecationWarning,
                                                   &PyExc_EncodingWarning,
                                                   &PyExc_FutureWarning,
                                                   &PyExc_ImportWarning,
                                                   &PyExc_PendingDeprecationWarning,
                                                   &PyExc_ResourceWarning,
                                                   &PyExc_RuntimeWarning,
                                                   &PyExc_SyntaxWarning,
                                                   &PyExc_UnicodeWarning,
                                                   &PyExc_UserWarning,
                                                   &PyExc_BlockingIOError,
                                                   &PyExc_ChildProcessError,
                                                   &PyExc_ConnectionError,
                                                   &PyExc_FileExistsError,
                                                   &PyExc_FileNotFoundError,
                                                   &PyExc_InterruptedError,
                                                   &PyExc_IsADirectoryError,
                                                   &PyExc_NotADirectoryError,
                                                   &PyExc_PermissionError,
                                                   &PyExc_ProcessLookupError,
                                                   &PyExc_TimeoutError,
                                                   &PyExc_IndentationError,
                                                   &PyExc_IndexError,
                                                   &PyExc_KeyError,
                                                   &PyExc_ModuleNotFoundError,
                                                   &PyExc_NotImplementedError,
                                                   &PyExc_RecursionError,
                                                   &PyExc_UnboundLocalError,
                                                   &PyExc_UnicodeError,
                                                   &PyExc_BrokenPipeError,
                                                   &PyExc_ConnectionAbortedError,
                                                   &PyExc_ConnectionRefusedError,
                                                   &PyExc_ConnectionResetError,
                                                   &PyExc_TabError,
                                                   &PyExc_UnicodeDecodeError,
                                                   &PyExc_UnicodeEncodeError,
                                                   &PyExc_UnicodeTranslateError};

Status addType(DictObject* builtins, PyObject* type) {
  TRY(typeReady(reinterpret_cast<PyTypeObject*>(type)));
  return dictSet(builtins, reinterpret_cast<PyTypeObject*>(type)->tp_name, type);
}

}  // namespace

Status exceptionsAddTo(DictObject* builtins) {
  for (PyObject* const* type : kBuiltinExceptions) TRY(addType(builtins, *type));
  exceptionsPrepareMemoryErrors();
  PyTypeObject* group = TRY(exceptionGroupType());
  TRY(dictSet(builtins, "ExceptionGroup", reinterpret_cast<PyObject*>(group)));
  TRY(dictSet(builtins, "EnvironmentError", PyExc_EnvironmentError));
  TRY(dictSet(builtins, "IOError", PyExc_IOError));
  return {};
}

}  // namespace krait
