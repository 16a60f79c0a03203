// slice and the arithmetic of slice bounds.
#include "types/slice.h"

#include "core/gc.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/tuple.h"

extern "C" Py_hash_t PyObject_HashNotImplemented(PyObject* self);

namespace krait {

namespace {

SliceObject* kept_slice = nullptr;  // one freed slice, for a[i:j] in loops

// The index as an int, clipped to Py_ssize_t.
Result<Py_ssize_t> clippedIndex(PyObject* value, const char* message) {
  if (!isIndex(value)) return raise(PyExc_TypeError, message);
  return asSsize(value, nullptr);
}

void sliceDealloc(PyObject* self) {
  auto* slice = cast<SliceObject>(self);
  gcUntrack(self);
  PyObject *start = slice->start, *stop = slice->stop, *step = slice->step;
  if (!kept_slice)
    kept_slice = slice;
  else
    objectFreeMemory(self);
  decref(step);
  decref(start);
  decref(stop);
}

int sliceTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* slice = cast<SliceObject>(self);
  return visitAll(visit, arg, slice->start, slice->stop, slice->step);
}

Result<Ref<>> sliceTypeNew(PyTypeObject*, TupleObject* args, Opt<> kwargs) {
  TRY(checkNoKeywords("slice", kwargs));
  Py_ssize_t count = args->size();
  TRY(checkPositional("slice", count, 1, 3));
  if (count == 1) return TRY(sliceNew(nullptr, args->at(0), nullptr));
  return TRY(sliceNew(args->at(0), args->at(1), count == 3 ? Opt<>(args->at(2)) : nullptr));
}

Result<Ref<StrObject>> sliceRepr(SliceObject* slice) {
  return strFormat("slice(%R, %R, %R)", slice->start, slice->stop, slice->step);
}

Result<Ref<>> sliceReduce(SliceObject* slice) {
  Ref<TupleObject> args = TRY(tupleOf(slice->start, slice->stop, slice->step));
  return TRY(tupleOf(reinterpret_cast<PyObject*>(typeOf(slice)), args.get()));
}

Result<Ref<>> sliceCompare(PyObject* left, PyObject* right, int op) {
  if (!isSlice(left) || !isSlice(right)) return notImplemented();
  if (left == right) return boolRef(op == Py_EQ || op == Py_LE || op == Py_GE);
  auto *a = cast<SliceObject>(left), *b = cast<SliceObject>(right);
  Ref<TupleObject> first = TRY(tupleOf(a->start, a->stop, a->step));
  Ref<TupleObject> second = TRY(tupleOf(b->start, b->stop, b->step));
  return richCompare(first, second, op);
}

// indices() works on ints of any size.
Result<Ref<>> boundInt(PyObject* value) {
  if (!isIndex(value)) {
    return raise(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  return TRY(numberIndex(value));
}

// A bound given as an int, moved into [lower, upper].
Result<Ref<>> clampBound(PyObject* value, PyObject* length, PyObject* lower, PyObject* upper) {
  Ref<> bound = TRY(boundInt(value));
  if (intSign(cast<IntObject>(bound.get())) < 0) {
    bound = TRY(numberAdd(bound, length));
    if (intCompare(cast<IntObject>(bound.get()), cast<IntObject>(lower)) < 0) return share(lower);
  } else if (intCompare(cast<IntObject>(bound.get()), cast<IntObject>(upper)) > 0) {
    return share(upper);
  }
  return bound;
}

Result<Ref<>> sliceIndices(SliceObject* slice, PyObject* length_object) {
  Ref<IntObject> length = TRY(numberIndex(length_object));
  if (length->isNegative()) return raise(PyExc_ValueError, "length should not be negative");
  LongBounds bounds = TRY(sliceLongIndices(slice, length));
  return TRY(tupleOf(bounds.start.get(), bounds.stop.get(), bounds.step.get()));
}

constinit PyMemberDef kSliceMembers[] = {{"start", T_OBJECT, offsetof(SliceObject, start), READONLY, nullptr},
                                         {"stop", T_OBJECT, offsetof(SliceObject, stop), READONLY, nullptr},
                                         {"step", T_OBJECT, offsetof(SliceObject, step), READONLY, nullptr},
                                         {}};
constinit PyMethodDef kSliceMethods[] = {
    method<"!indices($self, len, /)", sliceIndices,
           "S.indices(len) -> (start, stop, stride) of the items that S selects from a sequence of that "
           "length.">,
    method<"!__reduce__($self, /)", sliceReduce, "What pickle needs to rebuild the object.">,
    {}};

}  // namespace

Result<LongBounds> sliceLongIndices(SliceObject* slice, PyObject* length) {
  Ref<> step = share<PyObject>(smallInt(1));
  if (slice->step != Py_None) step = TRY(boundInt(slice->step));
  int sign = intSign(cast<IntObject>(step.get()));
  if (sign == 0) return raise(PyExc_ValueError, "slice step cannot be zero");
  bool backwards = sign < 0;
  Ref<> lower = share<PyObject>(smallInt(backwards ? -1 : 0));
  Ref<> upper = backwards ? TRY(numberAdd(length, lower)) : share(length);
  Ref<> start = share(backwards ? upper.get() : lower.get());
  if (slice->start != Py_None) start = TRY(clampBound(slice->start, length, lower, upper));
  Ref<> stop = share(backwards ? lower.get() : upper.get());
  if (slice->stop != Py_None) stop = TRY(clampBound(slice->stop, length, lower, upper));
  return LongBounds{std::move(start), std::move(stop), std::move(step)};
}

Result<Ref<SliceObject>> sliceNew(Opt<> start, Opt<> stop, Opt<> step) {
  SliceObject* slice = std::exchange(kept_slice, nullptr);
  if (slice)
    slice->ob_refcnt = 1;
  else
    slice = TRY(objectNew<SliceObject>(&PySlice_Type)).leak();
  slice->start = share(start.orElse(Py_None)).leak();
  slice->stop = share(stop.orElse(Py_None)).leak();
  slice->step = share(step.orElse(Py_None)).leak();
  gcTrack(slice);
  return Ref<SliceObject>::steal(slice);
}

Result<bool> sliceIndex(PyObject* value, Py_ssize_t* index) {
  if (value == Py_None) return false;
  *index = TRY(clippedIndex(value, "slice indices must be integers or None or have an __index__ method"));
  return true;
}

Result<Py_ssize_t> sliceIndexNotNone(PyObject* value) {
  return clippedIndex(value, "slice indices must be integers or have an __index__ method");
}

Result<SliceBounds> sliceUnpack(SliceObject* slice) {
  SliceBounds bounds{0, 0, 1};
  TRY(sliceIndex(slice->step, &bounds.step));
  if (bounds.step == 0) return raise(PyExc_ValueError, "slice step cannot be zero");
  if (bounds.step < -PY_SSIZE_T_MAX) bounds.step = -PY_SSIZE_T_MAX;  // so that -step is representable
  bounds.start = bounds.step < 0 ? PY_SSIZE_T_MAX : 0;
  bounds.stop = bounds.step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
  TRY(sliceIndex(slice->start, &bounds.start));
  TRY(sliceIndex(slice->stop, &bounds.stop));
  return bounds;
}

static Py_ssize_t adjustBound(Py_ssize_t bound, Py_ssize_t length, bool backwards) {
  if (bound < 0) {
    bound += length;
    return bound >= 0 ? bound : backwards ? -1 : 0;
  }
  return bound < length ? bound : backwards ? length - 1 : length;
}

Py_ssize_t sliceAdjust(SliceBounds& bounds, Py_ssize_t length) {
  bool backwards = bounds.step < 0;
  bounds.start = adjustBound(bounds.start, length, backwards);
  bounds.stop = adjustBound(bounds.stop, length, backwards);
  if (backwards) return bounds.stop < bounds.start ? (bounds.start - bounds.stop - 1) / -bounds.step + 1 : 0;
  return bounds.start < bounds.stop ? (bounds.stop - bounds.start - 1) / bounds.step + 1 : 0;
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PySlice_Type = {
    KR_TYPE_HEAD,
    .tp_name = "slice",
    .tp_basicsize = sizeof(SliceObject),
    .tp_dealloc = sliceDealloc,
    .tp_repr = slot<sliceRepr>,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "slice(stop)\nslice(start, stop[, step])\n\nThe bounds of an extended slice, as in a[0:10:2].",
    .tp_traverse = sliceTraverse,
    .tp_richcompare = slot<sliceCompare>,
    .tp_methods = kSliceMethods,
    .tp_members = kSliceMembers,
    .tp_new = slot<sliceTypeNew>,
};
