// Exports of iterobject.h.
#include "capi/capi.h"
#include "types/misc_objects.h"

using namespace krait;

KR_EXPORT PyObject* PySeqIter_New(PyObject* sequence) {
  if (!isSequence(sequence)) return (void)raiseBadInternalCall(), nullptr;
  return toC(seqIterNew(sequence));
}
KR_EXPORT PyObject* PyCallIter_New(PyObject* callable, PyObject* sentinel) {
  return toC(callIterNew(callable, sentinel));
}
