// re.Pattern: compiled patterns and what is done with them.
#include "core/import.h"
#include "modules/sre/sre.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/descr.h"
#include "types/str_builder.h"
#include "types/weakref.h"

namespace krait::sre {

PyTypeObject* pattern_type = nullptr;

Result<Ref<>> sliceText(PyObject* string, Py_ssize_t start, Py_ssize_t end) {
  if (isStr(string)) return TRY(strSubstring(cast<StrObject>(string), start, end));
  Buffer view = TRY(Buffer::acquire(string));
  if (end > view.size()) end = view.size();
  if (start > end) start = end;
  if (isExactBytes(string) && start == 0 && end == view.size()) return share(string);
  return TRY(
      bytesFrom({reinterpret_cast<const char*>(view.data()) + start, static_cast<size_t>(end - start)}));
}

Result<Ref<>> sliceText(const State& state, Py_ssize_t start, Py_ssize_t end) {
  if (!state.is_bytes) return TRY(strSubstring(cast<StrObject>(state.string), start, end));
  if (isExactBytes(state.string) && start == 0 && end == state.length) return share(state.string);
  return TRY(bytesFrom({static_cast<const char*>(state.text) + start, static_cast<size_t>(end - start)}));
}

Result<Ref<>> groupText(const State& state, Py_ssize_t group, bool empty) {
  Py_ssize_t start, end;
  if (group == 0) {
    start = state.match_start, end = state.match_end;
  } else {
    start = state.marks[2 * group - 2], end = state.marks[2 * group - 1];
  }
  if (start < 0 || end < start) {
    if (!empty) return none();
    start = end = 0;
  }
  return sliceText(state, start, end);
}

namespace {

Status codeFromList(ListObject* list, PatternObject* self) {
  for (Py_ssize_t i = 0; i < self->ob_size; i++) {
    PyObject* word = list->at(i);
    Result<unsigned long> value =
        isInt(word) ? intAsUnsignedLong(cast<IntObject>(word)) : Result<unsigned long>(UINT64_MAX);
    unsigned long number = value.failed() ? UINT64_MAX : std::move(value).take();
    if (number > UINT32_MAX) {
      clearPending();
      return raise(PyExc_OverflowError, "regular expression code size limit exceeded");
    }
    self->code[i] = static_cast<Code>(number);
  }
  return {};
}

// Is the pattern's text bytes? -1: there is none.
Result<int> textKind(PyObject* pattern) {
  if (pattern == Py_None) return -1;
  if (isStr(pattern)) return 0;
  if (!hasBuffer(pattern)) {
    return raise(PyExc_TypeError, "expected string or bytes-like object, got '%.200s'", typeName(pattern));
  }
  return 1;
}

void patternDealloc(PyObject* object) {
  auto* self = cast<PatternObject>(object);
  gcUntrack(object);
  if (self->weakrefs) clearWeakRefs(object);
  programFree(self->program);
  xdecref(self->pattern);
  xdecref(self->group_index);
  xdecref(self->index_group);
  heapInstanceFree(object);
}
int patternTraverse(PyObject* object, visitproc visit, void* arg) {
  auto* self = cast<PatternObject>(object);
  return visitAll(visit, arg, typeObject(object), self->group_index, self->index_group, self->pattern);
}
int patternClear(PyObject* object) {
  auto* self = cast<PatternObject>(object);
  clearField(self->group_index);
  clearField(self->index_group);
  clearField(self->pattern);
  return 0;
}

Status openState(State& state, PatternObject* self, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  return state.open(self->program, string, self->is_bytes, pos, endpos);
}

// --- one match ---

enum class How { kMatch, kFullMatch, kSearch };

template <How kHow>
Result<Ref<>> patternFind(PatternObject* self, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  State state;
  TRY(openState(state, self, string, pos, endpos));
  int found = kHow == How::kSearch ? state.search() : state.match(kHow == How::kFullMatch);
  if (found < 0) return Raised{};
  if (found == 0) return none();
  return matchNew(self, state);
}

Result<Ref<>> patternScanner(PatternObject* self, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  return scannerNew(self, string, pos, endpos);
}

Result<Ref<>> patternFindIter(PatternObject* self, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  Ref<> scanner = TRY(scannerNew(self, string, pos, endpos));
  Ref<> search = TRY(attrGet(scanner, name<"search">()));
  return callIterNew(search, Py_None);
}

// --- all matches ---

// Calls f(state) for each match from the state's start on, at most `most` of them (0: all).
template <class F>
Status forEachMatch(State& state, Py_ssize_t most, F&& f) {
  for (Py_ssize_t count = 0; most == 0 || count < most; count++) {
    if (state.start > state.end) break;
    int found = state.search();
    if (found < 0) return Raised{};
    if (found == 0) break;
    TRY(f());
    state.advance();
  }
  return {};
}

Result<Ref<>> foundItem(PatternObject* self, const State& state) {
  if (self->groups == 0) return sliceText(state, state.match_start, state.match_end);
  if (self->groups == 1) return groupText(state, 1, true);
  Ref<TupleObject> groups = TRY(tupleNew(self->groups));
  for (Py_ssize_t i = 0; i < self->groups; i++)
    groups->ob_item[i] = TRY(groupText(state, i + 1, true)).leak();
  return groups;
}

Result<Ref<>> patternFindAll(PatternObject* self, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos) {
  State state;
  TRY(openState(state, self, string, pos, endpos));
  Ref<ListObject> list = TRY(listNew());
  TRY(forEachMatch(state, 0, [&]() -> Status { return listAppend(list, TRY(foundItem(self, state))); }));
  return list;
}

Result<Ref<>> patternSplit(PatternObject* self, PyObject* string, Py_ssize_t maxsplit) {
  State state;
  TRY(openState(state, self, string, 0, PY_SSIZE_T_MAX));
  Ref<ListObject> list = TRY(listNew());
  Py_ssize_t last = 0;
  if (maxsplit >= 0) {
    TRY(forEachMatch(state, maxsplit, [&]() -> Status {
      TRY(listAppend(list, TRY(sliceText(state, last, state.match_start))));
      for (Py_ssize_t i = 1; i <= self->groups; i++) TRY(listAppend(list, TRY(groupText(state, i, false))));
      last = state.match_end;
      return {};
    }));
  }
  TRY(listAppend(list, TRY(sliceText(state, last, state.end))));
  return list;
}

// --- substitution ---

struct Replacement {
  Ref<> value;
  bool callable;
};

// A template without backslashes stands for itself.
Result<bool> isLiteralTemplate(PyObject* replacement) {
  if (isStr(replacement)) {
    auto* text = cast<StrObject>(replacement);
    return strFindChar(text, '\\', 0, text->size(), 1) < 0;
  }
  if (!hasBuffer(replacement)) return false;
  Result<Buffer> view = Buffer::acquire(replacement);
  if (view.failed()) {
    clearPending();
    return false;
  }
  Buffer bytes = std::move(view).take();
  return bytes.size() == 0 || !std::memchr(bytes.data(), '\\', static_cast<size_t>(bytes.size()));
}

Result<Replacement> replacementOf(PatternObject* self, PyObject* given) {
  if (isCallable(given)) return Replacement{share(given), true};
  if (TRY(isLiteralTemplate(given))) return Replacement{share(given), false};
  Ref<> compile = TRY(importAttr("re", "_subx"));
  Ref<> filter = TRY(call(compile.get(), static_cast<PyObject*>(self), given));
  bool callable = isCallable(filter);
  return Replacement{std::move(filter), callable};
}

Result<Ref<>> joinPieces(const State& state, ListObject* pieces) {
  Ref<> empty = TRY(sliceText(state, 0, 0));
  if (pieces->size() == 0) return empty;
  if (!state.is_bytes) return TRY(strJoin(cast<StrObject>(empty.get()), pieces));
  return callMethod(empty.get(), name<"join">(), static_cast<PyObject*>(pieces));
}

struct Substituted {
  Ref<> text;
  Py_ssize_t count;
};

Result<Substituted> substitute(PatternObject* self, PyObject* given, PyObject* string, Py_ssize_t most) {
  Replacement replacement = TRY(replacementOf(self, given));
  State state;
  TRY(openState(state, self, string, 0, PY_SSIZE_T_MAX));
  Ref<ListObject> pieces = TRY(listNew());
  Py_ssize_t last = 0, count = 0;
  auto one = [&]() -> Status {
    if (last < state.match_start) TRY(listAppend(pieces, TRY(sliceText(state, last, state.match_start))));
    Ref<> item = replacement.value.clone();
    if (replacement.callable) {
      Ref<> match = TRY(matchNew(self, state));
      item = TRY(call(replacement.value.get(), match.get()));
    }
    if (item.get() != Py_None) TRY(listAppend(pieces, item.get()));
    last = state.match_end;
    count++;
    return {};
  };
  if (most >= 0) TRY(forEachMatch(state, most, one));
  if (last < state.end) TRY(listAppend(pieces, TRY(sliceText(state, last, state.end))));
  return Substituted{TRY(joinPieces(state, pieces)), count};
}

Result<Ref<>> patternSub(PatternObject* self, PyObject* repl, PyObject* string, Py_ssize_t count) {
  return std::move(TRY(substitute(self, repl, string, count)).text);
}
Result<Ref<>> patternSubN(PatternObject* self, PyObject* repl, PyObject* string, Py_ssize_t count) {
  Substituted result = TRY(substitute(self, repl, string, count));
  Ref<> number = TRY(intObject(result.count));
  return TRY(tupleOf(result.text.get(), number.get()));
}

// --- the rest ---

struct FlagName {
  int flag;
  const char* name;
};
constexpr FlagName kFlagNames[] = {
    {kFlagTemplate, "re.TEMPLATE"},   {kFlagIgnoreCase, "re.IGNORECASE"}, {kFlagLocale, "re.LOCALE"},
    {kFlagMultiline, "re.MULTILINE"}, {kFlagDotAll, "re.DOTALL"},         {kFlagUnicode, "re.UNICODE"},
    {kFlagVerbose, "re.VERBOSE"},     {kFlagDebug, "re.DEBUG"},           {kFlagAscii, "re.ASCII"}};

Result<Ref<StrObject>> patternRepr(PatternObject* self) {
  int flags = self->flags;
  bool default_unicode =
      self->is_bytes == 0 && (flags & (kFlagLocale | kFlagUnicode | kFlagAscii)) == kFlagUnicode;
  if (default_unicode) flags &= ~kFlagUnicode;
  StrBuilder out;
  out.append(TRY(strFormat("re.compile(%.200R", self->pattern)));
  const char* separator = ", ";
  for (const FlagName& row : kFlagNames) {
    if (!(flags & row.flag)) continue;
    out.append(separator);
    out.append(row.name);
    separator = "|";
    flags &= ~row.flag;
  }
  if (flags) {
    out.append(separator);
    out.append(TRY(strFormat("0x%x", static_cast<unsigned>(flags))));
  }
  return out.finish(')');
}

Result<Py_hash_t> patternHash(PatternObject* self) {
  uint64_t hash = static_cast<uint64_t>(TRY(objectHash(self->pattern)));
  for (Py_ssize_t i = 0; i < self->ob_size; i++) hash = (hash ^ self->code[i]) * 0x9E3779B97F4A7C15u;
  hash ^= static_cast<uint64_t>(self->flags) ^ static_cast<uint64_t>(self->is_bytes) ^
          static_cast<uint64_t>(self->ob_size);
  return hash == UINT64_MAX ? Py_hash_t{-2} : static_cast<Py_hash_t>(hash);
}

Result<Ref<>> patternCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || typeOf(left) != typeOf(right)) return notImplemented();
  if (left == right) return boolRef(op == Py_EQ);
  auto *a = cast<PatternObject>(left), *b = cast<PatternObject>(right);
  bool equal = a->flags == b->flags && a->is_bytes == b->is_bytes && a->ob_size == b->ob_size &&
               std::memcmp(a->code, b->code, static_cast<size_t>(a->ob_size) * sizeof(Code)) == 0;
  if (equal) equal = TRY(objectEquals(a->pattern, b->pattern));
  return boolRef(equal == (op == Py_EQ));
}

Result<Ref<>> patternGroupIndex(PatternObject* self) {
  if (cast<DictObject>(self->group_index)->size() == 0) return TRY(dictNew());
  return mappingProxyNew(self->group_index);
}
Result<Ref<>> patternCopy(PyObject* self) { return share(self); }
Result<Ref<>> patternDeepCopy(PyObject* self, PyObject*) { return share(self); }
Result<Ref<>> patternClassGetItem(PyObject* origin, PyObject* args) { return genericAliasNew(origin, args); }

constinit PyMethodDef kMethods[] = {
    method<"match($self, /, string, pos=0, endpos=sys.maxsize)", patternFind<How::kMatch>,
           "A match at the beginning of the string, or None.">,
    method<"fullmatch($self, /, string, pos=0, endpos=sys.maxsize)", patternFind<How::kFullMatch>,
           "A match of the whole string, or None.">,
    method<"search($self, /, string, pos=0, endpos=sys.maxsize)", patternFind<How::kSearch>,
           "The first match in the string, or None.">,
    method<"sub($self, /, repl, string, count=0)", patternSub,
           "The string with its leftmost non-overlapping matches replaced by repl.">,
    method<"subn($self, /, repl, string, count=0)", patternSubN,
           "(what sub() answers, number of replacements)">,
    method<"findall($self, /, string, pos=0, endpos=sys.maxsize)", patternFindAll,
           "A list of all non-overlapping matches.">,
    method<"split($self, /, string, maxsplit=0)", patternSplit,
           "The pieces of the string between the matches.">,
    method<"finditer($self, /, string, pos=0, endpos=sys.maxsize)", patternFindIter,
           "An iterator over all non-overlapping matches.">,
    method<"scanner($self, /, string, pos=0, endpos=sys.maxsize)", patternScanner>,
    method<"__copy__($self, /)", patternCopy>,
    method<"__deepcopy__($self, memo, /)", patternDeepCopy>,
    classMethod<"!__class_getitem__($type, object, /)", patternClassGetItem,
                "The type's generic alias, see PEP 585.">,
    {}};
constinit PyGetSetDef kGetSet[] = {
    getset<"groupindex", patternGroupIndex, nullptr, "Group numbers by group name.">, {}};
constinit PyMemberDef kMembers[] = {
    {"pattern", T_OBJECT, offsetof(PatternObject, pattern), READONLY, "The pattern as it was compiled."},
    {"flags", T_INT, offsetof(PatternObject, flags), READONLY, "The flags, those in the pattern included."},
    {"groups", T_PYSSIZET, offsetof(PatternObject, groups), READONLY, "The number of groups."},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(PatternObject, weakrefs), READONLY, nullptr},
    {}};
constexpr PyTypeObject kDescription = {
    .tp_name = "re.Pattern",
    .tp_basicsize = sizeof(PatternObject),
    .tp_itemsize = sizeof(Code),
    .tp_dealloc = patternDealloc,
    .tp_repr = slot<patternRepr>,
    .tp_hash = slot<patternHash>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_doc = "Compiled regular expression object.",
    .tp_traverse = patternTraverse,
    .tp_clear = patternClear,
    .tp_richcompare = slot<patternCompare>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
};

}  // namespace

Result<Ref<>> patternNew(PyObject* pattern, int flags, ListObject* code, Py_ssize_t groups,
                         DictObject* group_index, TupleObject* index_group) {
  int is_bytes = TRY(textKind(pattern));
  Ref<PatternObject> self = TRY(typeAlloc<PatternObject>(pattern_type, code->size()));
  TRY(codeFromList(code, self));
  self->groups = groups;
  self->flags = flags;
  self->is_bytes = static_cast<int8_t>(is_bytes);
  self->pattern = share(pattern).leak();
  self->group_index = share<PyObject>(group_index).leak();
  self->index_group = share<PyObject>(index_group).leak();
  self->program = TRY(programNew(self->code, self->ob_size, groups));
  return self;
}

Status addPatternType(PyObject* module) {
  TRY(modules::typeMakeOnce(module, &pattern_type, kDescription));
  return {};
}

}  // namespace krait::sre
