// The type `list`: slots, methods and iterators.
#include "core/call.h"
#include "core/thread.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/list_internal.h"
#include "types/misc_objects.h"
#include "types/slice.h"
#include "types/str_builder.h"

namespace krait {

void listDealloc(PyObject* self);

namespace {

Result<Ref<>> listTypeNew(PyTypeObject* type, PyObject*, Opt<>) {
  if (type == &PyList_Type) return TRY(listNew());
  return TRY(typeAlloc<ListObject>(type));
}

Status listTypeInit(ListObject* list, TupleObject* args, Opt<> kwargs) {
  if (sharesNew(typeOf(list), &PyList_Type)) TRY(checkNoKeywords("list", kwargs));
  TRY(checkPositional("list", args->size(), 0, 1));
  if (list->ob_item) listClear(list);
  return args->size() == 1 ? listExtend(list, args->at(0)) : Status();
}

Result<Ref<>> listTypeVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("list", args.names));
  TRY(checkPositional("list", args.count, 0, 1));
  Ref<> list = TRY(listTypeNew(type, nullptr, nullptr));
  if (args.count == 1) TRY(listExtend(cast<ListObject>(list.get()), args.values[0]));
  return list;
}

int listTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* list = cast<ListObject>(self);
  for (Py_ssize_t i = list->ob_size; --i >= 0;) {
    if (!list->ob_item[i]) continue;
    if (int status = visit(list->ob_item[i], arg)) return status;
  }
  return 0;
}

int listTpClear(PyObject* self) {
  listClear(cast<ListObject>(self));
  return 0;
}

Py_ssize_t listLength(ListObject* list) { return list->ob_size; }

Result<Ref<StrObject>> listRepr(ListObject* list) {
  if (list->ob_size == 0) return strLiteral("[]");
  auto guard = TRY(ReprGuard::enter(list));
  if (guard.isRecursive()) return strLiteral("[...]");
  StrBuilder out;
  out.append('[');
  for (Py_ssize_t i = 0; i < list->ob_size; i++) {
    auto item = share(list->at(i));
    if (i > 0) out.append(", ");
    out.append(TRY(objectRepr(item)));
  }
  return out.finish(']');
}

Result<Ref<>> listCompare(PyObject* left, PyObject* right, int op) {
  if (!isList(left) || !isList(right)) return notImplemented();
  auto *a = cast<ListObject>(left), *b = cast<ListObject>(right);
  if (a->ob_size != b->ob_size && (op == Py_EQ || op == Py_NE)) return boolRef(op == Py_NE);
  for (Py_ssize_t i = 0; i < a->ob_size && i < b->ob_size; i++) {
    if (a->at(i) == b->at(i)) continue;
    auto x = share(a->at(i));
    auto y = share(b->at(i));
    if (TRY(richCompareBool(x, y, Py_EQ))) continue;
    if (i >= a->ob_size || i >= b->ob_size) break;
    if (op == Py_EQ) return boolRef(false);
    if (op == Py_NE) return boolRef(true);
    return richCompare(x, y, op);
  }
  return boolRef(compareValues(a->ob_size, b->ob_size, op));
}

// The first index from start (before stop) of an equal item; -1: none.
Result<Py_ssize_t> listFind(ListObject* list, PyObject* value, Py_ssize_t start, Py_ssize_t stop) {
  for (Py_ssize_t i = start; i < stop && i < list->ob_size; i++) {
    PyObject* borrowed = list->at(i);
    if (borrowed == value) return i;
    auto item = share(borrowed);
    if (TRY(richCompareBool(item, value, Py_EQ))) return i;
  }
  return -1;
}

Result<bool> listContains(ListObject* list, PyObject* value) {
  return TRY(listFind(list, value, 0, PY_SSIZE_T_MAX)) >= 0;
}

Result<Py_ssize_t> listIndex(ListObject* list, PyObject* value, SliceIndex start, SliceIndex stop) {
  Py_ssize_t size = list->ob_size;
  Py_ssize_t index = TRY(listFind(list, value, start.from(size), stop.from(size)));
  if (index < 0) return raise(PyExc_ValueError, "%R is not in list", value);
  return index;
}

Result<Py_ssize_t> listCount(ListObject* list, PyObject* value) {
  Py_ssize_t count = 0;
  for (Py_ssize_t i = 0; i < list->ob_size; i++) {
    auto item = share(list->at(i));
    count += TRY(objectEquals(item, value));
  }
  return count;
}

Status listRemove(ListObject* list, PyObject* value) {
  Py_ssize_t index = TRY(listFind(list, value, 0, PY_SSIZE_T_MAX));
  if (index < 0) return raise(PyExc_ValueError, "list.remove(x): x not in list");
  return listAssignSlice(list, index, index + 1, nullptr);
}

Result<Ref<>> listItem(ListObject* list, Py_ssize_t index) {
  if (static_cast<size_t>(index) >= static_cast<size_t>(list->ob_size)) {
    return raise(PyExc_IndexError, "list index out of range");
  }
  return share(list->at(index));
}

Status listAssignItem(ListObject* list, Py_ssize_t index, Opt<> value) {
  if (static_cast<size_t>(index) >= static_cast<size_t>(list->ob_size)) {
    return raise(PyExc_IndexError, "list assignment index out of range");
  }
  if (!value) return listAssignSlice(list, index, index + 1, nullptr);
  return listSetItem(list, index, share(value.get()));
}

Result<Ref<>> listConcat(ListObject* list, PyObject* other) {
  if (!isList(other)) {
    return raise(PyExc_TypeError, "can only concatenate list (not \"%.200s\") to list", typeName(other));
  }
  auto* tail = cast<ListObject>(other);
  Ref<ListObject> result = TRY(listNew());
  Py_ssize_t first = list->ob_size, second = tail->ob_size;
  if (first + second == 0) return result;
  result->ob_item =
      static_cast<PyObject**>(memAlloc(static_cast<size_t>(first + second) * sizeof(PyObject*)));
  if (!result->ob_item) return raiseNoMemory();
  for (Py_ssize_t i = 0; i < first; i++) result->ob_item[i] = share(list->at(i)).leak();
  for (Py_ssize_t i = 0; i < second; i++) result->ob_item[first + i] = share(tail->at(i)).leak();
  result->allocated = result->ob_size = first + second;
  return result;
}

// Writes count copies of the block, its references already added.
void fillRepeated(PyObject** out, PyObject* const* block, Py_ssize_t size, Py_ssize_t count) {
  if (size == 1) {
    std::fill_n(out, count, block[0]);
    return;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    std::memcpy(out + i * size, block, static_cast<size_t>(size) * sizeof(PyObject*));
  }
}

Result<Ref<>> listRepeat(ListObject* list, Py_ssize_t count) {
  Py_ssize_t size = list->ob_size;
  if (count <= 0 || size == 0) return TRY(listNew());
  if (count > PY_SSIZE_T_MAX / static_cast<Py_ssize_t>(sizeof(PyObject*)) / size) return raiseNoMemory();
  Ref<ListObject> result = TRY(listNew());
  if (list->ob_size < size) size = list->ob_size;
  if (size == 0) return result;
  result->ob_item = static_cast<PyObject**>(memAlloc(static_cast<size_t>(size * count) * sizeof(PyObject*)));
  if (!result->ob_item) return raiseNoMemory();
  for (Py_ssize_t i = 0; i < size; i++) list->at(i)->ob_refcnt += count;
  fillRepeated(result->ob_item, list->ob_item, size, count);
  result->allocated = result->ob_size = size * count;
  return result;
}

Result<Ref<>> listInPlaceRepeat(ListObject* list, Py_ssize_t count) {
  Py_ssize_t size = list->ob_size;
  if (size == 0 || count == 1) return share<PyObject>(list);
  if (count < 1) {
    listClear(list);
    return share<PyObject>(list);
  }
  if (count > PY_SSIZE_T_MAX / static_cast<Py_ssize_t>(sizeof(PyObject*)) / size) return raiseNoMemory();
  TRY(listResize(list, size * count));
  for (Py_ssize_t i = 0; i < size; i++) list->at(i)->ob_refcnt += count - 1;
  fillRepeated(list->ob_item + size, list->ob_item, size, count - 1);
  return share<PyObject>(list);
}

Result<Ref<>> listInPlaceConcat(ListObject* list, PyObject* other) {
  TRY(listExtend(list, other));
  return share<PyObject>(list);
}

Status listAppendMethod(ListObject* list, PyObject* item) { return listAppend(list, share(item)); }
Result<Ref<>> listCopyMethod(ListObject* list) { return TRY(listSlice(list, 0, list->ob_size)); }
Status listClearMethod(ListObject* list) {
  listClear(list);
  return {};
}
Py_ssize_t listSizeof(ListObject* list) {
  return typeOf(list)->tp_basicsize + list->allocated * static_cast<Py_ssize_t>(sizeof(PyObject*));
}
Result<Ref<>> listClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

PyObject* listIterNext(PyObject* self) {
  auto* iter = cast<SeqIterObject>(self);
  auto* list = static_cast<ListObject*>(iter->seq);
  if (!list) return nullptr;
  if (iter->index >= list->ob_size) return seqIterEnd(iter);
  return share(list->at(iter->index++)).leak();
}

PyObject* listReverseIterNext(PyObject* self) {
  auto* iter = cast<SeqIterObject>(self);
  auto* list = static_cast<ListObject*>(iter->seq);
  if (!list) return nullptr;
  if (iter->index >= 0 && iter->index < list->ob_size) return share(list->at(iter->index--)).leak();
  iter->index = -1;
  return seqIterEnd(iter);
}

Py_ssize_t listIterLengthHint(SeqIterObject* iter) {
  if (!iter->seq) return 0;
  Py_ssize_t left = cast<ListObject>(iter->seq)->ob_size - iter->index;
  return left < 0 ? 0 : left;
}

Py_ssize_t listReverseIterLengthHint(SeqIterObject* iter) {
  Py_ssize_t left = iter->index + 1;
  return !iter->seq || cast<ListObject>(iter->seq)->ob_size < left ? 0 : left;
}

Result<Ref<>> reduceListIter(SeqIterObject* iter, const char* function) {
  if (!iter->seq) {
    Ref<> iter_function = TRY(builtinAttr("iter"));
    Ref<ListObject> empty = TRY(listNew());
    Ref<TupleObject> args = TRY(tupleOf(empty.get()));
    return reduceTo(iter_function, args);
  }
  Ref<> callable = TRY(builtinAttr(function));
  if (!iter->seq) return reduceListIter(iter, function);
  Ref<TupleObject> args = TRY(tupleOf(iter->seq));
  Ref<> index = TRY(intObject(iter->index));
  return reduceTo(callable, args, index.get());
}
Result<Ref<>> listIterReduce(SeqIterObject* iter) { return reduceListIter(iter, "iter"); }
Result<Ref<>> listReverseIterReduce(SeqIterObject* iter) { return reduceListIter(iter, "reversed"); }

Status listIterSetState(SeqIterObject* iter, StateIndex state) {
  Py_ssize_t index = state.value;
  if (!iter->seq) return {};
  Py_ssize_t size = cast<ListObject>(iter->seq)->ob_size;
  iter->index = index < 0 ? 0 : index > size ? size : index;
  return {};
}

Status listReverseIterSetState(SeqIterObject* iter, StateIndex state) {
  Py_ssize_t index = state.value;
  if (!iter->seq) return {};
  Py_ssize_t last = cast<ListObject>(iter->seq)->ob_size - 1;
  iter->index = index < -1 ? -1 : index > last ? last : index;
  return {};
}

constinit PyMethodDef kListMethods[] = {
    methodRow<"!__getitem__($self, key, /)", listSubscript, SelfMode::kSelf, "self[key]", METH_COEXIST>(),
    method<"__reversed__($self, /)", listReversedIter, "An iterator over the items, last one first.">,
    method<"__sizeof__($self, /)", listSizeof, "Size in memory, in bytes.">,
    method<"clear($self, /)", listClearMethod, "Remove all items.">,
    method<"copy($self, /)", listCopyMethod, "A shallow copy.">,
    method<"append($self, object, /)", listAppendMethod, "Append object to the end of the list.">,
    method<"insert($self, index, object, /)", listInsert, "Insert object before index.">,
    method<"extend($self, iterable, /)", listExtend, "Append the items of the iterable.">,
    method<"pop($self, index=-1, /)", listPop,
           "Remove and return the item at index, the last one by default.">,
    method<"remove($self, value, /)", listRemove,
           "Remove the first item equal to value; ValueError without one.">,
    method<"index($self, value, start=0, stop=sys.maxsize, /)", listIndex,
           "The first index of value; ValueError when it is not there.">,
    method<"count($self, value, /)", listCount, "The number of items equal to value.">,
    method<"reverse($self, /)", listReverse, "Reverse the list in place.">,
    method<"sort($self, /, *, key=None, reverse=False)", listSortMethod,
           "Sort the list in place, ascending and stable; key is applied once to each item.">,
    classMethod<"!__class_getitem__($type, object, /)", listClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyMethodDef kListIterMethods[] = {
    method<"!__length_hint__($self, /)", listIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", listIterReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", listIterSetState, kSetStateDoc>,
    {}};
constinit PyMethodDef kListReverseIterMethods[] = {
    method<"!__length_hint__($self, /)", listReverseIterLengthHint, kLengthHintDoc>,
    method<"!__reduce__($self, /)", listReverseIterReduce, kReduceDoc>,
    method<"!__setstate__($self, state, /)", listReverseIterSetState, kSetStateDoc>,
    {}};
constinit PySequenceMethods kListAsSequence = {.sq_length = slot<listLength>,
                                               .sq_concat = slot<listConcat>,
                                               .sq_repeat = slot<listRepeat>,
                                               .sq_item = slot<listItem>,
                                               .sq_ass_item = slot<listAssignItem>,
                                               .sq_contains = slot<listContains>,
                                               .sq_inplace_concat = slot<listInPlaceConcat>,
                                               .sq_inplace_repeat = slot<listInPlaceRepeat>};
constinit PyMappingMethods kListAsMapping = {.mp_length = slot<listLength>,
                                             .mp_subscript = slot<listSubscript>,
                                             .mp_ass_subscript = slot<listAssignSubscript>};

}  // namespace

Result<Ref<>> listIter(PyObject* list) { return seqIterMake(&PyListIter_Type, list); }
Result<Ref<>> listReversedIter(ListObject* list) {
  return seqIterMake(&PyListRevIter_Type, list, list->ob_size - 1);
}

}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyList_Type = {
    KR_TYPE_HEAD,
    .tp_name = "list",
    .tp_basicsize = sizeof(ListObject),
    .tp_dealloc = listDealloc,
    .tp_repr = slot<listRepr>,
    .tp_as_sequence = &kListAsSequence,
    .tp_as_mapping = &kListAsMapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_MATCH_SELF |
                Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<"list(iterable=(), /)", "A mutable sequence, filled with the iterable's items.">,
    .tp_traverse = listTraverse,
    .tp_clear = listTpClear,
    .tp_richcompare = slot<listCompare>,
    .tp_iter = slot<listIter>,
    .tp_methods = kListMethods,
    .tp_init = slot<listTypeInit>,
    .tp_alloc = genericAlloc,
    .tp_new = slot<listTypeNew>,
    .tp_free = gcFree,
    .tp_vectorcall = typeVectorcall<listTypeVectorcall>,
};
KR_EXPORT constinit PyTypeObject PyListIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "list_iterator",
    .tp_basicsize = sizeof(SeqIterObject),
    .tp_dealloc = seqIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = seqIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = listIterNext,
    .tp_methods = kListIterMethods,
};
KR_EXPORT constinit PyTypeObject PyListRevIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "list_reverseiterator",
    .tp_basicsize = sizeof(SeqIterObject),
    .tp_dealloc = seqIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = kIteratorFlags,
    .tp_traverse = seqIterTraverse,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = listReverseIterNext,
    .tp_methods = kListReverseIterMethods,
};
