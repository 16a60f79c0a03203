// functools._lru_cache_wrapper: a function with a cache of its results, unbounded or bounded by least recent
// use.
//
// A bounded cache maps keys to links of a ring that runs from the least to the most recently used result.
// Dict and ring own the links both: a comparison of keys may put a link in the dict that replaces one of the
// ring. Calls of the function may do anything to the cache, so after each one the cache is looked at afresh.
#include "core/call.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "modules/functools/functools.h"
#include "modules/heap_type.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/method.h"
#include "types/module.h"
#include "types/weakref.h"

namespace krait::modules {
namespace {

struct LinkObject : PyObject {
  LinkObject *previous, *next;
  Py_hash_t hash;
  PyObject *key, *result;
};
static_assert(sizeof(LinkObject) == 56);

struct CacheObject : PyObject {
  LinkObject root;  // the ring's anchor; only previous and next are used
  Result<Ref<>> (*wrapper)(CacheObject*, TupleObject*, Opt<>);
  Py_ssize_t typed;
  DictObject* cache;
  Py_ssize_t hits;
  PyObject* function;
  Py_ssize_t max_size, misses;
  PyObject* cache_info_type;
  PyObject *dict, *weakrefs;
};
static_assert(offsetof(CacheObject, dict) == 136 && sizeof(CacheObject) == 152);

PyObject* keyword_mark = nullptr;  // stands between positional and keyword arguments in a key

void linkDealloc(PyObject* self) {
  auto* link = cast<LinkObject>(self);
  xdecref(link->key);
  xdecref(link->result);
  heapInstanceFree(self);
}
constexpr PyTypeObject kLinkDescription = {
    .tp_name = "functools._lru_list_elem",
    .tp_basicsize = sizeof(LinkObject),
    .tp_dealloc = linkDealloc,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};
PyTypeObject* link_type = nullptr;

// --- the ring ---

void ringTakeOut(LinkObject* link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
}
void ringInsertBetween(LinkObject* link, LinkObject* previous, LinkObject* next) {
  link->previous = previous;
  link->next = next;
  previous->next = next->previous = link;
}
void ringAppend(CacheObject* self, LinkObject* link) {
  ringInsertBetween(link, self->root.previous, &self->root);
}
void ringPrepend(CacheObject* self, LinkObject* link) {
  ringInsertBetween(link, &self->root, self->root.next);
}

void ringInit(CacheObject* self) { self->root.previous = self->root.next = &self->root; }

// The first link of the emptied ring's chain, which ends with null; its references are the caller's.
LinkObject* ringDetach(CacheObject* self) {
  if (!self->root.next || self->root.next == &self->root) return nullptr;
  LinkObject* first = self->root.next;
  self->root.previous->next = nullptr;
  ringInit(self);
  return first;
}
void releaseChain(LinkObject* link) {
  while (link) {
    LinkObject* next = link->next;
    decref(link);
    link = next;
  }
}

void cacheEmpty(CacheObject* self) {
  LinkObject* chain = ringDetach(self);
  auto held = share(self->cache);
  dictClear(held);
  releaseChain(chain);
}

// --- keys ---

Result<Ref<>> keyOf(TupleObject* args, DictObject* kwargs, bool typed) {
  Py_ssize_t named = kwargs ? kwargs->size() : 0, count = args->size();
  if (!typed && named == 0) {
    if (count == 1 && (isExactStr(args->at(0)) || isExactInt(args->at(0)))) return share(args->at(0));
    return share<PyObject>(args);
  }
  InlineBuffer<PyObject*, 16> parts;
  TRY(reserveScratch(parts, static_cast<size_t>(count + named * 2) * 2 + 1));
  parts.append(args->items(), static_cast<size_t>(count));
  Py_ssize_t position = 0;
  PyObject *name, *value;
  if (named > 0) {
    parts.append(keyword_mark);
    while (dictNext(kwargs, &position, &name, &value)) parts.append(name), parts.append(value);
  }
  if (typed) {
    for (Py_ssize_t i = 0; i < count; i++) parts.append(typeObject(args->at(i)));
    position = 0;
    while (named > 0 && dictNext(kwargs, &position, &name, &value)) parts.append(typeObject(value));
  }
  return TRY(tupleFromItems(parts.data(), static_cast<Py_ssize_t>(parts.size())));
}
Result<Ref<>> keyOf(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  return keyOf(args, static_cast<DictObject*>(kwargs.get()), self->typed != 0);
}

Result<Ref<>> callFunction(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  auto function = share(self->function);
  return callTupleDict(function, args, static_cast<DictObject*>(kwargs.get()));
}

// --- the three kinds of cache ---

Result<Ref<>> callUncached(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  self->misses++;
  return callFunction(self, args, kwargs);
}

Result<Ref<>> callUnbounded(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  Ref<> key = TRY(keyOf(self, args, kwargs));
  Py_hash_t hash = TRY(objectHash(key));
  auto cache = share(self->cache);
  Opt<> known = TRY(dictGetHashed(cache, key, hash));
  if (known) {
    self->hits++;
    return share(known.get());
  }
  self->misses++;
  Ref<> result = TRY(callFunction(self, args, kwargs));
  TRY(dictSetHashed(cache, key, hash, result));
  return result;
}

Status addLink(CacheObject* self, PyObject* key, Py_hash_t hash, PyObject* result) {
  Ref<LinkObject> link = TRY(typeAlloc<LinkObject>(link_type));
  link->hash = hash;
  link->key = share(key).leak();
  link->result = share(result).leak();
  TRY(dictSetHashed(self->cache, key, hash, link.get()));
  ringAppend(self, std::move(link).leak());
  return {};
}

// Reuses the least recently used link for the new result.
Status replaceOldest(CacheObject* self, PyObject* key, Py_hash_t hash, PyObject* result) {
  LinkObject* oldest = self->root.next;
  auto cache = share(self->cache);
  ringTakeOut(oldest);
  auto link = steal(oldest);
  auto old_key = share(oldest->key);
  Result<Opt<>> found = dictGetHashed(cache, old_key, oldest->hash);
  bool removed = false;
  if (!found.failed() && (removed = static_cast<bool>(std::move(found).take()))) {
    if (dictDeleteHashed(cache, old_key, oldest->hash).failed()) removed = false;
  }
  if (exceptionPending()) {
    ringPrepend(self, std::move(link).leak());
    return Raised{};
  }
  if (!removed) return {};  // somebody else has dropped this link: leave the cache as it is
  auto old_result = share(oldest->result);
  link->hash = hash;
  setField(link->key, share(key));
  setField(link->result, share(result));
  TRY(dictSetHashed(cache, key, hash, link.get()));
  ringAppend(self, std::move(link).leak());
  return {};
}

Result<Ref<>> callBounded(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  Ref<> key = TRY(keyOf(self, args, kwargs));
  Py_hash_t hash = TRY(objectHash(key));
  Opt<> known = TRY(dictGetHashed(self->cache, key, hash));
  if (known) {
    auto* link = cast<LinkObject>(known.get());
    ringTakeOut(link);
    ringAppend(self, link);
    self->hits++;
    return share(link->result);
  }
  self->misses++;
  Ref<> result = TRY(callFunction(self, args, kwargs));
  if (TRY(dictGetHashed(self->cache, key, hash))) return result;  // a nested call has cached it meanwhile
  bool room = self->cache->size() < self->max_size || self->root.next == &self->root;
  if (room)
    TRY(addLink(self, key, hash, result));
  else
    TRY(replaceOldest(self, key, hash, result));
  return result;
}

// --- the type ---

Result<Ref<>> cacheNew(PyTypeObject* type, PyObject* function, PyObject* max_size, PyObject* typed,
                       PyObject* cache_info_type) {
  if (!isCallable(function)) return raise(PyExc_TypeError, "the first argument must be callable");
  Py_ssize_t bound = -1;
  auto* wrapper = callUnbounded;
  if (max_size != Py_None) {
    if (!isIndex(max_size)) return raise(PyExc_TypeError, "maxsize should be integer or None");
    bound = TRY(asSsize(max_size, PyExc_OverflowError));
    if (bound < 0) bound = 0;
    wrapper = bound == 0 ? callUncached : callBounded;
  }
  bool by_type = TRY(objectIsTrue(typed));
  Ref<DictObject> cache = TRY(dictNew());
  Ref<CacheObject> self = TRY(typeAlloc<CacheObject>(type));
  ringInit(self);
  self->wrapper = wrapper;
  self->typed = by_type;
  self->cache = std::move(cache).leak();
  self->function = share(function).leak();
  self->max_size = bound;
  self->cache_info_type = share(cache_info_type).leak();
  return self;
}

void cacheDealloc(PyObject* object) {
  auto* self = cast<CacheObject>(object);
  gcUntrack(object);
  if (self->weakrefs) clearWeakRefs(object);
  LinkObject* chain = ringDetach(self);
  clearField(self->cache);
  releaseChain(chain);
  clearField(self->function);
  clearField(self->cache_info_type);
  clearField(self->dict);
  heapInstanceFree(object);
}

int cacheTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<CacheObject>(object);
  if (self->root.next) {
    for (LinkObject* link = self->root.next; link != &self->root; link = link->next) {
      if (int status = visitAll(visit, arg, link->key, link->result)) return status;
    }
  }
  return visitAll(visit, arg, typeObject(object), self->cache, self->function, self->cache_info_type,
                  self->dict);
}

int cacheTpClear(PyObject* object) {
  auto* self = cast<CacheObject>(object);
  cacheEmpty(self);
  clearField(self->dict);
  return 0;
}

Result<Ref<>> cacheCall(CacheObject* self, TupleObject* args, Opt<> kwargs) {
  return self->wrapper(self, args, kwargs);
}

Result<Ref<>> cacheDescrGet(PyObject* self, PyObject* object, PyObject*) {
  if (!object || object == Py_None) return share(self);
  return methodNew(self, object);
}

Result<Ref<>> cacheInfo(CacheObject* self) {
  Ref<> bound = self->max_size == -1 ? none() : TRY(intObject(self->max_size));
  Ref<> hits = TRY(intObject(self->hits));
  Ref<> misses = TRY(intObject(self->misses));
  Ref<> size = TRY(intObject(self->cache->size()));
  return call(self->cache_info_type, hits.get(), misses.get(), bound.get(), size.get());
}

Status cacheClear(CacheObject* self) {
  self->hits = self->misses = 0;
  cacheEmpty(self);
  return {};
}

Result<Ref<>> cacheReduce(PyObject* self) { return attrGet(self, name<"__qualname__">()); }
Result<Ref<>> cacheCopy(PyObject* self, CallArgs) { return share(self); }
Result<Ref<>> cacheDeepCopy(PyObject* self, CallArgs) { return share(self); }

constinit PyMethodDef kMethods[] = {method<"!cache_info($self, /)", cacheInfo>,
                                    method<"!cache_clear($self, /)", cacheClear>,
                                    method<"!__reduce__($self, /)", cacheReduce>,
                                    method<"!%__copy__($self, *args)", cacheCopy>,
                                    method<"!%__deepcopy__($self, *args)", cacheDeepCopy>,
                                    {}};
constinit PyMemberDef kMembers[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(CacheObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(CacheObject, weakrefs), READONLY, nullptr},
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"__dict__", genericGetDict, genericSetDict>, {}};
constexpr const char* kDoc =
    "A callable that remembers the results of user_function.\n\n"
    "maxsize is the number of results kept (0: none, None: all); typed tells arguments of different types "
    "apart;\n"
    "cache_info_type is called with hits, misses, maxsize and the current size.";

template <class F>
PyType_Slot slotRow(int number, F function) {
  return {number, reinterpret_cast<void*>(function)};
}

}  // namespace

Status addLruCache(PyObject* module) {
  TRY(typeMakeOnce(module, &link_type, kLinkDescription));
  if (!keyword_mark) keyword_mark = TRY(call(reinterpret_cast<PyObject*>(&PyBaseObject_Type))).leak();
  ternaryfunc call_slot = slot<cacheCall>;
  descrgetfunc get_slot = slot<cacheDescrGet>;
  newfunc new_slot = newSlot<"lru_cache(user_function, maxsize, typed, cache_info_type)", cacheNew>;
  PyType_Slot slots[] = {slotRow(52, cacheDealloc),
                         slotRow(50, call_slot),
                         slotRow(56, const_cast<char*>(kDoc)),
                         slotRow(71, cacheTraverse),
                         slotRow(51, cacheTpClear),
                         slotRow(64, kMethods),
                         slotRow(72, kMembers),
                         slotRow(73, kGetSet),
                         slotRow(54, get_slot),
                         slotRow(65, new_slot),
                         {0, nullptr}};
  PyType_Spec spec{
      "functools._lru_cache_wrapper", sizeof(CacheObject), 0,
      static_cast<unsigned>(Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_METHOD_DESCRIPTOR | Py_TPFLAGS_IMMUTABLETYPE),
      slots};
  Ref<PyTypeObject> type = TRY(typeFromSpec(&spec, nullptr, module));
  return moduleAdd(module, "_lru_cache_wrapper", std::move(type));
}

}  // namespace krait::modules
