// ASCII and Latin-1.
#include "types/codec_errors.h"
#include "types/str_internal.h"

namespace krait {
namespace {

// Encodes into one byte per character below `limit`.
class NarrowEncoder {
 public:
  NarrowEncoder(StrObject* s, const char* errors, Py_UCS4 limit)
      : text_(s),
        limit_(limit),
        reason_(limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)"),
        run_(limit == 128 ? "ascii" : "latin-1", s, errors) {}

  Result<Ref<BytesObject>> encode() {
    out_.reserve(text_->size());
    for (Py_ssize_t at = 0; at < text_->size();) {
      Py_UCS4 c = text_->at(at);
      if (c < limit_) {
        out_.append(static_cast<char>(c));
        at++;
        continue;
      }
      Py_ssize_t end = at;
      while (end < text_->size() && text_->at(end) >= limit_) end++;
      at = TRY(replace(at, end));
    }
    return out_.finish();
  }

 private:
  Result<Py_ssize_t> replace(Py_ssize_t start, Py_ssize_t end) {
    if (run_.mode() == ErrorMode::kSurrogateEscape) {
      while (start < end && text_->at(start) >= 0xDC80 && text_->at(start) <= 0xDCFF)
        out_.append(static_cast<char>(text_->at(start++) - 0xDC00));
      if (start == end) return end;
    }
    EncodeRun::Replacement replacement = TRY(run_.handle(start, end, reason_));
    if (isBytes(replacement.value.get())) {
      out_.append(cast<BytesObject>(replacement.value.get())->view());
      return replacement.next;
    }
    auto* text = cast<StrObject>(replacement.value.get());
    for (Py_ssize_t i = 0; i < text->size(); i++) {
      if (text->at(i) >= limit_) return run_.raiseStrict(start, end, reason_);
      out_.append(static_cast<char>(text->at(i)));
    }
    return replacement.next;
  }

  StrObject* text_;
  Py_UCS4 limit_;
  const char* reason_;
  EncodeRun run_;
  ByteBuilder out_;
};

}  // namespace

Result<Ref<StrObject>> decodeLatin1(std::string_view bytes) { return strFromLatin1(bytes); }

Result<Ref<StrObject>> decodeAscii(std::string_view bytes, const char* errors) {
  auto prefix = [](std::string_view part) {
    return static_cast<size_t>(text::asciiPrefix(reinterpret_cast<const uint8_t*>(part.data()),
                                                 static_cast<Py_ssize_t>(part.size())));
  };
  if (prefix(bytes) == bytes.size()) return strFromAscii(bytes);
  DecodeRun run("ascii", bytes, errors);
  StrBuilder out;
  for (size_t at = 0; at < run.input().size();) {
    size_t ascii = prefix(run.input().substr(at));
    out.append(run.input().substr(at, ascii));
    at += ascii;
    if (at == run.input().size()) break;
    auto start = static_cast<Py_ssize_t>(at);
    at = static_cast<size_t>(TRY(run.handle(out, start, start + 1, "ordinal not in range(128)")));
  }
  return out.finish();
}

Result<Ref<BytesObject>> encodeLatin1(StrObject* s, const char* errors) {
  if (s->kind() == 1) return bytesFrom({static_cast<const char*>(s->data()), static_cast<size_t>(s->size())});
  return NarrowEncoder(s, errors, 256).encode();
}

Result<Ref<BytesObject>> encodeAscii(StrObject* s, const char* errors) {
  if (s->isAscii()) return bytesFrom(s->asciiView());
  return NarrowEncoder(s, errors, 128).encode();
}

}  // namespace krait
