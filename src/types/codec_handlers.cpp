// The standard error handlers as Python functions: (exception) -> (replacement, position).
#include "base/text/utf8.h"
#include "base/unicode/database.h"
#include "types/capsule.h"
#include "types/codec_errors.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait {
namespace {

bool isKind(PyObject* exception, PyObject* type) { return isInstanceOf(exception, cast<PyTypeObject>(type)); }
bool isEncodeError(PyObject* e) { return isKind(e, PyExc_UnicodeEncodeError); }
bool isDecodeError(PyObject* e) { return isKind(e, PyExc_UnicodeDecodeError); }
bool isTranslateError(PyObject* e) { return isKind(e, PyExc_UnicodeTranslateError); }

Raised raiseWrongType(PyObject* exception) {
  return raise(PyExc_TypeError, "don't know how to handle %.200s in error callback", typeName(exception));
}
// Raises the handler's own exception.
Raised refuse(PyObject* exception) { return raiseException(share(exception)); }

// The bad part of the exception's object, clipped to it.
struct BadPart {
  Ref<> object;
  Py_ssize_t start, end;

  StrObject* text() const { return cast<StrObject>(object.get()); }
  std::string_view bytes() const { return cast<BytesObject>(object.get())->view(); }
};

Result<BadPart> badPart(PyObject* exception) {
  auto* error = cast<UnicodeErrorObject>(exception);
  bool wants_bytes = isDecodeError(exception);
  if (!error->object) return raise(PyExc_TypeError, "object attribute not set");
  if (wants_bytes ? !isBytes(error->object) : !isStr(error->object))
    return raise(PyExc_TypeError, "object attribute must be %s", wants_bytes ? "bytes" : "unicode");
  Py_ssize_t size =
      wants_bytes ? cast<BytesObject>(error->object)->size() : cast<StrObject>(error->object)->size();
  Py_ssize_t start = std::max<Py_ssize_t>(std::min(error->start, size - 1), 0);
  Py_ssize_t end = std::min(std::max<Py_ssize_t>(error->end, 1), size);
  return BadPart{share(error->object), start, end};
}

Result<Ref<TupleObject>> answer(Result<Ref<StrObject>> text, Py_ssize_t next) {
  Ref<StrObject> value = TRY(std::move(text));
  Ref<IntObject> position = TRY(intFromLong(next));
  return tupleOf(value.get(), position.get());
}

Result<Ref<>> strictErrors(PyObject* exception) {
  if (!isExceptionInstance(exception)) return raise(PyExc_TypeError, "codec must pass exception instance");
  return refuse(exception);
}

Result<Ref<TupleObject>> ignoreErrors(PyObject* exception) {
  if (!isEncodeError(exception) && !isDecodeError(exception) && !isTranslateError(exception))
    return raiseWrongType(exception);
  return answer(emptyStr(), TRY(badPart(exception)).end);
}

Result<Ref<TupleObject>> replaceErrors(PyObject* exception) {
  StrBuilder out;
  if (!isEncodeError(exception) && !isDecodeError(exception) && !isTranslateError(exception))
    return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  if (isEncodeError(exception))
    out.appendRepeated('?', bad.end - bad.start);
  else
    out.appendRepeated(0xFFFD, isDecodeError(exception) ? 1 : bad.end - bad.start);
  return answer(out.finish(), bad.end);
}

Result<Ref<TupleObject>> xmlCharRefReplaceErrors(PyObject* exception) {
  if (!isEncodeError(exception)) return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  StrBuilder out;
  for (Py_ssize_t i = bad.start; i < bad.end; i++) appendCharRef(out, bad.text()->at(i));
  return answer(out.finish(), bad.end);
}

Result<Ref<TupleObject>> backslashReplaceErrors(PyObject* exception) {
  bool decodes = isDecodeError(exception);
  if (!decodes && !isEncodeError(exception) && !isTranslateError(exception)) return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  StrBuilder out;
  for (Py_ssize_t i = bad.start; i < bad.end; i++)
    appendBackslashEscape(
        out, decodes ? static_cast<uint8_t>(bad.bytes()[static_cast<size_t>(i)]) : bad.text()->at(i));
  return answer(out.finish(), bad.end);
}

Result<Ref<TupleObject>> nameReplaceErrors(PyObject* exception) {
  if (!isEncodeError(exception)) return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  TRY(capsuleImport(kCharacterNamesCapsule));
  StrBuilder out;
  std::string name;
  for (Py_ssize_t i = bad.start; i < bad.end; i++) {
    Py_UCS4 c = bad.text()->at(i);
    if (unicode::name(c, name)) {
      out.append("\\N{");
      out.append(name);
      out.append('}');
    } else {
      appendBackslashEscape(out, c);
    }
  }
  return answer(out.finish(), bad.end);
}

// --- surrogatepass -----------------------------------------------------------------------------------------

enum class Coding { kUnknown, kUtf8, kUtf16Le, kUtf16Be, kUtf32Le, kUtf32Be };
int unitSize(Coding coding) { return coding == Coding::kUtf8 ? 3 : coding < Coding::kUtf32Le ? 2 : 4; }

Coding codingOf(PyObject* exception) {
  auto* error = cast<UnicodeErrorObject>(exception);
  if (!error->encoding || !isStr(error->encoding) || !cast<StrObject>(error->encoding)->isAscii())
    return Coding::kUnknown;
  std::string name;
  for (char c : cast<StrObject>(error->encoding)->asciiView())
    if (c != '-' && c != '_' && c != ' ') name += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (name == "utf8" || name == "cputf8" || name == "cp65001") return Coding::kUtf8;
  if (name == "utf16" || name == "utf16le") return Coding::kUtf16Le;
  if (name == "utf16be") return Coding::kUtf16Be;
  if (name == "utf32" || name == "utf32le") return Coding::kUtf32Le;
  if (name == "utf32be") return Coding::kUtf32Be;
  return Coding::kUnknown;
}

void putSurrogate(ByteBuilder& out, Coding coding, Py_UCS4 c) {
  char low = static_cast<char>(c & 0xFF), high = static_cast<char>(c >> 8);
  char text[4] = {};
  switch (coding) {
    case Coding::kUtf8: text::writeUtf8(reinterpret_cast<uint8_t*>(text), c); break;
    case Coding::kUtf16Le:
    case Coding::kUtf32Le: text[0] = low, text[1] = high; break;
    case Coding::kUtf16Be: text[0] = high, text[1] = low; break;
    default: text[2] = high, text[3] = low; break;
  }
  out.append({text, static_cast<size_t>(unitSize(coding))});
}

Py_UCS4 takeSurrogate(const uint8_t* p, Coding coding) {
  switch (coding) {
    case Coding::kUtf8:
      if ((p[0] & 0xF0) != 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return 0;
      return static_cast<Py_UCS4>((p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    case Coding::kUtf16Le: return static_cast<Py_UCS4>(p[1] << 8 | p[0]);
    case Coding::kUtf16Be: return static_cast<Py_UCS4>(p[0] << 8 | p[1]);
    case Coding::kUtf32Le: return p[2] || p[3] ? 0 : static_cast<Py_UCS4>(p[1] << 8 | p[0]);
    default: return p[0] || p[1] ? 0 : static_cast<Py_UCS4>(p[2] << 8 | p[3]);
  }
}

Result<Ref<TupleObject>> surrogatePass(PyObject* exception) {
  bool decodes = isDecodeError(exception);
  if (!decodes && !isEncodeError(exception)) return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  Coding coding = codingOf(exception);
  if (coding == Coding::kUnknown) return refuse(exception);
  if (!decodes) {
    ByteBuilder out;
    for (Py_ssize_t i = bad.start; i < bad.end; i++) {
      if (!text::isSurrogate(bad.text()->at(i))) return refuse(exception);
      putSurrogate(out, coding, bad.text()->at(i));
    }
    Ref<BytesObject> bytes = TRY(out.finish());
    Ref<IntObject> next = TRY(intFromLong(bad.end));
    return tupleOf(bytes.get(), next.get());
  }
  auto bytes = bad.bytes();
  int size = unitSize(coding);
  if (static_cast<Py_ssize_t>(bytes.size()) - bad.start < size) return refuse(exception);
  Py_UCS4 c = takeSurrogate(reinterpret_cast<const uint8_t*>(bytes.data()) + bad.start, coding);
  if (!text::isSurrogate(c)) return refuse(exception);
  return answer(strFromChar(c), bad.start + size);
}

Result<Ref<TupleObject>> surrogateEscape(PyObject* exception) {
  if (isEncodeError(exception)) {
    BadPart bad = TRY(badPart(exception));
    ByteBuilder out;
    for (Py_ssize_t i = bad.start; i < bad.end; i++) {
      Py_UCS4 c = bad.text()->at(i);
      if (c < 0xDC80 || c > 0xDCFF) return refuse(exception);
      out.append(static_cast<char>(c - 0xDC00));
    }
    Ref<BytesObject> bytes = TRY(out.finish());
    Ref<IntObject> next = TRY(intFromLong(bad.end));
    return tupleOf(bytes.get(), next.get());
  }
  if (!isDecodeError(exception)) return raiseWrongType(exception);
  BadPart bad = TRY(badPart(exception));
  StrBuilder out;
  Py_ssize_t at = bad.start;
  for (; at < bad.end && at < bad.start + 4; at++) {
    auto byte = static_cast<uint8_t>(bad.bytes()[static_cast<size_t>(at)]);
    if (byte < 0x80) break;
    out.append(static_cast<Py_UCS4>(0xDC00 + byte));
  }
  if (at == bad.start) return refuse(exception);
  return answer(out.finish(), at);
}

constinit PyMethodDef kHandlers[] = {
    function<"!strict_errors(exc, /)", strictErrors, "'strict': raises the exception.">,
    function<"!ignore_errors(exc, /)", ignoreErrors, "'ignore': drops the malformed part.">,
    function<"!replace_errors(exc, /)", replaceErrors, "'replace': puts a replacement marker.">,
    function<"!xmlcharrefreplace_errors(exc, /)", xmlCharRefReplaceErrors,
             "'xmlcharrefreplace': XML references.">,
    function<"!backslashreplace_errors(exc, /)", backslashReplaceErrors,
             "'backslashreplace': backslash escapes.">,
    function<"!namereplace_errors(exc, /)", nameReplaceErrors, "'namereplace': \\N{...} escapes.">,
    function<"!surrogatepass(exc, /)", surrogatePass>,
    function<"!surrogateescape(exc, /)", surrogateEscape>,
    {}};

}  // namespace

PyMethodDef* builtinErrorHandlers() { return kHandlers; }

}  // namespace krait
