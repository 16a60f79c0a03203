// PyCapsule: a C pointer with a name.
#pragma once

#include "core/result.h"
#include "types/misc_objects.h"

namespace krait {

struct CapsuleObject : PyObject {
  void* pointer;     // never null
  const char* name;  // borrowed, may be null
  void* context;
  void (*destructor)(PyObject*);
};
static_assert(sizeof(CapsuleObject) == 48);

inline bool isCapsule(const PyObject* o) { return isExact(o, &PyCapsule_Type); }
bool capsuleNameMatches(const char* a, const char* b);
// The capsule, when it is one; ValueError "{function} called with invalid PyCapsule object" otherwise.
Result<CapsuleObject*> capsuleCheck(PyObject* object, const char* function);
Result<void*> capsuleImport(const char* dotted_name);

}  // namespace krait
