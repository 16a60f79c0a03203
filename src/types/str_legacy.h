// Legacy strings: extensions ask for a str of n characters and write its text as wchar_t afterwards
// (PyUnicode_FromUnicode(NULL, n), PyUnicode_AS_UNICODE). Until then the str is not "ready".
#pragma once

#include "types/str.h"

namespace krait {

// A str of `size` (at least 1) NUL characters to be filled in. Its characters are the wchar_t array itself
// (four bytes each), so it is a valid str all the time; only its width is not the least one yet. The
// evaluator makes it ready as soon as the extension's function has returned.
Result<Ref<StrObject>> strNewLegacy(Py_ssize_t size);

// Gives the characters their least width. ValueError when one is not in Unicode's range; it is U+FFFD then.
Status strReady(StrObject* s);

void strReadyQuietly(StrObject* s);  // where no exception can be raised
Status strReadyAll();                // of the strings made and not ready yet
void strLegacyGone(StrObject* s);    // one of them is destroyed

}  // namespace krait
