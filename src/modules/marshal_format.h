// The marshal format: type codes, and reading from a file object.
#pragma once

#include "modules/marshal.h"

namespace krait::modules {

constexpr int kMarshalVersion = 4;
constexpr int kMarshalMaxDepth = 2000;
constexpr int kMarshalFlagRef = 0x80;  // the object may be referred to later

enum class MarshalType : char {
  kNull = '0',
  kNone = 'N',
  kFalse = 'F',
  kTrue = 'T',
  kStopIteration = 'S',
  kEllipsis = '.',
  kInt = 'i',
  kInt64 = 'I',
  kFloat = 'f',
  kBinaryFloat = 'g',
  kComplex = 'x',
  kBinaryComplex = 'y',
  kLong = 'l',
  kString = 's',
  kInterned = 't',
  kRef = 'r',
  kTuple = '(',
  kSmallTuple = ')',
  kList = '[',
  kDict = '{',
  kCode = 'c',
  kUnicode = 'u',
  kUnknown = '?',
  kSet = '<',
  kFrozenset = '>',
  kAscii = 'a',
  kAsciiInterned = 'A',
  kShortAscii = 'z',
  kShortAsciiInterned = 'Z',
};

Result<Ref<>> marshalLoadFile(PyObject* file);

}  // namespace krait::modules
