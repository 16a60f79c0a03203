// Joining strings end to end: concatenation, in-place append, repetition, str.join.
#include "core/gc.h"
#include "core/object.h"
#include "types/list.h"
#include "types/str_internal.h"
#include "types/tuple.h"

namespace krait {
namespace {

Raised raiseTooLarge() { return raise(PyExc_OverflowError, "strings are too large to concat"); }

bool isGrowable(const StrObject* s) {
  return s->ob_refcnt == 1 && isExactStr(s) && s->state.compact && !s->state.interned && s->size() > 0;
}

// Can hold `other` without becoming wider or losing the ASCII layout.
bool hasRoomFor(const StrObject* s, const StrObject* other) {
  return other->kind() <= s->kind() && (!s->isAscii() || other->isAscii());
}

void dropCaches(StrObject* s) {
  s->hash = -1;
  wchar_t* wide = std::exchange(s->wstr, nullptr);
  if (wide && static_cast<void*>(wide) != s->data()) objectFree(wide);
  if (s->isAscii()) return;
  auto* compact = static_cast<CompactStrObject*>(s);
  objectFree(compact->utf8);
  compact->utf8 = nullptr;
  compact->utf8_length = compact->wstr_length = 0;
}

// The same object with room for `size` characters; it may move.
Result<Ref<StrObject>> resizeUnshared(Ref<StrObject> s, Py_ssize_t size) {
  size_t header = s->isAscii() ? sizeof(StrObject) : sizeof(CompactStrObject);
  auto kind = static_cast<size_t>(s->kind());
  dropCaches(s.get());
  auto* moved =
      static_cast<StrObject*>(objectRealloc(s.get(), header + (static_cast<size_t>(size) + 1) * kind));
  if (!moved) return raiseNoMemory();
  (void)std::move(s).leak();
  moved->length = size;
  std::memset(static_cast<char*>(moved->data()) + static_cast<size_t>(size) * kind, 0, kind);
  return steal(moved);
}

}  // namespace

Result<Ref<StrObject>> strConcat(StrObject* a, StrObject* b) {
  if (a->size() == 0) return strExact(b);
  if (b->size() == 0) return strExact(a);
  if (a->size() > PY_SSIZE_T_MAX - b->size()) return raiseTooLarge();
  Ref<StrObject> joined = TRY(strNew(a->size() + b->size(), std::max(a->maxChar(), b->maxChar())));
  strCopyChars(joined.get(), 0, a, 0, a->size());
  strCopyChars(joined.get(), a->size(), b, 0, b->size());
  return joined;
}

Result<Ref<StrObject>> strAppend(Ref<StrObject> a, StrObject* b) {
  if (b->size() == 0 && isExactStr(a.get())) return a;
  if (!isGrowable(a.get()) || !hasRoomFor(a.get(), b) || a.get() == b) return strConcat(a.get(), b);
  Py_ssize_t old_size = a->size();
  if (old_size > PY_SSIZE_T_MAX / 8 - b->size()) return raiseTooLarge();
  Ref<StrObject> grown = TRY(resizeUnshared(std::move(a), old_size + b->size()));
  strCopyChars(grown.get(), old_size, b, 0, b->size());
  return grown;
}

Result<Ref<StrObject>> strRepeat(StrObject* s, Py_ssize_t count) {
  if (count <= 0 || s->size() == 0) return emptyStr();
  if (count == 1) return strExact(s);
  if (s->size() > PY_SSIZE_T_MAX / count) return raise(PyExc_OverflowError, "repeated string is too long");
  Ref<StrObject> result = TRY(strNew(s->size() * count, s->maxChar()));
  auto* out = static_cast<char*>(result->data());
  auto unit = static_cast<size_t>(s->size() * s->kind()), total = unit * static_cast<size_t>(count);
  std::memcpy(out, s->data(), unit);
  if (unit == 1) std::memset(out, *out, total);
  for (size_t done = unit; done < total; done *= 2)
    std::memcpy(out + done, out, std::min(done, total - done));
  return result;
}

Result<Ref<StrObject>> strJoinItems(StrObject* separator, PyObject* const* items, Py_ssize_t count) {
  if (count == 0) return emptyStr();
  if (count == 1 && isExactStr(items[0])) return share(cast<StrObject>(items[0]));
  Py_ssize_t size = 0;
  Py_UCS4 max_char = count > 1 && separator->size() > 0 ? separator->maxChar() : 0x7f;
  for (Py_ssize_t i = 0; i < count; i++) {
    if (!isStr(items[i]))
      return raise(PyExc_TypeError, "sequence item %zd: expected str instance, %.80s found", i,
                   typeName(items[i]));
    auto* item = cast<StrObject>(items[i]);
    Py_ssize_t added = i > 0 ? separator->size() : 0;
    if (item->size() > PY_SSIZE_T_MAX - added || size > PY_SSIZE_T_MAX - added - item->size())
      return raise(PyExc_OverflowError, "join() result is too long for a Python string");
    size += added + item->size();
    max_char = std::max(max_char, item->maxChar());
  }
  if (size == 0) return emptyStr();
  Ref<StrObject> joined = TRY(strNew(size, max_char));
  Py_ssize_t at = 0;
  for (Py_ssize_t i = 0; i < count; i++) {
    if (i > 0) strCopyChars(joined.get(), at, separator, 0, separator->size()), at += separator->size();
    auto* item = cast<StrObject>(items[i]);
    strCopyChars(joined.get(), at, item, 0, item->size());
    at += item->size();
  }
  return joined;
}

Result<Ref<StrObject>> strJoin(StrObject* separator, PyObject* iterable) {
  Ref<> items = TRY(sequenceFast(iterable, "can only join an iterable"));
  return strJoinItems(separator, fastItems(items.get()), fastSize(items.get()));
}

}  // namespace krait
