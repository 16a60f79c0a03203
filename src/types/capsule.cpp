#include "types/capsule.h"

#include <cstring>
#include <string>

#include "core/gc.h"
#include "core/import.h"
#include "core/native.h"
#include "types/str.h"

namespace krait {

namespace {

void capsuleDealloc(CapsuleObject* capsule) {
  if (capsule->destructor) capsule->destructor(capsule);
  objectFree(capsule);
}

Result<Ref<>> capsuleRepr(CapsuleObject* capsule) {
  const char* quote = capsule->name ? "\"" : "";
  return strFormat("<capsule object %s%s%s at %p>", quote, capsule->name ? capsule->name : "NULL", quote,
                   static_cast<PyObject*>(capsule));
}

}  // namespace

bool capsuleNameMatches(const char* a, const char* b) {
  if (!a || !b) return a == b;
  return std::strcmp(a, b) == 0;
}

Result<CapsuleObject*> capsuleCheck(PyObject* object, const char* function) {
  if (object && isCapsule(object) && static_cast<CapsuleObject*>(object)->pointer) {
    return static_cast<CapsuleObject*>(object);
  }
  return raise(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
}

Result<Ref<>> capsuleNew(void* pointer, const char* capsule_name, void (*destructor)(PyObject*)) {
  if (!pointer) return raise(PyExc_ValueError, "PyCapsule_New called with null pointer");
  auto capsule = TRY(objectNew<CapsuleObject>(&PyCapsule_Type));
  capsule->pointer = pointer;
  capsule->name = capsule_name;
  capsule->context = nullptr;
  capsule->destructor = destructor;
  return capsule;
}

Result<void*> capsulePointer(PyObject* object, const char* capsule_name) {
  CapsuleObject* capsule = TRY(capsuleCheck(object, "PyCapsule_GetPointer"));
  if (capsuleNameMatches(capsule_name, capsule->name)) return capsule->pointer;
  return raise(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
}

// "package.module.attr": imports the first part, then walks the attributes.
Result<void*> capsuleImport(const char* dotted_name) {
  std::string path = dotted_name;
  size_t dot = path.find('.');
  std::string first = path.substr(0, dot);
  auto imported = importModule(first.c_str());
  if (imported.failed()) {
    return raise(PyExc_ImportError, "PyCapsule_Import could not import module \"%s\"", first.c_str());
  }
  Ref<> object = std::move(imported).take();
  while (dot != path.npos) {
    size_t next = path.find('.', dot + 1);
    object =
        TRY(attrGet(object.get(), path.substr(dot + 1, next == path.npos ? next : next - dot - 1).c_str()));
    dot = next;
  }
  bool valid = isCapsule(object.get()) &&
               capsuleNameMatches(static_cast<CapsuleObject*>(object.get())->name, dotted_name);
  if (valid) return static_cast<CapsuleObject*>(object.get())->pointer;
  return raise(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", dotted_name);
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyCapsule_Type = {
    KR_TYPE_HEAD,
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(CapsuleObject),
    .tp_dealloc = slot<capsuleDealloc>,
    .tp_repr = slot<capsuleRepr>,
    .tp_doc = "A C pointer with a name, by which extension modules share their C API with each other.",
};
