#include "core/errors.h"

#include <cerrno>
#include <cstring>

#include "core/call.h"
#include "core/gc.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {
namespace {

constexpr int kMaxNormalizeDepth = 32;

ExceptionObject* exceptionOf(PyObject* object) { return cast<ExceptionObject>(object); }

// exception.__context__ = handled, first breaking the chain where it would become a ring.
void chainContext(PyObject* exception, PyObject* handled) {
  if (exception == handled) return;
  PyObject *walk = handled, *slow = handled;
  bool advance_slow = false;
  while (PyObject* context = exceptionOf(walk)->context) {
    if (context == exception) {
      clearField(exceptionOf(walk)->context);
      break;
    }
    walk = context;
    if (walk == slow) break;  // somebody else's ring
    if (advance_slow) slow = exceptionOf(slow)->context;
    advance_slow = !advance_slow;
  }
  exceptionSetContext(exception, Ref<>::share(handled));
}

Raised setPendingParts(Ref<> type, MaybeRef<> value) {
  MaybeRef<> traceback;
  if (value && isExceptionInstance(value.get()))
    traceback = MaybeRef<>::share(exceptionOf(value.get())->traceback);
  restorePending({std::move(type).leak(), std::move(value).leak(), std::move(traceback).leak()});
  return {};
}

Raised raiseMaybe(PyObject* type, Opt<> value) {
  if (!isExceptionClass(type))
    return raise(PyExc_SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", type);
  auto owned = MaybeRef<>::share(value.get());
  if (Opt<> handled_now = handledException()) {
    auto handled = share(handled_now.get());
    clearPending();
    if (!owned || !isExceptionInstance(owned.get())) {
      auto made = exceptionNew(type, owned.opt());
      if (made.failed()) return {};
      owned = std::move(made).take();
    }
    chainContext(owned.get(), handled.get());
  }
  return setPendingParts(Ref<>::share(type), std::move(owned));
}

}  // namespace

Opt<> handledException() {
  Thread* thread = currentThread();
  if (!thread) return nullptr;
  for (_PyErr_StackItem* item = thread->exc_info; item; item = item->previous_item)
    if (item->exc_value && item->exc_value != Py_None) return item->exc_value;
  return nullptr;
}

// --- raising -----------------------------------------------------------------------------------------------

Raised raiseV(PyObject* type, const char* format, va_list args) {
  clearPending();  // the arguments' repr must not see it
  auto message = strFormatV(format, args);
  if (message.failed()) {  // an argument's repr, say: the exception comes without a message then
    clearPending();
    return raiseMaybe(type, nullptr);
  }
  Ref<StrObject> text = std::move(message).take();
  return raiseMaybe(type, text.get());
}

Raised raise(PyObject* type, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Raised raised = raiseV(type, format, args);
  va_end(args);
  return raised;
}

Raised raiseObject(PyObject* type, PyObject* value) { return raiseMaybe(type, value); }
Raised raiseNone(PyObject* type) {
  if (isExceptionInstance(type)) return raiseMaybe(reinterpret_cast<PyObject*>(typeOf(type)), type);
  return raiseMaybe(type, nullptr);
}

Raised raiseKeyError(PyObject* key) {
  auto args = tupleOf(key);
  if (args.failed()) return {};
  Ref<TupleObject> tuple = std::move(args).take();
  return raiseMaybe(PyExc_KeyError, tuple.get());
}

Raised raiseBadInternalCall() { return raise(PyExc_SystemError, "bad argument to internal function"); }

Raised raiseException(Ref<> exception) {
  setPending(std::move(exception));
  return {};
}

Raised raiseFromCause(PyObject* type, const char* format, ...) {
  MaybeRef<> cause = takePending();
  va_list args;
  va_start(args, format);
  Raised raised = raiseV(type, format, args);
  va_end(args);
  if (!cause) return raised;
  MaybeRef<> raised_now = takePending();
  if (!raised_now) return raised;
  Ref<> exception = std::move(raised_now).take();
  Ref<> owned = std::move(cause).take();
  exceptionSetCause(exception.get(), owned.clone());
  exceptionSetContext(exception.get(), std::move(owned));
  return raiseException(std::move(exception));
}

Raised raiseBadArgument(const char* function, const char* argument, const char* wanted, PyObject* given) {
  return raise(PyExc_TypeError, "%.200s() argument '%.200s' must be %.50s, not %.50s", function, argument,
               wanted, given == Py_None ? "None" : typeName(given));
}

// --- OSError -----------------------------------------------------------------------------------------------

namespace {

Result<Ref<>> errnoArguments(int error_number, Opt<> filename, Opt<> filename2) {
  Ref<> number = TRY(intFromLong(error_number));
  const char* message = error_number ? std::strerror(error_number) : "Error";
  Ref<StrObject> text = TRY(fsDecode(message));
  if (!filename) return TRY(tupleOf(number.get(), text.get()));
  if (!filename2) return TRY(tupleOf(number.get(), text.get(), filename.get()));
  return TRY(tupleOf(number.get(), text.get(), filename.get(), smallInt(0), filename2.get()));
}

Status raiseErrnoStatus(int error_number, Opt<> filename, Opt<> filename2, PyObject* type) {
  if (error_number == EINTR) TRY(checkSignals());
  Ref<> args = TRY(errnoArguments(error_number, filename, filename2));
  Ref<> exception = TRY(callTupleDict(type, cast<TupleObject>(args.get()), nullptr));
  return raiseObject(reinterpret_cast<PyObject*>(typeOf(exception.get())), exception.get());
}

}  // namespace

Raised raiseErrno(int error_number, Opt<> filename, Opt<> filename2, PyObject* type) {
  (void)raiseErrnoStatus(error_number, filename, filename2, type ? type : PyExc_OSError).failed();
  return {};
}
Raised raiseErrno(Opt<> filename) { return raiseErrno(errno, filename); }

// --- the pending exception ---------------------------------------------------------------------------------

bool exceptionPending() {
  Thread* thread = currentThread();
  return thread && thread->curexc_type;
}

bool exceptionMatches(PyObject* exception, PyObject* wanted) {
  if (isTuple(wanted)) {
    auto* tuple = cast<TupleObject>(wanted);
    for (Py_ssize_t i = 0; i < tuple->size(); i++)
      if (exceptionMatches(exception, tuple->at(i))) return true;
    return false;
  }
  if (isExceptionInstance(exception)) exception = reinterpret_cast<PyObject*>(typeOf(exception));
  if (isExceptionClass(exception) && isExceptionClass(wanted))
    return typeIsSubtype(reinterpret_cast<PyTypeObject*>(exception), reinterpret_cast<PyTypeObject*>(wanted));
  return exception == wanted;
}

bool pendingMatches(PyObject* type_or_tuple) {
  PyObject* type = currentThread()->curexc_type;
  return type && exceptionMatches(type, type_or_tuple);
}

void clearPending() {
  if (currentThread()->curexc_type) restorePending({nullptr, nullptr, nullptr});
}

PendingTriple fetchPending() {
  Thread* t = currentThread();
  return {std::exchange(t->curexc_type, nullptr), std::exchange(t->curexc_value, nullptr),
          std::exchange(t->curexc_traceback, nullptr)};
}

void restorePending(PendingTriple triple) {
  PendingTriple old = fetchPending();
  Thread* t = currentThread();
  t->curexc_type = triple.type;
  t->curexc_value = triple.value;
  t->curexc_traceback = triple.traceback;
  xdecref(old.type);
  xdecref(old.value);
  xdecref(old.traceback);
}

namespace {

// value becomes an instance of (a subclass of) type. Fails when making the instance raised.
Status normalizeOnce(PendingTriple& triple) {
  if (!isExceptionClass(triple.type)) return {};
  auto* wanted = reinterpret_cast<PyTypeObject*>(triple.type);
  if (!triple.value) triple.value = none().leak();
  bool is_instance = isExceptionInstance(triple.value);
  if (!is_instance || !typeIsSubtype(typeOf(triple.value), wanted)) {
    Ref<> made = TRY(exceptionNew(triple.type, triple.value));
    setField(triple.value, std::move(made));
  }
  auto* made_type = reinterpret_cast<PyObject*>(typeOf(triple.value));
  if (made_type != triple.type) setField(triple.type, Ref<>::share(made_type));
  return {};
}

}  // namespace

namespace {

// At the recursion limit, making the RecursionError itself must not fail.
struct Headroom {
  Headroom() : thread(currentThread()) { thread->recursion_headroom++; }
  ~Headroom() { thread->recursion_headroom--; }
  Thread* thread;
};

}  // namespace

void normalizePending(PendingTriple& triple) {
  Headroom headroom;
  for (int depth = 0; triple.type; depth++) {
    if (!normalizeOnce(triple).failed()) return;
    PendingTriple raised = fetchPending();
    if (!raised.traceback) raised.traceback = std::exchange(triple.traceback, nullptr);
    std::swap(triple, raised);
    xdecref(raised.type);
    xdecref(raised.value);
    xdecref(raised.traceback);
    if (depth < kMaxNormalizeDepth) continue;
    if (depth > kMaxNormalizeDepth + 2)
      fatalError("PyErr_NormalizeException",
                 "Cannot recover from the recursive normalization of an exception.");
    PendingTriple dropped = triple;
    (void)raise(PyExc_RecursionError, "maximum recursion depth exceeded while normalizing an exception");
    triple = fetchPending();
    xdecref(dropped.type);
    xdecref(dropped.value);
    xdecref(dropped.traceback);
  }
}

MaybeRef<> takePending() {
  PendingTriple triple = fetchPending();
  if (!triple.type) return nullptr;
  normalizePending(triple);
  if (triple.traceback && isExceptionInstance(triple.value)) {
    auto* exception = exceptionOf(triple.value);
    if (exception->traceback != triple.traceback)
      (void)exceptionSetTraceback(exception, triple.traceback).failed();
  }
  xdecref(triple.traceback);
  decref(triple.type);
  return MaybeRef<>::steal(triple.value);
}

void setPending(Ref<> exception) {
  auto type = Ref<>::share(reinterpret_cast<PyObject*>(typeOf(exception.get())));
  (void)setPendingParts(std::move(type), std::move(exception));
}

PendingSaved::PendingSaved() {
  PendingTriple triple = fetchPending();
  type_ = triple.type;
  value_ = triple.value;
  traceback_ = triple.traceback;
}
PendingSaved::~PendingSaved() { restorePending({type_, value_, traceback_}); }

}  // namespace krait
