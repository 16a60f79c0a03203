// Type variables in the arguments of generic aliases and unions: finding and substituting them.
#include "core/c_stack.h"
#include "core/call.h"
#include "types/generic_alias.h"
#include "types/list.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {

namespace {

// An attribute of the argument; types are left out: they only have descriptors for their instances.
Result<MaybeRef<>> argAttr(PyObject* argument, StrObject* attr) {
  if (isType(argument)) return MaybeRef<>{};
  return attrLookup(argument, attr);
}

Result<Py_ssize_t> indexOf(PyObject* const* items, Py_ssize_t count, PyObject* wanted) {
  for (Py_ssize_t i = 0; i < count; i++) {
    if (items[i] == wanted) return i;
  }
  return -1;
}

Status addUnique(ListObject* list, PyObject* item) {
  if (TRY(indexOf(list->ob_item, list->size(), item)) >= 0) return {};
  return listAppend(list, item);
}

// One level of *tuple[...] among the items is spread out.
Status addUnpacked(ListObject* out, PyObject* item) {
  MaybeRef<> inner = TRY(argAttr(item, name<"__typing_unpacked_tuple_args__">()));
  if (!inner || inner.get() == Py_None || !isTuple(inner.get())) return listAppend(out, item);
  auto* parts = cast<TupleObject>(inner.get());
  if (parts->size() > 0 && parts->at(parts->size() - 1) == Py_Ellipsis) return listAppend(out, item);
  for (Py_ssize_t i = 0; i < parts->size(); i++) TRY(listAppend(out, parts->at(i)));
  return {};
}

Result<Ref<TupleObject>> unpackItems(PyObject* item) {
  auto items = isTuple(item) ? share(cast<TupleObject>(item)) : TRY(tupleOf(item));
  auto out = TRY(listNew());
  for (Py_ssize_t i = 0; i < items->size(); i++) TRY(addUnpacked(out.get(), items->at(i)));
  return listAsTuple(out.get());
}

// Parameters that take several items at once (TypeVarTuple, ParamSpec) rearrange them first.
Result<Ref<TupleObject>> prepareItems(PyObject* self, TupleObject* parameters, Ref<TupleObject> items) {
  for (Py_ssize_t i = 0; i < parameters->size(); i++) {
    MaybeRef<> prepare = TRY(argAttr(parameters->at(i), name<"__typing_prepare_subst__">()));
    if (!prepare || prepare.get() == Py_None) continue;
    auto answer = TRY(call(prepare.get(), self, static_cast<PyObject*>(items.get())));
    items = isTuple(answer.get()) ? std::move(answer).as<TupleObject>() : TRY(tupleOf(answer.get()));
  }
  return items;
}

struct Substitution {
  TupleObject *parameters, *items;
};

Status addForParameter(ListObject* out, const Substitution& subst, PyObject* parameter) {
  Py_ssize_t at = TRY(indexOf(subst.parameters->items(), subst.parameters->size(), parameter));
  if (at < 0) return listAppend(out, parameter);
  PyObject* value = subst.items->at(at);
  if (!typeOf(parameter)->tp_iter || !isTuple(value)) return listAppend(out, value);
  for (Py_ssize_t i = 0; i < cast<TupleObject>(value)->size(); i++) {  // a TypeVarTuple
    TRY(listAppend(out, cast<TupleObject>(value)->at(i)));
  }
  return {};
}

// A nested generic: list[T] inside dict[str, list[T]].
Result<Ref<>> substituteNested(PyObject* argument, const Substitution& subst) {
  MaybeRef<> nested = TRY(argAttr(argument, name<"__parameters__">()));
  if (!nested || !isTuple(nested.get()) || cast<TupleObject>(nested.get())->size() == 0)
    return share(argument);
  auto values = TRY(listNew());
  auto* names = cast<TupleObject>(nested.get());
  for (Py_ssize_t i = 0; i < names->size(); i++) TRY(addForParameter(values.get(), subst, names->at(i)));
  auto key = TRY(listAsTuple(values.get()));
  return itemGet(argument, key.get());
}

Result<Ref<>> substituteOne(PyObject* argument, const Substitution& subst) {
  MaybeRef<> hook = TRY(argAttr(argument, name<"__typing_subst__">()));
  if (!hook) return substituteNested(argument, subst);
  Py_ssize_t at = TRY(indexOf(subst.parameters->items(), subst.parameters->size(), argument));
  if (at < 0) return share(argument);
  auto value = share(subst.items->at(at));
  return call(hook.get(), value.get());
}

Result<bool> isUnpackedVariable(PyObject* argument) {
  MaybeRef<> mark = TRY(argAttr(argument, name<"__typing_is_unpacked_typevartuple__">()));
  if (!mark) return false;
  return objectIsTrue(mark.get());
}

Status addSubstituted(ListObject* out, PyObject* argument, const Substitution& subst) {
  if (isType(argument)) return listAppend(out, argument);
  bool spread = TRY(isUnpackedVariable(argument));
  auto value = TRY(substituteOne(argument, subst));
  if (!spread) return listAppend(out, value.get());
  auto parts = TRY(sequenceTuple(value.get()));
  for (Py_ssize_t i = 0; i < parts->size(); i++) TRY(listAppend(out, parts->at(i)));
  return {};
}

Result<bool> hasAttr(PyObject* object, StrObject* attr) { return attrHas(object, attr); }

}  // namespace

Result<Ref<TupleObject>> typeParameters(TupleObject* args) {
  TRY(checkCStack(" while collecting type parameters"));
  auto found = TRY(listNew());
  for (Py_ssize_t i = 0; i < args->size(); i++) {
    auto argument = share(args->at(i));
    if (TRY(argAttr(argument.get(), name<"__typing_subst__">()))) {
      TRY(addUnique(found.get(), argument.get()));
      continue;
    }
    MaybeRef<> nested = TRY(argAttr(argument.get(), name<"__parameters__">()));
    if (!nested || !isTuple(nested.get())) continue;
    auto* names = cast<TupleObject>(nested.get());
    for (Py_ssize_t j = 0; j < names->size(); j++) TRY(addUnique(found.get(), names->at(j)));
  }
  return listAsTuple(found.get());
}

Result<Ref<TupleObject>> substituteParameters(PyObject* self, TupleObject* args, TupleObject* parameters,
                                              PyObject* item) {
  Py_ssize_t wanted = parameters->size();
  if (wanted == 0) return raise(PyExc_TypeError, "%R is not a generic class", self);
  auto items = TRY(prepareItems(self, parameters, TRY(unpackItems(item))));
  if (items->size() != wanted) {
    return raise(PyExc_TypeError, "Too %s arguments for %R; actual %zd, expected %zd",
                 items->size() > wanted ? "many" : "few", self, items->size(), wanted);
  }
  auto out = TRY(listNew());
  Substitution subst{parameters, items.get()};
  for (Py_ssize_t i = 0; i < args->size(); i++) TRY(addSubstituted(out.get(), args->at(i), subst));
  return listAsTuple(out.get());
}

Status appendTypeArgument(StrBuilder& out, PyObject* argument) {
  if (argument == Py_Ellipsis) return out.append("..."), Status();
  bool alias = TRY(hasAttr(argument, name<"__origin__">())) && TRY(hasAttr(argument, name<"__args__">()));
  MaybeRef<> qualname = alias ? MaybeRef<>() : TRY(attrLookup(argument, name<"__qualname__">()));
  MaybeRef<> module = qualname ? TRY(attrLookup(argument, name<"__module__">())) : MaybeRef<>();
  if (!module || module.get() == Py_None) {
    out.append(TRY(objectRepr(argument)));
    return {};
  }
  auto module_text = TRY(objectStr(module.get()));
  if (!strEqualsAscii(module_text.get(), "builtins")) {
    out.append(module_text);
    out.append('.');
  }
  out.append(TRY(objectStr(qualname.get())));
  return {};
}

}  // namespace krait
