// What the exports share: C answers from C++ results, and checked downcasts of foreign arguments.
#pragma once

#include "core/errors.h"
#include "core/result.h"

namespace krait {

inline int toC(Status status) { return std::move(status).toC(); }
template <class T>
PyObject* toC(Result<Ref<T>> result) {
  return std::move(result).toC();
}
// A truth or comparison: -1 on failure.
inline int toC(Result<bool> result) { return result.failed() ? -1 : std::move(result).take(); }
inline Py_ssize_t toC(Result<Py_ssize_t> result) { return result.failed() ? -1 : std::move(result).take(); }

// The pending exception is put aside and dropped: for functions documented never to fail.
template <class T>
bool succeeded(const Result<T>& result) {
  if (result.failed()) clearPending();
  return !result.failed();
}

// null with SystemError "bad argument to internal function" unless the object is an instance of the type.
template <class T>
T* castOrBadCall(PyObject* object, PyTypeObject* type) {
  if (object && isInstanceOf(object, type)) return static_cast<T*>(object);
  (void)raiseBadInternalCall();
  return nullptr;
}

}  // namespace krait
