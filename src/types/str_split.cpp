// Cutting strings apart: split, splitlines, partition, strip.
#include "base/unicode/database.h"
#include "core/object.h"
#include "types/str_methods.h"

namespace krait {
namespace {

template <class C>
bool isSpaceUnit(C c) {
  constexpr uint64_t kSpaces = 0b11111 << 9 | uint64_t{0b11111} << 28;  // \t to \r, \x1c to the blank
  if (c <= ' ') return kSpaces >> c & 1;
  return c >= 0x80 && unicode::isSpace(c);
}
template <class C>
bool isLinebreakUnit(C c) {
  if (c < 0x80) return (c >= 10 && c <= 13) || (c >= 0x1c && c <= 0x1e);
  return unicode::isLinebreak(c);
}

Status appendPart(ListObject* list, StrObject* s, Py_ssize_t start, Py_ssize_t end) {
  return listAppend(list, Ref<>(TRY(strSubstring(s, start, end))));
}

template <class C>
Status splitSpaces(ListObject* list, StrObject* s, const C* chars, Py_ssize_t size, Py_ssize_t max_split) {
  Py_ssize_t at = 0;
  while (max_split-- > 0) {
    while (at < size && isSpaceUnit(chars[at])) at++;
    if (at == size) return {};
    Py_ssize_t start = at;
    while (at < size && !isSpaceUnit(chars[at])) at++;
    TRY(appendPart(list, s, start, at));
  }
  while (at < size && isSpaceUnit(chars[at])) at++;
  if (at < size) TRY(appendPart(list, s, at, size));
  return {};
}

template <class C>
Status rsplitSpaces(ListObject* list, StrObject* s, const C* chars, Py_ssize_t size, Py_ssize_t max_split) {
  Py_ssize_t end = size;
  while (max_split-- > 0) {
    while (end > 0 && isSpaceUnit(chars[end - 1])) end--;
    if (end == 0) return {};
    Py_ssize_t stop = end;
    while (end > 0 && !isSpaceUnit(chars[end - 1])) end--;
    TRY(appendPart(list, s, end, stop));
  }
  while (end > 0 && isSpaceUnit(chars[end - 1])) end--;
  if (end > 0) TRY(appendPart(list, s, 0, end));
  return {};
}

template <class C>
Status splitOn(ListObject* list, StrObject* s, const C* chars, StrObject* separator, Py_ssize_t max_split) {
  CharsAs<C> needle(separator);
  if (!needle.data()) return raiseNoMemory();
  Py_ssize_t at = 0;
  while (max_split-- > 0) {
    Py_ssize_t step = text::find(chars + at, s->size() - at, needle.data(), needle.size());
    if (step < 0) break;
    TRY(appendPart(list, s, at, at + step));
    at += step + needle.size();
  }
  return appendPart(list, s, at, s->size());
}

template <class C>
Status rsplitOn(ListObject* list, StrObject* s, const C* chars, StrObject* separator, Py_ssize_t max_split) {
  CharsAs<C> needle(separator);
  if (!needle.data()) return raiseNoMemory();
  Py_ssize_t end = s->size();
  while (max_split-- > 0) {
    Py_ssize_t at = text::rfind(chars, end, needle.data(), needle.size());
    if (at < 0) break;
    TRY(appendPart(list, s, at + needle.size(), end));
    end = at;
  }
  return appendPart(list, s, 0, end);
}

Status checkSeparator(Opt<StrObject> separator) {
  if (separator && separator->size() == 0) return raise(PyExc_ValueError, "empty separator");
  return {};
}

// None or a str.
Result<Opt<StrObject>> separatorFrom(PyObject* value) {
  if (value == Py_None) return Opt<StrObject>();
  if (!isStr(value)) return raise(PyExc_TypeError, "must be str or None, not %.100s", typeName(value));
  return Opt<StrObject>(cast<StrObject>(value));
}

Result<Ref<>> partitionAt(StrObject* self, StrObject* separator, Py_ssize_t at) {
  Ref<StrObject> head = TRY(strSubstring(self, 0, at));
  Ref<StrObject> tail = TRY(strSubstring(self, at + separator->size(), self->size()));
  return TRY(tupleOf(head.get(), separator, tail.get()));
}

Result<Py_ssize_t> partitionPoint(StrObject* self, PyObject* separator, int direction) {
  if (!isStr(separator)) return raise(PyExc_TypeError, "must be str, not %.100s", typeName(separator));
  if (cast<StrObject>(separator)->size() == 0) return raise(PyExc_ValueError, "empty separator");
  return strFind(self, cast<StrObject>(separator), 0, PY_SSIZE_T_MAX, direction);
}

enum StripSides { kLeft = 1, kRight = 2, kBoth = 3 };

template <class Test>
Result<Ref<StrObject>> stripWhere(StrObject* self, int sides, Test test) {
  Py_ssize_t start = 0, end = self->size();
  if (sides & kLeft)
    while (start < end && test(self->at(start))) start++;
  if (sides & kRight)
    while (end > start && test(self->at(end - 1))) end--;
  return strSubstring(self, start, end);
}

Result<Ref<StrObject>> strip(const char* method, StrObject* self, PyObject* chars, int sides) {
  if (chars == Py_None) return stripWhere(self, sides, [](Py_UCS4 c) { return isSpaceUnit(c); });
  if (!isStr(chars)) return raise(PyExc_TypeError, "%s arg must be None or str", method);
  auto* set = cast<StrObject>(chars);
  return stripWhere(self, sides, [&](Py_UCS4 c) { return strFindChar(set, c, 0, PY_SSIZE_T_MAX, 1) >= 0; });
}

}  // namespace

Result<Ref<ListObject>> strSplit(StrObject* s, Opt<StrObject> separator, Py_ssize_t max_split) {
  TRY(checkSeparator(separator));
  if (max_split < 0) max_split = PY_SSIZE_T_MAX;
  bool may_occur = !separator || (separator->kind() <= s->kind() && separator->size() <= s->size());
  Ref<ListObject> list = TRY(listWithRoom(may_occur ? splitRoom(max_split) : 1));
  if (!may_occur) {
    TRY(appendPart(list.get(), s, 0, s->size()));
    return list;
  }
  TRY(withChars(s, [&](auto* chars, Py_ssize_t size) -> Status {
    if (separator) return splitOn(list.get(), s, chars, separator.get(), max_split);
    return splitSpaces(list.get(), s, chars, size, max_split);
  }));
  return list;
}

Result<Ref<ListObject>> strRsplit(StrObject* s, Opt<StrObject> separator, Py_ssize_t max_split) {
  TRY(checkSeparator(separator));
  if (max_split < 0) max_split = PY_SSIZE_T_MAX;
  bool may_occur = !separator || (separator->kind() <= s->kind() && separator->size() <= s->size());
  Ref<ListObject> list = TRY(listWithRoom(may_occur ? splitRoom(max_split) : 1));
  if (!may_occur) {
    TRY(appendPart(list.get(), s, 0, s->size()));
    return list;
  }
  TRY(withChars(s, [&](auto* chars, Py_ssize_t size) -> Status {
    if (separator) return rsplitOn(list.get(), s, chars, separator.get(), max_split);
    return rsplitSpaces(list.get(), s, chars, size, max_split);
  }));
  TRY(listReverse(list.get()));
  return list;
}

Result<Ref<ListObject>> strSplitMethod(StrObject* self, PyObject* separator, Py_ssize_t max_split) {
  return strSplit(self, TRY(separatorFrom(separator)), max_split);
}
Result<Ref<ListObject>> strRsplitMethod(StrObject* self, PyObject* separator, Py_ssize_t max_split) {
  return strRsplit(self, TRY(separatorFrom(separator)), max_split);
}

Result<Ref<ListObject>> strSplitlines(StrObject* self, IntTruth keep_ends) {
  Ref<ListObject> list = TRY(listNew());
  TRY(withChars(self, [&](auto* chars, Py_ssize_t size) -> Status {
    for (Py_ssize_t at = 0; at < size;) {
      Py_ssize_t end = at;
      while (end < size && !isLinebreakUnit(chars[end])) end++;
      Py_ssize_t next = end;
      if (next < size) next += chars[next] == '\r' && next + 1 < size && chars[next + 1] == '\n' ? 2 : 1;
      TRY(appendPart(list.get(), self, at, keep_ends ? next : end));
      at = next;
    }
    return {};
  }));
  return list;
}

Result<Ref<>> strPartition(StrObject* self, PyObject* separator) {
  Py_ssize_t at = TRY(partitionPoint(self, separator, 1));
  if (at >= 0) return partitionAt(self, cast<StrObject>(separator), at);
  Ref<StrObject> whole = TRY(strExact(self)), empty = emptyStr();
  return TRY(tupleOf(whole.get(), empty.get(), empty.get()));
}

Result<Ref<>> strRpartition(StrObject* self, PyObject* separator) {
  Py_ssize_t at = TRY(partitionPoint(self, separator, -1));
  if (at >= 0) return partitionAt(self, cast<StrObject>(separator), at);
  Ref<StrObject> whole = TRY(strExact(self)), empty = emptyStr();
  return TRY(tupleOf(empty.get(), empty.get(), whole.get()));
}

Result<Ref<StrObject>> strStripMethod(StrObject* self, PyObject* chars) {
  return strip("strip", self, chars, kBoth);
}
Result<Ref<StrObject>> strLstripMethod(StrObject* self, PyObject* chars) {
  return strip("lstrip", self, chars, kLeft);
}
Result<Ref<StrObject>> strRstripMethod(StrObject* self, PyObject* chars) {
  return strip("rstrip", self, chars, kRight);
}

}  // namespace krait
