// object: the base of everything.
#include "base/hash.h"
#include "types/list.h"
#include "types/object_internal.h"
#include "types/static_hash.h"
#include "types/str_builder.h"
#include "types/type_internal.h"

extern "C" {
PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr);
int PyObject_GenericSetAttr(PyObject* self, PyObject* attr, PyObject* value);
}

namespace krait {

namespace {

bool hasArguments(PyObject* args, PyObject* kwargs) {
  return cast<TupleObject>(args)->size() > 0 || (kwargs && static_cast<DictObject*>(kwargs)->size() > 0);
}

Raised raiseAbstract(PyTypeObject* type) {
  auto methods = TRY(attrGet(type, name<"__abstractmethods__">()));
  auto sorted = TRY(sequenceList(methods.get()));
  TRY(listSort(sorted.get(), nullptr, false));
  auto comma = TRY(strLiteral(", "));
  auto joined = TRY(strJoin(comma.get(), sorted.get()));
  return raise(PyExc_TypeError, "Can't instantiate abstract class %s with abstract method%s %U",
               type->tp_name, sorted->size() > 1 ? "s" : "", static_cast<PyObject*>(joined.get()));
}

// Arguments are an error unless the class takes them in its own __init__ or __new__.
Result<Ref<>> objectNewInstance(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (hasArguments(args, kwargs)) {
    if (type->tp_new != objectNewSlot) {
      return raise(PyExc_TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
    }
    if (type->tp_init == PyBaseObject_Type.tp_init) {
      return raise(PyExc_TypeError, "%.200s() takes no arguments", type->tp_name);
    }
  }
  if (hasFlag(type, Py_TPFLAGS_IS_ABSTRACT)) return raiseAbstract(type);
  return Result<Ref<>>::fromC(type->tp_alloc(type, 0));
}

int objectInitSlot(PyObject* self, PyObject* args, PyObject* kwargs) {
  if (!hasArguments(args, kwargs)) return 0;
  PyTypeObject* type = typeOf(self);
  if (type->tp_init != objectInitSlot) {
    (void)raise(PyExc_TypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
    return -1;
  }
  if (type->tp_new == objectNewSlot) {
    (void)raise(PyExc_TypeError, "%.200s.__init__() takes exactly one argument (the instance to initialize)",
                type->tp_name);
    return -1;
  }
  return 0;
}

void objectDealloc(PyObject* self) { typeOf(self)->tp_free(self); }

Result<Ref<>> objectRepr_(PyObject* self) {
  PyTypeObject* type = typeOf(self);
  auto module = typeModule(type);
  auto qualname = TRY(typeQualname(type));
  if (module.failed()) clearPending();
  MaybeRef<> module_name = module.failed() ? MaybeRef<>() : MaybeRef<>(std::move(module).take());
  if (module_name && isStr(module_name.get()) &&
      !strEqualsAscii(cast<StrObject>(module_name.get()), "builtins")) {
    return strFormat("<%U.%U object at %p>", module_name.get(), static_cast<PyObject*>(qualname.get()), self);
  }
  return strFormat("<%s object at %p>", type->tp_name, self);
}

Result<Ref<>> objectStrSlot(PyObject* self) {
  reprfunc repr = typeOf(self)->tp_repr;
  if (!repr) return objectRepr_(self);
  return Result<Ref<>>::fromC(repr(self));
}

Py_hash_t objectHashSlot(PyObject* self) {
  return isInImage(self) ? staticObjectHash(self) : hashPointer(self);
}

Result<Ref<>> compareNotEqual(PyObject* self, PyObject* other) {
  richcmpfunc compare = typeOf(self)->tp_richcompare;
  if (!compare) return notImplemented();
  auto equal = TRY(Result<Ref<>>::fromC(compare(self, other, Py_EQ)));
  if (equal.get() == Py_NotImplemented) return equal;
  return boolObject(!TRY(objectIsTrue(equal.get())));
}

Result<Ref<>> objectCompare(PyObject* self, PyObject* other, int op) {
  if (op == Py_EQ) return self == other ? boolObject(true) : notImplemented();
  if (op == Py_NE) return compareNotEqual(self, other);
  return notImplemented();
}

Result<Ref<>> objectFormatMethod(PyObject* self, PyObject* spec) {
  if (!isStr(spec))
    return raise(PyExc_TypeError, "__format__() argument must be str, not %.50s",
                 spec == Py_None ? "None" : typeName(spec));
  if (cast<StrObject>(spec)->size() > 0) {
    return raise(PyExc_TypeError, "unsupported format string passed to %.200s.__format__", typeName(self));
  }
  return objectStr(self);
}

Result<Py_ssize_t> objectSizeof(PyObject* self) {
  PyTypeObject* type = typeOf(self);
  Py_ssize_t size = type->tp_basicsize;
  if (type->tp_itemsize > 0) {
    Py_ssize_t items = static_cast<PyVarObject*>(self)->ob_size;
    size += (items < 0 ? -items : items) * type->tp_itemsize;
  }
  return size;
}

Status mergeClassNames(DictObject* out, PyObject* cls) {
  auto mro = TRY(attrLookup(cls, name<"__mro__">()));
  if (!mro || !isTuple(mro.get())) return {};
  auto* classes = cast<TupleObject>(mro.get());
  for (Py_ssize_t i = classes->size() - 1; i >= 0; i--) {
    MaybeRef<> dict = TRY(attrLookup(classes->at(i), name<"__dict__">()));
    if (dict) TRY(dictUpdate(out, dict.get()));
  }
  return {};
}

Result<Ref<ListObject>> objectDirMethod(PyObject* self) {
  MaybeRef<> own = TRY(attrLookup(self, name<"__dict__">()));
  auto names = own && isDict(own.get()) ? TRY(dictCopy(cast<DictObject>(own.get()))) : TRY(dictNew());
  MaybeRef<> cls = TRY(attrLookup(self, name<"__class__">()));
  if (cls) TRY(mergeClassNames(names.get(), cls.get()));
  return dictKeys(names.get());
}

Result<Ref<>> objectSubclassHook(PyObject*, CallArgs) { return notImplemented(); }
Result<Ref<>> objectInitSubclass(PyObject*) { return none(); }
Result<Ref<>> getClass(PyObject* self) { return share<PyObject>(typeOf(self)); }

constinit PyMethodDef kObjectMethods[] = {
    method<"__reduce_ex__($self, protocol, /)", objectReduceEx,
           "Pickle support: the reduced value for a protocol.">,
    method<"__reduce__($self, /)", objectReduce, "Pickle support: the reduced value.">,
    method<"__getstate__($self, /)", objectGetState, "Pickle support: the instance's state.">,
    classMethod<"!%__subclasshook__(*args)", objectSubclassHook,
                "Abstract classes override this to customize issubclass().">,
    classMethod<"!__init_subclass__()", objectInitSubclass,
                "Called when a class is subclassed; does nothing here.">,
    method<"__format__($self, format_spec, /)", objectFormatMethod,
           "Default formatter: str(self) without a spec.">,
    method<"__sizeof__($self, /)", objectSizeof, "Memory size of the object in bytes.">,
    method<"__dir__($self, /)", objectDirMethod, "The names of the object's attributes.">,
    {},
};

constinit PyGetSetDef kObjectGetSet[] = {
    getset<"__class__", getClass, objectSetClass, "the object's class">,
    {},
};

// T.__new__(S, ...): S must derive from T and share its native part.
Status checkNewSafe(PyTypeObject* type, PyTypeObject* subtype) {
  if (!typeIsSubtype(subtype, type)) {
    return raise(PyExc_TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->tp_name,
                 subtype->tp_name, subtype->tp_name, type->tp_name);
  }
  PyTypeObject* native = subtype;
  while (native && native->tp_new == slotTpNew) native = native->tp_base;
  if (!native || native->tp_new == type->tp_new) return {};
  return raise(PyExc_TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->tp_name,
               subtype->tp_name, native->tp_name);
}

Result<Ref<>> callNew(PyObject* self, TupleObject* args, PyObject* kwargs) {
  if (!self || !isType(self)) return raise(PyExc_SystemError, "__new__() called with non-type 'self'");
  PyTypeObject* type = asType(self);
  if (!type->tp_new) return raise(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
  if (args->size() < 1) return raise(PyExc_TypeError, "%s.__new__(): not enough arguments", type->tp_name);
  PyObject* first = args->at(0);
  if (!isType(first)) {
    return raise(PyExc_TypeError, "%s.__new__(X): X is not a type object (%s)", type->tp_name,
                 typeName(first));
  }
  TRY(checkNewSafe(type, asType(first)));
  auto rest = TRY(tupleSlice(args, 1, args->size()));
  return Result<Ref<>>::fromC(type->tp_new(asType(first), rest.get(), kwargs));
}

}  // namespace

PyObject* objectNewSlot(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  return orNull(objectNewInstance(type, args, kwargs));
}

PyObject* newWrapper(PyObject* self, PyObject* args, PyObject* kwargs) {
  return orNull(callNew(self, cast<TupleObject>(args), kwargs));
}

PyObject* nextNotImplemented(PyObject* self) {
  (void)raise(PyExc_TypeError, "'%.200s' object is not iterable", typeName(self));
  return nullptr;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyBaseObject_Type = {
    KR_TYPE_HEAD,
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = objectDealloc,
    .tp_repr = slot<objectRepr_>,
    .tp_hash = objectHashSlot,
    .tp_str = slot<objectStrSlot>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc =
        docText<"object()",
                "The base class of the class hierarchy.\n\nIt has no attributes and takes no arguments.">,
    .tp_richcompare = slot<objectCompare>,
    .tp_methods = kObjectMethods,
    .tp_getset = kObjectGetSet,
    .tp_init = objectInitSlot,
    .tp_alloc = genericAlloc,
    .tp_new = objectNewSlot,
    .tp_free = objectFree,
};
