// Globals and builtins.
#include "interp/errors.h"
#include "interp/inline_cache.h"
#include "types/dict_keys.h"

namespace krait {
namespace {

// A dict whose keys are strs: looking up in it runs no Python.
KR_ALWAYS_INLINE bool hasOnlyNames(PyObject* space) {
  return isExactDict(space) && cast<DictObject>(space)->ma_keys->dk_kind == DictKeysKind::kUnicode;
}

KR_ALWAYS_INLINE Result<Opt<>> nameGet(DictObject* dict, PyObject* name) {
  if (!hasOnlyNames(dict)) return dictGet(dict, name);
  DictKeys* keys = dict->ma_keys;
  Py_ssize_t index = dictKeysIndex(keys, cast<StrObject>(name));
  return index < 0 ? Opt<>(nullptr) : Opt<>(dictUnicodeEntries(keys)[index].value);
}

// An item of a namespace that need not be a dict; absent for KeyError.
Result<MaybeRef<>> namespaceGet(PyObject* space, PyObject* key) {
  if (isExactDict(space)) return MaybeRef<>::share(TRY(nameGet(cast<DictObject>(space), key)).get());
  auto value = itemGet(space, key);
  if (!value.failed()) return MaybeRef<>(std::move(value).take());
  if (!pendingMatches(PyExc_KeyError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

Result<Ref<>> loadGlobal(Frame* frame, PyObject* name) {
  MaybeRef<> value = TRY(namespaceGet(frame->globals, name));
  if (!value) value = TRY(namespaceGet(frame->builtins, name));
  if (!value) return raiseNameError(kNameNotDefined, name);
  return std::move(value).take();
}

Result<Ref<>> loadName(Frame* frame, PyObject* name) {
  if (!frame->locals) return raise(PyExc_SystemError, "no locals when loading %R", name);
  if (frame->locals == frame->globals && hasOnlyNames(frame->locals)) return loadGlobal(frame, name);
  MaybeRef<> value = TRY(namespaceGet(frame->locals, name));
  if (value) return std::move(value).take();
  return loadGlobal(frame, name);
}

Status storeName(Frame* frame, PyObject* name, PyObject* value) {
  if (!frame->locals) return raise(PyExc_SystemError, "no locals found when storing %R", name);
  if (isExactDict(frame->locals)) return dictSet(cast<DictObject>(frame->locals), name, value);
  return itemSet(frame->locals, name, value);
}

Status deleteName(Frame* frame, PyObject* name) {
  if (!frame->locals) return raise(PyExc_SystemError, "no locals when deleting %R", name);
  Status status = itemDelete(frame->locals, name);
  if (status.failed()) return raiseNameError(kNameNotDefined, name);
  return {};
}

Status deleteGlobal(Frame* frame, PyObject* name) {
  Status status = dictDelete(cast<DictObject>(frame->globals), name);
  if (status.failed() && pendingMatches(PyExc_KeyError)) return raiseNameError(kNameNotDefined, name);
  return status;
}

KR_ALWAYS_INLINE void pushGlobal(Stack& sp, PyObject* borrowed, bool null_first) {
  if (null_first) sp.push(nullptr);
  sp.pushShared(borrowed);
}

KR_ALWAYS_INLINE DictUnicodeEntry* entryAt(DictKeys* keys, uint16_t index) {
  return dictUnicodeEntries(keys) + index;
}

}  // namespace

OP_BODY(LOAD_GLOBAL) {
  Ref<> value = OP_TRY(loadGlobal(frame, codeName(frame, oparg >> 1)));
  if (oparg & 1) sp.push(nullptr);
  sp.push(std::move(value));
  return Step::kNext;
}

OP_BODY(STORE_GLOBAL) {
  OP_TRY(dictSet(cast<DictObject>(frame->globals), codeName(frame, oparg), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(DELETE_GLOBAL) {
  OP_TRY(deleteGlobal(frame, codeName(frame, oparg)));
  return Step::kNext;
}

OP_BODY(LOAD_NAME) {
  sp.push(OP_TRY(loadName(frame, codeName(frame, oparg))));
  return Step::kNext;
}

OP_BODY(STORE_NAME) {
  OP_TRY(storeName(frame, codeName(frame, oparg), sp.peek(0)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(DELETE_NAME) {
  OP_TRY(deleteName(frame, codeName(frame, oparg)));
  return Step::kNext;
}

OP_ADAPTIVE(LOAD_GLOBAL_ADAPTIVE, LOAD_GLOBAL,
            specializeLoadGlobal(ip, frame->globals, frame->builtins, codeName(frame, oparg >> 1)))

OP_BODY(LOAD_GLOBAL_MODULE) {
  auto* cache = cacheOf<GlobalCache>(ip);
  DictKeys* keys = cast<DictObject>(frame->globals)->ma_keys;
  if (keys->dk_version != cacheRead32(cache->module_keys)) return Step::kMiss;
  PyObject* value = entryAt(keys, cache->index)->value;
  if (!value) return Step::kMiss;
  pushGlobal(sp, value, oparg & 1);
  return Step::kNext;
}

OP_BODY(LOAD_GLOBAL_BUILTIN) {
  auto* cache = cacheOf<GlobalCache>(ip);
  if (!isExactDict(frame->builtins)) return Step::kMiss;
  DictKeys* module_keys = cast<DictObject>(frame->globals)->ma_keys;
  DictKeys* keys = cast<DictObject>(frame->builtins)->ma_keys;
  if (module_keys->dk_version != cacheRead32(cache->module_keys)) return Step::kMiss;
  if (keys->dk_version != cache->builtin_keys) return Step::kMiss;
  PyObject* value = entryAt(keys, cache->index)->value;
  if (!value) return Step::kMiss;
  pushGlobal(sp, value, oparg & 1);
  return Step::kNext;
}

// A keys version promises the mapping name -> index; values are read afresh.
void specializeLoadGlobal(const Unit* ip, PyObject* globals, PyObject* builtins, StrObject* name) {
  if (!isExactDict(globals)) return specializeFailed(ip);
  auto* cache = cacheOf<GlobalCache>(ip);
  DictKeys* keys = cast<DictObject>(globals)->ma_keys;
  Py_ssize_t index = dictKeysIndex(keys, name);
  if (index == -2 || keys->dk_kind != DictKeysKind::kUnicode) return specializeFailed(ip);
  uint32_t version = dictKeysVersion(keys);
  if (version == 0) return specializeFailed(ip);
  cacheWrite32(cache->module_keys, version);
  if (index >= 0) {
    if (index > UINT16_MAX) return specializeFailed(ip);
    cache->index = static_cast<uint16_t>(index);
    return specializeTo(ip, Op::LOAD_GLOBAL_MODULE);
  }
  if (!isExactDict(builtins)) return specializeFailed(ip);
  keys = cast<DictObject>(builtins)->ma_keys;
  index = dictKeysIndex(keys, name);
  if (index < 0 || index > UINT16_MAX || keys->dk_kind != DictKeysKind::kUnicode) return specializeFailed(ip);
  version = dictKeysVersion(keys);
  if (version == 0 || version > UINT16_MAX) return specializeFailed(ip);
  cache->index = static_cast<uint16_t>(index);
  cache->builtin_keys = static_cast<uint16_t>(version);
  specializeTo(ip, Op::LOAD_GLOBAL_BUILTIN);
}

}  // namespace krait
