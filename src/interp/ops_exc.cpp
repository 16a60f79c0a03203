// Raising, handling, re-raising; except and except*.
#include "core/call.h"
#include "interp/inline_cache.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"

namespace krait {
namespace {

// The exception being handled; null: none.
PyObject* handledException(Thread* thread) {
  for (_PyErr_StackItem* item = thread->exc_info; item; item = item->previous_item) {
    if (item->exc_value && item->exc_value != Py_None) return item->exc_value;
  }
  return nullptr;
}

Result<Ref<>> exceptionInstance(PyObject* type_or_instance, const char* wrong) {
  if (isExceptionClass(type_or_instance)) {
    Ref<> made = TRY(call(type_or_instance));
    if (isExceptionInstance(made.get())) return made;
    return raise(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %R",
                 type_or_instance, typeOf(made.get()));
  }
  if (isExceptionInstance(type_or_instance)) return share(type_or_instance);
  return raise(PyExc_TypeError, "%s", wrong);
}

Result<MaybeRef<>> causeOf(PyObject* cause) {
  if (cause == Py_None) return MaybeRef<>();
  if (isExceptionClass(cause)) return MaybeRef<>(TRY(call(cause)));
  if (isExceptionInstance(cause)) return MaybeRef<>::share(cause);
  return raise(PyExc_TypeError, "exception causes must derive from BaseException");
}

// raise exc [from cause]. Both owned.
Status raiseStatement(Ref<> what, MaybeRef<> cause) {
  Ref<> exception = TRY(exceptionInstance(what.get(), "exceptions must derive from BaseException"));
  if (cause) {
    MaybeRef<> fixed = TRY(causeOf(cause.get()));
    exceptionSetCause(exception.get(), std::move(fixed));
  }
  return raiseObject(typeOf(exception.get()), exception.get());
}

}  // namespace

OP_HANDLER(RAISE_VARARGS) {
  frame->prev_instr = const_cast<Unit*>(ip);
  if (oparg == 0) {
    PyObject* handled = handledException(thread);
    if (handled) {
      (void)raiseException(Ref<>::share(handled));
      [[clang::musttail]] return unwindAgain(ip, top, frame, thread, oparg);
    }
    (void)raise(PyExc_RuntimeError, "No active exception to reraise");
    [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
  }
  PyObject* cause = oparg == 2 ? *--top : nullptr;
  PyObject* what = *--top;
  (void)raiseStatement(Ref<>::steal(what), MaybeRef<>::steal(cause)).failed();
  [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
}

OP_HANDLER(RERAISE) {
  frame->prev_instr = const_cast<Unit*>(ip);
  if (oparg) {
    PyObject* lasti = top[-1 - static_cast<Py_ssize_t>(oparg)];
    long unit;
    if (!lasti || !isInt(lasti) || !intFitsLong(static_cast<IntObject*>(lasti), &unit) || unit < 0 ||
        unit >= frame->code->unitCount()) {
      (void)raise(PyExc_SystemError, "lasti is not an int");
      [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
    }
    frame->prev_instr = frame->firstInstr() + unit;
  }
  PyObject* exception = *--top;
  if (!exception || !isExceptionInstance(exception)) [[unlikely]] {
    xdecref(exception);
    (void)raise(PyExc_SystemError, "RERAISE without an exception");
  } else {
    (void)raiseException(Ref<>::steal(exception));
  }
  [[clang::musttail]] return unwindAgain(ip, top, frame, thread, oparg);
}

OP_BODY(PUSH_EXC_INFO) {
  PyObject* exception = sp.popRaw();
  _PyErr_StackItem* item = thread->exc_info;
  PyObject* outer = item->exc_value;
  sp.push(outer ? outer : none().leak());
  item->exc_value = share(exception).leak();
  sp.push(exception);
  return Step::kNext;
}

OP_BODY(POP_EXCEPT) {
  _PyErr_StackItem* item = thread->exc_info;
  PyObject* old = std::exchange(item->exc_value, sp.popRaw());
  xdecref(old);
  return Step::kNext;
}

namespace {

constexpr const char* kNotException =
    "catching classes that do not inherit from BaseException is not allowed";
constexpr const char* kGroupInStar =
    "catching ExceptionGroup with except* is not allowed. Use except instead.";

Status checkExceptionType(PyObject* type) {
  if (isTuple(type)) {
    auto* tuple = cast<TupleObject>(type);
    for (Py_ssize_t i = 0; i < tuple->size(); i++) {
      if (!isExceptionClass(tuple->at(i))) return raise(PyExc_TypeError, kNotException);
    }
    return {};
  }
  if (!isExceptionClass(type)) return raise(PyExc_TypeError, kNotException);
  return {};
}

Status rejectGroupType(PyObject* type) {
  auto check = [](PyObject* one) -> Status {
    if (TRY(isSubclass(one, PyExc_BaseExceptionGroup))) return raise(PyExc_TypeError, kGroupInStar);
    return {};
  };
  if (!isTuple(type)) return check(type);
  auto* tuple = cast<TupleObject>(type);
  for (Py_ssize_t i = 0; i < tuple->size(); i++) TRY(check(tuple->at(i)));
  return {};
}

struct GroupMatch {
  MaybeRef<> match, rest;
};

// except* type: the part of the exception that matches, and the rest.
Result<GroupMatch> matchGroup(PyObject* exception, PyObject* type) {
  if (exception == Py_None) return GroupMatch{};
  if (exceptionMatches(exception, type)) {
    if (isInstanceOf(exception, reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup))) {
      return GroupMatch{MaybeRef<>::share(exception), {}};
    }
    Ref<TupleObject> one = TRY(tupleOf(exception));
    Ref<StrObject> message = emptyStr();
    return GroupMatch{TRY(call(PyExc_BaseExceptionGroup, message.get(), one.get())), {}};
  }
  if (isInstanceOf(exception, reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup))) {
    Ref<> pair = TRY(callMethod(exception, name<"split">(), type));
    if (!isExactTuple(pair.get()) || cast<TupleObject>(pair.get())->size() != 2) {
      return raise(PyExc_TypeError, "%.200s.split must return a 2-tuple, got %.200s", typeName(exception),
                   typeName(pair.get()));
    }
    auto part = [&](Py_ssize_t i) {
      PyObject* value = cast<TupleObject>(pair.get())->at(i);
      return value == Py_None ? MaybeRef<>() : MaybeRef<>::share(value);
    };
    return GroupMatch{part(0), part(1)};
  }
  return GroupMatch{{}, MaybeRef<>::share(exception)};
}

}  // namespace

OP_BODY(CHECK_EXC_MATCH) {
  PyObject* type = sp.peek(0);
  OP_TRY(checkExceptionType(type));
  bool matches = exceptionMatches(sp.peek(1), type);
  sp.replaceTop(boolRef(matches));
  return Step::kNext;
}

OP_BODY(CHECK_EG_MATCH) {
  PyObject* type = sp.peek(0);
  OP_TRY(checkExceptionType(type));
  OP_TRY(rejectGroupType(type));
  auto made = matchGroup(sp.peek(1), type);
  if (made.failed()) return Step::kRaised;
  GroupMatch found = std::move(made).take();
  if (!found.match) {
    sp.replaceTop(none());
    return Step::kNext;
  }
  // The handled exception becomes the matched part.
  _PyErr_StackItem* item = thread->exc_info;
  PyObject* old = std::exchange(item->exc_value, share(found.match.get()).leak());
  xdecref(old);
  PyObject* whole = sp.peek(1);
  sp.peek(1) = found.rest ? std::move(found.rest).leak() : none().leak();
  sp.replaceTop(std::move(found.match).take());
  decref(whole);
  return Step::kNext;
}

namespace {

// Nested exceptions that carry the same metadata as `original` are parts of it; others were raised in
// handlers.
bool sameMetadata(PyObject* left, PyObject* right) {
  auto *a = static_cast<ExceptionObject*>(left), *b = static_cast<ExceptionObject*>(right);
  return a->notes == b->notes && a->traceback == b->traceback && a->context == b->context &&
         a->cause == b->cause;
}

PyTypeObject* groupType() { return reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup); }

Status collectLeafIds(PyObject* exception, ListObject* ids) {
  if (!isInstanceOf(exception, groupType())) return listAppend(ids, exception);
  auto* parts = cast<TupleObject>(static_cast<ExceptionGroupObject*>(exception)->excs);
  for (Py_ssize_t i = 0; i < parts->size(); i++) TRY(collectLeafIds(parts->at(i), ids));
  return {};
}

bool holdsLeaf(ListObject* leaves, PyObject* exception) {
  for (Py_ssize_t i = 0; i < leaves->size(); i++) {
    if (leaves->at(i) == exception) return true;
  }
  return false;
}

// The part of `group` made of the kept leaves, nesting and metadata preserved; absent: nothing left.
Result<MaybeRef<>> projectGroup(PyObject* group, ListObject* kept) {
  if (!isInstanceOf(group, groupType()))
    return holdsLeaf(kept, group) ? MaybeRef<>::share(group) : MaybeRef<>();
  auto* parts = cast<TupleObject>(static_cast<ExceptionGroupObject*>(group)->excs);
  Ref<ListObject> remaining = TRY(listNew());
  for (Py_ssize_t i = 0; i < parts->size(); i++) {
    MaybeRef<> part = TRY(projectGroup(parts->at(i), kept));
    if (part) TRY(listAppend(remaining.get(), std::move(part).take()));
  }
  if (remaining->size() == 0) return MaybeRef<>();
  Ref<> made = TRY(callMethod(group, name<"derive">(), remaining.get()));
  if (!isInstanceOf(made.get(), groupType()))
    return raise(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
  auto *from = static_cast<ExceptionObject*>(group), *to = static_cast<ExceptionObject*>(made.get());
  TRY(exceptionSetTraceback(made.get(), from->traceback));
  if (from->context) exceptionSetContext(made.get(), share(from->context));
  if (from->cause) exceptionSetCause(made.get(), MaybeRef<>::share(from->cause));
  to->suppress_context = from->suppress_context;
  if (from->notes) {
    Ref<ListObject> notes = TRY(sequenceList(from->notes));
    TRY(attrSet(made.get(), name<"__notes__">(), notes.get()));
  }
  return MaybeRef<>(std::move(made));
}

// What the end of a try-except* statement re-raises: None, or the handlers' exceptions with the unhandled
// rest.
Result<Ref<>> reraiseStar(PyObject* original, PyObject* raised_list) {
  auto* list = cast<ListObject>(raised_list);
  if (list->size() == 0) return none();
  if (!isInstanceOf(original, groupType())) {
    // A naked exception was wrapped and handled by one clause only: what came out is the answer.
    return share(list->at(0));
  }
  Ref<ListObject> raised = TRY(listNew());
  Ref<ListObject> kept = TRY(listNew());
  for (Py_ssize_t i = 0; i < list->size(); i++) {
    PyObject* one = list->at(i);
    if (one == Py_None) continue;
    if (sameMetadata(one, original))
      TRY(collectLeafIds(one, kept.get()));
    else
      TRY(listAppend(raised.get(), one));
  }
  MaybeRef<> rest = TRY(projectGroup(original, kept.get()));
  if (raised->size() == 0) return rest ? std::move(rest).take() : none();
  if (rest) TRY(listAppend(raised.get(), rest.get()));
  Ref<StrObject> message = emptyStr();
  return call(PyExc_BaseExceptionGroup, message.get(), raised.get());
}

}  // namespace

OP_BODY(PREP_RERAISE_STAR) {
  sp.pop2Push(OP_TRY(reraiseStar(sp.peek(1), sp.peek(0))));
  return Step::kNext;
}

OP_BODY(LOAD_ASSERTION_ERROR) {
  sp.pushShared(PyExc_AssertionError);
  return Step::kNext;
}

}  // namespace krait
