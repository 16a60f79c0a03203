// The binascii module: hexadecimal, base64, uuencode and quoted-printable, and two checksums.
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "core/native.h"
#include "core/scratch.h"
#include "modules/heap_type.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

PyObject* binascii_error = nullptr;

using ByteBuffer = InlineBuffer<char, 256>;

Result<Ref<>> bytesOf(const ByteBuffer& buffer) { return bytesFrom({buffer.data(), buffer.size()}); }

}  // namespace

// A str of ASCII characters or a bytes-like object.
struct Flag {  // an int that stands for a truth value; other objects are refused
  bool value;
  operator bool() const { return value; }
};
struct AsciiText {
  std::optional<Buffer> buffer;
  std::string_view view;
};

}  // namespace krait::modules

namespace krait {
template <>
struct ArgFrom<modules::Flag> {
  static Result<modules::Flag> from(PyObject* o, const ArgContext&) {
    return modules::Flag{TRY(asInt(o)) != 0};
  }
  template <Text D>
  static modules::Flag fallback() {
    return {D.view() == "True"};
  }
};
template <>
struct ArgFrom<modules::AsciiText> {
  static Result<modules::AsciiText> from(PyObject* o, const ArgContext&) {
    if (isStr(o)) {
      auto* text = cast<StrObject>(o);
      if (!text->isAscii()) {
        return raise(PyExc_ValueError, "string argument should contain only ASCII characters");
      }
      return modules::AsciiText{std::nullopt, text->asciiView()};
    }
    auto buffer = Buffer::acquire(o);
    if (buffer.failed()) {
      clearPending();
      return raise(PyExc_TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'",
                   typeName(o));
    }
    modules::AsciiText text{std::move(buffer).take(), {}};
    text.view = {reinterpret_cast<const char*>(text.buffer->data()),
                 static_cast<size_t>(text.buffer->size())};
    return text;
  }
};
}  // namespace krait

namespace krait::modules {
namespace {

std::string_view viewOf(const Buffer& data) {
  return {reinterpret_cast<const char*>(data.data()), static_cast<size_t>(data.size())};
}

// --- hexadecimal ---

constexpr char kHex[] = "0123456789abcdef";
constexpr char kHexUpper[] = "0123456789ABCDEF";

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

Result<int> separatorOf(Opt<> sep) {
  if (!sep) return -1;
  if (TRY(objectLength(sep.get())) != 1) return raise(PyExc_ValueError, "sep must be length 1.");
  if (isStr(sep.get())) {
    if (!cast<StrObject>(sep.get())->isAscii()) return raise(PyExc_ValueError, "sep must be ASCII.");
    return static_cast<int>(cast<StrObject>(sep.get())->at(0));
  }
  if (!isBytes(sep.get())) return raise(PyExc_TypeError, "sep must be str or bytes.");
  int c = static_cast<unsigned char>(cast<BytesObject>(sep.get())->data()[0]);
  if (c > 127) return raise(PyExc_ValueError, "sep must be ASCII.");
  return c;
}

// Separators stand every `group` bytes, counted from the right, or from the left when negative.
Result<Ref<>> hexlify(Buffer data, Opt<> sep, int group) {
  int separator = TRY(separatorOf(sep));
  std::string_view in = viewOf(data);
  size_t every = static_cast<size_t>(std::abs(group)), size = in.size();
  ByteBuffer out;
  TRY(reserveScratch(out, size * 3));
  for (size_t i = 0; i < size; i++) {
    bool boundary =
        separator >= 0 && every > 0 && i > 0 && (group > 0 ? (size - i) % every == 0 : i % every == 0);
    if (boundary) out.append(static_cast<char>(separator));
    auto byte = static_cast<unsigned char>(in[i]);
    out.append(kHex[byte >> 4]);
    out.append(kHex[byte & 15]);
  }
  return bytesOf(out);
}

Result<Ref<>> unhexlify(AsciiText text) {
  if (text.view.size() % 2 != 0) return raise(binascii_error, "Odd-length string");
  ByteBuffer out;
  TRY(reserveScratch(out, text.view.size() / 2));
  for (size_t i = 0; i < text.view.size(); i += 2) {
    int high = hexValue(text.view[i]), low = hexValue(text.view[i + 1]);
    if (high < 0 || low < 0) return raise(binascii_error, "Non-hexadecimal digit found");
    out.append(static_cast<char>(high << 4 | low));
  }
  return bytesOf(out);
}

// --- base64 ---

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr auto kBase64Values = [] {
  std::array<int8_t, 256> table;
  table.fill(-1);
  for (int i = 0; i < 64; i++) table[static_cast<unsigned char>(kBase64[i])] = static_cast<int8_t>(i);
  return table;
}();

Result<Ref<>> toBase64(Buffer data, Flag newline) {
  std::string_view in = viewOf(data);
  ByteBuffer out;
  TRY(resizeScratch(out, (in.size() + 2) / 3 * 4 + 1));
  char* at = out.data();
  for (size_t i = 0; i < in.size(); i += 3) {
    size_t left = in.size() - i;
    uint32_t bits = static_cast<unsigned char>(in[i]) << 16;
    if (left > 1) bits |= static_cast<unsigned char>(in[i + 1]) << 8;
    if (left > 2) bits |= static_cast<unsigned char>(in[i + 2]);
    *at++ = kBase64[bits >> 18];
    *at++ = kBase64[bits >> 12 & 63];
    *at++ = left > 1 ? kBase64[bits >> 6 & 63] : '=';
    *at++ = left > 2 ? kBase64[bits & 63] : '=';
  }
  if (newline) *at++ = '\n';
  return bytesFrom({out.data(), static_cast<size_t>(at - out.data())});
}

Raised badPadding(int position, size_t written) {
  if (position == 1) {
    return raise(binascii_error,
                 "Invalid base64-encoded string: number of data characters (%zd) cannot be 1 more than a "
                 "multiple of 4",
                 static_cast<Py_ssize_t>(written / 3 * 4 + 1));
  }
  return raise(binascii_error, "Incorrect padding");
}

Result<Ref<>> fromBase64(AsciiText text, Flag strict) {
  std::string_view in = text.view;
  if (strict && in.starts_with('=')) return raise(binascii_error, "Leading padding not allowed");
  ByteBuffer out;
  TRY(reserveScratch(out, in.size()));
  uint32_t bits = 0;
  int position = 0, pads = 0;  // characters of the current quadruple, '=' seen after them
  bool padding = false;
  for (size_t i = 0; i < in.size(); i++) {
    if (in[i] == '=') {
      padding = true;
      if (position >= 2 && position + ++pads >= 4) {
        if (strict && i + 1 < in.size()) return raise(binascii_error, "Excess data after padding");
        return bytesOf(out);
      }
      continue;
    }
    int value = kBase64Values[static_cast<unsigned char>(in[i])];
    if (value < 0) {
      if (strict) return raise(binascii_error, "Only base64 data is allowed");
      continue;
    }
    if (strict && padding) return raise(binascii_error, "Discontinuous padding not allowed");
    pads = 0;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (position > 0) out.append(static_cast<char>(bits >> (6 - 2 * position)));
    position = (position + 1) % 4;
  }
  if (position != 0) return badPadding(position, out.size());
  return bytesOf(out);
}

// --- uuencode ---

Result<Ref<>> fromUu(AsciiText text) {
  std::string_view in = text.view;
  size_t at = 0;
  size_t length = in.empty() ? 32 : (static_cast<unsigned char>(in[at++]) - ' ') & 63;
  ByteBuffer out;
  uint32_t bits = 0;
  int count = 0;
  while (out.size() < length) {
    // Trailing spaces may have been lost: zeros take their place.
    bool missing = at >= in.size();
    unsigned char c = missing ? 0 : static_cast<unsigned char>(in[at]);
    at++;
    if (missing || c == '\n' || c == '\r') {
      c = 0;
    } else {
      if (c < ' ' || c > ' ' + 64) return raise(binascii_error, "Illegal char");
      c = (c - ' ') & 63;
    }
    bits = bits << 6 | c;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.append(static_cast<char>(bits >> count));
    }
  }
  for (; at < in.size(); at++) {
    char c = in[at];
    if (c != ' ' && c != '`' && c != '\n' && c != '\r') return raise(binascii_error, "Trailing garbage");
  }
  return bytesOf(out);
}

Result<Ref<>> toUu(Buffer data, Flag backtick) {
  std::string_view in = viewOf(data);
  if (in.size() > 45) return raise(binascii_error, "At most 45 bytes at once");
  auto character = [&](uint32_t value) {
    return backtick && value == 0 ? '`' : static_cast<char>(value + ' ');
  };
  ByteBuffer out;
  out.append(character(static_cast<uint32_t>(in.size())));
  for (size_t i = 0; i < in.size(); i += 3) {
    uint32_t bits = 0;
    for (size_t j = 0; j < 3; j++)
      bits = bits << 8 | (i + j < in.size() ? static_cast<unsigned char>(in[i + j]) : 0);
    for (int shift = 18; shift >= 0; shift -= 6) out.append(character(bits >> shift & 63));
  }
  out.append('\n');
  return bytesOf(out);
}

// --- quoted-printable ---

Result<Ref<>> fromQuotedPrintable(AsciiText text, Flag header) {
  std::string_view in = text.view;
  ByteBuffer out;
  TRY(reserveScratch(out, in.size()));
  for (size_t i = 0; i < in.size(); i++) {
    char c = in[i];
    if (header && c == '_') {
      out.append(' ');
      continue;
    }
    if (c != '=') {
      out.append(c);
      continue;
    }
    if (++i >= in.size()) break;
    if (in[i] == '\n' || in[i] == '\r') {
      // A soft line break: skip to the end of the line.
      while (i < in.size() && in[i] != '\n') i++;
    } else if (in[i] == '=') {
      out.append('=');
    } else if (i + 1 < in.size() && hexValue(in[i]) >= 0 && hexValue(in[i + 1]) >= 0) {
      out.append(static_cast<char>(hexValue(in[i]) << 4 | hexValue(in[i + 1])));
      i++;
    } else {
      out.append('=');
      i--;
    }
  }
  return bytesOf(out);
}

class QuotedPrintableWriter {
 public:
  QuotedPrintableWriter(std::string_view in, bool quote_tabs, bool is_text, bool header)
      : in_(in), quote_tabs_(quote_tabs), is_text_(is_text), header_(header) {
    // The kind of the first line end is used for all.
    size_t newline = in.find('\n');
    crlf_ = newline != in.npos && newline > 0 && in[newline - 1] == '\r';
  }

  // Three characters for each byte, and line ends.
  Status reserve() { return reserveScratch(out_, in_.size() * 4); }
  const ByteBuffer& write() {
    for (at_ = 0; at_ < in_.size();) step();
    return out_;
  }

 private:
  static constexpr size_t kMaxLine = 76;

  bool isLineEnd(size_t i) const {
    return i < in_.size() && (in_[i] == '\n' || (in_[i] == '\r' && i + 1 < in_.size() && in_[i + 1] == '\n'));
  }

  bool mustQuote(char c) const {
    auto byte = static_cast<unsigned char>(c);
    bool last = at_ + 1 == in_.size();
    if (byte > 126 || c == '=' || (header_ && c == '_')) return true;
    if (c == '.' && line_ == 0 && (last || in_[at_ + 1] == '\n' || in_[at_ + 1] == '\r' || in_[at_ + 1] == 0))
      return true;
    if (!is_text_ && (c == '\r' || c == '\n')) return true;
    if ((c == '\t' || c == ' ') && last) return true;
    if (byte >= 33) return false;
    return c != '\r' && c != '\n' && (quote_tabs_ || (c != '\t' && c != ' '));
  }

  void breakLine() {
    out_.append('=');
    if (crlf_) out_.append('\r');
    out_.append('\n');
    line_ = 0;
  }

  void quote(char c) {
    auto byte = static_cast<unsigned char>(c);
    out_.append('=');
    out_.append(kHexUpper[byte >> 4]);
    out_.append(kHexUpper[byte & 15]);
  }

  void step() {
    char c = in_[at_];
    if (mustQuote(c)) {
      if (line_ + 3 >= kMaxLine) breakLine();
      quote(c);
      at_++;
      line_ += 3;
      return;
    }
    if (is_text_ && isLineEnd(at_)) {
      endLine();
      return;
    }
    if (at_ + 1 != in_.size() && in_[at_ + 1] != '\n' && line_ + 1 >= kMaxLine) breakLine();
    line_++;
    out_.append(header_ && c == ' ' ? '_' : c);
    at_++;
  }

  void endLine() {
    line_ = 0;
    // Blanks before the end of a line would get lost.
    if (!out_.empty() && (out_[out_.size() - 1] == ' ' || out_[out_.size() - 1] == '\t')) {
      char blank = out_[out_.size() - 1];
      out_.resize(out_.size() - 1);
      quote(blank);
    }
    if (crlf_) out_.append('\r');
    out_.append('\n');
    at_ += in_[at_] == '\r' ? 2 : 1;
  }

  std::string_view in_;
  bool quote_tabs_, is_text_, header_, crlf_;
  size_t at_ = 0, line_ = 0;
  ByteBuffer out_;
};

Result<Ref<>> toQuotedPrintable(Buffer data, Flag quote_tabs, Flag is_text, Flag header) {
  QuotedPrintableWriter writer(viewOf(data), quote_tabs, is_text, header);
  TRY(writer.reserve());
  return bytesOf(writer.write());
}

// --- checksums ---

Result<unsigned> initialValue(PyObject* o) {
  Ref<IntObject> number = TRY(numberIndex(o));
  return static_cast<unsigned>(intAsUnsignedLongMask(number));
}

Result<Ref<>> crcHqx(Buffer data, PyObject* initial) {
  unsigned crc = TRY(initialValue(initial)) & 0xffff;
  for (char c : viewOf(data)) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8;
    for (int i = 0; i < 8; i++) crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xffff : crc << 1;
  }
  return intFromLong(crc);
}

Result<Ref<>> crc32Function(Buffer data, Opt<> initial) {
  unsigned crc = initial ? TRY(initialValue(initial.get())) : 0;
  return intFromUnsignedLong(crc32_z(crc, data.data(), static_cast<size_t>(data.size())));
}

constinit PyMethodDef kMethods[] = {
    function<"a2b_uu($module, data, /)", fromUu, "Decode a line of uuencoded data.">,
    function<"b2a_uu($module, data, /, *, backtick=False)", toUu, "Uuencode line of data.">,
    function<"a2b_base64($module, data, /, *, strict_mode=False)", fromBase64,
             "Decode a line of base64 data.">,
    function<"b2a_base64($module, data, /, *, newline=True)", toBase64, "Base64-code line of data.">,
    function<"a2b_hex($module, hexstr, /)", unhexlify, "Binary data of hexadecimal representation.">,
    function<"b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", hexlify,
             "Hexadecimal representation of binary data.">,
    function<"hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", hexlify,
             "Hexadecimal representation of binary data.">,
    function<"unhexlify($module, hexstr, /)", unhexlify, "Binary data of hexadecimal representation.">,
    function<"crc_hqx($module, data, crc, /)", crcHqx, "Compute CRC-CCITT incrementally.">,
    function<"crc32($module, data, crc=0, /)", crc32Function, "Compute CRC-32 incrementally.">,
    function<"a2b_qp($module, /, data, header=False)", fromQuotedPrintable,
             "Decode a string of qp-encoded data.">,
    function<"b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)", toQuotedPrintable,
             "Encode a string using quoted-printable encoding.">,
    {}};

Status binasciiExec(PyObject* module) {
  TRY(exceptionAddOnce(module, &binascii_error, "binascii.Error", PyExc_ValueError));
  TRY(exceptionAdd(module, "binascii.Incomplete", PyExc_Exception));
  return {};
}

constinit PyModuleDef kModule =
    moduleDef<"binascii", binasciiExec>(kMethods, "Conversion between binary data and ASCII");

}  // namespace

PyObject* initBinascii() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
