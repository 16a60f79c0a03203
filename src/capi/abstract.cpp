// Exports of abstract.h and cpython/abstract.h: protocols. Calls stand in call.cpp.
#include "capi/capi.h"
#include "core/buffer.h"
#include "core/call.h"
#include "core/number.h"
#include "core/object.h"
#include "interp/gen.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace krait;

namespace {

PyObject* nullError() {
  if (!exceptionPending()) (void)raise(PyExc_SystemError, "null argument to internal routine");
  return nullptr;
}

template <class F>
PyObject* withText(const char* text, F&& use) {
  auto key = strFromUtf8(text);
  if (key.failed()) return nullptr;
  auto held = std::move(key).take();
  return use(static_cast<PyObject*>(held.get()));
}

int statusWithText(const char* text, Status (*use)(PyObject*, PyObject*, PyObject*), PyObject* object,
                   PyObject* value) {
  auto key = strFromUtf8(text);
  if (key.failed()) return -1;
  auto held = std::move(key).take();
  return toC(use(object, held.get(), value));
}

// value absent: delete.
Status setSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop, Opt<> value) {
  PyMappingMethods* mapping = typeOf(object)->tp_as_mapping;
  if (!mapping || !mapping->mp_ass_subscript) {
    return raise(PyExc_TypeError, "'%.200s' object doesn't support slice %s", typeName(object),
                 value ? "assignment" : "deletion");
  }
  auto first = TRY(intFromLong(start));
  auto last = TRY(intFromLong(stop));
  auto slice = TRY(sliceNew(first.get(), last.get(), nullptr));
  return Status::fromC(mapping->mp_ass_subscript(object, slice.get(), value.get()));
}

}  // namespace

// --- objects ---

KR_EXPORT PyObject* PyObject_Type(PyObject* object) {
  return object ? share<PyObject>(typeOf(object)).leak() : nullError();
}
KR_EXPORT PyObject* PyObject_GetItem(PyObject* object, PyObject* key) {
  return object && key ? toC(itemGet(object, key)) : nullError();
}
KR_EXPORT int PyObject_SetItem(PyObject* object, PyObject* key, PyObject* value) {
  if (object && key && value) return toC(itemSet(object, key, value));
  return nullError(), -1;
}
KR_EXPORT int PyObject_DelItem(PyObject* object, PyObject* key) {
  if (object && key) return toC(itemDelete(object, key));
  return nullError(), -1;
}
KR_EXPORT int PyObject_DelItemString(PyObject* object, const char* key) {
  return statusWithText(
      key, [](PyObject* o, PyObject* k, PyObject*) { return itemDelete(o, k); }, object, nullptr);
}
KR_EXPORT Py_ssize_t PyObject_Size(PyObject* object) {
  return object ? toC(objectLength(object)) : (nullError(), -1);
}
KR_EXPORT Py_ssize_t PyObject_Length(PyObject* object) { return PyObject_Size(object); }
KR_EXPORT Py_ssize_t PyObject_LengthHint(PyObject* object, Py_ssize_t fallback) {
  return toC(lengthHint(object, fallback));
}
KR_EXPORT int PyObject_IsInstance(PyObject* object, PyObject* cls) { return toC(isInstance(object, cls)); }
KR_EXPORT int PyObject_IsSubclass(PyObject* derived, PyObject* cls) { return toC(isSubclass(derived, cls)); }
KR_EXPORT int _PyObject_RealIsInstance(PyObject* object, PyObject* cls) {
  return toC(realIsInstance(object, cls));
}
KR_EXPORT int _PyObject_RealIsSubclass(PyObject* derived, PyObject* cls) {
  return toC(realIsSubclass(derived, cls));
}
KR_EXPORT PyObject* PyObject_Format(PyObject* object, PyObject* spec) {
  return toC(objectFormat(object, spec));
}

// --- iteration ---

KR_EXPORT PyObject* PyObject_GetIter(PyObject* object) { return toC(getIter(object)); }
KR_EXPORT int PyIter_Check(PyObject* object) { return isIterator(object); }
KR_EXPORT PyObject* PyIter_Next(PyObject* iterator) {
  auto item = iterNext(iterator);
  return item.failed() ? nullptr : std::move(item).take().leak();
}

KR_EXPORT int PyAIter_Check(PyObject* object) {
  PyAsyncMethods* methods = typeOf(object)->tp_as_async;
  return methods && methods->am_anext;
}
KR_EXPORT PyObject* PyObject_GetAIter(PyObject* object) {
  PyAsyncMethods* methods = typeOf(object)->tp_as_async;
  if (!methods || !methods->am_aiter) {
    (void)raise(PyExc_TypeError, "'%.200s' object is not an async iterable", typeName(object));
    return nullptr;
  }
  PyObject* iterator = methods->am_aiter(object);
  if (!iterator || PyAIter_Check(iterator)) return iterator;
  (void)raise(PyExc_TypeError, "aiter() returned not an async iterator of type '%.200s'", typeName(iterator));
  decref(iterator);
  return nullptr;
}
KR_EXPORT PySendResult PyIter_Send(PyObject* iterator, PyObject* value, PyObject** result) {
  return iterSend(iterator, value, result);
}

// --- numbers ---

#define KR_BINARY(symbol, function) \
  KR_EXPORT PyObject* symbol(PyObject* left, PyObject* right) { return toC(function(left, right)); }
KR_BINARY(PyNumber_Add, numberAdd)
KR_BINARY(PyNumber_Subtract, numberSubtract)
KR_BINARY(PyNumber_Multiply, numberMultiply)
KR_BINARY(PyNumber_MatrixMultiply, numberMatrixMultiply)
KR_BINARY(PyNumber_FloorDivide, numberFloorDivide)
KR_BINARY(PyNumber_TrueDivide, numberTrueDivide)
KR_BINARY(PyNumber_Remainder, numberRemainder)
KR_BINARY(PyNumber_Divmod, numberDivmod)
KR_BINARY(PyNumber_Lshift, numberLshift)
KR_BINARY(PyNumber_Rshift, numberRshift)
KR_BINARY(PyNumber_And, numberAnd)
KR_BINARY(PyNumber_Xor, numberXor)
KR_BINARY(PyNumber_Or, numberOr)
KR_BINARY(PyNumber_InPlaceAdd, numberInPlaceAdd)
KR_BINARY(PyNumber_InPlaceSubtract, numberInPlaceSubtract)
KR_BINARY(PyNumber_InPlaceMultiply, numberInPlaceMultiply)
KR_BINARY(PyNumber_InPlaceMatrixMultiply, numberInPlaceMatrixMultiply)
KR_BINARY(PyNumber_InPlaceFloorDivide, numberInPlaceFloorDivide)
KR_BINARY(PyNumber_InPlaceTrueDivide, numberInPlaceTrueDivide)
KR_BINARY(PyNumber_InPlaceRemainder, numberInPlaceRemainder)
KR_BINARY(PyNumber_InPlaceLshift, numberInPlaceLshift)
KR_BINARY(PyNumber_InPlaceRshift, numberInPlaceRshift)
KR_BINARY(PyNumber_InPlaceAnd, numberInPlaceAnd)
KR_BINARY(PyNumber_InPlaceXor, numberInPlaceXor)
KR_BINARY(PyNumber_InPlaceOr, numberInPlaceOr)
KR_BINARY(PySequence_Concat, sequenceConcat)
KR_BINARY(PySequence_InPlaceConcat, sequenceInPlaceConcat)
#undef KR_BINARY

#define KR_UNARY(symbol, function) \
  KR_EXPORT PyObject* symbol(PyObject* object) { return object ? toC(function(object)) : nullError(); }
KR_UNARY(PyNumber_Negative, numberNegative)
KR_UNARY(PyNumber_Positive, numberPositive)
KR_UNARY(PyNumber_Absolute, numberAbsolute)
KR_UNARY(PyNumber_Invert, numberInvert)
KR_UNARY(PyNumber_Long, numberInt)
KR_UNARY(PyNumber_Float, numberFloat)
KR_UNARY(PyNumber_Index, numberIndex)
KR_UNARY(PySequence_List, sequenceList)
KR_UNARY(PySequence_Tuple, sequenceTuple)
KR_UNARY(PyMapping_Keys, mappingKeys)
KR_UNARY(PyMapping_Values, mappingValues)
KR_UNARY(PyMapping_Items, mappingItems)
#undef KR_UNARY

KR_EXPORT PyObject* PyNumber_Power(PyObject* base, PyObject* exponent, PyObject* modulus) {
  return toC(numberPower(base, exponent, modulus));
}
KR_EXPORT PyObject* PyNumber_InPlacePower(PyObject* base, PyObject* exponent, PyObject* modulus) {
  return toC(numberInPlacePower(base, exponent, modulus));
}
KR_EXPORT int PyNumber_Check(PyObject* object) { return object && isNumber(object); }
KR_EXPORT int PyIndex_Check(PyObject* object) { return isIndex(object); }
KR_EXPORT PyObject* _PyNumber_Index(PyObject* object) {
  if (!object) return nullError();
  return isInt(object) && !isExactInt(object) ? share(object).leak() : toC(numberIndex(object));
}
KR_EXPORT Py_ssize_t PyNumber_AsSsize_t(PyObject* object, PyObject* error) {
  return toC(asSsize(object, error));
}
KR_EXPORT PyObject* PyNumber_ToBase(PyObject* object, int base) {
  if (base != 2 && base != 8 && base != 10 && base != 16) {
    (void)raise(PyExc_SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
    return nullptr;
  }
  auto index = numberIndex(object);
  if (index.failed()) return nullptr;
  auto held = std::move(index).take();
  return toC(intToStr(held.get(), base, true));
}
KR_EXPORT int _Py_convert_optional_to_ssize_t(PyObject* object, void* out) {
  if (object == Py_None) return 1;
  if (!isIndex(object)) {
    (void)raise(PyExc_TypeError, "argument should be integer or None, not '%.200s'", typeName(object));
    return 0;
  }
  auto value = asSsize(object, PyExc_OverflowError);
  if (value.failed()) return 0;
  *static_cast<Py_ssize_t*>(out) = std::move(value).take();
  return 1;
}

// --- sequences ---

KR_EXPORT int PySequence_Check(PyObject* object) { return isSequence(object); }
KR_EXPORT Py_ssize_t PySequence_Size(PyObject* object) {
  return object ? toC(sequenceLength(object)) : (nullError(), -1);
}
KR_EXPORT Py_ssize_t PySequence_Length(PyObject* object) { return PySequence_Size(object); }
KR_EXPORT PyObject* PySequence_GetItem(PyObject* object, Py_ssize_t index) {
  return object ? toC(sequenceGet(object, index)) : nullError();
}
KR_EXPORT int PySequence_SetItem(PyObject* object, Py_ssize_t index, PyObject* value) {
  return object ? toC(sequenceSet(object, index, value)) : (nullError(), -1);
}
KR_EXPORT int PySequence_DelItem(PyObject* object, Py_ssize_t index) {
  return object ? toC(sequenceSet(object, index, nullptr)) : (nullError(), -1);
}
KR_EXPORT PyObject* PySequence_GetSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop) {
  return object ? toC(sequenceSlice(object, start, stop)) : nullError();
}
KR_EXPORT PyObject* PySequence_Repeat(PyObject* object, Py_ssize_t count) {
  return toC(sequenceRepeat(object, count));
}
KR_EXPORT PyObject* PySequence_InPlaceRepeat(PyObject* object, Py_ssize_t count) {
  return toC(sequenceInPlaceRepeat(object, count));
}
KR_EXPORT int PySequence_Contains(PyObject* object, PyObject* item) {
  return toC(sequenceContains(object, item));
}
KR_EXPORT int PySequence_In(PyObject* object, PyObject* item) { return PySequence_Contains(object, item); }
KR_EXPORT Py_ssize_t PySequence_Count(PyObject* object, PyObject* item) {
  return toC(sequenceCount(object, item));
}
KR_EXPORT Py_ssize_t PySequence_Index(PyObject* object, PyObject* item) {
  return toC(sequenceIndex(object, item));
}
KR_EXPORT PyObject* PySequence_Fast(PyObject* object, const char* message) {
  return object ? toC(sequenceFast(object, message)) : nullError();
}
KR_EXPORT int PySequence_SetSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop, PyObject* value) {
  return toC(setSlice(object, start, stop, value));
}
KR_EXPORT int PySequence_DelSlice(PyObject* object, Py_ssize_t start, Py_ssize_t stop) {
  return toC(setSlice(object, start, stop, nullptr));
}

// --- mappings ---

KR_EXPORT int PyMapping_Check(PyObject* object) { return object && isMapping(object); }
KR_EXPORT Py_ssize_t PyMapping_Size(PyObject* object) {
  if (!object) return nullError(), -1;
  PyMappingMethods* mapping = typeOf(object)->tp_as_mapping;
  if (mapping && mapping->mp_length) return mapping->mp_length(object);
  bool sequence = typeOf(object)->tp_as_sequence && typeOf(object)->tp_as_sequence->sq_length;
  (void)raise(PyExc_TypeError, sequence ? "%.200s is not a mapping" : "object of type '%.200s' has no len()",
              typeName(object));
  return -1;
}
KR_EXPORT Py_ssize_t PyMapping_Length(PyObject* object) { return PyMapping_Size(object); }
KR_EXPORT PyObject* PyMapping_GetItemString(PyObject* object, const char* key) {
  if (!key) return nullError();
  return withText(key, [&](PyObject* k) { return PyObject_GetItem(object, k); });
}
KR_EXPORT int PyMapping_SetItemString(PyObject* object, const char* key, PyObject* value) {
  if (!key) return nullError(), -1;
  return statusWithText(key, itemSet, object, value);
}
KR_EXPORT int PyMapping_HasKey(PyObject* object, PyObject* key) {
  auto found = itemGet(object, key);
  return succeeded(found);
}
KR_EXPORT int PyMapping_HasKeyString(PyObject* object, const char* key) {
  PyObject* found = PyMapping_GetItemString(object, key);
  if (!found) return clearPending(), 0;
  decref(found);
  return 1;
}
