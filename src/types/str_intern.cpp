// The table of interned strings. It does not own them: a mortal interned string leaves the table when it
// dies.
//
// Invariant: a string is in the table exactly while state.interned != 0, and equal strings are there only
// once.
#include <vector>

#include "core/name.h"
#include "core/scratch.h"
#include "types/hash_bytes.h"
#include "types/str_internal.h"

namespace krait {
namespace {

constexpr uint32_t kMortal = 1, kImmortal = 2;

class InternTable {
 public:
  // The slot of an equal string, or the one to put `s` in; null: the table is full and there is no memory for
  // more.
  StrObject** slotFor(StrObject* s) {
    bool crowded = slots_.empty() || (used_ + 1) * 3 > slots_.size() * 2;
    if (crowded && !grow() && used_ + 1 >= slots_.size()) return nullptr;
    return &slots_[find(s)];
  }
  static bool isFree(const StrObject* s) { return s == nullptr || s == gone(); }
  void added(bool reused_gone) {
    live_++;
    if (!reused_gone) used_++;
  }
  // An interned string of one-byte characters; null: there is none.
  StrObject* lookup(std::string_view latin1, Py_hash_t hash) const {
    if (slots_.empty()) return nullptr;
    size_t mask = slots_.size() - 1, at = static_cast<size_t>(hash) & mask;
    for (; StrObject* entry = slots_[at]; at = (at + 1) & mask) {
      if (entry != gone() && entry->hash == hash && entry->kind() == 1 &&
          std::string_view(static_cast<char*>(entry->data()), static_cast<size_t>(entry->size())) == latin1)
        return entry;
    }
    return nullptr;
  }
  void remove(StrObject* s) {
    size_t at = find(s);
    KR_ASSERT(slots_[at] == s, "an interned string is in the table");
    slots_[at] = gone();
    live_--;
  }

 private:
  static StrObject* gone() { return reinterpret_cast<StrObject*>(16); }

  size_t find(StrObject* s) const {
    size_t mask = slots_.size() - 1, at = static_cast<size_t>(strHash(s)) & mask, first_gone = SIZE_MAX;
    for (;; at = (at + 1) & mask) {
      StrObject* entry = slots_[at];
      if (!entry) return first_gone != SIZE_MAX ? first_gone : at;
      if (entry == gone()) {
        if (first_gone == SIZE_MAX) first_gone = at;
      } else if (entry == s || (entry->hash == s->hash && strEquals(entry, s))) {
        return at;
      }
    }
  }

  bool grow() {
    size_t size = 8192;  // what a start needs
    while (live_ * 3 >= size) size *= 2;
    if (!hasRoom(size * sizeof(StrObject*))) return false;
    std::vector<StrObject*> old = std::move(slots_);
    slots_.assign(size, nullptr);
    used_ = live_;
    for (StrObject* entry : old)
      if (!isFree(entry)) slots_[find(entry)] = entry;
    return true;
  }

  std::vector<StrObject*> slots_;
  size_t live_ = 0, used_ = 0;  // used: live ones and gone ones
};

InternTable& table() {
  static auto* instance = [] {
    auto* made = new InternTable;
    for (StrObject* letter : oneLetterNames()) {
      *made->slotFor(letter) = letter;
      made->added(false);
      letter->state.interned = kImmortal;
    }
    return made;
  }();
  return *instance;
}

}  // namespace

Ref<StrObject> strIntern(Ref<StrObject> s) {
  if (!isExactStr(s.get()) || s->state.interned) return s;
  StrObject** slot = table().slotFor(s.get());
  if (!slot) return s;
  if (!InternTable::isFree(*slot)) return share(*slot);
  bool was_gone = *slot != nullptr;
  *slot = s.get();
  table().added(was_gone);
  s->state.interned = isStaticStr(s.get()) ? kImmortal : kMortal;
  return s;
}

void strRemoveInterned(StrObject* s) {
  table().remove(s);
  s->state.interned = 0;
}

Result<Ref<StrObject>> strInternUtf8(std::string_view utf8) { return strIntern(TRY(strFromUtf8(utf8))); }

Result<Ref<StrObject>> strInternLatin1(std::string_view latin1) {
  Py_hash_t hash = hashBytes(latin1.data(), static_cast<Py_ssize_t>(latin1.size()));
  if (StrObject* known = table().lookup(latin1, hash)) return share(known);
  Ref<StrObject> s = TRY(strFromLatin1(latin1));
  s->hash = hash;
  return strIntern(std::move(s));
}

namespace {

// An identifier that is first used when Python's memory has ended: out of what is set aside for C++
// containers.
Ref<StrObject> makeOutOfReserve(std::string_view ascii) {
  auto* s = new (::operator new(sizeof(StrObject) + ascii.size() + 1)) StrObject{};
  s->ob_refcnt = 1;
  s->ob_type = &PyUnicode_Type;
  s->length = static_cast<Py_ssize_t>(ascii.size());
  s->hash = -1;
  s->state = {0, 1, 1, 1, 1};
  auto* text = static_cast<char*>(s->data());
  ascii.copy(text, ascii.size());
  text[ascii.size()] = 0;
  return steal(s);
}

}  // namespace

StrObject* internForever(const char* utf8, size_t size) {
  PendingSaved saved;
  auto made = strInternUtf8({utf8, size});
  if (made.failed()) clearPending();
  StrObject* s = (made.failed() ? strIntern(makeOutOfReserve({utf8, size})) : std::move(made).take()).leak();
  s->state.interned = kImmortal;
  s->ob_refcnt = kImmortalRefcount;
  return s;
}

}  // namespace krait
