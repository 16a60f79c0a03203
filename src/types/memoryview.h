// memoryview: a view of another object's buffer, and the managed buffer that several views share.
//
// The managed buffer holds the exporter's Py_buffer and is released when its last view is. A view that has
// exports (consumers of its own) cannot be released. Layouts are CPython's.
#pragma once

#include "core/buffer.h"
#include "core/result.h"

namespace krait {

struct StrObject;

struct ManagedBufferObject : PyObject {
  int flags;
  Py_ssize_t exports;  // views that are not released
  Py_buffer master;
};
struct MemoryViewObject : PyVarObject {
  ManagedBufferObject* mbuf;  // owned
  Py_hash_t hash;
  int flags;
  Py_ssize_t exports;
  Py_buffer view;  // shape, strides and suboffsets lie in ob_array
  PyObject* weakreflist;
  Py_ssize_t ob_array[1];
};
static_assert(sizeof(ManagedBufferObject) == 112 && offsetof(MemoryViewObject, ob_array) == 144);

enum MemoryFlags {
  kMemoryReleased = 1,
  kMemoryC = 2,
  kMemoryFortran = 4,
  kMemoryScalar = 8,
  kMemoryPil = 16
};
constexpr int kMemoryMaxDimensions = 64;

inline bool isMemoryView(const PyObject* o) { return isExact(o, &PyMemoryView_Type); }
Status memoryCheckAlive(const MemoryViewObject* self);  // ValueError when released
Result<Ref<MemoryViewObject>> memoryViewOver(ManagedBufferObject* mbuf, const Py_buffer* source);
void memoryInitFlags(MemoryViewObject* self);
// PyMemoryView_GetContiguous: a view of contiguous memory, copied if it must be.
Result<Ref<>> memoryViewContiguous(PyObject* object, int buffer_type, char order);

// memoryview_index.cpp
Result<Ref<>> memorySubscript(MemoryViewObject* self, PyObject* key);
Status memoryAssSubscript(MemoryViewObject* self, PyObject* key, Opt<> value);
Result<Ref<>> memoryItem(MemoryViewObject* self, Py_ssize_t index);
Result<Ref<>> memoryToList(MemoryViewObject* self);
Result<Ref<>> memoryIter(MemoryViewObject* self);
// memoryview_cast.cpp
Result<Ref<>> memoryRichCompare(PyObject* left, PyObject* right, int op);
// memoryview_cast.cpp
Result<Ref<>> memoryCast(MemoryViewObject* self, StrObject* format, Opt<> shape);

}  // namespace krait
