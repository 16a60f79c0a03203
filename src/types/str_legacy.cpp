#include "types/str_legacy.h"

#include <algorithm>
#include <vector>

#include "core/eval_breaker.h"
#include "core/gc.h"
#include "types/str_internal.h"

namespace krait {
namespace {

std::vector<StrObject*>& unreadyStrings() {
  static auto* strings = new std::vector<StrObject*>;
  return *strings;
}

bool replaceBadCharacters(Py_UCS4* characters, Py_ssize_t size, Py_UCS4* first_bad) {
  bool found = false;
  for (Py_ssize_t i = 0; i < size; i++) {
    if (characters[i] <= 0x10ffff) continue;
    if (!found) *first_bad = characters[i];
    found = true;
    characters[i] = 0xfffd;
  }
  return found;
}

// The array of wchar_t stays, as the extension may still hold its address.
Status narrow(LegacyStrObject* s, Py_UCS4 max_char) {
  int kind = kindFor(max_char);
  void* characters = s->any;
  if (kind != 4) {
    characters = objectMalloc(static_cast<size_t>((s->size() + 1) * kind));
    if (!characters) return raiseNoMemory();
    copyUnits(kind, characters, 0, 4, s->any, 0, s->size() + 1);
  }
  s->any = characters;
  s->state.kind = static_cast<uint32_t>(kind);
  s->hash = -1;
  if (max_char >= 0x80) return {};
  objectFree(s->utf8);
  s->state.ascii = 1;
  s->utf8 = static_cast<char*>(characters);
  s->utf8_length = s->size();
  return {};
}

}  // namespace

Result<Ref<StrObject>> strNewLegacy(Py_ssize_t size) {
  if (size > PY_SSIZE_T_MAX / 4 - 1) return raiseNoMemory();
  auto bytes = static_cast<size_t>((size + 1) * 4);
  Ref<> object = TRY(objectNewRaw(&PyUnicode_Type, sizeof(LegacyStrObject)));
  Ref<LegacyStrObject> s = std::move(object).as<LegacyStrObject>();
  std::memset(&s->length, 0, sizeof(LegacyStrObject) - sizeof(PyObject));
  s->hash = -1;
  s->any = objectMalloc(bytes);
  if (!s->any) {
    s->state.ready = 1;
    return raiseNoMemory();
  }
  std::memset(s->any, 0, bytes);
  s->length = s->wstr_length = size;
  s->wstr = static_cast<wchar_t*>(s->any);
  s->state.kind = 4;
  unreadyStrings().push_back(s.get());
  evalBreakerSet(currentThread(), kEvalLegacyStrings);
  return Ref<StrObject>(std::move(s));
}

Status strReady(StrObject* s) {
  if (s->state.ready) return {};
  auto* legacy = static_cast<LegacyStrObject*>(s);
  auto* characters = static_cast<Py_UCS4*>(legacy->any);
  Py_UCS4 bad = 0;
  bool has_bad = replaceBadCharacters(characters, s->size(), &bad);
  TRY(narrow(legacy, maxCharOf(4, characters, 0, s->size())));
  strLegacyGone(s);
  s->state.ready = 1;
  if (!has_bad) return {};
  return raise(PyExc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", bad);
}

void strReadyQuietly(StrObject* s) {
  if (s->state.ready) return;
  PendingSaved saved;
  if (strReady(s).failed()) clearPending();
}

Status strReadyAll() {
  while (!unreadyStrings().empty()) TRY(strReady(unreadyStrings().back()));
  return {};
}

void strLegacyGone(StrObject* s) { std::erase(unreadyStrings(), s); }

}  // namespace krait
