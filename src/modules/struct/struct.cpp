// The _struct module: Struct objects, the functions over a cache of them, and iter_unpack's iterator.
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/heap_type.h"
#include "modules/struct/layout.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace krait::modules {
namespace {

// The two counts stand where extensions read them.
struct StructObject : PyObject {
  Py_ssize_t size_, count_;  // -1 before __init__
  StructLayout* layout;      // null before __init__
  PyObject* format;          // str
  PyObject* weak_references;

  Py_ssize_t size() const { return size_; }
};
static_assert(sizeof(StructObject) == 56);

struct UnpackIterator : PyObject {
  StructObject* source;  // null when exhausted
  Py_buffer view;
  Py_ssize_t index;
};

PyTypeObject* struct_type = nullptr;
PyTypeObject* iterator_type = nullptr;
DictObject* cache = nullptr;
constexpr Py_ssize_t kMaxCache = 100;

// --- Struct ---

Result<Ref<>> structNewSlot(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<StructObject> self = TRY(typeAlloc<StructObject>(type));
  self->layout = nullptr;
  self->size_ = self->count_ = -1;
  self->format = none().leak();
  return self;
}

Result<Ref<StrObject>> formatText(PyObject* format) {
  if (isStr(format)) {
    auto* text = cast<StrObject>(format);
    if (text->isAscii()) return share(text);
    TRY(strEncode(text, "ascii", nullptr));
    return raise(PyExc_SystemError, "ascii codec accepted other characters");
  }
  if (isBytes(format)) return strFromLatin1(cast<BytesObject>(format)->view());
  return raise(PyExc_TypeError, "Struct() argument 1 must be a str or bytes object, not %.200s",
               typeName(format));
}

Status structInit(StructObject* self, PyObject* format) {
  Ref<StrObject> text = TRY(formatText(format));
  std::string_view view = text->isAscii() ? text->asciiView() : std::string_view("\xff");
  StructLayout* compiled = TRY(structCompile(view));
  StructLayout* old = std::exchange(self->layout, compiled);
  self->size_ = compiled->size, self->count_ = compiled->count;
  if (old) StructLayoutRef::release(old);
  setField(self->format, std::move(text));
  return {};
}

int structTraverse(StructObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self));
}

void structDealloc(StructObject* self) {
  gcUntrack(self);
  if (self->weak_references) clearWeakRefs(self);
  if (self->layout) StructLayoutRef::release(self->layout);
  clearField(self->format);
  heapInstanceFree(self);
}

Status requireReady(StructObject* self) {
  if (self->layout) return {};
  return raise(PyExc_RuntimeError, "Struct object is not initialized");
}

Result<Ref<>> packValues(StructObject* self, PyObject* const* values, Py_ssize_t count) {
  if (count != self->count_) {
    return raise(struct_error, "pack expected %zd items for packing (got %zd)", self->count_, count);
  }
  StructLayoutRef layout(self->layout);
  Ref<BytesObject> bytes = TRY(bytesNew(layout->size));
  if (layout->size > 1) {
    TRY(structPack(*layout, values, reinterpret_cast<unsigned char*>(bytes->data())));
    return bytes;
  }
  // Objects of these sizes are shared.
  unsigned char one = 0;
  TRY(structPack(*layout, values, &one));
  return bytesFrom({reinterpret_cast<char*>(&one), static_cast<size_t>(layout->size)});
}

Result<Buffer> writableBuffer(PyObject* o) {
  Result<Buffer> buffer = Buffer::acquire(o, PyBUF_WRITABLE);
  if (!buffer.failed()) return buffer;
  clearPending();
  return raise(PyExc_TypeError, "argument must be read-write bytes-like object, not %.50s",
               o == Py_None ? "None" : typeName(o));
}

// Negative offsets count from the end.
Result<Py_ssize_t> packOffset(Py_ssize_t offset, Py_ssize_t size, Py_ssize_t room) {
  if (offset < 0) {
    if (offset + size > 0)
      return raise(struct_error, "no space to pack %zd bytes at offset %zd", size, offset);
    if (offset + room < 0) {
      return raise(struct_error, "offset %zd out of range for %zd-byte buffer", offset, room);
    }
    offset += room;
  }
  if (room - offset >= size) return offset;
  return raise(struct_error,
               "pack_into requires a buffer of at least %zu bytes for packing %zd bytes at offset %zd "
               "(actual buffer size is %zd)",
               static_cast<size_t>(size) + static_cast<size_t>(offset), size, offset, room);
}

Status packInto(StructObject* self, PyObject* const* values, Py_ssize_t count) {
  if (count == 0) return raise(struct_error, "pack_into expected buffer argument");
  if (count == 1) return raise(struct_error, "pack_into expected offset argument");
  if (count - 2 != self->count_) {
    return raise(struct_error, "pack_into expected %zd items for packing (got %zd)", self->count_, count - 2);
  }
  StructLayoutRef layout(self->layout);
  Buffer buffer = TRY(writableBuffer(values[0]));
  Py_ssize_t offset = TRY(asSsize(values[1], PyExc_IndexError));
  offset = TRY(packOffset(offset, layout->size, buffer.size()));
  return structPack(*layout, values + 2, buffer.writableData() + offset);
}

Result<Ref<>> packMethod(StructObject* self, CallArgs args) {
  TRY(refuseKeywords(args, "Struct.pack"));
  return packValues(self, args.values, args.count);
}
Status packIntoMethod(StructObject* self, CallArgs args) {
  TRY(refuseKeywords(args, "Struct.pack_into"));
  return packInto(self, args.values, args.count);
}

Result<Ref<>> unpackMethod(StructObject* self, Buffer buffer) {
  TRY(requireReady(self));
  if (buffer.size() != self->size()) {
    return raise(struct_error, "unpack requires a buffer of %zd bytes", self->size());
  }
  StructLayoutRef layout(self->layout);
  return structUnpack(*layout, buffer.data());
}

Result<Ref<>> unpackFromMethod(StructObject* self, Buffer buffer, Py_ssize_t offset) {
  TRY(requireReady(self));
  StructLayoutRef layout(self->layout);
  Py_ssize_t size = layout->size, room = buffer.size();
  if (offset < 0) {
    if (offset + size > 0)
      return raise(struct_error, "not enough data to unpack %zd bytes at offset %zd", size, offset);
    if (offset + room < 0) {
      return raise(struct_error, "offset %zd out of range for %zd-byte buffer", offset, room);
    }
    offset += room;
  }
  if (room - offset < size) {
    return raise(struct_error,
                 "unpack_from requires a buffer of at least %zu bytes for unpacking %zd bytes at offset %zd "
                 "(actual buffer size is %zd)",
                 static_cast<size_t>(size) + static_cast<size_t>(offset), size, offset, room);
  }
  return structUnpack(*layout, buffer.data() + offset);
}

Result<Ref<>> iterUnpackMethod(StructObject* self, PyObject* buffer) {
  TRY(requireReady(self));
  if (self->size() == 0) return raise(struct_error, "cannot iteratively unpack with a struct of length 0");
  Ref<UnpackIterator> iterator = TRY(typeAlloc<UnpackIterator>(iterator_type));
  TRY(bufferGet(buffer, &iterator->view, PyBUF_SIMPLE));
  if (iterator->view.len % self->size() != 0) {
    return raise(struct_error, "iterative unpacking requires a buffer of a multiple of %zd bytes",
                 self->size());
  }
  iterator->source = share(self).leak();
  return iterator;
}

Py_ssize_t sizeofMethod(StructObject* self) {
  size_t codes = self->layout ? self->layout->items.size() : 0;
  return static_cast<Py_ssize_t>(sizeof(StructObject) + (codes + 1) * 32);
}

Result<Ref<>> formatGetter(StructObject* self) { return share(self->format); }
Result<Ref<>> sizeGetter(StructObject* self) { return intFromLong(self->size()); }

constinit PyMethodDef kStructMethods[] = {
    method<"iter_unpack($self, buffer, /)", iterUnpackMethod,
           "An iterator over the values of a buffer, piece by piece.">,
    method<"!pack($self, *values)", packMethod, "S.pack(v1, v2, ...) -> bytes\n\nThe values as bytes.">,
    method<"!pack_into($self, *values)", packIntoMethod,
           "S.pack_into(buffer, offset, v1, v2, ...)\n\nWrites the values into a buffer at an offset.">,
    method<"unpack($self, buffer, /)", unpackMethod, "The values of a buffer of exactly the struct's size.">,
    method<"unpack_from($self, /, buffer, offset=0)", unpackFromMethod,
           "The values that stand at an offset.">,
    method<"!__sizeof__($self, /)", sizeofMethod, "S.__sizeof__() -> size of S in memory, in bytes">,
    {}};
constinit PyGetSetDef kStructGetSet[] = {getset<"format", formatGetter, nullptr, "struct format string">,
                                         getset<"size", sizeGetter, nullptr, "struct size in bytes">,
                                         {}};
constinit PyMemberDef kStructMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(StructObject, weak_references), READONLY, nullptr}, {}};

constinit PyTypeObject kStructType = {
    .tp_name = "_struct.Struct",
    .tp_basicsize = sizeof(StructObject),
    .tp_dealloc = slot<structDealloc>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "Struct(fmt) --> compiled struct object\n\n",
    .tp_traverse = slot<structTraverse>,
    .tp_methods = kStructMethods,
    .tp_members = kStructMembers,
    .tp_getset = kStructGetSet,
    .tp_init = initSlot<"Struct(format)", structInit>,
    .tp_new = slot<structNewSlot>,
};

// --- iter_unpack's iterator ---

void iteratorDealloc(UnpackIterator* self) {
  gcUntrack(self);
  clearField(self->source);
  bufferRelease(&self->view);
  heapInstanceFree(self);
}

int iteratorTraverse(UnpackIterator* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self), self->source, self->view.obj);
}

Result<MaybeRef<>> iteratorNext(UnpackIterator* self) {
  if (!self->source) return MaybeRef<>();
  StructLayoutRef layout(self->source->layout);
  if (self->index + layout->size > self->view.len) {
    clearField(self->source);
    bufferRelease(&self->view);
    return MaybeRef<>();
  }
  auto* at = static_cast<const unsigned char*>(self->view.buf) + self->index;
  self->index += layout->size;
  return MaybeRef<>(TRY(structUnpack(*layout, at)));
}

// CPython's words, quotes and all.
Result<Ref<>> iteratorNew(PyTypeObject* type, PyObject*, Opt<>) {
  return raise(PyExc_TypeError, "Cannot create 'unpack_iterator objects");
}

Py_ssize_t iteratorHint(UnpackIterator* self) {
  if (!self->source || self->source->size() <= 0) return 0;
  return (self->view.len - self->index) / self->source->size();
}

constinit PyMethodDef kIteratorMethods[] = {method<"!__length_hint__($self, /)", iteratorHint>, {}};

constinit PyTypeObject kIteratorType = {
    .tp_name = "_struct.unpack_iterator",
    .tp_basicsize = sizeof(UnpackIterator),
    .tp_dealloc = slot<iteratorDealloc>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = slot<iteratorTraverse>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<iteratorNext>,
    .tp_methods = kIteratorMethods,
    .tp_new = slot<iteratorNew>,
};

// --- module functions ---

Result<Ref<StructObject>> cachedStruct(PyObject* format) {
  Opt<> found = TRY(dictGet(cache, format));
  if (found) return share(cast<StructObject>(found.get()));
  Ref<> made = TRY(call(struct_type, format));
  if (cache->size() >= kMaxCache) dictClear(cache);
  TRY(dictSet(cache, format, made));
  return std::move(made).as<StructObject>();
}

Status clearCache() {
  dictClear(cache);
  return {};
}

Result<Ref<>> packFunction(CallArgs args) {
  TRY(refuseKeywords(args, "_struct.pack"));
  if (args.count == 0) return raise(PyExc_TypeError, "missing format argument");
  Ref<StructObject> compiled = TRY(cachedStruct(args.values[0]));
  return packValues(compiled, args.values + 1, args.count - 1);
}

Status packIntoFunction(CallArgs args) {
  TRY(refuseKeywords(args, "_struct.pack_into"));
  if (args.count == 0) return raise(PyExc_TypeError, "missing format argument");
  Ref<StructObject> compiled = TRY(cachedStruct(args.values[0]));
  return packInto(compiled, args.values + 1, args.count - 1);
}

Result<Ref<>> calcsizeFunction(PyObject* format) { return intFromLong(TRY(cachedStruct(format))->size()); }

// The format is looked at before the buffer is.
Result<Ref<>> unpackFunction(PyObject* format, PyObject* buffer) {
  Ref<StructObject> compiled = TRY(cachedStruct(format));
  return unpackMethod(compiled, TRY(ArgFrom<Buffer>::from(buffer, {"unpack", nullptr, 2})));
}
Result<Ref<>> unpackFromFunction(PyObject* format, PyObject* buffer, Opt<> offset) {
  Ref<StructObject> compiled = TRY(cachedStruct(format));
  Buffer acquired = TRY(ArgFrom<Buffer>::from(buffer, {"unpack_from", "buffer", 2}));
  return unpackFromMethod(compiled, std::move(acquired), offset ? TRY(argSsize(offset.get())) : 0);
}
Result<Ref<>> iterUnpackFunction(PyObject* format, PyObject* buffer) {
  Ref<StructObject> compiled = TRY(cachedStruct(format));
  return iterUnpackMethod(compiled, buffer);
}

constinit PyMethodDef kModuleMethods[] = {
    function<"_clearcache($module, /)", clearCache, "Clear the internal cache.">,
    function<"calcsize($module, format, /)", calcsizeFunction,
             "Size in bytes of the struct that a format describes.">,
    function<"iter_unpack($module, format, buffer, /)", iterUnpackFunction,
             "Iterator over the values of a buffer.">,
    function<"!pack($module, *values)", packFunction,
             "pack(format, v1, v2, ...) -> bytes\n\nThe values as bytes.">,
    function<
        "!pack_into($module, *values)", packIntoFunction,
        "pack_into(format, buffer, offset, v1, v2, ...)\n\nWrites the values into a buffer at an offset.">,
    function<"unpack($module, format, buffer, /)", unpackFunction,
             "The values of a buffer of exactly the size.">,
    function<"unpack_from($module, format, /, buffer, offset=0)", unpackFromFunction,
             "The values that stand at an offset.">,
    {}};

Status structExec(PyObject* module) {
  if (!cache) cache = TRY(dictNew()).leak();
  TRY(typeAddOnce(module, &struct_type, kStructType));
  TRY(typeMakeOnce(module, &iterator_type, kIteratorType));
  return exceptionAddOnce(module, &struct_error, "struct.error", PyExc_Exception);
}

constinit PyModuleDef kStructModule = moduleDef<"_struct", structExec>(
    kModuleMethods, "Conversion between Python values and C structs as bytes, driven by a format string.");

}  // namespace

PyObject* initStruct() { return moduleDefInit(&kStructModule); }

}  // namespace krait::modules
