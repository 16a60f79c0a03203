#include "types/iter_support.h"

#include "core/interpreter.h"
#include "types/dict.h"
#include "types/int.h"

namespace krait {

Result<Ref<>> builtinAttr(const char* attr) {
  Ref<StrObject> key = TRY(strInternUtf8(attr));
  Opt<> value = TRY(dictGet(interpreter().builtins, key));
  if (!value) return raise(PyExc_AttributeError, "%s", attr);
  return share(value.get());
}

Result<StateIndex> ArgFrom<StateIndex>::from(PyObject* o, const ArgContext&) {
  if (!isInt(o)) return raise(PyExc_TypeError, "an integer is required");
  return StateIndex{TRY(intAsSsize(cast<IntObject>(o)))};
}

Result<Ref<>> seqIterMake(PyTypeObject* type, PyObject* seq, Py_ssize_t index) {
  auto held = share(seq);
  Ref<SeqIterObject> iter = TRY(objectNew<SeqIterObject>(type));
  iter->index = index;
  iter->seq = std::move(held).leak();
  gcTrack(iter);
  return iter;
}

void seqIterDealloc(PyObject* self) {
  gcUntrack(self);
  xdecref(cast<SeqIterObject>(self)->seq);
  objectFreeMemory(self);
}

int seqIterTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<SeqIterObject>(self)->seq);
}

PyObject* seqIterEnd(SeqIterObject* iter) {
  if (PyObject* seq = std::exchange(iter->seq, nullptr)) decref(seq);
  return nullptr;
}

}  // namespace krait
