// Exports of structseq.h.
#include "types/struct_seq.h"

#include "capi/capi.h"

using namespace krait;

KR_EXPORT PyObject* PyStructSequence_New(PyTypeObject* type) { return toC(structSeqNew(type)); }
KR_EXPORT PyTypeObject* PyStructSequence_NewType(PyStructSequence_Desc* desc) {
  return static_cast<PyTypeObject*>(toC(structSeqTypeNew(desc)));
}
KR_EXPORT PyTypeObject* _PyStructSequence_NewType(PyStructSequence_Desc* desc, unsigned long flags) {
  return static_cast<PyTypeObject*>(toC(structSeqTypeNew(desc, flags)));
}
KR_EXPORT int PyStructSequence_InitType2(PyTypeObject* type, PyStructSequence_Desc* desc) {
  return toC(structSeqTypeInit(type, desc));
}
KR_EXPORT void PyStructSequence_InitType(PyTypeObject* type, PyStructSequence_Desc* desc) {
  (void)toC(structSeqTypeInit(type, desc));
}
KR_EXPORT void PyStructSequence_SetItem(PyObject* seq, Py_ssize_t index, PyObject* value) {
  static_cast<TupleObject*>(seq)->ob_item[index] = value;
}
KR_EXPORT PyObject* PyStructSequence_GetItem(PyObject* seq, Py_ssize_t index) {
  return static_cast<TupleObject*>(seq)->at(index);
}
