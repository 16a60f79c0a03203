// When LOAD_ATTR, STORE_ATTR and LOAD_METHOD may take a specialised form.
//
// A type's version tag covers its MRO and dicts, hence the absence of data descriptors and the identity of a
// cached function. Index and offset come from shared keys, which only ever grow while the type lives.
#include "interp/inline_cache.h"
#include "types/descr.h"
#include "types/dict_keys.h"
#include "types/module.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {
extern "C" {
PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);
int PyObject_GenericSetAttr(PyObject* self, PyObject* attr, PyObject* value);
}

namespace {

// Whether a look-up through the type runs no code: keys that are not strings compare themselves, which could
// change the type, and free what was found, while its version is noted here.
bool lookupIsQuiet(PyTypeObject* type) {
  auto* mro = static_cast<TupleObject*>(type->tp_mro);
  if (!mro) return false;
  for (Py_ssize_t i = 0; i < mro->size(); i++) {
    auto* dict = static_cast<DictObject*>(static_cast<PyTypeObject*>(mro->at(i))->tp_dict);
    if (!dict || dict->ma_keys->dk_kind == DictKeysKind::kGeneral) return false;
  }
  return true;
}

// A __slots__ member that holds a plain object reference: its offset, else 0.
uint16_t slotOffset(Opt<> descr, PyTypeObject* type, bool writing) {
  if (!descr || !isExact(descr.get(), &PyMemberDescr_Type)) return 0;
  auto* member = static_cast<MemberDescrObject*>(descr.get());
  PyMemberDef* def = member->d_member;
  if (def->type != T_OBJECT_EX || def->flags != 0 || def->offset <= 0 || def->offset > UINT16_MAX) return 0;
  return typeIsSubtype(type, member->d_type) ? static_cast<uint16_t>(def->offset) : 0;
}

// object's own __class__ is read from the head of the object.
bool isPlainClass(Opt<> descr, StrObject* attr) {
  StrObject* dunder = name<"__class__">();
  return attr == dunder && descr && descr.get() == typeLookup(&PyBaseObject_Type, dunder).get();
}

// May an instance's own attribute be read past this class attribute for as long as the class stays the same?
bool neverDataDescr(Opt<> descr) {
  if (!descr) return true;
  PyTypeObject* type = typeOf(descr.get());
  return !type->tp_descr_set && hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE) && type != &PyModule_Type;
}

bool cacheModule(const Unit* ip, PyObject* owner, StrObject* name, uint16_t* version, uint16_t* index_out) {
  auto* module = static_cast<ModuleObject*>(owner);
  if (!module->md_dict || typeOf(owner)->tp_getattro != PyModule_Type.tp_getattro) return false;
  DictKeys* keys = module->dict()->ma_keys;
  if (keys->dk_kind != DictKeysKind::kUnicode) return false;
  Py_ssize_t index = dictKeysIndex(keys, name);
  uint32_t keys_version = index >= 0 && index <= UINT16_MAX ? dictKeysVersion(keys) : 0;
  if (keys_version == 0 || typeLookup(&PyModule_Type, name)) return false;
  cacheWrite32(version, keys_version);
  *index_out = static_cast<uint16_t>(index);
  return true;
}

enum class InstanceForm { kNone, kValue, kHint };

// Where an instance of a class with managed attributes keeps `name`.
InstanceForm cacheInstance(const Unit* ip, PyObject* owner, StrObject* name) {
  PyTypeObject* type = typeOf(owner);
  if (!hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) return InstanceForm::kNone;
  auto* cache = cacheOf<AttrCache>(ip);
  ManagedDict* managed = managedDictOf(owner);
  bool inline_values = managed->values != nullptr;
  if (!inline_values && !managed->dict) return InstanceForm::kNone;
  DictKeys* keys =
      inline_values ? static_cast<PyHeapTypeObject*>(type)->ht_cached_keys : managed->dict->ma_keys;
  if (!keys) return InstanceForm::kNone;
  if (!inline_values && keys->dk_kind != DictKeysKind::kUnicode) return InstanceForm::kNone;
  Py_ssize_t index = dictKeysIndex(keys, name);
  if (index < 0 || index > UINT16_MAX) return InstanceForm::kNone;
  cacheWrite32(cache->version, type->tp_version_tag);
  cache->index = static_cast<uint16_t>(index);
  return inline_values ? InstanceForm::kValue : InstanceForm::kHint;
}

// An attribute that is looked up on a class object.
Op cacheClass(const Unit* ip, PyObject* owner, StrObject* name) {
  PyTypeObject* meta = typeOf(owner);
  auto* type = reinterpret_cast<PyTypeObject*>(owner);
  if (meta->tp_getattro != PyType_Type.tp_getattro) return Op::CACHE;
  if (!typeAssignVersion(meta) || meta->tp_version_tag > UINT16_MAX || !typeAssignVersion(type))
    return Op::CACHE;
  if (!lookupIsQuiet(type) || !lookupIsQuiet(meta)) return Op::CACHE;
  if (!typeLookup(type, name) || !neverDataDescr(typeLookup(meta, name))) return Op::CACHE;
  auto* cache = cacheOf<AttrCache>(ip);
  cache->index = static_cast<uint16_t>(meta->tp_version_tag);
  cacheWrite32(cache->version, type->tp_version_tag);
  return Op::LOAD_ATTR_CLASS;
}

// A class attribute or property read through an instance.
Op cacheInherited(const Unit* ip, PyTypeObject* type, Opt<> descr) {
  if (!descr) return Op::CACHE;
  cacheWrite32(cacheOf<AttrCache>(ip)->version, type->tp_version_tag);
  if (isExact(descr.get(), &PyProperty_Type)) return Op::LOAD_ATTR_PROPERTY;
  PyTypeObject* kind = typeOf(descr.get());
  if (kind->tp_descr_get || kind->tp_descr_set) return Op::CACHE;
  bool plain_dict = type->tp_dictoffset != 0 && !hasFlag(type, Py_TPFLAGS_MANAGED_DICT);
  return plain_dict ? Op::CACHE : Op::LOAD_ATTR_CLASS_VALUE;
}

}  // namespace

void specializeLoadAttr(const Unit* ip, PyObject* owner, StrObject* name) {
  auto* cache = cacheOf<AttrCache>(ip);
  if (isExact(owner, &PyModule_Type)) {
    if (cacheModule(ip, owner, name, cache->version, &cache->index))
      return specializeTo(ip, Op::LOAD_ATTR_MODULE);
    return specializeFailed(ip);
  }
  PyTypeObject* type = typeOf(owner);
  if (hasFlag(type, Py_TPFLAGS_TYPE_SUBCLASS)) {
    Op form = cacheClass(ip, owner, name);
    return form == Op::CACHE ? specializeFailed(ip) : specializeTo(ip, form);
  }
  if (type->tp_getattro != PyObject_GenericGetAttr || !typeAssignVersion(type) || !lookupIsQuiet(type))
    return specializeFailed(ip);
  Opt<> descr = typeLookup(type, name);
  uint16_t offset = isPlainClass(descr, name) ? offsetof(PyObject, ob_type) : slotOffset(descr, type, false);
  if (offset) {
    cacheWrite32(cache->version, type->tp_version_tag);
    cache->index = offset;
    return specializeTo(ip, Op::LOAD_ATTR_SLOT);
  }
  if (neverDataDescr(descr)) {
    InstanceForm form = cacheInstance(ip, owner, name);
    if (form == InstanceForm::kValue) return specializeTo(ip, Op::LOAD_ATTR_INSTANCE_VALUE);
    if (form == InstanceForm::kHint) return specializeTo(ip, Op::LOAD_ATTR_WITH_HINT);
  }
  Op inherited = cacheInherited(ip, type, descr);
  return inherited == Op::CACHE ? specializeFailed(ip) : specializeTo(ip, inherited);
}

void specializeStoreAttr(const Unit* ip, PyObject* owner, StrObject* name) {
  PyTypeObject* type = typeOf(owner);
  auto* cache = cacheOf<AttrCache>(ip);
  if (type->tp_setattro != PyObject_GenericSetAttr || !typeAssignVersion(type) || !lookupIsQuiet(type))
    return specializeFailed(ip);
  Opt<> descr = typeLookup(type, name);
  if (uint16_t offset = slotOffset(descr, type, true)) {
    cacheWrite32(cache->version, type->tp_version_tag);
    cache->index = offset;
    return specializeTo(ip, Op::STORE_ATTR_SLOT);
  }
  if (!neverDataDescr(descr)) return specializeFailed(ip);
  switch (cacheInstance(ip, owner, name)) {
    case InstanceForm::kValue: return specializeTo(ip, Op::STORE_ATTR_INSTANCE_VALUE);
    case InstanceForm::kHint: return specializeTo(ip, Op::STORE_ATTR_WITH_HINT);
    default: return specializeFailed(ip);
  }
}

namespace {

// The metaclass has no attribute of that name: its version is guarded too.
bool specializeClassMethod(const Unit* ip, PyObject* owner, StrObject* name) {
  auto* type = reinterpret_cast<PyTypeObject*>(owner);
  PyTypeObject* metatype = typeOf(owner);
  if (metatype->tp_getattro != PyType_Type.tp_getattro || !typeAssignVersion(metatype)) return false;
  if (!lookupIsQuiet(type) || !lookupIsQuiet(metatype)) return false;
  if (typeLookup(metatype, name)) return false;
  Opt<> found = typeLookup(type, name);
  if (!found || !typeAssignVersion(type)) return false;
  // Only what reads as itself from the class: functions do, other descriptors need their __get__.
  bool plain = isFunction(found.get()) || isExact(found.get(), &PyMethodDescr_Type) ||
               !typeOf(found.get())->tp_descr_get;
  if (!plain) return false;
  auto* cache = cacheOf<MethodCache>(ip);
  cacheWrite32(cache->type_version, type->tp_version_tag);
  cacheWrite32(cache->keys_version, metatype->tp_version_tag);
  cacheWriteObject(cache->descr, found.get());
  return true;
}

// An instance with a dict of its own at a fixed place, or with none there yet.
bool cacheMethodBesideDict(MethodCache* cache, PyObject* owner, StrObject* name, Op* form) {
  // The version of no keys (dictKeysVersion): the form holds as long as there is no dict.
  constexpr uint32_t kNoKeys = UINT32_MAX;
  Py_ssize_t offset = typeOf(owner)->tp_dictoffset;
  if (offset <= 0 || offset > INT16_MAX) return false;
  auto* dict = *reinterpret_cast<DictObject**>(reinterpret_cast<char*>(owner) + offset);
  uint32_t version = kNoKeys;
  if (dict) {
    if (dictKeysIndex(dict->ma_keys, name) != -1) return false;
    version = dictKeysVersion(dict->ma_keys);
    if (version == 0) return false;
  }
  cache->dict_offset = static_cast<uint16_t>(offset);
  cacheWrite32(cache->keys_version, version);
  *form = Op::LOAD_METHOD_WITH_DICT;
  return true;
}

// Picks the form by where the instance keeps attributes; false: the name may be one of them.
bool cacheMethodOwner(const Unit* ip, PyObject* owner, StrObject* name, Op* form) {
  PyTypeObject* type = typeOf(owner);
  auto* cache = cacheOf<MethodCache>(ip);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) {
    ManagedDict* managed = managedDictOf(owner);
    DictKeys* keys = nullptr;
    if (managed->values) {
      keys = static_cast<PyHeapTypeObject*>(type)->ht_cached_keys;
      *form = Op::LOAD_METHOD_WITH_VALUES;
    } else if (managed->dict) {
      keys = managed->dict->ma_keys;
      cache->dict_offset =
          static_cast<uint16_t>(static_cast<int16_t>(-3 * static_cast<int>(sizeof(PyObject*))));
      *form = Op::LOAD_METHOD_WITH_DICT;
    }
    if (!keys || dictKeysIndex(keys, name) != -1) return false;
    uint32_t version = dictKeysVersion(keys);
    if (version == 0) return false;
    cacheWrite32(cache->keys_version, version);
    return true;
  }
  if (type->tp_dictoffset == 0) {
    *form = Op::LOAD_METHOD_NO_DICT;
    return true;
  }
  return cacheMethodBesideDict(cache, owner, name, form);
}

}  // namespace

void specializeLoadMethod(const Unit* ip, PyObject* owner, StrObject* name) {
  auto* cache = cacheOf<MethodCache>(ip);
  if (isExact(owner, &PyModule_Type)) {
    if (cacheModule(ip, owner, name, cache->keys_version, &cache->dict_offset)) {
      return specializeTo(ip, Op::LOAD_METHOD_MODULE);
    }
    return specializeFailed(ip);
  }
  if (hasFlag(typeOf(owner), Py_TPFLAGS_TYPE_SUBCLASS)) {
    if (specializeClassMethod(ip, owner, name)) return specializeTo(ip, Op::LOAD_METHOD_CLASS);
    return specializeFailed(ip);
  }
  PyTypeObject* type = typeOf(owner);
  if (type->tp_getattro != PyObject_GenericGetAttr || !typeAssignVersion(type) || !lookupIsQuiet(type))
    return specializeFailed(ip);
  Opt<> descr = typeLookup(type, name);
  if (!descr || !hasFlag(typeOf(descr.get()), Py_TPFLAGS_METHOD_DESCRIPTOR)) return specializeFailed(ip);
  Op form = Op::CACHE;
  if (!cacheMethodOwner(ip, owner, name, &form)) return specializeFailed(ip);
  cacheWrite32(cache->type_version, type->tp_version_tag);
  cacheWriteObject(cache->descr, descr.get());
  specializeTo(ip, form);
}

}  // namespace krait
