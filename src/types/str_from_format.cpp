// strFormat: the printf-like formatting of PyUnicode_FromFormat and of error messages.
#include <cstdarg>
#include <cstdio>

#include "core/object.h"
#include "types/codecs.h"
#include "types/str_builder.h"
#include "types/str_internal.h"

namespace krait {
namespace {

struct Directive {
  bool zero = false;
  Py_ssize_t width = -1, precision = -1;
  char length = 0;  // 'l', 'L' (ll), 'z', or 0
  char conversion = 0;
};

class Formatter {
 public:
  Formatter(const char* format, va_list args) : at_(format) { va_copy(args_, args); }
  ~Formatter() { va_end(args_); }

  Result<Ref<StrObject>> run() {
    while (*at_) {
      const char* percent = std::strchr(at_, '%');
      size_t literal = percent ? static_cast<size_t>(percent - at_) : std::strlen(at_);
      TRY(appendLiteral({at_, literal}));
      at_ += literal;
      if (!*at_) break;
      const char* start = at_;
      Directive directive = parse();
      if (!TRY(convert(directive))) {
        appendText(start, -1);  // an unknown directive: the rest as it stands
        break;
      }
    }
    return out_.finish();
  }

 private:
  Status appendLiteral(std::string_view literal) {
    auto* bytes = reinterpret_cast<const uint8_t*>(literal.data());
    auto size = static_cast<Py_ssize_t>(literal.size()), ascii = text::asciiPrefix(bytes, size);
    out_.append(literal.substr(0, static_cast<size_t>(ascii)));
    if (ascii == size) return {};
    return raise(PyExc_ValueError,
                 "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: "
                 "0x%02x",
                 bytes[ascii]);
  }

  static bool isDigit(char c) { return c >= '0' && c <= '9'; }

  Py_ssize_t number() {
    Py_ssize_t value = 0;
    while (isDigit(*at_)) value = std::min<Py_ssize_t>(value * 10 + (*at_++ - '0'), INT32_MAX);
    return value;
  }

  Directive parse() {
    Directive d;
    at_++;
    while (*at_ == '0') d.zero = true, at_++;
    if (isDigit(*at_)) d.width = number();
    if (*at_ == '.') at_++, d.precision = number();
    if (*at_ == 'l')
      d.length = *++at_ == 'l' ? (at_++, 'L') : 'l';
    else if (*at_ == 'z')
      d.length = *at_++;
    d.conversion = *at_;
    if (*at_) at_++;
    return d;
  }

  // UTF-8 text with ill-formed parts replaced; at most `precision` bytes of it.
  void appendText(std::string_view text, Py_ssize_t precision, Py_ssize_t width = -1) {
    if (precision >= 0) text = text.substr(0, static_cast<size_t>(precision));
    auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    auto size = static_cast<Py_ssize_t>(text.size());
    if (text::asciiPrefix(bytes, size) == size) {
      out_.appendRepeated(' ', width - size);
      out_.append(text);
      return;
    }
    auto decoded = decodeUtf8(text, "replace");
    if (decoded.failed()) return clearPending();
    Ref<StrObject> s = std::move(decoded).take();
    out_.appendRepeated(' ', width - s->size());
    out_.append(s.get());
  }

  void appendStr(const StrObject* s, const Directive& d) {
    Py_ssize_t size = d.precision >= 0 ? std::min(d.precision, s->size()) : s->size();
    out_.appendRepeated(' ', d.width - size);
    out_.append(s, 0, size);
  }

  void appendNumber(const Directive& d, const char* digits) {
    std::string_view text(digits);
    bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    auto size = static_cast<Py_ssize_t>(text.size());
    Py_ssize_t zeros = std::max<Py_ssize_t>(d.precision - size, 0);
    Py_ssize_t blanks = std::max<Py_ssize_t>(d.width - negative - zeros - size, 0);
    if (d.zero) zeros += blanks, blanks = 0;
    out_.appendRepeated(' ', blanks);
    if (negative) out_.append('-');
    out_.appendRepeated('0', zeros);
    out_.append(text);
  }

  long signedArg(char length) {
    if (length == 'l') return va_arg(args_, long);
    if (length == 'L') return static_cast<long>(va_arg(args_, long long));
    if (length == 'z') return va_arg(args_, Py_ssize_t);
    return va_arg(args_, int);
  }
  unsigned long unsignedArg(char length) {
    return length ? static_cast<unsigned long>(signedArg(length)) : va_arg(args_, unsigned);
  }

  // False: not a directive that we know.
  Result<bool> convert(const Directive& d) {
    char text[32];
    switch (d.conversion) {
      case 'c': return appendChar(va_arg(args_, int));
      case 'd':
      case 'i':
        std::snprintf(text, sizeof text, "%ld", signedArg(d.length));
        return appendNumber(d, text), true;
      case 'u':
        std::snprintf(text, sizeof text, "%lu", unsignedArg(d.length));
        return appendNumber(d, text), true;
      case 'x':
        std::snprintf(text, sizeof text, "%lx", unsignedArg(d.length));
        return appendNumber(d, text), true;
      case 'p':
        std::snprintf(text, sizeof text, "%p", va_arg(args_, void*));
        return appendText(text, -1), true;
      case '%': return out_.append('%'), true;
      case 's': return appendCString(d, va_arg(args_, const char*));
      default: return convertObject(d);
    }
  }

  bool appendCString(const Directive& d, const char* text) {
    size_t size = d.precision >= 0 ? strnlen(text, static_cast<size_t>(d.precision)) : std::strlen(text);
    appendText({text, size}, d.precision, d.width);
    return true;
  }

  Result<bool> convertObject(const Directive& d) {
    switch (d.conversion) {
      case 'U': appendStr(va_arg(args_, StrObject*), d); return true;
      case 'S': appendStr(TRY(objectStr(va_arg(args_, PyObject*))).get(), d); return true;
      case 'R': appendStr(TRY(objectRepr(va_arg(args_, PyObject*))).get(), d); return true;
      case 'A': appendStr(TRY(objectAscii(va_arg(args_, PyObject*))).get(), d); return true;
      case 'V': {
        auto* object = va_arg(args_, StrObject*);
        auto* text = va_arg(args_, const char*);
        if (!object) return appendCString(d, text);
        appendStr(object, d);
        return true;
      }
      default: return false;
    }
  }

  Result<bool> appendChar(int c) {
    if (c < 0 || c > 0x10ffff) return raise(PyExc_OverflowError, "character argument not in range(0x110000)");
    out_.append(static_cast<Py_UCS4>(c));
    return true;
  }

  const char* at_;
  va_list args_;
  StrBuilder out_;
};

}  // namespace

Result<Ref<StrObject>> strFormatV(const char* format, va_list args) { return Formatter(format, args).run(); }

Result<Ref<StrObject>> strFormat(const char* format, ...) {
  va_list args;
  va_start(args, format);
  auto result = strFormatV(format, args);
  va_end(args);
  return result;
}

}  // namespace krait
