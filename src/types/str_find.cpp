// Searching in strings: find, count, startswith, replace and their relatives.
#include "core/object.h"
#include "types/slice.h"
#include "types/str_methods.h"

namespace krait {
namespace {

// Calls f(text, needle, needle_size) with both in the text's width. `missing` when the needle is wider (so
// absent).
template <class R, class F>
Result<R> withNeedle(StrObject* s, StrObject* sub, R missing, F&& f) {
  if (sub->kind() > s->kind()) return missing;
  return withChars(s, [&](auto* chars, Py_ssize_t) -> Result<R> {
    using C = std::remove_cvref_t<decltype(*chars)>;
    CharsAs<C> needle(sub);
    if (!needle.data()) return raiseNoMemory();
    return f(chars, needle.data(), needle.size());
  });
}

Result<Py_ssize_t> findIn(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end, int direction) {
  clipBounds(start, end, s->size());
  if (end - start < sub->size()) return -1;
  if (sub->size() == 0) return direction > 0 ? start : end;
  return withNeedle<Py_ssize_t>(s, sub, -1, [&](auto* chars, auto* needle, Py_ssize_t size) -> Py_ssize_t {
    Py_ssize_t at = direction > 0 ? text::find(chars + start, end - start, needle, size)
                                  : text::rfind(chars + start, end - start, needle, size);
    return at < 0 ? -1 : at + start;
  });
}

// One optional bound of find & co.: None keeps the default.
Status parseBound(PyObject* value, Py_ssize_t* bound) {
  if (value == Py_None) return {};
  TRY(sliceIndex(value, bound));
  return {};
}

Result<FindArgs> parseStrFindArgs(const char* method, CallArgs args) {
  FindArgs parsed = TRY(parseFindArgs("str", method, args));
  if (!isStr(parsed.sub)) return raise(PyExc_TypeError, "must be str, not %.100s", typeName(parsed.sub));
  return parsed;
}

Result<Py_ssize_t> findMethod(const char* method, StrObject* self, CallArgs args, int direction,
                              bool must_exist) {
  FindArgs parsed = TRY(parseStrFindArgs(method, args));
  Py_ssize_t at = TRY(findIn(self, cast<StrObject>(parsed.sub), parsed.start, parsed.end, direction));
  if (at < 0 && must_exist) return raise(PyExc_ValueError, "substring not found");
  return at;
}

Result<bool> tailMatchMethod(const char* method, StrObject* self, CallArgs args, bool at_end) {
  FindArgs parsed = TRY(parseFindArgs("str", method, args));
  if (isStr(parsed.sub))
    return strTailMatch(self, cast<StrObject>(parsed.sub), parsed.start, parsed.end, at_end);
  if (!isTuple(parsed.sub))
    return raise(PyExc_TypeError, "%s first arg must be str or a tuple of str, not %.100s", method,
                 typeName(parsed.sub));
  auto* tuple = cast<TupleObject>(parsed.sub);
  for (Py_ssize_t i = 0; i < tuple->size(); i++) {
    if (!isStr(tuple->at(i)))
      return raise(PyExc_TypeError, "tuple for %s must only contain str, not %.100s", method,
                   typeName(tuple->at(i)));
    if (strTailMatch(self, cast<StrObject>(tuple->at(i)), parsed.start, parsed.end, at_end)) return true;
  }
  return false;
}

// --- replace -----------------------------------------------------------------------------------------------

// Between all characters when the replaced part is empty.
Result<Ref<StrObject>> interleave(StrObject* s, StrObject* filler, Py_ssize_t max_count) {
  Py_ssize_t count = std::min(max_count, s->size() + 1);
  if (filler->size() > 0 && count > (PY_SSIZE_T_MAX - s->size()) / filler->size())
    return raise(PyExc_OverflowError, "replace string is too long");
  Py_ssize_t size = s->size() + count * filler->size();
  Ref<StrObject> result = TRY(strNew(size, std::max(s->maxChar(), filler->maxChar())));
  Py_ssize_t at = 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    strCopyChars(result.get(), at, filler, 0, filler->size());
    at += filler->size();
    if (i < s->size()) strCopyChars(result.get(), at++, s, i, 1);
  }
  if (count < s->size()) strCopyChars(result.get(), at, s, count, s->size() - count);
  return size < 2 ? strSettle(std::move(result)) : Result<Ref<StrObject>>(std::move(result));
}

// Replacements of the same length and width: a copy of the whole, overwritten where the old part was.
template <class C>
Result<Ref<StrObject>> replaceInCopy(StrObject* s, const C* old_chars, Py_ssize_t size, StrObject* new_part,
                                     Py_ssize_t max_count) {
  auto* chars = static_cast<const C*>(s->data());
  Py_ssize_t at = text::find(chars, s->size(), old_chars, size);
  if (at < 0) return strExact(s);
  Ref<StrObject> result = TRY(strNew(s->size(), s->maxChar()));
  auto* out = static_cast<C*>(result->data());
  std::memcpy(out, chars, static_cast<size_t>(s->size()) * sizeof(C));
  while (max_count-- > 0) {
    std::memcpy(out + at, new_part->data(), static_cast<size_t>(size) * sizeof(C));
    at += size;
    Py_ssize_t step = text::find(chars + at, s->size() - at, old_chars, size);
    if (step < 0) break;
    at += step;
  }
  return strSettle(std::move(result));
}

template <class C>
Result<Ref<StrObject>> replaceUnits(StrObject* s, const C* chars, const C* old_chars, Py_ssize_t old_size,
                                    StrObject* new_part, Py_ssize_t max_count) {
  Py_ssize_t count = text::count(chars, s->size(), old_chars, old_size, max_count);
  if (count == 0) return strExact(s);
  Py_ssize_t growth = new_part->size() - old_size;
  if (growth > 0 && count > (PY_SSIZE_T_MAX - s->size()) / growth)
    return raise(PyExc_OverflowError, "replace string is too long");
  Py_ssize_t size = s->size() + count * growth;
  Ref<StrObject> result = TRY(strNew(size, std::max(s->maxChar(), new_part->maxChar())));
  Py_ssize_t from = 0, at = 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    Py_ssize_t step = text::find(chars + from, s->size() - from, old_chars, old_size);
    strCopyChars(result.get(), at, s, from, step);
    strCopyChars(result.get(), at + step, new_part, 0, new_part->size());
    from += step + old_size;
    at += step + new_part->size();
  }
  strCopyChars(result.get(), at, s, from, s->size() - from);
  return size == 0 ? Result<Ref<StrObject>>(emptyStr()) : strSettle(std::move(result));
}

}  // namespace

Result<FindArgs> parseFindArgs(const char* type, const char* method, CallArgs args) {
  if (args.names && args.names->size() > 0)
    return raise(PyExc_TypeError, "%s.%s() takes no keyword arguments", type, method);
  if (args.count < 1) return raise(PyExc_TypeError, "%s() takes at least 1 argument (0 given)", method);
  if (args.count > 3)
    return raise(PyExc_TypeError, "%s() takes at most 3 arguments (%zd given)", method, args.count);
  FindArgs parsed{args.values[0], 0, PY_SSIZE_T_MAX};
  if (args.count > 1) TRY(parseBound(args.values[1], &parsed.start));
  if (args.count > 2) TRY(parseBound(args.values[2], &parsed.end));
  return parsed;
}

Py_ssize_t strFind(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end, int direction) {
  auto found = findIn(s, sub, start, end, direction);
  if (found.failed()) return clearPending(), -1;
  return std::move(found).take();
}

Py_ssize_t strFindChar(const StrObject* s, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction) {
  clipBounds(start, end, s->size());
  if (end <= start || ch > s->maxChar()) return -1;
  return withChars(s, [&](auto* chars, Py_ssize_t) {
    auto unit = static_cast<std::remove_cvref_t<decltype(*chars)>>(ch);
    Py_ssize_t at = direction > 0 ? text::findUnit(chars + start, end - start, unit)
                                  : text::rfindUnit(chars + start, end - start, unit);
    return at < 0 ? -1 : at + start;
  });
}

Result<bool> strContains(StrObject* s, PyObject* sub) {
  if (!isStr(sub))
    return raise(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", typeName(sub));
  return TRY(findIn(s, cast<StrObject>(sub), 0, PY_SSIZE_T_MAX, 1)) >= 0;
}

Py_ssize_t strCount(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end) {
  clipBounds(start, end, s->size());
  if (end - start < sub->size()) return 0;
  if (sub->size() == 0) return end - start + 1;
  auto counted = withNeedle<Py_ssize_t>(s, sub, 0, [&](auto* chars, auto* needle, Py_ssize_t size) {
    return text::count(chars + start, end - start, needle, size, PY_SSIZE_T_MAX);
  });
  if (counted.failed()) return clearPending(), 0;
  return std::move(counted).take();
}

bool strTailMatch(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end, bool at_end) {
  clipBounds(start, end, s->size());
  if (end - start < sub->size() || sub->kind() > s->kind())
    return end - start >= sub->size() && sub->size() == 0;
  Py_ssize_t offset = at_end ? end - sub->size() : start;
  if (s->kind() == sub->kind())
    return std::memcmp(static_cast<const char*>(s->data()) + offset * s->kind(), sub->data(),
                       static_cast<size_t>(sub->size() * sub->kind())) == 0;
  for (Py_ssize_t i = 0; i < sub->size(); i++)
    if (s->at(offset + i) != sub->at(i)) return false;
  return true;
}

Result<Py_ssize_t> strFindMethod(StrObject* self, CallArgs args) {
  return findMethod("find", self, args, 1, false);
}
Result<Py_ssize_t> strRfindMethod(StrObject* self, CallArgs args) {
  return findMethod("rfind", self, args, -1, false);
}
Result<Py_ssize_t> strIndexMethod(StrObject* self, CallArgs args) {
  return findMethod("index", self, args, 1, true);
}
Result<Py_ssize_t> strRindexMethod(StrObject* self, CallArgs args) {
  return findMethod("rindex", self, args, -1, true);
}
Result<Py_ssize_t> strCountMethod(StrObject* self, CallArgs args) {
  FindArgs parsed = TRY(parseStrFindArgs("count", args));
  return strCount(self, cast<StrObject>(parsed.sub), parsed.start, parsed.end);
}
Result<bool> strStartswith(StrObject* self, CallArgs args) {
  return tailMatchMethod("startswith", self, args, false);
}
Result<bool> strEndswith(StrObject* self, CallArgs args) {
  return tailMatchMethod("endswith", self, args, true);
}

Result<Ref<StrObject>> strReplace(StrObject* s, StrObject* old_part, StrObject* new_part,
                                  Py_ssize_t max_count) {
  if (max_count < 0) max_count = PY_SSIZE_T_MAX;
  if (max_count == 0 || s->size() < old_part->size() || strEquals(old_part, new_part)) return strExact(s);
  if (old_part->size() == 0) return interleave(s, new_part, max_count);
  if (old_part->kind() > s->kind()) return strExact(s);
  return withChars(s, [&](auto* chars, Py_ssize_t) -> Result<Ref<StrObject>> {
    using C = std::remove_cvref_t<decltype(*chars)>;
    CharsAs<C> needle(old_part);
    if (!needle.data()) return raiseNoMemory();
    bool fits = new_part->kind() == s->kind() && (new_part->isAscii() || !s->isAscii());
    if (fits && new_part->size() == needle.size())
      return replaceInCopy(s, needle.data(), needle.size(), new_part, max_count);
    return replaceUnits(s, chars, needle.data(), needle.size(), new_part, max_count);
  });
}

Result<Ref<StrObject>> strReplaceMethod(StrObject* self, StrObject* old_part, StrObject* new_part,
                                        Py_ssize_t count) {
  return strReplace(self, old_part, new_part, count);
}

Result<Ref<StrObject>> strRemovePrefix(StrObject* self, StrObject* prefix) {
  if (!strTailMatch(self, prefix, 0, PY_SSIZE_T_MAX, false)) return strExact(self);
  return strSubstring(self, prefix->size(), self->size());
}

Result<Ref<StrObject>> strRemoveSuffix(StrObject* self, StrObject* suffix) {
  if (!strTailMatch(self, suffix, 0, PY_SSIZE_T_MAX, true)) return strExact(self);
  return strSubstring(self, 0, self->size() - suffix->size());
}

}  // namespace krait
