// UTF-7 (RFC 2152): ASCII with stretches of base64-encoded UTF-16 between '+' and '-'.
#include "base/text/utf8.h"
#include "types/codec_errors.h"
#include "types/str_internal.h"

namespace krait {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64Value(uint8_t c) {
  size_t at = c < 128 ? kBase64.find(static_cast<char>(c)) : std::string_view::npos;
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Characters that the decoder takes as they are.
bool isDirectInput(uint8_t c) { return c < 0x80 && c != '+'; }

// Characters that the encoder writes as they are: RFC 2152's set D and the optional ones and white space.
bool isDirectOutput(Py_UCS4 c) {
  if (c == '\t' || c == '\n' || c == '\r' || c == ' ') return true;
  return c > ' ' && c < 0x7F && c != '+' && c != '\\' && c != '~';
}

class Utf7Decoder {
 public:
  Utf7Decoder(std::string_view bytes, const char* errors, bool final)
      : run_("utf7", bytes, errors), final_(final) {}

  Result<Ref<StrObject>> decode(Py_ssize_t* consumed) {
    while (at_ < size()) TRY(in_shift_ ? shifted() : plain());
    if (final_ && in_shift_ && (surrogate_ || bits_ >= 6 || (bits_ > 0 && (buffer_ & ((1u << bits_) - 1)))))
      TRY(endInShift());
    if (consumed) *consumed = in_shift_ && !final_ ? giveBackShift() : at_;
    return out_.finish();
  }

 private:
  Py_ssize_t size() const { return static_cast<Py_ssize_t>(run_.input().size()); }
  uint8_t byte(Py_ssize_t i) const { return static_cast<uint8_t>(run_.input()[static_cast<size_t>(i)]); }

  Status plain() {
    uint8_t c = byte(at_);
    if (c == '+') return startShift();
    if (isDirectInput(c)) {
      at_++;
      out_.append(static_cast<Py_UCS4>(c));
      return {};
    }
    return fail(at_, at_ + 1, "unexpected special character");
  }

  Status startShift() {
    shift_start_ = at_++;
    if (at_ < size() && byte(at_) == '-') {
      at_++;
      out_.append('+');
      return {};
    }
    if (at_ < size() && base64Value(byte(at_)) < 0) return fail(shift_start_, at_ + 1, "ill-formed sequence");
    in_shift_ = true;
    surrogate_ = bits_ = buffer_ = 0;
    out_at_shift_ = out_.size();
    return {};
  }

  Status shifted() {
    uint8_t c = byte(at_);
    int value = base64Value(c);
    if (value < 0) return leaveShift(c);
    at_++;
    buffer_ = buffer_ << 6 | static_cast<uint32_t>(value);
    bits_ += 6;
    if (bits_ < 16) return {};
    bits_ -= 16;
    takeUnit(buffer_ >> bits_ & 0xFFFF);
    buffer_ &= (1u << bits_) - 1;
    return {};
  }

  void takeUnit(Py_UCS4 unit) {
    if (surrogate_) {
      Py_UCS4 high = std::exchange(surrogate_, 0);
      if (text::isLowSurrogate(unit))
        return out_.append(static_cast<Py_UCS4>(text::joinSurrogates(high, unit)));
      out_.append(high);
    }
    if (text::isHighSurrogate(unit))
      surrogate_ = unit;
    else
      out_.append(unit);
  }

  // A character outside base64 ends the stretch; left-over bits must be few and zero.
  Status leaveShift(uint8_t c) {
    in_shift_ = false;
    if (bits_ >= 6) return fail(shift_start_, ++at_, "partial character in shift sequence");
    if (bits_ > 0 && buffer_ != 0)
      return fail(shift_start_, ++at_, "non-zero padding bits in shift sequence");
    if (surrogate_ && isDirectInput(c)) out_.append(surrogate_);
    surrogate_ = 0;
    if (c == '-') at_++;
    return {};
  }

  Status endInShift() {
    in_shift_ = false;
    return fail(shift_start_, size(), "unterminated shift sequence");
  }

  Status fail(Py_ssize_t start, Py_ssize_t end, const char* reason) {
    at_ = TRY(run_.handle(out_, start, end, reason));
    return {};
  }

  // An unfinished stretch is left for the next call: its characters are taken back.
  Py_ssize_t giveBackShift() {
    out_.truncate(out_at_shift_);
    return shift_start_;
  }

  DecodeRun run_;
  StrBuilder out_;
  bool final_, in_shift_ = false;
  Py_ssize_t at_ = 0, shift_start_ = 0, out_at_shift_ = 0;
  uint32_t buffer_ = 0, surrogate_ = 0;
  int bits_ = 0;
};

class Utf7Encoder {
 public:
  void put(Py_UCS4 c) {
    if (in_shift_ && isDirectOutput(c)) leaveShift(c);
    if (!in_shift_) {
      if (isDirectOutput(c)) return out_.append(static_cast<char>(c));
      if (c == '+') return out_.append("+-");
      out_.append('+');
      in_shift_ = true;
    }
    if (c >= 0x10000) {
      putUnit(0xD800 | (c - 0x10000) >> 10);
      c = 0xDC00 | ((c - 0x10000) & 0x3FF);
    }
    putUnit(c);
  }

  Result<Ref<BytesObject>> finish() {
    flush();
    if (in_shift_) out_.append('-');
    return out_.finish();
  }

 private:
  void flush() {
    if (bits_ > 0) out_.append(kBase64[buffer_ << (6 - bits_) & 63]);
    bits_ = 0;
    buffer_ = 0;
  }
  void leaveShift(Py_UCS4 next) {
    flush();
    in_shift_ = false;
    if (base64Value(static_cast<uint8_t>(next)) >= 0 || next == '-') out_.append('-');
  }
  void putUnit(uint32_t unit) {
    buffer_ = buffer_ << 16 | unit;
    for (bits_ += 16; bits_ >= 6; bits_ -= 6) out_.append(kBase64[buffer_ >> (bits_ - 6) & 63]);
    buffer_ &= (1u << bits_) - 1;
  }

  ByteBuilder out_;
  bool in_shift_ = false;
  uint64_t buffer_ = 0;
  int bits_ = 0;
};

}  // namespace

Result<Ref<StrObject>> decodeUtf7(std::string_view bytes, const char* errors, Py_ssize_t* consumed) {
  return Utf7Decoder(bytes, errors, consumed == nullptr).decode(consumed);
}

Result<Ref<BytesObject>> encodeUtf7(StrObject* s, const char*) {
  Utf7Encoder encoder;
  for (Py_ssize_t i = 0; i < s->size(); i++) encoder.put(s->at(i));
  return encoder.finish();
}

}  // namespace krait
