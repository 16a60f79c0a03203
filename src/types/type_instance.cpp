// Instances of classes made in Python: their destruction, traversal, __dict__, __weakref__ and __class__.
#include "types/dict_keys.h"
#include "types/type_internal.h"
#include "types/weakref.h"

namespace krait {

namespace {

// The nearest base whose instances C++ or C code destroys.
PyTypeObject* nativeBase(PyTypeObject* type) {
  while (type->tp_dealloc == subtypeDealloc) type = type->tp_base;
  return type;
}

template <class F>
void forEachSlot(PyTypeObject* type, PyObject* self, F&& f) {
  Py_ssize_t count = type->ob_size;
  PyMemberDef* member = heapTypeMembers(type);
  for (Py_ssize_t i = 0; i < count; i++, member++) {
    if (member->type == T_OBJECT_EX && !(member->flags & READONLY)) {
      f(*reinterpret_cast<PyObject**>(reinterpret_cast<char*>(self) + member->offset));
    }
  }
}

void clearSlots(PyTypeObject* type, PyObject* self) {
  forEachSlot(type, self, [](PyObject*& field) { clearField(field); });
}

// The plain (not managed) dict word that a class added itself; null when it has none.
PyObject** ownDictWord(PyTypeObject* type, PyTypeObject* base, PyObject* self) {
  if (!type->tp_dictoffset || base->tp_dictoffset || hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) return nullptr;
  return dictSlot(self);
}

void clearDict(PyTypeObject* type, PyTypeObject* base, PyObject* self) {
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) {
    if (!hasFlag(base, Py_TPFLAGS_MANAGED_DICT)) managedClear(self);
  } else if (PyObject** word = ownDictWord(type, base, self)) {
    clearField(*word);
  }
}

// Runs a finaliser with the object tracked as any living one. False: the object lives on.
template <class F>
bool diesAfter(PyObject* self, F&& finalizer) {
  bool collected = hasFlag(typeOf(self), Py_TPFLAGS_HAVE_GC);
  if (collected) gcTrack(self);
  if (!finalizer(self)) return false;
  if (collected) gcUntrack(self);
  return true;
}

bool finalizeOldStyle(PyObject* self) {
  typeOf(self)->tp_del(self);
  return self->ob_refcnt == 0;
}

void clearOwnFields(PyObject* self, PyTypeObject* type, PyTypeObject* base) {
  for (PyTypeObject* t = type; t->tp_dealloc == subtypeDealloc; t = t->tp_base) {
    if (t->ob_size) clearSlots(t, self);
  }
  clearDict(type, base, self);
}

void finishDealloc(PyObject* self, PyTypeObject* type, PyTypeObject* base) {
  // A native base made from a spec drops the type itself.
  bool drop_type = hasFlag(type, Py_TPFLAGS_HEAPTYPE) && !hasFlag(base, Py_TPFLAGS_HEAPTYPE);
  base->tp_dealloc(self);
  if (drop_type) decref(static_cast<PyObject*>(type));
}

// The object is untracked and has no references left.
void destroy(PyObject* self) {
  if (typeOf(self)->tp_finalize && !diesAfter(self, finalizeFromDealloc)) return;
  PyTypeObject* type = typeOf(self);  // the finaliser may have assigned __class__
  PyTypeObject* base = nativeBase(type);
  if (type->tp_weaklistoffset && !base->tp_weaklistoffset) clearWeakRefs(self);
  if (type->tp_del && !diesAfter(self, finalizeOldStyle)) return;
  clearOwnFields(self, type, base);
  if (hasFlag(base, Py_TPFLAGS_HAVE_GC)) gcTrack(self);  // the base's destructor expects a tracked object
  finishDealloc(self, type, base);
}

// A base class other than this one that has its own __dict__ descriptor (BaseException, function ...).
Opt<> inheritedDictDescr(PyTypeObject* type) {
  PyTypeObject* base = type;
  while (base && base->tp_dictoffset && (hasFlag(base, Py_TPFLAGS_HEAPTYPE))) base = base->tp_base;
  if (!base || !base->tp_dictoffset) return nullptr;
  Opt<> descr = typeLookup(base, name<"__dict__">());
  return descr && isDataDescr(descr.get()) ? descr : nullptr;
}

Raised raiseNoDict(PyObject* self) {
  return raise(PyExc_TypeError, "this __dict__ descriptor does not support '%.200s' objects", typeName(self));
}

Result<Ref<>> dictGetter(PyObject* self) {
  Opt<> descr = inheritedDictDescr(typeOf(self));
  if (!descr) return genericGetDict(self);
  auto held = share(descr.get());
  descrgetfunc get = typeOf(held.get())->tp_descr_get;
  if (!get) return raiseNoDict(self);
  return Result<Ref<>>::fromC(get(held.get(), self, typeOf(self)));
}

Status dictSetter(PyObject* self, Opt<> value) {
  Opt<> descr = inheritedDictDescr(typeOf(self));
  if (descr) {
    auto held = share(descr.get());
    return Status::fromC(typeOf(held.get())->tp_descr_set(held.get(), self, value.get()));
  }
  if (value && !isDict(value.get())) {
    return raise(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'",
                 typeName(value.get()));
  }
  if (hasFlag(typeOf(self), Py_TPFLAGS_MANAGED_DICT)) {
    managedReplaceDict(self, static_cast<DictObject*>(value.get()));
    return {};
  }
  PyObject** word = dictSlot(self);
  if (!word) return raise(PyExc_AttributeError, "This object has no __dict__");
  PyObject* old = std::exchange(*word, MaybeRef<>::share(value.get()).leak());
  xdecref(old);
  return {};
}

Result<Ref<>> weakrefGetter(PyObject* self) {
  Py_ssize_t offset = typeOf(self)->tp_weaklistoffset;
  if (offset == 0) return raise(PyExc_AttributeError, "This object has no __weakref__");
  PyObject* first = *reinterpret_cast<PyObject**>(reinterpret_cast<char*>(self) + offset);
  return first ? share(first) : none();
}

Status checkClassChange(PyObject* self, PyTypeObject* old_type, PyTypeObject* new_type) {
  bool modules = typeIsSubtype(new_type, &PyModule_Type) && typeIsSubtype(old_type, &PyModule_Type);
  if (!modules &&
      (hasFlag(new_type, Py_TPFLAGS_IMMUTABLETYPE) || hasFlag(old_type, Py_TPFLAGS_IMMUTABLETYPE))) {
    return raise(PyExc_TypeError,
                 "__class__ assignment only supported for mutable types or ModuleType subclasses");
  }
  TRY(checkAssignable(old_type, new_type, "__class__"));
  if (hasFlag(new_type, Py_TPFLAGS_MANAGED_DICT) == hasFlag(old_type, Py_TPFLAGS_MANAGED_DICT)) return {};
  return raise(PyExc_TypeError, "__class__ assignment: '%s' object layout differs from '%s'",
               new_type->tp_name, old_type->tp_name);
}

}  // namespace

#define KR_DICT_ROW \
  getset<"__dict__", dictGetter, dictSetter, "dictionary for instance variables (if defined)">
#define KR_WEAKREF_ROW \
  getset<"__weakref__", weakrefGetter, nullptr, "list of weak references to the object (if defined)">
PyGetSetDef kSubtypeDictGetSet[] = {KR_DICT_ROW, {}};
PyGetSetDef kSubtypeWeakrefGetSet[] = {KR_WEAKREF_ROW, {}};
PyGetSetDef kSubtypeBothGetSet[] = {KR_DICT_ROW, KR_WEAKREF_ROW, {}};
#undef KR_DICT_ROW
#undef KR_WEAKREF_ROW

PyMemberDef* heapTypeMembers(PyTypeObject* type) {
  return reinterpret_cast<PyMemberDef*>(reinterpret_cast<char*>(type) + typeOf(type)->tp_basicsize);
}

void subtypeDealloc(PyObject* self) {
  PyTypeObject* type = typeOf(self);
  if (!hasFlag(type, Py_TPFLAGS_HAVE_GC)) return destroy(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (!guard.deferred()) destroy(self);
}

int subtypeTraverse(PyObject* self, visitproc visit, void* arg) {
  PyTypeObject* type = typeOf(self);
  PyTypeObject* base = type;
  int status = 0;
  for (; base->tp_traverse == subtypeTraverse; base = base->tp_base) {
    if (!base->ob_size) continue;
    forEachSlot(base, self, [&](PyObject*& field) {
      if (field && status == 0) status = visit(field, arg);
    });
    if (status) return status;
  }
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) && !hasFlag(base, Py_TPFLAGS_MANAGED_DICT)) {
    if ((status = managedVisit(self, visit, arg))) return status;
  } else if (PyObject** word = ownDictWord(type, base, self); word && *word) {
    if ((status = visit(*word, arg))) return status;
  }
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE) && (!base->tp_traverse || !hasFlag(base, Py_TPFLAGS_HEAPTYPE))) {
    if ((status = visit(type, arg))) return status;
  }
  return base->tp_traverse ? base->tp_traverse(self, visit, arg) : 0;
}

int subtypeClear(PyObject* self) {
  PyTypeObject* type = typeOf(self);
  PyTypeObject* base = type;
  for (; base->tp_clear == subtypeClear; base = base->tp_base) {
    if (base->ob_size) clearSlots(base, self);
  }
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT) && !hasFlag(base, Py_TPFLAGS_MANAGED_DICT)) {
    managedClear(self);
  } else if (PyObject** word = ownDictWord(type, base, self)) {
    clearField(*word);
  }
  return base->tp_clear ? base->tp_clear(self) : 0;
}

void heapInstanceFree(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) decref(static_cast<PyObject*>(type));
}

Status objectSetClass(PyObject* self, Opt<> value) {
  if (!value) return raise(PyExc_TypeError, "can't delete __class__ attribute");
  if (!isType(value.get())) {
    return raise(PyExc_TypeError, "__class__ must be set to a class, not '%s' object", typeName(value.get()));
  }
  TRY(audit("object.__setattr__", "OsO", self, "__class__", value.get()));
  PyTypeObject* new_type = asType(value.get());
  PyTypeObject* old_type = typeOf(self);
  TRY(checkClassChange(self, old_type, new_type));
  if (hasFlag(old_type, Py_TPFLAGS_MANAGED_DICT)) TRY(managedDictMaterialise(self));
  if (hasFlag(new_type, Py_TPFLAGS_HEAPTYPE)) incref(static_cast<PyObject*>(new_type));
  self->ob_type = new_type;
  if (hasFlag(old_type, Py_TPFLAGS_HEAPTYPE)) decref(static_cast<PyObject*>(old_type));
  return {};
}

}  // namespace krait
