// Subscripts: x[i], x[i] = v, del x[i].
#include "interp/call_frame.h"
#include "interp/inline_cache.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/type.h"

namespace krait {

OP_BODY(BINARY_SUBSCR) {
  sp.pop2Push(OP_TRY(itemGet(sp.peek(1), sp.peek(0))));
  return Step::kNext;
}

OP_BODY(STORE_SUBSCR) {
  PyObject *value = sp.peek(2), *container = sp.peek(1), *key = sp.peek(0);
  OP_TRY(itemSet(container, key, value));
  sp.top -= 3;
  decref(value);
  decref(container);
  decref(key);
  return Step::kNext;
}

OP_BODY(DELETE_SUBSCR) {
  PyObject *container = sp.peek(1), *key = sp.peek(0);
  OP_TRY(itemDelete(container, key));
  sp.top -= 2;
  decref(container);
  decref(key);
  return Step::kNext;
}

OP_ADAPTIVE(BINARY_SUBSCR_ADAPTIVE, BINARY_SUBSCR, specializeBinarySubscr(ip, sp.peek(1), sp.peek(0)))
OP_ADAPTIVE(STORE_SUBSCR_ADAPTIVE, STORE_SUBSCR, specializeStoreSubscr(ip, sp.peek(1), sp.peek(0)))

namespace {

// The index in 0..size-1 that a compact int key means; -1: leave it to the generic form.
KR_ALWAYS_INLINE Py_ssize_t smallIndex(PyObject* key, Py_ssize_t size) {
  if (!isExactInt(key) || !cast<IntObject>(key)->isCompact()) return -1;
  Py_ssize_t index = cast<IntObject>(key)->compactValue();
  if (index < 0) index += size;
  return static_cast<size_t>(index) < static_cast<size_t>(size) ? index : -1;
}

KR_ALWAYS_INLINE void pop2PushShared(Stack& sp, PyObject* value) { sp.pop2Push(Ref<>::share(value)); }

}  // namespace

OP_BODY(BINARY_SUBSCR_LIST_INT) {
  PyObject* container = sp.peek(1);
  if (!isExactList(container)) return Step::kMiss;
  auto* list = cast<ListObject>(container);
  Py_ssize_t index = smallIndex(sp.peek(0), list->size());
  if (index < 0) return Step::kMiss;
  pop2PushShared(sp, list->at(index));
  return Step::kNext;
}

OP_BODY(BINARY_SUBSCR_TUPLE_INT) {
  PyObject* container = sp.peek(1);
  if (!isExactTuple(container)) return Step::kMiss;
  auto* tuple = cast<TupleObject>(container);
  Py_ssize_t index = smallIndex(sp.peek(0), tuple->size());
  if (index < 0) return Step::kMiss;
  pop2PushShared(sp, tuple->at(index));
  return Step::kNext;
}

OP_BODY(BINARY_SUBSCR_DICT) {
  PyObject* container = sp.peek(1);
  if (!isExactDict(container)) return Step::kMiss;
  Opt<> value = OP_TRY(dictGet(cast<DictObject>(container), sp.peek(0)));
  if (!value) [[unlikely]] {
    (void)raiseKeyError(sp.peek(0));
    return Step::kRaised;
  }
  pop2PushShared(sp, value.get());
  return Step::kNext;
}

// A __getitem__ written in Python: entered without leaving the evaluator.
OP_BODY(BINARY_SUBSCR_GETITEM) {
  PyObject* container = sp.peek(1);
  PyTypeObject* type = typeOf(container);
  auto* cache = cacheOf<SubscrCache>(ip);
  if (type->tp_version_tag != cacheRead32(cache->type_version)) return Step::kMiss;
  auto* heap = static_cast<PyHeapTypeObject*>(type);
  auto* getitem = static_cast<FunctionObject*>(heap->_spec_cache.getitem);
  if (!getitem || getitem->func_version != cache->func_version) return Step::kMiss;
  incref(getitem);
  sp.top -= 2;
  Frame* callee = pushExactFrame(thread, getitem, getitem->code(), sp.top, 2);
  if (!callee) [[unlikely]] {
    sp.top += 2;
    decref(getitem);
    return Step::kRaised;
  }
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::BINARY_SUBSCR));
}

OP_BODY(STORE_SUBSCR_LIST_INT) {
  PyObject* container = sp.peek(1);
  if (!isExactList(container)) return Step::kMiss;
  auto* list = cast<ListObject>(container);
  Py_ssize_t index = smallIndex(sp.peek(0), list->size());
  if (index < 0) return Step::kMiss;
  PyObject* key = sp.peek(0);
  PyObject* old = std::exchange(list->ob_item[index], sp.peek(2));
  sp.top -= 3;
  decref(old);
  decref(key);
  decref(container);
  return Step::kNext;
}

OP_BODY(STORE_SUBSCR_DICT) {
  PyObject* container = sp.peek(1);
  if (!isExactDict(container)) return Step::kMiss;
  PyObject *value = sp.peek(2), *key = sp.peek(0);
  OP_TRY(dictSet(cast<DictObject>(container), key, value));
  sp.top -= 3;
  decref(value);
  decref(key);
  decref(container);
  return Step::kNext;
}

namespace {

// Fills the cache of a Python __getitem__ found on the container's (heap) type.
bool cacheGetItem(const Unit* ip, PyTypeObject* type) {
  if (!hasFlag(type, Py_TPFLAGS_HEAPTYPE)) return false;
  Opt<> found = typeLookup(type, name<"__getitem__">());
  if (!found || !runsInline(found.get())) return false;
  auto* function = static_cast<FunctionObject*>(found.get());
  CodeObject* code = function->code();
  if (!codeIsPlain(code) || code->co_argcount != 2 || !codeIsPrepared(code)) return false;
  uint32_t version = functionVersion(function);
  if (version == 0 || version > UINT16_MAX || !typeAssignVersion(type)) return false;
  auto* heap = static_cast<PyHeapTypeObject*>(type);
  heap->_spec_cache.getitem = function;  // borrowed: the type version covers it
  auto* cache = cacheOf<SubscrCache>(ip);
  cache->func_version = static_cast<uint16_t>(version);
  cacheWrite32(cache->type_version, type->tp_version_tag);
  return true;
}

}  // namespace

void specializeBinarySubscr(const Unit* ip, PyObject* container, PyObject* key) {
  PyTypeObject* type = typeOf(container);
  if (type == &PyList_Type && isExactInt(key)) return specializeTo(ip, Op::BINARY_SUBSCR_LIST_INT);
  if (type == &PyTuple_Type && isExactInt(key)) return specializeTo(ip, Op::BINARY_SUBSCR_TUPLE_INT);
  if (type == &PyDict_Type) return specializeTo(ip, Op::BINARY_SUBSCR_DICT);
  if (cacheGetItem(ip, type)) return specializeTo(ip, Op::BINARY_SUBSCR_GETITEM);
  specializeFailed(ip);
}

void specializeStoreSubscr(const Unit* ip, PyObject* container, PyObject* key) {
  PyTypeObject* type = typeOf(container);
  if (type == &PyList_Type && isExactInt(key)) return specializeTo(ip, Op::STORE_SUBSCR_LIST_INT);
  if (type == &PyDict_Type) return specializeTo(ip, Op::STORE_SUBSCR_DICT);
  specializeFailed(ip);
}

}  // namespace krait
