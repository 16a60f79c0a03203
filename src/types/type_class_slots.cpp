#include "types/type_class_slots.h"

#include "types/str_builder.h"

namespace krait {

namespace {

// What the base leaves room for.
struct Room {
  bool dict, weak;
};

Result<Ref<StrObject>> mangle(StrObject* class_name, StrObject* identifier) {
  auto starts_private = [](StrObject* s) { return s->size() >= 2 && s->at(0) == '_' && s->at(1) == '_'; };
  Py_ssize_t size = identifier->size();
  bool dunder = size >= 2 && identifier->at(size - 1) == '_' && identifier->at(size - 2) == '_';
  if (!starts_private(identifier) || dunder) return share(identifier);
  Py_ssize_t start = 0;
  while (start < class_name->size() && class_name->at(start) == '_') start++;
  if (start == class_name->size()) return share(identifier);
  StrBuilder out;
  out.append('_');
  out.append(class_name, start, class_name->size());
  out.append(identifier);
  return out.finish();
}

Result<Ref<TupleObject>> slotsTuple(PyObject* slots) {
  if (isStr(slots)) return tupleOf(slots);
  auto items = TRY(sequenceTuple(slots));
  return items;
}

Status checkIdentifier(PyObject* slot) {
  if (!isStr(slot))
    return raise(PyExc_TypeError, "__slots__ items must be strings, not '%.200s'", typeName(slot));
  if (!strIsIdentifier(cast<StrObject>(slot))) return raise(PyExc_TypeError, "__slots__ must be identifiers");
  return {};
}

// true: the name was __dict__ or __weakref__ and is dealt with.
Result<bool> takeSpecial(StrObject* slot, const Room& room, ClassSlots& slots) {
  if (strEqualsAscii(slot, "__dict__")) {
    if (!room.dict || slots.add_dict)
      return raise(PyExc_TypeError, "__dict__ slot disallowed: we already got one");
    slots.add_dict = true;
    return true;
  }
  if (strEqualsAscii(slot, "__weakref__")) {
    if (!room.weak || slots.add_weak) {
      return raise(PyExc_TypeError,
                   "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
    }
    slots.add_weak = true;
    return true;
  }
  return false;
}

Status checkConflict(DictObject* body, StrObject* slot) {
  if (!TRY(dictContains(body, slot))) return {};
  // The compiler's own entries are taken out of the body later.
  if (strEqualsAscii(slot, "__qualname__") || strEqualsAscii(slot, "__classcell__")) return {};
  return raise(PyExc_ValueError, "%R in __slots__ conflicts with class variable",
               static_cast<PyObject*>(slot));
}

Result<Ref<TupleObject>> ordinaryNames(StrObject* class_name, TupleObject* given, DictObject* body,
                                       const Room& room, ClassSlots& slots) {
  for (Py_ssize_t i = 0; i < given->size(); i++) TRY(checkIdentifier(given->at(i)));
  auto names = TRY(listNew());
  for (Py_ssize_t i = 0; i < given->size(); i++) {
    auto* slot = cast<StrObject>(given->at(i));
    if (TRY(takeSpecial(slot, room, slots))) continue;
    auto mangled = TRY(mangle(class_name, slot));
    TRY(listAppend(names.get(), static_cast<PyObject*>(mangled.get())));
    TRY(checkConflict(body, mangled.get()));
  }
  TRY(listSort(names.get(), nullptr, false));
  return listAsTuple(names.get());
}

// Bases behind the first may bring a dict or weak references that the layout base lacks.
void addFromOtherBases(TupleObject* bases, PyTypeObject* base, const Room& room, ClassSlots& slots) {
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    PyTypeObject* other = asType(bases->at(i));
    if (other == base) continue;
    if (room.dict && other->tp_dictoffset) slots.add_dict = true;
    if (room.weak && other->tp_weaklistoffset) slots.add_weak = true;
  }
}

Status fillMembers(PyTypeObject* type, TupleObject* names, Py_ssize_t offset) {
  PyMemberDef* member = heapTypeMembers(type);
  for (Py_ssize_t i = 0; i < names->size(); i++, member++) {
    std::string_view utf8 = TRY(strUtf8(cast<StrObject>(names->at(i))));
    member->name = utf8.data();
    member->type = T_OBJECT_EX;
    member->offset = offset + i * static_cast<Py_ssize_t>(sizeof(PyObject*));
  }
  return {};
}

}  // namespace

Result<ClassSlots> classSlotsPlan(StrObject* class_name, TupleObject* bases, PyTypeObject* base,
                                  DictObject* body) {
  Room room{base->tp_dictoffset == 0, base->tp_weaklistoffset == 0 && base->tp_itemsize == 0};
  ClassSlots slots;
  Opt<> given = dictGetStr(body, name<"__slots__">());
  if (!given) {
    slots.add_dict = room.dict;
    slots.add_weak = room.weak;
    return slots;
  }
  auto held = share(given.get());
  auto items = TRY(slotsTuple(held.get()));
  if (items->size() > 0 && base->tp_itemsize != 0) {
    return raise(PyExc_TypeError, "nonempty __slots__ not supported for subtype of '%.200s'", base->tp_name);
  }
  auto names = TRY(ordinaryNames(class_name, items.get(), body, room, slots));
  if (bases->size() > 1) addFromOtherBases(bases, base, room, slots);
  slots.names = std::move(names);
  return slots;
}

Status classSlotsPlace(PyTypeObject* type, PyTypeObject* base, ClassSlots& slots) {
  constexpr Py_ssize_t kWord = sizeof(PyObject*);
  Py_ssize_t size = base->tp_basicsize;
  if (slots.names) {
    TRY(fillMembers(type, slots.names.get(), size));
    size += slots.names->size() * kWord;
    heapType(type)->ht_slots = std::move(slots.names).leak();
  }
  if (slots.add_dict && base->tp_itemsize) {
    type->tp_dictoffset = -kWord;
    size += kWord;
  }
  if (slots.add_weak) {
    type->tp_weaklistoffset = size;
    size += kWord;
  }
  if (slots.add_dict && !base->tp_itemsize) {
    type->tp_flags |= Py_TPFLAGS_MANAGED_DICT;
    type->tp_dictoffset = -size - 3 * kWord;
  }
  type->tp_basicsize = size;
  type->tp_itemsize = base->tp_itemsize;
  type->tp_members = heapTypeMembers(type);
  if (slots.add_dict)
    type->tp_getset = slots.add_weak ? kSubtypeBothGetSet : kSubtypeDictGetSet;
  else if (slots.add_weak)
    type->tp_getset = kSubtypeWeakrefGetSet;
  return {};
}

}  // namespace krait
