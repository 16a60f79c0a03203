// Small types without a header of their own: capsule, SimpleNamespace, GenericAlias, union types,
// memoryview's maker.
#pragma once

#include "types/dict.h"

namespace krait {

Result<Ref<>> capsuleNew(void* pointer, const char* name, void (*destructor)(PyObject*));
Result<void*> capsulePointer(PyObject* capsule, const char* name);
Result<Ref<>> namespaceNew(Opt<DictObject> attributes);
Result<Ref<>> genericAliasNew(PyObject* origin, PyObject* args);  // also the C++ body of __class_getitem__
Result<Ref<>> unionOr(PyObject* left, PyObject* right);           // X | Y for types; NotImplemented otherwise
Result<Ref<>> memoryViewFromObject(PyObject* object);
// The memory is `owner`'s, which lives as long as anything looks at it; without one the caller sees to that.
Result<Ref<>> memoryViewFromMemory(char* memory, Py_ssize_t size, int flags, Opt<> owner = {});
Result<Ref<>> memoryViewFromBuffer(const Py_buffer* info);
Result<Ref<>> seqIterNew(PyObject* sequence);
Result<Ref<>> callIterNew(PyObject* callable, PyObject* sentinel);
Result<Ref<>> rangeFromLongs(long start, long stop, long step);

}  // namespace krait
