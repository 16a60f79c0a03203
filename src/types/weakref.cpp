// Weak references and proxies.
//
// The references to one object form a list whose head stands in the object (tp_weaklistoffset). A reference
// without a callback is shared: it is the first of the list, a shared proxy the second or first.
#include "types/weakref.h"

#include "base/inline_buffer.h"

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/object.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

WeakRefObject* listOf(PyObject* object) {
  PyObject** slot_address = weakRefSlot(object);
  return slot_address ? static_cast<WeakRefObject*>(*slot_address) : nullptr;
}

bool isProxyType(const PyTypeObject* type) {
  return type == &_PyWeakref_ProxyType || type == &_PyWeakref_CallableProxyType;
}

// The shared (callback-less, exact type) reference and proxy at the list's beginning.
struct Shared {
  WeakRefObject *ref = nullptr, *proxy = nullptr;
};
Shared sharedOf(WeakRefObject* head) {
  Shared shared;
  if (head && isExact(head, &_PyWeakref_RefType) && !head->wr_callback) {
    shared.ref = head;
    head = head->wr_next;
  }
  if (head && isProxyType(typeOf(head)) && !head->wr_callback) shared.proxy = head;
  return shared;
}

void insertHead(WeakRefObject* ref, PyObject** head) {
  auto* next = static_cast<WeakRefObject*>(*head);
  ref->wr_prev = nullptr;
  ref->wr_next = next;
  if (next) next->wr_prev = ref;
  *head = ref;
}

void insertAfter(WeakRefObject* ref, WeakRefObject* before) {
  ref->wr_prev = before;
  ref->wr_next = before->wr_next;
  if (before->wr_next) before->wr_next->wr_prev = ref;
  before->wr_next = ref;
}

PyObject* refCall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* names);

void initialise(WeakRefObject* ref, PyObject* object, Opt<> callback) {
  ref->hash = -1;
  ref->wr_object = object;
  ref->wr_prev = ref->wr_next = nullptr;
  xincref(callback.get());
  ref->wr_callback = callback.get();
  ref->vectorcall = refCall;
}

bool isAlive(WeakRefObject* ref) { return ref->wr_object != Py_None && ref->wr_object->ob_refcnt > 0; }

Opt<> realCallback(Opt<> callback) {
  return callback && callback.get() != Py_None ? callback : Opt<>(nullptr);
}

Result<PyObject**> slotOrRaise(PyObject* object) {
  PyObject** slot_address = weakRefSlot(object);
  if (!slot_address)
    return raise(PyExc_TypeError, "cannot create weak reference to '%s' object", typeName(object));
  return slot_address;
}

// --- life --------------------------------------------------------------------------------------------------

void unlink(WeakRefObject* ref) {
  if (ref->wr_object != Py_None) {
    PyObject** head = weakRefSlot(ref->wr_object);
    if (*head == ref) *head = ref->wr_next;
    ref->wr_object = Py_None;
    if (ref->wr_prev) ref->wr_prev->wr_next = ref->wr_next;
    if (ref->wr_next) ref->wr_next->wr_prev = ref->wr_prev;
    ref->wr_prev = ref->wr_next = nullptr;
  }
}

void clearRef(WeakRefObject* ref) {
  unlink(ref);
  clearField(ref->wr_callback);
}

void refDealloc(PyObject* self) {
  gcUntrack(self);
  clearRef(cast<WeakRefObject>(self));
  typeOf(self)->tp_free(self);
}
int refTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<WeakRefObject>(self)->wr_callback);
}
int refClear(PyObject* self) {
  clearRef(cast<WeakRefObject>(self));
  return 0;
}

void runCallback(WeakRefObject* ref, PyObject* callback) {
  if (call(callback, ref).failed()) writeUnraisable(callback);
}

// --- ref ---------------------------------------------------------------------------------------------------

PyObject* refCall(PyObject* self, PyObject* const*, size_t nargsf, PyObject* names) {
  auto* keywords = static_cast<TupleObject*>(names);
  if (keywords && keywords->size() > 0) {
    (void)raise(PyExc_TypeError, "weakref() takes no keyword arguments");
    return nullptr;
  }
  if (Py_ssize_t count = vectorcallCount(nargsf)) {
    (void)raise(PyExc_TypeError, "weakref expected 0 arguments, got %zd", count);
    return nullptr;
  }
  MaybeRef<> object = weakRefGet(cast<WeakRefObject>(self));
  return object ? std::move(object).leak() : none().leak();
}

Status checkRefArgs(const char* function, TupleObject* args) {
  if (args->size() < 1) return raise(PyExc_TypeError, "%s expected at least 1 argument, got 0", function);
  if (args->size() > 2)
    return raise(PyExc_TypeError, "%s expected at most 2 arguments, got %zd", function, args->size());
  return {};
}

Result<Ref<>> refNew(PyTypeObject* type, PyObject* given, Opt<>) {
  auto* args = cast<TupleObject>(given);
  TRY(checkRefArgs("__new__", args));
  PyObject* object = args->at(0);
  Opt<> callback = realCallback(args->size() > 1 ? args->at(1) : nullptr);
  TRY(slotOrRaise(object));
  if (!callback && type == &_PyWeakref_RefType)
    if (WeakRefObject* shared = sharedOf(listOf(object)).ref) return Ref<>::share(shared);
  Ref<WeakRefObject> self = TRY(typeAlloc<WeakRefObject>(type));
  initialise(self, object, callback);
  PyObject** head = weakRefSlot(object);
  Shared shared = sharedOf(listOf(object));  // looked up now: allocating may have run the collector
  if (!callback && type == &_PyWeakref_RefType) {
    insertHead(self, head);
  } else {
    WeakRefObject* before = shared.proxy ? shared.proxy : shared.ref;
    if (before)
      insertAfter(self, before);
    else
      insertHead(self, head);
  }
  return self;
}

Status refInit(PyObject* self, PyObject* given, Opt<> kwargs) {
  if (kwargs && cast<DictObject>(kwargs.get())->size() > 0)
    return raise(PyExc_TypeError, "ref() takes no keyword arguments");
  return checkRefArgs("__init__", cast<TupleObject>(given));
}

Py_hash_t refHash(PyObject* self) {
  auto* ref = cast<WeakRefObject>(self);
  if (ref->hash != -1) return ref->hash;
  MaybeRef<> object = weakRefGet(ref);
  if (!object) {
    (void)raise(PyExc_TypeError, "weak object has gone away");
    return -1;
  }
  auto hash = objectHash(object.get());
  if (hash.failed()) return -1;
  return ref->hash = std::move(hash).take();
}

Result<Ref<StrObject>> refRepr(PyObject* self) {
  MaybeRef<> object = weakRefGet(cast<WeakRefObject>(self));
  if (!object) return strFormat("<weakref at %p; dead>", self);
  MaybeRef<> called = TRY(attrLookup(object.get(), name<"__name__">()));
  if (!called || !isStr(called.get()))
    return strFormat("<weakref at %p; to '%s' at %p>", self, typeName(object.get()), object.get());
  return strFormat("<weakref at %p; to '%s' at %p (%U)>", self, typeName(object.get()), object.get(),
                   called.get());
}

Result<Ref<>> refCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isWeakRef(left) || !isWeakRef(right)) return notImplemented();
  MaybeRef<> a = weakRefGet(cast<WeakRefObject>(left)), b = weakRefGet(cast<WeakRefObject>(right));
  if (!a || !b) return boolRef((left == right) == (op == Py_EQ));
  return richCompare(a.get(), b.get(), op);
}

Result<Ref<>> classGetItem(PyObject* cls, PyObject* item) { return genericAliasNew(cls, item); }

constinit PyMethodDef kRefMethods[] = {
    classMethod<"!__class_getitem__($type, item, /)", classGetItem, "See PEP 585.">, {}};
constinit PyMemberDef kRefMembers[] = {
    {"__callback__", T_OBJECT, offsetof(WeakRefObject, wr_callback), READONLY, nullptr}, {}};

}  // namespace

// --- for C++ -----------------------------------------------------------------------------------------------

PyObject** weakRefSlot(PyObject* object) {
  Py_ssize_t offset = typeOf(object)->tp_weaklistoffset;
  return offset > 0 ? reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + offset) : nullptr;
}

MaybeRef<> weakRefGet(WeakRefObject* ref) {
  return isAlive(ref) ? MaybeRef<>::share(ref->wr_object) : MaybeRef<>();
}

void weakRefClear(WeakRefObject* ref) { unlink(ref); }

void weakRefsForget(PyObject* object) {
  PyObject** head = weakRefSlot(object);
  while (head && *head) clearRef(static_cast<WeakRefObject*>(*head));
}

Result<Ref<WeakRefObject>> weakRefNew(PyObject* object, Opt<> callback) {
  Ref<TupleObject> args = TRY(callback ? tupleOf(object, callback.get()) : tupleOf(object));
  return TRY(refNew(&_PyWeakref_RefType, args, nullptr)).as<WeakRefObject>();
}

Result<Ref<WeakRefObject>> weakProxyNew(PyObject* object, Opt<> given_callback) {
  TRY(slotOrRaise(object));
  Opt<> callback = realCallback(given_callback);
  if (!callback)
    if (WeakRefObject* shared = sharedOf(listOf(object)).proxy) return share(shared);
  PyTypeObject* type = isCallable(object) ? &_PyWeakref_CallableProxyType : &_PyWeakref_ProxyType;
  Ref<WeakRefObject> self = TRY(objectNew<WeakRefObject>(type));
  initialise(self, object, callback);
  gcTrack(self);
  Shared shared = sharedOf(listOf(object));
  if (!callback && shared.proxy) return share(shared.proxy);  // made by a collection meanwhile
  WeakRefObject* before = callback && shared.proxy ? shared.proxy : shared.ref;
  if (before)
    insertAfter(self, before);
  else
    insertHead(self, weakRefSlot(object));
  return self;
}

// The references are all made dead before any callback runs: no callback sees the dying object.
void clearWeakRefs(PyObject* object) {
  PyObject** head = weakRefSlot(object);
  if (!head || !*head) return;
  if (auto* first = static_cast<WeakRefObject*>(*head); !first->wr_callback) {
    clearRef(first);
    if (auto* second = static_cast<WeakRefObject*>(*head); second && !second->wr_callback) clearRef(second);
  }
  if (!*head) return;
  PendingSaved saved;
  struct Waiting {
    WeakRefObject* ref;  // owned; null: it is dying itself, its callback is dropped
    PyObject* callback;
  };
  InlineBuffer<Waiting, 8> waiting;
  while (auto* ref = static_cast<WeakRefObject*>(*head)) {
    unlink(ref);
    PyObject* callback = std::exchange(ref->wr_callback, nullptr);
    if (!callback) continue;
    if (!waiting.tryReserve(waiting.size() + 1)) {  // lost, as what else is said to fail for want of memory
      decref(callback);
      continue;
    }
    if (ref->ob_refcnt > 0) incref(ref);
    waiting.append({ref->ob_refcnt > 0 ? ref : nullptr, callback});
  }
  for (Waiting& one : waiting) {
    if (one.ref) {
      runCallback(one.ref, one.callback);
      decref(one.ref);
    }
    decref(one.callback);
  }
}

}  // namespace krait

KR_EXPORT constinit PyTypeObject _PyWeakref_RefType = {
    KR_TYPE_HEAD,
    .tp_name = "weakref.ReferenceType",
    .tp_basicsize = sizeof(krait::WeakRefObject),
    .tp_dealloc = krait::refDealloc,
    .tp_vectorcall_offset = offsetof(krait::WeakRefObject, vectorcall),
    .tp_repr = krait::slot<krait::refRepr>,
    .tp_hash = krait::refHash,
    .tp_call = krait::vectorcallCall,
    .tp_flags =
        Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = krait::refTraverse,
    .tp_clear = krait::refClear,
    .tp_richcompare = krait::slot<krait::refCompare>,
    .tp_methods = krait::kRefMethods,
    .tp_members = krait::kRefMembers,
    .tp_init = krait::slot<krait::refInit>,
    .tp_alloc = krait::genericAlloc,
    .tp_new = krait::slot<krait::refNew>,
    .tp_free = krait::gcFree,
};
