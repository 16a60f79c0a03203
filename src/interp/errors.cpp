#include "interp/errors.h"

#include "types/exceptions.h"

namespace krait {
namespace {

constexpr const char* kUnboundLocal =
    "cannot access local variable '%.200s' where it is not associated with a value";
constexpr const char* kUnboundFree =
    "cannot access free variable '%.200s' where it is not associated with a value in enclosing scope";

const char* textOf(PyObject* name) {
  if (!isStr(name)) return "?";
  auto utf8 = strUtf8(static_cast<StrObject*>(name));
  if (!utf8.failed()) return std::move(utf8).take().data();
  clearPending();
  return "?";
}

}  // namespace

Raised raiseNameError(const char* format, PyObject* name) {
  (void)raise(PyExc_NameError, format, textOf(name));
  MaybeRef<> exception = takePending();
  if (!exception) return raiseNone(PyExc_NameError);
  if (exceptionMatches(exception.get(), PyExc_NameError)) {
    PyObject* old = std::exchange(static_cast<NameErrorObject*>(exception.get())->name, share(name).leak());
    xdecref(old);
  }
  setPending(std::move(exception).take());
  return Raised{};
}

void raiseUnboundLocal(Frame* frame, uint32_t index) {
  (void)raise(PyExc_UnboundLocalError, kUnboundLocal,
              textOf(static_cast<TupleObject*>(frame->code->co_localsplusnames)->at(index)));
}

void raiseUnboundDeref(Frame* frame, uint32_t index) {
  PyObject* name = static_cast<TupleObject*>(frame->code->co_localsplusnames)->at(index);
  if (static_cast<int>(index) < frame->code->co_nlocalsplus - frame->code->co_nfreevars) {
    (void)raise(PyExc_UnboundLocalError, kUnboundLocal, textOf(name));
  } else {
    (void)raiseNameError(kUnboundFree, name);
  }
}

}  // namespace krait
