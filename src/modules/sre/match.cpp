// re.Match: where the groups of a match begin and end.
#include "core/import.h"
#include "modules/sre/sre.h"

namespace krait::sre {

PyTypeObject* match_type = nullptr;

Result<Ref<>> matchNew(PatternObject* pattern, State& state) {
  Py_ssize_t groups = pattern->groups + 1;
  Ref<MatchObject> match = TRY(typeAlloc<MatchObject>(match_type, 2 * groups));
  match->pattern = share(pattern).leak();
  match->string = share(state.string).leak();
  match->groups = groups;
  match->marks[0] = state.match_start;
  match->marks[1] = state.match_end;
  for (Py_ssize_t i = 1; i < groups; i++) {
    Py_ssize_t start = state.marks[2 * i - 2], end = state.marks[2 * i - 1];
    bool took_part = start >= 0 && end >= start;
    match->marks[2 * i] = took_part ? start : -1;
    match->marks[2 * i + 1] = took_part ? end : -1;
  }
  match->pos = state.start;
  match->endpos = state.end;
  match->last_index = state.last_index;
  return match;
}

namespace {

void matchDealloc(PyObject* object) {
  auto* self = cast<MatchObject>(object);
  gcUntrack(object);
  xdecref(self->regs);
  xdecref(self->string);
  xdecref(self->pattern);
  heapInstanceFree(object);
}
int matchTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<MatchObject>(object);
  return visitAll(visit, arg, typeObject(object), self->string, self->regs, self->pattern);
}
int matchClear(PyObject* object) {
  auto* self = cast<MatchObject>(object);
  clearField(self->string);
  clearField(self->regs);
  clearField(self->pattern);
  return 0;
}

DictObject* groupNames(MatchObject* self) {
  return self->pattern ? static_cast<DictObject*>(self->pattern->group_index) : nullptr;
}

// A group's number from a number or a name: IndexError "no such group".
Result<Py_ssize_t> groupNumber(MatchObject* self, PyObject* group) {
  Py_ssize_t number = -1;
  if (isIndex(group)) {
    number = TRY(asSsize(group, nullptr));
  } else if (DictObject* names = groupNames(self); names && names->size() > 0) {
    Opt<> index = TRY(dictGet(names, group));
    if (index && isInt(index.get())) number = TRY(intAsSsize(cast<IntObject>(index.get())));
  }
  if (number < 0 || number >= self->groups) return raise(PyExc_IndexError, "no such group");
  return number;
}

Result<Ref<>> groupAt(MatchObject* self, Py_ssize_t number, PyObject* fallback) {
  if (self->string == Py_None || !self->string || self->marks[2 * number] < 0) return share(fallback);
  auto string = share(self->string);
  return sliceText(string, self->marks[2 * number], self->marks[2 * number + 1]);
}
Result<Ref<>> groupBy(MatchObject* self, PyObject* group) {
  return groupAt(self, TRY(groupNumber(self, group)), Py_None);
}

Result<Ref<>> matchGroup(MatchObject* self, CallArgs args) {
  TRY(modules::refuseKeywords(args, "re.Match.group"));
  if (args.count == 0) return groupAt(self, 0, Py_None);
  if (args.count == 1) return groupBy(self, args.values[0]);
  Ref<TupleObject> groups = TRY(tupleNew(args.count));
  for (Py_ssize_t i = 0; i < args.count; i++) groups->ob_item[i] = TRY(groupBy(self, args.values[i])).leak();
  return groups;
}
Result<Ref<>> matchGetItem(MatchObject* self, PyObject* group) { return groupBy(self, group); }

Result<Ref<>> matchGroups(MatchObject* self, PyObject* fallback) {
  Ref<TupleObject> groups = TRY(tupleNew(self->groups - 1));
  for (Py_ssize_t i = 1; i < self->groups; i++)
    groups->ob_item[i - 1] = TRY(groupAt(self, i, fallback)).leak();
  return groups;
}

Result<Ref<>> matchGroupDict(MatchObject* self, PyObject* fallback) {
  Ref<DictObject> result = TRY(dictNew());
  if (!self->pattern || !self->pattern->group_index) return result;
  auto names = share(cast<DictObject>(self->pattern->group_index));
  Py_ssize_t position = 0;
  PyObject* borrowed;
  while (dictNext(names, &position, &borrowed, nullptr)) {
    auto key = share(borrowed);
    Ref<> value = TRY(groupAt(self, TRY(groupNumber(self, key)), fallback));
    TRY(dictSet(result, key, value.get()));
  }
  return result;
}

Result<Ref<>> pairOf(Py_ssize_t start, Py_ssize_t end) {
  Ref<> a = TRY(intObject(start));
  Ref<> b = TRY(intObject(end));
  return TRY(tupleOf(a.get(), b.get()));
}
Result<Py_ssize_t> groupArgument(MatchObject* self, Opt<> group) {
  return group ? groupNumber(self, group.get()) : Result<Py_ssize_t>(Py_ssize_t{0});
}
Result<Py_ssize_t> matchStart(MatchObject* self, Opt<> group) {
  return self->marks[2 * TRY(groupArgument(self, group))];
}
Result<Py_ssize_t> matchEnd(MatchObject* self, Opt<> group) {
  return self->marks[2 * TRY(groupArgument(self, group)) + 1];
}
Result<Ref<>> matchSpan(MatchObject* self, Opt<> group) {
  Py_ssize_t number = TRY(groupArgument(self, group));
  return pairOf(self->marks[2 * number], self->marks[2 * number + 1]);
}

Result<Ref<>> matchRegs(MatchObject* self) {
  if (self->regs) return share(self->regs);
  Ref<TupleObject> regs = TRY(tupleNew(self->groups));
  for (Py_ssize_t i = 0; i < self->groups; i++) {
    regs->ob_item[i] = TRY(pairOf(self->marks[2 * i], self->marks[2 * i + 1])).leak();
  }
  if (!self->regs) self->regs = share<PyObject>(regs.get()).leak();
  return regs;
}

Result<Ref<>> matchExpand(MatchObject* self, PyObject* text) {
  Ref<> expand = TRY(importAttr("re", "_expand"));
  return call(expand.get(), static_cast<PyObject*>(self->pattern), static_cast<PyObject*>(self), text);
}

Result<Ref<>> matchLastIndex(MatchObject* self) {
  if (self->last_index < 0) return none();
  return intObject(self->last_index);
}
Result<Ref<>> matchLastGroup(MatchObject* self) {
  if (self->last_index < 0 || !self->pattern || !self->pattern->index_group) return none();
  auto* names = cast<TupleObject>(self->pattern->index_group);
  if (self->last_index >= names->size()) return none();
  return share(names->at(self->last_index));
}

Result<Ref<StrObject>> matchRepr(MatchObject* self) {
  Ref<> text = TRY(groupAt(self, 0, Py_None));
  return strFormat("<%s object; span=(%zd, %zd), match=%.50R>", typeName(self), self->marks[0],
                   self->marks[1], text.get());
}
Result<Ref<>> matchCopy(PyObject* self) { return share(self); }
Result<Ref<>> matchDeepCopy(PyObject* self, PyObject*) { return share(self); }
Result<Ref<>> matchClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

constinit PyMethodDef kMethods[] = {
    method<"!%group($self, *groups)", matchGroup,
           "group([group1, ...]) -> str or tuple: the text of the groups, of the whole match by default.">,
    method<"start($self, group=0, /)", matchStart, "Where the group's text begins.">,
    method<"end($self, group=0, /)", matchEnd, "Where the group's text ends.">,
    method<"span($self, group=0, /)", matchSpan, "(start, end) of the group's text.">,
    method<"groups($self, /, default=None)", matchGroups,
           "The text of all groups; default for those not in the match.">,
    method<"groupdict($self, /, default=None)", matchGroupDict, "The text of all named groups by name.">,
    method<"expand($self, /, template)", matchExpand, "The template with the groups of the match filled in.">,
    method<"__copy__($self, /)", matchCopy>,
    method<"__deepcopy__($self, memo, /)", matchDeepCopy>,
    classMethod<"!__class_getitem__($type, object, /)", matchClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"lastindex", matchLastIndex, nullptr, "The number of the group that was closed last.">,
    getset<"lastgroup", matchLastGroup, nullptr, "The name of the group that was closed last.">,
    getset<"regs", matchRegs>,
    {}};
constinit PyMemberDef kMembers[] = {
    {"string", T_OBJECT, offsetof(MatchObject, string), READONLY, "The string that was searched."},
    {"re", T_OBJECT, offsetof(MatchObject, pattern), READONLY, "The pattern."},
    {"pos", T_PYSSIZET, offsetof(MatchObject, pos), READONLY, "Where the search began."},
    {"endpos", T_PYSSIZET, offsetof(MatchObject, endpos), READONLY, "Where the search was to end."},
    {}};
constinit PyMappingMethods kAsMapping = {.mp_subscript = slot<matchGetItem>};
constexpr PyTypeObject kDescription = {
    .tp_name = "re.Match",
    .tp_basicsize = sizeof(MatchObject),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_dealloc = matchDealloc,
    .tp_repr = slot<matchRepr>,
    .tp_as_mapping = const_cast<PyMappingMethods*>(&kAsMapping),
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "The result of re.match() and re.search().\nMatch objects are true.",
    .tp_traverse = matchTraverse,
    .tp_clear = matchClear,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
};

}  // namespace

Status addMatchType(PyObject* module) {
  TRY(modules::typeMakeOnce(module, &match_type, kDescription));
  return {};
}

}  // namespace krait::sre
