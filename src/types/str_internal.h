// What the str*.cpp files share: dispatch on the character width, copies between widths, narrowing.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>

#include "base/text/search.h"
#include "core/errors.h"
#include "core/memory.h"
#include "types/str.h"

namespace krait {

// Calls f(const C* characters, Py_ssize_t size) with the string's own character type.
template <class F>
KR_ALWAYS_INLINE decltype(auto) withChars(const StrObject* s, F&& f) {
  const void* data = s->data();
  if (s->kind() == 1) return f(static_cast<const Py_UCS1*>(data), s->size());
  if (s->kind() == 2) return f(static_cast<const Py_UCS2*>(data), s->size());
  return f(static_cast<const Py_UCS4*>(data), s->size());
}
// The same for writing into a new string.
template <class F>
KR_ALWAYS_INLINE decltype(auto) withMutableChars(StrObject* s, F&& f) {
  void* data = s->data();
  if (s->kind() == 1) return f(static_cast<Py_UCS1*>(data), s->size());
  if (s->kind() == 2) return f(static_cast<Py_UCS2*>(data), s->size());
  return f(static_cast<Py_UCS4*>(data), s->size());
}

inline int kindFor(Py_UCS4 max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

// Copies characters between arrays of any widths; the target is wide enough.
void copyUnits(int to_kind, void* to, Py_ssize_t to_at, int from_kind, const void* from, Py_ssize_t from_at,
               Py_ssize_t count);
inline void strCopyChars(StrObject* to, Py_ssize_t at, const StrObject* from, Py_ssize_t start,
                         Py_ssize_t count) {
  int kind = to->kind();
  if (kind == from->kind()) {
    std::memcpy(static_cast<char*>(to->data()) + at * kind,
                static_cast<const char*>(from->data()) + start * kind, static_cast<size_t>(count * kind));
    return;
  }
  copyUnits(to->kind(), to->data(), at, from->kind(), from->data(), start, count);
}
// A string's characters in width C: borrowed when it has that width, else converted. The string is not wider.
template <class C>
class CharsAs {
 public:
  explicit CharsAs(const StrObject* s) : size_(s->size()) {
    if (s->kind() == static_cast<int>(sizeof(C))) {
      data_ = static_cast<const C*>(s->data());
      return;
    }
    C* copy = small_;
    if (size_ > kSmall) owned_ = copy = static_cast<C*>(rawAlloc(static_cast<size_t>(size_) * sizeof(C)));
    if (copy) copyUnits(sizeof(C), copy, 0, s->kind(), s->data(), 0, size_);
    data_ = copy;
  }
  ~CharsAs() { rawFree(owned_); }
  CharsAs(const CharsAs&) = delete;
  const C* data() const { return data_; }  // null: out of memory
  Py_ssize_t size() const { return size_; }

 private:
  static constexpr Py_ssize_t kSmall = 64;
  const C* data_;
  C* owned_ = nullptr;
  Py_ssize_t size_;
  C small_[kSmall];
};

// The widest character's class (0x7f, 0xff, 0xffff, 0x10ffff) of an array.
Py_UCS4 maxCharOf(int kind, const void* data, Py_ssize_t start, Py_ssize_t count);
inline Py_UCS4 maxCharClass(uint32_t all) {
  return all < 0x80 ? 0x7f : all < 0x100 ? 0xff : all < 0x10000 ? 0xffff : 0x10ffff;
}

// The shared object of a latin-1 character; immortal.
StrObject* latin1Single(Py_UCS1 c);
std::span<StrObject* const> oneLetterNames();  // interned from the start, static
bool isStaticStr(const StrObject* s);
// Turns a new string made for too wide a bound into its canonical form (narrowest width, shared when short).
Result<Ref<StrObject>> strSettle(Ref<StrObject> s);
// An exact str equal to s: itself or a copy of a subclass's value.
Result<Ref<StrObject>> strExact(StrObject* s);
void strRemoveInterned(StrObject* s);
void strDealloc(PyObject* self);

// Clips like slices do: negative positions count from the end.
inline void clipBounds(Py_ssize_t& start, Py_ssize_t& end, Py_ssize_t size) {
  if (end > size)
    end = size;
  else if (end < 0)
    end = std::max<Py_ssize_t>(end + size, 0);
  if (start < 0) start = std::max<Py_ssize_t>(start + size, 0);
}

Result<Ref<>> strIter(StrObject* s);

}  // namespace krait
