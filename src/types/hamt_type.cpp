// The type of persistent mappings, as tests of extensions see it, and its iterators.
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/reported_size.h"
#include "types/hamt.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {
namespace {

void hamtDealloc(PyObject* object) {
  auto* self = cast<HamtObject>(object);
  gcUntrack(object);
  DeallocGuard guard(object);
  if (guard.deferred()) return;
  if (self->weakreflist) clearWeakRefs(object);
  clearField(self->root);
  objectFreeMemory(object);
}
int hamtTraverse(PyObject* object, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<HamtObject>(object)->root);
}
int hamtClear(PyObject* object) {
  auto* self = cast<HamtObject>(object);
  self->count = 0;
  clearField(self->root);
  return 0;
}

Result<Ref<>> hamtMake(PyTypeObject*, PyObject*, Opt<>) { return TRY(hamtNew()); }

Result<Ref<>> hamtCompare(PyObject* left, PyObject* right, int op) {
  if (!isExact(left, &_PyHamt_Type) || !isExact(right, &_PyHamt_Type) || (op != Py_EQ && op != Py_NE))
    return notImplemented();
  bool equal = TRY(hamtEqual(cast<HamtObject>(left), cast<HamtObject>(right)));
  return boolObject(equal == (op == Py_EQ));
}

Py_ssize_t hamtLength(HamtObject* self) { return self->count; }
Result<Ref<>> hamtItem(HamtObject* self, PyObject* key) {
  Opt<> found = TRY(hamtGet(self, key));
  if (found) return share(found.get());
  return raiseObject(PyExc_KeyError, key);
}
Result<bool> hamtContains(HamtObject* self, PyObject* key) { return bool{TRY(hamtGet(self, key))}; }
Result<Ref<>> hamtGetMethod(HamtObject* self, CallArgs args) {
  if (args.count < 1) return raise(PyExc_TypeError, "get expected at least 1 argument, got %zd", args.count);
  if (args.count > 2) return raise(PyExc_TypeError, "get expected at most 2 arguments, got %zd", args.count);
  Opt<> found = TRY(hamtGet(self, args.values[0]));
  return share(found.orElse(args.count > 1 ? args.values[1] : Py_None));
}
Result<Ref<>> hamtSetMethod(HamtObject* self, CallArgs args) {
  if (args.count != 2) return raise(PyExc_TypeError, "set expected 2 arguments, got %zd", args.count);
  return TRY(hamtSet(self, args.values[0], args.values[1]));
}
Result<Ref<>> hamtDeleteMethod(HamtObject* self, PyObject* key) { return TRY(hamtWithout(self, key)); }

constinit PyMethodDef kHamtMethods[] = {method<"!%set($self, *args)", hamtSetMethod>,
                                        method<"!%get($self, *args)", hamtGetMethod>,
                                        method<"!delete($self, key, /)", hamtDeleteMethod>,
                                        method<"!items($self, /)", hamtItems>,
                                        method<"!keys($self, /)", hamtKeys>,
                                        method<"!values($self, /)", hamtValues>,
                                        {}};
constinit PySequenceMethods kHamtSequence = {.sq_contains = slot<hamtContains>};
constinit PyMappingMethods kHamtMapping = {.mp_length = slot<hamtLength>, .mp_subscript = slot<hamtItem>};

// --- iterators ---------------------------------------------------------------------------------------------

struct HamtIterator : PyObject {
  HamtObject* mapping;  // owned; null once cleared
  HamtCursor cursor;
};

Result<Ref<>> iteratorNew(PyTypeObject* type, HamtObject* mapping) {
  Ref<HamtIterator> self = TRY(objectNew<HamtIterator>(type));
  self->mapping = share(mapping).leak();
  self->cursor = HamtCursor(mapping->root);
  return self;  // untracked, as in CPython: nothing that it refers to leads back to it
}
int iteratorTraverse(PyObject* object, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<HamtIterator*>(object)->mapping);
}
int iteratorClear(PyObject* object) {
  auto* self = static_cast<HamtIterator*>(object);
  self->cursor = HamtCursor(nullptr);
  clearField(self->mapping);
  return 0;
}
void iteratorDealloc(PyObject* object) {
  gcUntrack(object);
  iteratorClear(object);
  objectFreeMemory(object);
}
Py_ssize_t iteratorLength(HamtIterator* self) { return self->mapping ? self->mapping->count : 0; }

Result<MaybeRef<>> nextKey(HamtIterator* self) {
  const HamtSlot* slot = self->cursor.next();
  return slot ? MaybeRef<>::share(slot->key) : MaybeRef<>();
}
Result<MaybeRef<>> nextValue(HamtIterator* self) {
  const HamtSlot* slot = self->cursor.next();
  return slot ? MaybeRef<>::share(slot->value) : MaybeRef<>();
}
Result<MaybeRef<>> nextItem(HamtIterator* self) {
  const HamtSlot* slot = self->cursor.next();
  if (!slot) return MaybeRef<>();
  return MaybeRef<>(TRY(tupleOf(slot->key, slot->value)));
}

constinit PyMappingMethods kIteratorMapping = {.mp_length = slot<iteratorLength>};

}  // namespace

Result<Ref<>> hamtKeys(HamtObject* self) { return iteratorNew(&_PyHamtKeys_Type, self); }
Result<Ref<>> hamtValues(HamtObject* self) { return iteratorNew(&_PyHamtValues_Type, self); }
Result<Ref<>> hamtItems(HamtObject* self) { return iteratorNew(&_PyHamtItems_Type, self); }

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyHamt_Type = {
    KR_TYPE_HEAD,
    .tp_name = "hamt",
    .tp_basicsize = sizeof(HamtObject),
    .tp_dealloc = hamtDealloc,
    .tp_as_sequence = &kHamtSequence,
    .tp_as_mapping = &kHamtMapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = hamtTraverse,
    .tp_clear = hamtClear,
    .tp_richcompare = slot<hamtCompare>,
    .tp_weaklistoffset = offsetof(HamtObject, weakreflist),
    .tp_iter = slot<hamtKeys>,
    .tp_methods = kHamtMethods,
    .tp_alloc = genericAlloc,
    .tp_new = slot<hamtMake>,
    .tp_free = gcFree,
};

#define KR_ITERATOR_TYPE(symbol, type_name, next)                \
  KR_EXPORT constinit PyTypeObject symbol = {                    \
      KR_TYPE_HEAD,                                              \
      .tp_name = type_name,                                      \
      .tp_basicsize = reportedSize<HamtIterator>(168),           \
      .tp_dealloc = iteratorDealloc,                             \
      .tp_as_mapping = &kIteratorMapping,                        \
      .tp_getattro = PyObject_GenericGetAttr,                    \
      .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, \
      .tp_traverse = iteratorTraverse,                           \
      .tp_clear = iteratorClear,                                 \
      .tp_iter = slot<objectSelfIter>,                           \
      .tp_iternext = slot<next>,                                 \
      .tp_free = gcFree,                                         \
  }
KR_ITERATOR_TYPE(_PyHamtKeys_Type, "keys", nextKey);
KR_ITERATOR_TYPE(_PyHamtValues_Type, "values", nextValue);
KR_ITERATOR_TYPE(_PyHamtItems_Type, "items", nextItem);
