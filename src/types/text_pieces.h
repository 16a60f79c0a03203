// A StrBuilder that gives back a piece itself when that piece is all there is: "%s" % text is text.
#pragma once

#include "types/str_builder.h"

namespace krait {

class TextPieces {
 public:
  void append(StrObject* s) {
    if (s->size() == 0) return;
    if (!only_ && builder_.size() == 0 && !builder_.failed() && isExactStr(s)) {
      only_ = share(s);
      return;
    }
    started().append(s);
  }
  void append(StrObject* s, Py_ssize_t start, Py_ssize_t end) {
    if (start == 0 && end == s->size())
      append(s);
    else if (start < end)
      started().append(s, start, end);
  }
  void append(std::string_view ascii) {
    if (!ascii.empty()) started().append(ascii);
  }
  void append(char ch) { started().append(ch); }
  void appendRepeated(Py_UCS4 ch, Py_ssize_t count) {
    if (count > 0) started().appendRepeated(ch, count);
  }
  bool failed() const { return builder_.failed(); }
  Result<Ref<StrObject>> finish() {
    if (only_) return std::move(only_).take();
    return builder_.finish();
  }

 private:
  StrBuilder& started() {
    if (only_) {
      builder_.append(only_.get());
      only_ = nullptr;
    }
    return builder_;
  }

  MaybeRef<StrObject> only_;  // the first piece, while it is the only one
  StrBuilder builder_;
};

}  // namespace krait
