// What bytes, bytearray and memoryview do with runs of bytes, free of how the result is made.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/buffer.h"
#include "core/native.h"
#include "types/byte_builder.h"
#include "types/bytes.h"
#include "types/list.h"

namespace krait {

inline std::string_view viewOf(const Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())};
}

// One byte, as the `c` converter takes it: a bytes or bytearray of length 1.
struct ByteChar {
  char value;
};
template <>
struct ArgFrom<ByteChar> {
  static Result<ByteChar> from(PyObject* o, const ArgContext& where);
  template <Text D>
  static ByteChar fallback() {
    return {' '};
  }
};

// The subject of find, count, in ...: a bytes-like object or an int below 256.
class ByteNeedle {
 public:
  static Result<ByteNeedle> from(PyObject* object);
  std::string_view view() const {
    if (bytes_) return bytes_->view();
    return buffer_ ? viewOf(*buffer_) : std::string_view(&byte_, 1);
  }

 private:
  explicit ByteNeedle(BytesObject* bytes) : bytes_(bytes) {}
  explicit ByteNeedle(Buffer buffer) : buffer_(std::move(buffer)) {}
  explicit ByteNeedle(char byte) : byte_(byte) {}
  BytesObject* bytes_ = nullptr;  // an argument, and so alive meanwhile
  std::optional<Buffer> buffer_;
  char byte_ = 0;
};

Result<int> byteValue(PyObject* object, const char* range_message);  // an index in range(256)

Py_ssize_t byteFind(std::string_view text, std::string_view needle, Py_ssize_t start, Py_ssize_t end,
                    int direction);
Py_ssize_t byteCount(std::string_view text, std::string_view needle, Py_ssize_t start, Py_ssize_t end);
bool byteTailMatch(std::string_view text, std::string_view part, Py_ssize_t start, Py_ssize_t end,
                   bool at_end);

inline bool isByteSpace(char c) { return c == ' ' || (c >= 9 && c <= 13); }
inline bool isByteLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool isByteUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool isByteAlpha(char c) { return isByteLower(c) || isByteUpper(c); }
inline bool isByteDigit(char c) { return c >= '0' && c <= '9'; }
inline char byteLower(char c) { return isByteUpper(c) ? static_cast<char>(c + 32) : c; }
inline char byteUpper(char c) { return isByteLower(c) ? static_cast<char>(c - 32) : c; }

// Offsets of the parts that split() and splitlines() cut; rsplit's are in reverse order.
struct BytePart {
  Py_ssize_t start, end;
};
using ByteParts = std::vector<BytePart>;
Result<ByteParts> byteSplitSpaces(std::string_view text, Py_ssize_t max_split);
Result<ByteParts> byteSplit(std::string_view text, std::string_view separator, Py_ssize_t max_split);
Result<ByteParts> byteRsplitSpaces(std::string_view text, Py_ssize_t max_split);
Result<ByteParts> byteRsplit(std::string_view text, std::string_view separator, Py_ssize_t max_split);
Result<ByteParts> byteSplitlines(std::string_view text, bool keep_ends);

void byteReplace(ByteBuilder& out, std::string_view text, std::string_view from, std::string_view to,
                 Py_ssize_t max_count);
Status byteExpandtabs(ByteBuilder& out, std::string_view text, int tab_size);
Status byteTranslate(ByteBuilder& out, std::string_view text, const uint8_t* table, std::string_view deleted);
Status byteJoin(ByteBuilder& out, std::string_view separator, PyObject* items);  // items: list or tuple
Status byteFromHex(ByteBuilder& out, StrObject* text);
Status bytePercent(ByteBuilder& out, std::string_view format, PyObject* args);
bool byteIsTitle(std::string_view text);

// bytes.hex(sep, bytes_per_sep)
Result<Ref<StrObject>> byteHex(std::string_view text, Opt<> separator, int group);

// All bytes of a source: buffer or iterable of ints (not str). `range_message`: for ints out of range.
Status byteCollect(ByteBuilder& out, PyObject* source, const char* range_message, const char* target,
                   bool asks_length = false);

}  // namespace krait
