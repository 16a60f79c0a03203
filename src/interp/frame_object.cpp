// frame: the object behind sys._getframe() and tracebacks.
#include <cstring>

#include "core/gc.h"
#include "core/native.h"
#include "interp/dispatch.h"
#include "interp/eval.h"
#include "interp/gen.h"
#include "types/bool.h"
#include "types/cell.h"
#include "types/int.h"

namespace krait {
namespace {

constexpr int kOptimized = 0x1;

uint8_t localKind(CodeObject* code, int i) {
  return static_cast<uint8_t>(static_cast<BytesObject*>(code->co_localspluskinds)->data()[i]);
}
PyObject* localName(CodeObject* code, int i) {
  return static_cast<TupleObject*>(code->co_localsplusnames)->at(i);
}

Result<Ref<FrameObject>> frameObjectAlloc(CodeObject* code) {
  Ref<FrameObject> object =
      TRY(objectNew<FrameObject>(&PyFrame_Type, (frameWords(code) - 1) * sizeof(PyObject*)));
  object->f_frame = reinterpret_cast<Frame*>(object->f_frame_data);
  object->f_frame->owner = kFrameOwnedByThread;  // its own record holds nothing yet
  object->f_back = nullptr;
  object->f_trace = nullptr;
  object->f_lineno = 0;
  object->f_trace_lines = 1;
  object->f_trace_opcodes = object->f_fast_as_locals = 0;
  return object;
}

// Before COPY_FREE_VARS has run the cells of free variables are still in the closure only.
void ensureFreeVars(Frame* frame) {
  CodeObject* code = frame->code;
  if (code->co_nfreevars == 0 || frame->prev_instr >= frame->firstInstr()) return;
  TupleObject* closure = frame->func->closure();
  if (!closure || closure->size() != code->co_nfreevars) return;
  int first = code->co_nlocalsplus - code->co_nfreevars;
  for (int i = 0; i < code->co_nfreevars; i++) {
    if (!frame->localsplus[first + i]) frame->localsplus[first + i] = share(closure->at(i)).leak();
  }
  frame->prev_instr = frame->firstInstr();
}

// The value of local i as locals() shows it; null: unbound. Borrowed.
PyObject* visibleLocal(Frame* frame, int i) {
  PyObject* value = frame->localsplus[i];
  if (!value) return nullptr;
  uint8_t kind = localKind(frame->code, i);
  bool is_cell = (kind & 0x80) || ((kind & 0x40) && isExact(value, &PyCell_Type));
  return is_cell ? static_cast<CellObject*>(value)->ob_ref : value;
}

}  // namespace

Result<Ref<FrameObject>> frameObjectOf(Frame* frame) {
  if (frame->frame_obj) return share(frame->frame_obj);
  Ref<FrameObject> object = TRY(frameObjectAlloc(frame->code));
  // Allocating may have run a collection, which may have made one.
  if (frame->frame_obj) return share(frame->frame_obj);
  object->f_frame = frame;
  frame->frame_obj = share(object.get()).leak();
  return object;
}

Result<Ref<FrameObject>> frameObjectNew(CodeObject* code, PyObject* globals, Opt<> locals) {
  Ref<FunctionObject> function = TRY(functionForCode(code, globals));
  Ref<FrameObject> object = TRY(frameObjectAlloc(code));
  Frame* frame = reinterpret_cast<Frame*>(object->f_frame_data);
  FunctionObject* held = std::move(function).leak();
  frameInit(frame, held, code, MaybeRef<>::share(locals.get()).leak());
  std::memset(static_cast<void*>(frame->localsplus), 0,
              sizeof(PyObject*) * static_cast<size_t>(code->co_nlocalsplus));
  frame->prev_instr = frame->firstInstr() + code->_co_firsttraceable;
  frame->owner = kFrameOwnedByFrameObject;
  object->f_frame = frame;
  gcTrack(object.get());
  return object;
}

Status frameFastToLocals(Frame* frame) {
  CodeObject* code = frame->code;
  if (!frame->locals) frame->locals = TRY(dictNew()).as<PyObject>().leak();
  ensureFreeVars(frame);
  Ref<> locals = share(frame->locals);
  for (int i = 0; i < code->co_nlocalsplus; i++) {
    uint8_t kind = localKind(code, i);
    if ((kind & 0x80) && !(code->co_flags & kOptimized)) continue;
    PyObject* value = visibleLocal(frame, i);
    Ref<> key = share(localName(code, i));
    if (value) {
      Ref<> held = share(value);
      TRY(itemSet(locals.get(), key.get(), held.get()));
    } else if (itemDelete(locals.get(), key.get()).failed()) {
      if (!pendingMatches(PyExc_KeyError)) return Raised{};
      clearPending();
    }
  }
  return {};
}

Result<Ref<>> frameLocals(Frame* frame) {
  TRY(frameFastToLocals(frame));
  return share(frame->locals);
}

namespace {

void storeLocal(Frame* frame, int i, MaybeRef<> value) {
  uint8_t kind = localKind(frame->code, i);
  PyObject*& slot = frame->localsplus[i];
  bool is_cell = slot && ((kind & 0x80) || (kind & 0x40)) && isExact(slot, &PyCell_Type);
  PyObject*& target = is_cell ? static_cast<CellObject*>(slot)->ob_ref : slot;
  if (target == value.get()) return;
  PyObject* old = std::exchange(target, std::move(value).leak());
  xdecref(old);
}

}  // namespace

void frameLocalsToFast(Frame* frame, bool clear) {
  CodeObject* code = frame->code;
  if (!frame->locals) return;
  PendingSaved saved;
  Ref<> locals = share(frame->locals);
  for (int i = 0; i < code->co_nlocalsplus; i++) {
    if ((localKind(code, i) & 0x80) && !(code->co_flags & kOptimized)) continue;
    auto found = itemGet(locals.get(), localName(code, i));
    if (found.failed()) {
      clearPending();
      if (clear) storeLocal(frame, i, {});
      continue;
    }
    storeLocal(frame, i, std::move(found).take());
  }
}

Result<Ref<>> frameObjectLocals(FrameObject* object) {
  Ref<> locals = TRY(frameLocals(object->f_frame));
  object->f_fast_as_locals = 1;
  return locals;
}

void frameObjectLocalsToFast(FrameObject* object, bool clear) {
  if (!object->f_fast_as_locals) return;
  frameLocalsToFast(object->f_frame, clear);
  object->f_fast_as_locals = 0;
}

namespace {

Frame* recordOf(FrameObject* object) { return object->f_frame; }

Result<Ref<>> getLocals(FrameObject* object) {
  TRY(audit("object.__getattr__", "Os", static_cast<PyObject*>(object), "f_locals"));
  return frameObjectLocals(object);
}
Result<Ref<>> getBack(FrameObject* object) {
  if (object->f_back) return share<PyObject>(object->f_back);
  Frame* back = completeFrame(recordOf(object)->previous);
  if (!back) return none();
  return Ref<>(TRY(frameObjectOf(back)));
}
Ref<> getGlobals(FrameObject* object) { return share(recordOf(object)->globals); }
Ref<> getBuiltins(FrameObject* object) { return share(recordOf(object)->builtins); }
Result<Ref<>> getCode(FrameObject* object) {
  TRY(audit("object.__getattr__", "Os", static_cast<PyObject*>(object), "f_code"));
  return share<PyObject>(recordOf(object)->code);
}
int getLasti(FrameObject* object) {
  int lasti = recordOf(object)->lasti();
  return lasti < 0 ? -1 : lasti;
}
int currentLine(FrameObject* object) {
  return object->f_lineno ? object->f_lineno : frameLine(recordOf(object));
}
Result<Ref<>> getLine(FrameObject* object) {
  int line = currentLine(object);
  if (line < 0) return none();
  return Ref<>(TRY(intFromLong(line)));
}
Ref<> getTrace(FrameObject* object) { return share(object->f_trace ? object->f_trace : Py_None); }
Status setTrace(FrameObject* object, Opt<> value) {
  PyObject* next = value && value.get() != Py_None ? share(value.get()).leak() : nullptr;
  PyObject* old = std::exchange(object->f_trace, next);
  xdecref(old);
  return {};
}

// Drops locals and stack of a frame that does not run.
int frameTpClear(PyObject* self) {
  Frame* frame = recordOf(static_cast<FrameObject*>(self));
  if (frame->owner != kFrameOwnedByFrameObject) return 0;
  clearField(static_cast<FrameObject*>(self)->f_trace);
  int count = std::exchange(frame->stacktop, frame->code->co_nlocalsplus);
  for (int i = 0; i < count; i++) xdecref(std::exchange(frame->localsplus[i], nullptr));
  clearField(frame->locals);
  return 0;
}

Status frameClearMethod(FrameObject* object) {
  Frame* frame = recordOf(object);
  if (frame->owner == kFrameOwnedByGenerator) {
    GenObject* gen = genOfFrame(frame);
    if (gen->gi_frame_state == kGenExecuting)
      return raise(PyExc_RuntimeError, "cannot clear an executing frame");
    Ref<> held = share<PyObject>(gen);
    PyTypeObject* type = typeOf(gen);
    if (type->tp_finalize) type->tp_finalize(gen);
    return {};
  }
  if (frame->owner == kFrameOwnedByThread)
    return raise(PyExc_RuntimeError, "cannot clear an executing frame");
  frameTpClear(object);
  return {};
}

Py_ssize_t frameSizeof(FrameObject* object) {
  CodeObject* code = recordOf(object)->code;
  return static_cast<Py_ssize_t>(offsetof(FrameObject, f_frame_data) + offsetof(Frame, localsplus)) +
         static_cast<Py_ssize_t>(sizeof(PyObject*)) * (code->co_nlocalsplus + code->co_stacksize);
}

Result<Ref<StrObject>> frameRepr(FrameObject* object) {
  CodeObject* code = recordOf(object)->code;
  return strFormat("<frame at %p, file %R, line %d, code %S>", object, code->co_filename, currentLine(object),
                   code->co_name);
}

void frameDealloc(PyObject* self) {
  auto* object = static_cast<FrameObject*>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  Frame* frame = object->f_frame;
  clearField(object->f_back);
  clearField(object->f_trace);
  if (frame->owner == kFrameOwnedByFrameObject && frame == reinterpret_cast<Frame*>(object->f_frame_data)) {
    frame->frame_obj = nullptr;
    int count = std::exchange(frame->stacktop, 0);
    for (int i = 0; i < count; i++) xdecref(std::exchange(frame->localsplus[i], nullptr));
    clearField(frame->locals);
    decref(frame->code);
    decref(frame->func);
  }
  gcFree(self);
}

int frameTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* object = static_cast<FrameObject*>(self);
  if (int status = visitAll(visit, arg, object->f_back, object->f_trace)) return status;
  if (object->f_frame->owner != kFrameOwnedByFrameObject) return 0;
  return frameVisit(object->f_frame, visit, arg);
}

constinit PyMethodDef kFrameMethods[] = {
    method<"!clear($self)", frameClearMethod, "Drop the references to locals.">,
    method<"!__sizeof__($self)", frameSizeof, "Size in memory, in bytes.">,
    {}};
constinit PyGetSetDef kFrameGetSet[] = {getset<"f_back", getBack>,
                                        getset<"f_locals", getLocals>,
                                        getset<"f_lineno", getLine, frameObjectSetLine>,
                                        getset<"f_trace", getTrace, setTrace>,
                                        getset<"f_lasti", getLasti>,
                                        getset<"f_globals", getGlobals>,
                                        getset<"f_builtins", getBuiltins>,
                                        getset<"f_code", getCode>,
                                        {}};
constinit PyMemberDef kFrameMembers[] = {
    {"f_trace_lines", T_BOOL, offsetof(FrameObject, f_trace_lines), 0, nullptr},
    {"f_trace_opcodes", T_BOOL, offsetof(FrameObject, f_trace_opcodes), 0, nullptr},
    {}};

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyFrame_Type = {
    KR_TYPE_HEAD,
    .tp_name = "frame",
    .tp_basicsize = offsetof(FrameObject, f_frame_data) + offsetof(Frame, localsplus),
    .tp_itemsize = sizeof(PyObject*),
    .tp_dealloc = frameDealloc,
    .tp_repr = slot<frameRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = frameTraverse,
    .tp_clear = frameTpClear,
    .tp_methods = kFrameMethods,
    .tp_members = kFrameMembers,
    .tp_getset = kFrameGetSet,
};
