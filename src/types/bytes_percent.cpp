// bytes % args and bytearray % args
#include "core/call.h"
#include "types/byte_text.h"
#include "types/percent_format.h"

namespace krait {
namespace {

class BytesHost {
 public:
  static constexpr const char* kKind = "bytes";
  static constexpr bool kHasZFlag = true;
  static constexpr bool kSaysDForI = true;
  static constexpr const char* kPrecisionTooBig = "prec too big";

  BytesHost(ByteBuilder& out, std::string_view format) : out_(out), format_(format) {}

  Py_UCS4 at(Py_ssize_t i) const { return static_cast<uint8_t>(format_[static_cast<size_t>(i)]); }
  Py_ssize_t size() const { return static_cast<Py_ssize_t>(format_.size()); }
  void literal(Py_ssize_t start, Py_ssize_t end) { out_.append(part(start, end)); }
  Result<Ref<>> key(Py_ssize_t start, Py_ssize_t end) { return TRY(bytesFrom(part(start, end))); }
  static bool acceptsMapping(PyObject* args) {
    return isMapping(args) && !isBytes(args) && !isStr(args) && !isByteArray(args);
  }

  bool failed() const { return out_.failed(); }

  void emit(const PercentPiece& piece) {
    out_.appendRepeated(' ', piece.left_blanks);
    if (piece.sign) out_.append(piece.sign);
    out_.append(piece.prefix);
    out_.appendRepeated('0', piece.zeros);
    out_.append(piece.body);
    out_.appendRepeated(' ', piece.right_blanks);
  }

  Result<bool> convert(const PercentSpec& spec, PyObject* value) {
    switch (spec.conversion) {
      case 'r':
      case 'a': appendText(spec, TRY(objectAscii(value))->asciiView(), true); return true;
      case 's':
      case 'b': TRY(appendBytes(spec, value)); return true;
      case 'c': {
        char c = TRY(character(value));
        appendText(spec, {&c, 1}, false);
        return true;
      }
      default: return false;
    }
  }

  // CPython reads a signed char, unless it comes upon it behind digits: above 127 that is no character, and
  // the error has no text.
  Raised raiseUnsupported(const PercentSpec& spec, Py_ssize_t index) {
    Py_UCS4 c = spec.conversion, before = at(index - 1);
    bool after_digits = before >= '0' && before <= '9' && (spec.width >= 0 || spec.precision >= 0);
    if (c > 127 && !after_digits) return raiseNone(PyExc_ValueError);
    return raise(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd",
                 static_cast<int>(c), c, index);
  }
  Raised raiseNotReal(PyObject* value) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raise(PyExc_TypeError, "float argument required, not %.200s", typeName(value));
  }

 private:
  std::string_view part(Py_ssize_t start, Py_ssize_t end) const {
    return format_.substr(static_cast<size_t>(start), static_cast<size_t>(end - start));
  }

  void appendText(const PercentSpec& spec, std::string_view text, bool cut) {
    if (cut && spec.precision >= 0) text = text.substr(0, static_cast<size_t>(spec.precision));
    auto size = static_cast<Py_ssize_t>(text.size());
    if (!spec.left) out_.appendRepeated(' ', spec.width - size);
    out_.append(text);
    if (spec.left) out_.appendRepeated(' ', spec.width - size);
  }

  Status appendBytes(const PercentSpec& spec, PyObject* value) {
    if (isBytes(value)) return appendText(spec, cast<BytesObject>(value)->view(), true), Status();
    MaybeRef<> convert = isByteArray(value) ? MaybeRef<>() : TRY(lookupSpecial(value, name<"__bytes__">()));
    if (convert) {
      Ref<> bytes = TRY(call(convert.get()));
      if (!isBytes(bytes.get()))
        return raise(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", typeName(bytes.get()));
      return appendText(spec, cast<BytesObject>(bytes.get())->view(), true), Status();
    }
    if (!hasBuffer(value))
      return raise(PyExc_TypeError,
                   "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'",
                   typeName(value));
    Ref<BytesObject> bytes = TRY(bytesFromObject(value));
    return appendText(spec, bytes->view(), true), Status();
  }

  Result<char> character(PyObject* value) {
    if (isBytes(value) && cast<BytesObject>(value)->size() == 1) return cast<BytesObject>(value)->view()[0];
    if (isByteArray(value) && cast<ByteArrayObject>(value)->ob_size == 1)
      return cast<ByteArrayObject>(value)->ob_start[0];
    if (!isInt(value) && !isIndex(value))
      return raise(PyExc_TypeError, "%%c requires an integer in range(256) or a single byte");
    Ref<IntObject> index = TRY(numberIndex(value));
    long code;
    if (!intFitsLong(index.get(), &code) || code < 0 || code > 255)
      return raise(PyExc_OverflowError, "%%c arg not in range(256)");
    return static_cast<char>(code);
  }

  ByteBuilder& out_;
  std::string_view format_;
};

}  // namespace

Status bytePercent(ByteBuilder& out, std::string_view format, PyObject* args) {
  BytesHost host(out, format);
  return PercentEngine<BytesHost>(host, args).run();
}

}  // namespace krait
