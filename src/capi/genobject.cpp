// Exports of genobject.h.
#include "interp/gen.h"

#include "capi/capi.h"

using namespace krait;

// 0: *value is the value of the pending StopIteration, or None when nothing is pending; -1: another exception
// is.
KR_EXPORT int _PyGen_FetchStopIterationValue(PyObject** value) {
  auto fetched = genFetchStopValue();
  if (fetched.failed()) return *value = nullptr, -1;
  *value = std::move(fetched).take().leak();
  return 0;
}
// Always -1: an exception is pending afterwards.
KR_EXPORT int _PyGen_SetStopIterationValue(PyObject* value) {
  (void)genSetStopValue(value);
  return -1;
}
