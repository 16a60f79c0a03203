// Making and filling containers and strings.
#include "core/call.h"
#include "interp/inline_cache.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/list.h"
#include "types/native_call.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"

namespace krait {

OP_BODY(BUILD_TUPLE) {
  PyObject** items = sp.top - oparg;
  if (oparg == 0) {
    sp.push(emptyTuple());
    return Step::kNext;
  }
  sp.top = items;
  sp.push(OP_TRY(tupleFromOwned(items, oparg)));
  return Step::kNext;
}

OP_BODY(BUILD_LIST) {
  Ref<ListObject> list = OP_TRY(listNew(oparg));
  PyObject** items = sp.top - oparg;
  for (uint32_t i = 0; i < oparg; i++) list->ob_item[i] = items[i];
  sp.top = items;
  sp.push(std::move(list));
  return Step::kNext;
}

OP_BODY(LIST_TO_TUPLE) {
  sp.replaceTop(OP_TRY(listAsTuple(cast<ListObject>(sp.peek(0)))));
  return Step::kNext;
}

namespace {

Result<Ref<>> buildSet(PyObject** items, uint32_t count) {
  Ref<SetObject> set = TRY(setNew());
  for (uint32_t i = 0; i < count; i++) TRY(setAdd(set.get(), items[i]));
  return set;
}

Result<Ref<>> buildMap(PyObject** pairs, uint32_t count) {
  Ref<DictObject> dict = TRY(dictNewPresized(count));
  for (uint32_t i = 0; i < count; i++) TRY(dictSet(dict.get(), pairs[2 * i], pairs[2 * i + 1]));
  return dict;
}

Result<Ref<>> buildConstKeyMap(PyObject* keys, PyObject** values, uint32_t count) {
  if (!isExactTuple(keys) || cast<TupleObject>(keys)->size() != static_cast<Py_ssize_t>(count)) {
    return raise(PyExc_SystemError, "bad BUILD_CONST_KEY_MAP keys argument");
  }
  Ref<DictObject> dict = TRY(dictNewPresized(count));
  for (uint32_t i = 0; i < count; i++) TRY(dictSet(dict.get(), cast<TupleObject>(keys)->at(i), values[i]));
  return dict;
}

}  // namespace

OP_BODY(BUILD_SET) {
  Ref<> set = OP_TRY(buildSet(sp.top - oparg, oparg));
  sp.drop(static_cast<int>(oparg));
  sp.push(std::move(set));
  return Step::kNext;
}

OP_BODY(BUILD_MAP) {
  Ref<> dict = OP_TRY(buildMap(sp.top - 2 * oparg, oparg));
  sp.drop(static_cast<int>(2 * oparg));
  sp.push(std::move(dict));
  return Step::kNext;
}

OP_BODY(BUILD_CONST_KEY_MAP) {
  Ref<> dict = OP_TRY(buildConstKeyMap(sp.peek(0), sp.top - 1 - oparg, oparg));
  sp.drop(static_cast<int>(oparg) + 1);
  sp.push(std::move(dict));
  return Step::kNext;
}

OP_BODY(BUILD_STRING) {
  Ref<StrObject> text = OP_TRY(strJoinItems(emptyStr().get(), sp.top - oparg, oparg));
  sp.drop(static_cast<int>(oparg));
  sp.push(std::move(text));
  return Step::kNext;
}

OP_BODY(BUILD_SLICE) {
  PyObject* step = oparg == 3 ? sp.peek(0) : nullptr;
  int extra = oparg == 3;
  Ref<> slice = OP_TRY(sliceNew(sp.peek(1 + extra), sp.peek(extra), step));
  sp.drop(static_cast<int>(oparg));
  sp.push(std::move(slice));
  return Step::kNext;
}

OP_BODY(LIST_APPEND) {
  OP_TRY(listAppend(cast<ListObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(SET_ADD) {
  OP_TRY(setAdd(cast<SetObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(MAP_ADD) {
  OP_TRY(dictSet(cast<DictObject>(sp.peek(static_cast<int>(oparg) + 1)), sp.peek(1), sp.peek(0)));
  sp.drop(2);
  return Step::kNext;
}

namespace {

Status extendList(ListObject* list, PyObject* iterable) {
  Status status = listExtend(list, iterable);
  if (!status.failed() || !pendingMatches(PyExc_TypeError)) return status;
  if (typeOf(iterable)->tp_iter || isSequence(iterable)) return status;
  clearPending();
  return raise(PyExc_TypeError, "Value after * must be an iterable, not %.200s", typeName(iterable));
}

Status updateDict(DictObject* dict, PyObject* mapping) {
  Status status = dictUpdate(dict, mapping);
  if (status.failed() && pendingMatches(PyExc_AttributeError)) {
    return raise(PyExc_TypeError, "'%.200s' object is not a mapping", typeName(mapping));
  }
  return status;
}

// Words the failure of merging **mapping into the keyword arguments of `callable`.
Raised raiseBadKeywords(PyObject* callable, PyObject* mapping) {
  if (pendingMatches(PyExc_AttributeError)) {
    clearPending();
    auto text = functionDisplayName(callable);
    if (text.failed()) return Raised{};
    Ref<StrObject> name = std::move(text).take();
    return raise(PyExc_TypeError, "%U argument after ** must be a mapping, not %.200s", name.get(),
                 typeName(mapping));
  }
  if (!pendingMatches(PyExc_KeyError)) return Raised{};
  PendingTriple triple = fetchPending();
  normalizePending(triple);
  PyObject* value = triple.value;
  PyObject* args = value && hasFlag(typeOf(value), Py_TPFLAGS_BASE_EXC_SUBCLASS)
                       ? static_cast<ExceptionObject*>(value)->args
                       : nullptr;
  if (args && cast<TupleObject>(args)->size() == 1) {
    Ref<> key = share(cast<TupleObject>(args)->at(0));
    xdecref(triple.type), xdecref(triple.value), xdecref(triple.traceback);
    auto text = functionDisplayName(callable);
    if (text.failed()) return Raised{};
    Ref<StrObject> name = std::move(text).take();
    return raise(PyExc_TypeError, "%U got multiple values for keyword argument '%S'", name.get(), key.get());
  }
  restorePending(triple);
  return Raised{};
}

}  // namespace

OP_BODY(LIST_EXTEND) {
  OP_TRY(extendList(cast<ListObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(SET_UPDATE) {
  OP_TRY(setUpdate(cast<SetObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(DICT_UPDATE) {
  OP_TRY(updateDict(cast<DictObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(DICT_MERGE) {
  if (dictMerge(cast<DictObject>(sp.peek(static_cast<int>(oparg))), sp.peek(0), 2).failed()) {
    (void)raiseBadKeywords(sp.peek(2 + static_cast<int>(oparg)), sp.peek(0));
    return Step::kRaised;
  }
  sp.drop();
  return Step::kNext;
}

namespace {

Result<Ref<>> formatValue(PyObject* value, Opt<> spec, int conversion) {
  Ref<> shown = share(value);
  switch (conversion) {
    case kFvcStr: shown = TRY(objectStr(value)); break;
    case kFvcRepr: shown = TRY(objectRepr(value)); break;
    case kFvcAscii: shown = TRY(objectAscii(value)); break;
    default: break;
  }
  if (isExactStr(shown.get()) && !spec) return shown;
  return Ref<>(TRY(objectFormat(shown.get(), spec)));
}

}  // namespace

OP_BODY(FORMAT_VALUE) {
  bool has_spec = (oparg & kFvsHaveSpec) != 0;
  Opt<> spec = has_spec ? sp.peek(0) : nullptr;
  Ref<> text = OP_TRY(formatValue(sp.peek(has_spec), spec, static_cast<int>(oparg & kFvcMask)));
  if (has_spec) sp.drop();
  sp.replaceTop(std::move(text));
  return Step::kNext;
}

}  // namespace krait
