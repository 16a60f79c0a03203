#include "types/str_builder.h"

#include "types/str_internal.h"

namespace krait {

StrBuilder::~StrBuilder() {
  if (!isSmall()) rawFree(data_);
}

// Makes room for `count` more characters up to max_char; false after a failure, which is remembered.
bool StrBuilder::prepareSlow(Py_ssize_t count, Py_UCS4 max_char) {
  if (failed_) return false;
  int kind = std::max(kind_, kindFor(max_char));
  max_char_ = std::max(max_char_, max_char);
  if (kind == kind_ && count <= capacity_ - size_) return true;
  if (count > PY_SSIZE_T_MAX / 8 - size_) return failed_ = true, false;
  Py_ssize_t capacity = capacity_;
  if (count > capacity - size_) capacity = size_ + count + (size_ >> 1);
  auto bytes = static_cast<size_t>(capacity) * static_cast<size_t>(kind);
  if (kind == kind_ && !isSmall()) {
    void* grown = rawRealloc(data_, bytes);
    if (!grown) return failed_ = true, false;
    data_ = grown;
  } else {
    void* wider = rawAlloc(bytes);
    if (!wider) return failed_ = true, false;
    if (size_ > 0) copyUnits(kind, wider, 0, kind_, data_, 0, size_);
    if (!isSmall()) rawFree(data_);
    data_ = wider;
    kind_ = kind;
  }
  capacity_ = capacity;
  return true;
}

void StrBuilder::append(Py_UCS4 ch) {
  if (!prepare(1, maxCharClass(ch))) return;
  if (kind_ == 1)
    static_cast<Py_UCS1*>(data_)[size_++] = static_cast<Py_UCS1>(ch);
  else if (kind_ == 2)
    static_cast<Py_UCS2*>(data_)[size_++] = static_cast<Py_UCS2>(ch);
  else
    static_cast<Py_UCS4*>(data_)[size_++] = ch;
}

void StrBuilder::append(std::string_view ascii) {
  auto count = static_cast<Py_ssize_t>(ascii.size());
  if (count == 0 || !prepare(count, 0x7f)) return;
  copyUnits(kind_, data_, size_, 1, ascii.data(), 0, count);
  size_ += count;
}

void StrBuilder::append(const StrObject* s) {
  if (s->size() == 0 || !prepare(s->size(), s->maxChar())) return;
  copyUnits(kind_, data_, size_, s->kind(), s->data(), 0, s->size());
  size_ += s->size();
}

void StrBuilder::append(const StrObject* s, Py_ssize_t start, Py_ssize_t end) {
  if (start >= end) return;
  Py_UCS4 max_char = s->isAscii() ? 0x7f : maxCharOf(s->kind(), s->data(), start, end - start);
  appendUnits(s->kind(), s->data(), start, end - start, max_char);
}

void StrBuilder::appendUnits(int kind, const void* data, Py_ssize_t start, Py_ssize_t count,
                             Py_UCS4 max_char) {
  if (count <= 0 || !prepare(count, max_char)) return;
  copyUnits(kind_, data_, size_, kind, data, start, count);
  size_ += count;
}

void StrBuilder::appendRepeated(Py_UCS4 ch, Py_ssize_t count) {
  if (count <= 0 || !prepare(count, maxCharClass(ch))) return;
  if (kind_ == 1)
    std::memset(static_cast<char*>(data_) + size_, static_cast<int>(ch), static_cast<size_t>(count));
  else if (kind_ == 2)
    std::fill_n(static_cast<Py_UCS2*>(data_) + size_, count, static_cast<Py_UCS2>(ch));
  else
    std::fill_n(static_cast<Py_UCS4*>(data_) + size_, count, ch);
  size_ += count;
}

void StrBuilder::reserve(Py_ssize_t characters) {
  if (characters > capacity_ - size_) prepareSlow(characters, 0);
}

void StrBuilder::truncate(Py_ssize_t size) {
  if (failed_ || size >= size_) return;
  size_ = size;
  max_char_ = size > 0 ? maxCharOf(kind_, data_, 0, size) : 0;
}

Result<Ref<StrObject>> StrBuilder::finish() {
  if (failed_) return raiseNoMemory();
  if (size_ == 0) return emptyStr();
  if (size_ == 1) return strFromKind(kind_, data_, 1);
  Ref<StrObject> s = TRY(strNew(size_, max_char_));
  copyUnits(s->kind(), s->data(), 0, kind_, data_, 0, size_);
  return s;
}

}  // namespace krait
