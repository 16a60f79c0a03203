#include "modules/array/array.h"

#include <algorithm>
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/import.h"
#include "core/reported_size.h"
#include "modules/counted_method.h"
#include "modules/heap_type.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/slice.h"
#include "types/str_builder.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace krait::modules {

PyTypeObject *array_type = nullptr, *array_iterator_type = nullptr;

namespace {

struct ArrayIterator : PyObject {
  Py_ssize_t index;
  ArrayObject* array;  // null when exhausted
};

// --- storage ---

void dealloc(ArrayObject* self) {
  gcUntrack(self);
  if (self->weak_references) clearWeakRefs(self);
  memFree(self->items);
  heapInstanceFree(self);
}

int traverse(ArrayObject* self, visitproc visit, void* arg) { return visitAll(visit, arg, typeOf(self)); }

Raised wrongKind() { return raise(PyExc_TypeError, "bad argument type for built-in operation"); }

// --- sequence operations ---

Py_ssize_t length(ArrayObject* self) { return self->size(); }

Result<Ref<>> itemSlot(ArrayObject* self, Py_ssize_t index) {
  if (index < 0 || index >= self->size()) return raise(PyExc_IndexError, "array index out of range");
  return arrayItem(self, index);
}

Result<Ref<ArrayObject>> copyRange(ArrayObject* self, Py_ssize_t start, Py_ssize_t count) {
  Ref<ArrayObject> made = TRY(arrayNew(array_type, count, self->kind));
  if (count > 0) std::memcpy(made->items, self->at(start), static_cast<size_t>(count * self->kind->size));
  return made;
}

Result<Ref<>> concat(ArrayObject* self, PyObject* other) {
  if (!isArray(other)) {
    return raise(PyExc_TypeError, "can only append array (not \"%.200s\") to array", typeName(other));
  }
  auto* right = cast<ArrayObject>(other);
  if (right->kind != self->kind) return wrongKind();
  if (self->size() > PY_SSIZE_T_MAX - right->size()) return raiseNoMemory();
  Ref<ArrayObject> made = TRY(arrayNew(array_type, self->size() + right->size(), self->kind));
  if (self->size() > 0) std::memcpy(made->items, self->items, self->bytes().size());
  if (right->size() > 0) std::memcpy(made->at(self->size()), right->items, right->bytes().size());
  return made;
}

// Fills the space behind the first `count` items with copies of them.
void repeatItems(ArrayObject* array, Py_ssize_t count) {
  for (Py_ssize_t filled = count; filled > 0 && filled < array->size(); filled += count) {
    std::memcpy(array->at(filled), array->items, static_cast<size_t>(count * array->kind->size));
  }
}

Result<Ref<>> repeat(ArrayObject* self, Py_ssize_t count) {
  count = std::max<Py_ssize_t>(count, 0);
  Py_ssize_t size;
  if (__builtin_mul_overflow(self->size(), count, &size)) return raiseNoMemory();
  Ref<ArrayObject> made = TRY(arrayNew(array_type, size, self->kind));
  if (size == 0) return made;
  std::memcpy(made->items, self->items, self->bytes().size());
  repeatItems(made, self->size());
  return made;
}

Result<Ref<>> inPlaceRepeat(ArrayObject* self, Py_ssize_t count) {
  Py_ssize_t old = self->size(), size;
  if (__builtin_mul_overflow(old, std::max<Py_ssize_t>(count, 0), &size)) return raiseNoMemory();
  if (old > 0 && count != 1) {
    TRY(arrayResize(self, size));
    if (size > 0) repeatItems(self, old);
  }
  return share(self);
}

Status extendArray(ArrayObject* self, ArrayObject* other) {
  if (other->kind != self->kind) return raise(PyExc_TypeError, "can only extend with array of same kind");
  Py_ssize_t old = self->size(), added = other->size();
  if (old > PY_SSIZE_T_MAX - added) return raiseNoMemory();
  TRY(arrayResize(self, old + added));
  if (added > 0) std::memcpy(self->at(old), other->items, static_cast<size_t>(added * self->kind->size));
  return {};
}

Result<Ref<>> inPlaceConcat(ArrayObject* self, PyObject* other) {
  if (!isArray(other)) {
    return raise(PyExc_TypeError, "can only extend array with array (not \"%.200s\")", typeName(other));
  }
  TRY(extendArray(self, cast<ArrayObject>(other)));
  return share(self);
}

// Position of the first item equal to v from `start` on; -1: none.
Result<Py_ssize_t> find(ArrayObject* self, PyObject* v, Py_ssize_t start, Py_ssize_t stop) {
  for (Py_ssize_t i = start; i < stop && i < self->size(); i++) {
    Ref<> item = TRY(arrayItem(self, i));
    if (TRY(richCompareBool(item, v, Py_EQ))) return i;
  }
  return -1;
}

Result<bool> contains(ArrayObject* self, PyObject* v) { return TRY(find(self, v, 0, PY_SSIZE_T_MAX)) >= 0; }

Status removeRange(ArrayObject* self, Py_ssize_t start, Py_ssize_t count) {
  if (count <= 0) return {};
  if (self->exports > 0) {
    return raise(PyExc_BufferError, "cannot resize an array that is exporting buffers");
  }
  Py_ssize_t tail = self->size() - start - count;
  if (tail > 0)
    std::memmove(self->at(start), self->at(start + count), static_cast<size_t>(tail * self->kind->size));
  return arrayResize(self, self->size() - count);
}

// --- subscripts ---

Result<Ref<>> sliceOf(ArrayObject* self, SliceObject* slice) {
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  if (bounds.step == 1) return copyRange(self, bounds.start, count);
  Ref<ArrayObject> made = TRY(arrayNew(array_type, count, self->kind));
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    std::memcpy(made->at(i), self->at(at), self->kind->size);
  }
  return made;
}

Result<Ref<>> subscript(ArrayObject* self, PyObject* key) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    return itemSlot(self, index < 0 ? index + self->size() : index);
  }
  if (isSlice(key)) return sliceOf(self, cast<SliceObject>(key));
  return raise(PyExc_TypeError, "array indices must be integers");
}

Status assignItem(ArrayObject* self, PyObject* key, Opt<> value) {
  Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
  if (index < 0) index += self->size();
  if (index < 0 || index >= self->size())
    return raise(PyExc_IndexError, "array assignment index out of range");
  if (!value) return removeRange(self, index, 1);
  alignas(8) char item[8];
  TRY(self->kind->set(item, value.get()));
  // The conversion may have run code that shortened the array.
  if (index >= self->size()) return raise(PyExc_IndexError, "array assignment index out of range");
  std::memcpy(self->at(index), item, self->kind->size);
  return {};
}

// Extended slices: as many items as places.
Status assignStrided(ArrayObject* self, const SliceBounds& bounds, Py_ssize_t count, ArrayObject* source) {
  if (source->size() != count) {
    return raise(PyExc_ValueError, "attempt to assign array of size %zd to extended slice of size %zd",
                 source->size(), count);
  }
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    std::memcpy(self->at(at), source->at(i), self->kind->size);
  }
  return {};
}

Status deleteStrided(ArrayObject* self, SliceBounds bounds, Py_ssize_t count) {
  if (count == 0) return {};
  if (self->exports > 0) {
    return raise(PyExc_BufferError, "cannot resize an array that is exporting buffers");
  }
  if (bounds.step < 0) {
    bounds.start += bounds.step * (count - 1);
    bounds.step = -bounds.step;
  }
  Py_ssize_t write = bounds.start, removed = 0;
  for (Py_ssize_t read = bounds.start; read < self->size(); read++) {
    bool drop = removed < count && read == bounds.start + removed * bounds.step;
    if (drop) {
      removed++;
      continue;
    }
    std::memmove(self->at(write++), self->at(read), self->kind->size);
  }
  return arrayResize(self, self->size() - count);
}

Status assignContiguous(ArrayObject* self, Py_ssize_t start, Py_ssize_t count, Opt<ArrayObject> source) {
  Py_ssize_t added = source ? source->size() : 0, size = self->kind->size;
  if (count == added) {
    if (added > 0) std::memcpy(self->at(start), source->items, static_cast<size_t>(added * size));
    return {};
  }
  if (self->exports > 0) {
    return raise(PyExc_BufferError, "cannot resize an array that is exporting buffers");
  }
  Py_ssize_t tail = self->size() - start - count, grown = self->size() + added - count;
  if (added < count && tail > 0) {
    std::memmove(self->at(start + added), self->at(start + count), static_cast<size_t>(tail * size));
  }
  TRY(arrayResize(self, grown));
  if (added > count && tail > 0) {
    std::memmove(self->at(start + added), self->at(start + count), static_cast<size_t>(tail * size));
  }
  if (added > 0) std::memcpy(self->at(start), source->items, static_cast<size_t>(added * size));
  return {};
}

Status assignSlice(ArrayObject* self, SliceObject* slice, Opt<> value) {
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  if (!value) {
    return bounds.step == 1 ? assignContiguous(self, bounds.start, count, nullptr)
                            : deleteStrided(self, bounds, count);
  }
  if (!isArray(value.get())) {
    return raise(PyExc_TypeError, "can only assign array (not \"%.200s\") to array slice",
                 typeName(value.get()));
  }
  auto* source = cast<ArrayObject>(value.get());
  if (source->kind != self->kind) return wrongKind();
  // An array assigned to a slice of itself is read from a copy.
  Ref<ArrayObject> held = source == self ? TRY(copyRange(self, 0, self->size())) : share(source);
  if (bounds.step == 1) {
    if (bounds.stop < bounds.start) count = 0;
    return assignContiguous(self, bounds.start, count, held.get());
  }
  return assignStrided(self, bounds, count, held);
}

Status assignSubscript(ArrayObject* self, PyObject* key, Opt<> value) {
  if (isIndex(key)) return assignItem(self, key, value);
  if (isSlice(key)) return assignSlice(self, cast<SliceObject>(key), value);
  return raise(PyExc_TypeError, "array indices must be integers");
}

// --- comparison and text ---

Result<Ref<>> compareSlot(PyObject* left, PyObject* right, int op) {
  if (!isArray(left) || !isArray(right)) return notImplemented();
  auto *a = cast<ArrayObject>(left), *b = cast<ArrayObject>(right);
  if (a->size() != b->size() && (op == Py_EQ || op == Py_NE)) return boolObject(op == Py_NE);
  bool plain = a->kind == b->kind && a->kind->is_integer;
  Py_ssize_t i = 0;
  if (plain) {
    while (i < a->size() && i < b->size() && std::memcmp(a->at(i), b->at(i), a->kind->size) == 0) i++;
  }
  for (; i < a->size() && i < b->size(); i++) {
    Ref<> x = TRY(arrayItem(a, i)), y = TRY(arrayItem(b, i));
    if (TRY(richCompareBool(x, y, Py_EQ))) continue;
    if (op == Py_EQ || op == Py_NE) return boolObject(op == Py_NE);
    return richCompare(x, y, op);
  }
  return boolObject(compareValues(a->size(), b->size(), op));
}

Result<Ref<>> toUnicode(ArrayObject* self) {
  if (self->kind->code != 'u') {
    return raise(PyExc_ValueError, "tounicode() may only be called on unicode type arrays");
  }
  return strFromWide(reinterpret_cast<wchar_t*>(self->items), self->size());
}

Result<Ref<ListObject>> toList(ArrayObject* self) {
  Ref<ListObject> list = TRY(listNew(self->size()));
  for (Py_ssize_t i = 0; i < list->size(); i++) list->ob_item[i] = TRY(arrayItem(self, i)).leak();
  return list;
}

Result<Ref<>> reprSlot(ArrayObject* self) {
  StrBuilder out;
  Ref<StrObject> type_name = TRY(typeNameOf(typeOf(self)));
  out.append(type_name);
  out.append("('");
  out.append(self->kind->code);
  out.append('\'');
  if (self->size() > 0) {
    Ref<> items = self->kind->code == 'u' ? TRY(toUnicode(self)) : Ref<>(TRY(toList(self)));
    out.append(", ");
    out.append(TRY(objectRepr(items)));
  }
  return out.finish(')');
}

// --- buffer ---

Status getBuffer(ArrayObject* self, Py_buffer* view, int flags) {
  static char empty_storage[1];
  view->buf = self->items ? self->items : empty_storage;
  view->obj = share<PyObject>(self).leak();
  view->len = self->size() * self->kind->size;
  view->readonly = 0;
  view->ndim = 1;
  view->itemsize = self->kind->size;
  view->suboffsets = nullptr;
  view->shape = (flags & PyBUF_ND) == PyBUF_ND ? &self->ob_size : nullptr;
  view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : nullptr;
  view->format = (flags & PyBUF_FORMAT) != 0 ? const_cast<char*>(self->kind->format) : nullptr;
  view->internal = nullptr;
  self->exports++;
  return {};
}
void releaseBuffer(ArrayObject* self, Py_buffer*) { self->exports--; }

// --- methods ---

Status insert(ArrayObject* self, Py_ssize_t index, PyObject* value) {
  alignas(8) char item[8];
  TRY(self->kind->set(item, value));
  Py_ssize_t size = self->size();
  if (index < 0) index = std::max<Py_ssize_t>(index + size, 0);
  index = std::min(index, size);
  TRY(arrayResize(self, size + 1));
  std::memmove(self->at(index + 1), self->at(index), static_cast<size_t>((size - index) * self->kind->size));
  std::memcpy(self->at(index), item, self->kind->size);
  return {};
}

Result<Ref<>> pop(ArrayObject* self, Py_ssize_t index) {
  if (self->size() == 0) return raise(PyExc_IndexError, "pop from empty array");
  if (index < 0) index += self->size();
  if (index < 0 || index >= self->size()) return raise(PyExc_IndexError, "pop index out of range");
  Ref<> value = TRY(arrayItem(self, index));
  TRY(removeRange(self, index, 1));
  return value;
}

Result<Ref<>> index(ArrayObject* self, PyObject* v, SliceIndex start, SliceIndex stop) {
  Py_ssize_t size = self->size();
  Py_ssize_t found = TRY(find(self, v, start.from(size), stop.from(size)));
  if (found < 0) return raise(PyExc_ValueError, "array.index(x): x not in array");
  return intFromLong(found);
}

Status remove(ArrayObject* self, PyObject* v) {
  Py_ssize_t found = TRY(find(self, v, 0, PY_SSIZE_T_MAX));
  if (found < 0) return raise(PyExc_ValueError, "array.remove(x): x not in array");
  return found < self->size() ? removeRange(self, found, 1) : Status();
}

Result<Py_ssize_t> count(ArrayObject* self, PyObject* v) {
  Py_ssize_t hits = 0;
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Ref<> item = TRY(arrayItem(self, i));
    hits += TRY(richCompareBool(item, v, Py_EQ));
  }
  return hits;
}

Status reverse(ArrayObject* self) {
  char item[8];
  for (Py_ssize_t low = 0, high = self->size() - 1; low < high; low++, high--) {
    std::memcpy(item, self->at(low), self->kind->size);
    std::memcpy(self->at(low), self->at(high), self->kind->size);
    std::memcpy(self->at(high), item, self->kind->size);
  }
  return {};
}

Status byteswap(ArrayObject* self) {
  for (Py_ssize_t i = 0; i < self->size(); i++) std::reverse(self->at(i), self->at(i) + self->kind->size);
  return {};
}

// Takes back what a failed operation has added.
void restoreSize(ArrayObject* self, Py_ssize_t size) {
  PendingSaved saved;
  if (arrayResize(self, size).failed()) clearPending();
}

Status fromList(ArrayObject* self, PyObject* list_object) {
  if (!isList(list_object)) return raise(PyExc_TypeError, "arg must be list");
  auto* list = cast<ListObject>(list_object);
  Py_ssize_t old = self->size(), added = list->size();
  TRY(arrayResize(self, old + added));
  for (Py_ssize_t i = 0; i < added; i++) {
    Ref<> item = share(list->at(i));
    alignas(8) char raw[8];
    if (self->kind->set(raw, item).failed()) {
      restoreSize(self, old);
      return Raised{};
    }
    if (list->size() != added || self->size() != old + added) {
      if (self->size() == old + added) TRY(arrayResize(self, old));
      return raise(PyExc_RuntimeError, "list changed size during iteration");
    }
    std::memcpy(self->at(old + i), raw, self->kind->size);
  }
  return {};
}

Status fromUnicode(ArrayObject* self, PyObject* text_object) {
  if (!isStr(text_object)) {
    return raise(PyExc_TypeError, "fromunicode() argument must be str, not %.200s",
                 text_object == Py_None ? "None" : typeName(text_object));
  }
  if (self->kind->code != 'u') {
    return raise(PyExc_ValueError, "fromunicode() may only be called on unicode type arrays");
  }
  auto* text = cast<StrObject>(text_object);
  Py_ssize_t old = self->size();
  TRY(arrayResize(self, old + text->size()));
  auto* out = reinterpret_cast<Py_UCS4*>(self->items) + old;
  for (Py_ssize_t i = 0; i < text->size(); i++) out[i] = text->at(i);
  return {};
}

Status fromFile(ArrayObject* self, PyObject* file, Py_ssize_t n) {
  if (n < 0) return raise(PyExc_ValueError, "negative count");
  Py_ssize_t bytes;
  if (__builtin_mul_overflow(n, self->kind->size, &bytes)) return raiseNoMemory();
  Ref<IntObject> wanted = TRY(intFromLong(bytes));
  Ref<> data = TRY(callMethod(file, name<"read">(), wanted.get()));
  if (!isBytes(data.get())) return raise(PyExc_TypeError, "read() didn't return bytes");
  bool short_read = cast<BytesObject>(data.get())->size() != bytes;
  TRY(arrayFromBytes(self, data));
  if (short_read) return raise(PyExc_EOFError, "read() didn't return enough bytes");
  return {};
}

Status toFile(ArrayObject* self, PyObject* file) {
  constexpr size_t kBlock = 64 * 1024;
  for (size_t at = 0; at < self->bytes().size(); at += kBlock) {
    Ref<BytesObject> block = TRY(bytesFrom(self->bytes().substr(at, kBlock)));
    TRY(callMethod(file, name<"write">(), block.get()));
  }
  return {};
}

Result<Ref<>> toBytes(ArrayObject* self) { return bytesFrom(self->bytes()); }
Result<Ref<>> copyMethod(ArrayObject* self) { return copyRange(self, 0, self->size()); }
Result<Ref<>> deepcopyMethod(ArrayObject* self, PyObject*) { return copyMethod(self); }
Result<Ref<>> bufferInfo(ArrayObject* self) {
  Ref<IntObject> address = TRY(intFromUnsignedLong(reinterpret_cast<unsigned long>(self->items)));
  Ref<IntObject> size = TRY(intFromLong(self->size()));
  return tupleOf(address.get(), size.get());
}
Py_ssize_t sizeofMethod(ArrayObject* self) {
  return typeOf(self)->tp_basicsize + self->allocated * self->kind->size;
}
Result<Ref<>> typecodeGetter(ArrayObject* self) {
  return strFromChar(static_cast<Py_UCS4>(self->kind->code));
}
Result<Ref<>> itemsizeGetter(ArrayObject* self) { return intFromLong(self->kind->size); }

Result<Ref<>> iterSlot(ArrayObject* self) {
  Ref<ArrayIterator> iterator = TRY(typeAlloc<ArrayIterator>(array_iterator_type));
  iterator->array = share(self).leak();
  return iterator;
}

constinit PyMethodDef kMethods[] = {
    method<"append($self, v, /)", arrayAppend, "Append new value v to the end of the array.">,
    method<"buffer_info($self, /)", bufferInfo, "The address and the number of items.">,
    method<"byteswap($self, /)", byteswap, "Byteswap all items of the array.">,
    method<"__copy__($self, /)", copyMethod, "Return a copy of the array.">,
    method<"count($self, v, /)", count, "Return number of occurrences of v in the array.">,
    method<"__deepcopy__($self, unused, /)", deepcopyMethod, "Return a copy of the array.">,
    countedMethod<"extend($self, bb, /)", arrayExtend, "Append items to the end of the array.">,
    countedMethod<"fromfile($self, f, n, /)", fromFile, "Read n items from a file and append them.">,
    method<"fromlist($self, list, /)", fromList, "Append items to array from list.">,
    method<"frombytes($self, buffer, /)", arrayFromBytes, "Appends items from a bytes-like object.">,
    method<"fromunicode($self, ustr, /)", fromUnicode,
           "Extends this array with data from the unicode string ustr.">,
    method<"index($self, v, start=0, stop=sys.maxsize, /)", index, "Index of the first occurrence of v.">,
    method<"insert($self, i, v, /)", insert, "Insert a new item v into the array before position i.">,
    method<"pop($self, i=-1, /)", pop, "Return the i-th element and delete it from the array.">,
    countedMethod<"__reduce_ex__($self, value, /)", arrayReduce, "Return state information for pickling.">,
    method<"remove($self, v, /)", remove, "Remove the first occurrence of v in the array.">,
    method<"reverse($self, /)", reverse, "Reverse the order of the items in the array.">,
    countedMethod<"tofile($self, f, /)", toFile, "Write all items (as machine values) to the file object f.">,
    method<"tolist($self, /)", toList, "Convert array to an ordinary list with the same items.">,
    method<"tobytes($self, /)", toBytes, "The items as bytes.">,
    method<"tounicode($self, /)", toUnicode, "The items as a str.">,
    method<"__sizeof__($self, /)", sizeofMethod, "Size of the array in memory, in bytes.">,
    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"typecode", typecodeGetter, nullptr, "the typecode character used to create the array">,
    getset<"itemsize", itemsizeGetter, nullptr, "the size, in bytes, of one array item">,
    {}};
constinit PyMemberDef kMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ArrayObject, weak_references), READONLY, nullptr}, {}};
constinit PySequenceMethods kSequence = {
    .sq_length = slot<length>,
    .sq_concat = slot<concat>,
    .sq_repeat = slot<repeat>,
    .sq_item = slot<itemSlot>,
    .sq_contains = slot<contains>,
    .sq_inplace_concat = slot<inPlaceConcat>,
    .sq_inplace_repeat = slot<inPlaceRepeat>,
};
constinit PyMappingMethods kMapping = {
    .mp_length = slot<length>, .mp_subscript = slot<subscript>, .mp_ass_subscript = slot<assignSubscript>};
constinit PyBufferProcs kBuffer = {slot<getBuffer>, slot<releaseBuffer>};

constinit PyTypeObject kArrayType = {
    .tp_name = "array.array",
    .tp_basicsize = sizeof(ArrayObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<reprSlot>,
    .tp_as_sequence = &kSequence,
    .tp_as_mapping = &kMapping,
    .tp_getattro = slot<genericGetAttr>,
    .tp_as_buffer = &kBuffer,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_SEQUENCE,
    .tp_doc =
        "array(typecode [, initializer]) -> array\n\nA compact array of machine values of the type that "
        "typecode\n"
        "names, filled from a list, a bytes-like object, a str ('u') or any iterable.",
    .tp_traverse = slot<traverse>,
    .tp_richcompare = slot<compareSlot>,
    .tp_iter = slot<iterSlot>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_new = slot<arrayConstruct>,
};

// --- the iterator ---

void iteratorDealloc(ArrayIterator* self) {
  gcUntrack(self);
  clearField(self->array);
  heapInstanceFree(self);
}
int iteratorTraverse(ArrayIterator* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self), self->array);
}
Result<MaybeRef<>> iteratorNext(ArrayIterator* self) {
  if (!self->array) return MaybeRef<>();
  if (self->index < self->array->size()) return MaybeRef<>(TRY(arrayItem(self->array, self->index++)));
  clearField(self->array);
  return MaybeRef<>();
}

Result<Ref<>> iteratorReduce(ArrayIterator* self) {
  Ref<> iter = TRY(importAttr("builtins", "iter"));
  if (!self->array) {
    Ref<TupleObject> empty = emptyTuple();
    Ref<TupleObject> args = TRY(tupleOf(empty.get()));
    return tupleOf(iter.get(), args.get());
  }
  Ref<TupleObject> args = TRY(tupleOf(self->array));
  Ref<IntObject> position = TRY(intFromLong(self->index));
  return tupleOf(iter.get(), args.get(), position.get());
}
Status iteratorSetState(ArrayIterator* self, PyObject* state) {
  Py_ssize_t position = TRY(asSsize(state, PyExc_OverflowError));
  if (self->array) self->index = std::clamp<Py_ssize_t>(position, 0, self->array->size());
  return {};
}

constinit PyMethodDef kIteratorMethods[] = {
    method<"__reduce__($self, /)", iteratorReduce, "Return state information for pickling.">,
    method<"__setstate__($self, state, /)", iteratorSetState, "Set state information for unpickling.">,
    {}};
constinit PyTypeObject kIteratorType = {
    .tp_name = "array.arrayiterator",
    .tp_basicsize = reportedSize<ArrayIterator>(40),
    .tp_dealloc = slot<iteratorDealloc>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = slot<iteratorTraverse>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iteratorNext>,
    .tp_methods = kIteratorMethods,
};

constinit PyMethodDef kFunctions[] = {
    function<
        "_array_reconstructor($module, arraytype, typecode, mformat_code, items,\n                     /)",
        arrayReconstruct, "Internal. Used for pickling support.">,
    {}};

// Arrays are mutable sequences as collections.abc sees it.
Status registerSequence() {
  Ref<> abc = TRY(importModule("collections.abc"));
  Ref<> sequence = TRY(attrGet(abc, name<"MutableSequence">()));
  TRY(callMethod(sequence.get(), name<"register">(), array_type));
  return {};
}

Status arrayExec(PyObject* module) {
  TRY(typeMakeOnce(module, &array_iterator_type, kIteratorType));
  TRY(typeMakeOnce(module, &array_type, kArrayType));
  TRY(moduleAdd(module, "ArrayType", share<PyObject>(array_type)));
  TRY(moduleAdd(module, "array", share<PyObject>(array_type)));
  TRY(registerSequence());
  char codes[kArrayKindCount + 1] = {};
  for (int i = 0; i < kArrayKindCount; i++) codes[i] = kArrayKinds[i].code;
  return moduleAddStr(module, "typecodes", codes);
}

constinit PyModuleDef kModule =
    moduleDef<"array", arrayExec>(kFunctions, "Arrays of machine values: characters, integers, floats.");

}  // namespace

PyObject* initArray() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
