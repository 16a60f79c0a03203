// _thread._local: attributes of their own for every thread.
//
// The object owns one dict per thread, by thread state id. Each thread's state dict holds a guard, whose
// death (the thread's end) takes the dict away; the object's death removes its guards.
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/reported_size.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/thread/thread_types.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait {
namespace {

struct LocalObject : PyObject {
  PyObject *key, *args, *kwargs;  // owned; kwargs may be null
  PyObject* weakreflist;
  PyObject* dicts;  // thread state id -> dict
};

struct GuardedDict {
  LocalObject* local;  // borrowed; null once the local has gone
  uint64_t thread_id;
};
struct GuardObject : PyObject {
  GuardedDict* guarded;  // owned; null while the guard is made
  PyObject* weakreflist;
};
static_assert(sizeof(GuardObject) == 32);

void guardDealloc(PyObject* object) {
  auto* guard = cast<GuardObject>(object);
  clearWeakRefs(object);
  GuardedDict guarded = guard->guarded ? *guard->guarded : GuardedDict{};
  delete guard->guarded;
  if (guarded.local && guarded.local->dicts) {
    PendingSaved saved;
    auto id = intFromUnsignedLong(guarded.thread_id);
    auto keep = share(guarded.local->dicts);
    if (id.failed() || dictDiscard(cast<DictObject>(keep.get()), std::move(id).take().get()).failed())
      clearPending();
  }
  heapInstanceFree(object);
}

Result<Ref<DictObject>> threadDict() {
  Thread* thread = currentThread();
  if (!thread->dict) thread->dict = TRY(dictNew()).leak();
  return share(cast<DictObject>(thread->dict));
}

Result<Ref<DictObject>> makeDict(LocalObject* self) {
  TRY(checkMemory());
  Ref<DictObject> of_thread = TRY(threadDict());
  Ref<DictObject> made = TRY(dictNew());
  Ref<GuardObject> guard = TRY(typeAlloc<GuardObject>(local_guard_type));
  uint64_t thread_id = currentThread()->id;
  guard->guarded = new GuardedDict{self, thread_id};
  Ref<IntObject> id = TRY(intFromUnsignedLong(thread_id));
  TRY(dictSet(cast<DictObject>(self->dicts), id.get(), made.get()));
  TRY(dictSet(of_thread, self->key, guard.get()));
  return made;
}

bool hasOwnInit(PyTypeObject* type) { return type->tp_init != PyBaseObject_Type.tp_init; }

// This thread's dict; made, with a call of __init__, when the thread comes here for the first time.
Result<Ref<DictObject>> dictOfThread(LocalObject* self) {
  Ref<DictObject> of_thread = TRY(threadDict());
  if (TRY(dictGet(of_thread, self->key))) {
    Ref<IntObject> id = TRY(intFromUnsignedLong(currentThread()->id));
    Opt<> found = TRY(dictGet(cast<DictObject>(self->dicts), id));
    if (found) return share(cast<DictObject>(found.get()));
  }
  Ref<DictObject> made = TRY(makeDict(self));
  if (!hasOwnInit(typeOf(self)) || typeOf(self)->tp_init(self, self->args, self->kwargs) == 0) return made;
  {
    PendingSaved saved;  // the next access tries again
    if (dictDiscard(of_thread, self->key).failed()) clearPending();
  }
  return Raised{};
}

Result<Ref<>> localNew(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  bool has_args =
      cast<TupleObject>(args)->size() > 0 || (kwargs && cast<DictObject>(kwargs.get())->size() > 0);
  if (has_args && !hasOwnInit(type))
    return raise(PyExc_TypeError, "Initialization arguments are not supported");
  Ref<LocalObject> self = TRY(typeAlloc<LocalObject>(type));
  self->args = share(args).leak();
  xincref(kwargs.get());
  self->kwargs = kwargs.get();
  self->key = TRY(strFormat("thread.local.%p", self.get())).leak();
  self->dicts = TRY(dictNew()).leak();
  TRY(makeDict(self));
  return self;
}

int localTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<LocalObject>(object);
  return visitAll(visit, arg, typeOf(object), self->args, self->kwargs, self->dicts);
}

void dropGuard(Thread* thread, LocalObject* self) {
  auto of_thread = share(cast<DictObject>(thread->dict));
  auto found = dictGet(of_thread, self->key);
  if (found.failed()) return clearPending();
  Opt<> guard = std::move(found).take();
  if (!guard) return;
  static_cast<GuardObject*>(guard.get())->guarded->local = nullptr;
  if (dictDiscard(of_thread, self->key).failed()) clearPending();
}

int localClear(PyObject* object) {
  auto* self = cast<LocalObject>(object);
  clearField(self->args);
  clearField(self->kwargs);
  clearField(self->dicts);
  if (!self->key) return 0;
  for (Thread* thread = firstThread(); thread; thread = nextThread(thread))
    if (thread->dict) dropGuard(thread, self);
  return 0;
}

void localDealloc(PyObject* object) {
  gcUntrack(object);
  clearWeakRefs(object);
  localClear(object);
  clearField(cast<LocalObject>(object)->key);
  heapInstanceFree(object);
}

Result<bool> isDictName(PyObject* attr) {
  if (isExactStr(attr)) return strEqualsAscii(cast<StrObject>(attr), "__dict__");
  return objectEquals(attr, name<"__dict__">());
}

Result<Ref<>> localGetAttr(PyObject* object, PyObject* attr) {
  Ref<DictObject> dict = TRY(dictOfThread(cast<LocalObject>(object)));
  if (TRY(isDictName(attr))) return dict;
  if (typeOf(object) == local_type) {  // not for subclasses, whose descriptors may come first
    if (Opt<> value = TRY(dictGet(dict, attr))) return share(value.get());
  }
  return genericGetAttrWithDict(object, attr, dict);
}

Status localSetAttr(PyObject* object, PyObject* attr, Opt<> value) {
  Ref<DictObject> dict = TRY(dictOfThread(cast<LocalObject>(object)));
  if (TRY(isDictName(attr)))
    return raise(PyExc_AttributeError, "'%.50s' object attribute '%S' is read-only", typeName(object), attr);
  return genericSetAttrWithDict(object, attr, value, dict);
}

constinit PyMemberDef kGuardMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(GuardObject, weakreflist), READONLY, nullptr}, {}};
constinit PyMemberDef kMembers[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(LocalObject, weakreflist), READONLY, nullptr}, {}};

}  // namespace

PyTypeObject *local_type = nullptr, *local_guard_type = nullptr;

constexpr PyTypeObject kLocalGuardDescription = {
    .tp_name = "_thread._localdummy",
    .tp_basicsize = sizeof(GuardObject),
    .tp_dealloc = guardDealloc,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "Thread-local dummy",
    .tp_members = kGuardMembers,
};
constexpr PyTypeObject kLocalDescription = {
    .tp_name = "_thread._local",
    .tp_basicsize = reportedSize<LocalObject>(64),
    .tp_dealloc = localDealloc,
    .tp_getattro = slot<localGetAttr>,
    .tp_setattro = slot<localSetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE,
    .tp_doc = "Data that every thread has its own of.",
    .tp_traverse = localTraverse,
    .tp_clear = localClear,
    .tp_members = kMembers,
    .tp_new = slot<localNew>,
};

}  // namespace krait
