// Newline handling shared by the text streams and IncrementalNewlineDecoder.
#pragma once

#include "modules/io/io.h"

namespace krait::modules {

enum : int { kSeenCr = 1, kSeenLf = 2, kSeenCrLf = 4 };

// The value of a `newlines` attribute for the kinds seen: None, a string, or a tuple.
Result<Ref<>> newlinesSeen(int kinds);
// Records the kinds of line ends in `text`; with translate, "\r\n" and "\r" become "\n".
Result<Ref<StrObject>> newlinesProcess(Ref<StrObject> text, bool translate, int* kinds);
// Where the first line of text[start:] ends (one past its terminator); -1: no complete line. `terminator`
// absent with universal: any of the three; absent without: "\n". *rescan: on -1, from where to look again
// once text was appended.
Py_ssize_t lineEnd(const StrObject* text, Py_ssize_t start, bool translated, bool universal,
                   Opt<StrObject> terminator, Py_ssize_t* rescan);
// A `newline` argument of open(): None, '', '\n', '\r', '\r\n'; otherwise a ValueError whose text shows it.
Status newlineCheck(Opt<StrObject> newline, const char* refusal);

// IncrementalNewlineDecoder from C++.
struct NewlineDecoderObject : PyObject {
  PyObject *decoder, *errors;
  unsigned pending_cr : 1, translate : 1, seen : 3;
};
static_assert(sizeof(NewlineDecoderObject) == 40);
Result<Ref<StrObject>> newlineDecode(NewlineDecoderObject* self, PyObject* input, bool final);

}  // namespace krait::modules
