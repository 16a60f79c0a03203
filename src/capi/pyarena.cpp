// Exports of pycore_pyarena.h: memory and objects that live until the arena is freed.
#include <vector>

#include "capi/capi.h"
#include "core/memory.h"

using namespace krait;

struct PyArena {
  std::vector<void*> blocks;
  std::vector<PyObject*> objects;
};

KR_EXPORT PyArena* _PyArena_New() { return new PyArena; }
KR_EXPORT void _PyArena_Free(PyArena* arena) {
  for (void* block : arena->blocks) memFree(block);
  for (PyObject* object : arena->objects) decref(object);
  delete arena;
}
KR_EXPORT void* _PyArena_Malloc(PyArena* arena, size_t size) {
  void* block = memAlloc(size);
  if (!block) return (void)raiseNoMemory(), nullptr;
  arena->blocks.push_back(block);
  return block;
}
// Takes the reference over.
KR_EXPORT int _PyArena_AddPyObject(PyArena* arena, PyObject* object) {
  arena->objects.push_back(object);
  return 0;
}
