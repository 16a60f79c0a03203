// Attributes and methods.
#include "core/gc.h"
#include "interp/call_frame.h"
#include "interp/inline_cache.h"
#include "types/descr.h"
#include "types/dict_keys.h"
#include "types/module.h"
#include "types/super.h"

namespace krait {
extern "C" PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);

namespace {

KR_ALWAYS_INLINE void replaceTopShared(Stack& sp, PyObject* value) { sp.replaceTop(Ref<>::share(value)); }

// A found function is unbound: `self` goes on the stack as its first argument.
struct MethodFound {
  Ref<> value;
  bool unbound;
};

// The instance dict of an object, as far as it exists. Borrowed.
Opt<DictObject> existingDict(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) return nullptr;
  if (type->tp_dictoffset == 0) return nullptr;
  PyObject** slot = dictSlot(object);
  return slot ? static_cast<DictObject*>(*slot) : nullptr;
}

Result<MaybeRef<>> instanceAttr(PyObject* object, StrObject* name) {
  if (hasFlag(typeOf(object), Py_TPFLAGS_MANAGED_DICT)) {
    ManagedDict* managed = managedDictOf(object);
    if (managed->values) return MaybeRef<>::share(managedGet(object, name).get());
    if (!managed->dict) return MaybeRef<>();
    Ref<DictObject> dict = share(managed->dict);
    return MaybeRef<>::share(TRY(dictGet(dict.get(), name)).get());
  }
  Opt<DictObject> dict = existingDict(object);
  if (!dict) return MaybeRef<>();
  Ref<DictObject> held = share(dict.get());
  return MaybeRef<>::share(TRY(dictGet(held.get(), name)).get());
}

// `super().name(...)`: self is the object that super() was made for.
Result<MethodFound> superMethod(SuperObject* owner, StrObject* name) {
  if (!owner->obj_type || name == krait::name<"__class__">())
    return MethodFound{TRY(attrGet(owner, name)), false};
  auto type = share(owner->type), obj_type = share(owner->obj_type);
  Ref<> object = share(owner->object);
  bool unbound;
  Ref<> found = TRY(superGetMethod(type.get(), object.get(), obj_type.get(), name, &unbound));
  return MethodFound{std::move(found), unbound};
}

// What `owner.name(...)` calls: a method descriptor's function is left unbound.
Result<MethodFound> loadMethod(PyObject* owner, StrObject* name) {
  PyTypeObject* type = typeOf(owner);
  if (type == &PySuper_Type) return superMethod(static_cast<SuperObject*>(owner), name);
  if (type->tp_getattro != PyObject_GenericGetAttr) return MethodFound{TRY(attrGet(owner, name)), false};
  Opt<> found = typeLookup(type, name);
  if (!found) return MethodFound{TRY(attrGet(owner, name)), false};
  Ref<> descr = share(found.get());
  PyTypeObject* kind = typeOf(descr);
  if (!hasFlag(kind, Py_TPFLAGS_METHOD_DESCRIPTOR)) return MethodFound{TRY(attrGet(owner, name)), false};
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) || type->tp_dictoffset != 0) {
    MaybeRef<> own = TRY(instanceAttr(owner, name));
    if (own) return MethodFound{std::move(own).take(), false};
  }
  return MethodFound{std::move(descr), true};
}

}  // namespace

OP_BODY(LOAD_ATTR) {
  sp.replaceTop(OP_TRY(attrGet(sp.peek(0), codeName(frame, oparg))));
  return Step::kNext;
}

OP_BODY(STORE_ATTR) {
  OP_TRY(attrSet(sp.peek(0), codeName(frame, oparg), sp.peek(1)));
  sp.drop(2);
  return Step::kNext;
}

OP_BODY(DELETE_ATTR) {
  OP_TRY(attrDelete(sp.peek(0), codeName(frame, oparg)));
  sp.drop();
  return Step::kNext;
}

OP_BODY(LOAD_METHOD) {
  auto found = loadMethod(sp.peek(0), codeName(frame, oparg));
  if (found.failed()) [[unlikely]]
    return Step::kRaised;
  MethodFound method = std::move(found).take();
  PyObject* self = sp.peek(0);
  if (method.unbound) {
    if (isExact(self, &PySuper_Type)) {
      PyObject* object = share(static_cast<SuperObject*>(self)->object).leak();
      decref(self);
      self = object;
    }
    sp.peek(0) = std::move(method.value).leak();
    sp.push(self);
  } else {
    sp.peek(0) = nullptr;
    sp.push(std::move(method.value));
    decref(self);
  }
  return Step::kNext;
}

OP_ADAPTIVE(LOAD_ATTR_ADAPTIVE, LOAD_ATTR, specializeLoadAttr(ip, sp.peek(0), codeName(frame, oparg)))
OP_ADAPTIVE(STORE_ATTR_ADAPTIVE, STORE_ATTR, specializeStoreAttr(ip, sp.peek(0), codeName(frame, oparg)))
OP_ADAPTIVE(LOAD_METHOD_ADAPTIVE, LOAD_METHOD, specializeLoadMethod(ip, sp.peek(0), codeName(frame, oparg)))

OP_BODY(LOAD_ATTR_INSTANCE_VALUE) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  DictValues* values = managedDictOf(owner)->values;
  if (!values) return Step::kMiss;
  PyObject* value = values->values[cache->index];
  if (!value) return Step::kMiss;
  replaceTopShared(sp, value);
  return Step::kNext;
}

OP_BODY(LOAD_ATTR_WITH_HINT) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  ManagedDict* managed = managedDictOf(owner);
  if (managed->values || !managed->dict) return Step::kMiss;
  DictKeys* keys = managed->dict->ma_keys;
  if (keys->dk_kind != DictKeysKind::kUnicode || cache->index >= keys->dk_nentries) return Step::kMiss;
  DictUnicodeEntry* entry = dictUnicodeEntries(keys) + cache->index;
  if (entry->key != codeName(frame, oparg) || !entry->value) return Step::kMiss;
  replaceTopShared(sp, entry->value);
  return Step::kNext;
}

OP_BODY(LOAD_ATTR_SLOT) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  PyObject* value = *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(owner) + cache->index);
  if (!value) return Step::kMiss;
  replaceTopShared(sp, value);
  return Step::kNext;
}

OP_BODY(LOAD_ATTR_MODULE) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (!isExact(owner, &PyModule_Type)) return Step::kMiss;
  DictKeys* keys = static_cast<ModuleObject*>(owner)->dict()->ma_keys;
  if (keys->dk_version != cacheRead32(cache->version)) return Step::kMiss;
  PyObject* value = dictUnicodeEntries(keys)[cache->index].value;
  if (!value) return Step::kMiss;
  replaceTopShared(sp, value);
  return Step::kNext;
}

namespace {

// A class attribute that is its own value: no binding takes place.
KR_ALWAYS_INLINE bool bindsNothing(PyObject* value) {
  PyTypeObject* type = typeOf(value);
  return !type->tp_descr_get && !type->tp_descr_set;
}

}  // namespace

// An attribute of a class: its version and (in `index`) its metaclass's are the guard, the method cache
// answers.
OP_BODY(LOAD_ATTR_CLASS) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cache->index) return Step::kMiss;
  auto* type = reinterpret_cast<PyTypeObject*>(owner);
  if (type->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  Opt<> value = typeLookup(type, codeName(frame, oparg));
  if (!value || !(bindsNothing(value.get()) || isExact(value.get(), &PyFunction_Type))) return Step::kMiss;
  replaceTopShared(sp, value.get());
  return Step::kNext;
}

// An attribute of the instance's class that the instance does not have itself.
OP_BODY(LOAD_ATTR_CLASS_VALUE) {
  PyObject* owner = sp.peek(0);
  PyTypeObject* type = typeOf(owner);
  if (type->tp_version_tag != cacheRead32(cacheOf<AttrCache>(ip)->version)) return Step::kMiss;
  StrObject* attribute = codeName(frame, oparg);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) {
    ManagedDict* managed = managedDictOf(owner);
    if (managed->dict) return Step::kMiss;
    if (managed->values && managedGet(owner, attribute)) return Step::kMiss;
  }
  Opt<> value = typeLookup(type, attribute);
  if (!value || !bindsNothing(value.get())) return Step::kMiss;
  replaceTopShared(sp, value.get());
  return Step::kNext;
}

// A property whose getter is a Python function: entered in the same loop.
OP_BODY(LOAD_ATTR_PROPERTY) {
  PyObject* owner = sp.peek(0);
  PyTypeObject* type = typeOf(owner);
  if (type->tp_version_tag != cacheRead32(cacheOf<AttrCache>(ip)->version)) return Step::kMiss;
  Opt<> property = typeLookup(type, codeName(frame, oparg));
  if (!property || !isExact(property.get(), &PyProperty_Type)) return Step::kMiss;
  PyObject* getter = propertyGetter(property.get());
  if (!getter || !runsInline(getter)) return Step::kMiss;
  auto* function = static_cast<FunctionObject*>(getter);
  CodeObject* code = function->code();
  if (!takesExactly(code, 1)) return Step::kMiss;
  incref(function);
  --sp.top;
  Frame* callee = pushExactFrame(thread, function, code, sp.top, 1);
  if (!callee) [[unlikely]] {
    ++sp.top;
    decref(function);
    return Step::kRaised;
  }
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::LOAD_ATTR));
}

OP_BODY(STORE_ATTR_INSTANCE_VALUE) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  DictValues* values = managedDictOf(owner)->values;
  if (!values) return Step::kMiss;
  PyObject* old = std::exchange(values->values[cache->index], sp.peek(1));
  sp.top -= 2;
  if (old)
    decref(old);
  else
    dictValuesNoteInsertion(values, cache->index);
  decref(owner);
  return Step::kNext;
}

OP_BODY(STORE_ATTR_SLOT) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  PyObject** slot = reinterpret_cast<PyObject**>(reinterpret_cast<char*>(owner) + cache->index);
  PyObject* old = std::exchange(*slot, sp.peek(1));
  sp.top -= 2;
  xdecref(old);
  decref(owner);
  return Step::kNext;
}

OP_BODY(STORE_ATTR_WITH_HINT) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<AttrCache>(ip);
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->version)) return Step::kMiss;
  ManagedDict* managed = managedDictOf(owner);
  if (managed->values || !managed->dict) return Step::kMiss;
  DictObject* dict = managed->dict;
  DictKeys* keys = dict->ma_keys;
  if (keys->dk_kind != DictKeysKind::kUnicode || cache->index >= keys->dk_nentries) return Step::kMiss;
  DictUnicodeEntry* entry = dictUnicodeEntries(keys) + cache->index;
  if (entry->key != codeName(frame, oparg) || !entry->value) return Step::kMiss;
  PyObject* value = sp.peek(1);
  if (!gcIsTracked(dict) && hasFlag(typeOf(value), Py_TPFLAGS_HAVE_GC)) return Step::kMiss;
  PyObject* old = std::exchange(entry->value, value);
  dict->ma_version_tag = dictNextVersion();
  sp.top -= 2;
  decref(old);
  decref(owner);
  return Step::kNext;
}

namespace {

KR_ALWAYS_INLINE void pushMethod(Stack& sp, const MethodCache* cache) {
  PyObject* self = sp.peek(0);
  PyObject* function = cacheReadObject(cache->descr);
  incref(function);
  sp.peek(0) = function;
  sp.push(self);
}

}  // namespace

OP_BODY(LOAD_METHOD_WITH_VALUES) {
  PyObject* self = sp.peek(0);
  auto* cache = cacheOf<MethodCache>(ip);
  PyTypeObject* type = typeOf(self);
  if (type->tp_version_tag != cacheRead32(cache->type_version)) return Step::kMiss;
  if (!managedDictOf(self)->values) return Step::kMiss;
  DictKeys* keys = static_cast<PyHeapTypeObject*>(type)->ht_cached_keys;
  if (keys->dk_version != cacheRead32(cache->keys_version)) return Step::kMiss;
  pushMethod(sp, cache);
  return Step::kNext;
}

// The instance has a dict, whose keys do not hold the name (or there is no dict yet).
OP_BODY(LOAD_METHOD_WITH_DICT) {
  PyObject* self = sp.peek(0);
  auto* cache = cacheOf<MethodCache>(ip);
  if (typeOf(self)->tp_version_tag != cacheRead32(cache->type_version)) return Step::kMiss;
  auto* dict = *reinterpret_cast<DictObject**>(reinterpret_cast<char*>(self) +
                                               static_cast<int16_t>(cache->dict_offset));
  if (dict && dict->ma_keys->dk_version != cacheRead32(cache->keys_version)) return Step::kMiss;
  if (!dict && hasFlag(typeOf(self), Py_TPFLAGS_MANAGED_DICT) && managedDictOf(self)->values)
    return Step::kMiss;
  pushMethod(sp, cache);
  return Step::kNext;
}

OP_BODY(LOAD_METHOD_NO_DICT) {
  auto* cache = cacheOf<MethodCache>(ip);
  if (typeOf(sp.peek(0))->tp_version_tag != cacheRead32(cache->type_version)) return Step::kMiss;
  pushMethod(sp, cache);
  return Step::kNext;
}

OP_BODY(LOAD_METHOD_MODULE) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<MethodCache>(ip);
  if (!isExact(owner, &PyModule_Type)) return Step::kMiss;
  DictKeys* keys = static_cast<ModuleObject*>(owner)->dict()->ma_keys;
  if (keys->dk_version != cacheRead32(cache->keys_version)) return Step::kMiss;
  PyObject* value = dictUnicodeEntries(keys)[cache->dict_offset].value;
  if (!value) return Step::kMiss;
  incref(value);
  sp.peek(0) = nullptr;
  sp.push(value);
  decref(owner);
  return Step::kNext;
}

OP_BODY(LOAD_METHOD_CLASS) {
  PyObject* owner = sp.peek(0);
  auto* cache = cacheOf<MethodCache>(ip);
  if (!hasFlag(typeOf(owner), Py_TPFLAGS_TYPE_SUBCLASS)) return Step::kMiss;
  if (typeOf(owner)->tp_version_tag != cacheRead32(cache->keys_version)) return Step::kMiss;
  auto* type = reinterpret_cast<PyTypeObject*>(owner);
  if (type->tp_version_tag != cacheRead32(cache->type_version)) return Step::kMiss;
  PyObject* value = cacheReadObject(cache->descr);
  incref(value);
  sp.peek(0) = nullptr;
  sp.push(value);
  decref(owner);
  return Step::kNext;
}

}  // namespace krait
