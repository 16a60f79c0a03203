// The line table as co_lines(), co_positions() and tracing read it.
#pragma once

#include <span>

#include "types/code.h"

namespace krait {

std::span<const uint8_t> codeLocations(const CodeObject* code);
void codeKeepLines(CodeObject* code);  // codeLineAt is going to be asked often: while tracing
Result<Ref<>> codeLines(CodeObject* code);
Result<Ref<>> codePositions(CodeObject* code);

}  // namespace krait
