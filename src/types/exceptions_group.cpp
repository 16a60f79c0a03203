// BaseExceptionGroup and ExceptionGroup (PEP 654).
#include "core/call.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/exceptions_impl.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/type.h"

namespace krait {
namespace exceptions {
namespace {

ExceptionGroupObject* groupOf(PyObject* self) {
  return static_cast<ExceptionGroupObject*>(cast<ExceptionObject>(self));
}
TupleObject* membersOf(PyObject* self) { return cast<TupleObject>(groupOf(self)->excs); }
bool isGroup(PyObject* o) {
  return isInstanceOf(o, reinterpret_cast<PyTypeObject*>(PyExc_BaseExceptionGroup));
}
bool isPlainException(PyObject* o) {
  return isInstanceOf(o, reinterpret_cast<PyTypeObject*>(PyExc_Exception));
}

PyTypeObject* group_type;  // ExceptionGroup, owned

// --- construction ------------------------------------------------------------------------------------------

Result<Ref<TupleObject>> checkedMembers(PyObject* exceptions) {
  if (!isSequence(exceptions))
    return raise(PyExc_TypeError, "second argument (exceptions) must be a sequence");
  Ref<TupleObject> members = TRY(sequenceTuple(exceptions));
  if (members->size() == 0)
    return raise(PyExc_ValueError, "second argument (exceptions) must be a non-empty sequence");
  for (Py_ssize_t i = 0; i < members->size(); i++)
    if (!isExceptionInstance(members->at(i)))
      return raise(PyExc_ValueError, "Item %zd of second argument (exceptions) is not an exception", i);
  return members;
}

// Groups of plain exceptions only become ExceptionGroups; others must not be caught by `except Exception`.
Result<PyTypeObject*> chooseType(PyTypeObject* type, TupleObject* members) {
  bool all_plain = true;
  for (Py_ssize_t i = 0; i < members->size(); i++) all_plain = all_plain && isPlainException(members->at(i));
  if (reinterpret_cast<PyObject*>(type) == PyExc_BaseExceptionGroup)
    return all_plain ? TRY(exceptionGroupType()) : type;
  if (all_plain) return type;
  if (type == TRY(exceptionGroupType()))
    return raise(PyExc_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
  if (TRY(isSubclass(reinterpret_cast<PyObject*>(type), PyExc_Exception)))
    return raise(PyExc_TypeError, "Cannot nest BaseExceptions in '%.200s'", type->tp_name);
  return type;
}

Result<Ref<>> groupNew(PyTypeObject* type, PyObject* given, Opt<> kwargs) {
  auto* args = cast<TupleObject>(given);
  if (args->size() != 2)
    return raise(PyExc_TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%zd given)",
                 args->size());
  PyObject* message = args->at(0);
  if (!isStr(message))
    return raise(PyExc_TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %.50s",
                 message == Py_None ? "None" : typeName(message));
  Ref<TupleObject> members = TRY(checkedMembers(args->at(1)));
  type = TRY(chooseType(type, members));
  Ref<> self = TRY(baseNew(type, given, kwargs));
  groupOf(self.get())->msg = share(message).leak();
  groupOf(self.get())->excs = std::move(members).leak();
  return self;
}

Result<Ref<StrObject>> groupStr(ExceptionObject* self) {
  Py_ssize_t count = membersOf(self)->size();
  return strFormat("%S (%zd sub-exception%s)", groupOf(self)->msg, count, count > 1 ? "s" : "");
}

Result<Ref<>> groupDerive(ExceptionObject* self, CallArgs args) {
  if (args.count != 1 || args.names)
    return raise(PyExc_TypeError, "function takes exactly 1 argument (%zd given)", args.count);
  return call(PyExc_BaseExceptionGroup, groupOf(self)->msg, args.values[0]);
}

// --- splitting ---------------------------------------------------------------------------------------------

struct Matcher {
  bool is_predicate;
  PyObject* value;  // borrowed: a function, or an exception type or tuple of them
};

Result<Matcher> matcherFrom(PyObject* value) {
  if (isExact(value, &PyFunction_Type)) return Matcher{true, value};
  if (isExceptionClass(value)) return Matcher{false, value};
  bool all_types = isExactTuple(value);
  for (Py_ssize_t i = 0; all_types && i < cast<TupleObject>(value)->size(); i++)
    all_types = isExceptionClass(cast<TupleObject>(value)->at(i));
  if (all_types) return Matcher{false, value};
  return raise(PyExc_TypeError, "expected a function, exception type or tuple of exception types");
}

Result<bool> matches(const Matcher& matcher, PyObject* exception) {
  if (!matcher.is_predicate) return exceptionMatches(exception, matcher.value);
  Ref<> answer = TRY(call(matcher.value, exception));
  return objectIsTrue(answer.get());
}

Status copyNotes(PyObject* from, PyObject* to) {
  MaybeRef<> notes = TRY(attrLookup(from, name<"__notes__">()));
  if (!notes || !isSequence(notes.get())) return {};
  Ref<ListObject> copy = TRY(sequenceList(notes.get()));
  return attrSet(to, name<"__notes__">(), copy.get());
}

// A group like `original` of some of its members, made by its derive(); absent for none.
Result<MaybeRef<>> subset(PyObject* original, ListObject* members) {
  if (members->size() == 0) return MaybeRef<>();
  Ref<> made = TRY(callMethod(original, name<"derive">(), members));
  if (!isGroup(made.get()))
    return raise(PyExc_TypeError, "derive must return an instance of BaseExceptionGroup");
  auto* from = cast<ExceptionObject>(original);
  if (from->traceback) TRY(exceptionSetTraceback(made.get(), from->traceback));
  if (from->context) exceptionSetContext(made.get(), share(from->context));
  if (from->cause) exceptionSetCause(made.get(), MaybeRef<>::share(from->cause));
  TRY(copyNotes(original, made.get()));
  return MaybeRef<>(std::move(made));
}

struct Split {
  MaybeRef<> match, rest;
};

Result<Split> splitException(PyObject* exception, const Matcher& matcher, bool with_rest);

Result<Split> splitGroup(PyObject* group, const Matcher& matcher, bool with_rest) {
  Ref<ListObject> matched = TRY(listNew());
  Ref<ListObject> others = TRY(listNew());
  auto members = share(membersOf(group));
  for (Py_ssize_t i = 0; i < members->size(); i++) {
    auto guard = TRY(RecursionGuard::enter(" in exceptiongroup_split_recursive"));
    Split part = TRY(splitException(members->at(i), matcher, with_rest));
    if (part.match) TRY(listAppend(matched, part.match.get()));
    if (part.rest) TRY(listAppend(others, part.rest.get()));
  }
  Split result;
  result.match = TRY(subset(group, matched));
  if (with_rest) result.rest = TRY(subset(group, others));
  return result;
}

Result<Split> splitException(PyObject* exception, const Matcher& matcher, bool with_rest) {
  Split result;
  if (TRY(matches(matcher, exception))) {
    result.match = MaybeRef<>::share(exception);
    return result;
  }
  if (isGroup(exception)) return splitGroup(exception, matcher, with_rest);
  if (with_rest) result.rest = MaybeRef<>::share(exception);
  return result;
}

Ref<> orNone(MaybeRef<> value) { return value ? std::move(value).take() : none(); }

Status checkOneArgument(const char* method, const CallArgs& args) {
  if (args.count == 1) return {};
  return raise(PyExc_TypeError, "%s expected 1 argument, got %zd", method, args.count);
}

Result<Ref<>> groupSplit(ExceptionObject* self, CallArgs args) {
  TRY(checkOneArgument("split", args));
  Split parts = TRY(splitException(self, TRY(matcherFrom(args.values[0])), true));
  Ref<> match = orNone(std::move(parts.match)), rest = orNone(std::move(parts.rest));
  return TRY(tupleOf(match.get(), rest.get()));
}

Result<Ref<>> groupSubgroup(ExceptionObject* self, CallArgs args) {
  TRY(checkOneArgument("subgroup", args));
  Split parts = TRY(splitException(self, TRY(matcherFrom(args.values[0])), false));
  return orNone(std::move(parts.match));
}

Result<Ref<>> classGetItem(PyObject* cls, PyObject* item) { return genericAliasNew(cls, item); }

constinit PyMethodDef kGroupMethods[] = {
    classMethod<"!__class_getitem__($type, item, /)", classGetItem, "See PEP 585.">,
    method<"!%derive($self, *args)", groupDerive>,
    method<"!%split($self, *args)", groupSplit>,
    method<"!%subgroup($self, *args)", groupSubgroup>,
    {}};
constinit PyMemberDef kGroupMembers[] = {
    {"message", T_OBJECT, offsetof(ExceptionGroupObject, msg), READONLY, "The message of the group."},
    {"exceptions", T_OBJECT, offsetof(ExceptionGroupObject, excs), READONLY, "The nested exceptions."},
    {}};

}  // namespace
}  // namespace exceptions

Result<PyTypeObject*> exceptionGroupType() {
  using exceptions::group_type;
  if (group_type) return group_type;
  Ref<TupleObject> bases = TRY(tupleOf(PyExc_BaseExceptionGroup, PyExc_Exception));
  Ref<DictObject> dict = TRY(dictNew());
  Ref<StrObject> module = TRY(strFromUtf8("builtins"));  // not the built-in types' string: pickles tell
  TRY(dictSet(dict, "__module__", module));
  Ref<StrObject> type_name = TRY(strFromAscii("ExceptionGroup"));
  Ref<TupleObject> args = TRY(tupleOf(type_name.get(), bases.get(), dict.get()));
  Ref<> made = TRY(callTupleDict(reinterpret_cast<PyObject*>(&PyType_Type), args, nullptr));
  group_type = reinterpret_cast<PyTypeObject*>(std::move(made).leak());
  return group_type;
}

}  // namespace krait

using namespace krait;
using namespace krait::exceptions;

extern "C" PyTypeObject _PyExc_BaseException;

KR_EXCEPTION_TYPE(BaseExceptionGroup, BaseException, ExceptionGroupObject, .tp_dealloc = Fields<2>::dealloc,
                  .tp_str = slot<groupStr>, .tp_flags = kFlags,
                  .tp_doc = "A combination of several unrelated exceptions.",
                  .tp_traverse = Fields<2>::traverse, .tp_clear = Fields<2>::clear,
                  .tp_methods = kGroupMethods, .tp_members = kGroupMembers, .tp_base = &_PyExc_BaseException,
                  .tp_init = slot<baseInit>, .tp_new = slot<groupNew>)
