// Exports of object.h and cpython/object.h (types: typeobject.cpp).
#include "core/object.h"

#include <new>

#include "capi/capi.h"
#include "capi/identifier.h"
#include "core/gc.h"
#include "core/gc_state.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/dict_keys.h"
#include "types/str.h"
#include "types/weakref.h"

namespace krait {
void reprLeave(PyObject* object);  // core/guards.cpp
}

using namespace krait;

namespace {

// What a failed function of that return type answers.
template <class R>
R failure() {
  if constexpr (std::is_pointer_v<R>)
    return nullptr;
  else
    return -1;
}

// A C string as an attribute name, interned; null with the exception pending.
PyObject* internedName(const char* text) { return toC(strInternUtf8(text)); }

template <class F>
auto withName(const char* text, F&& use) -> decltype(use(static_cast<PyObject*>(nullptr))) {
  PyObject* key = internedName(text);
  if (!key) return failure<decltype(use(key))>();
  auto held = steal(key);
  return use(key);
}

constexpr int kTrashNesting = 50;

}  // namespace

// --- reference counts ---

KR_EXPORT void _Py_Dealloc(PyObject* object) { deallocate(object); }
KR_EXPORT void Py_IncRef(PyObject* object) { xincref(object); }
KR_EXPORT void Py_DecRef(PyObject* object) { xdecref(object); }
KR_EXPORT void _Py_IncRef(PyObject* object) { incref(object); }
KR_EXPORT void _Py_DecRef(PyObject* object) { decref(object); }
KR_EXPORT PyObject* Py_NewRef(PyObject* object) { return share(object).leak(); }
KR_EXPORT PyObject* Py_XNewRef(PyObject* object) { return MaybeRef<>::share(object).leak(); }
KR_EXPORT void _Py_NewReference(PyObject* object) { object->ob_refcnt = 1; }
KR_EXPORT int Py_Is(PyObject* a, PyObject* b) { return a == b; }
KR_EXPORT int Py_IsNone(PyObject* object) { return object == Py_None; }
KR_EXPORT int Py_IsTrue(PyObject* object) { return object == Py_True; }
KR_EXPORT int Py_IsFalse(PyObject* object) { return object == Py_False; }
KR_EXPORT int _PyObject_IsFreed(PyObject* object) { return !object || !object->ob_type; }

// --- attributes ---

KR_EXPORT PyObject* PyObject_GetAttr(PyObject* object, PyObject* attr) { return toC(attrGet(object, attr)); }
KR_EXPORT PyObject* PyObject_GetAttrString(PyObject* object, const char* attr) {
  return toC(attrGet(object, attr));
}
KR_EXPORT int PyObject_SetAttr(PyObject* object, PyObject* attr, PyObject* value) {
  return toC(value ? attrSet(object, attr, value) : attrDelete(object, attr));
}
KR_EXPORT int PyObject_SetAttrString(PyObject* object, const char* attr, PyObject* value) {
  return withName(attr, [&](PyObject* key) { return PyObject_SetAttr(object, key, value); });
}
KR_EXPORT int PyObject_HasAttr(PyObject* object, PyObject* attr) {
  auto found = attrGet(object, attr);
  return succeeded(found);
}
KR_EXPORT int PyObject_HasAttrString(PyObject* object, const char* attr) {
  auto found = attrGet(object, attr);
  return succeeded(found);
}
KR_EXPORT int _PyObject_LookupAttr(PyObject* object, PyObject* attr, PyObject** out) {
  *out = nullptr;
  if (!isStr(attr)) {
    (void)raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attr));
    return -1;
  }
  auto found = attrLookup(object, static_cast<StrObject*>(attr));
  if (found.failed()) return -1;
  *out = std::move(found).take().leak();
  return *out != nullptr;
}
KR_EXPORT PyObject* _PyObject_GetAttrId(PyObject* object, _Py_Identifier* id) {
  return withName(id->string, [&](PyObject* key) { return toC(attrGet(object, key)); });
}
KR_EXPORT int _PyObject_SetAttrId(PyObject* object, _Py_Identifier* id, PyObject* value) {
  return PyObject_SetAttrString(object, id->string, value);
}
KR_EXPORT int _PyObject_LookupAttrId(PyObject* object, _Py_Identifier* id, PyObject** out) {
  *out = nullptr;
  return withName(id->string, [&](PyObject* key) { return _PyObject_LookupAttr(object, key, out); });
}
KR_EXPORT PyObject* _PyObject_LookupSpecialId(PyObject* object, _Py_Identifier* id) {
  return withName(id->string, [&](PyObject* key) -> PyObject* {
    auto found = lookupSpecial(object, static_cast<StrObject*>(key));
    return found.failed() ? nullptr : std::move(found).take().leak();
  });
}
KR_EXPORT PyObject* _PyObject_GenericGetAttrWithDict(PyObject* object, PyObject* attr, PyObject* dict,
                                                     int suppress) {
  if (dict) {
    Opt<> found = dictGetStr(static_cast<DictObject*>(dict), static_cast<StrObject*>(attr));
    if (found) return share(found.get()).leak();
  }
  if (!suppress) return toC(genericGetAttr(object, attr));
  auto found = genericLookupAttr(object, attr);
  return found.failed() ? nullptr : std::move(found).take().leak();
}
KR_EXPORT PyObject* PyObject_GenericGetDict(PyObject* object, void*) { return toC(genericGetDict(object)); }
KR_EXPORT int PyObject_GenericSetDict(PyObject* object, PyObject* value, void*) {
  return toC(genericSetDict(object, value));
}
KR_EXPORT PyObject** _PyObject_GetDictPtr(PyObject* object) { return dictSlot(object); }

// For debuggers: what the object is, as far as can be told without trusting it.
KR_EXPORT void _PyObject_Dump(PyObject* object) {
  std::fprintf(stderr, "object address  : %p\n", static_cast<void*>(object));
  if (!object || !object->ob_type) return;
  std::fprintf(stderr,
               "object refcount : %zd\nobject type     : %p\nobject type name: %s\nobject repr     : ",
               object->ob_refcnt, static_cast<void*>(object->ob_type), object->ob_type->tp_name);
  GilState former = gilStateEnsure();
  {
    PendingSaved saved;
    if (objectPrint(object, stderr, false).failed()) clearPending();
  }
  gilStateRelease(former);
  std::fprintf(stderr, "\n");
}

// --- text, truth, comparison ---

KR_EXPORT PyObject* PyObject_Repr(PyObject* object) {
  return object ? toC(objectRepr(object)) : toC(strFromAscii("<NULL>"));
}
KR_EXPORT PyObject* PyObject_Str(PyObject* object) {
  return object ? toC(objectStr(object)) : toC(strFromAscii("<NULL>"));
}
KR_EXPORT PyObject* PyObject_ASCII(PyObject* object) {
  return object ? toC(objectAscii(object)) : toC(strFromAscii("<NULL>"));
}
KR_EXPORT PyObject* PyObject_Bytes(PyObject* object) {
  return object ? toC(objectBytes(object)) : toC(bytesFrom("<NULL>"));
}
KR_EXPORT int PyObject_Print(PyObject* object, FILE* file, int flags) {
  return toC(objectPrint(object, file, flags & 1));
}
KR_EXPORT Py_hash_t PyObject_Hash(PyObject* object) { return toC(objectHash(object)); }
KR_EXPORT int PyObject_IsTrue(PyObject* object) { return toC(objectIsTrue(object)); }
KR_EXPORT int PyObject_Not(PyObject* object) {
  int truth = toC(objectIsTrue(object));
  return truth < 0 ? truth : !truth;
}
KR_EXPORT PyObject* PyObject_RichCompare(PyObject* left, PyObject* right, int op) {
  if (!left || !right) {
    if (!exceptionPending()) (void)raiseBadInternalCall();
    return nullptr;
  }
  return toC(richCompare(left, right, op));
}
KR_EXPORT int PyObject_RichCompareBool(PyObject* left, PyObject* right, int op) {
  return toC(richCompareBool(left, right, op));
}
KR_EXPORT int PyCallable_Check(PyObject* object) { return object && isCallable(object); }
KR_EXPORT PyObject* PyObject_SelfIter(PyObject* object) { return share(object).leak(); }
KR_EXPORT PyObject* PyObject_Dir(PyObject* object) { return toC(objectDir(object)); }

// The operator that means the same with the operands exchanged.
KR_EXPORT int _Py_SwappedOp[];
int _Py_SwappedOp[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};

// --- destruction ---

KR_EXPORT void PyObject_ClearWeakRefs(PyObject* object) { clearWeakRefs(object); }
KR_EXPORT void PyObject_CallFinalizer(PyObject* object) {
  destructor finalize = typeOf(object)->tp_finalize;
  if (!finalize || (isGcObject(object) && gcFinalized(object))) return;
  finalize(object);
  if (isGcObject(object)) gcSetFinalized(object);
}
KR_EXPORT int PyObject_CallFinalizerFromDealloc(PyObject* object) {
  return finalizeFromDealloc(object) ? 0 : -1;
}

KR_EXPORT int _PyTrash_cond(PyObject* object, destructor dealloc) {
  return typeOf(object)->tp_dealloc == dealloc;
}
KR_EXPORT int _PyTrash_begin(PyThreadState* thread, PyObject* object) {
  if (thread->trash_delete_nesting < kTrashNesting || !isGcObject(object)) {
    thread->trash_delete_nesting++;
    return 0;
  }
  deallocDefer(static_cast<Thread*>(thread), object);
  return 1;
}
KR_EXPORT void _PyTrash_end(PyThreadState* thread) {
  if (--thread->trash_delete_nesting <= 0 && thread->trash_delete_later)
    deallocRunDeferred(static_cast<Thread*>(thread));
}

// --- recursive reprs ---

KR_EXPORT int Py_ReprEnter(PyObject* object) {
  auto guard = ReprGuard::enter(object);
  if (guard.failed()) return -1;
  ReprGuard held = std::move(guard).take();
  if (held.isRecursive()) return 1;
  alignas(ReprGuard) char kept[sizeof(ReprGuard)];  // never destroyed: Py_ReprLeave ends it
  new (kept) ReprGuard(std::move(held));
  return 0;
}
KR_EXPORT void Py_ReprLeave(PyObject* object) { reprLeave(object); }
