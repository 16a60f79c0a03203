// UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError.
#include "core/number.h"
#include "core/object.h"
#include "types/bytes.h"
#include "types/exceptions_impl.h"

namespace krait {
namespace exceptions {
namespace {

UnicodeErrorObject* unicodeError(PyObject* self) {
  return static_cast<UnicodeErrorObject*>(cast<ExceptionObject>(self));
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  UnicodeErrorObject* e = unicodeError(self);
  if (int status = visitAll(visit, arg, e->encoding, e->object, e->reason)) return status;
  return baseTraverse(e, visit, arg);
}

int clear(PyObject* self) {
  UnicodeErrorObject* e = unicodeError(self);
  clearField(e->encoding);
  clearField(e->object);
  clearField(e->reason);
  baseClear(e);
  return 0;
}

void dealloc(PyObject* self) {
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  clear(self);
  baseFree(cast<ExceptionObject>(self));
}

Status checkCount(TupleObject* args, int wanted) {
  if (args->size() == wanted) return {};
  return raise(PyExc_TypeError, "function takes exactly %d arguments (%zd given)", wanted, args->size());
}

Result<Ref<>> textAt(TupleObject* args, int index) {
  PyObject* value = args->at(index);
  if (isStr(value)) return share(value);
  return raise(PyExc_TypeError, "argument %d must be str, not %.50s", index + 1,
               value == Py_None ? "None" : typeName(value));
}

// start, end and reason, which all three have at the end.
Status fillRange(UnicodeErrorObject* e, TupleObject* args, int first) {
  e->start = TRY(argSsize(args->at(first)));
  e->end = TRY(argSsize(args->at(first + 1)));
  Ref<> reason = TRY(textAt(args, first + 2));
  setField(e->reason, std::move(reason));
  return {};
}

Status encodeInit(ExceptionObject* self, PyObject* given, Opt<> kwargs) {
  TRY(baseInit(self, given, kwargs));
  auto* args = cast<TupleObject>(given);
  auto* e = unicodeError(self);
  TRY(checkCount(args, 5));
  Ref<> encoding = TRY(textAt(args, 0));
  Ref<> object = TRY(textAt(args, 1));
  setField(e->encoding, std::move(encoding));
  setField(e->object, std::move(object));
  return fillRange(e, args, 2);
}

Result<Ref<>> bytesOf(PyObject* object) {
  if (isBytes(object)) return share(object);
  Buffer buffer = TRY(Buffer::acquire(object));
  return TRY(bytesFrom({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())}));
}

Status decodeInit(ExceptionObject* self, PyObject* given, Opt<> kwargs) {
  TRY(baseInit(self, given, kwargs));
  auto* args = cast<TupleObject>(given);
  auto* e = unicodeError(self);
  TRY(checkCount(args, 5));
  Ref<> encoding = TRY(textAt(args, 0));
  Ref<> object = TRY(bytesOf(args->at(1)));
  setField(e->encoding, std::move(encoding));
  setField(e->object, std::move(object));
  return fillRange(e, args, 2);
}

Status translateInit(ExceptionObject* self, PyObject* given, Opt<> kwargs) {
  TRY(baseInit(self, given, kwargs));
  auto* args = cast<TupleObject>(given);
  auto* e = unicodeError(self);
  TRY(checkCount(args, 4));
  Ref<> object = TRY(textAt(args, 0));
  setField(e->object, std::move(object));
  return fillRange(e, args, 1);
}

// --- texts -------------------------------------------------------------------------------------------------

Result<Ref<StrObject>> textOf(PyObject* field) {
  if (!field) return emptyStr();
  return objectStr(field);
}

// The one character in question, escaped; absent when the range is another one.
Result<MaybeRef<StrObject>> singleCharacter(UnicodeErrorObject* e) {
  auto* text = cast<StrObject>(e->object);
  if (!isStr(e->object) || e->start < 0 || e->start >= text->size() || e->end != e->start + 1)
    return MaybeRef<StrObject>();
  Py_UCS4 ch = text->at(e->start);
  const char* format = ch <= 0xff ? "\\x%02x" : ch <= 0xffff ? "\\u%04x" : "\\U%08x";
  return MaybeRef<StrObject>(TRY(strFormat(format, static_cast<int>(ch))));
}

Result<Ref<StrObject>> encodeStr(ExceptionObject* self) {
  UnicodeErrorObject* e = unicodeError(self);
  if (!e->object) return emptyStr();
  Ref<StrObject> reason = TRY(textOf(e->reason));
  Ref<StrObject> encoding = TRY(textOf(e->encoding));
  MaybeRef<StrObject> bad = TRY(singleCharacter(e));
  if (bad)
    return strFormat("'%U' codec can't encode character '%U' in position %zd: %U", encoding.get(), bad.get(),
                     e->start, reason.get());
  return strFormat("'%U' codec can't encode characters in position %zd-%zd: %U", encoding.get(), e->start,
                   e->end - 1, reason.get());
}

Result<Ref<StrObject>> decodeStr(ExceptionObject* self) {
  UnicodeErrorObject* e = unicodeError(self);
  if (!e->object) return emptyStr();
  Ref<StrObject> reason = TRY(textOf(e->reason));
  Ref<StrObject> encoding = TRY(textOf(e->encoding));
  auto* bytes = cast<BytesObject>(e->object);
  if (isBytes(e->object) && e->start >= 0 && e->start < bytes->size() && e->end == e->start + 1)
    return strFormat("'%U' codec can't decode byte 0x%02x in position %zd: %U", encoding.get(),
                     static_cast<int>(static_cast<uint8_t>(bytes->data()[e->start])), e->start, reason.get());
  return strFormat("'%U' codec can't decode bytes in position %zd-%zd: %U", encoding.get(), e->start,
                   e->end - 1, reason.get());
}

Result<Ref<StrObject>> translateStr(ExceptionObject* self) {
  UnicodeErrorObject* e = unicodeError(self);
  if (!e->object) return emptyStr();
  Ref<StrObject> reason = TRY(textOf(e->reason));
  MaybeRef<StrObject> bad = TRY(singleCharacter(e));
  if (bad)
    return strFormat("can't translate character '%U' in position %zd: %U", bad.get(), e->start, reason.get());
  return strFormat("can't translate characters in position %zd-%zd: %U", e->start, e->end - 1, reason.get());
}

constinit PyMemberDef kMembers[] = {
    KR_MEMBER(UnicodeErrorObject, encoding, T_OBJECT, 0), KR_MEMBER(UnicodeErrorObject, object, T_OBJECT, 0),
    KR_MEMBER(UnicodeErrorObject, start, T_PYSSIZET, 0),  KR_MEMBER(UnicodeErrorObject, end, T_PYSSIZET, 0),
    KR_MEMBER(UnicodeErrorObject, reason, T_OBJECT, 0),   {}};

}  // namespace
}  // namespace exceptions
}  // namespace krait

using namespace krait;
using namespace krait::exceptions;

extern "C" PyTypeObject _PyExc_UnicodeError;

#define KR_UNICODE(Name, kInit, kStr, Doc)                                                               \
  KR_EXCEPTION_TYPE(Name, UnicodeError, UnicodeErrorObject, .tp_dealloc = dealloc, .tp_str = slot<kStr>, \
                    .tp_flags = kFlags, .tp_doc = Doc, .tp_traverse = traverse, .tp_clear = clear,       \
                    .tp_members = kMembers, .tp_base = &_PyExc_UnicodeError, .tp_init = slot<kInit>,     \
                    .tp_new = slot<baseNew>)
KR_UNICODE(UnicodeEncodeError, encodeInit, encodeStr, "Unicode encoding error.")
KR_UNICODE(UnicodeDecodeError, decodeInit, decodeStr, "Unicode decoding error.")
KR_UNICODE(UnicodeTranslateError, translateInit, translateStr, "Unicode translation error.")
