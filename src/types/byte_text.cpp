#include "types/byte_text.h"

#include "base/text/search.h"
#include "core/scratch.h"
#include "types/int.h"
#include "types/str_builder.h"
#include "types/str_internal.h"
#include "types/tuple.h"

namespace krait {
namespace {

const uint8_t* unitsOf(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

Py_ssize_t sizeOf(std::string_view text) { return static_cast<Py_ssize_t>(text.size()); }

Py_ssize_t findFrom(std::string_view text, std::string_view needle, Py_ssize_t at) {
  Py_ssize_t step = text::find(unitsOf(text) + at, sizeOf(text) - at, unitsOf(needle), sizeOf(needle));
  return step < 0 ? -1 : at + step;
}

void interleave(ByteBuilder& out, std::string_view text, std::string_view filler, Py_ssize_t max_count) {
  Py_ssize_t count = std::min(max_count, sizeOf(text) + 1);
  for (Py_ssize_t i = 0; i < count; i++) {
    out.append(filler);
    if (i < sizeOf(text)) out.append(text[static_cast<size_t>(i)]);
  }
  if (count < sizeOf(text)) out.append(text.substr(static_cast<size_t>(count)));
}

int hexValue(Py_UCS4 c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  c |= 32;
  return c >= 'a' && c <= 'f' ? static_cast<int>(c - 'a' + 10) : -1;
}

Result<Py_UCS4> hexSeparator(PyObject* separator) {
  Py_ssize_t size = TRY(objectLength(separator));
  if (size != 1) return raise(PyExc_ValueError, "sep must be length 1.");
  Py_UCS4 c;
  if (isStr(separator))
    c = cast<StrObject>(separator)->at(0);
  else if (isBytes(separator))
    c = static_cast<uint8_t>(cast<BytesObject>(separator)->view()[0]);
  else
    return raise(PyExc_TypeError, "sep must be str or bytes.");
  if (c >= 0x80) return raise(PyExc_ValueError, "sep must be ASCII.");
  return c;
}

}  // namespace

Result<ByteChar> ArgFrom<ByteChar>::from(PyObject* o, const ArgContext& where) {
  if (isBytes(o) && cast<BytesObject>(o)->size() == 1) return ByteChar{cast<BytesObject>(o)->view()[0]};
  if (isByteArray(o) && cast<ByteArrayObject>(o)->ob_size == 1)
    return ByteChar{cast<ByteArrayObject>(o)->ob_start[0]};
  return raiseBadArgument(where, "a byte string of length 1", o);
}

Result<int> byteValue(PyObject* object, const char* range_message) {
  Ref<IntObject> index = TRY(numberIndex(object));
  long value;
  if (!intFitsLong(index.get(), &value) || value < 0 || value > 255)
    return raise(PyExc_ValueError, "%s", range_message);
  return static_cast<int>(value);
}

Result<ByteNeedle> ByteNeedle::from(PyObject* object) {
  if (isExactBytes(object)) return ByteNeedle(cast<BytesObject>(object));
  if (hasBuffer(object)) return ByteNeedle(TRY(Buffer::acquire(object)));
  if (!isIndex(object))
    return raise(PyExc_TypeError, "argument should be integer or bytes-like object, not '%.200s'",
                 typeName(object));
  return ByteNeedle(static_cast<char>(TRY(byteValue(object, "byte must be in range(0, 256)"))));
}

Py_ssize_t byteFind(std::string_view text, std::string_view needle, Py_ssize_t start, Py_ssize_t end,
                    int direction) {
  clipBounds(start, end, sizeOf(text));
  if (end - start < sizeOf(needle)) return -1;
  if (needle.empty()) return direction > 0 ? start : end;
  Py_ssize_t at = direction > 0
                      ? text::find(unitsOf(text) + start, end - start, unitsOf(needle), sizeOf(needle))
                      : text::rfind(unitsOf(text) + start, end - start, unitsOf(needle), sizeOf(needle));
  return at < 0 ? -1 : at + start;
}

Py_ssize_t byteCount(std::string_view text, std::string_view needle, Py_ssize_t start, Py_ssize_t end) {
  clipBounds(start, end, sizeOf(text));
  if (end - start < sizeOf(needle)) return 0;
  if (needle.empty()) return end - start + 1;
  return text::count(unitsOf(text) + start, end - start, unitsOf(needle), sizeOf(needle), PY_SSIZE_T_MAX);
}

bool byteTailMatch(std::string_view text, std::string_view part, Py_ssize_t start, Py_ssize_t end,
                   bool at_end) {
  clipBounds(start, end, sizeOf(text));
  if (end - start < sizeOf(part)) return false;
  Py_ssize_t offset = at_end ? end - sizeOf(part) : start;
  return text.substr(static_cast<size_t>(offset), part.size()) == part;
}

Result<ByteParts> byteSplitSpaces(std::string_view text, Py_ssize_t max_split) {
  ByteParts parts;
  parts.reserve(static_cast<size_t>(splitRoom(max_split)));
  Py_ssize_t at = 0, size = sizeOf(text);
  auto skip = [&] {
    while (at < size && isByteSpace(text[static_cast<size_t>(at)])) at++;
  };
  for (skip(); at < size && max_split-- > 0; skip()) {
    Py_ssize_t start = at;
    while (at < size && !isByteSpace(text[static_cast<size_t>(at)])) at++;
    TRY(pushMore(parts, BytePart{start, at}));
  }
  if (at < size) TRY(pushMore(parts, BytePart{at, size}));
  return parts;
}

Result<ByteParts> byteRsplitSpaces(std::string_view text, Py_ssize_t max_split) {
  ByteParts parts;
  parts.reserve(static_cast<size_t>(splitRoom(max_split)));
  Py_ssize_t end = sizeOf(text);
  auto skip = [&] {
    while (end > 0 && isByteSpace(text[static_cast<size_t>(end - 1)])) end--;
  };
  for (skip(); end > 0 && max_split-- > 0; skip()) {
    Py_ssize_t stop = end;
    while (end > 0 && !isByteSpace(text[static_cast<size_t>(end - 1)])) end--;
    TRY(pushMore(parts, BytePart{end, stop}));
  }
  if (end > 0) TRY(pushMore(parts, BytePart{0, end}));
  return parts;
}

Result<ByteParts> byteSplit(std::string_view text, std::string_view separator, Py_ssize_t max_split) {
  ByteParts parts;
  parts.reserve(static_cast<size_t>(splitRoom(max_split)));
  Py_ssize_t at = 0;
  while (max_split-- > 0) {
    Py_ssize_t found = findFrom(text, separator, at);
    if (found < 0) break;
    TRY(pushMore(parts, BytePart{at, found}));
    at = found + sizeOf(separator);
  }
  TRY(pushMore(parts, BytePart{at, sizeOf(text)}));
  return parts;
}

Result<ByteParts> byteRsplit(std::string_view text, std::string_view separator, Py_ssize_t max_split) {
  ByteParts parts;
  parts.reserve(static_cast<size_t>(splitRoom(max_split)));
  Py_ssize_t end = sizeOf(text);
  while (max_split-- > 0) {
    Py_ssize_t found = text::rfind(unitsOf(text), end, unitsOf(separator), sizeOf(separator));
    if (found < 0) break;
    TRY(pushMore(parts, BytePart{found + sizeOf(separator), end}));
    end = found;
  }
  TRY(pushMore(parts, BytePart{0, end}));
  return parts;
}

Result<ByteParts> byteSplitlines(std::string_view text, bool keep_ends) {
  ByteParts parts;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    size_t next = end;
    if (next < text.size()) next += text.substr(next, 2) == "\r\n" ? 2 : 1;
    TRY(pushMore(parts,
                 BytePart{static_cast<Py_ssize_t>(at), static_cast<Py_ssize_t>(keep_ends ? next : end)}));
    at = next;
  }
  return parts;
}

void byteReplace(ByteBuilder& out, std::string_view text, std::string_view from, std::string_view to,
                 Py_ssize_t max_count) {
  if (from.empty()) return interleave(out, text, to, max_count);
  Py_ssize_t at = 0;
  while (max_count-- > 0) {
    Py_ssize_t found = findFrom(text, from, at);
    if (found < 0) break;
    out.append(text.substr(static_cast<size_t>(at), static_cast<size_t>(found - at)));
    out.append(to);
    at = found + sizeOf(from);
  }
  out.append(text.substr(static_cast<size_t>(at)));
}

Status byteExpandtabs(ByteBuilder& out, std::string_view text, int tab_size) {
  Py_ssize_t column = 0;
  for (char c : text) {
    if (c != '\t') {
      out.append(c);
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    } else if (tab_size > 0) {
      Py_ssize_t count = tab_size - column % tab_size;
      if (column > PY_SSIZE_T_MAX - count) return raise(PyExc_OverflowError, "result too long");
      out.appendRepeated(' ', count);
      column += count;
    }
  }
  return {};
}

Status byteTranslate(ByteBuilder& out, std::string_view text, const uint8_t* table,
                     std::string_view deleted) {
  bool drop[256] = {};
  for (char c : deleted) drop[static_cast<uint8_t>(c)] = true;
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if (!drop[byte]) out.append(table ? static_cast<char>(table[byte]) : c);
  }
  return {};
}

namespace {

// Joins items that are bytes to the last: nothing has to be held, for nobody else runs. false: they are not.
bool joinExactBytes(ByteBuilder& out, std::string_view separator, PyObject* items) {
  Py_ssize_t count = fastSize(items);
  PyObject** all = fastItems(items);
  for (Py_ssize_t i = 0; i < count; i++) {
    if (!isExactBytes(all[i])) return false;
  }
  for (Py_ssize_t i = 0; i < count; i++) {
    if (i > 0) out.append(separator);
    out.append(cast<BytesObject>(all[i])->view());
  }
  return true;
}

}  // namespace

Status byteJoin(ByteBuilder& out, std::string_view separator, PyObject* items) {
  if (joinExactBytes(out, separator, items)) return {};
  std::vector<Buffer> held;  // keeps bytearrays from changing size meanwhile
  Py_ssize_t count = fastSize(items);
  for (Py_ssize_t i = 0; i < count && i < fastSize(items); i++) {
    PyObject* item = fastItems(items)[i];
    if (!hasBuffer(item))
      return raise(PyExc_TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", i,
                   typeName(item));
    auto buffer = Buffer::acquire(item);
    if (buffer.failed()) {
      if (!pendingMatches(PyExc_TypeError)) return Raised{};
      return raise(PyExc_TypeError, "sequence item %zd: expected a bytes-like object, %.80s found", i,
                   typeName(item));
    }
    TRY(pushMore(held, std::move(buffer).take()));
  }
  for (size_t i = 0; i < held.size(); i++) {
    if (i > 0) out.append(separator);
    out.append(viewOf(held[i]));
  }
  return {};
}

Status byteFromHex(ByteBuilder& out, StrObject* text) {
  for (Py_ssize_t i = 0; i < text->size();) {
    Py_UCS4 c = text->at(i);
    if (c < 128 && isByteSpace(static_cast<char>(c))) {
      i++;
      continue;
    }
    int high = hexValue(c), low = i + 1 < text->size() ? hexValue(text->at(i + 1)) : -1;
    if (high < 0 || low < 0)
      return raise(PyExc_ValueError, "non-hexadecimal number found in fromhex() arg at position %zd",
                   high < 0 ? i : i + 1);
    out.append(static_cast<char>(high << 4 | low));
    i += 2;
  }
  return {};
}

bool byteIsTitle(std::string_view text) {
  bool in_word = false, seen = false;
  for (char c : text) {
    if (isByteUpper(c) ? in_word : isByteLower(c) && !in_word) return false;
    in_word = isByteAlpha(c);
    seen |= in_word;
  }
  return seen;
}

Result<Ref<StrObject>> byteHex(std::string_view text, Opt<> separator, int group) {
  constexpr char kDigits[] = "0123456789abcdef";
  Py_UCS4 between = separator ? TRY(hexSeparator(separator.get())) : 0;
  if (group == 0) separator = nullptr;
  size_t every = static_cast<size_t>(group < 0 ? -static_cast<long>(group) : group), size = text.size();
  size_t breaks = separator && size > 0 ? (size - 1) / every : 0;
  if (size > PY_SSIZE_T_MAX / 3) return raiseNoMemory();
  if (size == 0) return emptyStr();
  Ref<StrObject> result = TRY(strNew(static_cast<Py_ssize_t>(size * 2 + breaks), 0x7f));
  auto* out = static_cast<char*>(result->data());
  for (size_t i = 0; i < size; i++) {
    size_t counted = group > 0 ? size - i : i;
    if (separator && i > 0 && counted % every == 0) *out++ = static_cast<char>(between);
    auto byte = static_cast<uint8_t>(text[i]);
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
  }
  return result;
}

namespace {

Status reserveForItems(ByteBuilder& out, PyObject* source) {
  Py_ssize_t hint = TRY(lengthHint(source, 64));
  constexpr Py_ssize_t kHead = sizeof(BytesObject);
  if (hint > PY_SSIZE_T_MAX - kHead) return raise(PyExc_OverflowError, "byte string is too large");
  out.reserve(hint);
  if (out.failed()) return raiseNoMemory();
  return {};
}

}  // namespace

Status byteCollect(ByteBuilder& out, PyObject* source, const char* range_message, const char* target,
                   bool asks_length) {
  if (hasBuffer(source)) {
    Buffer buffer = TRY(Buffer::acquire(source, PyBUF_FULL_RO));
    if (buffer.size() == 0) return {};
    char* to = out.extend(buffer.size());
    if (!to) return raiseNoMemory();
    return bufferToContiguous(to, buffer.view(), buffer.size(), 'C');
  }
  auto iterator = isStr(source) ? Result<Ref<>>(raise(PyExc_TypeError, "str")) : getIter(source);
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raise(PyExc_TypeError, "cannot convert '%.200s' object to %s", typeName(source), target);
  }
  Ref<> iter = std::move(iterator).take();
  if (asks_length) TRY(reserveForItems(out, source));
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iter.get()));
    if (!item) return {};
    out.append(static_cast<char>(TRY(byteValue(item.get(), range_message))));
  }
}

}  // namespace krait
