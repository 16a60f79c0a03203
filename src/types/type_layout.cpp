// Instance layouts: which base decides the shape of a class, and which classes are interchangeable.
#include "types/type_internal.h"

namespace krait {

namespace {

// Does the type add C fields to its base? Trailing weak-reference and dict words of classes do not count.
bool addsFields(PyTypeObject* type, PyTypeObject* base) {
  Py_ssize_t size = type->tp_basicsize;
  if (type->tp_itemsize || base->tp_itemsize) {
    return size != base->tp_basicsize || type->tp_itemsize != base->tp_itemsize;
  }
  constexpr Py_ssize_t kWord = sizeof(PyObject*);
  bool heap = hasFlag(type, Py_TPFLAGS_HEAPTYPE);
  if (heap && type->tp_weaklistoffset && !base->tp_weaklistoffset &&
      type->tp_weaklistoffset + kWord == size) {
    size -= kWord;
  }
  if (heap && type->tp_dictoffset && !base->tp_dictoffset && type->tp_dictoffset + kWord == size)
    size -= kWord;
  return size != base->tp_basicsize;
}

bool sameShapeAsBase(PyTypeObject* type) {
  PyTypeObject* base = type->tp_base;
  return base && type->tp_basicsize == base->tp_basicsize && type->tp_itemsize == base->tp_itemsize &&
         type->tp_dictoffset == base->tp_dictoffset && type->tp_weaklistoffset == base->tp_weaklistoffset &&
         hasFlag(type, Py_TPFLAGS_HAVE_GC) == hasFlag(base, Py_TPFLAGS_HAVE_GC) &&
         (!hasFlag(type, Py_TPFLAGS_HAVE_GC) || type->tp_clear == subtypeClear ||
          type->tp_clear == base->tp_clear);
}

PyTypeObject* shapeOwner(PyTypeObject* type) {
  while (sameShapeAsBase(type)) type = type->tp_base;
  return type;
}

// Two direct subclasses of one base: do they add the same slots, dict and weak references?
bool sameSlotsAdded(PyTypeObject* a, PyTypeObject* b) {
  if (hasFlag(a, Py_TPFLAGS_MANAGED_DICT) != hasFlag(b, Py_TPFLAGS_MANAGED_DICT)) return false;
  if (!hasFlag(a, Py_TPFLAGS_HEAPTYPE) || !hasFlag(b, Py_TPFLAGS_HEAPTYPE)) return false;
  constexpr Py_ssize_t kWord = sizeof(PyObject*);
  Py_ssize_t size = a->tp_base->tp_basicsize;
  if (a->tp_dictoffset == size && b->tp_dictoffset == size) size += kWord;
  if (a->tp_weaklistoffset == size && b->tp_weaklistoffset == size) size += kWord;
  PyObject* slots_a = heapType(a)->ht_slots;
  PyObject* slots_b = heapType(b)->ht_slots;
  if (slots_a && slots_b) {
    auto same = richCompareBool(slots_a, slots_b, Py_EQ);
    if (same.failed())
      clearPending();
    else if (std::move(same).take())
      size += kWord * cast<TupleObject>(slots_a)->size();
    else
      return false;
  }
  return size == a->tp_basicsize && size == b->tp_basicsize;
}

}  // namespace

PyTypeObject* solidBase(PyTypeObject* type) {
  PyTypeObject* base = type->tp_base ? solidBase(type->tp_base) : &PyBaseObject_Type;
  return addsFields(type, base) ? type : base;
}

Result<PyTypeObject*> bestBase(TupleObject* bases) {
  PyTypeObject* best = nullptr;
  PyTypeObject* winner = nullptr;
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    if (!isType(bases->at(i))) return raise(PyExc_TypeError, "bases must be types");
    PyTypeObject* base = asType(bases->at(i));
    TRY(typeReady(base));
    if (!hasFlag(base, Py_TPFLAGS_BASETYPE)) {
      return raise(PyExc_TypeError, "type '%.100s' is not an acceptable base type", base->tp_name);
    }
    PyTypeObject* candidate = solidBase(base);
    if (!winner || (candidate != winner && !typeIsSubtype(winner, candidate))) {
      if (winner && !typeIsSubtype(candidate, winner)) {
        return raise(PyExc_TypeError, "multiple bases have instance lay-out conflict");
      }
      winner = candidate;
      best = base;
    }
  }
  return best;
}

Status checkAssignable(PyTypeObject* old_type, PyTypeObject* new_type, const char* attribute) {
  if (new_type->tp_free != old_type->tp_free) {
    return raise(PyExc_TypeError, "%s assignment: '%s' deallocator differs from '%s'", attribute,
                 new_type->tp_name, old_type->tp_name);
  }
  PyTypeObject* new_owner = shapeOwner(new_type);
  PyTypeObject* old_owner = shapeOwner(old_type);
  bool same = new_owner == old_owner || (new_owner->tp_base && new_owner->tp_base == old_owner->tp_base &&
                                         sameSlotsAdded(new_owner, old_owner));
  if (same) return {};
  return raise(PyExc_TypeError, "%s assignment: '%s' object layout differs from '%s'", attribute,
               new_type->tp_name, old_type->tp_name);
}

}  // namespace krait
