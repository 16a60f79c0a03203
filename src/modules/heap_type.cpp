#include "modules/heap_type.h"

#include "core/call.h"
#include "core/errors.h"
#include "types/bare_type_name.h"
#include "types/dict.h"
#include "types/module.h"

namespace krait::modules {
namespace {

// Slot numbers of PyType_Spec that a description may fill.
constexpr int kBfGetBuffer = 1, kBfReleaseBuffer = 2, kMpAssSubscript = 3, kMpLength = 4, kMpSubscript = 5,
              kSqAssItem = 39, kSqConcat = 40, kSqContains = 41, kSqInplaceConcat = 42, kSqInplaceRepeat = 43,
              kSqItem = 44, kSqLength = 45, kSqRepeat = 46, kTpCall = 50, kTpClear = 51, kTpDealloc = 52,
              kTpDoc = 56, kTpGetattro = 58, kTpHash = 59, kTpInit = 60, kTpIter = 62, kTpIternext = 63,
              kTpMethods = 64, kTpNew = 65, kTpRepr = 66, kTpRichcompare = 67, kTpSetattro = 69,
              kTpTraverse = 71, kTpMembers = 72, kTpGetset = 73, kTpFree = 74, kTpFinalize = 80;

class SlotList {
 public:
  template <class P>
  void add(int slot, P value) {
    if (value) slots_[count_++] = {slot, const_cast<void*>(reinterpret_cast<const void*>(value))};
  }
  PyType_Slot* finish() {
    slots_[count_] = {0, nullptr};
    return slots_;
  }

 private:
  PyType_Slot slots_[40];
  int count_ = 0;
};

void addTypeSlots(SlotList& list, const PyTypeObject& d) {
  list.add(kTpCall, d.tp_call);
  list.add(kTpClear, d.tp_clear);
  list.add(kTpDealloc, d.tp_dealloc);
  list.add(kTpDoc, d.tp_doc);
  list.add(kTpGetattro, d.tp_getattro);
  list.add(kTpHash, d.tp_hash);
  list.add(kTpInit, d.tp_init);
  list.add(kTpIter, d.tp_iter);
  list.add(kTpIternext, d.tp_iternext);
  list.add(kTpMethods, d.tp_methods);
  list.add(kTpNew, d.tp_new);
  list.add(kTpRepr, d.tp_repr);
  list.add(kTpRichcompare, d.tp_richcompare);
  list.add(kTpSetattro, d.tp_setattro);
  list.add(kTpTraverse, d.tp_traverse);
  list.add(kTpMembers, d.tp_members);
  list.add(kTpGetset, d.tp_getset);
  list.add(kTpFree, d.tp_free);
  list.add(kTpFinalize, d.tp_finalize);
}

void addProtocolSlots(SlotList& list, const PyTypeObject& d) {
  if (auto* sequence = d.tp_as_sequence) {
    list.add(kSqAssItem, sequence->sq_ass_item);
    list.add(kSqConcat, sequence->sq_concat);
    list.add(kSqContains, sequence->sq_contains);
    list.add(kSqInplaceConcat, sequence->sq_inplace_concat);
    list.add(kSqInplaceRepeat, sequence->sq_inplace_repeat);
    list.add(kSqItem, sequence->sq_item);
    list.add(kSqLength, sequence->sq_length);
    list.add(kSqRepeat, sequence->sq_repeat);
  }
  if (auto* mapping = d.tp_as_mapping) {
    list.add(kMpAssSubscript, mapping->mp_ass_subscript);
    list.add(kMpLength, mapping->mp_length);
    list.add(kMpSubscript, mapping->mp_subscript);
  }
  if (auto* buffer = d.tp_as_buffer) {
    list.add(kBfGetBuffer, buffer->bf_getbuffer);
    list.add(kBfReleaseBuffer, buffer->bf_releasebuffer);
  }
}

}  // namespace

Result<Ref<PyTypeObject>> heapTypeNew(PyObject* module, const PyTypeObject& description, Opt<> bases) {
  SlotList slots;
  addTypeSlots(slots, description);
  addProtocolSlots(slots, description);
  PyType_Spec spec{description.tp_name, static_cast<int>(description.tp_basicsize),
                   static_cast<int>(description.tp_itemsize), static_cast<unsigned>(description.tp_flags),
                   slots.finish()};
  return typeFromSpec(&spec, bases, module);
}

Result<Ref<PyTypeObject>> heapTypeAdd(PyObject* module, const PyTypeObject& description, Opt<> bases) {
  Ref<PyTypeObject> type = TRY(heapTypeNew(module, description, bases));
  TRY(moduleAdd(module, afterLastDot(description.tp_name), share<PyObject>(type.get())));
  return type;
}

Result<Ref<>> exceptionAdd(PyObject* module, const char* full_name, PyObject* base, const char* doc) {
  const char* short_name = afterLastDot(full_name);
  Ref<DictObject> attributes = TRY(dictNew());
  Ref<StrObject> module_name =
      TRY(strFromAscii({full_name, static_cast<size_t>(short_name - full_name) - 1}));
  TRY(dictSet(attributes, "__module__", module_name));
  if (doc) TRY(dictSet(attributes, "__doc__", TRY(strFromUtf8(doc)).get()));
  Ref<StrObject> class_name = TRY(strFromAscii(short_name));
  Ref<TupleObject> bases = TRY(tupleOf(base));
  Ref<> made = TRY(call(&PyType_Type, class_name.get(), bases.get(), attributes.get()));
  TRY(moduleAdd(module, short_name, made.clone()));
  return made;
}

Status typeMakeOnce(PyObject* module, PyTypeObject** type, const PyTypeObject& description) {
  if (!*type) *type = TRY(heapTypeNew(module, description)).leak();
  return {};
}

Status typeAddOnce(PyObject* module, PyTypeObject** type, const PyTypeObject& description) {
  TRY(typeMakeOnce(module, type, description));
  return moduleAdd(module, afterLastDot(description.tp_name), share<PyObject>(*type));
}

Status exceptionAddOnce(PyObject* module, PyObject** exception, const char* full_name, PyObject* base) {
  if (*exception) return moduleAdd(module, afterLastDot(full_name), share(*exception));
  *exception = TRY(exceptionAdd(module, full_name, base)).leak();
  return {};
}

Status refuseKeywords(const CallArgs& args, const char* full_name) {
  if (!args.names || args.names->size() == 0) return {};
  return raise(PyExc_TypeError, "%s() takes no keyword arguments", full_name);
}

}  // namespace krait::modules
