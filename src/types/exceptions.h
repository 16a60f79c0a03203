// The exception objects' layouts and access. The type objects themselves are named PyExc_* (core/errors.h).
#pragma once

#include "core/errors.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

struct DictObject;

struct ExceptionObject : PyObject {
  PyObject *dict, *args, *notes, *traceback, *context, *cause;
  char suppress_context;
};
static_assert(sizeof(ExceptionObject) == 72);
struct ExceptionGroupObject : ExceptionObject {
  PyObject *msg, *excs;
};
struct SyntaxErrorObject : ExceptionObject {
  PyObject *msg, *filename, *lineno, *offset, *end_lineno, *end_offset, *text, *print_file_and_line;
};
struct ImportErrorObject : ExceptionObject {
  PyObject *msg, *name, *path;
};
struct UnicodeErrorObject : ExceptionObject {
  PyObject *encoding, *object;
  Py_ssize_t start, end;
  PyObject* reason;
};
struct SystemExitObject : ExceptionObject {
  PyObject* code;
};
struct OSErrorObject : ExceptionObject {
  PyObject *myerrno, *strerror, *filename, *filename2;
  Py_ssize_t written;
};
struct StopIterationObject : ExceptionObject {
  PyObject* value;
};
struct NameErrorObject : ExceptionObject {
  PyObject* name;
};
struct AttributeErrorObject : ExceptionObject {
  PyObject *obj, *name;
};

inline bool isExceptionInstance(const PyObject* o) {
  return hasFlag(typeOf(o), Py_TPFLAGS_BASE_EXC_SUBCLASS);
}
bool isExceptionClass(const PyObject* o);
Result<Ref<>> exceptionNew(PyObject* type, Opt<> value);  // instance as `raise type(value)` makes it
void exceptionSetContext(PyObject* exception, Ref<> context);
void exceptionSetCause(PyObject* exception, MaybeRef<> cause);
Status exceptionSetTraceback(PyObject* exception, Opt<> traceback);
Status raiseAttributeError(PyObject* object,
                           PyObject* name);  // "'X' object has no attribute 'y'" with obj and name set
Result<Ref<>> stopIterationValue();  // consumes a pending StopIteration: its value (None if none pending)
// Puts all exceptions (and their old names) into builtins.__dict__; makes ExceptionGroup, which is a heap
// type.
Status exceptionsAddTo(DictObject* builtins);
Result<PyTypeObject*> exceptionGroupType();
void exceptionsPrepareMemoryErrors();  // keeps some MemoryErrors for when there is no memory
Raised raiseSyntaxError(PyObject* type, const char* message, PyObject* filename, int lineno, int offset,
                        int end_lineno, int end_offset, Opt<> text);

}  // namespace krait
