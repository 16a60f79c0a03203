// Exports of picklebufobject.h.
#include "capi/capi.h"
#include "core/buffer.h"
#include "core/call.h"

using namespace krait;

extern "C" PyTypeObject PyPickleBuffer_Type;

namespace {

// The front of the object (modules/pickle/pickle_buffer.cpp).
struct PickleBufferFront : PyObject {
  Py_buffer view;  // obj null: released
};

PickleBufferFront* bufferArg(PyObject* object) {
  if (object && isInstanceOf(object, &PyPickleBuffer_Type)) return static_cast<PickleBufferFront*>(object);
  (void)raise(PyExc_TypeError, "expected PickleBuffer, %.200s found", object ? typeName(object) : "NULL");
  return nullptr;
}

}  // namespace

KR_EXPORT PyObject* PyPickleBuffer_FromObject(PyObject* base) {
  return toC(call(static_cast<PyObject*>(&PyPickleBuffer_Type), base));
}
// Valid until the object is released.
KR_EXPORT const Py_buffer* PyPickleBuffer_GetBuffer(PyObject* object) {
  PickleBufferFront* buffer = bufferArg(object);
  if (!buffer) return nullptr;
  if (buffer->view.obj) return &buffer->view;
  (void)raise(PyExc_ValueError, "operation forbidden on released PickleBuffer object");
  return nullptr;
}
KR_EXPORT int PyPickleBuffer_Release(PyObject* object) {
  PickleBufferFront* buffer = bufferArg(object);
  if (!buffer) return -1;
  bufferRelease(&buffer->view);
  return 0;
}
