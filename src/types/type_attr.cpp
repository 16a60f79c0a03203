// Attributes of types: T.name looks along the metaclass's MRO for data descriptors, then along T's own.
#include "types/exceptions.h"
#include "types/type_internal.h"

namespace krait {

namespace {

Result<Ref<>> bind(PyObject* descr, Opt<> object, PyTypeObject* type) {
  auto held = share(descr);
  descrgetfunc get = typeOf(descr)->tp_descr_get;
  if (!get) return held;
  return Result<Ref<>>::fromC(get(descr, object.get(), type));
}

// Types that were readied as part of others may be asked for attributes before their own turn.
Status ensureReady(PyTypeObject* type) {
  return hasFlag(type, Py_TPFLAGS_READY) ? Status() : typeReady(type);
}

Raised raiseNoAttribute(PyTypeObject* type, PyObject* attr) {
  auto message = TRY(strFormat("type object '%.50s' has no attribute '%U'", type->tp_name, attr));
  return raiseObject(PyExc_AttributeError, message.get());
}

Status checkMutable(PyTypeObject* type, PyObject* attr) {
  if (!hasFlag(type, Py_TPFLAGS_IMMUTABLETYPE)) return {};
  return raise(PyExc_TypeError, "cannot set %R attribute of immutable type '%s'", attr, type->tp_name);
}

bool isDunder(const StrObject* s) {
  Py_ssize_t n = s->size();
  return n >= 4 && s->at(0) == '_' && s->at(1) == '_' && s->at(n - 1) == '_' && s->at(n - 2) == '_';
}

// Extensions (mypyc's) set attributes of a heap type before they ready it: its dictionary begins here.
Status storeInDict(PyTypeObject* type, StrObject* attr, Opt<> value) {
  if (!type->tp_dict) type->tp_dict = TRY(dictNew()).leak();
  auto dict = share(dictOf(type));
  if (value) return dictSet(dict.get(), attr, value.get());
  if (TRY(dictDiscard(dict.get(), attr))) return {};
  return raiseNoAttribute(type, attr);
}

Raised raiseBadName(PyObject* attr) {
  return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attr));
}

}  // namespace

Result<MaybeRef<>> typeLookupAttr(PyTypeObject* type, PyObject* attr) {
  if (!isStr(attr)) return raiseBadName(attr);
  TRY(ensureReady(type));
  auto* attr_name = cast<StrObject>(attr);
  PyTypeObject* metatype = typeOf(type);
  auto meta = MaybeRef<>::share(typeLookup(metatype, attr_name).get());
  descrgetfunc meta_get = meta ? typeOf(meta.get())->tp_descr_get : nullptr;
  if (meta_get && isDataDescr(meta.get())) {
    return MaybeRef<>(TRY(Result<Ref<>>::fromC(meta_get(meta.get(), type, metatype))));
  }
  if (Opt<> own = typeLookup(type, attr_name)) return MaybeRef<>(TRY(bind(own.get(), nullptr, type)));
  if (meta_get) return MaybeRef<>(TRY(Result<Ref<>>::fromC(meta_get(meta.get(), type, metatype))));
  return meta;
}

Result<Ref<>> typeGetAttr(PyTypeObject* type, PyObject* attr) {
  MaybeRef<> found = TRY(typeLookupAttr(type, attr));
  if (found) return std::move(found).take();
  return raiseNoAttribute(type, attr);
}

Status typeSetAttr(PyTypeObject* type, PyObject* attr, Opt<> value) {
  if (!isStr(attr)) {
    TRY(checkMutable(type, attr));
    return raiseBadName(attr);
  }
  TRY(checkMutable(type, attr));
  Ref<StrObject> interned =
      isExactStr(attr) ? strIntern(share(cast<StrObject>(attr))) : share(cast<StrObject>(attr));
  MaybeRef<> old;  // kept until slots and caches agree with the new value: dropping it may run Python
  auto meta = MaybeRef<>::share(typeLookup(typeOf(type), interned.get()).get());
  if (meta && isDataDescr(meta.get())) {
    TRY(Status::fromC(typeOf(meta.get())->tp_descr_set(meta.get(), type, value.get())));
  } else {
    if (type->tp_dict) old = MaybeRef<>::share(dictGetStr(dictOf(type), interned.get()).get());
    TRY(storeInDict(type, interned.get(), value));
  }
  typeModified(type);
  if (isDunder(interned.get())) typeUpdateSlot(type, interned.get());
  return {};
}

}  // namespace krait
