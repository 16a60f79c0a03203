// Making, resizing and filling arrays.
#include <algorithm>
#include <cstring>

#include "core/buffer.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"
#include "modules/array/array.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

Result<Py_UCS4> codeOf(PyObject* typecode) {
  if (!isStr(typecode) || cast<StrObject>(typecode)->size() != 1) {
    return raise(PyExc_TypeError, "array() argument 1 must be a unicode character, not %.50s",
                 typecode == Py_None ? "None" : typeName(typecode));
  }
  return cast<StrObject>(typecode)->at(0);
}

Result<const ArrayKind*> kindOf(Py_UCS4 code) {
  const ArrayKind* kind = arrayKindOf(code);
  if (kind) return kind;
  return raise(PyExc_ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
}

Status checkTextInitial(Py_UCS4 code, PyObject* initial) {
  if (code == 'u') return {};
  if (isStr(initial)) {
    return raise(PyExc_TypeError, "cannot use a str to initialize an array with typecode '%c'",
                 static_cast<int>(code));
  }
  if (isArray(initial) && cast<ArrayObject>(initial)->kind->code == 'u') {
    return raise(PyExc_TypeError, "cannot use a unicode array to initialize an array with typecode '%c'",
                 static_cast<int>(code));
  }
  return {};
}

// Text and arrays of the same kind are copied: the array gets no spare room.
Result<Ref<>> fromText(PyTypeObject* type, const ArrayKind* kind, StrObject* text) {
  Ref<ArrayObject> array = TRY(arrayNew(type, text->size(), kind));
  auto* out = reinterpret_cast<Py_UCS4*>(array->items);
  for (Py_ssize_t i = 0; i < text->size(); i++) out[i] = text->at(i);
  return array;
}

Result<Ref<>> fromArray(PyTypeObject* type, ArrayObject* initial) {
  Ref<ArrayObject> array = TRY(arrayNew(type, initial->size(), initial->kind));
  std::string_view bytes = initial->bytes();
  if (!bytes.empty()) std::memcpy(array->items, bytes.data(), bytes.size());
  return array;
}

// Lists and tuples tell their size.
Result<Ref<>> fromSequence(PyTypeObject* type, const ArrayKind* kind, PyObject* sequence) {
  Py_ssize_t size = fastSize(sequence);
  Ref<ArrayObject> array = TRY(arrayNew(type, size, kind));
  for (Py_ssize_t i = 0; i < size; i++) {
    Ref<> item = TRY(sequenceGet(sequence, i));
    TRY(kind->set(array->at(i), item));
  }
  return array;
}

// Values that are no sequence of a known kind are asked for their iterator before the type code is looked at.
Result<MaybeRef<>> iteratorFor(PyObject* initial) {
  if (isList(initial) || isTuple(initial) || isBytes(initial) || isByteArray(initial) || isStr(initial) ||
      isArray(initial)) {
    return MaybeRef<>();
  }
  return MaybeRef<>(TRY(getIter(initial)));
}

Result<Ref<>> fromInitial(PyTypeObject* type, const ArrayKind* kind, PyObject* initial, Opt<> iterator) {
  if (isList(initial) || isTuple(initial)) return fromSequence(type, kind, initial);
  if (isArray(initial) && cast<ArrayObject>(initial)->kind == kind)
    return fromArray(type, cast<ArrayObject>(initial));
  if (isStr(initial) && kind->code == 'u') return fromText(type, kind, cast<StrObject>(initial));
  Ref<ArrayObject> array = TRY(arrayNew(type, 0, kind));
  if (isBytes(initial) || isByteArray(initial))
    TRY(arrayFromBytes(array, initial));
  else
    TRY(forEach(iterator ? iterator.get() : initial, [&](Ref<> item) { return arrayAppend(array, item); }));
  return array;
}

}  // namespace

Result<Ref<ArrayObject>> arrayNew(PyTypeObject* type, Py_ssize_t size, const ArrayKind* kind) {
  if (size < 0) return raiseBadInternalCall();
  Ref<ArrayObject> array = TRY(typeAlloc<ArrayObject>(type));
  array->kind = kind;
  if (size == 0) return array;
  Py_ssize_t bytes;
  if (__builtin_mul_overflow(size, kind->size, &bytes)) return raiseNoMemory();
  array->items = static_cast<char*>(memAlloc(static_cast<size_t>(bytes)));
  if (!array->items) return raiseNoMemory();
  array->ob_size = array->allocated = size;
  return array;
}

Status arrayResize(ArrayObject* array, Py_ssize_t size) {
  Py_ssize_t old = array->size();
  if (array->exports > 0 && size != old) {
    return raise(PyExc_BufferError, "cannot resize an array that is exporting buffers");
  }
  if (array->allocated >= size && old < size + 16 && array->items) {
    array->ob_size = size;
    return {};
  }
  if (size == 0) {
    memFree(std::exchange(array->items, nullptr));
    array->ob_size = array->allocated = 0;
    return {};
  }
  Py_ssize_t room, bytes;
  if (__builtin_add_overflow((size >> 4) + (old < 8 ? 3 : 7), size, &room) ||
      __builtin_mul_overflow(room, array->kind->size, &bytes)) {
    return raiseNoMemory();
  }
  auto* items = static_cast<char*>(memRealloc(array->items, static_cast<size_t>(bytes)));
  if (!items) return raiseNoMemory();
  array->items = items;
  array->ob_size = size;
  array->allocated = room;
  return {};
}

Status arrayAppend(ArrayObject* array, PyObject* value) {
  // The value is converted before the array grows: user code may look at it meanwhile.
  alignas(8) char item[8];
  TRY(array->kind->set(item, value));
  Py_ssize_t size = array->size();
  TRY(arrayResize(array, size + 1));
  std::memcpy(array->at(size), item, array->kind->size);
  return {};
}

Status arrayExtend(ArrayObject* array, PyObject* source) {
  if (!isArray(source)) {
    return forEach(source, [&](Ref<> item) { return arrayAppend(array, item); });
  }
  auto* other = cast<ArrayObject>(source);
  if (other->kind != array->kind) return raise(PyExc_TypeError, "can only extend with array of same kind");
  Py_ssize_t old = array->size(), added = other->size();
  if (old > PY_SSIZE_T_MAX - added) return raiseNoMemory();
  TRY(arrayResize(array, old + added));
  if (added > 0) std::memcpy(array->at(old), other->items, static_cast<size_t>(added * array->kind->size));
  return {};
}

Status arrayFromBytes(ArrayObject* array, PyObject* source) {
  Buffer buffer = TRY(Buffer::acquire(source));
  Py_ssize_t item = array->kind->size;
  if (buffer.size() % item != 0) return raise(PyExc_ValueError, "bytes length not a multiple of item size");
  Py_ssize_t added = buffer.size() / item, old = array->size();
  if (added == 0) return {};
  if (old > PY_SSIZE_T_MAX - added) return raiseNoMemory();
  TRY(arrayResize(array, old + added));
  std::memcpy(array->at(old), buffer.data(), static_cast<size_t>(buffer.size()));
  return {};
}

Result<Ref<>> arrayConstruct(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  if ((type == array_type || type->tp_init == array_type->tp_init) && kwargs &&
      TRY(objectLength(kwargs.get())) > 0) {
    return raise(PyExc_TypeError, "array.array() takes no keyword arguments");
  }
  auto* values = cast<TupleObject>(args);
  if (values->size() < 1) return raise(PyExc_TypeError, "array() takes at least 1 argument (0 given)");
  if (values->size() > 2) {
    return raise(PyExc_TypeError, "array() takes at most 2 arguments (%zd given)", values->size());
  }
  Py_UCS4 code = TRY(codeOf(values->at(0)));
  if (values->size() == 1) return arrayNew(type, 0, TRY(kindOf(code)));
  PyObject* initial = values->at(1);
  TRY(checkTextInitial(code, initial));
  MaybeRef<> iterator = TRY(iteratorFor(initial));
  return fromInitial(type, TRY(kindOf(code)), initial, iterator.opt());
}

}  // namespace krait::modules
