// str % args
#include "core/errors.h"
#include "types/percent_format.h"
#include "types/str_internal.h"
#include "types/text_pieces.h"

namespace krait {
namespace {

class StrHost {
 public:
  static constexpr const char* kKind = "string";
  static constexpr bool kHasZFlag = false;
  static constexpr bool kSaysDForI = false;
  static constexpr const char* kPrecisionTooBig = "precision too big";

  explicit StrHost(StrObject* format) : format_(format) {}

  Py_UCS4 at(Py_ssize_t i) const { return format_->at(i); }
  Py_ssize_t size() const { return format_->size(); }
  void literal(Py_ssize_t start, Py_ssize_t end) { out_.append(format_, start, end); }
  Result<Ref<>> key(Py_ssize_t start, Py_ssize_t end) { return TRY(strSubstring(format_, start, end)); }
  static bool acceptsMapping(PyObject* args) { return isMapping(args) && !isStr(args); }

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
      case 's': appendText(spec, TRY(objectStr(value)).get(), spec.precision); return true;
      case 'r': appendText(spec, TRY(objectRepr(value)).get(), spec.precision); return true;
      case 'a': appendText(spec, TRY(objectAscii(value)).get(), spec.precision); return true;
      case 'c': appendText(spec, TRY(character(value)).get(), -1); return true;
      default: return false;
    }
  }

  Raised raiseUnsupported(const PercentSpec& spec, Py_ssize_t index) {
    Py_UCS4 c = spec.conversion;
    int shown = c >= 32 && c <= 126 ? static_cast<int>(c) : '?';
    return raise(PyExc_ValueError, "unsupported format character '%c' (0x%x) at index %zd", shown, c, index);
  }
  Raised raiseNotReal(PyObject*) { return Raised{}; }
  bool failed() const { return out_.failed(); }
  Result<Ref<StrObject>> finish() { return out_.finish(); }

 private:
  void appendText(const PercentSpec& spec, StrObject* text, Py_ssize_t precision) {
    Py_ssize_t size = precision >= 0 ? std::min<Py_ssize_t>(precision, text->size()) : text->size();
    if (!spec.left) out_.appendRepeated(' ', spec.width - size);
    out_.append(text, 0, size);
    if (spec.left) out_.appendRepeated(' ', spec.width - size);
  }

  Result<Ref<StrObject>> character(PyObject* value) {
    if (isStr(value)) {
      if (cast<StrObject>(value)->size() == 1) return share(cast<StrObject>(value));
      return raise(PyExc_TypeError, "%%c requires int or char");
    }
    auto number = numberIndex(value);
    if (number.failed()) {
      if (!pendingMatches(PyExc_TypeError)) return Raised{};
      clearPending();
      return raise(PyExc_TypeError, "%%c requires int or char");
    }
    Ref<IntObject> code = std::move(number).take();
    long c;
    if (!intFitsLong(code.get(), &c) || c < 0 || c > 0x10ffff)
      return raise(PyExc_OverflowError, "%%c arg not in range(0x110000)");
    return strFromChar(static_cast<Py_UCS4>(c));
  }

  StrObject* format_;
  TextPieces out_;
};

}  // namespace

Result<Ref<StrObject>> strPercent(StrObject* format, PyObject* args) {
  StrHost host(format);
  TRY(PercentEngine<StrHost>(host, args).run());
  return host.finish();
}

}  // namespace krait
