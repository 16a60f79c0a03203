// type(name, bases, dict): makes a class.
#include "core/memory.h"
#include "types/cell.h"
#include "types/dict_keys.h"
#include "types/implicit_frame.h"
#include "types/super.h"
#include "types/type_class_slots.h"
#include "types/type_internal.h"

namespace krait {

namespace {

struct ClassArgs {
  StrObject* class_name;
  TupleObject* bases;
  DictObject* body;
};

Raised raiseArgument(int position, const char* wanted, PyObject* given) {
  return raise(PyExc_TypeError, "type.__new__() argument %d must be %s, not %.50s", position, wanted,
               given == Py_None ? "None" : typeName(given));
}

Result<ClassArgs> parseArgs(PyObject* args) {
  auto* tuple = cast<TupleObject>(args);
  if (tuple->size() != 3) {
    return raise(PyExc_TypeError, "type.__new__() takes exactly 3 arguments (%zd given)", tuple->size());
  }
  if (!isStr(tuple->at(0))) return raiseArgument(1, "str", tuple->at(0));
  if (!isTuple(tuple->at(1))) return raiseArgument(2, "tuple", tuple->at(1));
  if (!isDict(tuple->at(2))) return raiseArgument(3, "dict", tuple->at(2));
  return ClassArgs{cast<StrObject>(tuple->at(0)), cast<TupleObject>(tuple->at(1)),
                   cast<DictObject>(tuple->at(2))};
}

Status checkBases(TupleObject* bases) {
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    if (isType(bases->at(i))) continue;
    if (TRY(attrHas(bases->at(i), name<"__mro_entries__">()))) {
      return raise(PyExc_TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
    }
  }
  return {};
}

// Everything known about the class before its type object exists.
struct ClassPlan {
  Ref<TupleObject> bases;
  PyTypeObject* base;
  Ref<DictObject> dict;
  ClassSlots slots;
};

Status setNames(PyTypeObject* type, StrObject* class_name, DictObject* dict) {
  PyHeapTypeObject* heap = heapType(type);
  std::string_view utf8 = TRY(strUtf8(class_name));
  if (utf8.find('\0') != utf8.npos)
    return raise(PyExc_ValueError, "type name must not contain null characters");
  heap->ht_name = share<PyObject>(class_name).leak();
  type->tp_name = utf8.data();
  Opt<> qualname = dictGetStr(dict, name<"__qualname__">());
  if (qualname && !isStr(qualname.get())) {
    return raise(PyExc_TypeError, "type __qualname__ must be a str, not %s", typeName(qualname.get()));
  }
  heap->ht_qualname = share(qualname.orElse(class_name)).leak();
  if (qualname) TRY(dictDelete(dict, name<"__qualname__">()));
  return {};
}

Status setModule(DictObject* dict) {
  if (TRY(dictContains(dict, name<"__module__">()))) return {};
  Opt<> globals = runningGlobals();
  if (!globals) return {};
  Opt<> module = TRY(dictGet(cast<DictObject>(globals.get()), name<"__name__">()));
  if (!module) return {};
  auto held = share(module.get());
  return dictSet(dict, name<"__module__">(), held.get());
}

Status setDoc(PyTypeObject* type, DictObject* dict) {
  Opt<> doc = dictGetStr(dict, name<"__doc__">());
  if (!doc || !isStr(doc.get())) return {};
  std::string_view text = TRY(strUtf8(cast<StrObject>(doc.get())));
  auto* copy = static_cast<char*>(objectMalloc(text.size() + 1));
  if (!copy) return raiseNoMemory();
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = 0;
  type->tp_doc = copy;
  return {};
}

// Functions of these names become static or class methods by themselves.
Status wrapFunction(DictObject* dict, StrObject* method, Result<Ref<>> (*wrap)(PyObject*)) {
  Opt<> found = dictGetStr(dict, method);
  if (!found || !isExact(found.get(), &PyFunction_Type)) return {};
  auto wrapped = TRY(wrap(found.get()));
  return dictSet(dict, method, wrapped.get());
}

Status setClassCell(PyTypeObject* type, DictObject* dict) {
  Opt<> cell = dictGetStr(dict, name<"__classcell__">());
  if (!cell) return {};
  if (!isExact(cell.get(), &PyCell_Type)) {
    return raise(PyExc_TypeError, "__classcell__ must be a nonlocal cell, not %.200R",
                 static_cast<PyObject*>(typeOf(cell.get())));
  }
  setField(static_cast<CellObject*>(cell.get())->ob_ref, share<PyObject>(type));
  return dictDelete(dict, name<"__classcell__">());
}

// Instances of every class are collected, even those without fields of their own.
void setInstanceSlots(PyTypeObject* type) {
  type->tp_dealloc = subtypeDealloc;
  type->tp_alloc = genericAlloc;
  type->tp_free = gcFree;
  type->tp_flags |= Py_TPFLAGS_HAVE_GC;
  type->tp_traverse = subtypeTraverse;
  type->tp_clear = subtypeClear;
}

void setSuites(PyHeapTypeObject* heap) {
  heap->tp_as_async = &heap->as_async;
  heap->tp_as_number = &heap->as_number;
  heap->tp_as_sequence = &heap->as_sequence;
  heap->tp_as_mapping = &heap->as_mapping;
  heap->tp_as_buffer = &heap->as_buffer;
}

Result<Ref<PyTypeObject>> allocateClass(PyTypeObject* metatype, ClassPlan& plan) {
  Py_ssize_t slot_count = plan.slots.names ? plan.slots.names->size() : 0;
  auto type = TRY(
      Result<Ref<PyTypeObject>>::fromC(static_cast<PyTypeObject*>(metatype->tp_alloc(metatype, slot_count))));
  type->tp_flags = Py_TPFLAGS_HEAPTYPE | Py_TPFLAGS_BASETYPE;
  setSuites(heapType(type.get()));
  type->tp_bases = plan.bases.clone().leak();
  type->tp_base = share(plan.base).leak();
  type->tp_dict = plan.dict.clone().leak();
  if (metatype->tp_call == typeCallSlot) type->tp_vectorcall = classVectorcall;
  return type;
}

Status setAttributes(PyTypeObject* type, StrObject* class_name, ClassPlan& plan) {
  DictObject* dict = plan.dict.get();
  TRY(setNames(type, class_name, dict));
  TRY(setModule(dict));
  TRY(setDoc(type, dict));
  TRY(wrapFunction(dict, name<"__new__">(), staticMethodNew));
  TRY(wrapFunction(dict, name<"__init_subclass__">(), classMethodNew));
  TRY(wrapFunction(dict, name<"__class_getitem__">(), classMethodNew));
  TRY(classSlotsPlace(type, plan.base, plan.slots));
  setInstanceSlots(type);
  return setClassCell(type, dict);
}

Status callSetNames(PyTypeObject* type) {
  auto names = TRY(dictCopy(dictOf(type)));
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(names.get(), &position, &key, &value)) {
    SpecialMethod hook = TRY(specialMethod(value, name<"__set_name__">()));
    if (!hook.function) continue;
    PyObject* stack[] = {value, type, key};
    auto answer = callFound(hook, stack, 3);
    if (answer.failed()) {
      return raiseFromCause(PyExc_RuntimeError,
                            "Error calling __set_name__ on '%.100s' instance %R in '%.100s'", typeName(value),
                            key, type->tp_name);
    }
  }
  return {};
}

// super(cls, cls).__init_subclass__(**kwargs)
Status callInitSubclass(PyTypeObject* type, Opt<DictObject> kwargs) {
  bool found = false;  // a custom mro() may leave the class itself out
  for (Py_ssize_t i = 0; i < mroOf(type)->size() && !found; i++) found = mroOf(type)->at(i) == type;
  if (!found) return raise(PyExc_TypeError, "super(type, obj): obj must be an instance or subtype of type");
  auto hook = TRY(superGetAttr(type, type, type, name<"__init_subclass__">()));
  auto no_args = emptyTuple();
  TRY(callTupleDict(hook.get(), no_args.get(), kwargs));
  return {};
}

Result<Ref<PyTypeObject>> buildClass(PyTypeObject* metatype, StrObject* class_name, ClassPlan& plan) {
  auto type = TRY(allocateClass(metatype, plan));
  TRY(setAttributes(type.get(), class_name, plan));
  TRY(typeReady(type.get()));
  typeFixupSlots(type.get());
  if (type->tp_dictoffset) heapType(type.get())->ht_cached_keys = dictKeysNewShared();
  return type;
}

Result<Ref<>> classNew(PyTypeObject* metatype, PyObject* args, PyObject* kwargs) {
  ClassArgs given = TRY(parseArgs(args));
  Ref<TupleObject> bases = share(given.bases);
  if (bases->size() == 0) {
    bases = TRY(tupleOf(static_cast<PyObject*>(&PyBaseObject_Type)));
  } else {
    TRY(checkBases(bases.get()));
    PyTypeObject* winner = TRY(bestMetatype(metatype, bases.get()));
    if (winner != metatype && winner->tp_new != typeNewSlot) {
      return Result<Ref<>>::fromC(winner->tp_new(winner, args, kwargs));
    }
    metatype = winner;
  }
  PyTypeObject* base = TRY(bestBase(bases.get()));
  auto dict = TRY(dictCopy(given.body));
  ClassSlots slots = TRY(classSlotsPlan(given.class_name, bases.get(), base, dict.get()));
  ClassPlan plan{std::move(bases), base, std::move(dict), std::move(slots)};
  auto type = TRY(buildClass(metatype, given.class_name, plan));
  TRY(callSetNames(type.get()));
  TRY(callInitSubclass(type.get(), static_cast<DictObject*>(kwargs)));
  return type;
}

}  // namespace

// The most derived of the metatype and the bases' types.
Result<PyTypeObject*> bestMetatype(PyTypeObject* metatype, TupleObject* bases) {
  PyTypeObject* winner = metatype;
  for (Py_ssize_t i = 0; i < bases->size(); i++) {
    PyTypeObject* candidate = typeOf(bases->at(i));
    if (typeIsSubtype(winner, candidate)) continue;
    if (!typeIsSubtype(candidate, winner)) {
      return raise(
          PyExc_TypeError,
          "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the "
          "metaclasses of all its bases");
    }
    winner = candidate;
  }
  return winner;
}

PyObject* typeNewSlot(PyTypeObject* metatype, PyObject* args, PyObject* kwargs) {
  return orNull(classNew(metatype, args, kwargs));
}

}  // namespace krait
