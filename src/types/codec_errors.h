// Error handling shared by all decoders and encoders: the well-known handlers inline, others through the
// registry.
#pragma once

#include "core/native.h"
#include "types/byte_builder.h"
#include "types/codecs.h"
#include "types/exceptions.h"
#include "types/str_builder.h"

namespace krait {

enum class ErrorMode : uint8_t {
  kStrict,
  kIgnore,
  kReplace,
  kSurrogateEscape,
  kSurrogatePass,
  kBackslashReplace,
  kXmlCharRefReplace,
  kOther
};
ErrorMode errorModeOf(const char* errors);  // null: strict

// One run of a decoder. The input may be exchanged by an error handler: re-read input() after handle().
class DecodeRun {
 public:
  DecodeRun(const char* encoding, std::string_view bytes, const char* errors)
      : encoding_(encoding), errors_(errors), input_(bytes), mode_(errorModeOf(errors)) {}

  std::string_view input() const { return input_; }
  ErrorMode mode() const { return mode_; }
  // Deals with the ill-formed input[start, end): appends what stands for it and answers where to go on.
  Result<Py_ssize_t> handle(StrBuilder& out, Py_ssize_t start, Py_ssize_t end, const char* reason);

 private:
  Result<Py_ssize_t> handleByCall(StrBuilder& out, Py_ssize_t start, Py_ssize_t end, const char* reason);
  Status prepareException(Py_ssize_t start, Py_ssize_t end, const char* reason);

  const char *encoding_, *errors_;
  std::string_view input_;
  ErrorMode mode_;
  MaybeRef<> handler_, exception_, replaced_input_;
};

// One run of an encoder over s.
class EncodeRun {
 public:
  EncodeRun(const char* encoding, StrObject* s, const char* errors)
      : encoding_(encoding), errors_(errors), text_(s), mode_(errorModeOf(errors)) {}

  ErrorMode mode() const { return mode_; }
  struct Replacement {
    Ref<> value;      // str or bytes
    Py_ssize_t next;  // where to go on
  };
  // Asks the handler about text[start, end).
  Result<Replacement> handle(Py_ssize_t start, Py_ssize_t end, const char* reason);
  Raised raiseStrict(Py_ssize_t start, Py_ssize_t end, const char* reason);

 private:
  Status prepareException(Py_ssize_t start, Py_ssize_t end, const char* reason);

  const char *encoding_, *errors_;
  StrObject* text_;
  ErrorMode mode_;
  MaybeRef<> handler_, exception_;
};

// The text that the handlers of these names put for characters s[start, end).
void appendBackslashEscape(StrBuilder& out, Py_UCS4 c);
void appendCharRef(StrBuilder& out, Py_UCS4 c);

// The registry's own handlers, by name; null: none.
PyMethodDef* builtinErrorHandlers();  // rows strict_errors, ignore_errors ... , then a null row

}  // namespace krait
