// Structure sequences: tuples with named fields (os.stat_result, time.struct_time, sys.flags ...).
#pragma once

#include <span>

#include "types/tuple.h"

struct PyStructSequence_Field {
  const char *name, *doc;
};
struct PyStructSequence_Desc {
  const char *name, *doc;
  PyStructSequence_Field*
      fields;  // ends with a null name; a name equal to PyStructSequence_UnnamedField has no attribute
  int n_in_sequence;
};
extern "C" const char* const PyStructSequence_UnnamedField;

namespace krait {

Result<Ref<PyTypeObject>> structSeqTypeNew(PyStructSequence_Desc* desc, unsigned long flags = 0);
Status structSeqTypeInit(PyTypeObject* type, PyStructSequence_Desc* desc,
                         unsigned long flags = 0);          // static storage
Result<Ref<TupleObject>> structSeqNew(PyTypeObject* type);  // all fields null: fill with structSeqSet
inline void structSeqSet(TupleObject* seq, Py_ssize_t index, Ref<> value) {
  seq->ob_item[index] = std::move(value).leak();
}

}  // namespace krait
