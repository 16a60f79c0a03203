// A static name of CPython's internal API; the index is CPython's cache slot, unused here: names are interned
// instead.
#pragma once

#include "abi/object.h"

struct _Py_Identifier {
  const char* string;
  Py_ssize_t index;
};
