// UTF-8, and the file-system encoding built on it.
#include <string>

#include "base/text/utf8.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "types/codec_errors.h"
#include "types/codecs.h"
#include "types/str_internal.h"

namespace krait {
namespace {

using text::Utf8Step;

const uint8_t* bytesOf(std::string_view view) { return reinterpret_cast<const uint8_t*>(view.data()); }

// What a well-formed text decodes to.
struct Utf8Shape {
  Py_ssize_t count = 0;
  uint32_t all = 0;  // union of all code points
  bool well_formed = true;
};

Utf8Shape measure(std::string_view bytes, Py_ssize_t ascii, bool allow_surrogates) {
  Utf8Shape shape{ascii};
  const uint8_t *p = bytesOf(bytes) + ascii, *end = bytesOf(bytes) + bytes.size();
  while (p < end) {
    if (*p < 0x80) {
      Py_ssize_t run = text::asciiPrefix(p, end - p);
      shape.count += run;
      p += run;
      continue;
    }
    Utf8Step step = text::readUtf8(p, end, allow_surrogates);
    if (step.problem) return shape.well_formed = false, shape;
    shape.all |= step.code;
    shape.count++;
    p += step.length;
  }
  return shape;
}

template <class C>
void decodeInto(C* out, std::string_view bytes) {
  const uint8_t *p = bytesOf(bytes), *end = p + bytes.size();
  while (p < end) {
    if (*p < 0x80) {
      Py_ssize_t run = text::asciiPrefix(p, end - p);
      text::convert(out, p, run);
      out += run;
      p += run;
      continue;
    }
    do *out++ = static_cast<C>(text::takeUtf8(p));
    while (p < end && *p >= 0x80);
  }
}

Result<Ref<StrObject>> decodeWellFormed(std::string_view bytes, const Utf8Shape& shape) {
  if (shape.count == 1 && shape.all < 0x100) return strFromChar(shape.all);
  Ref<StrObject> s = TRY(strNew(shape.count, maxCharClass(shape.all)));
  withMutableChars(s.get(), [&](auto* out, Py_ssize_t) { decodeInto(out, bytes); });
  return s;
}

const char* reasonFor(Utf8Step::Problem problem) {
  switch (problem) {
    case Utf8Step::kBadStart: return "invalid start byte";
    case Utf8Step::kBadContinuation: return "invalid continuation byte";
    default: return "unexpected end of data";
  }
}

// With surrogatepass an incomplete surrogate counts as ill-formed, as it does without.
Utf8Step readStep(const uint8_t* p, const uint8_t* end, bool allow_surrogates) {
  Utf8Step step = text::readUtf8(p, end, allow_surrogates);
  return step.problem && allow_surrogates ? text::readUtf8(p, end) : step;
}

// An incremental decoder waits for the third byte of a surrogate before it complains.
bool isTruncatedSurrogate(std::string_view rest) {
  return rest.size() == 2 && rest[0] == '\xED' && rest[1] >= '\xA0' && rest[1] <= '\xBF';
}

// The general loop: error handlers, incremental input.
Result<Ref<StrObject>> decodeLoop(std::string_view bytes, const char* errors, Py_ssize_t* consumed) {
  DecodeRun run("utf-8", bytes, errors);
  StrBuilder out;
  bool allow_surrogates = run.mode() == ErrorMode::kSurrogatePass;
  Py_ssize_t at = 0;
  while (at < static_cast<Py_ssize_t>(run.input().size())) {
    const uint8_t *start = bytesOf(run.input()), *p = start + at, *end = start + run.input().size();
    if (*p < 0x80) {
      Py_ssize_t ascii = text::asciiPrefix(p, end - p);
      out.append(run.input().substr(static_cast<size_t>(at), static_cast<size_t>(ascii)));
      at += ascii;
      continue;
    }
    Utf8Step step = readStep(p, end, allow_surrogates);
    if (!step.problem) {
      out.append(static_cast<Py_UCS4>(step.code));
      at += step.length;
      continue;
    }
    bool truncated = step.problem == Utf8Step::kTruncated ||
                     isTruncatedSurrogate(run.input().substr(static_cast<size_t>(at)));
    if (consumed && truncated) break;
    at = TRY(run.handle(out, at, at + step.length, reasonFor(step.problem)));
  }
  if (consumed) *consumed = at;
  return out.finish();
}

// --- encoding ----------------------------------------------------------------------------------------------

Py_ssize_t encodedSize(const StrObject* s, bool* has_surrogates) {
  return withChars(s, [&](auto* chars, Py_ssize_t n) {
    Py_ssize_t size = n;
    bool surrogates = false;
    for (Py_ssize_t i = 0; i < n; i++) {
      uint32_t c = chars[i];
      size += (c >= 0x80) + (c >= 0x800) + (c >= 0x10000);
      surrogates |= text::isSurrogate(c);
    }
    *has_surrogates = surrogates;
    return size;
  });
}

// Characters without surrogates; ASCII runs of narrow strings are copied at once.
template <class C>
void encodeInto(uint8_t* out, const C* chars, Py_ssize_t count) {
  for (Py_ssize_t i = 0; i < count; i++) {
    if constexpr (sizeof(C) == 1) {
      Py_ssize_t run = text::asciiPrefix(chars + i, count - i);
      std::memcpy(out, chars + i, static_cast<size_t>(run));
      out += run;
      if ((i += run) == count) return;
    }
    out = text::writeUtf8(out, chars[i]);
  }
}

void putCodePoint(ByteBuilder& out, Py_UCS4 c) {
  uint8_t encoded[4];
  uint8_t* end = text::writeUtf8(encoded, c);
  out.append({reinterpret_cast<char*>(encoded), static_cast<size_t>(end - encoded)});
}

// Encodes the run of surrogates text[start, end) as the error mode says; answers where to go on.
Result<Py_ssize_t> encodeSurrogates(EncodeRun& run, ByteBuilder& out, StrObject* s, Py_ssize_t start,
                                    Py_ssize_t end) {
  constexpr const char* kReason = "surrogates not allowed";
  if (run.mode() == ErrorMode::kSurrogatePass) {
    for (Py_ssize_t i = start; i < end; i++) putCodePoint(out, s->at(i));
    return end;
  }
  if (run.mode() == ErrorMode::kSurrogateEscape) {
    while (start < end && s->at(start) >= 0xDC80 && s->at(start) <= 0xDCFF)
      out.append(static_cast<char>(s->at(start++) - 0xDC00));
    if (start == end) return end;
  }
  EncodeRun::Replacement replacement = TRY(run.handle(start, end, kReason));
  if (isBytes(replacement.value.get())) {
    out.append(cast<BytesObject>(replacement.value.get())->view());
    return replacement.next;
  }
  auto* text = cast<StrObject>(replacement.value.get());
  if (!text->isAscii()) return run.raiseStrict(start, end, kReason);
  out.append(text->asciiView());
  return replacement.next;
}

Result<Ref<BytesObject>> encodeWithSurrogates(StrObject* s, const char* errors) {
  EncodeRun run("utf-8", s, errors);
  ByteBuilder out;
  out.reserve(s->size());
  for (Py_ssize_t at = 0; at < s->size();) {
    if (!text::isSurrogate(s->at(at))) {
      putCodePoint(out, s->at(at++));
      continue;
    }
    Py_ssize_t end = at;
    while (end < s->size() && text::isSurrogate(s->at(end))) end++;
    at = TRY(encodeSurrogates(run, out, s, at, end));
  }
  return out.finish();
}

}  // namespace

Result<Ref<StrObject>> decodeUtf8(std::string_view bytes, const char* errors, Py_ssize_t* consumed) {
  auto size = static_cast<Py_ssize_t>(bytes.size());
  if (consumed) *consumed = size;
  Py_ssize_t ascii = text::asciiPrefix(bytesOf(bytes), size);
  if (ascii == size) return strFromAscii(bytes);
  bool allow_surrogates = errorModeOf(errors) == ErrorMode::kSurrogatePass;
  Utf8Shape shape = measure(bytes, ascii, allow_surrogates);
  if (shape.well_formed) return decodeWellFormed(bytes, shape);
  return decodeLoop(bytes, errors, consumed);
}

Result<Ref<BytesObject>> encodeUtf8(StrObject* s, const char* errors) {
  if (s->isAscii()) return bytesFrom(s->asciiView());
  auto* cached = static_cast<CompactStrObject*>(s);
  if (cached->utf8) return bytesFrom({cached->utf8, static_cast<size_t>(cached->utf8_length)});
  bool has_surrogates;
  Py_ssize_t size = encodedSize(s, &has_surrogates);
  if (has_surrogates) return encodeWithSurrogates(s, errors);
  Ref<BytesObject> bytes = TRY(bytesNew(size));
  auto* out = reinterpret_cast<uint8_t*>(bytes->data());
  withChars(s, [&](auto* chars, Py_ssize_t n) { encodeInto(out, chars, n); });
  return bytes;
}

// --- file system -------------------------------------------------------------------------------------------

namespace {

bool fsIsAscii() { return interpreter().config.fs_encoding == "ascii"; }

}  // namespace

Result<Ref<StrObject>> fsDecode(std::string_view bytes) {
  return fsIsAscii() ? decodeAscii(bytes, "surrogateescape") : decodeUtf8(bytes, "surrogateescape");
}

Result<std::string> fsEncode(StrObject* s) {
  Ref<BytesObject> bytes =
      TRY(fsIsAscii() ? encodeAscii(s, "surrogateescape") : encodeUtf8(s, "surrogateescape"));
  if (bytes->view().find('\0') != std::string_view::npos)
    return raise(PyExc_ValueError, "embedded null byte");
  return scratchText(bytes->view());
}

}  // namespace krait
