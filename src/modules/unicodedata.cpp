// The module unicodedata: the character database of base/unicode, in its versions 14.0.0 and 3.2.0.
#include <string>

#include "base/unicode/database.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "modules/heap_type.h"
#include "types/codecs.h"
#include "types/float.h"
#include "types/int.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/str.h"
#include "types/type.h"

namespace krait::modules {
namespace {

using unicode::Version;

// An instance stands for one version of the database; the module's own functions mean the current one.
struct UcdObject : PyObject {
  PyObject* name;  // '3.2.0'; owned
  void* reserved[2];
};
static_assert(sizeof(UcdObject) == 40);

PyTypeObject* g_ucd_type = nullptr;

Version versionOf(PyObject* self) {
  return g_ucd_type && isExact(self, g_ucd_type) ? Version::kOld : Version::kCurrent;
}

Result<Ref<StrObject>> fromView(std::string_view text) { return strFromAscii(text); }

Result<Ref<StrObject>> categoryOf(PyObject* self, char32_t chr) {
  return fromView(unicode::category(chr, versionOf(self)));
}
Result<Ref<StrObject>> bidirectionalOf(PyObject* self, char32_t chr) {
  return fromView(unicode::bidirectional(chr, versionOf(self)));
}
Result<Ref<StrObject>> eastAsianWidthOf(PyObject* self, char32_t chr) {
  return fromView(unicode::eastAsianWidth(chr, versionOf(self)));
}
Result<Ref<StrObject>> decompositionOf(PyObject* self, char32_t chr) {
  return fromView(unicode::decomposition(chr, versionOf(self)));
}
int combiningOf(PyObject* self, char32_t chr) { return unicode::combining(chr, versionOf(self)); }
int mirroredOf(PyObject* self, char32_t chr) { return unicode::mirrored(chr, versionOf(self)); }

Result<Ref<>> orDefault(Opt<> fallback, const char* message) {
  if (fallback) return share(fallback.get());
  return raise(PyExc_ValueError, "%s", message);
}

Result<Ref<>> decimalOf(PyObject* self, char32_t chr, Opt<> fallback) {
  int value = unicode::decimalValue(chr, versionOf(self));
  if (value < 0) return orDefault(fallback, "not a decimal");
  return TRY(intFromLong(value));
}
Result<Ref<>> digitOf(PyObject*, char32_t chr, Opt<> fallback) {
  int value = unicode::toDigit(chr);
  if (value < 0) return orDefault(fallback, "not a digit");
  return TRY(intFromLong(value));
}
Result<Ref<>> numericOf(PyObject* self, char32_t chr, Opt<> fallback) {
  double value = unicode::numericValue(chr, versionOf(self));
  if (value == -1.0) return orDefault(fallback, "not a numeric character");
  return TRY(floatNew(value));
}

Result<Ref<>> nameOf(PyObject* self, char32_t chr, Opt<> fallback) {
  std::string text;
  if (!unicode::name(chr, text, versionOf(self))) return orDefault(fallback, "no such name");
  return TRY(strFromAscii(text));
}

// Ideographs and syllables are found by rule, whatever the version.
bool isNamedInOld(std::string_view name, char32_t code) {
  return name.starts_with("CJK UNIFIED IDEOGRAPH-") || unicode::category(code, Version::kOld) != "Cn";
}

// `name`: a str, or its UTF-8 form as a bytes-like object.
Result<Ref<>> lookup(PyObject* self, PyObject* name) {
  std::optional<Buffer> buffer;
  if (!isStr(name)) buffer.emplace(TRY(Buffer::acquire(name)));
  std::string_view text = buffer ? std::string_view(reinterpret_cast<const char*>(buffer->data()),
                                                    static_cast<size_t>(buffer->size()))
                                 : TRY(strUtf8(cast<StrObject>(name)));
  if (text.size() > INT32_MAX) return raise(PyExc_KeyError, "name too long");
  bool old = versionOf(self) == Version::kOld;
  std::u32string sequence;
  int32_t code = unicode::lookupName(text, old ? nullptr : &sequence, !old);
  if (code == unicode::kNamedSequence)
    return TRY(strFromUcs4(reinterpret_cast<const Py_UCS4*>(sequence.data()),
                           static_cast<Py_ssize_t>(sequence.size())));
  if (code < 0 || (old && !isNamedInOld(text, static_cast<char32_t>(code))))
    return raise(PyExc_KeyError, "undefined character name '%U'",
                 TRY(decodeUtf8(text.substr(0, text.find('\0')), "replace")).get());
  return TRY(strFromChar(static_cast<Py_UCS4>(code)));
}

Result<unicode::Form> formFrom(StrObject* form) {
  if (strEqualsAscii(form, "NFC")) return unicode::Form::kNfc;
  if (strEqualsAscii(form, "NFKC")) return unicode::Form::kNfkc;
  if (strEqualsAscii(form, "NFD")) return unicode::Form::kNfd;
  if (strEqualsAscii(form, "NFKD")) return unicode::Form::kNfkd;
  return raise(PyExc_ValueError, "invalid normalization form");
}

std::u32string_view viewOf(const unicode::Characters& characters) {
  return {characters.data(), characters.size()};
}

// A copy of the text, and how it stands to the form: certainly in it, certainly not, or to be computed.
Result<unicode::QuickCheck> spread(StrObject* text, unicode::Form form, Version version, bool yes_only,
                                   unicode::Characters& out) {
  TRY(resizeScratch(out, static_cast<size_t>(text->size())));
  for (Py_ssize_t i = 0; i < text->size(); i++) out[static_cast<size_t>(i)] = text->at(i);
  if (version == Version::kOld) return unicode::QuickCheck::kMaybe;
  return unicode::quickCheck(viewOf(out), form, yes_only);
}

Status normalizeInto(const unicode::Characters& text, unicode::Form form, Version version,
                     unicode::Characters& out) {
  if (!unicode::normalize(viewOf(text), form, out, version)) return raiseNoMemory();
  return {};
}

Result<Ref<StrObject>> normalized(PyObject* self, StrObject* form_name, StrObject* text) {
  if (text->size() == 0) return share(text);
  unicode::Form form = TRY(formFrom(form_name));
  if (text->isAscii()) return share(text);
  Version version = versionOf(self);
  unicode::Characters wide, result;
  if (TRY(spread(text, form, version, true, wide)) == unicode::QuickCheck::kYes) return share(text);
  TRY(normalizeInto(wide, form, version, result));
  return strFromUcs4(reinterpret_cast<const Py_UCS4*>(result.data()), static_cast<Py_ssize_t>(result.size()));
}

Result<bool> isNormalizedText(PyObject* self, StrObject* form_name, StrObject* text) {
  unicode::Form form = TRY(formFrom(form_name));
  if (text->size() == 0 || text->isAscii()) return true;
  Version version = versionOf(self);
  unicode::Characters wide, result;
  unicode::QuickCheck quick = TRY(spread(text, form, version, false, wide));
  if (quick != unicode::QuickCheck::kMaybe) return quick == unicode::QuickCheck::kYes;
  TRY(normalizeInto(wide, form, version, result));
  return viewOf(result) == viewOf(wide);
}

constinit PyMethodDef kFunctions[] = {
    moduleFunction<"decimal($self, chr, default=<unrepresentable>, /)", decimalOf,
                   "Decimal value as an int.">,
    moduleFunction<"digit($self, chr, default=<unrepresentable>, /)", digitOf, "Digit value as an int.">,
    moduleFunction<"numeric($self, chr, default=<unrepresentable>, /)", numericOf,
                   "Numeric value as a float.">,
    moduleFunction<"category($self, chr, /)", categoryOf, "General category.">,
    moduleFunction<"bidirectional($self, chr, /)", bidirectionalOf, "Bidirectional class.">,
    moduleFunction<"combining($self, chr, /)", combiningOf, "Canonical combining class, 0 for none.">,
    moduleFunction<"mirrored($self, chr, /)", mirroredOf, "1 when mirrored in bidirectional text, else 0.">,
    moduleFunction<"east_asian_width($self, chr, /)", eastAsianWidthOf, "East Asian width.">,
    moduleFunction<"decomposition($self, chr, /)", decompositionOf, "Decomposition mapping, '' for none.">,
    moduleFunction<"name($self, chr, default=<unrepresentable>, /)", nameOf, "Name of the character.">,
    moduleFunction<"lookup($self, name, /)", lookup, "Character (or named sequence) by name.">,
    moduleFunction<"is_normalized($self, form, unistr, /)", isNormalizedText,
                   "Is the string in the normal form?">,
    moduleFunction<"normalize($self, form, unistr, /)", normalized, "The normal form of the string.">,
    {}};

// --- the type of ucd_3_2_0 ---------------------------------------------------------------------------------

void ucdDealloc(PyObject* self) {
  gcUntrack(self);
  clearField(static_cast<UcdObject*>(self)->name);
  heapInstanceFree(self);
}
int ucdTraverse(PyObject* self, visitproc visit, void* arg) { return visitAll(visit, arg, typeOf(self)); }

constinit PyMemberDef kUcdMembers[] = {
    {"unidata_version", T_OBJECT, offsetof(UcdObject, name), READONLY, nullptr}, {}};
constinit PyTypeObject kUcdType = {
    KR_TYPE_HEAD,
    .tp_name = "unicodedata.UCD",
    .tp_basicsize = sizeof(UcdObject),
    .tp_dealloc = ucdDealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_traverse = ucdTraverse,
    .tp_methods = kFunctions,
    .tp_members = kUcdMembers,
};

// --- the C interface ---------------------------------------------------------------------------------------

// unicodedata._ucnhash_CAPI: names for the \N escape and the namereplace handler of foreign code.
struct NameApi {
  int (*getname)(Py_UCS4 code, char* buffer, int size, int with_alias_and_sequence);
  int (*getcode)(const char* name, int size, Py_UCS4* code);
};

int apiGetName(Py_UCS4 code, char* buffer, int size, int) {
  std::string text;
  if (!unicode::name(code, text) || static_cast<int>(text.size()) >= size) return 0;
  text.copy(buffer, text.size());
  buffer[text.size()] = 0;
  return 1;
}
int apiGetCode(const char* name, int size, Py_UCS4* code) {
  int32_t found = unicode::lookupName({name, static_cast<size_t>(size)});
  if (found < 0) return 0;
  *code = static_cast<Py_UCS4>(found);
  return 1;
}
NameApi kNameApi = {apiGetName, apiGetCode};

Status unicodedataExec(PyObject* module) {
  TRY(moduleAddStr(module, "unidata_version", unicode::kVersion));
  Ref<PyTypeObject> type = TRY(heapTypeAdd(module, kUcdType));
  Ref<UcdObject> old = TRY(typeAlloc<UcdObject>(type.get()));
  old->name = TRY(strFromAscii(unicode::kOldVersion)).leak();
  TRY(moduleAdd(module, "ucd_3_2_0", std::move(old)));
  g_ucd_type = std::move(type).leak();
  Ref<> capsule = TRY(capsuleNew(&kNameApi, "unicodedata._ucnhash_CAPI", nullptr));
  return moduleAdd(module, "_ucnhash_CAPI", std::move(capsule));
}

constinit PyModuleDef kUnicodedataModule = moduleDef<"unicodedata", unicodedataExec>(
    kFunctions, "Access to the Unicode Character Database, version 14.0.0 (and 3.2.0).");

}  // namespace

PyObject* initUnicodedata() { return moduleDefInit(&kUnicodedataModule); }

}  // namespace krait::modules
