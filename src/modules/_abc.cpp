// _abc: what ABCMeta does natively: abstract methods, registration, the caches of isinstance and issubclass.
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "modules/heap_type.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/method.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {
namespace {

// An abstract class's `_abc_impl`: sets of weak references.
struct AbcData : PyObject {
  PyObject *registry, *cache, *negative_cache;  // owned sets; null until first used
  uint64_t negative_version;
};

uint64_t invalidation_counter;

constexpr unsigned long kCollectionFlags = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;

int abcTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* data = cast<AbcData>(self);
  return visitAll(visit, arg, typeOf(self), data->registry, data->cache, data->negative_cache);
}
int abcClear(PyObject* self) {
  auto* data = cast<AbcData>(self);
  for (PyObject** set : {&data->registry, &data->cache, &data->negative_cache}) clearField(*set);
  return 0;
}
void abcDealloc(PyObject* self) {
  gcUntrack(self);
  abcClear(self);
  heapInstanceFree(self);
}
Result<Ref<>> abcNew(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<AbcData> data = TRY(typeAlloc<AbcData>(type));
  data->negative_version = invalidation_counter;
  return data;
}

constexpr PyTypeObject kDataDescription = {
    .tp_name = "_abc._abc_data",
    .tp_basicsize = sizeof(AbcData),
    .tp_dealloc = abcDealloc,
    .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_doc = "Internal state of an abstract class.",
    .tp_traverse = abcTraverse,
    .tp_clear = abcClear,
    .tp_new = slot<abcNew>,
};
PyTypeObject* data_type = nullptr;

Result<Ref<AbcData>> dataOf(PyObject* cls) {
  Ref<> data = TRY(attrGet(cls, name<"_abc_impl">()));
  if (!isExact(data.get(), data_type)) return raise(PyExc_TypeError, "_abc_impl is set to a wrong type");
  return std::move(data).as<AbcData>();
}

// --- sets of weak references -------------------------------------------------------------------------------

Result<bool> weakSetContains(PyObject* set, PyObject* object) {
  if (!set || cast<SetObject>(set)->size() == 0) return false;
  auto made = weakRefNew(object);
  if (made.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return false;
  }
  Ref<WeakRefObject> ref = std::move(made).take();
  auto keep = share(set);
  return setContains(cast<SetObject>(set), ref);
}

// Callback of the references: takes a dead one out of its set. The method's self is a weak reference to the
// set.
Result<Ref<>> forget(PyObject* set_ref, PyObject* dead) {
  MaybeRef<> set = weakRefGet(cast<WeakRefObject>(set_ref));
  if (set) TRY(setDiscard(cast<SetObject>(set.get()), dead));
  return none();
}
constinit PyMethodDef kForget = method<"!_destroy($self, wr, /)", forget>;

Result<Ref<>> forgetCallback(PyObject* set) {
  Ref<WeakRefObject> set_ref = TRY(weakRefNew(set));
  return cFunctionNew(&kForget, set_ref.get(), nullptr);
}

Status weakSetAdd(PyObject*& set, PyObject* object) {
  if (!set) {
    Ref<SetObject> made = TRY(setNew());
    if (!set) set = std::move(made).leak();
  }
  auto keep = share(set);
  Ref<> callback = TRY(forgetCallback(keep.get()));
  Ref<WeakRefObject> ref = TRY(weakRefNew(object, callback.get()));
  return setAdd(cast<SetObject>(keep.get()), ref);
}

// --- functions ---------------------------------------------------------------------------------------------

Result<bool> isAbstract(PyObject* value) {
  MaybeRef<> flag = TRY(attrLookup(value, name<"__isabstractmethod__">()));
  return flag && TRY(objectIsTrue(flag.get()));
}

Status collectOwnAbstract(PyObject* cls, SetObject* out) {
  Ref<> dict = TRY(attrGet(cls, name<"__dict__">()));
  Ref<ListObject> items = TRY(mappingItems(dict.get()));
  for (Py_ssize_t i = 0; i < items->size(); i++) {
    Ref<TupleObject> pair = TRY(sequenceTuple(items->at(i)));
    if (pair->size() != 2) return raise(PyExc_TypeError, "Iteration over items() returned non-pair");
    if (TRY(isAbstract(pair->at(1)))) TRY(setAdd(out, pair->at(0)));
  }
  return {};
}

Status collectInheritedAbstract(PyObject* cls, SetObject* out) {
  Ref<> bases = TRY(attrGet(cls, name<"__bases__">()));
  if (!isTuple(bases.get())) return raise(PyExc_TypeError, "__bases__ is not tuple");
  auto* tuple = cast<TupleObject>(bases.get());
  for (Py_ssize_t i = 0; i < tuple->size(); i++) {
    MaybeRef<> names = TRY(attrLookup(tuple->at(i), name<"__abstractmethods__">()));
    if (!names) continue;
    TRY(forEach(names.get(), [&](Ref<> key) -> Status {
      if (!isStr(key.get()))
        return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(key.get()));
      MaybeRef<> value = TRY(attrLookup(cls, cast<StrObject>(key.get())));
      if (value && TRY(isAbstract(value.get()))) TRY(setAdd(out, key.get()));
      return {};
    }));
  }
  return {};
}

Status computeAbstractMethods(PyObject* cls) {
  Ref<SetObject> abstracts = TRY(frozenSetNew());
  TRY(collectOwnAbstract(cls, abstracts));
  TRY(collectInheritedAbstract(cls, abstracts));
  return attrSet(cls, name<"__abstractmethods__">(), abstracts.get());
}

// `__abc_tpflags__` of a class statement marks sequences and mappings for pattern matching.
Status takeCollectionFlags(PyObject* cls) {
  auto* type = reinterpret_cast<PyTypeObject*>(cls);
  if (!isType(cls)) return {};
  auto* dict = cast<DictObject>(type->tp_dict);
  auto flags = MaybeRef<>::share(TRY(dictGet(dict, name<"__abc_tpflags__">())).get());
  if (!flags) return {};
  if (isExactInt(flags.get())) {
    auto value = static_cast<unsigned long>(TRY(asLong(flags.get())));
    if ((value & kCollectionFlags) == kCollectionFlags)
      return raise(PyExc_TypeError,
                   "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
    type->tp_flags |= value & kCollectionFlags;
  }
  return dictDelete(dict, name<"__abc_tpflags__">());
}

Result<Ref<>> abcInit(PyObject* cls) {
  TRY(computeAbstractMethods(cls));
  Ref<TupleObject> no_args = emptyTuple();
  Ref<> data = TRY(abcNew(data_type, no_args, nullptr));
  TRY(attrSet(cls, name<"_abc_impl">(), data.get()));
  TRY(takeCollectionFlags(cls));
  return none();
}

void setCollectionFlagRecursive(PyTypeObject* child, unsigned long flag) {
  if (!hasFlag(child, Py_TPFLAGS_HEAPTYPE) || hasFlag(child, Py_TPFLAGS_IMMUTABLETYPE)) return;
  if ((child->tp_flags & kCollectionFlags) == flag) return;
  child->tp_flags = (child->tp_flags & ~kCollectionFlags) | flag;
  auto subclasses = callMethod(reinterpret_cast<PyObject*>(child), name<"__subclasses__">());
  if (subclasses.failed()) return clearPending();
  Ref<> list = std::move(subclasses).take();
  if (!isList(list.get())) return;
  for (Py_ssize_t i = 0; i < cast<ListObject>(list.get())->size(); i++)
    setCollectionFlagRecursive(reinterpret_cast<PyTypeObject*>(cast<ListObject>(list.get())->at(i)), flag);
}

Result<Ref<>> abcRegister(PyObject* cls, PyObject* subclass) {
  if (!isType(subclass)) return raise(PyExc_TypeError, "Can only register classes");
  if (TRY(isSubclass(subclass, cls))) return share(subclass);
  if (TRY(isSubclass(cls, subclass)))
    return raise(PyExc_RuntimeError, "Refusing to create an inheritance cycle");
  Ref<AbcData> data = TRY(dataOf(cls));
  TRY(weakSetAdd(data->registry, subclass));
  invalidation_counter++;
  if (isType(cls))
    if (unsigned long flag = reinterpret_cast<PyTypeObject*>(cls)->tp_flags & kCollectionFlags)
      setCollectionFlagRecursive(reinterpret_cast<PyTypeObject*>(subclass), flag);
  return share(subclass);
}

Result<Ref<>> abcInstanceCheck(PyObject* cls, PyObject* instance) {
  Ref<AbcData> data = TRY(dataOf(cls));
  Ref<> subclass = TRY(attrGet(instance, name<"__class__">()));
  if (TRY(weakSetContains(data->cache, subclass.get()))) return boolRef(true);
  auto* subtype = reinterpret_cast<PyObject*>(typeOf(instance));
  if (subtype == subclass.get()) {
    if (data->negative_version == invalidation_counter &&
        TRY(weakSetContains(data->negative_cache, subclass.get())))
      return boolRef(false);
    return callMethod(cls, name<"__subclasscheck__">(), subclass.get());
  }
  Ref<> result = TRY(callMethod(cls, name<"__subclasscheck__">(), subclass.get()));
  if (TRY(objectIsTrue(result.get()))) return result;
  return callMethod(cls, name<"__subclasscheck__">(), subtype);
}

// A registered class that subclass derives from.
Result<bool> isRegistered(AbcData* data, PyObject* subclass) {
  if (TRY(weakSetContains(data->registry, subclass))) {
    TRY(weakSetAdd(data->cache, subclass));
    return true;
  }
  if (!data->registry || cast<SetObject>(data->registry)->size() == 0) return false;
  Ref<ListObject> refs = TRY(sequenceList(data->registry));  // it may change meanwhile
  for (Py_ssize_t i = 0; i < refs->size(); i++) {
    MaybeRef<> one = weakRefGet(cast<WeakRefObject>(refs->at(i)));
    if (!one || !TRY(isSubclass(subclass, one.get()))) continue;
    TRY(weakSetAdd(data->cache, subclass));
    return true;
  }
  return false;
}

Result<bool> anySubclassMatches(PyObject* cls, PyObject* subclass) {
  Ref<> subclasses = TRY(callMethod(cls, name<"__subclasses__">()));
  if (!isList(subclasses.get())) return raise(PyExc_TypeError, "__subclasses__() must return a list");
  auto* list = cast<ListObject>(subclasses.get());
  for (Py_ssize_t i = 0; i < list->size(); i++) {
    auto one = share(list->at(i));
    if (TRY(isSubclass(subclass, one.get()))) return true;
  }
  return false;
}

bool inMro(PyObject* subclass, PyObject* cls) {
  auto* mro = cast<TupleObject>(reinterpret_cast<PyTypeObject*>(subclass)->tp_mro);
  for (Py_ssize_t i = 0; mro && i < mro->size(); i++)
    if (mro->at(i) == cls) return true;
  return false;
}

Result<bool> subclassCheck(PyObject* cls, AbcData* data, PyObject* subclass) {
  if (TRY(weakSetContains(data->cache, subclass))) return true;
  if (data->negative_version < invalidation_counter) {
    if (data->negative_cache) setClear(cast<SetObject>(data->negative_cache));
    data->negative_version = invalidation_counter;
  } else if (TRY(weakSetContains(data->negative_cache, subclass))) {
    return false;
  }
  Ref<> hook = TRY(callMethod(cls, name<"__subclasshook__">(), subclass));
  if (hook.get() == Py_True) {
    TRY(weakSetAdd(data->cache, subclass));
    return true;
  }
  if (hook.get() == Py_False) {
    TRY(weakSetAdd(data->negative_cache, subclass));
    return false;
  }
  if (hook.get() != Py_NotImplemented)
    return raise(PyExc_AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
  if (inMro(subclass, cls)) {
    TRY(weakSetAdd(data->cache, subclass));
    return true;
  }
  if (TRY(isRegistered(data, subclass))) return true;
  bool found = TRY(anySubclassMatches(cls, subclass));
  TRY(weakSetAdd(found ? data->cache : data->negative_cache, subclass));
  return found;
}

Result<Ref<>> abcSubclassCheck(PyObject* cls, PyObject* subclass) {
  if (!isType(subclass)) return raise(PyExc_TypeError, "issubclass() arg 1 must be a class");
  Ref<AbcData> data = TRY(dataOf(cls));
  return boolRef(TRY(subclassCheck(cls, data, subclass)));
}

Result<Ref<>> getCacheToken() { return TRY(intFromUnsignedLong(invalidation_counter)); }

Result<Ref<>> resetRegistry(PyObject* cls) {
  Ref<AbcData> data = TRY(dataOf(cls));
  if (data->registry) setClear(cast<SetObject>(data->registry));
  return none();
}
Result<Ref<>> resetCaches(PyObject* cls) {
  Ref<AbcData> data = TRY(dataOf(cls));
  if (data->cache) setClear(cast<SetObject>(data->cache));
  if (data->negative_cache) setClear(cast<SetObject>(data->negative_cache));
  return none();
}
Result<Ref<>> getDump(PyObject* cls) {
  Ref<AbcData> data = TRY(dataOf(cls));
  auto copy = [](PyObject* set) { return setNew(set); };
  Ref<SetObject> registry = TRY(copy(data->registry)), cache = TRY(copy(data->cache)),
                 negative = TRY(copy(data->negative_cache));
  Ref<IntObject> version = TRY(intFromUnsignedLong(data->negative_version));
  return TRY(tupleOf(registry.get(), cache.get(), negative.get(), version.get()));
}

constinit PyMethodDef kAbcMethods[] = {
    function<"get_cache_token($module, /)", getCacheToken, "The current ABC cache token.">,
    function<"_abc_init($module, self, /)", abcInit, "Set up an abstract class.">,
    function<"_reset_registry($module, self, /)", resetRegistry, "Forget what was registered.">,
    function<"_reset_caches($module, self, /)", resetCaches, "Empty both caches.">,
    function<"_get_dump($module, self, /)", getDump, "Registry, caches and version, for debugging.">,
    function<"_abc_register($module, self, subclass, /)", abcRegister, "Register a virtual subclass.">,
    function<"_abc_instancecheck($module, self, instance, /)", abcInstanceCheck,
             "Body of ABCMeta.__instancecheck__.">,
    function<"_abc_subclasscheck($module, self, subclass, /)", abcSubclassCheck,
             "Body of ABCMeta.__subclasscheck__.">,
    {}};

Status abcExec(PyObject* module) { return modules::typeMakeOnce(module, &data_type, kDataDescription); }

constinit PyModuleDef kAbcModule =
    moduleDef<"_abc", abcExec>(kAbcMethods, "Native support for the abc module.");

}  // namespace

namespace modules {
PyObject* initAbc() { return moduleDefInit(&kAbcModule); }
}  // namespace modules

}  // namespace krait
