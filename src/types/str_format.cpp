// str.format, str.format_map and the parser objects of the _string module.
#include "core/call.h"
#include "core/gc.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str_methods.h"
#include "types/text_pieces.h"
#include "types/tuple.h"

namespace krait {
namespace {

// A part of a string that somebody else keeps alive.
struct Span {
  StrObject* text = nullptr;
  Py_ssize_t start = 0, end = 0;

  bool empty() const { return start >= end; }
  Py_UCS4 at(Py_ssize_t i) const { return text->at(i); }
  Result<Ref<StrObject>> str() const {
    return text ? strSubstring(text, start, end) : Result<Ref<StrObject>>(emptyStr());
  }
};

// A non-negative decimal integer, or -1 when the span is none.
Result<Py_ssize_t> spanInteger(const Span& span) {
  if (span.empty()) return -1;
  Py_ssize_t value = 0;
  for (Py_ssize_t i = span.start; i < span.end; i++) {
    Py_UCS4 c = span.at(i);
    if (c < '0' || c > '9') return -1;
    auto digit = static_cast<Py_ssize_t>(c - '0');
    if (value > (PY_SSIZE_T_MAX - digit) / 10)
      return raise(PyExc_ValueError, "Too many decimal digits in format string");
    value = value * 10 + digit;
  }
  return value;
}

// --- fields ------------------------------------------------------------------------------------------------

// "literal{field!conversion:spec}": one step through a format string.
struct FormatPiece {
  Span literal;
  bool has_field = false, has_spec = false, nested = false;
  Span field, spec;
  Py_UCS4 conversion = 0;
};

class FormatReader {
 public:
  FormatReader(StrObject* text, Py_ssize_t start, Py_ssize_t end) : text_(text), at_(start), end_(end) {}

  Py_ssize_t position() const { return at_; }

  // False at the end.
  Result<bool> next(FormatPiece& piece) {
    piece = {};
    if (at_ >= end_) return false;
    Py_ssize_t start = at_;
    Py_UCS4 c = 0;
    while (at_ < end_) {
      c = text_->at(at_++);
      if (c == '{' || c == '}') break;
    }
    bool at_end = at_ >= end_, brace = c == '{' || c == '}';
    bool doubled = brace && !at_end && text_->at(at_) == c;
    if (brace && at_end && !doubled) return raiseSingle(c);
    if (c == '}' && !doubled) return raiseSingle(c);
    piece.literal = {text_, start, brace ? at_ - 1 : at_};
    if (doubled) piece.literal.end = at_++;
    if (!brace || doubled) return true;
    piece.has_field = true;
    TRY(readField(piece));
    return true;
  }

 private:
  Raised raiseSingle(Py_UCS4 c) {
    return raise(PyExc_ValueError, "Single '%c' encountered in format string", static_cast<int>(c));
  }

  Status readField(FormatPiece& piece) {
    Py_ssize_t start = at_;
    TRY(findFieldEnd());
    piece.field = {text_, start, at_ - 1};
    Py_UCS4 c = text_->at(at_ - 1);
    if (c == '}') return {};
    if (c == '!') TRY(readConversion(piece, &c));
    if (c == ':') {
      piece.has_spec = true;
      return readSpec(piece);
    }
    return {};
  }

  // Stops behind the '}', ':' or '!' that ends the field name; brackets hide those.
  Status findFieldEnd() {
    bool in_brackets = false;
    while (at_ < end_) {
      Py_UCS4 c = text_->at(at_++);
      if (in_brackets) {
        in_brackets = c != ']';
        continue;
      }
      if (c == '{') return raise(PyExc_ValueError, "unexpected '{' in field name");
      in_brackets = c == '[';
      if (c == '}' || c == ':' || c == '!') return {};
    }
    return raise(PyExc_ValueError, "expected '}' before end of string");
  }

  Status readConversion(FormatPiece& piece, Py_UCS4* c) {
    if (at_ >= end_) return raise(PyExc_ValueError, "end of string while looking for conversion specifier");
    piece.conversion = text_->at(at_++);
    if (at_ >= end_) return raise(PyExc_ValueError, "unmatched '{' in format spec");
    *c = text_->at(at_++);
    if (*c != '}' && *c != ':') return raise(PyExc_ValueError, "expected ':' after conversion specifier");
    return {};
  }

  Status readSpec(FormatPiece& piece) {
    Py_ssize_t start = at_;
    int depth = 1;
    while (at_ < end_) {
      Py_UCS4 c = text_->at(at_++);
      if (c == '{') piece.nested = true, depth++;
      if (c == '}' && --depth == 0) {
        piece.spec = {text_, start, at_ - 1};
        return {};
      }
    }
    return raise(PyExc_ValueError, "unmatched '{' in format spec");
  }

  StrObject* text_;
  Py_ssize_t at_, end_;
};

// The parts of "first.attr[item]" behind the first name.
class FieldNameReader {
 public:
  FieldNameReader(StrObject* text, Py_ssize_t start, Py_ssize_t end) : text_(text), at_(start), end_(end) {}

  Py_ssize_t position() const { return at_; }

  // False at the end. `index` is -1 when the part is a name.
  Result<bool> next(bool* is_attribute, Py_ssize_t* index, Span* part) {
    if (at_ >= end_) return false;
    Py_UCS4 c = text_->at(at_++);
    *index = -1;
    if (c == '.') {
      *is_attribute = true;
      Py_ssize_t start = at_;
      while (at_ < end_ && text_->at(at_) != '.' && text_->at(at_) != '[') at_++;
      *part = {text_, start, at_};
    } else if (c == '[') {
      *is_attribute = false;
      TRY(readItem(part));
      *index = TRY(spanInteger(*part));
    } else {
      return raise(PyExc_ValueError, "Only '.' or '[' may follow ']' in format field specifier");
    }
    if (part->empty()) return raise(PyExc_ValueError, "Empty attribute in format string");
    return true;
  }

 private:
  Status readItem(Span* part) {
    Py_ssize_t start = at_;
    while (at_ < end_ && text_->at(at_) != ']') at_++;
    if (at_ >= end_) return raise(PyExc_ValueError, "Missing ']' in format string");
    *part = {text_, start, at_++};
    return {};
  }

  StrObject* text_;
  Py_ssize_t at_, end_;
};

enum class Numbering { kUnset, kAutomatic, kManual };
struct AutoNumber {
  Numbering numbering = Numbering::kUnset;
  Py_ssize_t next = 0;
};

struct FirstName {
  Span name;
  Py_ssize_t index;  // -1: a key
};

// Splits off the first part of a field name; `numbers` absent: no automatic numbering.
Result<FirstName> splitFirst(const Span& field, AutoNumber* numbers) {
  Py_ssize_t at = field.start;
  while (at < field.end && field.at(at) != '[' && field.at(at) != '.') at++;
  FirstName first{{field.text, field.start, at}, -1};
  first.index = TRY(spanInteger(first.name));
  bool empty = first.name.empty();
  if (!numbers || (!empty && first.index < 0)) return first;
  Numbering wanted = empty ? Numbering::kAutomatic : Numbering::kManual;
  if (numbers->numbering == Numbering::kUnset) numbers->numbering = wanted;
  if (numbers->numbering != wanted)
    return raise(PyExc_ValueError,
                 wanted == Numbering::kManual
                     ? "cannot switch from automatic field numbering to manual field specification"
                     : "cannot switch from manual field specification to automatic field numbering");
  if (empty) first.index = numbers->next++;
  return first;
}

// --- rendering ---------------------------------------------------------------------------------------------

class Renderer {
 public:
  // args null: the mapping of format_map stands alone.
  Renderer(CallArgs args, Opt<> mapping) : args_(args), mapping_(mapping) {}

  Status render(StrObject* text, Py_ssize_t start, Py_ssize_t end, int depth, TextPieces& out) {
    if (depth < 0) return raise(PyExc_ValueError, "Max string recursion exceeded");
    FormatReader reader(text, start, end);
    FormatPiece piece;
    while (TRY(reader.next(piece))) {
      out.append(piece.literal.text, piece.literal.start, piece.literal.end);
      if (piece.has_field) TRY(renderField(piece, depth, out));
    }
    return {};
  }

 private:
  Status renderField(const FormatPiece& piece, int depth, TextPieces& out) {
    Ref<> value = TRY(fieldValue(piece.field));
    if (piece.conversion) value = TRY(converted(value.get(), piece.conversion));
    Ref<StrObject> spec = TRY(fieldSpec(piece, depth));
    if (spec->size() == 0 && isExactStr(value.get())) {
      out.append(cast<StrObject>(value.get()));
      return {};
    }
    out.append(TRY(objectFormat(value.get(), spec.get())).get());
    return {};
  }

  Result<Ref<StrObject>> fieldSpec(const FormatPiece& piece, int depth) {
    if (!piece.nested) return piece.spec.str();
    TextPieces nested;
    TRY(render(piece.spec.text, piece.spec.start, piece.spec.end, depth - 1, nested));
    return nested.finish();
  }

  Result<Ref<>> converted(PyObject* value, Py_UCS4 conversion) {
    if (conversion == 'r') return TRY(objectRepr(value));
    if (conversion == 's') return TRY(objectStr(value));
    if (conversion == 'a') return TRY(objectAscii(value));
    if (conversion > 32 && conversion < 127)
      return raise(PyExc_ValueError, "Unknown conversion specifier %c", static_cast<int>(conversion));
    return raise(PyExc_ValueError, "Unknown conversion specifier \\x%x", conversion);
  }

  Result<Ref<>> fieldValue(const Span& field) {
    FirstName first = TRY(splitFirst(field, &numbers_));
    Ref<> value = TRY(firstValue(first));
    FieldNameReader rest(field.text, first.name.end, field.end);
    bool is_attribute;
    Py_ssize_t index;
    Span part;
    while (TRY(rest.next(&is_attribute, &index, &part))) {
      Ref<> key = index >= 0 && !is_attribute ? Ref<>(TRY(intFromLong(index))) : Ref<>(TRY(part.str()));
      value = is_attribute ? TRY(attrGet(value.get(), key.get())) : TRY(itemGet(value.get(), key.get()));
    }
    return value;
  }

  Result<Ref<>> firstValue(const FirstName& first) {
    if (first.index < 0) return keyValue(first.name);
    if (mapping_) return raise(PyExc_ValueError, "Format string contains positional fields");
    if (first.index >= args_.count)
      return raise(PyExc_IndexError, "Replacement index %zd out of range for positional args tuple",
                   first.index);
    return share(args_.values[first.index]);
  }

  Result<Ref<>> keyValue(const Span& name) {
    Ref<StrObject> key = TRY(name.str());
    if (mapping_) return itemGet(mapping_.get(), key.get());
    for (Py_ssize_t i = 0; args_.names && i < args_.names->size(); i++)
      if (strEquals(cast<StrObject>(args_.names->at(i)), key.get()))
        return share(args_.values[args_.count + i]);
    return raiseKeyError(key.get());
  }

  CallArgs args_;
  Opt<> mapping_;
  AutoNumber numbers_;
};

Result<Ref<StrObject>> renderAll(StrObject* text, CallArgs args, Opt<> mapping) {
  constexpr int kMaxNesting = 2;
  TextPieces out;
  Renderer renderer(args, mapping);
  TRY(renderer.render(text, 0, text->size(), kMaxNesting - 1, out));
  return out.finish();
}

// --- the iterators of _string ------------------------------------------------------------------------------

struct ParserIterObject : PyObject {
  StrObject* text;  // owned
  Py_ssize_t at;
  Py_ssize_t unused[2];
};
static_assert(sizeof(ParserIterObject) == 48);
struct FieldIterObject : PyObject {
  StrObject* text;  // owned
  Py_ssize_t at;
  Py_ssize_t unused[3];
};
static_assert(sizeof(FieldIterObject) == 56);

void parserIterDealloc(PyObject* self) {
  xdecref(static_cast<ParserIterObject*>(self)->text);
  objectFreeMemory(self);
}
void fieldIterDealloc(PyObject* self) {
  xdecref(static_cast<FieldIterObject*>(self)->text);
  objectFreeMemory(self);
}

Result<MaybeRef<TupleObject>> parserIterNext(ParserIterObject* self) {
  FormatReader reader(self->text, self->at, self->text->size());
  FormatPiece piece;
  auto more = reader.next(piece);
  self->at = reader.position();
  if (!TRY(std::move(more))) return MaybeRef<TupleObject>();
  Ref<StrObject> literal = TRY(piece.literal.str());
  Ref<> field = none(), spec = none(), conversion = none();
  if (piece.has_field) {
    field = TRY(piece.field.str());
    spec = TRY(piece.spec.str());
    if (piece.conversion) conversion = TRY(strFromChar(piece.conversion));
  }
  return MaybeRef<TupleObject>(TRY(tupleOf(literal.get(), field.get(), spec.get(), conversion.get())));
}

Result<MaybeRef<TupleObject>> fieldIterNext(FieldIterObject* self) {
  FieldNameReader reader(self->text, self->at, self->text->size());
  bool is_attribute = false;
  Py_ssize_t index = -1;
  Span part;
  auto more = reader.next(&is_attribute, &index, &part);
  self->at = reader.position();
  if (!TRY(std::move(more))) return MaybeRef<TupleObject>();
  Ref<> key = index >= 0 ? Ref<>(TRY(intFromLong(index))) : Ref<>(TRY(part.str()));
  Ref<> flag = boolRef(is_attribute);
  return MaybeRef<TupleObject>(TRY(tupleOf(flag.get(), key.get())));
}

}  // namespace

Result<Ref<StrObject>> strFormatMethod(StrObject* self, CallArgs args) {
  return renderAll(self, args, nullptr);
}

Result<Ref<StrObject>> strFormatMap(StrObject* self, PyObject* mapping) {
  return renderAll(self, CallArgs{nullptr, 0, nullptr}, mapping);
}

}  // namespace krait

using namespace krait;

extern "C" constinit PyTypeObject kr_FormatterIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "formatteriterator",
    .tp_basicsize = sizeof(ParserIterObject),
    .tp_dealloc = parserIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<parserIterNext>,
};
extern "C" constinit PyTypeObject kr_FieldNameIter_Type = {
    KR_TYPE_HEAD,
    .tp_name = "fieldnameiterator",
    .tp_basicsize = sizeof(FieldIterObject),
    .tp_dealloc = fieldIterDealloc,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<fieldIterNext>,
};

namespace krait {

Result<Ref<>> strFormatterParser(StrObject* self) {
  Ref<ParserIterObject> iter = TRY(objectNew<ParserIterObject>(&kr_FormatterIter_Type));
  iter->text = share(self).leak();
  iter->at = 0;
  return iter;
}

Result<Ref<>> strFormatterFieldNameSplit(StrObject* self) {
  FirstName first = TRY(splitFirst({self, 0, self->size()}, nullptr));
  Ref<FieldIterObject> iter = TRY(objectNew<FieldIterObject>(&kr_FieldNameIter_Type));
  iter->text = share(self).leak();
  iter->at = first.name.end;
  Ref<> key = first.index >= 0 ? Ref<>(TRY(intFromLong(first.index))) : Ref<>(TRY(first.name.str()));
  return TRY(tupleOf(key.get(), iter.get()));
}

}  // namespace krait
