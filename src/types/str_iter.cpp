// Iterators over strings: one for ASCII strings, one for the others.
#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/iter_support.h"
#include "types/str_internal.h"
#include "types/tuple.h"

namespace krait {
namespace {

struct StrIterObject : PyObject {
  Py_ssize_t index;
  StrObject* text;  // owned; null when exhausted
};

void strIterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(static_cast<StrIterObject*>(self)->text);
  objectFreeMemory(self);
}
int strIterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<StrIterObject*>(self)->text);
}

Result<MaybeRef<StrObject>> strIterNext(StrIterObject* self) {
  StrObject* text = self->text;
  if (!text) return MaybeRef<StrObject>();
  if (self->index < text->size()) return MaybeRef<StrObject>(TRY(strFromChar(text->at(self->index++))));
  clearField(self->text);
  return MaybeRef<StrObject>();
}

// ASCII characters are shared objects: nothing can fail.
MaybeRef<StrObject> strAsciiIterNext(StrIterObject* self) {
  StrObject* text = self->text;
  if (!text) return nullptr;
  if (self->index < text->size())
    return MaybeRef<StrObject>::share(latin1Single(static_cast<const Py_UCS1*>(text->data())[self->index++]));
  clearField(self->text);
  return nullptr;
}

Py_ssize_t strIterLengthHint(StrIterObject* self) {
  return self->text ? std::max<Py_ssize_t>(self->text->size() - self->index, 0) : 0;
}

Result<Ref<>> strIterReduce(StrIterObject* self) {
  Ref<> iter = TRY(itemGet(interpreter().builtins, name<"iter">()));
  if (self->text) {
    Ref<TupleObject> args = TRY(tupleOf(self->text));
    Ref<> index = TRY(intObject(self->index));
    return TRY(tupleOf(iter.get(), args.get(), index.get()));
  }
  Ref<StrObject> empty = emptyStr();
  Ref<TupleObject> args = TRY(tupleOf(empty.get()));
  return TRY(tupleOf(iter.get(), args.get()));
}

Status strIterSetState(StrIterObject* self, StateIndex state) {
  if (self->text) self->index = std::clamp<Py_ssize_t>(state.value, 0, self->text->size());
  return {};
}

constinit PyMethodDef kStrIterMethods[] = {
    method<"!__length_hint__($self, /)", strIterLengthHint, "How many characters are left, probably.">,
    method<"!__reduce__($self, /)", strIterReduce, "State for pickle.">,
    method<"!__setstate__($self, state, /)", strIterSetState, "Restore the state that pickle saved.">,
    {}};

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyUnicodeIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "str_iterator",
    .tp_basicsize = sizeof(StrIterObject),
    .tp_dealloc = strIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = strIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<strIterNext>,
    .tp_methods = kStrIterMethods,
};
KR_EXPORT constinit PyTypeObject _PyUnicodeASCIIIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "str_ascii_iterator",
    .tp_basicsize = sizeof(StrIterObject),
    .tp_dealloc = strIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = strIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<strAsciiIterNext>,
    .tp_methods = kStrIterMethods,
};

namespace krait {

Result<Ref<>> strIter(StrObject* s) {
  PyTypeObject* type = s->state.compact && s->isAscii() ? &_PyUnicodeASCIIIter_Type : &PyUnicodeIter_Type;
  Ref<StrIterObject> iter = TRY(objectNew<StrIterObject>(type));
  iter->index = 0;
  iter->text = share(s).leak();
  gcTrack(iter.get());
  return iter;
}

}  // namespace krait
