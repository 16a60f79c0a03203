// Exports of pycapsule.h.
#include "capi/capi.h"
#include "types/capsule.h"

using namespace krait;

namespace {

CapsuleObject* check(PyObject* object, const char* function) {
  auto capsule = capsuleCheck(object, function);
  return capsule.failed() ? nullptr : std::move(capsule).take();
}

}  // namespace

KR_EXPORT PyObject* PyCapsule_New(void* pointer, const char* name, void (*destructor)(PyObject*)) {
  return toC(capsuleNew(pointer, name, destructor));
}
KR_EXPORT int PyCapsule_IsValid(PyObject* object, const char* name) {
  if (!object || !isCapsule(object)) return 0;
  auto* capsule = static_cast<CapsuleObject*>(object);
  return capsule->pointer && capsuleNameMatches(capsule->name, name);
}
KR_EXPORT void* PyCapsule_GetPointer(PyObject* object, const char* name) {
  auto pointer = capsulePointer(object, name);
  return pointer.failed() ? nullptr : std::move(pointer).take();
}
KR_EXPORT const char* PyCapsule_GetName(PyObject* object) {
  CapsuleObject* capsule = check(object, "PyCapsule_GetName");
  return capsule ? capsule->name : nullptr;
}
KR_EXPORT void* PyCapsule_GetContext(PyObject* object) {
  CapsuleObject* capsule = check(object, "PyCapsule_GetContext");
  return capsule ? capsule->context : nullptr;
}
KR_EXPORT auto PyCapsule_GetDestructor(PyObject* object) -> void (*)(PyObject*) {
  CapsuleObject* capsule = check(object, "PyCapsule_GetDestructor");
  return capsule ? capsule->destructor : nullptr;
}
KR_EXPORT int PyCapsule_SetPointer(PyObject* object, void* pointer) {
  CapsuleObject* capsule = check(object, "PyCapsule_SetPointer");
  if (!capsule) return -1;
  if (!pointer) {
    (void)raise(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
    return -1;
  }
  capsule->pointer = pointer;
  return 0;
}
KR_EXPORT int PyCapsule_SetName(PyObject* object, const char* name) {
  CapsuleObject* capsule = check(object, "PyCapsule_SetName");
  if (!capsule) return -1;
  capsule->name = name;
  return 0;
}
KR_EXPORT int PyCapsule_SetDestructor(PyObject* object, void (*destructor)(PyObject*)) {
  CapsuleObject* capsule = check(object, "PyCapsule_SetDestructor");
  if (!capsule) return -1;
  capsule->destructor = destructor;
  return 0;
}
KR_EXPORT int PyCapsule_SetContext(PyObject* object, void* context) {
  CapsuleObject* capsule = check(object, "PyCapsule_SetContext");
  if (!capsule) return -1;
  capsule->context = context;
  return 0;
}
KR_EXPORT void* PyCapsule_Import(const char* name, int) {
  auto pointer = capsuleImport(name);
  return pointer.failed() ? nullptr : std::move(pointer).take();
}
