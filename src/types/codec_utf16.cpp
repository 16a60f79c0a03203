// UTF-16 and UTF-32.
#include "base/text/utf8.h"
#include "types/codec_errors.h"
#include "types/str_internal.h"

namespace krait {
namespace {

// How code units lie in the input: width in bytes and order.
struct UnitFormat {
  int width;
  bool big_endian;

  uint32_t read(std::string_view bytes, Py_ssize_t at) const {
    uint32_t value = 0;
    for (int i = 0; i < width; i++) {
      auto byte = static_cast<uint8_t>(bytes[static_cast<size_t>(at + i)]);
      value |= static_cast<uint32_t>(byte) << 8 * (big_endian ? width - 1 - i : i);
    }
    return value;
  }
  void put(ByteBuilder& out, uint32_t value) const {
    char bytes[4];
    for (int i = 0; i < width; i++)
      bytes[i] = static_cast<char>(value >> 8 * (big_endian ? width - 1 - i : i));
    out.append({bytes, static_cast<size_t>(width)});
  }
};

const char* encodingName(int width, int byte_order) {
  if (width == 2) return byte_order == 0 ? "utf-16" : byte_order < 0 ? "utf-16-le" : "utf-16-be";
  return byte_order == 0 ? "utf-32" : byte_order < 0 ? "utf-32-le" : "utf-32-be";
}

// Finds the byte order of `bytes`; answers how many bytes the mark takes.
Py_ssize_t detectOrder(std::string_view bytes, int width, int* byte_order) {
  if (*byte_order != 0 || static_cast<int>(bytes.size()) < width) return 0;
  if (UnitFormat{width, false}.read(bytes, 0) == 0xFEFF) return *byte_order = -1, width;
  uint32_t swapped_mark = width == 2 ? 0xFFFE : 0xFFFE0000;
  if (UnitFormat{width, false}.read(bytes, 0) == swapped_mark) return *byte_order = 1, width;
  return 0;
}

// What stands at one place of the input.
struct UnitStep {
  uint32_t code = 0;
  Py_ssize_t length = 0;  // of the character, or of the ill-formed part
  const char* problem = nullptr;
  bool incomplete = false;  // more input could mend it
};

UnitStep readUtf16(std::string_view bytes, Py_ssize_t at, UnitFormat format) {
  Py_ssize_t left = static_cast<Py_ssize_t>(bytes.size()) - at;
  if (left < 2) return {0, left, "truncated data", true};
  uint32_t unit = format.read(bytes, at);
  if (!text::isSurrogate(unit)) return {unit, 2};
  if (text::isLowSurrogate(unit)) return {0, 2, "illegal encoding"};
  if (left < 4) return {0, left, "unexpected end of data", true};
  uint32_t low = format.read(bytes, at + 2);
  if (!text::isLowSurrogate(low)) return {0, 2, "illegal UTF-16 surrogate"};
  return {text::joinSurrogates(unit, low), 4};
}

UnitStep readUtf32(std::string_view bytes, Py_ssize_t at, UnitFormat format) {
  Py_ssize_t left = static_cast<Py_ssize_t>(bytes.size()) - at;
  if (left < 4) return {0, left, "truncated data", true};
  uint32_t code = format.read(bytes, at);
  if (code > 0x10FFFF) return {0, 4, "code point not in range(0x110000)"};
  if (text::isSurrogate(code)) return {0, 4, "code point in surrogate code point range(0xd800, 0xe000)"};
  return {code, 4};
}

// Appends the units before the first surrogate of little-endian UTF-16; answers how many bytes they were.
Py_ssize_t takePlainRun(StrBuilder& out, std::string_view bytes) {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 2) return 0;
  auto units = static_cast<Py_ssize_t>(bytes.size() / 2), count = Py_ssize_t{0};
  uint32_t all = 0;
  for (; count < units; count++) {
    uint16_t unit;
    std::memcpy(&unit, bytes.data() + 2 * count, 2);
    if (text::isSurrogate(unit)) break;
    all |= unit;
  }
  out.appendUnits(2, bytes.data(), 0, count, maxCharClass(all));
  return 2 * count;
}

Result<Ref<StrObject>> decodeUnits(std::string_view bytes, int width, const char* errors, int* byte_order,
                                   Py_ssize_t* consumed) {
  int order = byte_order ? *byte_order : 0;
  Py_ssize_t at = detectOrder(bytes, width, &order);
  UnitFormat format{width, order > 0};
  DecodeRun run(encodingName(width, order > 0 ? 1 : -1), bytes, errors);
  StrBuilder out;
  out.reserve(static_cast<Py_ssize_t>(bytes.size()) / width);
  while (at < static_cast<Py_ssize_t>(run.input().size())) {
    if (width == 2 && !format.big_endian)
      at += takePlainRun(out, run.input().substr(static_cast<size_t>(at)));
    if (at == static_cast<Py_ssize_t>(run.input().size())) break;
    UnitStep step = width == 2 ? readUtf16(run.input(), at, format) : readUtf32(run.input(), at, format);
    if (!step.problem) {
      out.append(static_cast<Py_UCS4>(step.code));
      at += step.length;
      continue;
    }
    if (consumed && step.incomplete) break;
    at = TRY(run.handle(out, at, at + step.length, step.problem));
  }
  if (byte_order) *byte_order = order;
  if (consumed) *consumed = at;
  return out.finish();
}

template <class U>
char* putUnit(char* out, bool big_endian, uint32_t value) {
  U unit = static_cast<U>(value);
  if (big_endian)
    unit = sizeof(U) == 2 ? __builtin_bswap16(static_cast<uint16_t>(unit)) : __builtin_bswap32(unit);
  std::memcpy(out, &unit, sizeof unit);
  return out + sizeof unit;
}

// Encodes characters from `start` up to the next surrogate; answers where that is.
template <class C>
Py_ssize_t putRunOf(ByteBuilder& out, UnitFormat format, const C* chars, Py_ssize_t start, Py_ssize_t size) {
  Py_ssize_t end = start, wide = 0;
  for (; end < size && !(sizeof(C) > 1 && text::isSurrogate(chars[end])); end++)
    wide += sizeof(C) == 4 && chars[end] >= 0x10000;
  char* to = out.extend((end - start + (format.width == 2 ? wide : 0)) * format.width);
  if (!to) return end;
  for (Py_ssize_t i = start; i < end; i++) {
    Py_UCS4 c = chars[i];
    if (format.width == 4) {
      to = putUnit<uint32_t>(to, format.big_endian, c);
    } else if (c < 0x10000) {
      to = putUnit<uint16_t>(to, format.big_endian, c);
    } else {
      to = putUnit<uint16_t>(to, format.big_endian, 0xD800 | (c - 0x10000) >> 10);
      to = putUnit<uint16_t>(to, format.big_endian, 0xDC00 | ((c - 0x10000) & 0x3FF));
    }
  }
  return end;
}
Py_ssize_t putRun(ByteBuilder& out, UnitFormat format, StrObject* s, Py_ssize_t start) {
  return withChars(s,
                   [&](auto* chars, Py_ssize_t size) { return putRunOf(out, format, chars, start, size); });
}

// Puts a handler's replacement for text[start, end); answers where to go on.
Result<Py_ssize_t> encodeReplacement(EncodeRun& run, ByteBuilder& out, UnitFormat format, Py_ssize_t start,
                                     Py_ssize_t end) {
  constexpr const char* kReason = "surrogates not allowed";
  EncodeRun::Replacement replacement = TRY(run.handle(start, end, kReason));
  if (isBytes(replacement.value.get())) {
    auto bytes = cast<BytesObject>(replacement.value.get())->view();
    if (bytes.size() % static_cast<size_t>(format.width)) return run.raiseStrict(start, end, kReason);
    out.append(bytes);
    return replacement.next;
  }
  auto* text = cast<StrObject>(replacement.value.get());
  if (!text->isAscii()) return run.raiseStrict(start, end, kReason);
  for (char c : text->asciiView()) format.put(out, static_cast<uint8_t>(c));
  return replacement.next;
}

Result<Ref<BytesObject>> encodeUnits(StrObject* s, int width, const char* errors, int byte_order) {
  UnitFormat format{width, byte_order > 0};
  EncodeRun run(encodingName(width, byte_order), s, errors);
  ByteBuilder out;
  out.reserve((s->size() + 1) * width);
  if (byte_order == 0) format.put(out, 0xFEFF);
  for (Py_ssize_t at = 0; at < s->size();) {
    Py_ssize_t end = putRun(out, format, s, at);
    if (end > at) {
      at = end;
      continue;
    }
    at = TRY(encodeReplacement(run, out, format, at, at + 1));
  }
  return out.finish();
}

}  // namespace

Result<Ref<StrObject>> decodeUtf16(std::string_view bytes, const char* errors, int* byte_order,
                                   Py_ssize_t* consumed) {
  return decodeUnits(bytes, 2, errors, byte_order, consumed);
}
Result<Ref<StrObject>> decodeUtf32(std::string_view bytes, const char* errors, int* byte_order,
                                   Py_ssize_t* consumed) {
  return decodeUnits(bytes, 4, errors, byte_order, consumed);
}
Result<Ref<BytesObject>> encodeUtf16(StrObject* s, const char* errors, int byte_order) {
  return encodeUnits(s, 2, errors, byte_order);
}
Result<Ref<BytesObject>> encodeUtf32(StrObject* s, const char* errors, int byte_order) {
  return encodeUnits(s, 4, errors, byte_order);
}

}  // namespace krait
