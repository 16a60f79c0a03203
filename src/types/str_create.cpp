// Making strings: the shared short ones, new ones of every width, conversions from C text.
#include <array>
#include <cwchar>
#include <span>

#include "base/text/utf8.h"
#include "core/gc.h"
#include "types/codecs.h"
#include "types/str_internal.h"

namespace krait {
namespace {

struct AsciiSingle : StrObject {
  char text[8];
};
struct Latin1Single : CompactStrObject {
  char text[8];
};

constexpr void initStatic(StrObject& s, Py_ssize_t length, bool ascii) {
  s.ob_refcnt = kImmortalRefcount;
  s.ob_type = &PyUnicode_Type;
  s.length = length;
  s.hash = -1;
  s.state = {0, 1, 1, ascii, 1};
}

constexpr auto makeAsciiSingles() {
  std::array<AsciiSingle, 129> singles{};  // the last one is the empty string
  for (int i = 0; i < 129; i++) {
    initStatic(singles[i], i < 128, true);
    singles[i].text[0] = static_cast<char>(i < 128 ? i : 0);
  }
  return singles;
}
constexpr auto makeLatin1Singles() {
  std::array<Latin1Single, 128> singles{};
  for (int i = 0; i < 128; i++) {
    initStatic(singles[i], 1, false);
    singles[i].text[0] = static_cast<char>(i + 128);
  }
  return singles;
}

// One-letter names that CPython's own code uses: as constants and names they are strings of their own, not
// the ones that indexing and chr() give ('a' is not 'abc'[0]).
constexpr std::string_view kOneLetterNames = "BCLST_abcdefhiklmnopqrstvwxy";

constexpr auto makeOneLetterNames() {
  std::array<AsciiSingle, kOneLetterNames.size()> names{};
  for (size_t i = 0; i < names.size(); i++) {
    initStatic(names[i], 1, true);
    names[i].text[0] = kOneLetterNames[i];
  }
  return names;
}

constinit auto g_one_letter_names = makeOneLetterNames();
constinit auto g_ascii_singles = makeAsciiSingles();
constinit auto g_latin1_singles = makeLatin1Singles();

template <class T, size_t n>
bool isInside(const StrObject* s, const std::array<T, n>& singles) {
  auto* p = reinterpret_cast<const char*>(s);
  auto* first = reinterpret_cast<const char*>(singles.data());
  return p >= first && p < first + sizeof singles;
}

}  // namespace

StrObject* latin1Single(Py_UCS1 c) {
  if (c < 128) return &g_ascii_singles[c];
  return &g_latin1_singles[c - 128];
}
bool isStaticStr(const StrObject* s) {
  return isInside(s, g_ascii_singles) || isInside(s, g_latin1_singles) || isInside(s, g_one_letter_names);
}
std::span<StrObject* const> oneLetterNames() {
  static const auto names = [] {
    std::array<StrObject*, kOneLetterNames.size()> all{};
    for (size_t i = 0; i < all.size(); i++) all[i] = &g_one_letter_names[i];
    return all;
  }();
  return names;
}
Ref<StrObject> emptyStr() { return share<StrObject>(&g_ascii_singles[128]); }

void copyUnits(int to_kind, void* to, Py_ssize_t to_at, int from_kind, const void* from, Py_ssize_t from_at,
               Py_ssize_t count) {
  if (to_kind == from_kind) {
    std::memcpy(static_cast<char*>(to) + to_at * to_kind, static_cast<const char*>(from) + from_at * to_kind,
                static_cast<size_t>(count * to_kind));
    return;
  }
  auto dispatch = [&](auto* source) {
    source += from_at;
    if (to_kind == 1)
      text::convert(static_cast<Py_UCS1*>(to) + to_at, source, count);
    else if (to_kind == 2)
      text::convert(static_cast<Py_UCS2*>(to) + to_at, source, count);
    else
      text::convert(static_cast<Py_UCS4*>(to) + to_at, source, count);
  };
  if (from_kind == 1)
    dispatch(static_cast<const Py_UCS1*>(from));
  else if (from_kind == 2)
    dispatch(static_cast<const Py_UCS2*>(from));
  else
    dispatch(static_cast<const Py_UCS4*>(from));
}

Py_UCS4 maxCharOf(int kind, const void* data, Py_ssize_t start, Py_ssize_t count) {
  if (kind == 1) {
    auto* units = static_cast<const Py_UCS1*>(data) + start;
    return text::asciiPrefix(units, count) == count ? 0x7f : 0xff;
  }
  if (kind == 2) return maxCharClass(text::unionOf(static_cast<const Py_UCS2*>(data) + start, count));
  return maxCharClass(text::unionOf(static_cast<const Py_UCS4*>(data) + start, count));
}

Result<Ref<StrObject>> strNew(Py_ssize_t size, Py_UCS4 max_char) {
  if (size == 0) return emptyStr();
  if (size < 0) return raise(PyExc_SystemError, "Negative size passed to PyUnicode_New");
  bool ascii = max_char < 0x80;
  int kind = kindFor(max_char);
  auto header = static_cast<Py_ssize_t>(ascii ? sizeof(StrObject) : sizeof(CompactStrObject));
  if (size > (PY_SSIZE_T_MAX - header) / kind - 1) return raiseNoMemory();
  Ref<> object = TRY(objectNewRaw(&PyUnicode_Type, static_cast<size_t>(header + (size + 1) * kind)));
  Ref<StrObject> s = std::move(object).as<StrObject>();
  s->length = size;
  s->hash = -1;
  s->state = {0, static_cast<uint32_t>(kind), 1, ascii, 1};
  s->wstr = nullptr;
  if (!ascii) {
    auto* compact = static_cast<CompactStrObject*>(s.get());
    compact->utf8 = nullptr;
    compact->utf8_length = compact->wstr_length = 0;
  }
  withMutableChars(s.get(), [](auto* chars, Py_ssize_t end) { chars[end] = 0; });
  return s;
}

Result<Ref<StrObject>> strFromAscii(std::string_view ascii) {
  if (ascii.size() == 1) return share(latin1Single(static_cast<Py_UCS1>(ascii[0])));
  Ref<StrObject> s = TRY(strNew(static_cast<Py_ssize_t>(ascii.size()), 0x7f));
  if (!ascii.empty()) std::memcpy(s->data(), ascii.data(), ascii.size());
  return s;
}

Result<Ref<StrObject>> strFromLatin1(std::string_view latin1) {
  return strFromKind(1, latin1.data(), static_cast<Py_ssize_t>(latin1.size()));
}

Result<Ref<StrObject>> strFromKind(int kind, const void* chars, Py_ssize_t size) {
  if (size == 0) return emptyStr();
  Py_UCS4 max_char = maxCharOf(kind, chars, 0, size);
  if (size == 1 && max_char < 0x100) {
    Py_UCS1 only = 0;
    copyUnits(1, &only, 0, kind, chars, 0, 1);
    return share(latin1Single(only));
  }
  Ref<StrObject> s = TRY(strNew(size, max_char));
  copyUnits(s->kind(), s->data(), 0, kind, chars, 0, size);
  return s;
}

Result<Ref<StrObject>> strFromUcs4(const Py_UCS4* chars, Py_ssize_t size) {
  return strFromKind(4, chars, size);
}

Result<Ref<StrObject>> strFromChar(Py_UCS4 ch) {
  if (ch < 0x100) return share(latin1Single(static_cast<Py_UCS1>(ch)));
  Ref<StrObject> s = TRY(strNew(1, ch));
  copyUnits(s->kind(), s->data(), 0, 4, &ch, 0, 1);
  return s;
}

Result<Ref<StrObject>> strFromWide(const wchar_t* text, Py_ssize_t size) {
  static_assert(sizeof(wchar_t) == 4);
  if (size < 0) size = static_cast<Py_ssize_t>(std::wcslen(text));
  auto* chars = reinterpret_cast<const Py_UCS4*>(text);
  for (Py_ssize_t i = 0; i < size; i++)
    if (chars[i] > 0x10ffff)
      return raise(PyExc_ValueError, "character U+%x is not in range [U+0000; U+10ffff]", chars[i]);
  return strFromUcs4(chars, size);
}

Result<Ref<StrObject>> strFromUtf8(std::string_view utf8) {
  auto* bytes = reinterpret_cast<const uint8_t*>(utf8.data());
  auto size = static_cast<Py_ssize_t>(utf8.size());
  if (text::asciiPrefix(bytes, size) == size) return strFromAscii(utf8);
  return decodeUtf8(utf8, nullptr);
}

Result<Ref<StrObject>> strFromWtf8(std::string_view utf8) { return decodeUtf8(utf8, "surrogatepass"); }

Result<Ref<StrObject>> strSettle(Ref<StrObject> s) {
  Py_UCS4 max_char = s->isAscii() ? 0x7f : maxCharOf(s->kind(), s->data(), 0, s->size());
  if (max_char == s->maxChar() && !(s->size() == 1 && max_char < 0x100)) return s;
  return strFromKind(s->kind(), s->data(), s->size());
}

Result<Ref<StrObject>> strExact(StrObject* s) {
  if (isExactStr(s)) return share(s);
  return strFromKind(s->kind(), s->data(), s->size());
}

Result<Ref<StrObject>> strSubstring(StrObject* s, Py_ssize_t start, Py_ssize_t end) {
  end = std::min(end, s->size());
  if (start < 0 || end < 0) return raise(PyExc_IndexError, "string index out of range");
  if (start >= end) return emptyStr();
  if (start == 0 && end == s->size()) return strExact(s);
  if (s->isAscii())
    return strFromAscii(s->asciiView().substr(static_cast<size_t>(start), static_cast<size_t>(end - start)));
  return strFromKind(s->kind(), static_cast<const char*>(s->data()) + start * s->kind(), end - start);
}

namespace {

// The encoded form, kept in the string; surrogates make it fail.
Result<std::string_view> fillUtf8Cache(CompactStrObject* s) {
  Ref<BytesObject> bytes = TRY(encodeUtf8(s, nullptr));
  auto size = static_cast<size_t>(bytes->size());
  auto* copy = static_cast<char*>(objectMalloc(size + 1));
  if (!copy) return raiseNoMemory();
  std::memcpy(copy, bytes->data(), size + 1);
  s->utf8 = copy;
  s->utf8_length = static_cast<Py_ssize_t>(size);
  return std::string_view(copy, size);
}

}  // namespace

Result<std::string_view> strUtf8(StrObject* s) {
  if (s->isAscii()) return s->asciiView();
  auto* compact = static_cast<CompactStrObject*>(s);
  if (compact->utf8) return std::string_view(compact->utf8, static_cast<size_t>(compact->utf8_length));
  return fillUtf8Cache(compact);
}

Result<const char*> strUtf8NoNul(StrObject* s) {
  std::string_view view = TRY(strUtf8(s));
  if (std::memchr(view.data(), 0, view.size())) return raise(PyExc_ValueError, "embedded null character");
  return view.data();
}

}  // namespace krait
