// async_generator and the awaitables behind asend(), athrow(), aclose() and anext(default).
//
// An asynchronous generator yields plain values to the event loop and wrapped ones to its consumer; the
// awaitables tell them apart and turn a wrapped value into StopIteration(value).
#include "core/call.h"
#include "core/gc.h"
#include "interp/gen_methods.h"
#include "types/exceptions.h"
#include "types/misc_objects.h"

namespace krait {
namespace {

struct WrappedValue : PyObject {
  PyObject* value;
};
enum class AwaitState : int { kInit = 0, kIter = 1, kClosed = 2 };
struct ASend : PyObject {
  GenObject* gen;
  PyObject* sent;  // null: None
  AwaitState state;
};
struct AThrow : PyObject {
  GenObject* gen;
  PyObject* args;  // null: aclose()
  AwaitState state;
};
struct AnextAwaitable : PyObject {
  PyObject *wrapped, *fallback;
};

constexpr const char* kRunning = "%s(): asynchronous generator is already running";
constexpr const char* kIgnored = "async generator ignored GeneratorExit";

// First use: tells the event loop, which may keep track of the generator.
Status initHooks(GenObject* gen) {
  if (gen->gi_hooks_inited) return {};
  gen->gi_hooks_inited = 1;
  Thread* thread = currentThread();
  if (thread->async_gen_finalizer) gen->gi_origin_or_finalizer = share(thread->async_gen_finalizer).leak();
  if (PyObject* first = thread->async_gen_firstiter) {
    Ref<> hook = share(first);
    TRY(call(hook.get(), static_cast<PyObject*>(gen)));
  }
  return {};
}

Result<Ref<>> asendNew(GenObject* gen, Opt<> sent) {
  TRY(initHooks(gen));
  Ref<ASend> made = TRY(objectNew<ASend>(&_PyAsyncGenASend_Type));
  made->gen = share(gen).leak();
  made->sent = MaybeRef<>::share(sent.get()).leak();
  made->state = AwaitState::kInit;
  gcTrack(made.get());
  return made;
}

Result<Ref<>> athrowNew(GenObject* gen, Opt<> args) {
  TRY(initHooks(gen));
  Ref<AThrow> made = TRY(objectNew<AThrow>(&_PyAsyncGenAThrow_Type));
  made->gen = share(gen).leak();
  made->args = MaybeRef<>::share(args.get()).leak();
  made->state = AwaitState::kInit;
  gcTrack(made.get());
  return made;
}

Result<Ref<>> asyncGenAnext(GenObject* gen) { return asendNew(gen, nullptr); }
Result<Ref<>> asyncGenAsend(GenObject* gen, PyObject* value) { return asendNew(gen, value); }
Result<Ref<>> asyncGenAclose(GenObject* gen) { return athrowNew(gen, nullptr); }
Result<Ref<>> asyncGenAthrow(GenObject* gen, CallArgs args) {
  if (args.names && args.names->size())
    return raise(PyExc_TypeError, "async_generator.athrow() takes no keyword arguments");
  Ref<TupleObject> tuple = TRY(tupleFromItems(args.values, args.count));
  return athrowNew(gen, tuple.get());
}

// The consumer's view of a step: wrapped values end the await, anything else goes on to the event loop.
Result<Ref<>> unwrapStep(GenObject* gen, Result<Ref<>> step) {
  if (step.failed()) {
    if (!exceptionPending()) (void)raiseNone(PyExc_StopAsyncIteration);
    if (pendingMatches(PyExc_StopAsyncIteration) || pendingMatches(PyExc_GeneratorExit)) gen->gi_closed = 1;
    gen->gi_running_async = 0;
    return Raised{};
  }
  Ref<> value = std::move(step).take();
  if (!isAsyncGenWrapped(value.get())) return value;
  gen->gi_running_async = 0;
  TRY(genSetStopValue(static_cast<WrappedValue*>(value.get())->value));
  return Raised{};
}

Result<Ref<>> asendSend(ASend* self, PyObject* value) {
  if (self->state == AwaitState::kClosed) {
    return raise(PyExc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
  }
  Ref<> sent = share(value);
  if (self->state == AwaitState::kInit) {
    if (self->gen->gi_running_async) {
      return raise(PyExc_RuntimeError, "anext(): asynchronous generator is already running");
    }
    if (value == Py_None && self->sent) sent = share(self->sent);
    self->state = AwaitState::kIter;
    self->gen->gi_running_async = 1;
  }
  Ref<GenObject> gen = share(self->gen);
  auto result = unwrapStep(gen.get(), genSendMethod(gen.get(), sent.get()));
  if (result.failed()) self->state = AwaitState::kClosed;
  return result;
}
Result<MaybeRef<>> asendNext(ASend* self) { return MaybeRef<>(TRY(asendSend(self, Py_None))); }

Result<Ref<>> asendThrow(ASend* self, CallArgs args) {
  if (self->state == AwaitState::kClosed) {
    return raise(PyExc_RuntimeError, "cannot reuse already awaited __anext__()/asend()");
  }
  Ref<GenObject> gen = share(self->gen);
  auto result = unwrapStep(gen.get(), genThrowMethod(gen.get(), args));
  if (result.failed()) self->state = AwaitState::kClosed;
  return result;
}
Ref<> asendClose(ASend* self) {
  self->state = AwaitState::kClosed;
  return none();
}

// --- athrow and aclose ---

Raised yieldedOnClose(AThrow* self) {
  self->gen->gi_running_async = 0;
  self->state = AwaitState::kClosed;
  return raise(PyExc_RuntimeError, kIgnored);
}

// A failed step of aclose(): the two exceptions that mean "closed" become StopIteration.
Raised closeEnded(AThrow* self, bool is_close) {
  self->gen->gi_running_async = 0;
  self->state = AwaitState::kClosed;
  if (is_close && (pendingMatches(PyExc_StopAsyncIteration) || pendingMatches(PyExc_GeneratorExit))) {
    clearPending();
    return raiseNone(PyExc_StopIteration);
  }
  return Raised{};
}

Result<Ref<>> athrowStart(AThrow* self) {
  GenObject* gen = self->gen;
  if (!self->args) {
    gen->gi_closed = 1;
    auto step = genThrowImpl(gen, false, PyExc_GeneratorExit, nullptr, nullptr);
    if (step.failed()) return closeEnded(self, true);
    Ref<> value = std::move(step).take();
    if (isAsyncGenWrapped(value.get())) return yieldedOnClose(self);
    return value;
  }
  auto* args = cast<TupleObject>(self->args);
  if (args->size() < 1 || args->size() > 3) {
    const char* bound = args->size() < 1 ? "athrow expected at least 1 argument, got %zd"
                                         : "athrow expected at most 3 arguments, got %zd";
    return raise(PyExc_TypeError, bound, args->size());
  }
  Opt<> value = args->size() > 1 ? args->at(1) : nullptr,
        traceback = args->size() > 2 ? args->at(2) : nullptr;
  auto result = unwrapStep(gen, genThrowImpl(gen, false, args->at(0), value, traceback));
  if (result.failed()) return closeEnded(self, false);
  return result;
}

Result<Ref<>> athrowSend(AThrow* self, PyObject* value) {
  GenObject* gen = self->gen;
  if (self->state == AwaitState::kClosed)
    return raise(PyExc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
  if (gen->gi_frame_state >= kGenCompleted) {
    self->state = AwaitState::kClosed;
    return raiseNone(PyExc_StopIteration);
  }
  Ref<AThrow> held = share(self);
  if (self->state == AwaitState::kInit) {
    if (gen->gi_running_async) {
      self->state = AwaitState::kClosed;
      return raise(PyExc_RuntimeError, kRunning, self->args ? "athrow" : "aclose");
    }
    if (gen->gi_closed) {
      self->state = AwaitState::kClosed;
      return raiseNone(PyExc_StopAsyncIteration);
    }
    if (value != Py_None)
      return raise(PyExc_RuntimeError, "can't send non-None value to a just-started coroutine");
    self->state = AwaitState::kIter;
    gen->gi_running_async = 1;
    return athrowStart(self);
  }
  auto step = genSendMethod(gen, value);
  if (self->args) {
    auto result = unwrapStep(gen, std::move(step));
    if (result.failed()) self->state = AwaitState::kClosed;
    return result;
  }
  if (step.failed()) return closeEnded(self, true);
  Ref<> yielded = std::move(step).take();
  if (isAsyncGenWrapped(yielded.get())) return yieldedOnClose(self);
  return yielded;
}
Result<MaybeRef<>> athrowNext(AThrow* self) { return MaybeRef<>(TRY(athrowSend(self, Py_None))); }

Result<Ref<>> athrowThrow(AThrow* self, CallArgs args) {
  if (self->state == AwaitState::kClosed)
    return raise(PyExc_RuntimeError, "cannot reuse already awaited aclose()/athrow()");
  Ref<AThrow> held = share(self);
  auto step = genThrowMethod(self->gen, args);
  if (self->args) return unwrapStep(self->gen, std::move(step));
  if (step.failed()) {
    if (pendingMatches(PyExc_StopAsyncIteration) || pendingMatches(PyExc_GeneratorExit)) {
      clearPending();
      return raiseNone(PyExc_StopIteration);
    }
    return Raised{};
  }
  Ref<> yielded = std::move(step).take();
  if (isAsyncGenWrapped(yielded.get())) return yieldedOnClose(self);
  return yielded;
}
Ref<> athrowClose(AThrow* self) {
  self->state = AwaitState::kClosed;
  return none();
}

// --- anext(iterator, default) ---

Result<Ref<>> anextIterator(AnextAwaitable* self) {
  Ref<> awaitable = TRY(coroGetAwaitable(self->wrapped));
  if (typeOf(awaitable.get())->tp_iternext) return awaitable;
  // A coroutine: its __await__ answers the iterator.
  PyAsyncMethods* methods = typeOf(awaitable.get())->tp_as_async;
  Ref<> iterator = TRY(Result<Ref<>>::fromC(methods->am_await(awaitable.get())));
  if (isIterator(iterator.get())) return iterator;
  return raise(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'",
               typeName(iterator.get()));
}

// The end of the iteration becomes the default value.
template <class X>
Result<X> withFallback(AnextAwaitable* self, Result<X> result) {
  if (!result.failed() || !pendingMatches(PyExc_StopAsyncIteration)) return result;
  clearPending();
  TRY(genSetStopValue(self->fallback));
  return Raised{};
}

Result<MaybeRef<>> anextNext(AnextAwaitable* self) {
  Ref<> iterator = TRY(anextIterator(self));
  auto step = Result<Ref<>>::fromC([&]() -> PyObject* {
    PyObject* value = typeOf(iterator.get())->tp_iternext(iterator.get());
    if (!value && !exceptionPending()) (void)raiseNone(PyExc_StopIteration);
    return value;
  }());
  return MaybeRef<>(TRY(withFallback(self, std::move(step))));
}

Result<Ref<>> anextForward(AnextAwaitable* self, StrObject* method_name, CallArgs args) {
  Ref<> iterator = TRY(anextIterator(self));
  Ref<> method = TRY(attrGet(iterator.get(), method_name));
  return withFallback(self,
                      callVector(method.get(), args.values, static_cast<size_t>(args.count), args.names));
}
Result<Ref<>> anextSend(AnextAwaitable* self, CallArgs args) {
  return anextForward(self, name<"send">(), args);
}
Result<Ref<>> anextThrow(AnextAwaitable* self, CallArgs args) {
  return anextForward(self, name<"throw">(), args);
}
Result<Ref<>> anextClose(AnextAwaitable* self, CallArgs args) {
  return anextForward(self, name<"close">(), args);
}

// --- object life ---

template <class T, auto... Fields>
void fieldsDealloc(PyObject* self) {
  gcUntrack(self);
  (clearField(static_cast<T*>(self)->*Fields), ...);
  gcFree(self);
}
template <class T, auto... Fields>
int fieldsTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<T*>(self)->*Fields...);
}

constexpr unsigned long kAwaitableFlags =
    Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION;

constinit PyMethodDef kAsyncGenMethods[] = {
    method<"!asend($self, value, /)", asyncGenAsend, "An awaitable that resumes with a value.">,
    method<"!%athrow($self, *args)", asyncGenAthrow, "An awaitable that raises an exception inside.">,
    method<"!aclose($self)", asyncGenAclose, "An awaitable that raises GeneratorExit inside.">,
    method<"!__sizeof__($self)", genSizeof, "Size in memory, in bytes.">,
    classMethod<"!__class_getitem__($type, item, /)", genericAliasNew, "See PEP 585.">,
    {}};
constinit PyGetSetDef kAsyncGenGetSet[] = {
    getset<"__name__", genGetName, genSetName, "Name of the async generator.">,
    getset<"__qualname__", genGetQualname, genSetQualname, "Qualified name.">,
    getset<"ag_await", genGetYieldFrom, nullptr, "What it awaits, or None.">,
    getset<"ag_frame", genGetFrame>,
    {}};
constinit PyMemberDef kAsyncGenMembers[] = {
    {"ag_running", T_BOOL, offsetof(GenObject, gi_running_async), READONLY, nullptr},
    {"ag_code", T_OBJECT, offsetof(GenObject, gi_code), READONLY | PY_AUDIT_READ, nullptr},
    {}};
constinit PyAsyncMethods kAsyncGenAsync = {
    .am_aiter = slot<objectSelfIter>, .am_anext = slot<asyncGenAnext>, .am_send = genAmSend};
constinit PyAsyncMethods kAwaitSelf = {.am_await = slot<objectSelfIter>};
constinit PyMethodDef kASendMethods[] = {
    method<"!send($self, arg, /)", asendSend, "Resume the generator with a value.">,
    method<"!throw($self, *args)", asendThrow, "Raise inside the generator.">,
    method<"!close($self)", asendClose, "End this awaitable.">,
    {}};
constinit PyMethodDef kAThrowMethods[] = {
    method<"!send($self, arg, /)", athrowSend, "Resume the generator with a value.">,
    method<"!throw($self, *args)", athrowThrow, "Raise inside the generator.">,
    method<"!close($self)", athrowClose, "End this awaitable.">,
    {}};
constinit PyMethodDef kAnextMethods[] = {
    method<"!send($self, *args)", anextSend, "Resume the wrapped awaitable.">,
    method<"!throw($self, *args)", anextThrow, "Raise inside the wrapped awaitable.">,
    method<"!close($self, *args)", anextClose, "Close the wrapped awaitable.">,
    {}};

}  // namespace

Result<Ref<>> asyncGenWrapValue(PyObject* value) {
  Ref<WrappedValue> made = TRY(objectNew<WrappedValue>(&_PyAsyncGenWrappedValue_Type));
  made->value = share(value).leak();
  gcTrack(made.get());
  return made;
}

bool isAsyncGenWrapped(const PyObject* o) { return isExact(o, &_PyAsyncGenWrappedValue_Type); }

Result<Ref<>> anextAwaitableNew(PyObject* awaitable, PyObject* fallback) {
  Ref<AnextAwaitable> made = TRY(objectNew<AnextAwaitable>(&_PyAnextAwaitable_Type));
  made->wrapped = share(awaitable).leak();
  made->fallback = share(fallback).leak();
  gcTrack(made.get());
  return made;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyAsyncGen_Type = {
    KR_TYPE_HEAD,
    .tp_name = "async_generator",
    .tp_basicsize = offsetof(GenObject, gi_iframe) + offsetof(Frame, localsplus),
    .tp_itemsize = sizeof(PyObject*),
    .tp_dealloc = genDeallocSlot,
    .tp_as_async = &kAsyncGenAsync,
    .tp_repr = slot<genRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kAwaitableFlags,
    .tp_traverse = genTraverseSlot,
    .tp_weaklistoffset = offsetof(GenObject, gi_weakreflist),
    .tp_methods = kAsyncGenMethods,
    .tp_members = kAsyncGenMembers,
    .tp_getset = kAsyncGenGetSet,
    .tp_finalize = genFinalize,
};
KR_EXPORT constinit PyTypeObject _PyAsyncGenASend_Type = {
    KR_TYPE_HEAD,
    .tp_name = "async_generator_asend",
    .tp_basicsize = sizeof(ASend),
    .tp_dealloc = fieldsDealloc<ASend, &ASend::gen, &ASend::sent>,
    .tp_as_async = &kAwaitSelf,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kAwaitableFlags,
    .tp_traverse = fieldsTraverse<ASend, &ASend::gen, &ASend::sent>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<asendNext>,
    .tp_methods = kASendMethods,
};
KR_EXPORT constinit PyTypeObject _PyAsyncGenAThrow_Type = {
    KR_TYPE_HEAD,
    .tp_name = "async_generator_athrow",
    .tp_basicsize = sizeof(AThrow),
    .tp_dealloc = fieldsDealloc<AThrow, &AThrow::gen, &AThrow::args>,
    .tp_as_async = &kAwaitSelf,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kAwaitableFlags,
    .tp_traverse = fieldsTraverse<AThrow, &AThrow::gen, &AThrow::args>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<athrowNext>,
    .tp_methods = kAThrowMethods,
};
KR_EXPORT constinit PyTypeObject _PyAsyncGenWrappedValue_Type = {
    KR_TYPE_HEAD,
    .tp_name = "async_generator_wrapped_value",
    .tp_basicsize = sizeof(WrappedValue),
    .tp_dealloc = fieldsDealloc<WrappedValue, &WrappedValue::value>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kAwaitableFlags,
    .tp_traverse = fieldsTraverse<WrappedValue, &WrappedValue::value>,
};
KR_EXPORT constinit PyTypeObject _PyAnextAwaitable_Type = {
    KR_TYPE_HEAD,
    .tp_name = "anext_awaitable",
    .tp_basicsize = sizeof(AnextAwaitable),
    .tp_dealloc = fieldsDealloc<AnextAwaitable, &AnextAwaitable::wrapped, &AnextAwaitable::fallback>,
    .tp_as_async = &kAwaitSelf,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kAwaitableFlags,
    .tp_traverse = fieldsTraverse<AnextAwaitable, &AnextAwaitable::wrapped, &AnextAwaitable::fallback>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<anextNext>,
    .tp_methods = kAnextMethods,
};
