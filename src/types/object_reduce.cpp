// Pickle support of every object: __reduce__, __reduce_ex__ and __getstate__.
#include "core/call.h"
#include "core/import.h"
#include "core/number.h"
#include "types/dict_keys.h"
#include "types/int.h"
#include "types/list.h"
#include "types/method.h"
#include "types/object_internal.h"
#include "types/str.h"
#include "types/type_internal.h"

namespace krait {

namespace {

// Names of all slots of a class and its bases, as copyreg caches them on the class; None when there are none.
Result<Ref<>> slotNames(PyTypeObject* type) {
  Opt<> cached = TRY(dictGet(dictOf(type), name<"__slotnames__">()));
  Ref<> names = cached ? share(cached.get()) : none();
  if (!cached) {
    auto compute = TRY(importAttr("copyreg", "_slotnames"));
    names = TRY(call(compute.get(), static_cast<PyObject*>(type)));
    if (names.get() != Py_None && !isList(names.get())) {
      return raise(PyExc_TypeError, "copyreg._slotnames didn't return a list or None");
    }
  } else if (names.get() != Py_None && !isList(names.get())) {
    return raise(PyExc_TypeError, "%.200s.__slotnames__ should be a list or None, not %.200s", type->tp_name,
                 typeName(names.get()));
  }
  return names;
}

// Would copyreg.__newobj__ lose native fields that the state does not hold?
bool hasHiddenFields(PyTypeObject* type, PyObject* names) {
  Py_ssize_t plain = PyBaseObject_Type.tp_basicsize;
  if (type->tp_dictoffset != 0 && !hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) plain += sizeof(PyObject*);
  if (type->tp_weaklistoffset > 0) plain += sizeof(PyObject*);
  if (names != Py_None) plain += static_cast<Py_ssize_t>(sizeof(PyObject*)) * cast<ListObject>(names)->size();
  return type->tp_basicsize > plain;
}

Result<Ref<>> slotValues(PyObject* self, ListObject* names) {
  auto values = TRY(dictNew());
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    auto slot_name = share(names->at(i));
    if (!isStr(slot_name.get())) continue;
    MaybeRef<> value = TRY(attrLookup(self, cast<StrObject>(slot_name.get())));
    if (value) TRY(dictSet(values.get(), slot_name.get(), value.get()));
  }
  return values;
}

// No instance dict, or nothing in it. Does not make the dict.
bool hasEmptyDict(PyObject* self) {
  PyTypeObject* type = typeOf(self);
  if (type->tp_dictoffset == 0) return true;
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) {
    ManagedDict* managed = managedDictOf(self);
    if (managed->values) return managed->values->count() == 0;
    return !managed->dict || managed->dict->size() == 0;
  }
  PyObject** word = dictSlot(self);
  return !word || !*word || static_cast<DictObject*>(*word)->size() == 0;
}

Result<Ref<>> defaultState(PyObject* self, bool required) {
  PyTypeObject* type = typeOf(self);
  if (required && type->tp_itemsize)
    return raise(PyExc_TypeError, "cannot pickle %.200s objects", type->tp_name);
  Ref<> state = hasEmptyDict(self) ? none() : TRY(genericGetDict(self));
  auto names = TRY(slotNames(type));
  if (required && hasHiddenFields(type, names.get())) {
    return raise(PyExc_TypeError, "cannot pickle '%.200s' object", type->tp_name);
  }
  if (names.get() == Py_None || cast<ListObject>(names.get())->size() == 0) return state;
  auto values = TRY(slotValues(self, cast<ListObject>(names.get())));
  if (cast<DictObject>(values.get())->size() == 0) return state;
  return tupleOf(state.get(), values.get());
}

// object's own __getstate__, bound to the object?
bool isDefaultGetState(PyObject* method, PyObject* self) {
  if (!isExact(method, &PyCFunction_Type)) return false;
  auto* function = static_cast<CFunctionObject*>(method);
  Opt<> standard = dictGetStr(dictOf(&PyBaseObject_Type), name<"__getstate__">());
  return function->m_self == self && standard && isExact(standard.get(), &PyMethodDescr_Type) &&
         static_cast<MethodDescrObject*>(standard.get())->d_method == function->m_ml;
}

Result<Ref<>> stateOf(PyObject* self, bool required) {
  auto getstate = TRY(attrGet(self, name<"__getstate__">()));
  if (isDefaultGetState(getstate.get(), self)) return defaultState(self, required);
  return call(getstate.get());
}

struct NewArgs {
  MaybeRef<> args;  // absent: the class does not say
  MaybeRef<> kwargs;
};

Result<NewArgs> fromGetNewArgsEx(PyObject* method) {
  auto answer = TRY(call(method));
  if (!isTuple(answer.get())) {
    return raise(PyExc_TypeError, "__getnewargs_ex__ should return a tuple, not '%.200s'",
                 typeName(answer.get()));
  }
  auto* pair = cast<TupleObject>(answer.get());
  if (pair->size() != 2) {
    return raise(PyExc_ValueError, "__getnewargs_ex__ should return a tuple of length 2, not %zd",
                 pair->size());
  }
  if (!isTuple(pair->at(0))) {
    return raise(PyExc_TypeError,
                 "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '%.200s'",
                 typeName(pair->at(0)));
  }
  if (!isDict(pair->at(1))) {
    return raise(PyExc_TypeError,
                 "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '%.200s'",
                 typeName(pair->at(1)));
  }
  return NewArgs{share(pair->at(0)), share(pair->at(1))};
}

Result<NewArgs> newArgsOf(PyObject* self) {
  MaybeRef<> extended = TRY(lookupSpecial(self, name<"__getnewargs_ex__">()));
  if (extended) return fromGetNewArgsEx(extended.get());
  MaybeRef<> plain = TRY(lookupSpecial(self, name<"__getnewargs__">()));
  if (!plain) return NewArgs{};
  auto answer = TRY(call(plain.get()));
  if (isTuple(answer.get())) return NewArgs{std::move(answer), nullptr};
  return raise(PyExc_TypeError, "__getnewargs__ should return a tuple, not '%.200s'", typeName(answer.get()));
}

// (copyreg function, its arguments) that make the bare object again.
Result<Ref<TupleObject>> newCall(PyObject* self, const NewArgs& new_args, Ref<>* function) {
  PyObject* cls = typeOf(self);
  bool with_keywords = new_args.kwargs && cast<DictObject>(new_args.kwargs.get())->size() > 0;
  *function = TRY(importAttr("copyreg", with_keywords ? "__newobj_ex__" : "__newobj__"));
  if (with_keywords) return tupleOf(cls, new_args.args.get(), new_args.kwargs.get());
  auto head = TRY(tupleOf(cls));
  if (!new_args.args) return head;
  return tupleConcat(head.get(), cast<TupleObject>(new_args.args.get()));
}

Result<Ref<>> listItems(PyObject* self) { return isList(self) ? getIter(self) : none(); }

Result<Ref<>> dictItemsIter(PyObject* self) {
  if (!isDict(self)) return none();
  auto items = TRY(callMethod(self, name<"items">()));
  return getIter(items.get());
}

Result<Ref<>> reduceByNew(PyObject* self) {
  if (!typeOf(self)->tp_new) {
    return raise(PyExc_TypeError, "cannot pickle '%.200s' object", typeName(self));
  }
  NewArgs new_args = TRY(newArgsOf(self));
  Ref<> function = none();
  auto arguments = TRY(newCall(self, new_args, &function));
  bool required = !new_args.args && !isList(self) && !isDict(self);
  auto state = TRY(stateOf(self, required));
  auto list_items = TRY(listItems(self));
  auto dict_items = TRY(dictItemsIter(self));
  return tupleOf<PyObject, PyObject, PyObject, PyObject, PyObject>(
      function.get(), arguments.get(), state.get(), list_items.get(), dict_items.get());
}

Result<Ref<>> reduceFor(PyObject* self, int protocol) {
  if (protocol >= 2) return reduceByNew(self);
  auto reduce = TRY(importAttr("copyreg", "_reduce_ex"));
  auto number = TRY(intFromLong(protocol));
  return call(reduce.get(), self, static_cast<PyObject*>(number.get()));
}

}  // namespace

Result<Ref<>> objectGetState(PyObject* self) { return defaultState(self, false); }
Result<Ref<>> objectReduce(PyObject* self) { return reduceFor(self, 0); }

// A class's own __reduce__ goes before the default of __reduce_ex__.
Result<Ref<>> objectReduceEx(PyObject* self, int protocol) {
  MaybeRef<> reduce = TRY(attrLookup(self, name<"__reduce__">()));
  if (reduce) {
    auto own = TRY(attrGet(typeOf(self), name<"__reduce__">()));
    Opt<> standard = dictGetStr(dictOf(&PyBaseObject_Type), name<"__reduce__">());
    if (own.get() != standard.get()) return call(reduce.get());
  }
  return reduceFor(self, protocol);
}

}  // namespace krait
