#include "types/cell.h"

#include "core/gc.h"
#include "core/native.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

namespace {

void cellDealloc(CellObject* cell) {
  gcUntrack(cell);
  DeallocGuard guard(cell);
  if (guard.deferred()) return;
  clearField(cell->ob_ref);
  gcFree(cell);
}
int cellTraverse(CellObject* cell, visitproc visit, void* arg) { return visitAll(visit, arg, cell->ob_ref); }
int cellClear(CellObject* cell) {
  clearField(cell->ob_ref);
  return 0;
}

Result<Ref<>> cellRepr(CellObject* cell) {
  if (!cell->ob_ref) return strFormat("<cell at %p: empty>", static_cast<PyObject*>(cell));
  return strFormat("<cell at %p: %.80s object at %p>", static_cast<PyObject*>(cell), typeName(cell->ob_ref),
                   cell->ob_ref);
}

Result<Ref<>> cellCompare(PyObject* left, PyObject* right, int op) {
  if (!isExact(left, &PyCell_Type) || !isExact(right, &PyCell_Type)) return notImplemented();
  PyObject* a = static_cast<CellObject*>(left)->ob_ref;
  PyObject* b = static_cast<CellObject*>(right)->ob_ref;
  if (!a || !b) return boolObject(compareValues(a != nullptr, b != nullptr, op));  // empty cells come first
  auto held_a = share(a);
  auto held_b = share(b);
  return richCompare(a, b, op);
}

Result<Ref<>> cellContents(CellObject* cell) {
  if (cell->ob_ref) return share(cell->ob_ref);
  return raise(PyExc_ValueError, "Cell is empty");
}
Status cellSetContents(CellObject* cell, Opt<> value) {
  if (value)
    setField(cell->ob_ref, share(value.get()));
  else
    clearField(cell->ob_ref);
  return {};
}

Result<Ref<>> cellMake(PyTypeObject*, PyObject* args, Opt<> kwargs) {
  auto* tuple = cast<TupleObject>(args);
  if (kwargs && static_cast<DictObject*>(kwargs.get())->size() > 0) {
    return raise(PyExc_TypeError, "cell() takes no keyword arguments");
  }
  if (tuple->size() > 1)
    return raise(PyExc_TypeError, "cell expected at most 1 argument, got %zd", tuple->size());
  return cellNew(tuple->size() ? Opt<>(tuple->at(0)) : Opt<>());
}

constinit PyGetSetDef kCellGetSet[] = {getset<"cell_contents", cellContents, cellSetContents>, {}};

}  // namespace

Result<Ref<CellObject>> cellNew(Opt<> value) {
  auto cell = TRY(objectNew<CellObject>(&PyCell_Type));
  cell->ob_ref = MaybeRef<>::share(value.get()).leak();
  gcTrack(cell.get());
  return cell;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyCell_Type = {
    KR_TYPE_HEAD,
    .tp_name = "cell",
    .tp_basicsize = sizeof(CellObject),
    .tp_dealloc = slot<cellDealloc>,
    .tp_repr = slot<cellRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"cell([contents])", "A variable shared by a function and the functions inside it.">,
    .tp_traverse = slot<cellTraverse>,
    .tp_clear = slot<cellClear>,
    .tp_richcompare = slot<cellCompare>,
    .tp_getset = kCellGetSet,
    .tp_new = slot<cellMake>,
};
