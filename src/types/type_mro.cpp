// The method resolution order: C3, or what the metaclass's mro() answers; and assignment to __bases__.
#include <algorithm>
#include <vector>

#include "types/str_builder.h"
#include "types/type_internal.h"

namespace krait {

namespace {

// One list to be merged; the items before `at` are placed already.
struct MergeList {
  PyObject* const* items;
  Py_ssize_t size, at;
  PyObject* head() const { return items[at]; }
  bool done() const { return at >= size; }
  bool tailHas(PyObject* candidate) const {
    for (Py_ssize_t i = at + 1; i < size; i++) {
      if (items[i] == candidate) return true;
    }
    return false;
  }
};

Result<Ref<>> className(PyObject* cls) {
  MaybeRef<> found = TRY(attrLookup(cls, name<"__name__">()));
  if (found) return std::move(found).take();
  return objectRepr(cls);
}

Status checkDuplicates(TupleObject* bases) {
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    for (Py_ssize_t j = i + 1; j < bases->size(); j++) {
      if (bases->at(i) != bases->at(j)) continue;
      auto text = TRY(className(bases->at(i)));
      if (!isStr(text.get())) return raise(PyExc_TypeError, "duplicate base class");
      return raise(PyExc_TypeError, "duplicate base class %U", text.get());
    }
  }
  return {};
}

Raised raiseInconsistent(const std::vector<MergeList>& lists) {
  std::vector<PyObject*> heads;
  StrBuilder text;
  text.append("Cannot create a consistent method resolution\norder (MRO) for bases ");
  for (const MergeList& list : lists) {
    if (list.done() || std::find(heads.begin(), heads.end(), list.head()) != heads.end()) continue;
    if (!heads.empty()) text.append(", ");
    heads.push_back(list.head());
    auto head_name = TRY(className(list.head()));
    text.append(TRY(objectStr(head_name.get())).get());
  }
  auto message = TRY(text.finish());
  return raiseObject(PyExc_TypeError, message.get());
}

// The next class of the order: the first head that stands in no other list's tail. Null: all lists are done
// or stuck.
PyObject* nextOf(const std::vector<MergeList>& lists) {
  for (const MergeList& list : lists) {
    if (list.done()) continue;
    PyObject* candidate = list.head();
    bool blocked = false;
    for (const MergeList& other : lists) blocked = blocked || other.tailHas(candidate);
    if (!blocked) return candidate;
  }
  return nullptr;
}

Status mergeInto(ListObject* order, std::vector<MergeList>& lists) {
  while (PyObject* next = nextOf(lists)) {
    TRY(listAppend(order, next));
    for (MergeList& list : lists) {
      if (!list.done() && list.head() == next) list.at++;
    }
  }
  for (const MergeList& list : lists) {
    if (!list.done()) return raiseInconsistent(lists);
  }
  return {};
}

Status checkCustomMro(PyTypeObject* type, TupleObject* mro) {
  PyTypeObject* solid = solidBase(type);
  for (Py_ssize_t i = 0; i < mro->size(); i++) {
    PyObject* cls = mro->at(i);
    if (!isType(cls)) return raise(PyExc_TypeError, "mro() returned a non-class ('%.500s')", typeName(cls));
    if (!typeIsSubtype(solid, solidBase(asType(cls)))) {
      return raise(PyExc_TypeError, "mro() returned base with unsuitable layout ('%.500s')",
                   asType(cls)->tp_name);
    }
  }
  return {};
}

Result<Ref<TupleObject>> computeMro(PyTypeObject* type) {
  if (typeOf(type) == &PyType_Type) {
    auto order = TRY(typeMroDefault(type));
    return listAsTuple(order.get());
  }
  PyObject* self = type;
  auto answer = TRY(callSpecial(name<"mro">(), &self, 1));
  auto mro = TRY(sequenceTuple(answer.get()));
  if (mro->size() == 0) return raise(PyExc_TypeError, "type MRO must not be empty");
  TRY(checkCustomMro(type, mro.get()));
  return mro;
}

// What each class of a hierarchy had before its MRO was computed anew, for undoing.
struct OldMro {
  Ref<> type;
  Ref<> new_mro;
  MaybeRef<> old_mro;
};

Status updateHierarchy(PyTypeObject* type, std::vector<OldMro>& undo) {
  MaybeRef<> old;
  if (!TRY(typeSetMro(type, &old))) return {};
  undo.push_back({share<PyObject>(type), share<PyObject>(type->tp_mro), std::move(old)});
  auto subclasses = TRY(typeSubclasses(type));
  for (Py_ssize_t i = 0; i < subclasses->size(); i++) {
    auto subclass = share(subclasses->at(i));
    TRY(updateHierarchy(asType(subclass.get()), undo));
  }
  return {};
}

void undoHierarchy(std::vector<OldMro>& undo) {
  while (!undo.empty()) {
    OldMro& entry = undo.back();
    PyTypeObject* type = asType(entry.type.get());
    if (type->tp_mro == entry.new_mro.get()) {  // not replaced by a nested change
      PyObject* current = std::exchange(type->tp_mro, std::move(entry.old_mro).leak());
      typeModified(type);
      xdecref(current);
    }
    undo.pop_back();
  }
}

Status checkNewBases(PyTypeObject* type, Opt<> value) {
  if (!hasFlag(type, Py_TPFLAGS_HEAPTYPE)) {
    return raise(PyExc_TypeError, "cannot set '__bases__' attribute of immutable type '%s'", type->tp_name);
  }
  if (!value)
    return raise(PyExc_TypeError, "cannot delete '__bases__' attribute of immutable type '%s'",
                 type->tp_name);
  TRY(audit("object.__setattr__", "OsO", static_cast<PyObject*>(type), "__bases__", value.get()));
  if (!isTuple(value.get())) {
    return raise(PyExc_TypeError, "can only assign tuple to %s.__bases__, not %s", type->tp_name,
                 typeName(value.get()));
  }
  auto* bases = cast<TupleObject>(value.get());
  if (bases->size() == 0) {
    return raise(PyExc_TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->tp_name);
  }
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    PyObject* base = bases->at(i);
    if (!isType(base)) {
      return raise(PyExc_TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->tp_name,
                   typeName(base));
    }
    bool cyclic = typeIsSubtype(asType(base), type);
    for (PyTypeObject* b = asType(base); b && !cyclic && asType(base)->tp_mro; b = b->tp_base)
      cyclic = b == type;
    if (cyclic) return raise(PyExc_TypeError, "a __bases__ item causes an inheritance cycle");
  }
  return {};
}

}  // namespace

Result<Ref<ListObject>> typeMroDefault(PyTypeObject* type) {
  auto bases = share(basesOf(type));
  std::vector<MergeList> lists;
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    PyTypeObject* base = asType(bases->at(i));
    if (!base->tp_mro)
      return raise(PyExc_TypeError, "Cannot extend an incomplete type '%.100s'", base->tp_name);
    lists.push_back({mroOf(base)->ob_item, mroOf(base)->size(), 0});
  }
  auto order = TRY(listNew());
  TRY(listAppend(order.get(), static_cast<PyObject*>(type)));
  if (lists.size() == 1) {
    for (Py_ssize_t i = 0; i < lists[0].size; i++) TRY(listAppend(order.get(), lists[0].items[i]));
    return order;
  }
  TRY(checkDuplicates(bases.get()));
  lists.push_back({bases->ob_item, bases->size(), 0});
  TRY(mergeInto(order.get(), lists));
  return order;
}

Result<bool> typeSetMro(PyTypeObject* type, MaybeRef<>* old_mro) {
  auto before = MaybeRef<>::share(type->tp_mro);
  auto mro = TRY(computeMro(type));
  if (type->tp_mro != before.get()) return false;
  PyObject* dropped = std::exchange(type->tp_mro, std::move(mro).leak());
  typeModified(type);
  if (old_mro)
    *old_mro = MaybeRef<>::steal(dropped);
  else
    xdecref(dropped);
  return true;
}

Status typeSetBases(PyTypeObject* type, Opt<> value) {
  TRY(checkNewBases(type, value));
  auto new_bases = share(cast<TupleObject>(value.get()));
  PyTypeObject* best = TRY(bestBase(new_bases.get()));
  if (!type->tp_base)
    return raise(PyExc_TypeError, "cannot set '__bases__' attribute of immutable type '%s'", type->tp_name);
  TRY(checkAssignable(type->tp_base, best, "__bases__"));
  auto new_base = share(best);
  auto old_bases = steal(static_cast<TupleObject*>(std::exchange(type->tp_bases, new_bases.clone().leak())));
  auto old_base = steal(std::exchange(type->tp_base, new_base.clone().leak()));

  std::vector<OldMro> undo;
  Status status = updateHierarchy(type, undo);
  if (status.failed()) {
    PendingSaved saved;
    undoHierarchy(undo);
    if (type->tp_bases == new_bases.get()) {
      setField<PyObject>(type->tp_bases, std::move(old_bases));
      setField(type->tp_base, std::move(old_base));
    }
    return status;
  }
  // A nested assignment has replaced our bases already: it keeps the subclass lists in step.
  if (type->tp_bases != new_bases.get()) return {};
  for (Py_ssize_t i = 0; i < old_bases->size(); i++) typeRemoveSubclass(asType(old_bases->at(i)), type);
  for (Py_ssize_t i = 0; i < new_bases->size(); i++) TRY(typeAddSubclass(asType(new_bases->at(i)), type));
  typeUpdateAllSlots(type);
  typeModified(type);
  return {};
}

}  // namespace krait
