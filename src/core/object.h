// The object protocols: what `repr(x)`, `hash(x)`, `x == y`, `x[i]`, `len(x)`, `x.a`, `x(...)` mean. Each
// function may run Python code unless it says otherwise.
#pragma once

#include "core/errors.h"
#include "core/name.h"
#include "core/result.h"

// The slot functions whose addresses mean something: unhashable, default attribute access. Defined in core.
extern "C" {
Py_hash_t PyObject_HashNotImplemented(PyObject* self);
PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);
int PyObject_GenericSetAttr(PyObject* self, PyObject* attr, PyObject* value);
}

namespace krait {

struct StrObject;
struct TupleObject;
struct DictObject;
struct ListObject;

Result<Ref<StrObject>> objectRepr(PyObject* object);
Result<Ref<StrObject>> objectStr(PyObject* object);  // exact str stays itself
Result<Ref<StrObject>> objectAscii(PyObject* object);
Result<Ref<>> objectBytes(PyObject* object);  // bytes(object)
Result<Ref<StrObject>> objectFormat(PyObject* object, Opt<> spec);
Result<Py_hash_t> objectHash(PyObject* object);  // -1 never
Raised raiseUnhashable(PyObject* object);        // "unhashable type: 'list'"
Result<bool> objectIsTrue(PyObject* object);
Result<Ref<>> richCompare(PyObject* left, PyObject* right, int op);
Result<bool> richCompareBool(PyObject* left, PyObject* right, int op);  // identity implies EQ
inline Result<bool> objectEquals(PyObject* left, PyObject* right) {
  if (left == right) return true;
  return richCompareBool(left, right, Py_EQ);
}
inline Ref<> boolRef(bool value);       // types/bool.h
Result<Ref<>> objectDir(Opt<> object);  // absent: names of the current scope
Result<bool> isInstance(PyObject* object, PyObject* class_or_tuple);
Result<bool> isSubclass(PyObject* derived, PyObject* class_or_tuple);
Result<bool> realIsInstance(PyObject* object, PyObject* cls);  // without __instancecheck__
Result<bool> realIsSubclass(PyObject* derived, PyObject* cls);
bool isCallable(PyObject* object);       // runs no Python
const char* typeName(PyObject* object);  // tp_name of its type
int compareTruth(int op, int order);     // order <0, 0, >0 -> truth of the operator
// For tp_richcompare of ordered C values.
template <class T>
bool compareValues(T a, T b, int op) {
  return compareTruth(op, a < b ? -1 : (b < a ? 1 : 0)) != 0;
}

// Attributes. `attrLookup` answers absent instead of raising AttributeError, and suppresses the exception
// object altogether where it can.
Result<Ref<>> attrGet(PyObject* object, StrObject* name);
Result<Ref<>> attrGet(PyObject* object, PyObject* name);  // TypeError unless a str
Result<Ref<>> attrGet(PyObject* object, const char* name);
Result<MaybeRef<>> attrLookup(PyObject* object, StrObject* name);
Result<MaybeRef<>> attrLookup(PyObject* object, const char* name);
Status attrSet(PyObject* object, PyObject* name, PyObject* value);
Status attrSet(PyObject* object, const char* name, PyObject* value);
Status attrDelete(PyObject* object, PyObject* name);
Result<bool> attrHas(PyObject* object, StrObject* name);
// tp_getattro / tp_setattro defaults (PyObject_GenericGetAttr, ...). value absent: delete.
Result<Ref<>> genericGetAttr(PyObject* object, PyObject* name);
Result<MaybeRef<>> genericLookupAttr(PyObject* object, PyObject* name);  // absent instead of AttributeError
Status genericSetAttr(PyObject* object, PyObject* name, Opt<> value);
// The same over a given dict in place of the instance's own.
Result<Ref<>> genericGetAttrWithDict(PyObject* object, PyObject* name, DictObject* dict);
Status genericSetAttrWithDict(PyObject* object, PyObject* name, Opt<> value, DictObject* dict);
Result<Ref<>> genericGetDict(PyObject* object);  // __dict__ getter, creates it
Status genericSetDict(PyObject* object, Opt<> value);
// Where the instance dict stands; null when there is none (managed: materialises)
PyObject** dictSlot(PyObject* object);
// Type attribute through the MRO and the method cache; borrowed, absent without error. Runs no Python.
Opt<> typeLookup(PyTypeObject* type, StrObject* name);
// A special method looked up on the type and bound to the object; absent when the type has none.
Result<MaybeRef<>> lookupSpecial(PyObject* object, StrObject* name);

// Items: x[key] for any protocol.
Result<Ref<>> itemGet(PyObject* object, PyObject* key);
Status itemSet(PyObject* object, PyObject* key, PyObject* value);
Status itemDelete(PyObject* object, PyObject* key);
Result<Py_ssize_t> objectLength(PyObject* object);
Result<Py_ssize_t> lengthHint(PyObject* object, Py_ssize_t fallback);

// Iteration.
Result<Ref<>> getIter(PyObject* object);          // "'int' object is not iterable"
Result<MaybeRef<>> iterNext(PyObject* iterator);  // absent: exhausted (StopIteration swallowed)
bool isIterator(PyObject* object);
// Tp_iternext of classes whose __next__ is None. types/object.cpp
PyObject* nextNotImplemented(PyObject* object);
Result<MaybeRef<>> iterEnded();  // what a null of tp_iternext means: exhausted, or a failure
// iterNext() for loops. Only what is called by an iterator's own __next__ nests without end, so that the C
// stack has to be checked; a loop is not.
inline Result<MaybeRef<>> loopNext(PyObject* iterator) {
  if (PyObject* item = typeOf(iterator)->tp_iternext(iterator)) [[likely]]
    return MaybeRef<>::steal(item);
  return iterEnded();
}
// Calls f(Ref<>) -> Status for each item.
template <class F>
Status forEach(PyObject* iterable, F&& f) {
  Ref<> iterator = TRY(getIter(iterable));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator.get()));
    if (!item) return {};
    TRY(f(std::move(item).take()));
  }
}

// Sequences (PySequence_*): sequence slots first, as there.
bool isSequence(PyObject* object);
bool isMapping(PyObject* object);
Result<Py_ssize_t> sequenceLength(PyObject* object);
Result<Ref<>> sequenceGet(PyObject* object, Py_ssize_t index);
Status sequenceSet(PyObject* object, Py_ssize_t index, Opt<> value);
Result<Ref<>> sequenceSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop);
Result<Ref<>> sequenceConcat(PyObject* left, PyObject* right);
Result<Ref<>> sequenceRepeat(PyObject* object, Py_ssize_t count);
Result<Ref<>> sequenceInPlaceConcat(PyObject* left, PyObject* right);
Result<Ref<>> sequenceInPlaceRepeat(PyObject* object, Py_ssize_t count);
Result<bool> sequenceContains(PyObject* object, PyObject* item);  // `item in object`
Result<Py_ssize_t> sequenceCount(PyObject* object, PyObject* item);
Result<Py_ssize_t> sequenceIndex(PyObject* object, PyObject* item);
Result<Ref<ListObject>> sequenceList(PyObject* iterable);
Result<Ref<TupleObject>> sequenceTuple(PyObject* iterable);  // an exact tuple stays itself
// A list or tuple with the items (itself when it is one already); TypeError with `message` when not iterable.
Result<Ref<>> sequenceFast(PyObject* iterable, const char* message);
Py_ssize_t fastSize(PyObject* list_or_tuple);
PyObject** fastItems(PyObject* list_or_tuple);

// Mappings.
Result<Ref<ListObject>> mappingKeys(PyObject* object);
Result<Ref<ListObject>> mappingValues(PyObject* object);
Result<Ref<ListObject>> mappingItems(PyObject* object);

Status objectPrint(PyObject* object, FILE* file, bool raw);  // PyObject_Print
Result<Ref<>> objectSelfIter(PyObject* object);              // tp_iter of iterators: itself

}  // namespace krait
