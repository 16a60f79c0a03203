// Readying a type: base, dict, MRO, descriptors, inherited slots. Static types are readied once, heap types
// when made.
#include "types/dict_keys.h"
#include "types/method.h"
#include "types/type_internal.h"

namespace krait {

namespace {

Status readyBases(PyTypeObject* type) {
  PyTypeObject* base = type->tp_base;
  if (!base && type != &PyBaseObject_Type) {
    base = &PyBaseObject_Type;
    type->tp_base = base;
    if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) incref(base);
  }
  if (base) TRY(typeReady(base));
  if (!type->ob_type && base) type->ob_type = base->ob_type;
  if (!type->tp_bases) {
    type->tp_bases = base ? TRY(tupleOf(static_cast<PyObject*>(base))).leak() : emptyTuple().leak();
  }
  return {};
}

Status readyMro(PyTypeObject* type) {
  TRY(typeSetMro(type, nullptr));
  if (hasFlag(type, Py_TPFLAGS_HEAPTYPE)) return {};
  for (Py_ssize_t i = 0; i < mroOf(type)->size(); i++) {
    PyObject* base = mroOf(type)->at(i);
    if (isType(base) && hasFlag(asType(base), Py_TPFLAGS_HEAPTYPE)) {
      return raise(
          PyExc_TypeError,
          "type '%.100s' is not dynamically allocated but its base type '%.100s' is dynamically allocated",
          type->tp_name, asType(base)->tp_name);
    }
  }
  return {};
}

constinit PyMethodDef kNewMethod = {"__new__",
                                    {.keywords = newWrapper},
                                    METH_VARARGS | METH_KEYWORDS,
                                    "__new__($type, *args, **kwargs)\n--\n\nCreate and return a new object."};

Status addNew(PyTypeObject* type) {
  if (TRY(dictContains(dictOf(type), name<"__new__">()))) return {};
  auto function = TRY(cFunctionNew(&kNewMethod, type, nullptr));
  return dictSet(dictOf(type), name<"__new__">(), function.get());
}

Status readyNew(PyTypeObject* type) {
  PyTypeObject* base = type->tp_base;
  if (!type->tp_new && base == &PyBaseObject_Type && !hasFlag(type, Py_TPFLAGS_HEAPTYPE)) {
    type->tp_flags |= Py_TPFLAGS_DISALLOW_INSTANTIATION;
  }
  if (hasFlag(type, Py_TPFLAGS_DISALLOW_INSTANTIATION)) {
    type->tp_new = nullptr;
    return {};
  }
  if (type->tp_new) return addNew(type);
  if (base) type->tp_new = base->tp_new;
  return {};
}

Status addDescr(PyTypeObject* type, PyObject* descr_name, PyObject* descr, bool replace) {
  if (replace) return dictSet(dictOf(type), descr_name, descr);
  TRY(dictSetDefault(dictOf(type), descr_name, descr));
  return {};
}

Result<Ref<>> methodAttribute(PyTypeObject* type, PyMethodDef* def) {
  if (def->ml_flags & METH_CLASS) return classMethodDescrNew(type, def);
  if (!(def->ml_flags & METH_STATIC)) return methodDescrNew(type, def);
  auto function = TRY(cFunctionNew(def, type, nullptr));
  return staticMethodNew(function.get());
}

Status addMethods(PyTypeObject* type) {
  for (PyMethodDef* def = type->tp_methods; def && def->ml_name; def++) {
    if ((def->ml_flags & METH_CLASS) && (def->ml_flags & METH_STATIC)) {
      return raise(PyExc_ValueError, "method cannot be both class and static");
    }
    auto descr = TRY(methodAttribute(type, def));
    auto key = TRY(strInternUtf8(def->ml_name));
    TRY(addDescr(type, key.get(), descr.get(), def->ml_flags & METH_COEXIST));
  }
  return {};
}

Status addMembers(PyTypeObject* type) {
  for (PyMemberDef* def = type->tp_members; def && def->name; def++) {
    auto descr = TRY(memberDescrNew(type, def));
    auto key = TRY(strInternUtf8(def->name));
    TRY(addDescr(type, key.get(), descr.get(), false));
  }
  for (PyGetSetDef* def = type->tp_getset; def && def->name; def++) {
    auto descr = TRY(getSetDescrNew(type, def));
    auto key = TRY(strInternUtf8(def->name));
    TRY(addDescr(type, key.get(), descr.get(), false));
  }
  return {};
}

Status addDoc(PyTypeObject* type) {
  if (TRY(dictContains(dictOf(type), name<"__doc__">()))) return {};
  Ref<> doc = type->tp_doc ? TRY(docWithoutSignature(type->tp_name, type->tp_doc)) : none();
  return dictSet(dictOf(type), name<"__doc__">(), doc.get());
}

constexpr unsigned long kFamilyFlags = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS |
                                       Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_BYTES_SUBCLASS |
                                       Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS |
                                       Py_TPFLAGS_BASE_EXC_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS;

template <class T>
void inheritValue(T& mine, T theirs) {
  if (!mine) mine = theirs;
}

// What comes from the one base that decides the layout.
void inheritLayout(PyTypeObject* type, PyTypeObject* base) {
  if (!hasFlag(type, Py_TPFLAGS_HAVE_GC) && hasFlag(base, Py_TPFLAGS_HAVE_GC) && !type->tp_traverse &&
      !type->tp_clear) {
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_traverse = base->tp_traverse;
    type->tp_clear = base->tp_clear;
  }
  type->tp_flags |= base->tp_flags & (Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MATCH_SELF | kFamilyFlags);
  inheritValue(type->tp_basicsize, base->tp_basicsize);
  inheritValue(type->tp_itemsize, base->tp_itemsize);
  inheritValue(type->tp_weaklistoffset, base->tp_weaklistoffset);
  inheritValue(type->tp_dictoffset, base->tp_dictoffset);
}

// Copies the entries of a suite (PyNumberMethods ...) that are empty here and that the base itself defines:
// an entry the base only has from its own base comes with that one's turn.
void inheritSuite(void* mine, const void* theirs, const void* grand, size_t bytes) {
  if (!mine || !theirs) return;
  auto** to = static_cast<void**>(mine);
  auto* const* from = static_cast<void* const*>(theirs);
  auto* const* above = static_cast<void* const*>(grand);
  for (size_t i = 0; i < bytes / sizeof(void*); i++) {
    if (!to[i] && from[i] && (!above || from[i] != above[i])) to[i] = from[i];
  }
}

void inheritSuites(PyTypeObject* type, PyTypeObject* base) {
  PyTypeObject* above = base->tp_base;
  inheritSuite(type->tp_as_number, base->tp_as_number, above ? above->tp_as_number : nullptr,
               sizeof(PyNumberMethods));
  inheritSuite(type->tp_as_async, base->tp_as_async, above ? above->tp_as_async : nullptr,
               sizeof(PyAsyncMethods));
  inheritSuite(type->tp_as_sequence, base->tp_as_sequence, above ? above->tp_as_sequence : nullptr,
               sizeof(PySequenceMethods));
  inheritSuite(type->tp_as_mapping, base->tp_as_mapping, above ? above->tp_as_mapping : nullptr,
               sizeof(PyMappingMethods));
  inheritSuite(type->tp_as_buffer, base->tp_as_buffer, above ? above->tp_as_buffer : nullptr,
               sizeof(PyBufferProcs));
}

template <class T>
void inheritSlot(PyTypeObject* type, PyTypeObject* base, T PyTypeObject::* member) {
  if (type->*member || !(base->*member)) return;
  PyTypeObject* above = base->tp_base;
  if (above && base->*member == above->*member) return;
  type->*member = base->*member;
}

bool overridesHash(PyTypeObject* type) {
  return dictGetStr(dictOf(type), name<"__eq__">()) || dictGetStr(dictOf(type), name<"__hash__">());
}

void inheritAttributeSlots(PyTypeObject* type, PyTypeObject* base) {
  if (!type->tp_getattr && !type->tp_getattro) {
    type->tp_getattr = base->tp_getattr;
    type->tp_getattro = base->tp_getattro;
  }
  if (!type->tp_setattr && !type->tp_setattro) {
    type->tp_setattr = base->tp_setattr;
    type->tp_setattro = base->tp_setattro;
  }
}

void inheritCall(PyTypeObject* type, PyTypeObject* base) {
  if (!type->tp_call && hasFlag(base, Py_TPFLAGS_HAVE_VECTORCALL) &&
      hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    type->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
  }
  inheritSlot(type, base, &PyTypeObject::tp_vectorcall_offset);
  inheritSlot(type, base, &PyTypeObject::tp_call);
}

void inheritFree(PyTypeObject* type, PyTypeObject* base) {
  if (hasFlag(type, Py_TPFLAGS_HAVE_GC) == hasFlag(base, Py_TPFLAGS_HAVE_GC)) {
    inheritSlot(type, base, &PyTypeObject::tp_free);
  } else if (hasFlag(type, Py_TPFLAGS_HAVE_GC) && !type->tp_free) {
    type->tp_free = gcFree;
  }
}

void inheritSlots(PyTypeObject* type, PyTypeObject* base) {
  inheritSuites(type, base);
  inheritSlot(type, base, &PyTypeObject::tp_dealloc);
  inheritAttributeSlots(type, base);
  inheritSlot(type, base, &PyTypeObject::tp_repr);
  inheritCall(type, base);
  inheritSlot(type, base, &PyTypeObject::tp_str);
  if (!type->tp_richcompare && !type->tp_hash && !overridesHash(type)) {
    type->tp_richcompare = base->tp_richcompare;
    type->tp_hash = base->tp_hash;
  }
  inheritSlot(type, base, &PyTypeObject::tp_iter);
  inheritSlot(type, base, &PyTypeObject::tp_iternext);
  inheritSlot(type, base, &PyTypeObject::tp_descr_get);
  if (base->tp_descr_get && type->tp_descr_get == base->tp_descr_get &&
      hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE)) {
    type->tp_flags |= base->tp_flags & Py_TPFLAGS_METHOD_DESCRIPTOR;
  }
  inheritSlot(type, base, &PyTypeObject::tp_descr_set);
  inheritSlot(type, base, &PyTypeObject::tp_dictoffset);
  inheritSlot(type, base, &PyTypeObject::tp_init);
  inheritSlot(type, base, &PyTypeObject::tp_alloc);
  inheritSlot(type, base, &PyTypeObject::tp_is_gc);
  inheritSlot(type, base, &PyTypeObject::tp_finalize);
  inheritFree(type, base);
}

void inheritPattern(PyTypeObject* type, PyTypeObject* base) {
  constexpr unsigned long kPattern = Py_TPFLAGS_SEQUENCE | Py_TPFLAGS_MAPPING;
  if (!(type->tp_flags & kPattern)) type->tp_flags |= base->tp_flags & kPattern;
}

Status inheritAll(PyTypeObject* type) {
  PyTypeObject* base = type->tp_base;
  if (!base) return {};
  inheritLayout(type, base);
  for (Py_ssize_t i = 1; i < mroOf(type)->size(); i++) {
    PyObject* ancestor = mroOf(type)->at(i);
    if (!isType(ancestor)) continue;
    inheritSlots(type, asType(ancestor));
    inheritPattern(type, asType(ancestor));
  }
  inheritValue(type->tp_as_async, base->tp_as_async);
  inheritValue(type->tp_as_number, base->tp_as_number);
  inheritValue(type->tp_as_sequence, base->tp_as_sequence);
  inheritValue(type->tp_as_mapping, base->tp_as_mapping);
  inheritValue(type->tp_as_buffer, base->tp_as_buffer);
  if (hasFlag(type, Py_TPFLAGS_HAVE_GC) && hasFlag(type, Py_TPFLAGS_BASETYPE) &&
      (!type->tp_free || type->tp_free == objectFree)) {
    return raise(PyExc_TypeError,
                 "type '%.100s' participates in gc, but is a base type but has inappropriate tp_free slot",
                 type->tp_name);
  }
  return {};
}

Status readyHash(PyTypeObject* type) {
  if (type->tp_hash || TRY(dictContains(dictOf(type), name<"__hash__">()))) return {};
  type->tp_hash = PyObject_HashNotImplemented;
  return dictSet(dictOf(type), name<"__hash__">(), Py_None);
}

Status fillDict(PyTypeObject* type) {
  TRY(typeAddOperators(type));
  TRY(addMethods(type));
  TRY(addMembers(type));
  return addDoc(type);
}

Status readySteps(PyTypeObject* type) {
  TRY(readyBases(type));
  if (!type->tp_dict) type->tp_dict = TRY(dictNew()).leak();
  TRY(readyMro(type));
  TRY(readyNew(type));
  TRY(fillDict(type));
  TRY(inheritAll(type));
  TRY(readyHash(type));
  for (Py_ssize_t i = 0; i < basesOf(type)->size(); i++) {
    PyObject* base = basesOf(type)->at(i);
    if (isType(base)) TRY(typeAddSubclass(asType(base), type));
  }
  return {};
}

Status checkStatic(PyTypeObject* type) {
  if (!type->tp_name) return raise(PyExc_SystemError, "Type does not define the tp_name field.");
  if (hasFlag(type, Py_TPFLAGS_HAVE_GC) && !type->tp_traverse && type->tp_base &&
      !hasFlag(type->tp_base, Py_TPFLAGS_HAVE_GC)) {
    return raise(PyExc_SystemError, "type %s has the Py_TPFLAGS_HAVE_GC flag but has no traverse function",
                 type->tp_name);
  }
  return {};
}

}  // namespace

Status typeReady(PyTypeObject* type) {
  if (hasFlag(type, Py_TPFLAGS_READY)) return {};
  if (hasFlag(type, Py_TPFLAGS_READYING)) return {};
  TRY(checkStatic(type));
  if (!hasFlag(type, Py_TPFLAGS_HEAPTYPE)) type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
  type->tp_flags |= Py_TPFLAGS_READYING;
  Status status = readySteps(type);
  type->tp_flags &= ~Py_TPFLAGS_READYING;
  if (!status.failed()) type->tp_flags |= Py_TPFLAGS_READY;
  return status;
}

}  // namespace krait
