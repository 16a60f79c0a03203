// Padding, tabs, zero filling and translation tables.
#include "base/unicode/database.h"
#include "core/number.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str_builder.h"
#include "types/str_methods.h"

namespace krait {
namespace {

Result<Ref<StrObject>> pad(StrObject* s, Py_ssize_t left, Py_ssize_t right, Py_UCS4 fill) {
  left = std::max<Py_ssize_t>(left, 0);
  right = std::max<Py_ssize_t>(right, 0);
  if (left == 0 && right == 0) return strExact(s);
  if (left > PY_SSIZE_T_MAX - s->size() || right > PY_SSIZE_T_MAX - s->size() - left)
    return raise(PyExc_OverflowError, "padded string is too long");
  Ref<StrObject> result = TRY(strNew(left + s->size() + right, std::max(s->maxChar(), maxCharClass(fill))));
  withMutableChars(result.get(), [&](auto* out, Py_ssize_t size) {
    auto unit = static_cast<std::remove_cvref_t<decltype(*out)>>(fill);
    std::fill(out, out + left, unit);
    std::fill(out + size - right, out + size, unit);
  });
  strCopyChars(result.get(), left, s, 0, s->size());
  return result->size() == 1 ? strSettle(std::move(result)) : Result<Ref<StrObject>>(std::move(result));
}

Result<Py_UCS4> fillChar(Opt<> fill) {
  if (!fill) return Py_UCS4{' '};
  if (!isStr(fill.get()))
    return raise(PyExc_TypeError, "The fill character must be a unicode character, not %.100s",
                 typeName(fill.get()));
  auto* s = cast<StrObject>(fill.get());
  if (s->size() != 1) return raise(PyExc_TypeError, "The fill character must be exactly one character long");
  return s->at(0);
}

// --- translate ---------------------------------------------------------------------------------------------

// What a table says about one character.
struct Mapped {
  enum Kind { kKeep, kDelete, kChar, kText } kind;
  Py_UCS4 ch = 0;
  MaybeRef<> text;
};

Result<Mapped> lookUp(PyObject* table, Py_UCS4 c) {
  Ref<IntObject> key = TRY(intFromLong(static_cast<long>(c)));
  auto found = itemGet(table, key.get());
  if (found.failed()) {
    if (!pendingMatches(PyExc_LookupError)) return Raised{};
    clearPending();
    return Mapped{Mapped::kKeep};
  }
  Ref<> value = std::move(found).take();
  if (value.get() == Py_None) return Mapped{Mapped::kDelete};
  if (isInt(value.get())) {
    long code;
    bool fits = intFitsLong(cast<IntObject>(value.get()), &code);
    if (!fits || code < 0 || code > 0x10ffff)
      return raise(PyExc_ValueError, "character mapping must be in range(0x%x)", 0x110000);
    return Mapped{Mapped::kChar, static_cast<Py_UCS4>(code)};
  }
  if (!isStr(value.get()))
    return raise(PyExc_TypeError, "character mapping must return integer, None or str");
  auto* text = cast<StrObject>(value.get());
  if (text->size() == 1) return Mapped{Mapped::kChar, text->at(0)};
  return Mapped{Mapped::kText, 0, std::move(value)};
}

// Results for ASCII characters are remembered: each is looked up once.
class AsciiCache {
 public:
  AsciiCache() { std::fill(std::begin(known_), std::end(known_), kUnknown); }
  // Appends the remembered answer; false when there is none.
  bool apply(StrBuilder& out, Py_UCS4 c) const {
    if (c >= 128 || known_[c] == kUnknown) return false;
    if (known_[c] != kDeleted) out.append(static_cast<Py_UCS4>(known_[c]));
    return true;
  }
  void remember(Py_UCS4 c, const Mapped& mapped) {
    if (c >= 128) return;
    if (mapped.kind == Mapped::kDelete) known_[c] = kDeleted;
    if (mapped.kind == Mapped::kKeep) known_[c] = static_cast<uint8_t>(c);
    if (mapped.kind == Mapped::kChar && mapped.ch < 128) known_[c] = static_cast<uint8_t>(mapped.ch);
  }

 private:
  static constexpr uint8_t kUnknown = 255, kDeleted = 254;
  uint8_t known_[128];
};

Result<Ref<DictObject>> maketransFromDict(PyObject* mapping) {
  if (!isExactDict(mapping))
    return raise(PyExc_TypeError, "if you give only one argument to maketrans it must be a dict");
  Ref<DictObject> table = TRY(dictNew());
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(cast<DictObject>(mapping), &position, &key, &value)) {
    if (isStr(key)) {
      if (cast<StrObject>(key)->size() != 1)
        return raise(PyExc_ValueError, "string keys in translate table must be of length 1");
      Ref<IntObject> code = TRY(intFromLong(static_cast<long>(cast<StrObject>(key)->at(0))));
      TRY(dictSet(table.get(), code.get(), value));
    } else if (isInt(key)) {
      Ref<> held_key = share(key), held_value = share(value);
      TRY(dictSet(table.get(), held_key.get(), held_value.get()));
    } else {
      return raise(PyExc_TypeError, "keys in translate table must be strings or integers");
    }
  }
  return table;
}

Result<Ref<DictObject>> maketransFromPairs(PyObject* x, StrObject* to, Opt<StrObject> removed) {
  if (!isStr(x))
    return raise(PyExc_TypeError, "first maketrans argument must be a string if there is a second argument");
  auto* from = cast<StrObject>(x);
  if (from->size() != to->size())
    return raise(PyExc_ValueError, "the first two maketrans arguments must have equal length");
  Ref<DictObject> table = TRY(dictNew());
  for (Py_ssize_t i = 0; i < from->size(); i++) {
    Ref<IntObject> key = TRY(intFromLong(static_cast<long>(from->at(i))));
    Ref<IntObject> value = TRY(intFromLong(static_cast<long>(to->at(i))));
    TRY(dictSet(table.get(), key.get(), value.get()));
  }
  for (Py_ssize_t i = 0; removed && i < removed->size(); i++) {
    Ref<IntObject> key = TRY(intFromLong(static_cast<long>(removed->at(i))));
    TRY(dictSet(table.get(), key.get(), Py_None));
  }
  return table;
}

}  // namespace

Result<Ref<StrObject>> strCenter(StrObject* self, Py_ssize_t width, Opt<> fill) {
  Py_UCS4 ch = TRY(fillChar(fill));
  if (self->size() >= width) return strExact(self);
  Py_ssize_t margin = width - self->size();
  Py_ssize_t left = margin / 2 + (margin & width & 1);
  return pad(self, left, margin - left, ch);
}
Result<Ref<StrObject>> strLjust(StrObject* self, Py_ssize_t width, Opt<> fill) {
  Py_UCS4 ch = TRY(fillChar(fill));
  if (self->size() >= width) return strExact(self);
  return pad(self, 0, width - self->size(), ch);
}
Result<Ref<StrObject>> strRjust(StrObject* self, Py_ssize_t width, Opt<> fill) {
  Py_UCS4 ch = TRY(fillChar(fill));
  if (self->size() >= width) return strExact(self);
  return pad(self, width - self->size(), 0, ch);
}

Result<Ref<StrObject>> strZfill(StrObject* self, Py_ssize_t width) {
  if (self->size() >= width) return strExact(self);
  Py_ssize_t zeros = width - self->size();
  Ref<StrObject> result = TRY(pad(self, zeros, 0, '0'));
  if (self->size() == 0) return result;
  Py_UCS4 first = self->at(0);
  if (first == '+' || first == '-')
    withMutableChars(result.get(), [&](auto* out, Py_ssize_t) {
      out[0] = static_cast<std::remove_cvref_t<decltype(*out)>>(first);
      out[zeros] = '0';
    });
  return result;
}

Result<Ref<StrObject>> strExpandtabs(StrObject* self, int tab_size) {
  if (strFindChar(self, '\t', 0, PY_SSIZE_T_MAX, 1) < 0) return strExact(self);
  StrBuilder out;
  Py_ssize_t column = 0, total = 0;
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Py_UCS4 c = self->at(i);
    if (c == '\t') {
      Py_ssize_t count = tab_size > 0 ? tab_size - column % tab_size : 0;
      if (total > PY_SSIZE_T_MAX - count) return raise(PyExc_OverflowError, "new string is too long");
      out.appendRepeated(' ', count);
      column += count;
      total += count;
      continue;
    }
    total++;
    column = c == '\n' || c == '\r' ? 0 : column + 1;
    out.append(c);
  }
  return out.finish();
}

Result<Ref<StrObject>> strTranslate(StrObject* self, PyObject* table) {
  StrBuilder out;
  AsciiCache cache;
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Py_UCS4 c = self->at(i);
    if (cache.apply(out, c)) continue;
    Mapped mapped = TRY(lookUp(table, c));
    if (mapped.kind == Mapped::kKeep) out.append(c);
    if (mapped.kind == Mapped::kChar) out.append(mapped.ch);
    if (mapped.kind == Mapped::kText) out.append(cast<StrObject>(mapped.text.get()));
    cache.remember(c, mapped);
  }
  return out.finish();
}

Result<Ref<>> strMaketrans(PyObject* x, Opt<StrObject> y, Opt<StrObject> z) {
  if (y) return TRY(maketransFromPairs(x, y.get(), z));
  return TRY(maketransFromDict(x));
}

}  // namespace krait
