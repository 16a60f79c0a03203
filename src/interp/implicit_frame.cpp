#include "types/implicit_frame.h"

#include "interp/frame.h"
#include "types/cell.h"
#include "types/type.h"

namespace krait {

namespace {

constexpr char kCellKind = 0x40;  // in co_localspluskinds

Result<Ref<>> firstArgument(Frame* frame) {
  CodeObject* code = frame->code;
  if (code->co_argcount == 0) return raise(PyExc_RuntimeError, "super(): no arguments");
  PyObject* first = frame->localsplus[0];
  char kind = static_cast<BytesObject*>(code->co_localspluskinds)->ob_sval[0];
  if (first && (kind & kCellKind) && isExact(first, &PyCell_Type) && frame->lastUnit() >= 0) {
    first = static_cast<CellObject*>(first)->ob_ref;
  }
  if (!first) return raise(PyExc_RuntimeError, "super(): arg[0] deleted");
  return share(first);
}

Result<Ref<PyTypeObject>> enclosingClass(Frame* frame) {
  CodeObject* code = frame->code;
  auto* names = static_cast<TupleObject*>(code->co_localsplusnames);
  for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
    if (!strEqualsAscii(static_cast<StrObject*>(names->at(i)), "__class__")) continue;
    PyObject* cell = frame->localsplus[i];
    if (!cell || !isExact(cell, &PyCell_Type)) return raise(PyExc_RuntimeError, "super(): bad __class__ cell");
    PyObject* type = static_cast<CellObject*>(cell)->ob_ref;
    if (!type) return raise(PyExc_RuntimeError, "super(): empty __class__ cell");
    if (!isType(type)) {
      return raise(PyExc_RuntimeError, "super(): __class__ is not a type (%s)", typeOf(type)->tp_name);
    }
    return share(static_cast<PyTypeObject*>(type));
  }
  return raise(PyExc_RuntimeError, "super(): __class__ cell not found");
}

}  // namespace

Result<ImplicitSuper> implicitSuper() {
  Frame* frame = currentFrame(currentThread());
  if (!frame) return raise(PyExc_RuntimeError, "super(): no current frame");
  Ref<> object = TRY(firstArgument(frame));
  Ref<PyTypeObject> type = TRY(enclosingClass(frame));
  return ImplicitSuper{std::move(type), std::move(object)};
}

Opt<> runningGlobals() {
  Thread* thread = currentThread();
  Frame* frame = thread ? currentFrame(thread) : nullptr;
  return frame ? frame->globals : nullptr;
}

}  // namespace krait
