// A validated pattern code, prepared for the matcher.
#pragma once

#include "core/memory.h"
#include "core/result.h"
#include "modules/sre/sre_codes.h"

namespace krait::sre {

struct CharBitmap {  // membership of the characters below 256
  uint32_t bits[8];
  bool has(Code ch) const { return (bits[ch >> 5] >> (ch & 31)) & 1; }
};
constexpr Code kNoBitmap = UINT32_MAX;

// `run` is the code with the first word of each set replaced by the number of its bitmap (kNoBitmap: it
// depends on the locale). `sets` in the original code say what characters from 256 on do.
struct Program {
  const Code* code = nullptr;  // borrowed from the pattern object
  Code* run = nullptr;
  CharBitmap* bitmaps = nullptr;
  Code size = 0, start = 0;  // start: behind the INFO block
  long groups = 0;
};

// RuntimeError "invalid SRE code" unless every jump and operand stays inside the code and every group exists.
Result<Program*> programNew(const Code* code, Py_ssize_t size, long groups);
void programFree(Program* program);

}  // namespace krait::sre
