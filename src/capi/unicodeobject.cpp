// Exports of unicodeobject.h: making strings, their text, and the operations on them.
#include <climits>
#include <cstring>
#include <cwchar>

#include "capi/capi.h"
#include "capi/identifier.h"
#include "core/memory.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/locale_text.h"
#include "types/str_legacy.h"
#include "types/str_methods.h"

using namespace krait;

namespace {

bool checkStr(PyObject* object) {
  if (object && isStr(object)) return true;
  (void)raise(PyExc_TypeError, "bad argument type for built-in operation");
  return false;
}
StrObject* asStr(PyObject* object) { return static_cast<StrObject*>(object); }

// "must be str, not X" for operands.
Result<StrObject*> operand(PyObject* object) {
  if (isStr(object)) return asStr(object);
  return raise(PyExc_TypeError, "must be str, not %.100s", typeName(object));
}

Py_ssize_t failedIndex() {
  (void)raise(PyExc_IndexError, "string index out of range");
  return -1;
}

bool modifiable(StrObject* s) {
  if (s->ob_refcnt == 1 && s->hash == -1 && !s->state.interned && isExactStr(s)) return true;
  (void)raise(PyExc_SystemError, "Cannot modify a string currently used");
  return false;
}

Result<Ref<StrObject>> concat(PyObject* left, PyObject* right) {
  StrObject* a = TRY(operand(left));
  if (!isStr(right)) {
    return raise(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", typeName(right));
  }
  return strConcat(a, asStr(right));
}

Result<Ref<ListObject>> split(PyObject* s, PyObject* separator, Py_ssize_t max_split, bool from_right) {
  StrObject* text = TRY(operand(s));
  Opt<StrObject> by;
  if (separator) by = TRY(operand(separator));
  return from_right ? strRsplit(text, by, max_split) : strSplit(text, by, max_split);
}

Result<Ref<StrObject>> replace(PyObject* s, PyObject* old_part, PyObject* new_part, Py_ssize_t count) {
  StrObject* text = TRY(operand(s));
  StrObject* from = TRY(operand(old_part));
  StrObject* to = TRY(operand(new_part));
  return strReplace(text, from, to, count);
}

Result<Ref<StrObject>> fromObject(PyObject* object) {
  if (isStr(object)) return strExact(asStr(object));
  return raise(PyExc_TypeError, "Can't convert '%.100s' object to str implicitly", typeName(object));
}

bool mustBeStr(PyObject* object) { return !operand(object).failed(); }

Result<Ref<StrObject>> join(PyObject* separator, PyObject* items) {
  if (separator && !isStr(separator)) {
    return raise(PyExc_TypeError, "separator: expected str instance, %.80s found", typeName(separator));
  }
  if (separator) return strJoin(asStr(separator), items);
  Ref<StrObject> space = TRY(strFromAscii(" "));
  return strJoin(space.get(), items);
}

Py_ssize_t searched(PyObject* s, PyObject* sub) { return checkStr(s) && checkStr(sub) ? 0 : -2; }

const wchar_t* wideCache(StrObject* s) {
  if (s->wstr) return s->wstr;
  if (s->kind() == 4) {
    s->wstr = static_cast<wchar_t*>(s->data());
    return s->wstr;
  }
  auto* wide = static_cast<wchar_t*>(objectMalloc(static_cast<size_t>(s->size() + 1) * sizeof(wchar_t)));
  if (!wide) return (void)raiseNoMemory(), nullptr;
  copyUnits(4, wide, 0, s->kind(), s->data(), 0, s->size());
  wide[s->size()] = L'\0';
  if (!s->isAscii()) static_cast<CompactStrObject*>(s)->wstr_length = s->size();
  return s->wstr = wide;
}

}  // namespace

KR_EXPORT PyObject* PyUnicode_New(Py_ssize_t size, Py_UCS4 max_char) {
  if (size < 0) return (void)raise(PyExc_SystemError, "Negative size passed to PyUnicode_New"), nullptr;
  if (max_char > 0x10ffff) {
    return (void)raise(PyExc_SystemError, "invalid maximum character passed to PyUnicode_New"), nullptr;
  }
  return toC(strNew(size, max_char));
}
KR_EXPORT PyObject* PyUnicode_FromString(const char* text) { return toC(strFromUtf8(text)); }
KR_EXPORT PyObject* PyUnicode_FromStringAndSize(const char* text, Py_ssize_t size) {
  if (size < 0) {
    return (void)raise(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize"), nullptr;
  }
  if (!text && size) return (void)raiseBadInternalCall(), nullptr;
  return toC(strFromUtf8({text ? text : "", static_cast<size_t>(size)}));
}
KR_EXPORT PyObject* PyUnicode_FromKindAndData(int kind, const void* chars, Py_ssize_t size) {
  if (size < 0) return (void)raise(PyExc_ValueError, "size must be positive"), nullptr;
  if (kind != 1 && kind != 2 && kind != 4) return (void)raise(PyExc_SystemError, "invalid kind"), nullptr;
  return toC(strFromKind(kind, chars, size));
}
KR_EXPORT PyObject* PyUnicode_FromWideChar(const wchar_t* text, Py_ssize_t size) {
  if (!text && size != 0) return (void)raiseBadInternalCall(), nullptr;
  return toC(text ? strFromWide(text, size) : Result<Ref<StrObject>>(emptyStr()));
}
KR_EXPORT PyObject* PyUnicode_FromUnicode(const wchar_t* text, Py_ssize_t size) {
  if (size < 0) return (void)raiseBadInternalCall(), nullptr;
  if (text || size == 0) return toC(strFromWide(text ? text : L"", size));
  if (warn(PyExc_DeprecationWarning, 1,
           "PyUnicode_FromUnicode(NULL, size) is deprecated; use PyUnicode_New() instead")
          .failed()) {
    return nullptr;
  }
  return toC(strNewLegacy(size));
}
KR_EXPORT PyObject* PyUnicode_FromFormatV(const char* format, va_list args) {
  return toC(strFormatV(format, args));
}
KR_EXPORT PyObject* PyUnicode_FromFormat(const char* format, ...) {
  va_list args;
  va_start(args, format);
  PyObject* answer = toC(strFormatV(format, args));
  va_end(args);
  return answer;
}
KR_EXPORT PyObject* PyUnicode_FromOrdinal(int ch) {
  if (ch < 0 || ch > 0x10ffff)
    return (void)raise(PyExc_ValueError, "chr() arg not in range(0x110000)"), nullptr;
  return toC(strFromChar(static_cast<Py_UCS4>(ch)));
}
KR_EXPORT PyObject* PyUnicode_FromObject(PyObject* object) { return toC(fromObject(object)); }
KR_EXPORT PyObject* PyUnicode_InternFromString(const char* text) { return toC(strInternUtf8(text)); }
KR_EXPORT void PyUnicode_InternInPlace(PyObject** slot) {
  if (!*slot || !isExactStr(*slot)) return;
  *slot = strIntern(steal(asStr(*slot))).leak();
}
KR_EXPORT void PyUnicode_InternImmortal(PyObject** slot) {
  PyUnicode_InternInPlace(slot);
  if (*slot) (*slot)->ob_refcnt += kImmortalRefcount;
}
KR_EXPORT PyObject* _PyUnicode_FromId(_Py_Identifier* id) {
  auto text = strFromUtf8(id->string);
  return text.failed() ? nullptr : internForever(id->string, strlen(id->string));
}
KR_EXPORT PyObject* _PyUnicode_Copy(PyObject* object) {
  if (!checkStr(object)) return nullptr;
  return toC(strFromKind(asStr(object)->kind(), asStr(object)->data(), asStr(object)->size()));
}

KR_EXPORT int _PyUnicode_Ready(PyObject* s) { return toC(strReady(asStr(s))); }
KR_EXPORT Py_ssize_t PyUnicode_GetLength(PyObject* s) { return checkStr(s) ? asStr(s)->size() : -1; }
KR_EXPORT Py_ssize_t PyUnicode_GetSize(PyObject* s) { return checkStr(s) ? asStr(s)->size() : -1; }
KR_EXPORT Py_ssize_t PyUnicode_GetMax() { return 0x10ffff; }
KR_EXPORT Py_UCS4 PyUnicode_ReadChar(PyObject* s, Py_ssize_t index) {
  if (!checkStr(s)) return static_cast<Py_UCS4>(-1);
  if (index < 0 || index >= asStr(s)->size()) return static_cast<Py_UCS4>(failedIndex());
  return asStr(s)->at(index);
}
KR_EXPORT int PyUnicode_WriteChar(PyObject* object, Py_ssize_t index, Py_UCS4 ch) {
  if (!object || !isStr(object))
    return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), -1;
  StrObject* s = asStr(object);
  if (index < 0 || index >= s->size()) return static_cast<int>(failedIndex());
  if (!modifiable(s)) return -1;
  if (ch > s->maxChar()) return (void)raise(PyExc_ValueError, "character out of range"), -1;
  withMutableChars(
      s, [&](auto* chars, Py_ssize_t) { chars[index] = static_cast<std::decay_t<decltype(*chars)>>(ch); });
  return 0;
}
KR_EXPORT Py_ssize_t PyUnicode_Fill(PyObject* object, Py_ssize_t start, Py_ssize_t count, Py_UCS4 ch) {
  if (!object || !isStr(object)) return (void)raiseBadInternalCall(), -1;
  StrObject* s = asStr(object);
  if (!modifiable(s)) return -1;
  if (ch > s->maxChar()) {
    return (void)raise(PyExc_ValueError, "fill character is bigger than the string maximum character"), -1;
  }
  if (start < 0) return failedIndex();
  count = std::min(count, s->size() - start);
  if (count <= 0) return 0;
  withMutableChars(s, [&](auto* chars, Py_ssize_t) {
    std::fill_n(chars + start, count, static_cast<std::decay_t<decltype(*chars)>>(ch));
  });
  return count;
}
KR_EXPORT void _PyUnicode_FastCopyCharacters(PyObject* to, Py_ssize_t at, PyObject* from, Py_ssize_t start,
                                             Py_ssize_t count) {
  if (count > 0) strCopyChars(asStr(to), at, asStr(from), start, count);
}
KR_EXPORT Py_ssize_t PyUnicode_CopyCharacters(PyObject* to, Py_ssize_t at, PyObject* from, Py_ssize_t start,
                                              Py_ssize_t count) {
  if (!to || !from || !isStr(to) || !isStr(from)) return (void)raiseBadInternalCall(), -1;
  StrObject *target = asStr(to), *source = asStr(from);
  if (start < 0 || start > source->size() || at < 0 || at > target->size()) return failedIndex();
  if (count < 0) return (void)raise(PyExc_SystemError, "how_many cannot be negative"), -1;
  count = std::min(count, source->size() - start);
  if (at + count > target->size()) {
    (void)raise(PyExc_SystemError, "Cannot write %zi characters at %zi in a string of %zi characters", count,
                at, target->size());
    return -1;
  }
  if (count == 0) return 0;
  if (!modifiable(target)) return -1;
  Py_UCS4 widest = maxCharOf(source->kind(), source->data(), start, count);
  if (widest > target->maxChar()) {
    (void)raise(PyExc_SystemError, "Cannot copy %s characters into a string of %s characters",
                source->isAscii()     ? "ascii"
                : source->kind() == 1 ? "latin1"
                : source->kind() == 2 ? "UCS2"
                                      : "UCS4",
                target->isAscii()     ? "ascii"
                : target->kind() == 1 ? "latin1"
                                      : "UCS2");
    return -1;
  }
  strCopyChars(target, at, source, start, count);
  return count;
}
KR_EXPORT int PyUnicode_Resize(PyObject** slot, Py_ssize_t size) {
  if (!slot || !*slot || !isStr(*slot) || size < 0) return (void)raiseBadInternalCall(), -1;
  StrObject* s = asStr(*slot);
  if (s->size() == size) return 0;
  auto made = strNew(size, s->maxChar());
  if (made.failed()) return -1;
  auto fresh = std::move(made).take();
  if (Py_ssize_t kept = std::min(size, s->size())) strCopyChars(fresh, 0, s, 0, kept);
  decref(*slot);
  *slot = std::move(fresh).leak();
  return 0;
}

KR_EXPORT const char* PyUnicode_AsUTF8AndSize(PyObject* s, Py_ssize_t* size) {
  if (!checkStr(s)) return nullptr;
  auto utf8 = strUtf8(asStr(s));
  if (utf8.failed()) return nullptr;
  auto view = std::move(utf8).take();
  if (size) *size = static_cast<Py_ssize_t>(view.size());
  return view.data();
}
KR_EXPORT const char* PyUnicode_AsUTF8(PyObject* s) { return PyUnicode_AsUTF8AndSize(s, nullptr); }
KR_EXPORT Py_UCS4* PyUnicode_AsUCS4(PyObject* s, Py_UCS4* out, Py_ssize_t room, int with_nul) {
  if (!out || room < 0) return (void)raiseBadInternalCall(), nullptr;
  Py_ssize_t size = asStr(s)->size();
  if (room < size + (with_nul ? 1 : 0)) {
    (void)raise(PyExc_SystemError, "string is longer than the buffer");
    if (with_nul && room > 0) out[0] = 0;
    return nullptr;
  }
  copyUnits(4, out, 0, asStr(s)->kind(), asStr(s)->data(), 0, size);
  if (with_nul) out[size] = 0;
  return out;
}
KR_EXPORT Py_UCS4* PyUnicode_AsUCS4Copy(PyObject* s) {
  Py_ssize_t room = asStr(s)->size() + 1;
  auto* out = static_cast<Py_UCS4*>(memAlloc(static_cast<size_t>(room) * sizeof(Py_UCS4)));
  if (!out) return (void)raiseNoMemory(), nullptr;
  return PyUnicode_AsUCS4(s, out, room, 1);
}
KR_EXPORT Py_ssize_t PyUnicode_AsWideChar(PyObject* s, wchar_t* out, Py_ssize_t room) {
  if (!s || !isStr(s)) return (void)raiseBadInternalCall(), -1;
  Py_ssize_t size = asStr(s)->size();
  if (!out) return size + 1;
  Py_ssize_t copied = std::min(size, room);
  copyUnits(4, out, 0, asStr(s)->kind(), asStr(s)->data(), 0, copied);
  if (room > size) out[size] = L'\0';
  return copied;
}
KR_EXPORT wchar_t* PyUnicode_AsWideCharString(PyObject* s, Py_ssize_t* size) {
  if (!s || !isStr(s)) return (void)raiseBadInternalCall(), nullptr;
  Py_ssize_t length = asStr(s)->size();
  auto* out = static_cast<wchar_t*>(memAlloc(static_cast<size_t>(length + 1) * sizeof(wchar_t)));
  if (!out) return (void)raiseNoMemory(), nullptr;
  PyUnicode_AsWideChar(s, out, length + 1);
  if (size) {
    *size = length;
  } else if (wcslen(out) != static_cast<size_t>(length)) {
    memFree(out);
    return (void)raise(PyExc_ValueError, "embedded null character"), nullptr;
  }
  return out;
}
KR_EXPORT wchar_t* PyUnicode_AsUnicode(PyObject* s) {
  return checkStr(s) ? const_cast<wchar_t*>(wideCache(asStr(s))) : nullptr;
}
KR_EXPORT wchar_t* PyUnicode_AsUnicodeAndSize(PyObject* s, Py_ssize_t* size) {
  wchar_t* text = PyUnicode_AsUnicode(s);
  if (text && size) *size = asStr(s)->size();
  return text;
}

KR_EXPORT PyObject* PyUnicode_Concat(PyObject* left, PyObject* right) { return toC(concat(left, right)); }
KR_EXPORT void PyUnicode_Append(PyObject** slot, PyObject* right) {
  if (!*slot) return;
  PyObject* left = *slot;
  if (!right || !isStr(left) || !isStr(right)) {
    if (!exceptionPending()) (void)raiseBadInternalCall();
    *slot = nullptr;
    decref(left);
    return;
  }
  *slot = nullptr;
  *slot = toC(strAppend(steal(asStr(left)), asStr(right)));
}
KR_EXPORT void PyUnicode_AppendAndDel(PyObject** slot, PyObject* right) {
  PyUnicode_Append(slot, right);
  xdecref(right);
}
KR_EXPORT PyObject* PyUnicode_Substring(PyObject* s, Py_ssize_t start, Py_ssize_t end) {
  end = std::min(end, asStr(s)->size());
  if (start == 0 && end == asStr(s)->size()) return toC(strExact(asStr(s)));
  if (start < 0 || end < 0) return (void)failedIndex(), nullptr;
  return toC(start >= end ? Result<Ref<StrObject>>(emptyStr()) : strSubstring(asStr(s), start, end));
}
KR_EXPORT PyObject* PyUnicode_Join(PyObject* separator, PyObject* items) {
  return toC(join(separator, items));
}
KR_EXPORT PyObject* _PyUnicode_JoinArray(PyObject* separator, PyObject* const* items, Py_ssize_t count) {
  return toC(strJoinItems(asStr(separator), items, count));
}
KR_EXPORT PyObject* PyUnicode_Split(PyObject* s, PyObject* separator, Py_ssize_t max_split) {
  return toC(split(s, separator, max_split, false));
}
KR_EXPORT PyObject* PyUnicode_RSplit(PyObject* s, PyObject* separator, Py_ssize_t max_split) {
  return toC(split(s, separator, max_split, true));
}
KR_EXPORT PyObject* PyUnicode_Splitlines(PyObject* s, int keep_ends) {
  auto text = operand(s);
  return text.failed() ? nullptr : toC(strSplitlines(std::move(text).take(), {keep_ends != 0}));
}
KR_EXPORT PyObject* PyUnicode_Partition(PyObject* s, PyObject* separator) {
  return mustBeStr(s) && mustBeStr(separator) ? toC(strPartition(asStr(s), separator)) : nullptr;
}
KR_EXPORT PyObject* PyUnicode_RPartition(PyObject* s, PyObject* separator) {
  return mustBeStr(s) && mustBeStr(separator) ? toC(strRpartition(asStr(s), separator)) : nullptr;
}
KR_EXPORT PyObject* PyUnicode_Translate(PyObject* s, PyObject* table, const char*) {
  return checkStr(s) ? toC(strTranslate(asStr(s), table)) : nullptr;
}
KR_EXPORT PyObject* PyUnicode_Replace(PyObject* s, PyObject* old_part, PyObject* new_part, Py_ssize_t count) {
  return toC(replace(s, old_part, new_part, count));
}
KR_EXPORT PyObject* PyUnicode_Format(PyObject* format, PyObject* args) {
  if (!format || !args) return (void)raiseBadInternalCall(), nullptr;
  return mustBeStr(format) ? toC(strPercent(asStr(format), args)) : nullptr;
}
KR_EXPORT Py_ssize_t PyUnicode_Find(PyObject* s, PyObject* sub, Py_ssize_t start, Py_ssize_t end,
                                    int direction) {
  if (searched(s, sub)) return -2;
  clipBounds(start, end, asStr(s)->size());
  return strFind(asStr(s), asStr(sub), start, end, direction);
}
KR_EXPORT Py_ssize_t PyUnicode_FindChar(PyObject* s, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end,
                                        int direction) {
  if (start < 0 || end < 0) return failedIndex() - 1;
  return strFindChar(asStr(s), ch, start, std::min(end, asStr(s)->size()), direction);
}
KR_EXPORT Py_ssize_t PyUnicode_Count(PyObject* s, PyObject* sub, Py_ssize_t start, Py_ssize_t end) {
  if (searched(s, sub)) return -1;
  clipBounds(start, end, asStr(s)->size());
  return strCount(asStr(s), asStr(sub), start, end);
}
KR_EXPORT Py_ssize_t PyUnicode_Tailmatch(PyObject* s, PyObject* sub, Py_ssize_t start, Py_ssize_t end,
                                         int direction) {
  if (searched(s, sub)) return -1;
  clipBounds(start, end, asStr(s)->size());
  return strTailMatch(asStr(s), asStr(sub), start, end, direction > 0);
}
KR_EXPORT int PyUnicode_Contains(PyObject* s, PyObject* sub) {
  if (!isStr(sub)) {
    (void)raise(PyExc_TypeError, "'in <string>' requires string as left operand, not %.100s", typeName(sub));
    return -1;
  }
  return mustBeStr(s) ? toC(strContains(asStr(s), sub)) : -1;
}
KR_EXPORT int PyUnicode_IsIdentifier(PyObject* s) { return strIsIdentifier(asStr(s)); }

KR_EXPORT int PyUnicode_Compare(PyObject* left, PyObject* right) {
  if (isStr(left) && isStr(right)) return strCompare(asStr(left), asStr(right));
  (void)raise(PyExc_TypeError, "Can't compare %.100s and %.100s", typeName(left), typeName(right));
  return -1;
}
KR_EXPORT int PyUnicode_CompareWithASCIIString(PyObject* object, const char* text) {
  StrObject* s = asStr(object);
  auto other = std::string_view(text);
  for (Py_ssize_t i = 0; i < s->size(); i++) {
    if (static_cast<size_t>(i) >= other.size()) return 1;
    Py_UCS4 a = s->at(i), b = static_cast<unsigned char>(other[static_cast<size_t>(i)]);
    if (a != b) return a < b ? -1 : 1;
  }
  return static_cast<size_t>(s->size()) < other.size() ? -1 : 0;
}
KR_EXPORT PyObject* PyUnicode_RichCompare(PyObject* left, PyObject* right, int op) {
  if (!isStr(left) || !isStr(right)) return notImplemented().leak();
  if (op < Py_LT || op > Py_GE)
    return (void)raise(PyExc_TypeError, "bad argument type for built-in operation"), nullptr;
  bool truth = op == Py_EQ   ? strEquals(asStr(left), asStr(right))
               : op == Py_NE ? !strEquals(asStr(left), asStr(right))
                             : compareTruth(op, strCompare(asStr(left), asStr(right))) != 0;
  return boolRef(truth).leak();
}
KR_EXPORT int _PyUnicode_EQ(PyObject* left, PyObject* right) { return strEquals(asStr(left), asStr(right)); }
KR_EXPORT int _PyUnicode_Equal(PyObject* left, PyObject* right) {
  return strEquals(asStr(left), asStr(right));
}
KR_EXPORT int _PyUnicode_EqualToASCIIString(PyObject* s, const char* text) {
  return strEqualsAscii(asStr(s), text);
}
KR_EXPORT int _PyUnicode_EqualToASCIIId(PyObject* s, _Py_Identifier* id) {
  return strEqualsAscii(asStr(s), id->string);
}
