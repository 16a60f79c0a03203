// Heap types from a PyType_Spec.
#include "core/memory.h"
#include "types/bare_type_name.h"
#include "types/dict_keys.h"
#include "types/type_internal.h"

namespace krait {

namespace {

// Where the slot of each Py_* slot id stands; index 0 is no slot.
constexpr size_t kSlotOffsets[] = {
    0,
    offsetof(PyHeapTypeObject, as_buffer.bf_getbuffer),                // 1
    offsetof(PyHeapTypeObject, as_buffer.bf_releasebuffer),            // 2
    offsetof(PyHeapTypeObject, as_mapping.mp_ass_subscript),           // 3
    offsetof(PyHeapTypeObject, as_mapping.mp_length),                  // 4
    offsetof(PyHeapTypeObject, as_mapping.mp_subscript),               // 5
    offsetof(PyHeapTypeObject, as_number.nb_absolute),                 // 6
    offsetof(PyHeapTypeObject, as_number.nb_add),                      // 7
    offsetof(PyHeapTypeObject, as_number.nb_and),                      // 8
    offsetof(PyHeapTypeObject, as_number.nb_bool),                     // 9
    offsetof(PyHeapTypeObject, as_number.nb_divmod),                   // 10
    offsetof(PyHeapTypeObject, as_number.nb_float),                    // 11
    offsetof(PyHeapTypeObject, as_number.nb_floor_divide),             // 12
    offsetof(PyHeapTypeObject, as_number.nb_index),                    // 13
    offsetof(PyHeapTypeObject, as_number.nb_inplace_add),              // 14
    offsetof(PyHeapTypeObject, as_number.nb_inplace_and),              // 15
    offsetof(PyHeapTypeObject, as_number.nb_inplace_floor_divide),     // 16
    offsetof(PyHeapTypeObject, as_number.nb_inplace_lshift),           // 17
    offsetof(PyHeapTypeObject, as_number.nb_inplace_multiply),         // 18
    offsetof(PyHeapTypeObject, as_number.nb_inplace_or),               // 19
    offsetof(PyHeapTypeObject, as_number.nb_inplace_power),            // 20
    offsetof(PyHeapTypeObject, as_number.nb_inplace_remainder),        // 21
    offsetof(PyHeapTypeObject, as_number.nb_inplace_rshift),           // 22
    offsetof(PyHeapTypeObject, as_number.nb_inplace_subtract),         // 23
    offsetof(PyHeapTypeObject, as_number.nb_inplace_true_divide),      // 24
    offsetof(PyHeapTypeObject, as_number.nb_inplace_xor),              // 25
    offsetof(PyHeapTypeObject, as_number.nb_int),                      // 26
    offsetof(PyHeapTypeObject, as_number.nb_invert),                   // 27
    offsetof(PyHeapTypeObject, as_number.nb_lshift),                   // 28
    offsetof(PyHeapTypeObject, as_number.nb_multiply),                 // 29
    offsetof(PyHeapTypeObject, as_number.nb_negative),                 // 30
    offsetof(PyHeapTypeObject, as_number.nb_or),                       // 31
    offsetof(PyHeapTypeObject, as_number.nb_positive),                 // 32
    offsetof(PyHeapTypeObject, as_number.nb_power),                    // 33
    offsetof(PyHeapTypeObject, as_number.nb_remainder),                // 34
    offsetof(PyHeapTypeObject, as_number.nb_rshift),                   // 35
    offsetof(PyHeapTypeObject, as_number.nb_subtract),                 // 36
    offsetof(PyHeapTypeObject, as_number.nb_true_divide),              // 37
    offsetof(PyHeapTypeObject, as_number.nb_xor),                      // 38
    offsetof(PyHeapTypeObject, as_sequence.sq_ass_item),               // 39
    offsetof(PyHeapTypeObject, as_sequence.sq_concat),                 // 40
    offsetof(PyHeapTypeObject, as_sequence.sq_contains),               // 41
    offsetof(PyHeapTypeObject, as_sequence.sq_inplace_concat),         // 42
    offsetof(PyHeapTypeObject, as_sequence.sq_inplace_repeat),         // 43
    offsetof(PyHeapTypeObject, as_sequence.sq_item),                   // 44
    offsetof(PyHeapTypeObject, as_sequence.sq_length),                 // 45
    offsetof(PyHeapTypeObject, as_sequence.sq_repeat),                 // 46
    offsetof(PyHeapTypeObject, tp_alloc),                              // 47
    offsetof(PyHeapTypeObject, tp_base),                               // 48
    offsetof(PyHeapTypeObject, tp_bases),                              // 49
    offsetof(PyHeapTypeObject, tp_call),                               // 50
    offsetof(PyHeapTypeObject, tp_clear),                              // 51
    offsetof(PyHeapTypeObject, tp_dealloc),                            // 52
    offsetof(PyHeapTypeObject, tp_del),                                // 53
    offsetof(PyHeapTypeObject, tp_descr_get),                          // 54
    offsetof(PyHeapTypeObject, tp_descr_set),                          // 55
    offsetof(PyHeapTypeObject, tp_doc),                                // 56
    offsetof(PyHeapTypeObject, tp_getattr),                            // 57
    offsetof(PyHeapTypeObject, tp_getattro),                           // 58
    offsetof(PyHeapTypeObject, tp_hash),                               // 59
    offsetof(PyHeapTypeObject, tp_init),                               // 60
    offsetof(PyHeapTypeObject, tp_is_gc),                              // 61
    offsetof(PyHeapTypeObject, tp_iter),                               // 62
    offsetof(PyHeapTypeObject, tp_iternext),                           // 63
    offsetof(PyHeapTypeObject, tp_methods),                            // 64
    offsetof(PyHeapTypeObject, tp_new),                                // 65
    offsetof(PyHeapTypeObject, tp_repr),                               // 66
    offsetof(PyHeapTypeObject, tp_richcompare),                        // 67
    offsetof(PyHeapTypeObject, tp_setattr),                            // 68
    offsetof(PyHeapTypeObject, tp_setattro),                           // 69
    offsetof(PyHeapTypeObject, tp_str),                                // 70
    offsetof(PyHeapTypeObject, tp_traverse),                           // 71
    offsetof(PyHeapTypeObject, tp_members),                            // 72
    offsetof(PyHeapTypeObject, tp_getset),                             // 73
    offsetof(PyHeapTypeObject, tp_free),                               // 74
    offsetof(PyHeapTypeObject, as_number.nb_matrix_multiply),          // 75
    offsetof(PyHeapTypeObject, as_number.nb_inplace_matrix_multiply),  // 76
    offsetof(PyHeapTypeObject, as_async.am_await),                     // 77
    offsetof(PyHeapTypeObject, as_async.am_aiter),                     // 78
    offsetof(PyHeapTypeObject, as_async.am_anext),                     // 79
    offsetof(PyHeapTypeObject, tp_finalize),                           // 80
    offsetof(PyHeapTypeObject, as_async.am_send),                      // 81
};
constexpr int kTpBase = 48, kTpBases = 49, kTpDoc = 56, kTpMembers = 72;
constexpr int kSlotIdCount = sizeof kSlotOffsets / sizeof kSlotOffsets[0];
static_assert(kSlotIdCount == 82);

struct SpecFacts {
  Py_ssize_t member_count = 0, dict_offset = 0, weaklist_offset = 0, vectorcall_offset = 0;
  PyMemberDef* members = nullptr;
  Opt<> base, bases;
};

Status readMembers(PyMemberDef* members, SpecFacts& facts) {
  facts.members = members;
  for (PyMemberDef* m = members; m->name; m++, facts.member_count++) {
    if (std::strcmp(m->name, "__weaklistoffset__") == 0) facts.weaklist_offset = m->offset;
    if (std::strcmp(m->name, "__dictoffset__") == 0) facts.dict_offset = m->offset;
    if (std::strcmp(m->name, "__vectorcalloffset__") == 0) facts.vectorcall_offset = m->offset;
  }
  return {};
}

Result<SpecFacts> readSpec(PyType_Spec* spec) {
  SpecFacts facts;
  for (PyType_Slot* s = spec->slots; s && s->slot; s++) {
    if (s->slot < 0 || s->slot >= kSlotIdCount) return raise(PyExc_RuntimeError, "invalid slot offset");
    if (s->slot == kTpMembers) TRY(readMembers(static_cast<PyMemberDef*>(s->pfunc), facts));
    if (s->slot == kTpBase) facts.base = static_cast<PyObject*>(s->pfunc);
    if (s->slot == kTpBases) facts.bases = static_cast<PyObject*>(s->pfunc);
  }
  if (!spec->name) return raise(PyExc_SystemError, "Type spec does not define the name field.");
  return facts;
}

Result<Ref<TupleObject>> basesTuple(Opt<> bases, const SpecFacts& facts) {
  PyObject* given = bases.orElse(facts.bases.get());
  if (given && isTuple(given)) return share(cast<TupleObject>(given));
  if (given) return tupleOf(given);
  return tupleOf(facts.base.orElse(&PyBaseObject_Type));
}

char* copyText(const char* text, void* (*allocate)(size_t)) {
  size_t size = std::strlen(text) + 1;
  auto* copy = static_cast<char*>(allocate(size));
  if (copy) std::memcpy(copy, text, size);
  return copy;
}

Status setNames(PyTypeObject* type, const char* full_name) {
  auto short_name = TRY(strFromUtf8(afterLastDot(full_name)));  // not interned: pickle writes it anew
  PyHeapTypeObject* heap = heapType(type);
  heap->ht_qualname = share<PyObject>(short_name.get()).leak();
  heap->ht_name = std::move(short_name).leak();
  heap->_ht_tpname = copyText(full_name, memAlloc);
  if (!heap->_ht_tpname) return raiseNoMemory();
  type->tp_name = heap->_ht_tpname;
  return {};
}

void setSuites(PyHeapTypeObject* heap) {
  heap->tp_as_async = &heap->as_async;
  heap->tp_as_number = &heap->as_number;
  heap->tp_as_sequence = &heap->as_sequence;
  heap->tp_as_mapping = &heap->as_mapping;
  heap->tp_as_buffer = &heap->as_buffer;
}

Status setSlots(PyTypeObject* type, PyType_Spec* spec) {
  for (PyType_Slot* s = spec->slots; s && s->slot; s++) {
    if (s->slot == kTpBase || s->slot == kTpBases || s->slot == kTpMembers) continue;
    void* value = s->pfunc;
    if (s->slot == kTpDoc && value && !(value = copyText(static_cast<const char*>(value), objectMalloc))) {
      return raiseNoMemory();
    }
    *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + kSlotOffsets[s->slot]) = value;
  }
  if (!type->tp_dealloc) type->tp_dealloc = subtypeDealloc;
  return {};
}

void setLayout(PyTypeObject* type, PyType_Spec* spec, const SpecFacts& facts) {
  type->tp_basicsize = spec->basicsize;
  type->tp_itemsize = spec->itemsize;
  type->tp_dictoffset = facts.dict_offset;
  type->tp_weaklistoffset = facts.weaklist_offset;
  type->tp_vectorcall_offset = facts.vectorcall_offset;
  if (!facts.members) return;
  type->tp_members = heapTypeMembers(type);
  std::memcpy(static_cast<void*>(type->tp_members), facts.members, sizeof(PyMemberDef) * facts.member_count);
}

Status setModuleName(PyTypeObject* type, const char* full_name) {
  if (TRY(dictContains(dictOf(type), name<"__module__">()))) return {};
  const char* dot = std::strrchr(full_name, '.');
  if (!dot) {
    return warn(PyExc_DeprecationWarning, 1, "builtin type %.200s has no __module__ attribute", full_name);
  }
  // A string of its own: pickles tell by identity what they have written already.
  auto module = TRY(strFromUtf8({full_name, static_cast<size_t>(dot - full_name)}));
  return dictSet(dictOf(type), name<"__module__">(), module.get());
}

// The rows that only carry an offset are no attributes.
Status dropOffsetMembers(PyTypeObject* type, const SpecFacts& facts) {
  auto* dict = dictOf(type);
  if (facts.weaklist_offset) TRY(dictDiscard(dict, name<"__weaklistoffset__">()));
  if (facts.dict_offset) TRY(dictDiscard(dict, name<"__dictoffset__">()));
  return {};
}

}  // namespace

Result<Ref<PyTypeObject>> typeFromSpec(PyType_Spec* spec, Opt<> bases, Opt<> module) {
  SpecFacts facts = TRY(readSpec(spec));
  auto bases_tuple = TRY(basesTuple(bases, facts));
  PyTypeObject* base = TRY(bestBase(bases_tuple.get()));
  auto type = TRY(Result<Ref<PyTypeObject>>::fromC(
      static_cast<PyTypeObject*>(genericAlloc(&PyType_Type, facts.member_count))));
  type->tp_flags = spec->flags | Py_TPFLAGS_HEAPTYPE;
  TRY(setNames(type.get(), spec->name));
  type->tp_base = share(base).leak();
  type->tp_bases = std::move(bases_tuple).leak();
  heapType(type.get())->ht_module = MaybeRef<>::share(module.get()).leak();
  setSuites(heapType(type.get()));
  setLayout(type.get(), spec, facts);
  TRY(setSlots(type.get(), spec));
  TRY(typeReady(type.get()));
  if (type->tp_dictoffset) heapType(type.get())->ht_cached_keys = dictKeysNewShared();
  TRY(dropOffsetMembers(type.get(), facts));
  TRY(setModuleName(type.get(), spec->name));
  return type;
}

// PyType_GetSlot: null for ids that the type (a heap type) leaves empty.
void* typeGetSlot(PyTypeObject* type, int slot_id) {
  if (slot_id <= 0 || slot_id >= kSlotIdCount) {
    (void)raiseBadInternalCall();
    return nullptr;
  }
  size_t offset = kSlotOffsets[slot_id];
  if (offset < sizeof(PyTypeObject)) return *reinterpret_cast<void**>(reinterpret_cast<char*>(type) + offset);
  if (offset >= offsetof(PyHeapTypeObject, as_buffer)) {
    auto* buffer = reinterpret_cast<char*>(type->tp_as_buffer);
    return buffer ? *reinterpret_cast<void**>(buffer + (offset - offsetof(PyHeapTypeObject, as_buffer)))
                  : nullptr;
  }
  void** slot = slotPointer(type, static_cast<int>(offset));
  return slot ? *slot : nullptr;
}

}  // namespace krait
