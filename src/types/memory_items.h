// Items of typed memory: one element between its bytes and a Python object, by struct-style format.
#pragma once

#include "core/result.h"

namespace krait {

// Size of a native single-character format ("B" or "@B"), 0 when the format is no such.
Py_ssize_t nativeItemSize(const char* format);
// The format's character when it is a native single-character one, else 0. Null means "B".
char nativeFormatChar(const char* format);

// `format` is a native character; NotImplementedError otherwise.
Result<Ref<>> memoryUnpack(const char* item, char format, const char* full_format);
Status memoryPack(char* item, char format, PyObject* value, const char* full_format);

}  // namespace krait
