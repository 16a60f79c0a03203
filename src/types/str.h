// str: PEP 393 strings in CPython's layout. The payload of 1, 2 or 4 bytes per character follows the header
// at once (compact); legacy non-compact strings exist only for subclasses of str, whose data lies in `data`.
#pragma once

#include <string>
#include <string_view>

#include "core/object.h"

namespace krait {

struct AsciiState {
  uint32_t interned : 2, kind : 3, compact : 1, ascii : 1, ready : 1;
};

// kind: bytes per character.
struct StrObject : PyObject {
  Py_ssize_t length;
  Py_hash_t hash;  // -1: not computed
  AsciiState state;
  wchar_t* wstr;
  // Behind this: ASCII compact strings have their characters; others utf8_length, utf8, wstr_length first.

  Py_ssize_t size() const { return length; }
  int kind() const { return state.kind; }
  bool isAscii() const { return state.ascii; }
  void* data();
  const void* data() const { return const_cast<StrObject*>(this)->data(); }
  Py_UCS4 at(Py_ssize_t index) const;
  Py_UCS4 maxChar() const {
    return state.ascii ? 0x7f : state.kind == 1 ? 0xff : state.kind == 2 ? 0xffff : 0x10ffff;
  }
  std::string_view asciiView() const;  // isAscii() only
};
struct CompactStrObject : StrObject {
  Py_ssize_t utf8_length;
  char* utf8;  // owned cache, or null
  Py_ssize_t wstr_length;
};
struct LegacyStrObject : CompactStrObject {
  void* any;
};
static_assert(sizeof(StrObject) == 48 && sizeof(CompactStrObject) == 72 && sizeof(LegacyStrObject) == 80);

inline void* StrObject::data() {
  if (state.compact)
    return state.ascii ? static_cast<void*>(this + 1) : static_cast<CompactStrObject*>(this) + 1;
  return static_cast<LegacyStrObject*>(this)->any;
}
inline Py_UCS4 StrObject::at(Py_ssize_t i) const {
  const void* p = data();
  if (state.kind == 1) return static_cast<const Py_UCS1*>(p)[i];
  if (state.kind == 2) return static_cast<const Py_UCS2*>(p)[i];
  return static_cast<const Py_UCS4*>(p)[i];
}
inline std::string_view StrObject::asciiView() const {
  return {static_cast<const char*>(data()), static_cast<size_t>(length)};
}

inline bool isStr(const PyObject* o) { return hasFlag(typeOf(o), Py_TPFLAGS_UNICODE_SUBCLASS); }
inline bool isExactStr(const PyObject* o) { return isExact(o, &PyUnicode_Type); }

// Creation. Single latin-1 characters and "" are shared, immortal objects.
Result<Ref<StrObject>> strNew(Py_ssize_t size, Py_UCS4 max_char);  // uninitialised characters
Result<Ref<StrObject>> strFromUtf8(std::string_view utf8);         // strict
Result<Ref<StrObject>> strFromWtf8(std::string_view utf8);         // surrogates allowed (compiler constants)
Result<Ref<StrObject>> strFromAscii(std::string_view ascii);
Result<Ref<StrObject>> strFromLatin1(std::string_view latin1);
Result<Ref<StrObject>> strFromUcs4(const Py_UCS4* chars, Py_ssize_t size);
Result<Ref<StrObject>> strFromKind(int kind, const void* chars, Py_ssize_t size);
Result<Ref<StrObject>> strFromChar(Py_UCS4 ch);
Result<Ref<StrObject>> strFromWide(const wchar_t* text, Py_ssize_t size);  // size -1: NUL-terminated
Result<Ref<StrObject>> strFormat(const char* format, ...);                 // PyErr_Format's specifiers
Result<Ref<StrObject>> strFormatV(const char* format, va_list args);
inline Result<Ref<StrObject>> strLiteral(std::string_view ascii) { return strFromAscii(ascii); }
Ref<StrObject> emptyStr();

// Interning: replaces the reference by the interned equal string.
Ref<StrObject> strIntern(Ref<StrObject> s);
Result<Ref<StrObject>> strInternUtf8(std::string_view utf8);
Result<Ref<StrObject>> strInternLatin1(std::string_view latin1);  // makes no string when there is one

// Views and conversions. strUtf8 caches the encoded form in the object; fails with UnicodeEncodeError on
// surrogates.
Result<std::string_view> strUtf8(StrObject* s);
Result<const char*> strUtf8NoNul(StrObject* s);                   // ValueError "embedded null character"
bool strEqualsAscii(const StrObject* s, std::string_view ascii);  // runs no Python
bool strEquals(const StrObject* a, const StrObject* b);           // runs no Python
int strCompare(const StrObject* a, const StrObject* b);           // by code points: -1, 0, 1
Py_hash_t strHash(StrObject* s);

Result<Ref<StrObject>> strConcat(StrObject* a, StrObject* b);
// a += b where `a` is the only reference: may grow in place. Steals a.
Result<Ref<StrObject>> strAppend(Ref<StrObject> a, StrObject* b);
Result<Ref<StrObject>> strSubstring(StrObject* s, Py_ssize_t start, Py_ssize_t end);
Result<Ref<StrObject>> strJoin(StrObject* separator, PyObject* iterable);
Result<Ref<StrObject>> strJoinItems(StrObject* separator, PyObject* const* items,
                                    Py_ssize_t count);  // BUILD_STRING too
Result<Ref<StrObject>> strRepeat(StrObject* s, Py_ssize_t count);
Py_ssize_t strFind(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end,
                   int direction);  // -1: not found
Py_ssize_t strFindChar(const StrObject* s, Py_UCS4 ch, Py_ssize_t start, Py_ssize_t end, int direction);
Result<bool> strContains(StrObject* s, PyObject* sub);
Result<Ref<ListObject>> strSplit(StrObject* s, Opt<StrObject> separator, Py_ssize_t max_split);
Result<Ref<StrObject>> strReplace(StrObject* s, StrObject* old_part, StrObject* new_part,
                                  Py_ssize_t max_count);
Result<Ref<StrObject>> strPercent(StrObject* format, PyObject* args);  // format % args
Result<Ref<StrObject>> strRepr(StrObject* s);
bool strIsIdentifier(const StrObject* s);
Result<Ref<>> strEncode(StrObject* s, const char* encoding, const char* errors);  // null encoding: utf-8
Result<Ref<>> strGetItem(StrObject* s, Py_ssize_t index);

// File system names: utf-8 (or the locale's encoding) with surrogateescape.
Result<Ref<StrObject>> fsDecode(std::string_view bytes);
Result<std::string> fsEncode(StrObject* s);               // ValueError on embedded NUL
Result<Ref<>> fsPathObject(PyObject* path);               // os.fspath: a str or bytes
Result<std::string> fsPath(PyObject* str_bytes_or_path);  // os.fspath then fsEncode; no NUL inside

}  // namespace krait
