// Keeping slots and dicts in step: a native slot shows as a slot wrapper, a Python method fills its slot.
//
// A slot takes a native function straight from a slot wrapper when that is the only answer; otherwise the
// function that looks the Python method up. Decided anew whenever the attribute changes, for the type and for
// every subclass that does not override it.
#include <algorithm>
#include <bitset>
#include <vector>

#include "types/method.h"
#include "types/type_slot_calls.h"

extern "C" PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);
extern "C" int PyObject_GenericSetAttr(PyObject* self, PyObject* attr, PyObject* value);

namespace krait {

namespace {

constexpr size_t kMaxRows = 128;

// The rows whose names other rows have, too.
const std::bitset<kMaxRows>& rowsWithSharedNames() {
  static const std::bitset<kMaxRows> shared = [] {
    std::bitset<kMaxRows> found;
    for (SlotDef* a = kSlotDefs; a->name; a++) {
      KR_CHECK(static_cast<size_t>(a - kSlotDefs) < kMaxRows, "a bit for each row");
      for (SlotDef* b = kSlotDefs; b->name; b++)
        if (a != b && a->name_strobj == b->name_strobj) found.set(static_cast<size_t>(a - kSlotDefs));
    }
    return found;
  }();
  return shared;
}

// Names like __getitem__ stand for several slots. The one slot that the type fills among those of a row's
// name; null: none or several.
void** uniqueSlotOf(PyTypeObject* type, SlotDef* row) {
  if (!rowsWithSharedNames().test(static_cast<size_t>(row - kSlotDefs))) {
    void** slot = slotPointer(type, row->offset);
    return slot && *slot ? slot : nullptr;
  }
  void** unique = nullptr;
  for (SlotDef* def = kSlotDefs; def->name; def++) {
    if (def->name_strobj != row->name_strobj) continue;
    void** slot = slotPointer(type, def->offset);
    if (!slot || !*slot || slot == unique) continue;
    if (unique) return nullptr;
    unique = slot;
  }
  return unique;
}

// What the descriptors found so far ask of one slot.
struct SlotChoice {
  void* specific = nullptr;
  void* generic = nullptr;
  bool use_generic = false;

  void wantGeneric(void* function) {
    use_generic = true;
    generic = function;
  }
};

void chooseFromWrapper(PyTypeObject* type, void** slot, SlotDef* def, WrapperDescrObject* descr,
                       SlotChoice& choice) {
  void** unique = uniqueSlotOf(type, def);
  if (!unique || unique == slot) choice.generic = def->function;
  bool fits = (!choice.specific || choice.specific == descr->d_wrapped) &&
              descr->d_base->wrapper == def->wrapper && typeIsSubtype(type, descr->d_type);
  if (fits)
    choice.specific = descr->d_wrapped;
  else
    choice.use_generic = true;
}

// A native method that stands for a slot of its own class (METH_COEXIST): that class's slot does the same.
void* coexistingSlot(PyTypeObject* type, SlotDef* def, PyObject* descr) {
  if (!isExact(descr, &PyMethodDescr_Type)) return nullptr;
  auto* method = static_cast<MethodDescrObject*>(descr);
  if (!(method->d_method->ml_flags & METH_COEXIST) || !typeIsSubtype(type, method->d_type)) return nullptr;
  if (hasFlag(method->d_type, Py_TPFLAGS_HEAPTYPE)) return nullptr;
  void** slot = slotPointer(method->d_type, def->offset);
  return slot ? *slot : nullptr;
}

bool isNewWrapper(PyObject* descr) {
  return isExact(descr, &PyCFunction_Type) &&
         static_cast<CFunctionObject*>(descr)->m_ml->ml_meth.keywords == newWrapper;
}

void considerRow(PyTypeObject* type, void** slot, SlotDef* def, SlotChoice& choice) {
  Opt<> found = typeLookup(type, static_cast<StrObject*>(def->name_strobj));
  bool is_next = def->offset == offsetof(PyHeapTypeObject, tp_iternext);
  if (!found) {
    if (is_next) choice.specific = reinterpret_cast<void*>(nextNotImplemented);
    return;
  }
  PyObject* descr = found.get();
  if (isExact(descr, &PyWrapperDescr_Type) &&
      static_cast<WrapperDescrObject*>(descr)->d_base->name_strobj == def->name_strobj) {
    return chooseFromWrapper(type, slot, def, static_cast<WrapperDescrObject*>(descr), choice);
  }
  if (def->offset == offsetof(PyHeapTypeObject, tp_new) && isNewWrapper(descr)) {
    choice.specific = reinterpret_cast<void*>(type->tp_new);
    return;
  }
  if (descr == Py_None && def->offset == offsetof(PyHeapTypeObject, tp_hash)) {
    choice.specific = reinterpret_cast<void*>(PyObject_HashNotImplemented);
    return;
  }
  if (void* native = coexistingSlot(type, def, descr);
      native && (!choice.specific || choice.specific == native)) {
    choice.specific = native;
    choice.generic = def->function;
    return;
  }
  choice.wantGeneric(def->function);
}

bool endsSlot(const SlotDef* rows, const SlotDef* def) { return !def->name || def->offset != rows->offset; }

// The slot of the rows that start here, as the attributes of the type ask for it.
void* decideSlot(PyTypeObject* type, void** slot, SlotDef* rows) {
  SlotChoice choice;
  for (SlotDef* def = rows; !endsSlot(rows, def); def++) considerRow(type, slot, def, choice);
  return choice.specific && !choice.use_generic ? choice.specific : choice.generic;
}

SlotDef* updateOneSlot(PyTypeObject* type, SlotDef* rows) {
  if (void** slot = slotPointer(type, rows->offset)) *slot = decideSlot(type, slot, rows);
  SlotDef* def = rows;
  while (!endsSlot(rows, def)) def++;
  return def;
}

SlotDef* firstRowOf(SlotDef* def) {
  while (def > kSlotDefs && def[-1].offset == def->offset) def--;
  return def;
}

void updateRowsNamed(PyTypeObject* type, StrObject* changed) {
  for (SlotDef* def = kSlotDefs; def->name; def++) {
    if (def->name_strobj == changed) updateOneSlot(type, firstRowOf(def));
  }
}

void updateTree(PyTypeObject* type, StrObject* changed) {
  updateRowsNamed(type, changed);
  SubclassCursor subclasses(type);
  while (MaybeRef<> subclass = subclasses.next()) {
    PyTypeObject* derived = asType(subclass.get());
    if (derived->tp_dict && dictGetStr(dictOf(derived), changed)) continue;
    updateTree(derived, changed);
  }
}

// One pointer for each default, whichever way the type spelled it.
void normaliseDefaults(PyTypeObject* type) {
  constexpr getattrofunc kGet = slot<static_cast<Result<Ref<>> (*)(PyObject*, PyObject*)>(genericGetAttr)>;
  constexpr setattrofunc kSet = slot<genericSetAttr>;
  if (type->tp_getattro == kGet) type->tp_getattro = PyObject_GenericGetAttr;
  if (type->tp_setattro == kSet) type->tp_setattro = PyObject_GenericSetAttr;
}

}  // namespace

namespace {

// What a new class does not define itself is found in the base's MRO, if that is all of its own.
bool extendsBaseAlone(PyTypeObject* type) {
  TupleObject *mine = mroOf(type), *theirs = mroOf(type->tp_base);
  if (mine->size() != theirs->size() + 1 || mine->at(0) != type) return false;
  return std::equal(theirs->items(), theirs->items() + theirs->size(), mine->items() + 1);
}

// Slots of classes that come from a class statement were decided here; those of others may differ from what
// their attributes ask for.
bool isFromStatement(PyTypeObject* type) {
  return hasFlag(type, Py_TPFLAGS_HEAPTYPE) && !heapType(type)->_ht_tpname;
}

// The rows of the slot table whose method a dict may define: one of its keys has the hash of its name. Each
// row need not be looked for in every class then.
class DefinedRows {
 public:
  explicit DefinedRows(DictObject* dict) {
    Py_ssize_t position = 0;
    PyObject *key, *value;
    Py_hash_t hash;
    while (dictNext(dict, &position, &key, &value, &hash)) {
      auto [first, last] = std::ranges::equal_range(rowsByHash(), hash, {}, &HashedRow::hash);
      for (; first != last; ++first) rows_.set(first->row);
    }
  }
  bool anyOf(const SlotDef* rows) const {
    for (const SlotDef* def = rows; !endsSlot(rows, def); def++) {
      if (rows_.test(static_cast<size_t>(def - kSlotDefs))) return true;
    }
    return false;
  }

 private:
  struct HashedRow {
    Py_hash_t hash;
    size_t row;
  };
  static const std::vector<HashedRow>& rowsByHash() {
    static const std::vector<HashedRow> sorted = [] {
      std::vector<HashedRow> all;
      for (SlotDef* def = kSlotDefs; def->name; def++) {
        Py_hash_t hash = strHash(static_cast<StrObject*>(def->name_strobj));
        all.push_back({hash, static_cast<size_t>(def - kSlotDefs)});
      }
      std::ranges::sort(all, {}, &HashedRow::hash);
      return all;
    }();
    return sorted;
  }

  std::bitset<kMaxRows> rows_;
};

// A class without __getattr__ settles on the plain function at its first use (getattrWithHook), and what is
// derived from it may begin with that.
bool isSettled(void* inherited, void* decided) {
  if (inherited == decided) return true;
  return inherited == reinterpret_cast<void*>(slotTpGetattro) &&
         decided == reinterpret_cast<void*>(slotTpGetattrHook);
}

}  // namespace

// Most slots of a class are those of its base, or absent like object's: then no attribute has to be looked
// for in the whole MRO.
void typeFixupSlots(PyTypeObject* type) {
  slotTableIntern();
  PyTypeObject* base = type->tp_base;
  bool plain = extendsBaseAlone(type), from_object = plain && base == &PyBaseObject_Type;
  bool inherits = plain && isFromStatement(base);
  static const DefinedRows by_object(dictOf(&PyBaseObject_Type));
  DefinedRows defined(dictOf(type));
  for (SlotDef* def = kSlotDefs; def->name;) {
    void** slot = slotPointer(type, def->offset);
    bool known = slot && (inherits || (from_object && !by_object.anyOf(def))) && !defined.anyOf(def);
    if (!known) {
      def = updateOneSlot(type, def);
      continue;
    }
    void* inherited = nullptr;
    if (inherits)
      inherited = *slotPointer(base, def->offset);
    else if (def->offset == offsetof(PyHeapTypeObject, tp_iternext))
      inherited = reinterpret_cast<void*>(nextNotImplemented);
    KR_ASSERT(isSettled(inherited, decideSlot(type, slot, def)), "a slot follows from its attributes");
    *slot = inherited;
    for (SlotDef* rows = def; !endsSlot(rows, def);) def++;
  }
}

void typeUpdateSlot(PyTypeObject* type, StrObject* changed) {
  slotTableIntern();
  for (SlotDef* def = kSlotDefs; def->name; def++) {
    if (def->name_strobj == changed) return updateTree(type, changed);
  }
}

void typeUpdateAllSlots(PyTypeObject* type) {
  typeModified(type);
  SlotDef* last = nullptr;
  for (SlotDef* def = kSlotDefs; def->name; def++) {
    if (!last || def->name_strobj != last->name_strobj)
      typeUpdateSlot(type, static_cast<StrObject*>(def->name_strobj));
    last = def;
  }
}

Status typeAddOperators(PyTypeObject* type) {
  slotTableIntern();
  normaliseDefaults(type);
  for (SlotDef* def = kSlotDefs; def->name; def++) {
    if (!def->wrapper) continue;
    void** slot = slotPointer(type, def->offset);
    if (!slot || !*slot || dictGetStr(dictOf(type), static_cast<StrObject*>(def->name_strobj))) continue;
    if (*slot == reinterpret_cast<void*>(PyObject_HashNotImplemented)) {
      TRY(dictSet(dictOf(type), def->name_strobj, Py_None));
      continue;
    }
    auto descr = TRY(wrapperDescrNew(type, def, *slot));
    TRY(dictSet(dictOf(type), def->name_strobj, descr.get()));
  }
  return {};
}

}  // namespace krait
