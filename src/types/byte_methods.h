// The methods that bytes and bytearray share, as templates over how each makes its results.
//
// Ops: Object; view(Object*); make(view) -> Result<Ref<>>; whole(Object*) -> Result<Ref<>> (an exact bytes
// stays itself); kName. Views are taken after all arguments were converted: conversions may run Python and
// change a bytearray.
#pragma once

#include "types/byte_text.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/str_methods.h"

namespace krait {

template <class Ops>
struct ByteMethods {
  using Self = typename Ops::Object;

  static std::string_view cut(std::string_view text, BytePart part) {
    return text.substr(static_cast<size_t>(part.start), static_cast<size_t>(part.end - part.start));
  }
  static Result<Ref<>> finish(ByteBuilder& out) {
    if (out.failed()) return raiseNoMemory();
    return Ops::make(out.view());
  }

  // --- searching ---
  static Result<Py_ssize_t> findWith(const char* method, Self* self, CallArgs args, int direction,
                                     bool must_exist) {
    FindArgs parsed = TRY(parseFindArgs(Ops::kName, method, args));
    ByteNeedle needle = TRY(ByteNeedle::from(parsed.sub));
    Py_ssize_t at = byteFind(Ops::view(self), needle.view(), parsed.start, parsed.end, direction);
    if (at < 0 && must_exist) return raise(PyExc_ValueError, "subsection not found");
    return at;
  }
  static Result<Py_ssize_t> find(Self* self, CallArgs args) { return findWith("find", self, args, 1, false); }
  static Result<Py_ssize_t> rfind(Self* self, CallArgs args) {
    return findWith("rfind", self, args, -1, false);
  }
  static Result<Py_ssize_t> index(Self* self, CallArgs args) {
    return findWith("index", self, args, 1, true);
  }
  static Result<Py_ssize_t> rindex(Self* self, CallArgs args) {
    return findWith("rindex", self, args, -1, true);
  }
  static Result<Py_ssize_t> count(Self* self, CallArgs args) {
    FindArgs parsed = TRY(parseFindArgs(Ops::kName, "count", args));
    ByteNeedle needle = TRY(ByteNeedle::from(parsed.sub));
    return byteCount(Ops::view(self), needle.view(), parsed.start, parsed.end);
  }
  static Result<bool> contains(Self* self, PyObject* item) {
    if (isIndex(item)) {
      auto value = numberIndex(item);
      if (!value.failed()) {
        Ref<IntObject> number = std::move(value).take();
        char byte = static_cast<char>(TRY(byteValue(number.get(), "byte must be in range(0, 256)")));
        return Ops::view(self).find(byte) != std::string_view::npos;
      }
      clearPending();
    }
    Buffer part = TRY(Buffer::acquire(item));
    return byteFind(Ops::view(self), viewOf(part), 0, PY_SSIZE_T_MAX, 1) >= 0;
  }

  static Result<bool> tailMatches(Self* self, const FindArgs& parsed, PyObject* part, bool at_end) {
    Buffer buffer = TRY(Buffer::acquire(part));
    return byteTailMatch(Ops::view(self), viewOf(buffer), parsed.start, parsed.end, at_end);
  }
  static Result<bool> tailMatch(const char* method, Self* self, CallArgs args, bool at_end) {
    FindArgs parsed = TRY(parseFindArgs(Ops::kName, method, args));
    if (isTuple(parsed.sub)) {
      auto* parts = cast<TupleObject>(parsed.sub);
      for (Py_ssize_t i = 0; i < parts->size(); i++)
        if (TRY(tailMatches(self, parsed, parts->at(i), at_end))) return true;
      return false;
    }
    if (!hasBuffer(parsed.sub))
      return raise(PyExc_TypeError, "%s first arg must be bytes or a tuple of bytes, not %s", method,
                   typeName(parsed.sub));
    return tailMatches(self, parsed, parsed.sub, at_end);
  }
  static Result<bool> startswith(Self* self, CallArgs args) {
    return tailMatch("startswith", self, args, false);
  }
  static Result<bool> endswith(Self* self, CallArgs args) { return tailMatch("endswith", self, args, true); }

  // --- cutting ---
  static Result<Ref<ListObject>> listOf(Self* self, const ByteParts& parts, bool reversed, Py_ssize_t room) {
    Ref<ListObject> list = TRY(listWithRoom(room));
    for (size_t i = 0; i < parts.size(); i++) {
      BytePart part = parts[reversed ? parts.size() - 1 - i : i];
      auto text = Ops::view(self);
      part.end = std::min(part.end, static_cast<Py_ssize_t>(text.size()));
      part.start = std::min(part.start, part.end);
      bool is_whole = part.end - part.start == static_cast<Py_ssize_t>(text.size());
      TRY(listAppend(list.get(), is_whole ? TRY(Ops::whole(self)) : TRY(Ops::make(cut(text, part)))));
    }
    return list;
  }
  static Result<Ref<ListObject>> split(Self* self, PyObject* separator, Py_ssize_t max_split) {
    if (max_split < 0) max_split = PY_SSIZE_T_MAX;
    if (separator == Py_None)
      return listOf(self, TRY(byteSplitSpaces(Ops::view(self), max_split)), false, splitRoom(max_split));
    Buffer needle = TRY(Buffer::acquire(separator));
    if (needle.size() == 0) return raise(PyExc_ValueError, "empty separator");
    return listOf(self, TRY(byteSplit(Ops::view(self), viewOf(needle), max_split)), false,
                  splitRoom(max_split));
  }
  static Result<Ref<ListObject>> rsplit(Self* self, PyObject* separator, Py_ssize_t max_split) {
    if (max_split < 0) max_split = PY_SSIZE_T_MAX;
    if (separator == Py_None)
      return listOf(self, TRY(byteRsplitSpaces(Ops::view(self), max_split)), true, splitRoom(max_split));
    Buffer needle = TRY(Buffer::acquire(separator));
    if (needle.size() == 0) return raise(PyExc_ValueError, "empty separator");
    return listOf(self, TRY(byteRsplit(Ops::view(self), viewOf(needle), max_split)), true,
                  splitRoom(max_split));
  }
  static Result<Ref<ListObject>> splitlines(Self* self, IntTruth keep_ends) {
    return listOf(self, TRY(byteSplitlines(Ops::view(self), keep_ends)), false, 0);
  }

  static Result<Ref<TupleObject>> partitionWith(Self* self, PyObject* separator, int direction) {
    Buffer needle = TRY(Buffer::acquire(separator));
    if (needle.size() == 0) return raise(PyExc_ValueError, "empty separator");
    auto text = Ops::view(self);
    Py_ssize_t at = byteFind(text, viewOf(needle), 0, PY_SSIZE_T_MAX, direction);
    Ref<> empty = TRY(Ops::make(""));
    if (at < 0) {
      Ref<> whole = TRY(Ops::whole(self)), other = TRY(Ops::make(""));
      return direction > 0 ? tupleOf(whole.get(), empty.get(), other.get())
                           : tupleOf(empty.get(), other.get(), whole.get());
    }
    Ref<> head = TRY(Ops::make(text.substr(0, static_cast<size_t>(at))));
    Ref<> middle = Ops::kImmutable ? share(separator) : TRY(Ops::make(viewOf(needle)));
    Ref<> tail = TRY(Ops::make(text.substr(static_cast<size_t>(at + needle.size()))));
    return tupleOf(head.get(), middle.get(), tail.get());
  }
  static Result<Ref<TupleObject>> partition(Self* self, PyObject* separator) {
    return partitionWith(self, separator, 1);
  }
  static Result<Ref<TupleObject>> rpartition(Self* self, PyObject* separator) {
    return partitionWith(self, separator, -1);
  }

  static Result<Ref<>> stripWith(Self* self, PyObject* bytes, bool left, bool right) {
    std::optional<Buffer> set;
    if (bytes != Py_None) set.emplace(TRY(Buffer::acquire(bytes)));
    auto text = Ops::view(self);
    auto drops = [&](char c) {
      return set ? viewOf(*set).find(c) != std::string_view::npos : isByteSpace(c);
    };
    size_t start = 0, end = text.size();
    while (left && start < end && drops(text[start])) start++;
    while (right && end > start && drops(text[end - 1])) end--;
    if (start == 0 && end == text.size()) return Ops::whole(self);
    return Ops::make(text.substr(start, end - start));
  }
  static Result<Ref<>> strip(Self* self, PyObject* bytes) { return stripWith(self, bytes, true, true); }
  static Result<Ref<>> lstrip(Self* self, PyObject* bytes) { return stripWith(self, bytes, true, false); }
  static Result<Ref<>> rstrip(Self* self, PyObject* bytes) { return stripWith(self, bytes, false, true); }

  static Result<Ref<>> removeprefix(Self* self, Buffer prefix) {
    auto text = Ops::view(self), part = viewOf(prefix);
    if (part.empty() || !text.starts_with(part)) return Ops::whole(self);
    return Ops::make(text.substr(part.size()));
  }
  static Result<Ref<>> removesuffix(Self* self, Buffer suffix) {
    auto text = Ops::view(self), part = viewOf(suffix);
    if (part.empty() || !text.ends_with(part)) return Ops::whole(self);
    return Ops::make(text.substr(0, text.size() - part.size()));
  }

  // --- changing ---
  static Result<Ref<>> replace(Self* self, Buffer from, Buffer to, Py_ssize_t count) {
    if (count < 0) count = PY_SSIZE_T_MAX;
    auto text = Ops::view(self);
    if (count == 0 || byteFind(text, viewOf(from), 0, PY_SSIZE_T_MAX, 1) < 0) return Ops::whole(self);
    ByteBuilder out;
    byteReplace(out, text, viewOf(from), viewOf(to), count);
    return finish(out);
  }
  static Result<Ref<>> expandtabs(Self* self, int tab_size) {
    ByteBuilder out;
    TRY(byteExpandtabs(out, Ops::view(self), tab_size));
    return finish(out);
  }
  static Result<Ref<>> translate(Self* self, PyObject* table, Opt<> deleted) {
    std::optional<Buffer> map, drop;
    if (table != Py_None) {
      map.emplace(TRY(Buffer::acquire(table)));
      if (map->size() != 256) return raise(PyExc_ValueError, "translation table must be 256 characters long");
    }
    if (deleted) drop.emplace(TRY(Buffer::acquire(deleted.get())));
    ByteBuilder out;
    TRY(byteTranslate(out, Ops::view(self), map ? map->data() : nullptr,
                      drop ? viewOf(*drop) : std::string_view()));
    auto text = Ops::view(self);
    if (out.view() == text) return Ops::whole(self);
    return finish(out);
  }
  static Result<Ref<>> join(Self* self, PyObject* iterable) {
    Ref<> items = TRY(sequenceFast(iterable, "can only join an iterable"));
    if (Ops::kImmutable && fastSize(items.get()) == 1 && isExactBytes(fastItems(items.get())[0]))
      return share(fastItems(items.get())[0]);
    ByteBuilder out;
    TRY(byteJoin(out, Ops::view(self), items.get()));
    return finish(out);
  }
  static Result<Ref<>> padWith(Self* self, Py_ssize_t left, Py_ssize_t right, char fill) {
    ByteBuilder out;
    out.appendRepeated(fill, left);
    out.append(Ops::view(self));
    out.appendRepeated(fill, right);
    return finish(out);
  }
  static Result<Ref<>> center(Self* self, Py_ssize_t width, ByteChar fill) {
    auto size = static_cast<Py_ssize_t>(Ops::view(self).size());
    if (size >= width) return Ops::whole(self);
    Py_ssize_t margin = width - size, left = margin / 2 + (margin & width & 1);
    return padWith(self, left, margin - left, fill.value);
  }
  static Result<Ref<>> ljust(Self* self, Py_ssize_t width, ByteChar fill) {
    auto size = static_cast<Py_ssize_t>(Ops::view(self).size());
    return size >= width ? Ops::whole(self) : padWith(self, 0, width - size, fill.value);
  }
  static Result<Ref<>> rjust(Self* self, Py_ssize_t width, ByteChar fill) {
    auto size = static_cast<Py_ssize_t>(Ops::view(self).size());
    return size >= width ? Ops::whole(self) : padWith(self, width - size, 0, fill.value);
  }
  static Result<Ref<>> zfill(Self* self, Py_ssize_t width) {
    auto text = Ops::view(self);
    auto size = static_cast<Py_ssize_t>(text.size());
    if (size >= width) return Ops::whole(self);
    ByteBuilder out;
    bool has_sign = text.starts_with('+') || text.starts_with('-');
    if (has_sign) out.append(text[0]);
    out.appendRepeated('0', width - size);
    out.append(text.substr(has_sign));
    return finish(out);
  }

  // --- case ---
  template <class F>
  static Result<Ref<>> mapBytes(Self* self, F f) {
    auto text = Ops::view(self);
    ByteBuilder out;
    char* to = out.extend(static_cast<Py_ssize_t>(text.size()));
    if (!to && !text.empty()) return raiseNoMemory();
    for (size_t i = 0; i < text.size(); i++) to[i] = f(text[i], i);
    return finish(out);
  }
  static Result<Ref<>> lower(Self* self) {
    return mapBytes(self, [](char c, size_t) { return byteLower(c); });
  }
  static Result<Ref<>> upper(Self* self) {
    return mapBytes(self, [](char c, size_t) { return byteUpper(c); });
  }
  static Result<Ref<>> swapcase(Self* self) {
    return mapBytes(self, [](char c, size_t) { return isByteUpper(c) ? byteLower(c) : byteUpper(c); });
  }
  static Result<Ref<>> capitalize(Self* self) {
    return mapBytes(self, [](char c, size_t i) { return i == 0 ? byteUpper(c) : byteLower(c); });
  }
  static Result<Ref<>> title(Self* self) {
    return mapBytes(self, [in_word = false](char c, size_t) mutable {
      char mapped = in_word ? byteLower(c) : byteUpper(c);
      in_word = isByteAlpha(c);
      return mapped;
    });
  }
  template <class Test>
  static bool every(Self* self, Test test) {
    auto text = Ops::view(self);
    for (char c : text)
      if (!test(c)) return false;
    return !text.empty();
  }
  static bool isalnum(Self* self) {
    return every(self, [](char c) { return isByteAlpha(c) || isByteDigit(c); });
  }
  static bool isalpha(Self* self) { return every(self, isByteAlpha); }
  static bool isdigit(Self* self) { return every(self, isByteDigit); }
  static bool isspace(Self* self) { return every(self, isByteSpace); }
  static bool isascii(Self* self) {
    auto text = Ops::view(self);
    auto size = static_cast<Py_ssize_t>(text.size());
    return text::asciiPrefix(reinterpret_cast<const uint8_t*>(text.data()), size) == size;
  }
  static bool islower(Self* self) { return hasOnly(self, isByteLower, isByteUpper); }
  static bool isupper(Self* self) { return hasOnly(self, isByteUpper, isByteLower); }
  static bool istitle(Self* self) { return byteIsTitle(Ops::view(self)); }
  template <class Wanted, class Unwanted>
  static bool hasOnly(Self* self, Wanted wanted, Unwanted unwanted) {
    bool seen = false;
    for (char c : Ops::view(self)) {
      if (unwanted(c)) return false;
      seen |= wanted(c);
    }
    return seen;
  }

  // --- text ---
  static Result<Ref<StrObject>> hex(Self* self, Opt<> separator, int group) {
    return byteHex(Ops::view(self), separator, group);
  }
  static Result<Ref<StrObject>> decode(Self* self, Opt<StrObject> encoding, Opt<StrObject> errors) {
    const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : nullptr;
    const char* errors_text = errors ? TRY(strUtf8NoNul(errors.get())) : nullptr;
    Buffer held = TRY(Buffer::acquire(self));
    return decodeText(viewOf(held), encoding_text, errors_text);
  }
  static Result<Ref<>> maketrans(Buffer from, Buffer to) {
    if (from.size() != to.size()) return raise(PyExc_ValueError, "maketrans arguments must have same length");
    char table[256];
    for (int i = 0; i < 256; i++) table[i] = static_cast<char>(i);
    for (Py_ssize_t i = 0; i < from.size(); i++) table[from.data()[i]] = static_cast<char>(to.data()[i]);
    return TRY(bytesFrom({table, 256}));
  }
  static Result<Ref<>> percent(PyObject* left, PyObject* right) {
    if (!Ops::isSelf(left)) return notImplemented();
    Buffer format = TRY(Buffer::acquire(left));
    ByteBuilder out;
    TRY(bytePercent(out, viewOf(format), right));
    return finish(out);
  }
  static Result<Ref<>> repeatView(std::string_view text, Py_ssize_t count) {
    auto size = static_cast<Py_ssize_t>(text.size());
    if (count > 0 && size > PY_SSIZE_T_MAX / count) return raiseNoMemory();
    ByteBuilder out;
    if (count > 0) {
      if (size == 1)
        out.appendRepeated(text[0], count);
      else if (out.reserve(size * count); !out.failed())
        for (Py_ssize_t i = 0; i < count; i++) out.append(text);
    }
    return finish(out);
  }
};

// The rows of both method tables that come from ByteMethods.
#define KR_BYTE_METHODS(M)                                                                                   \
  method<"!capitalize($self, /)", M::capitalize,                                                             \
         "Copy with the first byte upper-cased, the rest lower-cased (ASCII).">,                             \
      method<"center($self, width, fillchar=b' ', /)", M::center, "Centre in a run of the width.">,          \
      method<"!%count($self, sub, start=None, end=None, /)", M::count,                                       \
             "Number of non-overlapping occurrences.">,                                                      \
      method<"decode($self, /, encoding='utf-8', errors='strict')", M::decode,                               \
             "Decode with the named codec.">,                                                                \
      method<"!%endswith($self, suffix, start=None, end=None, /)", M::endswith,                              \
             "Does it end with the suffix?">,                                                                \
      method<"expandtabs($self, /, tabsize=8)", M::expandtabs, "Copy with tabs expanded to spaces.">,        \
      method<"!%find($self, sub, start=None, end=None, /)", M::find, "Lowest index of sub, or -1.">,         \
      method<"hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)", M::hex,                                \
             "Hexadecimal digits, with a separator after every bytes_per_sep bytes if given.\n\n"            \
             ">>> data = b'krait!'\n"                                                                        \
             ">>> data.hex()\n"                                                                              \
             "'6b7261697421'\n"                                                                              \
             ">>> data.hex('-')\n"                                                                           \
             "'6b-72-61-69-74-21'\n"                                                                         \
             ">>> data.hex('-', 4)\n"                                                                        \
             "'6b72-61697421'\n"                                                                             \
             ">>> data.hex('-', -4)\n"                                                                       \
             "'6b726169-7421'">,                                                                             \
      method<"!%index($self, sub, start=None, end=None, /)", M::index,                                       \
             "Lowest index of sub; ValueError if absent.">,                                                  \
      method<"!isalnum($self, /)", M::isalnum, "Are all bytes ASCII letters or digits, and is there one?">,  \
      method<"!isalpha($self, /)", M::isalpha, "Are all bytes ASCII letters, and is there one?">,            \
      method<"!isascii($self, /)", M::isascii, "Are all bytes ASCII?">,                                      \
      method<"!isdigit($self, /)", M::isdigit, "Are all bytes ASCII digits, and is there one?">,             \
      method<"!islower($self, /)", M::islower, "Are all ASCII letters lower case, and is there one?">,       \
      method<"!isspace($self, /)", M::isspace, "Are all bytes ASCII white space, and is there one?">,        \
      method<"!istitle($self, /)", M::istitle, "Is it title-cased (ASCII)?">,                                \
      method<"!isupper($self, /)", M::isupper, "Are all ASCII letters upper case, and is there one?">,       \
      method<"join($self, iterable_of_bytes, /)", M::join,                                                   \
             "Concatenate bytes-like objects with this between them.">,                                      \
      method<"ljust($self, width, fillchar=b' ', /)", M::ljust, "Pad on the right to the width.">,           \
      method<"!lower($self, /)", M::lower, "Copy with ASCII letters in lower case.">,                        \
      method<"lstrip($self, bytes=None, /)", M::lstrip, "Copy without leading white space or given bytes.">, \
      staticMethod<"maketrans(frm, to, /)", M::maketrans, "Make a table for translate().">,                  \
      method<"partition($self, sep, /)", M::partition, "Three parts around the first separator.">,           \
      method<"removeprefix($self, prefix, /)", M::removeprefix, "Copy without the prefix, if it is there.">, \
      method<"removesuffix($self, suffix, /)", M::removesuffix, "Copy without the suffix, if it is there.">, \
      method<"replace($self, old, new, count=-1, /)", M::replace,                                            \
             "Copy with occurrences of old replaced by new.">,                                               \
      method<"!%rfind($self, sub, start=None, end=None, /)", M::rfind, "Highest index of sub, or -1.">,      \
      method<"!%rindex($self, sub, start=None, end=None, /)", M::rindex,                                     \
             "Highest index of sub; ValueError if absent.">,                                                 \
      method<"rjust($self, width, fillchar=b' ', /)", M::rjust, "Pad on the left to the width.">,            \
      method<"rpartition($self, sep, /)", M::rpartition, "Three parts around the last separator.">,          \
      method<"rsplit($self, /, sep=None, maxsplit=-1)", M::rsplit,                                           \
             "List of the parts, counted from the right.">,                                                  \
      method<"rstrip($self, bytes=None, /)", M::rstrip,                                                      \
             "Copy without trailing white space or given bytes.">,                                           \
      method<"split($self, /, sep=None, maxsplit=-1)", M::split, "List of the parts between separators.">,   \
      method<"splitlines($self, /, keepends=False)", M::splitlines, "List of the lines.">,                   \
      method<"!%startswith($self, prefix, start=None, end=None, /)", M::startswith,                          \
             "Does it start with the prefix?">,                                                              \
      method<"strip($self, bytes=None, /)", M::strip,                                                        \
             "Copy without surrounding white space or given bytes.">,                                        \
      method<"!swapcase($self, /)", M::swapcase, "Copy with the case of ASCII letters exchanged.">,          \
      method<"!title($self, /)", M::title, "Copy with words title-cased (ASCII).">,                          \
      method<"translate($self, table, /, delete=b'')", M::translate,                                         \
             "Map bytes through a table, dropping some.">,                                                   \
      method<"!upper($self, /)", M::upper, "Copy with ASCII letters in upper case.">,                        \
      method<"zfill($self, width, /)", M::zfill, "Pad with zeros behind the sign to the width.">

}  // namespace krait
