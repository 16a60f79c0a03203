// Exports of objimpl.h and pymem.h.
#include <sys/mman.h>

#include "capi/capi.h"
#include "core/gc.h"
#include "core/gc_state.h"
#include "core/memory.h"

using namespace krait;

namespace {

size_t variableSize(PyTypeObject* type, Py_ssize_t nitems) {
  size_t size = static_cast<size_t>(type->tp_basicsize) +
                static_cast<size_t>(nitems) * static_cast<size_t>(type->tp_itemsize);
  return (size + 7) & ~size_t{7};
}

PyVarObject* withSize(PyObject* object, Py_ssize_t nitems) {
  if (object) static_cast<PyVarObject*>(object)->ob_size = nitems;
  return static_cast<PyVarObject*>(object);
}

char* duplicate(const char* text, void* (*allocate)(size_t)) {
  size_t size = __builtin_strlen(text) + 1;
  auto* copy = static_cast<char*>(allocate(size));
  if (copy) __builtin_memcpy(copy, text, size);
  return copy;
}

}  // namespace

// --- memory ---

KR_EXPORT void* PyObject_Malloc(size_t size) { return objectMalloc(size); }
KR_EXPORT void* PyObject_Calloc(size_t count, size_t size) { return objectCalloc(count, size); }
KR_EXPORT void* PyObject_Realloc(void* p, size_t size) { return objectRealloc(p, size); }
KR_EXPORT void PyObject_Free(void* p) { objectFree(p); }
KR_EXPORT void* PyMem_Malloc(size_t size) { return memAlloc(size); }
KR_EXPORT void* PyMem_Calloc(size_t count, size_t size) { return memCalloc(count, size); }
KR_EXPORT void* PyMem_Realloc(void* p, size_t size) { return memRealloc(p, size); }
KR_EXPORT void PyMem_Free(void* p) { memFree(p); }
KR_EXPORT void* PyMem_RawMalloc(size_t size) { return rawAlloc(size); }
KR_EXPORT void* PyMem_RawCalloc(size_t count, size_t size) { return rawCalloc(count, size); }
KR_EXPORT void* PyMem_RawRealloc(void* p, size_t size) { return rawRealloc(p, size); }
KR_EXPORT void PyMem_RawFree(void* p) { rawFree(p); }
KR_EXPORT char* _PyMem_Strdup(const char* text) { return duplicate(text, memAlloc); }
KR_EXPORT char* _PyMem_RawStrdup(const char* text) { return duplicate(text, rawAlloc); }
KR_EXPORT const char* _PyMem_GetCurrentAllocatorName() { return memAllocatorName(); }
KR_EXPORT void PyMem_SetupDebugHooks() { memSetupDebugHooks(); }
KR_EXPORT void PyMem_GetAllocator(int domain, MemAllocator* out) {
  *out = memAllocator(static_cast<MemDomain>(domain));
}
KR_EXPORT void PyMem_SetAllocator(int domain, MemAllocator* allocator) {
  memSetAllocator(static_cast<MemDomain>(domain), *allocator);
}

// --- objects ---

KR_EXPORT PyObject* PyObject_Init(PyObject* object, PyTypeObject* type) {
  return object ? objectInit(object, type) : (void(raiseNoMemory()), nullptr);
}
KR_EXPORT PyVarObject* PyObject_InitVar(PyVarObject* object, PyTypeObject* type, Py_ssize_t nitems) {
  return withSize(PyObject_Init(object, type), nitems);
}
KR_EXPORT PyObject* _PyObject_New(PyTypeObject* type) {
  void* memory = objectMalloc(static_cast<size_t>(type->tp_basicsize));
  return PyObject_Init(static_cast<PyObject*>(memory), type);
}
KR_EXPORT PyVarObject* _PyObject_NewVar(PyTypeObject* type, Py_ssize_t nitems) {
  void* memory = objectMalloc(variableSize(type, nitems));
  return withSize(PyObject_Init(static_cast<PyObject*>(memory), type), nitems);
}
KR_EXPORT PyObject* _PyObject_GC_New(PyTypeObject* type) {
  return gcNewWithSize(type, static_cast<size_t>(type->tp_basicsize));
}
KR_EXPORT PyVarObject* _PyObject_GC_NewVar(PyTypeObject* type, Py_ssize_t nitems) {
  if (nitems < 0) return (void)raiseBadInternalCall(), nullptr;
  return withSize(gcNewWithSize(type, variableSize(type, nitems)), nitems);
}
KR_EXPORT PyVarObject* _PyObject_GC_Resize(PyVarObject* object, Py_ssize_t nitems) {
  return static_cast<PyVarObject*>(gcResize(object, nitems));
}

// --- the collector ---

KR_EXPORT void PyObject_GC_Track(void* p) {
  auto* object = static_cast<PyObject*>(p);
  KR_CHECK(!gcIsTracked(object), "object already tracked by the garbage collector");
  gcTrack(object);
}
KR_EXPORT void PyObject_GC_UnTrack(void* p) { gcUntrack(static_cast<PyObject*>(p)); }
KR_EXPORT void PyObject_GC_Del(void* p) { gcFree(p); }
KR_EXPORT int PyObject_GC_IsTracked(PyObject* object) { return isGcObject(object) && gcIsTracked(object); }
KR_EXPORT int PyObject_GC_IsFinalized(PyObject* object) { return isGcObject(object) && gcFinalized(object); }
KR_EXPORT int PyObject_IS_GC(PyObject* object) { return isGcObject(object); }
KR_EXPORT Py_ssize_t PyGC_Collect() {
  gc::ensureReady();
  return gc::state.enabled ? gcCollect(gc::kGenerations - 1) : 0;
}
KR_EXPORT int PyGC_Enable() { return gc::ensureReady(), std::exchange(gc::state.enabled, true); }
KR_EXPORT int PyGC_Disable() { return gc::ensureReady(), std::exchange(gc::state.enabled, false); }
KR_EXPORT int PyGC_IsEnabled() { return gc::ensureReady(), gc::state.enabled; }

// --- arenas: memory mapped from the system ---

struct PyObjectArenaAllocator {
  void* ctx;
  void* (*alloc)(void*, size_t);
  void (*free)(void*, void*, size_t);
};
// Whoever swaps a thread's data stack (greenlet) gives its chunks back through this, so it must be what made
// them.
KR_EXPORT void PyObject_GetArenaAllocator(PyObjectArenaAllocator* out) {
  *out = {nullptr,
          [](void*, size_t size) -> void* {
            void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            return memory == MAP_FAILED ? nullptr : memory;
          },
          [](void*, void* memory, size_t size) { munmap(memory, size); }};
}
KR_EXPORT void PyObject_SetArenaAllocator(PyObjectArenaAllocator*) {}
