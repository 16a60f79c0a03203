#include "types/traceback.h"

#include "core/frame_hooks.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/object.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace krait {
namespace {

void dealloc(TracebackObject* self) {
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  clearField(self->tb_next);
  clearField(self->tb_frame);
  gcFree(self);
}

int traverse(PyObject* self, visitproc visit, void* arg) {
  auto* tb = cast<TracebackObject>(self);
  return visitAll(visit, arg, tb->tb_next, tb->tb_frame);
}

int clear(PyObject* self) {
  clearField(cast<TracebackObject>(self)->tb_next);
  clearField(cast<TracebackObject>(self)->tb_frame);
  return 0;
}

Result<Opt<>> nextArgument(PyObject* next) {
  if (next == Py_None) return Opt<>();
  if (isTraceback(next)) return Opt<>(next);
  return raise(PyExc_TypeError, "expected traceback object or None, got '%s'", typeName(next));
}

Result<Ref<>> make(PyTypeObject*, PyObject* tb_next, PyObject* tb_frame, int tb_lasti, int tb_lineno) {
  if (!isExact(tb_frame, &PyFrame_Type))
    return raiseBadArgument("TracebackType", "tb_frame", "frame", tb_frame);
  return TRY(tracebackNew(TRY(nextArgument(tb_next)), tb_frame, tb_lasti, tb_lineno));
}

Result<Ref<>> getNext(TracebackObject* self) { return self->tb_next ? share(self->tb_next) : none(); }

Status setNext(TracebackObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "can't delete tb_next attribute");
  Opt<> next = TRY(nextArgument(value.get()));
  for (PyObject* walk = next.get(); walk; walk = cast<TracebackObject>(walk)->tb_next)
    if (walk == self) return raise(PyExc_ValueError, "traceback loop detected");
  xincref(next.get());
  PyObject* old = std::exchange(self->tb_next, next.get());
  xdecref(old);
  return {};
}

Result<Ref<>> dir(TracebackObject*) {
  Ref<ListObject> names = TRY(listNew());
  for (const char* attr : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"})
    TRY(listAppend(names, Ref<>(TRY(strInternUtf8(attr)))));
  return names;
}

constinit PyMethodDef kMethods[] = {method<"!__dir__($self, /)", dir>, {}};
constinit PyMemberDef kMembers[] = {
    {"tb_frame", T_OBJECT, offsetof(TracebackObject, tb_frame), READONLY | PY_AUDIT_READ, nullptr},
    {"tb_lasti", T_INT, offsetof(TracebackObject, tb_lasti), READONLY, nullptr},
    {"tb_lineno", T_INT, offsetof(TracebackObject, tb_lineno), READONLY, nullptr},
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"tb_next", getNext, setNext>, {}};

}  // namespace

Result<Ref<TracebackObject>> tracebackNew(Opt<> next, PyObject* frame, int lasti, int lineno) {
  Ref<TracebackObject> tb = TRY(objectNew<TracebackObject>(&PyTraceBack_Type));
  xincref(next.get());
  tb->tb_next = next.get();
  tb->tb_frame = share(frame).leak();
  tb->tb_lasti = lasti;
  tb->tb_lineno = lineno;
  gcTrack(tb);
  return tb;
}

Status tracebackAddHere(PyObject* frame) {
  PendingTriple triple = fetchPending();
  auto made = tracebackNew(triple.traceback, frame, frameHooks.lasti(frame), frameHooks.line(frame));
  if (made.failed()) {
    restorePending(triple);
    return Raised{};
  }
  xdecref(triple.traceback);
  triple.traceback = std::move(made).toC();
  restorePending(triple);
  return {};
}

int tracebackLine(TracebackObject* tb) { return tb->tb_lineno; }

}  // namespace krait

KR_EXPORT constinit PyTypeObject PyTraceBack_Type = {
    KR_TYPE_HEAD,
    .tp_name = "traceback",
    .tp_basicsize = sizeof(krait::TracebackObject),
    .tp_dealloc = krait::slot<krait::dealloc>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = krait::docText<"TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)",
                             "Create a new traceback object.">,
    .tp_traverse = krait::traverse,
    .tp_clear = krait::clear,
    .tp_methods = krait::kMethods,
    .tp_members = krait::kMembers,
    .tp_getset = krait::kGetSet,
    .tp_new = krait::newSlot<"TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)", krait::make>,
    .tp_free = krait::gcFree,
};
