// coroutine, its __await__ wrapper, and what `await` accepts.
#include "core/call.h"
#include "core/gc.h"
#include "core/import.h"
#include "interp/gen_methods.h"
#include "types/exceptions.h"
#include "types/int.h"

namespace krait {
namespace {

struct CoroWrapper : PyObject {
  GenObject* coroutine;  // owned
};

constexpr int kIterableCoroutine = 0x100;

bool isAwaitableGenerator(PyObject* object) {
  return isCoro(object) ||
         (isGen(object) && (static_cast<GenObject*>(object)->gi_code->co_flags & kIterableCoroutine));
}

}  // namespace

Result<Ref<>> coroGetAwaitable(PyObject* object) {
  if (isAwaitableGenerator(object)) return share(object);
  PyAsyncMethods* methods = typeOf(object)->tp_as_async;
  if (!methods || !methods->am_await) {
    return raise(PyExc_TypeError, "object %.100s can't be used in 'await' expression", typeName(object));
  }
  Ref<> iterator = TRY(Result<Ref<>>::fromC(methods->am_await(object)));
  if (isAwaitableGenerator(iterator.get())) return raise(PyExc_TypeError, "__await__() returned a coroutine");
  if (!isIterator(iterator.get())) {
    return raise(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'",
                 typeName(iterator.get()));
  }
  return iterator;
}

namespace {

Result<Ref<TupleObject>> originEntry(Frame* frame) {
  Ref<IntObject> line = TRY(intFromLong(frameLine(frame)));
  return tupleOf(frame->code->co_filename, static_cast<PyObject*>(line.get()), frame->code->co_name);
}

}  // namespace

Status coroRecordOrigin(GenObject* coroutine) {
  Thread* thread = currentThread();
  int depth = thread->coroutine_origin_tracking_depth;
  if (depth == 0) return {};
  Frame* start = thread->cframe->current_frame;
  start = start ? completeFrame(start->previous) : nullptr;
  int count = 0;
  for (Frame* f = start; f && count < depth; f = completeFrame(f->previous)) count++;
  Ref<TupleObject> origin = TRY(tupleNew(count));
  Frame* frame = start;
  for (int i = 0; i < count; i++, frame = completeFrame(frame->previous)) {
    origin->ob_item[i] = TRY(originEntry(frame)).as<PyObject>().leak();
  }
  coroutine->gi_origin_or_finalizer = std::move(origin).leak();
  return {};
}

namespace {

// Through warnings.py, which also says where the coroutine was made. False: that function is not there.
Result<bool> warnWithOrigin(GenObject* coroutine) {
  MaybeRef<> warnings = TRY(importForReport("warnings"));
  if (!warnings) return false;
  MaybeRef<> report = TRY(attrLookup(warnings.get(), name<"_warn_unawaited_coroutine">()));
  if (!report) return false;
  TRY(call(report.get(), static_cast<PyObject*>(coroutine)));
  return true;
}

}  // namespace

// A warning that the filters turned into an error has been given; any other failure leaves the plain text to
// give.
void coroWarnUnawaited(GenObject* coroutine) {
  auto answer = warnWithOrigin(coroutine);
  bool warned = answer.failed() ? pendingMatches(PyExc_RuntimeWarning) : std::move(answer).take();
  if (exceptionPending()) writeUnraisable(coroutine);
  if (warned) return;
  if (warn(PyExc_RuntimeWarning, 1, "coroutine '%S' was never awaited", coroutine->gi_qualname).failed())
    writeUnraisable(coroutine);
}

namespace {

Result<Ref<>> coroAwait(GenObject* coroutine) {
  Ref<CoroWrapper> wrapper = TRY(objectNew<CoroWrapper>(&_PyCoroWrapper_Type));
  wrapper->coroutine = share(coroutine).leak();
  gcTrack(wrapper.get());
  return wrapper;
}

void wrapperDealloc(PyObject* self) {
  gcUntrack(self);
  clearField(static_cast<CoroWrapper*>(self)->coroutine);
  gcFree(self);
}
int wrapperTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, static_cast<CoroWrapper*>(self)->coroutine);
}
Result<MaybeRef<>> wrapperNext(CoroWrapper* self) { return genNext(self->coroutine); }
Result<Ref<>> wrapperSend(CoroWrapper* self, PyObject* value) {
  return genSendMethod(self->coroutine, value);
}
Result<Ref<>> wrapperThrow(CoroWrapper* self, CallArgs args) { return genThrowMethod(self->coroutine, args); }
Result<Ref<>> wrapperClose(CoroWrapper* self) { return genClose(self->coroutine); }

constinit PyMethodDef kCoroMethods[] = {
    method<"!send($self, arg, /)", genSendMethod,
           "Send a value into coroutine code; answers what it yields next.">,
    method<"!throw($self, *args)", genThrowMethod, "Raise an exception in coroutine code, where it waits.">,
    method<"!close($self)", genClose, "Raise GeneratorExit inside coroutine code, where it waits.">,
    method<"!__sizeof__($self)", genSizeof, "Size in memory, in bytes.">,
    {}};
constinit PyGetSetDef kCoroGetSet[] = {
    getset<"__name__", genGetName, genSetName, "The name of the coroutine.">,
    getset<"__qualname__", genGetQualname, genSetQualname, "The qualified name of the coroutine.">,
    getset<"cr_await", genGetYieldFrom, nullptr, "What it awaits, or None.">,
    getset<"cr_running", genIsRunning>,
    getset<"cr_frame", genGetFrame>,
    getset<"cr_suspended", genIsSuspended>,
    {}};
constinit PyMemberDef kCoroMembers[] = {
    {"cr_code", T_OBJECT, offsetof(GenObject, gi_code), READONLY | PY_AUDIT_READ, nullptr},
    {"cr_origin", T_OBJECT, offsetof(GenObject, gi_origin_or_finalizer), READONLY, nullptr},
    {}};
constinit PyAsyncMethods kCoroAsync = {.am_await = slot<coroAwait>, .am_send = genAmSend};
constinit PyMethodDef kWrapperMethods[] = {
    method<"!send($self, arg, /)", wrapperSend, "Resume with a value; answers what is yielded next.">,
    method<"!throw($self, *args)", wrapperThrow, "Raise an exception where the coroutine waits.">,
    method<"!close($self)", wrapperClose, "Raise GeneratorExit where the coroutine waits.">,
    {}};

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyCoro_Type = {
    KR_TYPE_HEAD,
    .tp_name = "coroutine",
    .tp_basicsize = offsetof(GenObject, gi_iframe) + offsetof(Frame, localsplus),
    .tp_itemsize = sizeof(PyObject*),
    .tp_dealloc = genDeallocSlot,
    .tp_as_async = &kCoroAsync,
    .tp_repr = slot<genRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = genTraverseSlot,
    .tp_weaklistoffset = offsetof(GenObject, gi_weakreflist),
    .tp_methods = kCoroMethods,
    .tp_members = kCoroMembers,
    .tp_getset = kCoroGetSet,
    .tp_finalize = genFinalize,
};

KR_EXPORT constinit PyTypeObject _PyCoroWrapper_Type = {
    KR_TYPE_HEAD,
    .tp_name = "coroutine_wrapper",
    .tp_basicsize = sizeof(CoroWrapper),
    .tp_dealloc = wrapperDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Iterator that runs a coroutine: what its __await__ answers.",
    .tp_traverse = wrapperTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<wrapperNext>,
    .tp_methods = kWrapperMethods,
};
