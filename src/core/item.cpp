// x[key], len(x), iteration and mapping methods.
#include "core/call.h"
#include "core/number.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {
namespace {

PyMappingMethods* mappingOf(PyObject* o) { return typeOf(o)->tp_as_mapping; }
PySequenceMethods* sequenceOf(PyObject* o) { return typeOf(o)->tp_as_sequence; }

Result<Py_ssize_t> sequenceIndexKey(PyObject* key) {
  if (isIndex(key)) return asSsize(key, PyExc_IndexError);
  return raise(PyExc_TypeError, "sequence index must be integer, not '%.200s'", typeName(key));
}

// cls[key]: __class_getitem__.
Result<Ref<>> classItem(PyObject* cls, PyObject* key) {
  if (cls == reinterpret_cast<PyObject*>(&PyType_Type)) return genericAliasNew(cls, key);
  MaybeRef<> method = TRY(attrLookup(cls, name<"__class_getitem__">()));
  if (method && method.get() != Py_None) return call(method.get(), key);
  return raise(PyExc_TypeError, "type '%.200s' is not subscriptable",
               reinterpret_cast<PyTypeObject*>(cls)->tp_name);
}

}  // namespace

Result<Ref<>> itemGet(PyObject* object, PyObject* key) {
  if (auto* m = mappingOf(object); m && m->mp_subscript)
    return Result<Ref<>>::fromC(m->mp_subscript(object, key));
  if (auto* s = sequenceOf(object); s && s->sq_item) return sequenceGet(object, TRY(sequenceIndexKey(key)));
  if (isType(object)) return classItem(object, key);
  return raise(PyExc_TypeError, "'%.200s' object is not subscriptable", typeName(object));
}

namespace {

Status itemAssign(PyObject* object, PyObject* key, Opt<> value) {
  if (auto* m = mappingOf(object); m && m->mp_ass_subscript)
    return Status::fromC(m->mp_ass_subscript(object, key, value.get()));
  if (auto* s = sequenceOf(object)) {
    if (isIndex(key)) return sequenceSet(object, TRY(sequenceIndexKey(key)), value);
    if (s->sq_ass_item)
      return raise(PyExc_TypeError, "sequence index must be integer, not '%.200s'", typeName(key));
  }
  return raise(PyExc_TypeError, "'%.200s' object does not support item %s", typeName(object),
               value ? "assignment" : "deletion");
}

}  // namespace

Status itemSet(PyObject* object, PyObject* key, PyObject* value) { return itemAssign(object, key, value); }
Status itemDelete(PyObject* object, PyObject* key) { return itemAssign(object, key, nullptr); }

// --- length ------------------------------------------------------------------------------------------------

namespace {

lenfunc lengthSlot(PyObject* object) {
  if (auto* s = sequenceOf(object); s && s->sq_length) return s->sq_length;
  if (auto* m = mappingOf(object); m && m->mp_length) return m->mp_length;
  return nullptr;
}

Result<Py_ssize_t> sizeFromC(Py_ssize_t size) {
  if (size < 0) return Raised{};
  return size;
}

}  // namespace

Result<Py_ssize_t> objectLength(PyObject* object) {
  if (lenfunc length = lengthSlot(object)) return sizeFromC(length(object));
  return raise(PyExc_TypeError, "object of type '%.200s' has no len()", typeName(object));
}

Result<Py_ssize_t> lengthHint(PyObject* object, Py_ssize_t fallback) {
  if (lenfunc length = lengthSlot(object)) {
    Py_ssize_t size = length(object);
    if (size >= 0) return size;
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
  }
  MaybeRef<> method = TRY(lookupSpecial(object, name<"__length_hint__">()));
  if (!method) return fallback;
  auto answer = call(method.get());
  if (answer.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return fallback;
  }
  Ref<> hint = std::move(answer).take();
  if (hint.get() == Py_NotImplemented) return fallback;
  if (!isInt(hint.get()))
    return raise(PyExc_TypeError, "__length_hint__ must be an integer, not %.100s", typeName(hint.get()));
  Py_ssize_t size = TRY(intAsSsize(cast<IntObject>(hint.get())));
  if (size < 0) return raise(PyExc_ValueError, "__length_hint__() should return >= 0");
  return size;
}

// --- iteration ---------------------------------------------------------------------------------------------

bool isIterator(PyObject* object) {
  iternextfunc next = typeOf(object)->tp_iternext;
  return next && next != nextNotImplemented;
}

Result<Ref<>> getIter(PyObject* object) {
  getiterfunc iter = typeOf(object)->tp_iter;
  if (!iter) {
    if (isSequence(object)) return seqIterNew(object);
    return raise(PyExc_TypeError, "'%.200s' object is not iterable", typeName(object));
  }
  Ref<> iterator = TRY(Result<Ref<>>::fromC(iter(object)));
  if (isIterator(iterator.get())) [[likely]]
    return iterator;
  return raise(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'", typeName(iterator.get()));
}

// An iterator over an iterator over an iterator ... recurses in C alone; only the stack bounds it.
Status checkIteratorNesting() {
  if (static_cast<char*>(__builtin_frame_address(0)) > currentThread()->c_stack_limit) [[likely]]
    return {};
  return raise(PyExc_RecursionError, "maximum recursion depth exceeded in iterators");
}

Result<MaybeRef<>> iterNext(PyObject* iterator) {
  TRY(checkIteratorNesting());
  return loopNext(iterator);
}

Result<MaybeRef<>> iterEnded() {
  if (!exceptionPending()) return MaybeRef<>();
  if (!pendingMatches(PyExc_StopIteration)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

// --- mappings ----------------------------------------------------------------------------------------------

namespace {

Result<Ref<ListObject>> methodResultAsList(PyObject* object, StrObject* method) {
  Ref<> result = TRY(callMethod(object, method));
  auto iterator = getIter(result.get());
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    return raise(PyExc_TypeError, "%.200s.%U() returned a non-iterable (type %.200s)", typeName(object),
                 method, typeName(result.get()));
  }
  Ref<> owned = std::move(iterator).take();
  return sequenceList(owned.get());
}

}  // namespace

Result<Ref<ListObject>> mappingKeys(PyObject* object) {
  if (isExactDict(object)) return dictKeys(cast<DictObject>(object));
  return methodResultAsList(object, name<"keys">());
}
Result<Ref<ListObject>> mappingValues(PyObject* object) {
  if (isExactDict(object)) return dictValues(cast<DictObject>(object));
  return methodResultAsList(object, name<"values">());
}
Result<Ref<ListObject>> mappingItems(PyObject* object) {
  if (isExactDict(object)) return dictItems(cast<DictObject>(object));
  return methodResultAsList(object, name<"items">());
}

bool isMapping(PyObject* object) { return mappingOf(object) && mappingOf(object)->mp_subscript; }

}  // namespace krait
