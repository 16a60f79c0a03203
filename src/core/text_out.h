// Writing text to file-like Python objects.
#pragma once

#include "core/object.h"

namespace krait {

Status fileWrite(PyObject* file, std::string_view utf8);
Status fileWriteText(PyObject* file, StrObject* text);
// str(object) when raw, else repr(object). PyFile_WriteObject.
Status fileWriteObject(PyObject* file, PyObject* object, bool raw);
Status fileFlush(PyObject* file);

}  // namespace krait
