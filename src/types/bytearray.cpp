// The type bytearray.
//
// ob_bytes is the allocation, ob_start the first byte in use: deleting from the front only moves ob_start.
// While ob_exports is non-zero (buffers are held) the size must not change.
#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native_order.h"
#include "core/scratch.h"
#include "types/bare_type_name.h"
#include "types/byte_iter.h"
#include "types/byte_methods.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str_builder.h"

KR_EXPORT char _PyByteArray_empty_string[];
char _PyByteArray_empty_string[] = "";

namespace krait {
namespace {

std::string_view viewOf(const ByteArrayObject* array) {
  return {array->ob_start ? array->ob_start : "", static_cast<size_t>(array->ob_size)};
}

struct ByteArrayOps {
  using Object = ByteArrayObject;
  static constexpr const char* kName = "bytearray";
  static constexpr bool kImmutable = false;
  static std::string_view view(ByteArrayObject* self) { return viewOf(self); }
  static bool isSelf(PyObject* o) { return isByteArray(o); }
  static Result<Ref<>> make(std::string_view text) { return TRY(byteArrayNew(text)); }
  static Result<Ref<>> whole(ByteArrayObject* self) { return make(viewOf(self)); }
};
using Methods = ByteMethods<ByteArrayOps>;

// --- storage -----------------------------------------------------------------------------------------------

Status checkResizable(const ByteArrayObject* self) {
  if (self->ob_exports > 0)
    return raise(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
  return {};
}

// The new allocation for a size, or -1 when the present one fits.
Py_ssize_t allocationFor(const ByteArrayObject* self, Py_ssize_t size) {
  Py_ssize_t alloc = self->ob_alloc, offset = self->ob_start - self->ob_bytes;
  if (size + offset + 1 <= alloc) return size < alloc / 2 ? size + 1 : -1;
  if (static_cast<double>(size) <= static_cast<double>(alloc) * 1.125)
    return size + (size >> 3) + (size < 9 ? 3 : 6);
  return size + 1;
}

Result<int> byteFromObject(PyObject* value) { return byteValue(value, "byte must be in range(0, 256)"); }

// Replaces [low, high) by the bytes; they do not belong to the array.
Status setSlice(ByteArrayObject* self, Py_ssize_t low, Py_ssize_t high, std::string_view bytes) {
  auto count = static_cast<Py_ssize_t>(bytes.size());
  Py_ssize_t growth = count - (high - low), size = self->ob_size;
  if (growth < 0) {
    TRY(checkResizable(self));
    if (low == 0)
      self->ob_start -= growth;
    else
      std::memmove(self->ob_start + low + count, self->ob_start + high, static_cast<size_t>(size - high));
    if (byteArrayResize(self, size + growth).failed()) {
      if (low == 0) self->ob_start += growth;
      return Raised{};
    }
  } else if (growth > 0) {
    if (size > PY_SSIZE_T_MAX - growth) return raiseNoMemory();
    TRY(byteArrayResize(self, size + growth));
    std::memmove(self->ob_start + low + count, self->ob_start + high, static_cast<size_t>(size - high));
  }
  if (count > 0) std::memcpy(self->ob_start + low, bytes.data(), bytes.size());
  return {};
}

Status appendBytes(ByteArrayObject* self, std::string_view bytes) {
  return setSlice(self, self->ob_size, self->ob_size, bytes);
}

// --- life --------------------------------------------------------------------------------------------------

PyObject* byteArrayNewSlot(PyTypeObject* type, PyObject*, PyObject*) { return type->tp_alloc(type, 0); }

Status fillByIteration(ByteArrayObject* self, PyObject* source) {
  auto iterator = getIter(source);
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raise(PyExc_TypeError, "cannot convert '%.200s' object to bytearray", typeName(source));
  }
  Ref<> iter = std::move(iterator).take();
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iter.get()));
    if (!item) return {};
    char byte = static_cast<char>(TRY(byteFromObject(item.get())));
    TRY(byteArrayResize(self, self->ob_size + 1));
    self->ob_start[self->ob_size - 1] = byte;
  }
}

Status fill(ByteArrayObject* self, PyObject* source) {
  if (isStr(source)) return raise(PyExc_TypeError, "string argument without an encoding");
  if (isIndex(source)) {
    auto count = asSsize(source, PyExc_OverflowError);
    if (!count.failed()) {
      Py_ssize_t size = std::move(count).take();
      if (size < 0) return raise(PyExc_ValueError, "negative count");
      TRY(byteArrayResize(self, size));
      if (size > 0) std::memset(self->ob_start, 0, static_cast<size_t>(size));
      return {};
    }
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
  }
  if (hasBuffer(source) || isExactList(source) || isExactTuple(source)) {
    ByteBuilder collected;
    TRY(byteCollect(collected, source, "byte must be in range(0, 256)", "bytearray"));
    if (collected.failed()) return raiseNoMemory();
    return setSlice(self, 0, self->ob_size, collected.view());
  }
  return fillByIteration(self, source);
}

Status byteArrayInit(ByteArrayObject* self, Opt<> source, Opt<StrObject> encoding, Opt<StrObject> errors) {
  if (self->ob_size != 0) TRY(byteArrayResize(self, 0));
  if (encoding || errors) {
    if (!source || !isStr(source.get()))
      return raise(PyExc_TypeError,
                   encoding ? "encoding without a string argument" : "errors without a string argument");
    if (!encoding) return raise(PyExc_TypeError, "string argument without an encoding");
    const char* encoding_text = TRY(strUtf8NoNul(encoding.get()));
    const char* errors_text = errors ? TRY(strUtf8NoNul(errors.get())) : nullptr;
    Ref<> encoded = TRY(strEncode(cast<StrObject>(source.get()), encoding_text, errors_text));
    return appendBytes(self, cast<BytesObject>(encoded.get())->view());
  }
  return source ? fill(self, source.get()) : Status();
}

void byteArrayDealloc(PyObject* object) {
  auto* self = static_cast<ByteArrayObject*>(object);
  if (self->ob_exports > 0) {
    (void)raise(PyExc_SystemError, "deallocated bytearray object has exported buffers");
    writeUnraisable(nullptr);
  }
  objectFree(self->ob_bytes);
  objectFreeMemory(self);
}

// --- slots -------------------------------------------------------------------------------------------------

Result<Ref<StrObject>> byteArrayRepr(ByteArrayObject* self) {
  Ref<StrObject> content = TRY(bytesRepr(viewOf(self), true));
  if (content->at(1) == '"') {  // single quotes are escaped all the same
    Ref<StrObject> plain = TRY(strFromAscii("'")), escaped = TRY(strFromAscii("\\'"));
    content = TRY(strReplace(content.get(), plain.get(), escaped.get(), -1));
  }
  return strFormat("%s(%U)", bareTypeName(self), content.get());
}
Result<Ref<StrObject>> byteArrayStr(ByteArrayObject* self) {
  if (interpreter().config.bytes_warning) TRY(warn(PyExc_BytesWarning, 1, "str() on a bytearray instance"));
  return byteArrayRepr(self);
}

Result<Ref<>> byteArrayRichCompare(PyObject* left, PyObject* right, int op) {
  if (!hasBuffer(left) || !hasBuffer(right)) {
    if (interpreter().config.bytes_warning && (op == Py_EQ || op == Py_NE) && (isStr(left) || isStr(right)))
      TRY(warn(PyExc_BytesWarning, 1, "Comparison between bytearray and string"));
    return notImplemented();
  }
  auto a = Buffer::acquire(left);
  if (a.failed()) return clearPending(), notImplemented();
  auto b = Buffer::acquire(right);
  if (b.failed()) return clearPending(), notImplemented();
  Buffer x = std::move(a).take(), y = std::move(b).take();
  int order = krait::viewOf(x).compare(krait::viewOf(y));
  return boolObject(compareTruth(op, order) != 0);
}

Py_ssize_t byteArrayLength(ByteArrayObject* self) { return self->ob_size; }

Result<Ref<>> byteArrayAdd(PyObject* left, PyObject* right) {
  if (!hasBuffer(left) || !hasBuffer(right))
    return raise(PyExc_TypeError, "can't concat %.100s to %.100s", typeName(right), typeName(left));
  Buffer a = TRY(Buffer::acquire(left)), b = TRY(Buffer::acquire(right));
  if (a.size() > PY_SSIZE_T_MAX - b.size()) return raiseNoMemory();
  Ref<ByteArrayObject> result = TRY(byteArrayNew(krait::viewOf(a)));
  TRY(appendBytes(result.get(), krait::viewOf(b)));
  return Ref<>(std::move(result));
}

Result<Ref<>> byteArrayInPlaceAdd(ByteArrayObject* self, PyObject* other) {
  if (!hasBuffer(other))
    return raise(PyExc_TypeError, "can't concat %.100s to %.100s", typeName(other), typeName(self));
  Buffer buffer = TRY(Buffer::acquire(other));
  TRY(appendBytes(self, krait::viewOf(buffer)));
  return share<PyObject>(self);
}

Result<Ref<>> byteArrayRepeat(ByteArrayObject* self, Py_ssize_t count) {
  return Methods::repeatView(viewOf(self), count);
}

Result<Ref<>> byteArrayInPlaceRepeat(ByteArrayObject* self, Py_ssize_t count) {
  Py_ssize_t size = self->ob_size;
  if (size == 0) return share<PyObject>(self);
  count = std::max<Py_ssize_t>(count, 0);
  if (count > 0 && size > PY_SSIZE_T_MAX / count) return raiseNoMemory();
  TRY(byteArrayResize(self, size * count));
  for (Py_ssize_t i = 1; i < count; i++)
    std::memcpy(self->ob_start + i * size, self->ob_start, static_cast<size_t>(size));
  return share<PyObject>(self);
}

Result<Ref<>> byteArrayItem(ByteArrayObject* self, Py_ssize_t index) {
  if (index < 0 || index >= self->ob_size) return raise(PyExc_IndexError, "bytearray index out of range");
  return intObject(static_cast<uint8_t>(self->ob_start[index]));
}

Result<Ref<>> byteArraySubscript(ByteArrayObject* self, PyObject* key) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    return byteArrayItem(self, index < 0 ? index + self->ob_size : index);
  }
  if (!isSlice(key))
    return raise(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", typeName(key));
  SliceBounds bounds = TRY(sliceUnpack(cast<SliceObject>(key)));
  Py_ssize_t count = sliceAdjust(bounds, self->ob_size);
  if (count <= 0) return ByteArrayOps::make("");
  if (bounds.step == 1)
    return ByteArrayOps::make(
        viewOf(self).substr(static_cast<size_t>(bounds.start), static_cast<size_t>(count)));
  Ref<ByteArrayObject> result = TRY(byteArrayNew(""));
  TRY(byteArrayResize(result.get(), count));
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step)
    result->ob_start[i] = self->ob_start[at];
  return Ref<>(std::move(result));
}

Status setItem(ByteArrayObject* self, Py_ssize_t index, Opt<> value) {
  int byte = value ? TRY(byteFromObject(value.get())) : 0;
  if (index < 0) index += self->ob_size;
  if (index < 0 || index >= self->ob_size) return raise(PyExc_IndexError, "bytearray index out of range");
  if (!value) return setSlice(self, index, index + 1, "");
  self->ob_start[index] = static_cast<char>(byte);
  return {};
}

Status deleteStepped(ByteArrayObject* self, SliceBounds bounds, Py_ssize_t count) {
  TRY(checkResizable(self));
  if (count <= 0) return {};
  if (bounds.step < 0) {
    bounds.start += (count - 1) * bounds.step;
    bounds.step = -bounds.step;
  }
  char* data = self->ob_start;
  Py_ssize_t to = bounds.start;
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    Py_ssize_t next = i + 1 < count ? at + bounds.step : self->ob_size;
    std::memmove(data + to, data + at + 1, static_cast<size_t>(next - at - 1));
    to += next - at - 1;
  }
  return byteArrayResize(self, self->ob_size - count);
}

Status assignSlice(ByteArrayObject* self, SliceBounds bounds, std::string_view bytes) {
  Py_ssize_t count = sliceAdjust(bounds, self->ob_size);
  if (bounds.step == 1) {
    Py_ssize_t stop = std::max(bounds.start, bounds.start + count);
    return setSlice(self, bounds.start, stop, bytes);
  }
  if (bytes.empty()) return deleteStepped(self, bounds, count);
  if (static_cast<Py_ssize_t>(bytes.size()) != count)
    return raise(PyExc_ValueError, "attempt to assign bytes of size %zd to extended slice of size %zd",
                 static_cast<Py_ssize_t>(bytes.size()), count);
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step)
    self->ob_start[at] = bytes[static_cast<size_t>(i)];
  return {};
}

Status byteArrayAssSubscript(ByteArrayObject* self, PyObject* key, Opt<> value) {
  if (isIndex(key)) return setItem(self, TRY(asSsize(key, PyExc_IndexError)), value);
  if (!isSlice(key))
    return raise(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s", typeName(key));
  auto* slice = cast<SliceObject>(key);
  SliceBounds bounds = TRY(sliceUnpack(slice));
  if (!value) return assignSlice(self, bounds, "");
  if (isByteArray(value.get()) && value.get() != self)
    return assignSlice(self, bounds, viewOf(cast<ByteArrayObject>(value.get())));
  if (value.get() != self && (isNumber(value.get()) || isStr(value.get())))
    return raise(PyExc_TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
  ByteBuilder collected;
  TRY(byteCollect(collected, value.get(), "byte must be in range(0, 256)", "bytearray"));
  if (collected.failed()) return raiseNoMemory();
  // Collecting ran user code: the bounds are asked for again, as CPython does.
  return assignSlice(self, TRY(sliceUnpack(slice)), collected.view());
}

int byteArrayAssItem(PyObject* self, Py_ssize_t index, PyObject* value) {
  return setItem(static_cast<ByteArrayObject*>(self), index, value).toC();
}

int byteArrayGetBuffer(PyObject* object, Py_buffer* view, int flags) {
  auto* self = static_cast<ByteArrayObject*>(object);
  if (!view) {
    (void)raise(PyExc_BufferError, "bytearray_getbuffer: view==NULL argument is obsolete");
    return -1;
  }
  char* data = self->ob_start ? self->ob_start : _PyByteArray_empty_string;
  if (bufferFillInfo(view, object, data, self->ob_size, false, flags).failed()) return -1;
  self->ob_exports++;
  return 0;
}
void byteArrayReleaseBuffer(PyObject* self, Py_buffer*) { static_cast<ByteArrayObject*>(self)->ob_exports--; }

// --- methods -----------------------------------------------------------------------------------------------

Status byteArrayAppend(ByteArrayObject* self, PyObject* item) {
  char byte = static_cast<char>(TRY(byteFromObject(item)));
  if (self->ob_size == PY_SSIZE_T_MAX)
    return raise(PyExc_OverflowError, "cannot add more objects to bytearray");
  Py_ssize_t size = self->ob_size;
  TRY(byteArrayResize(self, size + 1));
  self->ob_start[size] = byte;
  return {};
}

Status byteArrayClear(ByteArrayObject* self) { return byteArrayResize(self, 0); }
Result<Ref<>> byteArrayCopy(ByteArrayObject* self) { return ByteArrayOps::whole(self); }

Status byteArrayExtend(ByteArrayObject* self, PyObject* source) {
  if (source == self) {
    std::string copy = TRY(scratchText(viewOf(self)));
    return appendBytes(self, copy);
  }
  if (hasBuffer(source)) {
    Buffer buffer = TRY(Buffer::acquire(source));
    return appendBytes(self, krait::viewOf(buffer));
  }
  auto iterator = getIter(source);
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raise(PyExc_TypeError, "can't extend bytearray with %.100s", typeName(source));
  }
  Ref<> iter = std::move(iterator).take();
  TRY(lengthHint(source, 32));  // for its errors
  ByteBuilder collected;
  collected.reserve(TRY(lengthHint(source, 32)));
  if (collected.failed()) return raiseNoMemory();
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iter.get()));
    if (!item) break;
    collected.append(static_cast<char>(TRY(byteFromObject(item.get()))));
  }
  if (collected.failed()) return raiseNoMemory();
  return appendBytes(self, collected.view());
}

Status byteArrayInsert(ByteArrayObject* self, Py_ssize_t index, PyObject* item) {
  char byte = static_cast<char>(TRY(byteFromObject(item)));
  Py_ssize_t size = self->ob_size;
  if (size == PY_SSIZE_T_MAX) return raise(PyExc_OverflowError, "cannot add more objects to bytearray");
  if (index < 0) index = std::max<Py_ssize_t>(index + size, 0);
  index = std::min(index, size);
  return setSlice(self, index, index, {&byte, 1});
}

Result<int> byteArrayPop(ByteArrayObject* self, Py_ssize_t index) {
  Py_ssize_t size = self->ob_size;
  if (size == 0) return raise(PyExc_IndexError, "pop from empty bytearray");
  if (index < 0) index += size;
  if (index < 0 || index >= size) return raise(PyExc_IndexError, "pop index out of range");
  TRY(checkResizable(self));
  int byte = static_cast<uint8_t>(self->ob_start[index]);
  std::memmove(self->ob_start + index, self->ob_start + index + 1, static_cast<size_t>(size - index - 1));
  TRY(byteArrayResize(self, size - 1));
  return byte;
}

Status byteArrayRemove(ByteArrayObject* self, PyObject* value) {
  char byte = static_cast<char>(TRY(byteFromObject(value)));
  size_t at = viewOf(self).find(byte);
  if (at == std::string_view::npos) return raise(PyExc_ValueError, "value not found in bytearray");
  TRY(byteArrayPop(self, static_cast<Py_ssize_t>(at)));
  return {};
}

Status byteArrayReverse(ByteArrayObject* self) {
  std::reverse(self->ob_start, self->ob_start + self->ob_size);
  return {};
}

Result<Ref<>> byteArrayFromhex(PyTypeObject* type, StrObject* text) {
  ByteBuilder out;
  TRY(byteFromHex(out, text));
  if (out.failed()) return raiseNoMemory();
  if (type == &PyByteArray_Type) return ByteArrayOps::make(out.view());
  Ref<BytesObject> bytes = TRY(out.finish());
  return call(type, bytes.get());
}

Result<Ref<TupleObject>> reduceWith(ByteArrayObject* self, int protocol) {
  Ref<> state = TRY(callMethod(self, name<"__getstate__">()));
  if (protocol < 3 && self->ob_size > 0) {
    Ref<StrObject> text = TRY(strFromLatin1(viewOf(self)));
    Ref<StrObject> encoding = TRY(strFromAscii("latin-1"));
    Ref<TupleObject> args = TRY(tupleOf(text.get(), encoding.get()));
    return tupleOf(typeOf(self), args.get(), state.get());
  }
  MaybeRef<TupleObject> args;
  if (self->ob_size > 0) {
    Ref<BytesObject> bytes = TRY(bytesFrom(viewOf(self)));
    args = TRY(tupleOf(bytes.get()));
  } else {
    args = emptyTuple();
  }
  return tupleOf(typeOf(self), args.get(), state.get());
}
Result<Ref<TupleObject>> byteArrayReduce(ByteArrayObject* self) { return reduceWith(self, 2); }
Result<Ref<TupleObject>> byteArrayReduceEx(ByteArrayObject* self, int protocol) {
  return reduceWith(self, protocol);
}

Py_ssize_t byteArraySizeof(ByteArrayObject* self) { return typeOf(self)->tp_basicsize + self->ob_alloc; }
Py_ssize_t byteArrayAlloc(ByteArrayObject* self) { return self->ob_alloc; }

constinit auto kByteArrayMethods = inOrder(
    "__alloc__ __reduce__ __reduce_ex__ __sizeof__ append capitalize center clear copy count decode "
    "endswith expandtabs extend find fromhex hex index insert isalnum isalpha isascii isdigit "
    "islower isspace istitle isupper join ljust lower lstrip maketrans partition pop remove replace "
    "removeprefix removesuffix reverse rfind rindex rjust rpartition rsplit rstrip split splitlines "
    "startswith strip swapcase title translate upper zfill",
    {method<"!__alloc__($self, /)", byteArrayAlloc, "B.__alloc__() -> int\n\nNumber of bytes allocated.">,
     method<"__reduce__($self, /)", byteArrayReduce, "State for pickle.">,
     method<"__reduce_ex__($self, proto=0, /)", byteArrayReduceEx, "State for pickle.">,
     method<"__sizeof__($self, /)", byteArraySizeof, "Size in memory, in bytes.">,
     method<"append($self, item, /)", byteArrayAppend, "Append one byte, given as an int.">,
     method<"clear($self, /)", byteArrayClear, "Remove all bytes.">,
     method<"copy($self, /)", byteArrayCopy, "A copy.">,
     method<"extend($self, iterable_of_ints, /)", byteArrayExtend,
            "Append all bytes of a buffer or iterable of ints.">,
     classMethod<"fromhex($type, string, /)", byteArrayFromhex,
                 "Make a bytearray from pairs of hexadecimal digits.">,
     method<"insert($self, index, item, /)", byteArrayInsert, "Insert one byte before the index.">,
     method<"pop($self, index=-1, /)", byteArrayPop,
            "Remove and return the byte at the index (default: the last).">,
     method<"remove($self, value, /)", byteArrayRemove, "Remove the first occurrence of a byte.">,
     method<"reverse($self, /)", byteArrayReverse, "Reverse the order in place.">,
     KR_BYTE_METHODS(Methods),
     {}});

constinit PyNumberMethods kByteArrayNumber = {.nb_remainder = slot<Methods::percent>};
constinit PySequenceMethods kByteArraySequence = {
    .sq_length = slot<byteArrayLength>,
    .sq_concat = slot<byteArrayAdd>,
    .sq_repeat = slot<byteArrayRepeat>,
    .sq_item = slot<byteArrayItem>,
    .sq_ass_item = byteArrayAssItem,
    .sq_contains = slot<Methods::contains>,
    .sq_inplace_concat = slot<byteArrayInPlaceAdd>,
    .sq_inplace_repeat = slot<byteArrayInPlaceRepeat>,
};
constinit PyMappingMethods kByteArrayMapping = {
    .mp_length = slot<byteArrayLength>,
    .mp_subscript = slot<byteArraySubscript>,
    .mp_ass_subscript = slot<byteArrayAssSubscript>,
};
constinit PyBufferProcs kByteArrayBuffer = {byteArrayGetBuffer, byteArrayReleaseBuffer};

}  // namespace

Result<Ref<ByteArrayObject>> byteArrayNew(std::string_view data) {
  Ref<ByteArrayObject> array = TRY(objectNew<ByteArrayObject>(&PyByteArray_Type));
  array->ob_size = array->ob_alloc = array->ob_exports = 0;
  array->ob_bytes = array->ob_start = nullptr;
  if (data.empty()) return array;
  auto size = static_cast<Py_ssize_t>(data.size());
  array->ob_bytes = array->ob_start = static_cast<char*>(objectMalloc(data.size() + 1));
  if (!array->ob_bytes) return raiseNoMemory();
  array->ob_size = size;
  array->ob_alloc = size + 1;
  std::memcpy(array->ob_start, data.data(), data.size());
  array->ob_start[size] = 0;
  return array;
}

Status byteArrayResize(ByteArrayObject* self, Py_ssize_t size) {
  if (size == self->ob_size) return {};
  TRY(checkResizable(self));
  if (size > PY_SSIZE_T_MAX - 16) return raiseNoMemory();
  Py_ssize_t alloc = allocationFor(self, size);
  if (alloc >= 0) {
    auto* fresh = static_cast<char*>(objectMalloc(static_cast<size_t>(alloc)));
    if (!fresh) return raiseNoMemory();
    Py_ssize_t kept = std::min(size, self->ob_size);
    if (kept > 0) std::memcpy(fresh, self->ob_start, static_cast<size_t>(kept));
    objectFree(self->ob_bytes);
    self->ob_bytes = self->ob_start = fresh;
    self->ob_alloc = alloc;
  }
  self->ob_size = size;
  self->ob_start[size] = 0;
  return {};
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyByteArray_Type = {
    KR_TYPE_HEAD,
    .tp_name = "bytearray",
    .tp_basicsize = sizeof(ByteArrayObject),
    .tp_dealloc = byteArrayDealloc,
    .tp_repr = slot<byteArrayRepr>,
    .tp_as_number = &kByteArrayNumber,
    .tp_as_sequence = &kByteArraySequence,
    .tp_as_mapping = &kByteArrayMapping,
    .tp_str = slot<byteArrayStr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_as_buffer = &kByteArrayBuffer,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<
        "!bytearray()",
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
        "bytearray(bytes_or_buffer) -> copy\nbytearray(int) -> that many zero bytes\n"
        "bytearray() -> empty\n\nA mutable array of bytes.">,
    .tp_richcompare = slot<byteArrayRichCompare>,
    .tp_iter = slot<byteArrayIter>,
    .tp_methods = kByteArrayMethods.data(),
    .tp_init = initSlot<"bytearray(source=None, encoding=None, errors=None)", byteArrayInit>,
    .tp_new = byteArrayNewSlot,
};
