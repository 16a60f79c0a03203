// The _functools module: reduce and cmp_to_key; partial and the cache wrapper have their own files.
#include "modules/functools/functools.h"

#include "core/call.h"
#include "core/gc.h"
#include "modules/heap_type.h"
#include "types/arg_checks.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/module.h"

extern "C" Py_hash_t PyObject_HashNotImplemented(PyObject* self);

namespace krait::modules {
namespace {

// --- cmp_to_key: K(obj) compares through cmp(obj, other.obj) ---

struct KeyObject : PyObject {
  PyObject *compare, *object;  // object: null for the class-like K itself
};
PyTypeObject* key_type = nullptr;

Result<Ref<>> keyNew(PyObject* compare, Opt<> object) {
  Ref<KeyObject> key = TRY(typeAlloc<KeyObject>(key_type));
  key->compare = share(compare).leak();
  if (object) key->object = share(object.get()).leak();
  return key;
}

void keyDealloc(PyObject* self) {
  auto* key = cast<KeyObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  xdecref(key->compare);
  xdecref(key->object);
  heapInstanceFree(self);
}
int keyTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* key = cast<KeyObject>(self);
  return visitAll(visit, arg, typeObject(self), key->compare, key->object);
}
int keyClear(PyObject* self) {
  auto* key = cast<KeyObject>(self);
  clearField(key->compare);
  clearField(key->object);
  return 0;
}

Result<Ref<>> keyCall(KeyObject* key, PyObject* args, Opt<> kwargs) {
  PyObject* object = nullptr;
  TRY(bindTupleDict(SignatureOf<"K(obj)">::runtime, args, kwargs.get(), &object));
  return keyNew(key->compare, object);
}

Result<Ref<>> keyCompare(KeyObject* key, PyObject* other, int op) {
  if (typeOf(other) != typeOf(key)) return raise(PyExc_TypeError, "other argument must be K instance");
  auto* second = cast<KeyObject>(other);
  if (!key->object || !second->object) return raise(PyExc_AttributeError, "object");
  auto x = share(key->object);
  auto y = share(second->object);
  auto compare = share(key->compare);
  Ref<> order = TRY(call(compare.get(), x.get(), y.get()));
  return richCompare(order, smallInt(0), op);
}

Result<Ref<>> cmpToKey(PyObject* mycmp) { return keyNew(mycmp, nullptr); }

constinit PyMemberDef kKeyMembers[] = {
    {"obj", T_OBJECT, offsetof(KeyObject, object), 0, "Value wrapped by a key function."}, {}};
constexpr PyTypeObject kKeyDescription = {
    .tp_name = "functools.KeyWrapper",
    .tp_basicsize = sizeof(KeyObject),
    .tp_dealloc = keyDealloc,
    .tp_call = slot<keyCall>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = keyTraverse,
    .tp_clear = keyClear,
    .tp_richcompare = slot<keyCompare>,
    .tp_members = kKeyMembers,
};

// --- reduce ---

Result<Ref<>> reduceItems(PyObject* function, PyObject* iterator, MaybeRef<> result) {
  for (;;) {
    MaybeRef<> item = TRY(iterNext(iterator));
    if (!item) break;
    if (!result)
      result = std::move(item);
    else
      result = TRY(call(function, result.get(), item.get()));
  }
  if (!result) return raise(PyExc_TypeError, "reduce() of empty iterable with no initial value");
  return std::move(result).take();
}

Result<Ref<>> functoolsReduce(CallArgs args) {
  TRY(refuseKeywords(args, "_functools.reduce"));
  TRY(checkPositional("reduce", args.count, 2, 3));
  Result<Ref<>> iterator = getIter(args.values[1]);
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    return raise(PyExc_TypeError, "reduce() arg 2 must support iteration");
  }
  Ref<> items = std::move(iterator).take();
  return reduceItems(args.values[0], items,
                     args.count == 3 ? MaybeRef<>::share(args.values[2]) : MaybeRef<>());
}

constinit PyMethodDef kMethods[] = {
    function<"!%reduce(*args)", functoolsReduce,
             "reduce(function, iterable[, initial], /) -> value\n\n"
             "Combine all items, from the left, with a function of two arguments.">,
    function<"!cmp_to_key(mycmp)", cmpToKey, "A key function that orders like the comparison function.">,
    {}};

Status functoolsExec(PyObject* module) {
  TRY(typeMakeOnce(module, &key_type, kKeyDescription));
  TRY(addPartial(module));
  return addLruCache(module);
}

PyModuleDef kModule = moduleDef<"_functools", functoolsExec>(kMethods, "Tools that operate on functions.");

}  // namespace

PyObject* initFunctools() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
