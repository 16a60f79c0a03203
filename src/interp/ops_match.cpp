// Pattern matching.
#include "core/call.h"
#include "core/number.h"
#include "interp/inline_cache.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"

namespace krait {

OP_BODY(GET_LEN) {
  Py_ssize_t length = OP_TRY(objectLength(sp.peek(0)));
  sp.push(OP_TRY(intFromLong(length)));
  return Step::kNext;
}

OP_BODY(MATCH_MAPPING) {
  sp.push(boolRef(hasFlag(typeOf(sp.peek(0)), Py_TPFLAGS_MAPPING)));
  return Step::kNext;
}

OP_BODY(MATCH_SEQUENCE) {
  sp.push(boolRef(hasFlag(typeOf(sp.peek(0)), Py_TPFLAGS_SEQUENCE)));
  return Step::kNext;
}

namespace {

// The values of all keys as a tuple, or None when one is missing.
Result<Ref<>> matchKeys(PyObject* mapping, TupleObject* keys) {
  if (keys->size() == 0) return emptyTuple();
  Ref<> get = TRY(attrGet(mapping, name<"get">()));
  Ref<SetObject> seen = TRY(setNew());
  Ref<> missing = Ref<>::steal(PyBaseObject_Type.tp_alloc(&PyBaseObject_Type, 0));
  Ref<ListObject> values = TRY(listNew());
  for (Py_ssize_t i = 0; i < keys->size(); i++) {
    PyObject* key = keys->at(i);
    if (TRY(setContains(seen.get(), key))) {
      return raise(PyExc_ValueError, "mapping pattern checks duplicate key (%R)", key);
    }
    TRY(setAdd(seen.get(), key));
    Ref<> value = TRY(call(get.get(), key, missing.get()));
    if (value.get() == missing.get()) return none();
    TRY(listAppend(values.get(), std::move(value)));
  }
  return listAsTuple(values.get());
}

struct ClassMatcher {
  PyObject* subject;
  PyObject* cls;
  SetObject* seen;
  ListObject* values;

  // False: the subject lacks the attribute.
  Result<bool> take(PyObject* attribute) {
    if (TRY(setContains(seen, attribute))) {
      return raise(PyExc_TypeError, "%s() got multiple sub-patterns for attribute %R",
                   reinterpret_cast<PyTypeObject*>(cls)->tp_name, attribute);
    }
    TRY(setAdd(seen, attribute));
    MaybeRef<> value = TRY(attrLookup(subject, cast<StrObject>(attribute)));
    if (!value) return false;
    TRY(listAppend(values, std::move(value).take()));
    return true;
  }
};

// __match_args__ of the class; absent: it has none and matches itself.
Result<MaybeRef<TupleObject>> matchArgs(PyObject* cls, bool* match_self) {
  const char* class_name = reinterpret_cast<PyTypeObject*>(cls)->tp_name;
  MaybeRef<> found = TRY(attrLookup(cls, name<"__match_args__">()));
  if (!found) {
    *match_self = hasFlag(reinterpret_cast<PyTypeObject*>(cls), Py_TPFLAGS_MATCH_SELF);
    return MaybeRef<TupleObject>(emptyTuple());
  }
  if (!isExactTuple(found.get())) {
    return raise(PyExc_TypeError, "%s.__match_args__ must be a tuple (got %s)", class_name,
                 typeName(found.get()));
  }
  return MaybeRef<TupleObject>(std::move(found).take().as<TupleObject>());
}

Result<bool> matchPositional(ClassMatcher& matcher, Py_ssize_t count) {
  bool match_self = false;
  MaybeRef<TupleObject> args = TRY(matchArgs(matcher.cls, &match_self));
  Py_ssize_t allowed = match_self ? 1 : args->size();
  const char* class_name = reinterpret_cast<PyTypeObject*>(matcher.cls)->tp_name;
  if (allowed < count) {
    return raise(PyExc_TypeError, "%s() accepts %zd positional sub-pattern%s (%zd given)", class_name,
                 allowed, allowed == 1 ? "" : "s", count);
  }
  if (match_self) {
    TRY(listAppend(matcher.values, matcher.subject));
    return true;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    PyObject* attribute = args->at(i);
    if (!isExactStr(attribute)) {
      return raise(PyExc_TypeError, "__match_args__ elements must be strings (got %.200s)",
                   typeName(attribute));
    }
    if (!TRY(matcher.take(attribute))) return false;
  }
  return true;
}

// The captured attributes as a tuple, or None.
Result<Ref<>> matchClass(PyObject* subject, PyObject* cls, Py_ssize_t count, TupleObject* keywords) {
  if (!hasFlag(typeOf(cls), Py_TPFLAGS_TYPE_SUBCLASS))
    return raise(PyExc_TypeError, "called match pattern must be a type");
  if (!TRY(isInstance(subject, cls))) return none();
  Ref<SetObject> seen = TRY(setNew());
  Ref<ListObject> values = TRY(listNew());
  ClassMatcher matcher{subject, cls, seen.get(), values.get()};
  if (count && !TRY(matchPositional(matcher, count))) return none();
  for (Py_ssize_t i = 0; i < keywords->size(); i++) {
    if (!isStr(keywords->at(i))) return raise(PyExc_SystemError, "a class pattern's attribute is no string");
    if (!TRY(matcher.take(keywords->at(i)))) return none();
  }
  return listAsTuple(values.get());
}

}  // namespace

OP_BODY(MATCH_KEYS) {
  sp.push(OP_TRY(matchKeys(sp.peek(1), cast<TupleObject>(sp.peek(0)))));
  return Step::kNext;
}

// [subject, class, keyword names] -> tuple or None
OP_BODY(MATCH_CLASS) {
  Ref<> values = OP_TRY(matchClass(sp.peek(2), sp.peek(1), oparg, cast<TupleObject>(sp.peek(0))));
  sp.drop(2);
  sp.replaceTop(std::move(values));
  return Step::kNext;
}

}  // namespace krait
