// super() without arguments and other built-ins that look at the running frame.
#include "types/implicit_frame.h"

#include "interp/eval.h"
#include "types/bytes.h"
#include "types/cell.h"
#include "types/type.h"

namespace krait {
namespace {

uint8_t kindAt(CodeObject* code, int i) {
  return static_cast<uint8_t>(static_cast<BytesObject*>(code->co_localspluskinds)->data()[i]);
}

Result<PyObject*> firstArgument(Frame* frame) {
  CodeObject* code = frame->code;
  if (code->co_argcount == 0) return raise(PyExc_RuntimeError, "super(): no arguments");
  PyObject* first = frame->localsplus[0];
  if (first && (kindAt(code, 0) & 0x40) && isExact(first, &PyCell_Type))
    first = static_cast<CellObject*>(first)->ob_ref;
  if (!first) return raise(PyExc_RuntimeError, "super(): arg[0] deleted");
  return first;
}

Result<PyTypeObject*> classCell(Frame* frame) {
  CodeObject* code = frame->code;
  for (int i = code->co_nlocalsplus - code->co_nfreevars; i < code->co_nlocalsplus; i++) {
    PyObject* name_object = static_cast<TupleObject*>(code->co_localsplusnames)->at(i);
    if (!isStr(name_object) || !strEqualsAscii(static_cast<StrObject*>(name_object), "__class__")) continue;
    PyObject* cell = frame->localsplus[i];
    if (!cell || !isExact(cell, &PyCell_Type))
      return raise(PyExc_RuntimeError, "super(): bad __class__ cell");
    PyObject* type = static_cast<CellObject*>(cell)->ob_ref;
    if (!type) return raise(PyExc_RuntimeError, "super(): empty __class__ cell");
    if (!isType(type)) {
      return raise(PyExc_RuntimeError, "super(): __class__ is not a type (%s)", typeName(type));
    }
    return reinterpret_cast<PyTypeObject*>(type);
  }
  return raise(PyExc_RuntimeError, "super(): __class__ cell not found");
}

}  // namespace

Result<ImplicitSuper> implicitSuper() {
  Frame* frame = currentFrame(currentThread());
  if (!frame) return raise(PyExc_RuntimeError, "super(): no current frame");
  PyObject* object = TRY(firstArgument(frame));
  PyTypeObject* type = TRY(classCell(frame));
  return ImplicitSuper{share(type), share(object)};
}

Opt<> runningGlobals() { return currentGlobals(); }

}  // namespace krait
