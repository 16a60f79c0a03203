// The type str: construction, slots and the method table.
#include "types/str.h"

#include "core/gc.h"
#include "core/native.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str_legacy.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace krait {
namespace {

// --- life --------------------------------------------------------------------------------------------------

// The value of a subclass instance lies outside the object.
Result<Ref<StrObject>> subclassInstance(PyTypeObject* type, StrObject* value) {
  auto kind = static_cast<size_t>(value->kind());
  size_t bytes = (static_cast<size_t>(value->size()) + 1) * kind;
  Ref<LegacyStrObject> self = TRY(typeAlloc<LegacyStrObject>(type));
  self->length = value->size();
  self->hash = value->hash;
  self->state = {0, static_cast<uint32_t>(kind), 0, value->state.ascii, 1};
  self->any = objectMalloc(bytes);
  if (!self->any) {
    self->state.ascii = 0;
    return raiseNoMemory();
  }
  std::memcpy(self->any, value->data(), bytes);
  if (value->isAscii()) {
    self->utf8 = static_cast<char*>(self->any);
    self->utf8_length = self->length;
  }
  return Ref<StrObject>(std::move(self));
}

Result<Ref<StrObject>> decodeObject(PyObject* object, const char* encoding, const char* errors) {
  if (isBytes(object)) return decodeText(cast<BytesObject>(object)->view(), encoding, errors);
  if (isStr(object)) return raise(PyExc_TypeError, "decoding str is not supported");
  if (!hasBuffer(object))
    return raise(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found", typeName(object));
  Buffer buffer = TRY(Buffer::acquire(object));
  return decodeText({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())},
                    encoding, errors);
}

Result<Ref<>> strNewSlot(PyTypeObject* type, Opt<> object, Opt<StrObject> encoding, Opt<StrObject> errors) {
  Ref<StrObject> value = emptyStr();
  if (object && !encoding && !errors) {
    value = TRY(objectStr(object.get()));
  } else if (object) {
    const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : nullptr;
    const char* errors_text = errors ? TRY(strUtf8NoNul(errors.get())) : nullptr;
    value = TRY(decodeObject(object.get(), encoding_text, errors_text));
  }
  if (type == &PyUnicode_Type) return Ref<>(std::move(value));
  return TRY(subclassInstance(type, value.get()));
}

// --- slots -------------------------------------------------------------------------------------------------

Result<Ref<StrObject>> strStr(StrObject* self) { return strExact(self); }

Result<Ref<>> strRichCompare(PyObject* left, PyObject* right, int op) {
  if (!isStr(left) || !isStr(right)) return notImplemented();
  auto *a = cast<StrObject>(left), *b = cast<StrObject>(right);
  if (op == Py_EQ || op == Py_NE) return boolObject(strEquals(a, b) == (op == Py_EQ));
  return boolObject(compareTruth(op, strCompare(a, b)) != 0);
}

Result<Ref<>> strAdd(PyObject* left, PyObject* right) {
  if (!isStr(right))
    return raise(PyExc_TypeError, "can only concatenate str (not \"%.200s\") to str", typeName(right));
  return TRY(strConcat(cast<StrObject>(left), cast<StrObject>(right)));
}

Result<Ref<>> strRemainder(PyObject* left, PyObject* right) {
  if (!isStr(left)) return notImplemented();
  return TRY(strPercent(cast<StrObject>(left), right));
}

Py_ssize_t strLength(StrObject* self) { return self->size(); }

Result<Ref<>> strSlice(StrObject* self, SliceObject* slice) {
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  if (count <= 0) return Ref<>(emptyStr());
  if (bounds.step == 1) return TRY(strSubstring(self, bounds.start, bounds.start + count));
  Ref<StrObject> result = TRY(strNew(count, self->maxChar()));
  withChars(self, [&](auto* in, Py_ssize_t) {
    using C = std::remove_cvref_t<decltype(*in)>;
    auto* out = static_cast<C*>(result->data());
    for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) out[i] = in[at];
  });
  return TRY(strSettle(std::move(result)));
}

Result<Ref<>> strSubscript(StrObject* self, PyObject* key) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    return strGetItem(self, index < 0 ? index + self->size() : index);
  }
  if (isSlice(key)) return strSlice(self, cast<SliceObject>(key));
  return raise(PyExc_TypeError, "string indices must be integers, not '%.200s'", typeName(key));
}

// --- methods -----------------------------------------------------------------------------------------------

Result<Ref<>> strEncodeMethod(StrObject* self, Opt<StrObject> encoding, Opt<StrObject> errors) {
  const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : nullptr;
  const char* errors_text = errors ? TRY(strUtf8NoNul(errors.get())) : nullptr;
  return strEncode(self, encoding_text, errors_text);
}

Result<Ref<>> strGetNewArgs(StrObject* self) {
  Ref<StrObject> copy = TRY(strFromKind(self->kind(), self->data(), self->size()));
  return TRY(tupleOf(copy.get()));
}

Py_ssize_t strSizeof(StrObject* self) {
  Py_ssize_t payload = (self->size() + 1) * self->kind();
  bool has_wide = self->wstr && static_cast<void*>(self->wstr) != self->data();
  if (self->state.compact && has_wide)
    payload += (self->size() + 1) * static_cast<Py_ssize_t>(sizeof(wchar_t));
  if (self->state.compact && self->isAscii()) return static_cast<Py_ssize_t>(sizeof(StrObject)) + payload;
  auto* compact = static_cast<CompactStrObject*>(self);
  size_t header = self->state.compact ? sizeof(CompactStrObject) : sizeof(LegacyStrObject);
  Py_ssize_t cache = compact->utf8 && compact->utf8 != self->data() ? compact->utf8_length + 1 : 0;
  return static_cast<Py_ssize_t>(header) + payload + cache;
}

Result<Ref<StrObject>> strFormatDunder(StrObject* self, StrObject* spec) { return strFormatSpec(self, spec); }

constinit PyMethodDef kStrMethods[] = {
    method<"encode($self, /, encoding='utf-8', errors='strict')", strEncodeMethod,
           "Encode the string with the named codec; errors names the error handler.">,
    method<"replace($self, old, new, count=-1, /)", strReplaceMethod,
           "Copy with occurrences of old replaced by new, at most count of them unless it is negative.">,
    method<"split($self, /, sep=None, maxsplit=-1)", strSplitMethod,
           "List of the parts between separators (white space by default), from the left.">,
    method<"rsplit($self, /, sep=None, maxsplit=-1)", strRsplitMethod,
           "List of the parts between separators (white space by default), counted from the right.">,
    method<"join($self, iterable, /)", strJoin,
           "Concatenate the strings of iterable with this string between them.">,
    method<"capitalize($self, /)", strCapitalize,
           "Copy with the first character title-cased, the rest lower-cased.">,
    method<"casefold($self, /)", strCasefold, "Copy suitable for comparison without regard to case.">,
    method<"title($self, /)", strTitle, "Copy with each word title-cased.">,
    method<"center($self, width, fillchar=' ', /)", strCenter, "Centre in a string of the width.">,
    method<"!%count($self, sub, start=None, end=None, /)", strCountMethod,
           "S.count(sub[, start[, end]]) -> int\n\nNumber of non-overlapping occurrences of sub in "
           "S[start:end].">,
    method<"expandtabs($self, /, tabsize=8)", strExpandtabs, "Copy with tabs expanded to spaces.">,
    method<
        "!%find($self, sub, start=None, end=None, /)", strFindMethod,
        "S.find(sub[, start[, end]]) -> int\n\nLowest index where sub is found inside S[start:end], or -1.">,
    method<"partition($self, sep, /)", strPartition,
           "Three parts: before the first separator, it, and what follows.">,
    method<"!%index($self, sub, start=None, end=None, /)", strIndexMethod,
           "S.index(sub[, start[, end]]) -> int\n\nLike find, but raises ValueError when sub is not found.">,
    method<"ljust($self, width, fillchar=' ', /)", strLjust, "Pad on the right to the width.">,
    method<"lower($self, /)", strLower, "Copy in lower case.">,
    method<"lstrip($self, chars=None, /)", strLstripMethod,
           "Copy without leading white space or given characters.">,
    method<"!%rfind($self, sub, start=None, end=None, /)", strRfindMethod,
           "S.rfind(sub[, start[, end]]) -> int\n\nHighest index where sub is found inside S[start:end], or "
           "-1.">,
    method<
        "!%rindex($self, sub, start=None, end=None, /)", strRindexMethod,
        "S.rindex(sub[, start[, end]]) -> int\n\nLike rfind, but raises ValueError when sub is not found.">,
    method<"rjust($self, width, fillchar=' ', /)", strRjust, "Pad on the left to the width.">,
    method<"rstrip($self, chars=None, /)", strRstripMethod,
           "Copy without trailing white space or given characters.">,
    method<"rpartition($self, sep, /)", strRpartition,
           "Three parts: before the last separator, it, and what follows.">,
    method<"splitlines($self, /, keepends=False)", strSplitlines,
           "List of the lines, without their ends unless asked.">,
    method<"strip($self, chars=None, /)", strStripMethod,
           "Copy without leading and trailing white space or given characters.">,
    method<"swapcase($self, /)", strSwapcase, "Copy with upper and lower case exchanged.">,
    method<"translate($self, table, /)", strTranslate,
           "Replace each character by what the table maps its code to.">,
    method<"upper($self, /)", strUpper, "Copy in upper case.">,
    method<"!%startswith($self, prefix, start=None, end=None, /)", strStartswith,
           "S.startswith(prefix[, start[, end]]) -> bool\n\nDoes S[start:end] start with the prefix, or one "
           "of a tuple?">,
    method<"!%endswith($self, suffix, start=None, end=None, /)", strEndswith,
           "S.endswith(suffix[, start[, end]]) -> bool\n\nDoes S[start:end] end with the suffix, or one of a "
           "tuple?">,
    method<"removeprefix($self, prefix, /)", strRemovePrefix, "Copy without the prefix, if it is there.">,
    method<"removesuffix($self, suffix, /)", strRemoveSuffix, "Copy without the suffix, if it is there.">,
    method<"isascii($self, /)", strIsAsciiMethod, "Are all characters ASCII (or is there none)?">,
    method<"islower($self, /)", strIsLower, "Are all cased characters lower case, and is there one?">,
    method<"isupper($self, /)", strIsUpper, "Are all cased characters upper case, and is there one?">,
    method<"istitle($self, /)", strIsTitle, "Is the string title-cased?">,
    method<"isspace($self, /)", strIsSpace, "Are all characters white space, and is there one?">,
    method<"isdecimal($self, /)", strIsDecimal, "Are all characters decimal digits, and is there one?">,
    method<"isdigit($self, /)", strIsDigit, "Are all characters digits, and is there one?">,
    method<"isnumeric($self, /)", strIsNumeric, "Are all characters numeric, and is there one?">,
    method<"isalpha($self, /)", strIsAlpha, "Are all characters letters, and is there one?">,
    method<"isalnum($self, /)", strIsAlnum, "Are all characters letters or numeric, and is there one?">,
    method<"isidentifier($self, /)", strIsIdentifierMethod,
           "Is the string a valid Python identifier (or keyword)?">,
    method<"isprintable($self, /)", strIsPrintable, "Does repr() show all characters as they are?">,
    method<"zfill($self, width, /)", strZfill, "Pad with zeros behind the sign to the width.">,
    method<"!format($self, *args, **kwargs)", strFormatMethod,
           "S.format(*args, **kwargs) -> str\n\nReplace the fields in braces by formatted arguments.">,
    method<
        "!format_map($self, mapping, /)", strFormatMap,
        "S.format_map(mapping) -> str\n\nReplace the fields in braces by formatted values of the mapping.">,
    method<"__format__($self, format_spec, /)", strFormatDunder,
           "Format the string as the specification asks.">,
    staticMethod<"maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", strMaketrans,
                 "Make a table for translate() from a dict, or from two or three strings.">,
    method<"__sizeof__($self, /)", strSizeof, "Size in memory, in bytes.">,
    method<"!__getnewargs__($self, /)", strGetNewArgs>,
    {}};

constinit PyNumberMethods kStrNumber = {.nb_remainder = slot<strRemainder>};
constinit PySequenceMethods kStrSequence = {
    .sq_length = slot<strLength>,
    .sq_concat = slot<strAdd>,
    .sq_repeat = slot<strRepeat>,
    .sq_item = slot<strGetItem>,
    .sq_contains = slot<strContains>,
};
constinit PyMappingMethods kStrMapping = {.mp_length = slot<strLength>, .mp_subscript = slot<strSubscript>};

}  // namespace

void strDealloc(PyObject* object) {
  auto* self = static_cast<StrObject*>(object);
  if (isStaticStr(self) || self->state.interned == 2) [[unlikely]] {
    self->ob_refcnt = kImmortalRefcount;
    return;
  }
  if (self->state.interned) {
    self->ob_refcnt = 1;
    strRemoveInterned(self);
    self->ob_refcnt = 0;
  }
  if (!self->state.compact || !self->isAscii()) {
    auto* compact = static_cast<CompactStrObject*>(self);
    if (compact->utf8 && compact->utf8 != self->data()) objectFree(compact->utf8);
    if (!self->state.ready) strLegacyGone(self);
    if (!self->state.compact) objectFree(static_cast<LegacyStrObject*>(self)->any);
  }
  if (self->wstr && static_cast<void*>(self->wstr) != self->data()) objectFree(self->wstr);
  objectFreeMemory(self);
}

Result<Ref<>> strGetItem(StrObject* s, Py_ssize_t index) {
  if (index < 0 || index >= s->size()) return raise(PyExc_IndexError, "string index out of range");
  return TRY(strFromChar(s->at(index)));
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyUnicode_Type = {
    KR_TYPE_HEAD,
    .tp_name = "str",
    .tp_basicsize = sizeof(LegacyStrObject),
    .tp_dealloc = strDealloc,
    .tp_repr = slot<strRepr>,
    .tp_as_number = &kStrNumber,
    .tp_as_sequence = &kStrSequence,
    .tp_as_mapping = &kStrMapping,
    .tp_hash = slot<strHash>,
    .tp_str = slot<strStr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags =
        Py_TPFLAGS_BASETYPE | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        docText<"!str()",
                "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
                "Text of an object (its __str__, else its repr), or bytes decoded with the named encoding "
                "(sys.getdefaultencoding() by default) and error handler ('strict' by default).">,
    .tp_richcompare = slot<strRichCompare>,
    .tp_iter = slot<strIter>,
    .tp_methods = kStrMethods,
    .tp_new = newSlot<"str(object=None, encoding=None, errors=None)", strNewSlot>,
};
