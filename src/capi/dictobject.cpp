// Exports of dictobject.h.
#include "types/dict.h"

#include "capi/capi.h"
#include "capi/identifier.h"
#include "core/call.h"
#include "core/number.h"
#include "core/object.h"
#include "types/descr.h"
#include "types/list.h"

using namespace krait;

namespace {

DictObject* dictArg(PyObject* o) { return castOrBadCall<DictObject>(o, &PyDict_Type); }

PyObject* borrowed(Result<Opt<>> found) { return found.failed() ? nullptr : std::move(found).take().get(); }

Result<Ref<StrObject>> keyText(const char* key) { return strInternUtf8(key); }

}  // namespace

KR_EXPORT PyObject* PyDict_New() { return toC(dictNew()); }
KR_EXPORT PyObject* _PyDict_NewPresized(Py_ssize_t n) { return toC(dictNewPresized(n)); }
// Errors are swallowed, as documented; an exception pending before stays.
KR_EXPORT PyObject* PyDict_GetItem(PyObject* o, PyObject* key) {
  if (!o || !isDict(o)) return nullptr;
  PendingSaved saved;
  auto found = dictGet(static_cast<DictObject*>(o), key);
  if (!found.failed()) return std::move(found).take().get();
  clearPending();
  return nullptr;
}
KR_EXPORT PyObject* PyDict_GetItemWithError(PyObject* o, PyObject* key) {
  auto* dict = dictArg(o);
  return dict ? borrowed(dictGet(dict, key)) : nullptr;
}
KR_EXPORT PyObject* _PyDict_GetItem_KnownHash(PyObject* o, PyObject* key, Py_hash_t hash) {
  auto* dict = dictArg(o);
  return dict ? borrowed(dictGetHashed(dict, key, hash)) : nullptr;
}
KR_EXPORT PyObject* PyDict_GetItemString(PyObject* o, const char* key) {
  PendingSaved saved;
  auto text = keyText(key);
  if (text.failed()) return clearPending(), nullptr;
  auto held = std::move(text).take();
  return PyDict_GetItem(o, held.get());
}
KR_EXPORT PyObject* _PyDict_GetItemStringWithError(PyObject* o, const char* key) {
  auto text = keyText(key);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return PyDict_GetItemWithError(o, held.get());
}
KR_EXPORT int PyDict_SetItem(PyObject* o, PyObject* key, PyObject* value) {
  auto* dict = dictArg(o);
  return dict ? toC(dictSet(dict, key, value)) : -1;
}
KR_EXPORT int _PyDict_SetItem_KnownHash(PyObject* o, PyObject* key, PyObject* value, Py_hash_t hash) {
  auto* dict = dictArg(o);
  return dict ? toC(dictSetHashed(dict, key, hash, value)) : -1;
}
KR_EXPORT int PyDict_SetItemString(PyObject* o, const char* key, PyObject* value) {
  auto* dict = dictArg(o);
  return dict ? toC(dictSet(dict, key, value)) : -1;
}
KR_EXPORT int PyDict_DelItem(PyObject* o, PyObject* key) {
  auto hash = objectHash(key);  // before a look at the dict
  auto* dict = hash.failed() ? nullptr : dictArg(o);
  return dict ? toC(dictDeleteHashed(dict, key, std::move(hash).take())) : -1;
}
KR_EXPORT int _PyDict_DelItem_KnownHash(PyObject* o, PyObject* key, Py_hash_t hash) {
  auto* dict = dictArg(o);
  return dict ? toC(dictDeleteHashed(dict, key, hash)) : -1;
}
KR_EXPORT int PyDict_DelItemString(PyObject* o, const char* key) {
  auto text = keyText(key);
  if (text.failed()) return -1;
  auto held = std::move(text).take();
  return PyDict_DelItem(o, held.get());
}
KR_EXPORT int PyDict_Contains(PyObject* o, PyObject* key) {
  return toC(dictContains(static_cast<DictObject*>(o), key));
}
KR_EXPORT PyObject* PyDict_SetDefault(PyObject* o, PyObject* key, PyObject* fallback) {
  auto* dict = dictArg(o);
  if (!dict) return nullptr;
  auto value = dictSetDefault(dict, key, fallback);
  if (value.failed()) return nullptr;
  auto held = std::move(value).take();
  return held.get();  // the dict keeps it
}
KR_EXPORT PyObject* _PyDict_Pop(PyObject* o, PyObject* key, PyObject* fallback) {
  auto* dict = dictArg(o);
  if (!dict) return nullptr;
  auto value = dictPop(dict, key);
  if (value.failed()) return nullptr;
  MaybeRef<> found = std::move(value).take();
  if (found) return std::move(found).leak();
  if (fallback) return share(fallback).leak();
  (void)raiseKeyError(key);
  return nullptr;
}
KR_EXPORT void PyDict_Clear(PyObject* o) {
  if (o && isDict(o)) dictClear(static_cast<DictObject*>(o));
}
KR_EXPORT PyObject* PyDict_Copy(PyObject* o) {
  auto* dict = dictArg(o);
  return dict ? toC(dictCopy(dict)) : nullptr;
}
KR_EXPORT Py_ssize_t PyDict_Size(PyObject* o) {
  auto* dict = dictArg(o);
  return dict ? dict->size() : -1;
}
KR_EXPORT int PyDict_Next(PyObject* o, Py_ssize_t* position, PyObject** key, PyObject** value) {
  PyObject *k, *v;
  if (!o || !isDict(o) || !dictNext(static_cast<DictObject*>(o), position, &k, &v)) return 0;
  if (key) *key = k;
  if (value) *value = v;
  return 1;
}
KR_EXPORT int _PyDict_Next(PyObject* o, Py_ssize_t* position, PyObject** key, PyObject** value,
                           Py_hash_t* hash) {
  PyObject *k, *v;
  if (!o || !isDict(o) || !dictNext(static_cast<DictObject*>(o), position, &k, &v, hash)) return 0;
  if (key) *key = k;
  if (value) *value = v;
  return 1;
}
KR_EXPORT PyObject* PyDict_Keys(PyObject* o) {
  auto* dict = dictArg(o);
  return dict ? toC(dictKeys(dict)) : nullptr;
}
KR_EXPORT PyObject* PyDict_Values(PyObject* o) {
  auto* dict = dictArg(o);
  return dict ? toC(dictValues(dict)) : nullptr;
}
KR_EXPORT PyObject* PyDict_Items(PyObject* o) {
  auto* dict = dictArg(o);
  return dict ? toC(dictItems(dict)) : nullptr;
}
KR_EXPORT int PyDict_Update(PyObject* o, PyObject* other) {
  auto* dict = dictArg(o);
  return dict ? toC(dictUpdate(dict, other)) : -1;
}
KR_EXPORT int PyDict_Merge(PyObject* o, PyObject* other, int override_existing) {
  auto* dict = dictArg(o);
  return dict ? toC(dictMerge(dict, other, override_existing != 0)) : -1;
}
// override_existing 2: a key that both have is a KeyError.
KR_EXPORT int _PyDict_MergeEx(PyObject* o, PyObject* other, int override_existing) {
  auto* dict = dictArg(o);
  return dict ? toC(dictMerge(dict, other, override_existing)) : -1;
}
KR_EXPORT int PyDict_MergeFromSeq2(PyObject* o, PyObject* pairs, int override_existing) {
  auto* dict = dictArg(o);
  return dict ? toC(dictMergeFromPairs(dict, pairs, override_existing != 0)) : -1;
}

// --- keys that are static names ---

KR_EXPORT PyObject* _PyDict_GetItemIdWithError(PyObject* o, _Py_Identifier* id) {
  return _PyDict_GetItemStringWithError(o, id->string);
}
KR_EXPORT PyObject* _PyDict_GetItemWithError(PyObject* o, PyObject* key) {
  return PyDict_GetItemWithError(o, key);
}
KR_EXPORT int _PyDict_SetItemId(PyObject* o, _Py_Identifier* id, PyObject* value) {
  auto text = keyText(id->string);
  if (text.failed()) return -1;
  auto held = std::move(text).take();
  return PyDict_SetItem(o, held.get(), value);
}
KR_EXPORT int _PyDict_DelItemId(PyObject* o, _Py_Identifier* id) {
  return PyDict_DelItemString(o, id->string);
}
KR_EXPORT int _PyDict_ContainsId(PyObject* o, _Py_Identifier* id) {
  auto text = keyText(id->string);
  if (text.failed()) return -1;
  auto held = std::move(text).take();
  return PyDict_Contains(o, held.get());
}
KR_EXPORT int _PyDict_Contains_KnownHash(PyObject* o, PyObject* key, Py_hash_t hash) {
  auto found = dictGetHashed(static_cast<DictObject*>(o), key, hash);
  return found.failed() ? -1 : static_cast<bool>(std::move(found).take());
}
// What sys.getsizeof() answers for a dict, without its collector header.
KR_EXPORT Py_ssize_t _PyDict_SizeOf(PyObject* o) {
  auto size = callMethod(o, name<"__sizeof__">());
  if (size.failed()) return -1;
  auto held = std::move(size).take();
  return toC(asSsize(held, PyExc_OverflowError));
}
