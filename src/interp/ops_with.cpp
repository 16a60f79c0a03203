// with and async with.
#include "core/call.h"
#include "interp/inline_cache.h"
#include "types/exceptions.h"

namespace krait {
namespace {

constexpr const char* kMissingEnter = "'%.200s' object does not support the context manager protocol";
constexpr const char* kMissingExit =
    "'%.200s' object does not support the context manager protocol (missed __exit__ method)";
constexpr const char* kMissingAsyncEnter =
    "'%.200s' object does not support the asynchronous context manager protocol";
constexpr const char* kMissingAsyncExit =
    "'%.200s' object does not support the asynchronous context manager protocol (missed __aexit__ method)";

struct Entered {
  Ref<> exit, value;
};

Result<Entered> enterContext(PyObject* manager, StrObject* enter_name, StrObject* exit_name,
                             const char* no_enter, const char* no_exit) {
  MaybeRef<> enter = TRY(lookupSpecial(manager, enter_name));
  if (!enter) return raise(PyExc_TypeError, no_enter, typeName(manager));
  MaybeRef<> exit = TRY(lookupSpecial(manager, exit_name));
  if (!exit) return raise(PyExc_TypeError, no_exit, typeName(manager));
  Ref<> value = TRY(call(enter.get()));
  return Entered{std::move(exit).take(), std::move(value)};
}

KR_ALWAYS_INLINE Step pushEntered(Stack& sp, Result<Entered> made) {
  if (made.failed()) return Step::kRaised;
  Entered entered = std::move(made).take();
  sp.replaceTop(std::move(entered.exit));
  sp.push(std::move(entered.value));
  return Step::kNext;
}

}  // namespace

OP_BODY(BEFORE_WITH) {
  return pushEntered(
      sp, enterContext(sp.peek(0), name<"__enter__">(), name<"__exit__">(), kMissingEnter, kMissingExit));
}

OP_BODY(BEFORE_ASYNC_WITH) {
  return pushEntered(sp, enterContext(sp.peek(0), name<"__aenter__">(), name<"__aexit__">(),
                                      kMissingAsyncEnter, kMissingAsyncExit));
}

// [exit, lasti, previous exception, exception] -> the same and exit(type, value, traceback).
OP_BODY(WITH_EXCEPT_START) {
  PyObject* exception = sp.peek(0);
  PyObject* traceback = static_cast<ExceptionObject*>(exception)->traceback;
  Ref<> held = share(traceback ? traceback : Py_None);
  sp.push(OP_TRY(call(sp.peek(3), static_cast<PyObject*>(typeOf(exception)), exception, held.get())));
  return Step::kNext;
}

}  // namespace krait
