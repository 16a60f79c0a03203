// Structure sequences: tuples with named fields, some of which only attributes reach.
#include "types/struct_seq.h"

#include <cstring>
#include <vector>

#include "core/gc.h"
#include "core/native.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/str_builder.h"
#include "types/type.h"

extern "C" __attribute__((visibility("default"))) const char* const PyStructSequence_UnnamedField =
    "unnamed field";

namespace krait {

namespace {

constexpr Py_ssize_t kBasicSize = offsetof(TupleObject, ob_item);

Py_ssize_t typeNumber(PyTypeObject* type, StrObject* key) {
  Opt<> found = dictGetStr(static_cast<DictObject*>(type->tp_dict), key);
  long value = 0;
  if (found && isInt(found.get())) intFitsLong(cast<IntObject>(found.get()), &value);
  return value;
}
Py_ssize_t fieldCount(PyTypeObject* type) { return typeNumber(type, name<"n_fields">()); }
Py_ssize_t visibleCount(PyTypeObject* type) { return typeNumber(type, name<"n_sequence_fields">()); }
Py_ssize_t unnamedCount(PyTypeObject* type) { return typeNumber(type, name<"n_unnamed_fields">()); }

// The name of field i; unnamed fields have no member row.
const char* fieldName(PyTypeObject* type, Py_ssize_t i) {
  for (PyMemberDef* m = type->tp_members; m && m->name; m++) {
    if (m->offset == kBasicSize + i * static_cast<Py_ssize_t>(sizeof(PyObject*))) return m->name;
  }
  return nullptr;
}

void seqDealloc(TupleObject* seq) {
  gcUntrack(seq);
  DeallocGuard guard(seq);
  if (guard.deferred()) return;
  PyTypeObject* type = typeOf(seq);
  Py_ssize_t count = fieldCount(type);
  for (Py_ssize_t i = 0; i < count; i++) clearField(seq->ob_item[i]);
  heapInstanceFree(seq);
}

int seqTraverse(TupleObject* seq, visitproc visit, void* arg) {
  PyTypeObject* type = typeOf(seq);
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) {
    if (int status = visit(type, arg)) return status;
  }
  Py_ssize_t count = type->tp_dict ? fieldCount(type) : 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    if (!seq->ob_item[i]) continue;
    if (int status = visit(seq->ob_item[i], arg)) return status;
  }
  return 0;
}

Result<Ref<StrObject>> seqRepr(TupleObject* seq) {
  PyTypeObject* type = typeOf(seq);
  StrBuilder out;
  auto head = TRY(strFromUtf8(type->tp_name));
  out.append(head);
  out.append('(');
  for (Py_ssize_t i = 0; i < seq->size(); i++) {
    const char* field = type->tp_members[i].name;  // by row, as CPython: unnamed fields borrow later names
    if (!field)
      return raise(PyExc_SystemError, "In structseq_repr(), member %zd name is NULL for type %.500s", i,
                   type->tp_name);
    if (i > 0) out.append(", ");
    out.append(TRY(strFromUtf8(field)));
    out.append('=');
    out.append(TRY(objectRepr(seq->at(i))));
  }
  return out.finish(')');
}

Raised raiseLength(PyTypeObject* type, const char* bound, Py_ssize_t wanted, Py_ssize_t given) {
  return raise(PyExc_TypeError, "%.500s() takes %s %zd-sequence (%zd-sequence given)", type->tp_name, bound,
               wanted, given);
}

Status checkLength(PyTypeObject* type, Py_ssize_t given) {
  Py_ssize_t least = visibleCount(type), most = fieldCount(type);
  if (least == most) return given == least ? Status() : raiseLength(type, "a", least, given);
  if (given < least) return raiseLength(type, "an at least", least, given);
  if (given > most) return raiseLength(type, "an at most", most, given);
  return {};
}

Result<Ref<>> hiddenField(PyTypeObject* type, Py_ssize_t i, Opt<DictObject> extra) {
  const char* field = fieldName(type, i);
  if (!extra || !field) return none();
  auto key = TRY(strInternUtf8(field));
  Opt<> found = TRY(dictGet(extra.get(), key.get()));
  return found ? share(found.get()) : none();
}

Result<Ref<>> seqMake(PyTypeObject* type, PyObject* sequence, PyObject* extra) {
  if (unnamedCount(type) < 0) return raiseBadInternalCall();
  auto items = TRY(sequenceFast(sequence, "constructor requires a sequence"));
  if (extra && !isDict(extra)) {
    return raise(PyExc_TypeError, "%.500s() takes a dict as second arg, if any", type->tp_name);
  }
  Opt<DictObject> dict = static_cast<DictObject*>(extra);
  Py_ssize_t given = fastSize(items.get());
  TRY(checkLength(type, given));
  auto seq = TRY(structSeqNew(type));
  for (Py_ssize_t i = 0; i < given; i++) structSeqSet(seq.get(), i, share(fastItems(items.get())[i]));
  for (Py_ssize_t i = given; i < fieldCount(type); i++) {
    structSeqSet(seq.get(), i, TRY(hiddenField(type, i, dict)));
  }
  gcTrack(seq);
  return seq;
}
Result<Ref<>> seqTypeNew(PyTypeObject* type, PyObject* sequence, Opt<> extra) {
  return seqMake(type, sequence, extra.get());
}

Result<Ref<>> seqReduce(TupleObject* seq) {
  PyTypeObject* type = typeOf(seq);
  auto visible = TRY(tupleFromItems(seq->items(), seq->size()));
  auto hidden = TRY(dictNew());
  for (Py_ssize_t i = seq->size(); i < fieldCount(type); i++) {
    const char* field = fieldName(type, i);
    if (field && seq->ob_item[i]) TRY(dictSet(hidden.get(), field, seq->ob_item[i]));
  }
  auto arguments = TRY(tupleOf<PyObject, PyObject>(visible.get(), hidden.get()));
  return tupleOf<PyObject, PyObject>(type, arguments.get());
}

constinit PyMethodDef kMethods[] = {method<"!__reduce__($self, /)", seqReduce>, {}};

bool isUnnamed(const PyStructSequence_Field& field) { return field.name == PyStructSequence_UnnamedField; }

struct FieldCounts {
  Py_ssize_t all = 0, unnamed = 0;
};
FieldCounts countFields(const PyStructSequence_Desc* desc) {
  FieldCounts counts;
  for (; desc->fields[counts.all].name; counts.all++) counts.unnamed += isUnnamed(desc->fields[counts.all]);
  return counts;
}

void fillMembers(const PyStructSequence_Desc* desc, PyMemberDef* members) {
  for (Py_ssize_t i = 0; desc->fields[i].name; i++) {
    if (isUnnamed(desc->fields[i])) continue;
    *members++ = {desc->fields[i].name, T_OBJECT, kBasicSize + i * static_cast<Py_ssize_t>(sizeof(PyObject*)),
                  READONLY, desc->fields[i].doc};
  }
  *members = {};
}

Status setNumber(DictObject* dict, const char* key, Py_ssize_t value) {
  auto number = TRY(intFromLong(value));
  return dictSet(dict, key, number.get());
}

Status fillTypeDict(PyTypeObject* type, const PyStructSequence_Desc* desc, const FieldCounts& counts) {
  auto* dict = static_cast<DictObject*>(type->tp_dict);
  TRY(setNumber(dict, "n_sequence_fields", desc->n_in_sequence));
  TRY(setNumber(dict, "n_fields", counts.all));
  TRY(setNumber(dict, "n_unnamed_fields", counts.unnamed));
  std::vector<Ref<>> names;
  for (Py_ssize_t i = 0; i < desc->n_in_sequence; i++) {
    if (!isUnnamed(desc->fields[i])) names.push_back(TRY(strInternUtf8(desc->fields[i].name)));
  }
  auto match_args = TRY(tupleNew(static_cast<Py_ssize_t>(names.size())));
  for (size_t i = 0; i < names.size(); i++) match_args->ob_item[i] = std::move(names[i]).leak();
  TRY(dictSet(dict, "__match_args__", match_args.get()));
  typeModified(type);
  return {};
}

constexpr newfunc kNew = newSlot<"structseq(sequence, dict=None)", seqTypeNew>;

}  // namespace

Result<Ref<PyTypeObject>> structSeqTypeNew(PyStructSequence_Desc* desc, unsigned long flags) {
  FieldCounts counts = countFields(desc);
  std::vector<PyMemberDef> members(static_cast<size_t>(counts.all - counts.unnamed) + 1);
  fillMembers(desc, members.data());
  destructor dealloc = slot<seqDealloc>;
  traverseproc traverse = slot<seqTraverse>;
  reprfunc repr = slot<seqRepr>;
  PyType_Slot slots[] = {
      {52, reinterpret_cast<void*>(dealloc)},
      {71, reinterpret_cast<void*>(traverse)},
      {66, reinterpret_cast<void*>(repr)},
      {65, reinterpret_cast<void*>(kNew)},
      {64, kMethods},
      {72, members.data()},
      {56, const_cast<char*>(desc->doc)},
      {0, nullptr},
  };
  PyType_Spec spec{desc->name, static_cast<int>(kBasicSize), sizeof(PyObject*),
                   static_cast<unsigned>(Py_TPFLAGS_HAVE_GC | flags), slots};
  auto type = TRY(typeFromSpec(&spec, static_cast<PyObject*>(&PyTuple_Type), nullptr));
  TRY(fillTypeDict(type.get(), desc, counts));
  return type;
}

Status structSeqTypeInit(PyTypeObject* type, PyStructSequence_Desc* desc, unsigned long flags) {
  if (type->ob_refcnt == 0) type->ob_refcnt = kImmortalRefcount;
  FieldCounts counts = countFields(desc);
  auto* members = static_cast<PyMemberDef*>(memCalloc(counts.all - counts.unnamed + 1, sizeof(PyMemberDef)));
  if (!members) return raiseNoMemory();
  fillMembers(desc, members);  // lives as long as the static type
  type->tp_name = desc->name;
  type->tp_basicsize = kBasicSize;
  type->tp_itemsize = sizeof(PyObject*);
  type->tp_dealloc = slot<seqDealloc>;
  type->tp_traverse = slot<seqTraverse>;
  type->tp_repr = slot<seqRepr>;
  type->tp_doc = desc->doc;
  type->tp_base = &PyTuple_Type;
  type->tp_methods = kMethods;
  type->tp_new = kNew;
  type->tp_flags = Py_TPFLAGS_HAVE_GC | flags;
  type->tp_members = members;
  TRY(typeReady(type));
  return fillTypeDict(type, desc, counts);
}

Result<Ref<TupleObject>> structSeqNew(PyTypeObject* type) {
  Py_ssize_t visible = visibleCount(type);
  auto seq =
      TRY(Result<Ref<TupleObject>>::fromC(static_cast<TupleObject*>(genericAlloc(type, fieldCount(type)))));
  seq->ob_size = visible;
  gcUntrack(seq);  // only those that a constructor call makes are the collector's business
  return seq;
}

}  // namespace krait
