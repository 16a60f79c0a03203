// Builds a str piece by piece; remembers a failed append, which finish() raises.
#pragma once

#include <cstddef>
#include <string_view>

#include "types/str.h"

namespace krait {

class StrBuilder {
 public:
  StrBuilder() = default;
  ~StrBuilder();
  StrBuilder(const StrBuilder&) = delete;
  void append(Py_UCS4 ch);
  void append(char ch) {
    if (kind_ == 1 && size_ < capacity_ && static_cast<signed char>(ch) >= 0) [[likely]] {
      static_cast<char*>(data_)[size_++] = ch;
      max_char_ |= 0x7f;
      return;
    }
    append(static_cast<Py_UCS4>(static_cast<unsigned char>(ch)));
  }
  void append(std::string_view ascii);
  void append(const char* ascii) { append(std::string_view(ascii)); }
  void append(const StrObject* s);
  void append(const Ref<StrObject>& s) { append(s.get()); }
  void append(const StrObject* s, Py_ssize_t start, Py_ssize_t end);
  // Characters of any width, none above max_char's class.
  void appendUnits(int kind, const void* data, Py_ssize_t start, Py_ssize_t count, Py_UCS4 max_char);
  void appendRepeated(Py_UCS4 ch, Py_ssize_t count);
  void reserve(Py_ssize_t characters);
  Py_ssize_t size() const { return size_; }
  void truncate(Py_ssize_t size);  // takes the characters behind `size` back
  bool failed() const { return failed_; }
  Result<Ref<StrObject>> finish();
  Result<Ref<StrObject>> finish(char last) { return append(last), finish(); }

 private:
  static constexpr Py_ssize_t kSmallBytes = 160;

  bool prepare(Py_ssize_t count, Py_UCS4 max_char) {
    if (count <= capacity_ - size_ && max_char <= max_char_) [[likely]]
      return true;
    return prepareSlow(count, max_char);
  }
  bool prepareSlow(Py_ssize_t count, Py_UCS4 max_char);
  bool isSmall() const { return data_ == small_; }

  void* data_ = small_;
  Py_ssize_t size_ = 0, capacity_ = kSmallBytes;  // characters
  Py_UCS4 max_char_ = 0;
  int kind_ = 1;
  bool failed_ = false;
  alignas(4) char small_[kSmallBytes];  // short texts need no memory of their own
};

}  // namespace krait
