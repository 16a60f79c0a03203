// Rows of methods that CPython hands their class (METH_METHOD): they refuse arguments in words of their own.
#pragma once

#include "core/errors.h"
#include "core/native.h"

namespace krait::modules {

// Keywords count among the arguments.
template <Text S, auto F, Text Doc = "">
constexpr PyMethodDef countedMethod = [] {
  PyMethodDef row = method<S, F, Doc>;
  row.ml_meth.fast_keywords = &NativeEntry<S, F, SelfMode::kSelf>::keywords;
  row.ml_flags = METH_FASTCALL | METH_KEYWORDS;
  return row;
}();

template <Text S, auto F>
PyObject* callBare(PyObject* self, PyObject* const*, Py_ssize_t count, PyObject*) {
  if (count > 0) {
    (void)raise(PyExc_TypeError, "%s() takes no arguments", SignatureOf<S>::runtime.function);
    return nullptr;
  }
  return Shape<SelfMode::kSelf, F>::template invoke<S>(self, nullptr);
}
// "copy() takes no arguments"; keywords are not looked at.
template <Text S, auto F, Text Doc = "">
constexpr PyMethodDef bareMethod = [] {
  PyMethodDef row = method<S, F, Doc>;
  row.ml_meth.fast_keywords = &callBare<S, F>;
  row.ml_flags = METH_FASTCALL | METH_KEYWORDS;
  return row;
}();

}  // namespace krait::modules
