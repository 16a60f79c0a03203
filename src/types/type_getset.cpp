// type itself: __name__, __module__, __bases__, ... and its methods and slots.
#include "core/thread.h"
#include "types/bare_type_name.h"
#include "types/dict_keys.h"
#include "types/int.h"
#include "types/method.h"
#include "types/misc_objects.h"
#include "types/type_internal.h"
#include "types/weakref.h"

namespace krait {

namespace {

bool isHeap(const PyTypeObject* type) { return hasFlag(type, Py_TPFLAGS_HEAPTYPE); }

Status checkSpecialSet(PyTypeObject* type, Opt<> value, const char* attribute) {
  if (hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(PyExc_TypeError, "cannot set '%s' attribute of immutable type '%s'", attribute,
                 type->tp_name);
  }
  if (!value) {
    return raise(PyExc_TypeError, "cannot delete '%s' attribute of immutable type '%s'", attribute,
                 type->tp_name);
  }
  return audit("object.__setattr__", "OsO", type, attribute, value.get());
}

Status setName(PyTypeObject* type, Opt<> value) {
  TRY(checkSpecialSet(type, value, "__name__"));
  if (!isStr(value.get())) {
    return raise(PyExc_TypeError, "can only assign string to %s.__name__, not '%s'", type->tp_name,
                 typeName(value.get()));
  }
  std::string_view utf8 = TRY(strUtf8(cast<StrObject>(value.get())));
  if (utf8.find('\0') != utf8.npos)
    return raise(PyExc_ValueError, "type name must not contain null characters");
  type->tp_name = utf8.data();
  setField(heapType(type)->ht_name, share(value.get()));
  return {};
}

Status setQualname(PyTypeObject* type, Opt<> value) {
  TRY(checkSpecialSet(type, value, "__qualname__"));
  if (!isStr(value.get())) {
    return raise(PyExc_TypeError, "can only assign string to %s.__qualname__, not '%s'", type->tp_name,
                 typeName(value.get()));
  }
  setField(heapType(type)->ht_qualname, share(value.get()));
  return {};
}

Status setModule(PyTypeObject* type, Opt<> value) {
  TRY(checkSpecialSet(type, value, "__module__"));
  typeModified(type);
  return dictSet(dictOf(type), name<"__module__">(), value.get());
}

Result<Ref<>> getBases(PyTypeObject* type) { return share(type->tp_bases ? type->tp_bases : Py_None); }

Result<Ref<>> getAbstractMethods(PyTypeObject* type) {
  // type itself would find its own descriptor here.
  Opt<> found = type == &PyType_Type ? Opt<>() : TRY(dictGet(dictOf(type), name<"__abstractmethods__">()));
  if (found) return share(found.get());
  return raiseObject(PyExc_AttributeError, name<"__abstractmethods__">());
}

Status setAbstractMethods(PyTypeObject* type, Opt<> value) {
  bool abstract = false;
  if (value) {
    abstract = TRY(objectIsTrue(value.get()));
    TRY(dictSet(dictOf(type), name<"__abstractmethods__">(), value.get()));
  } else if (!TRY(dictDiscard(dictOf(type), name<"__abstractmethods__">()))) {
    return raiseObject(PyExc_AttributeError, name<"__abstractmethods__">());
  }
  typeModified(type);
  if (abstract)
    type->tp_flags |= Py_TPFLAGS_IS_ABSTRACT;
  else
    type->tp_flags &= ~Py_TPFLAGS_IS_ABSTRACT;
  return {};
}

Result<Ref<>> getDict(PyTypeObject* type) {
  if (!type->tp_dict) return none();
  return mappingProxyNew(type->tp_dict);
}

Result<Ref<>> getDoc(PyTypeObject* type) {
  if (!isHeap(type) && type->tp_doc) return docWithoutSignature(type->tp_name, type->tp_doc);
  Opt<> found = TRY(dictGet(dictOf(type), name<"__doc__">()));
  if (!found) return none();
  auto held = share(found.get());
  descrgetfunc get = typeOf(held.get())->tp_descr_get;
  if (!get) return held;
  return Result<Ref<>>::fromC(get(held.get(), nullptr, type));
}

Status setDoc(PyTypeObject* type, Opt<> value) {
  TRY(checkSpecialSet(type, value, "__doc__"));
  typeModified(type);
  return dictSet(dictOf(type), name<"__doc__">(), value.get());
}

Result<Ref<>> getTextSignature(PyTypeObject* type) { return textSignature(type->tp_name, type->tp_doc); }

Result<Ref<>> getAnnotations(PyTypeObject* type) {
  if (!isHeap(type)) {
    return raise(PyExc_AttributeError, "type object '%s' has no attribute '__annotations__'", type->tp_name);
  }
  Opt<> found = TRY(dictGet(dictOf(type), name<"__annotations__">()));
  if (found) {
    auto held = share(found.get());
    descrgetfunc get = typeOf(held.get())->tp_descr_get;
    if (!get) return held;
    return Result<Ref<>>::fromC(get(held.get(), nullptr, type));
  }
  auto made = TRY(dictNew());
  TRY(dictSet(dictOf(type), name<"__annotations__">(), made.get()));
  typeModified(type);
  return made;
}

Status setAnnotations(PyTypeObject* type, Opt<> value) {
  if (hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    return raise(PyExc_TypeError, "cannot set '__annotations__' attribute of immutable type '%s'",
                 type->tp_name);
  }
  if (value) {
    TRY(dictSet(dictOf(type), name<"__annotations__">(), value.get()));
  } else if (!TRY(dictDiscard(dictOf(type), name<"__annotations__">()))) {
    return raiseObject(PyExc_AttributeError, name<"__annotations__">());
  }
  typeModified(type);
  return {};
}

constinit PyGetSetDef kTypeGetSet[] = {
    getset<"__name__", typeNameOf, setName>,
    getset<"__qualname__", typeQualname, setQualname>,
    getset<"__bases__", getBases, typeSetBases>,
    getset<"__module__", typeModule, setModule>,
    getset<"__abstractmethods__", getAbstractMethods, setAbstractMethods>,
    getset<"__dict__", getDict>,
    getset<"__doc__", getDoc, setDoc>,
    getset<"__text_signature__", getTextSignature>,
    getset<"__annotations__", getAnnotations, setAnnotations>,
    {},
};

constinit PyMemberDef kTypeMembers[] = {
    {"__basicsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_basicsize), READONLY, nullptr},
    {"__itemsize__", T_PYSSIZET, offsetof(PyTypeObject, tp_itemsize), READONLY, nullptr},
    {"__flags__", T_ULONG, offsetof(PyTypeObject, tp_flags), READONLY, nullptr},
    {"__weakrefoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_weaklistoffset), READONLY, nullptr},
    {"__base__", T_OBJECT, offsetof(PyTypeObject, tp_base), READONLY, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(PyTypeObject, tp_dictoffset), READONLY, nullptr},
    {"__mro__", T_OBJECT, offsetof(PyTypeObject, tp_mro), READONLY, nullptr},
    {},
};

Result<Ref<ListObject>> typeMroMethod(PyTypeObject* type) { return typeMroDefault(type); }
Result<Ref<ListObject>> typeSubclassesMethod(PyTypeObject* type) { return typeSubclasses(type); }
Result<Ref<>> typePrepare(PyTypeObject*, CallArgs) { return TRY(dictNew()); }
Result<bool> typeInstanceCheck(PyTypeObject* type, PyObject* instance) {
  return realIsInstance(instance, type);
}
Result<bool> typeSubclassCheck(PyTypeObject* type, PyObject* subclass) {
  return realIsSubclass(subclass, type);
}

// The names of a class and its bases' dicts, as dir(cls) shows them.
Status mergeClassDicts(DictObject* out, PyObject* cls) {
  MaybeRef<> dict = TRY(attrLookup(cls, name<"__dict__">()));
  if (dict) TRY(dictUpdate(out, dict.get()));
  MaybeRef<> bases = TRY(attrLookup(cls, name<"__bases__">()));
  if (!bases) return {};
  Py_ssize_t count = TRY(sequenceLength(bases.get()));
  auto guard = TRY(RecursionGuard::enter(" in __dir__"));
  for (Py_ssize_t i = 0; i < count; i++) {
    auto base = TRY(sequenceGet(bases.get(), i));
    TRY(mergeClassDicts(out, base.get()));
  }
  return {};
}

Result<Ref<ListObject>> typeDir(PyTypeObject* type) {
  auto names = TRY(dictNew());
  TRY(mergeClassDicts(names.get(), type));
  return dictKeys(names.get());
}

Result<Py_ssize_t> typeSizeof(PyTypeObject* type) {
  if (!isHeap(type)) return static_cast<Py_ssize_t>(sizeof(PyTypeObject));
  Py_ssize_t size = sizeof(PyHeapTypeObject);  // without its members, as in CPython
  if (DictKeys* keys = heapType(type)->ht_cached_keys) size += dictKeysSizeof(keys);
  return size;
}

constinit PyMethodDef kTypeMethods[] = {
    method<"mro($self, /)", typeMroMethod, "Compute the method resolution order.">,
    method<"__subclasses__($self, /)", typeSubclassesMethod, "The living direct subclasses, oldest first.">,
    classMethod<"!__prepare__(*args, **kwargs)", typePrepare, "Make the namespace of a class body.">,
    method<"__instancecheck__($self, instance, /)", typeInstanceCheck, "Is the object an instance?">,
    method<"__subclasscheck__($self, subclass, /)", typeSubclassCheck, "Is the class a subclass?">,
    method<"__dir__($self, /)", typeDir, "The attribute names of a class and its bases.">,
    method<"__sizeof__($self, /)", typeSizeof, "Memory size of the type object.">,
    {},
};

Result<Ref<>> typeRepr(PyTypeObject* type) {
  auto module = TRY(typeModule(type));
  auto qualname = TRY(typeQualname(type));
  bool shown = isStr(module.get()) && !strEqualsAscii(cast<StrObject>(module.get()), "builtins");
  if (!shown) return strFormat("<class '%s'>", type->tp_name);
  return strFormat("<class '%U.%U'>", module.get(), static_cast<PyObject*>(qualname.get()));
}

Status typeInit(PyObject*, PyObject* args, PyObject* kwargs) {
  Py_ssize_t count = cast<TupleObject>(args)->size();
  if (kwargs && count == 1 && static_cast<DictObject*>(kwargs)->size() != 0) {
    return raise(PyExc_TypeError, "type.__init__() takes no keyword arguments");
  }
  if (count != 1 && count != 3) return raise(PyExc_TypeError, "type.__init__() takes 1 or 3 arguments");
  return {};
}

void typeDealloc(PyTypeObject* type) {
  KR_CHECK(isHeap(type), "static types live for ever");
  gcUntrack(type);
  PendingSaved saved;
  if (type->tp_bases) {
    for (Py_ssize_t i = 0; i < cast<TupleObject>(type->tp_bases)->size(); i++) {
      typeRemoveSubclass(static_cast<PyTypeObject*>(cast<TupleObject>(type->tp_bases)->at(i)), type);
    }
  }
  clearWeakRefs(type);
  PyHeapTypeObject* heap = heapType(type);
  PyTypeObject* metatype = typeOf(type);
  clearField(type->tp_dict);
  clearField(type->tp_bases);
  clearField(type->tp_mro);
  clearField(type->tp_cache);
  clearField(type->tp_subclasses);
  PyTypeObject* base = std::exchange(type->tp_base, nullptr);
  objectFree(const_cast<char*>(type->tp_doc));
  clearField(heap->ht_name);
  clearField(heap->ht_qualname);
  clearField(heap->ht_slots);
  clearField(heap->ht_module);
  if (heap->ht_cached_keys) dictKeysRelease(std::exchange(heap->ht_cached_keys, nullptr));
  memFree(heap->_ht_tpname);
  xdecref(base);
  metatype->tp_free(type);
  if (isHeap(metatype)) return;  // subtypeDealloc of the metaclass drops it
}

int typeTraverse(PyTypeObject* type, visitproc visit, void* arg) {
  if (!isHeap(type)) return 0;
  PyHeapTypeObject* heap = heapType(type);
  return visitAll(visit, arg, type->tp_dict, type->tp_cache, type->tp_mro, type->tp_bases,
                  static_cast<PyObject*>(type->tp_base), heap->ht_module);
}

int typeClear(PyTypeObject* type) {
  if (!isHeap(type)) return 0;
  typeModified(type);
  if (DictKeys* keys = std::exchange(heapType(type)->ht_cached_keys, nullptr)) dictKeysRelease(keys);
  if (type->tp_dict) dictClear(static_cast<DictObject*>(type->tp_dict));
  clearField(heapType(type)->ht_module);
  clearField(type->tp_mro);
  return 0;
}

int typeIsGc(PyObject* type) { return isHeap(static_cast<PyTypeObject*>(type)); }

PyNumberMethods kTypeNumber = {.nb_or = slot<unionOr>};

}  // namespace

Result<Ref<StrObject>> typeNameOf(PyTypeObject* type) {
  if (isHeap(type)) return share(static_cast<StrObject*>(heapType(type)->ht_name));
  return strFromUtf8(bareTypeName(type));  // a new one each time: pickle's memo goes by identity
}

Result<Ref<StrObject>> typeQualname(PyTypeObject* type) {
  if (isHeap(type)) return share(static_cast<StrObject*>(heapType(type)->ht_qualname));
  return strFromUtf8(bareTypeName(type));  // a new one each time: pickle's memo goes by identity
}

Result<Ref<>> typeModule(PyTypeObject* type) {
  if (isHeap(type)) {
    Opt<> found = TRY(dictGet(dictOf(type), name<"__module__">()));
    if (found) return share(found.get());
    return raiseObject(PyExc_AttributeError, name<"__module__">());
  }
  const char* dot = std::strrchr(type->tp_name, '.');
  if (!dot) return share<PyObject>(name<"builtins">());
  return strInternUtf8({type->tp_name, static_cast<size_t>(dot - type->tp_name)});
}

Result<Ref<StrObject>> typeFullName(PyTypeObject* type) {
  auto qualname = TRY(typeQualname(type));
  auto module = typeModule(type);
  if (module.failed()) {
    clearPending();
    return qualname;
  }
  auto held = std::move(module).take();
  if (!isStr(held.get()) || strEqualsAscii(cast<StrObject>(held.get()), "builtins")) return qualname;
  return strFormat("%U.%U", held.get(), static_cast<PyObject*>(qualname.get()));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyType_Type = {
    KR_TYPE_HEAD,
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = slot<typeDealloc>,
    .tp_vectorcall_offset = offsetof(PyTypeObject, tp_vectorcall),
    .tp_repr = slot<typeRepr>,
    .tp_as_number = &kTypeNumber,
    .tp_call = typeCallSlot,
    .tp_getattro = slot<typeGetAttr>,
    .tp_setattro = slot<typeSetAttr>,
    .tp_flags =
        Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .tp_traverse = slot<typeTraverse>,
    .tp_clear = slot<typeClear>,
    .tp_weaklistoffset = offsetof(PyTypeObject, tp_weaklist),
    .tp_methods = kTypeMethods,
    .tp_members = kTypeMembers,
    .tp_getset = kTypeGetSet,
    .tp_dictoffset = offsetof(PyTypeObject, tp_dict),
    .tp_init = slot<typeInit>,
    .tp_alloc = genericAlloc,
    .tp_new = typeNewSlot,
    .tp_free = gcFree,
    .tp_is_gc = typeIsGc,
    .tp_vectorcall = typeTypeVectorcall,
};
