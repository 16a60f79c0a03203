// Exceptions with fields of their own: StopIteration, SystemExit, ImportError, NameError, AttributeError,
// SyntaxError; KeyError's text and MemoryError's spare objects.
#include <cstring>

#include "core/call.h"
#include "core/memory_reserve.h"
#include "core/object.h"
#include "types/exceptions_impl.h"
#include "types/free_list.h"
#include "types/int.h"

namespace krait {
namespace exceptions {

Status keywordFields(const char* function, Opt<> kwargs, const char* const* names, int count,
                     PyObject** out) {
  if (!kwargs) return {};
  auto* dict = cast<DictObject>(kwargs.get());
  if (dict->size() > count)
    return raise(PyExc_TypeError, "%.200s() takes at most %d keyword argument%s (%zd given)", function, count,
                 count == 1 ? "" : "s", dict->size());
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(dict, &position, &key, &value)) {
    if (!isStr(key)) return raise(PyExc_TypeError, "keywords must be strings");
    int i = 0;
    while (i < count && !strEqualsAscii(cast<StrObject>(key), names[i])) i++;
    if (i == count)
      return raise(PyExc_TypeError, "'%U' is an invalid keyword argument for %.200s()", key, function);
    out[i] = value;
  }
  return {};
}

namespace {

template <class T>
T* as(PyObject* self) {
  return static_cast<T*>(cast<ExceptionObject>(self));
}

void setOrClear(PyObject*& field, PyObject* value) {
  xincref(value);
  PyObject* old = std::exchange(field, value);
  xdecref(old);
}

// The only argument, None without any, the tuple of several.
Status stopIterationInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, kwargs));
  auto* tuple = cast<TupleObject>(args);
  setOrClear(as<StopIterationObject>(self)->value, tuple->size() > 0 ? tuple->at(0) : Py_None);
  return {};
}

Status systemExitInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, kwargs));
  auto* tuple = cast<TupleObject>(args);
  if (tuple->size() == 0) return {};
  setOrClear(as<SystemExitObject>(self)->code, tuple->size() == 1 ? tuple->at(0) : args);
  return {};
}

// --- ImportError -------------------------------------------------------------------------------------------

constexpr const char* kImportKeywords[] = {"name", "path"};

Status importErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, nullptr));
  PyObject* fields[2] = {};
  TRY(keywordFields("ImportError", kwargs, kImportKeywords, 2, fields));
  auto* error = as<ImportErrorObject>(self);
  setOrClear(error->name, fields[0]);
  setOrClear(error->path, fields[1]);
  auto* tuple = cast<TupleObject>(args);
  setOrClear(error->msg, tuple->size() == 1 ? tuple->at(0) : nullptr);
  return {};
}

Result<Ref<StrObject>> importErrorStr(ExceptionObject* self) {
  PyObject* message = as<ImportErrorObject>(self)->msg;
  if (message && isExactStr(message)) return share(cast<StrObject>(message));
  return baseStr(self);
}

Result<Ref<>> importErrorReduce(ExceptionObject* self) {
  auto* error = as<ImportErrorObject>(self);
  auto* type = reinterpret_cast<PyObject*>(typeOf(self));
  auto args = self->args ? share(self->args) : none();
  if (!error->name && !error->path) {
    if (!self->dict) return TRY(tupleOf(type, args.get()));
    return TRY(tupleOf(type, args.get(), self->dict));
  }
  Ref<DictObject> state = TRY(self->dict ? dictCopy(cast<DictObject>(self->dict)) : dictNew());
  if (error->name) TRY(dictSet(state, "name", error->name));
  if (error->path) TRY(dictSet(state, "path", error->path));
  return TRY(tupleOf(type, args.get(), state.get()));
}

constinit PyMemberDef kImportErrorMembers[] = {KR_MEMBER(ImportErrorObject, msg, T_OBJECT, 0),
                                               KR_MEMBER(ImportErrorObject, name, T_OBJECT, 0),
                                               KR_MEMBER(ImportErrorObject, path, T_OBJECT, 0),
                                               {}};
constinit PyMethodDef kImportErrorMethods[] = {method<"!__reduce__($self, /)", importErrorReduce>, {}};

// --- NameError, AttributeError -----------------------------------------------------------------------------

constexpr const char* kNameKeywords[] = {"name"};
constexpr const char* kAttributeKeywords[] = {"name", "obj"};

Status nameErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, nullptr));
  PyObject* fields[1] = {};
  TRY(keywordFields("NameError", kwargs, kNameKeywords, 1, fields));
  setOrClear(as<NameErrorObject>(self)->name, fields[0]);
  return {};
}

Status attributeErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, nullptr));
  PyObject* fields[2] = {};
  TRY(keywordFields("AttributeError", kwargs, kAttributeKeywords, 2, fields));
  setOrClear(as<AttributeErrorObject>(self)->name, fields[0]);
  setOrClear(as<AttributeErrorObject>(self)->obj, fields[1]);
  return {};
}

constinit PyMemberDef kNameErrorMembers[] = {KR_MEMBER(NameErrorObject, name, T_OBJECT, 0), {}};
constinit PyMemberDef kAttributeErrorMembers[] = {KR_MEMBER(AttributeErrorObject, name, T_OBJECT, 0),
                                                  KR_MEMBER(AttributeErrorObject, obj, T_OBJECT, 0),
                                                  {}};
constinit PyMemberDef kStopIterationMembers[] = {KR_MEMBER(StopIterationObject, value, T_OBJECT, 0), {}};
constinit PyMemberDef kSystemExitMembers[] = {KR_MEMBER(SystemExitObject, code, T_OBJECT, 0), {}};

// --- SyntaxError -------------------------------------------------------------------------------------------

Status syntaxErrorWhere(SyntaxErrorObject* self, PyObject* info) {
  Ref<TupleObject> where = TRY(sequenceTuple(info));
  Py_ssize_t size = where->size();
  if (size < 4) return raise(PyExc_TypeError, "function takes at least 4 arguments (%zd given)", size);
  if (size > 6) return raise(PyExc_TypeError, "function takes at most 6 arguments (%zd given)", size);
  PyObject** targets[] = {&self->filename, &self->lineno,     &self->offset,
                          &self->text,     &self->end_lineno, &self->end_offset};
  setOrClear(self->end_lineno, nullptr);
  setOrClear(self->end_offset, nullptr);
  for (Py_ssize_t i = 0; i < size; i++) setOrClear(*targets[i], where->at(i));
  if (size == 5) return raise(PyExc_TypeError, "end_offset must be provided when end_lineno is provided");
  return {};
}

Status syntaxErrorInit(ExceptionObject* self, PyObject* args, Opt<> kwargs) {
  TRY(baseInit(self, args, kwargs));
  auto* tuple = cast<TupleObject>(args);
  auto* error = as<SyntaxErrorObject>(self);
  if (tuple->size() >= 1) setOrClear(error->msg, tuple->at(0));
  if (tuple->size() == 2) return syntaxErrorWhere(error, tuple->at(1));
  return {};
}

Result<Ref<StrObject>> baseName(StrObject* path) {
  Py_ssize_t slash = strFindChar(path, '/', 0, path->size(), -1);
  return strSubstring(path, slash + 1, path->size());
}

Result<Ref<StrObject>> syntaxErrorStr(ExceptionObject* self) {
  auto* error = as<SyntaxErrorObject>(self);
  auto message = error->msg ? share(error->msg) : none();
  MaybeRef<StrObject> file;
  if (error->filename && isStr(error->filename)) file = TRY(baseName(cast<StrObject>(error->filename)));
  bool has_line = error->lineno && isExactInt(error->lineno);
  if (!file && !has_line) return objectStr(message.get());
  int overflow;
  long line = has_line ? intAsLongAndOverflow(cast<IntObject>(error->lineno), &overflow) : 0;
  if (file && has_line) return strFormat("%S (%U, line %ld)", message.get(), file.get(), line);
  if (file) return strFormat("%S (%U)", message.get(), file.get());
  return strFormat("%S (line %ld)", message.get(), line);
}

constinit PyMemberDef kSyntaxErrorMembers[] = {KR_MEMBER(SyntaxErrorObject, msg, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, filename, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, lineno, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, offset, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, text, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, end_lineno, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, end_offset, T_OBJECT, 0),
                                               KR_MEMBER(SyntaxErrorObject, print_file_and_line, T_OBJECT, 0),
                                               {}};

// --- KeyError, MemoryError ---------------------------------------------------------------------------------

// A lone key is shown by its repr: '' would look like no message at all.
Result<Ref<StrObject>> keyErrorStr(ExceptionObject* self) {
  auto args = share(argsOf(self));
  if (args->size() == 1) return objectRepr(args->at(0));
  return baseStr(self);
}

Reserve<ExceptionObject, 16> spare_memory_errors;

// An object kept for when there is no memory left, ready to use.
ExceptionObject* takeSpare() {
  ExceptionObject* self = spare_memory_errors.pop();
  if (!self) return nullptr;
  self->ob_refcnt = 1;
  self->suppress_context = 0;
  self->args = emptyTuple().leak();
  gcTrack(self);
  return self;
}

Result<Ref<>> memoryErrorNew(PyTypeObject* type, PyObject* args, Opt<> kwargs);
void memoryErrorDealloc(PyObject* object);

}  // namespace
}  // namespace exceptions
}  // namespace krait

using namespace krait;
using namespace krait::exceptions;

extern "C" PyTypeObject _PyExc_BaseException, _PyExc_Exception, _PyExc_LookupError;

#define KR_REST(kFields, Base) .tp_traverse = Fields<kFields>::traverse, .tp_clear = Fields<kFields>::clear

KR_EXCEPTION_TYPE(StopIteration, Exception, StopIterationObject, .tp_dealloc = Fields<1>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Signal the end from iterator.__next__().",
                  KR_REST(1, Exception), .tp_members = kStopIterationMembers, .tp_base = &_PyExc_Exception,
                  .tp_init = slot<stopIterationInit>)
KR_EXCEPTION_TYPE(SystemExit, BaseException, SystemExitObject, .tp_dealloc = Fields<1>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Request to exit from the interpreter.",
                  KR_REST(1, BaseException), .tp_members = kSystemExitMembers,
                  .tp_base = &_PyExc_BaseException, .tp_init = slot<systemExitInit>)
KR_EXCEPTION_TYPE(ImportError, Exception, ImportErrorObject, .tp_dealloc = Fields<3>::dealloc,
                  .tp_str = slot<importErrorStr>, .tp_flags = kFlags,
                  .tp_doc = "A module, or a name in it, cannot be found.", KR_REST(3, Exception),
                  .tp_methods = kImportErrorMethods, .tp_members = kImportErrorMembers,
                  .tp_base = &_PyExc_Exception, .tp_init = slot<importErrorInit>)
KR_EXCEPTION_TYPE(ModuleNotFoundError, ImportError, ImportErrorObject, .tp_dealloc = Fields<3>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Module not found.", KR_REST(3, ImportError),
                  .tp_base = &_PyExc_ImportError, .tp_init = slot<importErrorInit>)
KR_EXCEPTION_TYPE(NameError, Exception, NameErrorObject, .tp_dealloc = Fields<1>::dealloc,
                  .tp_str = slot<baseStr>, .tp_flags = kFlags, .tp_doc = "Name not found globally.",
                  KR_REST(1, Exception), .tp_members = kNameErrorMembers, .tp_base = &_PyExc_Exception,
                  .tp_init = slot<nameErrorInit>)
KR_EXCEPTION_TYPE(UnboundLocalError, NameError, NameErrorObject, .tp_dealloc = Fields<1>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Local name referenced but not bound to a value.",
                  KR_REST(1, NameError), .tp_base = &_PyExc_NameError, .tp_init = slot<nameErrorInit>)
KR_EXCEPTION_TYPE(AttributeError, Exception, AttributeErrorObject, .tp_dealloc = Fields<2>::dealloc,
                  .tp_str = slot<baseStr>, .tp_flags = kFlags, .tp_doc = "Attribute not found.",
                  KR_REST(2, Exception), .tp_members = kAttributeErrorMembers, .tp_base = &_PyExc_Exception,
                  .tp_init = slot<attributeErrorInit>)
KR_EXCEPTION_TYPE(SyntaxError, Exception, SyntaxErrorObject, .tp_dealloc = Fields<8>::dealloc,
                  .tp_str = slot<syntaxErrorStr>, .tp_flags = kFlags, .tp_doc = "Invalid syntax.",
                  KR_REST(8, Exception), .tp_members = kSyntaxErrorMembers, .tp_base = &_PyExc_Exception,
                  .tp_init = slot<syntaxErrorInit>)
KR_EXCEPTION_TYPE(IndentationError, SyntaxError, SyntaxErrorObject, .tp_dealloc = Fields<8>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Improper indentation.", KR_REST(8, SyntaxError),
                  .tp_base = &_PyExc_SyntaxError, .tp_init = slot<syntaxErrorInit>)
KR_EXCEPTION_TYPE(TabError, IndentationError, SyntaxErrorObject, .tp_dealloc = Fields<8>::dealloc,
                  .tp_flags = kFlags, .tp_doc = "Improper mixture of spaces and tabs.",
                  KR_REST(8, IndentationError), .tp_base = &_PyExc_IndentationError,
                  .tp_init = slot<syntaxErrorInit>)
KR_EXCEPTION_TYPE(KeyError, LookupError, ExceptionObject, .tp_dealloc = Fields<0>::dealloc,
                  .tp_str = slot<keyErrorStr>, .tp_flags = kFlags, .tp_doc = "Mapping key not found.",
                  KR_REST(0, LookupError), .tp_base = &_PyExc_LookupError, .tp_init = slot<baseInit>)
KR_EXCEPTION_TYPE(MemoryError, Exception, ExceptionObject, .tp_dealloc = memoryErrorDealloc,
                  .tp_flags = kFlags, .tp_doc = "Out of memory.", KR_REST(0, Exception),
                  .tp_base = &_PyExc_Exception, .tp_init = slot<baseInit>, .tp_new = slot<memoryErrorNew>)

namespace krait {
namespace exceptions {
namespace {

Result<Ref<>> memoryErrorNew(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  if (type == &_PyExc_MemoryError)
    if (ExceptionObject* self = takeSpare()) {
      setField(self->args, Ref<>::share(args));
      return Ref<>::steal(self);
    }
  return baseNew(type, args, kwargs);
}

void memoryErrorDealloc(PyObject* object) {
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  auto* self = cast<ExceptionObject>(object);
  baseClear(self);
  if (isExact(self, &_PyExc_MemoryError) && spare_memory_errors.push(self)) return;
  baseFree(self);
}

// Fills the spare list while there is memory.
void makeSpares() {
  Ref<TupleObject> no_args = emptyTuple();
  for (int i = 0; i < 16; i++) {
    auto made = baseNew(&_PyExc_MemoryError, no_args, nullptr);
    if (made.failed()) return clearPending();
    PyObject* self = std::move(made).toC();
    gcUntrack(self);
    baseClear(cast<ExceptionObject>(self));
    self->ob_refcnt = 0;
    if (!spare_memory_errors.push(cast<ExceptionObject>(self))) return baseFree(cast<ExceptionObject>(self));
  }
}

}  // namespace
}  // namespace exceptions

void exceptionsPrepareMemoryErrors() { exceptions::makeSpares(); }

Raised raiseNoMemory() {
  memoryReserveRefill();
  ExceptionObject* spare = exceptions::takeSpare();
  if (!spare) return raiseNone(PyExc_MemoryError);
  auto owned = Ref<>::steal(spare);
  return raiseObject(PyExc_MemoryError, owned.get());
}

}  // namespace krait
