// PyArg_Parse*: C values from Python arguments, told by a format.
#pragma once

#include <cstdarg>

#include "base/inline_buffer.h"
#include "capi/capi.h"

namespace krait {

// Converts one argument after the other. A conversion answers null, or the text that says what is wrong
// ("must be int, not str"); with an exception pending already that text does not matter.
class ArgConverter {
 public:
  ArgConverter(const char* format, va_list* args, bool ssize) : at(format), args_(args), ssize_(ssize) {}
  ~ArgConverter();

  const char* convert(PyObject* value);  // one unit of the format, nested ones included
  bool skip();                           // over one unit without an argument; false: SystemError
  void commit() { cleanups_.clear(); }   // all went well: buffers and memory are the caller's now
  // Raises TypeError for a refused argument: "f() argument 2 must be str, not int".
  void fail(int position, const char* message, const char* function, const char* custom);

  const char* at;  // the rest of the format

 private:
  using Cleanup = void (*)(void* item, void* extra);
  struct CleanupRow {
    void *item, *extra;
    Cleanup run;
  };
  const char* simple(PyObject* value);
  const char* nested(PyObject* value);
  const char* integer(char code, PyObject* value);
  const char* text(char code, PyObject* value);
  const char* bytesLike(PyObject* value);
  const char* textSized(char code, PyObject* value);
  const char* textView(char code, PyObject* value);
  const char* encoded(PyObject* value);
  const char* object(PyObject* value);
  const char* wideText(char code, PyObject* value);
  const char* writable(PyObject* value);
  const char* character(char code, PyObject* value);
  const char* wanted(const char* expected, PyObject* given);
  bool sizesAllowed();
  bool take(char c) { return *at == c ? (at++, true) : false; }
  template <class T>
  void store(T value) {
    *va_arg(*args_, T*) = value;
  }

  va_list* args_;
  bool ssize_;
  int levels_[16] = {};  // places inside nested sequences, for messages
  int depth_ = 0;
  char message_[512];
  InlineBuffer<CleanupRow, 8> cleanups_;
};

// What stands before the first unit: counts and the function's name.
struct FormatShape {
  const char *function = nullptr, *message = nullptr;
  int least = 0, most = 0;
  bool bad = false;
};
FormatShape readFormat(const char* format);

}  // namespace krait
